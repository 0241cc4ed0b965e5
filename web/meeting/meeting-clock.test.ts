// The clock ticks with each second while it is on the page.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { define, type MeetingClock } from "./meeting-clock.ts";

define();

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => vi.useRealTimers());

test("it tells how long one has been here, and is found but not announced", async () => {
  const it = document.createElement("meeting-clock") as MeetingClock;
  it.since = Date.now() - 59_400;
  document.body.append(it);
  await it.updateComplete;
  const told = it.renderRoot.querySelector("[role=timer]");
  expect(told?.textContent).toBe("In the meeting 0:59");
  // A timer is told when it is asked for, unless somebody makes it a live region.
  expect(told?.hasAttribute("aria-live")).toBe(false);
  await vi.advanceTimersByTimeAsync(600);
  expect(told?.textContent).toBe("In the meeting 1:00");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told?.textContent).toBe("In the meeting 2:00");
  it.remove();
  expect(vi.getTimerCount()).toBe(0);
});
