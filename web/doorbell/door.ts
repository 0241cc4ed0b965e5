// The doorbell of one page: what it hears, what its person does, what it asks of the server. No DOM:
// the element draws what stands here and calls what is pressed.
import { type call, Problem } from "../api/client.ts";
import type { Decision, DoorKnock } from "../api/shapes.ts";
import type { Line } from "../api/stream.ts";
import { type DoorbellEvent, type Happening, rings } from "./knocks.ts";
import * as popUps from "./pop-up.ts";
import { atTheDoor, noteOf, people } from "./words.ts";

/** A line that is lost for less than this is no news to anybody. */
const LOST_MS = 10_000;
/** After a "seen" that did not reach the server, the next try. */
const SEEN_AGAIN_MS = 5_000;
/** Of a crowd a screen reader hears no more often than this. */
const CROWD_SAID_MS = 10_000;

/** What became of one knock of those that were decided on together. */
interface Outcome {
  id: string;
  result: string;
}

export interface Outside {
  call: typeof call;
  /** Milliseconds of the page, which no change of the device's clock moves. */
  at(): number;
  /** Something is to be drawn. */
  changed(): void;
  /** Somebody rings: sound, and tell who looks elsewhere. */
  ring(knocks: readonly DoorKnock[]): void;
  /** Whoever was put on hold may sound again. */
  quiet(ids: readonly string[]): void;
  /** These, and nobody else, are at the door. */
  present(ids: readonly string[]): void;
}

export class Door {
  popUp: popUps.PopUp = popUps.NOTHING;
  /** The account does not hear its door here any more: `sign-in-first`, or `other-account`. */
  refused: string | null = null;
  /** What a screen reader says now. */
  announcement = "";
  /** This browser shares its screen: nobody is named until they are opened. */
  sharing = false;
  readonly busy = new Set<string>();
  /** An answer to everybody, or a pause, is under way. */
  busyWithAll = false;
  readonly #me: string;
  readonly #outside: Outside;
  readonly #opened = new Set<string>();
  readonly #seen = new Set<string>();
  #lostAt: number | null = null;
  #crowdSaidAt = -CROWD_SAID_MS;

  /** @param me the account's own name, by which it recognises its decisions on other pages. */
  constructor(me: string, outside: Outside) {
    this.#me = me;
    this.#outside = outside;
  }

  // ── What comes over the line ──

  hear(event: DoorbellEvent): void {
    const { popUp, happenings } = popUps.heard(this.popUp, event, this.#outside.at());
    this.#tell(happenings);
    this.#draw(popUp, this.#whoRang(popUp, rang(happenings)));
    if (event.name === "snapshot") this.#outside.present(popUp.knocks.map(({ id }) => id));
  }

  /** Each by name, and of a crowd from time to time the number. */
  #whoRang(popUp: popUps.PopUp, knocks: readonly DoorKnock[]): string[] {
    if (!popUps.crowd(popUp)) return knocks.map((knock) => atTheDoor(knock, this.nameless(knock.id)));
    const at = this.#outside.at();
    if (knocks.length === 0 || at - this.#crowdSaidAt < CROWD_SAID_MS) return [];
    this.#crowdSaidAt = at;
    return [people(popUps.count(popUp))];
  }

  lineIs(line: Line): void {
    this.#lostAt = line === "live" || line === "opening" ? null : (this.#lostAt ?? this.#outside.at());
    this.#outside.changed();
  }

  refuse(name: string): void {
    this.refused = name;
    this.popUp = popUps.NOTHING;
    this.#outside.changed();
  }

  /** The line has been lost for so long that its person should know. */
  get lost(): boolean {
    return this.#lostAt !== null && this.#outside.at() - this.#lostAt >= LOST_MS;
  }

  #tell(happenings: readonly Happening[]): void {
    const held = happenings.flatMap((one) => (one.kind === "held" ? [one.knock.id] : []));
    if (held.length > 0) this.#outside.quiet(held);
    const ringing = rang(happenings);
    if (ringing.length > 0 && !this.popUp.sweeping) this.#outside.ring(ringing);
  }

  // ── What may be read on a shared screen ──

  nameless(id: string): boolean {
    return this.sharing && !this.#opened.has(id);
  }

  mayBeTold(note: popUps.Note): boolean {
    return !("knock" in note) || !this.nameless(note.knock.id) || note.kind === "accepted" || note.kind === "refused";
  }

  /** Its person wants to read who is there, although the screen is shared. */
  openNames(ids: readonly string[]): void {
    for (const id of ids) this.#opened.add(id);
    this.#outside.changed();
  }

