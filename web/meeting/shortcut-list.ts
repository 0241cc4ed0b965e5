// <shortcut-list>: the meeting's keys, and how to make them one's own.
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import x from "lucide-static/icons/x.svg?raw";
import { t } from "../i18n/index.ts";
import { icon, look } from "../look.ts";
import { outside } from "./settings.ts";
import {
  type Action,
  ACTIONS,
  actionWords,
  canBe,
  firstShortcuts,
  keepShortcuts,
  keyWords,
  recallShortcuts,
  type Shortcuts,
  TALK,
  withKey,
} from "./shortcuts.ts";

/** Fires `change` after the keys were changed and kept, and `closed`. */
export class ShortcutList extends LitElement {
  static override styles = [
    look,
    css`
      .head,
      li {
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

      ul {
        padding: 0;
        list-style: none;
      }

      li {
        min-block-size: 40px;
        border-block-end: 1px solid var(--hair);
      }

      li button,
      kbd {
        flex: none;
        min-inline-size: 44px;
        min-block-size: 32px;
        padding: 2px calc(2 * var(--step));
        border: 1px solid var(--line);
        border-radius: calc(2 * var(--step));
        font: var(--small);
        font-weight: 600;
        text-align: center;
        line-height: 26px;
      }

      kbd {
        border-color: var(--hair);
      }

      li button[aria-pressed="true"] {
        border-color: var(--accent);
        color: var(--accent);
      }
    `,
  ];

  @state() private shortcuts: Shortcuts = recallShortcuts();
  /** The action whose next key is awaited. */
  @state() private awaits: Action | null = null;
  @state() private open = false;
  @query("dialog") private readonly dialog!: HTMLDialogElement;

  show(): void {
    this.shortcuts = recallShortcuts();
    this.awaits = null;
    this.open = true;
    void this.updateComplete.then(() => {
      if (!this.dialog.open) this.dialog.showModal();
    });
  }

  protected override render(): TemplateResult {
    return html`<dialog aria-labelledby="title" @close=${this.#closed} @click=${this.#beside} @keydown=${this.#pressed}>
      ${this.open ? this.#content() : nothing}
    </dialog>`;
  }

  #content(): TemplateResult {
    const { on } = this.shortcuts;
    return html`<div class="stack">
      <div class="head">
        <h2 id="title">${t("Keyboard shortcuts")}</h2>
        <button type="button" class="quiet" aria-label=${t("Close")} title=${t("Close")} @click=${() => this.dialog.close()}>${icon(x)}</button>
      </div>
      <ul>
        <li><span>${actionWords("talk")}</span><kbd>${keyWords(TALK)}</kbd></li>
        ${ACTIONS.map((action) => this.#row(action))}
      </ul>
      <p class="small soft" role="status">
        ${this.awaits === null
          ? t("Press a key’s button to choose another. If that key is already used, the two are swapped.")
          : t("Press the new key for: %(action)s. Esc keeps the old one.", { action: actionWords(this.awaits) })}
      </p>
      <label class="tick">
        <input type="checkbox" .checked=${on} @change=${(event: Event) => this.#keep({ ...this.shortcuts, on: (event.target as HTMLInputElement).checked })} />
        <span>${t("Use these keys")}</span>
      </label>
      <div class="row"><button type="button" @click=${() => this.#keep(firstShortcuts())}>${t("Restore defaults")}</button></div>
    </div>`;
  }

  #row(action: Action): TemplateResult {
    const words = actionWords(action);
    const key = keyWords(this.shortcuts.keys[action]);
    const awaited = this.awaits === action;
    return html`<li>
      <span>${words}</span>
      <button
        type="button"
        data-action=${action}
        aria-pressed=${awaited ? "true" : "false"}
        aria-label=${t("%(action)s: %(key)s. Change the key", { action: words, key })}
        @click=${() => (this.awaits = awaited ? null : action)}
      >
        ${awaited ? "…" : key}
      </button>
    </li>`;
  }

  readonly #closed = (): void => {
    this.open = false;
    this.dispatchEvent(new CustomEvent("closed"));
  };

  readonly #pressed = (event: KeyboardEvent): void => {
    const { awaits } = this;
    if (awaits === null) return;
    if (event.key === "Escape") {
      event.preventDefault();
      this.awaits = null;
    } else if (canBe(event.key)) {
      event.preventDefault();
      this.awaits = null;
      this.#keep(withKey(this.shortcuts, awaits, event.key));
    }
  };

  #keep(shortcuts: Shortcuts): void {
    this.shortcuts = shortcuts;
    keepShortcuts(shortcuts);
    this.dispatchEvent(new CustomEvent("change"));
  }

  readonly #beside = (event: MouseEvent): void => {
    if (event.target === this.dialog && outside(this.dialog, event)) this.dialog.close();
  };
}
