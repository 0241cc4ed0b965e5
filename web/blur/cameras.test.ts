// Where cameras are opened, and what comes of it when a blurred picture is wanted.
import { beforeEach, describe, expect, test, vi } from "vitest";
import { canBlur } from "./able.ts";
import { blurWanted, guardCameras, onNotBlurred, wantBlur } from "./cameras.ts";

class Track {
  stopped = false;
  constructor(readonly kind: "video" | "audio") {}
  stop(): void {
    this.stopped = true;
  }
}

class Stream {
  tracks: Track[];
  constructor(...tracks: Track[]) {
    this.tracks = tracks;
  }
  getTracks = (): Track[] => this.tracks;
  getVideoTracks = (): Track[] => this.tracks.filter(({ kind }) => kind === "video");
  addTrack = (track: Track): void => void this.tracks.push(track);
  removeTrack = (track: Track): void => void (this.tracks = this.tracks.filter((one) => one !== track));
}

const blurred = new Track("video");
let camera: Track;
let microphone: Track;
const blurs = vi.fn();

/** Opens both behind the guard. */
async function open(...tracks: Track[]): Promise<Track[]> {
  const devices = { getUserMedia: async () => new Stream(...tracks) } as unknown as MediaDevices;
  guardCameras(devices, blurs);
  return (await devices.getUserMedia({})).getTracks() as unknown as Track[];
}

beforeEach(() => {
  localStorage.clear();
  wantBlur(false);
  camera = new Track("video");
  microphone = new Track("audio");
  blurs.mockReset();
});

describe("the choice", () => {
  test("is no blur at first, and kept for the pages to come", async () => {
    const page = async (): Promise<typeof import("./cameras.ts")> => {
      vi.resetModules();
      return import("./cameras.ts");
    };
    localStorage.clear();
    expect((await page()).blurWanted()).toBe(false);
    for (const on of [true, false]) {
      (await page()).wantBlur(on);
      expect((await page()).blurWanted()).toBe(on);
    }
  });

  test("holds for the page where nothing may be stored", () => {
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("no room", "QuotaExceededError");
    });
    wantBlur(true);
    expect(blurWanted()).toBe(true);
  });
});

test("a browser without what it takes is known by that", () => {
  expect(canBlur()).toBe(false);
});

describe("a camera", () => {
  test("comes as it is, with nothing loaded, while no blur is wanted", async () => {
    expect(await open(camera, microphone)).toEqual([camera, microphone]);
    expect(blurs).not.toHaveBeenCalled();
  });

  test("comes blurred, its plain picture not at all, while blur is wanted", async () => {
    wantBlur(true);
    blurs.mockResolvedValue(blurred);
    expect(await open(camera, microphone)).toEqual([microphone, blurred]);
    expect(blurs).toHaveBeenCalledWith(camera);
  });

  test("stays off when it could not be blurred, and whoever listens is told", async () => {
    wantBlur(true);
    blurs.mockRejectedValue(new Error("no graphics"));
    const told = vi.fn();
    const forget = onNotBlurred(told);
    await expect(open(camera, microphone)).rejects.toThrow(expect.objectContaining({ name: "NotBlurred" }));
    expect([camera.stopped, microphone.stopped]).toEqual([true, true]);
    expect(told).toHaveBeenCalledOnce();
    forget();
    await expect(open(camera)).rejects.toThrow(expect.objectContaining({ name: "NotBlurred" }));
    expect(told).toHaveBeenCalledOnce();
  });
});

test("a microphone alone has nothing to blur", async () => {
  wantBlur(true);
  expect(await open(microphone)).toEqual([microphone]);
  expect(blurs).not.toHaveBeenCalled();
});

test("a browser without devices is left as it is", () => {
  expect(() => guardCameras(undefined)).not.toThrow();
});
