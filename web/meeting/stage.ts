// <meeting-stage>: the people, the bar, and what stands in the way of seeing and hearing them.
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import copy from "lucide-static/icons/copy.svg?raw";
import micOff from "lucide-static/icons/mic-off.svg?raw";
import mic from "lucide-static/icons/mic.svg?raw";
import phoneOff from "lucide-static/icons/phone-off.svg?raw";
import videoOff from "lucide-static/icons/video-off.svg?raw";
import video from "lucide-static/icons/video.svg?raw";
import volume from "lucide-static/icons/volume-2.svg?raw";
import { t } from "../i18n/index.ts";
import { icon, look } from "../look.ts";
import { advice, type Kind, standingAfter } from "../prejoin/devices.ts";
import { type Control, groups } from "./bar.ts";
import type { Call } from "./call.ts";
import { GAP, grid } from "./layout.ts";
import { seating } from "./people.ts";

/** What this page's bar can do. */
const CONTROLS: ReadonlySet<Control> = new Set(["microphone", "camera", "leave"]);
const NOTE_MS = 8_000;
const COPIED_MS = 2_000;

/** Fires `leave`, and `turn` with `{kind, on}` after a device was turned by its person. */
export class MeetingStage extends LitElement {
  static override styles = [
    look,
    css`
      :host {
        position: fixed;
        inset: 0;
        display: grid;
        grid-template-rows: auto minmax(0, 1fr) auto;
        background: var(--stage);
        color: var(--on-stage);
      }

      header {
        display: flex;
        align-items: center;
        gap: calc(3 * var(--step));
        min-block-size: 40px;
        padding: calc(2 * var(--step)) max(calc(4 * var(--step)), env(safe-area-inset-right)) 0
          max(calc(4 * var(--step)), env(safe-area-inset-left));
      }

      h1 {
        overflow: hidden;
        font: var(--small);
        font-weight: 500;
        letter-spacing: 0;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      h1:focus {
        outline: none;
      }

      header p {
        flex: none;
        color: var(--soft);
        font: var(--small);
      }

      .people {
        position: relative;
        display: grid;
        grid-row: 2;
        place-content: center;
        margin: calc(2 * var(--step));
        min-block-size: 0;
        overflow: hidden;
      }

      .tiles {
        display: flex;
        flex-wrap: wrap;
        justify-content: center;
        gap: 8px;
        inline-size: var(--tiles-width, 0);
      }

      .tile {
        inline-size: var(--tile-width, 0);
        block-size: var(--tile-height, 0);
      }

      .corner {
        position: absolute;
        inset-block-end: calc(3 * var(--step));
        inset-inline-end: calc(3 * var(--step));
        inline-size: clamp(104px, 20%, 240px);
        aspect-ratio: 4 / 3;
        box-shadow: var(--shadow);
        outline: 2px solid var(--stage);
      }

      .alone {
        position: absolute;
        inset-block-end: calc(6 * var(--step));
        inset-inline: calc(4 * var(--step));
        z-index: 1;
        display: grid;
        justify-items: center;
        gap: calc(2 * var(--step));
        margin-inline: auto;
        inline-size: fit-content;
        max-inline-size: min(420px, 100% - 8 * var(--step));
        padding: calc(3 * var(--step)) calc(5 * var(--step));
        border-radius: var(--radius);
        background: rgb(30 32 34 / 88%);
        text-align: center;
        backdrop-filter: blur(10px);
      }

      .banners {
        position: absolute;
        inset-block-start: calc(3 * var(--step));
        inset-inline: 0;
        z-index: 2;
        display: grid;
        justify-items: center;
        gap: calc(2 * var(--step));
        padding-inline: calc(4 * var(--step));
        pointer-events: none;
      }

      .banner {
        display: flex;
        align-items: center;
        gap: calc(3 * var(--step));
        max-inline-size: 560px;
        padding: calc(2 * var(--step)) calc(4 * var(--step));
        border-radius: var(--radius);
        background: var(--raised);
        color: var(--ink);
        box-shadow: var(--shadow);
        pointer-events: auto;
      }

      .banner.warn {
        background: #3b2f16;
        color: #ffe3b0;
      }

      .bar {
        display: flex;
        grid-row: 3;
        align-items: center;
        justify-content: center;
        gap: calc(3 * var(--step));
        padding: calc(2 * var(--step)) calc(4 * var(--step)) max(calc(4 * var(--step)), env(safe-area-inset-bottom));
      }

      .group {
        display: flex;
        gap: calc(3 * var(--step));
      }

      .group + .group {
        margin-inline-start: calc(3 * var(--step));
      }

      .bar button {
        flex: none;
        min-inline-size: 52px;
        block-size: 52px;
        padding: 0 calc(4 * var(--step));
        border-color: transparent;
        border-radius: var(--round);
        background: #2b2d30;
        color: var(--on-stage);
      }

      .bar button:hover {
        background: #3a3d40;
      }

      .bar button.off {
        background: var(--on-stage);
        color: #8c1d15;
      }

      .bar button.leave {
        background: #b3261e;
        color: #fff;
        font-weight: 600;
      }

      .bar button.leave:hover {
        background: #98201a;
      }

      .bar button:focus-visible,
      .banner button:focus-visible {
        outline: 2px solid var(--on-stage);
      }

      /* Short breaks mend themselves before anybody needs to read of them. */
      @media (prefers-reduced-motion: no-preference) {
        .banner {
          animation: appear var(--calm);
        }

        .banner.warn {
          animation: appear var(--calm) 700ms backwards;
        }

        @keyframes appear {
          from {
            opacity: 0;
            transform: translateY(-4px);
          }
        }
      }

      @media (max-height: 420px) {
        header {
          display: none;
        }

        .bar {
          padding-block: var(--step);
        }
      }
    `,
  ];

