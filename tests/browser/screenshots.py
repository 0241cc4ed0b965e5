"""`make screenshots`: pictures of every page and state into screenshots/, desktop and phone, light and dark.

    python -m tests.browser.screenshots [name …]   only scenes whose name contains one of these

The server, LiveKit and the browser are real; only who does what is made up. A picture's name says what it shows:
`{page}-{state}.{desktop|phone|side}.{light|dark}.{en|fr}.png`, `side` for a phone on its side.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from admission import accounts, endings
from admission.accounts import Entry, WorkspaceChoices
from admission.directory import Role
from admission.store.repository import Repository
from tests.browser.crowd import a_crowd
from tests.browser.held import hold
from tests.browser.observer import Observer
from tests.browser.server import ROOT, Vestibule, now
from tests.browser.test_every_place import SHOWN

FOLDER = ROOT / "screenshots"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
]
SIZES = {"desktop": (1280, 800), "phone": (360, 640), "side": (640, 360)}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LOCALES = {"en": "en-GB", "fr": "fr-FR"}

LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" rx="20"'
    b' fill="#2f5fd0"/><path d="M8 22q6-8 12 0t12 0" stroke="#fff" stroke-width="4" fill="none"/></svg>'
)
HARBOUR, LAKESIDE, SMALL = "Harbour College", "Lakeside Clinic", "Two Seats"
CHAT = {
    "en": (
        "Good morning. Please fill this in when you have a minute:",
        "Thank you, I will.",
        "Shall I do it now,\nor after the call?",
    ),
    "fr": (
        "Bonjour. Merci de remplir ceci quand vous aurez une minute :",
        "Merci, je m’en occupe.",
        "Je le fais maintenant\nou après l’appel ?",
    ),
}
MESSAGES = {
    "en": ("Hello, I am early. I am happy to wait.", "One moment, please: two minutes.", "Tomorrow at ten?")
    + CHAT["en"]
    + ("Timetable of the second term",),
    "fr": ("Bonjour, je suis en avance. J’attends volontiers.", "Un instant : deux minutes.", "Demain à dix heures ?")
    + CHAT["fr"]
    + ("Emploi du temps du deuxième trimestre",),
}


@dataclass
class Stage:
    """Everything that scenes are played with, in one language."""

    server: Vestibule
    browser: Browser
    language: str
    wanted: tuple[str, ...]
    people: dict[str, Entry] = field(default_factory=dict)
    scene: str = ""

    def furnish(self) -> None:
        self.server.add_workspace(HARBOUR, WorkspaceChoices(privacy_url="https://harbour.example/privacy"))
        self.server.add_workspace(LAKESIDE, WorkspaceChoices(accent="#f2c200", logo=LOGO))
        self.server.add_workspace(SMALL, WorkspaceChoices(seats=2))
        for who, workspace, name, role in (
            ("nadia", HARBOUR, "Nadia Amar", Role.MEMBER),
            ("colin", HARBOUR, "Colin Reyes", Role.MEMBER),
            ("ben", HARBOUR, "Ben Okafor", Role.ADMIN),
            ("maria", HARBOUR, "María-José de los Ángeles Fernández-Villaverde", Role.MEMBER),
            ("gina", HARBOUR, "Gina Holt", Role.GUEST),
            ("noah", LAKESIDE, "Noah Berg", Role.MEMBER),
            ("tess", SMALL, "Tess Lind", Role.MEMBER),
            ("ugo", SMALL, "Ugo Ferri", Role.MEMBER),
        ):
            self.people[who] = self.server.add(f"{who}@x.example", workspace, name, role)

    def say(self, at: int) -> str:
        return MESSAGES[self.language][at]

    def link(self, who: str) -> str:
        found = self.people[who].link
        assert found is not None, who
        return f"/m/{found.slug}"

    @contextmanager
    def context(self, who: str | None = None, **more: Any) -> Iterator[BrowserContext]:
        """A browser of its own, of somebody who is signed in or of nobody."""
        options = {"permissions": ["camera", "microphone"], **more}
        context = self.browser.new_context(base_url=self.server.url, locale=LOCALES[self.language], **options)
        if who:
            secret = self.server.session(f"{who}@x.example")
            context.add_cookies([{"name": "session", "value": secret, "url": self.server.url}])
        yield context
        context.close()

    @contextmanager
    def page(self, path: str, who: str | None = None, **more: Any) -> Iterator[Page]:
        """A page, whose complaints end up in the terminal: a policy that blocks is a fault."""
        with self.context(who, **more) as context:
            page = context.new_page()
            page.on("console", lambda message: self._complain(message.type, message.text))
            page.on("pageerror", lambda error: self._complain("error", str(error)))
            page.goto(path)
            yield page

    def _complain(self, kind: str, text: str) -> None:
        # What the network tab says of an answer that is meant, and what happens when LiveKit is stopped on purpose.
        meant = ("Failed to load resource", "WebSocket connection to", "ERR_CONNECTION")
        if kind == "error" and not any(each in text for each in meant):
            print(f"  {self.scene}: {text[:300]}", file=sys.stderr)

    def shoot(
        self, page: Page, name: str, full: bool = False, side: bool = False, opened: Callable[[], Any] | None = None
    ) -> None:
        """One page as it stands, in every size and theme. `side`: on a phone's side, too. `opened`: opens anew in each
        size what another size closes."""
        for size, (width, height) in SIZES.items():
            if size == "side" and not side:
                continue
            page.set_viewport_size({"width": width, "height": height})
            if opened is not None:
                page.wait_for_timeout(300)
                opened()
            for theme in THEMES:
                page.emulate_media(color_scheme=theme)
                page.evaluate("document.fonts.ready")
                page.wait_for_timeout(250)
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    print(f"  {name}: wider than the window ({size})", file=sys.stderr)
                page.screenshot(path=FOLDER / f"{name}.{size}.{theme}.{self.language}.png", full_page=full)
        width, height = SIZES["desktop"]
        page.set_viewport_size({"width": width, "height": height})

    # what people do

    def ask(self, page: Page, name: str, message: str = "") -> str:
        """Ask to join from a guest's page. Returns the knock's id."""
        page.fill("input#name", name)
        if message:
            page.click("door-form .add")
            page.fill("textarea#message", message)
        with page.expect_response("**/entry") as asked:
            page.click("door-form button.accent")
        knock: str = asked.value.json()["knock"]["id"]
        page.wait_for_selector(".panel.waiting .waits")
        return knock

    def running(self, who: str) -> str:
        """The id of the meeting that runs behind somebody's link."""
        link = self.people[who].link
        assert link is not None, who
        meetings = self.server.run(lambda repository: repository.running_meetings())
        return next(meeting.id for meeting in meetings if meeting.link_id == link.id)

    def knock(self, who: str, name: str, message: str = "") -> str:
        """Ask at somebody's door from a browser that nobody looks at. Returns the knock's id."""
        body = {"name": name, **({"message": message} if message else {})}
        return str(self.call("POST", f"/api/v1/links{self.link(who)[2:]}/entry", body)["knock"]["id"])

    def call(self, method: str, path: str, body: object = None, who: str | None = None) -> Any:
        """A call of the API. Each is of a new browser, unless somebody is signed in."""
        with self.context(who) as context:
            answer = context.request.fetch(path, method=method, data=json.dumps(body if body is not None else {}))
            if not answer.ok:
                raise RuntimeError(f"{method} {path}: {answer.status} {answer.text()}")
            return answer.json() if answer.status != 204 else None

    def decide(self, who: str, knock: str, decision: str, message: str = "") -> None:
        body = {"decision": decision, **({"message": message} if message else {})}
        self.call("POST", f"/api/v1/knocks/{knock}/decision", body, who)

    def time_passes(self, minutes: int) -> None:
        """Let clocks run out, as if this much later."""
        at, away = now() + timedelta(minutes=minutes), timedelta(minutes=15)
        self.server.run(lambda repository: endings.time_passes(repository, at, away))


