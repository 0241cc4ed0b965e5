// How large the tiles are: the columns that give faces the most room in this window.

export const GAP = 8;
/** A tile is at most this wide for its height, and at least that. */
const WIDEST = 16 / 9;
const NARROWEST = 3 / 4;

export interface Grid {
  columns: number;
  /** Of one tile, in CSS pixels. */
  width: number;
  height: number;
}

/** The grid for so many tiles in a window of that size. */
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
    if (tile.width * tile.height > best.width * best.height) best = tile;
  }
  return best;
}
