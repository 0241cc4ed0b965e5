// All that only the meeting needs, in one piece: media, stage and tiles. Loaded while the visitor chooses or waits.
import { Inside } from "../meeting/inside.ts";
import telephone from "../meeting/livekit.ts";
import { define as defineClock } from "../meeting/meeting-clock.ts";
import { ReactionPicker } from "../meeting/reaction-picker.ts";
import { MeetingStage } from "../meeting/stage.ts";
import { TileMarks } from "../meeting/tile-marks.ts";
import { MeetingTile } from "../meeting/tile.ts";
import { arrive } from "../moderation/arrival.ts";
import { define as defineModeration } from "../moderation/moderation.ts";

export { arrive, Inside, telephone };

/** The meeting's elements. May be called again. */
export function define(): void {
  if (customElements.get("meeting-stage") !== undefined) return;
  defineModeration();
  defineClock();
  customElements.define("tile-marks", TileMarks);
  customElements.define("meeting-tile", MeetingTile);
  customElements.define("reaction-picker", ReactionPicker);
  customElements.define("meeting-stage", MeetingStage);
}
