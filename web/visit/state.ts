// What the page of a link does next: every state of a visit and every move between them, as one table.
//
// No DOM, no network, no clock: an event and the time come in, the next visit and its effects come
// out (run.ts performs them). A pair that is absent from TABLE changes nothing: an answer that comes
// late, a button pressed twice.
import type { Entry, FieldError, GuestKnock, LinkView } from "../api/shapes.ts";

export type Place =
  | "loading" // asking what is behind the link
  | "unreachable" // that question got no answer; asked again by itself
  | "prejoin" // whose door it is, camera, name; nobody has been told
  | "asking" // the press on the button is on its way
  | "waiting" // the knock stands at the owner's door
  | "joining" // let in: an entry is fetched, the media connect
  | "meeting"
  | "reconnecting" // was in; the media are away
  | "service-down" // no answer from the video service or from us; goes on by itself
  | "no-media" // let in, but the media do not come through; goes on by itself
  | "full"
  | "locked"
  | "closed"
  | "refused"
  | "not-found"
  | "left"
  | "removed"
  | "ended"
  | "taken-back"
  | "never-came"
  | "away"
  | "asked-elsewhere"
  | "link-changed"
  | "closed-for-good"
  | "continue-here" // the same person is in from another page
  | "cut-off";

/** What this tab remembers over a reload: the knock it asked with or came in by, and whether it is in. */
export interface Mark {
  knock: string | null;
  in: boolean;
  /** The account that was signed in when it asked, null for none, undefined when it did not ask itself. */
  as?: string | null;
}

/** Why a call did not do what was asked. `name` is a problem's, `unreachable`, or the video service's `kept-out`. */
export interface Trouble {
  name: string;
  detail: string;
  errors: readonly FieldError[];
  retry_after: number | null;
}

/** The person's own words at the door. */
export interface Words {
  name: string;
  message: string;
}

export interface Visit {
  readonly place: Place;
  /** Who is signed in here, if anybody. */
  readonly account: { id: string; name: string } | null;
  readonly link: LinkView | null;
  readonly words: Words;
  /** The person pressed the button: only then is anything asked in their name, by retries too. */
  readonly asked: boolean;
  readonly knock: GuestKnock | null;
  readonly mark: Mark | null;
  /** How the knock's stream stands. */
  readonly line: "live" | "lost" | "elsewhere";
  readonly entry: Entry | null;
  /** Was in the meeting during this visit: the seat is kept, and *Leave* is the way out. */
  readonly wasIn: boolean;
  /** When the page goes on by itself (milliseconds, the clock of the events), null when it does not. */
  readonly retryAt: number | null;
  /** When the first entry of this attempt was given, null while connected or outside. */
  readonly since: number | null;
  /** Connections that failed in a row. */
  readonly failures: number;
  /** LiveKit's word for the last drop: it decides how soon we ask, never what the page says. */
  readonly drop: number | null;
  /** Who ended the meeting, where that is known. */
  readonly by: string | null;
  readonly trouble: Trouble | null;
}

export type Event =
  | { is: "start" }
  | { is: "looked"; link: LinkView }
  | { is: "press-join"; words: Words }
  | { is: "press-cancel" | "press-again" | "press-leave" | "press-continue" | "press-now" | "press-ask-as" }
  | { is: "let-in"; entry: Entry }
  | { is: "knocking"; knock: GuestKnock }
  | { is: "turned-away"; trouble: Trouble }
  | { is: "knock"; knock: GuestKnock }
  | { is: "line"; line: "live" | "lost" | "elsewhere" }
  | { is: "knock-unknown" } // to the server, as this browser's
  | { is: "connected" | "connect-failed" | "interrupted" | "mended" }
  | { is: "kept-out" } // the video service answered, and did not take the entry
  | { is: "dropped"; reason: number }
  | { is: "over"; reason: string; by: string | null }
  | { is: "meeting-unknown" }
  | { is: "woke" }
  | { is: "tick" };

