// Shows the times that the server wrote in UTC as the reader's own clock and calendar say them.
import { language } from "./index.ts";

/** Every `<time data-moment>` below `root`: the time alone with `"time"`, with its day with `"day"`; else with it unless today. */
export function showMoments(root: ParentNode = document, now: Date = new Date()): void {
  for (const time of root.querySelectorAll<HTMLTimeElement>("time[data-moment]")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) time.textContent = momentOf(at, time.dataset.moment === "time" ? at : time.dataset.moment === "day" ? null : now);
  }
}

/** The page's language as the reader's country writes it, where the browser tells: 14:05 or 2:05 PM. */
function locale(): string {
  return navigator.languages.find((wanted) => wanted.toLowerCase().startsWith(language())) ?? language();
}

/** With its day, unless that is the day of `now`. */
export function momentOf(at: Date, now: Date | null): string {
  const clock: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
  const day: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short" };
  const today = at.toDateString() === now?.toDateString();
  return new Intl.DateTimeFormat(locale(), today ? clock : { ...day, ...clock }).format(at);
}
