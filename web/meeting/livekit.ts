// The only file that knows livekit-client. Large, so loaded while the visitor chooses or waits.
import {
  ConnectionState,
  LocalAudioTrack,
  LocalVideoTrack,
  LogLevel,
  type Participant,
  type RemoteTrack,
  Room,
  RoomEvent,
  setLogLevel,
  Track,
} from "livekit-client";
import type { Entry } from "../api/shapes.ts";
import { type Kind, type Tracks, WANTED } from "../prejoin/devices.ts";
import type { MediaHearing } from "../visit/run.ts";
import type { Call, Person, Picture, Telephone } from "./call.ts";
import { waitBefore } from "./reconnect.ts";

// Its messages carry whole tokens.
setLogLevel(LogLevel.silent);

const CONNECT = { websocketTimeout: 5_000, peerConnectionTimeout: 10_000, maxRetries: 0 };
const SOURCES = { camera: Track.Source.Camera, microphone: Track.Source.Microphone } as const;

/** After these the people on the page may look or sound different. */
const CHANGES = [
  RoomEvent.ParticipantConnected,
  RoomEvent.ParticipantDisconnected,
  RoomEvent.ParticipantNameChanged,
  RoomEvent.ParticipantAttributesChanged,
  RoomEvent.TrackSubscribed,
  RoomEvent.TrackUnsubscribed,
  RoomEvent.TrackPublished,
  RoomEvent.TrackUnpublished,
  RoomEvent.TrackMuted,
  RoomEvent.TrackUnmuted,
  RoomEvent.LocalTrackPublished,
  RoomEvent.LocalTrackUnpublished,
  RoomEvent.ActiveSpeakersChanged,
  RoomEvent.AudioPlaybackStatusChanged,
  RoomEvent.ConnectionStateChanged,
] as const;

function aRoom(): Room {
  return new Room({
    adaptiveStream: true,
    dynacast: true,
    // A reload must not look like a leave: `pagehide` below lets go, and only *Leave* leaves.
    disconnectOnPageLeave: false,
    reconnectPolicy: { nextRetryDelayInMs: ({ retryCount }) => waitBefore(retryCount) },
    audioCaptureDefaults: WANTED.microphone,
    videoCaptureDefaults: { resolution: { width: 1280, height: 720, frameRate: 30 } },
  });
}

class LiveKitCall implements Call {
  readonly #room = aRoom();
  readonly #hearing: MediaHearing;
  readonly #tracks: () => Promise<Tracks>;
  readonly #listeners = new Set<() => void>();
  #people: readonly Person[] = [];
  #announced = false;
  #closed = false;

