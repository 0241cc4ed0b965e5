// How long LiveKit may mend a broken call by itself before the page asks for a fresh entry.

/**
 * Milliseconds before each try. Some eight seconds in all: after a restart of the video service the
 * old room is gone for good, and every try for it only keeps people outside.
 */
export const TRIES: readonly number[] = [0, 300, 700, 1500, 2500, 3000];

/** LiveKit's ReconnectPolicy. Spread by chance, so that a whole meeting does not come back at one instant. */
export function waitBefore(tries: number, chance: number = Math.random()): number | null {
  const wait = TRIES[tries];
  return wait === undefined ? null : Math.round(wait * (0.75 + chance / 2));
}