Scene = Callable[[Stage], None]
SCENES: list[Scene] = []


def scene(play: Scene) -> Scene:
    SCENES.append(play)
    return play


# ── The platform ──


@scene
def sign_in(stage: Stage) -> None:
    with stage.page("/") as page:
        stage.shoot(page, "sign-in")
        page.fill("#email", "nadia@x.example")
        page.fill("#password", "wrong")
        page.click("button[type=submit]")
        page.wait_for_selector(".problem:not([hidden])")
        stage.shoot(page, "sign-in-failed")


@scene
def home(stage: Stage) -> None:
    with stage.page("/", "colin") as page:
        stage.shoot(page, "home")
    with stage.page("/", "gina") as page:
        stage.shoot(page, "home-guest-user")
    with stage.page("/", "noah") as page:
        stage.shoot(page, "home-own-accent")


@scene
def home_missed(stage: Stage) -> None:
    for name, message in (("Samira Haddad", stage.say(0)), ("Li Na", ""), ("Konstantin Wolkonski-Petersburgskij", "")):
        with stage.page(stage.link("nadia")) as guest:
            stage.ask(guest, name, message)
            guest.click("[data-press=press-cancel]")
            guest.wait_for_selector("door-form")
    with stage.page("/", "nadia") as page:
        stage.shoot(page, "home-missed", full=True)


