// <door-preview>: how the visitor looks, mirrored, and sounds; a button each for camera and microphone, and the menus.
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import chevron from "lucide-static/icons/chevron-down.svg?raw";
import copyIcon from "lucide-static/icons/copy.svg?raw";
import micOff from "lucide-static/icons/mic-off.svg?raw";
import mic from "lucide-static/icons/mic.svg?raw";
import sliders from "lucide-static/icons/sliders-horizontal.svg?raw";
import videoOff from "lucide-static/icons/video-off.svg?raw";
import video from "lucide-static/icons/video.svg?raw";
import { t } from "../i18n/index.ts";
import { initials } from "../i18n/initials.ts";
import { icon, look } from "../look.ts";
import type { Device } from "../meeting/gear.ts";
import { copy } from "../platform/copy.ts";
import { loaded } from "../visit/build.ts";
import { advices, type Kind, type Standing } from "./devices.ts";
import { Ear } from "./level.ts";
import type { Chosen, InUse } from "./menus.ts";
import { defineMeter } from "./meter.ts";

export interface Shown {
  camera: Standing;
  microphone: Standing;
  /** The camera's. */
  track: MediaStreamTrack | null;
  /** The microphone's. */
  sound: MediaStreamTrack | null;
  all: readonly Device[];
  inUse: InUse;
  /** The background is to be blurred. */
  blurred: boolean;
  /** What became of a device that disappeared. */
  note: string | null;
}

const NOTHING: Shown = {
  camera: "off",
  microphone: "off",
  track: null,
  sound: null,
  all: [],
  inUse: { camera: "", microphone: "", speaker: "" },
  blurred: false,
  note: null,
};
/** After these another try can help; the others need another browser or address. */
const WORTH_A_TRY: readonly Standing[] = ["taken", "refused", "dismissed", "system", "missing", "busy", "unblurred", "failed"];
const COPIED_MS = 2_000;

