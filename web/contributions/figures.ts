// <contribution-figures>: who gave what, as one table: in columns, or where there is little room a few lines for each person.
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import circlePause from "lucide-static/icons/circle-pause.svg?raw";
import type { Contributions } from "../api/shapes.ts";
import { clock, t } from "../i18n/index.ts";
import { icon, look } from "../look.ts";
import { percent, type Row, rows, spoken } from "./shares.ts";

/** Seconds, for the eye as on a clock and for the ear in words. */
function time(seconds: number): TemplateResult {
  return html`<span aria-hidden="true">${clock(seconds)}</span><span class="heard">${spoken(seconds)}</span>`;
}

/** What somebody gave besides talk. */
const REST: readonly { words: () => string; value: (row: Row) => TemplateResult | number }[] = [
  { words: () => t("Turns"), value: ({ line }) => line.turns },
  { words: () => t("Longest turn"), value: ({ line }) => time(line.longest_turn) },
  { words: () => t("Camera"), value: ({ line }) => time(line.camera) },
  { words: () => t("Screen share"), value: ({ line }) => time(line.screen_share) },
  { words: () => t("Messages"), value: ({ line }) => line.messages },
  { words: () => t("Hands"), value: ({ line }) => line.hands },
];

/** A table keeps its meaning for a screen reader by its roles, whatever its parts are laid out as. */
export class ContributionFigures extends LitElement {
  static override styles = [
    look,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }

      .paused {
        display: flex;
        align-items: flex-start;
        gap: calc(2 * var(--step));
        margin-block-end: calc(2 * var(--step));
        padding: calc(2 * var(--step)) calc(3 * var(--step));
        border-radius: calc(2 * var(--step));
        background: color-mix(in srgb, var(--warn) 12%, var(--raised));
        font: var(--small);
      }

      .paused .icon {
        color: var(--warn);
      }

      table {
        inline-size: 100%;
        border-collapse: collapse;
        font: var(--small);
        font-variant-numeric: tabular-nums;
      }

      th,
      td {
        padding: calc(2 * var(--step));
        text-align: end;
      }

      th {
        font-weight: 500;
      }

      th:first-child {
        padding-inline-start: 0;
        text-align: start;
      }

      tr > :last-child {
        padding-inline-end: 0;
      }

      thead th {
        color: var(--soft);
        vertical-align: bottom;
      }

      tbody tr,
      tfoot tr {
        border-block-start: 1px solid var(--hair);
      }

      .who {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 2px calc(2 * var(--step));
      }

      .who bdi {
        overflow: hidden;
        overflow-wrap: anywhere;
      }

      .badge {
        padding-block: 0;
      }

      .share span {
        display: flex;
        align-items: center;
        gap: calc(2 * var(--step));
      }

      .share b {
        flex: none;
        min-inline-size: 5ch;
        font-weight: 600;
      }

      .bar {
        flex: 1;
        inline-size: 100%;
        min-inline-size: 64px;
        block-size: 6px;
        border-radius: var(--round);
        background: color-mix(in srgb, var(--ink) 10%, transparent);
      }

      .bar rect {
        fill: var(--accent);
        transition: width var(--calm);
      }

      .gone {
        color: var(--soft);
      }

      .gone .bar rect {
        fill: var(--soft);
      }

      .label {
        display: none;
      }

      tfoot td {
        padding-inline: 0;
      }

      table + p {
        padding-block: calc(2 * var(--step));
      }

      dl {
        display: flex;
        flex-wrap: wrap;
        gap: calc(2 * var(--step)) calc(6 * var(--step));
      }

      dl div {
        text-align: start;
      }

      .label,
      dt {
        color: var(--soft);
        font-size: 0.75rem;
        line-height: 1.4;
      }

      dd {
        font-weight: 600;
      }

      @container (min-width: 720px) {
        th:first-child {
          inline-size: 28%;
        }

        .share {
          inline-size: 20%;
        }
      }

