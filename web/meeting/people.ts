// Who is on the page, and in which order: people keep their place, whatever they do.
import { t } from "../i18n/index.ts";
import type { Person } from "./call.ts";

/** More tiles than this are too small for faces. */
export const MOST_TILES = 49;

export interface Seating {
  grid: readonly Person[];
  /** Oneself in a corner, when there is one other to look at. */
  corner: Person | null;
  /** How many are in the meeting and not on the page. */
  more: number;
}

/** In order of coming; oneself last, where the eye does not have to pass. */
export function inOrder(people: readonly Person[]): Person[] {
  const order = (a: Person, b: Person): number =>
    Number(a.me) - Number(b.me) || a.since - b.since || (a.identity < b.identity ? -1 : 1);
  return [...people].sort(order);
}

export function seating(people: readonly Person[], most: number = MOST_TILES): Seating {
  const ordered = inOrder(people);
  const me = ordered.find((person) => person.me) ?? null;
  const others = ordered.filter((person) => !person.me);
  if (me !== null && others.length === 1) return { grid: others, corner: me, more: 0 };
  if (ordered.length <= most) return { grid: ordered, corner: null, more: 0 };
  // Who speaks is seen, and so is oneself; the rest in order of coming.
  const room = most - (me === null ? 0 : 1);
  const speaking = others.filter((person) => person.speaking);
  const shown = new Set([...speaking, ...others].slice(0, room));
  const grid = [...others.filter((person) => shown.has(person)), ...(me === null ? [] : [me])];
  return { grid, corner: null, more: ordered.length - grid.length };
}

/** What a tile says to somebody who does not see it. */
export function spoken(person: Person): string {
  const parts = [person.me ? t("%(name)s (you)", { name: person.name }) : person.name];
  if (person.visitor) parts.push(t("visitor"));
  if (!person.audible) parts.push(t("microphone off"));
  if (person.picture === null) parts.push(t("camera off"));
  return parts.join(", ");
}
