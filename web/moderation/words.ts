// What a moderator's buttons say, and what everybody is told: by whom, and what they can do now.
import type { DoneToMe, Rights, Setup, Source, TurnedAway } from "../api/shapes.ts";
import { list, t } from "../i18n/index.ts";
import type { Standing } from "../meeting/news.ts";
import { EVERYONE, type Press } from "./offers.ts";

/** The button of a press. */
export function label(press: Press): string {
  switch (press.do) {
    case "off":
      return press.who === EVERYONE ? offForEveryone(press.source, press.keep) : offForOne(press.source, press.keep);
    case "allow":
      return press.who === EVERYONE ? t("Allow again") : allowOne(press.source);
    case "ask":
      return press.source === "camera" ? t("Ask to turn the camera on") : t("Ask to unmute");
    case "lower":
      return press.who === EVERYONE ? t("Lower all hands") : t("Lower the hand");
    case "lock":
      return press.locked ? t("Lock") : t("Unlock");
    case "remove":
      return t("Remove…");
    case "end":
      return t("End for everyone…");
  }
}

function offForEveryone(source: Source, keep: boolean): string {
  if (keep) return t("Keep off");
  return source === "screen_share" ? t("Stop") : t("Turn off");
}

function offForOne(source: Source, keep: boolean): string {
  if (source === "microphone") return keep ? t("Keep the microphone off") : t("Mute");
  if (source === "camera") return keep ? t("Keep the camera off") : t("Turn off their camera");
  return keep ? t("Do not let them share") : t("Stop their screen share");
}

function allowOne(source: Source): string {
  if (source === "microphone") return t("Allow the microphone");
  if (source === "camera") return t("Allow the camera");
  return t("Let them share");
}

/** A kind of thing, as the heading of its row. */
export function things(source: Source): string {
  if (source === "microphone") return t("Microphones");
  if (source === "camera") return t("Cameras");
  return t("Screen sharing");
}

/** How it stands with it in the room. */
export function standingOf(source: Source, setup: Setup): string {
  const kept = setup[source] === "moderators";
  if (source === "screen_share") return kept ? t("Moderators only") : t("Everybody may share");
  return kept ? t("Kept off, but moderators may use theirs") : t("Everybody may use theirs");
}

// -- what everybody is told --

/** What was done to this person, or null where their page says it already by itself. */
export function noticed({ kind, by, source }: DoneToMe, standing: Standing): string | null {
  if (source === null) return null;
  switch (kind) {
    case "off":
      return offOnce(source, by);
    case "kept-off":
      return whyOff(source, { ...standing, rights: { ...standing.rights, [source]: false } }, by);
    case "allowed":
      return allowed(source, by);
    case "asked":
      return source === "camera"
        ? t("%(name)s asks you to turn your camera on.", { name: by })
        : t("%(name)s asks you to unmute.", { name: by });
    default:
      return null;
  }
}

function offOnce(source: Source, name: string): string {
  if (source === "microphone") return t("%(name)s turned off your microphone. You can turn it on again.", { name });
  if (source === "camera") return t("%(name)s turned off your camera. You can turn it on again.", { name });
  return t("%(name)s stopped your screen share. You can share again.", { name });
}

/** Allowed again, by whom; or by somebody, where the page slept meanwhile. */
export function allowed(what: keyof Rights, name: string | null): string {
  if (name === null) {
    if (what === "microphone") return t("You may turn your microphone on again.");
    if (what === "camera") return t("You may turn your camera on again.");
    if (what === "screen_share") return t("You may share your screen again.");
    return t("You may write in the chat again.");
  }
  if (what === "microphone") return t("%(name)s lets you turn your microphone on again.", { name });
  if (what === "camera") return t("%(name)s lets you turn your camera on again.", { name });
  if (what === "screen_share") return t("%(name)s lets you share your screen again.", { name });
  return t("%(name)s lets you write in the chat again.", { name });
}

/** Why a button does nothing, and what one can do instead; null where it works. */
export function whyOff(what: keyof Rights, { setup, rights }: Standing, by: string | null = null, raised = false): string | null {
  if (rights[what]) return null;
  const name = by ?? setup.changed_by?.[what] ?? null;
  const kept = setup[what] === "moderators";
  const why = kept ? (name === null ? keptForAll(what) : keptForAllBy(what, name)) : by === null ? keptForMe(what) : keptForMeBy(what, by);
  return what === "microphone" ? raiseToSpeak(why, raised) : why;
}

/** Whose hand is up already is not asked to raise it. */
function raiseToSpeak(why: string, raised: boolean): string {
  return raised ? why : `${why} ${t("Raise your hand to speak.")}`;
}

function keptForAllBy(what: keyof Rights, name: string): string {
  if (what === "microphone") return t("%(name)s keeps microphones off.", { name });
  if (what === "camera") return t("%(name)s keeps cameras off.", { name });
  if (what === "screen_share") return t("%(name)s lets only moderators share their screen.", { name });
  return t("%(name)s lets only moderators write in the chat.", { name });
}

