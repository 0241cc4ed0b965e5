// Shows the times that the server wrote in UTC as the reader's own clock and calendar say them.
import { language } from "./index.ts";

/** Every `<time data-moment>` below `root`: the time alone today or with `data-moment="time"`, with its day else. */
export function showMoments(root: ParentNode = document, now: Date = new Date()): void {
  for (const time of root.querySelectorAll<HTMLTimeElement>("time[data-moment]")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) time.textContent = momentOf(at, time.dataset.moment === "time" ? at : now);
  }
}

/** The page's language as the reader's country writes it, where the browser tells: 14:05 or 2:05 PM. */
function locale(): string {
  return navigator.languages.find((wanted) => wanted.toLowerCase().startsWith(language())) ?? language();
}

export function momentOf(at: Date, now: Date): string {
  const clock: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
  const day: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short" };
  const today = at.toDateString() === now.toDateString();
  return new Intl.DateTimeFormat(locale(), today ? clock : { ...day, ...clock }).format(at);
}
