// What the page of a link does: who arrives how, how a knock ends, and what happens when things break.
import { describe, expect, test } from "vitest";
import type { Entry, GuestKnock, KnockState, LinkView } from "../api/shapes.ts";
import {
  atTheDoor,
  begin,
  DROP,
  type Effect,
  endOf,
  type Event,
  LOOK_AGAIN,
  mayAskAs,
  MEDIA_AGAIN,
  MEDIA_LATE,
  type Place,
  SERVICE_AGAIN,
  step,
  still,
  TABLE,
  type Trouble,
  type Visit,
  waitingIs,
  WHY_GRACE,
} from "./state.ts";

const NOW = 1_000_000;
const ANNA = { id: "acc-anna", name: "Anna Berg" };

function aKnock(changed: Partial<GuestKnock> = {}): GuestKnock {
  return {
    id: "k1",
    state: "waiting",
    name: "Nora",
    message: "I am early.",
    since: "2026-01-01T00:00:00.000Z",
    reach: "ringing",
    held: false,
    reply: null,
    reason: null,
    ...changed,
  };
}

function aLink(changed: Partial<LinkView> = {}): LinkView {
  return {
    owner: { name: "Olga" },
    workspace: { name: "Acme", logo: null, accent: null, privacy_url: null },
    enters: "knock",
    state: "open",
    waiting_message: "",
    contributions: "kept",
    knock: null,
    ...changed,
  };
}

const ENTRY: Entry = {
  livekit_url: "ws://sfu",
  token: "t",
  identity: "seat-1",
  name: "Nora",
  role: "guest",
  meeting: "m1",
  expires_at: "2026-01-01T00:01:00.000Z",
};

function trouble(name: string, changed: Partial<Trouble> = {}): Trouble {
  return { name, detail: "", errors: [], retry_after: null, ...changed };
}

function aVisit(place: Place, changed: Partial<Visit> = {}): Visit {
  return { ...begin(null, null, "Nora"), link: aLink(), place, ...changed };
}

/** A guest who asked from this tab and was let in. */
function admitted(place: Place, changed: Partial<Visit> = {}): Visit {
  const knock = aKnock({ state: "admitted" });
  return aVisit(place, { knock, mark: { knock: "k1", in: false, as: null }, asked: true, ...changed });
}

function inside(changed: Partial<Visit> = {}): Visit {
  return admitted("meeting", {
    knock: aKnock({ state: "entered" }),
    mark: { knock: "k1", in: true },
    entry: ENTRY,
    wasIn: true,
    ...changed,
  });
}

function aMember(place: Place, changed: Partial<Visit> = {}): Visit {
  return aVisit(place, { account: ANNA, link: aLink({ enters: "directly" }), ...changed });
}

function run(visit: Visit, ...events: Event[]): { visit: Visit; effects: Effect[] } {
  const effects: Effect[] = [];
  for (const event of events) {
    const [next, ...more] = step(visit, event, NOW);
    visit = next;
    effects.push(...more);
  }
  return { visit, effects };
}

const doing = (effects: readonly Effect[]): string[] => effects.map((effect) => effect.do);
const asks = (effects: readonly Effect[]): boolean => effects.some((effect) => effect.do === "ask" || effect.do === "ask-anew");

