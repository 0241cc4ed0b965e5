"""The meeting behind a real Caddy with the shipped Caddyfile: LiveKit's signalling passes only with a live entry."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
import pytest
from playwright.sync_api import Page, WebSocket, expect

from admission.setup import Source
from admission.store.repository import Repository
from tests.browser.conftest import UNLIMITED
from tests.browser.house import House
from tests.browser.people import Person, until
from tests.browser.server import PASSWORD, Vestibule
from tests.browser.test_meeting import bar, join, knock_of, let_in, moves, tile
from tests.browser.wire import Wire
from tests.caddy_server import CaddyServer

Somebody = Callable[..., Person]

MEETING = re.compile(r"/api/v1/meetings/(\w+)/events")
LINE_BROKEN = "net::ERR|WebSocket|Failed to load resource"


class Behind:
    """A server and its LiveKit, and before both a Caddy on one origin."""

    def __init__(self, folder: Path, *, https: bool = False, wire: bool = False) -> None:
        self.caddy = CaddyServer(folder, https=https)
        self.wire = Wire(self.caddy.port) if wire else None
        self.url = self.wire.url if self.wire else self.caddy.url
        own = {"VESTIBULE_PUBLIC_URL": self.url, "LIVEKIT_PUBLIC_URL": self.url}
        self.server = Vestibule(folder, **UNLIMITED, **own, VESTIBULE_TRUSTED_PROXIES="127.0.0.1")

    def start(self) -> None:
        self.server.start()
        self.caddy.start(self.server.port, self.server.livekit.url)

    def stop(self) -> None:
        self.caddy.stop()
        if self.wire:
            self.wire.close()
        self.server.stop()

    @property
    def logs(self) -> str:
        return self.server.log.read_text() + self.caddy.log.read_text()


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[Callable[..., Behind]]:
    started: list[Behind] = []

    def start(**how: bool) -> Behind:
        one = Behind(tmp_path, **how)
        started.append(one)
        one.start()
        return one

    yield start
    for one in started:
        one.stop()


def signals(page: Page) -> list[str]:
    """The addresses of LiveKit's signal connections that the page opens from now on."""
    opened: list[str] = []

    def note(socket: WebSocket) -> None:
        opened.append(socket.url)

    page.on("websocket", note)
    return opened


def entries(person: Person) -> int:
    """How often the browser has asked for an entry."""
    return sum(request.method == "POST" and request.url.endswith("/entry") for request in person.requests)


@dataclass
class Met:
    """An owner and a visitor who see each other in a meeting."""

    house: House
    owner: Person
    visitor: Person
    page: Page
    guest: Page


def meet(one: Behind, build_house: Callable[..., House], somebody: Somebody) -> Met:
    """Let a visitor in. From now on their lines may break."""
    house = build_house(one.server)
    owner, visitor = somebody(house.sign_in(house.owner), url=one.url), somebody(url=one.url)
    page = join(owner, house)
    guest = let_in(owner, visitor, house)
    moves(guest, tile(guest, "Olga Owner").locator("video"))
    for person in (owner, visitor):
        person.expects(LINE_BROKEN)
    return Met(house, owner, visitor, page, guest)


def secrets_of(person: Person) -> set[str]:
    return {cookie["value"] for cookie in person.context.cookies() if cookie["name"].endswith(("ticket", "session"))}


def test_over_https_people_meet_come_back_after_a_restart_and_no_log_knows_their_secrets(
    behind: Callable[..., Behind], build_house: Callable[..., House], somebody: Somebody
) -> None:
    one = behind(https=True)
    house = build_house(one.server)
    owner, visitor = (somebody(url=one.url, ignore_https_errors=True) for _ in range(2))
    sign_in = owner.opens("/sign-in")
    sign_in.get_by_label("E-mail").fill(house.owner.account.email)
    sign_in.get_by_label("Password", exact=True).fill(PASSWORD)
    sign_in.get_by_role("button", name="Sign in").click()
    expect(sign_in).to_have_url(re.compile(r"/$"))

    page = owner.context.new_page()
    owners = signals(page)
    page.goto(f"/m/{house.slug}")
    page.get_by_role("button", name="Join now").click()
    expect(bar(page)).to_be_visible()
    guest = let_in(owner, visitor, house)
    moves(guest, tile(guest, "Olga Owner").locator("video"))
    moves(page, tile(page, "Nora Dahl, visitor").locator("video"))
    assert owners
    assert all(url.startswith(one.url.replace("https", "wss") + "/rtc/v1?") for url in owners)
    for person, names in ((owner, {"__Host-session", "__Host-ticket"}), (visitor, {"__Host-ticket"})):
        cookies: list[Any] = person.context.cookies()
        assert {cookie["name"] for cookie in cookies} == names
        for cookie in cookies:
            assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Lax")

    before = knock_of(visitor, house)["id"]
    for person in (owner, visitor):
        person.expects(LINE_BROKEN)
    one.server.livekit.stop()
    expect(guest.locator(".banner.warn")).to_contain_text("You keep your place; we are trying again.")
    one.server.livekit.start()
    for view, other in ((page, "Nora Dahl"), (guest, "Olga Owner")):
        expect(tile(view, other)).to_be_visible(timeout=25_000)
    assert knock_of(visitor, house)["id"] == before

    logs = one.logs
    assert "http.log.access" in logs
    assert '"status":502' in logs, "Caddy has written of LiveKit's absence"
    tokens = {token_in(url) for url in owners}
    assert len(tokens) >= 2
    for secret in tokens | secrets_of(owner) | secrets_of(visitor) | {house.slug, "access_token"}:
        assert secret not in logs
    for token in tokens:
        assert token.rpartition(".")[2] not in logs


