// All that only the meeting needs, in one piece: media, stage and tiles. Loaded while the visitor chooses or waits.
import telephone from "../meeting/livekit.ts";
import { MeetingSettings } from "../meeting/settings.ts";
import { ShortcutList } from "../meeting/shortcut-list.ts";
import { MeetingStage } from "../meeting/stage.ts";
import { MeetingTile } from "../meeting/tile.ts";
import { define as defineModeration } from "../moderation/moderation.ts";

export { telephone };

/** The meeting's elements. May be called again. */
export function define(): void {
  if (customElements.get("meeting-stage") !== undefined) return;
  defineModeration();
  customElements.define("meeting-tile", MeetingTile);
  customElements.define("meeting-settings", MeetingSettings);
  customElements.define("shortcut-list", ShortcutList);
  customElements.define("meeting-stage", MeetingStage);
}
