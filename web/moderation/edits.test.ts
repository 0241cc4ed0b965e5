import { describe, expect, test } from "vitest";
import { aSetup } from "./a-room.ts";
import { begin, collided, edit, failed, heard, refused, saved, sending, shown, toSend } from "./edits.ts";

describe("a set-up that is edited", () => {
  test("is sent as it is changed, with the version that was read", () => {
    const edits = edit(begin(aSetup({ version: 4 })), "chat", "moderators");
    expect(toSend(edits)).toEqual({ chat: "moderators", version: 4 });
    expect(shown(sending(edits)).chat).toBe("moderators");
    expect(toSend(sending(edits))).toBeNull();
  });

  test("what is changed while a call is on its way goes with the next, of the newer version", () => {
    let edits = sending(edit(begin(aSetup()), "chat", "moderators"));
    edits = edit(edits, "locked", true);
    expect(toSend(edits)).toBeNull();
    edits = saved(edits, aSetup({ version: 2, chat: "moderators" }));
    expect(toSend(edits)).toEqual({ locked: true, version: 2 });
  });

  test("that somebody else changed at the same time: theirs is shown, the person’s other edits are kept and sent", () => {
    let edits = edit(edit(begin(aSetup()), "microphone", "moderators"), "subject", "Plans");
    edits = sending(edits);
    edits = edit(edits, "locked", true);
    const theirs = aSetup({ version: 3, microphone: "moderators", camera: "moderators", changed_by: { microphone: "Colin" } });
    edits = collided(edits, theirs);
    expect(edits.taken).toEqual({ microphone: "Colin" });
    expect(shown(edits)).toMatchObject({ microphone: "moderators", camera: "moderators", subject: "Plans", locked: true });
    expect(toSend(edits)).toEqual({ subject: "Plans", locked: true, version: 3 });
  });

  test("theirs is first also where it was heard of while one’s own was on its way, or could not be sent", () => {
    const theirs = aSetup({ version: 2, subject: "Theirs", changed_by: { subject: "Colin" } });
    const onItsWay = heard(sending(edit(begin(aSetup()), "subject", "Mine")), theirs);
    const again = heard(failed(sending(edit(begin(aSetup()), "subject", "Mine"))), theirs);
    expect(toSend(again)).toEqual({ subject: "Mine", version: 1 });
    for (const edits of [onItsWay, sending(again)]) {
      const after = collided(edits, theirs);
      expect([after.taken, shown(after).subject, toSend(after)]).toEqual([{ subject: "Colin" }, "Theirs", null]);
      expect(toSend(edit(after, "subject", "Mine"))).toEqual({ subject: "Mine", version: 2 });
    }
  });

  test("a field that is chosen again after somebody else changed it is the person’s", () => {
    let edits = collided(sending(edit(begin(aSetup()), "seats", 6)), aSetup({ version: 2, seats: 8 }));
    expect(edits.taken).toEqual({ seats: null });
    edits = edit(edits, "seats", 6);
    expect([edits.taken, toSend(edits)]).toEqual([{}, { seats: 6, version: 2 }]);
  });

  test("a field that is refused is as before, with the reason; what else was sent is sent again", () => {
    let edits = sending(edit(edit(begin(aSetup()), "seats", 40), "chat", "moderators"));
    edits = refused(edits, { seats: "This is not a value that fits here." });
    expect(shown(edits).seats).toBe(12);
    expect(edits.wrong).toEqual({ seats: "This is not a value that fits here." });
    expect(toSend(edits)).toEqual({ chat: "moderators", version: 1 });
  });

  test("refused as a whole, nothing is sent again by itself", () => {
    const edits = refused(sending(edit(begin(aSetup()), "chat", "moderators")), {});
    expect([toSend(edits), shown(edits).chat]).toEqual([null, "everyone"]);
  });

  test("what did not arrive is still to be sent, under what was chosen since", () => {
    let edits = sending(edit(begin(aSetup()), "subject", "One"));
    edits = failed(edit(edits, "subject", "Two"));
    expect(toSend(edits)).toEqual({ subject: "Two", version: 1 });
  });

  test("what somebody else saves shows at once and leaves the person’s edits alone; old news changes nothing", () => {
    let edits = edit(begin(aSetup({ version: 2 })), "subject", "Mine");
    edits = heard(edits, aSetup({ version: 3, subject: "Theirs", locked: true }));
    expect(shown(edits)).toMatchObject({ subject: "Mine", locked: true });
    expect(heard(edits, aSetup({ version: 1 })).held.version).toBe(3);
  });
});
