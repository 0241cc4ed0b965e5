// The tab's title, with and without people waiting.
import { expect, test } from "vitest";
import { titled } from "./title.ts";

test.each([
  ["Preferences", 0, "Preferences"],
  ["Preferences", 2, "(2) Preferences"],
  ["(2) Preferences", 3, "(3) Preferences"],
  ["(2) Preferences", 0, "Preferences"],
  ["(Draft) Notes", 1, "(1) (Draft) Notes"],
])("%s with %i waiting is %s", (title, waiting, shown) => {
  expect(titled(title, waiting)).toBe(shown);
});
