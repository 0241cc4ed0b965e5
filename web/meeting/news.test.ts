import { describe, expect, test, vi } from "vitest";
import type { Rights, Setup } from "../api/shapes.ts";
import { aLine, someFigures } from "../contributions/some-figures.ts";
import { News } from "./news.ts";

const EVERYTHING: Rights = { microphone: true, camera: true, screen_share: true, chat: true };
const SETUP = { version: 1, microphone: "everyone", locked: false, contributions: "kept" } as Setup;

function begun(): News {
  const news = new News();
  news.on.snapshot({ setup: SETUP, rights: EVERYTHING, hands: [], contributions: null });
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
    news.on.snapshot({ setup: SETUP, rights: EVERYTHING, hands: [], contributions: null });
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
    news.on.snapshot({ setup: SETUP, rights: { ...EVERYTHING, microphone: false }, hands: [], contributions: null });
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
    news.on.snapshot({ setup: SETUP, rights: EVERYTHING, hands: [], contributions: null });
    expect(await waiting).toEqual(await news.told);
    news.begin();
    expect(news.standing).toBeNull();
  });

  test("figures stand as all of them, whatever part of them is told; a first word has no before", () => {
    const news = new News();
    const figures = vi.fn();
    news.hear({ figures });
    expect(news.figures).toBeUndefined();
    const [ann, ben] = [aLine("ann", { talk: 1 }), aLine("ben")];
    news.on.snapshot({ setup: SETUP, rights: EVERYTHING, hands: [], contributions: someFigures([ann, ben]) });
    expect(figures).toHaveBeenLastCalledWith(news.figures, undefined, null);
    const before = news.figures;
    news.on.contributions(someFigures([{ ...ann, talk: 2 }], { seconds: 61 }));
    expect(news.figures).toEqual(someFigures([{ ...ann, talk: 2 }, ben], { seconds: 61 }));
    expect(figures).toHaveBeenLastCalledWith(news.figures, before, null);
  });

  test("figures that stop, and come again, are told with who changed the set-up; those that stop by themselves with nobody", () => {
    const news = new News();
    const by: (string | null)[] = [];
    news.on.snapshot({ setup: SETUP, rights: EVERYTHING, hands: [], contributions: someFigures([]) });
    news.hear({ figures: (_now, _before, who) => by.push(who) });
    news.on.setup({ ...SETUP, version: 2, contributions: "off", by: "Olga" });
    news.on.contributions(null);
    news.on.setup({ ...SETUP, version: 3, contributions: "live", by: "Colin" });
    news.on.contributions(someFigures([]));
    news.on.setup({ ...SETUP, version: 4, contributions: "kept", by: "Olga" });
    news.on.contributions(null);
    expect(by).toEqual(["Olga", "Colin", null]);
  });
});
