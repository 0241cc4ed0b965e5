// A stream that breaks, falls silent, is refused or sent away, and comes back with the truth.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Problem } from "./client.ts";
import { parser, SILENCE_MS, Stream, waitBefore, type Line } from "./stream.ts";

describe("the text of a stream", () => {
  const text = ': hello\r\n\r\nevent: knock\r\ndata: {"a":\r\ndata: 1}\r\n\r\ndata: x\r\n\r\nid: 4\r\nevent: gone\r\n\r\n';
  const events = [
    { name: "knock", data: '{"a":\n1}' },
    { name: "message", data: "x" },
  ];

  test.each([1, 2, 3, 7, 1000])("is understood in pieces of %i characters", (size) => {
    const parse = parser();
    const heard = [];
    for (let at = 0; at < text.length; at += size) heard.push(...parse(text.slice(at, at + size)));
    expect(heard).toEqual(events);
  });

  test("may have bare line feeds", () => {
    expect(parser()("event:gone\ndata:{}\n\n")).toEqual([{ name: "gone", data: "{}" }]);
  });
});

describe("the wait before another try", () => {
  test.each([
    [0, 0, 250],
    [0, 1, 500],
    [1, 0.5, 750],
    [3, 1, 4_000],
    [9, 0, 7_500],
    [900, 1, 15_000],
  ])("number %i with chance %f is %i ms", (tries, chance, ms) => {
    expect(waitBefore(tries, chance)).toBe(ms);
  });
});

interface Events {
  snapshot: { n: number };
}

/** A server in the place of fetch: each connection is written to, and ended, by the test. */
function aServer() {
  const connections: {
    write(text: string): void;
    end(): void;
    tear(): void;
    signal: AbortSignal;
  }[] = [];
  let answer: (() => Response) | null = null;
  vi.stubGlobal("fetch", (_path: string, { signal }: { signal: AbortSignal }) => {
    if (answer !== null) return Promise.resolve(answer());
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        connections.push({
          write: (text) => controller.enqueue(new TextEncoder().encode(text)),
          end: () => controller.close(),
          tear: () => controller.error(new TypeError("network error")),
          signal,
        });
        signal.addEventListener("abort", () => controller.error(signal.reason));
      },
    });
    return Promise.resolve(new Response(body, { headers: { "Content-Type": "text/event-stream" } }));
  });
  return {
    connections,
    get last() {
      const one = connections.at(-1);
      if (one === undefined) throw new Error("nobody has connected");
      return one;
    },
    say(n: number) {
      this.last.write(`event: snapshot\ndata: {"n":${n}}\n\n`);
    },
    answers(response: (() => Response) | null) {
      answer = response;
    },
  };
}

function problem(status: number, type: string, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify({ type: `/problems/${type}`, title: "", detail: "", status }), {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });
}