      @container (max-width: 719px) {
        table,
        tbody,
        tfoot,
        tfoot tr,
        tfoot td {
          display: block;
        }

        thead {
          display: block;
          position: absolute;
          inline-size: 1px;
          block-size: 1px;
          overflow: hidden;
          clip-path: inset(50%);
        }

        tfoot {
          position: var(--sums, static);
          inset-block-end: 0;
          background: var(--raised);
        }

        tbody tr {
          display: grid;
          grid-template-columns: repeat(3, minmax(0, 1fr));
          align-items: end;
          gap: var(--step) calc(2 * var(--step));
          padding-block: calc(3 * var(--step));
        }

        tbody tr:first-child {
          border-block-start: 0;
        }

        tbody :is(th, td) {
          padding: 0;
          text-align: start;
        }

        tbody th {
          grid-column: span 2;
          font: var(--text);
          font-weight: 500;
        }

        tbody .talk {
          align-self: start;
          font: var(--text);
          font-variant-numeric: tabular-nums;
          text-align: end;
        }

        tbody .share {
          grid-column: 1 / -1;
          margin-block-end: var(--step);
        }

        .share b {
          text-align: end;
        }

        .label {
          display: block;
        }

        dl {
          display: grid;
          grid-template-columns: repeat(3, minmax(0, 1fr));
          align-items: end;
          gap: calc(2 * var(--step));
        }
      }

      @media (forced-colors: active) {
        .bar {
          border: 1px solid CanvasText;
        }

        .bar rect {
          fill: Highlight;
        }
      }
    `,
  ];

  @property({ attribute: false }) figures: Contributions | null = null;
  /** One's own identity. */
  @property({ attribute: false }) me: string | null = null;

  protected override render(): TemplateResult | typeof nothing {
    const { figures } = this;
    if (figures === null) return nothing;
    return html`<div role="status">${figures.state === "paused" ? this.#paused() : nothing}</div>
      ${figures.people.length === 0 ? html`<p class="soft">${t("Nothing has been counted yet.")}</p>` : this.#table(figures)}`;
  }

  #paused(): TemplateResult {
    return html`<p class="paused">
      ${icon(circlePause)}<span><strong>${t("Figures are paused.")}</strong> ${t("What was counted before stays.")}</span>
    </p>`;
  }

  #table(figures: Contributions): TemplateResult {
    return html`<table role="table" aria-label=${t("Contributions")}>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">${t("Name")}</th>
          <th role="columnheader" scope="col">${t("Talk")}</th>
          <th role="columnheader" scope="col">${t("Share")}</th>
          ${REST.map(({ words }) => html`<th role="columnheader" scope="col">${words()}</th>`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${repeat(
          rows(figures, this.me),
          ({ line }) => line.id,
          (row) => this.#row(row),
        )}
      </tbody>
      <tfoot role="rowgroup">
        <tr role="row">
          <td role="cell" colspan=${3 + REST.length}>${this.#sums(figures)}</td>
        </tr>
      </tfoot>
    </table>
    <p class="soft small">${t("A turn is counted with its short pauses, talk time without them.")}</p>`;
  }

  #row(row: Row): TemplateResult {
    const { line, me, share } = row;
    return html`<tr role="row" class=${line.here ? "" : "gone"} data-identity=${line.identity}>
      <th role="rowheader" scope="row">
        <span class="who">
          <bdi>${me ? t("%(name)s (you)", { name: line.name }) : line.name}</bdi>
          ${line.role === "guest" ? html`<span class="badge">${t("visitor")}</span>` : nothing}
          ${line.here ? nothing : html`<span class="badge">${t("left")}</span>`}
        </span>
      </th>
      <td role="cell" class="talk">${time(line.talk)}</td>
      <td role="cell" class="share">
        <span>
          <svg class="bar" aria-hidden="true" focusable="false"><rect width="${100 * share}%" height="100%" rx="3"></rect></svg>
          <b>${percent(share)}</b>
        </span>
      </td>
      ${REST.map(({ words, value }) => html`<td role="cell"><span class="label" aria-hidden="true">${words()}</span>${value(row)}</td>`)}
    </tr>`;
  }

  #sums({ talk, overlap, seconds }: Contributions): TemplateResult {
    const sum = (words: string, of: number): TemplateResult => html`<div><dt>${words}</dt><dd>${time(of)}</dd></div>`;
    return html`<dl>
      ${sum(t("Somebody talked"), talk)} ${sum(t("Several at once"), overlap)} ${sum(t("Counted"), seconds)}
    </dl>`;
  }
}
