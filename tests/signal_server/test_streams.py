"""Event streams: what they bear at once, and where they end."""

import asyncio
import secrets
from collections.abc import Callable

import pytest

from admission import waiting_room
from admission.store.repository import Repository
from admission.visitor import Credentials
from signal_server import streams
from signal_server.api.doorbell import SHOWN, STREAMS_AN_ACCOUNT
from signal_server.api.meeting import STREAMS_A_SEAT
from signal_server.clock import now
from signal_server.keys import STORE
from signal_server.streams import BUFFER, Stream
from tests.signal_server.front_door import FrontDoor


async def test_an_owner_who_answers_a_whole_hall_at_once_hears_of_everybody(door: FrontDoor) -> None:
    hall = 300
    await door.app[STORE].run(crowd(door.slug, hall))
    owner = await door.signed_in("Olga")
    events = await owner.listen("/api/v1/doorbell/events")
    snapshot = await events.next("snapshot")
    assert len(snapshot["knocks"]) == hall
    answer = await owner.post(f"{door.link}/decisions", {"decision": "refuse"})
    assert {result["result"] for result in answer.body["results"]} == {"done"}
    gone = [(await events.next("gone"))["id"] for _ in range(hall)]
    assert gone == [knock["id"] for knock in snapshot["knocks"]], "in order of arrival, on the same stream"


def crowd(slug: str, number: int) -> Callable[[Repository], None]:
    """So many knock at once."""

    def all_knock(repository: Repository) -> None:
        for turn in range(number):
            visitor = Credentials(None, secrets.token_urlsafe(32))
            waiting_room.enter(repository, slug, visitor, f"Visitor {turn}", None, now())

    return all_knock


async def test_of_a_crowd_a_page_is_told_the_first_one_by_one_and_of_the_others_the_number(door: FrontDoor) -> None:
    await door.app[STORE].run(crowd(door.slug, SHOWN + 300))
    owner = await door.signed_in("Olga")
    events = await owner.listen("/api/v1/doorbell/events")
    snapshot = await events.next("snapshot")
    assert ([knock["name"] for knock in snapshot["knocks"]], snapshot["more"]) == (
        [f"Visitor {turn}" for turn in range(SHOWN)],
        300,
    )
    await door.app[STORE].run(crowd(door.slug, 2000))
    assert await events.next() == {"more": 2300, "paused": False}, "and nothing else, on the same stream"

    # As the first are answered, those behind them move up, in order of arrival.
    for knock in snapshot["knocks"][: SHOWN // 2]:
        assert (await door.decide(owner, knock, "refuse")).status == 200
        await events.next("gone")
    moved = [(await events.next("knock"))["name"] for _ in range(SHOWN // 2)]
    assert moved == [f"Visitor {turn}" for turn in range(SHOWN, SHOWN + SHOWN // 2)]
    assert (await events.next("door"))["more"] == 2300 - SHOWN // 2


async def test_a_crowd_is_refused_at_once_and_the_door_is_empty(door: FrontDoor) -> None:
    await door.app[STORE].run(crowd(door.slug, SHOWN + 300))
    owner = await door.signed_in("Olga")
    events = await owner.listen("/api/v1/doorbell/events")
    names = {knock["id"] for knock in (await events.next("snapshot"))["knocks"]}
    answer = await owner.post(f"{door.link}/decisions", {"decision": "refuse"})
    assert [result["result"] for result in answer.body["results"]] == ["done"] * (SHOWN + 300)
    waiting = 1
    while names or waiting:
        event, told = await asyncio.wait_for(events.queue.get(), 8) or ("ended", {})
        assert event in ("gone", "knock", "door"), event
        if event == "knock":
            names.add(told["id"])
        elif event == "gone":
            names.discard(told["id"])
        else:
            waiting = told["more"]
    again = await owner.listen("/api/v1/doorbell/events")
    assert (await again.next("snapshot"))["knocks"] == []


async def test_a_reader_who_takes_nothing_is_cut_off_and_costs_no_more_memory() -> None:
    stream = Stream()
    for number in range(BUFFER + 10):
        stream.send("knock", {"number": number})
    assert stream._ended
    assert not stream._events


async def test_a_stream_on_which_nothing_happens_shows_that_it_lives(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert streams.HEARTBEAT == 15
    monkeypatch.setattr(streams, "HEARTBEAT", 0.05)
    owner = await door.signed_in("Olga")
    events = await owner.listen("/api/v1/doorbell/events")
    await events.next("snapshot")
    async with asyncio.timeout(5):
        while len(events.heartbeats) < 3:  # noqa: ASYNC110  # there is nothing to wait for but heartbeats
            await asyncio.sleep(0.01)
    assert events.queue.empty()


async def test_a_stream_is_kept_nowhere(door: FrontDoor) -> None:
    guest, knock = await door.knock()
    async with guest.session.get(f"/api/v1/knocks/{knock['id']}/events") as stream:
        assert stream.content_type == "text/event-stream"
        assert stream.headers.getall("Cache-Control") == ["no-store"]


async def test_an_account_and_a_seat_have_so_many_streams_and_the_oldest_gives_way(door: FrontDoor) -> None:
    assert (STREAMS_AN_ACCOUNT, STREAMS_A_SEAT) == (20, 3)
    owner, colleague = await door.signed_in("Olga"), await door.signed_in("Carl")
    entry = await door.walk_in(owner)
    theirs = await colleague.listen("/api/v1/doorbell/events")
    for path, most in (
        ("/api/v1/doorbell/events", STREAMS_AN_ACCOUNT),
        (f"/api/v1/meetings/{entry['meeting']}/events", STREAMS_A_SEAT),
    ):
        opened = [await owner.listen(path) for _ in range(most)]
        for events in opened:
            await events.next("snapshot")
        one_more = await owner.listen(path)
        await one_more.next("snapshot")
        await opened[0].next("elsewhere")
        await opened[0].ended()
        assert all(events.queue.empty() for events in (*opened[1:], one_more))
    await theirs.next("snapshot")
    assert theirs.queue.empty()
