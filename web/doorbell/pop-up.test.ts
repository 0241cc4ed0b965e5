// What the pop-up shows after each event, touch and press; above all, that nobody decides about the wrong person.
import { describe, expect, test } from "vitest";
import type { DoorKnock } from "../api/shapes.ts";
import { aKnock } from "./a-knock.ts";
import { INERT_MS } from "./inert.ts";
import {
  answered, count, counts, crowd, decided, expected, FEW, folded, heard, LISTED, next, NOTE_MS, NOTHING, opened, pausing,
  type PopUp, pressed, read, refusedAll, said, shows, sweeping, ticked, told, touched, unlisted, waiting,
} from "./pop-up.ts";

const arrives = (popUp: PopUp, changes: Partial<DoorKnock>, at = 0): PopUp =>
  heard(popUp, { name: "knock", data: aKnock(changes) }, at).popUp;
const goes = (popUp: PopUp, id: string, state: DoorKnock["state"], by: string | null = null, at = 0): PopUp =>
  heard(popUp, { name: "gone", data: { id, state, by } }, at).popUp;
const withKnocks = (...ids: string[]): PopUp => ids.reduce((popUp, id) => arrives(popUp, { id }), NOTHING);
const onCard = (popUp: PopUp): string | undefined => popUp.card?.knock.id;
const noted = (popUp: PopUp): string[] =>
  popUp.notes.map((note) => ["knock" in note ? note.knock.id : "", note.kind, "by" in note ? note.by : ""].join(" ").trim());

describe("the card", () => {
  test("shows who came first, and the next one only when that one is done with", () => {
    const two = withKnocks("k1", "k2");
    expect(onCard(two)).toBe("k1");
    expect(onCard(goes(two, "k1", "withdrawn"))).toBe("k2");
  });

  test.each([
    ["who is here before who is away", [{ id: "k1", away: true }, { id: "k2" }], "k2"],
    ["who is away when nobody else rings", [{ id: "k1", away: true }, { id: "k2", held: true }], "k1"],
    ["nobody who is on hold", [{ id: "k1", held: true }], undefined],
    ["nobody who is let in", [{ id: "k1", state: "admitted" as const }], undefined],
  ])("shows %s", (_what, knocks, id) => {
    const event = { name: "snapshot" as const, data: { account: "a1", knocks: knocks.map(aKnock) } };
    expect(onCard(heard(NOTHING, event, 0).popUp)).toBe(id);
  });

  test("does not swing between two people while one goes away and comes back", () => {
    const two = withKnocks("k1", "k2");
    expect(onCard(arrives(two, { id: "k1", away: true }))).toBe("k1");
  });

  test("a second guest does not take the place of the first, who is undecided", () => {
    expect(onCard(arrives(withKnocks("k2"), { id: "k1" }))).toBe("k2");
  });
});

describe("a card that is looked at", () => {
  const looked = touched(withKnocks("k1", "k2"), true, 0);

  test.each([
    ["withdrew", (popUp: PopUp) => goes(popUp, "k1", "withdrawn"), { kind: "gone", by: null }],
    ["was refused elsewhere", (popUp: PopUp) => goes(popUp, "k1", "refused", "Ann"), { kind: "refused", by: "Ann" }],
    [
      "was let in elsewhere",
      (popUp: PopUp) => arrives(popUp, { id: "k1", state: "admitted", decided_by: "Ann" }),
      { kind: "accepted", by: "Ann" },
    ],
    ["was put on hold elsewhere", (popUp: PopUp) => arrives(popUp, { id: "k1", held: true }), { kind: "held", by: null }],
    ["is no longer ours to decide", (popUp: PopUp) => goes(popUp, "k1", "waiting"), { kind: "withheld", by: null }],
    [
      "was missing after a break",
      (popUp: PopUp) => heard(popUp, { name: "snapshot", data: { account: "a1", knocks: [aKnock({ id: "k2" })] } }, 0).popUp,
      { kind: "gone", by: null },
    ],
  ])("stays when its knock %s, says so, and goes on when nobody looks", (_what, happens, ended) => {
    const after = happens(looked);
    expect(onCard(after)).toBe("k1");
    expect(after.card?.ended).toEqual(ended);
    expect(read(after)).toEqual([]);
    // It keeps saying so whatever happens next.
    expect(arrives(after, { id: "k3" }).card).toEqual(after.card);
    expect(onCard(touched(after, false, 1))).toBe("k2");
    expect(onCard(next(after, 1))).toBe("k2");
  });

  test("follows what happens to the same person", () => {
    expect(arrives(looked, { id: "k1", away: true }).card?.knock.away).toBe(true);
  });

  test("changes by a press on it, for that is not by itself", () => {
    const after = decided(pressed(looked, "k1"), aKnock({ id: "k1", state: "admitted" }), "admit", 7);
    expect(onCard(after)).toBe("k2");
    expect(counts(after, 7 + INERT_MS - 1)).toBe(false);
    expect(counts(after, 7 + INERT_MS)).toBe(true);
  });

  test("changes by its own press also when the stream is faster than the answer", () => {
    const after = arrives(pressed(looked, "k1"), { id: "k1", state: "admitted", decided_by: "Nora" });
    expect(onCard(after)).toBe("k2");
    expect(noted(after)).toEqual([]);
  });
});

