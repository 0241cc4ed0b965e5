// The list of knocks at this account's doors, folded from what the doorbell's stream says.
import type { DoorKnock, DoorNow, DoorbellEvents, Gone } from "../api/shapes.ts";

export type DoorbellEvent = { [Name in keyof DoorbellEvents]: { name: Name; data: DoorbellEvents[Name] } }[keyof DoorbellEvents];

/** What changed for somebody, as far as a page says or sounds anything about it. */
export type Happening =
  /** Somebody is at the door who was not on the list, or was on hold and is ringing again. */
  | { kind: "rang"; knock: DoorKnock }
  /** Somebody decided; `by` is null where the stream does not say who. */
  | { kind: "accepted" | "refused" | "held"; knock: DoorKnock; by: string | null }
  /** They gave up, or their time was over. */
  | { kind: "gone"; knock: DoorKnock }
  /** Still at the door, but no longer this account's to decide. */
  | { kind: "withheld"; knock: DoorKnock };

export interface Fold {
  knocks: readonly DoorKnock[];
  happenings: readonly Happening[];
}

/** At the door and not put off: these ring. */
export function rings(knock: DoorKnock): boolean {
  return knock.state === "waiting" && !knock.held;
}

/** What is said of the door as a whole. */
export function doorNow({ more = 0, paused = false }: Partial<DoorNow>): DoorNow {
  return { more, paused };
}

/** The list after an event, in order of arrival, and what happened. Telling it the same twice changes nothing. */
export function fold(knocks: readonly DoorKnock[], event: DoorbellEvent): Fold {
  switch (event.name) {
    case "snapshot":
      return snapshot(knocks, event.data.knocks);
    case "knock":
      return changed(knocks, event.data);
    case "gone":
      return gone(knocks, event.data);
    case "door":
      return { knocks, happenings: [] };
  }
}

function snapshot(before: readonly DoorKnock[], now: readonly DoorKnock[]): Fold {
  const was = new Map(before.map((knock) => [knock.id, knock]));
  const still = new Set(now.map(({ id }) => id));
  const missing = before.filter(({ id }) => !still.has(id));
  return {
    knocks: inOrder(now),
    happenings: [
      ...missing.flatMap((knock): Happening[] => (knock.state === "waiting" ? [{ kind: "gone", knock }] : [])),
      ...now.flatMap((knock) => whatHappened(was.get(knock.id), knock)),
    ],
  };
}

function changed(before: readonly DoorKnock[], knock: DoorKnock): Fold {
  const was = before.find(({ id }) => id === knock.id);
  return {
    // Whoever is on the list keeps their place: only who is new has one to find.
    knocks: was === undefined ? inOrder([...before, knock]) : before.map((one) => (one === was ? knock : one)),
    happenings: whatHappened(was, knock),
  };
}

function gone(before: readonly DoorKnock[], { id, state, by }: Gone): Fold {
  const was = before.find((knock) => knock.id === id);
  const knocks = before.filter((knock) => knock.id !== id);
  if (was === undefined || was.state !== "waiting") return { knocks, happenings: [] };
  const knock = { ...was, state };
  if (state === "refused") return { knocks, happenings: [{ kind: "refused", knock, by }] };
  // Admitted and connected between two events of ours: the admission is still news.
  if (state === "admitted" || state === "entered") return { knocks, happenings: [{ kind: "accepted", knock, by }] };
  return { knocks, happenings: [{ kind: state === "waiting" ? "withheld" : "gone", knock }] };
}

function whatHappened(was: DoorKnock | undefined, knock: DoorKnock): Happening[] {
  if (rings(knock)) return was === undefined || !rings(was) ? [{ kind: "rang", knock }] : [];
  if (was === undefined || !rings(was)) {
    return was?.state === "waiting" && knock.state === "admitted"
      ? [{ kind: "accepted", knock, by: knock.decided_by }]
      : [];
  }
  if (knock.state === "admitted") return [{ kind: "accepted", knock, by: knock.decided_by }];
  return knock.held ? [{ kind: "held", knock, by: knock.decided_by }] : [];
}

/** Who came first stands first; a tie is broken by the id, so that every page shows the same order. */
function inOrder(knocks: readonly DoorKnock[]): DoorKnock[] {
  const key = ({ since, id }: DoorKnock): string => `${since} ${id}`;
  return [...knocks].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}
