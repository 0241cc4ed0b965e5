// Copy buttons: `data-copy="#id"` puts that element's text on the clipboard and says so for 2 s.
import { t } from "../i18n/index.ts";
import { announce } from "./announce.ts";

const COPIED_MS = 2_000;

export function copyButtons(root: ParentNode = document): void {
  for (const button of root.querySelectorAll<HTMLElement>("[data-copy]")) {
    button.addEventListener("click", () => void copyFor(button));
  }
}

async function copyFor(button: HTMLElement): Promise<void> {
  const source = document.querySelector<HTMLElement>(button.dataset.copy ?? "");
  if (source === null) return;
  const text = source instanceof HTMLInputElement || source instanceof HTMLTextAreaElement ? source.value : source.textContent;
  if (await copy(text.trim())) say(button, t("Copied"));
  else {
    // Nothing else can be done than to leave it marked, one key press from being copied by hand.
    getSelection()?.selectAllChildren(source);
    announce(t("Please copy the selected text yourself."));
  }
}

/** Whether it is on the clipboard now. The old way is for pages that came over plain http. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "heard";
    document.body.append(area);
    area.select();
    try {
      return document.execCommand("copy");
    } catch {
      return false;
    } finally {
      area.remove();
    }
  }
}

const returning = new WeakMap<HTMLElement, { words: string; timer: ReturnType<typeof setTimeout> }>();

function say(button: HTMLElement, words: string): void {
  const label = button.querySelector("span") ?? button;
  const before = returning.get(button);
  clearTimeout(before?.timer);
  const own = before?.words ?? label.textContent ?? "";
  label.textContent = words;
  announce(words);
  const timer = setTimeout(() => {
    label.textContent = own;
    returning.delete(button);
  }, COPIED_MS);
  returning.set(button, { words: own, timer });
}
