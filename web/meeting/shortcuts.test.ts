// What a press means where it goes, and keys of one's own.
import { describe, expect, test } from "vitest";
import { canBe, firstShortcuts, keepShortcuts, meaning, type Pressed, recallShortcuts, type Where, withKey } from "./shortcuts.ts";

const press = (key: string, changed: Partial<Pressed> = {}): Pressed => ({ key, ctrlKey: false, altKey: false, metaKey: false, repeat: false, ...changed });
const FIRST = firstShortcuts();

describe("a press", () => {
  test.each<[Pressed, Where, string | null]>([
    [press("m"), "page", "microphone"],
    [press("M"), "page", "microphone"],
    [press("?"), "page", "list"],
    [press("m"), "button", "microphone"],
    [press("m"), "text", null],
    [press("m", { ctrlKey: true }), "page", null],
    [press("c", { metaKey: true }), "page", null],
    [press("m", { repeat: true }), "page", null],
    [press(" "), "page", "talk"],
    [press(" "), "button", null],
    [press(" "), "text", null],
    [press("x"), "page", null],
    [press("Enter"), "page", null],
  ])("of %o in a %s means %s", (pressed, where, means) => {
    expect(meaning(pressed, where, FIRST)).toBe(means);
  });

  test("means nothing once the keys are turned off", () => {
    expect(meaning(press("m"), "page", { ...FIRST, on: false })).toBeNull();
    expect(meaning(press(" "), "page", { ...FIRST, on: false })).toBeNull();
  });
});

describe("a key of one's own", () => {
  test("is used instead", () => {
    const own = withKey(FIRST, "microphone", "D");
    expect(meaning(press("d"), "page", own)).toBe("microphone");
    expect(meaning(press("m"), "page", own)).toBeNull();
  });

  test("changes places with the one that had it: no two do the same", () => {
    const own = withKey(FIRST, "microphone", "v");
    expect(meaning(press("v"), "page", own)).toBe("microphone");
    expect(meaning(press("m"), "page", own)).toBe("camera");
  });

  test.each([["a", true], ["ß", true], ["?", true], [" ", false], ["Tab", false], ["", false]])("“%s” can be one: %s", (key, can) => {
    expect(canBe(key)).toBe(can);
  });

  test("is remembered, and nonsense is not", () => {
    const texts = new Map<string, string>();
    const kept = {
      read: (key: string) => texts.get(key) ?? null,
      write: (key: string, value: string) => void texts.set(key, value),
      remove: (key: string) => void texts.delete(key),
      keys: () => [...texts.keys()],
    };
    expect(recallShortcuts(kept)).toEqual(FIRST);
    const own = { ...withKey(withKey(FIRST, "microphone", "v"), "chat", "k"), on: false };
    keepShortcuts(own, kept);
    expect(recallShortcuts(kept)).toEqual(own);
    texts.set("shortcuts", '{"keys":{"microphone":"Tab","camera":7}}');
    expect(recallShortcuts(kept)).toEqual(FIRST);
    texts.set("shortcuts", "not JSON");
    expect(recallShortcuts(kept)).toEqual(FIRST);
  });
});
