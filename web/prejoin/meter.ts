// <level-meter>: how loud the microphone is, as five small bars.
import { css, html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { t } from "../i18n/index.ts";

const BARS = 5;
const EVERY_MS = 80;

/** How many bars are lit at this loudness, 0 to 1. A little is one bar: it says that something is heard. */
export function lit(loud: number): number {
  return Math.min(BARS, Math.max(0, Math.ceil(loud * BARS - 0.1)));
}

export class LevelMeter extends LitElement {
  static override styles = css`
    :host {
      display: inline-flex;
      align-items: center;
      gap: 3px;
      block-size: 20px;
    }

    span {
      inline-size: 5px;
      border-radius: 3px;
      background: color-mix(in srgb, currentcolor 26%, transparent);
      transition: background-color 80ms linear;
    }

    span:nth-child(1) {
      block-size: 8px;
    }

    span:nth-child(2) {
      block-size: 11px;
    }

    span:nth-child(3) {
      block-size: 14px;
    }

    span:nth-child(4) {
      block-size: 17px;
    }

    span:nth-child(5) {
      block-size: 20px;
    }

    span.lit {
      background: var(--accent);
    }

    @media (forced-colors: active) {
      span {
        border: 1px solid CanvasText;
      }

      span.lit {
        background: Highlight;
      }
    }
  `;

  /** How loud it is now, 0 to 1; asked some twelve times a second while the meter is shown. */
  @property({ attribute: false }) level: () => number = () => 0;
  #clock: ReturnType<typeof setInterval> | undefined;
  #lit = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.role = "meter";
    this.ariaLabel = t("Microphone level");
    this.ariaValueMin = "0";
    this.ariaValueMax = String(BARS);
    this.ariaValueNow = "0";
    this.#clock = setInterval(() => this.#look(), EVERY_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
  }

  #look(): void {
    const now = lit(this.level());
    if (now === this.#lit) return;
    this.#lit = now;
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    return html`${Array.from({ length: BARS }, (_, at) => html`<span class=${at < this.#lit ? "lit" : ""}></span>`)}`;
  }

  protected override updated(_changed: PropertyValues): void {
    this.ariaValueNow = String(this.#lit);
  }
}

/** For the pages that show it. May be called again. */
export function defineMeter(): void {
  if (customElements.get("level-meter") === undefined) customElements.define("level-meter", LevelMeter);
}
