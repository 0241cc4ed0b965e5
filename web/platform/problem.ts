// Shows why something did not work, beside where it was tried, in the reader's language.
import { Problem } from "../api/client.ts";
import { t } from "../i18n/index.ts";

/** One sentence for whatever a call threw. A mistake of ours is thrown on. */
export function wordsFor(error: unknown): string {
  if (error instanceof Problem) return error.errors[0]?.reason ?? error.detail;
  if (error instanceof Error && error.name === "Unreachable") return t("That did not reach the server. Please try again.");
  throw error;
}

/** Put it into the nearest `.problem` around an element; without words it is put away. */
export function showProblem(near: Element, words: string | null): void {
  const place = near.closest("dialog, form, section, main")?.querySelector<HTMLElement>(".problem[role=alert]");
  if (place == null) return;
  place.textContent = words ?? "";
  place.hidden = words === null;
}
