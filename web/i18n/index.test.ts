// What people read: messages with names put in, times and lengths of time in their language.
import { afterEach, describe, expect, test } from "vitest";
import { clock, language, list, t, timeOfDay, use, when } from "./index.ts";

afterEach(() => use("en", {}));

describe("a message", () => {
  test.each([
    ["Copied", {}, "Copied"],
    ["%(owner)s let you in. Joining…", { owner: "Nora" }, "Nora let you in. Joining…"],
    ["%(a)s and %(b)s", { a: "%(b)s", b: "2" }, "%(b)s and 2"],
    ["%(count)s more are waiting", { count: 3 }, "3 more are waiting"],
    ["100 %% of %(it)s", { it: "it" }, "100 % of it"],
  ])("%s with %o reads %s", (text, values, said) => {
    expect(t(text, values)).toBe(said);
  });

  test("is said in the page's language, and in English where a translation is missing", () => {
    use("fr", { "%(owner)s has seen your request.": "%(owner)s a vu votre demande." });
    expect(language()).toBe("fr");
    expect(t("%(owner)s has seen your request.", { owner: "Nora" })).toBe("Nora a vu votre demande.");
    expect(t("Copied")).toBe("Copied");
  });

  test("that names a value nobody gave is a mistake of ours and says so", () => {
    expect(() => t("%(owner)s let you in.", {})).toThrow("owner");
  });
});

describe("a length of time", () => {
  test.each([
    [0, "0:00"],
    [-4, "0:00"],
    [42.9, "0:42"],
    [60, "1:00"],
    [605, "10:05"],
    [3600, "1:00:00"],
    [3661, "1:01:01"],
  ])("of %s seconds reads %s", (seconds, said) => {
    expect(clock(seconds)).toBe(said);
  });
});

describe("a moment", () => {
  const at = new Date(2026, 2, 9, 14, 5);
  test("is written the way the language does", () => {
    use("en", {});
    expect(timeOfDay(at)).toMatch(/^0?2:05\sPM$/);
    use("fr", {});
    expect(timeOfDay(at)).toBe("14:05");
    expect(when(at)).toContain("mars");
  });

  test("and so is a list", () => {
    use("en", {});
    expect(list(["Ann", "Ben", "Cy"])).toBe("Ann, Ben, and Cy");
    use("fr", {});
    expect(list(["Ann", "Ben", "Cy"])).toBe("Ann, Ben et Cy");
  });
});
