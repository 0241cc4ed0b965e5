// Several things can be told at once, and none of them hides another.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { NOTE_MS, type Note, StageNotes } from "./notes.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const told = (...notes: Note[]): StageNotes => {
  const all = new StageNotes(() => undefined);
  for (const note of notes) all.say(note);
  return all;
};
const texts = (notes: StageNotes): string[] => notes.all.map(({ text }) => text);

const MICROPHONE: Note = { about: "gone microphone", text: "The others can’t hear you." };
const SPEAKER: Note = { about: "gone speaker", text: "Your speaker is no longer connected." };
const TAKEN: Note = { about: "taken microphone", text: "Your phone took the microphone.", stays: true };

test("what is about different things is read together, the latest of each", () => {
  const notes = told(MICROPHONE, SPEAKER, { ...MICROPHONE, text: "Another one is used now." });
  expect(texts(notes)).toEqual([SPEAKER.text, "Another one is used now."]);
});

test("a note goes after its time, and one that stays does not, whatever else was told", () => {
  const notes = told(TAKEN, MICROPHONE);
  vi.advanceTimersByTime(NOTE_MS);
  expect(texts(notes)).toEqual([TAKEN.text]);
  notes.drop("gone microphone");
  notes.drop("taken microphone");
  expect(texts(notes)).toEqual([]);
});

test("told anew, its time begins anew; once it stays, it stays", () => {
  const notes = told(MICROPHONE);
  vi.advanceTimersByTime(NOTE_MS - 1);
  notes.say(MICROPHONE);
  vi.advanceTimersByTime(NOTE_MS - 1);
  expect(texts(notes)).toEqual([MICROPHONE.text]);
  notes.say({ ...MICROPHONE, stays: true });
  vi.advanceTimersByTime(NOTE_MS);
  expect(texts(notes)).toEqual([MICROPHONE.text]);
});
