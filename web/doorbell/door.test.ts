// What a page does at the door: what it asks of the server, and what it makes of every answer.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Problem, Unreachable } from "../api/client.ts";
import type { Decision, DoorKnock } from "../api/shapes.ts";
import { aKnock } from "./a-knock.ts";
import { Door } from "./door.ts";
import { expected, shows } from "./pop-up.ts";
import { noteOf } from "./words.ts";

const ME = "Olga Owner";
const K1 = aKnock({ id: "k1", name: "Nora" });

let calls: [string, string, unknown][];
let answers: (() => unknown)[];
let rung: string[][];
let quieted: string[][];
let now: number;
let door: Door;

const refusal = (name: string, status: number, more: object = {}) => () => {
  throw new Problem({ type: `/problems/${name}`, title: "", detail: "The server's words.", status, ...more });
};
const noAnswer = () => {
  throw new Unreachable("POST");
};
const says = (): string[] => door.popUp.notes.map((note) => noteOf(note, ME));
const arrives = (...knocks: DoorKnock[]): void => {
  for (const data of knocks) door.hear({ name: "knock", data });
};

beforeEach(() => {
  vi.useFakeTimers();
  calls = [];
  answers = [];
  rung = [];
  quieted = [];
  now = 60_000;
  door = new Door(ME, {
    call: async <Answer>(method: string, path: string, body?: object) => {
      calls.push([method, path, body]);
      return answers.shift()?.() as Answer;
    },
    at: () => now,
    changed: () => undefined,
    ring: (knocks) => rung.push(knocks.map(({ id }) => id)),
    quiet: (ids) => quieted.push([...ids]),
    present: () => undefined,
  });
});
afterEach(() => vi.useRealTimers());

describe("a decision", () => {
  test.each([
    ["admit", "", { decision: "admit" }],
    ["refuse", "Tomorrow, please.", { decision: "refuse", message: "Tomorrow, please." }],
    ["hold", "  In five minutes  ", { decision: "hold", message: "In five minutes" }],
  ] as [Decision, string, object][])("%s with %j asks for exactly that", async (decision, word, body) => {
    arrives(K1);
    answers.push(() => ({ knock: K1 }));
    expect(await door.decide(K1, decision, word)).toBe(true);
    expect(calls).toEqual([["POST", "/api/v1/knocks/k1/decision", body]]);
  });

  test.each([
    [
      "that came second says who was first",
      refusal("already-decided", 409, { decided_by: "Ann", decision: "admit" }),
      "Ann accepted Nora.", "handle",
    ],
    [
      "that the same person gave on another page says so",
      refusal("already-decided", 409, { decided_by: ME, decision: "refuse" }),
      "Olga Owner refused Nora on another page.", "notes",
    ],
    ["in a full meeting leaves the guest waiting", refusal("meeting-full", 409), "The meeting is full. Nora keeps waiting.", "card"],
    ["on somebody who has gone says so", refusal("over", 410), "Nora is no longer waiting.", "notes"],
    ["that is no longer this account's says so", refusal("not-found", 404), "Nora is no longer waiting.", "notes"],
    [
      "whose word is refused says why",
      refusal("invalid", 422, { errors: { message: "This is too long." } }),
      "This is too long.", "card",
    ],
    ["that is too often says so", refusal("too-many-requests", 429), "The server's words.", "card"],
    ["that meets a fault can be tried again", refusal("busy", 503), "That did not reach the server. Please try again.", "card"],
    ["that reaches nobody can be tried again", noAnswer, "That did not reach the server. Please try again.", "card"],
  ] as const)("%s", async (_what, answer, note, view) => {
    arrives(K1);
    answers.push(answer);
    expect(await door.decide(K1, "admit")).toBe(false);
    expect(says()).toEqual([note]);
    expect(door.announcement).toBe(note);
    expect(shows(door.popUp)).toBe(view);
    expect(door.busy.size).toBe(0);
  });

  test("is sent once, however often it is pressed", async () => {
    arrives(K1);
    answers.push(() => ({ knock: K1 }));
    await Promise.all([door.decide(K1, "admit"), door.decide(K1, "admit"), door.decide(K1, "refuse")]);
    expect(calls).toHaveLength(1);
  });

  test("that comes back over the stream first is not told twice", async () => {
    arrives(K1);
    answers.push(() => {
      arrives({ ...K1, state: "admitted", decided_by: ME });
      return { knock: { ...K1, state: "admitted", decided_by: ME } };
    });
    await door.decide(K1, "admit");
    expect(says()).toEqual(["Accepted."]);
  });

  test("to hold lets the bell ring for the same person again", async () => {
    arrives(K1);
    answers.push(() => ({ knock: { ...K1, held: true } }));
    await door.decide(K1, "hold");
    expect(quieted).toEqual([["k1"]]);
    arrives(K1);
    expect(rung).toEqual([["k1"], ["k1"]]);
  });

  test("of a session that has ended shuts the door", async () => {
    arrives(K1);
    answers.push(refusal("sign-in-first", 401));
    await door.decide(K1, "admit");
    expect([door.refused, shows(door.popUp)]).toEqual(["sign-in-first", "nothing"]);
  });
});

