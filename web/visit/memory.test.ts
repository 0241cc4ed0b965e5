// What a tab remembers over a reload, and how a copy of it is told from itself.
import { beforeEach, describe, expect, test } from "vitest";
import { isItself, type Locks, recall, remember, rememberDevices, stood } from "./memory.ts";

beforeEach(() => sessionStorage.clear());

describe("a tab's memory of a link", () => {
  test.each([
    [{ knock: "k1", in: true, as: "acc" }],
    [{ knock: "k1", in: false, as: null }],
    [{ knock: null, in: true }],
  ])("%o comes back", (mark) => {
    remember("kite-rose", mark);
    expect(recall("kite-rose")).toEqual(mark);
    expect(recall("KiteRose")).toEqual(mark);
    expect(recall("other")).toBeNull();
    remember("kite-rose", null);
    expect(recall("kite-rose")).toBeNull();
  });

  test.each(["", "{", "null", "7", '"k"'])("is nothing when it holds %s", (text) => {
    sessionStorage.setItem("visit:a", text);
    expect(recall("a")).toBeNull();
  });

  test("is nothing where storage is refused", () => {
    const refusing = new Proxy({} as Storage, {
      get: () => () => {
        throw new DOMException("denied", "SecurityError");
      },
    });
    expect(() => remember("a", { knock: null, in: true }, refusing)).not.toThrow();
    expect(recall("a", refusing)).toBeNull();
  });
});

describe("how the devices stood", () => {
  const off = { meeting: "m1", microphone: false };

  test("is known to the tab that is in, and to no other link", () => {
    remember("kite-rose", { knock: "k1", in: true });
    rememberDevices("kite-rose", off);
    remember("kite-rose", { knock: "k1", in: true });
    expect(stood("KiteRose")).toEqual(off);
    expect(stood("other")).toBeNull();
  });

  test.each([
    ["left", null],
    ["was refused", { knock: "k1", in: false }],
  ])("is forgotten by the tab that %s", (_how, mark) => {
    rememberDevices("a", off);
    remember("a", mark);
    expect(stood("a")).toBeNull();
  });

  test.each([
    ["{", null],
    ['{"camera":true}', null],
    ['{"meeting":"m1","camera":1}', { meeting: "m1" }],
    ['{"meeting":"m1","camera":true}', { meeting: "m1", camera: true }],
  ])("where %s is kept is %o", (text, found) => {
    sessionStorage.setItem("devices:a", text);
    expect(stood("a")).toEqual(found);
  });
});

describe("a page", () => {
  /** Web Locks as a browser has them: a name is held by one page at a time. */
  function browser(): { page: () => Locks; free: () => void } {
    const held = new Set<string>();
    const page = (): Locks => ({
      async request(name, _options, callback) {
        if (held.has(name)) return callback(null);
        held.add(name);
        return callback({ name });
      },
    });
    return { page, free: () => held.clear() };
  }

  test("that is reloaded is itself", async () => {
    const { page, free } = browser();
    expect(await isItself(sessionStorage, page())).toBe(true);
    free();
    expect(await isItself(sessionStorage, page())).toBe(true);
  });

  test("that is still letting go while it is reloaded is itself", async () => {
    const { page, free } = browser();
    await isItself(sessionStorage, page());
    setTimeout(free, 30);
    expect(await isItself(sessionStorage, page())).toBe(true);
  });

  test("that was duplicated is another one, and the copy's own reload is the copy", async () => {
    const { page, free } = browser();
    await isItself(sessionStorage, page());
    const original = sessionStorage.getItem("visit-tab");
    expect(await isItself(sessionStorage, page())).toBe(false);
    expect(sessionStorage.getItem("visit-tab")).not.toBe(original);
    free();
    expect(await isItself(sessionStorage, page())).toBe(true);
  });

  test("in a browser without locks believes its memory", async () => {
    expect(await isItself(sessionStorage, undefined)).toBe(true);
  });
});
