// What its person does in the meeting besides talking: writes, raises a hand, reacts; and what comes of it from others.
//
// No DOM and no LiveKit: the meeting's news and a line for the chat come in, elements draw what stands
// here and call what is pressed. It outlives a broken call: the chat goes on where it was.
import { type call, Problem } from "../api/client.ts";
import type { Entry, Hand, Rights, Setup } from "../api/shapes.ts";
import { t } from "../i18n/index.ts";
import * as chats from "./chat.ts";
import { placeOf, raisedSince } from "./hands.ts";
import { Announcer, summary } from "./heard.ts";
import type { News, Standing } from "./news.ts";
import * as reactions from "./reactions.ts";

/** What is written travels here. livekit.ts makes it of a call. */
export interface ChatLine {
  /** Resolves when the video service has it. */
  write(text: string): Promise<void>;
  hear(hearing: ChatHearing): () => void;
}

export interface ChatHearing {
  /** `from` as LiveKit and our server know them. */
  written(from: chats.Sender, payload: Uint8Array): void;
  /** The line was away for so long that messages are lost. */
  missed(): void;
}

export interface Outside {
  call: typeof call;
  /** Milliseconds. */
  now(): number;
  /** This tab's memory. */
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;
}

const KEEP_MS = 400;
const HEARD_MS = 3_000;
const SEEN_MS = 5_000;
/** A message that is on its way for longer has not arrived. */
const PATIENCE_MS = 15_000;
const PREFIX = "chat:";

export class Inside {
  chat: chats.Chat;
  reactions: readonly reactions.Shown[] = [];
  /** What a screen reader says now. */
  announcement = "";
  readonly #news: News;
  readonly #outside: Outside;
  /** The same for the eye, a little longer: what can be missed on the tiles, and not what the open chat shows. */
  glimpse = "";
  readonly #announcer = new Announcer((happened) => {
    this.announcement = summary(happened);
    this.glimpse = summary(happened.filter(({ is }) => is === "hand" || (is === "message" && !this.#reading)));
    this.#changed();
    // The same words twice are heard twice only if they were gone in between.
    setTimeout(() => {
      this.announcement = "";
      this.#changed();
    }, HEARD_MS);
    clearTimeout(this.#glimpsed);
    this.#glimpsed = setTimeout(() => this.#unglimpse(), SEEN_MS);
  });
  #glimpsed: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();
  #entry: Entry | null = null;
  #line: ChatLine | null = null;
  #unhear: (() => void) | null = null;
  #reading = false;
  #arrived = false;
  #forgotten = false;
  #reacted: readonly number[] = [];
  #keep: ReturnType<typeof setTimeout> | undefined;
  #fade: ReturnType<typeof setTimeout> | undefined;

  constructor(news: News, outside: Outside) {
    this.#news = news;
    this.#outside = outside;
    this.chat = chats.begin(outside.now());
    news.hear({
      changed: (now, before) => this.#stands(now, before),
      reaction: (reacted) => this.#show(reacted),
    });
    window.addEventListener("pagehide", () => this.#store());
  }

  #unglimpse(): void {
    if (this.glimpse === "") return;
    this.glimpse = "";
    this.#changed();
  }

  /** Call back after each change, until the returned function is called. */
  onChange(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  // ── Into the meeting ──

  /** A call of this entry begins. `connected` settles when it is connected, or could not be. */
  enters(entry: Entry, line: ChatLine, connected: Promise<unknown>): void {
    const before = this.#entry;
    this.#entry = entry;
    this.#forgotten = false;
    if (before?.meeting !== entry.meeting) this.#begin(entry.meeting);
    this.#unhear?.();
    this.#line = line;
    this.#unhear = line.hear({
      written: (from, payload) => this.#written(from, payload),
      missed: () => this.#write(chats.cameBack(this.chat, this.#outside.now())),
    });
    connected.then(
      () => {
        if (this.#entry === entry) this.#arrive();
      },
      () => undefined,
    );
  }

  #begin(meeting: string): void {
    const { storage, now } = this.#outside;
    const kept = chats.recalled(storage.getItem(PREFIX + meeting));
    // One tab is in one meeting: what it kept of others is nobody's any more.
    for (const key of keysOf(storage)) if (key.startsWith(PREFIX) && key !== PREFIX + meeting) storage.removeItem(key);
    this.chat = kept ?? chats.begin(now());
    this.#arrived = kept !== null;
  }

  #arrive(): void {
    const at = this.#outside.now();
    this.#write(this.#arrived ? chats.cameBack(this.chat, at) : { ...this.chat, since: at });
    this.#arrived = true;
  }

  /** The visit is over: nothing of the chat stays in the tab's memory. On the page it stays as long as that. */
  forget(): void {
    if (this.#entry === null || this.#forgotten) return;
    this.#forgotten = true;
    clearTimeout(this.#keep);
    this.#outside.storage.removeItem(PREFIX + this.#entry.meeting);
  }

  // ── What holds for its person ──

  get identity(): string | null {
    return this.#entry?.identity ?? null;
  }

  get moderates(): boolean {
    return this.#entry?.role === "moderator";
  }

  get hands(): readonly Hand[] {
    return this.#news.standing?.hands ?? [];
  }

  /** One's own place among the raised hands, from 1, or null. */
  get hand(): number | null {
    return placeOf(this.hands, this.identity);
  }

  /** Until the server has told, nothing is known to be forbidden. */
  get mayWrite(): boolean {
    return this.#rights?.chat ?? true;
  }

  /** Writing is the moderators' for now. */
  get moderatorsWrite(): boolean {
    return this.#setup?.chat === "moderators";
  }

  get #rights(): Rights | undefined {
    return this.#news.standing?.rights;
  }

  get #setup(): Setup | undefined {
    return this.#news.standing?.setup;
  }