describe("a stream", () => {
  let lines: Line[];
  let heard: number[];
  let refusals: string[];
  let stream: Stream<Events> | undefined;
  let server: ReturnType<typeof aServer>;
  let visible: DocumentVisibilityState;

  const open = async (): Promise<void> => {
    stream = new Stream<Events>("/api/v1/x/events", {
      on: { snapshot: ({ n }) => heard.push(n) },
      line: (line) => lines.push(line),
      refused: (why: Problem) => refusals.push(why.name),
    });
    await settle();
  };
  /** Let what is due now happen: the fake clock runs promises between its steps. */
  const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
  const looked = async (): Promise<void> => {
    visible = "visible";
    document.dispatchEvent(new Event("visibilitychange"));
    await settle();
  };

  beforeEach(() => {
    vi.useFakeTimers();
    lines = [];
    heard = [];
    refusals = [];
    visible = "visible";
    vi.spyOn(document, "visibilityState", "get").mockImplementation(() => visible);
    server = aServer();
  });
  afterEach(() => {
    stream?.close();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  test("is live with its first event, which is delivered before that is said", async () => {
    await open();
    expect(lines).toEqual([]);
    server.say(1);
    await settle();
    expect(heard).toEqual([1]);
    expect(lines).toEqual(["live"]);
  });

  test.each(["ends", "breaks"])("that %s says so and comes back by itself with the state now", async (how) => {
    await open();
    server.say(1);
    await settle();
    if (how === "ends") server.last.end();
    else server.last.tear();
    await settle();
    expect(lines).toEqual(["live", "lost"]);
    await settle(500);
    expect(server.connections).toHaveLength(2);
    server.say(2);
    await settle();
    expect(heard).toEqual([1, 2]);
    expect(lines).toEqual(["live", "lost", "live"]);
  });

  test.each([
    ["502 of a proxy", () => new Response("<h1>Bad Gateway</h1>", { status: 502 }), 500],
    ["204", () => new Response(null, { status: 204 }), 500],
    ["404 page that is not ours", () => new Response("<h1>404</h1>", { status: 404 }), 500],
    ["503", () => problem(503, "busy", { "Retry-After": "3" }), 3_000],
    ["429", () => problem(429, "too-many-requests", { "Retry-After": "5" }), 5_000],
  ])("comes back after a %s", async (_what, answer, ms) => {
    server.answers(answer);
    await open();
    expect(lines).toEqual(["lost"]);
    server.answers(null);
    await settle(ms);
    server.say(1);
    await settle();
    expect(lines).toEqual(["lost", "live"]);
    expect(refusals).toEqual([]);
  });

  test.each([
    [401, "sign-in-first"],
    [404, "not-found"],
    [403, "cross-site"],
  ])("that is refused with %i stays shut and says why", async (status, name) => {
    server.answers(() => problem(status, name));
    await open();
    server.answers(null);
    await settle(60_000);
    await looked();
    expect(refusals).toEqual([name]);
    expect(server.connections).toHaveLength(0);
  });

  test("lives on heartbeats alone", async () => {
    await open();
    server.say(1);
    for (let beat = 0; beat < 10; beat++) {
      await settle(15_000);
      server.last.write(": ping\n\n");
    }
    await settle(1_000);
    expect(lines).toEqual(["live"]);
    expect(server.connections).toHaveLength(1);
  });

  test("that falls silent is given up and opened anew", async () => {
    await open();
    server.say(1);
    await settle(SILENCE_MS + 5_000);
    expect(lines).toEqual(["live", "lost"]);
    expect(server.connections[0]?.signal.aborted).toBe(true);
    server.say(2);
    await settle();
    expect(heard).toEqual([1, 2]);
  });

  test("does not trust a silence that lasted through the device's sleep", async () => {
    await open();
    server.say(1);
    await settle();
    vi.setSystemTime(Date.now() + 600_000);
    await looked();
    expect(server.connections).toHaveLength(2);
  });

  test("tries at once when somebody looks at the page", async () => {
    await open();
    server.say(1);
    await settle();
    visible = "hidden";
    for (let failure = 0; failure < 6; failure++) {
      server.last.end();
      await settle(15_000);
    }
    const before = server.connections.length;
    server.last.end();
    await settle();
    await looked();
    expect(server.connections).toHaveLength(before + 1);
  });

  test("that is sent elsewhere stays shut until the page is looked at again", async () => {
    await open();
    server.say(1);
    server.last.write("event: elsewhere\ndata: {}\n\n");
    await settle(120_000);
    expect(lines).toEqual(["live", "elsewhere"]);
    expect(server.last.signal.aborted).toBe(true);
    expect(server.connections).toHaveLength(1);
    await looked();
    server.say(2);
    await settle();
    expect(lines).toEqual(["live", "elsewhere", "live"]);
  });

  test("that is closed hears, says and tries nothing more", async () => {
    await open();
    server.say(1);
    await settle();
    stream?.close();
    await settle(120_000);
    await looked();
    expect(server.connections).toHaveLength(1);
    expect(server.last.signal.aborted).toBe(true);
    expect(lines).toEqual(["live"]);
  });
});