@scene
def preferences(stage: Stage) -> None:
    with stage.page("/preferences", "nadia") as page:
        stage.shoot(page, "preferences", full=True)
        page.click("[data-copy='#link']")
        page.click("details summary")
        stage.shoot(page, "preferences-copied-and-invitation")
        for dialog in ("qr", "new-link"):
            page.click(f"[data-dialog='#{dialog}']")
            stage.shoot(page, f"preferences-{dialog}")
            page.keyboard.press("Escape")
        page.click(".person")
        stage.shoot(page, "menu-of-the-person")
    with stage.page("/preferences", "gina") as page:
        stage.shoot(page, "preferences-guest-user", full=True)
    with stage.page("/preferences", "noah") as page:
        page.click("[data-open]")
        page.wait_for_selector("[data-open][data-value=true]")
        stage.shoot(page, "preferences-closed-own-accent", full=True)
        page.click("[data-open]")
        page.wait_for_selector("[data-open][data-value=false]")


@scene
def people(stage: Stage) -> None:
    with stage.page("/people", "nadia") as page:
        stage.shoot(page, "people")
        for who in ("colin", "maria", "gina", "nadia"):
            page.goto(f"/people/{stage.people[who].account.id}")
            stage.shoot(page, f"profile-{who}")


@scene
def meetings(stage: Stage) -> None:
    with stage.page("/meetings", "maria") as page:
        stage.shoot(page, "meetings-none")
    with stage.page("/meetings", "gina") as page:
        stage.shoot(page, "meetings-guest-user")
    long_name = "Konstantin Wolkonski-Petersburgskij"

    def some(repository: Repository) -> tuple[str, str]:
        before, hour = now().replace(hour=9, minute=30, second=0) - timedelta(days=1), timedelta(hours=1)
        hold(repository, "ben@x.example", ["nadia@x.example"], [], before - 30 * 24 * hour, 24)
        long = hold(repository, "nadia@x.example", ["ben@x.example"], ["Samira Haddad"], before - 3 * hour, 480)
        members = ["colin@x.example", "maria@x.example"]
        short = hold(repository, "nadia@x.example", members, ["Samira Haddad", long_name], before, 42, stage.say(6))
        return short, long

    short, long = stage.server.run(some)
    with stage.page("/meetings", "nadia") as page:
        stage.shoot(page, "meetings")
        page.goto(f"/meetings/{short}")
        stage.shoot(page, "meeting-past", full=True)
        page.click("details summary")
        page.click(".timeline li:nth-child(2) a")
        stage.shoot(page, "meeting-past-as-table")
        page.click("[data-dialog='#forget']")
        stage.shoot(page, "meeting-past-delete")
        page.goto(f"/meetings/{long}")
        stage.shoot(page, "meeting-past-of-hours", full=True)
    with stage.page("/meetings", "ben") as page:
        stage.shoot(page, "meetings-admin", full=True)


@scene
def nothing_here(stage: Stage) -> None:
    with stage.page("/m/bcdfg-hjkn-prstv") as page:
        stage.shoot(page, "link-not-found")
    with stage.page("/nowhere", "nadia") as page:
        stage.shoot(page, "page-not-found")
    with stage.page("/problems/meeting-full") as page:
        stage.shoot(page, "problem")


# ── At the door ──


@scene
def prejoin(stage: Stage) -> None:
    with stage.page(stage.link("nadia")) as page:
        page.wait_for_selector("door-form input")
        stage.shoot(page, "prejoin-guest", side=True)
        page.click("door-form button.accent")
        stage.shoot(page, "prejoin-name-missing")
    with stage.page(stage.link("noah")) as page:
        page.wait_for_selector("door-form input")
        stage.shoot(page, "prejoin-own-accent")
    for who in ("nadia", "colin", "gina"):
        with stage.page(stage.link("nadia"), who) as page:
            page.wait_for_selector("door-form button")
            stage.shoot(page, f"prejoin-{who}")


# What a browser would do that refuses, has nothing, or is a messenger's.
WITHOUT = {
    "refused": "async () => { throw new DOMException('Permission denied', 'NotAllowedError'); }",
    "busy": "async () => { throw new DOMException('Device in use', 'NotReadableError'); }",
    "none": "async () => { throw new DOMException('Requested device not found', 'NotFoundError'); }",
}


@scene
def devices(stage: Stage) -> None:
    with stage.page(stage.link("nadia")) as page:
        page.click("[data-menus]")
        page.wait_for_selector("device-menus [data-test]")
        page.click("device-menus [data-test]")
        page.wait_for_timeout(3000)
        stage.shoot(page, "prejoin-devices")
    for name, answers in WITHOUT.items():
        with stage.context() as context:
            context.add_init_script(
                f"if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = {answers};"
                "if (navigator.permissions) navigator.permissions.query = async () => ({state: 'denied'});"
            )
            page = context.new_page()
            page.goto(stage.link("nadia"))
            page.wait_for_selector("door-preview .advice p")
            stage.shoot(page, f"prejoin-device-{name}")
    with stage.context(user_agent="Mozilla/5.0 (Linux; Android 14; wv) Instagram 330.0") as context:
        context.add_init_script("delete window.RTCPeerConnection")
        page = context.new_page()
        page.goto(stage.link("nadia"))
        page.wait_for_selector("section.state")
        stage.shoot(page, "messenger-without-calls")


