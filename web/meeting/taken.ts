// Notices when the system takes a camera or microphone away, as a phone does for a call, and gives it back.

/** A short silence of the system's is none. */
export const TAKEN_AFTER_MS = 1_500;

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
