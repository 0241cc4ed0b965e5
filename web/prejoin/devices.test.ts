// Camera and microphone at the door: asked once for both, refused one by one, never in the way.
import { afterEach, describe, expect, test, vi } from "vitest";
import { advice, advices, Devices, type Kind, type Standing, standingAfter } from "./devices.ts";

class Track extends EventTarget {
  stopped = false;
  constructor(readonly kind: "video" | "audio") {
    super();
  }
  stop(): void {
    this.stopped = true;
  }
}

/** A browser in which devices are there or fail with an error of that name. */
class Browser {
  asked: string[] = [];
  tracks: Track[] = [];
  hold: Promise<void> = Promise.resolve();
  constructor(readonly fails: Partial<Record<"video" | "audio" | "both", string>> = {}) {}

  async getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream> {
    const kinds = (["video", "audio"] as const).filter((kind) => constraints[kind] !== undefined);
    this.asked.push(kinds.join("+"));
    await this.hold;
    const fault = kinds.length === 2 ? (this.fails.both ?? this.fails.video ?? this.fails.audio) : kinds[0] && this.fails[kinds[0]];
    if (fault !== undefined) throw Object.assign(new Error(), { name: fault });
    const tracks = kinds.map((kind) => new Track(kind));
    this.tracks.push(...tracks);
    const of = (kind: string): Track[] => tracks.filter((track) => track.kind === kind);
    return { getVideoTracks: () => of("video"), getAudioTracks: () => of("audio") } as unknown as MediaStream;
  }
}

const BOTH = { camera: true, microphone: true };
const standings = (devices: Devices): Standing[] => [devices.standing("camera"), devices.standing("microphone")];

function permissions(granted: readonly Kind[]): void {
  const query = async ({ name }: { name: string }) => ({ state: granted.includes(name as Kind) ? "granted" : "denied" });
  vi.stubGlobal("navigator", { ...navigator, permissions: { query } });
}

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

  test("where the browser gives no devices says so", async () => {
    const devices = new Devices(BOTH, () => undefined, undefined);
    await devices.open();
    // jsdom has no mediaDevices, like a browser on plain http.
    expect(standings(devices)).toEqual(["insecure", "insecure"]);
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
    const tracks = await devices.hand();
    expect([tracks.camera, tracks.microphone]).toEqual(browser.tracks);
    devices.close();
    expect(browser.tracks.map((track) => track.stopped)).toEqual([false, false]);
    await devices.open();
    expect(browser.tracks).toHaveLength(4);
  });

  test("are what could be had: nobody stays outside for a camera", async () => {
    const devices = new Devices(BOTH, () => undefined, new Browser({ video: "NotFoundError" }));
    const { camera, microphone } = await devices.hand();
    expect(camera).toBeNull();
    expect(microphone).not.toBeNull();
  });

  test("stop when the page needs them no more, the choices stay", async () => {
    const browser = new Browser();
    const devices = new Devices(BOTH, () => undefined, browser);
    await devices.open();
    devices.close();
    expect(browser.tracks.every((track) => track.stopped)).toBe(true);
    expect(devices.wanted("camera")).toBe(true);
  });

  test("that end by themselves are missed", async () => {
    const browser = new Browser();
    const devices = new Devices(BOTH, () => undefined, browser);
    await devices.open();
    browser.tracks[0]?.dispatchEvent(new Event("ended"));
    expect(standings(devices)).toEqual(["missing", "on"]);
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
    ["TypeError", "failed"],
  ])("for %s are those for %s", (name, standing) => {
    expect(standingAfter(Object.assign(new Error(), { name }))).toBe(standing);
  });

  test.each(["refused", "missing", "busy", "insecure", "failed"] as const)("for %s say that joining works all the same", (standing) => {
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
    ["busy", "busy", 2],
    ["missing", "refused", 2],
  ])("for camera %s and microphone %s are %s", (camera, microphone, count) => {
    expect(advices(camera, microphone)).toHaveLength(count);
  });
});