describe("who opens the link", () => {
  const mine = (knock: GuestKnock, inIt = false): Partial<Visit> => ({ mark: { knock: knock.id, in: inIt } });
  const waiting = aKnock();
  const letIn = aKnock({ state: "admitted" });
  const entered = aKnock({ state: "entered" });
  const refused = aKnock({ state: "refused", reason: "Tomorrow, please." });

  test.each<[string, Partial<Visit>, Partial<LinkView>, Place, Effect["do"] | null]>([
    ["a stranger sees the door", {}, {}, "prejoin", null],
    ["a stranger reads full before they knock", {}, { state: "full" }, "full", null],
    ["a stranger reads locked before they knock", {}, { state: "locked" }, "locked", null],
    ["a stranger reads closed before they knock", {}, { state: "closed" }, "closed", null],
    ["a colleague sees the door", {}, { enters: "directly" }, "prejoin", null],
    ["a colleague walks past a lock", {}, { enters: "directly", state: "locked" }, "prejoin", null],
    ["a colleague walks past a closed door", {}, { enters: "directly", state: "closed" }, "prejoin", null],
    ["a colleague reads full", {}, { enters: "directly", state: "full" }, "full", null],
    ["a reload finds the same knock", mine(waiting), { knock: waiting }, "waiting", "listen"],
    ["another tab finds the browser's knock", {}, { knock: waiting }, "waiting", "listen"],
    ["who waits keeps waiting when all is full", mine(waiting), { knock: waiting, state: "full" }, "waiting", "listen"],
    ["who waits keeps waiting behind a lock", mine(waiting), { knock: waiting, state: "locked" }, "waiting", "listen"],
    ["who was let in while reloading goes in", mine(letIn), { knock: letIn }, "joining", "fetch-entry"],
    ["another page of who was let in asks first", {}, { knock: letIn }, "prejoin", null],
    ["a reload inside goes back in", mine(entered, true), { knock: entered, state: "full" }, "joining", "fetch-entry"],
    ["another page of who is in asks first", {}, { knock: entered }, "prejoin", null],
    ["the tab that waited while another entered asks first", mine(entered), { knock: entered }, "prejoin", null],
    ["a member's reload inside goes back in", { mark: { knock: null, in: true } }, { enters: "directly", state: "full" }, "joining", "ask"],
    ["a page that slept through the refusal shows it", mine(refused), { knock: refused }, "refused", null],
    ["a refusal of another page's is not told", {}, { knock: refused }, "prejoin", null],
    ["who signed in while waiting walks in", mine(waiting), { knock: waiting, enters: "directly" }, "joining", "ask"],
    ["another page of who signed in asks first", {}, { knock: waiting, enters: "directly" }, "prejoin", null],
    ["who was let in and signed in walks in", mine(letIn), { knock: letIn, enters: "directly" }, "joining", "ask"],
  ])("%s", (_who, has, link, place, effect) => {
    const { visit, effects } = run(aVisit("loading", has), { is: "looked", link: aLink(link) });
    expect(visit.place).toBe(place);
    if (effect !== null) expect(doing(effects)).toContain(effect);
    else expect(asks(effects) || doing(effects).includes("fetch-entry")).toBe(false);
  });

  test("without a meeting behind it reads so", () => {
    expect(run(aVisit("loading"), { is: "turned-away", trouble: trouble("not-found") }).visit.place).toBe("not-found");
  });

  test("and gets no answer tries again by itself", () => {
    const { visit } = run(aVisit("loading"), { is: "turned-away", trouble: trouble("unreachable") });
    expect(visit).toMatchObject({ place: "unreachable", retryAt: NOW + SERVICE_AGAIN * 1000 });
    expect(doing(step(visit, { is: "tick" }, NOW + SERVICE_AGAIN * 1000).slice(1) as Effect[])).toEqual(["look"]);
  });
});

describe("asking", () => {
  const press: Event = { is: "press-join", words: { name: "Nora", message: "I am early." } };

  test("carries the words as typed, and waits", () => {
    const { visit, effects } = run(aVisit("prejoin"), press, { is: "knocking", knock: aKnock() });
    expect(effects[0]).toEqual({ do: "ask", words: { name: "Nora", message: "I am early." } });
    expect(visit).toMatchObject({ place: "waiting", asked: true });
    expect(effects).toContainEqual({ do: "remember", mark: { knock: "k1", in: false, as: null } });
    expect(effects).toContainEqual({ do: "listen", knock: "k1" });
  });

  test("carries the account's name whatever was typed", () => {
    const { effects } = run(aVisit("prejoin", { account: ANNA }), press);
    expect(effects[0]).toMatchObject({ do: "ask", words: { name: "Anna Berg" } });
  });

  test("as a colleague, goes in", () => {
    const { visit, effects } = run(aMember("prejoin"), press, { is: "let-in", entry: ENTRY });
    expect(visit.place).toBe("joining");
    expect(effects.at(-1)).toEqual({ do: "connect", entry: ENTRY });
  });

  test.each<[string, Partial<Trouble>, Place, number | null]>([
    ["meeting-full", {}, "full", LOOK_AGAIN],
    ["meeting-full", { retry_after: 7 }, "full", 7],
    ["room-locked", {}, "locked", LOOK_AGAIN],
    ["link-closed", {}, "closed", LOOK_AGAIN],
    ["too-many-requests", { retry_after: 12 }, "prejoin", 12],
    ["sfu-unavailable", { retry_after: 5 }, "service-down", 5],
    ["busy", { retry_after: 2 }, "service-down", 2],
    ["unreachable", {}, "service-down", SERVICE_AGAIN],
    ["invalid", { errors: [{ field: "name", reason: "r" }] }, "prejoin", null],
    ["cross-site", {}, "prejoin", null],
    ["not-found", {}, "not-found", null],
  ])("turned away by %s %o shows %s", (name, more, place, seconds) => {
    const { visit } = run(aVisit("asking", { asked: true }), { is: "turned-away", trouble: trouble(name, more) });
    expect(visit.place).toBe(place);
    expect(visit.retryAt).toBe(seconds === null ? null : NOW + seconds * 1000);
  });

  test("too often is inert until the time is over", () => {
    const slowed = aVisit("prejoin", { retryAt: NOW + 5000, trouble: trouble("too-many-requests") });
    expect(run(slowed, press).effects).toEqual([]);
    const [free] = step(slowed, { is: "tick" }, NOW + 5000);
    expect(free).toMatchObject({ place: "prejoin", retryAt: null, trouble: null });
    expect(run(free, press).visit.place).toBe("asking");
  });

  test("and cancelling before the answer leaves no knock behind", () => {
    const { visit, effects } = run(aVisit("prejoin"), press, { is: "press-cancel" }, { is: "knocking", knock: aKnock() });
    expect(visit.place).toBe("prejoin");
    expect(effects.at(-1)).toEqual({ do: "withdraw", knock: "k1" });
  });
});