describe("a press counts", () => {
  const still = withKnocks("k1");
  const late = 60_000;

  test.each([
    ["the card came", arrives(NOTHING, { id: "k1" }, late)],
    ["the next card came", goes(withKnocks("k1", "k2"), "k1", "withdrawn", null, late)],
    ["the guest went away, which adds a line", arrives(still, { id: "k1", away: true }, late)],
    ["the first of the others came, which adds a line", arrives(still, { id: "k2" }, late)],
    ["the list was opened", opened(still, "list", late)],
    ["somebody joined the list", arrives(opened(still, "list", 0), { id: "k2" }, late)],
    ["a note came", said(still, { kind: "failed" }, late)],
    ["a note went", ticked(said(still, { kind: "failed" }, late - NOTE_MS), late)],
    ["the card's knock ended", goes(touched(still, true, 0), "k1", "withdrawn", null, late)],
  ])("only 500 ms after %s", (_what, popUp) => {
    expect(counts(popUp, late + INERT_MS - 1)).toBe(false);
    expect(counts(popUp, late + INERT_MS)).toBe(true);
  });

  test("at once where nothing has moved", () => {
    expect(counts(arrives(withKnocks("k1", "k2"), { id: "k3" }, late), late)).toBe(true);
    expect(counts(touched(still, true, late), late)).toBe(true);
  });
});

describe("after a decision", () => {
  const admitted = aKnock({ id: "k1", state: "admitted", decided_by: "Nora" });

  test.each([
    ["admit", admitted, "k1 accepted"],
    ["refuse", aKnock({ id: "k1", state: "refused" }), "k1 refused"],
    ["hold", aKnock({ id: "k1", held: true }), "k1 held"],
  ] as const)("%s is said here for 4 s, and not again when the stream brings it", (decision, knock, note) => {
    const pressedHere = pressed(withKnocks("k1"), "k1");
    const after = decided(pressedHere, knock, decision, 0);
    expect(noted(after)).toEqual([note]);
    const told =
      decision === "refuse" ? goes(after, "k1", "refused", "Nora") : heard(after, { name: "knock", data: knock }, 0).popUp;
    expect(noted(told)).toEqual([note]);
    expect(noted(ticked(told, NOTE_MS - 1))).toEqual([note]);
    expect(noted(ticked(told, NOTE_MS))).toEqual([]);
  });

  test.each([
    [arrives(withKnocks("k1"), { id: "k1", state: "admitted", decided_by: "Nora" }), "k1 accepted-by Nora"],
    [goes(withKnocks("k1"), "k1", "refused", "Nora"), "k1 refused-by Nora"],
    [arrives(withKnocks("k1"), { id: "k1", held: true }), "k1 held-by"],
  ])("every other page closes its card and says who decided", (popUp, note) => {
    expect(onCard(popUp)).toBeUndefined();
    expect(noted(popUp)).toEqual([note]);
  });

  test("whoever gave up is told of only where they were on the card", () => {
    expect(noted(goes(withKnocks("k1", "k2"), "k1", "withdrawn"))).toEqual(["k1 gone"]);
    expect(noted(goes(withKnocks("k1", "k2"), "k2", "withdrawn"))).toEqual([]);
  });

  test("somebody let in stays as expected until they connect", () => {
    const after = decided(pressed(withKnocks("k1"), "k1"), admitted, "admit", 0);
    expect(expected(after).map(({ id }) => id)).toEqual(["k1"]);
    expect(shows(ticked(after, NOTE_MS))).toBe("handle");
    expect(shows(ticked(goes(after, "k1", "entered"), NOTE_MS))).toBe("nothing");
  });

  test("a decision that came too late moves the card on and says why", () => {
    const by = { kind: "accepted-by", knock: aKnock({ id: "k1" }), by: "Ann" } as const;
    const after = answered(pressed(touched(withKnocks("k1", "k2"), true, 0), "k1"), aKnock({ id: "k1" }), admitted, by, 0);
    expect(onCard(after)).toBe("k2");
    expect(noted(after)).toEqual(["k1 accepted-by Ann"]);
    expect(expected(after).map(({ id }) => id)).toEqual(["k1"]);
    // The stream's own news of it is not told a second time.
    expect(noted(arrives(after, admitted))).toEqual(["k1 accepted-by Ann"]);
  });

  test("a decision that did not reach the server leaves everything as it was", () => {
    const after = said(pressed(pressed(withKnocks("k1"), "k1"), "k1", false), { kind: "failed" }, 0);
    expect(onCard(after)).toBe("k1");
    expect(noted(goes(after, "k1", "refused", "Ann"))).toEqual(["failed", "k1 refused-by Ann"]);
  });
});

