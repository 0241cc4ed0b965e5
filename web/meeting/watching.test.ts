// Only what is seen is fetched, and for a moment what was.
import { expect, test } from "vitest";
import { aPerson, crowd, ME } from "./a-person.ts";
import { arrange } from "./layout.ts";
import { LINGERS_MS, seen, watching } from "./watching.ts";

const VIEW = { layout: "grid", own: "auto", pinned: null, page: 0, speaker: null } as const;

test("of two hundred people a page is fetched, and nobody whose camera is off", () => {
  const people = [ME, ...crowd(199).map((person, n) => ({ ...person, camera: n !== 3 }))];
  const { boxes } = arrange(people, VIEW, 1264, 640);
  const keys = seen(boxes, false);
  expect(keys.size).toBe(boxes.length - 2);
  expect(keys.has("p3/camera")).toBe(false);
  expect(keys.has("me/camera")).toBe(false);
});

test("audio only fetches shared screens and no cameras", () => {
  const { boxes } = arrange([ME, aPerson("a", { sharing: 1 }), aPerson("b")], VIEW, 1264, 640);
  expect([...seen(boxes, true)]).toEqual(["a/screen"]);
});

test.each<[string, [string, number | null][], string[], number, [string, number | null][]]>([
  ["what is seen is fetched", [], ["a"], 0, [["a", null]]],
  ["what was seen lingers", [["a", null]], ["b"], 1000, [["b", null], ["a", 1000]]],
  ["what is seen again did not leave", [["a", 500]], ["a"], 1000, [["a", null]]],
  ["what nobody looks at any more is let go", [["a", 1000]], [], 1000 + LINGERS_MS, []],
  ["but not before", [["a", 1000]], [], 999 + LINGERS_MS, [["a", 1000]]],
])("%s", (_rule, before, now, at, after) => {
  expect([...watching(new Map(before), new Set(now), at)]).toEqual(after);
});
