// Who sounds, when, and how often: once for everybody who rings, once a browser, at most once in 10 s.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ABrowser } from "./a-browser.ts";
import { aKnock } from "./a-knock.ts";
import { Bell, QUIET_MS } from "./bell.ts";
import { type OpenPage, order, Pages, type Self } from "./pages.ts";

interface APage {
  bell: Bell;
  pages: Pages;
  mayChime: boolean;
}

let browser: ABrowser;
let log: string[];
let there: string[];
let open: Record<string, APage>;

function aPage(name: string, self: Partial<Self> = {}, mayChime = true): APage {
  const around = browser.page();
  const pages = new Pages("a1", name, around);
  pages.tell(self);
  const page: APage = {
    pages,
    mayChime,
    bell: new Bell("a1", around, {
      name,
      pages: () => pages.all(),
      chime: async () => {
        if (page.mayChime) log.push(`${name} chimes`);
        return page.mayChime;
      },
      notify: (knocks, silent) =>
        log.push(`${name} notifies of ${knocks.map(({ id }) => id).join(" ")}${silent ? " silently" : ""}`),
      still: (knocks) => knocks.filter(({ id }) => there.includes(id)),
      now: () => Date.now(),
    }),
  };
  open[name] = page;
  return page;
}

/** Somebody rings, and every page hears of it. */
async function rings(id: string, ms = 5_000): Promise<void> {
  there.push(id);
  for (const page of Object.values(open)) void page.bell.ring([aKnock({ id })]);
  await vi.advanceTimersByTimeAsync(ms);
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
  browser = new ABrowser();
  log = [];
  there = [];
  open = {};
});
afterEach(() => vi.useRealTimers());

const a = (changes: Partial<OpenPage>): OpenPage => ({
  name: "p", place: "platform", usedAt: 0, looked: false, sharing: false, ...changes,
});

test.each([
  ["the page used last", [a({ name: "p1", usedAt: 5 }), a({ name: "p2", usedAt: 9 })], ["p2", "p1"]],
  ["the meeting's page first", [a({ name: "p1", usedAt: 9 }), a({ name: "m", place: "meeting", usedAt: 1 })], ["m", "p1"]],
  ["always the same of two equals", [a({ name: "p2" }), a({ name: "p1" })], ["p1", "p2"]],
])("%s sounds", (_what, pages, names) => {
  expect(order(pages).map(({ name }) => name)).toEqual(names);
});

describe("a knock", () => {
  test("sounds on one page of the browser, the one used last", async () => {
    aPage("p1", { usedAt: 5, looked: true });
    aPage("p2", { usedAt: 9 });
    aPage("p3", { usedAt: 1 });
    await rings("k1");
    expect(log).toEqual(["p2 chimes"]);
  });

  test("sounds on the next page where the first may not make a sound", async () => {
    aPage("p1", { usedAt: 5, looked: true });
    aPage("p2", { usedAt: 9 }, false);
    await rings("k1");
    expect(log).toEqual(["p1 chimes"]);
  });

  test("sounds later, when a page may at last", async () => {
    const page = aPage("p1", { looked: true }, false);
    await rings("k1");
    page.mayChime = true;
    await rings("k1");
    expect(log).toEqual(["p1 chimes"]);
  });

  test("is not sounded anew by the next page that is opened", async () => {
    aPage("p1", { looked: true });
    await rings("k1");
    aPage("p2", { usedAt: 99, looked: true });
    await rings("k1", 60_000);
    expect(log).toEqual(["p1 chimes"]);
  });

  test("does not sound when it has gone before its page's turn", async () => {
    aPage("p1", { usedAt: 5, looked: true });
    aPage("p2", { usedAt: 9, looked: true }, false);
    for (const page of Object.values(open)) void page.bell.ring([aKnock({ id: "k1" })]);
    there = [];
    await vi.advanceTimersByTimeAsync(5_000);
    expect(log).toEqual([]);
  });

  test("sounds again when its guest was on hold and rings anew", async () => {
    const { bell } = aPage("p1", { looked: true });
    await rings("k1", QUIET_MS);
    await bell.forget(["k1"]);
    await rings("k1");
    expect(log).toEqual(["p1 chimes", "p1 chimes"]);
  });

  test("that was heard is forgotten when it is over", async () => {
    const { bell } = aPage("p1", { looked: true });
    await rings("k1");
    expect([...browser.kept.values()].join()).toContain("k1");
    await bell.keep(["k2"]);
    expect([...browser.kept.values()].join()).not.toContain("k1");
  });
});

test("every new knock rings, unless one rang in the last 10 s", async () => {
  aPage("p1", { looked: true });
  await rings("k1", 9_000);
  await rings("k2", 500);
  expect(log).toEqual(["p1 chimes"]);
  await rings("k3", 500);
  expect(log).toEqual(["p1 chimes"]);
  await rings("k4");
  expect(log).toEqual(["p1 chimes", "p1 chimes"]);
});

test("a clock that was set back does not silence the bell", async () => {
  aPage("p1", { looked: true });
  await rings("k1");
  vi.setSystemTime(Date.now() - 86_400_000);
  await rings("k2");
  expect(log).toEqual(["p1 chimes", "p1 chimes"]);
});

describe("a desktop notification", () => {
  test.each([
    ["is shown when nobody looks at any page, silent because the chime was heard", false, true, ["p1 chimes", "p1 notifies of k1 silently"]],
    ["sounds by itself where the page may not", false, false, ["p1 notifies of k1"]],
    ["is not shown to somebody who looks at a page", true, true, ["p1 chimes"]],
  ])("%s", async (_what, looked, mayChime, happens) => {
    aPage("p1", { usedAt: 9 }, mayChime);
    aPage("p2", { usedAt: 5, looked }, mayChime);
    await rings("k1");
    expect(log).toEqual(happens);
  });

  test("comes for each new knock, also while the bell is quiet", async () => {
    aPage("p1");
    await rings("k1", 1_000);
    await rings("k2", 1_000);
    expect(log).toEqual(["p1 chimes", "p1 notifies of k1 silently", "p1 notifies of k2 silently"]);
  });
});

describe("the pages of a browser", () => {
  test("know of each other while they are open", async () => {
    const one = aPage("p1", { place: "meeting" });
    const other = aPage("p2", { sharing: true });
    await vi.advanceTimersByTimeAsync(0);
    expect((await one.pages.all()).map(({ name, sharing }) => [name, sharing])).toEqual([["p1", false], ["p2", true]]);
    other.pages.close();
    await vi.advanceTimersByTimeAsync(0);
    expect((await one.pages.all()).map(({ name }) => name)).toEqual(["p1"]);
  });

  test("forget one that crashed", async () => {
    browser.kept.set("doorbell/a1/page/gone", JSON.stringify(a({ place: "meeting" })));
    const { pages } = aPage("p1");
    expect((await pages.all()).map(({ name }) => name)).toEqual(["p1"]);
    expect(browser.kept.has("doorbell/a1/page/gone")).toBe(false);
  });

  test("of another account are none of ours", async () => {
    const { pages } = aPage("p1");
    const stranger = new Pages("a2", "p9", browser.page());
    stranger.tell({ looked: true });
    expect((await pages.all()).map(({ name }) => name)).toEqual(["p1"]);
  });
});