def test_a_signal_connection_that_breaks_is_taken_up_again_with_the_renewed_token_also_after_rights_were_lowered(
    behind: Callable[..., Behind], build_house: Callable[..., House], somebody: Somebody
) -> None:
    one = behind(wire=True)
    assert one.wire is not None
    met = meet(one, build_house, somebody)
    owner, visitor, page, guest = met.owner, met.visitor, met.page, met.guest

    before = entries(visitor)
    opened = signals(guest)
    guest.wait_for_timeout(2_000)  # until LiveKit has renewed the tokens
    one.wire.cut()
    until(guest, lambda: len(opened) > 0, "the guest's page connects again")
    expect(guest.locator(".banner.warn")).to_have_count(0)
    moves(guest, tile(guest, "Olga Owner").locator("video"))

    press(owner, "off", {"source": "microphone", "who": "everyone", "keep": True})
    expect(tile(page, "Nora Dahl, visitor, microphone off")).to_be_visible()
    wider = opened[-1]
    opened.clear()
    one.wire.cut()
    until(guest, lambda: len(opened) > 0, "the guest's page connects again")
    expect(guest.locator(".banner.warn")).to_have_count(0)
    guest.get_by_role("button", name="Turn the camera off").click()
    expect(tile(page, "Nora Dahl, visitor, microphone off, camera off")).to_be_visible()
    # The same connection went on: nothing was asked for anew.
    assert entries(visitor) == before

    # And once they are removed, not even their own browser gets in with a token that was renewed.
    lowered = opened[-1]
    assert [allowed(visitor, wider), allowed(visitor, lowered), allowed(owner, lowered)] == [401, 200, 401]
    press(owner, "remove", {"who": claims_of(lowered)["sub"]})
    expect(tile(page, "Nora Dahl")).to_have_count(0)
    assert [allowed(visitor, wider), allowed(visitor, lowered)] == [401, 401]


def test_a_page_whose_token_is_wider_than_its_rights_now_is_refused_fetches_another_entry_and_is_back(
    behind: Callable[..., Behind], build_house: Callable[..., House], somebody: Somebody
) -> None:
    one = behind(wire=True)
    assert one.wire is not None
    met = meet(one, build_house, somebody)
    house, visitor, page, guest = met.house, met.visitor, met.page, met.guest
    before, knock = entries(visitor), knock_of(visitor, house)["id"]

    # As if the line broke in the moment in which the microphone is kept off, before the lowered token has come.
    def lower(repository: Repository) -> None:
        knocked = repository.knock(knock)
        assert knocked is not None
        assert knocked.meeting_id is not None
        repository.make_exception(knocked.meeting_id, knock, Source.MICROPHONE, False)

    one.server.run(lower)
    one.wire.cut()
    until(guest, lambda: entries(visitor) > before, "the guest's page asks for another entry")
    expect(tile(page, "Nora Dahl, visitor, microphone off")).to_be_visible()
    moves(page, tile(page, "Nora Dahl, visitor").locator("video"))
    assert entries(visitor) == before + 1
    assert knock_of(visitor, house)["id"] == knock


def press(owner: Person, call: str, body: object) -> None:
    """What the owner's page would send from the meeting."""
    meeting = next(found[1] for request in owner.requests if (found := MEETING.search(request.url)))
    answer = owner.context.request.post(f"/api/v1/meetings/{meeting}/{call}", data=body)
    assert answer.ok, answer.text()


def claims_of(signal: str) -> dict[str, Any]:
    """What the token in the address of a signal connection says."""
    found: dict[str, Any] = jwt.decode(token_in(signal), options={"verify_signature": False})
    return found


def token_in(signal: str) -> str:
    return re.findall(r"access_token=([^&]+)", signal)[0]  # type: ignore[no-any-return]


def allowed(person: Person, signal: str) -> int:
    """What LiveKit, or Caddy before it, says to this person's browser of a connection with this address."""
    address = signal.replace("ws", "http", 1).replace("/rtc/v1?", "/rtc/v1/validate?")
    return person.context.request.get(address).status
