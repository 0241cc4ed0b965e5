// Hands have the server's order; reactions are few and short; what is heard of both is little.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Hand, Reacted } from "../api/shapes.ts";
import { buttonWords, handWords, placeOf, raisedSince } from "./hands.ts";
import { Announcer, type Happening, summary } from "./heard.ts";
import { fresh, glyph, REACTIONS, reactionWords, show, type Shown, SHOWN_MS, spend } from "./reactions.ts";

const hand = (identity: string, since = "1"): Hand => ({ identity, name: identity.toUpperCase(), since });

describe("a hand", () => {
  test.each<[Hand[], string | null, number | null]>([
    [[], "a", null],
    [[hand("b"), hand("a")], "a", 2],
    [[hand("b"), hand("a")], "b", 1],
    [[hand("b")], null, null],
  ])("has its place %#", (hands, identity, place) => {
    expect(placeOf(hands, identity)).toBe(place);
  });

  test.each<[string, Hand[], Hand[], string[]]>([
    ["that went up", [hand("a")], [hand("a"), hand("b")], ["b"]],
    ["that went down and up again", [hand("a", "1")], [hand("a", "2")], ["a"]],
    ["none, when one went down", [hand("a"), hand("b")], [hand("b")], []],
  ])("is new: %s", (_which, before, now, raised) => {
    expect(raisedSince(before, now).map(({ identity }) => identity)).toEqual(raised);
  });

  test.each<[number | null, string]>([
    [null, "Raise your hand"],
    [1, "Lower your hand"],
    [3, "Lower your hand (you are number 3)"],
  ])("at place %s: the button says “%s”", (place, words) => {
    expect(buttonWords(place)).toBe(words);
  });

  test("is numbered where there is more than one", () => {
    expect([handWords(1, 1), handWords(2, 2)]).toEqual(["Hand raised", "Hand raised, number 2"]);
  });
});

const reacted = (identity: string, reaction: Reacted["reaction"] = "clap"): Reacted => ({ identity, name: identity, reaction });

describe("reactions", () => {
  test("each have a picture and a name of their own", () => {
    expect(new Set(REACTIONS.map(glyph)).size).toBe(6);
    expect(new Set(REACTIONS.map(reactionWords)).size).toBe(6);
  });

  test("are shown for three seconds", () => {
    const shown = show([], reacted("a"), 100);
    expect(fresh(shown, 100 + SHOWN_MS - 1)).toHaveLength(1);
    expect(fresh(shown, 100 + SHOWN_MS)).toEqual([]);
  });

  test("are three at once of one person, the newest", () => {
    const words: Reacted["reaction"][] = ["clap", "heart", "laugh", "party"];
    const shown = words.reduce<readonly Shown[]>((before, word) => show(before, reacted("a", word), 0), show([], reacted("b"), 0));
    expect(shown.map(({ identity, reaction }) => `${identity} ${reaction}`)).toEqual(["b clap", "a heart", "a laugh", "a party"]);
    expect(new Set(shown.map(({ key }) => key)).size).toBe(4);
  });

  test("are at most sixty on a page, whatever comes", () => {
    let shown: readonly Shown[] = [];
    for (let n = 0; n < 500; n += 1) shown = show(shown, reacted(`p${n}`), 0);
    expect(shown).toHaveLength(60);
    expect(shown.at(-1)?.identity).toBe("p499");
  });

  test("that this page does not know are none", () => {
    expect(show([], reacted("a", "<b>" as Reacted["reaction"]), 0)).toEqual([]);
  });

  test("of one's own are at most five a second", () => {
    let sent: readonly number[] | null = [];
    for (const at of [0, 100, 200, 300, 400]) sent = spend(sent ?? [], at);
    expect(sent).toHaveLength(5);
    expect(spend(sent ?? [], 900)).toBeNull();
    expect(spend(sent ?? [], 1_000)).toHaveLength(5);
  });
});

const raises = (name: string): Happening => ({ is: "hand", name });
const writes = (name: string, text = "Hi"): Happening => ({ is: "message", name, text });
const reacts = (name: string): Happening => ({ is: "reaction", name, reaction: "clap" });

describe("heard is", () => {
  test.each<[Happening[], string]>([
    [[], ""],
    [[raises("Ann")], "Ann raises a hand."],
    [[raises("Ann"), raises("Ben")], "Ann and Ben raise their hands."],
    [[raises("A"), raises("B"), raises("C"), raises("D")], "4 people raise their hands."],
    [[writes("Ann")], "Ann writes: Hi"],
    [[writes("Ann", "x".repeat(500))], `Ann writes: ${"x".repeat(160)}…`],
    [[writes("Ann"), writes("Ben")], "2 new messages in the chat."],
    [[reacts("Ann")], "Ann: Applause."],
    [[reacts("Ann"), reacts("Ben"), reacts("Ann")], "3 reactions."],
    [[reacts("Ann"), writes("Ben"), raises("Cy")], "Cy raises a hand. Ann: Applause. Ben writes: Hi"],
  ])("%# all of it in one text", (happenings, text) => {
    expect(summary(happenings)).toBe(text);
  });

  describe("in time", () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    test("soon, together, and then not for a while", () => {
      const said: string[] = [];
      const announcer = new Announcer((happened) => said.push(summary(happened)), () => Date.now());
      announcer.add(raises("Ann"));
      vi.advanceTimersByTime(300);
      announcer.add(raises("Ben"));
      expect(said).toEqual([]);
      vi.advanceTimersByTime(400);
      expect(said).toEqual(["Ann and Ben raise their hands."]);
      announcer.add(writes("Ann"));
      vi.advanceTimersByTime(4_000);
      announcer.add(writes("Ben"));
      expect(said).toHaveLength(1);
      vi.advanceTimersByTime(1_000);
      expect(said[1]).toBe("2 new messages in the chat.");
      vi.advanceTimersByTime(60_000);
      expect(said).toHaveLength(2);
    });
  });
});
