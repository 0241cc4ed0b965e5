// Camera and microphone at the door: asked once for both, refused one by one, never in the way.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Device } from "../meeting/gear.ts";
import { advice, advices, Devices, type Kind, type Standing, standingAfter } from "./devices.ts";

class Track extends EventTarget {
  stopped = false;
  muted = false;
  readyState = "live";
  constructor(
    readonly kind: "video" | "audio",
    readonly device: Device | undefined,
  ) {
    super();
  }
  get label(): string {
    return this.device?.label ?? "";
  }
  getSettings(): MediaTrackSettings {
    return this.device === undefined ? {} : { deviceId: this.device.deviceId };
  }
  stop(): void {
    this.stopped = true;
  }
  /** The system takes it, or gives it back. */
  mute(muted: boolean): void {
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? "mute" : "unmute"));
  }
  /** Pulled out. */
  end(): void {
    this.readyState = "ended";
    this.dispatchEvent(new Event("ended"));
  }
}

const device = (kind: string, deviceId: string): Device => ({ kind, deviceId, label: `the ${deviceId}` });
const DESK = [device("videoinput", "front"), device("videoinput", "back"), device("audioinput", "desk"), device("audioinput", "headset")];

/** A browser in which devices are there or fail with an error of that name. */
class Browser extends EventTarget {
  asked: string[] = [];
  tracks: Track[] = [];
  hold: Promise<void> = Promise.resolve();
  slow: Partial<Record<"video" | "audio", Promise<void>>> = {};
  constructor(
    public fails: Partial<Record<"video" | "audio" | "both", string>> = {},
    public there: readonly Device[] = DESK,
  ) {
    super();
  }

  enumerateDevices = async (): Promise<readonly Device[]> => this.there;

  plug(there: readonly Device[]): void {
    this.there = there;
    this.dispatchEvent(new Event("devicechange"));
  }

  /** As browsers do: exactly the one that was asked for, or else their own choice. */
  #open(kind: "video" | "audio", wish: MediaTrackConstraints): Track {
    const there = this.there.filter((one) => one.kind === `${kind}input`);
    const { exact } = (wish.deviceId ?? {}) as { exact?: string };
    const found = exact === undefined ? there[0] : there.find(({ deviceId }) => deviceId === exact);
    if (exact !== undefined && found === undefined) throw Object.assign(new Error(), { name: "OverconstrainedError" });
    return new Track(kind, found);
  }

  async getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream> {
    const kinds = (["video", "audio"] as const).filter((kind) => constraints[kind] !== undefined);
    this.asked.push(kinds.join("+"));
    await this.hold;
    await Promise.all(kinds.map((kind) => this.slow[kind]));
    const fault = kinds.length === 2 ? (this.fails.both ?? this.fails.video ?? this.fails.audio) : kinds[0] && this.fails[kinds[0]];
    if (fault !== undefined) throw Object.assign(new Error(), { name: fault });
    const tracks = kinds.map((kind) => this.#open(kind, constraints[kind] as MediaTrackConstraints));
    this.tracks.push(...tracks);
    const of = (kind: string): Track[] => tracks.filter((track) => track.kind === kind);
    return { getVideoTracks: () => of("video"), getAudioTracks: () => of("audio") } as unknown as MediaStream;
  }
}

const BOTH = { camera: true, microphone: true };
const standings = (devices: Devices): Standing[] => [devices.standing("camera"), devices.standing("microphone")];

async function handed(devices: Devices): Promise<(MediaStreamTrack | null)[]> {
  const { camera, microphone } = devices.hand();
  return [await camera, await microphone];
}

function permissions(granted: readonly Kind[]): void {
  const query = async ({ name }: { name: string }) => ({ state: granted.includes(name as Kind) ? "granted" : "denied" });
  vi.stubGlobal("navigator", { ...navigator, permissions: { query } });
}

beforeEach(() => localStorage.clear());
afterEach(() => vi.unstubAllGlobals());

