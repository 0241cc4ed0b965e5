// Camera and microphone before a meeting: opened if wanted, each on its own, never in the way of joining.
import { t } from "../i18n/index.ts";

export type Kind = "camera" | "microphone";

/** Why a device that is wanted is not open, or how it stands. */
export type Standing =
  | "off" // not wanted
  | "opening"
  | "on"
  | "refused" // by the person, the browser or the system
  | "missing"
  | "busy" // another program holds it
  | "insecure" // the browser gives no devices to this address
  | "failed";

/** The part of `navigator.mediaDevices` that is used here. */
export interface MediaSource {
  getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream>;
}

/** How a browser's refusal is called here. */
export function standingAfter(error: unknown): Standing {
  switch (error instanceof Error ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "refused";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "failed";
  }
}

/** What each kind is asked for. The same in the preview and in the meeting, so that nothing changes on the way in. */
export const WANTED = {
  camera: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
  microphone: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
} as const satisfies Record<Kind, MediaTrackConstraints>;

const ASKED_AS = { camera: "video", microphone: "audio" } as const;
const KINDS = ["camera", "microphone"] as const;

export type Tracks = Record<Kind, MediaStreamTrack | null>;

interface Device {
  wanted: boolean;
  standing: Standing;
  track: MediaStreamTrack | null;
}

export class Devices {
  readonly #source: MediaSource | undefined;
  readonly #changed: () => void;
  readonly #devices: Record<Kind, Device>;
  #opening: Promise<void> = Promise.resolve();
  #shut = true;

  /** @param wanted what was chosen last. Nothing opens before `open`. */
  constructor(
    wanted: Record<Kind, boolean>,
    changed: () => void,
    source: MediaSource | undefined = navigator.mediaDevices as MediaSource | undefined,
  ) {
    this.#source = source;
    this.#changed = changed;
    const device = (kind: Kind): Device => ({ wanted: wanted[kind], standing: "off", track: null });
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

  /** Open what is wanted and not open yet. Resolves when each is open or has said why not. */
  open(): Promise<void> {
    this.#shut = false;
    const kinds = KINDS.filter((kind) => this.#devices[kind].wanted && this.#devices[kind].track === null);
    return this.#ask(kinds);
  }

  /** On or off by the person's own press; a press on one that was refused asks again. */
  press(kind: Kind): Promise<void> {
    const device = this.#devices[kind];
    device.wanted = device.standing !== "on" && device.standing !== "opening";
    if (device.wanted) return this.#ask([kind]);
    this.#stop(kind, "off");
    return Promise.resolve();
  }

  /** Remember a choice that was made in the meeting. */
  want(kind: Kind, wanted: boolean): void {
    this.#devices[kind].wanted = wanted;
  }

  /** Stop everything: the lights go out. The choices stay. */
  close(): void {
    this.#shut = true;
    for (const kind of KINDS) this.#stop(kind, "off");
  }

  /** Hand the open tracks over to whoever uses and stops them from now on, once they are open. */
  async hand(): Promise<Tracks> {
    await this.open();
    const tracks: Tracks = { camera: this.track("camera"), microphone: this.track("microphone") };
    this.#shut = true;
    for (const kind of KINDS) {
      this.#devices[kind].track = null;
      this.#devices[kind].standing = "off";
    }
    return tracks;
  }

  #ask(kinds: readonly Kind[]): Promise<void> {
    for (const kind of kinds) this.#devices[kind].standing = "opening";
    this.#changed();
    // One after the other: a browser asks one question at a time, too.
    this.#opening = this.#opening.then(() => this.#openAll(kinds));
    return this.#opening;
  }

  async #openAll(asked: readonly Kind[]): Promise<void> {
    const kinds = asked.filter((kind) => this.#devices[kind].standing === "opening");
    if (kinds.length === 0) return;
    if (this.#source === undefined) {
      for (const kind of kinds) this.#stop(kind, "insecure");
      return;
    }
    try {
      // Both in one: one question of the browser's for both.
      const constraints = Object.fromEntries(kinds.map((kind) => [ASKED_AS[kind], WANTED[kind]]));
      const stream = await this.#source.getUserMedia(constraints);
      for (const kind of kinds) this.#take(kind, stream);
    } catch (error) {
      const standing = standingAfter(error);
      // Who refused both has answered; anything else may be the fault of one of them.
      if (kinds.length === 1 || standing === "refused") {
        for (const kind of kinds) this.#stop(kind, standing);
        if (standing === "refused" && kinds.length > 1) await this.#openAllowed(kinds);
      } else for (const kind of kinds) await this.#openAll([kind]);
    }
  }

  /** Of two that were refused together one may be allowed for good: that one opens without a question. */
  async #openAllowed(kinds: readonly Kind[]): Promise<void> {
    for (const kind of kinds) {
      if (!(await allowed(kind))) continue;
      this.#devices[kind].standing = "opening";
      await this.#openAll([kind]);
    }
  }

  #take(kind: Kind, stream: MediaStream): void {
    const device = this.#devices[kind];
    const [track] = kind === "camera" ? stream.getVideoTracks() : stream.getAudioTracks();
    // Nobody wants it any more: the press that turned it off came while the browser was asking.
    if (track === undefined || this.#shut || device.standing !== "opening") {
      track?.stop();
      return;
    }
    track.addEventListener("ended", () => {
      if (device.track === track) this.#stop(kind, "missing");
    });
    device.track = track;
    device.standing = "on";
    this.#changed();
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

async function allowed(kind: Kind): Promise<boolean> {
  try {
    const permission = await navigator.permissions.query({ name: kind as PermissionName });
    return permission.state === "granted";
  } catch {
    return false;
  }
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
    if (camera === "missing") return [t("No camera and no microphone were found. You can join and listen.")];
    if (camera === "insecure") {
      return [t("Your browser gives no camera and no microphone to an address without https. You can join and listen.")];
    }
  }
  return [advice("camera", camera), advice("microphone", microphone)].filter((one) => one !== null);
}
