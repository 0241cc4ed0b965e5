// What the doorbell takes from the browser around it, so that tests can be several pages at once.

/** The part of Web Locks that is used here. Absent where the page is not a secure context. */
export interface Locks {
  request<T>(name: string, options: LockOptions, held: () => Promise<T>): Promise<T>;
  query(): Promise<{ held?: { name?: string }[] }>;
}

export interface Channel {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

/** Text kept for all pages of this browser. Works without being kept where the browser forbids it. */
export interface Shelf {
  read(key: string): string | null;
  write(key: string, value: string): void;
  remove(key: string): void;
  keys(): string[];
}

export interface Browser {
  locks: Locks | undefined;
  shelf: Shelf;
  channel(name: string): Channel;
}

/** localStorage, or this page's memory where that is forbidden or full. */
export function shelf(): Shelf {
  const own = new Map<string, string>();
  const attempt = <T>(kept: () => T, without: () => T): T => {
    try {
      return kept();
    } catch {
      return without();
    }
  };
  return {
    read: (key) => attempt(() => localStorage.getItem(key), () => null) ?? own.get(key) ?? null,
    write: (key, value) => attempt(() => localStorage.setItem(key, value), () => void own.set(key, value)),
    remove: (key) => {
      own.delete(key);
      attempt(() => localStorage.removeItem(key), () => undefined);
    },
    keys: () => [...new Set([...attempt(() => Object.keys(localStorage), () => []), ...own.keys()])],
  };
}

export function thisBrowser(): Browser {
  // Typed as always there, but absent where the page came over plain http from another machine.
  const locks = navigator.locks as LockManager | undefined;
  return {
    locks: locks as Locks | undefined,
    shelf: shelf(),
    channel: (name) => new BroadcastChannel(name),
  };
}

/** A name for this page that no other page of the browser has. Not a secret. */
export function pageName(): string {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
