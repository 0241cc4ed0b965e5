// <meeting-stage>: the people, the bar, and what stands in the way of seeing and hearing them.
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import waves from "lucide-static/icons/audio-lines.svg?raw";
import chevronLeft from "lucide-static/icons/chevron-left.svg?raw";
import chevronRight from "lucide-static/icons/chevron-right.svg?raw";
import copy from "lucide-static/icons/copy.svg?raw";
import ellipsis from "lucide-static/icons/ellipsis.svg?raw";
import micOff from "lucide-static/icons/mic-off.svg?raw";
import mic from "lucide-static/icons/mic.svg?raw";
import screenOff from "lucide-static/icons/monitor-off.svg?raw";
import screenUp from "lucide-static/icons/monitor-up.svg?raw";
import phoneOff from "lucide-static/icons/phone-off.svg?raw";
import settingsIcon from "lucide-static/icons/settings.svg?raw";
import videoOff from "lucide-static/icons/video-off.svg?raw";
import usersOff from "lucide-static/icons/user-round-x.svg?raw";
import video from "lucide-static/icons/video.svg?raw";
import volume from "lucide-static/icons/volume-2.svg?raw";
import x from "lucide-static/icons/x.svg?raw";
import type { Contributions, Counted, Entry as Place, Rights, Source as Turned } from "../api/shapes.ts";
import { loadPart, t } from "../i18n/index.ts";
import { icon, look } from "../look.ts";
import { Moderation } from "../moderation/moderation.ts";
import { mayEnd } from "../moderation/offers.ts";
import { whyOff } from "../moderation/words.ts";
import { copy as copyText } from "../platform/copy.ts";
import { advice, type Kind, KINDS, standingAfter } from "../prejoin/devices.ts";
import { type AudioOnly, keepAudioOnly, recallAudioOnly } from "./audio-only.ts";
import { type Control, groups, NARROW, under } from "./bar.ts";
import type { Call, Person, Told } from "./call.ts";
import { chatButton, contributionsButton, controls, counted, handButton, moreWords, type Panel, peopleButton, reactionsButton } from "./controls.ts";
import { goneWords } from "./gear.ts";
import { placeOf } from "./hands.ts";
import type { Inside } from "./inside.ts";
import { Keyboard } from "./keyboard.ts";
import { arrange, type Arranged, type Box, type View } from "./layout.ts";
import { type Entry, entries, held, position } from "./more.ts";
import type { News } from "./news.ts";
import { type Note, StageNotes } from "./notes.ts";
import type { Bell } from "./people-panel.ts";
import { preferences, prefer } from "./preferences.ts";
import { aloneWords, presenceNews } from "./presence.ts";
import type { Reaction, Shown } from "./reactions.ts";
import { waitingAt } from "./roster.ts";
import type { MeetingSettings } from "./settings.ts";
import type { Action } from "./shortcuts.ts";
import type { ShortcutList } from "./shortcut-list.ts";
import { SmallWindow, worth } from "./small-window.ts";
import { style } from "./stage-style.ts";
import { takenWords } from "./taken.ts";
import { loaded } from "../visit/build.ts";
import { seen } from "./watching.ts";

/** What this page's bar can do. */
const CONTROLS: ReadonlySet<Control> = new Set([
  "microphone",
  "camera",
  "share",
  "hand",
  "reactions",
  "chat",
  "people",
  "settings",
  "leave",
]);
const COPIED_MS = 2_000;
/** After a change of the window's size tiles glide again. */
const SIZED_MS = 150;

/** What the call names otherwise than moderation does. */
const NAMES = { microphone: "microphone", camera: "camera", screen_share: "screen" } as const satisfies Record<Turned, string>;

const EMPTY: Arranged = { boxes: [], page: 0, pages: 1, speaker: null, elsewhere: null };

/**
 * Fires `leave`, `stand` with `{kind, on}` whenever a device stands otherwise, whoever turned it, and `sharing`
 * with true or false when this page begins or stops to share its screen.
 */
export class MeetingStage extends LitElement {
  static override styles = [look, style, controls];

  @property({ attribute: false }) call: Call | null = null;
  /** What the server tells of this meeting. */
  @property({ attribute: false }) news: News | null = null;
  /** This person's own place in it. */
  @property({ attribute: false }) entry: Place | null = null;
  /** The plan's seats. */
  @property({ type: Number }) seats = 0;
  /** What the workspace allows to be kept of contributions. */
  @property({ attribute: false }) allowed: Counted = "off";
  @property() owner = "";
  /** The address to invite with, for whoever it belongs to. */
  @property({ attribute: false }) link: string | null = null;
  @property({ type: Boolean }) reconnecting = false;
  /** Drawn, but not shown yet: the door is in front of it. */
  @property({ type: Boolean }) behind = false;
  /** Chat, hands and reactions, once a call has begun. */
  @property({ attribute: false }) inside: Inside | null = null;
  /** The doorbell of whoever is signed in. */
  @property({ attribute: false }) bell: Bell | null = null;
  @property() slug = "";
  /** What people may pass on to others. */
  @property({ attribute: false }) invite: string | null = null;
  @state() private panel: Panel | null = null;
  @state() private copied = false;
  @state() private size = { width: 0, height: 0 };
  @state() private narrow = false;
  @state() private preferred = preferences();
  @state() private audioOnly = false;
  /** Who has looked at the figures once may see their own share on their picture. */
  @state() private looked = false;
  @query(".tiles") private readonly room!: HTMLElement | null;
  @query("#more") private readonly more!: HTMLElement;
  @query("meeting-settings") private readonly settings!: MeetingSettings;
  @query("shortcut-list") private readonly shortcutList!: ShortcutList;
  @query("video.window") private readonly windowed!: HTMLVideoElement;

