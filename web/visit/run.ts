// Lives a visit: hands events to the table in state.ts and does what it asks for.
//
// All that reaches outside comes in as `Outside`, so that this file knows no DOM and no LiveKit.
import { Problem } from "../api/client.ts";
import type { Entry, GuestKnock, LinkView } from "../api/shapes.ts";
import type { Line } from "../api/stream.ts";
import { type Effect, type Event, type Mark, type Trouble, type Visit, type Words, step, still } from "./state.ts";

export interface Closable {
  close(): void;
}

/** What the media tell of themselves. Nothing is said after `close`. */
export interface MediaHearing {
  interrupted(): void;
  mended(): void;
  dropped(reason: number): void;
}

export interface KnockHearing {
  knock(knock: GuestKnock): void;
  line(line: Line): void;
  refused(): void;
}

export interface MeetingHearing {
  over(reason: string, by: string | null): void;
  refused(): void;
}

export interface Outside<Call extends Closable> {
  look(): Promise<LinkView>;
  ask(words: Words): Promise<{ entry: Entry } | { knock: GuestKnock }>;
  fetchEntry(knock: string): Promise<{ entry: Entry }>;
  withdraw(knock: string): Promise<unknown>;
  leave(meeting: string, identity: string): void;
  listen(knock: string, hearing: KnockHearing): Closable;
  listenToMeeting(meeting: string, hearing: MeetingHearing): Closable;
  /** Load what the meeting needs. Fails silently: connecting loads it again. */
  prepare(): void;
  /** A call that is not connected yet. `connect` of it resolves when it is; an Error named KeptOut: not accepted. */
  call(hearing: MediaHearing): Promise<{ call: Call; connect(entry: Entry): Promise<void> }>;
  remember(mark: Mark | null): void;
  chime(): void;
  now(): number;
}

/** What a call's failure means to the table. */
export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof Problem)) return { name: "unreachable", detail: "", errors: [], retry_after: null };
  const { name, detail, errors, retry_after } = error;
  return { name, detail, errors, retry_after };
}

export class Run<Call extends Closable> {
  readonly #outside: Outside<Call>;
  readonly #changed: () => void;
  #visit: Visit;
  #call: Call | null = null;
  #knock: Closable | null = null;
  #meeting: Closable | null = null;
  #clock: ReturnType<typeof setInterval> | undefined;
  /** Only the latest question counts, and only the latest connection. */
  #question = 0;
  #connection = 0;

  constructor(visit: Visit, outside: Outside<Call>, changed: () => void) {
    this.#visit = visit;
    this.#outside = outside;
    this.#changed = changed;
  }

  get visit(): Visit {
    return this.#visit;
  }

  /** The media, from the moment they connect until they are let go. */
  get call(): Call | null {
    return this.#call;
  }

  /** Seconds until the page goes on by itself. */
  get seconds(): number | null {
    const { retryAt } = this.#visit;
    return retryAt === null ? null : Math.max(0, Math.ceil((retryAt - this.#outside.now()) / 1000));
  }

  send(event: Event): void {
    const [visit, ...effects] = step(this.#visit, event, this.#outside.now());
    const same = visit === this.#visit && effects.length === 0;
    this.#visit = visit;
    for (const effect of effects) this.#perform(effect);
    this.#keepTime();
    // A tick moves no state, but what is counted down is shown.
    if (!same || event.is === "tick") this.#changed();
  }

  #keepTime(): void {
    if (still(this.#visit)) {
      clearInterval(this.#clock);
      this.#clock = undefined;
    } else this.#clock ??= setInterval(() => this.send({ is: "tick" }), 1000);
  }

  #perform(effect: Effect): void {
    const outside = this.#outside;
    switch (effect.do) {
      case "look":
        this.#wonder(outside.look(), (link) => ({ is: "looked", link }));
        break;
      case "ask":
        this.#wonder(outside.ask(effect.words), answered);
        break;
      case "ask-anew":
        this.#wonder(
          outside.withdraw(effect.knock).then(() => outside.ask(effect.words)),
          answered,
        );
        break;
      case "fetch-entry":
        this.#wonder(outside.fetchEntry(effect.knock), answered);
        break;
      case "listen":
        this.#listen(effect.knock);
        break;
      case "stop-listening":
        this.#knock?.close();
        this.#knock = null;
        break;
      case "withdraw":
        // An owner who is told late learns it from the knock's absence; nothing here depends on it.
        outside.withdraw(effect.knock).catch(() => undefined);
        break;
      case "prepare":
        outside.prepare();
        break;
      case "connect":
        void this.#connect(effect.entry);
        break;
      case "disconnect":
        this.#disconnect();
        break;
      case "leave":
        outside.leave(effect.meeting, effect.identity);
        break;
      case "remember":
        outside.remember(effect.mark);
        break;
      case "chime":
        outside.chime();
        break;
      default:
        effect satisfies never;
    }
  }

  /** Ask the server. A later question makes this one's answer worthless. */
  #wonder<Answer>(answer: Promise<Answer>, event: (answer: Answer) => Event): void {
    const question = ++this.#question;
    const latest = (then: () => void): void => {
      if (this.#question === question) then();
    };
    answer.then(
      (said) => latest(() => this.send(event(said))),
      (error: unknown) => latest(() => this.send({ is: "turned-away", trouble: troubleOf(error) })),
    );
  }

  #listen(knock: string): void {
    this.#knock?.close();
    this.#knock = this.#outside.listen(knock, {
      knock: (heard) => this.send({ is: "knock", knock: heard }),
      line: (line) => {
        if (line !== "opening") this.send({ is: "line", line });
      },
      refused: () => this.send({ is: "knock-unknown" }),
    });
  }

  async #connect(entry: Entry): Promise<void> {
    this.#disconnect();
    const connection = ++this.#connection;
    const current = (event: Event): void => {
      if (this.#connection === connection) this.send(event);
    };
    // Before the media: what ends this visit is said here, from its first moment.
    this.#meeting = this.#outside.listenToMeeting(entry.meeting, {
      over: (reason, by) => current({ is: "over", reason, by }),
      refused: () => current({ is: "meeting-unknown" }),
    });
    let connected = false;
    try {
      // Until it is connected, only that counts.
      const later = (event: Event): void => {
        if (connected) current(event);
      };
      const { call, connect } = await this.#outside.call({
        interrupted: () => later({ is: "interrupted" }),
        mended: () => later({ is: "mended" }),
        dropped: (reason) => later({ is: "dropped", reason }),
      });
      if (this.#connection !== connection) {
        call.close();
        return;
      }
      this.#call = call;
      const connecting = connect(entry);
      // The stage follows the call from here on, so that it stands when the first picture comes.
      this.#changed();
      await connecting;
      connected = true;
      current({ is: "connected" });
    } catch (error) {
      // What LiveKit says of it holds the token: it goes nowhere, not even to the console.
      current({ is: error instanceof Error && error.name === "KeptOut" ? "kept-out" : "connect-failed" });
    }
  }

  #disconnect(): void {
    this.#connection += 1;
    this.#meeting?.close();
    this.#meeting = null;
    this.#call?.close();
    this.#call = null;
  }
}

function answered(answer: { entry: Entry } | { knock: GuestKnock }): Event {
  return "entry" in answer ? { is: "let-in", entry: answer.entry } : { is: "knocking", knock: answer.knock };
}
