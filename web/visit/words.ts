// What the page says and offers in each state of a visit: heading, sentences, buttons, the tab's title.
import { t } from "../i18n/index.ts";
import type { Event, Place, Visit } from "./state.ts";
import { mayAskAs, stands, waitingIs, walksIn } from "./state.ts";

type Press = Extract<Event["is"], `press-${string}`>;

export interface Button {
  press: Press;
  label: string;
  /** The one thing that most people want here. */
  main: boolean;
}

export interface Said {
  heading: string;
  /** What is true now. `*…*` is the label of a button. */
  lines: readonly string[];
  /** Somebody's own words, shown as theirs. */
  quote: string | null;
  buttons: readonly Button[];
  title: string;
}

/** Seconds until the page goes on by itself, null while it does not count. */
export type Countdown = number | null;

interface Teller {
  visit: Visit;
  owner: string;
  seconds: Countdown;
}

type Tell = (teller: Teller) => Partial<Said> & { heading: string };

function button(press: Press, label: string, main = true): Button {
  return { press, label, main };
}

/** *Ask again* knocks; who walks in has nobody to ask. */
function back(visit: Visit): Button[] {
  return [button("press-again", walksIn(visit) ? t("Join again") : t("Ask again"))];
}

function mayReturn(visit: Visit): string {
  return walksIn(visit) ? t("You can join again.") : t("You can ask again.");
}

const cancel = (): Button => button("press-cancel", t("Cancel"), false);

/** The door's page before, while and after asking: one heading, one line that changes. */
function door(owner: string, lines: string[], buttons: Button[], quote: string | null = null): ReturnType<Tell> {
  return { heading: t("Meeting with %(owner)s", { owner }), lines, buttons, quote };
}

function waiting({ visit, owner }: Teller): ReturnType<Tell> {
  const name = mayAskAs(visit);
  const buttons = name === null ? [cancel()] : [button("press-ask-as", t("Ask again as %(name)s", { name })), cancel()];
  const reply = visit.knock?.reply ?? null;
  const message = visit.link?.waiting_message || null;
  switch (waitingIs(visit)) {
    case "nobody":
      return door(
        owner,
        [t("%(owner)s has no page open at the moment. Your request waits here and shows as soon as they are back.", { owner })],
        buttons,
        message,
      );
    case "ringing":
      return door(owner, [t("We are ringing at %(owner)s’s door.", { owner })], buttons, message);
    case "seen":
      return door(owner, [t("%(owner)s has seen your request.", { owner })], buttons, message);
    case "hold": {
      const line = reply
        ? t("%(owner)s knows that you are here: “%(reply)s”", { owner, reply })
        : t("%(owner)s knows that you are here and asks you to wait a moment.", { owner });
      return door(owner, [line], buttons, message);
    }
    case "line-lost":
      return door(owner, [t("Your connection is interrupted. You keep your place; we are trying again.")], buttons);
    case "elsewhere":
      return door(owner, [t("You are waiting on another page. This one goes on when you look at it.")], buttons);
  }
}

/** Why it does not go on, in a sentence of its own. */
function silence(visit: Visit): string {
  switch (visit.trouble?.name) {
    case "unreachable":
      return t("Your connection is interrupted.");
    case "busy":
      return t("Many people are arriving at the moment.");
    case "kept-out":
      return t("The video service did not accept your entry.");
    default:
      return t("The video service is not answering.");
  }
}

function serviceDown({ visit, owner, seconds }: Teller): ReturnType<Tell> {
  const place = visit.wasIn || visit.knock !== null || visit.mark !== null;
  const next =
    seconds === null
      ? t("We are trying again now.")
      : place
        ? t("You keep your place; we try again in %(seconds)s s.", { seconds })
        : t("We try again in %(seconds)s s.", { seconds });
  const why = silence(visit);
  if (!visit.wasIn) return door(owner, [`${why} ${next}`], [cancel()]);
  return {
    heading: why,
    lines: [next],
    buttons: [button("press-now", t("Try now")), button("press-leave", t("Leave"), false)],
  };
}

/** In, but nothing comes through: the reason lies between this browser and the video service. */
function noMedia({ visit, owner, seconds }: Teller): ReturnType<Tell> {
  const lines = [
    t("Try another network, such as your phone’s, or another browser. Some networks and VPNs hold video calls back."),
    seconds === null ? t("We are trying again now.") : t("You keep your place; we try again in %(seconds)s s.", { seconds }),
  ];
  const now = button("press-now", t("Try now"));
  if (visit.wasIn) {
    return { heading: t("Neither sound nor picture comes through."), lines, buttons: [now, button("press-leave", t("Leave"), false)] };
  }
  const what = stands(visit.knock)
    ? t("%(owner)s let you in, but neither sound nor picture comes through.", { owner })
    : t("Neither sound nor picture comes through.");
  return door(owner, [what, ...lines], [now, cancel()]);
}

function lookingAgain(heading: string, counting: (seconds: number) => string): Tell {
  return ({ visit, seconds }) => ({
    heading,
    lines: [seconds === null ? t("We are looking again now.") : counting(seconds)],
    buttons: [button("press-now", t("Try now"), false), ...(stands(visit.knock) ? [cancel()] : [])],
  });
}

const notTaking: Tell = (teller) =>
  lookingAgain(t("This meeting is not taking new visitors now."), (seconds) => t("We look again in %(seconds)s s.", { seconds }))(teller);

