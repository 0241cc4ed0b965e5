// <door-bell>: the pop-up at the door, on every page of whoever is signed in, and in the meeting.
//
// It draws what `Door` holds. Attributes: `place` (platform or meeting), `sharing` while this page
// shares its screen, and `listed`, the link whose knocks another list of this page shows. That list
// decides through `door`, and hears of changes by the event of that name.
import { LitElement, type PropertyValues, type TemplateResult, html, nothing } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { repeat } from "lit/directives/repeat.js";
import check from "lucide-static/icons/check.svg?raw";
import chevronDown from "lucide-static/icons/chevron-down.svg?raw";
import doorClosed from "lucide-static/icons/door-closed.svg?raw";
import doorOpen from "lucide-static/icons/door-open.svg?raw";
import minus from "lucide-static/icons/minus.svg?raw";
import triangleAlert from "lucide-static/icons/triangle-alert.svg?raw";
import unplug from "lucide-static/icons/unplug.svg?raw";
import { call } from "../api/client.ts";
import { page } from "../api/page.ts";
import type { Decision, DoorbellEvents, DoorKnock } from "../api/shapes.ts";
import { Stream } from "../api/stream.ts";
import { initials } from "../i18n/initials.ts";
import { t } from "../i18n/index.ts";
import { icon, look } from "../look.ts";
import { chosen } from "../sound/choices.ts";
import { KNOCK, play, unlock } from "../sound/sounds.ts";
import { Bell } from "./bell.ts";
import { pageName, thisBrowser } from "./browser.ts";
import { Door } from "./door.ts";
import { InFront } from "./in-front.ts";
import { SharedLine } from "./line.ts";
import { Notifications } from "./notifications.ts";
import { Pages, type Place } from "./pages.ts";
import { count, crowd, type Note, type Row, read, shows, together, told, unlisted, waiting } from "./pop-up.ts";
import { style } from "./style.ts";
import { titled } from "./title.ts";
import { atTheDoor, behind, endedOf, handle, line, noteOf, others, people, quoted, warning } from "./words.ts";

/** How often a page writes down that it is in use. */
const USED_MS = 1_000;

/** A word for the guest that is being written. */
interface Draft {
  id: string;
  decision: "refuse" | "hold";
}

export class DoorBell extends LitElement {
  static override styles = [look, style];
  static override properties = {
    place: { reflect: true },
    sharing: { type: Boolean },
    listed: {},
    draft: { state: true },
    refusing: { state: true },
  };

  declare place: Place;
  declare sharing: boolean;
  declare listed: string | null;
  declare draft: Draft | null;
  /** *Refuse all* was pressed, and asks whether it is meant. */
  declare refusing: boolean;

  readonly #account = page().session?.account;
  readonly #browser = thisBrowser();
  readonly #name = pageName();
  readonly #notifications = new Notifications();
  #door = this.#newDoor();
  #pages: Pages | null = null;
  #bell: Bell | null = null;
  #line: SharedLine | null = null;
  #second: ReturnType<typeof setInterval> | undefined;
  #usedAt = 0;
  #pointed = false;
  /** Somebody is in the meeting on another page of this browser: nothing to join. */
  #inMeeting = false;
  readonly #inFront = new InFront(this);
  /** Where the focus was before it came here. */
  #before: HTMLElement | null = null;

  constructor() {
    super();
    this.place = "platform";
    this.sharing = false;
    this.listed = null;
    this.draft = null;
    this.refusing = false;
  }

  /** What it draws, and what decides. Another one after each return to this page. */
  get door(): Door {
    return this.#door;
  }

