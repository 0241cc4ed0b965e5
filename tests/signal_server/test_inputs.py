"""Whatever people type or programs send is shown exactly as it is, or refused, and never taken for something else."""

import asyncio
import json
import re
import unicodedata
from html.parser import HTMLParser
from typing import Any

import pytest
from icalendar import Calendar

from admission import accounts
from admission.directory import Role
from admission.store.repository import Repository
from signal_server.clock import now
from signal_server.keys import STORE
from tests.signal_server.front_door import PASSWORD, QUICK, FrontDoor

SHOWN = [
    "<b>Nora</b><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></script><!--",
    "&lt;i&gt; &amp; &#x41;",
    "{{ 7 * 7 }} ${7 * 7} %(owner)s %s",
    '=HYPERLINK("//x.example","x")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "Zoë; Martin, PhD\\n\\, BEGIN:VALARM",
    "𝓝𝓸𝓻𝓪 𠮷 🧑\u200d🚀",
    "مريم محمد",
    "a\u0301\u0323\u0331\u0325",
]

REFUSED = [
    "Nora\u202eaniraM",
    "\u2066Nora\u2069",
    "Nora\u200b",
    "No\ufeffra",
    "Nora\x00",
    "Nora\x1b[31m",
    "Nora\x7f",
    "No\u0085ra",
    "No\u2028ra",
    "Nora\U000e0041",
    "Nora\u00ad",
    "N" + "\u0335\u0336" * 40,
]


class Page(HTMLParser):
    """What a page is made of: its elements, with their attributes, its text, and the data of its script."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.data: Any = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] == ["script"] and data.lstrip().startswith("{"):
            self.data = json.loads(data)
        else:
            self.texts.append(data)

    @property
    def makings(self) -> tuple[list[str], list[str]]:
        """What a text must not change: the elements, and the names of their attributes."""
        return self.tags, [name for name, _ in self.attributes]


async def called(door: FrontDoor, name: str, email: str) -> tuple[str, str]:
    """A member of this name: their id, and their link's address."""

    def add(repository: Repository) -> tuple[str, str]:
        made = accounts.add_account(
            repository,
            email,
            workspace="Acme",
            name=name,
            role=Role.MEMBER,
            password_hash=QUICK.hash(PASSWORD),
            at=now(),
        )
        assert made.link is not None
        return made.account.id, made.link.slug

    return await door.app[STORE].run(add)


async def pages_of(door: FrontDoor, name: str, first: str) -> dict[str, Page]:
    """Every page on which a member's name stands, and the name of somebody whom they missed."""
    account, slug = await called(door, name, f"{first}@example.org")
    member, guest = await door.signed_in(first), door.browser()
    asked = await guest.post(f"/api/v1/links/{slug}/entry", {"name": name, "message": f"{name}\n{name}"})
    assert asked.status == 202, asked
    await guest.delete(f"/api/v1/knocks/{asked.body['knock']['id']}")
    paths = {"/": member, "/people": member, f"/people/{account}": member, "/preferences": member, f"/m/{slug}": guest}
    return {
        path.replace(account, "ID").replace(slug, "SLUG"): Page((await browser.get(path)).body)
        for path, browser in paths.items()
    }


async def test_a_name_is_shown_exactly_on_every_page_and_changes_nothing_else_there(door: FrontDoor) -> None:
    wrong = []
    for number, name in enumerate(SHOWN):
        shown = unicodedata.normalize("NFC", name)
        plain = await pages_of(door, f"Plain Name {number}", f"plain{number}")
        for path, page in (await pages_of(door, name, f"odd{number}")).items():
            if not any(shown in text for text in page.texts):
                wrong.append((name, path, "is not shown"))
            # /people grows with each member: of those only the last two are compared.
            if path != "/people" and page.makings != plain[path].makings:
                wrong.append((name, path, "became markup"))
            if {"onerror", "onmouseover"} & {name for name, _ in page.attributes} or "b" in page.tags:
                wrong.append((name, path, "became markup"))
            if page.data and page.data["session"] and page.data["session"]["account"]["name"] != shown:
                wrong.append((name, path, "is other data"))
    assert wrong == []


