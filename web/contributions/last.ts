// <last-figures>: on the page of a visit that is over, what everybody gave as it was told last. It asks the server nothing.
import { css, html, LitElement, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import type { Contributions } from "../api/shapes.ts";
import { t } from "../i18n/index.ts";
import { look } from "../look.ts";

export class LastFigures extends LitElement {
  static override styles = [
    look,
    css`
      :host {
        display: block;
        inline-size: min(960px, 100% - 8 * var(--step));
        margin: 0 auto auto;
        padding-block-end: calc(6 * var(--step));
      }

      @media (max-width: 559px) {
        .card {
          padding: calc(4 * var(--step));
        }
      }
    `,
  ];

  @property({ attribute: false }) figures: Contributions | null = null;
  /** One's own identity. */
  @property({ attribute: false }) me: string | null = null;

  protected override render(): TemplateResult {
    return html`<section class="card" aria-labelledby="heading">
      <div>
        <h2 id="heading">${t("Contributions")}</h2>
        <p class="soft small">${t("Latest figures. They disappear when you close this page.")}</p>
      </div>
      <contribution-figures .figures=${this.figures} .me=${this.me}></contribution-figures>
    </section>`;
  }
}