  constructor(hearing: MediaHearing, tracks: () => Promise<Tracks>) {
    this.#hearing = hearing;
    this.#tracks = tracks;
    const room = this.#room;
    for (const change of CHANGES) room.on(change, this.#change);
    room.on(RoomEvent.TrackSubscribed, (track) => this.#sound(track));
    room.on(RoomEvent.TrackUnsubscribed, (track) => track.detach().forEach((element) => element.remove()));
    room.on(RoomEvent.ConnectionStateChanged, (state) => this.#stand(state));
    room.on(RoomEvent.Disconnected, (reason) => {
      if (!this.#closed) this.#hearing.dropped(reason ?? 0);
    });
    window.addEventListener("pagehide", this.#letGo);
  }

  async connect(entry: Entry): Promise<void> {
    await this.#room.connect(entry.livekit_url, entry.token, CONNECT);
    if (this.#closed) return;
    this.#change();
    void this.#publish();
  }

  get people(): readonly Person[] {
    return this.#people;
  }

  get soundBlocked(): boolean {
    return !this.#room.canPlaybackAudio;
  }

  async playSound(): Promise<void> {
    await this.#room.startAudio();
  }

  isOn(kind: Kind): boolean {
    const publication = this.#room.localParticipant.getTrackPublication(SOURCES[kind]);
    return publication?.track !== undefined && !publication.isMuted;
  }

  async turn(kind: Kind, on: boolean): Promise<void> {
    const me = this.#room.localParticipant;
    if (kind === "camera") await me.setCameraEnabled(on);
    else await me.setMicrophoneEnabled(on);
  }

  onChange(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    window.removeEventListener("pagehide", this.#letGo);
    for (const person of this.#room.remoteParticipants.values()) {
      for (const { track } of person.trackPublications.values()) track?.detach().forEach((element) => element.remove());
    }
    void this.#room.disconnect();
  }

  /** The others see at once that this page is gone, and the seat is kept for its reload. */
  readonly #letGo = (): void => void this.#room.disconnect();

  /** What was open at the door goes in as it is: no second opening, no flicker of the camera's light. */
  async #publish(): Promise<void> {
    const { camera, microphone } = await this.#tracks();
    if (this.#closed) {
      camera?.stop();
      microphone?.stop();
      return;
    }
    const me = this.#room.localParticipant;
    const sending: Promise<unknown>[] = [];
    if (microphone !== null) {
      const track = new LocalAudioTrack(microphone, WANTED.microphone, false);
      sending.push(me.publishTrack(track, { source: Track.Source.Microphone }));
    }
    if (camera !== null) {
      const track = new LocalVideoTrack(camera, WANTED.camera, false);
      sending.push(me.publishTrack(track, { source: Track.Source.Camera }));
    }
    // What may not or cannot be sent is shown as off; being here matters more.
    const sent = await Promise.allSettled(sending);
    if (sent.some(({ status }) => status === "rejected")) this.#change();
  }

  #stand(state: ConnectionState): void {
    if (this.#closed) return;
    if (state === ConnectionState.Reconnecting || state === ConnectionState.SignalReconnecting) this.#hearing.interrupted();
    if (state === ConnectionState.Connected) this.#hearing.mended();
  }

  /** Sound needs an element in the page, but no place on it. */
  #sound(track: RemoteTrack): void {
    if (track.kind !== Track.Kind.Audio) return;
    const element = track.attach();
    element.hidden = true;
    document.body.append(element);
  }

  /** Tell of many changes at once, once. */
  readonly #change = (): void => {
    if (this.#announced) return;
    this.#announced = true;
    queueMicrotask(() => {
      this.#announced = false;
      const room = this.#room;
      const present = [room.localParticipant, ...room.remoteParticipants.values()].filter((one) => one.identity !== "" && !one.isAgent);
      this.#people = present.map((one) => asPerson(one, one === room.localParticipant));
      for (const listener of this.#listeners) listener();
    });
  };
}

function asPerson(participant: Participant, me: boolean): Person {
  const microphone = participant.getTrackPublication(Track.Source.Microphone);
  const audible = microphone !== undefined && !microphone.isMuted;
  return {
    identity: participant.identity,
    name: participant.name || participant.identity,
    visitor: participant.attributes.role !== "moderator",
    me,
    since: participant.joinedAt?.getTime() ?? 0,
    audible,
    speaking: audible && participant.isSpeaking,
    picture: pictureOf(participant),
  };
}

const pictures = new WeakMap<Track, Picture>();

/** The same object for the same track, so that a tile keeps its picture through other changes. */
function pictureOf(participant: Participant): Picture | null {
  const publication = participant.getTrackPublication(Track.Source.Camera);
  const track = publication?.track;
  if (track === undefined || publication?.isMuted === true) return null;
  let picture = pictures.get(track);
  if (picture === undefined) {
    picture = { attach: (video) => void track.attach(video), detach: (video) => void track.detach(video) };
    pictures.set(track, picture);
  }
  return picture;
}

const telephone: Telephone = {
  prepare: (url) => void aRoom().prepareConnection(url),
  call(hearing, tracks) {
    const call = new LiveKitCall(hearing, tracks);
    return { call, connect: (entry) => call.connect(entry) };
  },
};

export default telephone;
