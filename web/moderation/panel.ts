// <moderator-desk>: one press away from a moderator's bar, and never in the way. The bar's own button opens it.
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import hand from "lucide-static/icons/hand.svg?raw";
import lockOpen from "lucide-static/icons/lock-open.svg?raw";
import lock from "lucide-static/icons/lock.svg?raw";
import mic from "lucide-static/icons/mic.svg?raw";
import phoneOff from "lucide-static/icons/phone-off.svg?raw";
import screenShare from "lucide-static/icons/screen-share.svg?raw";
import settings from "lucide-static/icons/sliders-horizontal.svg?raw";
import video from "lucide-static/icons/video.svg?raw";
import x from "lucide-static/icons/x.svg?raw";
import type { Setup, Source } from "../api/shapes.ts";
import { t } from "../i18n/index.ts";
import { icon, look } from "../look.ts";
import type { News } from "../meeting/news.ts";
import type { Desk } from "./desk.ts";
import { float, Opener } from "./float.ts";
import { EVERYONE, forEveryone, mayEnd, type Press, type Someone, SOURCES } from "./offers.ts";
import { reportCard } from "./report-card.ts";
import { report as reportStyle } from "./style.ts";
import { label, standingOf, things, turnedAway } from "./words.ts";

const ICONS: Readonly<Record<Source, string>> = { microphone: mic, camera: video, screen_share: screenShare };

/** Fires `setup` when the room's set-up is wanted, and `open` with true or false. */
export class ModeratorDesk extends LitElement {
  static override styles = [
    look,
    reportStyle,
    css`
      :host {
        display: contents;
      }

      .panel {
        position: fixed;
        inset: auto;
        inline-size: min(460px, calc(100vw - 4 * var(--step)));
        max-block-size: min(640px, calc(100dvh - 24 * var(--step)));
        margin: 0;
        padding: calc(4 * var(--step));
        overflow-y: auto;
        border: 1px solid var(--hair);
        border-radius: var(--radius);
        background: var(--fades), var(--raised);
        color: var(--ink);
        box-shadow: var(--shadow);
      }

      .panel:popover-open {
        display: grid;
        gap: calc(3 * var(--step));
      }

      .head,
      .line {
        display: flex;
        align-items: center;
        gap: calc(2 * var(--step)) calc(3 * var(--step));
      }

      .head h2 {
        flex: 1;
      }

      .close {
        inline-size: 36px;
        min-block-size: 36px;
        padding: 0;
      }

      .line {
        flex-wrap: wrap;
      }

      .line + .line {
        padding-block-start: calc(3 * var(--step));
        border-block-start: 1px solid var(--hair);
      }

      .line > .icon {
        color: var(--soft);
      }

      .what {
        flex: 1 1 150px;
        min-inline-size: 0;
      }

      .what .soft.kept {
        color: var(--warn);
      }

      .buttons {
        display: flex;
        gap: calc(2 * var(--step));
      }

      .line button {
        min-block-size: 40px;
        padding: var(--step) calc(3 * var(--step));
        white-space: nowrap;
      }

      .lines {
        display: grid;
        gap: calc(3 * var(--step));
      }

      .foot {
        display: flex;
        flex-wrap: wrap;
        gap: calc(2 * var(--step));
        padding-block-start: calc(3 * var(--step));
        border-block-start: 1px solid var(--hair);
      }

      .foot button {
        flex: 1 1 auto;
      }

      .foot .ends {
        color: var(--danger);
      }

      .ending {
        display: grid;
        gap: calc(3 * var(--step));
      }

      @media (max-width: 560px) {
        .panel {
          inset: auto 0 0 0 !important;
          inline-size: 100%;
          max-inline-size: none;
          max-block-size: 92dvh;
          border-inline: 0;
          border-block-end: 0;
          border-end-start-radius: 0;
          border-end-end-radius: 0;
          padding-block-end: max(calc(4 * var(--step)), env(safe-area-inset-bottom));
        }

        .line > .buttons {
          flex: 1 1 100%;
        }

        .line > .buttons button {
          flex: 1;
        }
      }
    `,
  ];

  @property({ attribute: false }) desk: Desk | null = null;
  @property({ attribute: false }) news: News | null = null;
  @property({ attribute: false }) people: readonly Someone[] = [];
  @state() private ending = false;
  @query(".panel") private readonly panel!: HTMLElement | null;
  readonly #opener = new Opener();
  #button: HTMLElement | null = null;
  #ends = false;
  #unlisten: (() => void)[] = [];
  #heard: { desk: Desk | null; news: News | null } = { desk: null, news: null };

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("resize", this.#resized);
  }

