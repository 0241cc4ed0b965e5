// Which pages of this browser the account has open, and in which order they are the ones to sound.
//
// Each page holds a Web Lock with its name for as long as it lives: the browser lets go of it when
// the page closes or crashes, so a page is on the list exactly while it exists. What a page says of
// itself lies on the shared shelf beside it.
import type { Browser } from "./browser.ts";

export type Place = "platform" | "meeting";

export interface Self {
  place: Place;
  /** When somebody last pressed or looked here, in milliseconds of the device's clock. */
  usedAt: number;
  /** In front, with the focus. */
  looked: boolean;
  /** This page shows the browser's screen to others. */
  sharing: boolean;
}

export interface OpenPage extends Self {
  name: string;
}

/** The order in which pages are asked to sound: the meeting's first, then the one used last. */
export function order(pages: readonly OpenPage[]): OpenPage[] {
  const inMeeting = ({ place }: OpenPage): number => (place === "meeting" ? 0 : 1);
  return [...pages].sort(
    (one, other) => inMeeting(one) - inMeeting(other) || other.usedAt - one.usedAt || (one.name < other.name ? -1 : 1),
  );
}

export class Pages {
  readonly #browser: Browser;
  readonly #name: string;
  readonly #prefix: string;
  readonly #end = new AbortController();
  #self: Self = { place: "platform", usedAt: 0, looked: false, sharing: false };

  constructor(account: string, name: string, browser: Browser) {
    this.#browser = browser;
    this.#name = name;
    this.#prefix = `doorbell/${account}/page/`;
    const ended = new Promise<void>((end) => this.#end.signal.addEventListener("abort", () => end()));
    void browser.locks?.request(this.#prefix + name, {}, () => ended);
  }

  /** Say something of this page to the others. */
  tell(changes: Partial<Self>): void {
    this.#self = { ...this.#self, ...changes };
    this.#browser.shelf.write(this.#prefix + this.#name, JSON.stringify(this.#self));
  }

  /** Every open page of the account in this browser, this one included. */
  async all(): Promise<OpenPage[]> {
    const self = { ...this.#self, name: this.#name };
    if (this.#browser.locks === undefined) return [self];
    const { held = [] } = await this.#browser.locks.query();
    const alive = new Set(held.map(({ name }) => name));
    const others = this.#browser.shelf.keys().flatMap((key): OpenPage[] => {
      if (!key.startsWith(this.#prefix) || key === this.#prefix + this.#name) return [];
      if (alive.has(key)) return told(this.#browser.shelf.read(key), key.slice(this.#prefix.length));
      this.#browser.shelf.remove(key);
      return [];
    });
    return [self, ...others];
  }

  close(): void {
    this.#end.abort();
    this.#browser.shelf.remove(this.#prefix + this.#name);
  }
}

function told(written: string | null, name: string): OpenPage[] {
  try {
    return written === null ? [] : [{ ...(JSON.parse(written) as Self), name }];
  } catch {
    return [];
  }
}
