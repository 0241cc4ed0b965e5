// <tile-marks>: what lies on somebody's tile for a while: their raised hand, and their reactions as they rise.
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import handIcon from "lucide-static/icons/hand.svg?raw";
import { icon, look } from "../look.ts";
import { handWords } from "./hands.ts";
import { glyph, type Shown } from "./reactions.ts";

/** Covers what it stands in, and takes no presses. With `named`, for people who have no tile: reactions with their names. */
export class TileMarks extends LitElement {
  static override styles = [
    look,
    css`
      :host {
        position: absolute;
        inset: 0;
        overflow: hidden;
        border-radius: inherit;
        color: var(--on-stage);
        pointer-events: none;
      }

      .hand {
        position: absolute;
        inset-block-start: calc(2 * var(--step));
        inset-inline-start: calc(2 * var(--step));
        display: inline-flex;
        align-items: center;
        gap: var(--step);
        padding: var(--step) calc(2 * var(--step));
        border-radius: var(--round);
        background: var(--warn);
        color: var(--surface);
        font: var(--small);
        font-weight: 600;
      }

      .hand .icon {
        inline-size: 18px;
        block-size: 18px;
      }

      .reaction {
        position: absolute;
        inset-block-end: 12%;
        inset-inline-end: 8%;
        font-size: clamp(28px, 14cqmin, 64px);
        line-height: 1.2;
      }

      .reaction,
      .named span {
        font-family: "Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji", emoji, sans-serif;
      }

      .reaction[data-lane="1"] {
        inset-inline-end: 24%;
      }

      .reaction[data-lane="2"] {
        inset-inline-end: 40%;
      }

      .named {
        position: absolute;
        inset-block-end: calc(2 * var(--step));
        inset-inline-start: calc(2 * var(--step));
        display: grid;
        justify-items: start;
        gap: var(--step);
        max-inline-size: min(320px, 100%);
      }

      .named p {
        display: flex;
        gap: calc(2 * var(--step));
        max-inline-size: 100%;
        padding: var(--step) calc(3 * var(--step));
        border-radius: var(--round);
        background: rgb(21 22 23 / 82%);
        font: var(--small);
      }

      .named bdi {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      /* Three seconds, as long as it is there: it rises, and goes. */
      @media (prefers-reduced-motion: no-preference) {
        .hand,
        .named p {
          animation: appear var(--calm);
        }

        .reaction {
          animation: rise 3s ease-out both;
        }

        @keyframes appear {
          from {
            opacity: 0;
            transform: translateY(4px);
          }
        }

        @keyframes rise {
          from {
            opacity: 0;
            transform: translateY(24px) scale(0.8);
          }
          8%,
          80% {
            opacity: 1;
          }
          8% {
            transform: translateY(0) scale(1);
          }
          to {
            opacity: 0;
            transform: translateY(-90%) scale(1);
          }
        }
      }
    `,
  ];

  /** Their place among the raised hands, from 1, or null. */
  @property({ attribute: false }) hand: number | null = null;
  /** How many hands are up. */
  @property({ type: Number }) hands = 0;
  @property({ attribute: false }) reactions: readonly Shown[] = [];
  @property({ type: Boolean }) named = false;

  protected override render(): TemplateResult {
    const { hand, hands, reactions } = this;
    const key = ({ key }: Shown): number => key;
    // Reactions are told by the stage, gathered; here they are only seen.
    return html`
      ${hand === null
        ? nothing
        : html`<span class="hand" role="img" aria-label=${handWords(hand, hands)}>${icon(handIcon)}${hands > 1 ? hand : nothing}</span>`}
      ${this.named
        ? html`<div class="named" aria-hidden="true">
            ${repeat(reactions.slice(-3), key, (one) => html`<p><span>${glyph(one.reaction)}</span><bdi>${one.name}</bdi></p>`)}
          </div>`
        : repeat(reactions, key, (one) => html`<span class="reaction" data-lane=${one.key % 3} aria-hidden="true">${glyph(one.reaction)}</span>`)}
    `;
  }
}
