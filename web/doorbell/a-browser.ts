// One browser with several pages, for the tests of what they agree on: locks, a shelf and channels
// that behave as the real ones do, in one process.
import type { Browser, Channel } from "./browser.ts";

interface Waiter {
  name: string;
  start(): void;
}

interface Holder {
  name: string;
  lose(): void;
}

export class ABrowser {
  readonly kept = new Map<string, string>();
  #held: Holder[] = [];
  #waiting: Waiter[] = [];
  #channels: { name: string; channel: Channel; deaf: () => boolean }[] = [];

  /** What one page sees of the browser. While it is deaf no channel reaches it. */
  page(deaf: () => boolean = () => false): Browser {
    return {
      shelf: {
        read: (key) => this.kept.get(key) ?? null,
        write: (key, value) => void this.kept.set(key, value),
        remove: (key) => void this.kept.delete(key),
        keys: () => [...this.kept.keys()],
      },
      locks: {
        request: (name, options, work) => this.#request(name, options, work),
        query: async () => ({ held: this.#held.map(({ name }) => ({ name })) }),
      },
      channel: (name) => {
        const channel: Channel = {
          onmessage: null,
          postMessage: (message) => {
            const text = JSON.stringify(message);
            for (const other of this.#channels) {
              if (other.name !== name || other.channel === channel) continue;
              queueMicrotask(() => {
                if (!other.deaf()) other.channel.onmessage?.(new MessageEvent("message", { data: JSON.parse(text) }));
              });
            }
          },
          close: () => {
            this.#channels = this.#channels.filter((one) => one.channel !== channel);
          },
        };
        this.#channels.push({ name, channel, deaf });
        return channel;
      },
    };
  }

  #request<T>(name: string, { signal, steal = false }: LockOptions, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        name,
        start: () => {
          const holder: Holder = { name, lose: () => reject(new DOMException("stolen", "AbortError")) };
          this.#held.push(holder);
          void work()
            .then(resolve, reject)
            .finally(() => {
              this.#held = this.#held.filter((one) => one !== holder);
              this.#grant(name);
            });
        },
      };
      signal?.addEventListener("abort", () => {
        if (!this.#waiting.includes(waiter)) return;
        this.#waiting = this.#waiting.filter((one) => one !== waiter);
        reject(new DOMException("aborted", "AbortError"));
      });
      if (steal) {
        const robbed = this.#held.filter((one) => one.name === name);
        this.#held = this.#held.filter((one) => one.name !== name);
        for (const one of robbed) one.lose();
        waiter.start();
        return;
      }
      this.#waiting.push(waiter);
      this.#grant(name);
    });
  }

  #grant(name: string): void {
    if (this.#held.some((one) => one.name === name)) return;
    const next = this.#waiting.find((one) => one.name === name);
    if (next === undefined) return;
    this.#waiting = this.#waiting.filter((one) => one !== next);
    next.start();
  }
}
