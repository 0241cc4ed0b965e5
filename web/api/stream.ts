// An event stream of the server that comes back by itself, and knows when it is dead.
//
// Read with fetch and not with EventSource: EventSource hides the heartbeats (comments), so that a
// line that died without a word looks alive for ever, it hides why the server refused, and after a
// 502 or 204 it stays closed. Every connection of ours begins with the state now, so nothing is
// lost by opening anew, and no event id is needed.
import { type Problem, problemOf } from "./client.ts";
import { hearTime } from "./clock.ts";

/**
 * `live`: what the page shows is the truth. `lost`: it was, and the next try is under way.
 * `elsewhere`: this person has too many pages open; this one listens again when it is looked at.
 */
export type Line = "opening" | "live" | "lost" | "elsewhere";

/** The server sends a heartbeat every 15 s; after two that are missing nobody is there. */
export const SILENCE_MS = 40_000;
/** A connection that held this long was a good one: the next try comes soon again. */
const STEADY_MS = 10_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

export interface ServerEvent {
  name: string;
  data: string;
}

/** Milliseconds before try number `tries` (from 0): doubling, and half of it chance, so that a server
 * that restarts does not meet all its pages at once. */
export function waitBefore(tries: number, chance: number = Math.random()): number {
  const whole = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries, 10));
  return whole / 2 + (whole / 2) * chance;
}

/** Returns a function that takes the stream's text in any pieces and returns the events they complete. */
export function parser(): (piece: string) => ServerEvent[] {
  let rest = "";
  let name = "message";
  let data: string[] = [];
  return (piece) => {
    const events: ServerEvent[] = [];
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const raw of lines) {
      const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
      if (line === "") {
        if (data.length > 0) events.push({ name, data: data.join("\n") });
        name = "message";
        data = [];
        continue;
      }
      const colon = line.indexOf(":");
      if (colon === 0) continue;
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (field === "event") name = value;
      if (field === "data") data.push(value);
    }
    return events;
  };
}

/** What a stream tells: an event each by its name, the state of the line, and a refusal that ends it. */
export interface Hearing<Events> {
  on: { [Name in keyof Events]: (data: Events[Name]) => void };
  line?: (line: Line) => void;
  /** Something came, an event or a heartbeat: the line is good. */
  heard?: () => void;
  /** The server will not serve this stream, now or later (signed out, no such knock): it stays shut. */
  refused?: (problem: Problem) => void;
}

/** Only these are worth another try among the server's own 4xx. */
const PASSING = new Set([408, 425, 429]);

export class Stream<Events> {
  readonly #path: string;
  readonly #hearing: Hearing<Events>;
  #line: Line = "opening";
  #connection: AbortController | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  #tries = 0;
  #heardAt = 0;
  #closed = false;
  #refused = false;

  /** Opens at once. Whoever opens it closes it. */
  constructor(path: string, hearing: Hearing<Events>) {
    this.#path = path;
    this.#hearing = hearing;
    document.addEventListener("visibilitychange", this.#lookedAt);
    window.addEventListener("focus", this.#lookedAt);
    window.addEventListener("pageshow", this.#lookedAt);
    window.addEventListener("online", this.#lookedAt);
    this.#watch = setInterval(this.#listenForSilence, 5_000);
    this.#open();
  }

  get line(): Line {
    return this.#line;
  }

  close(): void {
    this.#closed = true;
    document.removeEventListener("visibilitychange", this.#lookedAt);
    window.removeEventListener("focus", this.#lookedAt);
    window.removeEventListener("pageshow", this.#lookedAt);
    window.removeEventListener("online", this.#lookedAt);
    clearInterval(this.#watch);
    this.#hangUp();
  }

  #hangUp(): void {
    clearTimeout(this.#retry);
    this.#connection?.abort();
    this.#connection = null;
  }

  /** Somebody looks: no reason to wait for the next try, to stay away, or to trust a long silence. */
  retry(): void {
    if (this.#refused) return;
    if (this.#connection === null) this.#open();
    else this.#listenForSilence();
  }

  readonly #lookedAt = (): void => {
    if (document.visibilityState === "visible") this.retry();
  };

  /** By the clock on the wall, which goes on while a sleeping device's timers do not. */
  readonly #listenForSilence = (): void => {
    if (this.#connection === null || Date.now() - this.#heardAt < SILENCE_MS) return;
    this.#change("lost");
    this.#open();
  };

  #open(): void {
    if (this.#closed) return;
    this.#hangUp();
    const connection = new AbortController();
    this.#connection = connection;
    this.#heardAt = Date.now();
    void this.#listen(connection).then((retryAfter) => {
      // Another connection has taken this one's place, or nobody wants one.
      if (this.#connection !== connection) return;
      this.#hangUp();
      if (retryAfter === null) return;
      this.#change("lost");
      this.#retry = setTimeout(() => this.#open(), Math.max(retryAfter * 1000, waitBefore(this.#tries++)));
    });
  }

  /** Listen until the connection ends. Returns the least seconds to wait before the next, or null for none. */
  async #listen(connection: AbortController): Promise<number | null> {
    const begun = Date.now();
    try {
      const response = await fetch(this.#path, {
        credentials: "same-origin",
        cache: "no-store",
        headers: { Accept: "text/event-stream" },
        signal: connection.signal,
      });
      hearTime(response);
      if (!response.ok) {
        const problem = await problemOf(response);
        const forGood = problem !== null && problem.status < 500 && !PASSING.has(problem.status);
        if (!forGood) return problem?.retry_after ?? 0;
        if (this.#connection === connection) {
          this.#refused = true;
          this.#hearing.refused?.(problem);
        }
        return null;
      }
      if (response.body === null) return 0;
      const parse = parser();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || this.#connection !== connection) break;
        this.#heardAt = Date.now();
        this.#hearing.heard?.();
        if (this.#heardAt - begun > STEADY_MS) this.#tries = 0;
        for (const event of parse(value)) {
          if (this.#connection !== connection) return null;
          if (event.name === "elsewhere") {
            this.#change("elsewhere");
            return null;
          }
          this.#deliver(event);
        }
      }
    } catch {
      // A line that breaks is the normal end of a stream.
    }
    return 0;
  }

  #deliver(event: ServerEvent): void {
    // Live from the first event: it is the state now. Said after it is delivered, so that whoever
    // hears "live" already has that state.
    const handler = this.#hearing.on[event.name as keyof Events];
    try {
      if (handler !== undefined) handler(JSON.parse(event.data) as Events[keyof Events]);
    } catch (error) {
      // A listener's mistake is reported as one; it is no reason to call the line broken.
      queueMicrotask(() => {
        throw error;
      });
    }
    this.#change("live");
  }

  #change(line: Line): void {
    if (this.#closed || this.#line === line) return;
    this.#line = line;
    this.#hearing.line?.(line);
  }
}
