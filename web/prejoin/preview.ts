// <door-preview>: how the visitor looks, mirrored, with a button each for camera and microphone.
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query } from "lit/decorators.js";
import micOff from "lucide-static/icons/mic-off.svg?raw";
import mic from "lucide-static/icons/mic.svg?raw";
import videoOff from "lucide-static/icons/video-off.svg?raw";
import video from "lucide-static/icons/video.svg?raw";
import { t } from "../i18n/index.ts";
import { initials } from "../i18n/initials.ts";
import { icon, look } from "../look.ts";
import { advices, type Kind, type Standing } from "./devices.ts";

export interface Shown {
  camera: Standing;
  microphone: Standing;
  track: MediaStreamTrack | null;
}

/** Fires `press` with the kind of device in its detail. */
export class DoorPreview extends LitElement {
  static override styles = [
    look,
    css`
      :host {
        display: grid;
        gap: calc(3 * var(--step));
        align-content: start;
      }

      .frame {
        position: relative;
        display: grid;
        overflow: hidden;
        aspect-ratio: 4 / 3;
        border-radius: var(--radius);
        background: var(--stage);
        color: var(--on-stage);
      }

      video {
        position: absolute;
        inset: 0;
        inline-size: 100%;
        block-size: 100%;
        object-fit: cover;
        transform: scaleX(-1);
      }

      .blank {
        display: grid;
        place-content: center;
        justify-items: center;
        gap: calc(3 * var(--step));
        padding: calc(4 * var(--step)) calc(4 * var(--step)) calc(20 * var(--step));
        color: #b9b6b1;
        text-align: center;
      }

      .blank .initials {
        background: rgb(255 255 255 / 10%);
        color: var(--on-stage);
      }

      .controls {
        position: absolute;
        inset-block-end: calc(4 * var(--step));
        inset-inline: 0;
        display: flex;
        justify-content: center;
        gap: calc(4 * var(--step));
      }

      .controls button {
        inline-size: 52px;
        block-size: 52px;
        padding: 0;
        border-color: rgb(255 255 255 / 20%);
        border-radius: var(--round);
        background: rgb(21 22 23 / 72%);
        color: var(--on-stage);
        backdrop-filter: blur(8px);
      }

      .controls button:hover {
        background: rgb(60 62 64 / 88%);
      }

      .controls button.off {
        border-color: transparent;
        background: var(--on-stage);
        color: #8c1d15;
      }

      .controls button:focus-visible {
        outline-color: var(--on-stage);
      }

      .advice {
        color: var(--soft);
        font: var(--small);
      }

      @media (max-width: 559px) {
        .frame {
          aspect-ratio: 16 / 10;
          max-block-size: 30dvh;
          inline-size: 100%;
        }

        .blank {
          gap: var(--step);
          padding: calc(2 * var(--step)) calc(2 * var(--step)) calc(16 * var(--step));
        }

        .controls {
          inset-block-end: calc(2 * var(--step));
        }
      }
    `,
  ];

  @property({ attribute: false }) shown: Shown = { camera: "off", microphone: "off", track: null };
  /** Shown where the camera's picture would be. */
  @property() name = "";
  /** The devices can be changed here. */
  @property({ type: Boolean }) ready = false;
  @query("video") private readonly screen!: HTMLVideoElement | null;
  #playing: MediaStreamTrack | null = null;

  protected override render(): TemplateResult {
    const { camera, microphone, track } = this.shown;
    return html`
      <div class="frame">
        ${track === null ? this.#blank(camera) : html`<video playsinline muted autoplay aria-label=${t("Your camera, as in a mirror")}></video>`}
        <div class="controls" role="group" aria-label=${t("Camera and microphone")} ?hidden=${!this.ready}>
          ${this.#button("microphone", microphone)} ${this.#button("camera", camera)}
        </div>
      </div>
      <div class="advice" role="status">${advices(camera, microphone).map((one) => html`<p>${one}</p>`)}</div>
    `;
  }

  #blank(camera: Standing): TemplateResult {
    const name = this.name.trim();
    return html`<div class="blank">
      ${name === "" ? nothing : html`<span class="initials large" aria-hidden="true">${initials(name)}</span>`}
      <span>${camera === "opening" ? t("Your camera is starting…") : t("Your camera is off")}</span>
    </div>`;
  }

  #button(kind: Kind, standing: Standing): TemplateResult {
    const on = standing === "on" || standing === "opening";
    const label =
      kind === "camera"
        ? on
          ? t("Turn the camera off")
          : t("Turn the camera on")
        : on
          ? t("Turn the microphone off")
          : t("Turn the microphone on");
    const picture = kind === "camera" ? (on ? video : videoOff) : on ? mic : micOff;
    const press = (): boolean => this.dispatchEvent(new CustomEvent<Kind>("press", { detail: kind }));
    return html`<button type="button" class=${on ? "" : "off"} aria-label=${label} title=${label} data-kind=${kind} @click=${press}>
      ${icon(picture)}
    </button>`;
  }

  protected override updated(_changed: PropertyValues): void {
    const { track } = this.shown;
    const screen = this.screen;
    if (screen === null) {
      this.#playing = null;
      return;
    }
    if (track === null || track === this.#playing) return;
    this.#playing = track;
    screen.srcObject = new MediaStream([track]);
    // Muted and in line, so that every browser lets it start by itself; one that does not shows its first picture.
    void screen.play().catch(() => undefined);
  }
}
