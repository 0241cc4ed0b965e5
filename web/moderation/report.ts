// What became of a press, for each person: what to say, what to try again, and what to offer next.
import type { Outcome, Source } from "../api/shapes.ts";
import { list, t } from "../i18n/index.ts";
import { EVERYONE, type Press } from "./offers.ts";

/** The answer to a press. `refused` are the words where it was refused as a whole, or reached nobody. */
export interface Report {
  press: Press;
  outcomes: readonly Outcome[];
  refused: string | null;
}

export interface Told {
  text: string;
  /** Did not work, for somebody or at all. */
  failed: boolean;
  /** Offered next, each with its label. */
  next: readonly { label: string; presses: readonly Press[] }[];
}

/** More names than this are a number. */
const MOST_NAMES = 3;

export function tell({ press, outcomes, refused }: Report, nameOf: (identity: string) => string | null): Told {
  if (refused !== null) {
    return { text: refused, failed: true, next: [{ label: t("Try again"), presses: [press] }] };
  }
  const became = (result: Outcome["result"]): string[] =>
    outcomes.filter((outcome) => outcome.result === result).map(({ identity }) => identity);
  const failed = became("failed");
  const lines = [done(press, became("done"), outcomes.length === 1 ? outcomes[0] : undefined, nameOf)];
  if (failed.length > 0) lines.push(didNotWork(failed.map(nameOf)));
  const next = following(press, became("done"));
  if (failed.length > 0) next.unshift({ label: t("Try again"), presses: failed.flatMap((who) => again(press, who)) });
  return { text: lines.filter((line) => line !== "").join(" "), failed: failed.length > 0, next };
}

/** The same for the one person for whom it failed. */
function again(press: Press, who: string): Press[] {
  return "source" in press ? [{ ...press, who }] : [];
}

function following(press: Press, done: readonly string[]): { label: string; presses: Press[] }[] {
  if (press.do !== "off") return [];
  const { source } = press;
  if (press.keep) return [{ label: t("Allow again"), presses: [{ do: "allow", source, who: press.who }] }];
  if (source === "screen_share" || done.length === 0) return [];
  const label = source === "microphone" ? t("Ask them to unmute") : t("Ask them to turn it on");
  return [{ label, presses: done.map((who) => ({ do: "ask", source, who })) }];
}

function didNotWork(names: readonly (string | null)[]): string {
  const known = names.filter((name) => name !== null);
  if (known.length > MOST_NAMES || known.length < names.length) {
    return names.length === 1 ? t("It did not work for one person.") : t("It did not work for %(count)s people.", { count: names.length });
  }
  return t("It did not work for %(names)s.", { names: list(known) });
}

function done(
  press: Press,
  whom: readonly string[],
  only: Outcome | undefined,
  nameOf: (identity: string) => string | null,
): string {
  if (!("source" in press)) return "";
  const name = press.who === EVERYONE ? null : nameOf(press.who);
  if (only?.result === "left" && name !== null) return t("%(name)s is not connected now.", { name });
  if (press.do === "ask") return name === null ? t("They have been asked.") : t("%(name)s has been asked.", { name });
  if (name !== null && press.who !== EVERYONE) return only?.result === "failed" ? "" : forName(press, name);
  if (press.do === "allow") return ALLOWED[press.source]();
  if (press.keep) return KEPT[press.source]();
  return whom.length === 0 ? NONE[press.source]() : ONCE[press.source](whom.length);
}

type Words = Readonly<Record<Source, () => string>>;

const ALLOWED: Words = {
  microphone: () => t("Everybody may turn their microphone on again. Nobody’s was turned on."),
  camera: () => t("Everybody may turn their camera on again. Nobody’s was turned on."),
  screen_share: () => t("Everybody may share their screen again."),
};

const KEPT: Words = {
  microphone: () => t("Microphones are kept off now, also for whoever comes later."),
  camera: () => t("Cameras are kept off now, also for whoever comes later."),
  screen_share: () => t("Only moderators may share their screen now."),
};

const NONE: Words = {
  microphone: () => t("No other microphone was on."),
  camera: () => t("No other camera was on."),
  screen_share: () => t("Nobody else was sharing."),
};

const ONCE: Readonly<Record<Source, (count: number) => string>> = {
  microphone: (count) => (count === 1 ? t("One microphone was turned off.") : t("%(count)s microphones were turned off.", { count })),
  camera: (count) => (count === 1 ? t("One camera was turned off.") : t("%(count)s cameras were turned off.", { count })),
  screen_share: (count) => (count === 1 ? t("One screen share was stopped.") : t("%(count)s screen shares were stopped.", { count })),
};

function forName(press: Extract<Press, { source: Source }>, name: string): string {
  const { source } = press;
  if (press.do === "allow") {
    if (source === "microphone") return t("%(name)s may turn the microphone on again.", { name });
    if (source === "camera") return t("%(name)s may turn the camera on again.", { name });
    return t("%(name)s may share again.", { name });
  }
  const keep = press.do === "off" && press.keep;
  if (source === "microphone") return keep ? t("%(name)s’s microphone is kept off.", { name }) : t("%(name)s’s microphone is off.", { name });
  if (source === "camera") return keep ? t("%(name)s’s camera is kept off.", { name }) : t("%(name)s’s camera is off.", { name });
  return keep ? t("%(name)s may not share any more.", { name }) : t("%(name)s’s screen share was stopped.", { name });
}
