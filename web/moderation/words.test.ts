import { expect, test } from "vitest";
import { aSetup, aStanding } from "./a-room.ts";
import { afterRemoval, whatIsOff, whyOff } from "./words.ts";

test.each<[string, ReturnType<typeof aStanding>, string | null]>([
  ["nothing", aStanding(), null],
  [
    "microphones, by name",
    aStanding({ microphone: "moderators", changed_by: { microphone: "Olga" } }, { microphone: false }),
    "Olga keeps microphones off. Raise your hand to speak.",
  ],
  ["one’s own microphone", aStanding({}, { microphone: false }), "Your microphone is kept off. Raise your hand to speak."],
  ["the chat", aStanding({ chat: "moderators", changed_by: { chat: "Olga" } }, { chat: false }), "Olga lets only moderators write in the chat."],
  [
    "several things",
    aStanding({}, { microphone: false, camera: false }),
    "Kept off for you: microphone and camera. Raise your hand to speak.",
  ],
])("a guest’s page says that it is off: %s", (_what, standing, text) => {
  expect(whatIsOff(standing)).toBe(text);
});

test.each<[string, ReturnType<typeof aStanding>, string]>([
  ["microphones", aStanding({ microphone: "moderators", changed_by: { microphone: "Olga" } }, { microphone: false }), "Olga keeps microphones off."],
  ["several things", aStanding({}, { microphone: false, camera: false }), "Kept off for you: microphone and camera."],
])("who has raised a hand is not told to raise it: %s", (_what, standing, text) => {
  expect(whatIsOff(standing, true)).toBe(text);
});

test("somebody with an exception is told nothing of what is kept off for others", () => {
  expect(whyOff("microphone", aStanding({ microphone: "moderators" }))).toBeNull();
});

test.each([
  ["a visitor", true, "walk-in", "Nora may ask to join again, like anybody."],
  ["a member", false, "walk-in", "Nora is a member here and may enter again at any time."],
  ["a member where members knock", false, "knock", "Nora may ask to join again, like anybody."],
] as const)("before %s is removed, it is said that they may come back", (_who, visitor, colleagues, text) => {
  expect(afterRemoval("Nora", visitor, aSetup({ colleagues }))).toBe(text);
});
