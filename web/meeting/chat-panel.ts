// <chat-panel>: what was written in this meeting, and the box to write in.
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import arrowDown from "lucide-static/icons/arrow-down.svg?raw";
import send from "lucide-static/icons/send-horizontal.svg?raw";
import { t, timeOfDay } from "../i18n/index.ts";
import { icon } from "../look.ts";
import { continues, type Fault, LENGTH, type Line, type Message, NEARLY } from "./chat.ts";
import type { Inside } from "./inside.ts";
import { type Piece, pieces } from "./links.ts";
import { Beside, composes } from "./panel.ts";

/** So near to the end counts as the end. */
const END_PX = 32;
const FAST_MS = 2_000;

/** A text is taken apart once, however often the list is drawn. */
const drawn = new WeakMap<Message, Piece[]>();

function piecesOf(message: Message): Piece[] {
  let found = drawn.get(message);
  if (found === undefined) drawn.set(message, (found = pieces(message.text)));
  return found;
}

export class ChatPanel extends Beside {
  static override styles = [
    ...Beside.styles,
    css`
      .since,
      .page {
        padding-block: calc(2 * var(--step));
        color: var(--soft);
        font: var(--small);
        text-align: center;
      }

      ol {
        padding: 0;
        list-style: none;
      }

      .message {
        margin-block-start: calc(3 * var(--step));
      }

      .message.more {
        margin-block-start: var(--step);
      }

      .who {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 calc(2 * var(--step));
        font: var(--small);
        font-weight: 600;
      }

      .who bdi {
        min-inline-size: 0;
        overflow-wrap: anywhere;
      }

      time {
        color: var(--soft);
        font-weight: 400;
        font-variant-numeric: tabular-nums;
      }

      /* Marks stacked on letters stay within their own message. */
      .text {
        overflow: hidden;
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }

      .sending {
        color: var(--soft);
      }

      .failed {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 calc(2 * var(--step));
      }

      .failed button {
        min-block-size: 32px;
        padding: 0 calc(2 * var(--step));
        color: var(--ink);
        text-decoration: underline;
      }

      .newer {
        position: relative;
        align-self: center;
        flex: none;
        block-size: 0;
      }

      .newer button {
        position: absolute;
        inset-block-end: calc(2 * var(--step));
        min-block-size: 36px;
        translate: -50%;
        border-radius: var(--round);
        box-shadow: var(--shadow);
        font: var(--small);
        white-space: nowrap;
      }

      form,
      .closed {
        flex: none;
        padding: calc(3 * var(--step));
        border-block-start: 1px solid var(--hair);
      }

      .closed {
        padding-inline: calc(4 * var(--step));
        color: var(--soft);
        font: var(--small);
      }

      form {
        display: grid;
        gap: calc(2 * var(--step));
      }

      .box {
        display: flex;
        align-items: flex-end;
        gap: calc(2 * var(--step));
      }

      textarea {
        flex: 1;
        min-inline-size: 0;
        max-block-size: 30dvh;
        resize: none;
      }

      .box button {
        flex: none;
        inline-size: var(--target);
        padding: 0;
      }
    `,
  ];

  @property({ attribute: false }) inside: Inside | null = null;
  /** As whom one writes. */
  @property({ attribute: false }) me: { name: string; visitor: boolean } | null = null;
  /** Somebody writes: a phone shows its keyboard. */
  @property({ type: Boolean, reflect: true }) writing = false;
  @state() private fault: Fault | null = null;
  @state() private atEnd = true;
  @query(".log") private readonly log!: HTMLElement | null;
  @query("textarea") private readonly box!: HTMLTextAreaElement | null;
  #unlisten: (() => void) | null = null;
  #heard: Inside | null = null;
  #lastKey = 0;
  #fast: ReturnType<typeof setTimeout> | undefined;
  /** A phone's keyboard comes and goes. */
  #measured: HTMLElement | null = null;
  readonly #sized = new ResizeObserver(() => this.atEnd && this.#toEnd());

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.#looked);
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.#looked);
    clearTimeout(this.#fast);
    this.#sized.disconnect();
    this.#measured = null;
    this.#unlisten?.();
    this.#heard?.read(false);
    this.#heard = null;
  }

