// Which keys belong to a character that is being composed, and not to the page.
import { expect, test } from "vitest";
import { composes } from "./panel.ts";

test.each<[string, KeyboardEventInit, boolean]>([
  ["pressed alone", { key: "Enter", keyCode: 13 }, false],
  ["while a character is composed", { key: "Enter", keyCode: 13, isComposing: true }, true],
  ["that ends a character, in Safari", { key: "Enter", keyCode: 229 }, true],
])("Enter %s", (_how, init, expected) => {
  expect(composes(new KeyboardEvent("keydown", init))).toBe(expected);
});
