"""The pages of meetings: who finds which, what stands there, and that it is legible without scripts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from admission.contribution import Kind
from signal_server import meeting_pages
from signal_server.clock import now
from signal_server.keys import STORE
from tests.signal_server.front_door import Browser, FrontDoor
from tests.signal_server.test_contributions import Hand, over, path, watched
from tests.signal_server.test_pages import read


def address(entry: dict[str, Any]) -> str:
    return f"/meetings/{entry['meeting']}"


async def held(door: FrontDoor, owner: Browser, *more: dict[str, Any]) -> dict[str, Any]:
    """A meeting of the owner and of these that is over."""
    mine = await door.walk_in(owner)
    await watched(door, mine, *more)
    await over(owner, mine)
    return mine


async def text(browser: Browser, where: str, **headers: str) -> str:
    answer = await browser.get(where, headers=headers)
    assert answer.status == 200, answer
    body: str = answer.body
    assert read(body).faults == [], "the strict policy blocks these"
    ids = read(body).ids()
    assert len(ids) == len(set(ids))
    return body


async def test_a_member_finds_the_meetings_of_their_link_and_those_they_were_in(door: FrontDoor) -> None:
    owner, colleague, other = [await door.signed_in(name) for name in ("Olga", "Carl", "Sven")]
    assert "No meetings yet" in await text(owner, "/meetings")
    mine = await held(door, owner, await door.walk_in(colleague))
    for browser, ours in ((owner, True), (colleague, False)):
        html = await text(browser, "/meetings")
        assert f'href="{address(mine)}"' in html
        assert "Meeting with Olga Owner" in html
        assert ("Your link" in html) is ours
        assert "People: 2" in html
    assert "No meetings yet" in await text(other, "/meetings")


async def test_a_meeting_is_called_by_its_subject(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    mine = await door.walk_in(owner)
    setup = f"/api/v1/meetings/{mine['meeting']}/setup"
    assert (await owner.call("PATCH", setup, {"version": 1, "subject": "Budget <b>2027</b>"})).status == 200
    await watched(door, mine)
    await over(owner, mine)
    for where in ("/meetings", address(mine)):
        assert "Budget &lt;b&gt;2027&lt;/b&gt;" in await text(owner, where)


async def test_a_guest_user_reads_why_there_is_nothing_and_has_no_link_to_it(door: FrontDoor) -> None:
    gina = await door.signed_in("Gina")
    html = await text(gina, "/meetings")
    assert "As a guest of Acme you find no figures here" in html
    assert '<a href="/meetings"' not in await text(gina, "/")
    assert '<a href="/meetings"' in await text(await door.signed_in("Olga"), "/")
    assert '<a href="/meetings" aria-current="page"' in await text(await door.signed_in("Olga"), "/meetings")


@pytest.mark.parametrize("at_once", [1, 1000])
async def test_only_an_admin_sees_totals_and_nobody_in_them(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(meeting_pages, "READ_AT_ONCE", at_once)
    owner, guest_name = await door.signed_in("Olga"), "Nora Unheard-of"
    _, _, theirs = await door.let_in(owner, guest_name)
    mine = await held(door, owner, theirs)
    await held(door, owner)
    html = await text(await door.signed_in("Ada"), "/meetings")
    assert "All meetings of Acme" in html
    rows = re.findall(
        r'<th scope="row">(.*?)</th>\s*<td class="number">(\d+)</td>\s*<td class="number">(\d+)</td>', html
    )
    assert rows == [(f"{now():%B %Y}", "2", "3")]
    assert guest_name not in html
    assert "Olga" not in html
    assert mine["meeting"] not in html
    assert "All meetings of Acme" not in await text(owner, "/meetings")


async def test_who_may_read_a_meeting_after_it(door: FrontDoor) -> None:
    owner, colleague, admin, gina, stranger = [
        await door.signed_in(name) for name in ("Olga", "Carl", "Ada", "Gina", "Sven")
    ]
    carls = await door.walk_in(colleague)
    guest, _, theirs = await door.let_in(owner)
    mine = await held(door, owner, carls, theirs)
    for browser, status in ((owner, 200), (colleague, 200), (admin, 404), (gina, 404), (stranger, 404)):
        assert (await browser.get(address(mine))).status == status
    for browser in (guest, door.browser()):
        answer = await browser.get(address(mine), allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (303, f"/sign-in?next={address(mine)}")
    assert (await owner.get("/meetings/nosuchmeeting")).status == 404


async def test_the_page_has_who_gave_what_as_table_and_as_picture(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    _, _, theirs = await door.let_in(owner, "Nora <i>Dahl</i>")
    mine = await held(door, owner, theirs)
    html = await text(owner, address(mine))
    assert "<i>Dahl" not in html
    assert re.search(r"Nora &lt;i&gt;Dahl&lt;/i&gt;</bdi>\s*<span [^>]*>Visitor · <time", html)
    assert re.search(r'<span>0:02</span><span class="soft">67%</span>', html)
    assert 'aria-label="Talk 0:02, turns: 1, camera 0:00, screen share 0:00."' in html
    (olgas,) = re.findall(r'href="#(times-\w+)">\s*<bdi class="name">Olga Owner', html)
    row = html.split(f'id="{olgas}"')[1].split("</tr>")[0]
    assert re.search(r'data-label="Talk">0:\d\d–\u20600:\d\d<', row)
    assert f'href="{path(mine, ".csv")}" download' in html
    assert f'href="{path(mine)}" download="contributions.json"' in html
    assert "UTC</time>" in html, "for who has no JavaScript"


async def test_a_pause_of_the_observer_is_hatched_and_said(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    mine = await door.walk_in(owner)
    hand = await watched(door, mine)
    await hand.write([(20, Kind.PAUSED, ""), (30, Kind.RESUMED, "")])
    html = await text(owner, address(mine))
    pauses = re.findall(r'<rect x="([\d.]+)%" width="([\d.]+)%" height="34" fill="url\(#hatch\)"', html)
    assert len(pauses) == 1
    assert re.search(r"because nobody watched just then: 0:\d\d–0:\d\d\.", html)


async def test_only_the_owner_can_delete_and_only_after_it(door: FrontDoor) -> None:
    owner, colleague = await door.signed_in("Olga"), await door.signed_in("Carl")
    mine, carls = await door.walk_in(owner), await door.walk_in(colleague)
    await watched(door, mine, carls)
    running = await text(owner, address(mine))
    assert "still going on" in running
    assert "data-forget" not in running
    await over(owner, mine)
    assert f'data-forget="{path(mine)}"' in await text(owner, address(mine))
    assert "data-forget" not in await text(colleague, address(mine))
    assert (await owner.delete(path(mine))).status == 204
    for browser in (owner, colleague):
        assert (await browser.get(address(mine))).status == 404
        assert "No meetings yet" in await text(browser, "/meetings")


async def test_a_meeting_of_hours_is_a_light_page(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    mine = await door.walk_in(owner)
    hand = Hand(door, mine["meeting"])
    hand.began -= 8 * 3_600_000
    await hand.take(mine["identity"])
    me = mine["identity"]
    await hand.write([(0, Kind.RESUMED, ""), (0.1, Kind.JOINED, me), (0.2, Kind.MICROPHONE_ON, me)])
    for second in range(10, 8 * 3600 - 10, 10):
        events = [(second, Kind.SPEAKING, me), (second + 6, Kind.SILENT, me)]
        await hand.write(events)
    await door.app[STORE].run(
        lambda repository: (
            repository.connection.execute("UPDATE meeting SET opened = :at, began = :at", {"at": hand.began}).rowcount
        )
    )
    html = await text(owner, address(mine))
    assert html.count('viewBox="0 0 1000 1"') == 2, "one path for where they were, one for what they said"
    assert 'aria-label="Talk 4:47:48, turns: 2878' in html
    assert len(html.encode()) < 90_000


@pytest.mark.parametrize(("language", "says"), [("en", "Who spoke when"), ("fr", "Qui a parlé quand")])
async def test_it_is_said_in_the_readers_language(door: FrontDoor, language: str, says: str) -> None:
    owner = await door.signed_in("Olga")
    mine = await held(door, owner)
    html = await text(owner, address(mine), **{"Accept-Language": language})
    assert f'<html lang="{language}">' in html
    assert says in html
