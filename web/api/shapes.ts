// The shapes that the server's calls and streams speak in, named as its contract names them.
// Times are RFC 3339 in UTC; ids are opaque.

export interface Session {
  account: { id: string; name: string; email: string; role: "member" | "guest" | "admin" };
  /** `contributions`: the most that it allows to be kept of them. */
  workspace: { name: string; plan: string; seats: number; contributions: Counted };
  link: Link | null;
}

export interface Link {
  slug: string;
  url: string;
  open: boolean;
}

export interface Workspace {
  name: string;
  logo: string | null;
  accent: string | null;
  privacy_url: string | null;
}

/** `GET /api/v1/links/{slug}`: what a page shows before and while it asks. */
export interface LinkView {
  owner: { name: string };
  workspace: Workspace;
  enters: "directly" | "knock";
  state: "open" | "full" | "locked" | "closed";
  waiting_message: string;
  /** What holds for the meeting that runs, or for the next one. */
  contributions: Counted;
  knock: GuestKnock | null;
}

/** What lets a browser connect, once and soon: the token is good for a minute. */
export interface Entry {
  livekit_url: string;
  token: string;
  identity: string;
  name: string;
  role: "moderator" | "guest";
  meeting: string;
  expires_at: string;
}

export type KnockState =
  | "waiting"
  | "admitted"
  | "entered"
  | "refused"
  | "withdrawn"
  | "left"
  | "lapsed"
  | "expired";

/** A knock as its guest sees it. `reason` says why it ended; `reply` is the owner's word. */
export interface GuestKnock {
  id: string;
  state: KnockState;
  name: string;
  message: string;
  since: string;
  reach: "nobody" | "ringing" | "seen";
  held: boolean;
  reply: string | null;
  reason: string | null;
}

/** A knock as those see it who may decide it. `resembles`: the member's name that a typed one equals or resembles. */
export interface DoorKnock {
  id: string;
  link: string;
  name: string;
  message: string | null;
  since: string;
  state: KnockState;
  verified: { name: string; workspace: string; role: string } | null;
  resembles: string | null;
  away: boolean;
  held: boolean;
  connected: boolean;
  decided_by: string | null;
}

export type Decision = "admit" | "refuse" | "hold";

/** One line of the answer to a decision about everybody who waits. */
export interface Result {
  id: string;
  result: "done" | "full" | "already-decided" | "over";
}

/** Events of `/api/v1/doorbell/events`. */
export interface DoorbellEvents {
  /** `account`: whose door this is. */
  snapshot: { account: string; knocks: DoorKnock[] } & Partial<DoorNow>;
  knock: DoorKnock;
  gone: Gone;
  door: DoorNow;
}

/** `more`: how many wait behind those who are told one by one. `paused`: the own link takes no new knocks. */
export interface DoorNow {
  more: number;
  paused: boolean;
}

export interface Gone {
  id: string;
  state: KnockState;
  by: string | null;
}

/** Events of `/api/v1/knocks/{id}/events`. */
export interface KnockEvents {
  knock: GuestKnock;
}

export interface Rights {
  microphone: boolean;
  camera: boolean;
  screen_share: boolean;
  chat: boolean;
}

/** What somebody can be turned off in. */
export type Source = "microphone" | "camera" | "screen_share";

/** Who may use something. */
export type Who = "everyone" | "moderators";

/** What is kept of contributions: the figures, only while the meeting runs, or nothing. */
export type Counted = "kept" | "live" | "off";

/** What is chosen for a room: a link's, which is kept, or a meeting's, which holds now. `seats` is the number that holds. */
export interface Setup {
  version: number;
  subject: string;
  waiting_message: string;
  microphone_off: boolean;
  camera_off: boolean;
  microphone: Who;
  camera: Who;
  screen_share: Who;
  chat: Who;
  locked: boolean;
  admitters: "owner" | "moderators";
  colleagues: "walk-in" | "knock";
  seats: number;
  contributions: Counted;
  /** Who changed a field last, by name, where somebody did. */
  changed_by?: Readonly<Partial<Record<string, string>>>;
}

/** A hand that is up. */
export interface Hand {
  identity: string;
  name: string;
  since: string;
}

export interface Reacted {
  identity: string;
  name: string;
  reaction: "thumbs-up" | "clap" | "heart" | "laugh" | "surprise" | "party";
}

/** What was done to this person, or what they are asked for. */
export interface DoneToMe {
  kind: "off" | "kept-off" | "allowed" | "asked" | "removed";
  by: string;
  source: Source | null;
}

/** To moderators: how many were turned away so far. `seats` are those of the plan, in which the set-up's number lies. */
export interface TurnedAway {
  kind: "turned-away";
  locked: number;
  full: number;
  plan: string;
  seats: number;
}

export type Notice = DoneToMe | TurnedAway;

/** What became of one person. */
export interface Outcome {
  identity: string;
  result: "done" | "already" | "left" | "failed";
}

/** What one person gave so far; times in seconds. `id` stays the same in a meeting, `identity` is their latest. */
export interface Contribution {
  id: string;
  identity: string;
  name: string;
  role: "moderator" | "guest";
  here: boolean;
  talk: number;
  turns: number;
  longest_turn: number;
  camera: number;
  screen_share: number;
  messages: number;
  hands: number;
}

/** `seconds`: for how long it was counted; `talk`: how long anybody talked; `overlap`: how long two did. */
export interface Contributions {
  state: "live" | "paused" | "ended";
  seconds: number;
  talk: number;
  overlap: number;
  people: readonly Contribution[];
}

/** Events of `/api/v1/meetings/{id}/events`. */
export interface MeetingEvents {
  snapshot: { setup: Setup; rights: Rights; hands: Hand[]; contributions: Contributions | null };
  /** `by` is the name of who changed it. */
  setup: Setup & { by: string };
  rights: Rights;
  hands: { hands: Hand[] };
  /** Null: nothing is counted. Else, after the snapshot, only the lines that changed. */
  contributions: Contributions | null;
  notice: Notice;
  reaction: Reacted;
  over: { reason: string; by: string | null };
}

/** Why a field was not taken. */
export interface FieldError {
  field: string;
  reason: string;
}

/** The body of every refusal (`application/problem+json`), with what some of them add. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail?: string;
  /** Each field's reason, in the reader's language. */
  errors?: Readonly<Record<string, string>>;
  retry_after?: number;
  decided_by?: string | null;
  decision?: Decision;
  /** On `setup-changed`: what holds now. */
  setup?: Setup;
}
