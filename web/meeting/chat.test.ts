// The chat takes what people write, from whom it comes, and no more of it than a page can bear.
import { describe, expect, test } from "vitest";
import {
  begin,
  cameBack,
  type Chat,
  cleaned,
  continues,
  fault,
  hear,
  KEPT,
  kept,
  LENGTH,
  type Line,
  readAll,
  recalled,
  type Sender,
  settle,
  write,
} from "./chat.ts";

const NORA: Sender = { identity: "n1", name: "Nora", visitor: true };
const OLGA: Sender = { identity: "o1", name: "Olga", visitor: false };
const ME: Sender = { identity: "m1", name: "Max", visitor: false };

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function says(chat: Chat, from: Sender, text: string, at = 0, reading = false): Chat {
  return hear(chat, from, bytes(text), at, reading);
}

/** Each line in a word or two. */
function drawn(chat: Chat): string[] {
  return chat.lines.map((line) => {
    if (line.is === "missed") return "(missed)";
    if (line.is === "flood") return `(${line.from.name} flooded ${line.count})`;
    return `${line.from.name}${line.from.visitor ? ", visitor" : ""}: ${line.text}${line.cut ? " (cut)" : ""}`;
  });
}

describe("a message", () => {
  test("comes from whom LiveKit says, whatever it says of itself", () => {
    const pretended = JSON.stringify({ from: "Olga", name: "Olga", role: "moderator", text: "Send me your password" });
    expect(drawn(says(begin(0), NORA, pretended))).toEqual([`Nora, visitor: ${pretended}`]);
  });

  test.each([
    ["<script>alert(1)</script>", "<script>alert(1)</script>"],
    ["  two  \n lines \n", "two\n lines"],
    ["a\r\nb\rc\u2028d", "a\nb\nc\nd"],
    ["a\n\n\n\n\nb", "a\n\nb"],
    ["left \u202egnihton\u202c right", "left gnihton right"],
    ["be\u0000ll\u0007\u001b[31m", "bell[31m"],
    ["e\u0301 stays, 👩‍⚕️ too", "e\u0301 stays, 👩‍⚕️ too"],
    [`a${"\u0301".repeat(40)}b`, `a${"\u0301".repeat(6)}b`],
  ])("%j is shown as %j", (written, shown) => {
    expect(cleaned(written)).toEqual({ text: shown, cut: false });
  });

  test.each([
    ["too long", "x".repeat(LENGTH + 1), "x".repeat(LENGTH)],
    ["too long by half a character", `${"x".repeat(LENGTH - 1)}😀`, "x".repeat(LENGTH - 1)],
    ["of too many lines", Array.from({ length: 90 }, (_, n) => n).join("\n"), Array.from({ length: 80 }, (_, n) => n).join("\n")],
  ])("%s is cut, and says so", (_what, written, shown) => {
    expect(cleaned(written)).toEqual({ text: shown, cut: true });
  });

  test("a whole packet of garbage is cut before it is read", () => {
    const chat = hear(begin(0), NORA, new Uint8Array(60_000).fill(0x41), 0, false);
    expect(chat.lines[0]).toMatchObject({ cut: true, text: "A".repeat(LENGTH) });
  });

  test.each(["", "   \n ", "\u202e\u0000"])("%j is none", (nothing) => {
    expect(says(begin(0), NORA, nothing)).toMatchObject({ lines: [], unread: 0 });
  });
});

describe("unread", () => {
  test("counts what others wrote until it is read", () => {
    let chat = says(says(begin(0), NORA, "one"), OLGA, "two");
    expect(chat.unread).toBe(2);
    chat = readAll(chat);
    expect(chat.unread).toBe(0);
    expect(says(chat, NORA, "three", 0, true).unread).toBe(0);
    expect(write(chat, ME, "mine", 0).chat.unread).toBe(0);
    expect(cameBack(chat, 1).unread).toBe(0);
  });
});

describe("one's own message", () => {
  test("is on its way until it arrived or failed", () => {
    const { chat, message } = write({ ...begin(0), draft: "Hello " }, ME, "Hello ", 5);
    expect(message).toMatchObject({ text: "Hello", mine: true, at: 5, state: "sending" });
    expect(chat.draft).toBe("");
    expect(settle(chat, message.key, "failed").lines[0]).toMatchObject({ state: "failed" });
    expect(settle(chat, message.key, "sent").lines[0]).toMatchObject({ state: "sent" });
  });

  test.each<[string, string | null]>([
    ["Hello", null],
    [" \n", "empty"],
    ["x".repeat(LENGTH), null],
    ["x".repeat(LENGTH + 1), "long"],
  ])("%# may not be sent when it is empty or too long", (text, why) => {
    expect(fault(begin(0), text, 0)).toBe(why);
  });

  test("waits when five went at once, and for a second after each", () => {
    let chat = begin(0);
    for (let n = 0; n < 5; n += 1) chat = write(chat, ME, `${n}`, 0).chat;
    expect(fault(chat, "more", 0)).toBe("fast");
    expect(fault(chat, "more", 999)).toBe("fast");
    expect(fault(chat, "more", 1_000)).toBeNull();
    chat = write(chat, ME, "more", 1_000).chat;
    expect(fault(chat, "still more", 1_500)).toBe("fast");
    // A clock that was set back takes nothing away for longer.
    expect(fault(chat, "still more", 0)).toBe("fast");
    expect(fault(chat, "still more", 2_000)).toBeNull();
  });
});

