// <meeting-settings>: the dialog with devices, one's own picture and the reminder. Loaded with the stage, filled when opened.
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import x from "lucide-static/icons/x.svg?raw";
import { blurWanted } from "../blur/cameras.ts";
import { t } from "../i18n/index.ts";
import { icon, look } from "../look.ts";
import { advice, standingAfter } from "../prejoin/devices.ts";
import type { Chosen } from "../prejoin/menus.ts";
import { Plugged } from "../prejoin/plugged.ts";
import type { Call } from "./call.ts";
import { chooseDevice, GEAR } from "./gear.ts";
import type { Own } from "./layout.ts";
import { type Preferences, preferences } from "./preferences.ts";

const OWN: readonly Own[] = ["auto", "floating", "grid"];

/** Fires `prefer` with what was changed of the preferences in its detail, and `closed`. */
export class MeetingSettings extends LitElement {
  static override styles = [
    look,
    css`
      .head {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: calc(4 * var(--step));
      }

      .head button {
        inline-size: var(--target);
        padding: 0;
        margin-inline-end: calc(-2 * var(--step));
      }

      section {
        display: grid;
        gap: calc(3 * var(--step));
      }

      small {
        display: block;
        font: var(--small);
      }

      h3 {
        color: var(--soft);
        font: var(--small);
        font-weight: 600;
      }
    `,
  ];

  @property({ attribute: false }) call: Call | null = null;
  @property({ attribute: false }) preferred: Preferences = preferences();
  /** Whether one's share of the talk stands on one's picture; null where nothing is counted. */
  @property({ attribute: false }) ring: boolean | null = null;
  @state() private open = false;
  @state() private blurring = false;
  @state() private fault: string | null = null;
  @query("dialog") private readonly dialog!: HTMLDialogElement;
  #plugged: Plugged | null = null;

  async show(): Promise<void> {
    this.fault = null;
    this.#plugged ??= new Plugged(() => this.requestUpdate());
    this.open = true;
    await Promise.all([this.#plugged.look(), this.updateComplete]);
    this.dialog.showModal();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#closed();
  }

  readonly #closed = (): void => {
    if (!this.open) return;
    this.open = false;
    this.dispatchEvent(new CustomEvent("closed"));
    this.#plugged?.close();
    this.#plugged = null;
  };

  protected override render(): TemplateResult {
    return html`<dialog aria-labelledby="title" @close=${this.#closed} @click=${this.#beside}>
      ${this.open ? this.#content() : nothing}
    </dialog>`;
  }

  #content(): TemplateResult {
    const { call } = this;
    const inUse = Object.fromEntries(GEAR.map((kind) => [kind, call?.device(kind) ?? ""]));
    const level = call?.isOn("microphone") === true ? () => call.level() : null;
    return html`<div class="stack">
      <div class="head">
        <h2 id="title">${t("Devices and settings")}</h2>
        <button type="button" class="quiet" aria-label=${t("Close")} title=${t("Close")} @click=${() => this.dialog.close()}>${icon(x)}</button>
      </div>
      <section>
        <device-menus .all=${this.#plugged?.all ?? []} .inUse=${inUse} .level=${level} .blurred=${blurWanted()} @choose=${this.#choose} @background=${this.#background}></device-menus>
        ${this.blurring ? html`<p class="small soft" role="status">${t("Your camera is starting…")}</p>` : nothing}
        ${this.fault === null ? nothing : html`<p class="problem" role="alert">${this.fault}</p>`}
      </section>
      <hr />
      <section>
        <div class="field">
          <label for="own">${t("Your own picture")}</label>
          <select id="own" @change=${(event: Event) => this.#prefer({ own: (event.target as HTMLSelectElement).value as Own })}>
            ${OWN.map((own) => html`<option value=${own} .selected=${own === this.preferred.own}>${ownWords(own)}</option>`)}
          </select>
        </div>
        <label class="tick">
          <input
            type="checkbox"
            .checked=${this.preferred.reminder}
            @change=${(event: Event) => this.#prefer({ reminder: (event.target as HTMLInputElement).checked })}
          />
          <span>
            ${t("Tell me when I talk while I am muted")}
            <small class="soft">${t("Not before it was turned on: until then it is closed.")}</small>
          </span>
        </label>
        ${this.ring === null
          ? nothing
          : html`<label class="tick">
              <input
                type="checkbox"
                .checked=${this.ring}
                @change=${(event: Event) => this.#prefer({ ring: (event.target as HTMLInputElement).checked })}
              />
              <span>${t("Show my share of the talk on my own picture")}</span>
            </label>`}
      </section>
    </div>`;
  }

  async #choose({ detail: { kind, id } }: CustomEvent<Chosen>): Promise<void> {
    this.fault = null;
    try {
      await this.call?.use(kind, id);
      chooseDevice(kind, id);
    } catch (error) {
      this.fault = kind === "speaker" ? t("This speaker could not be used. Choose another.") : advice(kind, standingAfter(error));
    }
    this.requestUpdate();
  }

  async #background({ detail: on }: CustomEvent<boolean>): Promise<void> {
    this.fault = null;
    this.blurring = true;
    try {
      await this.call?.blur(on);
    } catch (error) {
      this.fault = advice("camera", standingAfter(error));
    }
    this.blurring = false;
  }

  #prefer(changed: Partial<Preferences>): void {
    this.dispatchEvent(new CustomEvent("prefer", { detail: changed }));
  }

  /** A press beside the dialog closes it. */
  readonly #beside = (event: MouseEvent): void => {
    if (event.target === this.dialog && outside(this.dialog, event)) this.dialog.close();
  };
}

function ownWords(own: Own): string {
  switch (own) {
    case "auto":
      return t("In the corner with one other, else among all");
    case "floating":
      return t("Always in the corner");
    case "grid":
      return t("Always among all");
  }
}

/** Whether a press on a dialog's element was beside what is seen of it: on its backdrop. */
export function outside(dialog: HTMLDialogElement, { clientX, clientY }: MouseEvent): boolean {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  // A key's press on a button inside comes as a click at 0, 0.
  if (clientX === 0 && clientY === 0) return false;
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}
