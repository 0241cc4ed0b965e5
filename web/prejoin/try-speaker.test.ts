// The two notes as a sound file.
import { expect, test } from "vitest";
import { wave } from "./try-speaker.ts";

const NOTES = [
  { from: 440, to: 440, at: 0, lasts: 0.2, loud: 0.2 },
  { from: 330, to: 330, at: 0.3, lasts: 0.2, loud: 0.2 },
];

test("the file says what it is and how long", () => {
  const bytes = wave(NOTES, 1000);
  const view = new DataView(bytes.buffer);
  expect(new TextDecoder().decode(bytes.subarray(0, 16))).toMatch(/^RIFF....WAVEfmt /s);
  expect(view.getUint32(24, true)).toBe(1000);
  expect(view.getUint32(40, true)).toBe(bytes.length - 44);
  expect(bytes.length).toBe(44 + 500 * 2);
});

test("it sounds where a note is, is still between them, and never clips", () => {
  const view = new DataView(wave(NOTES, 1000).buffer);
  const loudest = (from: number, to: number): number =>
    Math.max(...Array.from({ length: to - from }, (_, at) => Math.abs(view.getInt16(44 + (from + at) * 2, true))));
  expect(loudest(0, 200)).toBeGreaterThan(3_000);
  expect(loudest(201, 299)).toBe(0);
  expect(loudest(300, 500)).toBeGreaterThan(3_000);
  expect(loudest(0, 500)).toBeLessThan(32_767);
});
