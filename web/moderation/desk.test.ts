import { describe, expect, test, vi } from "vitest";
import { Problem, Unreachable } from "../api/client.ts";
import { News } from "../meeting/news.ts";
import { aStanding } from "./a-room.ts";
import { Desk, REPORT_MS } from "./desk.ts";
import { EVERYONE, type Press } from "./offers.ts";

function aDesk(answer: (path: string) => unknown = () => ({ results: [{ identity: "nora", result: "done" }] })) {
  const news = new News();
  news.on.snapshot({ ...aStanding({ version: 5 }), hands: [], contributions: null });
  const calls: [string, string, unknown][] = [];
  const call = vi.fn(async (method: string, path: string, body?: object) => {
    calls.push([method, path, body]);
    return answer(path);
  });
  return { desk: new Desk("m1", news, call as never), calls, news };
}

describe("a press is one call", () => {
  test.each<[Press, string, string, unknown]>([
    [{ do: "off", source: "microphone", who: EVERYONE, keep: true }, "POST", "off", { source: "microphone", who: "everyone", keep: true }],
    [{ do: "allow", source: "camera", who: "nora" }, "POST", "allow", { source: "camera", who: "nora" }],
    [{ do: "ask", source: "microphone", who: "nora" }, "POST", "ask", { source: "microphone", who: "nora" }],
    [{ do: "lower", who: EVERYONE }, "POST", "hand", { identity: "everyone", raised: false }],
    [{ do: "lock", locked: true }, "PATCH", "setup", { locked: true, version: 5 }],
    [{ do: "remove", who: "nora" }, "POST", "remove", { who: "nora" }],
    [{ do: "end" }, "POST", "end", {}],
  ])("%o", async (press, method, path, body) => {
    const { desk, calls } = aDesk();
    await desk.press(press);
    expect(calls).toEqual([[method, `/api/v1/meetings/m1/${path}`, body]]);
  });
});

describe("what became of it", () => {
  test("is kept until it is put away, and told at each step", async () => {
    const { desk } = aDesk();
    const changed = vi.fn();
    desk.onChange(changed);
    const pressing = desk.press({ do: "off", source: "microphone", who: EVERYONE, keep: false });
    expect(desk.pressed).not.toBeNull();
    await pressing;
    expect(desk.pressed).toBeNull();
    expect(desk.report?.outcomes).toEqual([{ identity: "nora", result: "done" }]);
    desk.dismiss();
    expect(desk.report).toBeNull();
    expect(changed).toHaveBeenCalledTimes(3);
  });

  test("goes by itself where it went well, and stays where it failed", async () => {
    vi.useFakeTimers();
    const press: Press = { do: "off", source: "microphone", who: EVERYONE, keep: false };
    const well = aDesk().desk;
    await well.press(press);
    const failed = aDesk(() => ({ results: [{ identity: "nora", result: "failed" }] })).desk;
    await failed.press(press);
    vi.advanceTimersByTime(REPORT_MS);
    expect([well.report, failed.report === null]).toEqual([null, false]);
    vi.useRealTimers();
  });

  test("several people at once are one report", async () => {
    const { desk, calls } = aDesk((path) => ({ results: [{ identity: path, result: "done" }] }));
    await desk.pressAll([{ do: "ask", source: "microphone", who: "a" }, { do: "ask", source: "microphone", who: "b" }]);
    expect(calls).toHaveLength(2);
    expect(desk.report?.outcomes).toHaveLength(2);
  });

  test("a second press while the first is under way does nothing", async () => {
    const { desk, calls } = aDesk();
    await Promise.all([desk.press({ do: "end" }), desk.press({ do: "end" })]);
    expect(calls).toHaveLength(1);
  });

  test.each([
    ["a refusal", new Problem({ type: "/problems/forbidden", title: "You may not do this", status: 403, detail: "This is not yours to change." }), "This is not yours to change."],
    ["no answer", new Unreachable("POST"), "That did not reach the server. Please try again."],
  ])("%s is said", async (_what, error, words) => {
    const { desk } = aDesk(() => {
      throw error;
    });
    await desk.press({ do: "remove", who: "olga" });
    expect(desk.report?.refused).toBe(words);
  });
});

test("how many were turned away is known from the moment it is told", () => {
  const { desk, news } = aDesk();
  expect(desk.turnedAway).toBeNull();
  news.on.notice({ kind: "turned-away", locked: 2, full: 0, plan: "standard", seats: 12 });
  expect(desk.turnedAway).toMatchObject({ locked: 2 });
});
