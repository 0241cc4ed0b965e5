import { beforeEach, expect, test } from "vitest";
import { aStanding } from "./a-room.ts";
import { offOnArrival } from "./arrival.ts";

beforeEach(() => sessionStorage.clear());

test.each([
  ["nothing, as a rule", aStanding(), []],
  ["what the set-up says", aStanding({ microphone_off: true }), ["microphone"]],
  ["what is kept off", aStanding({}, { camera: false }), ["camera"]],
])("off for whoever comes: %s", (_what, standing, off) => {
  expect(offOnArrival("m1", standing, sessionStorage)).toEqual(off);
});

test("whoever comes back to the same meeting comes as they were, and never with what is kept off", () => {
  offOnArrival("m1", aStanding(), sessionStorage);
  expect(offOnArrival("m1", aStanding({ microphone_off: true }), sessionStorage)).toEqual([]);
  expect(offOnArrival("m1", aStanding({}, { microphone: false }), sessionStorage)).toEqual(["microphone"]);
  expect(offOnArrival("m2", aStanding({ microphone_off: true }), sessionStorage)).toEqual(["microphone"]);
});