describe("turned away, the page looks again by itself", () => {
  const free: Event = { is: "looked", link: aLink() };

  test.each<Place>(["full", "locked", "closed"])("at %s by reading only, and then shows the door", (place) => {
    const waited = aVisit(place, { retryAt: NOW });
    const looked = run(waited, { is: "tick" });
    expect(doing(looked.effects)).toEqual(["look"]);
    const { visit, effects } = run(looked.visit, free);
    expect(visit.place).toBe("prejoin");
    expect(asks(effects)).toBe(false);
  });

  test.each<Place>(["full", "locked", "closed"])("at %s and asks only for who has asked", (place) => {
    const { visit, effects } = run(aVisit(place, { asked: true, words: { name: "Nora", message: "m" } }), free);
    expect(visit.place).toBe("asking");
    expect(effects).toEqual([{ do: "ask", words: { name: "Nora", message: "m" } }]);
  });

  test("not before its time", () => {
    expect(run(aVisit("full", { retryAt: NOW + 1 }), { is: "tick" }).effects).toEqual([]);
  });

  test("at once when somebody looks at the page", () => {
    expect(doing(run(aVisit("locked", { retryAt: NOW + 9000 }), { is: "woke" }).effects)).toEqual(["look"]);
  });

  test("and again when that failed", () => {
    const { visit } = run(aVisit("full"), { is: "turned-away", trouble: trouble("unreachable") });
    expect(visit).toMatchObject({ place: "full", retryAt: NOW + LOOK_AGAIN * 1000 });
  });

  test("an admitted guest keeps the admission and asks for the place", () => {
    const turned = run(admitted("joining"), { is: "turned-away", trouble: trouble("meeting-full") });
    expect(turned.visit.place).toBe("full");
    const link = aLink({ state: "full", knock: aKnock({ state: "admitted" }) });
    const { visit, effects } = run(turned.visit, { is: "looked", link });
    expect(visit.place).toBe("full");
    expect(effects).toContainEqual({ do: "fetch-entry", knock: "k1" });
    expect(run(visit, { is: "let-in", entry: ENTRY }).visit.place).toBe("joining");
  });

  test("a seat that stood before goes back in whatever is full or locked since", () => {
    const link = aLink({ state: "locked", knock: aKnock({ state: "entered" }) });
    const { effects } = run(aVisit("loading", { mark: { knock: "k1", in: true } }), { is: "looked", link });
    expect(effects).toContainEqual({ do: "fetch-entry", knock: "k1" });
  });
});

