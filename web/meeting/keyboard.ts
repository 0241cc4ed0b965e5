// Listens to the keys of the whole page while a meeting is on it, and says what they mean.
import { t } from "../i18n/index.ts";
import { held } from "./more.ts";
import { type Action, keyWords, meaning, recallShortcuts, TALK, type Where } from "./shortcuts.ts";

export interface KeyHearing {
  act(action: Action): void;
  /** The key to talk is held, or let go. */
  talk(held: boolean): void;
}

const TEXT = "input, textarea, select, [contenteditable], [role='textbox']";
const OWN_KEYS = "dialog, [popover], [role='menu'], [role='listbox']";
const BUTTON = "button, a, summary, [role='button'], [role='tab']";

export class Keyboard {
  readonly #hearing: KeyHearing;
  #shortcuts = recallShortcuts();
  #talks = false;
  /** What was clicked has the focus, but no space is meant for it: only who came to it by keyboard presses it so. */
  #clicked: Element | null = null;

  constructor(hearing: KeyHearing) {
    this.#hearing = hearing;
  }

  listen(): void {
    addEventListener("keydown", this.#down);
    addEventListener("keyup", this.#up);
    addEventListener("blur", this.#letGo);
    addEventListener("pointerdown", this.#pointed, { capture: true, passive: true });
  }

  stop(): void {
    removeEventListener("keydown", this.#down);
    removeEventListener("keyup", this.#up);
    removeEventListener("blur", this.#letGo);
    removeEventListener("pointerdown", this.#pointed, { capture: true });
    this.#letGo();
  }

  /** They were changed. */
  recall(): void {
    this.#shortcuts = recallShortcuts();
  }

  /** A label, and the key that does the same: not where there are no keys. */
  titled(label: string, action: Action): string {
    const { on, keys } = this.#shortcuts;
    return on && !held() ? t("%(what)s (%(key)s)", { what: label, key: keyWords(keys[action]) }) : label;
  }

  readonly #pointed = (event: PointerEvent): void => {
    this.#clicked = path(event).find((one) => one.matches(BUTTON)) ?? null;
  };

  readonly #down = (event: KeyboardEvent): void => {
    if (event.key === "Tab") this.#clicked = null;
    if (event.key === TALK && this.#talks) {
      event.preventDefault();
      return;
    }
    const means = meaning(event, this.#where(event), this.#shortcuts);
    if (means === null || event.defaultPrevented) return;
    event.preventDefault();
    if (means !== "talk") {
      this.#hearing.act(means);
      return;
    }
    this.#talks = true;
    this.#hearing.talk(true);
  };

  readonly #up = (event: KeyboardEvent): void => {
    if (event.key !== TALK || !this.#talks) return;
    event.preventDefault();
    this.#letGo();
  };

  readonly #letGo = (): void => {
    if (!this.#talks) return;
    this.#talks = false;
    this.#hearing.talk(false);
  };

  #where(event: KeyboardEvent): Where {
    const elements = path(event);
    if (elements.some((one) => (one.matches(TEXT) || one.matches(OWN_KEYS)) && seen(one))) return "text";
    const button = elements.find((one) => one.matches(BUTTON));
    return button === undefined || button === this.#clicked ? "page" : "button";
  }
}

/** For a moment, the focus is still in a menu or dialog that has just been closed. */
function seen(element: Element): boolean {
  return element.getClientRects().length > 0;
}

function path(event: Event): Element[] {
  return event.composedPath().filter((one): one is Element => one instanceof Element);
}
