"""How many find the door shut: counted without names, and told to moderators within two seconds."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from admission.changes import MeetingEnded
from signal_server.turned_away import Counts, TurnedAway
from tests.signal_server.front_door import FrontDoor
from tests.signal_server.test_moderation import guest, member

OpenDoor = Callable[..., AbstractAsyncContextManager[FrontDoor]]


async def test_moderators_are_told_how_many_the_lock_turned_away_and_guests_are_not(door: FrontDoor) -> None:
    owner = await member(door, "Olga")
    carl, nora = await member(door, "Carl"), await guest(door, owner)
    await owner.set_up(1, locked=True)
    outsider = door.browser()
    await outsider.get(f"/m/{door.slug}")  # where a browser gets its ticket
    asked = time.monotonic()
    assert (await outsider.get(door.link)).body["state"] == "locked"
    told = {"kind": "turned-away", "locked": 1, "full": 0, "plan": "standard", "seats": 12}
    for moderator in (owner, carl):
        assert await moderator.events.until("notice") == told
    assert time.monotonic() - asked < 2

    # The page looks again every 20 s, and somebody may press: it is one visitor all the same.
    await outsider.get(door.link)
    assert (await outsider.post(f"{door.link}/entry", {"name": "Nora"})).problem == "room-locked"
    another = door.browser()
    assert (await another.post(f"{door.link}/entry", {"name": "Max"})).problem == "room-locked"
    assert (await owner.events.until("notice"))["locked"] == 2

    await owner.do("off", source="camera", who="everyone", keep=True)
    while (event := await nora.events.queue.get()) is not None:
        assert event[1].get("kind") != "turned-away"
        if event[0] == "notice":
            break


async def test_full_is_told_with_the_plan_that_sets_the_limit_also_to_who_comes_later(front_door: OpenDoor) -> None:
    async with front_door(seats=2) as door:
        owner = await member(door, "Olga")
        await guest(door, owner)
        carl = await door.signed_in("Carl")
        assert (await carl.post(f"{door.link}/entry", {})).problem == "meeting-full"
        told = {"kind": "turned-away", "locked": 0, "full": 1, "plan": "standard", "seats": 2}
        assert await owner.events.until("notice") == told
        again = await owner.browser.listen(f"/api/v1/meetings/{owner.entry['meeting']}/events")
        assert await again.until("notice") == told


async def test_whoever_waits_already_was_not_turned_away(door: FrontDoor) -> None:
    owner = await member(door, "Olga")
    waiting, _ = await door.knock("Waiting")
    await owner.set_up(1, locked=True)
    await waiting.get(door.link)
    outsider = door.browser()
    await outsider.get(door.link)
    assert (await owner.events.until("notice"))["locked"] == 1


async def test_a_crowd_is_told_once_a_second_and_no_number_is_lost() -> None:
    counter = TurnedAway()
    told: list[Counts] = []
    with counter.listening("m", told.append):
        for number in range(500):
            counter.count("m", "full", f"browser {number}")
        assert told == [{"locked": 0, "full": 1}]
        await asyncio.sleep(1.2)
        assert told == [{"locked": 0, "full": 1}, {"locked": 0, "full": 500}]


async def test_a_meeting_that_ended_is_forgotten() -> None:
    counter = TurnedAway()
    counter.count("m", "locked", "a browser")
    counter.heard(MeetingEnded("m", None, None))
    told: list[Counts] = []
    with counter.listening("m", told.append):
        assert told == []
