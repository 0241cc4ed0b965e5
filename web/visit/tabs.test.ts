import { describe, expect, test } from "vitest";
import { type Locks, Tabs } from "./tabs.ts";

/** One browser's locks, for all its pages. */
function browser(): Locks {
  const held: { name: string }[] = [];
  return {
    async request(name, _options, work) {
      const lock = { name };
      held.push(lock);
      await work();
      held.splice(held.indexOf(lock), 1);
    },
    query: () => Promise.resolve({ held }),
  };
}

describe("another page in the same meeting", () => {
  test("is known from when it is in until it is out", async () => {
    const locks = browser();
    const [one, other] = [new Tabs("ab", null, locks), new Tabs("ab", null, locks)];
    expect(await other.elsewhere()).toBe(false);
    one.keep(true);
    one.keep(true);
    expect(await other.elsewhere()).toBe(true);
    one.keep(false);
    await Promise.resolve();
    expect(await other.elsewhere()).toBe(false);
  });

  const locks = browser();
  test.each([
    ["the same meeting", new Tabs("ab", null, locks), true],
    ["another meeting", new Tabs("cd", null, locks), false],
    ["another person", new Tabs("ab", "1", locks), false],
    ["a browser without locks", new Tabs("ab", null, undefined), false],
  ])("seen from %s", async (_from, page, elsewhere) => {
    new Tabs("ab", null, locks).keep(true);
    expect(await page.elsewhere()).toBe(elsewhere);
  });

  test("oneself is none", async () => {
    const page = new Tabs("ab", null, browser());
    page.keep(true);
    expect(await page.elsewhere()).toBe(false);
  });
});
