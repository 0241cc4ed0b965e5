// Who comes for the first time comes as the set-up says, who comes back as they were.
import { expect, test } from "vitest";
import { aStanding } from "./a-room.ts";
import { offOnArrival } from "./arrival.ts";

test.each([
  ["nothing, as a rule", aStanding(), []],
  ["what the set-up says", aStanding({ microphone_off: true }), ["microphone"]],
  ["what is kept off", aStanding({}, { camera: false }), ["camera"]],
])("off for whoever comes: %s", (_what, standing, off) => {
  expect(offOnArrival("m1", standing, null)).toEqual(off);
});

test("whoever comes back to the same meeting comes as they were, and never with what is kept off", () => {
  const stood = { meeting: "m1", microphone: true };
  expect(offOnArrival("m1", aStanding({ microphone_off: true }), stood)).toEqual([]);
  expect(offOnArrival("m1", aStanding({}, { microphone: false }), stood)).toEqual(["microphone"]);
  expect(offOnArrival("m2", aStanding({ microphone_off: true }), stood)).toEqual(["microphone"]);
});
