// What stands on the desktop of whoever looks elsewhere, and what does not once their screen is shared.
import { beforeEach, expect, test, vi } from "vitest";
import { choose } from "../sound/choices.ts";
import { aKnock } from "./a-knock.ts";
import { Notifications } from "./notifications.ts";

/** Everything that was shown, as title and text, and whether it is there still. */
let desktop: { said: string; tag: string; silent: boolean; closed: boolean; press(): void }[];
let focused: number;

class OnDesktop {
  static permission = "granted";
  onclick: (() => void) | null = null;
  readonly #shown;

  constructor(title: string, { body, tag, silent }: { body: string; tag: string; silent: boolean }) {
    this.#shown = { said: `${title}|${body}`, tag, silent, closed: false, press: () => this.onclick?.() };
    desktop.push(this.#shown);
  }

  close(): void {
    this.#shown.closed = true;
  }
}

const there = (): string[] => desktop.filter(({ closed }) => !closed).map(({ said }) => said);

beforeEach(() => {
  desktop = [];
  focused = 0;
  OnDesktop.permission = "granted";
  vi.stubGlobal("Notification", OnDesktop);
  vi.stubGlobal("window", { Notification: OnDesktop, focus: () => (focused += 1) });
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
  choose("notifications", true);
});

const nora = aKnock({ id: "k1", name: "Nora Adams", message: "Hello" });
const ben = aKnock({ id: "k2", name: "Ben" });

test("says who it is, who they are and what they wrote", () => {
  new Notifications().show(nora, false, true);
  expect(desktop).toMatchObject([{ said: "Nora Adams is at your door|No account\n“Hello”", tag: "door/k1", silent: true }]);
});

test("says nothing of them while the screen is shared", () => {
  new Notifications().show(nora, true, false);
  expect(there()).toEqual(["Somebody is at your door|"]);
});

test("of somebody does not stay when the screen begins to be shared", () => {
  const notifications = new Notifications();
  notifications.show(nora, false, false);
  notifications.show(ben, false, false);
  notifications.hideNames();
  expect(there()).toEqual([]);
  // Who rings from now on is told, without a name.
  notifications.show(ben, true, false);
  expect(there()).toEqual(["Somebody is at your door|"]);
});

test("of a crowd names nobody, comes once and stays when the screen is shared", () => {
  const notifications = new Notifications();
  notifications.crowd(12, false);
  notifications.crowd(13, false);
  notifications.hideNames();
  expect(there()).toEqual(["12 people are waiting|"]);
  notifications.keep([], false);
  expect(there()).toEqual([]);
});

test("goes when its knock does not ring any more", () => {
  const notifications = new Notifications();
  for (const one of [nora, ben]) notifications.show(one, false, false);
  notifications.keep([{ ...nora, held: true }, ben]);
  expect(there()).toEqual(["Ben is at your door|No account"]);
});

test("that is pressed brings the page to the front and goes", () => {
  new Notifications().show(nora, false, false);
  desktop[0]?.press();
  expect([focused, there()]).toEqual([1, []]);
});

test.each([
  ["nobody asked for it", () => choose("notifications", false)],
  ["the browser does not allow it", () => (OnDesktop.permission = "denied")],
  ["the browser knows none", () => vi.stubGlobal("window", {})],
])("does not come where %s", (_what, without) => {
  without();
  const notifications = new Notifications();
  notifications.show(nora, false, false);
  notifications.crowd(12, false);
  expect(desktop).toEqual([]);
});