@scene
def no_media(stage: Stage) -> None:
    with stage.page(stage.link("nadia")) as guest:
        guest.route_web_socket("**/rtc*/**", lambda _socket: None)
        guest.route_web_socket("**/rtc*", lambda _socket: None)
        stage.decide("nadia", stage.ask(guest, "Samira Haddad"), "admit")
        guest.wait_for_timeout(14_000)
        stage.shoot(guest, "no-media")


@scene
def waiting(stage: Stage) -> None:
    with stage.page(stage.link("nadia")) as guest:
        knock = stage.ask(guest, "Samira Haddad", stage.say(0))
        stage.shoot(guest, "waiting-nobody", side=True)
        with stage.context("nadia") as owner:
            page = owner.new_page()
            page.route("**/doorbell/seen", lambda route: route.abort())
            page.goto("/people")
            page.wait_for_selector("door-bell .card")
            guest.wait_for_timeout(500)
            stage.shoot(guest, "waiting-ringing")
            page.unroute("**/doorbell/seen")
            page.reload()
            page.wait_for_selector("door-bell .card")
            guest.wait_for_timeout(500)
            stage.shoot(guest, "waiting-seen")
            stage.decide("nadia", knock, "hold", stage.say(1))
            guest.wait_for_timeout(500)
            stage.shoot(guest, "waiting-on-hold")
            stage.server.stop_serving()
            guest.wait_for_timeout(2000)
            stage.shoot(guest, "waiting-line-lost")
            stage.server.serve()
            stage.decide("nadia", knock, "refuse", stage.say(2))
            guest.wait_for_selector("section.state")
            stage.shoot(guest, "refused")


@scene
def turned_away(stage: Stage) -> None:
    slug = stage.link("colin")[2:]
    stage.call("PATCH", f"/api/v1/links{slug}", {"open": False}, "colin")
    with stage.page(stage.link("colin")) as page:
        page.wait_for_selector("section.state")
        stage.shoot(page, "closed")
    stage.call("PATCH", f"/api/v1/links{slug}", {"open": True}, "colin")
    inside = stage.call("POST", f"/api/v1/links{stage.link('tess')[2:]}/entry", {"name": "Ugo Ferri"}, "ugo")["entry"]
    with stage.page(stage.link("tess")) as page:
        page.wait_for_selector("section.state")
        stage.shoot(page, "full")
    lock = {"locked": True, "version": 1}
    stage.call("PATCH", f"/api/v1/meetings/{inside['meeting']}/setup", lock, "ugo")
    with stage.page(stage.link("tess")) as page:
        page.wait_for_selector("section.state")
        stage.shoot(page, "locked")


@scene
def ended_undecided(stage: Stage) -> None:
    with stage.page(stage.link("maria")) as page:
        stage.ask(page, "Samira Haddad")
        stage.call("POST", f"/api/v1/links{stage.link('maria')[2:]}/rotate", {}, "maria")
        page.wait_for_selector("section.state")
        stage.shoot(page, "link-changed")
    again = stage.server.run(lambda repository: repository.link_of(stage.people["maria"].account.id))
    assert again is not None
    with stage.page(f"/m/{again.slug}") as page:
        knock = stage.ask(page, "Samira Haddad")
        # Admitted while nobody looks at its page, and back too late.
        page.goto("about:blank")
        stage.decide("maria", knock, "admit")
        stage.time_passes(20)
        page.goto(f"/m/{again.slug}")
        page.wait_for_selector("section.state")
        stage.shoot(page, "never-came")
        page.click("[data-press]")
        page.wait_for_selector(".panel.waiting .waits")
        page.goto("about:blank")
        page.wait_for_timeout(12_000)  # until the page counts as away
        stage.time_passes(20)
        page.goto(f"/m/{again.slug}")
        page.wait_for_selector("section.state")
        stage.shoot(page, "away-too-long")


@scene
def on_another_page(stage: Stage) -> None:
    with stage.page(stage.link("colin"), "noah") as first, stage.page(stage.link("colin"), "noah") as second:
        for page in (first, second):
            page.click("door-form button.accent")
            page.wait_for_selector(".panel.waiting .waits")
        first.wait_for_selector("section.state")
        stage.shoot(first, "asked-elsewhere")
        second.click("[data-press=press-cancel]")
    with stage.page(stage.link("colin")) as page:
        stage.ask(page, "G. Holt")
        secret = stage.server.session("gina@x.example")
        page.context.add_cookies([{"name": "session", "value": secret, "url": stage.server.url}])
        page.reload()
        page.wait_for_selector(".panel.waiting .waits")
        stage.shoot(page, "waiting-signed-in-meanwhile")
        page.click("[data-press=press-cancel]")


# ── The doorbell ──


