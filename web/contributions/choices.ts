// What may be kept of contributions: a choice, within what the workspace allows.
import type { Counted } from "../api/shapes.ts";

/** From most to least. */
const COUNTED: readonly Counted[] = ["kept", "live", "off"];

/** What can be chosen where a workspace allows so much. */
export function within(allowed: Counted): readonly Counted[] {
  return COUNTED.slice(COUNTED.indexOf(allowed));
}

/** What holds of a choice where a workspace allows so much. */
export function holds(chosen: Counted, allowed: Counted): Counted {
  return within(allowed).includes(chosen) ? chosen : allowed;
}
