// How long somebody has waited, by the server's clock.
import { afterEach, describe, expect, test } from "vitest";
import { hearTime, learn, secondsSince } from "./clock.ts";

const SINCE = "2026-03-09T14:00:00.000Z";
const AT = Date.parse("2026-03-09T14:00:42.500Z");

afterEach(() => learn(0));

describe("the time since a moment", () => {
  test.each([
    ["on a device whose clock is right", AT, 42],
    ["on one that is an hour late", AT - 3_600_000, 42],
    ["on one that is a year ahead", AT + 31_536_000_000, 42],
  ])("%s", (_what, device, seconds) => {
    hearTime(new Response(null, { headers: { Date: "Mon, 09 Mar 2026 14:00:42 GMT" } }), device);
    expect(secondsSince(SINCE, device)).toBe(seconds);
  });

  test("is never less than none", () => {
    expect(secondsSince(SINCE, AT - 3_600_000)).toBe(0);
  });

  test("is the device's where an answer names no time", () => {
    hearTime(new Response(null), AT - 3_600_000);
    expect(secondsSince(SINCE, AT)).toBe(42);
  });
});
