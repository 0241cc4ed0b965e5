// The language, dialogs, and what this browser may sound and show at the door.
import { type Choice, choose, chosen } from "../sound/choices.ts";
import { KNOCK, LET_IN, play } from "../sound/sounds.ts";

const YEAR_S = 31_536_000;

export function languageButtons(root: ParentNode = document): void {
  for (const button of root.querySelectorAll<HTMLElement>("[data-language]")) {
    button.addEventListener("click", () => {
      const secure = location.protocol === "https:" ? "; Secure" : "";
      document.cookie = `language=${button.dataset.language ?? "en"}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax${secure}`;
      location.reload();
    });
  }
}

export function dialogButtons(root: ParentNode = document): void {
  for (const button of root.querySelectorAll<HTMLElement>("[data-dialog]")) {
    button.addEventListener("click", () => document.querySelector<HTMLDialogElement>(button.dataset.dialog ?? "")?.showModal());
  }
}

/** `input[data-choice]`: sounds, and desktop notifications, which the browser asks about, too. */
export function choiceSwitches(root: ParentNode = document): void {
  for (const box of root.querySelectorAll<HTMLInputElement>("input[data-choice]")) {
    const choice = box.dataset.choice as Choice;
    const section = box.closest<HTMLElement>("[data-choices]");
    if (section !== null) section.hidden = false;
    if (choice === "notifications") notificationSwitch(box);
    else {
      box.checked = chosen(choice);
      box.addEventListener("change", () => {
        choose(choice, box.checked);
        // Turned on, it is heard: that is what it will be like.
        if (box.checked) void play(choice === "knock" ? KNOCK : LET_IN);
      });
    }
  }
}

function notificationSwitch(box: HTMLInputElement): void {
  const blocked = box.closest("[data-choices]")?.querySelector<HTMLElement>("[data-blocked]");
  const show = (): void => {
    const permission = "Notification" in window ? Notification.permission : "denied";
    box.checked = chosen("notifications") && permission === "granted";
    box.disabled = permission === "denied";
    if (blocked != null) blocked.hidden = permission !== "denied";
  };
  box.addEventListener("change", () => {
    choose("notifications", box.checked);
    if (!box.checked || Notification.permission === "granted") show();
    else void Notification.requestPermission().then(show);
  });
  show();
}
