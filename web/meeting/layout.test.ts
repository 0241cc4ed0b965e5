// Tiles fill the window, never leave it, and keep the shape of a picture; a broken call is mended for a while.
import { describe, expect, test } from "vitest";
import { GAP, grid } from "./layout.ts";
import { TRIES, waitBefore } from "./reconnect.ts";

const WINDOWS: [string, number, number][] = [
  ["a laptop", 1264, 640],
  ["a wide window", 1900, 500],
  ["a phone", 344, 520],
  ["a phone on its side", 620, 240],
];

describe.each(WINDOWS)("on %s", (_name, width, height) => {
  test.each([1, 2, 3, 4, 5, 7, 9, 12, 16, 25, 49])("%s tiles fit", (count) => {
    const tiles = grid(count, width, height);
    const rows = Math.ceil(count / tiles.columns);
    expect(tiles.width * tiles.columns + GAP * (tiles.columns - 1)).toBeLessThanOrEqual(width);
    expect(tiles.height * rows + GAP * (rows - 1)).toBeLessThanOrEqual(height);
    expect(tiles.width).toBeGreaterThan(20);
    const shape = tiles.width / tiles.height;
    expect(shape).toBeLessThanOrEqual(16 / 9 + 0.1);
    expect(shape).toBeGreaterThanOrEqual(3 / 4 - 0.1);
  });
});

test.each<[number, number, number, number]>([
  [2, 1264, 640, 2],
  [2, 344, 520, 1],
  [4, 1264, 640, 2],
  [6, 1264, 640, 3],
  [12, 1264, 640, 4],
  [6, 344, 520, 2],
])("%s tiles in %s × %s stand in %s columns", (count, width, height, columns) => {
  expect(grid(count, width, height).columns).toBe(columns);
});

test("a window without room has tiles without size", () => {
  expect(grid(3, 0, 0)).toEqual({ columns: 1, width: 0, height: 0 });
});

describe("LiveKit tries", () => {
  test("a few times, ever later, and then leaves it to us", () => {
    const waits = TRIES.map((_, tries) => waitBefore(tries, 0.5));
    expect(waits).toEqual([...TRIES]);
    expect(waitBefore(TRIES.length)).toBeNull();
    const longest = TRIES.map((_, tries) => waitBefore(tries, 1) ?? 0).reduce((sum, wait) => sum + wait, 0);
    expect(longest).toBeLessThanOrEqual(10_000);
  });
});
