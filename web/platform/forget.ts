// Erases the figures of a meeting. The dialog has told what that does.
import { call } from "../api/client.ts";
import { showProblem, wordsFor } from "./problem.ts";

export function forgetButtons(root: ParentNode = document): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-forget]")) {
    button.addEventListener("click", () => void forget(button));
  }
}

async function forget(button: HTMLButtonElement): Promise<void> {
  button.disabled = true;
  showProblem(button, null);
  try {
    await call("DELETE", button.dataset.forget ?? "");
    location.assign("/meetings");
  } catch (error) {
    button.disabled = false;
    showProblem(button, wordsFor(error));
  }
}
