// A page of the build before reloads once, and only when that helps.
import { beforeEach, expect, test, vi } from "vitest";
import { isOurs, loaded, onReload, type Reload, reloadIfRebuilt } from "./build.ts";

const told: string[] = [];
const here = (now: string | null, storage: Storage = sessionStorage): Reload => ({
  served: async () => now,
  isOurs: (file) => file === "assets/visit-OLD.js",
  storage,
  reload: () => void told.push("reload"),
});
const keep = (): void => void told.push("keep");

beforeEach(() => {
  told.length = 0;
  sessionStorage.clear();
});

test("another build is there: what was asked for is kept, then the page reloads", async () => {
  expect(await reloadIfRebuilt(keep, here("assets/visit-NEW.js"))).toBe(true);
  expect(told).toEqual(["keep", "reload"]);
});

test.each([
  ["the server does not answer", null],
  ["it is the same build", "assets/visit-OLD.js"],
])("%s: a reload would not help", async (_why, now) => {
  expect(await reloadIfRebuilt(keep, here(now))).toBe(false);
  expect(told).toEqual([]);
});

test("once for each build", async () => {
  await reloadIfRebuilt(keep, here("assets/visit-NEW.js"));
  expect(await reloadIfRebuilt(keep, here("assets/visit-NEW.js"))).toBe(false);
  expect(await reloadIfRebuilt(keep, here("assets/visit-NEWER.js"))).toBe(true);
});

test("not at all where the browser remembers nothing", async () => {
  const forbidden = { getItem: vi.fn(() => { throw new Error("forbidden"); }) } as unknown as Storage;
  expect(await reloadIfRebuilt(keep, here("assets/visit-NEW.js", forbidden))).toBe(false);
  expect(told).toEqual([]);
});

test.each<[string, boolean, string | null, string[]]>([
  ["that is gone reloads the page", true, "assets/visit-NEW.js", ["keep", "reload"]],
  ["that is gone waits while somebody types", false, "assets/visit-NEW.js", []],
  ["that the network lost is no reason", true, null, []],
])("a part %s", async (_what, may, now, expected) => {
  onReload({ may: () => may, keep });
  const gone = loaded(() => Promise.reject(new TypeError("Failed to fetch")), here(now));
  if (expected.length === 0) await expect(gone).rejects.toThrow("Failed to fetch");
  else await vi.waitFor(() => expect(told).toEqual(expected));
  expect(await loaded(async () => "there", here(now))).toBe("there");
});

test("a page knows its own build by its script", () => {
  document.head.innerHTML = '<script type="module" src="/static/build/assets/visit-OLD.js"></script>';
  expect(isOurs("assets/visit-OLD.js")).toBe(true);
  expect(isOurs("assets/visit-NEW.js")).toBe(false);
});
