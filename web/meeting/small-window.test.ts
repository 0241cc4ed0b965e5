// What the small window shows, and that it outlives what it shows.
import { expect, test, vi } from "vitest";
import { aPerson, ME } from "./a-person.ts";
import type { Person, Picture } from "./call.ts";
import { arrange, type Box, type View } from "./layout.ts";
import { SmallWindow, worth } from "./small-window.ts";

const VIEW: View = { layout: "grid", own: "auto", pinned: null, page: 0, speaker: null };

const aPicture = (): Picture => ({ attach: vi.fn(), detach: vi.fn() });
const PICTURES = { ann: aPicture(), ben: aPicture(), screen: aPicture() };
const ann = (changed: Partial<Person> = {}): Person => aPerson("ann", { since: 5, picture: PICTURES.ann, ...changed });
const ben = (changed: Partial<Person> = {}): Person => aPerson("ben", { since: 6, picture: PICTURES.ben, ...changed });

function boxes(people: readonly Person[], view: Partial<View> = {}): readonly Box[] {
  return arrange(people, { ...VIEW, ...view }, 1264, 640).boxes;
}

test.each<[string, Person[], Partial<View>, keyof typeof PICTURES | null, keyof typeof PICTURES | null]>([
  ["a shared screen, whoever speaks", [ME, ann({ sharing: 9, screen: PICTURES.screen }), ben({ speaking: true })], {}, null, "screen"],
  ["who was pinned, whoever speaks", [ME, ann(), ben({ speaking: true })], { pinned: "ann/camera" }, null, "ann"],
  ["who speaks, whatever it showed", [ME, ann(), ben({ speaking: true })], {}, "ann", "ben"],
  ["what it showed, while nobody speaks", [ME, ann(), ben()], {}, "ben", "ben"],
  ["the first with a picture, when what it showed has ended", [ME, ann({ picture: null }), ben()], {}, "screen", "ben"],
  ["who is seen, not who speaks without a picture", [ME, ann({ speaking: true, picture: null }), ben()], {}, null, "ben"],
  ["nothing where all cameras but one’s own are off", [{ ...ME, speaking: true }, ann({ picture: null })], {}, null, null],
  ["nothing when alone", [ME], {}, null, null],
])("the small window is for %s", (_what, people, view, shown, expected) => {
  expect(worth(boxes(people, view), shown === null ? null : PICTURES[shown])).toBe(expected === null ? null : PICTURES[expected]);
});

test("it takes the next picture when there is one again, and lets go of the one before", () => {
  const [before, after] = [aPicture(), aPicture()];
  const video = document.createElement("video");
  const small = new SmallWindow(() => undefined);
  void small.toggle(video);
  small.show(boxes([ME, ann({ picture: before })]), video);
  small.show(boxes([ME, ann({ picture: null })]), video);
  expect(before.detach).not.toHaveBeenCalled();
  small.show(boxes([ME, ann({ picture: after })]), video);
  expect(before.detach).toHaveBeenCalledWith(video);
  expect(after.attach).toHaveBeenCalledWith(video);
  small.close();
  expect(after.detach).toHaveBeenCalledWith(video);
});
