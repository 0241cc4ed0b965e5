// Who is here and who is at the door, as a list: in which order, and so that nobody is let in by a slip of the list.
import type { DoorKnock, Hand } from "../api/shapes.ts";
import { INERT_MS } from "../doorbell/inert.ts";
import { language, t } from "../i18n/index.ts";
import type { Person } from "./call.ts";
import { handWords, placeOf } from "./hands.ts";

// ── Who is here ──

export interface Row {
  person: Person;
  /** Their place among the raised hands, from 1, or null. */
  hand: number | null;
}

/** Raised hands in the order raised, then oneself, then all others by name. */
export function roster(people: readonly Person[], hands: readonly Hand[]): Row[] {
  const byName = new Intl.Collator(language(), { sensitivity: "base", numeric: true });
  const rows = people.map((person): Row => ({ person, hand: placeOf(hands, person.identity) }));
  return rows.sort(
    (one, other) =>
      (one.hand ?? Number.POSITIVE_INFINITY) - (other.hand ?? Number.POSITIVE_INFINITY) ||
      Number(other.person.me) - Number(one.person.me) ||
      byName.compare(one.person.name, other.person.name) ||
      one.person.since - other.person.since ||
      (one.person.identity < other.person.identity ? -1 : 1),
  );
}

/** From here on there is a field to search by name. */
export const SEARCHED_FROM = 12;

/** Those whose name has the words in it, however they are written. */
export function found(rows: readonly Row[], words: string): readonly Row[] {
  const wanted = plain(words);
  return wanted === "" ? rows : rows.filter(({ person }) => plain(person.name).includes(wanted));
}

function plain(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").trim().toLocaleLowerCase();
}

/** What a line says beside the name, to somebody who does not see it. */
export function rowWords({ person, hand }: Row, hands: number): string {
  return [
    ...(hand === null ? [] : [handWords(hand, hands)]),
    person.audible ? t("microphone on") : t("microphone off"),
    person.camera ? t("camera on") : t("camera off"),
  ].join(", ");
}

// ── Who is at the door ──

export interface Waiting {
  knock: DoorKnock;
  /** No longer to be decided here, and still on its line because somebody points at the list. */
  over: boolean;
}

export interface AtTheDoor {
  rows: readonly Waiting[];
  /** When a line last moved or changed its buttons, and how they have stood since. */
  changedAt: number;
  layout: string;
}

export const NOBODY: AtTheDoor = { rows: [], changedAt: Number.NEGATIVE_INFINITY, layout: "" };

/**
 * The list after the door changed. While it is touched (the pointer on it, the focus in it) no line
 * moves up into the place of another: who is gone stays there, unless nobody stands below.
 */
export function follow(before: AtTheDoor, knocks: readonly DoorKnock[], touched: boolean, at: number): AtTheDoor {
  const there = knocks.filter(({ state, connected }) => state === "waiting" || (state === "admitted" && !connected));
  const stay = touched ? before.rows.map(({ knock }) => now(knock, there)) : [];
  const more = there.filter(({ id }) => !stay.some(({ knock }) => knock.id === id));
  const all = [...stay, ...more.map((knock): Waiting => ({ knock, over: false }))];
  const rows = all.slice(0, all.findLastIndex(({ over }) => !over) + 1);
  const layout = JSON.stringify(rows.map(({ knock, over }) => [knock.id, knock.state, over]));
  return { rows, layout, changedAt: layout === before.layout ? before.changedAt : at };
}

function now(was: DoorKnock, there: readonly DoorKnock[]): Waiting {
  const knock = there.find(({ id }) => id === was.id);
  return knock === undefined ? { knock: was, over: true } : { knock, over: false };
}

/** A press counts only when what it meant to hit has stood still for a moment. */
export function counts(door: AtTheDoor, at: number): boolean {
  return at - door.changedAt >= INERT_MS;
}

/** How many wait for an answer. */
export function waitingAt(knocks: readonly DoorKnock[]): number {
  return knocks.filter(({ state }) => state === "waiting").length;
}
