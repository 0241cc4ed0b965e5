// On *Preferences*: the set-up that a link keeps, from which each meeting starts. Loaded only where it is shown.
import { call } from "../api/client.ts";
import type { Setup } from "../api/shapes.ts";
import { loadPart, t } from "../i18n/index.ts";
import type { Patch } from "../moderation/edits.ts";
import { RoomSetup } from "../moderation/setup-form.ts";

/** Fill `<room-setup data-slug data-seats data-contributions>`. Until it is there, nothing of it shows but its heading. */
export async function keptSetup(form: HTMLElement): Promise<void> {
  const path = `/api/v1/links/${encodeURIComponent(form.dataset.slug ?? "")}/setup`;
  const seats = Number(form.dataset.seats);
  await loadPart("meeting");
  if (customElements.get("room-setup") === undefined) customElements.define("room-setup", RoomSetup);
  const shown = form as RoomSetup;
  try {
    const setup = await call<Setup>("GET", path);
    Object.assign(shown, {
      kept: true,
      owner: true,
      seats,
      allowed: form.dataset.contributions,
      setup,
      save: (patch: Patch & { version: number }) => call<Setup>("PATCH", path, patch),
    });
    shown.hidden = false;
  } catch {
    const problem = document.createElement("p");
    problem.className = "problem";
    problem.setAttribute("role", "alert");
    problem.textContent = t("The room set-up could not be read. Please reload the page.");
    form.replaceWith(problem);
  }
}