@scene
def doorbell(stage: Stage) -> None:
    stage.knock("colin", "Samira Haddad", stage.say(0))
    with stage.page("/people", "colin") as page:
        page.wait_for_selector("door-bell .card")
        stage.shoot(page, "doorbell-one")
        stage.knock("colin", "Nаdia Amar")  # the second letter is Cyrillic
        stage.call("POST", f"/api/v1/links{stage.link('colin')[2:]}/entry", {"name": "x"}, "noah")
        page.wait_for_selector("door-bell .more button")
        stage.shoot(page, "doorbell-several")
        page.click("door-bell .more button")
        page.wait_for_selector("door-bell .list")
        page.wait_for_timeout(600)
        stage.shoot(page, "doorbell-list")
    slug = stage.link("colin")[2:]
    stage.call("POST", f"/api/v1/links{slug}/decisions", {"decision": "refuse"}, "colin")


# ── The meeting ──


def join(page: Page) -> None:
    page.wait_for_selector("door-form button.accent")
    page.click("door-form button.accent")
    page.wait_for_selector("meeting-stage meeting-tile", timeout=20_000)
    page.wait_for_timeout(1500)


@scene
def meeting(stage: Stage) -> None:
    with stage.page(stage.link("nadia"), "nadia") as owner:
        join(owner)
        stage.shoot(owner, "meeting-alone", side=True)
        with stage.page(stage.link("nadia"), "colin") as colleague, stage.page(stage.link("nadia")) as guest:
            join(colleague)
            knock = stage.ask(guest, "Samira Haddad", stage.say(0))
            owner.wait_for_selector("door-bell .card")
            stage.shoot(owner, "meeting-doorbell", side=True)
            stage.decide("nadia", knock, "admit")
            guest.wait_for_selector("meeting-stage meeting-tile", timeout=20_000)
            guest.wait_for_timeout(2500)
            stage.shoot(owner, "meeting-three", side=True)
            stage.shoot(guest, "meeting-as-guest")
            second = guest.context.new_page()
            second.goto(stage.link("nadia"))
            second.wait_for_timeout(1500)
            stage.shoot(second, "meeting-on-another-page")
            join(second)
            stage.shoot(guest, "meeting-continue-here")
            second.close()
            guest.click("[data-press]")
            guest.wait_for_selector("meeting-stage meeting-tile", timeout=20_000)
            stage.server.livekit.stop()
            guest.wait_for_timeout(6000)
            stage.shoot(guest, "meeting-reconnecting", side=True)
            stage.server.livekit.start()
            guest.wait_for_timeout(9000)
            guest.click("[data-press=press-leave], meeting-stage .leave")
            guest.wait_for_selector("section.state")
            stage.shoot(guest, "left")
            with guest.expect_response("**/entry") as asked:
                guest.click("[data-press]")
            stage.decide("nadia", asked.value.json()["knock"]["id"], "admit")
            guest.wait_for_selector("meeting-stage meeting-tile", timeout=20_000)
            running = stage.server.run(lambda repository: repository.running_meetings())[0]
            seats = stage.server.run(lambda repository: repository.seats_in(running.id))
            (who,) = (seat.identity for seat in seats if seat.name == "Samira Haddad")
            stage.call("POST", f"/api/v1/meetings/{running.id}/remove", {"who": who}, "nadia")
            guest.wait_for_selector("section.state")
            stage.shoot(guest, "removed")
            stage.call("POST", f"/api/v1/meetings/{running.id}/end", {}, "nadia")
            colleague.wait_for_selector("section.state")
            stage.shoot(colleague, "ended")


@scene
def many_on_the_stage(stage: Stage) -> None:
    with stage.page(stage.link("noah"), "noah") as owner:
        join(owner)
        with a_crowd([let_in(stage, "noah", number) for number in range(9)], sharing=(1,)):
            owner.wait_for_selector("meeting-tile.main video.seen")
            owner.wait_for_timeout(2500)
            stage.shoot(owner, "meeting-screen", side=True)
            owner.click("meeting-stage [data-control=share]")
            owner.wait_for_selector("meeting-stage .own-share")
            stage.shoot(owner, "meeting-own-screen")
            owner.click("meeting-stage [data-stop-share]")
            owner.click("meeting-stage [data-control=settings]")
            owner.wait_for_timeout(300)
            owner.screenshot(path=FOLDER / f"meeting-menu.desktop.dark.{stage.language}.png")
            owner.click("#more [data-entry=settings]")
            owner.wait_for_selector("meeting-settings dialog[open]")
            stage.shoot(owner, "meeting-settings", side=True)
            owner.keyboard.press("Escape")
            owner.wait_for_selector("meeting-settings dialog[open]", state="detached")
            owner.keyboard.press("?")
            owner.wait_for_selector("shortcut-list dialog[open]")
            stage.shoot(owner, "meeting-keys")
            owner.keyboard.press("Escape")
    with stage.page(stage.link("ben"), "ben") as owner:
        join(owner)
        with a_crowd([let_in(stage, "ben", number) for number in range(10)]):
            owner.wait_for_timeout(4000)
            stage.shoot(owner, "meeting-many", side=True)
            owner.keyboard.press("l")
            owner.wait_for_timeout(500)
            stage.shoot(owner, "meeting-speaker", side=True)
            owner.keyboard.press("l")


