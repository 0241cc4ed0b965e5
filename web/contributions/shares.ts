// How the talk is shared, and how figures are written and said. Pure.
import type { Contribution, Contributions } from "../api/shapes.ts";
import { language } from "../i18n/index.ts";

export interface Row {
  line: Contribution;
  me: boolean;
  /** Of all that was talked, from 0 to 1: the shares of all add up to 1, also where people talked at once. */
  share: number;
}

/** Who talked most first; those who talked as long as each other in the order of coming. */
export function rows({ people }: Contributions, me: string | null): Row[] {
  const together = people.reduce((sum, { talk }) => sum + talk, 0);
  return people
    .map((line) => ({ line, me: line.identity === me, share: together === 0 ? 0 : line.talk / together }))
    .sort((one, other) => other.line.talk - one.line.talk);
}

/** One's own share, or null where one is not counted. */
export function shareOf(figures: Contributions, me: string | null): number | null {
  return rows(figures, me).find((row) => row.me)?.share ?? null;
}

export function percent(share: number): string {
  return new Intl.NumberFormat(language(), { style: "percent" }).format(share);
}

/** Seconds in words, for those who hear them: `3 minutes 5 seconds`. */
export function spoken(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [
    [Math.floor(whole / 3600), "hour"],
    [Math.floor(whole / 60) % 60, "minute"],
    [whole % 60, "second"],
  ] as const;
  const said = parts.filter(([count, unit]) => count > 0 || (unit === "second" && whole === 0));
  return said
    .map(([count, unit]) => new Intl.NumberFormat(language(), { style: "unit", unit, unitDisplay: "long" }).format(count))
    .join(" ");
}