  #newDoor(): Door {
    return new Door(this.#account?.name ?? "", {
      call,
      at: () => performance.now(),
      changed: () => {
        this.requestUpdate();
        this.dispatchEvent(new Event("door"));
      },
      ring: (knocks) => void this.#bell?.ring(knocks),
      quiet: (ids) => void this.#bell?.forget(ids),
      present: (ids) => void this.#bell?.keep(ids),
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#start();
    window.addEventListener("pagehide", this.#left);
    window.addEventListener("pageshow", this.#returned);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("pagehide", this.#left);
    window.removeEventListener("pageshow", this.#returned);
    this.#stop();
  }

  /** A page that is left may be kept for a return: it must not keep the line, or its place in the order, meanwhile. */
  readonly #left = (): void => this.#stop();

  readonly #returned = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) this.#start();
  };

  #start(): void {
    const account = this.#account;
    if (account === undefined || this.#line !== null) return;
    this.#door = this.#newDoor();
    this.#pages = new Pages(account.id, this.#name, this.#browser);
    this.#bell = new Bell(account.id, this.#browser, {
      name: this.#name,
      pages: async () => (await this.#pages?.all()) ?? [],
      chime: async () => !chosen("knock") || play(KNOCK),
      notify: (knocks, silent) => {
        if (crowd(this.#door.popUp)) this.#notifications.crowd(count(this.#door.popUp), silent);
        else for (const knock of knocks) this.#notifications.show(knock, this.#door.nameless(knock.id), silent);
      },
      still: (knocks) => this.#door.still(knocks),
      now: () => Date.now(),
    });
    this.#line = new SharedLine(
      account.id,
      {
        event: (event) => {
          this.#door.hear(event);
          this.#notifications.keep(this.#door.popUp.knocks, crowd(this.#door.popUp));
        },
        line: (state) => this.#door.lineIs(state),
        refused: (name) => this.#door.refuse(name),
      },
      this.#browser,
      (hearing) => new Stream<DoorbellEvents>("/api/v1/doorbell/events", hearing),
    );
    this.#second = setInterval(() => this.#tick(), 1_000);
    document.addEventListener("pointerdown", this.#used, { capture: true, passive: true });
    document.addEventListener("keydown", this.#keyed, { capture: true });
    document.addEventListener("visibilitychange", this.#looked);
    window.addEventListener("focus", this.#looked);
    window.addEventListener("blur", this.#looked);
    window.addEventListener("storage", this.#others);
    this.#pages.tell({ place: this.place, sharing: this.sharing });
    this.#looked();
    this.#others();
  }

  #stop(): void {
    clearInterval(this.#second);
    document.removeEventListener("pointerdown", this.#used, { capture: true });
    document.removeEventListener("keydown", this.#keyed, { capture: true });
    document.removeEventListener("visibilitychange", this.#looked);
    window.removeEventListener("focus", this.#looked);
    window.removeEventListener("blur", this.#looked);
    window.removeEventListener("storage", this.#others);
    this.#line?.close();
    this.#line = null;
    this.#pages?.close();
    this.#pages = null;
    this.#notifications.keep([]);
    document.title = titled(document.title, 0);
  }

  // ── What happens around it ──

  #tick(): void {
    if (shows(this.#door.popUp) !== "nothing" || this.#door.lost) this.#door.tick();
    else this.#keepInFront();
  }

  #keepInFront(): void {
    this.#inFront.keep(this.renderRoot.querySelector(".pop-up"));
  }

  readonly #used = (): void => {
    unlock();
    const now = Date.now();
    if (now - this.#usedAt < USED_MS) return;
    this.#usedAt = now;
    this.#pages?.tell({ usedAt: now });
  };

  /** Alt+Shift+D goes to the door from wherever the focus is. */
  readonly #keyed = (event: KeyboardEvent): void => {
    this.#used();
    if (event.code !== "KeyD" || !event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey) return;
    if (shows(this.#door.popUp) === "nothing" && !together(this.#door.popUp)) return;
    event.preventDefault();
    this.#focusInside();
  };

  readonly #looked = (): void => {
    const visible = document.visibilityState === "visible";
    const looked = visible && document.hasFocus();
    if (looked) this.#usedAt = Date.now();
    this.#pages?.tell({ usedAt: this.#usedAt, looked });
    this.requestUpdate();
  };

  /** Other pages say on the shelf whether they are in the meeting, or share the screen. */
  readonly #others = (event?: StorageEvent): void => {
    if (event !== undefined && !(event.key ?? "").includes("/page/")) return;
    void this.#pages?.all().then((pages) => {
      this.#inMeeting = pages.some(({ place }) => place === "meeting");
      const sharing = pages.some((one) => one.sharing);
      if (sharing && !this.#door.sharing) this.#notifications.hideNames();
      this.#door.share(sharing);
      this.requestUpdate();
    });
  };

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("place") || changed.has("sharing")) {
      this.#pages?.tell({ place: this.place, sharing: this.sharing });
      this.#others();
    }
  }

  protected override updated(): void {
    const door = this.#door;
    const { popUp } = door;
    document.title = titled(document.title, count(popUp));
    if (document.visibilityState === "visible") door.see(read(popUp));
    if (!crowd(popUp) && !popUp.sweeping) this.refusing = false;
    if (shows(popUp) === "nothing" && !together(popUp)) {
      this.#pointed = false;
      // Whoever answered by keyboard goes on where they were.
      if (this.#before?.isConnected === true && !this.#anywhere()) this.#before.focus();
      this.#before = null;
    }
    this.#touched();
    this.#keepInFront();
  }

  /** The pointer is on it, or the focus in it: asked anew after each change, for what had it may be gone. */
  #touched(): void {
    this.#door.touch(this.#pointed || this.shadowRoot?.activeElement != null);
  }

  /** Something on the page has the focus. */
  #anywhere(): boolean {
    return document.activeElement !== null && document.activeElement !== document.body && document.activeElement !== this;
  }

  #focusInside(): void {
    const inside = this.renderRoot.querySelector<HTMLElement>("[data-first]");
    inside?.focus();
  }

  /** Do it, if what was aimed at has stood still for long enough. After a key press the focus stays here. */
  #press(event: Event, work: () => unknown): void {
    if (!this.#door.counts) return;
    const byKey = event instanceof MouseEvent ? event.detail === 0 : true;
    const done = work();
    void Promise.resolve(done).then(async () => {
      await this.updateComplete;
      if (byKey && this.shadowRoot?.activeElement == null) this.#focusInside();
    });
  }

  #decide(event: Event, knock: DoorKnock, decision: Decision, word = ""): void {
    this.#press(event, async () => {
      const done = await this.#door.decide(knock, decision, word);
      if (done) this.draft = null;
    });
  }

  // ── What is drawn ──

  protected override render(): TemplateResult | typeof nothing {
    if (this.#account === undefined) return nothing;
    const door = this.#door;
    const view = this.#elsewhere ? (door.popUp.notes.length > 0 ? "notes" : "nothing") : shows(door.popUp);
    const all = together(door.popUp) && !door.popUp.folded;
    const there = view !== "nothing" || all || door.lost || door.refused !== null;
    return html`
      <section
        class="pop-up"
        data-view=${all ? "together" : view}
        aria-label=${t("At your door")}
        aria-keyshortcuts="Alt+Shift+D"
        ?hidden=${!there}
        @pointerenter=${() => this.#point(true)}
        @pointerleave=${() => this.#point(false)}
        @focusin=${this.#focusCame}
        @focusout=${() => queueMicrotask(() => this.#touched())}
        @keydown=${this.#key}
      >
        ${this.#troubles()} ${told(door.popUp).filter((note) => door.mayBeTold(note)).map((note) => this.#note(note))}
        ${view === "card" && door.popUp.card !== null ? this.#card(door.popUp.card) : nothing}
        ${view === "list" ? this.#list() : nothing} ${view === "handle" ? this.#handle() : nothing}
        ${all ? this.#together(view) : nothing}
      </section>
      <div class="heard" role="status" aria-live="polite">${door.announcement}</div>
    `;
  }

  /** Who would be on the card stands in the page's other list. */
  get #elsewhere(): boolean {
    const { card, view, knocks } = this.#door.popUp;
    if (this.listed === null || view === "list") return false;
    return card === null ? knocks.every(({ link }) => link === this.listed) : card.knock.link === this.listed;
  }

  #point(on: boolean): void {
    this.#pointed = on;
    this.#touched();
  }

  readonly #focusCame = (event: FocusEvent): void => {
    if (event.relatedTarget instanceof HTMLElement && !this.contains(event.relatedTarget)) this.#before ??= event.relatedTarget;
    this.#touched();
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (this.refusing) this.refusing = false;
    else if (this.draft !== null) this.draft = null;
    else if (this.#door.popUp.view === "list") this.#door.open("card");
    else this.#door.fold();
    void this.updateComplete.then(() => this.#focusInside());
  };

  #troubles(): TemplateResult | typeof nothing {
    const here = location.pathname + location.search;
    if (this.#door.refused === "other-account") {
      return html`<p class="note">
        <span>${t("You are signed in as somebody else now.")}</span> <a href=${here}>${t("Reload")}</a>
      </p>`;
    }
    if (this.#door.refused !== null) {
      return html`<p class="note">
        <span>${t("You have been signed out.")}</span>
        <a href="/sign-in?next=${encodeURIComponent(here)}">${t("Sign in")}</a>
      </p>`;
    }
    if (!this.#door.lost) return nothing;
    return html`<p class="note">
      ${icon(unplug)} <span>${t("Your doorbell is interrupted. We are trying again.")}</span>
    </p>`;
  }

  #note(note: Note): TemplateResult {
    const joins = note.kind === "accepted" && this.place === "platform" && !this.#inMeeting;
    return html`<p class="note">
      <span>${noteOf(note, this.#account?.name ?? "")}</span>
      ${joins ? html`<a href="/m/${note.knock.link}">${t("Join now")}</a>` : nothing}
    </p>`;
  }

  #card(row: Row): TemplateResult {
    const { knock } = row;
    const more = waiting(this.#door.popUp).filter(({ id }) => id !== knock.id).length;
    // Each knock has elements of its own: a button that had the focus is not the next person's.
    return html`${keyed(
      knock.id,
      html`<div class="card" role="group" aria-labelledby="who" tabindex="-1" data-first>
        ${this.#who(knock, "who")} ${this.#answers(row)}
      </div>`,
    )}
    ${more === 0 || crowd(this.#door.popUp)
      ? nothing
      : html`<p class="more">
          <span>${others(more)}</span>
          <button type="button" class="quiet" @click=${(event: Event) => this.#press(event, () => this.#door.open("list"))}>
            ${t("See all")}
          </button>
        </p>`}`;
  }

  #who(knock: DoorKnock, id: string): TemplateResult {
    if (this.#door.nameless(knock.id)) {
      return html`<div class="who">
        <span class="initials" aria-hidden="true">${icon(doorOpen)}</span>
        <div class="words"><h2 id=${id}>${atTheDoor(knock, true)}</h2></div>
      </div>`;
    }
    const careful = warning(knock);
    return html`<div class="who">
      <span class="initials" aria-hidden="true">${initials(knock.name)}</span>
      <div class="words">
        <h2 id=${id}><bdi>${knock.name}</bdi></h2>
        <p class="soft small standing">${line(knock)}</p>
        ${careful === null ? nothing : html`<p class="careful small">${icon(triangleAlert)}<span>${careful}</span></p>`}
        ${knock.message ? html`<p class="message">${quoted(knock.message)}</p>` : nothing}
      </div>
      ${id === "who" ? this.#putAway() : nothing}
    </div>`;
  }

  #putAway(): TemplateResult {
    return html`<button
      type="button" class="quiet away" aria-label=${t("Minimise")} title=${t("Minimise")}
      @click=${(event: Event) => this.#press(event, () => this.#door.fold())}
    >${icon(minus)}</button>`;
  }

  #answers(row: Row): TemplateResult {
    const { knock, ended } = row;
    if (ended !== null) {
      return html`<p class="ended">${endedOf(ended, knock, this.#account?.name ?? "")}</p>
        ${this.#door.popUp.view === "list"
          ? nothing
          : html`<div class="buttons">
              <button type="button" @click=${(event: Event) => this.#press(event, () => this.#door.next())}>${t("OK")}</button>
            </div>`}`;
    }
    if (this.#door.nameless(knock.id)) {
      return html`<div class="buttons">
        <button type="button" class="accent" @click=${(event: Event) => this.#press(event, () => this.#door.openNames([knock.id]))}>
          ${t("Show who it is")}
        </button>
      </div>`;
    }
    if (knock.state === "admitted") {
      return html`<div class="buttons">
        <button type="button" ?disabled=${this.#busy(knock)} @click=${(event: Event) => this.#press(event, () => this.#door.takeBack(knock))}>
          ${t("Take back")}
        </button>
      </div>`;
    }
    return this.draft?.id === knock.id ? this.#word(knock, this.draft.decision) : this.#buttons(knock);
  }

  #buttons(knock: DoorKnock): TemplateResult {
    const button = (decision: Decision, word: string, kind: string, label: string): TemplateResult => html`<button
      type="button" class=${kind} aria-label=${label} ?disabled=${this.#busy(knock)}
      @click=${(event: Event) => this.#decide(event, knock, decision)}
    >${word}</button>`;
    const withWord = (decision: Draft["decision"], label: string): TemplateResult => html`<button
      type="button" class="with-word" aria-label=${label} title=${label} ?disabled=${this.#busy(knock)}
      @click=${(event: Event) => this.#press(event, () => this.#write(knock.id, decision))}
    >${icon(chevronDown)}</button>`;
    const { name } = knock;
    return html`<div class="buttons">
      ${knock.held
        ? nothing
        : html`<span class="split">
            ${button("hold", t("Hold"), "", t("Hold %(name)s", { name }))}
            ${withWord("hold", t("Hold %(name)s, with a word for them", { name }))}
          </span>`}
      <span class="split">
        ${button("refuse", t("Refuse"), "", t("Refuse %(name)s", { name }))}
        ${withWord("refuse", t("Refuse %(name)s, with a word for them", { name }))}
      </span>
      ${button("admit", t("Accept"), "accent", t("Accept %(name)s", { name }))}
    </div>`;
  }

  async #write(id: string, decision: Draft["decision"]): Promise<void> {
    this.draft = { id, decision };
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLInputElement>("input[name=word]")?.focus();
  }

  #word(knock: DoorKnock, decision: Draft["decision"]): TemplateResult {
    return html`<form
      class="word"
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        const word = (event.currentTarget as HTMLFormElement).elements.namedItem("word") as HTMLInputElement;
        this.#decide(event, knock, decision, word.value);
      }}
    >
      <div class="field">
        <label for="word">${t("A word for %(name)s", { name: knock.name })}</label>
        <input id="word" name="word" type="text" maxlength="200" autocomplete="off" />
      </div>
      <div class="buttons">
        <button type="button" class="quiet" @click=${() => this.#cancelWord()}>${t("Cancel")}</button>
        <button type="submit" ?disabled=${this.#busy(knock)}>${decision === "hold" ? t("Hold") : t("Refuse")}</button>
      </div>
    </form>`;
  }

  #cancelWord(): void {
    this.draft = null;
    void this.updateComplete.then(() => this.#focusInside());
  }

  #busy({ id }: DoorKnock): boolean {
    return this.#door.busy.has(id);
  }

