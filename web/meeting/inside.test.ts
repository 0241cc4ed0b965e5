// What somebody does in a meeting besides talking, over reloads and broken calls.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Problem } from "../api/client.ts";
import type { Entry, Hand, Rights, Setup } from "../api/shapes.ts";
import type { Sender } from "./chat.ts";
import { type ChatHearing, type ChatLine, Inside } from "./inside.ts";
import { News } from "./news.ts";

const OLGA: Sender = { identity: "o1", name: "Olga", visitor: false };
const ME = { name: "Max", visitor: false };
const RIGHTS: Rights = { microphone: true, camera: true, screen_share: true, chat: true };
const SETUP = { chat: "everyone" } as Setup;

function anEntry(changed: Partial<Entry> = {}): Entry {
  const known = { livekit_url: "", token: "", identity: "m1", name: "Max", role: "moderator" as const };
  return { ...known, meeting: "one", expires_at: "", ...changed };
}

const hand = (identity: string, since = "1"): Hand => ({ identity, name: identity, since });

/** A line whose messages are looked at, and which a test breaks. */
class ALine implements ChatLine {
  readonly sent: string[] = [];
  broken = false;
  hearing: ChatHearing | null = null;

  write(text: string): Promise<void> {
    this.sent.push(text);
    return this.broken ? Promise.reject(new Error("broken")) : Promise.resolve();
  }

  hear(hearing: ChatHearing): () => void {
    this.hearing = hearing;
    return () => (this.hearing = null);
  }

  brings(from: Sender, text: string): void {
    this.hearing?.written(from, new TextEncoder().encode(text));
  }
}

class APage {
  readonly news = new News();
  readonly asked: [string, object | undefined][] = [];
  refusal: Error | null = null;
  line = new ALine();
  readonly inside: Inside;

  constructor() {
    const call = (_method: string, path: string, body?: object): Promise<never> => {
      this.asked.push([path, body]);
      return this.refusal === null ? Promise.resolve(undefined as never) : Promise.reject(this.refusal);
    };
    this.inside = new Inside(this.news, { call: call as never, now: () => Date.now(), storage: sessionStorage });
  }

  /** Go in, or in again, with a new call. */
  async enters(changed: Partial<Entry> = {}, connected = Promise.resolve()): Promise<void> {
    this.line = new ALine();
    this.news.begin();
    this.inside.enters(anEntry(changed), this.line, connected);
    this.news.on.snapshot({ setup: SETUP, rights: RIGHTS, hands: [], contributions: null });
    await vi.advanceTimersByTimeAsync(1);
  }

  get lines(): string[] {
    return this.inside.chat.lines.map((line) => (line.is === "message" ? `${line.from.name}: ${line.text}${line.state === "sent" ? "" : ` (${line.state})`}` : line.is));
  }
}

let page: APage;

beforeEach(async () => {
  vi.useFakeTimers({ now: 1_000_000 });
  sessionStorage.clear();
  page = new APage();
  await page.enters();
});
afterEach(() => void vi.useRealTimers());

