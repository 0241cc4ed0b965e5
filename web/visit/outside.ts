// What a visit reaches outside the page: our server's calls and streams, LiveKit, the tab's memory, the sound.
import { call } from "../api/client.ts";
import type { VisitPage } from "../api/page.ts";
import type { Entry, GuestKnock, KnockEvents, LinkView, MeetingEvents } from "../api/shapes.ts";
import { Stream } from "../api/stream.ts";
import { loadPart } from "../i18n/index.ts";
import type { Call } from "../meeting/call.ts";
import type { Inside } from "../meeting/inside.ts";
import type { News } from "../meeting/news.ts";
import type { Devices } from "../prejoin/devices.ts";
import { chosen } from "../sound/choices.ts";
import { LET_IN, play } from "../sound/sounds.ts";
import { loaded } from "./build.ts";
import { remember } from "./memory.ts";
import type { Outside } from "./run.ts";

type Meeting = typeof import("./inside.ts");
let loading: Promise<Meeting> | null = null;

/** The meeting is larger than all the rest: it is loaded while the visitor chooses or waits. */
function meeting(): Promise<Meeting> {
  loading ??= load().catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function load(): Promise<Meeting> {
  const made = await loaded(async () => {
    // The list of people says of who waits what the doorbell says.
    await Promise.all([loadPart("doorbell"), loadPart("meeting")]);
    return import("./inside.ts");
  });
  made.define();
  return made;
}

/** `there`: told of what holds the chat, the hands and the reactions, before the first call begins. */
export function outside(page: VisitPage, devices: Devices, news: News, there: (inside: Inside) => void): Outside<Call> {
  const link = `/api/v1/links/${encodeURIComponent(page.slug)}`;
  const knocks = (id: string): string => `/api/v1/knocks/${encodeURIComponent(id)}`;
  const meetings = (id: string): string => `/api/v1/meetings/${encodeURIComponent(id)}`;
  let prepared = false;
  let inside: Inside | null = null;
  let inMeeting = "";
  return {
    look: () => call<LinkView>("GET", link),
    ask: ({ name, message }) =>
      call<{ entry: Entry } | { knock: GuestKnock }>("POST", `${link}/entry`, message === "" ? { name } : { name, message }),
    fetchEntry: (knock) => call<{ entry: Entry }>("POST", `${knocks(knock)}/entry`),
    withdraw: (knock) => call("DELETE", knocks(knock)),
    leave(meeting, identity) {
      // Goes out even when the page is closed the next moment.
      void fetch(`${meetings(meeting)}/leave`, {
        method: "POST",
        keepalive: true,
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ identity }),
      }).catch(() => undefined);
    },
    listen: (knock, hearing) =>
      new Stream<KnockEvents>(`${knocks(knock)}/events`, {
        on: { knock: hearing.knock },
        line: hearing.line,
        refused: hearing.refused,
      }),
    listenToMeeting(meeting, hearing) {
      news.begin();
      inMeeting = meeting;
      return new Stream<MeetingEvents>(`${meetings(meeting)}/events`, {
        on: { ...news.on, over: ({ reason, by }) => hearing.over(reason, by) },
        refused: hearing.refused,
      });
    },
    prepare() {
      if (prepared) return;
      prepared = true;
      meeting().then(
        ({ telephone }) => telephone.prepare(page.livekit_url),
        () => (prepared = false),
      );
    },
    async call(hearing) {
      const { arrive, Inside, telephone } = await meeting();
      inside ??= new Inside(news, { call, now: () => Date.now(), storage: sessionStorage });
      there(inside);
      const made = telephone.call(hearing, () => arrive(page.slug, inMeeting, news, devices));
      const connect = (entry: Entry): Promise<void> => {
        const connected = made.connect(entry);
        inside?.enters(entry, made.call.chat, connected);
        return connected;
      };
      return { call: made.call, connect };
    },
    remember: (mark) => remember(page.slug, mark),
    chime() {
      if (chosen("let-in")) void play(LET_IN);
    },
    now: () => Date.now(),
  };
}
