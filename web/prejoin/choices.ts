// What this device remembers for the next time: the name typed at a door, and which devices were wanted.
import { shelf, type Shelf } from "../doorbell/browser.ts";

export interface Choices {
  name: string;
  camera: boolean;
  microphone: boolean;
}

const KEY = "choices";
const FIRST: Choices = { name: "", camera: true, microphone: true };

/** What was chosen last, with the first-time choices for all that is missing or nonsense. */
export function recall(kept: Shelf = shelf()): Choices {
  try {
    const read: unknown = JSON.parse(kept.read(KEY) ?? "{}");
    if (typeof read !== "object" || read === null) return FIRST;
    const { name, camera, microphone } = read as Record<string, unknown>;
    return {
      name: typeof name === "string" ? name : FIRST.name,
      camera: typeof camera === "boolean" ? camera : FIRST.camera,
      microphone: typeof microphone === "boolean" ? microphone : FIRST.microphone,
    };
  } catch {
    return FIRST;
  }
}

export function keep(changed: Partial<Choices>, kept: Shelf = shelf()): void {
  kept.write(KEY, JSON.stringify({ ...recall(kept), ...changed }));
}