describe("the list of all", () => {
  const open = opened(withKnocks("k1", "k2", "k3"), "list", 0);

  test("has a line for everybody, on hold, let in or not", () => {
    const all = arrives(arrives(open, { id: "k2", held: true }), { id: "k3", state: "admitted" });
    expect(all.rows.map(({ knock }) => [knock.id, knock.held, knock.state])).toEqual([
      ["k1", false, "waiting"],
      ["k2", true, "waiting"],
      ["k3", false, "admitted"],
    ]);
    expect(read(all)).toEqual(["k1", "k2"]);
  });

  test("keeps the line of who has gone while it is looked at, and puts who comes behind", () => {
    const looked = goes(arrives(touched(open, true, 0), { id: "k0" }), "k1", "withdrawn");
    expect(looked.rows.map(({ knock, ended }) => [knock.id, ended?.kind])).toEqual([
      ["k1", "gone"],
      ["k2", undefined],
      ["k3", undefined],
      ["k0", undefined],
    ]);
    expect(touched(looked, false, 1).rows.map(({ knock }) => knock.id)).toEqual(["k0", "k2", "k3"]);
  });

  test("says once that somebody was refused: on their line, and above it when the list is closed", () => {
    const refused = decided(pressed(touched(open, true, 0), "k1"), aKnock({ id: "k1" }), "refuse", 0);
    expect(refused.rows[0]?.ended).toEqual({ kind: "refused", by: null });
    expect(told(refused)).toEqual([]);
    expect(told(opened(touched(refused, false, 1), "card", 1)).map(({ kind }) => kind)).toEqual(["refused"]);
  });

  test("closes by itself when nobody is left on it", () => {
    const empty = ["k1", "k2", "k3"].reduce((popUp, id) => goes(popUp, id, "withdrawn"), open);
    expect(empty.view).toBe("card");
  });

  test("can be closed again", () => {
    expect(shows(opened(open, "card", 1))).toBe("card");
  });
});

describe("put away", () => {
  const away = folded(withKnocks("k1"), 0);

  test("the pop-up is a handle that still counts who waits", () => {
    expect(shows(away)).toBe("handle");
    expect(waiting(away)).toHaveLength(1);
    expect(read(away)).toEqual([]);
  });

  test.each([
    ["somebody new rings", arrives(away, { id: "k2" }), "card"],
    ["it is opened", opened(away, "card", 1), "card"],
    ["its list is opened", opened(away, "list", 1), "list"],
    ["somebody only changes", arrives(away, { id: "k1", away: true }), "handle"],
  ])("it comes back when %s: %#", (_what, popUp, view) => {
    expect(shows(popUp)).toBe(view);
  });
});

