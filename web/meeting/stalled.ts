// Notices that nothing comes through any more. The browser knows within seconds, LiveKit only gives up after many.

/** What this needs of an RTCIceTransport. */
export type Transport = Pick<EventTarget, "addEventListener" | "removeEventListener"> & { readonly state: string };

export class Stalled {
  readonly #changed: () => void;
  readonly #transports = new Set<Transport>();
  #now = false;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** A way that media take has fallen silent and nobody has given it up yet. */
  get now(): boolean {
    return this.#now;
  }

  /** Watch the way of this sender or receiver, too: most share one. Browsers that do not tell of it tell nothing. */
  follow(carrier: { transport: { iceTransport: Transport } | null } | null | undefined): void {
    const transport = carrier?.transport?.iceTransport;
    if (transport === undefined || this.#transports.has(transport)) return;
    this.#transports.add(transport);
    transport.addEventListener("statechange", this.#look);
    this.#look();
  }

  close(): void {
    for (const transport of this.#transports) transport.removeEventListener("statechange", this.#look);
    this.#transports.clear();
  }

  readonly #look = (): void => {
    for (const transport of this.#transports) {
      if (transport.state !== "closed" && transport.state !== "failed") continue;
      transport.removeEventListener("statechange", this.#look);
      this.#transports.delete(transport);
    }
    const now = [...this.#transports].some(({ state }) => state === "disconnected");
    if (now === this.#now) return;
    this.#now = now;
    this.#changed();
  };
}
