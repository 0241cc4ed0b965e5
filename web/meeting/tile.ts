// <meeting-tile>: one person: picture or initials, name, *visitor*, speaking, microphone off.
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query } from "lit/decorators.js";
import waves from "lucide-static/icons/audio-lines.svg?raw";
import micOff from "lucide-static/icons/mic-off.svg?raw";
import { t } from "../i18n/index.ts";
import { initials } from "../i18n/initials.ts";
import { icon, look } from "../look.ts";
import type { Person, Picture } from "./call.ts";
import { spoken } from "./people.ts";

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

      /* As in a mirror: only oneself sees it so. */
      .me video {
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

      .visitor {
        flex: none;
        padding: 0 8px;
        border-radius: var(--round);
        background: rgb(255 255 255 / 18%);
        font-size: 0.75rem;
        line-height: 1.5;
      }

      @container (max-width: 150px) {
        .label {
          padding-inline: 8px;
        }

        .visitor {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) person: Person | null = null;
  @query("video") private readonly screen!: HTMLVideoElement | null;
  #attached: { picture: Picture; screen: HTMLVideoElement } | null = null;

  protected override render(): TemplateResult | typeof nothing {
    const { person } = this;
    if (person === null) return nothing;
    const kind = ["person", person.me ? "me" : "", person.speaking ? "speaking" : ""].join(" ");
    return html`<div class=${kind} role="group" aria-label=${spoken(person)}>
      <span class="initials" aria-hidden="true">${initials(person.name)}</span>
      ${person.picture === null
        ? nothing
        : html`<video playsinline muted autoplay aria-hidden="true" @playing=${this.#seen}></video>`}
      <span class="ring"></span>
      <span class="label" aria-hidden="true">
        ${person.speaking ? html`<span class="waves">${icon(waves)}</span>` : person.audible ? nothing : icon(micOff)}
        <span class="name">${person.me ? t("You") : person.name}</span>
        ${person.visitor ? html`<span class="visitor">${t("visitor")}</span>` : nothing}
      </span>
    </div>`;
  }

  protected override updated(_changed: PropertyValues): void {
    const picture = this.person?.picture ?? null;
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
