// Times of the server in the reader's clock.
import { afterEach, expect, test, vi } from "vitest";
import { use } from "./index.ts";
import { momentOf, showMoments } from "./moments.ts";

afterEach(() => use("en", {}));

const now = new Date(2026, 4, 4, 18, 0);

test("a time of today is shown without its day, an earlier one with it", () => {
  use("fr", {});
  expect(momentOf(new Date(2026, 4, 4, 9, 30), now)).toBe("09:30");
  expect(momentOf(new Date(2026, 4, 3, 9, 30), now)).toBe("dim. 3 mai, 09:30");
  expect(momentOf(new Date(2026, 4, 4, 9, 30), null)).toBe("lun. 4 mai, 09:30");
});

test("the clock is that of the reader's country where the browser tells it", () => {
  vi.spyOn(navigator, "languages", "get").mockReturnValue(["fr", "en-GB", "en-US"]);
  expect(momentOf(new Date(2026, 4, 4, 15, 30), now)).toBe("15:30");
  vi.spyOn(navigator, "languages", "get").mockReturnValue(["fr"]);
  expect(momentOf(new Date(2026, 4, 4, 15, 30), now)).toBe("03:30 PM");
});

test("every marked time of a page is shown so, and what is no time stays as it is", () => {
  const at = new Date(2026, 4, 4, 9, 30).toISOString();
  const before = new Date(2026, 4, 2, 11, 15).toISOString();
  document.body.innerHTML =
    `<time datetime="${at}" data-moment>UTC</time><time datetime="x" data-moment>soon</time>` +
    `<time datetime="${before}" data-moment="time">UTC</time>` +
    `<time datetime="${at}" data-moment="day">UTC</time>`;
  use("fr", {});
  showMoments(document, now);
  expect([...document.querySelectorAll("time")].map((time) => time.textContent)).toEqual(["09:30", "soon", "11:15", "lun. 4 mai, 09:30"]);
});
