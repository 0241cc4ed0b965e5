// <visit-page>: shows the visit as it stands and hands presses to it. What to do is in state.ts, what to say in words.ts.
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import circleOff from "lucide-static/icons/circle-off.svg?raw";
import copyIcon from "lucide-static/icons/copy.svg?raw";
import clockIcon from "lucide-static/icons/clock.svg?raw";
import doorClosed from "lucide-static/icons/door-closed.svg?raw";
import doorOpen from "lucide-static/icons/door-open.svg?raw";
import globe from "lucide-static/icons/globe.svg?raw";
import link2Off from "lucide-static/icons/link-2-off.svg?raw";
import appWindow from "lucide-static/icons/app-window.svg?raw";
import users from "lucide-static/icons/users.svg?raw";
import wifiOff from "lucide-static/icons/wifi-off.svg?raw";
import { secondsSince } from "../api/clock.ts";
import { page, type VisitPage as Page } from "../api/page.ts";
import { Awake } from "../awake.ts";
import { blurWanted, wantBlur } from "../blur/cameras.ts";
import { clock, loadPart, t } from "../i18n/index.ts";
import { initials } from "../i18n/initials.ts";
import { icon, look } from "../look.ts";
import type { Call } from "../meeting/call.ts";
import type { Inside } from "../meeting/inside.ts";
import { News } from "../meeting/news.ts";
import { chooseDevice, chosenDevice } from "../meeting/gear.ts";
import { copy } from "../platform/copy.ts";
import { canCall, cannotCall, inOwnBrowser } from "../prejoin/browser.ts";
import { keep, recall as recallChoices } from "../prejoin/choices.ts";
import { Devices, type Kind, KINDS } from "../prejoin/devices.ts";
import { DoorForm } from "../prejoin/form.ts";
import type { Chosen } from "../prejoin/menus.ts";
import { DoorPreview } from "../prejoin/preview.ts";
import { unlock } from "../sound/sounds.ts";
import { onReload, type Reloading } from "./build.ts";
import { isItself, recall, remember, rememberDevices, stood } from "./memory.ts";
import { outside } from "./outside.ts";
import { Run } from "./run.ts";
import { atTheDoor, begin, type Event, type Place, stands, type Visit, waitingIs, walksIn, type Words } from "./state.ts";
import { Tabs } from "./tabs.ts";
import { pieces, type Said, say } from "./words.ts";

const COPIED_MS = 2_000;
/** After this the first pictures have come. */
const CALM_MS = 1_000;

type Layout = "door" | "card" | "meeting";

const PICTURES: { readonly [P in Place]?: string } = {
  unreachable: wifiOff,
  "service-down": wifiOff,
  "no-media": wifiOff,
  "cut-off": wifiOff,
  full: users,
  locked: doorClosed,
  closed: doorClosed,
  refused: doorClosed,
  "taken-back": doorClosed,
  "not-found": link2Off,
  "link-changed": link2Off,
  "closed-for-good": circleOff,
  left: doorOpen,
  removed: doorOpen,
  ended: doorOpen,
  "never-came": clockIcon,
  away: clockIcon,
  "asked-elsewhere": appWindow,
  "continue-here": appWindow,
};

/** The visit is over, and what was written in it is not for whoever uses this tab next. */
const OVER: readonly Place[] = ["left", "removed", "ended", "closed-for-good"];

/** What everybody gave stays in sight as it was told last, for whoever was in. */
const FIGURES_STAY: readonly Place[] = ["left", "removed", "ended", "cut-off"];

/** Where a member who has not signed in yet may find an open door. */
const MEMBERS_PASS: readonly Place[] = ["full", "locked", "closed", "refused"];

function layoutOf(visit: Visit): Layout {
  if (visit.place === "meeting" || visit.place === "reconnecting") return "meeting";
  return atTheDoor(visit) || visit.place === "loading" ? "door" : "card";
}

/** Who looks at the page without touching it: the screen stays on. */
function waitsOrIsIn(visit: Visit): boolean {
  return layoutOf(visit) === "meeting" || (atTheDoor(visit) && visit.place !== "prejoin") || visit.place === "full";
}

