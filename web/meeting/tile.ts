// <meeting-tile>: one person, or the screen they share: picture or initials, name, *visitor*, speaking, microphone off.
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import waves from "lucide-static/icons/audio-lines.svg?raw";
import micOff from "lucide-static/icons/mic-off.svg?raw";
import screenIcon from "lucide-static/icons/monitor-up.svg?raw";
import pinOff from "lucide-static/icons/pin-off.svg?raw";
import pin from "lucide-static/icons/pin.svg?raw";
import visitorIcon from "lucide-static/icons/id-card-lanyard.svg?raw";
import triangleAlert from "lucide-static/icons/triangle-alert.svg?raw";
import wifiOff from "lucide-static/icons/wifi-off.svg?raw";
import { t } from "../i18n/index.ts";
import { initials } from "../i18n/initials.ts";
import { icon, look } from "../look.ts";
import type { Person, Picture } from "./call.ts";
import type { Showing } from "./layout.ts";
import { screenOf, spoken } from "./people.ts";

/** Buttons that a finger called up go away again. */
const TAPPED_MS = 4_000;

/** Fires `pin` when the person wants it large, or not any more. The slot `actions` stands beside that button, and what
 * has no slot lies on the picture. */
export class MeetingTile extends LitElement {
  static override styles = [
    look,
    css`
      :host {
        position: relative;
        display: grid;
        overflow: hidden;
        border-radius: var(--radius);
        background: #232527;
        color: var(--on-stage);
        container-type: size;
      }

      video {
        position: absolute;
        inset: 0;
        inline-size: 100%;
        block-size: 100%;
        object-fit: cover;
        opacity: 0;
      }

      /* Until the first picture has come, the initials stay. */
      video.seen {
        opacity: 1;
        transition: opacity var(--quick);
      }

      .screen video {
        object-fit: contain;
        background: #000;
      }

      /* As in a mirror: only oneself sees it so. */
      .mirrored video {
        transform: scaleX(-1);
      }

      .person {
        display: grid;
        place-items: center;
      }

      .initials {
        inline-size: clamp(36px, 28cqmin, 112px);
        block-size: clamp(36px, 28cqmin, 112px);
        background: #3a3d40;
        color: var(--on-stage);
        font-size: clamp(14px, 10cqmin, 40px);
      }

      .ring {
        position: absolute;
        inset: 0;
        border: 3px solid var(--accent);
        border-radius: var(--radius);
        opacity: 0;
        transition: opacity var(--quick);
        pointer-events: none;
      }

      .speaking .ring {
        opacity: 1;
      }

      .label {
        position: absolute;
        inset-block-end: calc(2 * var(--step));
        inset-inline-start: calc(2 * var(--step));
        display: flex;
        align-items: center;
        gap: 6px;
        max-inline-size: calc(100% - 4 * var(--step));
        padding: 3px 10px;
        border-radius: var(--round);
        background: rgb(21 22 23 / 72%);
        font: var(--small);
        font-weight: 500;
      }

      .name {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .label .icon {
        inline-size: 16px;
        block-size: 16px;
      }

      .label .waves {
        color: var(--accent);
      }

      .label .weak {
        color: var(--warn);
      }

      .actions {
        position: absolute;
        inset-block-start: calc(2 * var(--step));
        inset-inline-end: calc(2 * var(--step));
        display: flex;
        gap: var(--step);
        opacity: 0;
        transition: opacity var(--quick);
      }

      .actions button,
      ::slotted(button) {
        inline-size: 36px;
        min-block-size: 36px;
        padding: 0;
        border: 0;
        border-radius: var(--round);
        background: rgb(21 22 23 / 78%);
        color: var(--on-stage);
      }

      .actions button:hover {
        background: #3a3d40;
      }

      .actions button[aria-pressed="true"] {
        background: var(--on-stage);
        color: var(--stage);
      }

      .actions .icon {
        inline-size: 18px;
        block-size: 18px;
      }

      .actions:focus-within,
      .actions.called {
        opacity: 1;
      }

      @media (hover: hover) {
        .person:hover .actions {
          opacity: 1;
        }
      }

      /* Where nothing hovers, a tap on the tile calls them. */
      @media (hover: none) {
        .actions:not(.called, :focus-within) {
          pointer-events: none;
        }
      }

      .visitor {
        flex: none;
        padding: 0 8px;
        border-radius: var(--round);
        background: rgb(255 255 255 / 18%);
        font-size: 0.75rem;
        line-height: 1.5;
      }

      /* In a small tile it has a corner of its own. */
      .visitor.apart {
        display: none;
        position: absolute;
        inset-block-start: calc(1.5 * var(--step));
        inset-inline-end: calc(1.5 * var(--step));
        background: rgb(21 22 23 / 72%);
      }

      @container (max-width: 180px) {
        .label {
          padding-inline: 8px;
        }

        .label .visitor {
          display: none;
        }

        .visitor.apart {
          display: block;
        }
      }

      .apart .icon {
        display: none;
        inline-size: 14px;
        block-size: 14px;
      }

      /* Where nothing would be left of the picture, an icon says it. */
      @container (max-width: 140px) {
        .visitor.apart {
          padding: 4px;
        }

        .apart .word {
          display: none;
        }

        .apart .icon {
          display: block;
        }
      }

      @container (max-height: 120px) {
        .label {
          inset-block-end: var(--step);
          inset-inline-start: var(--step);
          padding-block: 1px;
          font-size: 0.8125rem;
        }

        .initials {
          justify-self: start;
          margin: 0 0 calc(4 * var(--step)) calc(2 * var(--step));
        }
      }
    `,
  ];

