import { expect, test } from "vitest";
import { beside } from "./float.ts";

const WINDOW = { width: 1000, height: 800 };

test.each([
  ["above the bar’s button", { left: 600, right: 652, top: 730, bottom: 782 }, { left: 526, top: 322 }],
  ["below a tile’s button", { left: 500, right: 540, top: 20, bottom: 60 }, { left: 420, top: 68 }],
  ["inside the window at its right edge", { left: 950, right: 990, top: 20, bottom: 60 }, { left: 792, top: 68 }],
  ["inside the window at its left edge", { left: 0, right: 40, top: 20, bottom: 60 }, { left: 8, top: 68 }],
])("a panel opens %s", (_where, button, place) => {
  expect(beside(button, 200, 400, WINDOW)).toEqual(place);
});