describe("a crowd", () => {
  const late = 60_000;
  const ids = (number: number): string[] => Array.from({ length: number }, (_, turn) => `k${String(turn).padStart(3, "0")}`);
  const aCrowd = (number: number, more = 0): PopUp =>
    heard(NOTHING, { name: "snapshot", data: { account: "a1", knocks: ids(number).map((id) => aKnock({ id, since: id })), more } }, 0).popUp;

  test("begins where so many wait that they are a number before they are people", () => {
    expect(crowd(aCrowd(FEW))).toBe(false);
    expect(crowd(aCrowd(FEW + 1))).toBe(true);
    expect(crowd(aCrowd(FEW, 1))).toBe(true);
    expect(count(aCrowd(500, 4_500))).toBe(5_000);
  });

  test("moves what is shown when it begins, and then grows without moving anything", () => {
    const few = aCrowd(FEW);
    const more = (popUp: PopUp, number: number): PopUp => heard(popUp, { name: "door", data: { more: number, paused: false } }, late).popUp;
    expect(counts(more(few, 1), late)).toBe(false);
    expect(counts(more(aCrowd(500, 10), 4_000), late)).toBe(true);
    expect(counts(arrives(aCrowd(20), { id: "k999" }, late), late)).toBe(true);
  });

  test("keeps who came first on the card, looked at or not", () => {
    expect(onCard(arrives(aCrowd(20), { id: "k999", since: "k999" }))).toBe("k000");
    expect(onCard(arrives(touched(aCrowd(20), true, 0), { id: "k999", since: "k999" }))).toBe("k000");
  });

  test("is listed as far as it can be read, and the rest is a number", () => {
    const list = opened(aCrowd(500, 4_500), "list", 0);
    expect(list.rows.map(({ knock }) => knock.id)).toEqual(ids(LISTED));
    expect(unlisted(list)).toBe(5_000 - LISTED);
    expect(read(list)).toHaveLength(LISTED);
    // The next one takes the place of who is answered, also while somebody looks at the list.
    const after = goes(touched(list, true, 0), "k000", "withdrawn");
    expect(after.rows.map(({ knock }) => knock.id)).toEqual(ids(LISTED + 1));
    expect(unlisted(after)).toBe(5_000 - 1 - LISTED);
  });

  test("that is refused here is gone at once, without a word about each of them", () => {
    const all = aCrowd(20);
    const under = sweeping(opened(touched(all, true, 0), "list", 0), true, 0);
    // The stream is faster than the answer; meanwhile there is nobody to see, only how many.
    const faster = goes(under, "k000", "refused", "Nora");
    expect([shows(faster), read(faster), count(faster), noted(faster)]).toEqual(["nothing", [], 19, []]);
    const after = sweeping(refusedAll(faster, new Set(ids(20)), 0), false, 0);
    expect([shows(after), count(after), noted(after)]).toEqual(["nothing", 0, []]);
    expect(onCard(sweeping(under, false, 0))).toBe("k000");
  });
});

describe("while knocking is paused", () => {
  const paused = pausing(withKnocks("k1"), true, 0);

  test("it says so, and who waits can still be let in", () => {
    expect([paused.paused, onCard(paused), noted(paused)]).toEqual([true, "k1", ["paused"]]);
  });

  test("other pages hear of it, and a page that was away reads it", () => {
    const told = heard(NOTHING, { name: "door", data: { more: 0, paused: true } }, 0).popUp;
    const back = heard(NOTHING, { name: "snapshot", data: { account: "a1", knocks: [], more: 0, paused: true } }, 0).popUp;
    expect([told.paused, back.paused]).toEqual([true, true]);
    expect(arrives(told, { id: "k1" }).paused).toBe(true);
  });

  test("it can be put away, and is not forgotten", () => {
    expect(shows(folded(pausing(NOTHING, true, 0), NOTE_MS))).toBe("handle");
  });
});

test("with nobody there is nothing to see", () => {
  expect(shows(NOTHING)).toBe("nothing");
  expect(shows(said(NOTHING, { kind: "failed" }, 0))).toBe("notes");
  expect(shows(arrives(NOTHING, { id: "k1", held: true }))).toBe("handle");
});