/** Changes when there is something new to hear; what counts down is not said every second. */
function news(visit: Visit): string {
  const { place, trouble, retryAt } = visit;
  return [place, place === "waiting" ? waitingIs(visit) : "", visit.knock?.reply, trouble?.name, retryAt !== null].join("|");
}

export class VisitPage extends LitElement {
  static override styles = [
    look,
    css`
      :host {
        display: flex;
        flex: 1;
        flex-direction: column;
        min-inline-size: 0;
      }

      .door {
        display: grid;
        grid-template-columns: minmax(0, 1.25fr) minmax(0, 1fr);
        gap: clamp(24px, 4vw, 48px);
        align-items: center;
        inline-size: min(1080px, 100% - 2 * max(clamp(16px, 2.5vw, 24px), env(safe-area-inset-left), env(safe-area-inset-right)));
        margin: auto;
        padding-block: clamp(12px, 4vh, 32px) max(clamp(12px, 4vh, 32px), env(safe-area-inset-bottom));
      }

      .panel {
        display: grid;
        gap: calc(5 * var(--step));
      }

      h1:focus {
        outline: none;
      }

      .line strong {
        font-weight: 600;
      }

      .others {
        display: flex;
        flex-wrap: wrap;
        gap: 0 calc(4 * var(--step));
        font: var(--small);
        color: var(--soft);
      }

      .others a {
        display: inline-flex;
        align-items: center;
        min-block-size: 32px;
      }

      blockquote {
        margin: 0;
        padding-inline-start: calc(4 * var(--step));
        border-inline-start: 3px solid var(--hair);
        color: var(--soft);
        overflow-wrap: anywhere;
        white-space: pre-line;
      }

      .waits {
        margin-block: calc(3 * var(--step));
        display: flex;
        align-items: center;
        gap: calc(5 * var(--step));
      }

      .truth {
        display: grid;
        gap: var(--step);
        min-inline-size: 0;
      }

      .time {
        color: var(--soft);
        font: var(--small);
        font-variant-numeric: tabular-nums;
      }

      .ring {
        position: relative;
        display: grid;
        flex: none;
      }

      .ring::before,
      .ring::after {
        content: "";
        position: absolute;
        inset: 0;
        border: 2px solid var(--accent);
        border-radius: var(--round);
        opacity: 0;
      }

      .ring.lost::before,
      .ring.lost::after {
        border-color: var(--warn);
      }

      @media (prefers-reduced-motion: no-preference) {
        .ring::before,
        .ring::after {
          animation: breathe 4s ease-out infinite;
        }

        .ring::after {
          animation-delay: 2s;
        }

        @keyframes breathe {
          from {
            opacity: 0.55;
            transform: scale(1);
          }
          to {
            opacity: 0;
            transform: scale(1.5);
          }
        }

        .arrives {
          animation: arrive var(--calm);
        }

        @keyframes arrive {
          from {
            opacity: 0;
            transform: translateY(4px);
          }
        }
      }

      @media (prefers-reduced-motion: reduce) {
        .ring::before {
          inset: -5px;
          opacity: 0.55;
        }
      }

      .state {
        display: grid;
        justify-items: center;
        gap: calc(4 * var(--step));
        inline-size: min(440px, 100% - 8 * var(--step));
        margin: auto;
        padding: calc(10 * var(--step)) calc(8 * var(--step));
        border: 1px solid var(--hair);
        border-radius: var(--radius);
        background: var(--raised);
        text-align: center;
      }

      .state .picture {
        display: grid;
        place-items: center;
        inline-size: 56px;
        block-size: 56px;
        border-radius: var(--round);
        background: var(--tint);
        color: var(--accent);
      }

      .state .picture .icon {
        inline-size: 26px;
        block-size: 26px;
      }

      .state h1 {
        font-size: 1.375rem;
      }

      .state blockquote {
        padding: 0;
        border: 0;
      }

      .state .row {
        justify-content: center;
        margin-block-start: calc(2 * var(--step));
      }

      .state:has(+ last-figures) {
        margin-block: calc(6 * var(--step)) calc(4 * var(--step));
      }

      .address {
        padding: calc(2 * var(--step)) calc(3 * var(--step));
        border-radius: calc(2 * var(--step));
        background: var(--surface);
        font: var(--small);
        overflow-wrap: anywhere;
        user-select: all;
      }

      .count {
        font-variant-numeric: tabular-nums;
      }

      @media (max-height: 480px) {
        .door {
          align-items: start;
        }

        h1 {
          font-size: 1.375rem;
        }

        .panel,
        .state {
          gap: calc(3 * var(--step));
        }

        .state {
          inline-size: min(560px, 100% - 8 * var(--step));
          margin-block: calc(3 * var(--step));
          padding-block: calc(4 * var(--step));
        }

        .state .picture {
          display: none;
        }
      }

      @media (max-width: 559px) {
        .door {
          grid-template-columns: minmax(0, 1fr);
          grid-template-rows: auto 1fr;
          gap: calc(5 * var(--step));
          align-items: start;
          flex: 1;
          inline-size: auto;
          margin: 0;
          padding: calc(4 * var(--step));
          padding-block-end: 0;
        }

        .panel.waiting {
          align-content: space-between;
          block-size: 100%;
        }

        .panel .row {
          position: sticky;
          inset-block-end: 0;
          margin-inline: calc(-4 * var(--step));
          padding: calc(3 * var(--step)) calc(4 * var(--step)) max(calc(3 * var(--step)), env(safe-area-inset-bottom));
          background: var(--surface);
          box-shadow: 0 -1px 0 var(--hair);
        }

        .panel .row button {
          flex: 1;
        }

        h1 {
          font-size: 1.5rem;
        }

        .state {
          padding-inline: calc(5 * var(--step));
        }
      }
    `,
  ];

