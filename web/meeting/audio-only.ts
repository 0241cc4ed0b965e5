// *Audio only* lasts as long as the meeting, in this tab: on a poor line a reload must not fetch every picture again.

const KEY = "audio-only";

type Tab = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** `camera`: it was on before, and is on again afterwards. */
export interface AudioOnly {
  camera: boolean;
}

/** As it was chosen in this meeting, or null. */
export function recallAudioOnly(meeting: string, tab: Tab = sessionStorage): AudioOnly | null {
  const [of, camera] = (tab.getItem(KEY) ?? "").split(" ");
  return of === meeting ? { camera: camera === "camera" } : null;
}

export function keepAudioOnly(meeting: string, chosen: AudioOnly | null, tab: Tab = sessionStorage): void {
  if (chosen === null) tab.removeItem(KEY);
  else tab.setItem(KEY, chosen.camera ? `${meeting} camera` : meeting);
}
