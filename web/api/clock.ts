// The server's time of day, for a page on a device whose clock is wrong.
//
// "Waiting 0:42" is counted from the server's moment. Every answer carries the server's time in
// `Date`, to the second, which is as fine as what is shown.

let ahead = 0;

/** Learn the server's time from one of its answers. A proxy in between answers with its own, close enough. */
export function hearTime(response: Response, now: number = Date.now()): void {
  const date = Date.parse(response.headers.get("Date") ?? "");
  // `Date` is cut to the second: half of one is the fairest guess, and small differences are noise.
  if (Number.isFinite(date)) learn(date + 500 - now);
}

/** Milliseconds that the server's clock is ahead of this device's, as another page of this browser heard it. */
export function learn(ms: number): void {
  ahead = Math.abs(ms) < 2_000 ? 0 : ms;
}

export function aheadBy(): number {
  return ahead;
}

/** Now, in milliseconds, by the server's clock. */
export function serverNow(now: number = Date.now()): number {
  return now + ahead;
}

/** Whole seconds since a moment of the server's, never less than none. */
export function secondsSince(moment: string, now: number = Date.now()): number {
  return Math.max(0, Math.floor((serverNow(now) - Date.parse(moment)) / 1000));
}
