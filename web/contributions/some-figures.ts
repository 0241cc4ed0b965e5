// Figures of a meeting for tests: `someFigures([aLine("ann", { talk: 12 })])`.
import type { Contribution, Contributions } from "../api/shapes.ts";

export function aLine(id: string, changed: Partial<Contribution> = {}): Contribution {
  return {
    id,
    identity: id,
    name: id,
    role: "guest",
    here: true,
    talk: 0,
    turns: 0,
    longest_turn: 0,
    camera: 0,
    screen_share: 0,
    messages: 0,
    hands: 0,
    ...changed,
  };
}

export function someFigures(people: Contribution[], changed: Partial<Contributions> = {}): Contributions {
  return { state: "live", seconds: 60, talk: 0, overlap: 0, people, ...changed };
}
