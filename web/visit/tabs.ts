// Whether another page of this browser is in the meeting already: joining here would move its person.
//
// A page holds a Web Lock while it is in. The browser lets go of it when the page closes or crashes.

/** What a browser gives of the Web Locks that this needs. */
export interface Locks {
  request(name: string, options: { mode: "shared" }, held: () => Promise<void>): Promise<unknown>;
  query(): Promise<{ held?: readonly { name?: string }[] }>;
}

export class Tabs {
  readonly #name: string;
  readonly #locks: Locks | undefined;
  #goes: (() => void) | null = null;

  /** `person`: who this page's meeting knows its reader as, null for whoever has no account. */
  constructor(slug: string, person: string | null, locks: Locks | undefined = navigator.locks as Locks | undefined) {
    this.#name = `meeting:${slug}:${person ?? ""}`;
    this.#locks = locks;
  }

  /** This page is in the meeting from now on, or no longer. */
  keep(inside: boolean): void {
    if (inside === (this.#goes !== null)) return;
    this.#goes?.();
    this.#goes = null;
    if (!inside) return;
    const gone = new Promise<void>((goes) => (this.#goes = goes));
    this.#locks?.request(this.#name, { mode: "shared" }, () => gone).catch(() => undefined);
  }

  /** Another page is in. A browser without locks knows of none. */
  async elsewhere(): Promise<boolean> {
    if (this.#goes !== null) return false;
    const known = await this.#locks?.query().catch(() => undefined);
    return (known?.held ?? []).some(({ name }) => name === this.#name);
  }
}
