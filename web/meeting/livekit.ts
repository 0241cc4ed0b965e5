// The only file that knows livekit-client. Large, so loaded while the visitor chooses or waits.
import {
  ConnectionError,
  ConnectionQuality,
  ConnectionState,
  facingModeFromLocalTrack,
  LocalAudioTrack,
  LocalVideoTrack,
  LogLevel,
  type Participant,
  type RemoteTrack,
  type RemoteTrackPublication,
  Room,
  RoomEvent,
  setLogLevel,
  Track,
  TrackEvent,
  type TrackPublication,
  type VideoCaptureOptions,
} from "livekit-client";
import type { Entry } from "../api/shapes.ts";
import { onNotBlurred, wantBlur } from "../blur/cameras.ts";
import { type Kind, KINDS, type Tracks, WANTED } from "../prejoin/devices.ts";
import { loudness } from "../prejoin/level.ts";
import type { MediaHearing } from "../visit/run.ts";
import type { Call, Person, Picture, Quality, Source, Telephone, Told } from "./call.ts";
import type { Sender } from "./chat.ts";
import { BROWSER_KIND, chosenDevice, type Device, devicesOf, fallback, type Gear, GEAR, named } from "./gear.ts";
import type { ChatHearing, ChatLine } from "./inside.ts";
import { keyOf } from "./layout.ts";
import { MutedEar, MutedTalk } from "./muted-talk.ts";
import { waitBefore } from "./reconnect.ts";
import { Stalled } from "./stalled.ts";
import { TAKEN_AFTER_MS, watchTaken } from "./taken.ts";
import { FIRST, type Watched, watching } from "./watching.ts";

// Its messages carry whole tokens.
setLogLevel(LogLevel.silent);

// Nothing is fetched unasked: `#fetch` asks for what is seen, before the media connect.
const CONNECT = { websocketTimeout: 5_000, peerConnectionTimeout: 10_000, maxRetries: 0, autoSubscribe: false };
const SOURCES = { camera: Track.Source.Camera, microphone: Track.Source.Microphone, screen: Track.Source.ScreenShare } as const;
/** As LiveKit's permissions number the sources. */
const NUMBERS: Readonly<Record<Source, number>> = { camera: 1, microphone: 2, screen: 3 };
const EVER_SINCE = new WeakMap<TrackPublication, number>();
/** How often a microphone that is off is listened to. */
const LISTEN_MS = 100;
/** Whoever shows the microphone's level asks for it more often. */
const ASKED_MS = 1_000;

/** After these the people on the page may look or sound different. */
const CHANGES = [
  RoomEvent.SignalConnected,
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
  RoomEvent.VideoPlaybackStatusChanged,
  RoomEvent.ConnectionQualityChanged,
  RoomEvent.ParticipantPermissionsChanged,
  RoomEvent.ActiveDeviceChanged,
  RoomEvent.MediaDevicesChanged,
  RoomEvent.ConnectionStateChanged,
] as const;

/** As a wish: a device that is not there today is no fault. */
function chosen(kind: Gear): { deviceId?: string } {
  const id = chosenDevice(kind);
  return id === null ? {} : { deviceId: id };
}

function aRoom(): Room {
  return new Room({
    adaptiveStream: true,
    dynacast: true,
    // A reload must not look like a leave: `pagehide` below lets go, and only *Leave* leaves.
    disconnectOnPageLeave: false,
    reconnectPolicy: { nextRetryDelayInMs: ({ retryCount }) => waitBefore(retryCount) },
    // For whoever turns a device on in the meeting only, and for the speaker: what was chosen here before.
    audioCaptureDefaults: { ...WANTED.microphone, ...chosen("microphone") },
    videoCaptureDefaults: { resolution: { width: 1280, height: 720, frameRate: 30 }, ...chosen("camera") },
    audioOutput: chosen("speaker"),
  });
}

