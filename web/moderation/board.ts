// <notice-board>: in everybody's page, what moderators did, by whom, and what one can do now; to moderators, what became of it.
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import circleSlash from "lucide-static/icons/circle-slash.svg?raw";
import x from "lucide-static/icons/x.svg?raw";
import type { Contributions, Notice, Source } from "../api/shapes.ts";
import { t } from "../i18n/index.ts";
import { icon, look } from "../look.ts";
import type { News, Standing } from "../meeting/news.ts";
import type { Desk } from "./desk.ts";
import { drop, type Me, type Note, NOTE_MS, type Notes, ofChange, ofCounting, ofNotice, put, settled } from "./notices.ts";
import { reportCard } from "./report-card.ts";
import { report } from "./style.ts";
import { whatIsOff } from "./words.ts";

/** Fires `turn-on` with a source when somebody does what they are asked for. */
export class NoticeBoard extends LitElement {
  static override styles = [
    look,
    report,
    css`
      :host {
        display: grid;
        justify-items: center;
        gap: calc(2 * var(--step));
        inline-size: 100%;
      }

      .note,
      .off,
      .report {
        max-inline-size: min(560px, 100%);
        border-radius: var(--radius);
        color: var(--ink);
        pointer-events: auto;
      }

      .note,
      .report {
        background: var(--raised);
        box-shadow: var(--shadow);
      }

      .note {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: calc(2 * var(--step)) calc(3 * var(--step));
        padding: calc(2 * var(--step)) calc(2 * var(--step)) calc(2 * var(--step)) calc(4 * var(--step));
      }

      .note p {
        flex: 1 1 200px;
      }

      .note .row {
        flex-wrap: nowrap;
      }

      .note button {
        min-block-size: 40px;
      }

      .close {
        inline-size: 36px;
        min-block-size: 36px;
        padding: 0;
      }

      .report.failed {
        background: var(--raised);
        box-shadow: inset 0 0 0 1px var(--danger), var(--shadow);
      }

      .off {
        display: flex;
        align-items: center;
        gap: calc(2 * var(--step));
        padding: var(--step) calc(4 * var(--step));
        background: rgb(30 32 34 / 88%);
        font: var(--small);
      }

      .off .icon {
        inline-size: 16px;
        block-size: 16px;
        color: var(--warn);
      }

      .notes {
        display: grid;
        justify-items: center;
        gap: calc(2 * var(--step));
        max-inline-size: 100%;
      }

      .notes:empty {
        display: none;
      }

      /* There it has a row of its own, with the tiles below. */
      @media (max-width: 759px) {
        .off,
        .report,
        .notes {
          margin-block-end: calc(2 * var(--step));
        }
      }

      @media (prefers-reduced-motion: no-preference) {
        .note,
        .report {
          animation: descend var(--calm);
        }

        @keyframes descend {
          from {
            opacity: 0;
            transform: translateY(-4px);
          }
        }
      }
    `,
  ];

  @property({ attribute: false }) news: News | null = null;
  /** A moderator's; null for guests. */
  @property({ attribute: false }) desk: Desk | null = null;
  /** The desk tells what became of a press by itself. */
  @property({ type: Boolean, attribute: "desk-open" }) deskOpen = false;
  @property({ attribute: false }) myName = "";
  /** Their own hand is up. */
  @property({ type: Boolean }) raised = false;
  @property({ attribute: false }) isOn: (source: Source) => boolean = () => false;
  @property({ attribute: false }) nameOf: (identity: string) => string | null = () => null;
  @state() private notes: Notes = [];
  readonly #clocks = new Map<string, ReturnType<typeof setTimeout>>();
  #unlisten: (() => void)[] = [];
  #heard: { news: News | null; desk: Desk | null } = { news: null, desk: null };
  #turnedAway: number | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopListening();
    for (const clock of this.#clocks.values()) clearTimeout(clock);
    this.#clocks.clear();
  }

  #stopListening(): void {
    for (const stop of this.#unlisten) stop();
    this.#unlisten = [];
    this.#heard = { news: null, desk: null };
  }

  protected override willUpdate(_changed: PropertyValues): void {
    const { news, desk } = this;
    if (this.#heard.news !== news || this.#heard.desk !== desk) {
      this.#stopListening();
      this.#heard = { news, desk };
      if (news !== null) this.#unlisten.push(news.hear({ changed: this.#changed, notice: this.#noticed, figures: this.#counted }));
      if (desk !== null) this.#unlisten.push(desk.onChange(() => this.requestUpdate()));
    }
    const rights = news?.standing?.rights ?? null;
    this.notes = settled(this.notes, this.isOn, (source) => rights?.[source] ?? true);
  }

  get #me(): Me {
    return { name: this.myName, moderator: this.desk !== null };
  }

  readonly #changed = (now: Standing, before: Standing | null, by: string | null): void => {
    for (const note of ofChange(now, before, by, this.#me)) this.#show(note);
    // What is off is told in a line of its own.
    this.requestUpdate();
  };

  readonly #counted = (now: Contributions | null, before: Contributions | null | undefined, by: string | null): void => {
    const note = ofCounting(now !== null, before === undefined ? null : before !== null, by, this.#me);
    if (note !== null) this.#show(note);
  };

  readonly #noticed = (notice: Notice): void => {
    const standing = this.news?.standing ?? null;
    if (standing === null) return;
    const note = ofNotice(notice, standing, this.#turnedAway);
    if (notice.kind === "turned-away") this.#turnedAway = notice.locked + notice.full;
    if (note !== null) this.#show(note);
  };

  #show(note: Note): void {
    this.notes = put(this.notes, note);
    clearTimeout(this.#clocks.get(note.about));
    // A question waits for its answer.
    if (note.question === null) this.#clocks.set(note.about, setTimeout(() => this.#drop(note.about), NOTE_MS));
  }

  #drop(about: string): void {
    clearTimeout(this.#clocks.get(about));
    this.#clocks.delete(about);
    this.notes = drop(this.notes, about);
  }

  protected override render(): TemplateResult {
    const standing = this.news?.standing ?? null;
    const off = standing === null ? null : whatIsOff(standing, this.raised);
    const told = new Set(this.notes.map(({ text }) => text));
    return html`
      ${off === null || told.has(off) ? nothing : html`<p class="off">${icon(circleSlash)}${off}</p>`}
      ${this.desk === null || this.deskOpen ? nothing : reportCard(this.desk, this.nameOf)}
      <div class="notes" role="status">${this.notes.map((note) => this.#note(note))}</div>
    `;
  }

  #note(note: Note): TemplateResult {
    const { question, about, text } = note;
    return html`<div class="note" data-about=${about}>
      <p>${text}</p>
      ${question === null
        ? html`<button type="button" class="quiet close" aria-label=${t("Close")} @click=${() => this.#drop(about)}>${icon(x)}</button>`
        : html`<div class="row">
            <button type="button" class="accent" data-answer="yes" @click=${() => this.#answer(about, question)}>
              ${question === "microphone" ? t("Unmute") : t("Turn it on")}
            </button>
            <button type="button" data-answer="no" @click=${() => this.#drop(about)}>${t("Not now")}</button>
          </div>`}
    </div>`;
  }

  #answer(about: string, source: Source): void {
    this.#drop(about);
    this.dispatchEvent(new CustomEvent("turn-on", { detail: source }));
  }
}
