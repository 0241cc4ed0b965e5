// What is plugged in, and which device a menu shows.
import { describe, expect, test, vi } from "vitest";
import type { Device } from "../meeting/gear.ts";
import { Plugged, shown } from "./plugged.ts";

const device = (kind: string, deviceId: string): Device => ({ kind, deviceId, label: `label ${deviceId}` });
const ALL = [device("audioinput", "default"), device("audioinput", "desk"), device("videoinput", "front"), device("videoinput", "back")];

class Browser extends EventTarget {
  constructor(public there: readonly Device[]) {
    super();
  }
  enumerateDevices = async (): Promise<readonly Device[]> => this.there;
}

describe("the menu shows", () => {
  test.each<[string, "camera" | "microphone" | "speaker", string, string | null, string]>([
    ["what is in use", "camera", "back", "front", "back"],
    ["what was chosen, while nothing is in use", "camera", "", "back", "back"],
    ["the browser's own choice", "microphone", "", null, "default"],
    ["the browser's own choice, when what was chosen is gone", "camera", "", "door", "front"],
    ["nothing where there is nothing", "speaker", "", null, ""],
  ])("%s", (_what, kind, inUse, chosen, expected) => {
    expect(shown(kind, ALL, inUse, chosen)).toBe(expected);
  });
});

describe("what is plugged in", () => {
  test("is told after looking, and after each change until closed", async () => {
    const browser = new Browser(ALL);
    const changed = vi.fn();
    const plugged = new Plugged(changed, browser);
    await plugged.look();
    expect(plugged.all).toEqual(ALL);
    browser.there = [device("videoinput", "front")];
    browser.dispatchEvent(new Event("devicechange"));
    await vi.waitFor(() => expect(plugged.all).toHaveLength(1));
    expect(changed).toHaveBeenLastCalledWith(ALL);
    plugged.close();
    browser.there = [];
    browser.dispatchEvent(new Event("devicechange"));
    await Promise.resolve();
    expect(plugged.all).toHaveLength(1);
  });

  test("is not listed a second time", async () => {
    const plugged = new Plugged(() => undefined, new Browser([...ALL, device("audioinput", "communications")]));
    await plugged.look();
    expect(plugged.all).toEqual(ALL);
  });

  test("is nothing where the browser tells nothing", async () => {
    const plugged = new Plugged(() => undefined, undefined);
    await plugged.look();
    expect(plugged.all).toEqual([]);
  });
});
