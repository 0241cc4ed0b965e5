"""Rooms: known to exist before each entry, and asked for together."""

import asyncio
from typing import Any

import pytest
from livekit import api
from livekit.api.twirp_client import ServerError

from signal_server.keys import ROOMS
from signal_server.sfu import SfuUnavailable
from signal_server.sfu.rooms import KNOWN_FOR
from tests.signal_server.front_door import Browser, FrontDoor


async def own_link(browser: Browser) -> str:
    session = await browser.get("/api/v1/session")
    return f"/api/v1/links/{session.body['link']['slug']}"


async def walk_in(browser: Browser, link: str) -> dict[str, Any]:
    answer = await browser.post(f"{link}/entry", {})
    assert answer.status == 200, answer
    entry: dict[str, Any] = answer.body["entry"]
    return entry


def lists_asked_for(door: FrontDoor, told: asyncio.Event | None = None) -> list[list[str]]:
    """From now on: the names of the rooms of each list that LiveKit has answered. `told` is set with the first."""
    rooms, asked = door.app[ROOMS], []
    listed = rooms.listed

    async def noting(names: list[str] | None = None) -> dict[str, str]:
        answer = await listed(names)
        asked.append(sorted(names or []))
        if told is not None:
            told.set()
        return answer

    rooms.listed = noting  # type: ignore[method-assign]
    return asked


async def test_one_list_tells_of_all_rooms_that_people_enter(door: FrontDoor) -> None:
    people = [await door.signed_in(name) for name in ("Olga", "Carl", "Ada")]
    links = [await own_link(person) for person in people]
    for person, link in zip(people, links, strict=True):
        await walk_in(person, link)
    await asyncio.sleep(KNOWN_FOR)
    asked = lists_asked_for(door)
    await walk_in(people[0], links[0])
    assert [len(names) for names in asked] == [3], "the rooms entered a moment ago come along"
    await asyncio.gather(*(walk_in(person, link) for person in people for link in links))
    assert len(asked) == 1, "and need no list of their own"
    await asyncio.sleep(2 * KNOWN_FOR)
    await walk_in(people[0], links[0])
    assert [len(names) for names in asked[1:]] == [1], "a room that nobody enters is not asked for"


async def test_a_room_that_came_along_and_is_gone_is_made_anew(door: FrontDoor) -> None:
    olga, carl = await door.signed_in("Olga"), await door.signed_in("Carl")
    to_olga, to_carl = await own_link(olga), await own_link(carl)
    entry = await walk_in(carl, to_carl)
    await walk_in(olga, to_olga)
    async with api.LiveKitAPI(door.livekit.url, door.livekit.key, door.livekit.secret) as livekit:
        await livekit.room.delete_room(api.DeleteRoomRequest(room=f"{entry['meeting']}-1"))
    await asyncio.sleep(KNOWN_FOR)
    await walk_in(olga, to_olga)
    await walk_in(carl, to_carl)
    assert f"{entry['meeting']}-2" in await door.app[ROOMS].listed()


async def test_whoever_is_let_in_finds_the_room_looked_for_already(door: FrontDoor) -> None:
    olga = await door.signed_in("Olga")
    await walk_in(olga, await own_link(olga))
    await asyncio.sleep(KNOWN_FOR)
    nora, knock = await door.knock()
    told = asyncio.Event()
    asked = lists_asked_for(door, told)
    await door.decide(olga, knock, "admit")
    async with asyncio.timeout(KNOWN_FOR):
        await told.wait()
    assert (await nora.post(f"/api/v1/knocks/{knock['id']}/entry")).status == 200
    assert len(asked) == 1, "and nobody asked again"


async def test_a_person_whom_livekit_cannot_remove_is_no_outage(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As happens when the room is closed in the same moment: it would stop everybody's clocks."""

    async def remove_participant(asked: Any) -> None:
        raise ServerError("unavailable", "the room is closing", status=503)

    rooms = door.app[ROOMS]
    monkeypatch.setattr(rooms._livekit.room, "remove_participant", remove_participant)
    with pytest.raises(SfuUnavailable):
        await rooms.remove("room", "identity")
    assert not rooms.outage.is_set()
