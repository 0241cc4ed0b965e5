import { describe, expect, test, vi } from "vitest";
import type { Rights, Setup } from "../api/shapes.ts";
import { News } from "./news.ts";

const EVERYTHING: Rights = { microphone: true, camera: true, screen_share: true, chat: true };
const SETUP = { version: 1, microphone: "everyone", locked: false } as Setup;

function begun(): News {
  const news = new News();
  news.on.snapshot({ setup: SETUP, rights: EVERYTHING, hands: [] });
  return news;
}

describe("what the server tells of a meeting", () => {
  test("stands as the latest events say, each leaving the rest as it was", () => {
    const news = begun();
    news.on.setup({ ...SETUP, version: 2, locked: true, by: "Olga" });
    news.on.rights({ ...EVERYTHING, chat: false });
    news.on.hands({ hands: [{ identity: "a", name: "Nora", since: "2026-01-01T10:00:00.000Z" }] });
    expect(news.standing).toEqual({
      setup: { ...SETUP, version: 2, locked: true },
      rights: { ...EVERYTHING, chat: false },
      hands: [{ identity: "a", name: "Nora", since: "2026-01-01T10:00:00.000Z" }],
    });
  });

  test("tells what it was before, and by whom it changed; a first word has no before", () => {
    const news = new News();
    const changed = vi.fn();
    news.hear({ changed });
    news.on.snapshot({ setup: SETUP, rights: EVERYTHING, hands: [] });
    expect(changed).toHaveBeenLastCalledWith(news.standing, null, null);
    const before = news.standing;
    news.on.setup({ ...SETUP, version: 2, by: "Olga" });
    expect(changed).toHaveBeenLastCalledWith(news.standing, before, "Olga");
  });

  test("rights follow the set-up that changed them, and are told by the same name", () => {
    const news = begun();
    const changed = vi.fn();
    news.hear({ changed });
    news.on.setup({ ...SETUP, version: 2, by: "Olga" });
    news.on.rights({ ...EVERYTHING, microphone: false });
    expect(changed.mock.calls.map(([, , by]) => by)).toEqual(["Olga", "Olga"]);
  });

  test("a stream that comes back tells what changed meanwhile", () => {
    const news = begun();
    const changed = vi.fn();
    news.hear({ changed });
    const before = news.standing;
    news.on.snapshot({ setup: SETUP, rights: { ...EVERYTHING, microphone: false }, hands: [] });
    expect(changed).toHaveBeenCalledWith(news.standing, before, null);
  });

  test("notices and reactions are passed on and kept nowhere; who has stopped listening hears none", () => {
    const news = begun();
    const [notice, reaction] = [vi.fn(), vi.fn()];
    const stop = news.hear({ notice, reaction });
    news.on.notice({ kind: "asked", by: "Olga", source: "microphone" });
    news.on.reaction({ identity: "a", name: "Nora", reaction: "clap" });
    stop();
    news.on.notice({ kind: "asked", by: "Olga", source: "microphone" });
    expect([notice.mock.calls.length, reaction.mock.calls.length]).toEqual([1, 1]);
  });

  test("whoever waits for the first word gets it, also one that came before", async () => {
    const news = new News();
    const waiting = news.told;
    news.on.snapshot({ setup: SETUP, rights: EVERYTHING, hands: [] });
    expect(await waiting).toEqual(await news.told);
    news.begin();
    expect(news.standing).toBeNull();
  });
});