def let_in(stage: Stage, who: str, number: int) -> dict[str, Any]:
    """One more guest of somebody's meeting, without a page: what lets them connect."""
    with stage.context() as guest:
        link = stage.link(who)[2:]
        name = ("Samira Haddad", "Li Na", "Ben Okafor", "Zoë Lindqvist", "Tomás Herrera")[number % 5]
        asked = guest.request.post(f"/api/v1/links{link}/entry", data=json.dumps({"name": name}))
        knock = asked.json()["knock"]["id"]
        stage.decide(who, knock, "admit")
        entry: dict[str, Any] = guest.request.post(f"/api/v1/knocks/{knock}/entry", data="{}").json()["entry"]
        return entry


def asked_and_let_in(stage: Stage, guest: Page, whose: str) -> None:
    knock = stage.ask(guest, "Samira Haddad")
    stage.decide(whose, knock, "admit")
    guest.wait_for_selector("meeting-stage meeting-tile", timeout=20_000)


@scene
def moderating(stage: Stage) -> None:
    with stage.page(stage.link("maria"), "maria") as owner, stage.page(stage.link("maria")) as guest:
        join(owner)
        asked_and_let_in(stage, guest, "maria")
        owner.wait_for_selector("person-menu", state="attached")
        owner.click("[data-control=moderate]")
        stage.shoot(owner, "moderating", side=True)
        owner.click("moderator-desk [data-do=off] >> nth=0")
        owner.wait_for_selector("moderator-desk .report")
        stage.shoot(owner, "moderating-turned-off")
        stage.shoot(guest, "moderated-turned-off")
        owner.click("moderator-desk .report .next button")
        guest.wait_for_selector("notice-board [data-answer]")
        stage.shoot(guest, "moderated-asked")
        owner.click("moderator-desk [data-do=keep] >> nth=0")
        guest.wait_for_selector("notice-board [data-about=microphone]")
        guest.click("notice-board .note .close")
        stage.shoot(guest, "moderated-kept-off")
        owner.click("moderator-desk [data-do=end]")
        stage.shoot(owner, "moderating-end")
        owner.click("moderator-desk [data-do=go-on]")
        owner.click("moderator-desk [data-do=setup]")
        stage.shoot(owner, "moderating-set-up")
        owner.keyboard.press("Escape")

        def menu() -> None:
            owner.keyboard.press("Escape")
            owner.hover("meeting-tile:has(person-menu)")
            owner.click("meeting-tile person-menu .opens")

        stage.shoot(owner, "moderating-one-person", side=True, opened=menu)
        owner.keyboard.press("Escape")

        def leaving() -> None:
            owner.keyboard.press("Escape")
            owner.click(".bar [data-control=leave]")

        stage.shoot(owner, "meeting-leave", side=True, opened=leaving)
        owner.keyboard.press("Escape")
        menu()
        owner.click("person-menu [data-do=remove]")
        stage.shoot(owner, "moderating-remove")


# As if the media said this: a call that is the page's own but for what is changed, and whom to tell what happened.
MADE_UP = """
({quality, ...changed}) => {
  const stage = document.querySelector("visit-page").shadowRoot.querySelector("meeting-stage");
  const call = (window.call ??= stage.call);
  const made = {...changed, onTold: (hear) => { window.tell = hear; return () => {}; }};
  if (quality) made.people = call.people.map((one, at) => one.me ? one : {...one, quality: at % 2 ? "poor" : "lost"});
  stage.call = new Proxy(call, {get: (it, key) => {
    if (key in made) return made[key];
    return typeof it[key] === "function" ? it[key].bind(it) : it[key];
  }});
}
"""
TOLD = {
    "muted": {"is": "talking-muted"},
    "taken": {"is": "taken", "kind": "microphone"},
    "device-gone": {"is": "no-device", "kind": "microphone"},
    "another-device": {"is": "another-device", "kind": "speaker", "label": "MacBook Pro"},
    "not-blurred": {"is": "not-blurred"},
}


