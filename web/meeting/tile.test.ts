// What a tile shows without words: a visitor's badge, a whole name to point at, how bad a line is; and what pins it.
import { afterEach, expect, test } from "vitest";
import { aPerson } from "./a-person.ts";
import type { Person } from "./call.ts";
import { MeetingTile } from "./tile.ts";

customElements.define("meeting-tile", MeetingTile);

afterEach(() => document.body.replaceChildren());

async function aTile(changed: Partial<Person>): Promise<MeetingTile> {
  const tile = document.createElement("meeting-tile") as MeetingTile;
  tile.person = aPerson("nora", { name: "Nora Dahl", ...changed });
  tile.pinnable = true;
  document.body.append(tile);
  await tile.updateComplete;
  return tile;
}

const inside = (tile: MeetingTile, what: string): HTMLElement | null => tile.renderRoot.querySelector(what);

test("a poor line and a lost one are told apart without colour, and a good one is not told", async () => {
  const drawn = async (quality: Person["quality"]): Promise<string | undefined> => inside(await aTile({ quality }), ".weak")?.innerHTML;
  const [poor, lost] = [await drawn("poor"), await drawn("lost")];
  expect(poor).toContain("<svg");
  expect(lost).toContain("<svg");
  expect(poor).not.toBe(lost);
  expect(await drawn("good")).toBeUndefined();
});

test("a small tile has a visitor’s badge with the word, and nobody else’s has", async () => {
  const badge = inside(await aTile({ visitor: true }), ".apart");
  expect(badge?.title).toBe("visitor");
  expect(badge?.querySelector("svg")).not.toBeNull();
  expect(inside(await aTile({ visitor: false }), ".apart")).toBeNull();
});

test("a name that is cut can be read", async () => {
  expect(inside(await aTile({}), ".name")?.title).toBe("Nora Dahl");
});

test("a double click on the picture pins it, and one in its menu does not", async () => {
  const tile = await aTile({});
  const menu = document.createElement("button");
  menu.slot = "actions";
  tile.append(menu);
  let pins = 0;
  tile.addEventListener("pin", () => (pins += 1));
  menu.dispatchEvent(new MouseEvent("dblclick", { bubbles: true, composed: true }));
  expect(pins).toBe(0);
  inside(tile, ".person")?.dispatchEvent(new MouseEvent("dblclick", { bubbles: true, composed: true }));
  expect(pins).toBe(1);
});