@pytest.mark.parametrize("name", SHOWN)
async def test_a_name_is_told_exactly_by_calls_and_in_the_calendar_and_stands_in_no_header(
    door: FrontDoor, name: str
) -> None:
    shown = unicodedata.normalize("NFC", name)
    _, slug = await called(door, name, "odd@example.org")
    owner, guest = await door.signed_in("odd"), door.browser()
    assert (await guest.get(f"/api/v1/links/{slug}")).body["owner"]["name"] == shown
    bell = await owner.listen("/api/v1/doorbell/events")
    await bell.next("snapshot")
    await guest.post(f"/api/v1/links/{slug}/entry", {"name": name, "message": f"{name}\r\n{name}"})
    rung = await bell.next("knock")
    assert (rung["name"], rung["message"]) == (shown, f"{shown}\n{shown}")

    entry = await owner.get("/preferences/meeting.ics")
    (event,) = Calendar.from_ical(entry.body).events
    assert event["SUMMARY"] == f"Meeting with {shown}"
    assert shown in str(event["DESCRIPTION"])
    assert [line.partition(":")[0] for line in entry.body.split("\r\n") if line.startswith("BEGIN")] == ["BEGIN"] * 2
    picture = await owner.get("/preferences/link.svg")
    for answer in (entry, picture):
        said = answer.headers["Content-Disposition"]
        assert re.fullmatch(r'attachment; filename="[a-z0-9-]+\.(ics|svg)"', said), said


@pytest.mark.parametrize("text", REFUSED)
async def test_a_text_that_hides_or_reorders_or_buries_others_is_refused_wherever_it_may_be_written(
    door: FrontDoor, text: str
) -> None:
    owner, guest = await door.signed_in("Olga"), door.browser()
    entry = await door.walk_in(owner)
    _, knock = await door.knock()
    for browser, method, path, body, field in (
        (guest, "POST", f"{door.link}/entry", {"name": text}, "name"),
        (guest, "POST", f"{door.link}/entry", {"name": "Nora", "message": text}, "message"),
        (owner, "POST", f"/api/v1/knocks/{knock['id']}/decision", {"decision": "hold", "message": text}, "message"),
        (owner, "PATCH", f"{door.link}/setup", {"version": 1, "subject": text}, "subject"),
        (owner, "PATCH", f"{door.link}/setup", {"version": 1, "waiting_message": text}, "waiting_message"),
        (owner, "PATCH", f"/api/v1/meetings/{entry['meeting']}/setup", {"version": 1, "subject": text}, "subject"),
    ):
        answer = await browser.call(method, path, body)
        assert (answer.status, list(answer.body.get("errors", ()))) == (422, [field]), (path, field)