describe("waiting", () => {
  const waiting = (changed: Partial<Visit> = {}): Visit =>
    aVisit("waiting", { knock: aKnock(), mark: { knock: "k1", in: false, as: null }, asked: true, ...changed });

  test.each<[string, Partial<GuestKnock>, Visit["line"], ReturnType<typeof waitingIs>]>([
    ["nobody has a page open", { reach: "nobody" }, "live", "nobody"],
    ["it rings", { reach: "ringing" }, "live", "ringing"],
    ["it was seen", { reach: "seen" }, "live", "seen"],
    ["it is held", { reach: "seen", held: true }, "live", "hold"],
    ["the line is lost", { reach: "seen", held: true }, "lost", "line-lost"],
    ["too many pages listen", {}, "elsewhere", "elsewhere"],
  ])("says the truth when %s", (_when, knock, line, said) => {
    expect(waitingIs(waiting({ knock: aKnock(knock), line }))).toBe(said);
  });

  test("admitted: sounds and goes in by itself", () => {
    const { visit, effects } = run(waiting(), { is: "knock", knock: aKnock({ state: "admitted" }) });
    expect(visit.place).toBe("joining");
    expect(doing(effects)).toEqual(["stop-listening", "prepare", "fetch-entry", "chime"]);
  });

  test.each<[KnockState, string | null, Place]>([
    ["refused", null, "refused"],
    ["refused", "removed", "refused"],
    ["withdrawn", "cancelled", "prejoin"],
    ["withdrawn", "taken-back", "taken-back"],
    ["withdrawn", "walked-in", "continue-here"],
    ["withdrawn", "knocked-elsewhere", "asked-elsewhere"],
    ["withdrawn", "signed-out", "away"],
    ["left", "left", "left"],
    ["left", "removed", "removed"],
    ["left", "connection", "cut-off"],
    ["left", "ended", "ended"],
    ["left", "closed", "closed-for-good"],
    ["left", "signed-out", "left"],
    ["lapsed", "never-came", "never-came"],
    ["expired", "away", "away"],
    ["expired", "link-changed", "link-changed"],
    ["expired", "closed", "closed-for-good"],
  ])("%s/%s shows %s", (state, reason, place) => {
    const knock = aKnock({ state, reason });
    if (state === "refused") expect(endOf(knock)).toBe("refused");
    const { visit } = run(waiting(), { is: "knock", knock });
    expect(visit.place).toBe(place);
    expect(visit.asked).toBe(false);
  });

  test("a refusal is told again after a reload, until they ask again", () => {
    const refused = run(waiting(), { is: "knock", knock: aKnock({ state: "refused" }) });
    expect(refused.effects).toContainEqual({ do: "remember", mark: { knock: "k1", in: false } });
    const { visit, effects } = run(refused.visit, { is: "press-again" }, { is: "knocking", knock: aKnock({ id: "k2" }) });
    expect(effects[0]).toEqual({ do: "ask", words: { name: "Nora", message: "" } });
    expect(visit).toMatchObject({ place: "waiting", mark: { knock: "k2" } });
  });

  test("after a reload of a refusal, asking again needs no second typing, and does not bring the old message", () => {
    const knock = aKnock({ state: "refused" });
    const visit = aVisit("loading", { words: { name: "", message: "" }, mark: { knock: "k1", in: false } });
    const { effects } = run(visit, { is: "looked", link: aLink({ knock }) }, { is: "press-again" });
    expect(effects.at(-1)).toEqual({ do: "ask", words: { name: "Nora", message: "" } });
  });

  test("in from another page meanwhile: does not throw that one out by itself", () => {
    const entered = aKnock({ state: "entered" });
    expect(run(waiting(), { is: "knock", knock: entered }).visit.place).toBe("continue-here");
    const { visit, effects } = run(waiting(), { is: "woke" }, { is: "looked", link: aLink({ knock: entered }) });
    expect(visit.place).toBe("continue-here");
    expect(doing(effects)).not.toContain("fetch-entry");
    expect(run(visit, { is: "press-continue" }).effects).toContainEqual({ do: "fetch-entry", knock: "k1" });
  });

  test.each<[string, LinkView, Place]>([
    ["still waits", aLink({ knock: aKnock({ reach: "seen" }) }), "waiting"],
    ["was let in", aLink({ knock: aKnock({ state: "admitted" }) }), "joining"],
    ["was refused", aLink({ knock: aKnock({ state: "refused" }) }), "refused"],
    ["signed in on another page", aLink({ knock: aKnock(), enters: "directly" }), "joining"],
    ["was away too long", aLink({ knock: aKnock({ state: "expired", reason: "away" }) }), "away"],
  ])("a page that slept and %s shows it", (_what, link, place) => {
    expect(run(waiting(), { is: "woke" }, { is: "looked", link }).visit.place).toBe(place);
  });

  test("an interrupted line keeps the place and says so until it is back", () => {
    const lost = run(waiting(), { is: "line", line: "lost" });
    expect(lost.visit).toMatchObject({ place: "waiting", line: "lost" });
    expect(run(lost.visit, { is: "knock", knock: aKnock({ reach: "seen" }) }).visit.line).toBe("live");
  });

  test("a page that is looked at again does not wait for a line that is lost to come back by itself", () => {
    expect(run(waiting({ line: "lost" }), { is: "woke" }).effects).toContainEqual({ do: "listen", knock: "k1" });
    expect(doing(run(waiting(), { is: "woke" }).effects)).toEqual(["look"]);
  });

  test("a look that fails changes nothing", () => {
    const visit = waiting();
    expect(run(visit, { is: "turned-away", trouble: trouble("unreachable") })).toEqual({ visit, effects: [] });
  });

  test("a knock that is not this browser's any more is let go", () => {
    const { visit, effects } = run(waiting(), { is: "knock-unknown" });
    expect(visit).toMatchObject({ place: "loading", knock: null, mark: null, asked: false });
    expect(doing(effects)).toEqual(["stop-listening", "disconnect", "remember", "look"]);
  });

  test("cancelling withdraws the knock and goes back to the door", () => {
    const { visit, effects } = run(waiting(), { is: "press-cancel" });
    expect(visit).toMatchObject({ place: "prejoin", asked: false, knock: null, mark: null });
    expect(effects).toContainEqual({ do: "withdraw", knock: "k1" });
    expect(effects).toContainEqual({ do: "remember", mark: null });
  });

  test.each<[string, Partial<Visit>, string | null]>([
    ["nobody is signed in", { account: null }, null],
    ["asked signed in", { account: ANNA, knock: aKnock({ name: "Anna Berg" }), mark: { knock: "k1", in: false, as: ANNA.id } }, null],
    ["signed in after asking", { account: ANNA }, "Anna Berg"],
    ["asked under the same name without an account", { account: ANNA, knock: aKnock({ name: "Anna Berg" }) }, "Anna Berg"],
    ["another page asked, under another name", { account: ANNA, mark: { knock: "k1", in: false } }, "Anna Berg"],
    ["another page asked, under this name", { account: ANNA, knock: aKnock({ name: "Anna Berg" }), mark: { knock: "k1", in: false } }, null],
  ])("offers to ask again under the account's name when who waits %s", (_who, has, name) => {
    expect(mayAskAs(waiting(has))).toBe(name);
  });

  test("asking again as an account withdraws the old knock first", () => {
    const { visit, effects } = run(waiting({ account: ANNA }), { is: "press-ask-as" });
    expect(visit.place).toBe("asking");
    expect(doing(effects)).toEqual(["stop-listening", "ask-anew"]);
    expect(effects[1]).toMatchObject({ knock: "k1", words: { name: "Anna Berg" } });
  });
});

