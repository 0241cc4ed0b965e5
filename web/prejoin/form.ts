// <door-form>: name and message at the door, and the button that says what it will do.
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import messageSquare from "lucide-static/icons/message-square.svg?raw";
import type { FieldError } from "../api/shapes.ts";
import { t } from "../i18n/index.ts";
import { initials } from "../i18n/initials.ts";
import { icon, look } from "../look.ts";
import {
  MESSAGE_LENGTH,
  messageAdvice,
  messageFault,
  NAME_LENGTH,
  nameAdvice,
  nameFault,
  refusal,
} from "./words.ts";

/** Fires `ask` with `{name, message}` in its detail, and `name` while it is typed. */
export class DoorForm extends LitElement {
  static override styles = [
    look,
    css`
      :host {
        display: block;
      }

      form {
        display: grid;
        gap: calc(4 * var(--step));
      }

      .who {
        display: flex;
        align-items: center;
        gap: calc(3 * var(--step));
      }

      .who p {
        min-inline-size: 0;
        overflow-wrap: anywhere;
      }

      label span {
        color: var(--soft);
        font-weight: 400;
      }

      .add {
        justify-self: start;
        margin-inline-start: calc(-3 * var(--step));
        padding-inline: calc(3 * var(--step));
      }

      textarea {
        min-block-size: calc(2lh + 4 * var(--step));
        max-block-size: 30dvh;
      }

      .go {
        display: grid;
        gap: calc(3 * var(--step));
      }

      .go button {
        min-block-size: 48px;
      }

      @media (max-height: 480px) {
        form {
          gap: calc(2 * var(--step));
        }

        .go {
          display: contents;
        }

        .go button {
          position: sticky;
          inset-block-end: calc(2 * var(--step));
          box-shadow: 0 0 0 calc(2 * var(--step)) var(--surface);
        }
      }

      /* In the thumb's reach, whatever is typed above it. */
      @media (max-width: 559px) and (min-height: 481px) {
        .add {
          order: 1;
        }

        .go {
          order: 1;
          position: sticky;
          inset-block-end: 0;
          z-index: 1;
          margin: 0 calc(-4 * var(--step));
          padding: calc(3 * var(--step)) calc(4 * var(--step)) max(calc(3 * var(--step)), env(safe-area-inset-bottom));
          background: var(--surface);
          box-shadow: 0 -1px 0 var(--hair);
        }
      }
    `,
  ];

  @property() name = "";
  @property() message = "";
  /** Who is signed in: their account's name is used, whatever was typed. */
  @property({ attribute: false }) account: string | null = null;
  /** A name that stands already, from another page of this browser. */
  @property({ attribute: false }) settled: string | null = null;
  /** *Join now*, not *Ask to join*. */
  @property({ type: Boolean }) direct = false;
  /** Nothing can be asked yet. */
  @property({ type: Boolean }) paused = false;
  /** What the server did not take. */
  @property({ attribute: false }) errors: readonly FieldError[] = [];
  @state() private tried = false;
  @state() private writing = false;

  protected override render(): TemplateResult {
    const known = this.account ?? this.settled;
    return html`
      <form novalidate @submit=${this.#submit}>
        ${known === null ? this.#nameField() : this.#who(known)} ${this.direct ? nothing : this.#message()}
        <slot></slot>
        <div class="go">
          <slot name="notice"></slot>
          <button class="accent" ?disabled=${this.paused}>${this.direct ? t("Join now") : t("Ask to join")}</button>
        </div>
      </form>
    `;
  }

  #who(name: string): TemplateResult {
    return html`<div class="who">
      <span class="initials" aria-hidden="true">${initials(name)}</span>
      <p>${t("You join as %(name)s.", { name })}</p>
    </div>`;
  }

  #nameField(): TemplateResult {
    const fault = this.tried ? nameFault(this.name) : null;
    const problem = fault === null ? refusal(this.errors, "name") : nameAdvice(fault);
    return html`<div class="field">
      <label for="name">${t("Your name")}</label>
      <input
        id="name"
        name="name"
        autocomplete="name"
        autocapitalize="words"
        maxlength=${NAME_LENGTH * 2}
        .value=${this.name}
        aria-required="true"
        aria-invalid=${problem === null ? "false" : "true"}
        aria-describedby=${problem === null ? nothing : "name-problem"}
        @input=${this.#typeName}
      />
      ${problem === null ? nothing : html`<p class="problem small" id="name-problem" role="alert">${problem}</p>`}
    </div>`;
  }

  /** Most people need no message: the field comes when it is asked for. */
  #message(): TemplateResult {
    if (this.writing || this.message !== "") return this.#messageField();
    return html`<button type="button" class="quiet add" @click=${this.#write}>${icon(messageSquare)}${t("Add a message")}</button>`;
  }

  async #write(): Promise<void> {
    this.writing = true;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("#message")?.focus();
  }

  #messageField(): TemplateResult {
    const fault = messageFault(this.message);
    const problem = fault === null ? refusal(this.errors, "message") : messageAdvice(fault);
    return html`<div class="field">
      <label for="message">${t("Message")} <span>${t("(optional)")}</span></label>
      <textarea
        id="message"
        name="message"
        rows="2"
        maxlength=${MESSAGE_LENGTH * 2}
        .value=${this.message}
        aria-invalid=${problem === null ? "false" : "true"}
        aria-describedby=${problem === null ? nothing : "message-problem"}
        @input=${this.#typeMessage}
      ></textarea>
      ${problem === null ? nothing : html`<p class="problem small" id="message-problem" role="alert">${problem}</p>`}
    </div>`;
  }

  #typeName(event: InputEvent): void {
    this.name = (event.target as HTMLInputElement).value;
    this.errors = this.errors.filter((error) => error.field !== "name");
    this.dispatchEvent(new CustomEvent<string>("name", { detail: this.name }));
  }

  #typeMessage(event: InputEvent): void {
    this.message = (event.target as HTMLTextAreaElement).value;
    this.errors = this.errors.filter((error) => error.field !== "message");
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    this.tried = true;
    const typed = this.account === null && this.settled === null;
    const wrong = typed && nameFault(this.name) !== null ? "#name" : null;
    const field = wrong ?? (!this.direct && messageFault(this.message) !== null ? "#message" : null);
    if (field !== null) {
      await this.updateComplete;
      this.renderRoot.querySelector<HTMLElement>(field)?.focus();
      return;
    }
    const detail = { name: (this.account ?? this.settled ?? this.name).trim(), message: this.message.trim() };
    this.dispatchEvent(new CustomEvent("ask", { detail }));
  }
}