describe("the chat", () => {
  test("takes what comes, and sends what is written", async () => {
    page.line.brings(OLGA, "Hello");
    page.inside.say("Hi", ME);
    expect(page.lines).toEqual(["Olga: Hello", "Max: Hi (sending)"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(page.lines).toEqual(["Olga: Hello", "Max: Hi"]);
    expect(page.line.sent).toEqual(["Hi"]);
  });

  test("says what did not arrive, and sends it again as the newest", async () => {
    page.line.broken = true;
    page.inside.draft("next");
    page.inside.say("Hi", ME);
    await vi.advanceTimersByTimeAsync(1);
    page.line.brings(OLGA, "Hello");
    expect(page.lines).toEqual(["Max: Hi (failed)", "Olga: Hello"]);
    page.line.broken = false;
    page.inside.draft("in between");
    const failed = page.inside.chat.lines[0];
    if (failed?.is === "message") page.inside.again(failed);
    await vi.advanceTimersByTimeAsync(1);
    expect(page.lines).toEqual(["Olga: Hello", "Max: Hi"]);
    expect(page.inside.chat.draft).toBe("in between");
  });

  test("gives up on a message that is on its way for too long", async () => {
    page.line.write = () => new Promise(() => undefined);
    page.inside.say("Hi", ME);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(page.lines).toEqual(["Max: Hi (failed)"]);
  });

  test("counts what is unread while nobody looks", () => {
    page.line.brings(OLGA, "one");
    expect(page.inside.chat.unread).toBe(1);
    page.inside.read(true);
    page.line.brings(OLGA, "two");
    expect(page.inside.chat.unread).toBe(0);
    page.inside.read(false);
    page.line.brings(OLGA, "three");
    expect(page.inside.chat.unread).toBe(1);
  });

  test("shows for some seconds what was just written, unless somebody looks", async () => {
    page.line.brings(OLGA, "one");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(page.inside.glimpse).toBe("Olga writes: one");
    page.inside.read(true);
    expect(page.inside.glimpse).toBe("");
    page.line.brings(OLGA, "two");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(page.inside.announcement).toBe("Olga writes: two");
    expect(page.inside.glimpse).toBe("");
    page.inside.read(false);
    page.news.on.hands({ hands: [hand("o1")] });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(page.inside.glimpse).toBe("o1 raises a hand.");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(page.inside.glimpse).toBe("");
  });

  test("is there after a reload, with a line that something may be missing", async () => {
    page.line.brings(OLGA, "Hello");
    page.inside.draft("half");
    const { since } = page.inside.chat;
    vi.advanceTimersByTime(1_000);
    const reloaded = new APage();
    await reloaded.enters();
    expect(reloaded.lines).toEqual(["Olga: Hello", "missed"]);
    expect(reloaded.inside.chat).toMatchObject({ since, draft: "half", unread: 1 });
  });

  test("goes on after a call that broke, on the new line alone", async () => {
    page.line.brings(OLGA, "Hello");
    const old = page.line;
    await page.enters();
    old.brings(OLGA, "from the past");
    page.line.brings(OLGA, "Again");
    expect(page.lines).toEqual(["Olga: Hello", "missed", "Olga: Again"]);
  });

  test("begins when the page is in, not when it tries; a try that fails misses nothing", async () => {
    const late = new APage();
    sessionStorage.clear();
    await late.enters({ meeting: "two" }, Promise.reject(new Error("no")));
    await vi.advanceTimersByTimeAsync(60_000);
    await late.enters({ meeting: "two" });
    expect(late.lines).toEqual([]);
    expect(late.inside.chat.since).toBeGreaterThanOrEqual(1_060_000);
  });

  test("of one meeting is not another's", async () => {
    page.line.brings(OLGA, "Hello");
    vi.advanceTimersByTime(1_000);
    await page.enters({ meeting: "two" });
    expect(page.lines).toEqual([]);
    await new APage().enters({ meeting: "one" });
    expect(sessionStorage.getItem("chat:one") ?? "").not.toContain("Hello");
  });

  test("stays on the page and leaves the tab's memory when the visit is over", async () => {
    page.line.brings(OLGA, "Hello");
    vi.advanceTimersByTime(1_000);
    expect(sessionStorage.length).toBe(1);
    page.inside.forget();
    page.inside.draft("written into nothing");
    vi.advanceTimersByTime(1_000);
    expect(sessionStorage.length).toBe(0);
    await page.enters();
    expect(page.lines).toEqual(["Olga: Hello", "missed"]);
  });

  test("is the moderators' where the set-up says so", () => {
    expect([page.inside.mayWrite, page.inside.moderatorsWrite]).toEqual([true, false]);
    page.news.on.setup({ ...SETUP, chat: "moderators", by: "Olga" });
    page.news.on.rights({ ...RIGHTS, chat: false });
    expect([page.inside.mayWrite, page.inside.moderatorsWrite]).toEqual([false, true]);
  });
});

describe("hands", () => {
  test("go up and down by a call, and are where the stream says", async () => {
    await page.inside.raise(true);
    expect(page.asked).toEqual([["/api/v1/meetings/one/hand", { identity: "m1", raised: true }]]);
    expect(page.inside.hand).toBeNull();
    page.news.on.hands({ hands: [hand("o1"), hand("m1")] });
    expect(page.inside.hand).toBe(2);
    await page.inside.raise(false);
    expect(page.asked[1]).toEqual(["/api/v1/meetings/one/hand", { identity: "m1", raised: false }]);
  });

  test.each<[Error, string | null]>([
    [new Error("away"), "That did not reach the server. Please try again."],
    [new Problem({ type: "/problems/forbidden", title: "Forbidden", status: 403, detail: "Not yours." }), "Not yours."],
    [new Problem({ type: "/problems/too-many-requests", title: "Slowly", status: 429 }), null],
    [new Problem({ type: "/problems/busy", title: "Busy", status: 503 }), "That did not reach the server. Please try again."],
  ])("%# that come to nothing say why", async (refusal, words) => {
    page.refusal = refusal;
    expect(await page.inside.raise(true)).toBe(words);
  });

  test("of others are heard, one's own and those of before are not", async () => {
    page.news.on.hands({ hands: [hand("m1"), hand("o1")] });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(page.inside.announcement).toBe("o1 raises a hand.");
    const late = new APage();
    late.inside.enters(anEntry(), late.line, Promise.resolve());
    late.news.on.snapshot({ setup: SETUP, rights: RIGHTS, hands: [hand("o1")], contributions: null });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(late.inside.announcement).toBe("");
  });
});

describe("reactions", () => {
  test("go out by a call, at most five a second", async () => {
    for (let n = 0; n < 9; n += 1) await page.inside.react("clap");
    expect(page.asked).toHaveLength(5);
    expect(page.asked[0]).toEqual(["/api/v1/meetings/one/reaction", { identity: "m1", reaction: "clap" }]);
  });

  test("are shown for three seconds, one's own too, and those of others are heard", async () => {
    page.news.on.reaction({ identity: "m1", name: "Max", reaction: "clap" });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(page.inside.announcement).toBe("");
    page.news.on.reaction({ identity: "o1", name: "Olga", reaction: "heart" });
    expect(page.inside.reactions.map(({ reaction }) => reaction)).toEqual(["clap", "heart"]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(page.inside.reactions.map(({ reaction }) => reaction)).toEqual(["heart"]);
    expect(page.inside.announcement).toBe("Olga: Heart.");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(page.inside.reactions).toEqual([]);
  });
});
