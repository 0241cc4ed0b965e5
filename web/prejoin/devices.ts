// Camera and microphone before a meeting: opened if wanted, each on its own, never in the way of joining.
import { t } from "../i18n/index.ts";
import { chooseDevice, chosenDevice, type Device as Listed, devicesOf, goneWords } from "../meeting/gear.ts";
import { type Lister, Plugged } from "./plugged.ts";

export type Kind = "camera" | "microphone";

/** Why a device that is wanted is not open, or how it stands. */
export type Standing =
  | "off" // not wanted
  | "opening"
  | "on"
  | "taken" // by the system: its own switch, or a call on a phone
  | "refused" // by the person or the browser
  | "dismissed" // the browser's question was closed without an answer
  | "system" // the system does not allow it to the browser
  | "missing"
  | "busy" // another program holds it
  | "insecure" // the browser gives no devices to this address
  | "unblurred" // the camera works, but not the blur that was chosen
  | "absent" // the browser has none for pages, as those that messengers bring
  | "failed";

/** The part of `navigator.mediaDevices` that is used here. */
export interface MediaSource extends Partial<Lister> {
  getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream>;
}

/** How a browser's refusal is called here. */
export function standingAfter(error: unknown): Standing {
  const { name, message } = error instanceof Error ? error : { name: "", message: "" };
  switch (name) {
    case "NotAllowedError":
      // Only Chromium's message tells these apart.
      if (/system/i.test(message)) return "system";
      return /dismiss/i.test(message) ? "dismissed" : "refused";
    case "SecurityError":
      return "refused";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    case "NotBlurred":
      return "unblurred";
    default:
      return "failed";
  }
}

/** What each kind is asked for. The same in the preview and in the meeting, so that nothing changes on the way in. */
export const WANTED = {
  camera: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
  microphone: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
} as const satisfies Record<Kind, MediaTrackConstraints>;

/** The person has answered, or their system has for them. */
const ANSWERED: readonly Standing[] = ["refused", "dismissed", "system"];
const ASKED_AS = { camera: "video", microphone: "audio" } as const;
export const KINDS = ["camera", "microphone"] as const;

/** What comes along into the meeting, each as it opens; null for what does not. */
export type Tracks = Record<Kind, Promise<MediaStreamTrack | null>>;

interface Device {
  wanted: boolean;
  standing: Standing;
  track: MediaStreamTrack | null;
  /** How often it was asked for: only the last question's answer is taken. */
  turn: number;
  /** Settles when what was asked for last is open, or has said why not. */
  opened: Promise<void>;
}

export class Devices {
  readonly #source: MediaSource | undefined;
  readonly #changed: () => void;
  readonly #devices: Record<Kind, Device>;
  readonly #plugged: Plugged | null;
  readonly #without: Standing;
  readonly #forget: (() => void)[] = [];
  #note: string | null = null;
  #listed = false;
  #opening: Promise<void> = Promise.resolve();
  #shut = true;

