// What stands beside the stage or opens over it: chat, people, settings, the list of shortcuts. Loaded with the first press.
import { ChatPanel } from "./chat-panel.ts";
import { SidePanel } from "./panel.ts";
import { PeoplePanel } from "./people-panel.ts";
import { MeetingSettings } from "./settings.ts";
import { ShortcutList } from "./shortcut-list.ts";

/** May be called again. */
export function define(): void {
  if (customElements.get("side-panel") !== undefined) return;
  customElements.define("side-panel", SidePanel);
  customElements.define("chat-panel", ChatPanel);
  customElements.define("people-panel", PeoplePanel);
  customElements.define("meeting-settings", MeetingSettings);
  customElements.define("shortcut-list", ShortcutList);
}