  readonly #page = page() as Page;
  readonly #devices: Devices;
  readonly #news = new News();
  /** The chat and more, once a call has begun. */
  #inside: Inside | null = null;
  @state() private run: Run<Call> | null = null;
  @state() private name = "";
  /** This browser can hold no call: where to go is all there is to say. */
  @state() private unable = false;
  @state() private copied = false;
  /** Another tab of this browser is in the meeting. */
  @state() private elsewhere = false;
  readonly #tabs = new Tabs(this.#page.slug, this.#page.session?.account.id ?? null);
  readonly #awake = new Awake();
  #told = "";
  #heard = "";
  #bell: HTMLElement | null = null;
  #shownPlace: Place | null = null;
  /** What shows figures is there, or on its way. */
  #showsFigures = false;

  constructor() {
    super();
    const { name, camera, microphone } = recallChoices();
    this.name = name;
    this.#devices = new Devices({ camera, microphone }, () => this.requestUpdate());
    this.#news.hear({ figures: this.#keepFigures });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.#woke);
    window.addEventListener("online", this.#woke);
    window.addEventListener("offline", this.#cut);
    window.addEventListener("pageshow", this.#shown);
    onReload(this.#reloading);
    void this.#begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.#woke);
    window.removeEventListener("online", this.#woke);
    window.removeEventListener("offline", this.#cut);
    window.removeEventListener("pageshow", this.#shown);
    this.#devices.end();
    this.#awake.keep(false);
    this.#tabs.keep(false);
  }

  async #begin(): Promise<void> {
    const { slug, session, owner } = this.#page;
    this.unable = owner !== null && !canCall();
    if (this.unable) return;
    if (!(await isItself())) remember(slug, null);
    const mark = recall(slug);
    const before = mark?.in === true ? stood(slug) : null;
    for (const kind of KINDS) this.#devices.want(kind, before?.[kind] ?? this.#devices.wanted(kind));
    const visit = begin(session?.account ?? null, mark, this.name);
    const reached = outside(this.#page, this.#devices, this.#news, (inside) => (this.#inside = inside));
    this.run = new Run(owner === null ? { ...visit, place: "not-found" } : visit, reached, () => this.requestUpdate());
    this.run.send({ is: "start" });
    void this.#lookElsewhere();
    void customElements.whenDefined("meeting-stage").then(() => this.requestUpdate());
  }

  /** They are shown when the meeting is over: not while the first pictures come. */
  readonly #keepFigures = (): void => {
    if (this.#showsFigures || (this.#news.figures ?? null) === null || this.run?.visit.place !== "meeting") return;
    this.#showsFigures = true;
    import("../contributions/shown.ts").then(
      ({ define }) => define(),
      () => (this.#showsFigures = false),
    );
  };

  readonly #woke = (): void => {
    if (document.visibilityState !== "visible") return;
    this.#send({ is: "woke" });
    void this.#devices.wake();
    void this.#lookElsewhere();
    this.requestUpdate();
  };

  async #lookElsewhere(): Promise<void> {
    this.elsewhere = await this.#tabs.elsewhere();
  }

  /** The server has another build by now: the page comes back with knock, name and devices as they were. */
  readonly #reloading: Reloading = {
    // Before somebody has asked they may be typing.
    may: (): boolean => this.run !== null && this.run.visit.place !== "prejoin",
    keep: (): void => {
      const visit = this.run?.visit;
      // Who walks in has no knock to come back by.
      if (visit?.asked === true && visit.knock === null && walksIn(visit)) remember(this.#page.slug, { knock: null, in: true });
    },
  };

  /** The browser knows before the stream does: no page says that it waits while nobody can see it. */
  readonly #cut = (): void => this.#send({ is: "line", line: "lost" });

  /** Brought back by *Back* out of the browser's memory, with every connection dead: begin again as a reload does. */
  readonly #shown = (event: PageTransitionEvent): void => {
    if (event.persisted) location.reload();
  };

  #send(event: Event): void {
    this.run?.send(event);
  }

  /** Whoever is let in connects first: what is drawn of it comes while the network is waited for. */
  protected override async scheduleUpdate(): Promise<void> {
    if (this.run?.visit.place === "joining") await new Promise((later) => setTimeout(later));
    super.scheduleUpdate();
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.unable) return this.#elsewhere();
    if (this.run === null) return nothing;
    const { visit, seconds } = this.run;
    const said = say(visit, this.#page.owner?.name ?? "", seconds);
    const layout = layoutOf(visit);
    // Behind the door the stage is drawn already: who is let in waits for the media, not for it.
    const behind = layout === "door" && customElements.get("meeting-stage") !== undefined;
    return html`
      ${layout === "meeting" || behind ? this.#meeting(visit, behind) : nothing}
      ${layout === "door" ? this.#door(visit, said) : layout === "card" ? this.#card(visit, said) : nothing}
      <p class="heard" role="status">${this.#announced(visit, said)}</p>
    `;
  }

  /** For a screen reader, and once only: the page's own lines count down every second. */
  #announced(visit: Visit, said: Said): string {
    const now = news(visit);
    if (now !== this.#told) {
      this.#told = now;
      // How the line of a meeting stands is told by the stage.
      const broken = visit.place === "reconnecting" || (visit.place === "meeting" && this.#shownPlace === "reconnecting");
      const lines = [...said.lines, ...(said.quote === null ? [] : [said.quote])].join(" ").replaceAll("*", "");
      this.#heard = broken ? "" : layoutOf(visit) === "door" ? lines : `${said.heading} ${lines}`;
    }
    return this.#heard;
  }

  #meeting(visit: Visit, behind: boolean): TemplateResult {
    return html`<meeting-stage
      ?behind=${behind}
      .call=${this.run?.call ?? null}
      .news=${this.#news}
      .entry=${visit.entry}
      .seats=${this.#page.session?.workspace.seats ?? 0}
      .allowed=${this.#page.session?.workspace.contributions ?? "off"}
      .owner=${this.#page.owner?.name ?? ""}
      .link=${this.#isOwner ? this.#page.public_url : null}
      .inside=${this.#inside}
      .bell=${this.#bell}
      slug=${this.#page.slug}
      .invite=${this.#page.public_url}
      ?reconnecting=${visit.place === "reconnecting"}
      @stand=${this.#stands}
      @sharing=${({ detail }: CustomEvent<boolean>) => this.#bell?.toggleAttribute("sharing", detail)}
      @leave=${() => this.#send({ is: "press-leave" })}
    ></meeting-stage>`;
  }

  get #isOwner(): boolean {
    const own = this.#page.session?.link?.slug;
    return own !== undefined && own === this.#page.slug;
  }

  #door(visit: Visit, said: Said): TemplateResult {
    const { place } = visit;
    const devices = this.#devices;
    const shown = {
      camera: devices.standing("camera"),
      microphone: devices.standing("microphone"),
      track: devices.track("camera"),
      sound: devices.track("microphone"),
      all: devices.all,
      inUse: { camera: devices.inUse("camera"), microphone: devices.inUse("microphone"), speaker: chosenDevice("speaker") ?? "" },
      blurred: blurWanted(),
      note: devices.note,
    };
    const name = visit.account?.name ?? (place === "prejoin" ? this.name : visit.words.name);
    return html`<div class="door">
      <door-preview .shown=${shown} .name=${name} .link=${this.#page.public_url} ?ready=${place !== "loading"} @press=${this.#pressed} @choose=${this.#chose} @background=${this.#blurs} @retry=${() => this.#devices.retry()}></door-preview>
      <div class=${place === "prejoin" ? "panel" : "panel waiting"}>
        <h1 tabindex="-1">${this.#isOwner ? t("Your meeting") : said.heading}</h1>
        ${place === "loading" ? nothing : place === "prejoin" ? this.#prejoin(visit, said) : this.#waiting(visit, said)}
      </div>
    </div>`;
  }

  #prejoin(visit: Visit, said: Said): TemplateResult {
    const errors = visit.trouble?.errors ?? [];
    return html`
      <door-form
        .name=${this.name}
        .message=${visit.words.message}
        .account=${visit.account?.name ?? null}
        .settled=${stands(visit.knock) ? visit.knock.name : null}
        .errors=${errors}
        ?direct=${walksIn(visit)}
        ?paused=${visit.retryAt !== null}
        @name=${(event: CustomEvent<string>) => this.#named(event.detail)}
        @ask=${(event: CustomEvent<Words>) => this.#ask(event.detail)}
        >${this.elsewhere ? html`<p class="line">${t("You are in this meeting in another tab. Joining here moves you.")}</p>` : this.#lines(said)}
        ${this.#isCounted(visit)}</door-form
      >
      ${this.#signIn(visit)}
    `;
  }

