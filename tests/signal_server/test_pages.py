"""The pages as they are sent: who sees what, in which language, kept by whom, and nothing that must not be said."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from icalendar import Calendar

from admission import accounts, waiting_room
from admission.accounts import Entry, WorkspaceChoices
from admission.directory import Role
from admission.store.repository import Repository
from admission.store.sqlite import Store, StoreBusy
from admission.visitor import Credentials
from signal_server.app import create_app
from signal_server.config import Settings
from signal_server.keys import STORE
from signal_server.pages import initials, within_origin

AT = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)

Client = TestClient[web.Request, web.Application]


@dataclass
class House:
    """A server with two workspaces, and the cookies of whoever is signed in."""

    client: Client
    store: Store
    people: dict[str, Entry]
    sessions: dict[str, str]

    async def get(self, path: str, who: str | None = None, **headers: str) -> ClientResponse:
        self.client.session.cookie_jar.clear()
        cookies = [f"session={self.sessions[who]}"] if who else []
        cookies += [headers.pop("Cookie")] if "Cookie" in headers else []
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.get(path, headers={"Cookie": "; ".join(cookies), **sent}, allow_redirects=False)

    async def text(self, path: str, who: str | None = None, **headers: str) -> str:
        return await (await self.get(path, who, **headers)).text()

    def slug(self, who: str) -> str:
        link = self.people[who].link
        assert link is not None
        return link.slug


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        database_url=f"sqlite:///{tmp_path / 'pages.db'}",
        livekit_url="http://127.0.0.1:1",
        livekit_public_url="ws://127.0.0.1:7880",
        livekit_api_key="key",
        livekit_api_secret="secret-of-thirty-two-characters-or-more",
    )


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    app = create_app(settings)

    def furnish(repository: Repository) -> tuple[dict[str, Entry], dict[str, str]]:
        harbour = WorkspaceChoices(privacy_url="https://harbour.example/privacy", accent="#ffee00", logo=PNG)
        accounts.add_workspace(repository, "Harbour & <College>", harbour, AT)
        accounts.add_workspace(repository, "Lakeside", WorkspaceChoices(), AT)
        people = {
            who: accounts.add_account(
                repository, f"{who}@x.example", workspace=workspace, name=name, role=role, password_hash="-", at=AT
            )
            for who, workspace, name, role in (
                ("owner", "Harbour & <College>", "Zoë <b>Amar</b>", Role.MEMBER),
                ("colleague", "Harbour & <College>", "Colin Reyes", Role.MEMBER),
                ("guest", "Harbour & <College>", "Gina Holt", Role.GUEST),
                ("stranger", "Lakeside", "Noah Berg", Role.MEMBER),
            )
        }
        now = datetime.now(UTC)
        return people, {who: accounts.sign_in(repository, f"{who}@x.example", "-", now)[0] for who in people}

    async with TestClient(TestServer(app)) as client:
        people, sessions = await app[STORE].run(furnish)
        yield House(client, app[STORE], people, sessions)


class _Reader(HTMLParser):
    """Collects what a page must not have, and the data that it carries."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag == "style" or "style" in given or any(name.startswith("on") for name in given):
            self.faults.append(f"<{tag} {given}>")
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.faults.append("a script in the page")

    def ids(self) -> list[str]:
        return [given["id"] or "" for _, given in self.tags if "id" in given]


def read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    return reader


def data_of(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="page">(.*?)</script>', html, re.S)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


# ── Every page ──

PAGES: list[tuple[str, str | None, int]] = [
    ("/", None, 200),
    ("/", "owner", 200),
    ("/", "guest", 200),
    ("/sign-in", None, 200),
    ("/preferences", "owner", 200),
    ("/preferences", "guest", 200),
    ("/people", "owner", 200),
    ("/people/{colleague}", "owner", 200),
    ("/people/{guest}", "owner", 200),
    ("/people/{owner}", "owner", 200),
    ("/meetings", "owner", 200),
    ("/meetings", "guest", 200),
    ("/meetings/nosuchmeeting", "owner", 404),
    ("/m/{slug}", None, 200),
    ("/m/{slug}", "owner", 200),
    ("/m/bcdfg-hjkn-prstv", None, 404),
    ("/nowhere", "owner", 404),
    ("/nowhere", None, 404),
    ("/problems/meeting-full", None, 200),
]


def address(house: House, path: str) -> str:
    ids = {who: entry.account.id for who, entry in house.people.items()}
    return path.format(slug=house.slug("owner"), **ids)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("path", "who", "status"), PAGES)
