// What stands beside the stage or opens over it: chat, people, contributions, settings, the list of shortcuts. Loaded with the first press.
import { ContributionsPanel } from "../contributions/panel.ts";
import { define as defineFigures } from "../contributions/shown.ts";
import { ChatPanel } from "./chat-panel.ts";
import { SidePanel } from "./panel.ts";
import { PeoplePanel } from "./people-panel.ts";
import { MeetingSettings } from "./settings.ts";
import { defineMenus } from "../prejoin/menus.ts";
import { ShortcutList } from "./shortcut-list.ts";

/** May be called again. */
export function define(): void {
  if (customElements.get("side-panel") !== undefined) return;
  defineFigures();
  defineMenus();
  customElements.define("side-panel", SidePanel);
  customElements.define("chat-panel", ChatPanel);
  customElements.define("people-panel", PeoplePanel);
  customElements.define("contributions-panel", ContributionsPanel);
  customElements.define("meeting-settings", MeetingSettings);
  customElements.define("shortcut-list", ShortcutList);
}