class LiveKitCall implements Call {
  readonly #room = aRoom();
  readonly chat: ChatLine = new RoomChat(this.#room);
  readonly #hearing: MediaHearing;
  readonly #tracks: () => Promise<Tracks>;
  readonly #listeners = new Set<() => void>();
  readonly #confidants = new Set<(what: Told) => void>();
  #people: readonly Person[] = [];
  #announced = false;
  #closed = false;
  /** Of which devices what came along is published, or could not be. */
  readonly #opened = new Set<Kind>();
  /** The last that was begun with each source. */
  readonly #doing = new Map<Source, Promise<unknown>>();
  /** What the page shows; null until it has said. */
  #seen: ReadonlySet<string> | null = null;
  #watched: Watched = new Map();
  #forgetting: ReturnType<typeof setTimeout> | undefined;
  readonly #spoke = new Map<string, number>();
  #devices: readonly Device[] = [];
  readonly #untaken = new Map<Kind, () => void>();
  /** What the system took. */
  readonly #away = new Set<Kind>();
  #ear: { track: MediaStreamTrack; ear: MutedEar } | null = null;
  #listening: ReturnType<typeof setInterval> | undefined;
  #asking: ReturnType<typeof setTimeout> | undefined;
  readonly #talk = new MutedTalk();
  readonly #stalled = new Stalled(() => this.#change());
  readonly #deaf: () => void;

  constructor(hearing: MediaHearing, tracks: () => Promise<Tracks>) {
    this.#hearing = hearing;
    this.#tracks = tracks;
    const room = this.#room;
    for (const change of CHANGES) room.on(change, this.#change);
    room.on(RoomEvent.TrackSubscribed, (track) => this.#sound(track));
    room.on(RoomEvent.TrackSubscribed, (track) => this.#stalled.follow(track.receiver));
    room.on(RoomEvent.ConnectionStateChanged, (state) => this.#stand(state));
    // Before the media are connected: what is to be seen first is asked for with the first word.
    for (const event of [RoomEvent.SignalConnected, RoomEvent.TrackPublished, RoomEvent.Reconnected] as const) {
      room.on(event, () => this.#fetch());
    }
    room.on(RoomEvent.ActiveSpeakersChanged, (speakers) => {
      for (const one of speakers) if (!this.#people.some((was) => was.identity === one.identity && was.speaking)) this.#spoke.set(one.identity, Date.now());
    });
    room.on(RoomEvent.LocalTrackPublished, ({ track }) => {
      this.#stalled.follow(track?.sender);
      if (track instanceof LocalAudioTrack || track instanceof LocalVideoTrack) this.#mind(track);
    });
    room.on(RoomEvent.TrackMuted, (_track, person) => person === room.localParticipant && this.#listen());
    room.on(RoomEvent.TrackUnmuted, (_track, person) => person === room.localParticipant && this.#listen());
    navigator.mediaDevices?.addEventListener("devicechange", this.#plugged);
    void this.#look();
    room.on(RoomEvent.Disconnected, (reason) => {
      if (!this.#closed) this.#hearing.dropped(reason ?? 0);
    });
    window.addEventListener("pagehide", this.#letGo);
    document.addEventListener("visibilitychange", this.#returned);
    this.#deaf = onNotBlurred(() => this.#tell({ is: "not-blurred" }));
  }

  async connect(entry: Entry): Promise<void> {
    await this.#room.connect(entry.livekit_url, entry.token, CONNECT).catch((error: unknown) => {
      const keptOut = error instanceof ConnectionError && (error.status === 401 || error.status === 403);
      // Nothing of its own goes on: its message holds the token.
      throw Object.assign(new Error(), keptOut && { name: "KeptOut" });
    });
    if (this.#closed) return;
    this.#change();
    this.#publish();
  }

  get people(): readonly Person[] {
    return this.#people;
  }

  get blocked(): Call["blocked"] {
    if (!this.#room.canPlaybackAudio) return "sound";
    // As phones do that save their battery.
    return this.#room.canPlaybackVideo ? null : "pictures";
  }

  get stalled(): boolean {
    return this.#stalled.now;
  }

  async play(): Promise<void> {
    await Promise.all([this.#room.startAudio(), this.#room.startVideo()]);
  }

  isOn(source: Source): boolean {
    const publication = this.#room.localParticipant.getTrackPublication(SOURCES[source]);
    return publication?.track !== undefined && !publication.isMuted;
  }

  stands(kind: Kind): boolean | null {
    return this.#opened.has(kind) && this.#room.state === ConnectionState.Connected ? this.isOn(kind) : null;
  }

  may(source: Source): boolean {
    return mayUse(this.#room.localParticipant, source);
  }

  turn(source: Source, on: boolean): Promise<void> {
    return this.#inTurn(source, () => this.#turn(source, on));
  }

  /** What comes along and what is pressed meanwhile, one after the other: they must not become two microphones. */
  #inTurn(source: Source, what: () => Promise<void>): Promise<void> {
    const done = (this.#doing.get(source) ?? Promise.resolve()).then(what);
    this.#doing.set(source, done.catch(() => undefined));
    return done;
  }

  async #turn(source: Source, on: boolean): Promise<void> {
    const me = this.#room.localParticipant;
    if (source === "camera") await me.setCameraEnabled(on);
    else if (source === "microphone") await me.setMicrophoneEnabled(on);
    else if (on) await this.#share();
    else await me.setScreenShareEnabled(false);
  }

  async #share(): Promise<void> {
    await this.#room.localParticipant.setScreenShareEnabled(true, {
      // Its sound is a sound of one's own: who may not be heard shares without. Of this page's, the voices of the
      // others, they would hear an echo.
      audio: this.may("microphone") ? { restrictOwnAudio: true } : false,
      systemAudio: "include",
      surfaceSwitching: "include",
      selfBrowserSurface: "exclude",
      contentHint: "detail",
    });
  }

  watch(keys: ReadonlySet<string>): void {
    this.#seen = keys;
    this.#fetch();
  }

  device(kind: Gear): string {
    return this.#room.getActiveDevice(BROWSER_KIND[kind]) ?? "";
  }

  async use(kind: Gear, id: string): Promise<void> {
    await this.#room.switchActiveDevice(BROWSER_KIND[kind], id);
    this.#change();
  }

  async blur(on: boolean): Promise<void> {
    wantBlur(on);
    // Opened again, it comes as it is wanted.
    if (this.isOn("camera")) await this.#reopen("camera");
  }

  async flip(): Promise<void> {
    const track = this.#trackOf("camera");
    if (!(track instanceof LocalVideoTrack)) return;
    const facingMode = facingModeFromLocalTrack(track).facingMode === "environment" ? "user" : "environment";
    // Only one camera of a phone is open at a time.
    await this.#reopen("camera", { facingMode, resolution: { width: 1280, height: 720, frameRate: 30 } });
  }

  async takeBack(kind: Kind): Promise<void> {
    if (this.isOn(kind)) await this.#reopen(kind);
    else await this.turn(kind, true);
    this.#givenBack(kind);
  }

  #trackOf(kind: Kind): Track | undefined {
    return this.#room.localParticipant.getTrackPublication(SOURCES[kind])?.track;
  }

  /** One that could not be opened again is off, not on and dead. */
  async #reopen(kind: Kind, as?: Pick<VideoCaptureOptions, "facingMode" | "resolution">): Promise<void> {
    const track = this.#trackOf(kind);
    try {
      if (track instanceof LocalAudioTrack || track instanceof LocalVideoTrack) await track.restartTrack(as);
    } catch (error) {
      await this.turn(kind, false);
      throw error;
    } finally {
      this.#change();
    }
  }

  level(): number {
    // Nobody asks any more: the ear is let go, unless it listens for *You are muted*.
    clearTimeout(this.#asking);
    this.#asking = setTimeout(() => this.#listening === undefined && this.#deafen(), ASKED_MS);
    return loudness(this.#earOfMine()?.peak() ?? 0);
  }

  onChange(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  onTold(told: (what: Told) => void): () => void {
    this.#confidants.add(told);
    return () => this.#confidants.delete(told);
  }

  #tell(what: Told): void {
    for (const confidant of this.#confidants) confidant(what);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    window.removeEventListener("pagehide", this.#letGo);
    document.removeEventListener("visibilitychange", this.#returned);
    navigator.mediaDevices?.removeEventListener("devicechange", this.#plugged);
    clearTimeout(this.#forgetting);
    clearTimeout(this.#asking);
    this.#deaf();
    this.#stalled.close();
    for (const unmind of this.#untaken.values()) unmind();
    this.#deafen();
    for (const person of this.#room.remoteParticipants.values()) {
      for (const { track } of person.trackPublications.values()) track?.detach();
    }
    void this.#room.disconnect();
  }

  /** The others see at once that this page is gone, and the seat is kept for its reload. */
  readonly #letGo = (): void => void this.#room.disconnect();

  /** What was open at the door goes in as it is: no second opening, no flicker of the camera's light. */
  #publish(): void {
    // Whoever comes sees the others first.
    const tracks = new Promise((later) => setTimeout(later)).then(() => this.#tracks());
    for (const kind of KINDS) {
      const sent = this.#inTurn(kind, async () => this.#send(kind, await (await tracks)[kind]));
      // What may not or cannot be sent is shown as off; being here matters more.
      void sent.catch(() => undefined).then(() => {
        this.#opened.add(kind);
        this.#change();
      });
    }
  }

  async #send(kind: Kind, track: MediaStreamTrack | null): Promise<void> {
    if (track === null) return;
    const made = kind === "camera" ? new LocalVideoTrack(track, WANTED.camera, false) : new LocalAudioTrack(track, WANTED.microphone, false);
    try {
      if (this.#closed) throw new Error();
      await this.#room.localParticipant.publishTrack(made, { source: SOURCES[kind] });
    } catch (error) {
      made.stop();
      throw error;
    }
  }

  #stand(state: ConnectionState): void {
    if (this.#closed) return;
    if (state === ConnectionState.Reconnecting || state === ConnectionState.SignalReconnecting) this.#hearing.interrupted();
    if (state === ConnectionState.Connected) this.#hearing.mended();
  }

  // ---- what is fetched

  /** All sound, and of the pictures those that are seen. */
  readonly #fetch = (): void => {
    if (this.#closed) return;
    const published = [...this.#room.remoteParticipants.values()].flatMap((person) =>
      ([...person.trackPublications.values()] as RemoteTrackPublication[]).map((publication) => ({
        publication,
        key: keyOf(person.identity, publication.source === Track.Source.ScreenShare ? "screen" : "camera"),
      })),
    );
    const pictures = published.filter(({ publication }) => publication.kind === Track.Kind.Video);
    const seen = this.#seen ?? new Set(pictures.slice(0, FIRST).map(({ key }) => key));
    this.#watched = watching(this.#watched, seen, Date.now());
    for (const { publication, key } of published) {
      const wanted = publication.kind === Track.Kind.Audio || this.#watched.has(key);
      if (publication.isDesired !== wanted) publication.setSubscribed(wanted);
    }
    clearTimeout(this.#forgetting);
    if ([...this.#watched.values()].some((since) => since !== null)) this.#forgetting = setTimeout(this.#fetch, 1_000);
  };

  // ---- one's own devices

  async #look(): Promise<readonly Device[]> {
    const before = this.#devices;
    const told = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    // Windows lists the same devices once more as those "for communications".
    this.#devices = told.filter(({ deviceId }) => deviceId !== "communications");
    return before;
  }

  /** Something was plugged in or pulled out. LiveKit opens the next by itself where it can; the person is told which. */
  readonly #plugged = (): void => {
    const inUse = GEAR.map((kind) => [kind, this.device(kind)] as const);
    void this.#look().then(async (before) => {
      for (const [kind, id] of inUse) {
        const next = fallback(kind, id, before, this.#devices);
        if (next === undefined || this.#closed) continue;
        // Of another default LiveKit makes use by itself.
        const used = next !== null && (next.deviceId === id || (await this.use(kind, next.deviceId).then(() => true, () => false)));
        this.#tell(used ? { is: "another-device", kind, label: named(next, 0) } : { is: "no-device", kind });
      }
    });
  };

  /** The system may take the track away, and LiveKit may put another in its place. */
  #mind(track: LocalAudioTrack | LocalVideoTrack): void {
    const kind = track.source === Track.Source.Camera ? "camera" : track.source === Track.Source.Microphone ? "microphone" : null;
    if (kind === null) return;
    let ended = false;
    const begin = (): void => {
      ended = false;
      this.#untaken.get(kind)?.();
      const hearing = { taken: () => this.#taken(kind), givenBack: () => this.#givenBack(kind) };
      this.#untaken.set(kind, watchTaken(track.mediaStreamTrack, hearing));
      this.#listen();
      this.#change();
    };
    track.on(TrackEvent.Restarted, begin);
    track.on(TrackEvent.Ended, () => (ended = true));
    // LiveKit turns off, as if its person had, what ended and could not be opened again.
    track.on(TrackEvent.Muted, () => void (ended && this.#lost(kind)));
    begin();
  }

  #taken(kind: Kind): void {
    this.#away.add(kind);
    this.#tell({ is: "taken", kind });
  }

  #givenBack(kind: Kind): void {
    this.#away.delete(kind);
    this.#tell({ is: "given-back", kind });
  }

  /** Where there is none at all, it was pulled out, and that is told. */
  async #lost(kind: Kind): Promise<void> {
    const there = (await navigator.mediaDevices.enumerateDevices().catch(() => [])) as readonly Device[];
    if (devicesOf(kind, there).length > 0) this.#taken(kind);
  }

  /** Whoever looks at the page again has their phone call behind them. What stands off by now needs their press. */
  readonly #returned = (): void => {
    if (document.visibilityState !== "visible" || this.#away.size === 0) return;
    // Many systems give back by themselves.
    setTimeout(() => {
      for (const kind of this.#away) if (this.isOn(kind)) this.takeBack(kind).catch(() => undefined);
    }, TAKEN_AFTER_MS);
  };

  #earOfMine(): MutedEar | null {
    const track = this.#room.localParticipant.getTrackPublication(Track.Source.Microphone)?.track?.mediaStreamTrack;
    if (track === undefined || this.#ear?.track !== track) {
      this.#ear?.ear.close();
      this.#ear = null;
    }
    if (track === undefined || track.readyState === "ended" || this.#closed) return null;
    if (this.#ear !== null) return this.#ear.ear;
    try {
      this.#ear = { track, ear: new MutedEar(track) };
      return this.#ear.ear;
    } catch {
      return null;
    }
  }

  #deafen(): void {
    clearInterval(this.#listening);
    this.#listening = undefined;
    this.#ear?.ear.close();
    this.#ear = null;
  }

  /** While the microphone is off, and only then: who talks into it is told. */
  #listen(): void {
    const publication = this.#room.localParticipant.getTrackPublication(Track.Source.Microphone);
    this.#talk.forget();
    if (publication?.track === undefined || !publication.isMuted) {
      this.#deafen();
      return;
    }
    this.#listening ??= setInterval(() => {
      if (this.#talk.hear(this.#earOfMine()?.peak() ?? 0, Date.now())) this.#tell({ is: "talking-muted" });
    }, LISTEN_MS);
  }

  /** Sound needs an element in the page, but no place on it. */
  #sound(track: RemoteTrack): void {
    if (track.kind !== Track.Kind.Audio) return;
    const element = track.attach();
    element.hidden = true;
    track.on(TrackEvent.ElementDetached, () => element.remove());
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
      this.#people = present.map((one) => asPerson(one, one === room.localParticipant, this.#spoke.get(one.identity) ?? 0));
      for (const listener of this.#listeners) listener();
    });
  };
}

function mayUse({ permissions }: Participant, source: Source): boolean {
  if (permissions === undefined) return true;
  const { canPublish, canPublishSources: allowed } = permissions;
  // None named means all of them.
  return canPublish && (allowed.length === 0 || allowed.some((one) => Number(one) === NUMBERS[source]));
}

/** The chat's packets: a text each, of whom LiveKit says it is. */
class RoomChat implements ChatLine {
  static readonly #topic = "chat";
  readonly #room: Room;

  constructor(room: Room) {
    this.#room = room;
  }

  async write(text: string): Promise<void> {
    const topic = RoomChat.#topic;
    await this.#room.localParticipant.publishData(new TextEncoder().encode(text), { reliable: true, topic });
  }

  hear(hearing: ChatHearing): () => void {
    let away = false;
    const heard = (payload: Uint8Array, from?: Participant, _kind?: unknown, topic?: string): void => {
      // What comes from nobody was sent past the meeting: that is nobody's message.
      if (topic === RoomChat.#topic && from !== undefined && !from.isAgent) hearing.written(sender(from), payload);
    };
    // A line that is taken up again brings what it missed; a new one does not.
    const restarts = (): void => void (away = true);
    const back = (): void => {
      if (away) hearing.missed();
      away = false;
    };
    const room = this.#room;
    room.on(RoomEvent.DataReceived, heard).on(RoomEvent.Reconnecting, restarts).on(RoomEvent.Reconnected, back);
    return () => room.off(RoomEvent.DataReceived, heard).off(RoomEvent.Reconnecting, restarts).off(RoomEvent.Reconnected, back);
  }
}

function sender(participant: Participant): Sender {
  const { identity, name } = participant;
  return { identity, name: name || identity, visitor: isVisitor(participant) };
}

/** Our server writes the role into the token, and nobody can change their own. */
function isVisitor({ attributes }: Participant): boolean {
  return attributes.role !== "moderator";
}

function asPerson(participant: Participant, me: boolean, spoke: number): Person {
  const microphone = participant.getTrackPublication(Track.Source.Microphone);
  const camera = participant.getTrackPublication(Track.Source.Camera);
  const screen = participant.getTrackPublication(Track.Source.ScreenShare);
  const audible = microphone !== undefined && !microphone.isMuted;
  if (screen !== undefined && !EVER_SINCE.has(screen)) EVER_SINCE.set(screen, Date.now());
  return {
    identity: participant.identity,
    name: participant.name || participant.identity,
    visitor: isVisitor(participant),
    owner: participant.attributes.owner === "yes",
    me,
    since: participant.joinedAt?.getTime() ?? 0,
    audible,
    speaking: audible && participant.isSpeaking,
    spoke,
    camera: camera !== undefined && !camera.isMuted,
    picture: pictureOf(camera),
    mirrored: me && camera?.track instanceof LocalVideoTrack && facingModeFromLocalTrack(camera.track).facingMode !== "environment",
    sharing: (screen !== undefined && EVER_SINCE.get(screen)) || null,
    screen: me ? null : pictureOf(screen),
    quality: qualityOf(participant),
    may: {
      microphone: mayUse(participant, "microphone"),
      camera: mayUse(participant, "camera"),
      screen_share: mayUse(participant, "screen"),
    },
  };
}

function qualityOf({ connectionQuality }: Participant): Quality {
  if (connectionQuality === ConnectionQuality.Lost) return "lost";
  return connectionQuality === ConnectionQuality.Poor ? "poor" : "good";
}

const pictures = new WeakMap<Track, Picture>();

/** The same object for the same track, so that a tile keeps its picture through other changes. */
function pictureOf(publication: TrackPublication | undefined): Picture | null {
  const track = publication?.track;
  if (track === undefined || publication?.isMuted === true) return null;
  let picture = pictures.get(track);
  if (picture === undefined) {
    picture = { attach: (video) => void track.attach(video), detach: (video) => void track.detach(video) };
    pictures.set(track, picture);
  }
  return picture;
}

/** The browser's first connection takes it longest: what it has to load for that, it loads now. */
async function rehearse(): Promise<void> {
  const connection = new RTCPeerConnection();
  connection.addTransceiver("audio");
  connection.addTransceiver("video");
  await connection.createOffer().finally(() => connection.close());
}

const telephone: Telephone = {
  prepare(url) {
    void aRoom().prepareConnection(url);
    rehearse().catch(() => undefined);
  },
  call(hearing, tracks) {
    const call = new LiveKitCall(hearing, tracks);
    return { call, connect: (entry) => call.connect(entry) };
  },
};

export default telephone;
