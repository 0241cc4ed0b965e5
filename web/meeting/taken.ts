// Notices when the system takes a camera or microphone away, as a phone does for a call, and gives it back.
import { t } from "../i18n/index.ts";
import type { Kind } from "../prejoin/devices.ts";

/** A short silence of the system's is none. */
export const TAKEN_AFTER_MS = 1_500;

/** What its person is told, and what they can do. On a phone it was a call; elsewhere a switch or the system's settings. */
export function takenWords(kind: Kind, phone: boolean): { text: string; action: string } {
  const camera = kind === "camera";
  if (phone) {
    const text = camera ? t("Your phone took the camera.") : t("Your phone took the microphone.");
    return { text, action: t("Take it back") };
  }
  const text = camera ? t("Your camera was switched off outside this page.") : t("Your microphone was switched off outside this page.");
  return { text, action: t("Try again") };
}

/** The part of a MediaStreamTrack that is used here. */
export type Takeable = Pick<MediaStreamTrack, "muted" | "readyState" | "addEventListener" | "removeEventListener">;

export interface TakenHearing {
  taken(): void;
  givenBack(): void;
}

/** Watch one track until the returned function is called. */
export function watchTaken(track: Takeable, hearing: TakenHearing): () => void {
  let taken = false;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const muted = (): void => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (taken || !track.muted || track.readyState === "ended") return;
      taken = true;
      hearing.taken();
    }, TAKEN_AFTER_MS);
  };
  const unmuted = (): void => {
    clearTimeout(waiting);
    if (taken) hearing.givenBack();
    taken = false;
  };
  track.addEventListener("mute", muted);
  track.addEventListener("unmute", unmuted);
  if (track.muted) muted();
  return () => {
    clearTimeout(waiting);
    track.removeEventListener("mute", muted);
    track.removeEventListener("unmute", unmuted);
  };
}
