// What the pop-up shows, and when a press on it counts. No DOM and no clock: times are milliseconds
// of the page, passed in, and every step returns a new state.
//
// Nobody admits the wrong person: what lies under the pointer or has the focus never changes by
// itself (who has gone stays there, crossed out, until the person looks elsewhere), and after every
// change presses do nothing for half a second.
import type { Decision, DoorKnock, DoorNow } from "../api/shapes.ts";
import { INERT_MS } from "./inert.ts";
import { type DoorbellEvent, doorNow, fold, type Happening, rings } from "./knocks.ts";

export const NOTE_MS = 4_000;

/** More than so many waiting are a crowd: they are told as a number, and answered together if their owner likes. */
export const FEW = 5;

/** So many are listed at once, in order of arrival. */
export const LISTED = 50;

/** What became of a knock while it was being looked at. `by`: who decided, where that is known. */
export interface Ended {
  kind: "accepted" | "refused" | "held" | "gone" | "withheld";
  by: string | null;
}

/** A knock as it is shown. `ended`: it is no longer to be decided, and stays only because it is looked at. */
export interface Row {
  knock: DoorKnock;
  ended: Ended | null;
}

/** A line that says what happened, for a while. */
export type Note = { until: number } & (
  | { kind: "accepted" | "refused" | "held" | "taken-back"; knock: DoorKnock }
  /** Decided on another page, or by somebody else. */
  | { kind: "accepted-by" | "refused-by" | "held-by"; knock: DoorKnock; by: string | null }
  | { kind: "gone" | "full" | "in-already" | "over"; knock: DoorKnock }
  | { kind: "accepted-all"; accepted: number; full: number }
  | { kind: "refused-all"; refused: number }
  | { kind: "paused" | "open-again" }
  | { kind: "failed" }
  /** The server's own words. */
  | { kind: "problem"; text: string }
);
type WithoutTime<T> = T extends unknown ? Omit<T, "until"> : never;
export type Said = WithoutTime<Note>;

export interface PopUp extends DoorNow {
  knocks: readonly DoorKnock[];
  /** The knock on the card. */
  card: Row | null;
  /** The lines of the list, while it is open. */
  rows: readonly Row[];
  view: "card" | "list";
  /** Put away by its reader until somebody new rings. */
  folded: boolean;
  /** Everybody is being refused: meanwhile nobody is shown, only how many are left. */
  sweeping: boolean;
  /** The pointer is on it, or the focus is in it. */
  touched: boolean;
  /** When something in it last moved, and how it has lain since. */
  changedAt: number;
  layout: string;
  notes: readonly Note[];
  /** Knocks that were decided here: their news needs no second telling. */
  mine: ReadonlySet<string>;
}

export const NOTHING: PopUp = {
  knocks: [],
  more: 0,
  paused: false,
  card: null,
  rows: [],
  view: "card",
  folded: false,
  sweeping: false,
  touched: false,
  changedAt: 0,
  layout: "",
  notes: [],
  mine: new Set(),
};

/** Something came over the stream. Returns what there is to sound, too. */
export function heard(before: PopUp, event: DoorbellEvent, at: number): { popUp: PopUp; happenings: readonly Happening[] } {
  const { knocks, happenings } = fold(before.knocks, event);
  const rang = happenings.some(({ kind }) => kind === "rang");
  const news = happenings.flatMap((one) => noteOf(one, before));
  const endings = new Map(
    happenings.flatMap((one): [string, Ended][] =>
      one.kind === "rang" ? [] : [[one.knock.id, { kind: one.kind, by: "by" in one ? one.by : null }]],
    ),
  );
  const now = event.name === "snapshot" || event.name === "door" ? doorNow(event.data) : {};
  const after = { ...before, ...now, knocks, folded: before.folded && !rang };
  return { popUp: settled(saying(after, news, at), at, endings), happenings };
}

/** The pointer or the focus came, or the last of them went. */
export function touched(before: PopUp, now: boolean, at: number): PopUp {
  return before.touched === now ? before : settled({ ...before, touched: now }, at);
}

/** A button was pressed here and the answer is under way, or (`false`) it came to nothing. */
export function pressed(before: PopUp, id: string, still = true): PopUp {
  const mine = new Set(before.mine);
  if (still) mine.add(id);
  else mine.delete(id);
  return { ...before, mine };
}

/** Everybody is being refused by a press here, until that has been done or has failed. */
export function sweeping(before: PopUp, now: boolean, at: number): PopUp {
  return settled({ ...before, sweeping: now, view: "card", card: null, rows: [] }, at);
}

/** This page refused all of these: nobody of them is left. */
export function refusedAll(before: PopUp, ids: ReadonlySet<string>, at: number): PopUp {
  return settled({ ...before, knocks: before.knocks.filter(({ id }) => !ids.has(id)) }, at);
}

