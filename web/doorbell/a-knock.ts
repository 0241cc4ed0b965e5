// Builders of knocks for the tests of the doorbell.
import type { DoorKnock } from "../api/shapes.ts";

export function aKnock(changes: Partial<DoorKnock> = {}): DoorKnock {
  const id = changes.id ?? "k1";
  return {
    id,
    link: "abcd-efgh",
    name: `Guest ${id}`,
    message: "",
    // Later ids came later.
    since: `2026-03-09T14:00:${id.replace(/\D/g, "").padStart(2, "0")}.000Z`,
    state: "waiting",
    verified: null,
    resembles: null,
    away: false,
    held: false,
    connected: false,
    decided_by: null,
    ...changes,
  };
}