describe("going in", () => {
  test("the tab that is in remembers it", () => {
    const { visit, effects } = run(admitted("joining"), { is: "let-in", entry: ENTRY }, { is: "connected" });
    expect(visit).toMatchObject({ place: "meeting", wasIn: true });
    expect(effects.at(-1)).toEqual({ do: "remember", mark: { knock: "k1", in: true } });
  });

  test.each<[string, Partial<Trouble>, Place, Effect["do"] | null]>([
    ["sfu-unavailable", { retry_after: 5 }, "service-down", null],
    ["unreachable", {}, "service-down", null],
    ["meeting-full", {}, "full", null],
    ["refused", {}, "joining", "look"],
    ["over", {}, "joining", "look"],
    ["not-decided", {}, "joining", "look"],
    ["not-found", {}, "loading", "look"],
  ])("met by %s %o shows %s", (name, more, place, effect) => {
    const { visit, effects } = run(admitted("joining"), { is: "turned-away", trouble: trouble(name, more) });
    expect(visit.place).toBe(place);
    expect(doing(effects).includes("look")).toBe(effect === "look");
  });

  test("taken back meanwhile, says so", () => {
    const link = aLink({ knock: aKnock({ state: "withdrawn", reason: "taken-back" }) });
    const { visit } = run(admitted("joining"), { is: "turned-away", trouble: trouble("over") }, { is: "looked", link });
    expect(visit.place).toBe("taken-back");
  });

  test("the video service is asked again by itself, and the place is kept", () => {
    const { visit } = run(admitted("joining"), { is: "turned-away", trouble: trouble("sfu-unavailable", { retry_after: 5 }) });
    const [trying, ...effects] = step(visit, { is: "tick" }, NOW + 5000);
    expect(trying).toMatchObject({ place: "service-down", retryAt: null });
    expect(effects).toContainEqual({ do: "fetch-entry", knock: "k1" });
    expect(atTheDoor(trying)).toBe(true);
    expect(run(trying, { is: "let-in", entry: ENTRY }, { is: "connected" }).visit.place).toBe("meeting");
  });

  test("media that fail once get a fresh entry at once, then with pauses", () => {
    const first = run(admitted("joining"), { is: "let-in", entry: ENTRY }, { is: "connect-failed" });
    expect(first.visit.place).toBe("joining");
    expect(first.effects.at(-1)).toEqual({ do: "fetch-entry", knock: "k1" });
    const second = run(first.visit, { is: "let-in", entry: ENTRY }, { is: "connect-failed" });
    expect(second.visit).toMatchObject({ place: "service-down", retryAt: NOW + SERVICE_AGAIN * 1000 });
    expect(run(second.visit, { is: "let-in", entry: ENTRY }, { is: "connected" }).visit.failures).toBe(0);
  });

  test("an entry that is not accepted is asked for anew at once, then with pauses, and no network is blamed", () => {
    const first = run(admitted("joining"), { is: "let-in", entry: ENTRY }, { is: "kept-out" });
    expect(first.effects.at(-1)).toEqual({ do: "fetch-entry", knock: "k1" });
    const again = run(first.visit, { is: "let-in", entry: ENTRY }).visit;
    const [second] = step(again, { is: "kept-out" }, NOW + MEDIA_LATE * 1000);
    expect(second).toMatchObject({ place: "service-down", trouble: { name: "kept-out" }, retryAt: NOW + (MEDIA_LATE + SERVICE_AGAIN) * 1000 });
    expect(run(second, { is: "tick" }, { is: "let-in", entry: ENTRY }, { is: "connected" }).visit).toMatchObject({ place: "meeting", failures: 0 });
  });

  describe("without media", () => {
    const late = NOW + MEDIA_LATE * 1000;
    const given = run(admitted("joining"), { is: "let-in", entry: ENTRY }).visit;

    test("says what can be tried, and the slow connection may still come", () => {
      expect(still(given)).toBe(false);
      expect(step(given, { is: "tick" }, late - 1)[0].place).toBe("joining");
      const [told, ...effects] = step(given, { is: "tick" }, late);
      expect(told).toMatchObject({ place: "no-media", retryAt: null });
      expect(effects).toEqual([]);
      const [connected] = step(told, { is: "connected" }, late + 1);
      expect(connected).toMatchObject({ place: "meeting", since: null });
      expect(still(connected)).toBe(true);
    });

    test("keeps saying so while it tries again with fresh entries", () => {
      const [told] = step(given, { is: "tick" }, late);
      const [failed] = step(told, { is: "connect-failed" }, late + 1);
      expect(failed).toMatchObject({ place: "no-media", retryAt: late + 1 + MEDIA_AGAIN * 1000 });
      const [trying, ...effects] = step(failed, { is: "tick" }, late + 1 + MEDIA_AGAIN * 1000);
      expect(effects).toContainEqual({ do: "fetch-entry", knock: "k1" });
      const [again] = step(trying, { is: "let-in", entry: ENTRY }, late + 12_000);
      expect(again).toMatchObject({ place: "no-media", since: NOW });
    });

    test("after a break in the meeting, says so, too", () => {
      const { visit } = run(inside(), { is: "dropped", reason: 9 }, { is: "let-in", entry: ENTRY });
      expect(visit.place).toBe("reconnecting");
      const [told] = step(visit, { is: "tick" }, late);
      expect(told).toMatchObject({ place: "no-media", wasIn: true });
      expect(step(told, { is: "press-leave" }, late)[0].place).toBe("left");
    });

    test("a video service that does not answer us is another trouble", () => {
      const [told] = step(given, { is: "tick" }, late);
      const [down] = step(told, { is: "turned-away", trouble: trouble("sfu-unavailable", { retry_after: 5 }) }, late);
      expect(down.place).toBe("service-down");
    });
  });

  test("cancelled by a guest, gives the admission back; by a member, the seat", () => {
    expect(run(admitted("joining"), { is: "press-cancel" }).effects).toContainEqual({ do: "withdraw", knock: "k1" });
    const { effects } = run(aMember("joining", { entry: ENTRY }), { is: "press-cancel" });
    expect(effects).toContainEqual({ do: "leave", meeting: "m1", identity: "seat-1" });
  });

  test("cancelled before the member's entry came, leaves the seat when it comes", () => {
    const { effects } = run(aMember("joining"), { is: "press-cancel" }, { is: "let-in", entry: ENTRY });
    expect(effects.at(-1)).toEqual({ do: "leave", meeting: "m1", identity: "seat-1" });
  });
});

