// What a tab remembers of its visit over a reload, and for no other tab: sessionStorage.
//
// Neither a ticket nor an entry is ever in it: only which knock it was, and whether this tab was in.
import type { Mark } from "./state.ts";

const TAB = "visit-tab";

function key(slug: string): string {
  return `visit:${slug.toLowerCase().replace(/[^a-z0-9]/g, "")}`;
}

/** What this tab remembers of the link, null for nothing or nonsense. A browser without storage remembers nothing. */
export function recall(slug: string, storage: Storage = sessionStorage): Mark | null {
  try {
    const kept: unknown = JSON.parse(storage.getItem(key(slug)) ?? "null");
    if (typeof kept !== "object" || kept === null) return null;
    const { knock = null, in: inside = false, as } = kept as Record<string, unknown>;
    const mark: Mark = { knock: typeof knock === "string" ? knock : null, in: inside === true };
    if (typeof as === "string" || as === null) mark.as = as;
    return mark;
  } catch {
    return null;
  }
}

export function remember(slug: string, mark: Mark | null, storage: Storage = sessionStorage): void {
  try {
    if (mark === null) storage.removeItem(key(slug));
    else storage.setItem(key(slug), JSON.stringify(mark));
  } catch {
    // Storage is refused or full: a reload asks first, nothing else is lost.
  }
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
