// What became of a press, with what is offered next: the same in the moderators' panel and beside the people.
import { html, nothing, type TemplateResult } from "lit";
import x from "lucide-static/icons/x.svg?raw";
import { t } from "../i18n/index.ts";
import { icon } from "../look.ts";
import type { Desk } from "./desk.ts";
import { tell } from "./report.ts";

export function reportCard(desk: Desk, nameOf: (identity: string) => string | null): TemplateResult | typeof nothing {
  const { report } = desk;
  if (report === null) return nothing;
  const told = tell(report, nameOf);
  return html`<div class=${told.failed ? "report failed" : "report"}>
    <p role="status">${told.text}</p>
    <button type="button" class="quiet close" aria-label=${t("Close")} @click=${() => desk.dismiss()}>${icon(x)}</button>
    ${told.next.length === 0
      ? nothing
      : html`<div class="row next">
          ${told.next.map(
            ({ label, presses }) =>
              html`<button type="button" ?disabled=${desk.pressed !== null} @click=${() => desk.pressAll(presses)}>${label}</button>`,
          )}
        </div>`}
  </div>`;
}
