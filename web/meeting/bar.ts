// The controls of a meeting, always in this order; groups stand apart. What a narrow window has no room for is under *More*.

export const BAR = [
  ["microphone", "camera", "share"],
  ["hand", "reactions"],
  ["chat", "people", "contributions"],
  ["moderate"],
  ["settings", "leave"],
] as const;

export type Control = (typeof BAR)[number][number] | "more";

/** What stays in the thumb's reach. */
const ON_A_PHONE = [["microphone", "camera", "hand", "more", "leave"]] as const;
/** Narrower than this, the whole bar has no room. */
export const NARROW = 760;

/** The controls that there are, in the bar's order and groups. Empty groups fall away. */
export function groups(there: ReadonlySet<Control>, narrow = false): Control[][] {
  const bar: readonly (readonly Control[])[] = narrow ? ON_A_PHONE : BAR;
  return bar
    .map((group) => group.filter((control) => control === "more" || there.has(control)))
    .filter((group) => group.length > 0);
}

/** What is under *More*, in the bar's order. *Settings* leads to more than a button can: its entries stand there themselves. */
export function under(there: ReadonlySet<Control>): Control[] {
  const kept = new Set<Control>([...ON_A_PHONE.flat(), "settings"]);
  return BAR.flat().filter((control) => there.has(control) && !kept.has(control));
}
