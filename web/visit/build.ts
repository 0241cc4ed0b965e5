// Across a deploy: a page of the build before finds its parts gone, and reloads once. What was asked for is kept.
//
// A page is never reloaded into the dark: only when the server is there, and tells of another build.

const MANIFEST = "/static/build/manifest.json";
const ENTRY = "web/visit/visit.ts";
const KEY = "reloaded-for";

/** The build that the server has now, by the name of its entry; null when it does not answer. */
export async function served(): Promise<string | null> {
  try {
    const answer = await fetch(MANIFEST, { cache: "no-store" });
    if (!answer.ok) return null;
    const manifest = (await answer.json()) as Record<string, { file?: string } | undefined>;
    return manifest[ENTRY]?.file ?? null;
  } catch {
    return null;
  }
}

/** Whether this page came with that build. */
export function isOurs(file: string, document: Document = globalThis.document): boolean {
  const scripts = [...document.querySelectorAll<HTMLScriptElement>('script[type="module"]')];
  return scripts.some(({ src }) => src.endsWith(file));
}

/** What the page says of a reload. */
export interface Reloading {
  /** Nothing would be lost by it. */
  may(): boolean;
  /** What must not be lost by it. */
  keep(): void;
}

let looking: Promise<boolean> | null = null;
let reloading: Reloading = { may: () => false, keep: () => undefined };

export function onReload(said: Reloading): void {
  reloading = said;
}

/** A part of the build, by its `import()`. Where it is gone for good the page reloads, and this never ends. */
export async function loaded<Part>(part: () => Promise<Part>, here: Reload = HERE): Promise<Part> {
  try {
    return await part();
  } catch (error) {
    if (reloading.may()) {
      // Several parts may be missed at once.
      looking ??= reloadIfRebuilt(reloading.keep, here).finally(() => (looking = null));
      if (await looking) return new Promise<never>(() => undefined);
    }
    throw error;
  }
}

export interface Reload {
  served(): Promise<string | null>;
  isOurs(file: string): boolean;
  storage: Storage;
  reload(): void;
}

const HERE: Reload = {
  served,
  isOurs,
  get storage() {
    return sessionStorage;
  },
  reload: () => location.reload(),
};

/**
 * Reload if the part that could not be loaded belongs to a build that is gone. Once for each build:
 * whoever is sent the old page again must not go round in circles. Returns whether it reloads.
 */
export async function reloadIfRebuilt(keep: () => void, here: Reload = HERE): Promise<boolean> {
  const now = await here.served();
  if (now === null || here.isOurs(now)) return false;
  try {
    if (here.storage.getItem(KEY) === now) return false;
    here.storage.setItem(KEY, now);
  } catch {
    // A browser that remembers nothing could reload for ever.
    return false;
  }
  keep();
  here.reload();
  return true;
}
