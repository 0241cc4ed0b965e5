// The list at the door: who is on it after each event, and what there is to say or sound.
import { describe, expect, test } from "vitest";
import type { DoorKnock, DoorbellEvents, Gone } from "../api/shapes.ts";
import { aKnock } from "./a-knock.ts";
import { fold, type Happening } from "./knocks.ts";

const snapshot = (...knocks: DoorKnock[]): { name: "snapshot"; data: DoorbellEvents["snapshot"] } => ({
  name: "snapshot",
  data: { account: "a1", knocks },
});
const knock = (changes: Partial<DoorKnock>): { name: "knock"; data: DoorKnock } => ({ name: "knock", data: aKnock(changes) });
const gone = (data: Gone): { name: "gone"; data: Gone } => ({ name: "gone", data });

const said = (happenings: readonly Happening[]): string[] =>
  happenings.map((one) => [one.kind, one.knock.id, ...("by" in one && one.by !== null ? [one.by] : [])].join(" "));

describe("an event", () => {
  const k1 = aKnock({ id: "k1" });
  const k2 = aKnock({ id: "k2" });
  const held = aKnock({ id: "k1", held: true });
  const admitted = aKnock({ id: "k1", state: "admitted", decided_by: "Ann" });

  test.each([
    ["the first list rings for whoever waits", [], snapshot(k1, k2), ["k1", "k2"], ["rang k1", "rang k2"]],
    ["the first list is quiet about who is on hold or let in", [], snapshot(held, aKnock({ id: "k3", state: "admitted" })), ["k1", "k3"], []],
    ["the same list again says nothing", [k1, k2], snapshot(k1, k2), ["k1", "k2"], []],
    ["a list after a break tells who came and who went", [k1], snapshot(k2), ["k2"], ["gone k1", "rang k2"]],
    ["a list after a break tells who was let in", [k1], snapshot(admitted), ["k1"], ["accepted k1 Ann"]],
    ["a list is put in order of arrival", [], snapshot(k2, k1), ["k1", "k2"], ["rang k2", "rang k1"]],
    ["the number of the others is nobody's news", [k1, k2], { name: "door" as const, data: { more: 7, paused: false } }, ["k1", "k2"], []],
    ["a new knock rings", [k1], knock({ id: "k2" }), ["k1", "k2"], ["rang k2"]],
    ["a knock that came late is put where it belongs", [k2], knock({ id: "k1" }), ["k1", "k2"], ["rang k1"]],
    ["a knock that is away stays where it is", [k1, k2], knock({ id: "k1", away: true }), ["k1", "k2"], []],
    ["a hold is told", [k1], knock({ id: "k1", held: true }), ["k1"], ["held k1"]],
    ["whoever was on hold rings again", [held], knock({ id: "k1" }), ["k1"], ["rang k1"]],
    ["an admission is told with who gave it", [k1], { name: "knock" as const, data: admitted }, ["k1"], ["accepted k1 Ann"]],
    ["an admission from hold is told, too", [held], { name: "knock" as const, data: admitted }, ["k1"], ["accepted k1 Ann"]],
    ["an admission taken back is not news", [admitted], gone({ id: "k1", state: "withdrawn", by: null }), [], []],
    ["an arrival is not news", [admitted], gone({ id: "k1", state: "entered", by: null }), [], []],
    ["a refusal is told with who gave it", [k1, k2], gone({ id: "k1", state: "refused", by: "Ann" }), ["k2"], ["refused k1 Ann"]],
    ["an arrival at once tells the admission", [k1], gone({ id: "k1", state: "entered", by: "Ann" }), [], ["accepted k1 Ann"]],
    ["who gave up is gone", [k1], gone({ id: "k1", state: "withdrawn", by: null }), [], ["gone k1"]],
    ["who was away too long is gone", [k1], gone({ id: "k1", state: "expired", by: null }), [], ["gone k1"]],
    ["who is no longer ours to decide is withheld", [k1], gone({ id: "k1", state: "waiting", by: null }), [], ["withheld k1"]],
    ["a stranger's end is nothing", [k1], gone({ id: "k9", state: "expired", by: null }), ["k1"], []],
  ])("%s", (_what, before, event, ids, happened) => {
    const { knocks, happenings } = fold(before, event);
    expect(knocks.map(({ id }) => id)).toEqual(ids);
    expect(said(happenings)).toEqual(happened);
    // Hearing it twice (from the stream, and from another page) changes nothing more.
    expect(said(fold(knocks, event).happenings)).toEqual([]);
    expect(fold(knocks, event).knocks).toEqual(knocks);
  });
});