export type Effect =
  | { do: "look" }
  | { do: "ask"; words: Words }
  | { do: "ask-anew"; knock: string; words: Words } // withdraws first: a knock keeps the name it was made with
  | { do: "fetch-entry"; knock: string }
  | { do: "listen"; knock: string }
  | { do: "stop-listening" }
  | { do: "withdraw"; knock: string }
  | { do: "prepare" } // load the meeting's code, warm up LiveKit's address
  | { do: "connect"; entry: Entry } // and listen to the meeting
  | { do: "disconnect" } // from both
  | { do: "leave"; meeting: string; identity: string }
  | { do: "remember"; mark: Mark | null }
  | { do: "chime" };

export type Step = readonly [Visit, ...Effect[]];
type EventOf<Is extends Event["is"]> = Extract<Event, { is: Is }>;
type Row = { readonly [Is in Event["is"]]?: (visit: Visit, event: EventOf<Is>, at: number) => Step };

/** Seconds until the page looks again where the server does not say. */
export const LOOK_AGAIN = 20;
export const SERVICE_AGAIN = 5;
export const MEDIA_AGAIN = 10;
/** Seconds with an entry and without media until the page says what can be tried. */
export const MEDIA_LATE = 12;
/** Seconds that our own stream gets to say why LiveKit let go. */
export const WHY_GRACE = 2;

/** LiveKit's DisconnectReason, as far as it decides anything here. */
export const DROP = { ours: 1, duplicate: 2, removed: 4, roomDeleted: 5, roomClosed: 10 } as const;
const SAID_BY_US: readonly number[] = [DROP.removed, DROP.roomDeleted, DROP.roomClosed];

const STANDING: readonly string[] = ["admitted", "entered"];

export function stands(knock: GuestKnock | null): knock is GuestKnock {
  return knock !== null && STANDING.includes(knock.state);
}

/** Where the `reason` of a knock that is over, or of the meeting's `over`, leads. */
export const REASONS: Readonly<Record<string, Place>> = {
  cancelled: "prejoin",
  "taken-back": "taken-back",
  "walked-in": "continue-here",
  "knocked-elsewhere": "asked-elsewhere",
  left: "left",
  removed: "removed",
  connection: "cut-off",
  ended: "ended",
  closed: "closed-for-good",
  "never-came": "never-came",
  away: "away",
  "link-changed": "link-changed",
};

/** Where a knock that is over leads. A reason of a later server than this page is still an end. */
export function endOf(knock: GuestKnock): Place {
  if (knock.state === "refused") return "refused";
  const otherwise = knock.state === "left" ? "left" : knock.state === "lapsed" ? "never-came" : "away";
  return REASONS[knock.reason ?? ""] ?? otherwise;
}

/** What the waiting page is to say: the truth, in one word. */
export function waitingIs(visit: Visit): "nobody" | "ringing" | "seen" | "hold" | "line-lost" | "elsewhere" {
  if (visit.line === "elsewhere") return "elsewhere";
  if (visit.line === "lost") return "line-lost";
  if (visit.knock?.held === true) return "hold";
  return visit.knock?.reach ?? "nobody";
}

/** This person goes in without asking: nobody decides, or the decision stands. */
export function walksIn(visit: Visit): boolean {
  return visit.link?.enters === "directly" || stands(visit.knock);
}

/** Who signed in after asking, and still has to knock, may do so under their account's name. */
export function mayAskAs(visit: Visit): string | null {
  if (visit.account === null || visit.knock?.state !== "waiting") return null;
  const as = visit.mark?.as;
  const another = visit.knock.name !== visit.account.name || (as !== undefined && as !== visit.account.id);
  return another ? visit.account.name : null;
}

/** The door's page with its preview, for which camera and microphone are open (in the meeting they are the meeting's). */
export function atTheDoor(visit: Visit): boolean {
  const { place } = visit;
  if (place === "service-down" || place === "no-media") return !visit.wasIn;
  return place === "prejoin" || place === "asking" || place === "waiting" || place === "joining";
}

