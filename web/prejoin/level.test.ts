// How loud a microphone is shown, and when it is called silent.
import { describe, expect, test } from "vitest";
import { follow, HEARD, Hush, HUSH_AFTER, loudness, peak } from "./level.ts";
import { lit } from "./meter.ts";

describe("loudness", () => {
  test("is that of the highest sample, whichever way it points", () => {
    expect(peak([0, 0.1, -0.4, 0.2])).toBe(0.4);
    expect(peak([0, -3])).toBe(1);
    expect(peak([])).toBe(0);
  });

  test.each([
    ["nothing", 0, 0, 0],
    ["the noise of a quiet room", 0.002, 0, 0],
    ["a voice far away", 0.02, 0.42, 2],
    ["a voice", 0.15, 0.78, 4],
    ["a shout", 0.9, 1, 5],
  ])("of %s", (_what, highest, loud, bars) => {
    expect(loudness(highest)).toBeCloseTo(loud, 1);
    expect(lit(loudness(highest))).toBe(bars);
  });

  test("rises at once and falls slowly", () => {
    expect(follow(0.2, 0.9)).toBe(0.9);
    expect(follow(0.9, 0)).toBeCloseTo(0.82);
    expect(follow(0.05, 0)).toBe(0);
  });
});

describe("a microphone", () => {
  const quiet = HEARD / 2;
  test.each<[string, [peak: number, at: number][], boolean]>([
    ["is given time to be heard", [[0, 0], [0, HUSH_AFTER - 1]], false],
    ["that says nothing is silent", [[0, 0], [quiet, HUSH_AFTER]], true],
    ["that speaks at last is not", [[0, 0], [0, HUSH_AFTER + 1], [0.3, HUSH_AFTER + 2]], false],
    ["that was heard once is left in peace", [[0.3, 0], [0, 60], [0, 600]], false],
  ])("%s", (_what, heard, silent) => {
    const hush = new Hush();
    const last = heard.map(([highest, at]) => hush.hear(highest, at)).at(-1);
    expect(last).toBe(silent);
  });
});
