// <contributions-panel>: what everybody gave to this meeting so far, beside the stage.
import { css, html, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import type { Contributions } from "../api/shapes.ts";
import { t } from "../i18n/index.ts";
import { Beside } from "../meeting/panel.ts";

export class ContributionsPanel extends Beside {
  static override styles = [
    ...Beside.styles,
    css`
      .scrolls {
        padding-block-end: 0;
      }

      p {
        padding-block-end: calc(2 * var(--step));
      }

      /* The sums stay in sight, however many people there are. */
      contribution-figures {
        --sums: sticky;
      }
    `,
  ];

  @property({ attribute: false }) figures: Contributions | null = null;
  /** One's own identity. */
  @property({ attribute: false }) me: string | null = null;

  protected override render(): TemplateResult {
    return html`<side-panel heading=${t("Contributions")}>
      <div class="scrolls" role="group" aria-label=${t("Contributions")} tabindex="0">
        <p class="soft small">${t("Everybody in the meeting sees these figures.")}</p>
        <contribution-figures .figures=${this.figures} .me=${this.me}></contribution-figures>
      </div>
    </side-panel>`;
  }
}
