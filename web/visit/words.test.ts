// Every state of a visit has words, and none of them is jargon.
import { describe, expect, test } from "vitest";
import type { GuestKnock, LinkView } from "../api/shapes.ts";
import { begin, type Place, TABLE, type Trouble, type Visit } from "./state.ts";
import { pieces, say } from "./words.ts";

const LINK: LinkView = {
  owner: { name: "Olga" },
  workspace: { name: "Acme", logo: null, accent: null, privacy_url: null },
  enters: "knock",
  state: "open",
  waiting_message: "",
  contributions: "kept",
  knock: null,
};
const KNOCK: GuestKnock = {
  id: "k1",
  state: "waiting",
  name: "Nora",
  message: "",
  since: "2026-01-01T00:00:00.000Z",
  reach: "ringing",
  held: false,
  reply: null,
  reason: null,
};
const MEMBER: Partial<Visit> = { link: { ...LINK, enters: "directly" }, account: { id: "a", name: "Anna Berg" } };

function said(place: Place, changed: Partial<Visit> = {}, seconds: number | null = null): string {
  const { heading, lines, quote, buttons } = say({ ...begin(null, null, ""), link: LINK, place, ...changed }, "Olga", seconds);
  const labels = buttons.map((one) => `[${one.label}]`).join(" ");
  return [heading, ...lines, quote === null ? "" : `“${quote}”`, labels].filter(Boolean).join(" ");
}

const waiting = (knock: Partial<GuestKnock>, changed: Partial<Visit> = {}): string =>
  said("waiting", { knock: { ...KNOCK, ...knock }, ...changed });
const trouble = (name: string): Trouble => ({ name, detail: "", errors: [], retry_after: null });
const DOOR = "Meeting with Olga";

test.each<[string, string, string]>([
  ["nobody has been told", said("prejoin"), `${DOOR} Nobody has been told yet. Press *Ask to join* when you are ready.`],
  ["a colleague", said("prejoin", MEMBER), DOOR],
  [
    "let in on another page",
    said("prejoin", { knock: { ...KNOCK, state: "admitted" } }),
    `${DOOR} Olga let you in. Press *Join now* when you are ready.`,
  ],
  ["too often", said("prejoin", { trouble: trouble("too-many-requests") }, 12), `${DOOR} Many people are asking at the moment. You can ask again in 12 s.`],
  ["nobody reached", waiting({ reach: "nobody" }), `${DOOR} Olga has no page open at the moment. Your request waits here and shows as soon as they are back. [Cancel]`],
  ["ringing", waiting({ reach: "ringing" }), `${DOOR} We are ringing at Olga’s door. [Cancel]`],
  ["seen", waiting({ reach: "seen" }), `${DOOR} Olga has seen your request. [Cancel]`],
  ["held with a word", waiting({ held: true, reply: "Two minutes." }), `${DOOR} Olga knows that you are here: “Two minutes.” [Cancel]`],
  ["held without a word", waiting({ held: true }), `${DOOR} Olga knows that you are here and asks you to wait a moment. [Cancel]`],
  ["line lost", waiting({}, { line: "lost" }), `${DOOR} Your connection is interrupted. You keep your place; we are trying again. [Cancel]`],
  ["signed in while waiting", waiting({}, { account: { id: "a", name: "Anna Berg" } }), `${DOOR} We are ringing at Olga’s door. [Ask again as Anna Berg] [Cancel]`],
  ["let in", said("joining", { knock: { ...KNOCK, state: "admitted" } }), `${DOOR} Olga let you in. Joining… [Cancel]`],
  ["a colleague joins", said("joining", MEMBER), `${DOOR} Joining… [Cancel]`],
  ["refused", said("refused", { knock: { ...KNOCK, state: "refused", reason: "Tomorrow." } }), "Olga can’t take your call right now. You can ask again. “Tomorrow.” [Ask again]"],
  ["full", said("full", {}, 20), "This meeting is full. We try again by ourselves in 20 s. [Try now]"],
  ["full, looking", said("full"), "This meeting is full. We are looking again now. [Try now]"],
  ["full for who was let in", said("full", { knock: { ...KNOCK, state: "admitted" } }, 3), "This meeting is full. We try again by ourselves in 3 s. [Try now] [Cancel]"],
  ["locked", said("locked", {}, 20), "This meeting is not taking new visitors now. We look again in 20 s. [Try now]"],
  ["closed", said("closed", {}, 20), "This meeting is not taking new visitors now. We look again in 20 s. [Try now]"],
  ["never came", said("never-came"), "Olga let you in, but you did not arrive in time. You can ask again. [Ask again]"],
  ["away too long", said("away"), "Your request has ended. You can ask again. [Ask again]"],
  ["removed", said("removed"), "You were taken out of the meeting. You can ask again. [Ask again]"],
  ["a member removed", said("removed", MEMBER), "You were taken out of the meeting. You can join again. [Join again]"],
  ["left", said("left"), "You left the meeting. [Ask again]"],
  ["cut off", said("cut-off"), "Your connection was lost for too long. You can ask again. [Ask again]"],
  ["taken back", said("taken-back"), "Olga took the invitation back. You can ask again. [Ask again]"],
  ["asked elsewhere", said("asked-elsewhere"), "You asked from another page. [Ask from here]"],
  ["link changed", said("link-changed"), "This link has changed. Ask Olga for the new one."],
  ["closed for good", said("closed-for-good"), "This link is no longer in use."],
  ["ended by somebody", said("ended", { by: "Ben" }), "Ben ended the meeting. [Ask again]"],
  ["ended by oneself", said("ended", { ...MEMBER, by: "Anna Berg" }), "You ended the meeting. [Join again]"],
  ["ended", said("ended"), "The meeting has ended. [Ask again]"],
  ["not found", said("not-found"), "There is no meeting behind this link. Ask the person who sent it for a new one."],
  [
    "service down, let in",
    said("service-down", { knock: { ...KNOCK, state: "admitted" }, trouble: trouble("sfu-unavailable") }, 5),
    `${DOOR} The video service is not answering. You keep your place; we try again in 5 s. [Cancel]`,
  ],
  [
    "service down, was in",
    said("service-down", { wasIn: true }, 5),
    "The video service is not answering. You keep your place; we try again in 5 s. [Try now] [Leave]",
  ],
  [
    "no media, let in",
    said("no-media", { knock: { ...KNOCK, state: "admitted" } }, 10),
    `${DOOR} Olga let you in, but neither sound nor picture comes through. Try another network, such as your phone’s, or another browser. Some networks and VPNs hold video calls back. You keep your place; we try again in 10 s. [Try now] [Cancel]`,
  ],
  [
    "no media, was in",
    said("no-media", { wasIn: true }),
    "Neither sound nor picture comes through. Try another network, such as your phone’s, or another browser. Some networks and VPNs hold video calls back. We are trying again now. [Try now] [Leave]",
  ],
  ["not accepted", said("service-down", { wasIn: true, trouble: trouble("kept-out") }, 5), "The video service did not accept your entry. You keep your place; we try again in 5 s. [Try now] [Leave]"],
  ["offline before asking", said("service-down", { trouble: trouble("unreachable") }, 5), `${DOOR} Your connection is interrupted. We try again in 5 s. [Cancel]`],
  ["continue here", said("continue-here"), "You joined from another page. [Continue here]"],
])("%s", (_state, words, expected) => {
  expect(words).toBe(expected);
});

