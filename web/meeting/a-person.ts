// A person in a meeting for tests: `aPerson("ann", { speaking: true })`.
import type { Person } from "./call.ts";

export const PICTURE = { attach: () => undefined, detach: () => undefined };

export function aPerson(identity: string, changed: Partial<Person> = {}): Person {
  return {
    identity,
    name: identity,
    visitor: false,
    owner: false,
    me: false,
    since: 0,
    audible: true,
    speaking: false,
    spoke: 0,
    camera: true,
    picture: PICTURE,
    mirrored: false,
    sharing: null,
    screen: null,
    quality: "good",
    may: { microphone: true, camera: true, screen_share: true },
    ...changed,
  };
}

export const ME = aPerson("me", { me: true, since: 1 });

/** So many others, in the order of coming: p0, p1, … */
export function crowd(count: number): Person[] {
  return Array.from({ length: count }, (_, n) => aPerson(`p${n}`, { since: n + 10 }));
}

export function names(people: readonly { identity: string }[]): string {
  return people.map((person) => person.identity).join(" ");
}