async def sent(door: FrontDoor, *lines: bytes, body: bytes = b"") -> tuple[int, bytes]:
    """Send a request byte by byte as it is, and read the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.server.port)
    writer.write(b"\r\n".join((*lines, b"Connection: close", b"", body)))
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1."), answer
    return int(answer.split(b" ", 2)[1]), answer


HOST = b"Host: 127.0.0.1"
NO_REQUEST = {
    "a header without a name": [b"GET / HTTP/1.1", HOST, b": x"],
    "a space before the colon": [b"GET / HTTP/1.1", HOST, b"Cookie : session=x"],
    "a bare line feed within a value": [b"GET / HTTP/1.1", HOST, b"X-One: a\nX-Two: b\r"],
    "a carriage return within a value": [b"GET / HTTP/1.1", HOST, b"X-One: a\rb"],
    "a zero within a value": [b"GET / HTTP/1.1", HOST, b"X-One: a\x00b"],
    "two lengths": [b"POST /api/v1/session HTTP/1.1", HOST, b"Content-Length: 2", b"Content-Length: 3"],
    "a length and chunks": [
        b"POST /api/v1/session HTTP/1.1",
        HOST,
        b"Content-Length: 5",
        b"Transfer-Encoding: chunked",
    ],
    "chunks twice": [b"POST /api/v1/session HTTP/1.1", HOST, b"Transfer-Encoding: chunked, identity"],
    "a length below nothing": [b"POST /api/v1/session HTTP/1.1", HOST, b"Content-Length: -1"],
    "a header of 20,000 bytes": [b"GET / HTTP/1.1", HOST, b"X-Long: " + b"x" * 20_000],
    "a cookie of 20,000 bytes": [b"GET / HTTP/1.1", HOST, b"Cookie: session=" + b"x" * 20_000],
    "an address of 20,000 bytes": [b"GET /" + b"x" * 20_000 + b" HTTP/1.1", HOST],
}


@pytest.mark.parametrize("what", NO_REQUEST)
async def test_what_two_programs_could_read_differently_is_no_request(door: FrontDoor, what: str) -> None:
    status, _ = await sent(door, *NO_REQUEST[what], body=b"0\r\n\r\n")
    assert status == 400


async def test_of_several_cookies_of_one_name_none_makes_anybody_somebody_else(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    real = next(cookie.value for cookie in owner.session.cookie_jar if cookie.key == "session").encode()
    forged = b"A" * 43
    request = b"GET /api/v1/session HTTP/1.1"
    assert (await sent(door, request, HOST, b"Cookie: session=" + real))[0] == 200
    for cookies in (
        [b"Cookie: session=" + forged],
        [b"Cookie: session=" + forged + b"; session=" + forged[:-1] + b"B"],
        [b"Cookie: session=" + real + b"x"],
        [b'Cookie: session="' + real + b'\\054"'],
        [b"Cookie: Session=" + real],
        [b"Cookie: $Version=1; session=" + real[:-1]],
        [b"Cookie: =;;; =x; session"],
        [b"Cookie: " + b"; ".join(b"c%d=x" % number for number in range(500))],
    ):
        assert (await sent(door, request, HOST, *cookies))[0] == 401, cookies
    for cookies in (
        [b"Cookie: session=" + forged + b"; session=" + real],
        [b"Cookie: session=" + real + b"; session=" + forged],
        [b"Cookie: session=" + real, b"Cookie: session=" + forged],
        [b"Cookie: session=" + forged, b"Cookie: session=" + real],
    ):
        status, answer = await sent(door, request, HOST, *cookies)
        assert status in (200, 401)
        assert status == 401 or b"olga@example.org" in answer


SPLITTING = ["/sign-in?next=/%0d%0aX-Made:%20up", "/m/bcdfg%0d%0aX-Made:%20up", "/people/%0d%0aX-Made:%20up",
             "/problems/%0d%0aX-Made:%20up", "/preferences?%0d%0aX-Made:%20up"]  # fmt: skip


@pytest.mark.parametrize("path", SPLITTING)
async def test_no_address_writes_a_header_of_the_answer(door: FrontDoor, path: str) -> None:
    for browser in (door.browser(), await door.signed_in("Olga")):
        answer = await browser.get(path, allow_redirects=False)
        assert answer.status < 500
        assert "X-Made" not in answer.headers
        assert "\r" not in answer.headers.get("Location", "")


ODD_PARTS = [
    "x" * 3000,
    "%00",
    "%ff%fe",
    "%ED%A0%80",
    "..%2f..%2fetc%2fpasswd",
    "%F0%9F%92%A9",
    "a%0d%0ab",
    "%25%32%65",
    "'--",
]


@pytest.mark.parametrize("part", ODD_PARTS)
async def test_an_address_that_leads_nowhere_says_so_however_odd_or_long_it_is(door: FrontDoor, part: str) -> None:
    owner = await door.signed_in("Olga")
    for path in (
        f"/m/{part}",
        f"/people/{part}",
        f"/problems/{part}",
        f"/workspaces/{part}/logo",
        f"/api/v1/links/{part}",
        f"/api/v1/knocks/{part}/events",
        f"/api/v1/meetings/{part}/setup",
    ):
        status, _ = await sent(door, b"GET " + path.encode() + b" HTTP/1.1", HOST)
        assert status in (303, 404, 401), path
        assert (await owner.get(path)).status == 404, path
    for path in (f"/api/v1/knocks/{part}/take-back", f"/api/v1/meetings/{part}/end", f"/api/v1/links/{part}/rotate"):
        assert (await owner.post(path)).status == 404, path


ODD_BODIES = [
    b"[" * 60_000,
    b'{"name": ' * 6_000,
    b'{"name": ' + b"1" * 60_000 + b"}",
    b'{"name": "\xff\xfe"}',
    b'{"name": "\\ud800"}',
    b'{"name": "Nora", "name": 7}',
    b'{"name": NaN}',
    b"null",
    b"7",
    b'"Nora"',
    b"\xef\xbb\xbf{}",
    b"{'name': 'Nora'}",
    b"<name>Nora</name>",
    b"name=Nora",
    b"\x00",
]


@pytest.mark.parametrize("body", ODD_BODIES, ids=range(len(ODD_BODIES)))
async def test_a_body_that_is_no_name_makes_no_knock(door: FrontDoor, body: bytes) -> None:
    guest = door.browser()
    answer = await guest.post(f"{door.link}/entry", data=body, headers={"Content-Type": "application/json"})
    assert (answer.status, answer.problem) in ((400, "invalid"), (422, "invalid"))
    assert (await guest.get(door.link)).body["knock"] is None
