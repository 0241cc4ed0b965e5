// Which sounds and notifications this browser's person wants. Kept in the browser: a phone on a
// night table and a desk are not the same place.
import { shelf } from "../doorbell/browser.ts";

export type Choice = "knock" | "let-in" | "notifications";

/** Sounds are on until turned off; notifications are off until turned on (and the browser asks, too). */
const DEFAULTS: Readonly<Record<Choice, boolean>> = { knock: true, "let-in": true, notifications: false };

export function chosen(choice: Choice): boolean {
  const kept = shelf().read(`choice/${choice}`);
  return kept === null ? DEFAULTS[choice] : kept === "on";
}

export function choose(choice: Choice, on: boolean): void {
  shelf().write(`choice/${choice}`, on ? "on" : "off");
}