describe("opening", () => {
  test.each<[string, typeof BOTH, Browser, string[], Standing[]]>([
    ["both, in one question", BOTH, new Browser(), ["video+audio"], ["on", "on"]],
    ["none, without a question", { camera: false, microphone: false }, new Browser(), [], ["off", "off"]],
    ["the microphone alone", { camera: false, microphone: true }, new Browser(), ["audio"], ["off", "on"]],
    ["without a camera: the microphone still opens", BOTH, new Browser({ video: "NotFoundError" }), ["video+audio", "video", "audio"], ["missing", "on"]],
    ["with a camera that another program holds", BOTH, new Browser({ video: "NotReadableError" }), ["video+audio", "video", "audio"], ["busy", "on"]],
    ["refused: no second question", BOTH, new Browser({ both: "NotAllowedError" }), ["video+audio"], ["refused", "refused"]],
    ["on a machine without any", BOTH, new Browser({ video: "NotFoundError", audio: "NotFoundError" }), ["video+audio", "video", "audio"], ["missing", "missing"]],
  ])("%s", async (_what, wanted, browser, asked, seen) => {
    permissions([]);
    const devices = new Devices(wanted, () => undefined, browser);
    await devices.open();
    expect(browser.asked).toEqual(asked);
    expect(standings(devices)).toEqual(seen);
  });

  test("refused for the camera only: the microphone, allowed before, opens", async () => {
    permissions(["microphone"]);
    const devices = new Devices(BOTH, () => undefined, new Browser({ both: "NotAllowedError", video: "NotAllowedError" }));
    await devices.open();
    expect(standings(devices)).toEqual(["refused", "on"]);
  });

  test.each<[string, boolean, Standing]>([
    ["to an address without https", false, "insecure"],
    ["to any page, as a messenger's own does", true, "absent"],
  ])("where the browser gives no devices %s says so", async (_to, secure, standing) => {
    // jsdom has no mediaDevices, like these.
    const devices = new Devices(BOTH, () => undefined, undefined, secure);
    await devices.open();
    expect(standings(devices)).toEqual([standing, standing]);
  });

  test.each([
    ["NotAllowedError", 1],
    ["NotFoundError", 2],
    ["NotReadableError", 2],
  ])("what ended in %s is asked for again at a press, and on the way in where no answer was given", async (name, asked) => {
    permissions([]);
    const browser = new Browser({ video: name });
    const devices = new Devices({ camera: true, microphone: false }, () => undefined, browser);
    await devices.open();
    await devices.open();
    expect(browser.asked).toEqual(["video"]);
    await handed(devices);
    expect(browser.asked).toHaveLength(asked);
    await devices.retry();
    expect(browser.asked).toHaveLength(asked + 1);
  });

  test("what is still being answered is not asked for again, and the answer is taken", async () => {
    const browser = new Browser();
    let go = (): void => undefined;
    browser.hold = new Promise((resolve) => (go = resolve));
    const devices = new Devices(BOTH, () => undefined, browser);
    const opened = [devices.open(), devices.open()];
    go();
    await Promise.all(opened);
    expect(browser.asked).toEqual(["video+audio"]);
    expect(await handed(devices)).toEqual(browser.tracks);
  });

  test("a refusal outlasts a visit, what was busy does not", async () => {
    permissions([]);
    const browser = new Browser({ video: "NotAllowedError", audio: "NotReadableError" });
    const devices = new Devices(BOTH, () => undefined, browser);
    await devices.open();
    devices.close();
    expect(standings(devices)).toEqual(["refused", "refused"]);
    await devices.press("microphone");
    expect(standings(devices)).toEqual(["refused", "busy"]);
    devices.close();
    await devices.open();
    expect(standings(devices)).toEqual(["refused", "busy"]);
    expect(browser.asked).toEqual(["video+audio", "audio", "audio"]);
  });

  test("twice asks once", async () => {
    const browser = new Browser();
    const devices = new Devices(BOTH, () => undefined, browser);
    await Promise.all([devices.open(), devices.open()]);
    expect(browser.tracks).toHaveLength(2);
    await devices.open();
    expect(browser.asked).toEqual(["video+audio"]);
  });
});

describe("a press", () => {
  test("turns a device off, light and all, and on again", async () => {
    const browser = new Browser();
    const devices = new Devices(BOTH, () => undefined, browser);
    await devices.open();
    await devices.press("camera");
    expect(browser.tracks[0]?.stopped).toBe(true);
    expect(standings(devices)).toEqual(["off", "on"]);
    expect(devices.wanted("camera")).toBe(false);
    await devices.press("camera");
    expect(standings(devices)).toEqual(["on", "on"]);
  });

  test("on a refused device asks again", async () => {
    permissions([]);
    const browser = new Browser({ both: "NotAllowedError" });
    const devices = new Devices(BOTH, () => undefined, browser);
    await devices.open();
    await devices.press("microphone");
    expect(browser.asked.at(-1)).toBe("audio");
    expect(devices.standing("microphone")).toBe("on");
  });

  test("while the browser is still asking leaves nothing on", async () => {
    const browser = new Browser();
    let go = (): void => undefined;
    browser.hold = new Promise((resolve) => (go = resolve));
    const devices = new Devices({ camera: true, microphone: false }, () => undefined, browser);
    const opened = devices.open();
    await Promise.resolve();
    await devices.press("camera");
    go();
    await opened;
    expect(devices.standing("camera")).toBe("off");
    expect(browser.tracks[0]?.stopped).toBe(true);
  });
});

