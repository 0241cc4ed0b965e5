// <people-panel>: who is here, who is on the way in, who waits at the door; and the link to invite with.
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import waves from "lucide-static/icons/audio-lines.svg?raw";
import copyIcon from "lucide-static/icons/copy.svg?raw";
import doorOpen from "lucide-static/icons/door-open.svg?raw";
import handIcon from "lucide-static/icons/hand.svg?raw";
import micOff from "lucide-static/icons/mic-off.svg?raw";
import mic from "lucide-static/icons/mic.svg?raw";
import triangleAlert from "lucide-static/icons/triangle-alert.svg?raw";
import videoOff from "lucide-static/icons/video-off.svg?raw";
import video from "lucide-static/icons/video.svg?raw";
import type { DoorKnock, Hand } from "../api/shapes.ts";
import type { Door } from "../doorbell/door.ts";
import { LISTED } from "../doorbell/pop-up.ts";
import { atTheDoor, line, quoted, warning } from "../doorbell/words.ts";
import { initials } from "../i18n/initials.ts";
import { t } from "../i18n/index.ts";
import { icon } from "../look.ts";
import { copy } from "../platform/copy.ts";
import type { Person } from "./call.ts";
import { Beside } from "./panel.ts";
import * as rosters from "./roster.ts";

const COPIED_MS = 2_000;

/** <door-bell>, whose stream and decisions this list shares. `door` fires after each change there. */
export interface Bell extends HTMLElement {
  /** Absent until the element's code is there. */
  readonly door?: Door;
}

export class PeoplePanel extends Beside {
  static override styles = [
    ...Beside.styles,
    css`
      h3 {
        padding-block: calc(2 * var(--step));
        color: var(--soft);
        font: var(--small);
        font-weight: 600;
      }

      h3:focus {
        outline: none;
      }

      ul {
        padding: 0;
        list-style: none;
      }

      .door {
        margin-block-end: calc(4 * var(--step));
        padding: 0 calc(3 * var(--step)) calc(2 * var(--step));
        border: 1px solid var(--hair);
        border-radius: var(--radius);
      }

      .door li {
        display: grid;
        gap: calc(2 * var(--step));
        padding-block: calc(3 * var(--step));
      }

      .door li + li {
        border-block-start: 1px solid var(--hair);
      }

      .over .name {
        color: var(--soft);
        text-decoration: line-through;
      }

      .who {
        display: flex;
        align-items: flex-start;
        gap: calc(3 * var(--step));
      }

      .words {
        display: grid;
        flex: 1;
        gap: 2px;
        min-inline-size: 0;
      }

      .careful {
        display: flex;
        gap: var(--step);
        color: var(--warn);
        font-weight: 500;
      }

      .careful .icon {
        inline-size: 16px;
        block-size: 16px;
        margin-block-start: 2px;
      }

      .message {
        max-block-size: 20dvh;
        overflow-y: auto;
        font: var(--small);
        white-space: pre-line;
      }

      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: calc(2 * var(--step));
        justify-content: flex-end;
      }

      .buttons button {
        min-block-size: 40px;
        padding-inline: calc(3 * var(--step));
      }

      .person {
        display: flex;
        align-items: center;
        gap: calc(3 * var(--step));
        min-block-size: 52px;
      }

      .initials {
        inline-size: 36px;
        block-size: 36px;
      }

      .speaking .initials {
        outline: 2px solid var(--accent);
        outline-offset: 1px;
      }

      .name {
        overflow: hidden;
        overflow-wrap: anywhere;
      }

      .words .soft {
        font: var(--small);
      }

      .words .badge {
        justify-self: start;
      }

      .states {
        display: flex;
        flex: none;
        align-items: center;
        gap: calc(2 * var(--step));
        color: var(--soft);
      }

      .states .on {
        color: var(--accent);
      }

      .raised {
        display: inline-flex;
        align-items: center;
        gap: 2px;
        padding: 2px calc(2 * var(--step));
        border-radius: var(--round);
        background: var(--warn);
        color: var(--surface);
        font: var(--small);
        font-weight: 600;
      }

      .states .icon {
        inline-size: 18px;
        block-size: 18px;
      }

      .raised .icon {
        inline-size: 16px;
        block-size: 16px;
      }

      .invite {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        flex: none;
        gap: calc(2 * var(--step));
        padding: calc(3 * var(--step)) calc(4 * var(--step));
        border-block-start: 1px solid var(--hair);
      }

      .address {
        display: flex;
        align-items: center;
        gap: calc(2 * var(--step));
      }

      .address code {
        flex: 1;
        min-inline-size: 0;
        overflow: hidden;
        color: var(--soft);
        font: var(--small);
        text-overflow: ellipsis;
        white-space: nowrap;
        user-select: all;
      }

      .address button {
        flex: none;
      }

      /* A sheet has little height: the address says what it is. */
      @media (max-width: 759px) {
        .invite > p {
          position: absolute;
          clip-path: inset(50%);
        }
      }
    `,
  ];

