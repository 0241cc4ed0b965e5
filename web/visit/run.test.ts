// How a visit is lived: one question at a time, one connection at a time, the clock only while it counts.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Problem } from "../api/client.ts";
import type { Entry, GuestKnock, LinkView } from "../api/shapes.ts";
import { type KnockHearing, type MediaHearing, type MeetingHearing, type Outside, Run, troubleOf } from "./run.ts";
import { begin, type Place, type Visit } from "./state.ts";

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
const ENTRY: Entry = {
  livekit_url: "ws://sfu",
  token: "secret",
  identity: "seat-1",
  name: "Nora",
  role: "guest",
  meeting: "m1",
  expires_at: "2026-01-01T00:01:00.000Z",
};

interface Call {
  close(): void;
}

/** A world in which every question stays open until the test answers it. */
class World implements Outside<Call> {
  told: string[] = [];
  questions: { what: string; answer: (value: never) => void; refuse: (error: unknown) => void }[] = [];
  knock!: KnockHearing;
  meeting!: MeetingHearing;
  media: MediaHearing[] = [];
  connections: { done: () => void; fail: (why?: Error) => void }[] = [];
  closed: string[] = [];
  time = 0;

  #question<Answer>(what: string): Promise<Answer> {
    return new Promise((answer, refuse) => this.questions.push({ what, answer, refuse }));
  }
  look = (): Promise<LinkView> => this.#question("look");
  ask = (): Promise<{ knock: GuestKnock }> => this.#question("ask");
  fetchEntry = (knock: string): Promise<{ entry: Entry }> => this.#question(`entry ${knock}`);
  withdraw = (knock: string): Promise<undefined> => this.#question(`withdraw ${knock}`);
  leave = (meeting: string, identity: string): void => void this.told.push(`leave ${meeting} ${identity}`);
  prepare = (): void => undefined;
  remember = (): void => undefined;
  chime = (): void => void this.told.push("chime");
  now = (): number => this.time;

  listen(knock: string, hearing: KnockHearing): Call {
    this.knock = hearing;
    return { close: () => this.closed.push(knock) };
  }
  listenToMeeting(meeting: string, hearing: MeetingHearing): Call {
    this.meeting = hearing;
    return { close: () => this.closed.push(meeting) };
  }
  async call(hearing: MediaHearing): Promise<{ call: Call; connect: () => Promise<void> }> {
    const number = this.media.push(hearing);
    const connect = (): Promise<void> =>
      new Promise((done, fail) => this.connections.push({ done, fail: (why = new Error("wss://sfu?access_token=secret")) => fail(why) }));
    return { call: { close: () => this.closed.push(`call ${number}`) }, connect };
  }

  answer(what: string, value: unknown): Promise<void> {
    this.questions.find((question) => question.what === what)?.answer(value as never);
    return settled();
  }
}

