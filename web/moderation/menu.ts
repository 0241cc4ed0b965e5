// <person-menu>: what a moderator may do for one person, on a tile and in the list of people.
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import circleHelp from "lucide-static/icons/circle-question-mark.svg?raw";
import ellipsis from "lucide-static/icons/ellipsis.svg?raw";
import hand from "lucide-static/icons/hand.svg?raw";
import micOff from "lucide-static/icons/mic-off.svg?raw";
import mic from "lucide-static/icons/mic.svg?raw";
import screenShareOff from "lucide-static/icons/screen-share-off.svg?raw";
import screenShare from "lucide-static/icons/screen-share.svg?raw";
import userMinus from "lucide-static/icons/user-minus.svg?raw";
import videoOff from "lucide-static/icons/video-off.svg?raw";
import video from "lucide-static/icons/video.svg?raw";
import type { Setup } from "../api/shapes.ts";
import { t } from "../i18n/index.ts";
import { icon, look } from "../look.ts";
import type { Desk } from "./desk.ts";
import { float, Opener } from "./float.ts";
import { forOne, type Press, type Someone } from "./offers.ts";
import { afterRemoval, label } from "./words.ts";

const ON = { microphone: mic, camera: video, screen_share: screenShare };
const OFF = { microphone: micOff, camera: videoOff, screen_share: screenShareOff };

function iconOf(press: Press): string {
  switch (press.do) {
    case "off":
      return OFF[press.source];
    case "allow":
      return ON[press.source];
    case "ask":
      return circleHelp;
    case "lower":
      return hand;
    default:
      return userMinus;
  }
}

export class PersonMenu extends LitElement {
  static override styles = [
    look,
    css`
      :host {
        display: inline-block;
      }

      .opens {
        inline-size: 40px;
        min-block-size: 40px;
        padding: 0;
      }

      :host([place="tile"]) .opens {
        border-color: transparent;
        border-radius: var(--round);
        background: rgb(21 22 23 / 72%);
        color: var(--on-stage);
      }

      :host([place="tile"]) .opens:focus-visible {
        outline: 2px solid var(--on-stage);
      }

      .menu[popover] {
        position: fixed;
        inset: auto;
        max-block-size: calc(100dvh - 4 * var(--step));
        overflow-y: auto;
      }

      .menu .removes,
      .menu .removes .icon {
        color: var(--danger);
      }

      .menu .whose {
        padding: calc(2 * var(--step)) calc(3 * var(--step));
        font: var(--small);
        color: var(--soft);
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) person: Someone | null = null;
  @property({ attribute: false }) desk: Desk | null = null;
  @property({ attribute: false }) setup: Setup | null = null;
  @state() private opened = false;
  @query(".menu") private readonly menu!: HTMLElement | null;
  @query(".opens") private readonly button!: HTMLElement | null;
  @query("dialog") private readonly dialog!: HTMLDialogElement | null;
  readonly #opener = new Opener();

  protected override render(): TemplateResult | typeof nothing {
    const { person, desk, setup } = this;
    const offers = person === null ? [] : forOne(person);
    if (person === null || desk === null || setup === null || offers.length === 0) return nothing;
    const { name } = person;
    const words = t("Moderate %(name)s", { name });
    return html`
      <button
        type="button"
        class="opens quiet"
        aria-label=${words}
        title=${words}
        aria-haspopup="menu"
        aria-expanded=${String(this.opened)}
        @pointerdown=${() => this.menu && this.#opener.pressed(this.menu)}
        @click=${this.#clicked}
      >
        ${icon(ellipsis)}
      </button>
      <div class="menu" popover role="menu" aria-label=${words} @toggle=${this.#toggled} @keydown=${this.#key}>
        <div class="whose" role="presentation">${name}</div>
        ${offers.map((press) => this.#offer(press, desk))}
      </div>
      <dialog aria-labelledby="removing">
        <div class="stack">
          <h2 id="removing">${t("Remove %(name)s from the meeting?", { name })}</h2>
          <p>${afterRemoval(name, person.visitor, setup)}</p>
          <form method="dialog" class="row apart">
            <button autofocus>${t("Keep in the meeting")}</button>
            <button class="danger" @click=${() => void desk.press({ do: "remove", who: person.identity })}>${t("Remove")}</button>
          </form>
        </div>
      </dialog>
    `;
  }

  #offer(press: Press, desk: Desk): TemplateResult {
    return html`<button
      type="button"
      role="menuitem"
      tabindex="-1"
      class=${press.do === "remove" ? "removes" : ""}
      data-do=${press.do === "off" && press.keep ? "keep" : press.do}
      data-source=${"source" in press ? press.source : nothing}
      @click=${() => this.#chosen(press, desk)}
    >
      ${icon(iconOf(press))}${label(press)}
    </button>`;
  }

  #chosen(press: Press, desk: Desk): void {
    this.menu?.hidePopover();
    if (press.do === "remove") this.dialog?.showModal();
    else void desk.press(press);
  }

  readonly #clicked = (): void => {
    if (this.menu !== null) this.#opener.clicked(this.menu);
  };

  readonly #toggled = (event: Event): void => {
    this.opened = (event as ToggleEvent).newState === "open";
    this.toggleAttribute("open", this.opened);
    const { menu, button } = this;
    if (menu === null || button === null) return;
    if (this.opened) {
      float(menu, button);
      this.#items()[0]?.focus();
    } else if (menu.contains(this.renderRoot instanceof ShadowRoot ? this.renderRoot.activeElement : null)) button.focus();
  };

  #items(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>("[role=menuitem]")];
  }

  /** As menus are used everywhere: arrows go around, Home and End to the ends, Tab leaves. */
  readonly #key = (event: KeyboardEvent): void => {
    const items = this.#items();
    const at = items.indexOf(event.target as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === "Tab") this.menu?.hidePopover();
    if (to === undefined) return;
    event.preventDefault();
    items.at(to % items.length)?.focus();
  };
}
