// Which names and messages are taken at the door: the same as the server takes.
import { describe, expect, test } from "vitest";
import { messageAdvice, messageFault, nameAdvice, nameFault, refusal } from "./words.ts";

describe("a name", () => {
  test.each([
    ["Nora", null],
    ["  Nora  ", null],
    ["李小龍", null],
    ["\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", null],
    ["👩‍🚀", null],
    ["x".repeat(80), null],
    ["😀".repeat(80), null],
    ["", "empty"],
    ["   ", "empty"],
    ["\u3164\u2800", "empty"],
    ["\u200d", "empty"],
    ["x".repeat(81), "too-long"],
    ["😀".repeat(81), "too-long"],
    ["No\u0000ra", "characters"],
    ["No\nra", "characters"],
    ["\u202eNora", "characters"],
    ["No\u2066ra", "characters"],
    ["No\u200bra", "characters"],
    ["No\ud800", "characters"],
    ["No\u2028ra", "characters"],
  ])("%j is %s", (text, fault) => {
    expect(nameFault(text)).toBe(fault);
  });

  test.each(["empty", "too-long", "characters"] as const)("that is %s is told what to do", (fault) => {
    expect(nameAdvice(fault)).toMatch(/^Please .*\.$/);
  });
});

describe("a message", () => {
  test.each([
    ["", null],
    ["I am early.\nBlue coat.", null],
    ["I am early.\r\nBlue coat.", null],
    ["x".repeat(500), null],
    ["x".repeat(501), "too-long"],
    ["a\u202eb", "characters"],
  ])("%j is %s", (text, fault) => {
    expect(messageFault(text)).toBe(fault);
  });

  test.each(["too-long", "characters"] as const)("that is %s is told what to do", (fault) => {
    expect(messageAdvice(fault)).toMatch(/^Please .*\.$/);
  });
});

test("what the server says of a field stands beside that field", () => {
  const errors = [{ field: "name", reason: "Please use letters." }];
  expect(refusal(errors, "name")).toBe("Please use letters.");
  expect(refusal(errors, "message")).toBeNull();
});