  @property({ attribute: false }) people: readonly Person[] = [];
  @property({ attribute: false }) hands: readonly Hand[] = [];
  @property({ attribute: false }) bell: Bell | null = null;
  /** The link's slug: who waits at another door of this account is not this list's. */
  @property() slug = "";
  /** The address to invite with, null for none. */
  @property({ attribute: false }) link: string | null = null;
  /** What stands at the end of somebody's line. */
  @property({ attribute: false }) action: ((person: Person) => TemplateResult | typeof nothing) | null = null;
  @state() private words = "";
  @state() private copied = false;
  #door: rosters.AtTheDoor = rosters.NOBODY;
  #heardBell: Bell | null = null;
  #pointed = false;
  /** The focus was in the door's part before this change. */
  #inDoor = false;
  #second: ReturnType<typeof setInterval> | undefined;
  #uncopied: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    // How long they wait is counted.
    this.#second = setInterval(() => {
      if (this.#door.rows.length > 0) this.requestUpdate();
    }, 1_000);
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#second);
    clearTimeout(this.#uncopied);
    this.#heardBell?.removeEventListener("door", this.#rang);
    this.#heardBell = null;
  }

  readonly #rang = (): void => this.requestUpdate();

  protected override willUpdate(_changed: PropertyValues): void {
    if (this.bell !== this.#heardBell) {
      this.#heardBell?.removeEventListener("door", this.#rang);
      this.#heardBell = this.bell;
      this.bell?.addEventListener("door", this.#rang);
    }
    this.#inDoor = this.#focused?.closest(".door") != null;
    const knocks = (this.bell?.door?.popUp.knocks ?? []).filter(({ link }) => link === this.slug).slice(0, LISTED);
    this.#door = rosters.follow(this.#door, knocks, this.#touched, performance.now());
  }

  get #touched(): boolean {
    return this.#pointed || this.#inDoor;
  }

  get #focused(): Element | null {
    return this.renderRoot instanceof ShadowRoot ? this.renderRoot.activeElement : null;
  }

  protected override render(): TemplateResult {
    const rows = rosters.roster(this.people, this.hands);
    const searched = rows.length >= rosters.SEARCHED_FROM;
    const shown = searched ? rosters.found(rows, this.words) : rows;
    return html`<side-panel heading=${t("People")}>
      <div class="scrolls" role="group" aria-label=${t("People")} tabindex="0">
        ${this.#atTheDoor()}
        <h3 id="here">${t("In the meeting: %(count)s", { count: rows.length })}</h3>
        ${searched ? this.#search(shown.length) : nothing}
        <ul aria-labelledby="here">
          ${repeat(
            shown,
            ({ person }) => person.identity,
            (row) => this.#person(row),
          )}
        </ul>
      </div>
      ${this.link === null ? nothing : this.#invite(this.link)}
    </side-panel>`;
  }

  // ── Who is here ──

  #search(count: number): TemplateResult {
    return html`<input
        type="search"
        aria-label=${t("Search by name")}
        placeholder=${t("Search by name")}
        autocomplete="off"
        .value=${this.words}
        @input=${(event: InputEvent) => (this.words = (event.target as HTMLInputElement).value)}
      />
      <p class="soft small" role="status">${count === 0 ? t("Nobody here has this name.") : ""}</p>`;
  }

  #person(row: rosters.Row): TemplateResult {
    const { person, hand } = row;
    return html`<li class=${person.speaking ? "person speaking" : "person"} data-identity=${person.identity}>
      <span class="initials" aria-hidden="true">${initials(person.name)}</span>
      <div class="words">
        <p class="name"><bdi>${person.me ? t("%(name)s (you)", { name: person.name }) : person.name}</bdi></p>
        ${person.visitor
          ? html`<span class="badge">${t("visitor")}</span>`
          : html`<p class="soft">${person.owner ? t("Host") : t("Moderator")}</p>`}
      </div>
      <span class="heard">${rosters.rowWords(row, this.hands.length)}</span>
      <span class="states" aria-hidden="true">
        ${hand === null ? nothing : html`<span class="raised">${icon(handIcon)}${hand}</span>`}
        ${person.speaking
          ? html`<span class="on">${icon(waves)}</span>`
          : html`<span class=${person.audible ? "mic" : "mic off"}>${icon(person.audible ? mic : micOff)}</span>`}
        <span>${icon(person.camera ? video : videoOff)}</span>
      </span>
      ${this.action?.(person) ?? nothing}
    </li>`;
  }

  // ── Who is at the door, for those who may decide: nobody else hears of anybody there ──

  #atTheDoor(): TemplateResult | typeof nothing {
    const door = this.bell?.door;
    if (door === undefined || this.#door.rows.length === 0) return nothing;
    return html`<section
      class="door"
      aria-labelledby="door"
      @pointerenter=${() => this.#point(true)}
      @pointerleave=${() => this.#point(false)}
      @focusout=${() => queueMicrotask(() => this.requestUpdate())}
    >
      <h3 id="door" tabindex="-1">${t("At the door")}</h3>
      <ul>
        ${repeat(
          this.#door.rows,
          ({ knock }) => knock.id,
          (row) => this.#waiting(row, door),
        )}
      </ul>
    </section>`;
  }

  #point(on: boolean): void {
    this.#pointed = on;
    this.requestUpdate();
  }

  #waiting({ knock, over }: rosters.Waiting, door: Door): TemplateResult {
    const nameless = door.nameless(knock.id);
    const careful = nameless ? null : warning(knock);
    return html`<li class=${over && knock.state !== "admitted" ? "over" : ""} data-knock=${knock.id}>
      <div class="who">
        <span class="initials" aria-hidden="true">${nameless ? icon(doorOpen) : initials(knock.name)}</span>
        <div class="words">
          <p class="name strong"><bdi>${nameless ? atTheDoor(knock, true) : knock.name}</bdi></p>
          ${nameless ? nothing : html`<p class="soft">${over ? (knock.state === "admitted" ? t("In the meeting") : t("No longer at the door")) : line(knock)}</p>`}
          ${careful === null ? nothing : html`<p class="careful small">${icon(triangleAlert)}<span>${careful}</span></p>`}
          ${nameless || over || !knock.message ? nothing : html`<p class="message">${quoted(knock.message)}</p>`}
        </div>
      </div>
      ${over ? nothing : html`<div class="buttons">${this.#answers(knock, door, nameless)}</div>`}
    </li>`;
  }

  #answers(knock: DoorKnock, door: Door, nameless: boolean): TemplateResult {
    const button = (word: string, label: string, kind: string, work: () => unknown): TemplateResult => html`<button
      type="button" class=${kind} aria-label=${label} aria-disabled=${door.busy.has(knock.id) ? "true" : "false"}
      @click=${() => this.#press(work)}
    >${word}</button>`;
    const { name } = knock;
    // Whoever shares their screen opens a name before it is read by everybody.
    if (nameless) return button(t("Show who it is"), t("Show who it is"), "", () => door.openNames([knock.id]));
    if (knock.state === "admitted") return button(t("Take back"), t("Take the invitation of %(name)s back", { name }), "", () => door.takeBack(knock));
    return html`${knock.held ? nothing : button(t("Hold"), t("Hold %(name)s", { name }), "", () => door.decide(knock, "hold"))}
    ${button(t("Refuse"), t("Refuse %(name)s", { name }), "", () => door.decide(knock, "refuse"))}
    ${button(t("Accept"), t("Accept %(name)s", { name }), "accent", () => door.decide(knock, "admit"))}`;
  }

  /** Do it, if what was aimed at has stood still for long enough. */
  #press(work: () => unknown): void {
    if (rosters.counts(this.#door, performance.now())) work();
  }

  protected override updated(_changed: PropertyValues): void {
    // What had the focus is gone with its answer: it stays near, for who goes on by keyboard.
    if (this.#inDoor && this.#focused === null) {
      const heading = this.renderRoot.querySelector<HTMLElement>("#door");
      if (heading === null) this.focus();
      else heading.focus();
    }
    if (this.#door.rows.length === 0) this.#pointed = false;
    // Their guests may know that they were seen.
    if (document.visibilityState !== "visible") return;
    const read = this.#door.rows.filter(({ knock, over }) => !over && knock.state === "waiting");
    this.bell?.door?.see(read.map(({ knock }) => knock.id));
  }

  // ── The link ──

  #invite(link: string): TemplateResult {
    return html`<div class="invite" role="group" aria-labelledby="invite">
      <p class="small" id="invite">${t("Invite with this link")}</p>
      <div class="address">
        <code>${link.replace(/^https?:\/\//u, "")}</code>
        <button type="button" @click=${() => this.#copy(link)}>${icon(copyIcon)}<span>${this.copied ? t("Copied") : t("Copy")}</span></button>
      </div>
      <span class="heard" role="status">${this.copied ? t("Copied") : ""}</span>
    </div>`;
  }

  async #copy(link: string): Promise<void> {
    this.copied = await copy(link);
    // Nothing else can be done than to leave it marked, one key press from being copied by hand.
    if (!this.copied) getSelection()?.selectAllChildren(this.renderRoot.querySelector("code") ?? this);
    clearTimeout(this.#uncopied);
    this.#uncopied = setTimeout(() => (this.copied = false), COPIED_MS);
  }
}