  share(sharing: boolean): void {
    if (this.sharing === sharing) return;
    this.sharing = sharing;
    this.#opened.clear();
    this.#outside.changed();
  }

  // ── What its person does ──

  touch(touched: boolean): void {
    this.#draw(popUps.touched(this.popUp, touched, this.#outside.at()));
  }

  open(view: popUps.PopUp["view"]): void {
    const popUp = popUps.opened(this.popUp, view, this.#outside.at());
    for (const { knock } of popUp.rows) this.#opened.add(knock.id);
    this.#draw(popUp);
  }

  /** Another question stands where a button was. */
  moved(): void {
    this.#draw(popUps.moved(this.popUp, this.#outside.at()));
  }

  fold(): void {
    this.#draw(popUps.folded(this.popUp, this.#outside.at()));
  }

  next(): void {
    this.#draw(popUps.next(this.popUp, this.#outside.at()));
  }

  tick(): void {
    this.#draw(popUps.ticked(this.popUp, this.#outside.at()));
    this.#outside.changed();
  }

  /** Whether a press counts now; after a change of the card it does not, for half a second. */
  get counts(): boolean {
    return popUps.counts(this.popUp, this.#outside.at());
  }

  /** Admit, refuse or hold, with a word for the guest. Returns whether it was done. */
  async decide(knock: DoorKnock, decision: Decision, message = ""): Promise<boolean> {
    const word = message.trim();
    return this.#ask(knock, async () => {
      const body = { decision, ...(word === "" ? {} : { message: word }) };
      const answer = await this.#outside.call<{ knock: DoorKnock }>("POST", `/api/v1/knocks/${knock.id}/decision`, body);
      this.#draw(popUps.decided(this.popUp, answer.knock, decision, this.#outside.at()));
      if (decision === "hold") this.#outside.quiet([knock.id]);
    });
  }

