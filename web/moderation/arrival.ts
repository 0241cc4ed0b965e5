// What is off when somebody comes in: by the set-up only at the first time, by what is kept off each time.
import type { Standing } from "../meeting/news.ts";

type Kind = "camera" | "microphone";
const KEY = "arrived";

/**
 * The devices that stay off. A tab remembers that it has been in this meeting: whoever turned
 * their microphone on and reloads comes back with it on.
 */
export function offOnArrival(meeting: string, { setup, rights }: Standing, tab: Pick<Storage, "getItem" | "setItem">): Kind[] {
  const first = tab.getItem(KEY) !== meeting;
  tab.setItem(KEY, meeting);
  const off = { microphone: setup.microphone_off, camera: setup.camera_off };
  return (["camera", "microphone"] as const).filter((kind) => !rights[kind] || (first && off[kind]));
}
