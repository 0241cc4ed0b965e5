// A set-up while somebody edits it: saved as it is changed, and nobody's change is lost to another's. Pure.
import type { Setup } from "../api/shapes.ts";

export type Fields = Omit<Setup, "version" | "changed_by">;
export type Field = keyof Fields;
export type Patch = Partial<Fields>;

export interface Edits {
  /** What holds, as the server said last. */
  held: Setup;
  /** What held when the changes here were begun: who changed the same field since then was first. */
  base: Setup;
  /** Changed here and not yet sent. */
  wanted: Patch;
  /** On its way to the server. */
  sent: Patch | null;
  /** Fields that somebody else changed at the same time: shown as they are now. By whom, where that is known. */
  taken: Readonly<Partial<Record<Field, string | null>>>;
  /** Why a field was not taken. */
  wrong: Readonly<Partial<Record<Field, string>>>;
}

export function begin(held: Setup): Edits {
  return { held, base: held, wanted: {}, sent: null, taken: {}, wrong: {} };
}

/** What the form shows: what holds, and over it what this person has changed. */
export function shown({ held, sent, wanted }: Edits): Setup {
  return { ...held, ...sent, ...wanted };
}

export function edit<F extends Field>(edits: Edits, field: F, value: Fields[F]): Edits {
  const begun = edits.sent !== null || keys(edits.wanted).length > 0;
  return {
    ...edits,
    base: begun ? edits.base : edits.held,
    wanted: { ...edits.wanted, [field]: value },
    taken: without(edits.taken, [field]),
    wrong: without(edits.wrong, [field]),
  };
}

/** The next call, or null where one is on its way or nothing is to be sent. */
export function toSend({ base, wanted, sent }: Edits): (Patch & { version: number }) | null {
  if (sent !== null || keys(wanted).length === 0) return null;
  return { ...wanted, version: base.version };
}

export function sending(edits: Edits): Edits {
  return { ...edits, sent: edits.wanted, wanted: {} };
}

export function saved(edits: Edits, held: Setup): Edits {
  const now = newer(edits.held, held);
  return { ...edits, held: now, base: now, sent: null };
}

/** Somebody changed a field that was sent meanwhile: that one is theirs now, all others are sent again. */
export function collided(edits: Edits, now: Setup): Edits {
  const sent = edits.sent ?? {};
  const theirs = keys(sent).filter((field) => now[field] !== edits.base[field]);
  const rest = pick(sent, (field) => !theirs.includes(field));
  const held = newer(edits.held, now);
  const taken = { ...edits.taken };
  for (const field of theirs) taken[field] = now.changed_by?.[field] ?? null;
  return { ...edits, held, base: held, sent: null, wanted: { ...rest, ...edits.wanted }, taken };
}

/** Refused: the named fields are as they were before, with the reason; what else was sent is sent again. */
export function refused(edits: Edits, wrong: Edits["wrong"]): Edits {
  const rest = pick(edits.sent ?? {}, (field) => !(field in wrong) && Object.keys(wrong).length > 0);
  return { ...edits, sent: null, wanted: { ...rest, ...edits.wanted }, wrong: { ...edits.wrong, ...wrong } };
}

/** It did not arrive: it is still to be sent. */
export function failed(edits: Edits): Edits {
  return { ...edits, sent: null, wanted: { ...edits.sent, ...edits.wanted } };
}

/** Somebody else saved something: what this person has changed stays in the form. */
export function heard(edits: Edits, now: Setup): Edits {
  return { ...edits, held: newer(edits.held, now) };
}

function newer(one: Setup, other: Setup): Setup {
  return other.version >= one.version ? other : one;
}

function keys(patch: Patch): Field[] {
  return Object.keys(patch) as Field[];
}

function pick(patch: Patch, wanted: (field: Field) => boolean): Patch {
  return Object.fromEntries(Object.entries(patch).filter(([field]) => wanted(field as Field)));
}

function without<Value>(all: Readonly<Partial<Record<Field, Value>>>, gone: readonly Field[]): Partial<Record<Field, Value>> {
  return Object.fromEntries(Object.entries(all).filter(([field]) => !gone.includes(field as Field))) as Partial<Record<Field, Value>>;
}
