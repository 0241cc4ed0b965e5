// A broken call is mended for a while.
import { expect, test } from "vitest";
import { TRIES, waitBefore } from "./reconnect.ts";

test("LiveKit tries a few times, ever later, and then leaves it to us", () => {
  const waits = TRIES.map((_, tries) => waitBefore(tries, 0.5));
  expect(waits).toEqual([...TRIES]);
  expect(waitBefore(TRIES.length)).toBeNull();
  const longest = TRIES.map((_, tries) => waitBefore(tries, 1) ?? 0).reduce((sum, wait) => sum + wait, 0);
  expect(longest).toBeLessThanOrEqual(10_000);
});
