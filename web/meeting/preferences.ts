// How this person likes their meetings, kept on this device.
import { shelf, type Shelf } from "../doorbell/browser.ts";
import type { Layout, Own } from "./layout.ts";

export interface Preferences {
  layout: Layout;
  own: Own;
  /** Say *You are muted* to who talks while the microphone is off. */
  reminder: boolean;
  /** One's share of the talk on one's own picture. Null until that is decided: shown to whoever has looked at the figures. */
  ring: boolean | null;
}

const KEY = "meeting";
const FIRST: Preferences = { layout: "grid", own: "auto", reminder: true, ring: null };

/** What was chosen, with the usual for all that is missing or nonsense. */
export function preferences(kept: Shelf = shelf()): Preferences {
  try {
    const read: unknown = JSON.parse(kept.read(KEY) ?? "{}");
    if (typeof read !== "object" || read === null) return FIRST;
    const { layout, own, reminder, ring } = read as Record<string, unknown>;
    return {
      layout: layout === "speaker" ? "speaker" : FIRST.layout,
      own: own === "floating" || own === "grid" ? own : FIRST.own,
      reminder: typeof reminder === "boolean" ? reminder : FIRST.reminder,
      ring: typeof ring === "boolean" ? ring : FIRST.ring,
    };
  } catch {
    return FIRST;
  }
}

export function prefer(changed: Partial<Preferences>, kept: Shelf = shelf()): Preferences {
  const all = { ...preferences(kept), ...changed };
  kept.write(KEY, JSON.stringify(all));
  return all;
}
