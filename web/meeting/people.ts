// In which order people stand, and what is said of them: they keep their place, whatever they do.
import { t } from "../i18n/index.ts";
import type { Person } from "./call.ts";

/** In order of coming; oneself last, where the eye does not have to pass. */
export function inOrder(people: readonly Person[]): Person[] {
  const order = (a: Person, b: Person): number =>
    Number(a.me) - Number(b.me) || a.since - b.since || (a.identity < b.identity ? -1 : 1);
  return [...people].sort(order);
}

/** What a tile says to somebody who does not see it. */
export function spoken(person: Person): string {
  const parts = [person.me ? t("%(name)s (you)", { name: person.name }) : person.name];
  if (person.visitor) parts.push(t("visitor"));
  if (!person.audible) parts.push(t("microphone off"));
  if (!person.camera) parts.push(t("camera off"));
  if (person.quality === "poor") parts.push(t("poor connection"));
  if (person.quality === "lost") parts.push(t("connection interrupted"));
  return parts.join(", ");
}

/** What the tile of somebody's screen says. */
export function screenOf(person: Person): string {
  return t("%(name)s’s screen", { name: person.name });
}