  async takeBack(knock: DoorKnock): Promise<boolean> {
    return this.#ask(knock, async () => {
      await this.#outside.call("POST", `/api/v1/knocks/${knock.id}/take-back`);
      this.#answered(knock, null, { kind: "taken-back", knock });
    });
  }

  /**
   * Let in everybody on the list, in order of arrival, until the meeting is full. One by one, and not
   * by the call that decides on all: whoever rang in this instant has not been looked at.
   */
  async acceptAll(knocks: readonly DoorKnock[]): Promise<void> {
    let accepted = 0;
    let full = 0;
    for (const knock of knocks) {
      const outcome = full > 0 ? "full" : await this.#admitOneOfAll(knock);
      if (outcome === "done") accepted += 1;
      if (outcome === "full") full += 1;
      if (outcome === "failed") break;
    }
    if (accepted + full > 0) this.#say({ kind: "accepted-all", accepted, full });
  }

  /** Refuse everybody who waits, seen or not, wherever this page may decide: whoever is refused may ask again. */
  async refuseAll(): Promise<void> {
    const there = popUps.waiting(this.popUp);
    if (this.busyWithAll) return;
    this.#draw(popUps.sweeping(this.popUp, true, this.#outside.at()));
    await this.#askOfAll(async () => {
      let refused = 0;
      for (const link of new Set(there.map(({ link }) => link))) {
        const path = `/api/v1/links/${link}/decisions`;
        const { results } = await this.#outside.call<{ results: Outcome[] }>("POST", path, { decision: "refuse" });
        const gone = results.filter(({ result }) => result === "done").map(({ id }) => id);
        refused += gone.length;
        this.#draw(popUps.refusedAll(this.popUp, new Set(gone), this.#outside.at()));
      }
      this.#say({ kind: "refused-all", refused });
    });
    this.#draw(popUps.sweeping(this.popUp, false, this.#outside.at()));
  }

  /** Let nobody new ask at the own link, or let them again. Who waits stays. */
  async pause(slug: string, paused: boolean): Promise<void> {
    await this.#askOfAll(async () => {
      await this.#outside.call("POST", `/api/v1/links/${slug}/pause`, { paused });
      this.#draw(popUps.pausing(this.popUp, paused, this.#outside.at()));
    });
  }

  /** Ask the server something about everybody, and say so where it was refused. */
  async #askOfAll(work: () => Promise<void>): Promise<void> {
    if (this.busyWithAll) return;
    this.busyWithAll = true;
    this.#outside.changed();
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error instanceof Problem && error.name === "sign-in-first") this.refuse(error.name);
      else if (error instanceof Problem && error.status < 500) this.#say({ kind: "problem", text: error.detail });
      else this.#say({ kind: "failed" });
    } finally {
      this.busyWithAll = false;
      this.#outside.changed();
    }
  }

  async #admitOneOfAll(knock: DoorKnock): Promise<"done" | "full" | "settled" | "failed"> {
    let outcome: "done" | "full" | "settled" | "failed" = "done";
    await this.#ask(
      knock,
      async () => {
        const path = `/api/v1/knocks/${knock.id}/decision`;
        const answer = await this.#outside.call<{ knock: DoorKnock }>("POST", path, { decision: "admit" });
        const after = popUps.decided(this.popUp, answer.knock, "admit", this.#outside.at());
        // One line for all of them comes at the end.
        this.#draw({ ...after, notes: this.popUp.notes });
      },
      (name) => {
        outcome = name === "meeting-full" ? "full" : name === "failed" ? "failed" : "settled";
        return name === "meeting-full";
      },
    );
    return outcome;
  }

  /** These can be read on a visible page: their guests may know. */
  see(ids: readonly string[]): void {
    const unseen = ids.filter((id) => !this.#seen.has(id) && !this.nameless(id));
    if (unseen.length === 0) return;
    for (const id of unseen) this.#seen.add(id);
    this.#outside.call("POST", "/api/v1/doorbell/seen", { knocks: unseen }).catch(() => {
      setTimeout(() => {
        for (const id of unseen) this.#seen.delete(id);
        this.#outside.changed();
      }, SEEN_AGAIN_MS);
    });
  }

  /**
   * Ask the server about one knock, and say what came of it where it was refused. `quietly` is asked
   * first, with the refusal's name, and may take the saying over.
   */
  async #ask(knock: DoorKnock, work: () => Promise<void>, quietly: (name: string) => boolean = () => false): Promise<boolean> {
    if (this.busy.has(knock.id)) return false;
    this.busy.add(knock.id);
    this.#draw(popUps.pressed(this.popUp, knock.id));
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const name = error instanceof Problem && error.status < 500 ? error.name : "failed";
      this.#draw(popUps.pressed(this.popUp, knock.id, false));
      if (!quietly(name)) this.#refusal(knock, name, error);
      return false;
    } finally {
      this.busy.delete(knock.id);
      this.#outside.changed();
    }
  }

  #refusal(knock: DoorKnock, name: string, error: Error): void {
    if (name === "already-decided" && error instanceof Problem) {
      const admitted = error.decision === "admit";
      const kind = admitted ? "accepted-by" : "refused-by";
      const now: DoorKnock | null = admitted ? { ...knock, state: "admitted", decided_by: error.decided_by } : null;
      this.#answered(knock, now, { kind, knock, by: error.decided_by });
    } else if (name === "meeting-full") this.#say({ kind: "full", knock });
    else if (name === "connected") this.#answered(knock, null, { kind: "in-already", knock });
    else if (name === "over" || name === "not-found") this.#answered(knock, null, { kind: "over", knock });
    else if (name === "sign-in-first") this.refuse(name);
    else if (error instanceof Problem && name !== "failed") {
      // What the server did not like about the word, or about how often.
      this.#say({ kind: "problem", text: error.errors[0]?.reason ?? error.detail });
    } else this.#say({ kind: "failed" });
  }

  #answered(knock: DoorKnock, now: DoorKnock | null, said: popUps.Said): void {
    this.#draw(popUps.answered(this.popUp, knock, now, said, this.#outside.at()));
  }

  #say(said: popUps.Said): void {
    this.#draw(popUps.said(this.popUp, said, this.#outside.at()));
  }

  /** Show this from now on, and have new notes and other sentences read out. */
  #draw(popUp: popUps.PopUp, sentences: readonly string[] = []): void {
    if (popUp === this.popUp) return;
    const told = popUp.notes.filter((note) => !this.popUp.notes.includes(note) && this.mayBeTold(note));
    const all = [...sentences, ...told.map((note) => noteOf(note, this.#me).replace(/\.$/, ""))];
    if (all.length > 0) this.announcement = `${all.join(". ")}.`;
    this.popUp = popUp;
    this.#outside.changed();
  }

  /** Those of the knocks that still ring. */
  still(knocks: readonly DoorKnock[]): DoorKnock[] {
    const asked = new Set(knocks.map(({ id }) => id));
    return this.popUp.knocks.filter((knock) => rings(knock) && asked.has(knock.id));
  }
}

function rang(happenings: readonly Happening[]): DoorKnock[] {
  return happenings.flatMap((one) => (one.kind === "rang" ? [one.knock] : []));
}