describe("take back", () => {
  const admitted = aKnock({ id: "k1", name: "Nora", state: "admitted" });

  test.each([
    ["ends the admission", () => ({ knock: admitted }), "Taken back. Nora can ask again."],
    ["comes too late for who is in", refusal("connected", 409), "Nora is in the meeting already."],
    ["finds it over", refusal("over", 410), "Nora is no longer waiting."],
  ])("%s", async (_what, answer, note) => {
    arrives(admitted);
    answers.push(answer);
    await door.takeBack(admitted);
    expect(calls).toEqual([["POST", "/api/v1/knocks/k1/take-back", undefined]]);
    expect(says()).toEqual([note]);
    expect(expected(door.popUp)).toEqual([]);
  });
});

describe("accept all", () => {
  const three = ["k1", "k2", "k3"].map((id) => aKnock({ id }));
  const lets = (knock: DoorKnock | undefined) => () => ({ knock: { ...knock, state: "admitted" } });

  test("lets in those who were on the list, and nobody who rings meanwhile", async () => {
    arrives(...three);
    answers.push(lets(three[0]), () => {
      arrives(aKnock({ id: "k4" }));
      return lets(three[1])();
    }, lets(three[2]));
    await door.acceptAll(three);
    expect(calls.map(([, path]) => path)).toEqual(["k1", "k2", "k3"].map((id) => `/api/v1/knocks/${id}/decision`));
    expect(says()).toEqual(["Accepted: 3."]);
    expect(door.popUp.card?.knock.id).toBe("k4");
  });

  test("stops where the meeting is full, and says how many wait on", async () => {
    arrives(...three);
    answers.push(lets(three[0]), refusal("meeting-full", 409));
    await door.acceptAll(three);
    expect(calls).toHaveLength(2);
    expect(says()).toEqual(["Accepted: 1. The meeting is full; keep waiting: 2."]);
  });

  test("goes past one whom somebody else decided on", async () => {
    arrives(...three);
    answers.push(lets(three[0]), refusal("already-decided", 409, { decided_by: "Ann", decision: "refuse" }), lets(three[2]));
    await door.acceptAll(three);
    expect(says()).toEqual(["Ann refused Guest k2.", "Accepted: 2."]);
  });

  test("stops where the server is not reached", async () => {
    arrives(...three);
    answers.push(lets(three[0]), noAnswer);
    await door.acceptAll(three);
    expect(calls).toHaveLength(2);
    expect(says()).toEqual(["That did not reach the server. Please try again.", "Accepted: 1."]);
  });
});

describe("refuse all", () => {
  const four = ["k1", "k2", "k3", "k4"].map((id, turn) => aKnock({ id, link: turn < 3 ? "own-link" : "other-link" }));
  const refuses = (...ids: string[]) => () => ({ results: ids.map((id) => ({ id, result: "done" })) });

  test("refuses everybody who waits, by one call for each link, and says how many", async () => {
    arrives(...four);
    answers.push(refuses("k1", "k2", "k3", "k9"), refuses("k4"));
    await door.refuseAll();
    expect(calls).toEqual([
      ["POST", "/api/v1/links/own-link/decisions", { decision: "refuse" }],
      ["POST", "/api/v1/links/other-link/decisions", { decision: "refuse" }],
    ]);
    expect(says()).toEqual(["Refused: 5."]);
    expect(door.popUp.knocks).toEqual([]);
  });

  test("leaves whom somebody else let in", async () => {
    arrives(...four.slice(0, 2));
    answers.push(() => ({ results: [{ id: "k1", result: "already-decided" }, { id: "k2", result: "done" }] }));
    await door.refuseAll();
    expect(door.popUp.knocks.map(({ id }) => id)).toEqual(["k1"]);
  });

  test("says when it did not reach the server, and leaves everybody there", async () => {
    arrives(...four);
    answers.push(noAnswer);
    await door.refuseAll();
    expect(says()).toEqual(["That did not reach the server. Please try again."]);
    expect([door.popUp.knocks.length, door.popUp.mine.size, door.busyWithAll]).toEqual([4, 0, false]);
  });
});