async def test_every_page_is_sound(house: House, path: str, who: str | None, status: int, language: str) -> None:
    response = await house.get(address(house, path), who, Accept_Language=language)
    html = await response.text()
    assert response.status == status
    page = read(html)
    assert page.faults == [], "the strict policy blocks these"
    assert f'<html lang="{language}">' in html
    assert response.headers["Content-Language"] == language
    assert len(page.ids()) == len(set(page.ids()))
    assert sum(tag == "h1" for tag, _ in page.tags) == 1
    assert "<b>Amar" not in html.replace("\\u003c", "")
    assert "<College>" not in html
    for _, given in page.tags:
        for reference in ("data-copy", "data-dialog"):
            if reference in given:
                assert (given[reference] or "").removeprefix("#") in page.ids()
        if "for" in given:
            assert given["for"] in page.ids()


@pytest.mark.parametrize(("path", "who", "status"), PAGES)
async def test_every_page_has_the_headers_and_is_kept_by_nobody(
    house: House, path: str, who: str | None, status: int
) -> None:
    headers = (await house.get(address(house, path), who)).headers
    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "ws://127.0.0.1:7880 http://127.0.0.1:7880" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Permissions-Policy"] == "camera=(self), microphone=(self), display-capture=(self)"
    assert "Server" not in headers


@pytest.mark.parametrize(("path", "who", "status"), PAGES)
async def test_every_page_has_the_doorbell_when_somebody_is_signed_in(
    house: House, path: str, who: str | None, status: int
) -> None:
    html = await house.text(address(house, path), who)
    assert ("<door-bell></door-bell>" in html) == (who is not None and not path.startswith("/m/{"))
    session = data_of(html)["session"]
    assert (session["account"]["email"] if session else None) == (f"{who}@x.example" if who else None)


async def test_a_page_carries_the_session_as_the_api_shapes_it(house: House) -> None:
    slug = house.slug("owner")
    assert data_of(await house.text("/", "owner"))["session"] == {
        "account": {
            "id": house.people["owner"].account.id,
            "name": "Zoë <b>Amar</b>",
            "email": "owner@x.example",
            "role": "member",
        },
        "workspace": {"name": "Harbour & <College>", "plan": "standard", "seats": 12, "contributions": "kept"},
        "link": {"slug": slug, "url": f"http://127.0.0.1:8080/m/{slug}", "open": True, "paused": False},
    }


async def test_the_switch_of_languages_is_on_every_page(house: House) -> None:
    assert 'data-language="fr"' in await house.text("/")
    assert 'data-language="en"' in await house.text("/", Cookie="language=fr")


# ── Who sees what ──


@pytest.mark.parametrize("path", ["/preferences", "/people", "/people/x", "/preferences/meeting.ics", "/meetings"])
async def test_who_is_signed_out_signs_in_first_and_comes_back(house: House, path: str) -> None:
    response = await house.get(path)
    assert response.status == 303
    assert response.headers["Location"] == f"/sign-in?next={path}"
    assert f'data-next="{path}"' in await house.text(f"/sign-in?next={path}")