describe("in the meeting", () => {
  test("only a press on Leave gives the seat up, and a reload does not go back in", () => {
    const { visit, effects } = run(inside(), { is: "press-leave" });
    expect(visit.place).toBe("left");
    expect(effects[0]).toEqual({ do: "leave", meeting: "m1", identity: "seat-1" });
    expect(effects).toContainEqual({ do: "remember", mark: null });
    expect(effects).toContainEqual({ do: "disconnect" });
  });

  test("who left and asks again makes a new knock", () => {
    const { effects } = run(inside(), { is: "press-leave" }, { is: "press-again" });
    expect(effects.at(-1)).toMatchObject({ do: "ask" });
  });

  test.each<[string, Place]>([
    ["removed", "removed"],
    ["ended", "ended"],
    ["left", "left"],
    ["connection", "cut-off"],
    ["closed", "closed-for-good"],
    ["walked-in", "continue-here"],
    ["something-new", "left"],
  ])("over by %s shows %s, with who did it", (reason, place) => {
    const { visit, effects } = run(inside(), { is: "over", reason, by: "Olga" });
    expect(visit).toMatchObject({ place, by: "Olga", wasIn: false });
    expect(effects).toContainEqual({ do: "disconnect" });
  });

  test("another page took the place: never rejoins by itself", () => {
    const { visit, effects } = run(inside(), { is: "dropped", reason: DROP.duplicate });
    expect(visit.place).toBe("continue-here");
    expect(doing(effects)).not.toContain("fetch-entry");
    expect(effects).toContainEqual({ do: "remember", mark: null });
    expect(run(visit, { is: "press-continue" }).effects).toContainEqual({ do: "fetch-entry", knock: "k1" });
  });

  test("a member continues here through the link", () => {
    const { visit } = run(aMember("meeting", { wasIn: true, entry: ENTRY }), { is: "dropped", reason: DROP.duplicate });
    expect(doing(run(visit, { is: "press-continue" }).effects)).toContain("ask");
  });

  test("LiveKit's own reconnect is shown and mends", () => {
    const away = run(inside(), { is: "interrupted" });
    expect(away.visit.place).toBe("reconnecting");
    expect(away.effects).toEqual([]);
    expect(run(away.visit, { is: "mended" }).visit.place).toBe("meeting");
  });

  test.each([3, 7, 9, 14, 15])("a loss (%s) that it does not mend asks a fresh entry by itself", (reason) => {
    const guest = run(inside(), { is: "dropped", reason });
    expect(guest.visit.place).toBe("reconnecting");
    expect(guest.effects).toContainEqual({ do: "fetch-entry", knock: "k1" });
    const member = run(aMember("meeting", { wasIn: true }), { is: "dropped", reason });
    expect(doing(member.effects)).toContain("ask");
    const back = run(guest.visit, { is: "let-in", entry: ENTRY }, { is: "connected" });
    expect(back.visit).toMatchObject({ place: "meeting", failures: 0 });
  });

  test.each([DROP.removed, DROP.roomDeleted, DROP.roomClosed])("after %s our own stream gets time to say why", (reason) => {
    const { visit, effects } = run(inside(), { is: "dropped", reason });
    expect(visit).toMatchObject({ place: "reconnecting", retryAt: NOW + WHY_GRACE * 1000 });
    expect(effects).toEqual([]);
    expect(run(visit, { is: "over", reason: "removed", by: "Olga" }).visit.place).toBe("removed");
  });

  test("unexplained, the guest's knock says why, or that they are still in", () => {
    const [asked, ...effects] = step(run(inside(), { is: "dropped", reason: 4 }).visit, { is: "tick" }, NOW + 9000);
    expect(doing(effects)).toEqual(["look"]);
    const gone = aLink({ knock: aKnock({ state: "left", reason: "removed" }) });
    expect(run(asked, { is: "looked", link: gone }).visit.place).toBe("removed");
    const still = aLink({ knock: aKnock({ state: "entered" }) });
    expect(run(asked, { is: "looked", link: still }).effects).toContainEqual({ do: "fetch-entry", knock: "k1" });
  });

  test("unexplained, a member who was taken out is not walked back in, who lost the room is", () => {
    const after = (reason: number): Effect["do"][] => {
      const visit = run(aMember("meeting", { wasIn: true, entry: ENTRY }), { is: "dropped", reason }).visit;
      return doing(step(visit, { is: "tick" }, NOW + 9000).slice(1) as Effect[]) as Effect["do"][];
    };
    expect(after(DROP.removed)).not.toContain("ask");
    expect(after(DROP.roomDeleted)).toContain("ask");
  });

  test("reconnecting while the video service is down keeps the place and counts", () => {
    const { visit } = run(inside(), { is: "dropped", reason: 9 }, { is: "turned-away", trouble: trouble("sfu-unavailable") });
    expect(visit).toMatchObject({ place: "service-down", wasIn: true });
    expect(atTheDoor(visit)).toBe(false);
    const { effects } = run(visit, { is: "press-leave" });
    expect(effects[0]).toMatchObject({ do: "leave" });
  });

  test("the server that knows no seat is asked for the reason", () => {
    const asked = run(inside(), { is: "meeting-unknown" });
    expect(doing(asked.effects)).toEqual(["look"]);
    const link = aLink({ knock: aKnock({ state: "left", reason: "connection" }) });
    expect(run(asked.visit, { is: "looked", link }).visit.place).toBe("cut-off");
    const still = aLink({ knock: aKnock({ state: "entered" }) });
    expect(run(asked.visit, { is: "looked", link: still }).visit.place).toBe("meeting");
  });
});