function prejoin({ visit, owner, seconds }: Teller): ReturnType<Tell> {
  if (visit.trouble?.name === "too-many-requests") {
    const asks = t("Many people are asking at the moment.");
    return door(owner, [seconds === null ? asks : `${asks} ${t("You can ask again in %(seconds)s s.", { seconds })}`], []);
  }
  if (visit.trouble !== null && visit.trouble.errors.length === 0) {
    return door(owner, [t("That did not work. Please try again.")], []);
  }
  if (stands(visit.knock)) {
    return door(owner, [t("%(owner)s let you in. Press *Join now* when you are ready.", { owner })], []);
  }
  // Who walks in reads it on the button.
  return door(owner, walksIn(visit) ? [] : [t("Nobody has been told yet. Press *Ask to join* when you are ready.")], []);
}

function joining({ visit, owner }: Teller): ReturnType<Tell> {
  const line = stands(visit.knock) ? t("%(owner)s let you in. Joining…", { owner }) : t("Joining…");
  return door(owner, [line], [cancel()]);
}

function endedBy({ by, account }: Visit): string {
  if (by === null) return t("The meeting has ended.");
  return by === account?.name ? t("You ended the meeting.") : t("%(name)s ended the meeting.", { name: by });
}

const SAYS: { readonly [P in Place]: Tell } = {
  loading: ({ owner }) => door(owner, [], []),
  unreachable: ({ seconds }) => ({
    heading: t("Your connection is interrupted."),
    lines: [seconds === null ? t("We are trying again now.") : t("We try again in %(seconds)s s.", { seconds })],
    buttons: [button("press-now", t("Try now"))],
  }),
  prejoin,
  asking: ({ owner }) => door(owner, [t("Your request is on its way.")], [cancel()]),
  waiting,
  joining,
  meeting: ({ owner }) => door(owner, [], []),
  reconnecting: ({ owner }) =>
    door(owner, [t("Your connection is interrupted. You keep your place; we are trying again.")], []),
  "service-down": serviceDown,
  "no-media": noMedia,
  full: (teller) =>
    lookingAgain(t("This meeting is full."), (seconds) => t("We try again by ourselves in %(seconds)s s.", { seconds }))(teller),
  locked: notTaking,
  closed: notTaking,
  refused: ({ visit, owner }) => ({
    heading: t("%(owner)s can’t take your call right now.", { owner }),
    quote: visit.knock?.reason ?? null,
    lines: [t("You can ask again.")],
    buttons: back(visit),
  }),
  "not-found": () => ({
    heading: t("There is no meeting behind this link."),
    lines: [t("Ask the person who sent it for a new one.")],
  }),
  left: ({ visit }) => ({ heading: t("You left the meeting."), buttons: back(visit) }),
  removed: ({ visit }) => ({
    heading: t("You were taken out of the meeting."),
    lines: [mayReturn(visit)],
    buttons: back(visit),
  }),
  ended: ({ visit }) => ({
    heading: endedBy(visit),
    buttons: back(visit).map((one) => ({ ...one, main: false })),
  }),
  "taken-back": ({ visit, owner }) => ({
    heading: t("%(owner)s took the invitation back.", { owner }),
    lines: [mayReturn(visit)],
    buttons: back(visit),
  }),
  "never-came": ({ visit, owner }) => ({
    heading: t("%(owner)s let you in, but you did not arrive in time.", { owner }),
    lines: [mayReturn(visit)],
    buttons: back(visit),
  }),
  away: ({ visit }) => ({ heading: t("Your request has ended."), lines: [mayReturn(visit)], buttons: back(visit) }),
  "asked-elsewhere": () => ({
    heading: t("You asked from another page."),
    buttons: [button("press-again", t("Ask from here"), false)],
  }),
  "link-changed": ({ owner }) => ({
    heading: t("This link has changed."),
    lines: [t("Ask %(owner)s for the new one.", { owner })],
  }),
  "closed-for-good": () => ({ heading: t("This link is no longer in use.") }),
  "continue-here": () => ({
    heading: t("You joined from another page."),
    buttons: [button("press-continue", t("Continue here"))],
  }),
  "cut-off": ({ visit }) => ({
    heading: t("Your connection was lost for too long."),
    lines: [mayReturn(visit)],
    buttons: back(visit),
  }),
};

/** The tab's title is read from elsewhere: it says what has become of the visitor. */
function title(visit: Visit, said: { heading: string }, owner: string): string {
  switch (visit.place) {
    case "waiting":
      return t("Waiting for %(owner)s", { owner });
    case "joining":
      return stands(visit.knock) ? t("● %(owner)s let you in", { owner }) : said.heading;
    default:
      return said.heading.replace(/\.$/, "");
  }
}

/** What the page says now. `owner` is the name that the link belongs to. */
export function say(visit: Visit, owner: string, seconds: Countdown = null): Said {
  const said = SAYS[visit.place]({ visit, owner, seconds });
  return { lines: [], quote: null, buttons: [], ...said, title: title(visit, said, owner) };
}

/** A line in pieces, every second one the label of a button: `Press *Ask to join* now`. Stars of a name are no labels. */
export function pieces(line: string): string[] {
  const parts = line.split("*");
  return parts.length === 3 ? parts : [line];
}
