// <room-setup>: a set-up in plain sentences, saved as it is changed: a meeting's, or the one that a link keeps.
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { Problem } from "../api/client.ts";
import type { Counted, Setup } from "../api/shapes.ts";
import { holds, within } from "../contributions/choices.ts";
import { t } from "../i18n/index.ts";
import { look } from "../look.ts";
import { wordsFor } from "../platform/problem.ts";
import { begin, collided, edit, type Edits, failed, type Field, type Fields, heard, type Patch, refused, saved, sending, shown, toSend } from "./edits.ts";

const SAVED_MS = 2_000;

/** What can be chosen for a field, in words. */
type Choice<F extends Field> = readonly { value: Fields[F]; words: () => string }[];

const WHO: Choice<"microphone"> = [
  { value: "everyone", words: () => t("Everybody") },
  { value: "moderators", words: () => t("Moderators only") },
];
const ADMITTERS: Choice<"admitters"> = [
  { value: "owner", words: () => t("Only you") },
  { value: "moderators", words: () => t("You, and moderators in the meeting") },
];
const COLLEAGUES: Choice<"colleagues"> = [
  { value: "walk-in", words: () => t("Walk in") },
  { value: "knock", words: () => t("Ask to join first") },
];

const CONTRIBUTIONS: Choice<"contributions"> = [
  { value: "kept", words: () => t("Keep the figures after the meeting") },
  { value: "live", words: () => t("Only show them during the meeting") },
  { value: "off", words: () => t("Do not count") },
];

export class RoomSetup extends LitElement {
  static override styles = [
    look,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: calc(5 * var(--step));
      }

      fieldset {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: calc(2 * var(--step));
        min-inline-size: 0;
        margin: 0;
        padding: 0;
        border: 0;
      }

      legend {
        padding: 0 0 calc(2 * var(--step));
        font-weight: 600;
      }

      .tick {
        padding-block: var(--step);
      }

      .line {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: var(--step) calc(4 * var(--step));
      }

      .line > label {
        flex: 1 1 100px;
      }

      .line > :is(select, input) {
        flex: none;
        inline-size: auto;
        max-inline-size: 100%;
      }

      .line > input {
        inline-size: 7ch;
      }

      .aside {
        flex: 1 1 100%;
        font: var(--small);
      }

      .theirs {
        color: var(--warn);
      }