/** Nothing counts down and nothing moves by itself: the page needs no ticks. */
export function still(visit: Visit): boolean {
  return visit.retryAt === null && visit.since === null && visit.place !== "waiting";
}

export function begin(account: Visit["account"], mark: Mark | null, name: string): Visit {
  return {
    place: "loading",
    account,
    link: null,
    words: { name: account?.name ?? name, message: "" },
    asked: false,
    knock: null,
    mark,
    line: "live",
    entry: null,
    wasIn: false,
    retryAt: null,
    since: null,
    failures: 0,
    drop: null,
    by: null,
    trouble: null,
  };
}

// ---- the moves

/** Come to rest in a place: what counted down or went wrong belongs to the place before. */
function to(place: Place, visit: Visit, changed: Partial<Visit> = {}): Visit {
  return { ...visit, retryAt: null, trouble: null, ...changed, place };
}

function again(place: Place, visit: Visit, seconds: number, at: number, changed: Partial<Visit> = {}): Visit {
  return to(place, visit, { retryAt: at + seconds * 1000, ...changed });
}

function remembering(mark: Mark | null): Effect {
  return { do: "remember", mark };
}

/** To the pre-join page, having asked nobody. */
function toDoor(visit: Visit, changed: Partial<Visit> = {}): Step {
  return [to("prejoin", visit, { asked: false, wasIn: false, since: null, failures: 0, ...changed }), { do: "prepare" }];
}

/** Ask in the person's name; without one there is only the pre-join page to ask for it. */
function ask(visit: Visit): Step {
  const words = visit.account === null ? visit.words : { ...visit.words, name: visit.account.name };
  if (words.name.trim() === "") return toDoor(visit);
  const place = visit.wasIn ? visit.place : "asking";
  return [to(place, visit, { words, asked: true, knock: null }), { do: "ask", words }];
}

const PATIENT: readonly Place[] = ["full", "locked", "closed", "service-down", "no-media"];

/** A card that tries again stays what it is until it is answered. */
function patient(place: Place): Place {
  return PATIENT.includes(place) ? place : "joining";
}

/** Get what lets this browser connect: who may walk in asks the link, an admitted guest their knock. */
function goIn(visit: Visit, place: Place = visit.wasIn ? "reconnecting" : patient(visit.place)): Step {
  const knock = visit.knock;
  if (visit.link?.enters !== "directly" && stands(knock)) {
    return [
      to(place, visit, { asked: true }),
      { do: "stop-listening" },
      { do: "prepare" },
      { do: "fetch-entry", knock: knock.id },
    ];
  }
  const name = visit.account?.name ?? (visit.words.name || (knock?.name ?? ""));
  const words = { ...visit.words, name };
  return [
    to(place, visit, { words, asked: true }),
    { do: "stop-listening" },
    { do: "prepare" },
    { do: "ask", words },
  ];
}

function waitFor(visit: Visit, knock: GuestKnock): Step {
  const as = visit.mark?.knock === knock.id ? visit.mark.as : undefined;
  const mark: Mark = { knock: knock.id, in: false, ...(as === undefined ? {} : { as }) };
  const words = { name: knock.name, message: knock.message ?? "" };
  return [
    to("waiting", visit, { knock, mark, words, asked: true, wasIn: false, line: "live" }),
    remembering(mark),
    { do: "prepare" },
    { do: "listen", knock: knock.id },
  ];
}

