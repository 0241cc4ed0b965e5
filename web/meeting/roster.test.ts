// The list of people: hands first, everybody findable, and no slip at the door.
import { describe, expect, test } from "vitest";
import type { DoorKnock, Hand } from "../api/shapes.ts";
import { aKnock } from "../doorbell/a-knock.ts";
import { aPerson } from "./a-person.ts";
import type { Person } from "./call.ts";
import { type AtTheDoor, counts, follow, found, NOBODY, roster, rowWords, waitingAt } from "./roster.ts";

const named = (identity: string, name: string, changed: Partial<Person> = {}): Person => aPerson(identity, { name, ...changed });
const hand = (identity: string): Hand => ({ identity, name: identity, since: "1" });
const ME = named("m", "Max", { me: true });
const OTHERS = [named("z", "Zoé"), named("e", "élodie"), named("b", "Ben")];

const names = (rows: readonly { person: Person }[]): string => rows.map(({ person }) => person.name).join(" ");

describe("people are listed", () => {
  test.each<[string, Person[], Hand[], string]>([
    ["oneself first, then by name", [...OTHERS, ME], [], "Max Ben élodie Zoé"],
    ["raised hands above all, in the order raised", [...OTHERS, ME], [hand("z"), hand("b")], "Zoé Ben Max élodie"],
    ["one's own hand in its turn", [...OTHERS, ME], [hand("z"), hand("m")], "Zoé Max Ben élodie"],
    ["without hands of those who are gone", [ME], [hand("x")], "Max"],
    ["of one name in the order of coming", [named("b", "Ann", { since: 2 }), named("a", "Ann", { since: 9 })], [], "Ann Ann"],
  ])("%s", (_how, people, hands, order) => {
    expect(names(roster(people, hands))).toBe(order);
  });

  test.each([
    ["", "Ben élodie Zoé"],
    ["  ", "Ben élodie Zoé"],
    ["ELO", "élodie"],
    ["zoe", "Zoé"],
    ["x y", ""],
  ])("those that have “%s” in their name", (words, left) => {
    expect(names(found(roster(OTHERS, []), words))).toBe(left);
  });

  test("with what a line shows, in words", () => {
    const [row] = roster([named("a", "Ann", { audible: false, camera: false })], [hand("b"), hand("a")]);
    expect(row === undefined ? "" : rowWords(row, 2)).toBe("Hand raised, number 2, microphone off, camera off");
    const [other] = roster([named("b", "Ben")], []);
    expect(other === undefined ? "" : rowWords(other, 0)).toBe("microphone on, camera on");
  });
});

describe("at the door", () => {
  const knock = (id: string, changed: Partial<DoorKnock> = {}): DoorKnock => ({ ...aKnock({ id }), ...changed });
  const drawn = (door: AtTheDoor): string =>
    door.rows.map(({ knock: { id, state }, over }) => `${id}${state === "admitted" ? "+" : ""}${over ? "×" : ""}`).join(" ");
  const [a, b, c] = [knock("a"), knock("b"), knock("c")];
  const before = follow(NOBODY, [a, b], false, 0);

  test.each<[string, DoorKnock[], boolean, string]>([
    ["who waits and who was let in are there", [a, { ...b, state: "admitted" }], false, "a b+"],
    ["who is here is not", [a, { ...b, state: "admitted", connected: true }], false, "a"],
    ["who comes stands below", [a, b, c], true, "a b c"],
    ["who goes leaves their line to the next", [b], false, "b"],
    ["but not under the pointer", [b, c], true, "a× b c"],
    ["where anybody stands below", [a], true, "a"],
    ["who could be hit instead", [], true, ""],
  ])("%s", (_what, knocks, touched, rows) => {
    expect(drawn(follow(before, knocks, touched, 10))).toBe(rows);
  });

  test("the pointer goes, and with it those who are gone", () => {
    const touched = follow(before, [b], true, 10);
    expect(drawn(follow(touched, [b], false, 20))).toBe("b");
  });

  test("presses count again half a second after the lines moved", () => {
    const moved = follow(before, [b], false, 1_000);
    expect([counts(moved, 1_499), counts(moved, 1_500)]).toEqual([false, true]);
    // A message or a word that changes moves nothing.
    expect(counts(follow(moved, [{ ...b, held: true }], false, 2_000), 2_000)).toBe(true);
  });

  test("those who wait are counted, those who were let in are not", () => {
    expect(waitingAt([a, { ...b, state: "admitted" }, { ...c, held: true }])).toBe(2);
  });
});