/** Long enough for every promise that is not waiting for somebody. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

function living(place: Place, changed: Partial<Visit> = {}): { run: Run<Call>; world: World; changes: () => number } {
  const world = new World();
  let count = 0;
  const run = new Run({ ...begin(null, null, "Nora"), link: LINK, place, ...changed }, world, () => (count += 1));
  return { run, world, changes: () => count };
}

async function inMeeting(): Promise<{ run: Run<Call>; world: World }> {
  const knock: GuestKnock = { ...KNOCK, state: "entered" };
  const { run, world } = living("joining", { knock, mark: { knock: "k1", in: false }, asked: true });
  run.send({ is: "let-in", entry: ENTRY });
  await settled();
  world.connections[0]?.done();
  await settled();
  expect(run.visit.place).toBe("meeting");
  return { run, world };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a question", () => {
  test("is answered into the table", async () => {
    const { run, world } = living("loading");
    run.send({ is: "start" });
    await world.answer("look", LINK);
    expect(run.visit.place).toBe("prejoin");
  });

  test("that was overtaken by a later one counts for nothing", async () => {
    const { run, world } = living("loading");
    run.send({ is: "start" });
    run.send({ is: "looked", link: LINK });
    run.send({ is: "press-join", words: { name: "Nora", message: "" } });
    await world.answer("look", { ...LINK, state: "full" });
    expect(run.visit.place).toBe("asking");
    await world.answer("ask", { knock: KNOCK });
    expect(run.visit.place).toBe("waiting");
  });

  test("refused or lost is a trouble with the server's words", () => {
    const body = { type: "/problems/meeting-full", title: "", status: 409, detail: "Full.", retry_after: 9 };
    expect(troubleOf(new Problem(body))).toEqual({ name: "meeting-full", detail: "Full.", errors: [], retry_after: 9 });
    expect(troubleOf(new TypeError("fetch"))).toMatchObject({ name: "unreachable" });
  });

  test("under an account's name waits until the old knock is withdrawn", async () => {
    const account = { id: "a", name: "Anna" };
    const { run, world } = living("waiting", { knock: KNOCK, account });
    run.send({ is: "press-ask-as" });
    expect(world.questions.map((one) => one.what)).toEqual(["withdraw k1"]);
    await world.answer("withdraw k1", undefined);
    expect(world.questions.map((one) => one.what)).toEqual(["withdraw k1", "ask"]);
  });
});

describe("the clock", () => {
  test("runs only while something counts, and goes on by itself", async () => {
    const { run, world, changes } = living("loading");
    expect(vi.getTimerCount()).toBe(0);
    run.send({ is: "looked", link: { ...LINK, state: "full" } });
    expect(run.seconds).toBe(20);
    world.time = 8_500;
    vi.advanceTimersByTime(1000);
    expect(run.seconds).toBe(12);
    expect(changes()).toBe(2);
    world.time = 20_000;
    vi.advanceTimersByTime(1000);
    expect(world.questions.map((one) => one.what)).toEqual(["look"]);
    await world.answer("look", LINK);
    expect(run.visit.place).toBe("prejoin");
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("the door's stream", () => {
  test("is heard while waiting and closed when it opens", async () => {
    const { run, world } = living("asking");
    run.send({ is: "knocking", knock: KNOCK });
    world.knock.line("lost");
    expect(run.visit.line).toBe("lost");
    world.knock.knock({ ...KNOCK, state: "admitted" });
    expect(world.told).toEqual(["chime"]);
    expect(world.closed).toEqual(["k1"]);
    await world.answer("entry k1", { entry: ENTRY });
    expect(world.media).toHaveLength(1);
  });
});

describe("a connection", () => {
  test("that is made is the meeting; what ends it is heard", async () => {
    const { run, world } = await inMeeting();
    expect(run.call).not.toBeNull();
    world.meeting.over("ended", "Olga");
    expect(run.visit).toMatchObject({ place: "ended", by: "Olga" });
    expect(run.call).toBeNull();
    expect(world.closed).toEqual(expect.arrayContaining(["m1", "call 1"]));
  });

  test("is shown from its beginning: the stage behind the door stands before the first picture comes", async () => {
    const { run, world, changes } = living("joining");
    run.send({ is: "let-in", entry: ENTRY });
    const before = changes();
    await settled();
    expect(world.connections).toHaveLength(1);
    expect(run.call).not.toBeNull();
    expect(changes()).toBe(before + 1);
  });

  test("that fails says nothing of it anywhere", async () => {
    const said = (["log", "warn", "error", "info", "debug"] as const).map((how) => vi.spyOn(console, how));
    const { run, world } = living("joining", { knock: { ...KNOCK, state: "admitted" } });
    run.send({ is: "let-in", entry: ENTRY });
    await settled();
    world.connections[0]?.fail();
    await settled();
    expect(run.visit.failures).toBe(1);
    for (const spy of said) expect(spy).not.toHaveBeenCalled();
  });

  test("that is not accepted is told apart from one that failed", async () => {
    const keptOut = Object.assign(new Error(), { name: "KeptOut" });
    const { run, world } = living("joining", { knock: { ...KNOCK, state: "admitted" } });
    run.send({ is: "let-in", entry: ENTRY });
    await settled();
    world.connections[0]?.fail(keptOut);
    await settled();
    await world.answer("entry k1", { entry: { ...ENTRY, token: "fresh" } });
    world.connections[1]?.fail(keptOut);
    await settled();
    expect(run.visit).toMatchObject({ place: "service-down", trouble: { name: "kept-out" } });
  });

  test("that is dropped is followed by a new one, and the old one is heard no more", async () => {
    const { run, world } = await inMeeting();
    world.media[0]?.dropped(9);
    expect(run.visit.place).toBe("reconnecting");
    await world.answer("entry k1", { entry: { ...ENTRY, token: "fresh" } });
    expect(world.media).toHaveLength(2);
    world.media[0]?.dropped(2);
    expect(run.visit.place).toBe("reconnecting");
    world.connections[1]?.done();
    await settled();
    expect(run.visit.place).toBe("meeting");
  });

  test("that is cancelled while it is made is closed when it comes", async () => {
    const { run, world } = living("joining");
    run.send({ is: "let-in", entry: ENTRY });
    run.send({ is: "press-cancel" });
    await settled();
    expect(run.visit.place).toBe("prejoin");
    expect(world.closed).toContain("call 1");
    expect(world.told).toEqual(["leave m1 seat-1"]);
  });

  test("that is left tells the server, then lets go", async () => {
    const { run, world } = await inMeeting();
    run.send({ is: "press-leave" });
    expect(world.told).toEqual(["leave m1 seat-1"]);
    expect(world.closed).toContain("call 1");
  });
});