      .saved {
        min-block-size: 20px;
        margin-block: calc(-3 * var(--step));
        color: var(--soft);
        font: var(--small);
      }
    `,
  ];

  /** What holds: set once to begin with, and again whenever somebody else has changed it. */
  @property({ attribute: false }) setup: Setup | null = null;
  /** Saves some fields and resolves to what holds then. @throws Problem, Unreachable. */
  @property({ attribute: false }) save: ((patch: Patch & { version: number }) => Promise<Setup>) | null = null;
  /** The owner sets more than other moderators do. */
  @property({ type: Boolean }) owner = false;
  /** The set-up that a link keeps: a lock is never kept. */
  @property({ type: Boolean }) kept = false;
  /** The plan's seats. */
  @property({ type: Number }) seats = 0;
  /** What the workspace allows to be kept of contributions. */
  @property({ attribute: false }) allowed: Counted = "off";
  @state() private edits: Edits | null = null;
  @state() private trouble: string | null = null;
  @state() private justSaved = false;
  #savedOver: ReturnType<typeof setTimeout> | undefined;

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has("setup") || this.setup === null) return;
    this.edits = this.edits === null ? begin(this.setup) : heard(this.edits, this.setup);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#savedOver);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { edits } = this;
    if (edits === null) return nothing;
    const now = shown(edits);
    return html`
      ${this.#text("subject", t("What it is about"), now.subject, 120)}
      ${this.#text("waiting_message", t("Words for those who wait at the door"), now.waiting_message, 300)}
      <fieldset>
        <legend>${t("Whoever joins")}</legend>
        ${this.#tick("microphone_off", t("joins with the microphone off"), now)}
        ${this.#tick("camera_off", t("joins with the camera off"), now)}
        <p class="soft small">${t("They can turn them on as soon as they are in.")}</p>
      </fieldset>
      <fieldset>
        <legend>${t("Who may use")}</legend>
        ${this.#choose("microphone", t("the microphone"), WHO, now)} ${this.#choose("camera", t("the camera"), WHO, now)}
        ${this.#choose("screen_share", t("screen sharing"), WHO, now)} ${this.#choose("chat", t("the chat"), WHO, now)}
        <p class="soft small">${t("It holds for visitors, also for those who come later. Moderators may always use everything.")}</p>
      </fieldset>
      ${this.kept
        ? nothing
        : html`<fieldset>
            <legend>${t("The door")}</legend>
            ${this.#tick("locked", t("The room is locked: no new visitor can ask to join"), now)}
            <p class="soft small">${t("Whoever waits already stays, members still walk in, and the lock ends with this meeting.")}</p>
          </fieldset>`}
      ${this.owner ? this.#owners(now) : nothing}
      ${this.trouble === null
        ? nothing
        : html`<div class="row">
            <p class="problem grows" role="alert">${this.trouble}</p>
            <button type="button" @click=${() => void this.#send()}>${t("Try again")}</button>
          </div>`}
      <p class="saved" role="status">${this.justSaved ? t("Saved") : ""}</p>
    `;
  }

  #owners(now: Setup): TemplateResult {
    return html`<fieldset>
      <legend>${t("Only you can change these")}</legend>
      ${this.#choose("admitters", t("Who lets visitors in"), ADMITTERS, now)}
      ${this.#choose("colleagues", t("Members of your workspace"), COLLEAGUES, now)}
      <div class="line">
        <label for="seats">${t("People in the meeting at most, you among them")}</label>
        <input
          id="seats"
          type="number"
          inputmode="numeric"
          min="2"
          max=${this.seats}
          .value=${String(now.seats)}
          aria-describedby="about-seats"
          @change=${this.#seated}
        />
        <p class="aside soft" id="about-seats">${t("From 2 to the %(seats)s of your plan. Lowering it removes nobody.", { seats: this.seats })}</p>
        ${this.#aside("seats")}
      </div>
      ${this.#contributions(now)}
    </fieldset>`;
  }

  #contributions(now: Setup): TemplateResult {
    const offered = within(this.allowed);
    return html`${this.#choose(
      "contributions",
      t("Talk time and other contributions"),
      CONTRIBUTIONS.filter(({ value }) => offered.includes(value)),
      { ...now, contributions: holds(now.contributions, this.allowed) },
    )}
    ${this.allowed === "kept"
      ? nothing
      : html`<p class="soft small">
          ${this.allowed === "live" ? t("Your workspace keeps no figures after a meeting.") : t("Your workspace does not count contributions.")}
        </p>`}`;
  }

  #text(field: "subject" | "waiting_message", label: string, value: string, longest: number): TemplateResult {
    const change = (event: Event): void => this.#edit(field, (event.target as HTMLInputElement).value.trim());
    return html`<div class="field">
      <label for=${field}>${label}</label>
      ${field === "subject"
        ? html`<input id=${field} type="text" maxlength=${longest} .value=${value} @change=${change} />`
        : html`<textarea id=${field} rows="2" maxlength=${longest} .value=${value} @change=${change}></textarea>`}
      ${this.#aside(field)}
    </div>`;
  }

  #tick(field: "microphone_off" | "camera_off" | "locked", words: string, now: Setup): TemplateResult {
    return html`<label class="tick">
        <input
          type="checkbox"
          data-field=${field}
          .checked=${now[field]}
          @change=${(event: Event) => this.#edit(field, (event.target as HTMLInputElement).checked)}
        /><span>${words}</span>
      </label>
      ${this.#aside(field)}`;
  }

  #choose<F extends "microphone" | "camera" | "screen_share" | "chat" | "admitters" | "colleagues" | "contributions">(
    field: F,
    words: string,
    choices: Choice<F>,
    now: Setup,
  ): TemplateResult {
    return html`<div class="line">
      <label for=${field}>${words}</label>
      <select
        id=${field}
        ?disabled=${choices.length === 1}
        @change=${(event: Event) => this.#edit(field, (event.target as HTMLSelectElement).value as Fields[F])}
      >
        ${choices.map(({ value, words: choice }) => html`<option value=${String(value)} ?selected=${now[field] === value} .selected=${now[field] === value}>${choice()}</option>`)}
      </select>
      ${this.#aside(field)}
    </div>`;
  }

  /** Beside the field: why it was not taken, or that somebody else has changed it. */
  #aside(field: Field): TemplateResult | typeof nothing {
    const { edits } = this;
    if (edits === null) return nothing;
    const wrong = edits.wrong[field];
    if (wrong !== undefined) return html`<p class="aside problem" role="alert">${wrong}</p>`;
    if (!(field in edits.taken)) return nothing;
    const by = edits.taken[field] ?? null;
    return html`<p class="aside theirs" role="alert">
      ${by === null
        ? t("Somebody else has just changed this. It is shown as it is now.")
        : t("%(name)s has just changed this. It is shown as it is now.", { name: by })}
    </p>`;
  }

  readonly #seated = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const seats = Number(input.value);
    if (input.value !== "" && Number.isInteger(seats)) this.#edit("seats", seats);
    else input.value = String(this.edits === null ? "" : shown(this.edits).seats);
  };

  #edit<F extends Field>(field: F, value: Fields[F]): void {
    if (this.edits === null || shown(this.edits)[field] === value) return;
    this.edits = edit(this.edits, field, value);
    void this.#send();
  }

  /** One call at a time; what is changed meanwhile goes with the next. */
  async #send(): Promise<void> {
    const { save } = this;
    const patch = this.edits === null ? null : toSend(this.edits);
    if (this.edits === null || patch === null || save === null) return;
    this.edits = sending(this.edits);
    this.trouble = null;
    try {
      const now = await save(patch);
      this.edits = saved(this.edits, now);
      this.#say();
    } catch (error) {
      if (!this.#took(error, patch)) return;
    }
    await this.#send();
  }

  /** Returns whether the rest is worth sending now. */
  #took(error: unknown, patch: Patch): boolean {
    if (this.edits === null) return false;
    if (error instanceof Problem && error.name === "setup-changed" && error.setup !== null) {
      // A link without a number of its own has the plan's.
      this.edits = collided(this.edits, { ...error.setup, seats: error.setup.seats ?? this.seats });
      return true;
    }
    if (error instanceof Problem && error.errors.length > 0) {
      const wrong = error.errors.filter(({ field }) => field in patch).map(({ field, reason }) => [field, reason] as const);
      this.edits = refused(this.edits, Object.fromEntries(wrong));
      if (wrong.length > 0) return true;
    } else this.edits = failed(this.edits);
    this.trouble = wordsFor(error);
    return false;
  }

  #say(): void {
    clearTimeout(this.#savedOver);
    this.justSaved = true;
    this.#savedOver = setTimeout(() => (this.justSaved = false), SAVED_MS);
    this.dispatchEvent(new CustomEvent("saved"));
  }
}
