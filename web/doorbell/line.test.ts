// Ten pages, one stream: who listens, who takes over, and that everybody knows the same.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { DoorbellEvents } from "../api/shapes.ts";
import { type Hearing, type Line, SILENCE_MS } from "../api/stream.ts";
import { ABrowser } from "./a-browser.ts";
import { aKnock } from "./a-knock.ts";
import { fold } from "./knocks.ts";
import { SharedLine } from "./line.ts";

interface APage {
  line: SharedLine;
  known: string[];
  more: number | undefined;
  lines: Line[];
  refused: string[];
  deaf: boolean;
}

let browser: ABrowser;
let pages: APage[];
/** The streams that are open at the server, newest last. */
let streams: { account: string; page: APage; hearing: Hearing<DoorbellEvents>; retried: number }[];
let visible: DocumentVisibilityState;

const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

async function open(account = "a1", locks = true): Promise<APage> {
  const page: APage = { line: null as unknown as SharedLine, known: [], more: undefined, lines: [], refused: [], deaf: false };
  const around = browser.page(() => page.deaf);
  let knocks: ReturnType<typeof fold>["knocks"] = [];
  page.line = new SharedLine(
    account,
    {
      event: (event) => {
        knocks = fold(knocks, event).knocks;
        page.known = knocks.map(({ id }) => id);
        if (event.name === "snapshot" || event.name === "door") page.more = event.data.more;
      },
      line: (line) => page.lines.push(line),
      refused: (name) => page.refused.push(name),
    },
    locks ? around : { ...around, locks: undefined },
    (hearing) => {
      const stream = { account, page, hearing, retried: 0 };
      streams.push(stream);
      return {
        retry: () => void stream.retried++,
        close: () => {
          streams = streams.filter((one) => one !== stream);
        },
      };
    },
  );
  pages.push(page);
  await settle();
  return page;
}

/** The server speaks on the one open stream. */
function server(): Hearing<DoorbellEvents> {
  expect(streams).toHaveLength(1);
  const [stream] = streams;
  if (stream === undefined) throw new Error("nobody listens");
  return stream.hearing;
}

async function tells(...ids: string[]): Promise<void> {
  server().on.snapshot({ account: streams[0]?.account ?? "", knocks: ids.map((id) => aKnock({ id })) });
  server().heard?.();
  server().line?.("live");
  await settle();
}

beforeEach(() => {
  vi.useFakeTimers();
  visible = "visible";
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => visible);
  browser = new ABrowser();
  pages = [];
  streams = [];
});
afterEach(() => {
  for (const page of pages) page.line.close();
  vi.useRealTimers();
});

describe("ten pages of one account", () => {
  beforeEach(async () => {
    for (let n = 0; n < 10; n++) await open();
    await tells("k1");
  });

  test("have one stream, and all know what it tells", async () => {
    server().on.knock(aKnock({ id: "k2" }));
    await settle();
    for (const page of pages) {
      expect(page.known).toEqual(["k1", "k2"]);
      expect(page.lines.at(-1)).toBe("live");
    }
  });

  test("an eleventh that comes later knows at once, without a stream of its own", async () => {
    const late = await open();
    expect(late.known).toEqual(["k1"]);
    expect(late.lines).toEqual(["live"]);
    expect(streams).toHaveLength(1);
  });

  test("know how many wait beside those whom they know, also one that comes later", async () => {
    server().on.door({ more: 4_500, paused: false });
    await settle();
    expect(pages.map(({ more }) => more)).toEqual(pages.map(() => 4_500));
    expect((await open()).more).toBe(4_500);
  });

  test("when the one that listens is closed, another listens", async () => {
    pages[0]?.line.close();
    await settle();
    await tells("k1", "k3");
    expect(pages[1]?.line.holds).toBe(true);
    for (const page of pages.slice(1)) expect(page.known).toEqual(["k1", "k3"]);
  });

  test("all say that the line is lost, and that it is back", async () => {
    server().line?.("lost");
    await settle();
    for (const page of pages) expect(page.lines.at(-1)).toBe("lost");
    server().line?.("live");
    await settle();
    for (const page of pages) expect(page.lines.at(-1)).toBe("live");
  });

  test("all learn that the account may no longer listen", async () => {
    server().refused?.({ name: "sign-in-first" } as never);
    await settle();
    for (const page of pages) expect(page.refused).toEqual(["sign-in-first"]);
  });

  test("looking at any of them makes a lost line try at once", async () => {
    server().line?.("lost");
    await settle();
    document.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect(streams[0]?.retried).toBeGreaterThan(0);
  });
});

describe("a page whose holder sleeps", () => {
  beforeEach(async () => {
    await open();
    await tells("k1");
    await open();
  });

  /** What a page notices of a holder that the browser has put to sleep: nothing. */
  const hearsNothing = async (page: APage, ms: number): Promise<void> => {
    page.deaf = true;
    await settle(ms);
    page.deaf = false;
  };
  const two = (): [APage, APage] => [pages[0] as APage, pages[1] as APage];

  test("leaves it be while it hears its heartbeats", async () => {
    for (let beat = 0; beat < 8; beat++) {
      server().heard?.();
      await settle(15_000);
    }
    expect(pages[0]?.line.holds).toBe(true);
  });

  test.each([
    ["takes the stream over after 40 s when it is visible", "visible", true],
    ["leaves it alone while nobody looks", "hidden", false],
  ] as const)("%s", async (_what, state, takes) => {
    const [holder, follower] = two();
    visible = state;
    await hearsNothing(follower, SILENCE_MS + 5_000);
    expect([holder.line.holds, follower.line.holds]).toEqual([!takes, takes]);
    await tells("k1", "k2");
    expect(follower.known).toEqual(["k1", "k2"]);
  });

  test("gets it back in line behind the one that took it", async () => {
    const [holder, follower] = two();
    await hearsNothing(follower, SILENCE_MS + 5_000);
    follower.line.close();
    await settle();
    expect(holder.line.holds).toBe(true);
  });
});

test("two accounts in one browser never hear of each other's doors", async () => {
  const one = await open("a1");
  await tells("k1");
  const other = await open("a2");
  expect(streams).toHaveLength(2);
  expect([one.known, other.known]).toEqual([["k1"], []]);
});

test("whoever is signed in as somebody else by now does not hear that one's door", async () => {
  const page = await open("a1");
  server().on.snapshot({ account: "a2", knocks: [aKnock({ id: "k9" })] });
  await settle();
  expect([page.known, page.refused, streams]).toEqual([[], ["other-account"], []]);
});

test("without locks every page listens for itself", async () => {
  await open("a1", false);
  await open("a1", false);
  expect(streams).toHaveLength(2);
});
