// What the meeting's page knows of a call: people and one's own devices. livekit.ts is the one that makes it.
import type { Entry } from "../api/shapes.ts";
import type { Kind, Tracks } from "../prejoin/devices.ts";
import type { MediaHearing } from "../visit/run.ts";

/** A moving picture, put into video elements and taken out again. */
export interface Picture {
  attach(video: HTMLVideoElement): void;
  detach(video: HTMLVideoElement): void;
}

/** One person in the meeting, as everybody may see them. A new object for each change. */
export interface Person {
  identity: string;
  name: string;
  /** Came in from outside: shown as *visitor* to everybody. */
  visitor: boolean;
  me: boolean;
  /** Milliseconds; the order in which people stay on the page. */
  since: number;
  /** Can be heard: a microphone is on. */
  audible: boolean;
  speaking: boolean;
  /** The camera's picture while it is on. */
  picture: Picture | null;
}

export interface Call {
  /** Everybody, oneself among them. */
  readonly people: readonly Person[];
  /** The browser keeps the others silent until somebody presses a button. */
  readonly soundBlocked: boolean;
  playSound(): Promise<void>;
  isOn(kind: Kind): boolean;
  /** @throws what the browser says, as `devices.ts` names it. */
  turn(kind: Kind, on: boolean): Promise<void>;
  /** Called after each change, until the returned function is called. */
  onChange(changed: () => void): () => void;
  close(): void;
}

/** Makes calls. `tracks` is asked once the call is connected: connecting waits for no camera. */
export interface Telephone {
  prepare(url: string): void;
  call(hearing: MediaHearing, tracks: () => Promise<Tracks>): { call: Call; connect(entry: Entry): Promise<void> };
}
