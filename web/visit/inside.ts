// All that only the meeting needs, in one piece: media, stage and tiles. Loaded while the visitor chooses or waits.
import { ChatPanel } from "../meeting/chat-panel.ts";
import { Inside } from "../meeting/inside.ts";
import telephone from "../meeting/livekit.ts";
import { SidePanel } from "../meeting/panel.ts";
import { PeoplePanel } from "../meeting/people-panel.ts";
import { ReactionPicker } from "../meeting/reaction-picker.ts";
import { MeetingSettings } from "../meeting/settings.ts";
import { ShortcutList } from "../meeting/shortcut-list.ts";
import { MeetingStage } from "../meeting/stage.ts";
import { TileMarks } from "../meeting/tile-marks.ts";
import { MeetingTile } from "../meeting/tile.ts";
import { define as defineModeration } from "../moderation/moderation.ts";

export { Inside, telephone };

/** The meeting's elements. May be called again. */
export function define(): void {
  if (customElements.get("meeting-stage") !== undefined) return;
  defineModeration();
  customElements.define("tile-marks", TileMarks);
  customElements.define("meeting-tile", MeetingTile);
  customElements.define("reaction-picker", ReactionPicker);
  customElements.define("side-panel", SidePanel);
  customElements.define("chat-panel", ChatPanel);
  customElements.define("people-panel", PeoplePanel);
  customElements.define("meeting-settings", MeetingSettings);
  customElements.define("shortcut-list", ShortcutList);
  customElements.define("meeting-stage", MeetingStage);
}