/** The visit is over, and why. What was asked for under it is done with. */
function finish(visit: Visit, place: Place, changed: Partial<Visit> = {}): Step {
  if (place === "prejoin") {
    const [door, ...effects] = toDoor(visit, { knock: null, mark: null, entry: null });
    return [door, { do: "stop-listening" }, { do: "disconnect" }, remembering(null), ...effects];
  }
  // A reload still tells a knock's end; a tab that is in no more must not go back in by itself.
  const told = place !== "left" && place !== "continue-here" ? visit.knock : null;
  const mark: Mark | null = told === null ? null : { knock: told.id, in: false };
  // Only who goes on elsewhere keeps a knock that opens.
  const knock = stands(visit.knock) && place !== "continue-here" ? null : visit.knock;
  const done = { asked: false, wasIn: false, since: null, failures: 0, entry: null, mark, knock };
  const visited = to(place, visit, { ...done, ...changed });
  const rest: Effect[] = [{ do: "stop-listening" }, { do: "disconnect" }, remembering(mark)];
  // Both a new link and a closed door end a knock so; which of them it was, the link says.
  if (place === "link-changed") rest.push({ do: "look" });
  return [visited, ...rest];
}

/** Take up a knock in whatever state it is found. `mine`: this tab asked with it, or was in by it. */
function takeUp(visit: Visit, knock: GuestKnock, mine: boolean): Step {
  const known = { ...visit, knock, words: { name: knock.name, message: knock.message ?? "" } };
  if (knock.state === "waiting") {
    if (visit.link?.enters !== "directly") return waitFor(known, knock);
    return mine ? goIn(known) : toDoor(known);
  }
  if (!stands(knock)) return finish(known, endOf(knock));
  if (!mine) return toDoor(known);
  // In by now, but not from this page: it must not throw the other one out by itself.
  if (knock.state === "entered" && visit.place === "waiting") return finish(known, "continue-here");
  if (knock.state === "entered" && visit.place === "loading" && visit.mark?.in !== true) return toDoor(known);
  return goIn(known);
}

/** What the link's answer means to somebody who has come to it, or waits before it. */
function arrive(visit: Visit, link: LinkView, at: number): Step {
  const seen = { ...visit, link, knock: link.knock };
  const mine = link.knock !== null && visit.mark?.knock === link.knock.id;
  const live = link.knock !== null && (link.knock.state === "waiting" || stands(link.knock));
  if (link.knock !== null && (live || mine)) return takeUp(seen, link.knock, mine);
  const stranger = { ...seen, knock: null };
  if (visit.mark?.in === true && link.enters === "directly") return goIn(stranger);
  const outside = link.enters === "knock";
  if (link.state === "full") return [again("full", stranger, LOOK_AGAIN, at)];
  if (outside && link.state === "locked") return [again("locked", stranger, LOOK_AGAIN, at)];
  if (outside && link.state === "closed") return [again("closed", stranger, LOOK_AGAIN, at)];
  return visit.asked ? ask(stranger) : toDoor({ ...stranger, mark: null });
}

/** What was asked for is not given (yet). */
function turnedAway(visit: Visit, trouble: Trouble, at: number): Step {
  const later = (otherwise: number): number => trouble.retry_after ?? otherwise;
  const hasPlace = visit.wasIn || stands(visit.knock);
  switch (trouble.name) {
    case "meeting-full":
      return [again("full", visit, later(LOOK_AGAIN), at)];
    case "room-locked":
      return [again("locked", visit, later(LOOK_AGAIN), at)];
    case "link-closed":
      return [again("closed", visit, later(LOOK_AGAIN), at)];
    case "not-decided":
    case "refused":
    case "over":
      // The link tells this browser's knock with the owner's word or the reason.
      return [visit, { do: "look" }];
    case "not-found":
      return visit.knock === null ? [to("not-found", visit, { asked: false })] : strange(visit);
    case "too-many-requests":
      return [again("prejoin", visit, later(LOOK_AGAIN), at, { trouble, asked: false })];
    case "sfu-unavailable":
    case "busy":
    case "unreachable":
      return [again("service-down", visit, later(SERVICE_AGAIN), at, { trouble })];
    default:
      if (hasPlace) return [again("service-down", visit, later(SERVICE_AGAIN), at, { trouble })];
      return [to("prejoin", visit, { trouble, asked: false }), { do: "prepare" }];
  }
}

