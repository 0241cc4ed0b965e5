// A member's link: replacing it by a new one (the dialog has told what that does), closing, opening, pausing.
import { call } from "../api/client.ts";
import { showProblem, wordsFor } from "./problem.ts";

export function linkButtons(root: ParentNode = document): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-rotate]")) {
    button.addEventListener("click", () => void change(button, "POST", `${path(button.dataset.rotate)}/rotate`));
  }
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-open]")) {
    const open = button.dataset.value === "true";
    button.addEventListener("click", () => void change(button, "PATCH", path(button.dataset.open), { open }));
  }
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-pause]")) {
    const paused = button.dataset.value === "true";
    button.addEventListener("click", () => void change(button, "POST", `${path(button.dataset.pause)}/pause`, { paused }));
  }
}

function path(slug: string | undefined): string {
  return `/api/v1/links/${encodeURIComponent(slug ?? "")}`;
}

async function change(button: HTMLButtonElement, method: "POST" | "PATCH", address: string, body?: object): Promise<void> {
  button.disabled = true;
  showProblem(button, null);
  try {
    await call(method, address, body);
    // Address, QR code and invitation are the server's to write.
    location.reload();
  } catch (error) {
    button.disabled = false;
    showProblem(button, wordsFor(error));
  }
}