  @property({ attribute: false }) person: Person | null = null;
  @property() what: Showing = "camera";
  @property({ type: Boolean }) pinned = false;
  /** There is somebody to prefer to somebody. */
  @property({ type: Boolean }) pinnable = false;
  @state() private called = false;
  @query("video") private readonly screen!: HTMLVideoElement | null;
  #attached: { picture: Picture; screen: HTMLVideoElement } | null = null;
  #calledOff: ReturnType<typeof setTimeout> | undefined;

  get #picture(): Picture | null {
    return (this.what === "screen" ? this.person?.screen : this.person?.picture) ?? null;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { person } = this;
    if (person === null) return nothing;
    const screen = this.what === "screen";
    const kind = [
      "person",
      screen ? "screen" : "",
      person.me ? "me" : "",
      person.mirrored && !screen ? "mirrored" : "",
      person.speaking && !screen ? "speaking" : "",
    ];
    return html`<div
      class=${kind.filter(Boolean).join(" ")}
      role="group"
      aria-label=${screen ? screenOf(person) : spoken(person)}
      @pointerup=${this.#tapped}
      @dblclick=${this.#pinIfPicture}
    >
      ${screen ? nothing : html`<span class="initials" aria-hidden="true">${initials(person.name)}</span>`}
      ${this.#picture === null
        ? nothing
        : html`<video playsinline muted autoplay aria-hidden="true" @playing=${this.#seen}></video>`}
      <span class="ring"></span>
      <slot></slot>
      <span class="label" aria-hidden="true">${screen ? this.#screenLabel(person) : this.#label(person)}</span>
      ${person.visitor && !screen ? html`<span class="visitor apart" aria-hidden="true" title=${t("visitor")}><span class="word">${t("visitor")}</span>${icon(visitorIcon)}</span>` : nothing}
      <span class=${this.called ? "actions called" : "actions"}>
        <slot name="actions"></slot>
        ${this.pinnable ? this.#pinButton(person, screen) : nothing}
      </span>
    </div>`;
  }

  #screenLabel(person: Person): TemplateResult {
    return html`${icon(screenIcon)}<span class="name" title=${screenOf(person)}>${screenOf(person)}</span>`;
  }

  #label(person: Person): TemplateResult {
    return html`
      ${person.speaking ? html`<span class="waves">${icon(waves)}</span>` : person.audible ? nothing : icon(micOff)}
      <span class="name" title=${person.name}>${person.me ? t("You") : person.name}</span>
      ${person.quality === "good" ? nothing : html`<span class="weak">${icon(person.quality === "lost" ? wifiOff : triangleAlert)}</span>`}
      ${person.visitor ? html`<span class="visitor">${t("visitor")}</span>` : nothing}
    `;
  }

  #pinButton(person: Person, screen: boolean): TemplateResult {
    const name = screen ? screenOf(person) : person.me ? t("yourself") : person.name;
    const label = t("Keep %(name)s large", { name });
    return html`<button type="button" data-pin aria-pressed=${this.pinned ? "true" : "false"} aria-label=${label} title=${label} @click=${this.#pin}>
      ${icon(this.pinned ? pinOff : pin)}
    </button>`;
  }

  readonly #pin = (event: Event): void => {
    event.stopPropagation();
    if (this.pinnable) this.dispatchEvent(new CustomEvent("pin"));
  };

  /** What is pressed twice on the way to a menu or in it asks for no pin. */
  readonly #pinIfPicture = (event: Event): void => {
    const beside = event.composedPath().some((one) => one instanceof Element && one.classList.contains("actions"));
    if (!beside) this.#pin(event);
  };

  readonly #tapped = ({ pointerType }: PointerEvent): void => {
    if (pointerType !== "touch") return;
    clearTimeout(this.#calledOff);
    // Not with this very tap: it would press a button that was not there yet.
    setTimeout(() => (this.called = true));
    this.#calledOff = setTimeout(() => (this.called = false), TAPPED_MS);
  };

  protected override updated(_changed: PropertyValues): void {
    const picture = this.#picture;
    const { screen } = this;
    if (this.#attached?.picture === picture && this.#attached?.screen === screen) return;
    this.#detach();
    if (picture === null || screen === null) return;
    screen.classList.remove("seen");
    picture.attach(screen);
    this.#attached = { picture, screen };
  }

  readonly #seen = (event: Event): void => (event.target as HTMLVideoElement).classList.add("seen");

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#calledOff);
    this.#detach();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  #detach(): void {
    this.#attached?.picture.detach(this.#attached.screen);
    this.#attached = null;
  }
}
