// The chat of one meeting as this page has it: who wrote what, how much of it is taken and kept, what is unread.
//
// No DOM, no LiveKit, no clock: a message and the time come in, the next chat comes out. A message is
// its text and nothing else. Who wrote it is told by LiveKit's participant and the role that our server
// put into it, so that no message can say that it is the host's or the page's.

/** UTF-16 units; in UTF-8 three bytes each at most, which is well within one packet of LiveKit's (15 kB). */
export const LENGTH = 2_000;
const MOST_BYTES = 3 * LENGTH;
const MOST_LINES = 80;
/** From here on the box counts down. */
export const NEARLY = 200;
/** Lines that a page keeps. */
export const KEPT = 500;
/** Messages of one person that stand below one name. */
const TOGETHER_MS = 3 * 60_000;

/** A bucket of messages: so many at once, and one more after each `every` milliseconds. */
interface Bound {
  most: number;
  every: number;
}
/** What one may write; and what is taken of each other, which is more, since a line may deliver late and all at once. */
const MINE: Bound = { most: 5, every: 1_000 };
const THEIRS: Bound = { most: 20, every: 1_000 };

interface Allowance {
  left: number;
  at: number;
}

/** As LiveKit and our server know them, never as they say they are. */
export interface Sender {
  identity: string;
  name: string;
  visitor: boolean;
}

export interface Message {
  is: "message";
  key: number;
  from: Sender;
  mine: boolean;
  text: string;
  /** When it came here, or was sent from here, in milliseconds. */
  at: number;
  /** There was more of it than is taken. */
  cut: boolean;
  state: "sent" | "sending" | "failed";
}

export type Line =
  | Message
  /** This page was away: what was written before this is not here. */
  | { is: "missed"; key: number; at: number }
  /** Somebody wrote so fast that so many of their messages were left out. */
  | { is: "flood"; key: number; at: number; from: Sender; count: number };

export interface Chat {
  /** When this page first came into the meeting. */
  since: number;
  lines: readonly Line[];
  /** Messages of others that nobody has seen here yet. */
  unread: number;
  /** What is being written. */
  draft: string;
  next: number;
  allowances: ReadonlyMap<string, Allowance>;
}

/** Why a text is not sent: there is none, there is too much of it, or too many came right before it. */
export type Fault = "empty" | "long" | "fast";

const ME = "";

export function begin(at: number): Chat {
  return { since: at, lines: [], unread: 0, draft: "", next: 1, allowances: new Map() };
}

// ── What is written here ──

/** Why this cannot be sent now, or null. */
export function fault(chat: Chat, text: string, at: number): Fault | null {
  const { text: clean, cut } = cleaned(text);
  if (clean === "") return "empty";
  if (cut) return "long";
  return spend(chat.allowances.get(ME), MINE, at) === null ? "fast" : null;
}

/** A message of one's own is on its way. Only what has no fault. */
export function write(chat: Chat, from: Sender, text: string, at: number): { chat: Chat; message: Message } {
  const allowances = allowed(chat, ME, spend(chat.allowances.get(ME), MINE, at));
  const { text: clean } = cleaned(text);
  const message: Message = { is: "message", key: chat.next, from, mine: true, text: clean, at, cut: false, state: "sending" };
  return { chat: added({ ...chat, draft: "", allowances }, message), message };
}

/** It arrived at the video service, or it did not. */
export function settle(chat: Chat, key: number, state: Message["state"]): Chat {
  return { ...chat, lines: chat.lines.map((line) => (line.is === "message" && line.key === key ? { ...line, state } : line)) };
}

// ── What others write ──

/** A packet came from somebody. `reading`: it is seen as soon as it is here. */
export function hear(chat: Chat, from: Sender, payload: Uint8Array, at: number, reading: boolean): Chat {
  const allowance = spend(chat.allowances.get(from.identity), THEIRS, at);
  // Whoever goes on is not taken up again until they pause: else each second one message would come through.
  if (allowance === null) return flooded({ ...chat, allowances: allowed(chat, from.identity, { left: 0, at }) }, from, at);
  const spent = { ...chat, allowances: allowed(chat, from.identity, allowance) };
  const { text, cut } = cleaned(new TextDecoder().decode(payload.subarray(0, MOST_BYTES)));
  if (text === "") return spent;
  const message: Message = {
    is: "message",
    key: chat.next,
    from,
    mine: false,
    text,
    at,
    cut: cut || payload.length > MOST_BYTES,
    state: "sent",
  };
  return added({ ...spent, unread: reading ? 0 : chat.unread + 1 }, message);
}

