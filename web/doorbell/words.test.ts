// The doorbell's sentences.
import { afterEach, describe, expect, test } from "vitest";
import { use } from "../i18n/index.ts";
import { aKnock } from "./a-knock.ts";
import { heard, NOTHING, type Said } from "./pop-up.ts";
import { atTheDoor, behind, endedOf, handle, line, noteOf, others, people, warning } from "./words.ts";

const NOW = Date.parse("2026-03-09T14:00:43.000Z");
const knock = aKnock({ id: "k1", name: "Nora Adams" });
const guest = { name: "Nora Adams", workspace: "Acme", role: "guest" };

afterEach(() => use("en", {}));

describe("the line under a name", () => {
  test.each([
    [{}, "No account · waiting 0:42"],
    [{ verified: guest }, "Guest of Acme · verified · waiting 0:42"],
    [{ verified: { ...guest, role: "member" } }, "Member of Acme · verified · waiting 0:42"],
    [{ away: true }, "No account · waiting 0:42 · away at the moment"],
    [{ held: true, away: true }, "No account · waiting 0:42 · on hold · away at the moment"],
    [{ state: "admitted" as const, away: true }, "No account · let in, on the way"],
  ])("of %o is %s", (changes, text) => {
    expect(line({ ...knock, ...changes }, NOW)).toBe(text);
  });
});

test("a name like a member's is warned of", () => {
  expect(warning(knock)).toBeNull();
  expect(warning({ ...knock, resembles: "Nora Adams" })).toContain("Nora Adams is a member");
});

describe("a note", () => {
  test.each([
    [{ kind: "accepted", knock }, "Accepted."],
    [{ kind: "accepted-by", knock, by: "Olga Owner" }, "Olga Owner accepted Nora Adams on another page."],
    [{ kind: "refused-by", knock, by: "Olga Owner" }, "Olga Owner refused Nora Adams on another page."],
    [{ kind: "accepted-by", knock, by: "Ann" }, "Ann accepted Nora Adams."],
    [{ kind: "accepted-by", knock, by: null }, "Nora Adams was let in."],
    [{ kind: "held-by", knock, by: null }, "Nora Adams is on hold."],
    [{ kind: "full", knock }, "The meeting is full. Nora Adams keeps waiting."],
    [{ kind: "accepted-all", accepted: 3, full: 0 }, "Accepted: 3."],
    [{ kind: "refused-all", refused: 5_012 }, "Refused: 5,012."],
    [{ kind: "accepted-all", accepted: 2, full: 1 }, "Accepted: 2. The meeting is full; keep waiting: 1."],
  ] as [Said, string][])("%o reads %s", (said, text) => {
    expect(noteOf(said, "Olga Owner")).toBe(text);
  });
});

test("a card that ended says why", () => {
  expect(endedOf({ kind: "refused", by: "Ann" }, knock, "Olga Owner")).toBe("Ann refused Nora Adams.");
  expect(endedOf({ kind: "gone", by: null }, knock, "Olga Owner")).toBe("Nora Adams is no longer waiting.");
});

test.each([
  [1, "One more is waiting"],
  [3, "3 more are waiting"],
])("%i others", (count, text) => {
  expect(others(count)).toBe(text);
});

test("a crowd is a number", () => {
  expect(people(5_012)).toBe("5,012 people are waiting");
  expect([behind(1), behind(4_962)]).toEqual(["One more came after them.", "4,962 more came after them."]);
  const { popUp } = heard(NOTHING, { name: "door", data: { more: 5_012, paused: true } }, 0);
  expect(handle(popUp)).toBe("Waiting: 5,012 · Knocking is paused");
});

test("the handle counts who waits, who is on hold and who is on the way", () => {
  const knocks = [knock, aKnock({ id: "k2", held: true }), aKnock({ id: "k3", state: "admitted" })];
  const { popUp } = heard(NOTHING, { name: "snapshot", data: { account: "a1", knocks } }, 0);
  expect(handle(popUp)).toBe("Waiting: 1 · On hold: 1 · On the way: 1");
});

test("while the screen is shared nobody is named", () => {
  expect(atTheDoor(knock, false)).toBe("Nora Adams is at your door");
  expect(atTheDoor(knock, true)).not.toContain("Nora");
});