  /** @param wanted what was chosen last. Nothing opens before `open`. */
  constructor(
    wanted: Record<Kind, boolean>,
    changed: () => void,
    source: MediaSource | undefined = navigator.mediaDevices as MediaSource | undefined,
    secure: boolean = window.isSecureContext,
  ) {
    this.#source = source;
    this.#changed = changed;
    this.#without = secure ? "absent" : "insecure";
    this.#plugged = source?.enumerateDevices === undefined ? null : new Plugged((before) => this.#replugged(before), source as Lister);
    for (const kind of KINDS) void this.#watchPermission(kind);
    const device = (kind: Kind): Device => ({ wanted: wanted[kind], standing: "off", track: null, turn: 0, opened: this.#opening });
    this.#devices = { camera: device("camera"), microphone: device("microphone") };
  }

  standing(kind: Kind): Standing {
    return this.#devices[kind].standing;
  }

  wanted(kind: Kind): boolean {
    return this.#devices[kind].wanted;
  }

  track(kind: Kind): MediaStreamTrack | null {
    return this.#devices[kind].track;
  }

  /** Everything that is plugged in, as `<device-menus>` takes it. */
  get all(): readonly Listed[] {
    return this.#plugged?.all ?? [];
  }

  /** The id of the device that is open, "" for none. */
  inUse(kind: Kind): string {
    return this.#devices[kind].track?.getSettings().deviceId ?? "";
  }

  /** What became of a device that disappeared, until the person chooses again. */
  get note(): string | null {
    return this.#note;
  }

  /**
   * Open what is wanted and was not asked for yet. Resolves when each is open or has said why not. What was refused is
   * asked for again at a press only: browsers that are dismissed three times refuse by themselves from then on.
   */
  open(): Promise<void> {
    this.#shut = false;
    return this.#ask(KINDS.filter((kind) => this.#devices[kind].wanted && this.standing(kind) === "off"));
  }

  /** On or off by the person's own press; a press on one that was refused asks again. */
  press(kind: Kind): Promise<void> {
    const device = this.#devices[kind];
    this.#note = null;
    device.wanted = device.standing !== "on" && device.standing !== "opening";
    if (device.wanted) return this.#ask([kind]);
    this.#stop(kind, "off");
    return Promise.resolve();
  }

  /** Try once more whatever is wanted and could not be had. */
  retry(): Promise<void> {
    const kinds = KINDS.filter((kind) => this.#devices[kind].wanted && advice(kind, this.standing(kind)) !== null);
    return this.#ask(kinds);
  }

  /** Use that one from now on, and the next time. Choosing a device turns it on. */
  choose(kind: Kind, id: string): Promise<void> {
    chooseDevice(kind, id);
    this.#note = null;
    this.#devices[kind].wanted = true;
    return this.#ask([kind]);
  }

  /** Open it anew, where it is open or could not be had: what it is to give has changed. */
  renew(kind: Kind): Promise<void> {
    return this.#shut || !this.#devices[kind].wanted ? Promise.resolve() : this.#ask([kind]);
  }

  /** The page is looked at again: what the system took meanwhile is taken back. */
  wake(): Promise<void> {
    if (this.#shut) return Promise.resolve();
    const lost = ({ track }: Device): boolean => track !== null && (track.readyState === "ended" || track.muted);
    return this.#ask(KINDS.filter((kind) => lost(this.#devices[kind])));
  }

  /** Remember how it stands in the meeting. */
  want(kind: Kind, wanted: boolean): void {
    this.#devices[kind].wanted = wanted;
  }

  /** Stop everything: the lights go out. The choices stay, and so do the person's answers. */
  close(): void {
    this.#shut = true;
    for (const kind of KINDS) if (!ANSWERED.includes(this.standing(kind))) this.#stop(kind, "off");
  }

  /** The page goes: nothing is heard of devices any more. */
  end(): void {
    this.close();
    this.#plugged?.close();
    for (const forget of this.#forget) forget();
  }

  /** Hand each track over, once it is open, to whoever uses and stops it from now on. None that is off by then. */
  hand(): Tracks {
    // What failed for another reason than an answer may work by now.
    const missing = ({ wanted, track, standing }: Device): boolean =>
      wanted && track === null && standing !== "opening" && !ANSWERED.includes(standing);
    void this.#ask(KINDS.filter((kind) => missing(this.#devices[kind])));
    this.#shut = true;
    return { camera: this.#give("camera"), microphone: this.#give("microphone") };
  }

  async #give(kind: Kind): Promise<MediaStreamTrack | null> {
    const device = this.#devices[kind];
    await device.opened;
    if (!device.wanted) this.#stop(kind, "off");
    const { track } = device;
    if (track === null) return null;
    device.track = null;
    device.standing = "off";
    return track;
  }

  #ask(kinds: readonly Kind[]): Promise<void> {
    if (kinds.length === 0) return this.#opening;
    for (const kind of kinds) {
      const device = this.#devices[kind];
      const { track } = device;
      device.track = null;
      device.standing = "opening";
      device.turn += 1;
      // Before the next one opens: many phones open one camera at a time.
      track?.stop();
    }
    this.#changed();
    // One after the other: a browser asks one question at a time, too.
    const begun = this.#opening.then(() => this.#begin(kinds));
    const opened = kinds.map((kind) => (this.#devices[kind].opened = begun.then((each) => each.get(kind))));
    this.#opening = Promise.all(opened).then(() => undefined);
    return this.#opening;
  }

  /** What is allowed already opens each by itself, so that no microphone waits for a slow camera; else it is one question. */
  async #begin(kinds: readonly Kind[]): Promise<ReadonlyMap<Kind, Promise<void>>> {
    const apart = kinds.length > 1 && (await Promise.all(kinds.map(allowed))).every((yes) => yes);
    const together = apart ? null : this.#openAll(kinds);
    return new Map(kinds.map((kind) => [kind, together ?? this.#openAll([kind])]));
  }

  /** @param chosen the device that was chosen and no other. Where it is gone, any is better than none. */
  async #openAll(asked: readonly Kind[], chosen = true): Promise<void> {
    const kinds = asked.filter((kind) => this.#devices[kind].standing === "opening");
    if (kinds.length === 0) return;
    if (this.#source === undefined) {
      for (const kind of kinds) this.#stop(kind, this.#without);
      return;
    }
    const turns = kinds.map((kind) => this.#devices[kind].turn);
    const current = (kind: Kind): boolean => this.#devices[kind].turn === turns[kinds.indexOf(kind)];
    try {
      // Both in one: one question of the browser's for both.
      const constraints = Object.fromEntries(kinds.map((kind) => [ASKED_AS[kind], wish(kind, chosen)]));
      const stream = await this.#source.getUserMedia(constraints);
      for (const kind of kinds) this.#take(kind, stream, current(kind));
    } catch (error) {
      const standing = standingAfter(error);
      const gone = kinds.length === 1 && chosen && error instanceof Error && error.name === "OverconstrainedError";
      if (gone) return this.#openAll(kinds, false);
      // Who refused both has answered; anything else may be the fault of one of them.
      const answered = ANSWERED.includes(standing);
      if (kinds.length === 1 || answered) {
        for (const kind of kinds.filter(current)) this.#stop(kind, standing);
        if (answered && kinds.length > 1) await this.#openAllowed(kinds);
      } else for (const kind of kinds) await this.#openAll([kind]);
    }
    // Once a permission was given, the browser tells names.
    void this.#plugged?.look();
  }

  /** Of two that were refused together one may be allowed for good: that one opens without a question. */
  async #openAllowed(kinds: readonly Kind[]): Promise<void> {
    for (const kind of kinds) {
      if (!(await allowed(kind))) continue;
      this.#devices[kind].standing = "opening";
      await this.#openAll([kind]);
    }
  }

  #take(kind: Kind, stream: MediaStream, current: boolean): void {
    const device = this.#devices[kind];
    const [track] = kind === "camera" ? stream.getVideoTracks() : stream.getAudioTracks();
    // Nobody wants it any more: it was turned off, or asked for anew, while the browser was asking.
    if (track === undefined || !current || device.standing !== "opening") {
      track?.stop();
      return;
    }
    const mine = (then: () => void) => (): void => {
      if (device.track === track) then();
    };
    track.addEventListener("ended", mine(() => void this.#replace(kind, track)));
    track.addEventListener("mute", mine(() => this.#stand(kind, "taken")));
    track.addEventListener("unmute", mine(() => this.#stand(kind, "on")));
    device.track = track;
    this.#stand(kind, track.muted ? "taken" : "on");
  }

  #stand(kind: Kind, standing: Standing): void {
    this.#devices[kind].standing = standing;
    this.#changed();
  }

  /** Unplugged, or taken away for good: another device of the kind takes its place, and the page says which. */
  async #replace(kind: Kind, gone: MediaStreamTrack): Promise<void> {
    await this.#ask([kind]);
    const { track, standing } = this.#devices[kind];
    if (track !== null && track.label !== gone.label) this.#note = goneWords(kind, track.label);
    if (standing === "missing") this.#note = null;
    this.#changed();
  }

  /** What was not there is opened when it is plugged in. */
  #replugged(before: readonly Listed[]): void {
    const more = (kind: Kind): boolean => devicesOf(kind, this.all).length > devicesOf(kind, before).length;
    const first = !this.#listed;
    this.#listed = true;
    const found = KINDS.filter((kind) => !first && !this.#shut && this.#devices[kind].wanted && this.standing(kind) === "missing" && more(kind));
    if (found.length > 0) void this.#ask(found);
    else this.#changed();
  }

  /** Whoever allows a device beside the address has said what they want: no second press. */
  async #watchPermission(kind: Kind): Promise<void> {
    const permission = await permissionOf(kind);
    if (permission?.addEventListener === undefined) return;
    const changed = (): void => {
      const { wanted, standing } = this.#devices[kind];
      if (permission.state !== "granted" || !ANSWERED.includes(standing)) return;
      if (wanted && !this.#shut) void this.#ask([kind]);
      else this.#stand(kind, "off");
    };
    permission.addEventListener("change", changed);
    this.#forget.push(() => permission.removeEventListener("change", changed));
  }

  #stop(kind: Kind, standing: Standing): void {
    const device = this.#devices[kind];
    const { track } = device;
    device.track = null;
    device.standing = standing;
    track?.stop();
    this.#changed();
  }
}

/** Exactly the chosen one: as a mere preference, browsers weigh it against the size of the picture. */
function wish(kind: Kind, chosen: boolean): MediaTrackConstraints {
  const id = chosen ? chosenDevice(kind) : null;
  return id === null || id === "" ? WANTED[kind] : { ...WANTED[kind], deviceId: { exact: id } };
}

/** Null where the browser tells nothing of it. */
async function permissionOf(kind: Kind): Promise<PermissionStatus | null> {
  try {
    return await navigator.permissions.query({ name: kind as PermissionName });
  } catch {
    return null;
  }
}

async function allowed(kind: Kind): Promise<boolean> {
  return (await permissionOf(kind))?.state === "granted";
}

/** What is wrong with a device and what can be done, null when nothing is. Joining without is always possible. */
export function advice(kind: Kind, standing: Standing): string | null {
  const camera = kind === "camera";
  switch (standing) {
    case "off":
    case "on":
    case "opening":
      return null;
    case "refused":
      return camera
        ? t("Your browser does not allow the camera here. Allow it beside the address, or join without it.")
        : t("Your browser does not allow the microphone here. Allow it beside the address, or join and listen.");
    case "taken":
      return camera
        ? t("Your camera was taken by your system or a call. Try again, or join without it.")
        : t("Your microphone was taken by your system or a call. Try again, or join and listen.");
    case "dismissed":
      return camera
        ? t("Your browser’s question about the camera was closed. Try again and allow it, or join without it.")
        : t("Your browser’s question about the microphone was closed. Try again and allow it, or join and listen.");
    case "system":
      return camera
        ? t("Your system does not allow your browser to use the camera. Allow it in the system’s privacy settings, or join without it.")
        : t("Your system does not allow your browser to use the microphone. Allow it in the system’s privacy settings, or join and listen.");
    case "absent":
      return camera
        ? t("This browser has no camera for web pages. Open the link in another browser, or join without it.")
        : t("This browser has no microphone for web pages. Open the link in another browser, or join and listen.");
    case "missing":
      return camera
        ? t("No camera was found. You can join without one.")
        : t("No microphone was found. You can join and listen.");
    case "busy":
      return camera
        ? t("Another program is using your camera. Close it there, or join without it.")
        : t("Another program is using your microphone. Close it there, or join and listen.");
    case "insecure":
      return camera
        ? t("Your browser gives no camera to an address without https. You can join without it.")
        : t("Your browser gives no microphone to an address without https. You can join and listen.");
    case "unblurred":
      return camera ? t("Your background could not be blurred, so your camera stays off.") : null;
    case "failed":
      return camera
        ? t("Your camera did not start. Try again, or join without it.")
        : t("Your microphone did not start. Try again, or join and listen.");
  }
}

/** The advice for both devices, in one sentence where one will do. */
export function advices(camera: Standing, microphone: Standing): string[] {
  if (camera === microphone) {
    if (camera === "refused") {
      return [t("Your browser does not allow camera and microphone here. Allow them beside the address, or join and listen.")];
    }
    if (camera === "dismissed") {
      return [t("Your browser’s question about camera and microphone was closed. Try again and allow them, or join and listen.")];
    }
    if (camera === "system") {
      return [
        t("Your system does not allow your browser to use camera and microphone. Allow them in the system’s privacy settings, or join and listen."),
      ];
    }
    if (camera === "absent") {
      return [t("This browser has no camera and no microphone for web pages. Open the link in another browser, or join and listen.")];
    }
    if (camera === "missing") return [t("No camera and no microphone were found. You can join and listen.")];
    if (camera === "insecure") {
      return [t("Your browser gives no camera and no microphone to an address without https. You can join and listen.")];
    }
  }
  return [advice("camera", camera), advice("microphone", microphone)].filter((one) => one !== null);
}
