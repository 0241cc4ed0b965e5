// What the meeting's page knows of a call: people and one's own devices. livekit.ts is the one that makes it.
import type { Entry } from "../api/shapes.ts";
import type { Kind, Tracks } from "../prejoin/devices.ts";
import type { MediaHearing } from "../visit/run.ts";
import type { Gear } from "./gear.ts";
import type { ChatLine } from "./inside.ts";

/** A moving picture, put into video elements and taken out again. */
export interface Picture {
  attach(video: HTMLVideoElement): void;
  detach(video: HTMLVideoElement): void;
}

/** How a person's line is: only what is bad is worth a word. */
export type Quality = "good" | "poor" | "lost";

/** One person in the meeting, as everybody may see them. A new object for each change. */
export interface Person {
  identity: string;
  name: string;
  /** Came in from outside: shown as *visitor* to everybody. */
  visitor: boolean;
  /** The meeting is behind their link. */
  owner: boolean;
  me: boolean;
  /** Milliseconds; the order in which people stay on the page. */
  since: number;
  /** Can be heard: a microphone is on. */
  audible: boolean;
  speaking: boolean;
  /** When this person was last heard to speak, in milliseconds, 0 for not yet. */
  spoke: number;
  /** The camera is on, whether its picture is fetched or not. */
  camera: boolean;
  /** The camera's picture while it is fetched. */
  picture: Picture | null;
  /** One's own picture is shown as in a mirror, but not what a phone's back camera sees. */
  mirrored: boolean;
  /** When they began to share their screen, in milliseconds, null while they don't. */
  sharing: number | null;
  /** The shared screen while it is fetched. */
  screen: Picture | null;
  quality: Quality;
  /** What they may turn on now. */
  may: Readonly<Record<"microphone" | "camera" | "screen_share", boolean>>;
}

/** What one can send. */
export type Source = Kind | "screen";

/** Something about one's own devices that one has to be told. */
export type Told =
  | { is: "another-device"; kind: Gear; label: string } // the one in use is gone, this one is used now
  | { is: "no-device"; kind: Gear } // it is gone, and there is no other
  | { is: "taken"; kind: Kind } // the system took it: a call on a phone
  | { is: "given-back"; kind: Kind }
  | { is: "not-blurred" } // so the camera stays off
  | { is: "talking-muted" };

export interface Call {
  /** Everybody, oneself among them. */
  readonly people: readonly Person[];
  readonly chat: ChatLine;
  /** What of the others the browser keeps back until somebody presses a button. With the sound come the pictures. */
  readonly blocked: "sound" | "pictures" | null;
  /** For seconds nothing has come through, and nothing else is tried yet. */
  readonly stalled: boolean;
  /** To be called at a press. */
  play(): Promise<void>;
  isOn(source: Source): boolean;
  /** The same for one's devices, null while that says nothing: what came along is still opening, or the line is broken. */
  stands(kind: Kind): boolean | null;
  /** Whether one may use it now: moderators can keep it off. */
  may(source: Source): boolean;
  /** @throws what the browser says, as `devices.ts` names it. */
  turn(source: Source, on: boolean): Promise<void>;
  /** Fetch these pictures, named by `key` of layout.ts, and no others. */
  watch(keys: ReadonlySet<string>): void;
  /** Which device is in use, by its id; "" while the browser has not said. */
  device(kind: Gear): string;
  /** Use another from now on. @throws as `turn`. */
  use(kind: Gear, id: string): Promise<void>;
  /** Blur one's background from now on, or no longer. @throws as `turn`: the camera is off then. */
  blur(on: boolean): Promise<void>;
  /** From the front camera to the back one and the other way round. */
  flip(): Promise<void>;
  /** Open again what the system took. @throws as `turn`. */
  takeBack(kind: Kind): Promise<void>;
  /** How loud one's own microphone is, 0 to 1, muted or not. */
  level(): number;
  /** Called after each change, until the returned function is called. */
  onChange(changed: () => void): () => void;
  onTold(told: (what: Told) => void): () => void;
  close(): void;
}

/** Makes calls. `tracks` is asked once the call is connected: connecting waits for no camera. */
export interface Telephone {
  prepare(url: string): void;
  call(hearing: MediaHearing, tracks: () => Promise<Tracks>): { call: Call; connect(entry: Entry): Promise<void> };
}
