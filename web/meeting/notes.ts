// What is told over the stage: one note about each thing, the latest. Most go by themselves, some wait for somebody.
import { drop, put } from "../moderation/notices.ts";

/** How long a note is read. */
export const NOTE_MS = 8_000;

export interface Note {
  /** What it is about: a later one about the same takes its place. */
  about: string;
  text: string;
  /** Stays until something is done, or it is put away. */
  stays?: true;
  /** With `until` a press does not put it away: what comes of it does. */
  action?: { label: string; press: () => void; until?: true };
}

export class StageNotes {
  #all: readonly Note[] = [];
  readonly #changed: () => void;
  readonly #clocks = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** The oldest first. */
  get all(): readonly Note[] {
    return this.#all;
  }

  say(note: Note): void {
    const { about } = note;
    this.#forget(about);
    if (note.stays !== true) this.#clocks.set(about, setTimeout(() => this.drop(about), NOTE_MS));
    this.#all = put(this.#all, note);
    this.#changed();
  }

  /** What it said is over. */
  drop(about: string): void {
    this.#forget(about);
    if (!this.#all.some((note) => note.about === about)) return;
    this.#all = drop(this.#all, about);
    this.#changed();
  }

  close(): void {
    for (const { about } of this.#all) this.#forget(about);
  }

  #forget(about: string): void {
    clearTimeout(this.#clocks.get(about));
    this.#clocks.delete(about);
  }
}