/** The knock is not this browser's (any more): whatever the link says now is the truth. */
function strange(visit: Visit): Step {
  const bare = { knock: null, mark: null, wasIn: false, since: null, asked: false, entry: null };
  return [to("loading", visit, bare), { do: "stop-listening" }, { do: "disconnect" }, remembering(null), { do: "look" }];
}

/** *Cancel*: whatever stands at the door or holds a place is taken back. */
function cancel(visit: Visit): Step {
  const [door, ...effects] = toDoor(visit, { knock: null, mark: null, entry: null });
  const undo: Effect[] = [{ do: "stop-listening" }, { do: "disconnect" }];
  if (visit.knock !== null) undo.push({ do: "withdraw", knock: visit.knock.id });
  else if (visit.entry !== null) undo.push(leaving(visit.entry));
  return [door, ...undo, remembering(null), ...effects];
}

function leaving(entry: Entry): Effect {
  return { do: "leave", meeting: entry.meeting, identity: entry.identity };
}

/** *Leave*: the only thing that gives the seat up. */
function leave(visit: Visit): Step {
  const entry = visit.entry;
  if (entry === null) return cancel(visit);
  const [left, ...effects] = finish(visit, "left");
  return [left, leaving(entry), ...effects];
}

/** An entry was given, so the video service answers us: what is in the way is on this side. */
function late(visit: Visit, at: number): boolean {
  return visit.since !== null && at - visit.since >= MEDIA_LATE * 1000;
}

/** The connection goes on: a slow one may still come. */
function waitOn(visit: Visit, at: number): Step {
  return late(visit, at) ? [to("no-media", visit)] : [visit];
}

/** The media could not connect: a fresh entry at once, then with pauses. */
function failed(visit: Visit, at: number): Step {
  const counted = { ...visit, failures: visit.failures + 1 };
  if (late(visit, at)) return [again("no-media", counted, MEDIA_AGAIN, at)];
  if (counted.failures === 1) return goIn(counted);
  return [again("service-down", counted, SERVICE_AGAIN, at)];
}

/** No fault of this person's network: whatever it is that does not fit, a fresh entry may. */
function keptOut(visit: Visit, at: number): Step {
  const counted = { ...visit, failures: visit.failures + 1 };
  if (counted.failures === 1) return goIn(counted);
  const trouble: Trouble = { name: "kept-out", detail: "", errors: [], retry_after: null };
  return [again("service-down", counted, SERVICE_AGAIN, at, { trouble })];
}

function dropped(visit: Visit, reason: number, at: number): Step {
  if (reason === DROP.ours) return [visit];
  if (reason === DROP.duplicate) return finish(visit, "continue-here");
  if (SAID_BY_US.includes(reason)) return [again("reconnecting", visit, WHY_GRACE, at, { drop: reason })];
  return goIn({ ...visit, drop: reason }, "reconnecting");
}

/** LiveKit let go, and our stream did not say why. */
function unexplained(visit: Visit): Step {
  if (visit.knock !== null) return [to("reconnecting", visit), { do: "look" }];
  // A member who was taken out must not be back before they have read so.
  if (visit.drop === DROP.removed) return finish(visit, "cut-off");
  return goIn(visit, "reconnecting");
}

function over(visit: Visit, reason: string, by: string | null): Step {
  return finish(visit, REASONS[reason] ?? "left", { by });
}

// ---- the table

/** Answers to "who goes in": the same wherever they are awaited. */
const ANSWERS: Row = {
  "let-in": (visit, { entry }, at) => {
    const place = visit.place === "no-media" ? "no-media" : visit.wasIn ? "reconnecting" : "joining";
    return [to(place, visit, { entry, since: visit.since ?? at }), { do: "connect", entry }];
  },
  knocking: (visit, { knock }) => {
    const mark: Mark = { knock: knock.id, in: false, as: visit.account?.id ?? null };
    return takeUp({ ...visit, mark }, knock, true);
  },
  "turned-away": (visit, { trouble }, at) => turnedAway(visit, trouble, at),
  looked: (visit, { link }, at) => arrive(visit, link, at),
};