async def test_who_is_signed_in_passes_the_sign_in_page(house: House) -> None:
    response = await house.get("/sign-in?next=/people", "owner")
    assert (response.status, response.headers["Location"]) == (303, "/people")


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("/m/abc", "/m/abc"),
        ("/people?x=1#y", "/people?x=1#y"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_a_sign_in_leads_nowhere_else(given: str, taken: str) -> None:
    assert within_origin(given) == taken


async def test_the_owners_preferences_have_the_link_with_all_that_belongs_to_it(house: House) -> None:
    html, slug = await house.text("/preferences", "owner"), house.slug("owner")
    assert f'<output id="link" tabindex="0" aria-label="Address of the link">http://127.0.0.1:8080/m/{slug}<' in html
    assert f'href="/m/{slug}" data-start' in html
    assert f'data-rotate="{slug}"' in html
    assert f'data-open="{slug}" data-value="false"' in html
    assert 'href="/preferences/meeting.ics"' in html
    assert 'class="qr"' in html
    assert html.count(f"http://127.0.0.1:8080/m/{slug}</") == 1


async def test_a_closed_link_says_so_and_can_be_opened(house: House) -> None:
    owner, slug = house.people["owner"].account, house.slug("owner")
    await house.store.run(lambda repository: accounts.set_link_open(repository, owner, slug, False, AT))
    html = await house.text("/preferences", "owner")
    assert "The link is closed" in html
    assert f'data-open="{slug}" data-value="true"' in html


async def test_a_paused_link_says_so_and_can_be_opened_again(house: House) -> None:
    assert "Pause knocking" in await house.text("/preferences", "owner")
    owner, slug = house.people["owner"].account, house.slug("owner")
    await house.store.run(lambda repository: accounts.set_link_paused(repository, owner, slug, True, AT))
    html = await house.text("/preferences", "owner")
    assert f'data-pause="{slug}" data-value="false"' in html
    assert "Knocking is paused" in html


@pytest.mark.parametrize("path", ["/", "/preferences", "/people", "/people/{owner}", "/people/{guest}"])
async def test_a_guest_user_sees_no_link_anywhere(house: House, path: str) -> None:
    html = await house.text(address(house, path), "guest")
    assert "/m/" not in html
    assert data_of(html)["session"]["link"] is None


async def test_a_guest_users_preferences_say_why_there_is_no_link(house: House) -> None:
    assert "you have no link of your own" in await house.text("/preferences", "guest")
    for path in ("/preferences/meeting.ics", "/preferences/link.svg"):
        assert (await house.get(path, "guest")).status == 404


async def test_a_profiles_last_section_is_the_link(house: House) -> None:
    html = await house.text(address(house, "/people/{colleague}"), "owner")
    last = html.rindex("<section")
    assert f"/m/{house.slug('colleague')}" in html[last:]
    assert "<section" in await house.text(address(house, "/people/{guest}"), "owner")
    assert "/m/" not in re.sub(
        r'<script type="application/json".*?</script>',
        "",
        await house.text(address(house, "/people/{guest}"), "owner"),
        flags=re.S,
    )


async def test_people_are_those_of_the_workspace_who_can_sign_in(house: House) -> None:
    await house.store.run(lambda repository: accounts.disable_account(repository, "colleague@x.example", AT))
    html = await house.text("/people", "owner")
    assert "Gina Holt" in html
    assert "Colin Reyes" not in html
    assert "Noah Berg" not in html
    for who in ("colleague", "stranger"):
        assert (await house.get(address(house, f"/people/{{{who}}}"), "owner")).status == 404


# ── Missed at your door ──


async def knock(house: House, name: str, message: str, end: bool = True) -> None:
    credentials = Credentials(None, name.ljust(43, "x"))

    def ring(repository: Repository) -> None:
        done = waiting_room.enter(repository, house.slug("owner"), credentials, name, message, AT)
        assert isinstance(done, waiting_room.Knocked)
        if end:
            waiting_room.withdraw(repository, done.knock.id, credentials, AT)

    await house.store.run(ring)


async def test_who_left_unanswered_is_listed_at_home_and_who_waits_is_not(house: House) -> None:
    await knock(house, "Ada <i>Early</i>", "Hello, I am early.")
    await knock(house, "Ben Waits", "Still here.", end=False)
    html = await house.text("/", "owner")
    assert "Ada &lt;i&gt;Early" in html
    assert "“Hello, I am early.”" in html
    assert "2026-05-04T09:30:00+00:00" in html
    assert html.count("data-dismiss=") == 1
    assert "Ben Waits" not in html
    assert "Ada" not in await house.text("/", "colleague")


# ── The guest's page ──


async def test_the_guests_page_knows_whose_door_it_is(house: House) -> None:
    slug = house.slug("owner")
    data = data_of(await house.text(f"/m/{slug}"))
    assert data["page"] == "visit"
    assert data["slug"] == slug
    assert data["public_url"] == f"http://127.0.0.1:8080/m/{slug}"
    assert data["livekit_url"] == "ws://127.0.0.1:7880"
    assert data["owner"] == {"name": "Zoë <b>Amar</b>"}
    assert data["workspace"]["name"] == "Harbour & <College>"
    assert data["workspace"]["privacy_url"] == "https://harbour.example/privacy"


async def test_a_messenger_shows_whose_meeting_it_is_and_nobody_indexes_it(house: House) -> None:
    response = await house.get(f"/m/{house.slug('owner')}")
    html = await response.text()
    assert '<meta property="og:title" content="Meeting with Zoë &lt;b&gt;Amar&lt;/b&gt;">' in html
    assert '<meta property="og:site_name" content="Harbour &amp; &lt;College&gt;">' in html
    assert '<meta property="og:image" content="http://127.0.0.1:8080/workspaces/' in html
    assert '<meta name="robots" content="noindex, nofollow">' in html
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"


async def test_the_guests_page_gives_a_browser_its_ticket_and_keeps_the_one_it_has(house: House) -> None:
    first = (await house.get(f"/m/{house.slug('owner')}")).headers["Set-Cookie"]
    found = re.fullmatch(r"ticket=([\w-]{43}); Max-Age=86400; Path=/; HttpOnly; SameSite=Lax", first)
    assert found is not None
    again = await house.get(f"/m/{house.slug('owner')}", Cookie=f"ticket={found[1]}")
    assert again.headers["Set-Cookie"] == first


async def test_an_address_is_found_however_it_was_typed(house: House) -> None:
    slug = house.slug("owner")
    for typed in (slug.upper(), slug.replace("-", ""), f"{slug}.", f"{slug},/"):
        response = await house.get(f"/m/{typed}")
        assert (response.status, response.headers["Location"]) == (303, f"/m/{slug}")


async def not_found_page(house: House, path: str) -> tuple[int, str, str | None, str | None]:
    response = await house.get(path)
    return response.status, await response.text(), response.headers.get("Set-Cookie"), response.headers["X-Robots-Tag"]


async def test_unknown_rotated_and_disabled_links_are_one_and_the_same_page(house: House) -> None:
    owner, old = house.people["owner"].account, house.slug("owner")
    unknown = await not_found_page(house, "/m/bcdfg-hjkn-prstv")
    assert unknown[0] == 404
    assert "There is no meeting behind this link. Ask the person who sent it for a new one." in unknown[1]
    assert await not_found_page(house, "/m/no-slug-at-all") == unknown
    await house.store.run(lambda repository: accounts.rotate_link(repository, owner, old, AT))
    assert await not_found_page(house, f"/m/{old}") == unknown
    await house.store.run(lambda repository: accounts.disable_account(repository, "stranger@x.example", AT))
    assert await not_found_page(house, f"/m/{house.slug('stranger')}") == unknown


# ── What workspaces look like ──


async def test_a_workspaces_own_accent_is_mended_and_shows_to_its_guests(house: House) -> None:
    html = await house.text(f"/m/{house.slug('owner')}")
    found = re.search(r'<link rel="stylesheet" href="(/workspaces/[^"]+/theme\.css\?ffee00)">', html)
    assert found is not None
    response = await house.get(found[1])
    css = await response.text()
    assert response.content_type == "text/css"
    assert response.headers["Cache-Control"].startswith("public")
    assert "--accent-dark: #ffee00" in css
    assert "--accent-light: #ffee00" not in css


async def test_a_workspace_without_an_accent_has_ours(house: House) -> None:
    assert "theme.css" not in await house.text(f"/m/{house.slug('stranger')}")


async def test_a_logo_is_served_so_that_nothing_in_it_runs(house: House) -> None:
    found = re.search(r'<img src="(/workspaces/[^"]+/logo)" alt=""', await house.text(f"/m/{house.slug('owner')}"))
    assert found is not None
    response = await house.get(found[1])
    assert await response.read() == PNG
    assert response.content_type == "image/png"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert (await house.get(found[1], If_None_Match=response.headers["ETag"])).status == 304
    assert (await house.get("/workspaces/none/logo")).status == 404


async def test_the_privacy_page_is_linked_from_the_workspaces_pages_and_its_guests(house: House) -> None:
    for path, who in (("/", "owner"), (f"/m/{house.slug('owner')}", None)):
        assert 'href="https://harbour.example/privacy"' in await house.text(path, who)
    assert "privacy" not in re.sub(r"<script.*?</script>", "", await house.text("/", "stranger"), flags=re.S)


# ── What a member takes away ──


async def test_the_calendar_file_carries_the_link(house: House) -> None:
    response = await house.get("/preferences/meeting.ics", "owner", Accept_Language="fr")
    assert response.content_type == "text/calendar"
    assert response.headers["Content-Disposition"] == 'attachment; filename="reunion-avec-zoe-b-amar-b.ics"'
    (event,) = Calendar.from_ical(await response.read()).events
    assert event["URL"] == f"http://127.0.0.1:8080/m/{house.slug('owner')}"
    assert timedelta(0) < event.start - datetime.now(UTC) <= timedelta(hours=1)


async def test_the_qr_code_can_be_downloaded(house: House) -> None:
    response = await house.get("/preferences/link.svg", "owner")
    assert response.content_type == "image/svg+xml"
    assert "attachment" in response.headers["Content-Disposition"]
    assert b'xmlns="http://www.w3.org/2000/svg"' in await response.read()


# ── When something fails ──


@pytest.mark.parametrize(("error", "status"), [(StoreBusy("full"), 503), (RuntimeError("of ours: secret"), 500)])
async def test_a_page_that_fails_is_a_page_and_tells_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    async def fail(use_case: Callable[[Repository], object]) -> object:
        raise error

    monkeypatch.setattr(house.store, "run", fail)
    response = await house.get("/people", "owner", Accept_Language="fr")
    html = await response.text()
    assert response.status == status
    assert "secret" not in html
    assert "Réessayer" in html
    assert ("Retry-After" in response.headers) == (status == 503)


async def test_a_form_sent_without_its_script_is_answered_by_a_page(house: House) -> None:
    response = await house.client.post("/sign-in", data={"email": "a@x.example", "password": "-"})
    assert response.status == 405
    assert "That is not possible here" in await response.text()


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Nadia Amar", "NA"),
        ("zoë", "Z"),
        ("Ana-Maria de la Cruz", "AC"),
        ("李小龙", "李"),
        ("“O’Neil” (x)", "OX"),
        ("…", "?"),
    ],
)
def test_initials_stand_for_a_person(name: str, letters: str) -> None:
    assert initials(name) == letters


