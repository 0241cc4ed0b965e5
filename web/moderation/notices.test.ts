import { describe, expect, test } from "vitest";
import type { DoneToMe, Rights, Setup, TurnedAway } from "../api/shapes.ts";
import { aStanding } from "./a-room.ts";
import { drop, type Note, ofChange, ofCounting, ofNotice, put, settled } from "./notices.ts";

const GUEST = { name: "Nora", moderator: false };
const MODERATOR = { name: "Colin", moderator: true };

describe("what was done to somebody is told, by whom, and what they can do now", () => {
  test.each<[DoneToMe["kind"], DoneToMe["source"], string | null]>([
    ["off", "microphone", "Olga turned off your microphone. You can turn it on again."],
    ["off", "camera", "Olga turned off your camera. You can turn it on again."],
    ["off", "screen_share", "Olga stopped your screen share. You can share again."],
    ["kept-off", "microphone", "Olga keeps your microphone off. Raise your hand to speak."],
    ["allowed", "microphone", "Olga lets you turn your microphone on again."],
    ["asked", "microphone", "Olga asks you to unmute."],
    ["asked", "camera", "Olga asks you to turn your camera on."],
    ["removed", null, null],
  ])("%s %s", (kind, source, text) => {
    const note = ofNotice({ kind, by: "Olga", source }, aStanding(), null);
    expect(note?.text ?? null).toBe(text);
    expect(note?.question ?? null).toBe(kind === "asked" ? source : null);
  });

  test("kept off with everybody is told as that", () => {
    const note = ofNotice({ kind: "kept-off", by: "Olga", source: "microphone" }, aStanding({ microphone: "moderators" }), null);
    expect(note?.text).toBe("Olga keeps microphones off. Raise your hand to speak.");
  });
});

describe("a change in the room", () => {
  test.each<[string, Partial<Setup>, Partial<Rights>, Partial<Setup>, Partial<Rights>, typeof GUEST, string[]]>([
    [
      "that keeps a guest off",
      {}, {}, { version: 2, microphone: "moderators" }, { microphone: false }, GUEST,
      ["Olga keeps microphones off. Raise your hand to speak."],
    ],
    [
      "that gives the right back",
      { chat: "moderators" }, { chat: false }, { version: 2 }, {}, GUEST,
      ["Olga lets you write in the chat again."],
    ],
    ["that a guest need not know", {}, {}, { version: 2, locked: true }, {}, GUEST, []],
    ["by another moderator", {}, {}, { version: 2, locked: true }, {}, MODERATOR, ["Olga locked the room."]],
    ["by another moderator, of the media", {}, {}, { version: 2, camera: "moderators" }, {}, MODERATOR, ["Olga keeps visitors’ cameras off."]],
    ["by another moderator, of something small", {}, {}, { version: 2, subject: "x" }, {}, MODERATOR, ["Olga changed the room set-up."]],
    [
      "in what is kept of contributions",
      {}, {}, { version: 2, contributions: "live" }, {}, GUEST,
      ["Olga set that contributions are only shown during the meeting, and not kept."],
    ],
    [
      "in what is kept of contributions, to a moderator once",
      { contributions: "live" }, {}, { version: 2 }, {}, MODERATOR,
      ["Olga set that contributions are kept after the meeting."],
    ],
    ["that has nothing counted, which the figures tell", {}, {}, { version: 2, contributions: "off" }, {}, MODERATOR, []],
    ["of one’s own", {}, {}, { version: 2, locked: true }, {}, { name: "Olga", moderator: true }, []],
  ])("%s", (_what, setup, rights, after, rightsAfter, me, texts) => {
    const notes = ofChange(aStanding(after, rightsAfter), aStanding(setup, rights), "Olga", me);
    expect(notes.map(({ text }) => text)).toEqual(texts);
  });

  test("a meeting’s first word is no news; what changed while the page slept is, without a name", () => {
    expect(ofChange(aStanding({}, { microphone: false }), null, null, GUEST)).toEqual([]);
    const slept = ofChange(aStanding({ microphone: "moderators" }, { microphone: false }), aStanding(), null, GUEST);
    expect(slept.map(({ text }) => text)).toEqual(["Microphones are kept off. Raise your hand to speak."]);
  });
});

describe("contributions that are counted, or not any more", () => {
  test.each<[string, boolean, boolean | null, string | null, string | null]>([
    ["off", false, true, "Olga", "Olga turned contributions off: they are not counted any more."],
    ["off by nobody who is here", false, true, null, "Contributions are not counted any more."],
    ["on", true, false, "Olga", "Olga turned contributions on: they are counted now, and everybody here sees them."],
    ["on by nobody who is here", true, false, null, "Contributions are counted now: everybody here sees them."],
    ["a first word", false, null, null, null],
    ["a second further", true, true, null, null],
    ["one’s own", false, true, "Nora", null],
  ])("%s", (_what, counts, before, by, text) => {
    expect(ofCounting(counts, before, by, GUEST)?.text ?? null).toBe(text);
  });
});

describe("moderators are told of those who were turned away", () => {
  const away = (locked: number, full: number): TurnedAway => ({ kind: "turned-away", locked, full, plan: "standard", seats: 12 });

  test.each<[string, TurnedAway, number | null, Partial<Setup>, string | null]>([
    ["not of those before the page came", away(3, 0), null, {}, null],
    ["of one more", away(1, 0), 0, {}, "One person was turned away because the room is locked."],
    ["with the plan where it was full", away(0, 2), 1, {}, "2 people were turned away because the meeting is full. The plan standard gives it 12 seats."],
    ["with the set-up where that is the limit", away(0, 2), 1, { seats: 6 }, "2 people were turned away because the meeting is full. The room set-up gives it 6 seats."],
  ])("%s", (_what, notice, before, setup, text) => {
    expect(ofNotice(notice, aStanding(setup), before)?.text ?? null).toBe(text);
  });
});

describe("notes", () => {
  const note = (about: string, text: string, question: Note["question"] = null): Note => ({ about, text, question });

  test("a later one about the same takes the earlier one’s place", () => {
    const notes = put(put(put([], note("microphone", "1")), note("camera", "2")), note("microphone", "3"));
    expect(notes.map(({ text }) => text)).toEqual(["2", "3"]);
    expect(drop(notes, "camera").map(({ text }) => text)).toEqual(["3"]);
  });

  test.each([
    ["stays while it is off and allowed", false, true, 1],
    ["is settled when it is on", true, true, 0],
    ["is settled when it may not be turned on any more", false, false, 0],
  ])("a question %s", (_what, on, may, left) => {
    expect(settled([note("microphone", "?", "microphone")], () => on, () => may)).toHaveLength(left);
  });
});