/** Fires `press` with the kind of device in its detail, `choose` and `background` as `<device-menus>` does, and `retry`. */
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
        box-shadow: 0 0 0 1px var(--hair);
      }

      video {
        position: absolute;
        inset: 0;
        inline-size: 100%;
        block-size: 100%;
        object-fit: cover;
      }

      .mirrored {
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

      .under {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: calc(3 * var(--step));
        min-block-size: var(--target);
      }

      .heard-me {
        display: flex;
        align-items: center;
        gap: calc(2 * var(--step));
        color: var(--soft);
        font: var(--small);
      }

      .under button {
        white-space: nowrap;
      }

      .under .folds {
        margin-inline: auto calc(-3 * var(--step));
        padding-inline: calc(3 * var(--step));
      }

      .under .turned {
        transform: rotate(180deg);
      }

      .advice {
        display: grid;
        gap: calc(2 * var(--step));
        color: var(--soft);
        font: var(--small);
      }

      .advice:not(:has(p)) {
        display: none;
      }

      device-menus {
        padding: calc(4 * var(--step));
        border: 1px solid var(--hair);
        border-radius: var(--radius);
        background: var(--raised);
      }

      /* A phone that lies on its side: name and button beside a picture that leaves room for its menus. */
      @media (max-height: 480px) {
        .frame {
          aspect-ratio: 16 / 9;
          max-block-size: 56dvh;
          inline-size: 100%;
        }

        .controls {
          inset-block-end: calc(2 * var(--step));
        }
      }

      @media (max-width: 559px) {
        .frame {
          aspect-ratio: 16 / 10;
          max-block-size: 24dvh;
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

  @property({ attribute: false }) shown: Shown = NOTHING;
  /** Shown where the camera's picture would be. */
  @property() name = "";
  /** The devices can be changed here. */
  @property({ type: Boolean }) ready = false;
  /** The page's address, for another browser. */
  @property() link = "";
  @state() private open = false;
  /** The menus could not be loaded. */
  @state() private fault = false;
  @state() private silent = false;
  @state() private copied = false;
  @query("video") private readonly screen!: HTMLVideoElement | null;
  #playing: MediaStreamTrack | null = null;
  #ear: Ear | null = null;
  #listening: MediaStreamTrack | null = null;
  #loud = 0;
  readonly #level = (): number => this.#loud;

  protected override render(): TemplateResult {
    const { camera, microphone, track } = this.shown;
    return html`
      <div class="frame">
        ${track === null ? this.#blank(camera) : this.#picture(track)}
        <div class="controls" role="group" aria-label=${t("Camera and microphone")} ?hidden=${!this.ready}>
          ${this.#button("microphone", microphone)} ${this.#button("camera", camera)}
        </div>
      </div>
      ${this.ready ? this.#under() : nothing}
      <div class="advice" role="status">${this.#advices().map((one) => html`<p>${one}</p>`)}</div>
      ${this.shown.sound === null ? nothing : this.#waysOn(camera, microphone)}
    `;
  }

  #advices(): string[] {
    const { camera, microphone, note } = this.shown;
    const silent =
      this.silent && microphone === "on"
        ? [t("We hear nothing from your microphone. Say something: if the bars stay still, choose another one or look for its mute switch.")]
        : [];
    return [...(note === null ? [] : [note]), ...advices(camera, microphone), ...silent];
  }

  /** One's own sound, and where the devices are chosen. */
  #under(): TemplateResult {
    const { camera, microphone, sound, all, inUse, blurred } = this.shown;
    return html`<div class="under">
        ${sound === null
          ? this.#waysOn(camera, microphone)
          : html`<span class="heard-me"><span aria-hidden="true">${t("Microphone")}</span><level-meter .level=${this.#level}></level-meter></span>`}
        <button type="button" class="quiet folds" aria-expanded=${this.open ? "true" : "false"} aria-controls="menus" data-menus @click=${this.#fold}>
          ${icon(sliders)}${t("Devices")}<span class=${this.open ? "turned" : ""}>${icon(chevron)}</span>
        </button>
      </div>
      <device-menus id="menus" ?hidden=${!this.open} .all=${all} .inUse=${inUse} .blurred=${blurred} @choose=${this.#choose} @background=${this.#background}></device-menus>
      ${this.fault ? html`<p class="problem" role="alert">${t("That did not reach the server. Please try again.")}</p>` : nothing}`;
  }

  #waysOn(camera: Standing, microphone: Standing): TemplateResult | typeof nothing {
    const standings = [camera, microphone];
    const again = standings.some((one) => WORTH_A_TRY.includes(one));
    const elsewhere = standings.includes("absent");
    if (!again && !elsewhere) return nothing;
    return html`<div class="row">
      ${camera === "unblurred" ? html`<button type="button" data-plain @click=${() => this.#blur(false)}>${t("Show me without blur")}</button>` : nothing}
      ${again ? html`<button type="button" data-retry @click=${this.#retry}>${t("Try again")}</button>` : nothing}
      ${elsewhere ? html`<button type="button" data-copy-link @click=${this.#copy}>${icon(copyIcon)}${this.copied ? t("Copied") : t("Copy the link")}</button>` : nothing}
    </div>`;
  }

  async #fold(): Promise<void> {
    this.open = !this.open;
    if (!this.open) return;
    this.fault = false;
    try {
      const { defineMenus } = await loaded(() => import("./menus.ts"));
      defineMenus();
    } catch {
      this.open = false;
      this.fault = true;
    }
  }

  #retry(): void {
    this.dispatchEvent(new CustomEvent("retry"));
  }

  /** As the menus tell it, one shadow root further out. */
  #choose(event: CustomEvent<Chosen>): void {
    this.dispatchEvent(new CustomEvent<Chosen>("choose", { detail: event.detail }));
  }

  readonly #background = ({ detail }: CustomEvent<boolean>): void => this.#blur(detail);

  #blur(detail: boolean): void {
    this.dispatchEvent(new CustomEvent<boolean>("background", { detail }));
  }

  async #copy(): Promise<void> {
    this.copied = await copy(this.link);
    setTimeout(() => (this.copied = false), COPIED_MS);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    defineMeter();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#listen(null);
  }

  #listen(track: MediaStreamTrack | null): void {
    if (track === this.#listening) return;
    this.#listening = track;
    this.#ear?.close();
    this.#ear = null;
    this.#loud = 0;
    this.silent = false;
    if (track === null) return;
    this.#ear = new Ear(track, (loud, silent) => {
      this.#loud = loud;
      this.silent = silent;
    });
  }

  /** As in a mirror, but not what a phone's back camera sees: that may be read. */
  #picture(track: MediaStreamTrack): TemplateResult {
    const mirrored = track.getSettings().facingMode !== "environment";
    return html`<video playsinline muted autoplay class=${mirrored ? "mirrored" : ""} aria-label=${mirrored ? t("Your camera, as in a mirror") : t("Camera")}></video>`;
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
    const { track, sound } = this.shown;
    this.#listen(sound);
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