/** The media while they connect or are connected. */
const MEDIA: Row = {
  connected: (visit) => {
    const mark: Mark = { knock: stands(visit.knock) ? visit.knock.id : null, in: true };
    return [to("meeting", visit, { wasIn: true, since: null, failures: 0, drop: null, mark }), remembering(mark)];
  },
  "connect-failed": (visit, _event, at) => failed(visit, at),
  "kept-out": (visit, _event, at) => keptOut(visit, at),
  dropped: (visit, { reason }, at) => dropped(visit, reason, at),
  over: (visit, { reason, by }) => over(visit, reason, by),
};

/** The link itself gave no answer: the card stays and asks again. */
function lookFailed(visit: Visit, trouble: Trouble, at: number, place: Place = visit.place, seconds = LOOK_AGAIN): Step {
  if (trouble.name === "unreachable" || trouble.name === "busy") {
    return [again(place, visit, trouble.retry_after ?? seconds, at)];
  }
  return turnedAway(visit, trouble, at);
}

const AGAIN: Row = {
  // The message went with the request before: it does not ring a second time.
  "press-again": (visit) => (walksIn(visit) ? goIn(visit) : ask({ ...visit, words: { ...visit.words, message: "" } })),
};

/** A card that looks at the link by itself, and never knocks for somebody who has not asked. */
const LOOKING: Row = {
  looked: (visit, { link }, at) => arrive(visit, link, at),
  "turned-away": (visit, { trouble }, at) => lookFailed(visit, trouble, at),
  tick: (visit, _event, at) => (due(visit, at) ? lookAgain(visit) : [visit]),
  woke: (visit) => lookAgain(visit),
  "press-now": (visit) => lookAgain(visit),
};

function due(visit: Visit, at: number): boolean {
  return visit.retryAt !== null && at >= visit.retryAt;
}

function lookAgain(visit: Visit): Step {
  return [to(visit.place, visit), { do: "look" }];
}

/** Who was let in already asks for the place itself: the link only tells that others are before them. */
const TURNED_AWAY: Row = {
  ...LOOKING,
  "let-in": ANSWERS["let-in"]!,
  knocking: ANSWERS.knocking!,
  "press-cancel": cancel,
  over: MEDIA.over!,
};

/** Goes on by itself after a pause, at once when it is pressed or looked at. */
function tryingAgain(place: Place): Row {
  return {
    ...ANSWERS,
    ...MEDIA,
    tick: (visit, _event, at) => (due(visit, at) ? goIn(visit, place) : [visit]),
    // While a connection is being made, it is not cut short.
    woke: (visit) => (visit.retryAt === null && visit.place === "no-media" ? [visit] : goIn(visit, place)),
    "press-now": (visit) => goIn(visit, place),
    "press-cancel": cancel,
    "press-leave": leave,
  };
}

