import { describe, expect, test, vi } from "vitest";
import { Stalled, type Transport } from "./stalled.ts";

class Way extends EventTarget implements Transport {
  state = "connected";

  becomes(state: string): void {
    this.state = state;
    this.dispatchEvent(new Event("statechange"));
  }
}

function over(iceTransport: Way): { transport: { iceTransport: Way } } {
  return { transport: { iceTransport } };
}

describe("whether anything comes through", () => {
  test.each([
    [["connected"], false],
    [["disconnected"], true],
    [["disconnected", "connected"], false],
    [["disconnected", "completed"], false],
    [["disconnected", "failed"], false], // LiveKit has given it up, and makes another
    [["disconnected", "closed"], false],
  ])("a way that becomes %j", (states, stalled) => {
    const way = new Way();
    const line = new Stalled(() => undefined);
    line.follow(over(way));
    for (const state of states) way.becomes(state);
    expect(line.now).toBe(stalled);
  });

  test("one of two ways is enough, and each change is told once", () => {
    const [up, down] = [new Way(), new Way()];
    const changed = vi.fn();
    const line = new Stalled(changed);
    for (const way of [up, down, up]) line.follow(over(way));
    up.becomes("disconnected");
    down.becomes("disconnected");
    up.becomes("connected");
    expect([line.now, changed.mock.calls.length]).toEqual([true, 1]);
    down.becomes("connected");
    expect([line.now, changed.mock.calls.length]).toEqual([false, 2]);
  });

  test("a browser that does not tell of its ways, or a line that is let go, says nothing", () => {
    const changed = vi.fn();
    const line = new Stalled(changed);
    line.follow(undefined);
    line.follow({ transport: null });
    const way = new Way();
    line.follow(over(way));
    line.close();
    way.becomes("disconnected");
    expect([line.now, changed.mock.calls.length]).toEqual([false, 0]);
  });
});
