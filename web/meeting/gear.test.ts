// Which device is used next when the one in use is gone, and what menus call them.
import { describe, expect, test } from "vitest";
import { type Device, fallback, named } from "./gear.ts";

const a = (kind: string, deviceId: string, label = deviceId): Device => ({ kind, deviceId, label });
const BUILT_IN = a("audioinput", "1", "Built-in");
const HEADSET = a("audioinput", "2", "Headset");
const DEFAULT = a("audioinput", "default", "Default - Headset");
const THEN_BUILT_IN = a("audioinput", "default", "Default - Built-in");
const NAMELESS = a("audioinput", "default", "");
const CAMERA = a("videoinput", "1", "Camera");

describe("a microphone in use", () => {
  test.each<[string, string, Device[], Device[], Device | null | undefined]>([
    ["that is still there stays", "2", [BUILT_IN, HEADSET], [BUILT_IN, HEADSET], undefined],
    ["that is gone gives way to the next", "2", [BUILT_IN, HEADSET], [BUILT_IN], BUILT_IN],
    ["that is gone gives way to the system's own choice first", "2", [BUILT_IN, HEADSET], [BUILT_IN, DEFAULT], DEFAULT],
    ["that is gone with nothing left is missed", "2", [HEADSET], [CAMERA], null],
    ["that was never listed is not missed", "", [BUILT_IN], [], undefined],
    ["is not given up for one that is plugged in", "1", [BUILT_IN], [BUILT_IN, HEADSET], undefined],
    ["that is the system’s choice gives way to its next one", "default", [DEFAULT, HEADSET, BUILT_IN], [THEN_BUILT_IN, BUILT_IN], THEN_BUILT_IN],
    ["that is the system’s choice stays when that changes", "default", [DEFAULT, HEADSET, BUILT_IN], [THEN_BUILT_IN, HEADSET, BUILT_IN], undefined],
    ["that is the system’s choice stays when another is pulled out", "default", [THEN_BUILT_IN, HEADSET, BUILT_IN], [THEN_BUILT_IN, BUILT_IN], undefined],
    ["that has no name yet is not missed", "default", [NAMELESS], [THEN_BUILT_IN, BUILT_IN], undefined],
    ["that is the system’s choice, with nothing left, is missed", "default", [DEFAULT, HEADSET], [], null],
    ["is not confused with a camera of the same id", "1", [CAMERA], [], undefined],
  ])("%s", (_what, inUse, before, now, next) => {
    expect(fallback("microphone", inUse, before, now)).toEqual(next);
  });
});

test.each<[Device, string]>([
  [HEADSET, "Headset"],
  [a("videoinput", "3", "HD Webcam (046d:0825)"), "HD Webcam"],
  [DEFAULT, "Default – Headset"],
  [a("audioinput", "default", ""), "Default"],
  [a("videoinput", "4", ""), "Device 3"],
])("%o is called “%s”", (device, name) => {
  expect(named(device, 2)).toBe(name);
});