/** Its owner has paused knocking, or lets people ask again. */
export function pausing(before: PopUp, paused: boolean, at: number): PopUp {
  return settled(saying({ ...before, paused }, [{ kind: paused ? "paused" : "open-again" }], at), at);
}

/** This page decided: its own press is what changes the card, touched or not. */
export function decided(before: PopUp, knock: DoorKnock, decision: Decision, at: number): PopUp {
  const kind = ({ admit: "accepted", refuse: "refused", hold: "held" } as const)[decision];
  const knocks =
    decision === "refuse"
      ? before.knocks.filter(({ id }) => id !== knock.id)
      : before.knocks.map((one) => (one.id === knock.id ? { ...one, ...knock } : one));
  const after = { ...before, knocks, mine: new Set(before.mine).add(knock.id), card: without(before.card, knock.id) };
  return settled(saying(after, [{ kind, knock }], at), at, new Map([[knock.id, { kind, by: null }]]));
}

/**
 * The server says that there is nothing left to decide here: the card moves on, whoever looks at it,
 * for it is the answer to a press. `now` is the knock as far as it is known, null when it is over.
 */
export function answered(before: PopUp, knock: DoorKnock, now: DoorKnock | null, said: Said, at: number): PopUp {
  const knocks = before.knocks.flatMap((one) => (one.id !== knock.id ? [one] : now === null ? [] : [now]));
  const after = { ...before, knocks, mine: new Set(before.mine).add(knock.id), card: without(before.card, knock.id) };
  return settled(saying(after, [said], at), at, new Map([[knock.id, { kind: "gone", by: null }]]));
}

/** Say something that changes no knock. */
export function said(before: PopUp, what: Said, at: number): PopUp {
  return settled(saying(before, [what], at), at);
}

/** A press here has moved what is shown: what lies under the pointer now was not what it aimed at. */
export function moved(before: PopUp, at: number): PopUp {
  return { ...before, changedAt: at };
}

/** From the card to the list of all, and back. */
export function opened(before: PopUp, view: PopUp["view"], at: number): PopUp {
  return settled({ ...before, view, folded: false, rows: [], changedAt: at }, at);
}

/** Put away; the knocks go on waiting, and the next one who rings brings it back. */
export function folded(before: PopUp, at: number): PopUp {
  return settled({ ...before, view: "card", folded: true, touched: false, card: null }, at);
}

/** On from a card whose knock is over. */
export function next(before: PopUp, at: number): PopUp {
  return settled({ ...before, card: null }, at);
}

/** Time passes: notes go. */
export function ticked(before: PopUp, at: number): PopUp {
  return before.notes.some(({ until }) => until <= at) ? settled(before, at) : before;
}

/** A press counts only when what it meant to hit has stood still for a moment. */
export function counts(popUp: PopUp, at: number): boolean {
  return at - popUp.changedAt >= INERT_MS;
}

/** Everybody at the door of whom more is known than that they are there, on hold or not. */
export function waiting(popUp: PopUp): readonly DoorKnock[] {
  return popUp.knocks.filter(({ state }) => state === "waiting");
}

/** How many are at the door. The tab's title shows it. */
export function count(popUp: PopUp): number {
  return waiting(popUp).length + popUp.more;
}

/** So many wait that they are a number before they are people. */
export function crowd(popUp: PopUp): boolean {
  return count(popUp) > FEW;
}

/** There is something to do about everybody at once: of a crowd, and while knocking is paused. */
export function together(popUp: PopUp): boolean {
  return crowd(popUp) || popUp.sweeping || popUp.paused;
}

/** How many wait who are not on the list. */
export function unlisted(popUp: PopUp): number {
  return count(popUp) - popUp.rows.filter(({ knock, ended }) => ended === null && knock.state === "waiting").length;
}

/** Let in and not here yet. */
export function expected(popUp: PopUp): readonly DoorKnock[] {
  return popUp.knocks.filter(({ state, connected }) => state === "admitted" && !connected);
}

/** What is there to see: the card, the list, a small handle on those who need nothing now, or nothing. */
export function shows(popUp: PopUp): "card" | "list" | "handle" | "notes" | "nothing" {
  if (popUp.sweeping) return "nothing";
  if (popUp.view === "list") return "list";
  if (popUp.card !== null) return "card";
  if (waiting(popUp).length + expected(popUp).length > 0 || (popUp.folded && together(popUp))) return "handle";
  return popUp.notes.length > 0 ? "notes" : "nothing";
}

/** Those that are seen one by one. */
function seen(popUp: PopUp): readonly Row[] {
  const view = shows(popUp);
  return view === "list" ? popUp.rows : view === "card" && popUp.card !== null ? [popUp.card] : [];
}

