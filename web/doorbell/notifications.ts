// Desktop notifications of who is at the door, for whoever looks elsewhere and has allowed them.
import type { DoorKnock } from "../api/shapes.ts";
import { chosen } from "../sound/choices.ts";
import { rings } from "./knocks.ts";
import { atTheDoor, quoted, standing } from "./words.ts";

export class Notifications {
  readonly #shown = new Map<string, Notification>();

  /** Tell of somebody. `nameless`: the screen is shared, so say only that there is somebody. */
  show(knock: DoorKnock, nameless: boolean, silent: boolean): void {
    if (!chosen("notifications") || !("Notification" in window) || Notification.permission !== "granted") return;
    const lines = [standing(knock), ...(knock.message ? [quoted(knock.message)] : [])];
    try {
      const notification = new Notification(atTheDoor(knock, nameless), {
        body: nameless ? "" : lines.join("\n"),
        // The same knock never has two, whichever page shows it.
        tag: `door/${knock.id}`,
        silent,
        requireInteraction: true,
      });
      notification.onclick = () => {
        window.focus();
        notification.close();
      };
      this.#shown.set(knock.id, notification);
    } catch {
      // Phones allow notifications to service workers only: the title and the sound remain.
    }
  }

  /** Only these are at the door: the others' notifications have become untrue. */
  keep(knocks: readonly DoorKnock[]): void {
    for (const [id, notification] of this.#shown) {
      if (knocks.some((knock) => knock.id === id && rings(knock))) continue;
      notification.close();
      this.#shown.delete(id);
    }
  }
}
