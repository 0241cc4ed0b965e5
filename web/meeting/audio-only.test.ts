// Audio only is remembered for its meeting, with what the camera was before.
import { beforeEach, expect, test } from "vitest";
import { type AudioOnly, keepAudioOnly, recallAudioOnly } from "./audio-only.ts";

beforeEach(() => sessionStorage.clear());

test.each<[string, AudioOnly | null, string, AudioOnly | null]>([
  ["in its meeting", { camera: false }, "m1", { camera: false }],
  ["with the camera that was on", { camera: true }, "m1", { camera: true }],
  ["not in another meeting", { camera: true }, "m2", null],
  ["not once it is over", null, "m1", null],
])("it is remembered %s", (_how, chosen, meeting, expected) => {
  keepAudioOnly("m1", { camera: true });
  keepAudioOnly("m1", chosen);
  expect(recallAudioOnly(meeting)).toEqual(expected);
});
