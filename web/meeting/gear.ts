// Which camera, microphone and speaker there are, and which is used next when the one in use disappears.
import { shelf, type Shelf } from "../doorbell/browser.ts";
import { t } from "../i18n/index.ts";

export type Gear = "camera" | "microphone" | "speaker";
export const GEAR: readonly Gear[] = ["camera", "microphone", "speaker"];

/** Chromium's name for whatever the system's choice is. */
const DEFAULT = "default";

/** How browsers call them. */
export const BROWSER_KIND = { camera: "videoinput", microphone: "audioinput", speaker: "audiooutput" } as const;

/** The part of a browser's MediaDeviceInfo that is used here. */
export interface Device {
  kind: string;
  deviceId: string;
  label: string;
}

/** Those of one kind. Browsers list devices without names, and without ids, until one was allowed: these say nothing. */
export function devicesOf(kind: Gear, all: readonly Device[]): Device[] {
  return all.filter((device) => device.kind === BROWSER_KIND[kind] && device.deviceId !== "");
}

/** What a menu calls a device. */
export function named(device: Device, at: number): string {
  if (device.deviceId === DEFAULT) {
    const own = standsFor(device);
    return own === "" ? t("Default") : t("Default – %(device)s", { device: own });
  }
  // A browser's own "(046d:0825)" helps nobody.
  const label = device.label.replace(/ \([0-9a-f]{4}:[0-9a-f]{4}\)$/, "");
  return label === "" ? t("Device %(number)s", { number: at + 1 }) : label;
}

/** The device that *default* stands for, by its name; "" where browsers do not tell. */
function standsFor({ label }: Device): string {
  return label.replace(/^[^-]*- /, "");
}

/** What was the default is pulled out: *default* is still there, and is another. A mere change of mind is none. */
function defaultGone(was: Device, before: readonly Device[], there: readonly Device[]): boolean {
  const real = standsFor(was);
  const has = (devices: readonly Device[]): boolean => devices.some(({ deviceId, label }) => deviceId !== DEFAULT && label === real);
  return was.deviceId === DEFAULT && real !== "" && has(before) && !has(there);
}

/**
 * The device to go on with, undefined while the one in use is still there, null when there is none.
 * Cameras and microphones that come back are not taken up again: who changed over stays.
 */
export function fallback(kind: Gear, inUse: string, before: readonly Device[], now: readonly Device[]): Device | null | undefined {
  const there = devicesOf(kind, now);
  const had = devicesOf(kind, before);
  const was = had.find(({ deviceId }) => deviceId === inUse);
  if (was === undefined) return undefined;
  const still = there.find(({ deviceId }) => deviceId === inUse);
  if (still !== undefined) return defaultGone(was, had, there) ? still : undefined;
  return there.find(({ deviceId }) => deviceId === DEFAULT) ?? there[0] ?? null;
}

/** What became of a device that disappeared. */
export function goneWords(kind: Gear, label: string | null): string {
  const other = label ?? "";
  switch (kind) {
    case "camera":
      return label === null
        ? t("Your camera is no longer connected.")
        : t("Your camera is no longer connected. %(device)s is used now.", { device: other });
    case "microphone":
      return label === null
        ? t("Your microphone is no longer connected. The others can’t hear you.")
        : t("Your microphone is no longer connected. %(device)s is used now.", { device: other });
    case "speaker":
      return label === null
        ? t("Your speaker is no longer connected.")
        : t("Your speaker is no longer connected. %(device)s is used now.", { device: other });
  }
}

/** The devices chosen on this computer, kept for the next meeting. */
export function chosenDevice(kind: Gear, kept: Shelf = shelf()): string | null {
  return kept.read(`device/${kind}`);
}

export function chooseDevice(kind: Gear, id: string, kept: Shelf = shelf()): void {
  kept.write(`device/${kind}`, id);
}
