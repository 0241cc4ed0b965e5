// What is new of the figures, put into those that were known. Alone in its file: every page of a visit loads it.
import type { Contributions } from "../api/shapes.ts";

/** Of the people, news has only those whose line changed. Null: nothing is counted. */
export function merge(before: Contributions | null, news: Contributions | null): Contributions | null {
  if (before === null || news === null) return news;
  const lines = new Map([...before.people, ...news.people].map((line) => [line.id, line]));
  return { ...news, people: [...lines.values()] };
}
