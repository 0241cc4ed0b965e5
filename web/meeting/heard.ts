// What a screen reader says of messages, hands and reactions: what comes together is said together, and never in a stream.
import { list, t } from "../i18n/index.ts";
import { type Reaction, reactionWords } from "./reactions.ts";

export type Happening =
  | { is: "hand"; name: string }
  | { is: "message"; name: string; text: string }
  | { is: "reaction"; name: string; reaction: Reaction };

/** What comes within this time is one sentence. */
const GATHER_MS = 700;
/** After a sentence, the next one comes no sooner. */
const PAUSE_MS = 5_000;
/** Of one message; the rest is in the chat. */
const SPOKEN = 160;
const NAMED = 3;

type Of<Is extends Happening["is"]> = Extract<Happening, { is: Is }>;

/** One text for all of it: hands first, since somebody waits to speak; last what people wrote, which may end in anything. */
export function summary(happenings: readonly Happening[]): string {
  const only = <Is extends Happening["is"]>(is: Is): Of<Is>[] => happenings.filter((one): one is Of<Is> => one.is === is);
  return [hands(only("hand")), reactions(only("reaction")), messages(only("message"))].filter((part) => part !== "").join(" ");
}

function hands(raised: readonly Of<"hand">[]): string {
  const [first] = raised;
  if (first === undefined) return "";
  if (raised.length === 1) return t("%(name)s raises a hand.", { name: first.name });
  if (raised.length > NAMED) return t("%(count)s people raise their hands.", { count: raised.length });
  return t("%(names)s raise their hands.", { names: list(raised.map(({ name }) => name)) });
}

function messages(written: readonly Of<"message">[]): string {
  const [first] = written;
  if (first === undefined) return "";
  if (written.length > 1) return t("%(count)s new messages in the chat.", { count: written.length });
  const text = first.text.length > SPOKEN ? `${first.text.slice(0, SPOKEN)}…` : first.text;
  return t("%(name)s writes: %(text)s", { name: first.name, text });
}

function reactions(shown: readonly Of<"reaction">[]): string {
  const [first] = shown;
  if (first === undefined) return "";
  if (shown.length > 1) return t("%(count)s reactions.", { count: shown.length });
  return t("%(name)s: %(reaction)s.", { name: first.name, reaction: reactionWords(first.reaction) });
}

export class Announcer {
  readonly #say: (happened: readonly Happening[]) => void;
  readonly #now: () => number;
  #gathered: Happening[] = [];
  #spokeAt = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(say: (happened: readonly Happening[]) => void, now: () => number = () => performance.now()) {
    this.#say = say;
    this.#now = now;
  }

  add(...happenings: Happening[]): void {
    if (happenings.length === 0) return;
    this.#gathered.push(...happenings);
    const wait = Math.max(GATHER_MS, this.#spokeAt + PAUSE_MS - this.#now());
    this.#timer ??= setTimeout(() => this.#speak(), wait);
  }

  #speak(): void {
    this.#timer = undefined;
    this.#spokeAt = this.#now();
    this.#say(this.#gathered.splice(0));
  }
}
