// In which order people stand, what is said of them, and the bar below them.
import { describe, expect, test } from "vitest";
import { aPerson, ME, names } from "./a-person.ts";
import { BAR, groups, under } from "./bar.ts";
import type { Person } from "./call.ts";
import { inOrder, screenOf, spoken } from "./people.ts";
import { aloneWords, presenceNews } from "./presence.ts";

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

describe("a tile says", () => {
  test.each<[Partial<Person>, string]>([
    [{}, "Nora"],
    [{ me: true }, "Nora (you)"],
    [{ visitor: true }, "Nora, visitor"],
    [{ picture: null }, "Nora"], // on, but not fetched: it is not seen
    [{ audible: false, camera: false, picture: null, visitor: true }, "Nora, visitor, microphone off, camera off"],
    [{ quality: "poor" }, "Nora, poor connection"],
    [{ quality: "lost" }, "Nora, connection interrupted"],
  ])("%o as “%s”", (changed, words) => {
    expect(spoken(aPerson("n", { name: "Nora", ...changed }))).toBe(words);
  });

  test("whose screen it is", () => {
    expect(screenOf(aPerson("n", { name: "Nora" }))).toBe("Nora’s screen");
  });
});

describe("who came and went is said", () => {
  const ann = aPerson("a", { name: "Ann" });
  const ben = aPerson("b", { name: "Ben" });
  test.each<[string, Person[], Person[], string]>([
    ["of one", [ME], [ME, ann], "Ann joined."],
    ["of two at once", [ME], [ME, ann, ben], "Ann and Ben joined."],
    ["of both ways", [ME, ann], [ME, ben], "Ben joined. Ann left."],
    ["of many by their number", [ME], [ME, ann, ben, aPerson("c"), aPerson("d")], "4 people joined."],
    ["not of oneself", [], [ME, ann], ""],
    ["not when one is out oneself", [ME, ann], [], ""],
    ["not when nothing changed", [ME, ann], [ME, aPerson("a", { name: "Ann", speaking: true })], ""],
  ])("%s", (_of, before, now, words) => {
    expect(presenceNews(before, now)).toBe(words);
  });
});

test("whom one has removed oneself has not just left", () => {
  const [ann, ben] = [aPerson("a", { name: "Ann" }), aPerson("b", { name: "Ben" })];
  expect(presenceNews([ME, ann, ben], [ME], "a")).toBe("Ben left. Ann was removed.");
});

test.each<[boolean, number, string]>([
  [false, 0, "Nobody else is here yet."],
  [true, 0, "Everybody else has left."],
  [true, 1, "Somebody is waiting at the door."],
  [false, 3, "3 people are waiting at the door."],
])("alone, whether others were here (%s) or %s wait, one reads so", (met, waiting, words) => {
  expect(aloneWords(met, waiting)).toBe(words);
});

describe("the bar", () => {
  const ALL = new Set(BAR.flat());

  test("has one order, whatever there is", () => {
    expect(groups(new Set(["leave", "camera", "microphone"]))).toEqual([["microphone", "camera"], ["leave"]]);
    expect(groups(ALL)).toEqual(BAR.map((group) => [...group]));
    expect(groups(new Set())).toEqual([]);
  });

  test("has five buttons on a phone, and the rest under More", () => {
    expect(groups(ALL, true)).toEqual([["microphone", "camera", "hand", "more", "leave"]]);
    expect(under(ALL)).toEqual(["share", "reactions", "chat", "people", "contributions", "moderate"]);
    expect(under(new Set(["microphone", "leave", "settings"]))).toEqual([]);
  });
});