/** One line for all that was left out, until they write at a bearable pace again. */
function flooded(chat: Chat, from: Sender, at: number): Chat {
  const last = chat.lines.findLast((line) => line.is !== "missed" && line.from.identity === from.identity);
  if (last?.is !== "flood") return added(chat, { is: "flood", key: chat.next, at, from, count: 1 });
  return { ...chat, lines: chat.lines.map((line) => (line === last ? { ...last, at, count: last.count + 1 } : line)) };
}

/** This page was away for a while: nobody kept for it what was written meanwhile. */
export function cameBack(chat: Chat, at: number): Chat {
  const last = chat.lines.at(-1);
  if (last?.is === "missed") return { ...chat, lines: [...chat.lines.slice(0, -1), { ...last, at }] };
  return added(chat, { is: "missed", key: chat.next, at });
}

export function readAll(chat: Chat): Chat {
  return chat.unread === 0 ? chat : { ...chat, unread: 0 };
}

/** Stands below the name of the line before it. */
export function continues(line: Line, before: Line | undefined): boolean {
  return (
    line.is === "message" &&
    before?.is === "message" &&
    line.mine === before.mine &&
    line.from.identity === before.from.identity &&
    line.from.name === before.from.name &&
    line.from.visitor === before.from.visitor &&
    line.at - before.at < TOGETHER_MS
  );
}

// ── Bounds ──

/** The bucket after one message more, null when it is empty. */
function spend(before: Allowance | undefined, { most, every }: Bound, at: number): Allowance | null {
  const left = Math.min(most, before === undefined ? most : before.left + Math.max(0, at - before.at) / every);
  return left < 1 ? null : { left: left - 1, at };
}

function allowed(chat: Chat, who: string, allowance: Allowance | null): Chat["allowances"] {
  return allowance === null ? chat.allowances : new Map(chat.allowances).set(who, allowance);
}

/** With one line more. When there are too many, whoever has the most loses their oldest: a flood drowns itself. */
function added(chat: Chat, line: Line): Chat {
  const lines = [...chat.lines, line];
  if (lines.length > KEPT) {
    const counts = new Map<string, number>();
    for (const one of lines) counts.set(owner(one), (counts.get(owner(one)) ?? 0) + 1);
    const most = Math.max(...counts.values());
    lines.splice(lines.findIndex((one) => counts.get(owner(one)) === most), 1);
  }
  return { ...chat, lines, next: chat.next + 1 };
}

function owner(line: Line): string {
  return line.is === "missed" ? " page" : line.from.identity;
}

// What could move, hide or turn around the text beside it: controls, and the marks that switch direction.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]/gu;
/** More marks on one letter than any script stacks reach into the lines around it. */
const STACKED = /(\p{M}{6})\p{M}+/gu;

/** The text as it is shown: without what could disturb the page around it, and no more than is taken. */
export function cleaned(raw: string): { text: string; cut: boolean } {
  const lines = raw
    .replace(/\r\n?|[\u2028\u2029]/gu, "\n")
    .replace(CONTROLS, "")
    .replace(STACKED, "$1")
    .replace(/[^\S\n]+$/gmu, "")
    .replace(/\n{3,}/gu, "\n\n")
    .trim()
    .split("\n");
  const whole = lines.slice(0, MOST_LINES).join("\n");
  if (whole.length <= LENGTH) return { text: whole.trimEnd(), cut: lines.length > MOST_LINES };
  // Never half a character.
  return { text: whole.slice(0, LENGTH).replace(/[\ud800-\udbff]$/u, "").trimEnd(), cut: true };
}

// ── Over a reload of this tab ──

/** As it is kept in the tab's memory. */
export function kept({ since, lines, unread, draft, next }: Chat): string {
  return JSON.stringify({ since, lines, unread, draft, next });
}

/** As it was, or null for nothing or nonsense. What was on its way then has not arrived as far as anybody knows. */
export function recalled(text: string | null): Chat | null {
  try {
    const { since, lines, unread, draft, next } = JSON.parse(text ?? "null") as Partial<Chat>;
    const whole = typeof since === "number" && Array.isArray(lines) && typeof unread === "number";
    if (!whole || typeof draft !== "string" || typeof next !== "number") return null;
    const then = lines.map((line: Line): Line => (line.is === "message" && line.state === "sending" ? { ...line, state: "failed" } : line));
    return { since, lines: then, unread, draft, next, allowances: new Map() };
  } catch {
    return null;
  }
}
