// One doorbell stream for all pages of a browser: one page listens and tells the others.
//
// Browsers allow about six connections a site over HTTP/1.1; with a stream in every tab the seventh
// would never load. The page that holds the lock holds the stream. Every page queues for the lock, so
// that the next one takes over by itself; one that is looked at and hears nothing for 40 s (the
// holder's page sleeps) takes it away. Lock and channel are named by the account: after a sign-out
// and a sign-in as somebody else nobody hears the wrong door.
import type { Problem } from "../api/client.ts";
import { aheadBy, learn } from "../api/clock.ts";
import type { DoorKnock, DoorNow, DoorbellEvents } from "../api/shapes.ts";
import { type Hearing, type Line, SILENCE_MS } from "../api/stream.ts";
import type { Browser, Channel } from "./browser.ts";
import { type DoorbellEvent, doorNow, fold } from "./knocks.ts";

const BEAT_MS = 10_000;

/** What pages say to each other. Names may be added; whoever does not know one leaves it. */
type Message =
  | { kind: "hello" }
  | ({ kind: "state"; knocks: readonly DoorKnock[] | null; line: Line; ahead: number } & Partial<DoorNow>)
  | { kind: "event"; event: DoorbellEvent }
  | { kind: "beat"; line: Line }
  | { kind: "look" }
  | { kind: "refused"; name: string };

export interface Listener {
  event(event: DoorbellEvent): void;
  line(line: Line): void;
  /** There is nothing more to hear: the problem's name (`sign-in-first`), or `other-account`. */
  refused(name: string): void;
}

export interface SharedStream {
  retry(): void;
  close(): void;
}

export class SharedLine {
  readonly #account: string;
  readonly #listener: Listener;
  readonly #name: string;
  readonly #browser: Browser;
  readonly #open: (hearing: Hearing<DoorbellEvents>) => SharedStream;
  readonly #channel: Channel;
  readonly #watch: ReturnType<typeof setInterval>;
  #queued = new AbortController();
  #stream: SharedStream | null = null;
  #release: (() => void) | null = null;
  #beat: ReturnType<typeof setInterval> | undefined;
  #knocks: readonly DoorKnock[] | null = null;
  #now: DoorNow = { more: 0, paused: false };
  #line: Line = "opening";
  #heardAt = Date.now();
  #closed = false;

  constructor(
    account: string,
    listener: Listener,
    browser: Browser,
    open: (hearing: Hearing<DoorbellEvents>) => SharedStream,
  ) {
    this.#account = account;
    this.#listener = listener;
    this.#name = `doorbell/${account}`;
    this.#browser = browser;
    this.#open = open;
    this.#channel = browser.channel(this.#name);
    this.#channel.onmessage = ({ data }: MessageEvent) => this.#told(data as Message);
    this.#watch = setInterval(() => this.#listenForSilence(), 5_000);
    document.addEventListener("visibilitychange", this.#lookedAt);
    window.addEventListener("focus", this.#lookedAt);
    this.#say({ kind: "hello" });
    this.#queue();
  }

  get holds(): boolean {
    return this.#stream !== null;
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#watch);
    document.removeEventListener("visibilitychange", this.#lookedAt);
    window.removeEventListener("focus", this.#lookedAt);
    this.#queued.abort();
    this.#letGo();
    this.#channel.close();
  }

  /** Wait for the lock; hold it until this page goes, or another one takes it. */
  #queue(): void {
    const { locks } = this.#browser;
    if (locks === undefined) {
      void this.#hold();
      return;
    }
    this.#queued = new AbortController();
    this.#take({ signal: this.#queued.signal });
  }

  #take(options: LockOptions): void {
    this.#browser.locks?.request(this.#name, options, () => this.#hold()).catch(() => {
      // Taken away by a page that somebody looks at, or no longer wanted.
      if (this.#closed || options.signal?.aborted === true) return;
      this.#letGo();
      this.#queue();
    });
  }

  #hold(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#stream = this.#open({
      on: {
        snapshot: (data) => {
          // The cookie is another account's by now: this page is not its page.
          if (data.account !== this.#account) this.#refused("other-account");
          else this.#heard({ name: "snapshot", data });
        },
        knock: (data) => this.#heard({ name: "knock", data }),
        gone: (data) => this.#heard({ name: "gone", data }),
        door: (data) => this.#heard({ name: "door", data }),
      },
      heard: () => this.#say({ kind: "beat", line: this.#line }),
      line: (line) => this.#changed(line),
      refused: (problem: Problem) => this.#refused(problem.name),
    });
    // Also while the server is silent: the others need not take over what this page looks after.
    this.#beat = setInterval(() => this.#say({ kind: "beat", line: this.#line }), BEAT_MS);
    return new Promise((release) => {
      this.#release = release;
    });
  }

  #letGo(): void {
    clearInterval(this.#beat);
    this.#stream?.close();
    this.#stream = null;
    this.#release?.();
    this.#release = null;
    this.#heardAt = Date.now();
  }

  #refused(name: string): void {
    this.#stream?.close();
    this.#say({ kind: "refused", name });
    this.#listener.refused(name);
  }

  #heard(event: DoorbellEvent): void {
    this.#say({ kind: "event", event });
    this.#deliver(event);
  }

  #deliver(event: DoorbellEvent): void {
    this.#knocks = fold(this.#knocks ?? [], event).knocks;
    if (event.name === "snapshot" || event.name === "door") this.#now = doorNow(event.data);
    this.#listener.event(event);
  }

  #changed(line: Line): void {
    if (this.#line === line) return;
    this.#line = line;
    if (this.holds) this.#say({ kind: "beat", line });
    this.#listener.line(line);
  }

  #told(message: Message): void {
    if (this.holds) {
      if (message.kind === "look") this.#stream?.retry();
      if (message.kind === "hello") {
        this.#say({ kind: "state", knocks: this.#knocks, ...this.#now, line: this.#line, ahead: aheadBy() });
      }
      return;
    }
    if (message.kind !== "hello" && message.kind !== "look") this.#heardAt = Date.now();
    switch (message.kind) {
      case "state":
        learn(message.ahead);
        if (message.knocks !== null) {
          this.#deliver({ name: "snapshot", data: { account: this.#account, knocks: [...message.knocks], ...doorNow(message) } });
        }
        this.#changed(message.line);
        break;
      case "event":
        // Before the first list there is nothing that a change could change.
        if (this.#knocks !== null || message.event.name === "snapshot") this.#deliver(message.event);
        break;
      case "beat":
        this.#changed(message.line);
        break;
      case "refused":
        this.#listener.refused(message.name);
        break;
    }
  }

  /** Somebody looks at this page: whoever holds the line should try at once, if it is not good. */
  readonly #lookedAt = (): void => {
    if (document.visibilityState !== "visible" || this.holds) return;
    if (this.#line !== "live") this.#say({ kind: "look" });
    this.#listenForSilence();
  };

  #listenForSilence(): void {
    if (this.holds || document.visibilityState !== "visible" || Date.now() - this.#heardAt < SILENCE_MS) return;
    this.#heardAt = Date.now();
    this.#queued.abort();
    this.#take({ steal: true });
  }

  #say(message: Message): void {
    if (!this.#closed) this.#channel.postMessage(message);
  }
}
