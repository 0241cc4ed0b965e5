"""A person with a browser: their pages, what these complain of, what they sound and show."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, ClassVar, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from signal_server.language import COOKIE, Words
from tests.browser.server import ROOT

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
]

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")

# What a page sounds and shows outside of itself, noted for the test. Notifications are not shown: nobody is there.
NOTED = """
window.noted = {notes: 0, notifications: []};
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { window.noted.notes += 1; return start.apply(this, when); };
window.Notification = class {
  static permission = "granted";
  static requestPermission = async () => "granted";
  constructor(title, options) {
    this.noted = {title, ...options, closed: false};
    window.noted.notifications.push(this.noted);
  }
  close() { this.noted.closed = true; }
};
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy: ${event.violatedDirective} blocked ${event.blockedURI}`);
});
"""

# A page that nobody looks at. Headless tabs are all in front, so the page is told that it is not.
HIDDEN = """
(hidden) => {
  Object.defineProperty(document, "visibilityState", {configurable: true, get: () => hidden ? "hidden" : "visible"});
  Object.defineProperty(document, "hidden", {configurable: true, get: () => hidden});
  document.hasFocus = () => !hidden;
  document.dispatchEvent(new Event("visibilitychange"));
  window.dispatchEvent(new Event(hidden ? "blur" : "focus"));
}
"""

# The network tab's own line about an answer that the page asked for and understood, such as a 409.
ANSWERED = re.compile(r"Failed to load resource: the server responded with a status of (4\d\d|503)")


class Person:
    """Somebody with a browser of their own; `session` is what signs them in."""

    arrived: ClassVar[list[Person]] = []
    """Everybody of the test that runs."""

    def __init__(self, browser: Browser, url: str, session: str | None = None, **options: Any) -> None:
        self.arrived.append(self)
        self.url = url
        options = {"locale": "en-GB", "permissions": ["camera", "microphone"], **options}
        self.context: BrowserContext = browser.new_context(base_url=url, **options)
        self.context.set_default_timeout(15_000)
        self.context.add_init_script(NOTED)
        self.requests: list[Request] = []
        self._complaints: list[str] = []
        self._expected: list[str] = [ANSWERED.pattern]
        self.context.on("request", lambda request: self.requests.append(request))
        self.context.on("console", self._heard)
        self.context.on("weberror", lambda error: self._complaints.append(f"exception: {error.error}"))
        if session:
            self.signs_in(session)

    def signs_in(self, session: str) -> None:
        """Without the form: the browser has the cookie now."""
        self.context.add_cookies([{"name": "session", "value": session, "url": self.url}])

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._complaints.append(f"console: {message.text}")

    def expects(self, pattern: str) -> None:
        """From now on a complaint like this is none."""
        self._expected.append(pattern)

    def unexpected(self) -> list[str]:
        return [one for one in self._complaints if not any(re.search(pattern, one) for pattern in self._expected)]

    def reads(self, language: str) -> Words:
        """Choose a language for every page from now on. Returns what says things as those pages do."""
        self.context.add_cookies([{"name": COOKIE, "value": language, "url": self.url}])
        return Words(language)

    def opens(self, path: str) -> Page:
        """A new tab."""
        page = self.context.new_page()
        page.goto(path)
        return page

    def asked_for(self, path: str) -> int:
        """How often the browser has asked the server for this."""
        return sum(request.url.startswith(self.url + path) for request in self.requests)


def nobody_complained() -> None:
    """Whatever a page of anybody complained of, and nobody expected. Raises AssertionError with all of it."""
    complaints = [complaint for person in Person.arrived for complaint in person.unexpected()]
    assert not complaints, "\n".join(complaints)


def notes(page: Page) -> int:
    """How many notes the page has played. A knock is two."""
    played: int = page.evaluate("window.noted.notes")
    return played


def notifications(page: Page) -> list[dict[str, Any]]:
    """The desktop notifications that the page has shown."""
    shown: list[dict[str, Any]] = page.evaluate("window.noted.notifications")
    return shown


def look_away(page: Page) -> None:
    """As if another window were in front."""
    page.evaluate(HIDDEN, True)


def look_at(page: Page) -> None:
    page.evaluate(HIDDEN, False)


# What fades in is looked at when it is there. What moves for ever, as the ring of whoever waits, stays as it is.
ARRIVED = """
async () => {
  const within = (root) => [
    root, ...[...root.querySelectorAll("*")].flatMap((one) => one.shadowRoot ? within(one.shadowRoot) : []),
  ];
  const moving = () => within(document).flatMap((root) => root.getAnimations())
    .filter((one) => one.playState === "running" && one.effect.getComputedTiming().endTime !== Infinity);
  for (let left = 20; left > 0 && moving().length > 0; left--) await Promise.race([
    Promise.allSettled(moving().map((one) => one.finished)), new Promise((later) => setTimeout(later, 500)),
  ]);
}
"""


def axe(page: Page, *include: str) -> list[str]:
    """What axe-core finds wrong with the page as it stands, or with parts of it, in light and dark, one line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((ROOT / "node_modules/axe-core/axe.min.js").read_text())
    found = []
    as_it_was: Theme = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        page.evaluate(ARRIVED)
        result: dict[str, Any] = page.evaluate(
            """(include) => axe.run(include.length ? {include} : document, {
              resultTypes: ['violations'], rules: {'target-size': {enabled: true}},
            })""",
            [[one] for one in include],
        )
        found += [
            f"{theme}: {violation['id']} ({violation['impact']}): {json.dumps(node['target'])} {node['failureSummary']}"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]
    page.emulate_media(color_scheme=as_it_was)
    return found


def in_french(page: Page) -> Words:
    """Load the page anew in French: back into its meeting, if it was in one. Returns what says things as it does."""
    page.context.add_cookies([{"name": COOKIE, "value": "fr", "url": page.url}])
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    return Words("fr")


def until(page: Page, holds: Callable[[], bool], what: str, seconds: float = 10.0) -> None:
    """Wait, while the page's events go on, until something outside of it holds."""
    for _ in range(int(seconds * 20)):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {what}")