describe("a flood", () => {
  const flood = (chat: Chat, count: number, at = 0): Chat =>
    Array.from({ length: count }, (_, n) => n).reduce((before, n) => says(before, NORA, `${n}`, at), chat);

  test("is taken up to twenty at once; the rest is one line", () => {
    const chat = flood(begin(0), 500);
    expect(chat.lines).toHaveLength(21);
    expect(drawn(chat).at(-1)).toBe("(Nora flooded 480)");
    expect(chat.unread).toBe(20);
  });

  test("is not taken up again while it goes on", () => {
    let chat = begin(0);
    for (let at = 0; at < 60_000; at += 100) chat = says(chat, NORA, "spam", at);
    expect(chat.lines.length).toBeLessThan(25);
    expect(drawn(says(chat, NORA, "sorry", 61_000)).at(-1)).toBe("Nora, visitor: sorry");
  });

  test("takes nothing from the others, and its sender may go on at a bearable pace", () => {
    let chat = says(flood(begin(0), 30), OLGA, "Please stop");
    chat = flood(chat, 3, 1_000);
    expect(drawn(chat).slice(-4)).toEqual(["(Nora flooded 10)", "Olga: Please stop", "Nora, visitor: 0", "(Nora flooded 2)"]);
  });

  test("pushes out its own messages, not those of others", () => {
    let chat = says(begin(0), OLGA, "Agenda");
    for (let n = 0; n < KEPT + 100; n += 1) chat = says(chat, NORA, `${n}`, n * 1_000);
    expect(chat.lines).toHaveLength(KEPT);
    expect(drawn(chat)[0]).toBe("Olga: Agenda");
    expect(drawn(chat).at(-1)).toBe(`Nora, visitor: ${KEPT + 99}`);
  });
});

describe("what was written while the page was away is not here, which one line says", () => {
  test.each<[string, (chat: Chat) => Chat, string[]]>([
    ["after messages", (chat) => cameBack(says(chat, OLGA, "Hi"), 5), ["Olga: Hi", "(missed)"]],
    ["once for several times in a row", (chat) => cameBack(cameBack(chat, 5), 9), ["(missed)"]],
    ["again after more messages", (chat) => cameBack(says(cameBack(chat, 5), OLGA, "Hi"), 9), ["(missed)", "Olga: Hi", "(missed)"]],
  ])("%s", (_when, happens, lines) => {
    const chat = happens(begin(0));
    expect(drawn(chat)).toEqual(lines);
    expect(new Set(chat.lines.map(({ key }) => key)).size).toBe(lines.length);
  });
});

describe("a message stands below the name of the one before", () => {
  const line = (from: Sender, at: number, changed: Partial<Line> = {}): Line =>
    ({ is: "message", key: at, from, mine: false, text: "x", at, cut: false, state: "sent", ...changed }) as Line;
  test.each<[string, Line, Line | undefined, boolean]>([
    ["of the same person, soon after", line(NORA, 60_000), line(NORA, 0), true],
    ["not much later", line(NORA, 300_000), line(NORA, 0), false],
    ["not of another", line(NORA, 1), line(OLGA, 0), false],
    ["not of one with the same name", line({ ...OLGA, identity: "x" }, 1), line(OLGA, 0), false],
    ["not of one who became another", line({ ...NORA, visitor: false }, 1), line(NORA, 0), false],
    ["not below another line", line(NORA, 1), { is: "missed", key: 0, at: 0 }, false],
    ["not as the first", line(NORA, 1), undefined, false],
  ])("%s", (_when, now, before, together) => {
    expect(continues(now, before)).toBe(together);
  });
});

describe("over a reload", () => {
  test("everything is as it was; what was on its way has not arrived", () => {
    const { chat } = write(says(begin(7), NORA, "Hello"), ME, "Hi", 9);
    const back = recalled(kept({ ...chat, draft: "half a thou" }));
    expect(back).toMatchObject({ since: 7, unread: 1, draft: "half a thou" });
    expect(back?.lines.map((line) => (line.is === "message" ? line.state : line.is))).toEqual(["sent", "failed"]);
    expect(back === null ? 0 : says(back, NORA, "again").lines.at(-1)?.key).toBe(3);
  });

  test.each([null, "", "{}", "[]", "null", '{"since":1,"lines":{}}'])("%j is nothing", (text) => {
    expect(recalled(text)).toBeNull();
  });
});
