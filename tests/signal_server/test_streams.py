"""Event streams: what they bear at once, and where they end."""

import secrets

from admission import waiting_room
from admission.store.repository import Repository
from admission.visitor import Credentials
from signal_server.clock import now
from signal_server.keys import STORE
from signal_server.streams import BUFFER, Stream
from tests.signal_server.front_door import FrontDoor


async def test_an_owner_who_answers_a_whole_hall_at_once_hears_of_everybody(door: FrontDoor) -> None:
    hall = 300

    def all_knock(repository: Repository) -> None:
        for number in range(hall):
            visitor = Credentials(None, secrets.token_urlsafe(32))
            waiting_room.enter(repository, door.slug, visitor, f"Student {number}", None, now())

    await door.app[STORE].run(all_knock)
    owner = await door.signed_in("Olga")
    events = await owner.listen("/api/v1/doorbell/events")
    snapshot = await events.next("snapshot")
    assert len(snapshot["knocks"]) == hall
    answer = await owner.post(f"{door.link}/decisions", {"decision": "refuse"})
    assert {result["result"] for result in answer.body["results"]} == {"done"}
    gone = [(await events.next("gone"))["id"] for _ in range(hall)]
    assert gone == [knock["id"] for knock in snapshot["knocks"]], "in order of arrival, on the same stream"


async def test_a_reader_who_takes_nothing_is_cut_off_and_costs_no_more_memory() -> None:
    stream = Stream()
    for number in range(BUFFER + 10):
        stream.send("knock", {"number": number})
    assert stream._ended
    assert not stream._events
