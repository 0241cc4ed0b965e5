// What a moderator may press, for everyone and for one person, in which state: pure, and shown by panel.ts and menu.ts.
import type { Setup, Source } from "../api/shapes.ts";

export const SOURCES: readonly Source[] = ["microphone", "camera", "screen_share"];
export const EVERYONE = "everyone";

/** One press, and one call of the server's. */
export type Press =
  | { do: "off"; source: Source; who: string; keep: boolean }
  | { do: "allow"; source: Source; who: string }
  | { do: "ask"; source: Source; who: string }
  | { do: "lower"; who: string }
  | { do: "lock"; locked: boolean }
  | { do: "remove"; who: string }
  | { do: "end" };

/** One person, as far as it decides what may be done for them. */
export interface Someone {
  identity: string;
  name: string;
  me: boolean;
  owner: boolean;
  visitor: boolean;
  /** What they have on now. */
  on: Readonly<Record<Source, boolean>>;
  /** What they may turn on now. */
  may: Readonly<Record<Source, boolean>>;
  hand: boolean;
}

/** Off for everyone: *once* and *kept off*, or *allow again* where it is kept off. */
export function forEveryone(source: Source, setup: Setup): Press[] {
  if (setup[source] === "moderators") return [{ do: "allow", source, who: EVERYONE }];
  return [
    { do: "off", source, who: EVERYONE, keep: false },
    { do: "off", source, who: EVERYONE, keep: true },
  ];
}

/** In the order of a menu. Nobody has a menu for themselves, and nobody removes the owner. */
export function forOne(person: Someone): Press[] {
  if (person.me) return [];
  const who = person.identity;
  const presses = SOURCES.flatMap((source) => forTheir(source, person));
  if (person.hand) presses.push({ do: "lower", who });
  if (!person.owner) presses.push({ do: "remove", who });
  return presses;
}

/** A moderator can be turned off once, but not kept off: who could allow themselves again cannot be kept off. */
function forTheir(source: Source, { identity: who, visitor, on, may }: Someone): Press[] {
  const presses: Press[] = [];
  if (on[source]) presses.push({ do: "off", source, who, keep: false });
  // Nobody is asked to share: what they would share, only they know.
  else if (may[source] && source !== "screen_share") presses.push({ do: "ask", source, who });
  if (visitor) presses.push(may[source] ? { do: "off", source, who, keep: true } : { do: "allow", source, who });
  return presses;
}

/** The owner ends it, or a moderator while the owner is not in. */
export function mayEnd(people: readonly Pick<Someone, "me" | "owner">[]): boolean {
  return people.every((person) => !person.owner || person.me);
}
