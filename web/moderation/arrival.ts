// What is off when somebody comes in: by the set-up only at the first time, by what is kept off each time.
import type { News, Standing } from "../meeting/news.ts";
import { type Devices, type Kind, KINDS, type Tracks } from "../prejoin/devices.ts";
import { rememberDevices, type Stood, stood } from "../visit/memory.ts";

/** The server tells how the meeting stands before the media are connected; a line that is lost keeps nobody out. */
const TOLD_WITHIN_MS = 2_000;

/** The devices that stay off. `before`: what the tab knows of this meeting: who comes back comes as they were. */
export function offOnArrival(meeting: string, { setup, rights }: Standing, before: Stood | null): Kind[] {
  const first = before?.meeting !== meeting;
  const off = { microphone: setup.microphone_off, camera: setup.camera_off };
  return KINDS.filter((kind) => !rights[kind] || (first && off[kind]));
}

/** What goes in with somebody who joins: not what the room's set-up has off for whoever comes, nor what is kept off. */
export async function arrive(slug: string, meeting: string, news: News, devices: Devices): Promise<Tracks> {
  const standing = await Promise.race([news.told, new Promise<null>((late) => setTimeout(late, TOLD_WITHIN_MS, null))]);
  const before = stood(slug);
  const off = standing === null ? [] : offOnArrival(meeting, standing, before);
  for (const kind of off) devices.want(kind, false);
  // From its first moment on: a reload must not turn on what has just been left off.
  const known = before?.meeting === meeting ? before : { meeting };
  rememberDevices(slug, { ...known, ...Object.fromEntries(off.map((kind) => [kind, false])) });
  return devices.hand();
}
