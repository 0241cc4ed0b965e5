// Rings once a browser for whoever is at the door, however many pages are open.
//
// Every page hears of every knock and waits for its turn: the page that ought to sound goes at once,
// the next one a second later if nobody could hear the first (a page that nobody has touched may not
// make a sound; one that the browser has put to sleep does nothing). What has sounded is written on
// the shared shelf, under a lock.
import type { DoorKnock } from "../api/shapes.ts";
import type { Browser } from "./browser.ts";
import { order, type OpenPage } from "./pages.ts";

/** At most one chime in this time. */
export const QUIET_MS = 10_000;
const TURN_MS = 1_000;

interface Memory {
  /** Knocks that have been heard in this browser, or seen as a notification. */
  sounded: string[];
  notified: string[];
  soundedAt: number;
}

export interface Ringer {
  name: string;
  pages(): Promise<OpenPage[]>;
  /** Make the sound. False when the browser would not let it be heard. */
  chime(): Promise<boolean>;
  /** Show a desktop notification, silent if a chime was heard. */
  notify(knocks: readonly DoorKnock[], silent: boolean): void;
  /** Those of the knocks that still ring. */
  still(knocks: readonly DoorKnock[]): readonly DoorKnock[];
  now(): number;
}

export class Bell {
  readonly #browser: Browser;
  readonly #key: string;
  readonly #ringer: Ringer;

  constructor(account: string, browser: Browser, ringer: Ringer) {
    this.#browser = browser;
    this.#key = `doorbell/${account}/rung`;
    this.#ringer = ringer;
  }

  /** Somebody is at the door. */
  async ring(knocks: readonly DoorKnock[]): Promise<void> {
    const pages = order(await this.#ringer.pages());
    const turn = pages.findIndex(({ name }) => name === this.#ringer.name);
    if (turn > 0) await new Promise((over) => setTimeout(over, turn * TURN_MS));
    const still = this.#ringer.still(knocks);
    if (still.length > 0) await this.#alone(() => this.#sound(still, pages));
  }

  /** Somebody was put on hold: when they ring again they are heard again. */
  async forget(ids: readonly string[]): Promise<void> {
    await this.#alone(async () => {
      const memory = this.#memory();
      const rest = (all: string[]): string[] => all.filter((id) => !ids.includes(id));
      this.#remember({ ...memory, sounded: rest(memory.sounded), notified: rest(memory.notified) });
    });
  }

  /** Only these are at the door now: whatever else was remembered is over. */
  async keep(ids: readonly string[]): Promise<void> {
    await this.#alone(async () => {
      const memory = this.#memory();
      const among = (all: string[]): string[] => all.filter((id) => ids.includes(id));
      const kept = { ...memory, sounded: among(memory.sounded), notified: among(memory.notified) };
      if (kept.sounded.length < memory.sounded.length || kept.notified.length < memory.notified.length) this.#remember(kept);
    });
  }

  async #sound(knocks: readonly DoorKnock[], pages: readonly OpenPage[]): Promise<void> {
    const memory = this.#memory();
    const unheard = knocks.filter(({ id }) => !memory.sounded.includes(id));
    let silent = unheard.length === 0;
    if (unheard.length > 0) {
      const quiet = this.#ringer.now() - memory.soundedAt < QUIET_MS && memory.soundedAt <= this.#ringer.now();
      silent = quiet || (await this.#ringer.chime());
      if (silent) memory.sounded.push(...unheard.map(({ id }) => id));
      if (silent && !quiet) memory.soundedAt = this.#ringer.now();
    }
    const unseen = knocks.filter(({ id }) => !memory.notified.includes(id));
    if (unseen.length > 0 && !pages.some(({ looked }) => looked)) {
      this.#ringer.notify(unseen, silent);
    }
    memory.notified.push(...unseen.map(({ id }) => id));
    this.#remember(memory);
  }

  async #alone(work: () => Promise<void>): Promise<void> {
    const { locks } = this.#browser;
    if (locks === undefined) await work();
    else await locks.request(this.#key, {}, work);
  }

  #memory(): Memory {
    try {
      const written = JSON.parse(this.#browser.shelf.read(this.#key) ?? "{}") as Partial<Memory>;
      return { sounded: written.sounded ?? [], notified: written.notified ?? [], soundedAt: written.soundedAt ?? 0 };
    } catch {
      return { sounded: [], notified: [], soundedAt: 0 };
    }
  }

  #remember(memory: Memory): void {
    this.#browser.shelf.write(this.#key, JSON.stringify(memory));
  }
}
