// Where everybody stands: which pictures are on the page, how large, and which page of them.
//
// No DOM: people, what the person chose and the size of the window come in, boxes come out. What has
// no box is not seen, and its picture is not fetched.
import type { Person } from "./call.ts";
import { inOrder } from "./people.ts";

export const GAP = 8;
/** More tiles than this on a page are too small for faces. */
export const MOST_TILES = 49;
/** The row with the pages, where there are several. */
export const PAGER = 44;
/** A tile is at most this wide for its height, and at least that. */
const WIDEST = 16 / 9;
const NARROWEST = 3 / 4;
/** Smaller tiles show nobody. */
const LEAST = { width: 104, height: 78 };
const CORNER_INSET = 12;

export interface Grid {
  columns: number;
  /** Of one tile, in CSS pixels. */
  width: number;
  height: number;
}

/** The columns that show the most of so many pictures in a window of that size. Who stands in a tile that is as high as it
 * likes is cut at both sides: what is seen of a picture grows with the tile's width, and only then with its height. */
export function grid(count: number, width: number, height: number, gap: number = GAP): Grid {
  let best: Grid = { columns: 1, width: 0, height: 0 };
  for (let columns = 1; columns <= Math.max(1, count); columns += 1) {
    const rows = Math.ceil(Math.max(1, count) / columns);
    const cell = { width: (width - gap * (columns - 1)) / columns, height: (height - gap * (rows - 1)) / rows };
    if (cell.width <= 0 || cell.height <= 0) continue;
    const tile = {
      columns,
      width: Math.floor(Math.min(cell.width, cell.height * WIDEST)),
      height: Math.floor(Math.min(cell.height, cell.width / NARROWEST)),
    };
    if (isBetter(tile, best)) best = tile;
  }
  return best;
}

function isBetter(tile: Grid, than: Grid): boolean {
  if (showsSomebody(tile) !== showsSomebody(than)) return showsSomebody(tile);
  return tile.width > than.width || (tile.width === than.width && tile.height > than.height);
}

function showsSomebody({ width, height }: Grid): boolean {
  return width >= LEAST.width && height >= LEAST.height;
}

/** How many tiles a page of that size holds. */
export function capacity(width: number, height: number): number {
  let count = 1;
  while (count < MOST_TILES) {
    if (!showsSomebody(grid(count + 1, width, height))) break;
    count += 1;
  }
  return count;
}

/** *speaker*: whoever speaks is large, the others stand beside. */
export type Layout = "grid" | "speaker";
/** One's own picture: in a corner where that helps, always there, or among the others. */
export type Own = "auto" | "floating" | "grid";

export interface View {
  layout: Layout;
  own: Own;
  /** The key of what this person wants to keep large. */
  pinned: string | null;
  /** From 0. */
  page: number;
  /** Who was large as the speaker until now. */
  speaker: string | null;
}

export type Showing = "camera" | "screen";

/** Something to look at: a person, or a screen that a person shares. */
export interface Spot {
  key: string;
  person: Person;
  what: Showing;
}

