// A moderator's presses: one call each, and what became of it.
import { call as callServer } from "../api/client.ts";
import type { Outcome, Setup, TurnedAway } from "../api/shapes.ts";
import type { News } from "../meeting/news.ts";
import { wordsFor } from "../platform/problem.ts";
import type { Patch } from "./edits.ts";
import type { Press } from "./offers.ts";
import type { Report } from "./report.ts";

type Server = typeof callServer;

/** How long what became of a press is read. */
export const REPORT_MS = 15_000;

export class Desk {
  readonly #path: string;
  readonly #news: News;
  readonly #call: Server;
  readonly #listeners = new Set<() => void>();
  #deaf: () => void;
  #report: Report | null = null;
  #pressed: Press | null = null;
  #turnedAway: TurnedAway | null = null;
  #forgetting: ReturnType<typeof setTimeout> | undefined;

  constructor(meeting: string, news: News, call: Server = callServer) {
    this.#path = `/api/v1/meetings/${encodeURIComponent(meeting)}`;
    this.#news = news;
    this.#call = call;
    this.#deaf = news.hear({
      notice: (notice) => {
        if (notice.kind !== "turned-away") return;
        this.#turnedAway = notice;
        this.#tell();
      },
    });
  }

  close(): void {
    this.#deaf();
    clearTimeout(this.#forgetting);
  }

  /** What became of the last press, until it is put away. */
  get report(): Report | null {
    return this.#report;
  }

  /** The press whose answer is awaited. */
  get pressed(): Press | null {
    return this.#pressed;
  }

  /** Whom this person removed last. */
  removed: string | null = null;

  /** How many were turned away, null while nobody was. */
  get turnedAway(): TurnedAway | null {
    return this.#turnedAway;
  }

  /** Called after each change, until the returned function is called. */
  onChange(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  async press(press: Press): Promise<void> {
    await this.#pressAll([press]);
  }

  /** The same thing for several people, as one press: what was offered in a report. */
  async pressAll(presses: readonly Press[]): Promise<void> {
    await this.#pressAll(presses);
  }

  dismiss(): void {
    clearTimeout(this.#forgetting);
    if (this.#report === null) return;
    this.#report = null;
    this.#tell();
  }

  /** Change the meeting's set-up. @throws Problem, with `setup` where somebody else changed it; Unreachable. */
  async save(patch: Patch & { version: number }): Promise<Setup> {
    return this.#call<Setup>("PATCH", `${this.#path}/setup`, patch);
  }

  async #pressAll(presses: readonly Press[]): Promise<void> {
    const [press] = presses;
    if (press === undefined || this.#pressed !== null) return;
    this.#pressed = press;
    this.#report = null;
    this.#tell();
    try {
      const outcomes = (await Promise.all(presses.map((one) => this.#send(one)))).flat();
      const about = presses.length > 1 && "who" in press ? { ...press, who: "everyone" } : press;
      this.#report = "source" in about ? { press: about, outcomes, refused: null } : null;
    } catch (error) {
      this.#report = { press, outcomes: [], refused: wordsFor(error) };
    } finally {
      this.#pressed = null;
      this.#tell();
      this.#forgetLater();
    }
  }

  /** What went well needs no pressing away; what failed stays until somebody has seen to it. */
  #forgetLater(): void {
    clearTimeout(this.#forgetting);
    const { report } = this;
    if (report === null || report.refused !== null || report.outcomes.some(({ result }) => result === "failed")) return;
    this.#forgetting = setTimeout(() => this.dismiss(), REPORT_MS);
  }

  async #send(press: Press): Promise<Outcome[]> {
    switch (press.do) {
      case "off": {
        const { source, who, keep } = press;
        return (await this.#call<{ results: Outcome[] }>("POST", `${this.#path}/off`, { source, who, keep })).results;
      }
      case "allow":
      case "ask": {
        const { source, who } = press;
        return (await this.#call<{ results: Outcome[] }>("POST", `${this.#path}/${press.do}`, { source, who })).results;
      }
      case "lower":
        await this.#call("POST", `${this.#path}/hand`, { identity: press.who, raised: false });
        return [];
      case "lock":
        await this.#lock(press.locked);
        return [];
      case "remove":
        // The call hears of it before the answer comes.
        this.removed = press.who;
        await this.#call("POST", `${this.#path}/remove`, { who: press.who });
        return [];
      case "end":
        await this.#call("POST", `${this.#path}/end`, {});
        return [];
    }
  }

  async #lock(locked: boolean): Promise<void> {
    const standing = this.#news.standing;
    if (standing !== null) await this.save({ locked, version: standing.setup.version });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
