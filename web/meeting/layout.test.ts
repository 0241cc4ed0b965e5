// Tiles fill the window and never leave it; who is large, who beside, who on another page.
import { describe, expect, test } from "vitest";
import { aPerson, crowd, ME } from "./a-person.ts";
import type { Person } from "./call.ts";
import { arrange, type Arranged, capacity, GAP, grid, type View } from "./layout.ts";

const WINDOWS: [string, number, number][] = [
  ["a laptop", 1264, 640],
  ["a wide window", 1900, 500],
  ["a phone", 344, 520],
  ["a phone on its side", 624, 276],
  ["a window beside a panel", 880, 640],
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
  [3, 1264, 640, 2],
  [3, 344, 520, 1],
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

test("a laptop shows 49 people at once, a phone a dozen", () => {
  expect(capacity(1264, 640)).toBe(49);
  expect(capacity(344, 520)).toBeGreaterThanOrEqual(12);
  expect(capacity(624, 276)).toBeGreaterThanOrEqual(8);
  // Six columns of four, although five would show more of each.
  expect(capacity(684, 380)).toBeGreaterThanOrEqual(24);
});

const VIEW: View = { layout: "grid", own: "auto", pinned: null, page: 0, speaker: null };

function places(arranged: Arranged): string {
  return arranged.boxes.map(({ key, place }) => `${key.replace("/camera", "")}:${place}`).join(" ");
}

const ann = (changed: Partial<Person> = {}): Person => aPerson("ann", { since: 5, ...changed });
const ben = (changed: Partial<Person> = {}): Person => aPerson("ben", { since: 6, ...changed });

describe("the page shows", () => {
  test.each<[string, Person[], Partial<View>, string]>([
    ["oneself alone", [ME], {}, "me:tile"],
    ["the other, and oneself in a corner", [ME, ann()], {}, "ann:tile me:corner"],
    ["both alike, for who wants it so", [ME, ann()], { own: "grid" }, "ann:tile me:tile"],
    ["everybody from three on", [ME, ann(), ben()], {}, "ann:tile ben:tile me:tile"],
    ["oneself always in the corner, for who wants it so", [ME, ann(), ben()], { own: "floating" }, "ann:tile ben:tile me:corner"],
    ["others before oneself is known", [ann()], {}, "ann:tile"],
    ["who speaks large", [ME, ann(), ben({ speaking: true })], { layout: "speaker" }, "ben:main ann:side me:side"],
    ["oneself large when alone, whatever the layout", [ME], { layout: "speaker" }, "me:tile"],
    ["who was pinned large, whoever speaks", [ME, ann(), ben({ speaking: true })], { layout: "speaker", pinned: "ann/camera" }, "ann:main ben:side me:side"],
    ["a pin in the grid, too", [ME, ann(), ben()], { pinned: "me/camera" }, "me:main ann:side ben:side"],
    ["nobody large for a pin of somebody who went", [ME, ann(), ben()], { pinned: "cid/camera" }, "ann:tile ben:tile me:tile"],
    ["a shared screen large, with whoever shares beside", [ME, ann({ sharing: 9 })], {}, "ann/screen:main ann:side me:side"],
    ["the newest of several screens large", [ME, ann({ sharing: 9 }), ben({ sharing: 12 })], {}, "ben/screen:main ann/screen:side ann:side ben:side me:side"],
    ["another of several screens, pinned", [ME, ann({ sharing: 9 }), ben({ sharing: 12 })], { pinned: "ann/screen" }, "ann/screen:main ben/screen:side ann:side ben:side me:side"],
    ["a shared screen large, and oneself in its corner, for who wants it so", [ME, ann({ sharing: 9 })], { own: "floating" }, "ann/screen:main ann:side me:corner"],
    ["who speaks large, and oneself in the corner", [ME, ann()], { own: "floating", layout: "speaker" }, "ann:main me:corner"],
    ["oneself large, who was pinned, and not in the corner too", [ME, ann()], { own: "floating", pinned: "me/camera" }, "me:main ann:side"],
    ["never one's own screen", [{ ...ME, sharing: 3 }, ann()], {}, "ann:tile me:corner"],
  ])("%s", (_what, people, view, expected) => {
    expect(places(arrange(people, { ...VIEW, ...view }, 1264, 640))).toBe(expected);
  });

  test("oneself within the edges of the other’s picture, also where that leaves room below", () => {
    const [other, mine] = arrange([ME, ann()], VIEW, 344, 620).boxes;
    expect(other?.height).toBeLessThan(500);
    expect((mine?.top ?? 0) + (mine?.height ?? 0)).toBeLessThan((other?.top ?? 0) + (other?.height ?? 0));
  });

  test("pages when not all fit, oneself on each, and names who speaks elsewhere", () => {
    const people = [ME, ...crowd(60)].map((person) => (person.identity === "p59" ? { ...person, speaking: true } : person));
    const first = arrange(people, VIEW, 1264, 640);
    expect(first.pages).toBe(2);
    expect(first.boxes.at(-1)).toMatchObject({ key: "me/camera", place: "tile" });
    expect(first.elsewhere?.identity).toBe("p59");
    const last = arrange(people, { ...VIEW, page: 9 }, 1264, 640);
    expect(last.page).toBe(1);
    expect(last.elsewhere).toBeNull();
    const shown = [...first.boxes, ...last.boxes].map(({ key }) => key);
    expect(new Set(shown).size).toBe(61);
    expect(shown).toHaveLength(62);
  });

  test("the row beside a large picture in pages, oneself on each", () => {
    const people = [ME, ...crowd(30).map((person, n) => (n === 3 ? { ...person, sharing: 1 } : person))];
    const first = arrange(people, VIEW, 1264, 640);
    expect(first.pages).toBeGreaterThan(3);
    const keys = new Set<string>();
    for (let page = 0; page < first.pages; page += 1) {
      const shown = arrange(people, { ...VIEW, page }, 1264, 640);
      expect(shown.boxes[0]).toMatchObject({ key: "p3/screen", place: "main" });
      expect(shown.boxes.at(-1)?.key).toBe("me/camera");
      for (const { key } of shown.boxes) keys.add(key);
    }
    expect(keys.size).toBe(32);
  });
});

test.each<[string, Person[], string | null, string | null]>([
  ["who speaks", [ann(), ben({ speaking: true, spoke: 3 })], null, "ben"],
  ["who has the word, while another says a word", [ann({ speaking: true, spoke: 9 }), ben({ speaking: true, spoke: 3 })], "ben", "ben"],
  ["another, as soon as the first is silent", [ann({ speaking: true, spoke: 9 }), ben({ spoke: 3 })], "ben", "ann"],
  ["who spoke last, while nobody does", [ann({ spoke: 9 }), ben({ spoke: 3 })], "ben", "ben"],
  ["somebody, before anybody spoke", [ann(), ben()], null, "ann"],
  ["not oneself", [{ ...ME, speaking: true }, ann()], null, "ann"],
  ["nobody, where nobody is", [ME], null, null],
])("the speaker is %s", (_who, people, before, expected) => {
  expect(arrange(people, { ...VIEW, speaker: before }, 1264, 640).speaker).toBe(expected);
});

describe.each(WINDOWS)("on %s every box is on the page", (_name, width, height) => {
  const SHARED = [ME, ...crowd(11).map((person, n) => (n === 0 ? { ...person, sharing: 5 } : person))];
  test.each<[string, Person[], Partial<View>]>([
    ["alone", [ME], {}],
    ["two", [ME, ...crowd(1)], {}],
    ["twelve", [ME, ...crowd(11)], {}],
    ["two hundred", [ME, ...crowd(199)], { page: 2 }],
    ["a shared screen", SHARED, {}],
    ["a speaker", [ME, ...crowd(5)], { layout: "speaker" }],
    ["a speaker, oneself in the corner", [ME, ...crowd(30)], { layout: "speaker", own: "floating" }],
    ["a speaker and oneself", [ME, ...crowd(1)], { layout: "speaker" }],
  ])("%s", (_what, people, view) => {
    const { boxes } = arrange(people, { ...VIEW, ...view }, width, height);
    for (const box of boxes) {
      expect(box.left).toBeGreaterThanOrEqual(0);
      expect(box.top).toBeGreaterThanOrEqual(0);
      expect(box.left + box.width).toBeLessThanOrEqual(width + 1);
      expect(box.top + box.height).toBeLessThanOrEqual(height + 1);
      expect(Math.min(box.width, box.height)).toBeGreaterThan(50);
    }
    // What does not float covers nobody.
    const standing = boxes.filter(({ place }) => place !== "corner");
    for (const [n, a] of standing.entries()) {
      for (const b of standing.slice(n + 1)) {
        const apart = a.left + a.width <= b.left || b.left + b.width <= a.left || a.top + a.height <= b.top || b.top + b.height <= a.top;
        expect(apart, `${a.key} and ${b.key}`).toBe(true);
      }
    }
  });
});
