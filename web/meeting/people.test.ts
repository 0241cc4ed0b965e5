// Who is on the page, where, and what is said of them.
import { describe, expect, test } from "vitest";
import { BAR, groups } from "./bar.ts";
import type { Person } from "./call.ts";
import { inOrder, seating, spoken } from "./people.ts";

const PICTURE = { attach: () => undefined, detach: () => undefined };

function aPerson(identity: string, changed: Partial<Person> = {}): Person {
  return {
    identity,
    name: identity,
    visitor: false,
    me: false,
    since: 0,
    audible: true,
    speaking: false,
    picture: PICTURE,
    ...changed,
  };
}

const ME = aPerson("me", { me: true, since: 1 });
const names = (people: readonly Person[]): string => people.map((person) => person.identity).join(" ");
const crowd = (count: number): Person[] => Array.from({ length: count }, (_, n) => aPerson(`p${n}`, { since: n + 10 }));

describe("people stand", () => {
  test.each<[string, Person[], string]>([
    ["in the order of coming", [aPerson("b", { since: 5 }), aPerson("a", { since: 9 })], "b a"],
    ["with oneself last", [ME, aPerson("b", { since: 5 })], "b me"],
    ["in one order for all who came at once", [aPerson("b"), aPerson("a")], "a b"],
    ["where they stood, whoever speaks", [aPerson("a"), aPerson("b", { speaking: true })], "a b"],
  ])("%s", (_how, people, order) => {
    expect(names(inOrder(people))).toBe(order);
  });
});

describe("the page shows", () => {
  test.each<[string, Person[], string, string | null]>([
    ["oneself alone", [ME], "me", null],
    ["the other, and oneself in a corner", [ME, aPerson("a")], "a", "me"],
    ["everybody from three on", [ME, aPerson("a"), aPerson("b")], "a b me", null],
    ["others before oneself is known", [aPerson("a")], "a", null],
  ])("%s", (_what, people, grid, corner) => {
    const seated = seating(people);
    expect(names(seated.grid)).toBe(grid);
    expect(seated.corner?.identity ?? null).toBe(corner);
  });

  test("who speaks and oneself when not all fit, and says how many more there are", () => {
    const people = [ME, ...crowd(9)].map((person) => (person.identity === "p8" ? { ...person, speaking: true } : person));
    const seated = seating(people, 4);
    expect(names(seated.grid)).toBe("p0 p1 p8 me");
    expect(seated.more).toBe(6);
  });
});

describe("a tile says", () => {
  test.each<[Partial<Person>, string]>([
    [{}, "Nora"],
    [{ me: true }, "Nora (you)"],
    [{ visitor: true }, "Nora, visitor"],
    [{ audible: false, picture: null, visitor: true }, "Nora, visitor, microphone off, camera off"],
  ])("%o as “%s”", (changed, words) => {
    expect(spoken(aPerson("n", { name: "Nora", ...changed }))).toBe(words);
  });
});

describe("the bar", () => {
  test("has one order, whatever there is", () => {
    expect(groups(new Set(["leave", "camera", "microphone"]))).toEqual([["microphone", "camera"], ["leave"]]);
    expect(groups(new Set(BAR.flat()))).toEqual(BAR.map((group) => [...group]));
    expect(groups(new Set())).toEqual([]);
  });
});