describe("the tracks", () => {
  test("are handed over open, and not stopped by closing afterwards", async () => {
    const browser = new Browser();
    const devices = new Devices(BOTH, () => undefined, browser);
    expect(await handed(devices)).toEqual(browser.tracks);
    devices.close();
    expect(browser.tracks.map((track) => track.stopped)).toEqual([false, false]);
    await devices.open();
    expect(browser.tracks).toHaveLength(4);
  });

  test("of who has allowed both come each as it opens: no microphone waits for a camera", async () => {
    permissions(["camera", "microphone"]);
    const browser = new Browser();
    let go = (): void => undefined;
    browser.slow = { video: new Promise((resolve) => (go = resolve)) };
    const { camera, microphone } = new Devices(BOTH, () => undefined, browser).hand();
    expect(await microphone).toBe(browser.tracks.find(({ kind }) => kind === "audio"));
    expect(browser.asked.sort()).toEqual(["audio", "video"]);
    go();
    expect(await camera).not.toBeNull();
  });

  test("are what could be had: nobody stays outside for a camera", async () => {
    const devices = new Devices(BOTH, () => undefined, new Browser({ video: "NotFoundError" }));
    const [camera, microphone] = await handed(devices);
    expect(camera).toBeNull();
    expect(microphone).not.toBeNull();
  });

  test("of what is to stay off are stopped, also when it was turned off while they were opening", async () => {
    const browser = new Browser();
    const devices = new Devices(BOTH, () => undefined, browser);
    await devices.open();
    devices.want("camera", false);
    const coming = handed(devices);
    devices.want("microphone", false);
    expect(await coming).toEqual([null, null]);
    expect(browser.tracks.map(({ stopped }) => stopped)).toEqual([true, true]);
  });

  test("stop when the page needs them no more, the choices stay", async () => {
    const browser = new Browser();
    const devices = new Devices(BOTH, () => undefined, browser);
    await devices.open();
    devices.close();
    expect(browser.tracks.every((track) => track.stopped)).toBe(true);
    expect(devices.wanted("camera")).toBe(true);
  });

});

test("what was asked for anew while the browser was asking is what is taken, and nothing of before", async () => {
  const browser = new Browser();
  let go = (): void => undefined;
  browser.hold = new Promise((resolve) => (go = resolve));
  const devices = new Devices({ camera: true, microphone: false }, () => undefined, browser);
  const opened = devices.open();
  await Promise.resolve();
  const renewed = devices.renew("camera");
  go();
  await Promise.all([opened, renewed]);
  const [camera] = await handed(devices);
  expect(browser.tracks.map(({ stopped }) => stopped)).toEqual([true, false]);
  expect(camera).toBe(browser.tracks[1]);
});

test.each([
  ["that is off", false, 0],
  ["that is on", true, 2],
])("a camera %s is opened anew or left alone", async (_how, wanted, opened) => {
  const browser = new Browser();
  const devices = new Devices({ camera: wanted, microphone: false }, () => undefined, browser);
  await devices.open();
  await devices.renew("camera");
  expect(browser.tracks).toHaveLength(opened);
});

test("a camera whose background could not be blurred says so", () => {
  expect(advice("camera", "unblurred")).toMatch(/stays off/);
  expect(advice("microphone", "unblurred")).toBeNull();
});

describe("a choice", () => {
  test("is used at once and the next time, and turns the device on", async () => {
    const browser = new Browser();
    const devices = new Devices({ camera: false, microphone: true }, () => undefined, browser);
    await devices.open();
    await devices.choose("camera", "back");
    expect(devices.inUse("camera")).toBe("back");
    expect(devices.standing("camera")).toBe("on");
    await devices.choose("camera", "front");
    expect(browser.tracks.filter(({ kind }) => kind === "video").map(({ stopped }) => stopped)).toEqual([true, false]);
    const nextTime = new Devices(BOTH, () => undefined, new Browser({}, [...DESK].reverse()));
    await nextTime.open();
    expect(nextTime.inUse("camera")).toBe("front");
  });

  test("that is not there any more is no reason to have none", async () => {
    localStorage.setItem("device/microphone", "lost");
    const devices = new Devices(BOTH, () => undefined, new Browser());
    await devices.open();
    expect(devices.inUse("microphone")).toBe("desk");
    expect(standings(devices)).toEqual(["on", "on"]);
    expect(devices.note).toBeNull();
  });
});

