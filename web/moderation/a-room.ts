// For tests: a room's set-up, how it stands, and somebody in it.
import type { Rights, Setup } from "../api/shapes.ts";
import type { Standing } from "../meeting/news.ts";
import type { Someone } from "./offers.ts";

export const EVERYTHING: Rights = { microphone: true, camera: true, screen_share: true, chat: true };

export function aSetup(changed: Partial<Setup> = {}): Setup {
  return {
    version: 1,
    subject: "",
    waiting_message: "",
    microphone_off: false,
    camera_off: false,
    microphone: "everyone",
    camera: "everyone",
    screen_share: "everyone",
    chat: "everyone",
    locked: false,
    admitters: "owner",
    colleagues: "walk-in",
    seats: 12,
    contributions: "kept",
    ...changed,
  };
}

export function aStanding(setup: Partial<Setup> = {}, rights: Partial<Rights> = {}): Standing {
  return { setup: aSetup(setup), rights: { ...EVERYTHING, ...rights }, hands: [] };
}

const ALL_ON = { microphone: true, camera: true, screen_share: false };
const MAY = { microphone: true, camera: true, screen_share: true };

/** A visitor with microphone and camera on. */
export function someone(changed: Partial<Someone> = {}): Someone {
  return { identity: "nora", name: "Nora", me: false, owner: false, visitor: true, on: ALL_ON, may: MAY, hand: false, ...changed };
}
