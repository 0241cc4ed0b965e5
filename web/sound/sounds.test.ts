// The sounds: what is played, and that silence is admitted.
import { afterEach, beforeEach, expect, test, vi } from "vitest";

let allowed: boolean;
let slowness: number;
let started: [number, number][];

class Param {
  value = 0;
  setValueAtTime(): void {}
  linearRampToValueAtTime(): void {}
  exponentialRampToValueAtTime(): void {}
}
class Node {
  connect<T>(next: T): T {
    return next;
  }
}

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
  started = [];
  slowness = 0;
  vi.stubGlobal("AudioContext", class {
    state = "suspended";
    currentTime = 10;
    destination = new Node();
    resume(): Promise<void> {
      if (!allowed) return new Promise(() => undefined);
      return new Promise((started) =>
        setTimeout(() => {
          this.state = "running";
          started();
        }, slowness),
      );
    }
  });
  vi.stubGlobal("GainNode", class extends Node {
    gain = new Param();
  });
  vi.stubGlobal("OscillatorNode", class extends Node {
    frequency = new Param();
    readonly #hertz: number;
    constructor(_context: unknown, { frequency }: { frequency: number }) {
      super();
      this.#hertz = frequency;
    }
    start(at: number): void {
      started.push([this.#hertz, at]);
    }
    stop(): void {}
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a knock is two notes, being let in is one", async () => {
  allowed = true;
  const { KNOCK, LET_IN, play } = await import("./sounds.ts");
  const played = play(KNOCK);
  await vi.advanceTimersByTimeAsync(0);
  expect(await played).toBe(true);
  expect(started).toEqual([[659.26, 10], [523.25, 10.22]]);
  expect(await play(LET_IN)).toBe(true);
  expect(started).toHaveLength(3);
});

test("a page that may not sound says so and does not wait for ever", async () => {
  allowed = false;
  const { KNOCK, play } = await import("./sounds.ts");
  const played = play(KNOCK);
  await vi.advanceTimersByTimeAsync(250);
  expect(await played).toBe(false);
  expect(started).toEqual([]);
});

test("a page that was pressed on waits for a slow machine's sound", async () => {
  allowed = true;
  slowness = 2_000;
  vi.stubGlobal("navigator", { userActivation: { hasBeenActive: true } });
  const { KNOCK, play } = await import("./sounds.ts");
  const played = play(KNOCK);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await played).toBe(true);
  expect(started).toHaveLength(2);
});

test("a browser without sound is a silent one", async () => {
  vi.stubGlobal("AudioContext", undefined);
  const { KNOCK, play } = await import("./sounds.ts");
  expect(await play(KNOCK)).toBe(false);
});