  #list(): TemplateResult {
    const { rows } = this.#door.popUp;
    const rest = unlisted(this.#door.popUp);
    const all = rows.filter(
      ({ knock, ended }) => ended === null && knock.state === "waiting" && !knock.held && !this.#door.nameless(knock.id),
    );
    return html`<div class="list" role="group" aria-labelledby="all" tabindex="-1" data-first>
      <div class="head">
        <h2 id="all">${t("At your door")}</h2>
        ${all.length < 2
          ? nothing
          : html`<button
              type="button"
              @click=${(event: Event) => this.#press(event, () => this.#door.acceptAll(all.map(({ knock }) => knock)))}
            >${icon(check)}${t("Accept all (%(count)s)", { count: all.length })}</button>`}
        <button
          type="button" class="quiet away" aria-label=${t("Close the list")} title=${t("Close the list")}
          @click=${(event: Event) => this.#press(event, () => this.#door.open("card"))}
        >${icon(minus)}</button>
      </div>
      <ul>
        ${repeat(
          rows,
          ({ knock }) => knock.id,
          (row) => html`<li class=${row.ended === null ? "" : "over"}>
            ${this.#who(row.knock, `who-${row.knock.id}`)} ${this.#answers(row)}
          </li>`,
        )}
        ${rest > 0 && rows.length > 0 ? html`<li class="soft">${behind(rest)}</li>` : nothing}
      </ul>
    </div>`;
  }

  /** What can be done about everybody at once: of a crowd, and while knocking is paused. */
  #together(view: string): TemplateResult {
    const { popUp, busyWithAll } = this.#door;
    const slug = page().session?.link?.slug;
    const many = crowd(popUp);
    const first = view === "nothing" || view === "notes";
    const button = (word: string, work: () => unknown, kind = ""): TemplateResult => html`<button
      type="button" class=${kind} ?disabled=${busyWithAll} @click=${(event: Event) => this.#press(event, work)}
    >${word}</button>`;
    const pause = (word: string, paused: boolean): TemplateResult | typeof nothing =>
      slug === undefined ? nothing : button(word, () => this.#door.pause(slug, paused));
    const buttons = this.refusing
      ? html`${button(t("Cancel"), () => this.#ask(false), "quiet")}
          ${button(t("Refuse all (%(count)s)", { count: count(popUp) }), () => this.#refuseAll(), "danger")}`
      : html`${many && view !== "list" ? button(t("See all"), () => this.#door.open("list")) : nothing}
          ${many ? button(t("Refuse all"), () => this.#ask(true)) : nothing}
          ${popUp.paused ? pause(t("Open again"), false) : pause(t("Pause knocking"), true)}`;
    return html`<div class="together" role="group" aria-labelledby="together" tabindex="-1" ?data-first=${first}>
      <div class="who">
        <p class="words" id="together">
          ${many ? html`<span class="strong">${icon(doorOpen)}${people(count(popUp))}</span>` : nothing}
          ${popUp.paused ? html`<span>${icon(doorClosed)}${t("Knocking is paused: nobody new can ask.")}</span>` : nothing}
        </p>
        ${first ? this.#putAway() : nothing}
      </div>
      ${this.refusing ? html`<p class="soft small">${t("Everybody who waits is refused, also who is not on the list. They can ask again.")}</p>` : nothing}
      <div class="buttons">${buttons}</div>
    </div>`;
  }

  /** Before everybody is refused: is it meant? The focus goes to the answer that does nothing. */
  async #ask(refusing: boolean): Promise<void> {
    this.refusing = refusing;
    this.#door.moved();
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(".together .buttons button")?.focus();
  }

  async #refuseAll(): Promise<void> {
    await this.#door.refuseAll();
    this.refusing = false;
  }

  #handle(): TemplateResult {
    const { popUp } = this.#door;
    const view = popUp.folded ? "card" : "list";
    return html`<button
      type="button" class="handle" data-first
      @click=${(event: Event) => this.#press(event, () => this.#door.open(view))}
    >${icon(doorOpen)}<span>${handle(popUp)}</span></button>`;
  }
}

customElements.define("door-bell", DoorBell);

declare global {
  interface HTMLElementTagNameMap {
    "door-bell": DoorBell;
  }
}
