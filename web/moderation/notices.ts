// What everybody's page says of what moderators do: one note for each thing, the latest, and one question at a time.
import type { DoneToMe, Notice, Rights, Source } from "../api/shapes.ts";
import type { Standing } from "../meeting/news.ts";
import { allowed, changedBy, countedNow, keptAfter, noticed, turnedAway, whyOff } from "./words.ts";

/** How long a note is read. */
export const NOTE_MS = 10_000;

export interface Note {
  /** What it is about: a later one about the same takes its place. */
  about: string;
  text: string;
  /** What the person is asked to turn on. */
  question: Source | null;
}

export interface Me {
  name: string;
  moderator: boolean;
}

export type Notes = readonly Note[];

/** The later one takes the place of the one before about the same. */
export function put<Of extends { about: string }>(notes: readonly Of[], note: Of): readonly Of[] {
  return [...notes.filter(({ about }) => about !== note.about), note];
}

export function drop<Of extends { about: string }>(notes: readonly Of[], about: string): readonly Of[] {
  return notes.filter((note) => note.about !== about);
}

/** Whatever was asked for is settled when it is on, and when it may not be turned on any more. */
export function settled(notes: Notes, isOn: (source: Source) => boolean, may: (source: Source) => boolean): Notes {
  const over = notes.filter(({ question }) => question !== null && (isOn(question) || !may(question)));
  return over.length === 0 ? notes : notes.filter((note) => !over.includes(note));
}

/** The note of something that was done to this person. `before`: how many were turned away when last told. */
export function ofNotice(notice: Notice, standing: Standing, before: number | null): Note | null {
  if (notice.kind === "turned-away") {
    // What was before this page came is no news.
    if (before === null || notice.locked + notice.full <= before) return null;
    return { about: "turned-away", text: turnedAway(notice, standing.setup).join(" "), question: null };
  }
  return ofMine(notice, standing);
}

function ofMine(notice: DoneToMe, standing: Standing): Note | null {
  const text = noticed(notice, standing);
  if (text === null || notice.source === null) return null;
  return { about: notice.source, text, question: notice.kind === "asked" ? notice.source : null };
}

const WHAT: readonly (keyof Rights)[] = ["microphone", "camera", "screen_share", "chat"];

/** Contributions are counted from now on, or not any more; a meeting's first word is no news. */
export function ofCounting(counts: boolean, before: boolean | null, by: string | null, me: Me): Note | null {
  if (before === null || counts === before || by === me.name) return null;
  return { about: "contributions", text: countedNow(counts, by), question: null };
}

/** The notes of a change in the room: what this person may do now; to moderators, what another one changed. */
export function ofChange(now: Standing, before: Standing | null, by: string | null, me: Me): Note[] {
  if (before === null) return [];
  const notes: Note[] = [];
  for (const what of WHAT) {
    if (now.rights[what] === before.rights[what]) continue;
    const text = now.rights[what] ? allowed(what, by) : whyOff(what, now, by);
    if (text !== null) notes.push({ about: what, text, question: null });
  }
  if (by !== null && by !== me.name) {
    const text = keptAfter(by, now.setup, before.setup);
    if (text !== null) notes.push({ about: "contributions", text, question: null });
  }
  if (me.moderator && by !== null && by !== me.name) {
    const text = changedBy(by, now.setup, before.setup);
    if (text !== null) notes.push({ about: "setup", text, question: null });
  }
  return notes;
}
