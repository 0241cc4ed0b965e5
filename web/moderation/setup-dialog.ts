// <setup-dialog>: the room's set-up over the meeting, as it holds now.
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import x from "lucide-static/icons/x.svg?raw";
import type { Counted } from "../api/shapes.ts";
import { t } from "../i18n/index.ts";
import { icon, look } from "../look.ts";
import type { News } from "../meeting/news.ts";
import type { Desk } from "./desk.ts";

export class SetupDialog extends LitElement {
  static override styles = [
    look,
    css`
      dialog {
        inline-size: min(560px, calc(100vw - 4 * var(--step)));
        padding: 0;
      }

      .head {
        position: sticky;
        inset-block-start: 0;
        z-index: 1;
        display: flex;
        align-items: center;
        gap: calc(3 * var(--step));
        padding: calc(4 * var(--step)) calc(4 * var(--step)) calc(3 * var(--step)) calc(6 * var(--step));
        border-block-end: 1px solid var(--hair);
        background: var(--raised);
      }

      h2 {
        flex: 1;
      }

      .close {
        inline-size: 40px;
        min-block-size: 40px;
        padding: 0;
      }

      .body {
        display: grid;
        gap: calc(5 * var(--step));
        padding: calc(4 * var(--step)) calc(6 * var(--step)) calc(5 * var(--step));
      }

      @media (max-width: 560px) {
        .head {
          padding-inline-start: calc(4 * var(--step));
        }

        .body {
          padding-inline: calc(4 * var(--step));
        }
      }
    `,
  ];

  @property({ attribute: false }) desk: Desk | null = null;
  @property({ attribute: false }) news: News | null = null;
  @property({ type: Boolean }) owner = false;
  /** The plan's seats. */
  @property({ type: Number }) seats = 0;
  /** What the workspace allows to be kept of contributions. */
  @property({ attribute: false }) allowed: Counted = "off";
  @state() private shown = false;
  @query("dialog") private readonly dialog!: HTMLDialogElement | null;
  #unlisten: (() => void) | null = null;
  #heard: News | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unlisten?.();
    this.#unlisten = null;
    this.#heard = null;
  }

  protected override willUpdate(_changed: PropertyValues): void {
    if (this.news === this.#heard) return;
    this.#unlisten?.();
    this.#heard = this.news;
    this.#unlisten = this.news?.hear({ changed: () => this.requestUpdate() }) ?? null;
  }

  show(): void {
    this.shown = true;
    void this.updateComplete.then(() => this.dialog?.showModal());
  }

  protected override render(): TemplateResult | typeof nothing {
    const { desk, news } = this;
    const setup = news?.standing?.setup ?? null;
    if (!this.shown || desk === null || setup === null) return nothing;
    return html`<dialog aria-labelledby="heading" @close=${() => (this.shown = false)}>
      <div class="head">
        <h2 id="heading" tabindex="-1" autofocus>${t("Room set-up")}</h2>
        <button type="button" class="quiet close" aria-label=${t("Close")} @click=${() => this.dialog?.close()}>${icon(x)}</button>
      </div>
      <div class="body">
        <p class="soft small">${t("Saved as you change it. It holds at once, for everybody in this meeting, and ends with it.")}</p>
        <room-setup
          .setup=${setup}
          .save=${(patch: Parameters<Desk["save"]>[0]) => desk.save(patch)}
          ?owner=${this.owner}
          .seats=${this.seats}
          .allowed=${this.allowed}
        ></room-setup>
      </div>
    </dialog>`;
  }
}
