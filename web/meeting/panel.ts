// <side-panel>: the frame of what stands beside the stage: a heading, a way to close it, and what is in it; and its base.
import { css, type CSSResult, html, LitElement, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import x from "lucide-static/icons/x.svg?raw";
import { t } from "../i18n/index.ts";
import { icon, look } from "../look.ts";

/** The key belongs to a character that is being composed. Safari says so with the last one only by its old number. */
export function composes(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

/** Fires `close`, through every shadow root above it, when its reader is done with it. */
export class SidePanel extends LitElement {
  static override styles = [
    look,
    css`
      :host {
        display: block;
        min-block-size: 0;
      }

      section {
        display: flex;
        flex-direction: column;
        block-size: 100%;
        overflow: hidden;
        border-radius: var(--radius);
        background: var(--raised);
        color: var(--ink);
      }

      header {
        display: flex;
        flex: none;
        align-items: center;
        justify-content: space-between;
        padding: calc(2 * var(--step)) calc(2 * var(--step)) calc(2 * var(--step)) calc(4 * var(--step));
      }

      h2:focus {
        outline: none;
      }

      h2:focus-visible {
        outline: var(--focus);
      }

      header button {
        inline-size: var(--target);
        padding: 0;
      }
    `,
  ];

  @property() heading = "";

  override focus(): void {
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>("h2")?.focus());
  }

  protected override render(): TemplateResult {
    return html`<section aria-labelledby="heading" @keydown=${this.#key}>
      <header>
        <h2 id="heading" tabindex="-1">${this.heading}</h2>
        <button type="button" class="quiet" aria-label=${t("Close")} title=${t("Close")} @click=${this.#close}>${icon(x)}</button>
      </header>
      <slot></slot>
    </section>`;
  }

  readonly #key = (event: KeyboardEvent): void => {
    // A menu or a question that is open in it is what Escape closes first.
    const within = event.composedPath().some((one) => one instanceof Element && one.matches(":popover-open, dialog[open]"));
    if (event.key !== "Escape" || composes(event) || event.defaultPrevented || within) return;
    event.preventDefault();
    event.stopPropagation();
    this.#close();
  };

  #close(): void {
    this.dispatchEvent(new CustomEvent("close", { bubbles: true, composed: true }));
  }
}

/** What stands beside the stage, drawn in a <side-panel>: `.scrolls` is the part that does. */
export abstract class Beside extends LitElement {
  static override styles: CSSResult[] = [
    look,
    css`
      :host {
        display: block;
        min-block-size: 0;
      }

      side-panel {
        block-size: 100%;
      }

      .scrolls {
        flex: 1;
        min-block-size: 0;
        padding: 0 calc(4 * var(--step)) calc(3 * var(--step));
        overflow-y: auto;
        overscroll-behavior: contain;
      }

      .scrolls:focus-visible {
        outline-offset: -2px;
      }
    `,
  ];

  override focus(): void {
    void this.updateComplete.then(() => this.renderRoot.querySelector<SidePanel>("side-panel")?.focus());
  }
}
