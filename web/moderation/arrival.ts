// What is off when somebody comes in: by the set-up only at the first time, by what is kept off each time.
import type { Standing } from "../meeting/news.ts";
import { type Kind, KINDS } from "../prejoin/devices.ts";
import type { Stood } from "../visit/memory.ts";

/** The devices that stay off. `stood`: what the tab knows of this meeting: who comes back comes as they were. */
export function offOnArrival(meeting: string, { setup, rights }: Standing, stood: Stood | null): Kind[] {
  const first = stood?.meeting !== meeting;
  const off = { microphone: setup.microphone_off, camera: setup.camera_off };
  return KINDS.filter((kind) => !rights[kind] || (first && off[kind]));
}