  #stands(now: Standing, before: Standing | null): void {
    // With the first word of a meeting the hands are not news, they are how it stands.
    const raised = before === null ? [] : raisedSince(before.hands, now.hands);
    const others = raised.filter(({ identity }) => identity !== this.identity);
    this.#announcer.add(...others.map(({ name }) => ({ is: "hand" as const, name })));
    this.#changed();
  }

  // ── Hands and reactions: our own calls, so that the order is one and the sender sure ──

  /** Raise one's own hand, or lower it. @returns what to say when it came to nothing. */
  raise(up: boolean): Promise<string | null> {
    // The list comes by the stream, where nothing overtakes: an answer could bring an older one back.
    return this.#ask("hand", { identity: this.identity, raised: up });
  }


  async react(reaction: reactions.Reaction): Promise<string | null> {
    const sent = reactions.spend(this.#reacted, this.#outside.now());
    if (sent === null) return null;
    this.#reacted = sent;
    return this.#ask("reaction", { identity: this.identity, reaction });
  }

  async #ask(what: "hand" | "reaction", body: object): Promise<string | null> {
    if (this.#entry === null) return null;
    try {
      await this.#outside.call("POST", `/api/v1/meetings/${encodeURIComponent(this.#entry.meeting)}/${what}`, body);
      return null;
    } catch (error) {
      if (error instanceof Problem && error.status < 500) return error.status === 429 ? null : error.detail;
      return t("That did not reach the server. Please try again.");
    }
  }

  #show(reacted: Parameters<typeof reactions.show>[1]): void {
    const shown = reactions.show(this.reactions, reacted, this.#outside.now());
    if (shown === this.reactions) return;
    this.reactions = shown;
    if (reacted.identity !== this.identity) this.#announcer.add({ is: "reaction", name: reacted.name, reaction: reacted.reaction });
    this.#fadeNext();
    this.#changed();
  }

  #fadeNext(): void {
    clearTimeout(this.#fade);
    const next = Math.min(...this.reactions.map(({ until }) => until));
    if (!Number.isFinite(next)) return;
    this.#fade = setTimeout(() => {
      this.reactions = reactions.fresh(this.reactions, this.#outside.now());
      this.#fadeNext();
      this.#changed();
    }, Math.max(50, next - this.#outside.now()));
  }

  // ── The chat ──

  /** Whether somebody looks at the chat: then nothing in it is unread. */
  read(reading: boolean): void {
    this.#reading = reading;
    if (reading) this.#unglimpse();
    if (reading && this.chat.unread > 0) this.#write(chats.readAll(this.chat));
  }

  draft(draft: string): void {
    if (draft !== this.chat.draft) this.#write({ ...this.chat, draft });
  }

  /** Why the text cannot be sent now, or null. */
  fault(text: string): chats.Fault | null {
    return chats.fault(this.chat, text, this.#outside.now());
  }

  /** Send it, unless it has a fault. */
  say(text: string, me: { name: string; visitor: boolean }): void {
    if (this.fault(text) !== null) return;
    const from = { identity: this.identity ?? "", ...me };
    const { chat, message } = chats.write(this.chat, from, text, this.#outside.now());
    this.#write(chat);
    const settle = (state: chats.Message["state"]): void => this.#write(chats.settle(this.chat, message.key, state));
    const late = new Promise<never>((_, fail) => setTimeout(fail, PATIENCE_MS));
    const sent = this.#line?.write(message.text) ?? Promise.reject(new Error("no line"));
    Promise.race([sent, late]).then(
      () => settle("sent"),
      () => settle("failed"),
    );
  }

  /** Send once more what failed, as the newest. */
  again(failed: chats.Message): void {
    if (this.fault(failed.text) !== null) return;
    const { draft } = this.chat;
    this.chat = { ...this.chat, lines: this.chat.lines.filter((line) => line !== failed) };
    this.say(failed.text, failed.from);
    this.draft(draft);
  }

  #written(from: chats.Sender, payload: Uint8Array): void {
    const before = this.chat;
    this.#write(chats.hear(before, from, payload, this.#outside.now(), this.#reading));
    const last = this.chat.lines.at(-1);
    if (last?.is === "message" && last.key >= before.next) this.#announcer.add({ is: "message", name: from.name, text: last.text });
  }

  #write(chat: chats.Chat): void {
    if (chat === this.chat) return;
    this.chat = chat;
    this.#keep ??= setTimeout(() => this.#store(), KEEP_MS);
    this.#changed();
  }

  #store(): void {
    clearTimeout(this.#keep);
    this.#keep = undefined;
    if (this.#entry === null || this.#forgotten) return;
    try {
      this.#outside.storage.setItem(PREFIX + this.#entry.meeting, chats.kept(this.chat));
    } catch {
      // Storage is refused or full: a reload begins with an empty chat, and says from when on it is.
    }
  }
}

function keysOf(storage: Outside["storage"]): string[] {
  return Array.from({ length: storage.length }, (_, at) => storage.key(at)).filter((key) => key !== null);
}