# ── Files, and what browsers may keep ──


async def test_files_that_carry_a_hash_are_kept_for_ever_and_no_others(
    house: House,
) -> None:
    icon = await house.get("/static/favicon.svg")
    assert (icon.status, icon.headers["Cache-Control"]) == (200, "public, max-age=3600")
    missing = await house.get("/static/build/assets/none-12345678.js")
    assert (missing.status, missing.headers["Cache-Control"]) == (404, "no-store")


async def test_calls_have_the_headers_too(house: House) -> None:
    headers = (await house.get("/api/v1/session")).headers
    assert headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


class TestOnHttps:
    """What changes where the public address is https."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"public_url": "https://meet.example"})

    async def test_the_ticket_is_bound_to_this_host(self, house: House) -> None:
        cookie = (await house.get(f"/m/{house.slug('owner')}")).headers["Set-Cookie"]
        assert cookie.startswith("__Host-ticket=")
        assert cookie.endswith("; Path=/; HttpOnly; SameSite=Lax; Secure")

    async def test_browsers_are_told_to_stay_on_https(self, house: House) -> None:
        assert (await house.get("/")).headers["Strict-Transport-Security"] == "max-age=31536000"

    async def test_pages_know_it(self, house: House) -> None:
        assert data_of(await house.text("/"))["https"] is True