function keptForAll(what: keyof Rights): string {
  if (what === "microphone") return t("Microphones are kept off.");
  if (what === "camera") return t("Cameras are kept off.");
  if (what === "screen_share") return t("Only moderators may share their screen.");
  return t("Only moderators may write in the chat.");
}

function keptForMeBy(what: keyof Rights, name: string): string {
  if (what === "microphone") return t("%(name)s keeps your microphone off.", { name });
  if (what === "camera") return t("%(name)s keeps your camera off.", { name });
  return t("%(name)s does not let you share your screen now.", { name });
}

function keptForMe(what: keyof Rights): string {
  if (what === "microphone") return t("Your microphone is kept off.");
  if (what === "camera") return t("Your camera is kept off.");
  return t("You may not share your screen now.");
}

/** One line for all that is off for this person, or null where nothing is. */
export function whatIsOff(standing: Standing, raised = false): string | null {
  const off = (["microphone", "camera", "screen_share", "chat"] as const).filter((what) => !standing.rights[what]);
  const [first, ...others] = off;
  if (first === undefined) return null;
  if (others.length === 0) return whyOff(first, standing, null, raised);
  const names = {
    microphone: t("microphone"),
    camera: t("camera"),
    screen_share: t("screen sharing"),
    chat: t("chat"),
  };
  const words = { things: list(off.map((what) => names[what])) };
  const why = t("Kept off for you: %(things)s.", words);
  return first === "microphone" ? raiseToSpeak(why, raised) : why;
}

/** What another moderator changed in the room; null where it is nothing that shows. */
export function changedBy(name: string, now: Setup, before: Setup): string | null {
  if (now.version === before.version) return null;
  if (now.locked !== before.locked) {
    return now.locked ? t("%(name)s locked the room.", { name }) : t("%(name)s unlocked the room.", { name });
  }
  for (const what of ["microphone", "camera", "screen_share", "chat"] as const) {
    if (now[what] === before[what]) continue;
    return now[what] === "moderators" ? keptForVisitors(what, name) : allowedToAll(what, name);
  }
  // Everybody is told of that.
  if (now.contributions !== before.contributions) return null;
  return t("%(name)s changed the room set-up.", { name });
}

/** Whether contributions are counted now: by whom, or by nobody who is in the meeting. */
export function countedNow(counts: boolean, name: string | null): string {
  if (name === null) {
    return counts ? t("Contributions are counted now: everybody here sees them.") : t("Contributions are not counted any more.");
  }
  return counts
    ? t("%(name)s turned contributions on: they are counted now, and everybody here sees them.", { name })
    : t("%(name)s turned contributions off: they are not counted any more.", { name });
}

/** What is kept of them after the meeting, where that has changed; null where it has not. */
export function keptAfter(name: string, now: Setup, before: Setup): string | null {
  if (now.contributions === before.contributions || now.contributions === "off" || before.contributions === "off") return null;
  return now.contributions === "kept"
    ? t("%(name)s set that contributions are kept after the meeting.", { name })
    : t("%(name)s set that contributions are only shown during the meeting, and not kept.", { name });
}

function keptForVisitors(what: keyof Rights, name: string): string {
  if (what === "microphone") return t("%(name)s keeps visitors’ microphones off.", { name });
  if (what === "camera") return t("%(name)s keeps visitors’ cameras off.", { name });
  return keptForAllBy(what, name);
}

function allowedToAll(what: keyof Rights, name: string): string {
  if (what === "microphone") return t("%(name)s lets everybody use their microphone again.", { name });
  if (what === "camera") return t("%(name)s lets everybody use their camera again.", { name });
  if (what === "screen_share") return t("%(name)s lets everybody share their screen again.", { name });
  return t("%(name)s lets everybody write in the chat again.", { name });
}

/** How many found the door shut, in a sentence each. */
export function turnedAway({ locked, full, plan, seats }: TurnedAway, setup: Setup): string[] {
  const lines = [];
  if (locked > 0) {
    lines.push(
      locked === 1
        ? t("One person was turned away because the room is locked.")
        : t("%(count)s people were turned away because the room is locked.", { count: locked }),
    );
  }
  if (full > 0) {
    lines.push(
      full === 1
        ? t("One person was turned away because the meeting is full.")
        : t("%(count)s people were turned away because the meeting is full.", { count: full }),
    );
    lines.push(
      setup.seats < seats
        ? t("The room set-up gives it %(seats)s seats.", { seats: setup.seats })
        : t("The plan %(plan)s gives it %(seats)s seats.", { plan, seats }),
    );
  }
  return lines;
}

/** What removing somebody does not do. */
export function afterRemoval(name: string, visitor: boolean, setup: Setup): string {
  return visitor || setup.colleagues === "knock"
    ? t("%(name)s may ask to join again, like anybody.", { name })
    : t("%(name)s is a member here and may enter again at any time.", { name });
}
