// "Missed at your door": taking lines off the list.
import { call } from "../api/client.ts";
import { t } from "../i18n/index.ts";
import { announce } from "./announce.ts";
import { wordsFor } from "./problem.ts";

export function dismissButtons(root: ParentNode = document): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-dismiss]")) {
    button.addEventListener("click", () => void dismiss(button));
  }
}

async function dismiss(button: HTMLButtonElement): Promise<void> {
  const knocks = (button.dataset.dismiss ?? "").split(",").filter((id) => id !== "");
  const section = button.closest("[data-missed]");
  button.disabled = true;
  try {
    await call("POST", "/api/v1/doorbell/dismiss", { knocks });
  } catch (error) {
    button.disabled = false;
    announce(wordsFor(error));
    return;
  }
  const line = button.closest("li");
  const rest = [...(section?.querySelectorAll("li") ?? [])].filter((other) => other !== line);
  // Without lines the section says something else, which the server writes.
  if (line === null || rest.length === 0) {
    location.reload();
    return;
  }
  const next = line.nextElementSibling ?? line.previousElementSibling;
  line.remove();
  takeOut(section, knocks);
  next?.querySelector<HTMLElement>("button[data-dismiss]")?.focus();
  announce(t("Dismissed"));
}

/** "Dismiss all" dismisses those that are still listed. */
function takeOut(section: Element | null, knocks: readonly string[]): void {
  const all = section?.querySelector<HTMLElement>(":scope > .row button[data-dismiss]");
  if (all == null) return;
  const left = (all.dataset.dismiss ?? "").split(",").filter((id) => !knocks.includes(id));
  all.dataset.dismiss = left.join(",");
  all.hidden = left.length < 2;
}