/** What is told beside them: not what their own line says. */
export function told(popUp: PopUp): readonly Note[] {
  const rows = seen(popUp);
  const isSaid = (note: Note): boolean =>
    "knock" in note && rows.some(({ knock, ended }) => knock.id === note.knock.id && ended?.kind === note.kind);
  return popUp.notes.filter((note) => !isSaid(note));
}

/** The knocks whose names can be read now. Their guests may be told that they were seen. */
export function read(popUp: PopUp): readonly string[] {
  return seen(popUp).filter(({ knock, ended }) => ended === null && knock.state === "waiting").map(({ knock }) => knock.id);
}

function without(card: Row | null, id: string): Row | null {
  return card?.knock.id === id ? null : card;
}

function saying(before: PopUp, what: readonly Said[], at: number): PopUp {
  const notes = what.map((said): Note => ({ ...said, until: at + NOTE_MS }));
  return { ...before, notes: [...before.notes, ...notes].slice(-3) };
}

/** What a page says of what it did not do itself. Who gave up is told only where they were on the card. */
function noteOf(happening: Happening, before: PopUp): Said[] {
  const { kind, knock } = happening;
  if (kind === "rang" || kind === "withheld" || before.mine.has(knock.id) || before.sweeping) return [];
  if (kind === "gone") return before.card?.knock.id === knock.id ? [{ kind, knock }] : [];
  return [{ kind: `${kind}-by`, knock, by: happening.by }];
}

/** Whose turn it is on the card: who rings and is here, then who rings and is away; in order of arrival. */
function turn(knocks: readonly DoorKnock[]): DoorKnock | undefined {
  const ringing = knocks.filter(rings);
  return ringing.find(({ away }) => !away) ?? ringing[0];
}

/** The one place that lets what is shown follow what is. */
function settled(popUp: PopUp, at: number, endings: ReadonlyMap<string, Ended> = new Map()): PopUp {
  const rowNow = (row: Row): Row => {
    const knock = popUp.knocks.find(({ id }) => id === row.knock.id);
    if (knock === undefined) return { ...row, ended: endings.get(row.knock.id) ?? row.ended ?? { kind: "gone", by: null } };
    return { knock, ended: null };
  };
  const notes = popUp.notes.filter(({ until }) => until > at);
  const after: PopUp = { ...popUp, notes, card: cardNow(popUp, rowNow, endings), ...listNow(popUp, rowNow) };
  // Ids that are gone for good need not be remembered as ours.
  const there = new Set(popUp.knocks.map(({ id }) => id));
  const mine = new Set([...popUp.mine].filter((id) => there.has(id)));
  const layout = layoutOf(after);
  return { ...after, mine, layout, changedAt: layout === popUp.layout ? popUp.changedAt : at };
}

function cardNow(popUp: PopUp, rowNow: (row: Row) => Row, endings: ReadonlyMap<string, Ended>): Row | null {
  if (popUp.folded || popUp.sweeping) return null;
  if (popUp.card !== null) {
    const row = rowNow(popUp.card);
    if (row.ended === null && rings(row.knock)) return row;
    // Decided or put on hold elsewhere while it is looked at: it stays, and says so.
    if (popUp.touched && !popUp.mine.has(row.knock.id)) return { ...row, ended: endings.get(row.knock.id) ?? row.ended ?? popUp.card.ended };
  }
  const knock = turn(popUp.knocks);
  return knock === undefined ? null : { knock, ended: null };
}

function listNow(popUp: PopUp, rowNow: (row: Row) => Row): Pick<PopUp, "view" | "rows"> {
  if (popUp.view !== "list") return { view: "card", rows: [] };
  const kept = popUp.touched ? popUp.rows.map(rowNow) : [];
  const listed = new Set(kept.map(({ knock }) => knock.id));
  const room = Math.max(0, LISTED - kept.filter(({ ended }) => ended === null).length);
  const rest = popUp.knocks.filter(({ id, connected }) => !connected && !listed.has(id)).slice(0, room);
  const rows = [...kept, ...rest.map((knock): Row => ({ knock, ended: null }))];
  return rows.length > 0 ? { view: "list", rows } : { view: "card", rows };
}

/** Whose buttons these are, and whatever makes its lines move up or down, as one text. */
function layoutOf(popUp: PopUp): string {
  const card = popUp.card;
  return JSON.stringify([
    popUp.view,
    card !== null && [card.knock.id, card.ended !== null, card.knock.away, card.knock.held],
    popUp.rows.map(({ knock, ended }) => [knock.id, knock.state, knock.held, ended !== null]),
    waiting(popUp).length > 1,
    crowd(popUp),
    popUp.paused,
    expected(popUp).length > 0,
    popUp.notes.length,
  ]);
}