test.each(Object.keys(TABLE) as Place[])("%s has a heading and a title, and no jargon", (place) => {
  const { heading, title, lines, buttons } = say({ ...begin(null, null, ""), link: LINK, place }, "Olga", 5);
  expect(heading).not.toBe("");
  expect(title).not.toBe("");
  const all = [heading, title, ...lines, ...buttons.map((one) => one.label)].join(" ");
  expect(all).not.toMatch(/token|SFU|session|room|error|identity|LiveKit/i);
});

test.each(Object.keys(TABLE) as Place[])("%s offers only buttons that do something there", (place) => {
  const visits: Partial<Visit>[] = [{}, MEMBER, { wasIn: true }, { knock: KNOCK, ...MEMBER, link: LINK }];
  for (const changed of visits) {
    const visit = { ...begin(null, null, ""), link: LINK, place, ...changed };
    for (const { press } of say(visit, "Olga", 5).buttons) expect(TABLE[place]).toHaveProperty(press);
  }
});

describe("the tab's title", () => {
  test.each<[Place, Partial<Visit>, string]>([
    ["prejoin", {}, "Meeting with Olga"],
    ["waiting", { knock: KNOCK }, "Waiting for Olga"],
    ["joining", { knock: { ...KNOCK, state: "admitted" } }, "● Olga let you in"],
    ["meeting", {}, "Meeting with Olga"],
    ["left", {}, "You left the meeting"],
  ])("%s %o is “%s”", (place, changed, title) => {
    expect(say({ ...begin(null, null, ""), link: LINK, place, ...changed }, "Olga").title).toBe(title);
  });
});

test.each([
  ["Press *Ask to join* now", ["Press ", "Ask to join", " now"]],
  ["A*B let you in", ["A*B let you in"]],
  ["A*B let you in. Press *Join now*.", ["A*B let you in. Press *Join now*."]],
])("%s has its labels told apart", (line, parts) => {
  expect(pieces(line)).toEqual(parts);
});
