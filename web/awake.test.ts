// The screen stays on while it is wanted, also after one looked elsewhere and came back.
import { expect, test, vi } from "vitest";
import { Awake } from "./awake.ts";

class Lock extends EventTarget {
  readonly release = vi.fn(() => {
    this.dispatchEvent(new Event("release"));
    return Promise.resolve();
  });
}

const settle = (): Promise<void> => new Promise((done) => setTimeout(done));

test("it is kept awake, anew after the browser let go, and let go at the end", async () => {
  const locks: Lock[] = [];
  const request = vi.fn(() => Promise.resolve((locks[locks.length] = new Lock())));
  const awake = new Awake({ request });
  awake.keep(true);
  awake.keep(true);
  await settle();
  expect(request).toHaveBeenCalledTimes(1);
  void locks[0]?.release();
  document.dispatchEvent(new Event("visibilitychange"));
  await settle();
  expect(request).toHaveBeenCalledTimes(2);
  awake.keep(false);
  expect(locks[1]?.release).toHaveBeenCalled();
  document.dispatchEvent(new Event("visibilitychange"));
  await settle();
  expect(request).toHaveBeenCalledTimes(2);
});

test("a browser that cannot or will not is no fault", async () => {
  new Awake(undefined).keep(true);
  new Awake({ request: () => Promise.reject(new Error("low battery")) }).keep(true);
  await settle();
});