  /** Whoever goes in knows before what is counted there, and who sees it. */
  #isCounted({ link }: Visit): TemplateResult | typeof nothing {
    const { name, privacy_url } = this.#page.workspace;
    if (link === null || link.contributions === "off") return nothing;
    return html`<p class="soft small" slot="notice">
      ${link.contributions === "kept"
        ? t("Talk time and other contributions are counted and shown to everybody in the meeting; members of %(workspace)s can see them afterwards.", { workspace: name })
        : t("Talk time and other contributions are counted and shown to everybody in the meeting.")}
      ${privacy_url === null ? nothing : html`<a href=${privacy_url} target="_blank" rel="noopener">${t("Privacy")}</a>`}
    </p>`;
  }

  #waiting(visit: Visit, said: Said): TemplateResult {
    const lost = visit.place === "service-down" || visit.place === "no-media" || (visit.place === "waiting" && visit.line === "lost");
    const owner = this.#page.owner?.name ?? "";
    // What is true now stands beside the ring; what can be tried, below it.
    const first = visit.place === "no-media" ? 1 : said.lines.length;
    return html`
      <div class="waits">
        <span class=${lost ? "ring lost" : "ring"}><span class="initials large" aria-hidden="true">${initials(owner)}</span></span>
        <div class="truth">
          ${this.#lines(said, 0, first)}
          ${visit.place === "waiting" && visit.knock !== null
            ? html`<p class="time">${t("Waiting for %(time)s", { time: clock(secondsSince(visit.knock.since)) })}</p>`
            : nothing}
        </div>
      </div>
      ${this.#lines(said, first)} ${this.#quote(said)}
      ${visit.place === "waiting" ? html`<p class="soft small">${t("You can switch to another tab. You will hear a sound when you are let in.")}</p>` : nothing}
      ${this.#buttons(said)} ${visit.place === "waiting" ? [this.#isCounted(visit), this.#signIn(visit)] : nothing}
    `;
  }

  #card(visit: Visit, said: Said): TemplateResult {
    const picture = PICTURES[visit.place];
    const owner = this.#page.owner?.name ?? "";
    const named = owner === "" || said.heading.includes(owner);
    return html`<section class="state arrives">
      ${picture === undefined ? nothing : html`<span class="picture">${icon(picture)}</span>`}
      ${named ? nothing : html`<p class="soft small">${t("Meeting with %(owner)s", { owner })}</p>`}
      <h1 tabindex="-1">${said.heading}</h1>
      ${this.#quote(said)} ${this.#lines(said)} ${this.#buttons(said)}
      ${visit.account === null ? nothing : html`<a class="small" href="/">${t("Back to home")}</a>`}
      ${MEMBERS_PASS.includes(visit.place) ? this.#signIn(visit) : nothing}
    </section>
    ${FIGURES_STAY.includes(visit.place) ? this.#figures() : nothing}`;
  }

  /** The last that was heard of them: after the meeting a visitor's page could not ask for any. */
  #figures(): TemplateResult | typeof nothing {
    const figures = this.#news.figures ?? null;
    if (figures === null || figures.people.length === 0 || !this.#showsFigures) return nothing;
    return html`<last-figures .figures=${figures} .me=${this.#inside?.identity ?? null}></last-figures>`;
  }

  /** Where no call can be held: the way to a browser that can. */
  #elsewhere(): TemplateResult {
    const { heading, line } = cannotCall(navigator.userAgent);
    const link = this.#page.public_url;
    const out = inOwnBrowser(link, navigator.userAgent);
    return html`<section class="state arrives">
      <span class="picture">${icon(globe)}</span>
      <p class="soft small">${t("Meeting with %(owner)s", { owner: this.#page.owner?.name ?? "" })}</p>
      <h1 tabindex="-1">${heading}</h1>
      <p>${line}</p>
      <p class="address">${link}</p>
      <div class="row">
        ${out === null ? nothing : html`<a class="button accent" href=${out}>${t("Open in your browser")}</a>`}
        <button type="button" class=${out === null ? "accent" : ""} data-copy-link @click=${() => this.#copyLink(link)}>
          ${icon(copyIcon)}${this.copied ? t("Copied") : t("Copy the link")}
        </button>
      </div>
      <p class="heard" role="status">${this.copied ? t("Copied") : ""}</p>
    </section>`;
  }

  async #copyLink(link: string): Promise<void> {
    if (!(await copy(link))) {
      const address = this.renderRoot.querySelector(".address");
      if (address !== null) getSelection()?.selectAllChildren(address);
      return;
    }
    this.copied = true;
    setTimeout(() => (this.copied = false), COPIED_MS);
  }

  #lines(said: Said, from = 0, to?: number): TemplateResult[] {
    return said.lines.slice(from, to).map(
      (line) => html`<p class="line count">${pieces(line).map((piece, at) => (at === 1 ? html`<strong>${piece}</strong>` : piece))}</p>`,
    );
  }

  #quote(said: Said): TemplateResult | typeof nothing {
    return said.quote === null ? nothing : html`<blockquote>${t("“%(words)s”", { words: said.quote })}</blockquote>`;
  }

  #buttons(said: Said): TemplateResult | typeof nothing {
    if (said.buttons.length === 0) return nothing;
    return html`<div class="row">
      ${said.buttons.map(
        ({ press, label, main }) =>
          html`<button type="button" class=${main ? "accent" : ""} data-press=${press} @click=${() => this.#press(press)}>${label}</button>`,
      )}
    </div>`;
  }

  #signIn(visit: Visit): TemplateResult | typeof nothing {
    if (visit.account !== null) return nothing;
    const back = encodeURIComponent(`/m/${this.#page.slug}`);
    return html`<p class="others"><a href="/sign-in?next=${back}">${t("I have an account: sign in")}</a></p>`;
  }

  #named(name: string): void {
    this.name = name;
    keep({ name });
  }

  #ask(words: Words): void {
    // From here on the page may sound, also when it is looked away from.
    unlock();
    this.#send({ is: "press-join", words });
  }

  #press(press: Extract<Event["is"], `press-${string}`>): void {
    unlock();
    this.#send({ is: press } as Event);
  }

  #pressed(event: CustomEvent<Kind>): void {
    const kind = event.detail;
    void this.#devices.press(kind);
    keep({ [kind]: this.#devices.wanted(kind) });
  }

  #chose(event: CustomEvent<Chosen>): void {
    const { kind, id } = event.detail;
    if (kind === "speaker") chooseDevice(kind, id);
    else {
      void this.#devices.choose(kind, id);
      keep({ [kind]: true });
    }
    this.requestUpdate();
  }

  #blurs({ detail: on }: CustomEvent<boolean>): void {
    wantBlur(on);
    void this.#devices.renew("camera");
    this.requestUpdate();
  }

  /**
   * In the meeting: whoever has to come back comes back with the devices as they were, whoever turned them off. The
   * choice for the next meeting stays what was pressed at the door, where one sees oneself: who muted themselves to
   * cough, or was muted, has not said how they want to come the next time.
   */
  #stands(event: CustomEvent<{ kind: Kind; on: boolean }>): void {
    const { kind, on } = event.detail;
    this.#devices.want(kind, on);
    const { slug } = this.#page;
    const before = stood(slug);
    if (before !== null) rememberDevices(slug, { ...before, [kind]: on });
  }

  protected override updated(_changed: PropertyValues): void {
    if (this.run === null) return;
    const { visit } = this.run;
    this.#keepDevices(visit);
    this.#keepTitle(visit);
    // Whoever reloads hears of them before they are in again, and may hear nothing new after.
    if (visit.place !== this.#shownPlace) setTimeout(this.#keepFigures, CALM_MS);
    this.#keepFocus(visit);
    const staged = layoutOf(visit) === "meeting";
    // The stage is dark in both themes.
    this.classList.toggle("stage", staged);
    document.documentElement.classList.toggle("in-meeting", staged);
    this.#keepBell(visit);
    // Not while one is only away, or in from another page.
    if (OVER.includes(visit.place)) this.#inside?.forget();
    this.#awake.keep(waitsOrIsIn(visit));
    this.#tabs.keep(staged || visit.place === "joining");
  }

  #keepDevices(visit: Visit): void {
    if (visit.place === this.#shownPlace) return;
    if (atTheDoor(visit)) void this.#devices.open();
    // In the meeting they are the meeting's, or about to be.
    else if (layoutOf(visit) !== "meeting" && !visit.wasIn) this.#devices.close();
  }

  #keepTitle(visit: Visit): void {
    const { title } = say(visit, this.#page.owner?.name ?? "");
    // The doorbell writes the number of people waiting in front of it.
    const waiting = /^\(\d+\) /.exec(document.title)?.[0] ?? "";
    const whole = `${waiting}${title} · ${this.#page.workspace.name}`;
    if (document.title !== whole) document.title = whole;
  }

  /** Who is signed in hears their own door here, too; in the meeting first of all. */
  #keepBell(visit: Visit): void {
    if (this.#page.session === null) return;
    if (this.#bell === null) {
      this.#bell = document.body.appendChild(document.createElement("door-bell"));
      // Visitors, who are most, need none of it.
      void loadPart("doorbell").then(() => import("../doorbell/door-bell.ts")).catch(() => undefined);
    }
    const place = layoutOf(visit) === "meeting" ? "meeting" : "platform";
    if (this.#bell.getAttribute("place") !== place) this.#bell.setAttribute("place", place);
    this.#bell.classList.toggle("stage", place === "meeting");
  }

  /** What had the focus is gone: the heading says where one is. Not on arrival, and not where nothing moved. */
  #keepFocus(visit: Visit): void {
    const before = this.#shownPlace;
    this.#shownPlace = visit.place;
    if (before === null || before === visit.place || before === "loading") return;
    const kept = this.renderRoot instanceof ShadowRoot ? this.renderRoot.activeElement : null;
    if (kept !== null) return;
    const stage = this.renderRoot.querySelector<HTMLElement>("meeting-stage:not([behind])");
    (stage ?? this.renderRoot.querySelector<HTMLElement>("h1"))?.focus();
  }
}

/** Every element of the page but the meeting's, which inside.ts brings. Before this, nothing of it is shown. */
export function define(): void {
  customElements.define("door-preview", DoorPreview);
  customElements.define("door-form", DoorForm);
  customElements.define("visit-page", VisitPage);
}
