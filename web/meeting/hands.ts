// Raised hands: whose turn it is, and what is said of it. Their order is the server's, one for all.
import type { Hand } from "../api/shapes.ts";
import { t } from "../i18n/index.ts";

/** Their place in the order raised, from 1, or null while the hand is down. */
export function placeOf(hands: readonly Hand[], identity: string | null): number | null {
  const at = hands.findIndex((hand) => hand.identity === identity);
  return at < 0 ? null : at + 1;
}

/** Hands that went up since then. One that went down and up again is new. */
export function raisedSince(before: readonly Hand[], now: readonly Hand[]): Hand[] {
  return now.filter((hand) => !before.some((one) => one.identity === hand.identity && one.since === hand.since));
}

/** What the mark of a raised hand says. */
export function handWords(place: number, of: number): string {
  return of > 1 ? t("Hand raised, number %(place)s", { place }) : t("Hand raised");
}

/** What the button says that raises one's own. */
export function buttonWords(place: number | null): string {
  if (place === null) return t("Raise your hand");
  return place === 1 ? t("Lower your hand") : t("Lower your hand (you are number %(place)s)", { place });
}
