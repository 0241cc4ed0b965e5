// Who came and who went, said to somebody who does not look.
import { list, t } from "../i18n/index.ts";
import type { Person } from "./call.ts";

const NAMED = 3;

/** What changed from these people to those, "" for nothing. One's own coming is no news, nor is a change without oneself.
 * `removed`: whom one has just removed oneself. */
export function presenceNews(before: readonly Person[], now: readonly Person[], removed: string | null = null): string {
  if (!before.some(({ me }) => me) || !now.some(({ me }) => me)) return "";
  const missing = (from: readonly Person[], those: readonly Person[]): Person[] =>
    from.filter((person) => !person.me && !those.some(({ identity }) => identity === person.identity));
  const gone = missing(before, now);
  const out = gone.find(({ identity }) => identity === removed);
  const news = [
    said("came", missing(now, before)),
    said("went", gone.filter((person) => person !== out)),
    out === undefined ? "" : t("%(name)s was removed.", { name: out.name }),
  ];
  return news.filter((one) => one !== "").join(" ");
}

function said(what: "came" | "went", people: readonly Person[]): string {
  if (people.length === 0) return "";
  const [first] = people;
  if (people.length > NAMED) {
    return what === "came"
      ? t("%(count)s people joined.", { count: people.length })
      : t("%(count)s people left.", { count: people.length });
  }
  if (people.length === 1 && first !== undefined) {
    return what === "came" ? t("%(name)s joined.", { name: first.name }) : t("%(name)s left.", { name: first.name });
  }
  const names = list(people.map(({ name }) => name));
  return what === "came" ? t("%(names)s joined.", { names }) : t("%(names)s have left.", { names });
}

/** What stands beside one's own picture while there is no other. `met`: somebody was here; `waiting`: how many are at the door. */
export function aloneWords(met: boolean, waiting: number): string {
  if (waiting === 1) return t("Somebody is waiting at the door.");
  if (waiting > 1) return t("%(count)s people are waiting at the door.", { count: waiting });
  return met ? t("Everybody else has left.") : t("Nobody else is here yet.");
}
