// What a tab remembers of its visit over a reload, and for no other tab: sessionStorage.
//
// Neither a ticket nor an entry is ever in it: only which knock it was, whether this tab was in, and what it had on.
import type { Kind } from "../prejoin/devices.ts";
import type { Mark } from "./state.ts";

const TAB = "visit-tab";

/** Which of its person's devices were on in a meeting, as far as that is known. */
export type Stood = { meeting: string } & Partial<Record<Kind, boolean>>;

function key(slug: string, what: "visit" | "devices" = "visit"): string {
  return `${what}:${slug.toLowerCase().replace(/[^a-z0-9]/g, "")}`;
}

function read(name: string, storage: Storage): Record<string, unknown> | null {
  try {
    const kept: unknown = JSON.parse(storage.getItem(name) ?? "null");
    return typeof kept === "object" ? (kept as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}

function write(name: string, what: object | null, storage: Storage): void {
  try {
    if (what === null) storage.removeItem(name);
    else storage.setItem(name, JSON.stringify(what));
  } catch {
    // Storage is refused or full: a reload asks first, nothing else is lost.
  }
}

/** What this tab remembers of the link, null for nothing or nonsense. A browser without storage remembers nothing. */
export function recall(slug: string, storage: Storage = sessionStorage): Mark | null {
  const kept = read(key(slug), storage);
  if (kept === null) return null;
  const { knock = null, in: inside = false, as } = kept;
  const mark: Mark = { knock: typeof knock === "string" ? knock : null, in: inside === true };
  if (typeof as === "string" || as === null) mark.as = as;
  return mark;
}

/** Once this tab is not in any more, how the devices stood is forgotten: the next time is chosen at the door. */
export function remember(slug: string, mark: Mark | null, storage: Storage = sessionStorage): void {
  write(key(slug), mark, storage);
  if (mark?.in !== true) write(key(slug, "devices"), null, storage);
}

/** How the devices stood in this tab's last meeting behind the link, null for none that goes on. */
export function stood(slug: string, storage: Storage = sessionStorage): Stood | null {
  const kept = read(key(slug, "devices"), storage);
  if (typeof kept?.meeting !== "string") return null;
  const { meeting, camera, microphone } = kept;
  return { meeting, ...(typeof camera === "boolean" && { camera }), ...(typeof microphone === "boolean" && { microphone }) };
}

export function rememberDevices(slug: string, now: Stood, storage: Storage = sessionStorage): void {
  write(key(slug, "devices"), now, storage);
}

/** What a browser gives of the Web Locks that this needs. */
export interface Locks {
  request(name: string, options: { ifAvailable: boolean }, held: (lock: unknown) => unknown): Promise<unknown>;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Whether this page is the tab whose memory it finds. A duplicated tab is born with a copy of the
 * memory: it is another page, which asks before it goes in. Each page holds a lock in its tab's
 * name while it lives, so a copy finds the name taken. Without locks, the memory is believed.
 */
export async function isItself(
  storage: Storage = sessionStorage,
  locks: Locks | undefined = navigator.locks as Locks | undefined,
): Promise<boolean> {
  try {
    if (locks === undefined) return true;
    const name = storage.getItem(TAB) ?? named(storage);
    // A page that is being reloaded may still be letting go of the name.
    for (const patience of [0, 50, 200]) {
      await pause(patience);
      if (await hold(locks, name)) return true;
    }
    await hold(locks, named(storage));
    return false;
  } catch {
    return true;
  }
}

function named(storage: Storage): string {
  const name = `tab:${Math.random().toString(36).slice(2)}`;
  storage.setItem(TAB, name);
  return name;
}

/** True once the lock is this page's, until the page goes. */
function hold(locks: Locks, name: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const held = (lock: unknown): unknown => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise<never>(() => undefined);
    };
    locks.request(name, { ifAvailable: true }, held).catch(reject);
  });
}
