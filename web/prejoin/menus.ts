// <device-menus>: which camera, microphone and speaker; how loud the one is, and two notes from the other.
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { canBlur } from "../blur/able.ts";
import { t } from "../i18n/index.ts";
import { look } from "../look.ts";
import { type Device, devicesOf, GEAR, type Gear, named } from "../meeting/gear.ts";
import { defineMeter } from "./meter.ts";
import { shown } from "./plugged.ts";
import { speakersCanBePicked, trySpeaker } from "./try-speaker.ts";

export type InUse = Readonly<Record<Gear, string>>;

export interface Chosen {
  kind: Gear;
  id: string;
}

/**
 * Fires `choose` with `{kind, id}` in its detail, and `background` with whether it is to be blurred; whoever hears it does
 * so and keeps the choice.
 */
export class DeviceMenus extends LitElement {
  static override styles = [
    look,
    css`
      :host {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 240px), 1fr));
        gap: calc(3 * var(--step));
      }

      .field {
        min-inline-size: 0;
      }

      .over {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: calc(2 * var(--step));
        min-block-size: 28px;
        font: var(--small);
        font-weight: 500;
      }

      select {
        flex: 1;
        min-inline-size: 0;
        text-overflow: ellipsis;
      }

      .choice {
        display: flex;
        gap: calc(2 * var(--step));
      }

      .over label {
        white-space: nowrap;
      }

      .said,
      .background {
        grid-column: 1 / -1;
      }

      .said:empty {
        display: none;
      }
    `,
  ];

  /** What is plugged in: `Plugged.all`. */
  @property({ attribute: false }) all: readonly Device[] = [];
  /** The ids of what is in use, "" where nothing is. */
  @property({ attribute: false }) inUse: InUse = { camera: "", microphone: "", speaker: "" };
  /** How loud the microphone is, 0 to 1; null where it is not open. */
  @property({ attribute: false }) level: (() => number) | null = null;
  /** The background is to be blurred. */
  @property({ type: Boolean }) blurred = false;
  @state() private trying: "no" | "now" | "played" | "failed" = "no";

  protected override render(): TemplateResult {
    return html`${GEAR.map((kind) => this.#menu(kind))}
      <p class="said small soft" role="status">${this.#said()}</p>
      ${this.#background()}`;
  }

  #menu(kind: Gear): TemplateResult | typeof nothing {
    const there = devicesOf(kind, this.all);
    const choose = kind !== "speaker" || speakersCanBePicked();
    // The system's one speaker can still be tried.
    if (kind === "speaker" && (there.length === 0 || !choose)) {
      return html`<div class="field"><div class="over"><span>${title(kind)}</span></div>${this.#test()}</div>`;
    }
    const use = shown(kind, this.all, this.inUse[kind]);
    const names = there.map(named);
    return html`<div class="field">
      <div class="over">
        <label for=${kind}>${title(kind)}</label>
        ${kind === "microphone" && this.level !== null ? this.#meter() : nothing}
      </div>
      <div class="choice">
        <select id=${kind} title=${names[there.findIndex(({ deviceId }) => deviceId === use)] ?? nothing} ?disabled=${there.length === 0} @change=${(event: Event) => this.#choose(kind, event)}>
          ${there.length === 0 ? html`<option>${none(kind)}</option>` : nothing}
          ${there.map((device, at) => html`<option value=${device.deviceId} .selected=${device.deviceId === use}>${names[at]}</option>`)}
        </select>
        ${kind === "speaker" ? this.#test() : nothing}
      </div>
    </div>`;
  }

  #background(): TemplateResult {
    const able = canBlur();
    return html`<div class="background">
      <label class="tick">
        <input
          type="checkbox"
          data-blur
          .checked=${this.blurred}
          ?disabled=${!able && !this.blurred}
          aria-describedby=${able ? nothing : "unable"}
          @change=${(event: Event) => this.#blur((event.target as HTMLInputElement).checked)}
        />
        <span>${t("Blur my background")}</span>
      </label>
      ${able ? nothing : html`<p id="unable" class="small soft">${t("This browser can’t blur the background.")}</p>`}
    </div>`;
  }

  #blur(detail: boolean): void {
    this.dispatchEvent(new CustomEvent<boolean>("background", { detail }));
  }

  #meter(): TemplateResult {
    return html`<level-meter .level=${this.level}></level-meter>`;
  }

  #test(): TemplateResult {
    const label = t("Test my speaker");
    const words = this.trying === "now" ? t("Playing…") : t("Test");
    return html`<button type="button" data-test aria-label=${label} ?disabled=${this.trying === "now"} @click=${this.#try}>
      ${words}
    </button>`;
  }

  #said(): string {
    switch (this.trying) {
      case "played":
        return t("You heard two notes? Then your speaker works. If not, turn it up or choose another.");
      case "failed":
        return t("This speaker could not be used. Choose another.");
      default:
        return "";
    }
  }

  async #try(): Promise<void> {
    this.trying = "now";
    const id = speakersCanBePicked() ? shown("speaker", this.all, this.inUse.speaker) : "";
    this.trying = (await trySpeaker(id)) ? "played" : "failed";
  }

  #choose(kind: Gear, event: Event): void {
    if (kind === "speaker") this.trying = "no";
    const detail: Chosen = { kind, id: (event.target as HTMLSelectElement).value };
    this.dispatchEvent(new CustomEvent<Chosen>("choose", { detail }));
  }
}

function title(kind: Gear): string {
  return kind === "camera" ? t("Camera") : kind === "microphone" ? t("Microphone") : t("Speaker");
}

/** Before a permission, browsers keep names to themselves: the menu fills once one is given. */
function none(kind: Gear): string {
  return kind === "camera" ? t("No camera to choose from") : t("No microphone to choose from");
}

/** For the pages that show it. May be called again. */
export function defineMenus(): void {
  defineMeter();
  if (customElements.get("device-menus") === undefined) customElements.define("device-menus", DeviceMenus);
}
