// <meeting-clock>: how long one has been in the meeting. It ticks by itself, and says nothing unasked.
import { css, html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { clock, t } from "../i18n/index.ts";
import { look } from "../look.ts";

export class MeetingClock extends LitElement {
  static override styles = [
    look,
    css`
      :host {
        flex: none;
        color: var(--soft);
        font: var(--small);
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  /** Milliseconds. */
  @property({ type: Number }) since = 0;
  #ticking: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#ticking);
  }

  protected override render(): TemplateResult {
    const words = t("In the meeting");
    return html`<p role="timer" title=${words}><span class="heard">${words} </span>${clock((Date.now() - this.since) / 1000)}</p>`;
  }

  /** With each whole second, however late the last one was drawn. */
  protected override updated(_changed: PropertyValues): void {
    clearTimeout(this.#ticking);
    this.#ticking = setTimeout(() => this.requestUpdate(), 1000 - ((Date.now() - this.since) % 1000));
  }
}

/** May be called again. */
export function define(): void {
  if (customElements.get("meeting-clock") === undefined) customElements.define("meeting-clock", MeetingClock);
}
