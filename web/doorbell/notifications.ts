// Desktop notifications of who is at the door, for whoever looks elsewhere and has allowed them.
import type { DoorKnock } from "../api/shapes.ts";
import { chosen } from "../sound/choices.ts";
import { rings } from "./knocks.ts";
import { atTheDoor, people, quoted, standing } from "./words.ts";

const CROWD = "crowd";

export class Notifications {
  readonly #shown = new Map<string, Notification>();

  /** Tell of somebody. `nameless`: the screen is shared, so say only that there is somebody. */
  show(knock: DoorKnock, nameless: boolean, silent: boolean): void {
    if (!may()) return;
    const lines = [standing(knock), ...(knock.message ? [quoted(knock.message)] : [])];
    this.#tell(knock.id, atTheDoor(knock, nameless), nameless ? "" : lines.join("\n"), silent);
  }

  #tell(of: string, title: string, body: string, silent: boolean): void {
    try {
      // The same knock never has two, whichever page shows it.
      const notification = new Notification(title, { body, tag: `door/${of}`, silent, requireInteraction: true });
      notification.onclick = () => {
        window.focus();
        notification.close();
      };
      this.#shown.set(of, notification);
    } catch {
      // Phones allow notifications to service workers only: the title and the sound remain.
    }
  }

  /** Tell of a crowd, once: the number is told in place of everybody's name. */
  crowd(count: number, silent: boolean): void {
    if (!may() || this.#shown.has(CROWD)) return;
    this.#tell(CROWD, people(count), "", silent);
  }

  /** The screen is shared from now on: no name stays on it. Whoever shares it has the page with the pop-up before them. */
  hideNames(): void {
    this.keep([], true);
  }

  /** Only these are at the door: the others' notifications have become untrue. */
  keep(knocks: readonly DoorKnock[], crowd = false): void {
    for (const [id, notification] of this.#shown) {
      if (id === CROWD ? crowd : knocks.some((knock) => knock.id === id && rings(knock))) continue;
      notification.close();
      this.#shown.delete(id);
    }
  }
}

/** Its person wants them, and the browser allows them. */
function may(): boolean {
  return chosen("notifications") && "Notification" in window && Notification.permission === "granted";
}