  /** A pin stays while nobody is there for it: they may come back, or one does oneself. */
  #view: Pick<View, "pinned" | "page" | "speaker"> = { pinned: null, page: 0, speaker: null };
  #arranged: Arranged = EMPTY;
  #unlisten: (() => void)[] = [];
  #heardCall: Call | null = null;
  #heardNews: News | null = null;
  #heardInside: Inside | null = null;
  #heardBell: Bell | null = null;
  #unhear: (() => void)[] = [];
  #people: readonly Person[] = [];
  /** One's own, since one came in. */
  #line: "new" | "stands" | "broken" = "new";
  /** This page shared its screen when the line broke. */
  #shared = false;
  /** Somebody else was here. */
  #met = false;
  #presence = "";
  #sized: ResizeObserver | null = null;
  #sizing: ReturnType<typeof setTimeout> | undefined;
  readonly #notes = new StageNotes(() => this.requestUpdate());
  #sharing = false;
  /** What had the focus before the last change. */
  #focused: Element | null = null;
  /** The camera was on before *Audio only* turned it off. */
  #cameraBefore = false;
  readonly #smallWindow = new SmallWindow(() => this.requestUpdate());
  readonly #keyboard = new Keyboard({
    act: (action) => this.#act(action),
    talk: (held) => this.#holdToTalk(held),
  });
  /** The key to talk. */
  #held = false;
  /** The microphone is on for it, or not off again yet. */
  #talking = false;
  /** How camera and microphone stand, as far as is known. */
  readonly #standing = new Map<Kind, boolean>();
  readonly #moderation = new Moderation(() => this.requestUpdate());

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sized = new ResizeObserver(() => this.#measure());
    this.#sized.observe(this);
    if (!this.behind) this.#keyboard.listen();
    document.addEventListener("fullscreenchange", this.#redraw);
    window.addEventListener("resize", this.#resized);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#forgetCall();
    this.#moderation.close();
    this.#sized?.disconnect();
    this.#keyboard.stop();
    this.#smallWindow.close();
    this.#hear(null, null, null);
    this.#keepBeside(null);
    document.removeEventListener("fullscreenchange", this.#redraw);
    window.removeEventListener("resize", this.#resized);
    this.#notes.close();
    clearTimeout(this.#sizing);
    this.#tellSharing(false);
  }

  override focus(): void {
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>("h1")?.focus());
  }

  readonly #redraw = (): void => this.requestUpdate();

  /** A phone was turned: what opened beside a button has no place there any more. */
  readonly #resized = (): void => {
    for (const menu of this.renderRoot.querySelectorAll<HTMLElement>(".menu:popover-open")) menu.hidePopover();
  };

  #forgetCall(): void {
    for (const unlisten of this.#unlisten) unlisten();
    this.#unlisten = [];
    this.#heardCall = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (this.behind) this.#keyboard.stop();
    else if (changed.has("behind")) this.#keyboard.listen();
    if (this.call !== this.#heardCall) {
      this.#forgetCall();
      this.#heardCall = this.call;
      if (!this.reconnecting) this.#standing.clear();
      if (this.call !== null) this.#unlisten = [this.call.onChange(this.#redraw), this.call.onTold((what) => this.#told(what))];
    }
    // Also after a reload, before any picture is fetched.
    if (changed.has("entry") && this.entry !== null && !this.audioOnly) this.#keepAudioOnly(recallAudioOnly(this.entry.meeting));
    this.#focused = focusedIn(this.shadowRoot);
    this.#moderation.follow(this);
    this.#hear(this.news, this.inside, this.bell);
    this.#look();
  }

  #hear(news: News | null, inside: Inside | null, bell: Bell | null): void {
    if (news === this.#heardNews && inside === this.#heardInside && bell === this.#heardBell) return;
    for (const unhear of this.#unhear) unhear();
    this.#heardNews = news;
    this.#heardInside = inside;
    this.#heardBell = bell;
    this.#unhear = [];
    if (news !== null) this.#unhear.push(news.hear({ figures: this.#counted }));
    if (inside !== null) this.#unhear.push(inside.onChange(this.#redraw));
    bell?.addEventListener("door", this.#redraw);
    this.#unhear.push(() => bell?.removeEventListener("door", this.#redraw));
  }

  /** With the figures their panel goes; whoever was in it is not left nowhere. */
  readonly #counted = (now: Contributions | null): void => {
    if (now === null && this.panel === "contributions") {
      const within = this.renderRoot.querySelector(".beside:focus-within") !== null;
      this.panel = null;
      if (within) this.focus();
    }
    this.requestUpdate();
  };

  get #around(): Parameters<Moderation["board"]>[0] {
    return {
      news: this.news,
      entry: this.entry,
      people: this.call?.people ?? [],
      seats: this.seats,
      allowed: this.allowed,
      isOn: (source) => this.call?.isOn(NAMES[source]) ?? false,
      turnOn: (source) => {
        if (source !== "screen_share") void this.#turn(source, true);
      },
    };
  }

  /** Why a button does nothing now, in words; null where it works. */
  #whyOff(what: keyof Rights): string | null {
    const standing = this.news?.standing ?? null;
    return standing === null ? null : whyOff(what, standing, null, this.inside?.hand != null);
  }

  /** What everybody gave so far, or null where nothing is counted. */
  get #figures(): Contributions | null {
    return this.news?.figures ?? null;
  }

  /** One's share of the talk stands on one's own picture. */
  get #ringed(): boolean {
    return this.preferred.ring ?? this.looked;
  }

  /** What this page's bar can do. */
  get #controls(): ReadonlySet<Control> {
    const there = new Set(CONTROLS);
    if (this.#figures !== null) there.add("contributions");
    if (this.#moderation.moderates) there.add("moderate");
    return there;
  }

  /** Who came and went, as it is told. Whoever seems to go while the line is broken, and to come back after it, was here. */
  #follow(people: readonly Person[]): void {
    const stands = !this.behind && this.#interrupted === "";
    if (!stands && this.#line !== "new") {
      if (this.#line === "stands") this.#shared = this.#sharing;
      this.#line = "broken";
      this.#presence = "";
      return;
    }
    if (this.#line === "broken" && this.#shared) this.#tellShareIsOver();
    const again = this.#line === "broken" ? [t("You are connected again.")] : [];
    const news = [...again, presenceNews(this.#people, people, this.#moderation.removed)].filter((one) => one !== "").join(" ");
    if (news !== "") this.#presence = news;
    if (people.length > 0) this.#people = people;
    if (stands) this.#line = "stands";
  }

  /** Who is here now, where they stand, and which of them are fetched. */
  #look(): void {
    const people = this.call?.people ?? [];
    this.#follow(people);
    this.#met ||= people.some(({ me }) => !me);
    const { width, height } = this.size;
    const shown = this.audioOnly ? people.map(withoutPicture) : people;
    this.#arranged = width === 0 ? EMPTY : arrange(shown, { ...this.preferred, ...this.#view }, width, height);
    this.#view.speaker = this.#arranged.speaker;
    this.#view.page = this.#arranged.page;
    if (width > 0 && people.length > 0) this.call?.watch(seen(this.#arranged.boxes, this.audioOnly));
    if (!this.#startingShare) this.#tellSharing(this.call?.isOn("screen") ?? false);
    this.#tellStanding();
  }

  protected override render(): TemplateResult {
    const { people } = this.call ?? { people: [] };
    const { boxes, pages } = this.#arranged;
    const subject = this.news?.standing?.setup.subject ?? "";
    const alone = people.length === 1 && people[0]?.me === true && !this.reconnecting;
    return html`
      <header>
        <h1 tabindex="-1">${t("Meeting with %(owner)s", { owner: this.owner })}</h1>
        ${subject === "" ? nothing : html`<p class="subject">${subject}</p>`}
        ${people.length > 2 ? html`<p>${t("%(count)s people", { count: people.length })}</p>` : nothing}
        ${this.narrow || this.inside === null ? nothing : html`<meeting-clock .since=${this.inside.chat.since}></meeting-clock>`}
        ${this.call?.isOn("screen") === true ? this.#ownShare() : nothing}
      </header>
      <div class="middle">
        <div class="people">
          <div class="tiles">
            ${repeat(
              boxes,
              ({ key }) => key,
              (box) => this.#tile(box),
            )}
            ${pages > 1 ? this.#pages() : nothing} ${alone ? this.#alone() : nothing}
            <tile-marks class="strays" named .reactions=${this.#strays(boxes)}></tile-marks>
          </div>
          <div class="over">
            <div class="lasting">${this.#lasting()}</div>
            <div class="banners">${this.#banners()}</div>
          </div>
        </div>
        ${this.#beside(people)}
      </div>
      <div class="bar" role="toolbar" aria-label=${t("Meeting controls")}>
        ${groups(this.#controls, this.narrow).map(
          (group) => html`<div class="group">${group.map((control) => this.#control(control))}</div>`,
        )}
      </div>
      ${this.#moreMenu()} ${this.#leaveMenu()} ${this.#moderation.panels(this.#around, this.renderRoot)}
      <meeting-settings
        .call=${this.call}
        .preferred=${this.preferred}
        .ring=${this.#figures === null ? null : this.#ringed}
        @prefer=${this.#preferred}
        @closed=${this.#backToBar}
      ></meeting-settings>
      <shortcut-list @change=${() => this.#keyboard.recall()} @closed=${this.#backToBar}></shortcut-list>
      <video class="window" playsinline muted aria-hidden="true" tabindex="-1"></video>
      <p class="heard" role="status">${this.#interrupted || this.#presence}</p>
      <p class="heard" role="status">${this.inside?.announcement ?? ""}</p>
    `;
  }

  // ---- who is seen

  #tile({ key, person, what, place }: Box): TemplateResult {
    return html`<meeting-tile
      class="spot ${place}"
      data-key=${key}
      .person=${person}
      .what=${what}
      ?pinned=${this.#view.pinned === key}
      ?pinnable=${place !== "corner" && this.#people.length > 1}
      @pin=${() => this.#pin(key)}
      >${what === "camera" ? html`${this.#marks(person)}${this.#ring(person)}${this.#moderation.menu(person, "tile", this.news)}` : nothing}</meeting-tile
    >`;
  }

  #marks({ identity }: Person): TemplateResult {
    const { hands = [], reactions = [] } = this.inside ?? {};
    return html`<tile-marks
      .hand=${placeOf(hands, identity)}
      .hands=${hands.length}
      .reactions=${reactions.filter((one) => one.identity === identity)}
    ></tile-marks>`;
  }

  #ring({ me }: Person): TemplateResult | typeof nothing {
    if (!me || !this.#ringed || this.#figures === null) return nothing;
    return html`<talk-ring .figures=${this.#figures} .me=${this.entry?.identity ?? null}></talk-ring>`;
  }

  /** Reactions of people who have no tile on this page. */
  #strays(boxes: readonly Box[]): readonly Shown[] {
    const there = new Set(boxes.filter(({ what }) => what === "camera").map(({ person }) => person.identity));
    return (this.inside?.reactions ?? []).filter(({ identity }) => !there.has(identity));
  }

  // ---- what stands beside, one at a time

  #beside(people: readonly Person[]): TemplateResult | typeof nothing {
    const { inside } = this;
    if (this.panel === null || inside === null) return nothing;
    if (this.panel === "chat") {
      const me = people.find((person) => person.me) ?? null;
      return html`<chat-panel class="beside" .inside=${inside} .me=${me} @close=${() => this.#open(null)}></chat-panel>`;
    }
    if (this.panel === "contributions") {
      const me = this.entry?.identity ?? null;
      return html`<contributions-panel class="beside" .figures=${this.#figures} .me=${me} @close=${() => this.#open(null)}></contributions-panel>`;
    }
    return html`<people-panel
      class="beside"
      .people=${people}
      .hands=${inside.hands}
      .bell=${this.bell}
      slug=${this.slug}
      .link=${this.invite}
      .action=${(person: Person) => this.#moderation.menu(person, "list", this.news)}
      @close=${() => this.#open(null)}
    ></people-panel>`;
  }

  /** Open it, or close the one that is open: the focus goes where the reader goes, and back to where they were. */
  async #open(panel: Panel | null): Promise<void> {
    if (panel !== null && !(await this.#besides())) return;
    const before = this.panel;
    this.panel = panel === before ? null : panel;
    if (this.panel === "contributions") this.looked = true;
    await this.updateComplete;
    const button = this.renderRoot.querySelector<HTMLElement>(`.bar [data-control="${before ?? ""}"], .bar [data-control="more"]`);
    (this.renderRoot.querySelector<HTMLElement>(".beside") ?? button)?.focus();
  }

  /** Open something over the stage, once it is there. */
  #over(open: () => void): void {
    void this.#besides().then((there) => there && open());
  }

  /** Whether what stands beside the stage and over it is there. A load that failed is tried again with the next press. */
  async #besides(): Promise<boolean> {
    try {
      const { define } = await loaded(async () => {
        await loadPart("beside");
        return import("./beside.ts");
      });
      define();
      return true;
    } catch {
      this.#say(t("That did not reach the server. Please try again."));
      return false;
    }
  }

  /** The pop-up at the door stands beside it, and shows nobody who is on its list. */
  #keepBeside(panel: Panel | null): void {
    const { bell } = this;
    bell?.toggleAttribute("listed", panel === "people");
    if (panel === "people") bell?.setAttribute("listed", this.slug);
    const width = panel === null || this.narrow ? 0 : (this.renderRoot.querySelector<HTMLElement>(".beside")?.offsetWidth ?? 0);
    bell?.style.setProperty("--beside", `${width}px`);
  }

  #pin(key: string): void {
    this.#view.pinned = this.#view.pinned === key ? null : key;
    this.requestUpdate();
  }

  #pages(): TemplateResult {
    const { page, pages, elsewhere } = this.#arranged;
    return html`<nav class="pages" aria-label=${t("Pages of people")}>
      ${this.#pageButton(chevronLeft, t("Previous page"), page - 1, page === 0)}
      <span aria-live="polite">${t("%(page)s of %(pages)s", { page: page + 1, pages })}</span>
      ${this.#pageButton(chevronRight, t("Next page"), page + 1, page === pages - 1)}
      ${elsewhere === null ? nothing : html`<span class="speaks">${icon(waves)}${elsewhere.name}</span>`}
    </nav>`;
  }

  #pageButton(picture: string, label: string, to: number, none: boolean): TemplateResult {
    return html`<button type="button" aria-label=${label} title=${label} aria-disabled=${none ? "true" : nothing} @click=${() => none || this.#turnPage(to)}>
      ${icon(picture)}
    </button>`;
  }

  #turnPage(to: number): void {
    this.#view.page = to;
    this.requestUpdate();
  }

  #alone(): TemplateResult {
    return html`<div class="alone">
      <p>${aloneWords(this.#met, this.#waiting)}</p>
      ${this.link === null
        ? nothing
        : html`<button type="button" @click=${this.#copy}>${icon(copy)}${this.copied ? t("Copied") : t("Copy your link")}</button>
            <p class="heard" role="status">${this.copied ? t("Copied") : ""}</p>`}
    </div>`;
  }

  #ownShare(): TemplateResult {
    return html`<div class="own-share">
      ${icon(screenUp)}<span>${t("You are sharing your screen.")}</span>
      <button type="button" class="accent" data-stop-share @click=${() => this.#share(false)}>${t("Stop")}</button>
    </div>`;
  }

  // ---- what is told

  /** What is so for a while. */
  #lasting(): (TemplateResult | typeof nothing)[] {
    return [
      this.audioOnly
        ? html`<div class="banner" data-audio-only>
            <span>${t("Audio only: cameras are off, also yours.")}</span>
            <button type="button" @click=${() => this.#setAudioOnly(false)}>${t("Show pictures")}</button>
          </div>`
        : nothing,
      this.#moderation.board(this.#around),
    ];
  }

  #banners(): (TemplateResult | typeof nothing)[] {
    const interrupted = this.#interrupted;
    const blocked = this.reconnecting ? null : (this.call?.blocked ?? null);
    return [
      interrupted === "" ? nothing : html`<p class="banner warn" aria-hidden="true">${interrupted}</p>`,
      blocked === null
        ? nothing
        : html`<div class="banner"><button type="button" class="accent" data-sound @click=${this.#play}>
            ${blocked === "sound" ? [icon(volume), t("Turn the sound on")] : [icon(video), t("Show pictures")]}
          </button></div>`,
      ...this.#notes.all.map((note) => this.#noted(note)),
      this.#glimpse(),
    ];
  }

  /** What is to be said of one's own line, "" while it is well. */
  get #interrupted(): string {
    if (this.reconnecting) {
      return `${t("Your connection is interrupted. You keep your place; we are trying again.")} ${t("You can still turn off your microphone and camera.")}`;
    }
    return this.call?.stalled === true ? t("Your connection is unstable: others may not hear or see you now.") : "";
  }

  /** Who raises a hand, what was just written. Not into a picture of this page that others get. */
  #glimpse(): TemplateResult | typeof nothing {
    const glimpse = this.inside?.glimpse ?? "";
    if (glimpse === "" || this.#sharing || this.reconnecting) return nothing;
    return html`<p class="banner glimpse" aria-hidden="true"><bdi>${glimpse}</bdi></p>`;
  }

  #noted({ about, text, stays, action }: Note): TemplateResult {
    const press = (): void => {
      if (action?.until !== true) this.#notes.drop(about);
      action?.press();
    };
    return html`<div class="banner" role="alert" data-about=${about}>
      <span>${text}</span>
      ${action === undefined ? nothing : html`<button type="button" class="accent" data-note @click=${press}>${action.label}</button>`}
      ${stays === true
        ? html`<button type="button" class="quiet away" aria-label=${t("Close")} title=${t("Close")} @click=${() => this.#notes.drop(about)}>${icon(x)}</button>`
        : nothing}
    </div>`;
  }

  /** @param note mere words are about nothing but themselves. */
  #say(note: Note | string): void {
    this.#notes.say(typeof note === "string" ? { about: note, text: note } : note);
  }

  #told(what: Told): void {
    switch (what.is) {
      case "another-device":
        this.#say({ about: `gone ${what.kind}`, text: goneWords(what.kind, what.label) });
        break;
      case "no-device":
        this.#say({ about: `gone ${what.kind}`, text: goneWords(what.kind, null) });
        break;
      case "taken":
        this.#tellTaken(what.kind);
        break;
      case "given-back":
        this.#notes.drop(`taken ${what.kind}`);
        break;
      case "not-blurred":
        this.#say({
          about: "blur",
          text: t("Your background could not be blurred, so your camera stays off."),
          stays: true,
          action: { label: t("Show me without blur"), press: () => void this.#showPlain() },
        });
        break;
      case "talking-muted":
        if (!this.preferred.reminder || this.reconnecting || this.call?.may("microphone") === false) break;
        this.#say({
          about: "muted",
          text: t("You are muted."),
          action: { label: t("Turn the microphone on"), press: () => void this.#turn("microphone", true) },
        });
        break;
      default:
        what satisfies never;
    }
  }

  /** Until it is given back, or put away. */
  #tellTaken(kind: Kind): void {
    const { text, action } = takenWords(kind, held());
    const press = (): void => void this.#attempt(kind, this.call?.takeBack(kind));
    this.#say({ about: `taken ${kind}`, text, stays: true, action: { label: action, press, until: true } });
  }

  // ---- the bar

  #control(control: Control): TemplateResult | typeof nothing {
    switch (control) {
      case "microphone":
        return this.#device("microphone", mic, micOff, t("Turn the microphone off"), t("Turn the microphone on"));
      case "camera":
        return this.#device("camera", video, videoOff, t("Turn the camera off"), t("Turn the camera on"));
      case "share":
        return this.#shareButton();
      case "moderate":
        return this.#moderation.button(this.renderRoot, (button) =>
          this.narrow ? this.renderRoot.querySelector<HTMLElement>('[data-control="more"]') : button,
        );
      case "hand":
        return handButton(this.inside?.hand ?? null, this.reconnecting, this.#titled, () => this.#raise());
      case "reactions":
        return this.#reactions();
      case "chat":
        return chatButton(this.inside?.chat.unread ?? 0, this.panel === "chat", this.#titled, () => void this.#open("chat"));
      case "people":
        return peopleButton(this.#waiting, this.panel === "people", this.#titled, () => void this.#open("people"));
      case "contributions":
        return contributionsButton(this.panel === "contributions", this.#titled, () => void this.#open("contributions"));
      case "settings":
        return this.#menuButton("settings", settingsIcon, t("Settings"));
      case "more":
        return this.#menuButton("more", ellipsis, moreWords(this.inside?.chat.unread ?? 0, this.#waiting), (this.inside?.chat.unread ?? 0) + this.#waiting);
      case "leave":
        return this.#leaveButton();
      default:
        return nothing;
    }
  }

  readonly #titled = (label: string, control: Action): string => this.#keyboard.titled(label, control);

  #reactions(): TemplateResult {
    const react = ({ detail }: CustomEvent<Reaction>): void => {
      if (!this.reconnecting) this.#tellTrouble(this.inside?.react(detail));
    };
    // Under *More* they stand where they are.
    if (this.narrow) return html`<reaction-picker row @react=${react}></reaction-picker>`;
    return html`<reaction-picker @react=${react}>${reactionsButton(this.reconnecting)}</reaction-picker>`;
  }

  #raise(): void {
    if (!this.reconnecting) this.#tellTrouble(this.inside?.raise(this.inside.hand === null));
  }

  #tellTrouble(doing: Promise<string | null> | undefined): void {
    void doing?.then((trouble) => {
      if (trouble !== null) this.#say(trouble);
    });
  }

  /** How many wait at this door, for whoever may decide. */
  get #waiting(): number {
    return waitingAt((this.bell?.door?.popUp.knocks ?? []).filter(({ link }) => link === this.slug));
  }

  #device(kind: Kind, onIcon: string, offIcon: string, turnOff: string, turnOn: string): TemplateResult {
    const on = this.#isOn(kind);
    const why = on ? null : this.#whyOff(kind);
    // Who may still be heard can turn off at any time; what can be turned on is known once the line is back.
    const waits = this.reconnecting && !on;
    const label = why ?? (on ? turnOff : turnOn);
    return html`<button
      type="button"
      class=${on ? "" : "off"}
      data-control=${kind}
      data-on=${on ? "true" : "false"}
      aria-disabled=${why === null && !waits ? nothing : "true"}
      aria-label=${label}
      title=${this.#titled(label, kind)}
      @click=${() => (why !== null ? this.#say(why) : waits ? undefined : void this.#turn(kind, !on))}
    >
      ${icon(on ? onIcon : offIcon)}
    </button>`;
  }

  #shareButton(): TemplateResult | typeof nothing {
    // Phones cannot.
    if (!("getDisplayMedia" in (navigator.mediaDevices ?? {}))) return nothing;
    const on = this.call?.isOn("screen") ?? false;
    const may = this.call?.may("screen") ?? false;
    const label = on ? t("Stop sharing") : may ? t("Share your screen") : t("Only moderators can share now");
    return html`<button
      type="button"
      class=${on ? "active" : ""}
      data-control="share"
      data-on=${on ? "true" : "false"}
      aria-label=${label}
      title=${this.#titled(label, "share")}
      aria-disabled=${this.reconnecting || (!on && !may) ? "true" : nothing}
      @click=${() => (on || may ? void this.#share(!on) : this.#say(label))}
    >
      ${icon(on ? screenOff : screenUp)}<span class="caption">${label}</span>
    </button>`;
  }

  #menuButton(control: "settings" | "more", picture: string, label: string, count = 0): TemplateResult {
    return html`<button type="button" data-control=${control} aria-label=${label} title=${label} popovertarget="more">${icon(picture)}${counted(count)}</button>`;
  }

  /** Whoever could end it for all is asked what is meant, while there is somebody to stay. */
  get #choosesHowToLeave(): boolean {
    return this.#people.length > 1 && this.#moderation.moderates && mayEnd(this.#people);
  }

  #leaveButton(): TemplateResult {
    const chooses = this.#choosesHowToLeave;
    return html`<button
      type="button"
      class="leave"
      data-control="leave"
      aria-label=${t("Leave")}
      popovertarget=${chooses ? "leaving" : nothing}
      @click=${chooses ? nothing : this.#leave}
    >
      ${icon(phoneOff)}${this.narrow ? nothing : t("Leave")}
    </button>`;
  }

  #leaveMenu(): TemplateResult | typeof nothing {
    if (!this.#choosesHowToLeave) return nothing;
    const end = (): void => this.#moderation.end(this.renderRoot, this.renderRoot.querySelector('[data-control="leave"]'));
    return html`<div id="leaving" class="menu" popover @beforetoggle=${this.#placeMenu} @click=${this.#closeMenu}>
      <button type="button" data-leave="alone" @click=${this.#leave}>${icon(phoneOff)}${t("Leave, the others stay")}</button>
      <button type="button" data-leave="end" @click=${end}>${icon(usersOff)}${t("End for everyone…")}</button>
    </div>`;
  }

  #moreMenu(): TemplateResult {
    const hidden = this.narrow ? under(this.#controls).map((control) => this.#control(control)) : [];
    return html`<div id="more" class="menu" popover @beforetoggle=${this.#placeMenu} @click=${this.#closeMenu}>
      ${hidden} ${hidden.some((one) => one !== nothing) ? html`<hr />` : nothing}
      ${this.#entries().map(
        ({ id, picture, label, on, press }) =>
          html`<button type="button" data-entry=${id} aria-pressed=${on === undefined ? nothing : on ? "true" : "false"} @click=${press}>
            ${icon(picture)}<span class="caption">${label}</span>
          </button>`,
      )}
    </div>`;
  }

  #entries(): Entry[] {
    return entries({
      layout: this.preferred.layout,
      audioOnly: this.audioOnly,
      fullScreen: document.fullscreenElement !== null,
      smallWindow: this.#smallWindow.open,
      others: this.#people.length > 1,
      cameraOn: this.call?.isOn("camera") ?? false,
      does: {
        layout: () => this.#changeLayout(),
        audioOnly: () => this.#setAudioOnly(!this.audioOnly),
        fullScreen: () => this.#fullScreen(),
        smallWindow: () => this.#toggleSmallWindow(),
        flip: () => void this.#attempt("camera", this.call?.flip()),
        settings: () => this.#over(() => void this.settings.show()),
        shortcuts: () => this.#over(() => this.shortcutList.show()),
      },
    });
  }

  /** A dialog that was opened from the menu has nothing to give the focus back to: the menu is closed. */
  readonly #backToBar = (): void => {
    this.renderRoot.querySelector<HTMLElement>(`.bar [data-control="${this.narrow ? "more" : "settings"}"]`)?.focus();
  };

  readonly #placeMenu = (event: Event): void => {
    const menu = event.currentTarget as HTMLElement;
    const sheet = this.narrow && menu === this.more;
    if ((event as ToggleEvent).newState !== "open" || sheet) return;
    const opener = this.renderRoot.querySelector(menu === this.more ? '[data-control="settings"]' : '[data-control="leave"]');
    if (opener !== null) position(menu, opener.getBoundingClientRect());
  };

  readonly #closeMenu = (event: Event): void => {
    if ((event.target as Element).closest("button") !== null) (event.currentTarget as HTMLElement).hidePopover();
  };

  // ---- what is done

  /** A press on a shortcut is a press on the button, wherever that is. */
  #act(action: Action): void {
    switch (action) {
      case "layout":
        this.#changeLayout();
        break;
      case "full-screen":
        this.#fullScreen();
        break;
      case "list":
        this.#over(() => this.shortcutList.show());
        break;
      default:
        this.renderRoot.querySelector<HTMLButtonElement>(`button[data-control="${action}"]`)?.click();
    }
  }

  /** Held, the key opens a microphone that is off; one that is on stays as it is. */
  #holdToTalk(held: boolean): void {
    if (held === this.#held) return;
    if (held && (this.reconnecting || (!this.#talking && this.#isOn("microphone")))) return;
    this.#held = held;
    this.#talking = true;
    void this.#turn("microphone", held).then(() => (this.#talking = this.#held));
  }

  async #turn(kind: Kind, on: boolean): Promise<void> {
    if (kind === "camera" && on && this.audioOnly) this.#keepAudioOnly(null);
    // Nothing is opened for a fresh entry that was turned off while it was awaited.
    if (this.reconnecting && !on) this.#stands(kind, false);
    await this.#attempt(kind, this.call?.turn(kind, on));
    this.requestUpdate();
  }

  /** Now, or during a break once it is over. */
  #isOn(kind: Kind): boolean {
    return this.call?.isOn(kind) === true || (this.reconnecting && this.#standing.get(kind) === true);
  }

  /** A key that is held to talk is no standing: a reload must not find the microphone on. */
  #tellStanding(): void {
    for (const kind of KINDS) {
      // What was said of one that is off does not hold once it is on.
      if (this.call?.isOn(kind) === true) this.#notes.drop(kind === "camera" ? "blur" : "muted");
      const on = kind === "microphone" && this.#talking ? null : (this.call?.stands(kind) ?? null);
      if (on !== null) this.#stands(kind, on);
    }
  }

  #stands(kind: Kind, on: boolean): void {
    if (this.#standing.get(kind) === on) return;
    this.#standing.set(kind, on);
    this.dispatchEvent(new CustomEvent("stand", { detail: { kind, on } }));
  }

  async #attempt(kind: Kind, doing: Promise<void> | undefined): Promise<void> {
    try {
      await doing;
    } catch (error) {
      const standing = standingAfter(error);
      const text = this.#whyOff(kind) ?? advice(kind, standing);
      // Not blurred is told with a way on, whoever opened the camera.
      if (text !== null && standing !== "unblurred") this.#say({ about: kind, text });
    }
  }

  async #showPlain(): Promise<void> {
    await this.call?.blur(false);
    await this.#turn("camera", true);
  }

  #startingShare = false;

  async #share(on: boolean): Promise<void> {
    if (this.#startingShare || this.reconnecting) return;
    this.#startingShare = on;
    this.#shared = false;
    this.#notes.drop("share");
    // Before the first picture of this page goes out, nothing private may stand on it.
    if (on) this.#tellSharing(true);
    try {
      await this.call?.turn("screen", on);
    } catch (error) {
      // Who closed the browser's window has decided; that is no fault.
      if (!(error instanceof Error && error.name === "NotAllowedError")) {
        this.#say(this.call?.may("screen") === false ? t("Only moderators can share now.") : t("Your screen could not be shared. Please try again."));
      }
    } finally {
      this.#startingShare = false;
      this.requestUpdate();
    }
  }

  /** The browser gives a screen once: a fresh entry has none. */
  #tellShareIsOver(): void {
    this.#shared = false;
    const { call } = this;
    if (call === null || call.isOn("screen") || !call.may("screen")) return;
    this.#say({
      about: "share",
      text: t("Your screen is no longer shared."),
      stays: true,
      action: { label: t("Share again"), press: () => void this.#share(true) },
    });
  }

  #tellSharing(sharing: boolean): void {
    if (this.#sharing === sharing) return;
    this.#sharing = sharing;
    this.dispatchEvent(new CustomEvent("sharing", { detail: sharing, bubbles: true, composed: true }));
  }

  #preferred(event: CustomEvent<Partial<typeof this.preferred>>): void {
    this.preferred = prefer(event.detail);
  }

  #changeLayout(): void {
    this.#view.pinned = null;
    this.#view.page = 0;
    this.preferred = prefer({ layout: this.preferred.layout === "grid" ? "speaker" : "grid" });
  }

  #setAudioOnly(on: boolean): void {
    if (on === this.audioOnly) return;
    const camera = on ? (this.call?.isOn("camera") ?? false) : this.#cameraBefore;
    if (camera) void this.#turn("camera", !on);
    this.#keepAudioOnly(on ? { camera } : null);
  }

  #keepAudioOnly(chosen: AudioOnly | null): void {
    this.audioOnly = chosen !== null;
    this.#cameraBefore = chosen?.camera ?? false;
    if (this.entry !== null) keepAudioOnly(this.entry.meeting, chosen);
  }

  /** The whole page, so that the pop-up at the door is on it. */
  #fullScreen(): void {
    const doing = document.fullscreenElement === null ? document.documentElement.requestFullscreen() : document.exitFullscreen();
    doing.catch(() => undefined);
  }

  #toggleSmallWindow(): void {
    const nothing = !this.#smallWindow.open && worth(this.#arranged.boxes) === null;
    if (nothing) this.#say(t("All other cameras are off."));
    else void this.#smallWindow.toggle(this.windowed);
  }

  #leave(): void {
    this.dispatchEvent(new CustomEvent("leave"));
  }

  async #play(): Promise<void> {
    await this.call?.play();
    this.requestUpdate();
  }

  async #copy(event: Event): Promise<void> {
    const button = event.currentTarget as HTMLElement;
    const link = this.link ?? "";
    const copied = await copyText(link);
    // The old way of copying takes the focus.
    button.focus();
    if (!copied) this.#say({ about: "copy", text: link, stays: true });
    this.copied = copied;
    setTimeout(() => (this.copied = false), COPIED_MS);
  }

  // ---- sizes

  #measure(): void {
    const { room } = this;
    if (room === null) return;
    this.narrow = this.clientWidth < NARROW;
    this.classList.toggle("narrow", this.narrow);
    const { clientWidth: width, clientHeight: height } = room;
    if (width === this.size.width && height === this.size.height) return;
    // Tiles follow a window that is being pulled at once.
    room.classList.add("sizing");
    clearTimeout(this.#sizing);
    this.#sizing = setTimeout(() => room.classList.remove("sizing"), SIZED_MS);
    this.size = { width, height };
  }

  protected override updated(_changed: PropertyValues): void {
    this.#keepFocus();
    if (this.room !== null) this.#sized?.observe(this.room);
    this.#place();
    this.#keepBeside(this.panel);
    this.#smallWindow.show(this.#arranged.boxes, this.windowed);
  }

  /** What had it has been moved, as a tile to another place, or is gone: nobody who pressed it is left nowhere. */
  #keepFocus(): void {
    const had = this.#focused;
    if (had === null || focusedIn(this.shadowRoot) !== null) return;
    const now = had.isConnected ? had : this.renderRoot.querySelector("h1");
    (now as HTMLElement | null)?.focus();
  }

  /** Sizes are set by script: the page's policy allows no style in markup. */
  #place(): void {
    for (const { key, left, top, width, height } of this.#arranged.boxes) {
      const tile = this.renderRoot.querySelector<HTMLElement>(`meeting-tile[data-key="${CSS.escape(key)}"]`);
      if (tile === null) continue;
      Object.assign(tile.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
    }
  }
}

/** What has the focus, through shadow roots. */
function focusedIn(root: ShadowRoot | null): Element | null {
  const at = root?.activeElement ?? null;
  return at === null ? null : (focusedIn(at.shadowRoot) ?? at);
}

function withoutPicture(person: Person): Person {
  return person.me ? person : { ...person, picture: null };
}
