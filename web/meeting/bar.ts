// The controls of a meeting, always in this order; groups stand apart.

export const BAR = [
  ["microphone", "camera", "share"],
  ["hand", "reactions"],
  ["chat", "people", "contributions"],
  ["moderate"],
  ["settings", "leave"],
] as const;

export type Control = (typeof BAR)[number][number];

/** The controls that there are, in the bar's order and groups. Empty groups fall away. */
export function groups(there: ReadonlySet<Control>): Control[][] {
  return BAR.map((group) => group.filter((control) => there.has(control))).filter((group) => group.length > 0);
}
