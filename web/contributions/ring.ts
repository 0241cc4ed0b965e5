// <talk-ring>: on one's own tile, one's share of the talk.
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import type { Contributions } from "../api/shapes.ts";
import { t } from "../i18n/index.ts";
import { look } from "../look.ts";
import { percent, shareOf } from "./shares.ts";

export class TalkRing extends LitElement {
  static override styles = [
    look,
    css`
      :host {
        position: absolute;
        inset-block-end: calc(2 * var(--step));
        inset-inline-end: calc(2 * var(--step));
        color: var(--on-stage);
        pointer-events: none;
      }

      @container (max-width: 140px) {
        :host {
          display: none;
        }
      }

      span {
        display: flex;
        align-items: center;
        gap: 6px;
        padding: 3px 10px 3px 6px;
        border-radius: var(--round);
        background: rgb(21 22 23 / 72%);
        font: var(--small);
        font-weight: 500;
        font-variant-numeric: tabular-nums;
      }

      svg {
        inline-size: 16px;
        block-size: 16px;
        rotate: -90deg;
      }

      circle {
        fill: none;
        stroke: rgb(255 255 255 / 25%);
        stroke-width: 3;
      }

      .mine {
        stroke: var(--accent);
        transition: stroke-dashoffset var(--calm);
      }
    `,
  ];

  @property({ attribute: false }) figures: Contributions | null = null;
  /** One's own identity. */
  @property({ attribute: false }) me: string | null = null;

  protected override render(): TemplateResult | typeof nothing {
    const share = this.figures === null ? null : shareOf(this.figures, this.me);
    if (share === null) return nothing;
    const words = percent(share);
    return html`<span role="img" aria-label=${t("Your share of the talk: %(share)s", { share: words })}>
      <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        <circle cx="8" cy="8" r="6"></circle>
        <circle class="mine" cx="8" cy="8" r="6" pathLength="100" stroke-dasharray="100" stroke-dashoffset=${100 - 100 * share}></circle>
      </svg>
      ${words}
    </span>`;
  }
}