  @property({ attribute: false }) call: Call | null = null;
  @property() owner = "";
  /** The address to invite with, for whoever it belongs to. */
  @property({ attribute: false }) link: string | null = null;
  @property({ type: Boolean }) reconnecting = false;
  @state() private note: string | null = null;
  @state() private copied = false;
  @query(".people") private readonly room!: HTMLElement | null;
  #unlisten: (() => void) | null = null;
  #heardCall: Call | null = null;
  #sized: ResizeObserver | null = null;
  #noteOver: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sized = new ResizeObserver(() => this.#arrange());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unlisten?.();
    this.#unlisten = null;
    this.#heardCall = null;
    this.#sized?.disconnect();
    clearTimeout(this.#noteOver);
  }

  override focus(): void {
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>("h1")?.focus());
  }

  protected override willUpdate(_changed: PropertyValues): void {
    if (this.call === this.#heardCall) return;
    this.#unlisten?.();
    this.#heardCall = this.call;
    this.#unlisten = this.call?.onChange(() => this.requestUpdate()) ?? null;
  }

  protected override render(): TemplateResult {
    const people = this.call?.people ?? [];
    const { grid: seated, corner, more } = seating(people);
    const others = people.filter((person) => !person.me).length;
    return html`
      <header>
        <h1 tabindex="-1">${t("Meeting with %(owner)s", { owner: this.owner })}</h1>
        ${others > 1 ? html`<p>${t("%(count)s people", { count: people.length })}</p>` : nothing}
        ${more > 0 ? html`<p>${t("%(count)s more are not shown", { count: more })}</p>` : nothing}
      </header>
      <div class="people">
        <div class="tiles">
          ${repeat(
            seated,
            ({ identity }) => identity,
            (person) => html`<meeting-tile class="tile" .person=${person}></meeting-tile>`,
          )}
        </div>
        ${corner === null ? nothing : html`<meeting-tile class="corner" .person=${corner}></meeting-tile>`}
        ${people.length > 0 && others === 0 && !this.reconnecting ? this.#alone() : nothing}
        <div class="banners">${this.#banners()}</div>
      </div>
      <div class="bar" role="toolbar" aria-label=${t("Meeting controls")}>
        ${groups(CONTROLS).map((group) => html`<div class="group">${group.map((control) => this.#control(control))}</div>`)}
      </div>
      <p class="heard" role="status">${this.reconnecting ? t("Your connection is interrupted. You keep your place; we are trying again.") : ""}</p>
    `;
  }

  #alone(): TemplateResult {
    return html`<div class="alone">
      <p>${t("Nobody else is here yet.")}</p>
      ${this.link === null
        ? nothing
        : html`<button type="button" @click=${this.#copy}>${icon(copy)}${this.copied ? t("Copied") : t("Copy your link")}</button>`}
    </div>`;
  }

  #banners(): (TemplateResult | typeof nothing)[] {
    const blocked = this.call?.soundBlocked === true && !this.reconnecting;
    return [
      this.reconnecting
        ? html`<p class="banner warn" aria-hidden="true">${t("Your connection is interrupted. You keep your place; we are trying again.")}</p>`
        : nothing,
      blocked
        ? html`<div class="banner"><button type="button" class="accent" data-sound @click=${this.#playSound}>${icon(volume)}${t("Turn the sound on")}</button></div>`
        : nothing,
      this.note === null ? nothing : html`<p class="banner" role="alert">${this.note}</p>`,
    ];
  }

  #control(control: Control): TemplateResult | typeof nothing {
    switch (control) {
      case "microphone":
        return this.#device("microphone", mic, micOff, t("Turn the microphone off"), t("Turn the microphone on"));
      case "camera":
        return this.#device("camera", video, videoOff, t("Turn the camera off"), t("Turn the camera on"));
      case "leave":
        return html`<button type="button" class="leave" data-control="leave" @click=${this.#leave}>${icon(phoneOff)}${t("Leave")}</button>`;
      default:
        return nothing;
    }
  }

  #device(kind: Kind, onIcon: string, offIcon: string, turnOff: string, turnOn: string): TemplateResult {
    const on = this.call?.isOn(kind) ?? false;
    const label = on ? turnOff : turnOn;
    return html`<button
      type="button"
      class=${on ? "" : "off"}
      data-control=${kind}
      data-on=${on ? "true" : "false"}
      aria-label=${label}
      title=${label}
      ?disabled=${this.reconnecting}
      @click=${() => this.#turn(kind, !on)}
    >
      ${icon(on ? onIcon : offIcon)}
    </button>`;
  }

  async #turn(kind: Kind, on: boolean): Promise<void> {
    try {
      await this.call?.turn(kind, on);
      this.dispatchEvent(new CustomEvent("turn", { detail: { kind, on } }));
    } catch (error) {
      this.#say(advice(kind, standingAfter(error)));
    }
    this.requestUpdate();
  }

  #say(note: string | null): void {
    clearTimeout(this.#noteOver);
    this.note = note;
    this.#noteOver = setTimeout(() => (this.note = null), NOTE_MS);
  }

  #leave(): void {
    this.dispatchEvent(new CustomEvent("leave"));
  }

  async #playSound(): Promise<void> {
    await this.call?.playSound();
    this.requestUpdate();
  }

  async #copy(): Promise<void> {
    await navigator.clipboard.writeText(this.link ?? "");
    this.copied = true;
    setTimeout(() => (this.copied = false), COPIED_MS);
  }

  protected override updated(_changed: PropertyValues): void {
    if (this.room !== null) this.#sized?.observe(this.room);
    this.#arrange();
  }

  /** Sizes are set by script: the page's policy allows no style in markup. */
  #arrange(): void {
    const { room } = this;
    if (room === null) return;
    const count = room.querySelectorAll(".tile").length;
    const { clientWidth, clientHeight } = room;
    const tile = grid(count, clientWidth, clientHeight, GAP);
    room.style.setProperty("--tiles-width", `${tile.columns * (tile.width + GAP) - GAP}px`);
    room.style.setProperty("--tile-width", `${tile.width}px`);
    room.style.setProperty("--tile-height", `${tile.height}px`);
  }
}
