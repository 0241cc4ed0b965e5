// What this browser's person wants to hear.
import { afterEach, expect, test, vi } from "vitest";
import { type Choice, choose, chosen } from "./choices.ts";

afterEach(() => localStorage.clear());

test.each([
  ["knock", true],
  ["let-in", true],
  ["notifications", false],
] as [Choice, boolean][])("%s is %s until it is chosen", (choice, on) => {
  expect(chosen(choice)).toBe(on);
  choose(choice, !on);
  expect(chosen(choice)).toBe(!on);
});

test("where the browser keeps nothing the defaults hold", () => {
  vi.spyOn(Storage.prototype, "getItem").mockImplementation(() => {
    throw new DOMException("denied", "SecurityError");
  });
  expect(chosen("knock")).toBe(true);
});
