// All that the meeting's stage places of moderation: the desk in the bar, menus of people, the set-up, and everybody's notices.
import { html, nothing, type TemplateResult } from "lit";
import shield from "lucide-static/icons/shield.svg?raw";
import type { Counted, Entry, Hand, Setup, Source } from "../api/shapes.ts";
import { t } from "../i18n/index.ts";
import { icon } from "../look.ts";
import type { Person } from "../meeting/call.ts";
import type { News } from "../meeting/news.ts";
import { NoticeBoard } from "./board.ts";
import { Desk } from "./desk.ts";
import { forOne, type Someone } from "./offers.ts";
import type { ModeratorDesk } from "./panel.ts";
import type { SetupDialog } from "./setup-dialog.ts";

/** What everybody has. May be called again. */
export function define(): void {
  if (customElements.get("notice-board") === undefined) customElements.define("notice-board", NoticeBoard);
}

/** What only moderators have. A failed load is tried again with the next press. */
async function defineMore(): Promise<void> {
  const { define: defineModerators } = await import("./moderators.ts");
  defineModerators();
}

/** A person of the call as moderation sees them. */
export function asSomeone(person: Person, hands: readonly Hand[]): Someone {
  const { identity, name, me, owner, visitor, may } = person;
  return {
    identity,
    name,
    me,
    owner,
    visitor,
    on: { microphone: person.audible, camera: person.camera, screen_share: person.sharing !== null },
    may,
    hand: hands.some((hand) => hand.identity === identity),
  };
}

export interface Around {
  news: News | null;
  entry: Entry | null;
  people: readonly Person[];
  /** The plan's seats. */
  seats: number;
  /** What the workspace allows to be kept of contributions. */
  allowed: Counted;
  isOn: (source: Source) => boolean;
  /** Somebody does what they were asked for. */
  turnOn: (source: Source) => void;
}

export class Moderation {
  readonly #redraw: () => void;
  #desk: Desk | null = null;
  #meeting: string | null = null;
  #deskOpen = false;
  #stop: (() => void) | null = null;

  constructor(redraw: () => void) {
    this.#redraw = redraw;
  }

  /** Call before each drawing: another meeting, or another role, is another desk. */
  follow({ news, entry }: Pick<Around, "news" | "entry">): void {
    const meeting = entry?.role === "moderator" && news !== null ? entry.meeting : null;
    if (meeting === this.#meeting) return;
    this.close();
    this.#meeting = meeting;
    if (meeting === null || news === null) return;
    this.#desk = new Desk(meeting, news);
    this.#stop = news.hear({ changed: this.#redraw });
    defineMore().catch(() => undefined);
  }

  close(): void {
    this.#desk?.close();
    this.#stop?.();
    this.#desk = null;
    this.#stop = null;
    this.#meeting = null;
  }

  /** Whom this person removed last. */
  get removed(): string | null {
    return this.#desk?.removed ?? null;
  }

  get moderates(): boolean {
    return this.#desk !== null;
  }

  /** The bar's button. `beside`: where its panel stands, which is not this button where it stands under *More*. */
  button(root: ParentNode, beside: (button: HTMLElement) => HTMLElement | null): TemplateResult | typeof nothing {
    if (this.#desk === null) return nothing;
    const label = t("Moderate");
    const desk = (): ModeratorDesk | null => root.querySelector("moderator-desk");
    return html`<button
      type="button"
      data-control="moderate"
      aria-label=${label}
      title=${label}
      aria-haspopup="dialog"
      aria-expanded=${String(this.#deskOpen)}
      @pointerdown=${() => desk()?.pressed?.()}
      @click=${async ({ currentTarget: button }: Event) => {
        await defineMore();
        desk()?.toggle(beside(button as HTMLElement));
      }}
    >
      ${icon(shield)}<span class="caption">${label}</span>
    </button>`;
  }

  /** Ask whether it is to end for all, beside the button that was pressed. */
  end(root: ParentNode, button: HTMLElement | null): void {
    void defineMore().then(() => root.querySelector<ModeratorDesk>("moderator-desk")?.end(button), () => undefined);
  }

  /** The panel that it opens, and the set-up's dialog. */
  panels({ news, people, seats, allowed }: Around, root: ParentNode): TemplateResult | typeof nothing {
    if (this.#desk === null) return nothing;
    const owner = people.some((person) => person.me && person.owner);
    return html`<moderator-desk
        .desk=${this.#desk}
        .news=${news}
        .people=${people.map((person) => asSomeone(person, news?.standing?.hands ?? []))}
        @open=${(event: CustomEvent<boolean>) => this.#opened(event.detail)}
        @setup=${() => root.querySelector<SetupDialog>("setup-dialog")?.show()}
      ></moderator-desk>
      <setup-dialog .desk=${this.#desk} .news=${news} ?owner=${owner} .seats=${seats} .allowed=${allowed}></setup-dialog>`;
  }

  #opened(open: boolean): void {
    this.#deskOpen = open;
    this.#redraw();
  }

  /** The menu for one person, on a tile or in a list; nothing for guests, and where nothing may be done. */
  menu(person: Person, place: "tile" | "list", news: News | null): TemplateResult | typeof nothing {
    const setup: Setup | null = news?.standing?.setup ?? null;
    if (this.#desk === null || setup === null) return nothing;
    const someone = asSomeone(person, news?.standing?.hands ?? []);
    if (forOne(someone).length === 0) return nothing;
    return html`<person-menu slot="actions" place=${place} .person=${someone} .desk=${this.#desk} .setup=${setup}></person-menu>`;
  }

  /** What everybody is told. */
  board({ news, entry, people, isOn, turnOn }: Around): TemplateResult {
    return html`<notice-board
      .news=${news}
      .desk=${this.#desk}
      ?desk-open=${this.#deskOpen}
      .myName=${entry?.name ?? ""}
      ?raised=${news?.standing?.hands.some(({ identity }) => identity === entry?.identity) ?? false}
      .isOn=${isOn}
      .nameOf=${(identity: string) => people.find((one) => one.identity === identity)?.name ?? null}
      @turn-on=${(event: CustomEvent<Source>) => turnOn(event.detail)}
    ></notice-board>`;
  }
}