/** Moves of each place. A pair that is absent changes nothing. */
export const TABLE: { readonly [P in Place]: Row } = {
  loading: {
    start: (visit) => [visit, { do: "look" }],
    looked: ANSWERS.looked!,
    "turned-away": (visit, { trouble }, at) => lookFailed(visit, trouble, at, "unreachable", SERVICE_AGAIN),
  },
  unreachable: {
    ...LOOKING,
    "turned-away": (visit, { trouble }, at) => lookFailed(visit, trouble, at, "unreachable", SERVICE_AGAIN),
  },
  prejoin: {
    "press-join": (visit, { words }, at) => {
      if (visit.retryAt !== null && at < visit.retryAt) return [visit];
      const named = { ...visit, words };
      return walksIn(named) ? goIn(named) : ask(named);
    },
    // Cancelled while the answer was on its way: nobody is to find a knock of somebody who went.
    knocking: (visit, { knock }) => [visit, { do: "withdraw", knock: knock.id }],
    "let-in": (visit, { entry }) => [visit, leaving(entry)],
    tick: (visit, _event, at) => (due(visit, at) ? [to("prejoin", visit)] : [visit]),
  },
  asking: { ...ANSWERS, "press-cancel": cancel },
  waiting: {
    knock: (visit, { knock }) => {
      if (knock.state === "waiting") return [{ ...visit, knock, line: "live" }];
      const [next, ...effects] = takeUp({ ...visit, knock }, knock, true);
      // Going in first: nobody waits for a sound.
      return knock.state === "admitted" ? [next, ...effects, { do: "chime" }] : [next, ...effects];
    },
    line: (visit, { line }) => [{ ...visit, line }],
    // A page that slept, or somebody who signed in meanwhile on another page. A stream that was cut is opened anew.
    woke: (visit) =>
      visit.line === "live" || visit.knock === null
        ? [visit, { do: "look" }]
        : [visit, { do: "listen", knock: visit.knock.id }, { do: "look" }],
    looked: (visit, { link }, at) => {
      const same = link.knock !== null && link.knock.id === visit.knock?.id;
      if (same && link.knock?.state === "waiting" && link.enters === "knock") return [{ ...visit, link, knock: link.knock }];
      return arrive(visit, link, at);
    },
    "knock-unknown": strange,
    "press-cancel": cancel,
    "press-ask-as": (visit) => {
      if (visit.account === null || visit.knock === null) return [visit];
      const words = { name: visit.account.name, message: visit.words.message };
      return [
        to("asking", visit, { words, knock: null, mark: null }),
        { do: "stop-listening" },
        { do: "ask-anew", knock: visit.knock.id, words },
      ];
    },
  },
  joining: { ...ANSWERS, ...MEDIA, "press-cancel": cancel, tick: (visit, _event, at) => waitOn(visit, at) },
  meeting: {
    interrupted: (visit) => [to("reconnecting", visit)],
    dropped: MEDIA.dropped!,
    over: MEDIA.over!,
    "press-leave": leave,
    // Our server knows no seat of this browser in the meeting: the knock says why.
    "meeting-unknown": (visit) => (visit.knock === null ? [visit] : [visit, { do: "look" }]),
    looked: (visit, { link }) => {
      const knock = link.knock;
      if (knock === null || knock.id !== visit.knock?.id || stands(knock)) return [visit];
      return finish({ ...visit, link, knock }, endOf(knock));
    },
  },
  reconnecting: {
    ...ANSWERS,
    ...MEDIA,
    mended: (visit) => [to("meeting", visit)],
    "press-leave": leave,
    tick: (visit, _event, at) => (due(visit, at) ? unexplained(visit) : waitOn(visit, at)),
  },
  "service-down": tryingAgain("service-down"),
  "no-media": tryingAgain("no-media"),
  full: TURNED_AWAY,
  locked: TURNED_AWAY,
  closed: TURNED_AWAY,
  refused: AGAIN,
  "not-found": {},
  left: AGAIN,
  removed: AGAIN,
  ended: AGAIN,
  "taken-back": AGAIN,
  "never-came": AGAIN,
  away: AGAIN,
  "asked-elsewhere": AGAIN,
  "link-changed": {
    looked: (visit, { link }, at) =>
      link.state === "closed" ? [again("closed", { ...visit, link }, LOOK_AGAIN, at)] : [{ ...visit, link }],
  },
  "closed-for-good": {},
  "continue-here": { "press-continue": (visit) => goIn(visit, "joining") },
  "cut-off": AGAIN,
};

/** The visit after the event, and what is to be done. */
export function step(visit: Visit, event: Event, at: number): Step {
  const move = TABLE[visit.place][event.is] as ((visit: Visit, event: Event, at: number) => Step) | undefined;
  return move === undefined ? [visit] : move(visit, event, at);
}