@scene
def what_one_is_told(stage: Stage) -> None:
    with stage.page(stage.link("ben"), "ben") as owner, stage.page(stage.link("ben")) as guest:
        join(owner)
        asked_and_let_in(stage, guest, "ben")
        owner.wait_for_selector("person-menu", state="attached")
        guest.wait_for_timeout(1500)
        for kind in ("microphone", "camera"):  # what is said of them goes when they are on
            guest.click(f".bar [data-control={kind}]")
            guest.wait_for_selector(f".bar [data-control={kind}][data-on=false]")
        guest.evaluate(MADE_UP, {})
        guest.wait_for_timeout(200)
        for name, told in TOLD.items():
            tell = partial(guest.evaluate, "(told) => window.tell(told)", told)
            stage.shoot(guest, f"meeting-told-{name}", side=name == "not-blurred", opened=tell)
            if guest.is_visible("meeting-stage .banner[data-about] .away"):
                guest.click("meeting-stage .banner[data-about] .away")
            guest.wait_for_selector("meeting-stage .banner[data-about]", state="detached")
        for name, changed in (
            ("sound-blocked", {"blocked": "sound"}),
            ("pictures-blocked", {"blocked": "pictures"}),
            ("unstable", {"stalled": True}),
            ("poor-line", {"quality": True}),
        ):
            guest.evaluate(MADE_UP, changed)
            stage.shoot(guest, f"meeting-{name}", side=name == "poor-line")
        guest.evaluate(MADE_UP, {})
        guest.click("meeting-stage [data-control=settings]")
        guest.click("#more [data-entry=audio-only]")
        guest.wait_for_timeout(500)
        stage.shoot(guest, "meeting-audio-only", side=True)


@scene
def cut_off(stage: Stage) -> None:
    with stage.page(stage.link("ben"), "ben") as owner, stage.page(stage.link("ben")) as guest:
        join(owner)
        asked_and_let_in(stage, guest, "ben")
        for place, changed in (
            ("unreachable", {}),
            ("service-down", {"wasIn": True}),
            ("no-media", {"wasIn": True}),
        ):
            guest.evaluate(SHOWN, [place, {**changed, "seconds": 5}])
            stage.shoot(guest, place if place == "unreachable" else f"{place}-after", side=True)
        guest.goto("about:blank")
        guest.wait_for_timeout(2_000)  # until the seat is held for them
        stage.time_passes(20)
        guest.goto(stage.link("ben"))
        guest.wait_for_selector("section.state")
        stage.shoot(guest, "cut-off", side=True)


def write(page: Page, *texts: str) -> None:
    for text in texts:
        page.fill("chat-panel textarea", text)
        page.press("chat-panel textarea", "Enter")
        page.wait_for_timeout(300)


@scene
def beside_the_stage(stage: Stage) -> None:
    with stage.page(stage.link("noah"), "noah") as owner, stage.page(stage.link("noah")) as guest:
        join(owner)
        asked_and_let_in(stage, guest, "noah")
        owner.wait_for_selector("person-menu", state="attached")
        owner.click(".bar [data-control=chat]")
        stage.shoot(owner, "chat-empty")
        guest.click(".bar [data-control=chat]")
        write(owner, stage.say(3), "https://lakeside.example/forms/intake?visit=2041")
        write(guest, stage.say(4), stage.say(5))
        stage.shoot(owner, "chat", side=True)
        stage.call(
            "POST", f"/api/v1/meetings/{stage.running('noah')}/hand", {"identity": "everyone", "raised": False}, "noah"
        )
        guest.click(".bar [data-control=hand]")
        owner.click(".bar [data-control=hand]")
        owner.click(".bar [data-control=people]")
        first, second = stage.knock("noah", "Ada Okonkwo", stage.say(0)), stage.knock("noah", "Jens Holm")
        owner.wait_for_selector(f"people-panel [data-knock='{second}']")
        stage.decide("noah", first, "admit")
        stage.shoot(owner, "meeting-people", side=True)
        stage.shoot(guest, "hand-raised")
        write(guest, stage.say(5))
        stage.shoot(owner, "people-and-a-message")
        owner.keyboard.press("Escape")
        owner.click(".bar [data-control=reactions]")
        stage.shoot(owner, "reactions")
        # Another size is another bar.
        owner.wait_for_timeout(300)
        if not owner.is_visible("reaction-picker [data-reaction=party]"):
            owner.click(".bar [data-control=reactions]")
        owner.click("reaction-picker [data-reaction=party]")
        owner.click("reaction-picker [data-reaction=clap]")
        owner.keyboard.press("Escape")
        owner.wait_for_timeout(500)
        owner.screenshot(path=FOLDER / f"reactions-rise.desktop.dark.{stage.language}.png")
        setup = stage.call("GET", f"/api/v1/meetings/{stage.running('noah')}/setup", who="noah")
        chat = {"version": setup["version"], "chat": "moderators"}
        stage.call("PATCH", f"/api/v1/meetings/{stage.running('noah')}/setup", chat, "noah")
        stage.shoot(guest, "chat-for-moderators")
        guest.set_viewport_size({"width": 360, "height": 640})
        guest.click("chat-panel side-panel button")
        guest.click(".bar [data-control=more]")
        guest.wait_for_timeout(400)
        guest.screenshot(path=FOLDER / f"meeting-more.phone.dark.{stage.language}.png")


