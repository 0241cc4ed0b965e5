// Reactions: which there are, how they are named, and how long and how many of them are shown.
import type { Reacted } from "../api/shapes.ts";
import { t } from "../i18n/index.ts";

export type Reaction = Reacted["reaction"];

/** In the order of the picker. */
export const REACTIONS: readonly Reaction[] = ["thumbs-up", "clap", "heart", "laugh", "surprise", "party"];

const GLYPHS: Readonly<Record<Reaction, string>> = {
  "thumbs-up": "👍",
  clap: "👏",
  heart: "❤️",
  laugh: "😂",
  surprise: "😮",
  party: "🎉",
};

export function glyph(reaction: Reaction): string {
  return GLYPHS[reaction];
}

export function reactionWords(reaction: Reaction): string {
  switch (reaction) {
    case "thumbs-up":
      return t("Thumbs up");
    case "clap":
      return t("Applause");
    case "heart":
      return t("Heart");
    case "laugh":
      return t("Laughter");
    case "surprise":
      return t("Surprise");
    case "party":
      return t("Celebration");
  }
}

export const SHOWN_MS = 3_000;
/** Of one person at once; more would hide the face they float on. */
const EACH = 3;
/** On the whole page at once. */
const ALL = 60;

/** A reaction that is on the page now. */
export interface Shown extends Reacted {
  key: number;
  until: number;
}

/** With one more. A reaction of a later server than this page is none here. */
export function show(shown: readonly Shown[], reacted: Reacted, at: number): readonly Shown[] {
  if (!REACTIONS.includes(reacted.reaction)) return shown;
  const key = Math.max(0, ...shown.map((one) => one.key)) + 1;
  const still = fresh(shown, at);
  const own = still.filter(({ identity }) => identity === reacted.identity);
  const kept = own.length < EACH ? still : still.filter((one) => one !== own[0]);
  return [...kept, { ...reacted, key, until: at + SHOWN_MS }].slice(-ALL);
}

export function fresh(shown: readonly Shown[], at: number): readonly Shown[] {
  return shown.some(({ until }) => until <= at) ? shown.filter(({ until }) => until > at) : shown;
}

/** As many as the server takes from one person. */
const A_SECOND = 5;

/** The moments of one's own reactions with one more at `at`, or null when that would be too many. */
export function spend(sent: readonly number[], at: number): readonly number[] | null {
  const lately = sent.filter((moment) => at - moment < 1_000 && moment <= at);
  return lately.length < A_SECOND ? [...lately, at] : null;
}
