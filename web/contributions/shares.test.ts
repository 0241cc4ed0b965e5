// News of the figures is put together, shares are computed, and figures are written and said.
import { afterEach, describe, expect, test } from "vitest";
import type { Contribution, Counted } from "../api/shapes.ts";
import { use } from "../i18n/index.ts";
import { holds, within } from "./choices.ts";
import { merge } from "./merge.ts";
import { percent, rows, shareOf, spoken } from "./shares.ts";
import { aLine, someFigures } from "./some-figures.ts";

afterEach(() => use("en", {}));

/** Whatever space a language puts between a number and its unit. */
const plain = (text: string): string => text.replace(/\s/gu, " ");

const ANN = aLine("ann", { talk: 30 });
const BEN = aLine("ben", { talk: 10 });

describe("news of the figures", () => {
  test.each<[string, Contribution[], Contribution[], [string, number][]]>([
    ["leaves the lines that it does not have", [ANN, BEN], [], [["ann", 30], ["ben", 10]]],
    ["takes the place of the lines that it has", [ANN, BEN], [{ ...ANN, talk: 31 }], [["ann", 31], ["ben", 10]]],
    ["adds who is new, at the end", [BEN], [ANN], [["ben", 10], ["ann", 30]]],
    ["keeps a person who came back under another identity one person", [ANN], [{ ...ANN, identity: "ann2" }], [["ann", 30]]],
  ])("%s", (_what, before, news, after) => {
    const merged = merge(someFigures(before), someFigures(news, { seconds: 61, state: "paused" }));
    expect(merged?.people.map(({ id, talk }) => [id, talk])).toEqual(after);
    expect([merged?.seconds, merged?.state]).toEqual([61, "paused"]);
  });

  test("that nothing is counted any more leaves nothing, and what is counted then is all there is", () => {
    expect(merge(someFigures([ANN]), null)).toBeNull();
    expect(merge(null, someFigures([BEN]))?.people).toEqual([BEN]);
  });
});

describe("rows", () => {
  test.each<[string, Contribution[], [string, number][]]>([
    ["begin with who talked most", [BEN, ANN], [["ann", 0.75], ["ben", 0.25]]],
    ["keep the order of coming among equals", [aLine("y"), aLine("x")], [["y", 0], ["x", 0]]],
    ["of nobody are none", [], []],
  ])("%s", (_what, people, expected) => {
    expect(rows(someFigures(people), null).map(({ line, share }) => [line.id, share])).toEqual(expected);
  });

  test("mark oneself by one’s identity, never by a name", () => {
    const people = [aLine("a", { name: "Ann" }), aLine("b", { name: "Ann" })];
    expect(rows(someFigures(people), "b").map(({ me }) => me)).toEqual([false, true]);
    expect(rows(someFigures(people), null).some(({ me }) => me)).toBe(false);
  });

  test("give one’s own share, or none", () => {
    expect(shareOf(someFigures([ANN, BEN]), "ben")).toBe(0.25);
    expect(shareOf(someFigures([ANN, BEN]), "cy")).toBeNull();
  });
});

test.each<["en" | "fr", number, string]>([
  ["en", 0, "0 seconds"],
  ["en", 1.9, "1 second"],
  ["en", 185, "3 minutes 5 seconds"],
  ["en", 3600, "1 hour"],
  ["en", 3661, "1 hour 1 minute 1 second"],
  ["fr", 125, "2 minutes 5 secondes"],
])("in %s, %s s are said as “%s”", (language, seconds, words) => {
  use(language, {});
  expect(plain(spoken(seconds))).toBe(words);
});

test.each<["en" | "fr", number, string]>([
  ["en", 0.424, "42%"],
  ["en", 0, "0%"],
  ["fr", 1, "100 %"],
])("in %s, %s of the talk is %s", (language, share, words) => {
  use(language, {});
  expect(plain(percent(share))).toBe(words);
});

test.each<[Counted, Counted[], Counted]>([
  ["kept", ["kept", "live", "off"], "kept"],
  ["live", ["live", "off"], "live"],
  ["off", ["off"], "off"],
])("a workspace that allows %s offers %s, and of “kept” holds %s", (allowed, offered, held) => {
  expect(within(allowed)).toEqual(offered);
  expect(holds("kept", allowed)).toBe(held);
  expect(holds("off", allowed)).toBe("off");
});