  readonly #resized = (): void => {
    if (this.open) this.#place();
  };

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("resize", this.#resized);
    this.#stopListening();
  }

  #stopListening(): void {
    for (const stop of this.#unlisten) stop();
    this.#unlisten = [];
    this.#heard = { desk: null, news: null };
  }

  protected override willUpdate(_changed: PropertyValues): void {
    const { desk, news } = this;
    if (this.#heard.desk === desk && this.#heard.news === news) return;
    this.#stopListening();
    this.#heard = { desk, news };
    if (desk !== null) this.#unlisten.push(desk.onChange(() => this.requestUpdate()));
    if (news !== null) this.#unlisten.push(news.hear({ changed: () => this.requestUpdate() }));
  }

  /** Whether the panel is open: what became of a press is told there, and not beside the people. */
  get open(): boolean {
    return this.panel?.matches(":popover-open") ?? false;
  }

  protected override render(): TemplateResult {
    return html`<div class="panel" popover role="dialog" aria-labelledby="heading" @toggle=${this.#toggled}>${this.#inside()}</div>`;
  }

  #inside(): TemplateResult | typeof nothing {
    const { desk } = this;
    const standing = this.news?.standing ?? null;
    if (desk === null || standing === null) return nothing;
    const { setup, hands } = standing;
    return html`
      <div class="head">
        <h2 id="heading" tabindex="-1">${t("Moderate")}</h2>
        <button type="button" class="quiet close" aria-label=${t("Close")} @click=${() => this.close()}>${icon(x)}</button>
      </div>
      ${reportCard(desk, (identity) => this.people.find((one) => one.identity === identity)?.name ?? null)}
      ${this.ending
        ? this.#end(desk)
        : html`<p class="soft small">${t("What is turned off can be turned on again by its person. What is kept off stays off until you allow it.")}</p>
            <div class="lines">
              ${SOURCES.map((source) => this.#source(source, setup, desk))}
              ${hands.length === 0 ? nothing : this.#hands(hands.length, desk)} ${this.#lock(setup, desk)}
            </div>
            <div class="foot">
              <button type="button" data-do="setup" @click=${this.#wantSetup}>${icon(settings)}${t("Room set-up…")}</button>
              ${mayEnd(this.people)
                ? html`<button type="button" class="ends" data-do="end" @click=${() => (this.ending = true)}>
                    ${icon(phoneOff)}${t("End for everyone…")}
                  </button>`
                : nothing}
            </div>`}
    `;
  }

  #source(source: Source, setup: Setup, desk: Desk): TemplateResult {
    const kept = setup[source] === "moderators";
    return html`<div class="line" role="group" aria-label=${things(source)}>
      ${icon(ICONS[source])}
      <div class="what">
        <p class="strong">${things(source)}</p>
        <p class=${kept ? "soft small kept" : "soft small"}>${standingOf(source, setup)}</p>
      </div>
      <div class="buttons">${forEveryone(source, setup).map((press) => this.#press(press, desk))}</div>
    </div>`;
  }

  #hands(count: number, desk: Desk): TemplateResult {
    return html`<div class="line" role="group" aria-label=${t("Hands")}>
      ${icon(hand)}
      <p class="what strong">${count === 1 ? t("One hand is up") : t("%(count)s hands are up", { count })}</p>
      <div class="buttons">${this.#press({ do: "lower", who: EVERYONE }, desk)}</div>
    </div>`;
  }

  #lock(setup: Setup, desk: Desk): TemplateResult {
    const { locked } = setup;
    const away = desk.turnedAway === null ? [] : turnedAway(desk.turnedAway, setup);
    return html`<div class="line" role="group" aria-label=${t("Door")}>
      ${icon(locked ? lock : lockOpen)}
      <div class="what">
        <p class="strong">${locked ? t("The room is locked") : t("The room is open")}</p>
        <p class=${locked ? "soft small kept" : "soft small"}>
          ${locked ? t("No new visitor can ask to join.") : t("Visitors may ask to join.")}
        </p>
        ${away.map((line) => html`<p class="small">${line}</p>`)}
      </div>
      <div class="buttons">${this.#press({ do: "lock", locked: !locked }, desk)}</div>
    </div>`;
  }

  /** Pressing twice is harmless, and what is under way shows: nothing here is disabled while one looks for it. */
  #press(press: Press, desk: Desk): TemplateResult {
    const words = label(press);
    return html`<button
      type="button"
      data-do=${press.do === "off" && press.keep ? "keep" : press.do}
      aria-disabled=${desk.pressed !== null ? "true" : "false"}
      @click=${() => void desk.press(press)}
    >
      ${words}
    </button>`;
  }

  #end(desk: Desk): TemplateResult {
    return html`<div class="ending" role="group" aria-labelledby="ending">
      <h3 id="ending">${t("End the meeting for everyone?")}</h3>
      <p>${t("Everybody is out at once. Whoever still waits at the door stays there, and the link works again right away.")}</p>
      <div class="row">
        <button type="button" data-do="go-on" @click=${() => (this.ending = false)}>${t("Go on with the meeting")}</button>
        <button type="button" class="danger" data-do="end-now" @click=${() => void desk.press({ do: "end" })}>
          ${t("End for everyone")}
        </button>
      </div>
    </div>`;
  }

  close(): void {
    this.panel?.hidePopover();
  }

  /** Its button is being pressed: before the browser closes the panel because of that. */
  pressed(): void {
    if (this.panel !== null) this.#opener.pressed(this.panel);
  }

  /** Its button was clicked: open, or closed again. The panel stands beside `button`, and gives it the focus back. */
  toggle(button: HTMLElement | null): void {
    this.#button = button;
    if (this.panel !== null) this.#opener.clicked(this.panel);
  }

  /** Ask at once whether the meeting is to end. */
  end(button: HTMLElement | null): void {
    this.#button = button;
    this.#ends = true;
    this.panel?.showPopover();
  }

  readonly #toggled = (event: Event): void => {
    const open = (event as ToggleEvent).newState === "open";
    this.ending = open && this.#ends;
    this.#ends = false;
    // What was read here is not told once more beside the people.
    if (!open) this.desk?.dismiss();
    if (open) {
      this.#place();
      this.renderRoot.querySelector<HTMLElement>("#heading")?.focus();
    } else if (this.renderRoot instanceof ShadowRoot && this.renderRoot.activeElement !== null) this.#button?.focus();
    this.dispatchEvent(new CustomEvent("open", { detail: open }));
  };

  #place(): void {
    if (this.panel !== null && this.#button !== null) float(this.panel, this.#button);
  }

  readonly #wantSetup = (): void => {
    this.close();
    this.dispatchEvent(new CustomEvent("setup"));
  };

  protected override updated(): void {
    // What it holds has grown or shrunk.
    if (this.open) this.#place();
  }
}
