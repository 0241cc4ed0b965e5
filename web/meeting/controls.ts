// The bar's buttons for what people do besides talking: hand, reactions, chat, people, contributions. The stage places them and takes presses.
import { css, type CSSResult, html, nothing, type TemplateResult } from "lit";
import chartIcon from "lucide-static/icons/chart-no-axes-column.svg?raw";
import handIcon from "lucide-static/icons/hand.svg?raw";
import chatIcon from "lucide-static/icons/message-square.svg?raw";
import smile from "lucide-static/icons/smile-plus.svg?raw";
import users from "lucide-static/icons/users.svg?raw";
import { t } from "../i18n/index.ts";
import { icon } from "../look.ts";
import { buttonWords } from "./hands.ts";

/** Which panel is open beside the stage: one at a time. */
export type Panel = "chat" | "people" | "contributions";

/** How they differ from the bar's other buttons: a number on them, and which of them is open. */
export const controls: CSSResult = css`
  .bar [data-control][aria-expanded="true"] {
    background: var(--on-stage);
    color: var(--stage);
  }

  .bar .count {
    position: absolute;
    inset-block-start: -4px;
    inset-inline-end: -4px;
  }

  .count {
    min-inline-size: 20px;
    padding: 0 5px;
    border-radius: var(--round);
    background: var(--accent);
    color: var(--on-accent);
    font-size: 0.75rem;
    font-weight: 600;
    line-height: 20px;
    text-align: center;
  }

  /* Under *More* the words are there to read. */
  #more .count {
    display: none;
  }

  .bar .active .count {
    background: var(--on-stage);
    color: var(--stage);
  }
`;

interface Button {
  control: string;
  label: string;
  picture: string;
  count?: number;
  active?: boolean;
  /** What it opens is open. */
  open?: boolean;
  /** It stays where the focus may be, and its presses do nothing. */
  disabled?: boolean;
  press?: () => void;
  /** What is said to who points at it, where that is more than the label. */
  title?: string;
}

function button({ control, label, picture, count = 0, active = false, open, disabled = false, press, title = label }: Button): TemplateResult {
  return html`<button
    type="button"
    class=${active ? "active" : ""}
    data-control=${control}
    aria-label=${label}
    title=${title}
    aria-expanded=${open === undefined ? nothing : String(open)}
    aria-disabled=${disabled ? "true" : nothing}
    @click=${press ?? nothing}
  >
    ${icon(picture)}<span class="caption">${label}</span>${counted(count)}
  </button>`;
}

/** The label of a control with its key. */
export type Titled = (label: string, control: "hand" | "chat" | "people" | "contributions") => string;

/** `place`: one's own among the raised hands, null while it is down. */
export function handButton(place: number | null, disabled: boolean, titled: Titled, press: () => void): TemplateResult {
  // Who is first knows it without a number.
  const count = place === null || place === 1 ? 0 : place;
  const label = buttonWords(place);
  return button({ control: "hand", label, title: titled(label, "hand"), picture: handIcon, count, active: place !== null, disabled, press });
}

/** Stands in a <reaction-picker>, which hears its presses. */
export function reactionsButton(disabled: boolean): TemplateResult {
  return button({ control: "reactions", label: t("Reactions"), picture: smile, disabled });
}

export function chatButton(unread: number, open: boolean, titled: Titled, press: () => void): TemplateResult {
  const label = chatWords(unread);
  return button({ control: "chat", label, title: titled(label, "chat"), picture: chatIcon, count: unread, open, press });
}

/** `waiting`: how many are at the door, for whoever may decide. */
export function peopleButton(waiting: number, open: boolean, titled: Titled, press: () => void): TemplateResult {
  const label = peopleWords(waiting);
  return button({ control: "people", label, title: titled(label, "people"), picture: users, count: waiting, open, press });
}

export function contributionsButton(open: boolean, titled: Titled, press: () => void): TemplateResult {
  const label = t("Contributions");
  return button({ control: "contributions", label, title: titled(label, "contributions"), picture: chartIcon, open, press });
}

// The number is in the words as it is on the button, for those who speak to their computer.

export function chatWords(unread: number): string {
  if (unread === 0) return t("Chat");
  return unread === 1 ? t("Chat, %(count)s new message", { count: 1 }) : t("Chat, %(count)s new messages", { count: few(unread) });
}

export function peopleWords(waiting: number): string {
  if (waiting === 0) return t("People");
  return t("People, %(count)s waiting at the door", { count: few(waiting) });
}

function few(count: number): string {
  return count > 99 ? "99+" : String(count);
}

/** What *More* says while something under it wants to be seen. */
export function moreWords(unread: number, waiting: number): string {
  const what = [...(unread > 0 ? [chatWords(unread)] : []), ...(waiting > 0 ? [peopleWords(waiting)] : [])];
  return what.length === 0 ? t("More") : t("More (%(what)s)", { what: what.join("; ") });
}

/** The number on a button; its label says it in words. */
export function counted(count: number): TemplateResult | typeof nothing {
  return count === 0 ? nothing : html`<span class="count" aria-hidden="true">${few(count)}</span>`;
}
