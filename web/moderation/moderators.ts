// The elements that only moderators have: the desk, the menu of a person, the set-up. Loaded for them alone.
import { PersonMenu } from "./menu.ts";
import { ModeratorDesk } from "./panel.ts";
import { SetupDialog } from "./setup-dialog.ts";
import { RoomSetup } from "./setup-form.ts";

/** May be called again. */
export function define(): void {
  if (customElements.get("moderator-desk") !== undefined) return;
  customElements.define("room-setup", RoomSetup);
  customElements.define("setup-dialog", SetupDialog);
  customElements.define("person-menu", PersonMenu);
  customElements.define("moderator-desk", ModeratorDesk);
}
