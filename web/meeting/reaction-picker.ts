// <reaction-picker>: six reactions above the bar's button that stands in it, or, as a `row`, in a sheet.
import { css, html, LitElement, type TemplateResult } from "lit";
import { property, query } from "lit/decorators.js";
import { t } from "../i18n/index.ts";
import { look } from "../look.ts";
import { float, Opener } from "../moderation/float.ts";
import { glyph, type Reaction, REACTIONS, reactionWords } from "./reactions.ts";

/** Fires `react` with the reaction in its detail. */
export class ReactionPicker extends LitElement {
  static override styles = [
    look,
    css`
      :host {
        display: contents;
      }

      .row {
        flex-wrap: nowrap;
        gap: var(--step);
      }

      .row[popover] {
        position: fixed;
        inset: auto;
        margin: 0;
        padding: calc(2 * var(--step));
        border: 1px solid var(--hair);
        border-radius: var(--round);
        background: var(--raised);
        color: var(--ink);
        box-shadow: var(--shadow);
      }

      .row[popover]:not(:popover-open) {
        display: none;
      }

      .row:not([popover]) {
        justify-content: space-between;
      }

      .row button {
        inline-size: var(--target);
        padding: 0;
        border-color: transparent;
        border-radius: var(--round);
        background: transparent;
        font-family: "Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji", emoji, sans-serif;
        font-size: 1.5rem;
        line-height: 1;
      }

      .row button:hover {
        background: color-mix(in srgb, var(--ink) 10%, transparent);
      }

      @media (prefers-reduced-motion: no-preference) {
        .row button span {
          transition: scale var(--quick);
        }

        .row button:hover span {
          scale: 1.15;
        }
      }
    `,
  ];

  /** The six stand where they are, without a button that opens them. */
  @property({ type: Boolean }) row = false;
  @query(".row") private readonly panel!: HTMLElement | null;
  readonly #opener = new Opener();
  #button: HTMLElement | null = null;

  protected override render(): TemplateResult {
    if (this.row) return html`<div class="row" role="group" aria-label=${t("Reactions")} @keydown=${this.#key}>${this.#six()}</div>`;
    return html`
      <slot @slotchange=${this.#adopt} @pointerdown=${() => this.panel && this.#opener.pressed(this.panel)} @click=${this.#clicked}></slot>
      <div class="row" popover role="group" aria-label=${t("Reactions")} @toggle=${this.#toggled} @keydown=${this.#key}>${this.#six()}</div>
    `;
  }

  #six(): TemplateResult[] {
    return REACTIONS.map(
      (reaction) => html`<button
        type="button"
        data-reaction=${reaction}
        aria-label=${reactionWords(reaction)}
        title=${reactionWords(reaction)}
        @click=${() => this.#react(reaction)}
      >
        <span aria-hidden="true">${glyph(reaction)}</span>
      </button>`,
    );
  }

  /** It stays open: applause is rarely one. */
  #react(reaction: Reaction): void {
    this.dispatchEvent(new CustomEvent<Reaction>("react", { detail: reaction }));
  }

  readonly #clicked = (): void => {
    if (this.panel !== null && this.#button?.ariaDisabled !== "true") this.#opener.clicked(this.panel);
  };

  readonly #adopt = (event: Event): void => {
    const [button] = (event.target as HTMLSlotElement).assignedElements();
    this.#button = button instanceof HTMLElement ? button : null;
    this.#button?.setAttribute("aria-expanded", "false");
  };

  readonly #toggled = (event: Event): void => {
    const open = (event as ToggleEvent).newState === "open";
    this.#button?.setAttribute("aria-expanded", String(open));
    if (this.panel === null || this.#button === null) return;
    if (open) {
      float(this.panel, this.#button);
      this.#buttons()[0]?.focus();
    } else if (this.renderRoot instanceof ShadowRoot && this.renderRoot.activeElement !== null) this.#button.focus();
  };

  #buttons(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>("[data-reaction]")];
  }

  readonly #key = (event: KeyboardEvent): void => {
    const all = this.#buttons();
    const at = all.indexOf(event.target as HTMLElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all.at(to % all.length)?.focus();
  };
}