export interface Box extends Spot {
  place: "main" | "side" | "tile" | "corner";
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Arranged {
  /** In the order in which they are read. */
  boxes: readonly Box[];
  /** The page that is shown: there may be fewer than before. */
  page: number;
  pages: number;
  /** Who is large as the speaker, to be remembered in the view. */
  speaker: string | null;
  /** Who speaks and is on another page. */
  elsewhere: Person | null;
}

export function keyOf(identity: string, what: Showing): string {
  return `${identity}/${what}`;
}

function spot(person: Person, what: Showing): Spot {
  return { key: keyOf(person.identity, what), person, what };
}

/** Who is large as the speaker: whoever has the word keeps it while speaking, and until somebody else speaks. */
export function speakerOf(people: readonly Person[], before: string | null): Person | null {
  const others = inOrder(people).filter((person) => !person.me);
  const last = others.find(({ identity }) => identity === before);
  if (last?.speaking === true) return last;
  const speaking = others.filter((person) => person.speaking).sort((a, b) => b.spoke - a.spoke)[0];
  const latest = [...others].sort((a, b) => b.spoke - a.spoke)[0];
  return speaking ?? last ?? latest ?? null;
}

/** One's own screen is not among them: a picture of itself within itself helps nobody. */
function screens(people: readonly Person[]): Spot[] {
  const sharing = people.filter((person) => person.sharing !== null && !person.me);
  return sharing.sort((a, b) => (b.sharing ?? 0) - (a.sharing ?? 0)).map((person) => spot(person, "screen"));
}

/** What is large: what was pinned, else the screen shared last, else in *speaker* who speaks. */
function mainOf(spots: readonly Spot[], view: View, speaker: Person | null): Spot | null {
  const pinned = spots.find(({ key }) => key === view.pinned);
  if (pinned !== undefined) return pinned;
  const screen = spots.find(({ what }) => what === "screen");
  if (screen !== undefined) return screen;
  if (view.layout === "grid" || speaker === null) return null;
  return spots.find(({ key }) => key === keyOf(speaker.identity, "camera")) ?? null;
}

export function arrange(people: readonly Person[], view: View, width: number, height: number): Arranged {
  const ordered = inOrder(people);
  const me = ordered.find((person) => person.me) ?? null;
  const others = ordered.filter((person) => !person.me);
  const speaker = speakerOf(people, view.speaker);
  const mine = me === null ? null : spot(me, "camera");
  const spots = [...screens(people), ...others.map((person) => spot(person, "camera")), ...(mine === null ? [] : [mine])];
  const main = mainOf(spots, view, speaker);
  const shown =
    main === null ? inGrid(spots, mine, others.length, view, width, height) : around(main, spots, mine, view, width, height);
  const seen = new Set(shown.boxes.map(({ person }) => person.identity));
  const elsewhere = others.find((person) => person.speaking && !seen.has(person.identity)) ?? null;
  return { ...shown, speaker: speaker?.identity ?? null, elsewhere };
}

type Shown = Pick<Arranged, "boxes" | "page" | "pages">;

function paged<T>(all: readonly T[], room: number, page: number): { shown: readonly T[]; page: number; pages: number } {
  const pages = Math.max(1, Math.ceil(all.length / room));
  const at = Math.min(Math.max(0, page), pages - 1);
  return { shown: all.slice(at * room, (at + 1) * room), page: at, pages };
}

function inGrid(spots: readonly Spot[], mine: Spot | null, others: number, view: View, width: number, height: number): Shown {
  const floats = mine !== null && others > 0 && (view.own === "floating" || (view.own === "auto" && others === 1));
  const fits = capacity(width, height);
  const standing = floats ? spots.filter((one) => one !== mine) : spots;
  const crowded = standing.length > fits;
  const tall = crowded ? height - PAGER : height;
  // On several pages one's own picture stays on each.
  const stays = crowded && !floats && mine !== null ? [mine] : [];
  const turning = standing.filter((one) => !stays.includes(one));
  const room = crowded ? Math.max(1, capacity(width, tall) - stays.length) : fits;
  const { shown, page, pages } = paged(turning, room, view.page);
  const boxes = tiled([...shown, ...stays], width, tall);
  if (floats) boxes.push(corner(mine, within(boxes, width, tall)));
  return { boxes, page, pages };
}

function tiled(spots: readonly Spot[], width: number, height: number): Box[] {
  const tile = grid(spots.length, width, height);
  const rows = Math.ceil(spots.length / tile.columns);
  const top = (height - rows * (tile.height + GAP) + GAP) / 2;
  return spots.map((one, at) => {
    const row = Math.floor(at / tile.columns);
    // The last row may be shorter: it stands in the middle.
    const inRow = Math.min(tile.columns, spots.length - row * tile.columns);
    const left = (width - inRow * (tile.width + GAP) + GAP) / 2;
    return {
      ...one,
      place: "tile",
      left: Math.round(left + (at % tile.columns) * (tile.width + GAP)),
      top: Math.round(top + row * (tile.height + GAP)),
      width: tile.width,
      height: tile.height,
    };
  });
}

/** Where the tiles end, on the right and below. */
function within(tiles: readonly Box[], width: number, height: number): Size {
  if (tiles.length === 0) return { width, height };
  return {
    width: Math.max(...tiles.map((one) => one.left + one.width)),
    height: Math.max(...tiles.map((one) => one.top + one.height)),
  };
}

/** On the picture it belongs to, not half beside it. */
function corner(mine: Spot, ends: Size): Box {
  const wide = Math.round(Math.min(Math.max(ends.width * 0.2, 104), 240, ends.width * 0.4));
  const tall = Math.round(Math.min((wide * 3) / 4, ends.height * 0.4));
  return {
    ...mine,
    place: "corner",
    left: ends.width - wide - CORNER_INSET,
    top: ends.height - tall - CORNER_INSET,
    width: wide,
    height: tall,
  };
}

/** One large, the others in a row beside it, or below it where the window is upright. */
function around(main: Spot, spots: readonly Spot[], mine: Spot | null, view: View, width: number, height: number): Shown {
  const floats = mine !== null && mine !== main && view.own === "floating";
  const rest = spots.filter((one) => one !== main && !(floats && one === mine));
  if (rest.length === 0) {
    const alone = large(main, 0, 0, width, height);
    return { boxes: floats ? [alone, corner(mine, within([alone], width, height))] : [alone], page: 0, pages: 1 };
  }
  const beside = width > height;
  const side = beside ? sideBeside(rest.length, width, height) : sideBelow(rest.length, width, height);
  const fitting = (room: number): number => Math.max(2, Math.floor((room + GAP) / ((beside ? side.height : side.width) + GAP)));
  let tall = height;
  let room = fitting(beside ? tall : width);
  const crowded = rest.length > room;
  if (crowded) {
    tall = height - PAGER;
    room = fitting(beside ? tall : width);
  }
  // Oneself stays on every page of the row, last.
  const stays = crowded && mine !== null && mine !== main && !floats ? [mine] : [];
  const turning = rest.filter((one) => !stays.includes(one));
  const { shown, page, pages } = paged(turning, room - stays.length, view.page);
  const row = [...shown, ...stays];
  const step = (beside ? side.height : side.width) + GAP;
  const start = Math.max(0, ((beside ? tall : width) - row.length * step + GAP) / 2);
  const first = beside ? large(main, 0, 0, width - side.width - GAP, tall) : large(main, 0, 0, width, tall - side.height - GAP);
  const boxes: Box[] = [
    first,
    ...row.map(
      (one, at): Box => ({
        ...one,
        place: "side",
        left: beside ? width - side.width : Math.round(start + at * step),
        top: beside ? Math.round(start + at * step) : tall - side.height,
        ...side,
      }),
    ),
    ...(floats ? [corner(mine, within([first], width, tall))] : []),
  ];
  return { boxes, page, pages };
}

interface Size {
  width: number;
  height: number;
}

/** As large as a fifth of the window; smaller, down to what still shows a face, where more of them fit so. */
function sideBeside(count: number, width: number, height: number): Size {
  const usual = clamp(width * 0.19, 112, 240);
  const fitting = Math.floor((((height + GAP) / count - GAP) * WIDEST));
  const wide = clamp(fitting, Math.min(usual, 148), usual);
  return { width: wide, height: Math.round(wide / WIDEST) };
}

function sideBelow(count: number, width: number, height: number): Size {
  const usual = clamp(height * 0.2, LEAST.height, 150);
  const fitting = Math.floor(((width + GAP) / count - GAP) / 1.33);
  const tall = clamp(fitting, Math.min(usual, LEAST.height), usual);
  return { width: Math.round(tall * 1.33), height: tall };
}

/** A screen takes all the room; a face keeps the shape of a picture. */
function large(main: Spot, left: number, top: number, width: number, height: number): Box {
  if (main.what === "screen") return { ...main, place: "main", left, top, width, height };
  const wide = Math.floor(Math.min(width, height * WIDEST));
  const tall = Math.floor(Math.min(height, width / NARROWEST));
  return { ...main, place: "main", left: left + Math.round((width - wide) / 2), top: top + Math.round((height - tall) / 2), width: wide, height: tall };
}

function clamp(value: number, least: number, most: number): number {
  return Math.round(Math.min(Math.max(value, least), most));
}
