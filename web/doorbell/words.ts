// What the doorbell says, in whole sentences of the page's language.
import { secondsSince } from "../api/clock.ts";
import type { DoorKnock } from "../api/shapes.ts";
import { clock, t } from "../i18n/index.ts";
import type { Ended, PopUp, Said } from "./pop-up.ts";
import { count, expected, waiting } from "./pop-up.ts";

/** Who this is: verified by which workspace, or nobody that we know. */
export function standing({ verified }: DoorKnock): string {
  if (verified === null) return t("No account");
  return verified.role === "guest"
    ? t("Guest of %(workspace)s · verified", { workspace: verified.workspace })
    : t("Member of %(workspace)s · verified", { workspace: verified.workspace });
}

/** The line under the name: who this is, how long they wait, whether they are there. */
export function line(knock: DoorKnock, now?: number): string {
  const waited = t("waiting %(time)s", { time: clock(secondsSince(knock.since, now)) });
  const states = [knock.held && t("on hold"), knock.away && t("away at the moment")].filter((state) => state !== false);
  if (knock.state === "admitted") return [standing(knock), t("let in, on the way")].join(" · ");
  return [standing(knock), waited, ...states].join(" · ");
}

/** A typed name that is a member's, or looks like it, is no proof of anything. */
export function warning({ resembles }: DoorKnock): string | null {
  if (resembles === null) return null;
  return t("Careful: %(member)s is a member of your workspace. Whoever typed this name is not signed in.", { member: resembles });
}

export function quoted(message: string): string {
  return t("“%(message)s”", { message });
}

/** Who is at the door, for a screen reader and for a notification's title. Without a name while the screen is shared. */
export function atTheDoor(knock: DoorKnock, nameless: boolean): string {
  return nameless ? t("Somebody is at your door") : t("%(name)s is at your door", { name: knock.name });
}

/** What happened. `me` is the account's own name: what it decided, it decided on another page. */
export function noteOf(said: Said, me: string): string {
  switch (said.kind) {
    case "accepted":
      return t("Accepted.");
    case "refused":
      return t("Refused.");
    case "held":
      return t("%(name)s is on hold.", { name: said.knock.name });
    case "taken-back":
      return t("Taken back. %(name)s can ask again.", { name: said.knock.name });
    case "accepted-by":
    case "refused-by":
    case "held-by":
      return decidedBy(({ "accepted-by": "accepted", "refused-by": "refused", "held-by": "held" } as const)[said.kind], said.knock, said.by, me);
    case "gone":
    case "over":
      return t("%(name)s is no longer waiting.", { name: said.knock.name });
    case "full":
      return t("The meeting is full. %(name)s keeps waiting.", { name: said.knock.name });
    case "in-already":
      return t("%(name)s is in the meeting already.", { name: said.knock.name });
    case "accepted-all":
      return said.full === 0
        ? t("Accepted: %(count)s.", { count: said.accepted })
        : t("Accepted: %(count)s. The meeting is full; keep waiting: %(full)s.", { count: said.accepted, full: said.full });
    case "refused-all":
      return t("Refused: %(count)s.", { count: said.refused });
    case "paused":
      return t("Knocking is paused. Who waits can still be let in.");
    case "open-again":
      return t("People can ask again.");
    case "problem":
      return said.text;
    case "failed":
      return t("That did not reach the server. Please try again.");
  }
}

/** Why a card that is being looked at has no buttons any more. */
export function endedOf({ kind, by }: Ended, knock: DoorKnock, me: string): string {
  if (kind === "gone") return t("%(name)s is no longer waiting.", { name: knock.name });
  if (kind === "withheld") return t("This is no longer yours to decide.");
  return decidedBy(kind, knock, by, me);
}

function decidedBy(kind: "accepted" | "refused" | "held", { name }: DoorKnock, by: string | null, me: string): string {
  if (kind === "held") return t("%(name)s is on hold.", { name });
  const accepted = kind === "accepted";
  if (by === null) return accepted ? t("%(name)s was let in.", { name }) : t("%(name)s was refused.", { name });
  if (by === me) {
    return accepted
      ? t("%(owner)s accepted %(name)s on another page.", { owner: by, name })
      : t("%(owner)s refused %(name)s on another page.", { owner: by, name });
  }
  return accepted ? t("%(by)s accepted %(name)s.", { by, name }) : t("%(by)s refused %(name)s.", { by, name });
}

/** How many others are waiting, beside the one on the card. */
export function others(count: number): string {
  return count === 1 ? t("One more is waiting") : t("%(count)s more are waiting", { count });
}

/** A crowd at the door, as a number. */
export function people(count: number): string {
  return t("%(count)s people are waiting", { count });
}

/** Who waits behind those on the list. */
export function behind(count: number): string {
  return count === 1 ? t("One more came after them.") : t("%(count)s more came after them.", { count });
}

/** What the handle says of a pop-up that is put away, or needs nobody now. */
export function handle(popUp: PopUp): string {
  const held = waiting(popUp).filter((knock) => knock.held).length;
  const ringing = count(popUp) - held;
  const coming = expected(popUp).length;
  return [
    ringing > 0 && t("Waiting: %(count)s", { count: ringing }),
    held > 0 && t("On hold: %(count)s", { count: held }),
    coming > 0 && t("On the way: %(count)s", { count: coming }),
    popUp.paused && t("Knocking is paused"),
  ]
    .filter((part) => part !== false)
    .join(" · ");
}
