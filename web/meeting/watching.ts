// Which pictures are fetched: what is seen, and for a moment what was. Sound is always fetched.
import type { Box } from "./layout.ts";

/** Who turns pages back and forth does not wait for each picture again. */
export const LINGERS_MS = 5_000;
/** Fetched before the page has said what it shows, so that the first picture waits for nobody. */
export const FIRST = 12;

/** The pictures that a page of boxes shows. With *audio only* cameras are left out; a shared screen is worth its price. */
export function seen(boxes: readonly Box[], audioOnly: boolean): Set<string> {
  const shown = boxes.filter(({ person, what }) => !person.me && (what === "screen" || (!audioOnly && person.camera)));
  return new Set(shown.map(({ key }) => key));
}

/** What is fetched, and since when each of them has not been seen (null: it is seen). */
export type Watched = ReadonlyMap<string, number | null>;

/** What is to be fetched from now on, by what is seen. */
export function watching(before: Watched, now: ReadonlySet<string>, at: number): Map<string, number | null> {
  const watched = new Map<string, number | null>();
  for (const key of now) watched.set(key, null);
  for (const [key, since] of before) {
    if (now.has(key)) continue;
    const left = since ?? at;
    if (at - left < LINGERS_MS) watched.set(key, left);
  }
  return watched;
}
