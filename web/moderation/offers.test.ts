import { describe, expect, test } from "vitest";
import { aSetup, someone } from "./a-room.ts";
import { forEveryone, forOne, mayEnd, type Press, type Someone } from "./offers.ts";

const OFF = { microphone: false, camera: false, screen_share: false };

/** A menu as one line: what, for which source. */
function line(presses: readonly Press[]): string {
  return presses
    .map((press) => (press.do === "off" ? `${press.keep ? "keep" : "off"} ${press.source}` : "source" in press ? `${press.do} ${press.source}` : press.do))
    .join(", ");
}

describe("for everyone", () => {
  test("what everybody may use can be turned off once or kept off", () => {
    expect(line(forEveryone("microphone", aSetup()))).toBe("off microphone, keep microphone");
  });

  test("after kept off it is allowed again, and nothing else: allowing turns on nobody’s", () => {
    expect(line(forEveryone("camera", aSetup({ camera: "moderators" })))).toBe("allow camera");
  });
});

describe("for one person", () => {
  test.each<[string, Partial<Someone>, string]>([
    ["oneself: nothing", { me: true }, ""],
    [
      "a visitor with everything on",
      { on: { microphone: true, camera: true, screen_share: true } },
      "off microphone, keep microphone, off camera, keep camera, off screen_share, keep screen_share, remove",
    ],
    ["a visitor with everything off is asked, but never to share", { on: OFF }, "ask microphone, keep microphone, ask camera, keep camera, keep screen_share, remove"],
    [
      "a visitor who is kept off is allowed, not asked: they could not",
      { on: OFF, may: OFF },
      "allow microphone, allow camera, allow screen_share, remove",
    ],
    ["a moderator is never kept off", { visitor: false }, "off microphone, off camera, remove"],
    ["the owner is never removed", { visitor: false, owner: true }, "off microphone, off camera"],
    ["a hand that is up is lowered", { visitor: false, owner: true, on: OFF, hand: true }, "ask microphone, ask camera, lower"],
  ])("%s", (_who, changed, menu) => {
    expect(line(forOne(someone(changed)))).toBe(menu);
  });
});

test.each<[string, Partial<Someone>[], boolean]>([
  ["the owner", [{ me: true, owner: true }, {}], true],
  ["a moderator while the owner is in", [{ me: true }, { owner: true }], false],
  ["a moderator while the owner is not in", [{ me: true }, {}], true],
])("the meeting is ended by %s: %s", (_who, people, may) => {
  expect(mayEnd(people.map(someone))).toBe(may);
});
