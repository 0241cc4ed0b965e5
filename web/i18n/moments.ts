// Shows the times that the server wrote in UTC as the reader's own clock and calendar say them.
import { language } from "./index.ts";

/** Every `<time data-moment>` below `root`: the time alone today, with its day before. */
export function showMoments(root: ParentNode = document, now: Date = new Date()): void {
  for (const time of root.querySelectorAll<HTMLTimeElement>("time[data-moment]")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) time.textContent = momentOf(at, now);
  }
}

export function momentOf(at: Date, now: Date): string {
  const clock: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
  const day: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short" };
  const today = at.toDateString() === now.toDateString();
  return new Intl.DateTimeFormat(language(), today ? clock : { ...day, ...clock }).format(at);
}