describe("a device that", () => {
  const opened = async (browser: Browser): Promise<Devices> => {
    const devices = new Devices(BOTH, () => undefined, browser);
    await devices.open();
    await vi.waitFor(() => expect(devices.all).toEqual(browser.there));
    return devices;
  };

  test("is pulled out is replaced by another, and the page says which", async () => {
    const browser = new Browser();
    const devices = await opened(browser);
    browser.there = DESK.filter(({ deviceId }) => deviceId !== "desk");
    browser.tracks[1]?.end();
    await vi.waitFor(() => expect(devices.inUse("microphone")).toBe("headset"));
    await vi.waitFor(() => expect(devices.note).toBe("Your microphone is no longer connected. the headset is used now."));
    await devices.choose("microphone", "headset");
    expect(devices.note).toBeNull();
  });

  test("was the only one is missed, and opened when it is plugged in again", async () => {
    const browser = new Browser();
    const devices = await opened(browser);
    browser.fails = { video: "NotFoundError" };
    browser.plug(DESK.slice(2));
    browser.tracks[0]?.end();
    await vi.waitFor(() => expect(standings(devices)).toEqual(["missing", "on"]));
    browser.fails = {};
    browser.plug(DESK);
    await vi.waitFor(() => expect(standings(devices)).toEqual(["on", "on"]));
  });

  test("a call takes is told, and told again when it is given back", async () => {
    const browser = new Browser();
    const devices = await opened(browser);
    browser.tracks[1]?.mute(true);
    expect(devices.standing("microphone")).toBe("taken");
    browser.tracks[1]?.mute(false);
    expect(devices.standing("microphone")).toBe("on");
  });

  test("a call took is taken back when the page is looked at again", async () => {
    const browser = new Browser();
    const devices = await opened(browser);
    browser.tracks[1]?.mute(true);
    await devices.wake();
    expect(standings(devices)).toEqual(["on", "on"]);
    expect(browser.asked.at(-1)).toBe("audio");
  });

  test("could not be had is tried again, with all that could not", async () => {
    permissions([]);
    const browser = new Browser({ both: "NotAllowedError" });
    const devices = new Devices(BOTH, () => undefined, browser);
    await devices.open();
    browser.fails = {};
    await devices.retry();
    expect(standings(devices)).toEqual(["on", "on"]);
  });

  test("is allowed beside the address opens without a press", async () => {
    const permission = Object.assign(new EventTarget(), { state: "denied" });
    vi.stubGlobal("navigator", { ...navigator, permissions: { query: async () => permission } });
    const browser = new Browser({ both: "NotAllowedError" });
    const devices = new Devices(BOTH, () => undefined, browser);
    await devices.open();
    browser.fails = {};
    permission.state = "granted";
    permission.dispatchEvent(new Event("change"));
    await vi.waitFor(() => expect(standings(devices)).toEqual(["on", "on"]));
  });
});

describe("the words", () => {
  test.each([
    ["NotAllowedError", "refused"],
    ["SecurityError", "refused"],
    ["NotFoundError", "missing"],
    ["OverconstrainedError", "missing"],
    ["NotReadableError", "busy"],
    ["AbortError", "busy"],
    ["NotBlurred", "unblurred"],
    ["TypeError", "failed"],
  ])("for %s are those for %s", (name, standing) => {
    expect(standingAfter(Object.assign(new Error(), { name }))).toBe(standing);
  });

  test.each([
    ["Permission denied", "refused"],
    ["Permission denied by system", "system"],
    ["Permission dismissed", "dismissed"],
    ["The request is not allowed by the user agent or the platform in the current context.", "refused"],
  ])("for a refusal that says %s are those for %s", (message, standing) => {
    expect(standingAfter(Object.assign(new Error(message), { name: "NotAllowedError" }))).toBe(standing);
  });

  const TROUBLES = ["taken", "refused", "dismissed", "system", "missing", "busy", "insecure", "absent", "failed"] as const;

  test("are others for each trouble", () => {
    for (const kind of ["camera", "microphone"] as const) expect(new Set(TROUBLES.map((one) => advice(kind, one))).size).toBe(TROUBLES.length);
  });

  test.each(TROUBLES)("for %s say that joining works all the same", (standing) => {
    for (const kind of ["camera", "microphone"] as const) expect(advice(kind, standing)).toMatch(/join/);
    expect(advices(standing, standing).join(" ")).toMatch(/join/);
  });

  test.each<[Standing, Standing, number]>([
    ["on", "on", 0],
    ["off", "opening", 0],
    ["refused", "on", 1],
    ["refused", "refused", 1],
    ["missing", "missing", 1],
    ["insecure", "insecure", 1],
    ["absent", "absent", 1],
    ["system", "system", 1],
    ["dismissed", "dismissed", 1],
    ["taken", "on", 1],
    ["busy", "busy", 2],
    ["missing", "refused", 2],
  ])("for camera %s and microphone %s are %s", (camera, microphone, count) => {
    expect(advices(camera, microphone)).toHaveLength(count);
  });
});