describe("a link that changed under who waits", () => {
  const changed = run(aVisit("waiting", { knock: aKnock() }), {
    is: "knock",
    knock: aKnock({ state: "expired", reason: "link-changed" }),
  });

  test("is looked at once more: closed is not changed", () => {
    expect(doing(changed.effects)).toContain("look");
    expect(run(changed.visit, { is: "looked", link: aLink({ state: "closed" }) }).visit.place).toBe("closed");
    const gone = { is: "turned-away", trouble: trouble("not-found") } as const;
    expect(run(changed.visit, gone).visit.place).toBe("link-changed");
  });
});

describe("the table", () => {
  const EVENTS: Event[] = [
    { is: "start" },
    { is: "looked", link: aLink() },
    { is: "press-join", words: { name: "Nora", message: "" } },
    { is: "press-cancel" },
    { is: "press-again" },
    { is: "press-leave" },
    { is: "press-continue" },
    { is: "press-now" },
    { is: "press-ask-as" },
    { is: "let-in", entry: ENTRY },
    { is: "knocking", knock: aKnock() },
    { is: "turned-away", trouble: trouble("unreachable") },
    { is: "knock", knock: aKnock() },
    { is: "line", line: "lost" },
    { is: "knock-unknown" },
    { is: "connected" },
    { is: "connect-failed" },
    { is: "kept-out" },
    { is: "interrupted" },
    { is: "mended" },
    { is: "dropped", reason: 9 },
    { is: "over", reason: "ended", by: null },
    { is: "meeting-unknown" },
    { is: "woke" },
    { is: "tick" },
  ];
  const PLACES = Object.keys(TABLE) as Place[];

  test.each(PLACES)("%s: a pair that is absent changes nothing", (place) => {
    const visit = aVisit(place);
    for (const event of EVENTS.filter((event) => !(event.is in TABLE[place]))) {
      expect(step(visit, event, NOW)).toEqual([visit]);
    }
  });

  // In the others somebody has asked, or was in.
  const BEFORE = PLACES.filter(
    (place) => !["asking", "joining", "meeting", "reconnecting", "service-down", "no-media"].includes(place),
  );

  test.each(BEFORE)("%s: nobody who has not asked is ever asked for", (place) => {
    for (const visit of [aVisit(place), aVisit(place, { retryAt: NOW })]) {
      for (const event of EVENTS.filter((event) => !event.is.startsWith("press-"))) {
        const [, ...effects] = step(visit, event, NOW);
        expect(asks(effects)).toBe(false);
      }
    }
  });

  test.each(PLACES)("%s: no event throws, whatever is known", (place) => {
    for (const visit of [aVisit(place), admitted(place), inside({ place }), aMember(place), aVisit(place, { link: null })]) {
      for (const event of EVENTS) expect(step(visit, event, NOW)[0].place in TABLE).toBe(true);
    }
  });

  test("only what counts or waits needs ticks", () => {
    expect(still(aVisit("prejoin"))).toBe(true);
    expect(still(aVisit("waiting"))).toBe(false);
    expect(still(aVisit("full", { retryAt: NOW }))).toBe(false);
  });
});
