import { describe, expect, test } from "vitest";
import type { Outcome } from "../api/shapes.ts";
import { EVERYONE, type Press } from "./offers.ts";
import { tell } from "./report.ts";

const NAMES: Record<string, string> = { nora: "Nora", max: "Max", li: "Li" };
const nameOf = (identity: string): string | null => NAMES[identity] ?? null;
const became = (results: Record<string, Outcome["result"]>): Outcome[] =>
  Object.entries(results).map(([identity, result]) => ({ identity, result }));

const ONCE: Press = { do: "off", source: "microphone", who: EVERYONE, keep: false };
const KEPT: Press = { ...ONCE, keep: true };
const ALLOW: Press = { do: "allow", source: "microphone", who: EVERYONE };

describe("what became of a press", () => {
  test.each<[string, Press, Record<string, Outcome["result"]>, string, string[]]>([
    ["off once", ONCE, { nora: "done", max: "done", li: "already" }, "2 microphones were turned off.", ["Ask them to unmute"]],
    ["off once for one who was on", ONCE, { nora: "done" }, "One microphone was turned off.", ["Ask them to unmute"]],
    ["off where none was on", ONCE, { nora: "already", max: "left" }, "No other microphone was on.", []],
    ["kept off", KEPT, { nora: "done" }, "Microphones are kept off now, also for whoever comes later.", ["Allow again"]],
    ["allowed", ALLOW, { nora: "done" }, "Everybody may turn their microphone on again. Nobody’s was turned on.", []],
    ["a share, which nobody is asked for", { ...ONCE, source: "screen_share" }, { nora: "done" }, "One screen share was stopped.", []],
    ["one person", { ...ONCE, who: "nora" }, { nora: "done" }, "Nora’s microphone is off.", ["Ask them to unmute"]],
    ["one person kept off", { ...KEPT, who: "nora" }, { nora: "done" }, "Nora’s microphone is kept off.", ["Allow again"]],
    ["one person who is not connected", { ...ONCE, who: "nora" }, { nora: "left" }, "Nora is not connected now.", []],
    ["one person for whom it failed", { ...ONCE, who: "nora" }, { nora: "failed" }, "It did not work for Nora.", ["Try again"]],
    ["some for whom it failed", ONCE, { nora: "done", max: "failed" }, "One microphone was turned off. It did not work for Max.", ["Try again", "Ask them to unmute"]],
    ["a question", { do: "ask", source: "microphone", who: "nora" }, { nora: "done" }, "Nora has been asked.", []],
  ])("%s", (_what, press, results, text, next) => {
    const told = tell({ press, outcomes: became(results), refused: null }, nameOf);
    expect([told.text, told.next.map(({ label }) => label)]).toEqual([text, next]);
    expect(told.failed).toBe(Object.values(results).includes("failed"));
  });

  test("names that are not known, or are many, are a number", () => {
    const told = (results: Record<string, Outcome["result"]>): string =>
      tell({ press: ALLOW, outcomes: became(results), refused: null }, nameOf).text;
    expect(told({ somebody: "failed" })).toContain("It did not work for one person.");
    expect(told({ nora: "failed", max: "failed", li: "failed" })).toContain("It did not work for Nora, Max, and Li.");
  });

  test("tries again for those for whom it failed, and only them", () => {
    const { next } = tell({ press: KEPT, outcomes: became({ nora: "failed", max: "done", li: "failed" }), refused: null }, nameOf);
    expect(next[0]?.presses).toEqual([{ ...KEPT, who: "nora" }, { ...KEPT, who: "li" }]);
  });

  test("asks those who were turned off, and nobody else", () => {
    const { next } = tell({ press: ONCE, outcomes: became({ nora: "done", max: "already" }), refused: null }, nameOf);
    expect(next[0]?.presses).toEqual([{ do: "ask", source: "microphone", who: "nora" }]);
  });

  test("what was refused as a whole is said in the server’s words, and can be tried again", () => {
    const told = tell({ press: { do: "end" }, outcomes: [], refused: "This is not yours to change." }, nameOf);
    expect(told).toEqual({
      text: "This is not yours to change.",
      failed: true,
      next: [{ label: "Try again", presses: [{ do: "end" }] }],
    });
  });
});