  /** Where one writes; on a phone not, since its keyboard would hide what there is to read. */
  override focus(): void {
    void this.updateComplete.then(() => {
      if (this.box !== null && matchMedia("(pointer: fine)").matches) this.box.focus();
      else super.focus();
    });
  }

  protected override willUpdate(_changed: PropertyValues): void {
    if (this.inside === this.#heard) return;
    this.#unlisten?.();
    this.#heard?.read(false);
    this.#heard = this.inside;
    this.#unlisten = this.inside?.onChange(() => this.requestUpdate()) ?? null;
    this.#looked();
  }

  readonly #looked = (): void => this.#heard?.read(document.visibilityState === "visible");

  protected override render(): TemplateResult | typeof nothing {
    const { inside } = this;
    if (inside === null) return nothing;
    const { lines, since } = inside.chat;
    // Its changes are told by the stage, gathered: a list that speaks by itself would not stop.
    return html`<side-panel heading=${t("Chat")}>
      <div class="scrolls log" role="log" aria-live="off" aria-label=${t("Messages")} tabindex="0" @scroll=${this.#scrolled}>
        <p class="since">${t("You see messages since %(time)s, when you joined.", { time: timeOfDay(new Date(since)) })}</p>
        ${lines.length === 0 ? html`<p class="page">${t("No messages yet.")}</p>` : nothing}
        <ol>
          ${repeat(
            lines,
            ({ key }) => key,
            (line, at) => this.#line(line, lines[at - 1]),
          )}
        </ol>
      </div>
      ${this.atEnd
        ? nothing
        : html`<div class="newer">
            <button type="button" @click=${this.#toEnd}>${icon(arrowDown)}${t("To the newest")}</button>
          </div>`}
      ${inside.mayWrite ? this.#form(inside) : this.#closed(inside)}
    </side-panel>`;
  }

  #line(line: Line, before: Line | undefined): TemplateResult {
    switch (line.is) {
      case "message":
        return this.#message(line, continues(line, before));
      case "missed":
        return html`<li class="page">
          ${t("You were away until %(time)s. What was written meanwhile is not shown.", { time: timeOfDay(new Date(line.at)) })}
        </li>`;
      case "flood":
        return html`<li class="page">
          ${line.count === 1
            ? t("%(name)s writes too fast: one message is not shown.", { name: line.from.name })
            : t("%(name)s writes too fast: %(count)s messages are not shown.", { name: line.from.name, count: line.count })}
        </li>`;
    }
  }

  #message(message: Message, more: boolean): TemplateResult {
    const { from, mine, state } = message;
    const at = new Date(message.at);
    return html`<li class=${more ? "message more" : "message"}>
      <p class=${more ? "who heard" : "who"}>
        <bdi>${mine ? t("You") : from.name}</bdi>
        ${from.visitor && !mine ? html`<span class="badge">${t("visitor")}</span>` : nothing}
        <time datetime=${at.toISOString()}>${timeOfDay(at)}</time>
      </p>
      <p class=${state === "sending" ? "text sending" : "text"} dir="auto">${piecesOf(message).map((piece) => this.#piece(piece))}</p>
      ${message.cut ? html`<p class="soft small">${t("This message is too long: the rest is not shown.")}</p>` : nothing}
      ${state === "failed"
        ? html`<p class="failed problem small">
            ${t("Not sent.")}
            <button type="button" class="quiet" @click=${() => this.#again(message)}>${t("Try again")}</button>
          </p>`
        : nothing}
    </li>`;
  }

  #piece({ text, href }: Piece): TemplateResult | string {
    return href === null ? text : html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${text}</a>`;
  }

  #closed(inside: Inside): TemplateResult {
    return html`<p class="closed">
      ${inside.moderatorsWrite ? t("Only moderators can write here at the moment.") : t("You can’t write here at the moment.")}
    </p>`;
  }

  #form(inside: Inside): TemplateResult {
    const { draft } = inside.chat;
    const left = LENGTH - draft.trim().length;
    const problem = this.#problem(left);
    return html`<form novalidate @submit=${this.#submit}>
      ${inside.moderatorsWrite ? html`<p class="soft small">${t("Only moderators can write here at the moment.")}</p>` : nothing}
      <div class="box">
        <label class="heard" for="box">${t("Message to everybody here")}</label>
        <textarea
          id="box"
          rows="1"
          enterkeyhint="send"
          autocomplete="off"
          placeholder=${t("Write to everybody here")}
          .value=${draft}
          aria-invalid=${problem === null ? "false" : "true"}
          aria-describedby=${problem === null ? (left <= NEARLY ? "left" : nothing) : "problem"}
          @input=${(event: InputEvent) => this.#typed((event.target as HTMLTextAreaElement).value)}
          @keydown=${this.#key}
          @focus=${() => (this.writing = true)}
          @blur=${() => (this.writing = false)}
        ></textarea>
        <button class="accent" aria-label=${t("Send")} title=${t("Send")}>${icon(send)}</button>
      </div>
      ${problem !== null
        ? html`<p class="problem small" id="problem" role="alert">${problem}</p>`
        : left <= NEARLY
          ? html`<p class="soft small" id="left">${left === 1 ? t("One character left.") : t("%(count)s characters left.", { count: left })}</p>`
          : nothing}
    </form>`;
  }

  #problem(left: number): string | null {
    if (left < 0) return left === -1 ? t("One character too many.") : t("%(count)s characters too many.", { count: -left });
    if (this.fault === "long") return t("This message has too many lines.");
    return this.fault === "fast" ? t("That was fast. Wait a moment, then send it.") : null;
  }

  #typed(text: string): void {
    this.fault = null;
    this.inside?.draft(text);
  }

  readonly #key = (event: KeyboardEvent): void => {
    // While a character is composed, Enter ends the character and not the message.
    if (event.key !== "Enter" || event.shiftKey || composes(event)) return;
    event.preventDefault();
    this.#send();
  };

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    this.#send();
    this.box?.focus();
  };

  #send(): void {
    const { inside, me } = this;
    if (inside === null || me === null) return;
    const { draft } = inside.chat;
    if (this.#fits(inside.fault(draft))) inside.say(draft, me);
  }

  #again(message: Message): void {
    if (this.inside !== null && this.#fits(this.inside.fault(message.text))) this.inside.again(message);
  }

  #fits(fault: Fault | null): boolean {
    this.fault = fault;
    clearTimeout(this.#fast);
    if (fault === "fast") this.#fast = setTimeout(() => (this.fault = null), FAST_MS);
    return fault === null;
  }

  // ── The end of the list stays in sight, unless somebody reads what is above ──

  protected override updated(_changed: PropertyValues): void {
    if (this.log !== this.#measured) {
      this.#sized.disconnect();
      if (this.log !== null) this.#sized.observe(this.log);
      this.#measured = this.log;
    }
    const last = this.inside?.chat.lines.at(-1);
    const fresh = last !== undefined && last.key > this.#lastKey;
    if (fresh) this.#lastKey = last.key;
    if (this.atEnd || (fresh && last.is === "message" && last.mine)) this.#toEnd();
  }

  readonly #toEnd = (): void => {
    if (this.log !== null) this.log.scrollTop = this.log.scrollHeight;
    this.atEnd = true;
  };

  readonly #scrolled = (): void => {
    const { log } = this;
    if (log !== null) this.atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < END_PX;
  };
}