@scene
def contributions(stage: Stage) -> None:
    with stage.page(stage.link("colin"), "colin") as owner, stage.page(stage.link("colin")) as guest:
        join(owner)
        owner.click(".bar [data-control=contributions]")
        owner.wait_for_selector("contribution-figures .paused")
        stage.shoot(owner, "contributions-paused")
        asked_and_let_in(stage, guest, "colin")
        with a_crowd([let_in(stage, "colin", number) for number in (1, 3, 4)]):
            observer = Observer(stage.server, stage.running("colin"), ago=1860)
            observer.saw(
                "Colin Reyes", 1855, 3, talk=[(1800, 264), (900, 81)], camera=[(1850, 1850)], screen=[(1500, 320)]
            )
            observer.saw("Samira Haddad", 1700, 5, talk=[(1530, 75), (1200, 208), (600, 12)], camera=[(1690, 900)])
            observer.saw("Li Na", 1500, talk=[(1010, 95), (400, 31)])
            observer.saw("Zoë Lindqvist", 1400, 1, talk=[(1190, 20)])
            observer.saw("Tomás Herrera", 1300)
            observer.store()
            running = stage.running("colin")
            seats = stage.server.run(lambda repository: repository.seats_in(running))
            (zoe,) = (seat.identity for seat in seats if seat.name == "Zoë Lindqvist")
            stage.call("POST", f"/api/v1/meetings/{running}/remove", {"who": zoe}, "colin")
            owner.wait_for_selector("contribution-figures .gone")
            owner.wait_for_timeout(5000)  # nothing of the door is on the picture
            stage.shoot(owner, "contributions")
            guest.click(".bar [data-control=contributions]")
            guest.wait_for_selector("contribution-figures .gone")
            stage.shoot(guest, "contributions-as-guest")
            setup = {"version": 1, "contributions": "live"}
            stage.call("PATCH", f"/api/v1/meetings/{stage.running('colin')}/setup", setup, "colin")
            guest.wait_for_selector("notice-board .note")
            stage.shoot(guest, "contributions-only-live")
            guest.click("meeting-stage .leave")
            guest.wait_for_selector("last-figures")
            stage.shoot(guest, "contributions-after", full=True)
            setup = {"version": 2, "contributions": "off"}
            stage.call("PATCH", f"/api/v1/meetings/{stage.running('colin')}/setup", setup, "colin")
            owner.wait_for_selector("contributions-panel", state="detached")
            stage.shoot(owner, "contributions-off")


@scene
def video_service_down(stage: Stage) -> None:
    stage.server.livekit.stop()
    try:
        with stage.page(stage.link("ben")) as guest:
            knock = stage.ask(guest, "Samira Haddad")
            stage.decide("ben", knock, "admit")
            guest.wait_for_timeout(2500)
            stage.shoot(guest, "video-service-down")
            with stage.page("/people", "ben") as owner:
                owner.wait_for_selector("door-bell section :is(.card, .handle)")
                stage.shoot(owner, "doorbell-on-the-way")
            stage.call("POST", f"/api/v1/knocks/{knock}/take-back", {}, "ben")
            guest.wait_for_selector("section.state")
            stage.shoot(guest, "taken-back")
    finally:
        stage.server.livekit.start()


@scene
def closed_for_good(stage: Stage) -> None:
    with stage.page(stage.link("ben")) as guest:
        stage.ask(guest, "Samira Haddad")
        stage.server.run(lambda repository: accounts.disable_account(repository, "ben@x.example", now()))
        guest.wait_for_selector("section.state", timeout=10_000)
        stage.shoot(guest, "closed-for-good")


def play_all(language: str, wanted: tuple[str, ...]) -> int:
    """Every scene in one language. Returns how many failed."""
    failed = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        server = Vestibule(Path(folder), VESTIBULE_KNOCKS_PER_MINUTE="0")
        try:
            server.start()
            stage = Stage(server, browser, language, wanted)
            stage.furnish()
            for play in SCENES:
                if wanted and not any(word in play.__name__ for word in wanted):
                    continue
                stage.scene = play.__name__
                print(f"{language}: {play.__name__.replace('_', ' ')}", flush=True)
                try:
                    play(stage)
                except Exception as error:  # one scene less is no reason to take no picture of the others
                    failed.append(f"{language}: {play.__name__}: {error}")
        finally:
            server.stop()
            browser.close()
    print("\n".join(failed), file=sys.stderr)
    return len(failed)


def main(wanted: tuple[str, ...]) -> int:
    FOLDER.mkdir(exist_ok=True)
    # Most of the time a scene waits, so the languages wait side by side: each in a process, as its browser wants it.
    with ProcessPoolExecutor(len(LOCALES), multiprocessing.get_context("spawn")) as languages:
        failed = sum(languages.map(play_all, LOCALES, [wanted] * len(LOCALES)))
    print(f"Pictures are in {FOLDER}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:])))