test("a double press on what asks back is not the answer", () => {
  arrives(K1);
  now += 600;
  expect(door.counts).toBe(true);
  door.moved();
  expect(door.counts).toBe(false);
});

describe("a pause", () => {
  test("is asked for and told", async () => {
    await door.pause("own-link", true);
    expect(calls).toEqual([["POST", "/api/v1/links/own-link/pause", { paused: true }]]);
    expect([door.popUp.paused, says()]).toEqual([true, ["Knocking is paused. Who waits can still be let in."]]);
    await door.pause("own-link", false);
    expect([door.popUp.paused, says().at(-1)]).toEqual([false, "People can ask again."]);
  });

  test("that the server refuses is none", async () => {
    answers.push(refusal("not-found", 404));
    await door.pause("own-link", true);
    expect([door.popUp.paused, says()]).toEqual([false, ["The server's words."]]);
  });

  test("of somebody who is signed out ends the page's doorbell", async () => {
    answers.push(refusal("sign-in-first", 401));
    await door.pause("own-link", true);
    expect(door.refused).toBe("sign-in-first");
  });
});

test("of a crowd a screen reader hears the number, and not each time", () => {
  for (let turn = 0; turn < 5; turn += 1) arrives(aKnock({ id: `k${turn}`, name: `Guest ${turn}` }));
  expect(door.announcement).toBe("Guest 4 is at your door.");
  arrives(aKnock({ id: "k5" }));
  expect(door.announcement).toBe("6 people are waiting.");
  arrives(aKnock({ id: "k6" }));
  expect(door.announcement).toBe("6 people are waiting.");
  now += 10_000;
  arrives(aKnock({ id: "k7" }));
  expect(door.announcement).toBe("8 people are waiting.");
});

describe("whoever can be read", () => {
  test("is reported as seen once", () => {
    arrives(K1);
    door.see(["k1"]);
    door.see(["k1"]);
    expect(calls).toEqual([["POST", "/api/v1/doorbell/seen", { knocks: ["k1"] }]]);
  });

  test("is reported again when that did not arrive", async () => {
    answers.push(noAnswer);
    door.see(["k1"]);
    await vi.advanceTimersByTimeAsync(5_000);
    door.see(["k1"]);
    expect(calls).toHaveLength(2);
  });
});

describe("while the screen is shared", () => {
  test("nobody is named, and nobody seen, until they are opened", () => {
    door.share(true);
    arrives(K1);
    expect(door.announcement).toBe("Somebody is at your door.");
    expect(door.nameless("k1")).toBe(true);
    door.see(["k1"]);
    expect(calls).toEqual([]);
    door.openNames(["k1"]);
    expect(door.nameless("k1")).toBe(false);
    door.see(["k1"]);
    expect(calls).toHaveLength(1);
    arrives(aKnock({ id: "k2" }));
    expect(door.nameless("k2")).toBe(true);
  });

  test("what others decided is not told by name", () => {
    door.share(true);
    arrives(K1, { ...K1, state: "admitted", decided_by: "Ann" });
    expect(door.popUp.notes.map((note) => door.mayBeTold(note))).toEqual([false]);
    expect(door.announcement).not.toContain("Nora");
  });
});

test("a knock rings and is announced; the same news twice is not", () => {
  arrives(K1, K1);
  expect(rung).toEqual([["k1"]]);
  expect(door.announcement).toBe("Nora is at your door.");
});

test("a lost line is worth a word after ten seconds", () => {
  door.lineIs("lost");
  now += 9_999;
  expect(door.lost).toBe(false);
  now += 1;
  expect(door.lost).toBe(true);
  door.lineIs("live");
  expect(door.lost).toBe(false);
});
