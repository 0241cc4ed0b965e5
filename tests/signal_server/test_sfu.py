"""The server and a real LiveKit: rooms before entries, who joined, who must not, and what an outage does."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from google.protobuf.json_format import ParseDict
from livekit import api, rtc
from livekit.protocol.webhook import WebhookEvent

from admission import seat
from admission.endings import clocks_begin_anew, page_gone
from admission.knock import Knock, State
from admission.seat import Seat
from admission.store.repository import Repository
from admission.store.sqlite import run_now
from signal_server.app import create_app
from signal_server.clock import now
from signal_server.keys import SETTINGS, STORE
from signal_server.passwords import Passwords
from signal_server.sfu import watch
from signal_server.sfu.webhook import apply
from tests.livekit_server import LiveKitServer
from tests.signal_server.front_door import QUICK, Browser, FrontDoor, open_front_door


@contextlib.asynccontextmanager
async def connected(entry: dict[str, Any]) -> AsyncIterator[rtc.Room]:
    """A participant in the meeting, by an entry."""
    room = rtc.Room()
    await room.connect(entry["livekit_url"], entry["token"])
    try:
        yield room
    finally:
        await room.disconnect()


async def eventually(is_so: Callable[[], Any], within: float = 10) -> None:
    """Wait until an awaitable condition holds."""
    deadline = time.monotonic() + within
    while not await is_so():
        assert time.monotonic() < deadline, "it never came to be"
        await asyncio.sleep(0.05)


async def seat_of(door: FrontDoor, entry: dict[str, Any]) -> Seat:
    found = await door.app[STORE].run(lambda repository: repository.seat_by_identity(entry["identity"]))
    assert found is not None
    return found


def is_in(door: FrontDoor, entry: dict[str, Any], state: seat.State) -> Callable[[], Any]:
    async def check() -> bool:
        return (await seat_of(door, entry)).state is state

    return check


async def people_in(door: FrontDoor, room: str) -> set[str]:
    async with api.LiveKitAPI(door.livekit.url, door.livekit.key, door.livekit.secret) as livekit:
        answer = await livekit.room.list_participants(api.ListParticipantsRequest(room=room))
    return {person.identity for person in answer.participants}


def room_of(entry: dict[str, Any]) -> str:
    claims = jwt.decode(entry["token"], options={"verify_signature": False})
    return str(claims["video"]["room"])


async def test_a_guest_who_connects_has_entered_and_leaves_the_owners_list(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    bell = await owner.listen("/api/v1/doorbell/events")
    guest, knock, entry = await door.let_in(owner)
    page = await guest.listen(f"/api/v1/knocks/{knock['id']}/events")
    async with connected(entry) as room:
        await page.until("knock", state="entered")
        assert await bell.until("gone") == {"id": knock["id"], "state": "entered", "by": "Olga Owner"}
        taken = await owner.post(f"/api/v1/knocks/{knock['id']}/take-back")
        assert (taken.status, taken.problem) == (409, "connected")
        assert room.local_participant.name == "Nora"
        assert room.local_participant.attributes == {"role": "guest"}
    await eventually(is_in(door, entry, seat.State.HELD))


async def test_only_a_press_on_leave_is_a_leave_and_it_takes_the_person_out(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    guest, _, entry = await door.let_in(owner)
    async with connected(entry) as room:
        gone = asyncio.Event()
        room.on("disconnected", lambda *_: gone.set())
        await eventually(is_in(door, entry, seat.State.CONNECTED))
        path = f"/api/v1/meetings/{entry['meeting']}/leave"
        assert (await guest.post(path, {"identity": entry["identity"]})).status == 204
        await asyncio.wait_for(gone.wait(), 5)
    assert entry["identity"] not in await people_in(door, room_of(entry))


async def test_what_an_admitted_guest_receives_lets_nobody_in_after_its_seat_has_ended(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    mine = await door.walk_in(owner)
    guest, knock, entry = await door.let_in(owner)
    async with connected(mine), connected(entry):
        await eventually(is_in(door, entry, seat.State.CONNECTED))
        await guest.post(f"/api/v1/meetings/{entry['meeting']}/leave", {"identity": entry["identity"]})

        async def left() -> bool:
            return entry["identity"] not in await people_in(door, room_of(entry))

        await eventually(left)
        replayed = rtc.Room()
        thrown_out = asyncio.Event()
        replayed.on("disconnected", lambda *_: thrown_out.set())
        with contextlib.suppress(rtc.ConnectError):
            await replayed.connect(entry["livekit_url"], entry["token"])
            await asyncio.wait_for(thrown_out.wait(), 5)
        await replayed.disconnect()
        await eventually(left)
    assert (await guest.post(f"/api/v1/knocks/{knock['id']}/entry")).problem == "over"


async def test_many_enter_at_once_and_one_room_is_made_for_them(door: FrontDoor) -> None:
    members = [await door.signed_in(name) for name in ("Olga", "Carl", "Ada")]
    entries = await asyncio.gather(*(door.walk_in(member) for member in members * 5))
    assert {room_of(entry) for entry in entries} == {f"{entries[0]['meeting']}-1"}
    assert len({entry["identity"] for entry in entries}) == 3


async def test_a_token_opens_one_room_only_and_makes_none(door: FrontDoor) -> None:
    entry = await door.walk_in(await door.signed_in("Olga"))
    claims = jwt.decode(entry["token"], door.livekit.secret, algorithms=["HS256"])
    video = claims["video"]
    for right in ("roomAdmin", "roomCreate", "roomList", "roomRecord", "canUpdateOwnMetadata", "hidden"):
        assert not video.get(right), right
    claims["video"] = {"roomJoin": True, "room": "never-made-1"}
    elsewhere = jwt.encode(claims, door.livekit.secret, algorithm="HS256")
    with pytest.raises(rtc.ConnectError):
        await rtc.Room().connect(entry["livekit_url"], elsewhere)


async def test_a_webhook_signed_with_another_key_or_algorithm_is_refused(door: FrontDoor) -> None:
    entry = await door.walk_in(await door.signed_in("Olga"))
    event = {
        "event": "participant_joined",
        "room": {"name": room_of(entry)},
        "participant": {"identity": entry["identity"], "sid": "PA_x"},
    }
    body = json.dumps(event)
    claims = {"iss": door.livekit.key, "exp": time.time() + 60, "sha256": "AAAA"}
    signed = {
        "another secret": jwt.encode(claims, "x" * 40, algorithm="HS256"),
        "another algorithm": jwt.encode(claims, door.livekit.secret.ljust(64, "x"), algorithm="HS512"),
        "no signature": jwt.encode(claims, None, algorithm="none"),
        "another body": jwt.encode(claims, door.livekit.secret, algorithm="HS256"),
        "nothing": "",
    }
    stranger = door.browser()
    for why, token in signed.items():
        answer = await stranger.post("/livekit/webhook", data=body, headers={"Authorization": token})
        assert answer.status == 401, why
    assert (await seat_of(door, entry)).state is seat.State.HELD


async def test_a_room_that_is_not_ours_is_left_alone(door: FrontDoor) -> None:
    token = (
        api.AccessToken(door.livekit.key, door.livekit.secret)
        .with_identity("somebody")
        .with_grants(api.VideoGrants(room_join=True, room="another-program"))
        .to_jwt()
    )
    async with api.LiveKitAPI(door.livekit.url, door.livekit.key, door.livekit.secret) as livekit:
        await livekit.room.create_room(api.CreateRoomRequest(name="another-program"))
        async with connected({"livekit_url": door.livekit.ws_url, "token": token}):
            await asyncio.sleep(0.5)
            assert await people_in(door, "another-program") == {"somebody"}
        await livekit.room.delete_room(api.DeleteRoomRequest(room="another-program"))


async def test_a_lost_webhook_is_made_good_by_the_reconciliation(tmp_path: Path, livekit: LiveKitServer) -> None:
    # This LiveKit calls nobody.
    async with open_front_door(tmp_path, livekit, reconcile_seconds=1) as door:
        owner = await door.signed_in("Olga")
        guest, knock, entry = await door.let_in(owner)
        page = await guest.listen(f"/api/v1/knocks/{knock['id']}/events")
        async with connected(entry):
            await page.until("knock", state="entered")
            await eventually(is_in(door, entry, seat.State.CONNECTED))
        await eventually(is_in(door, entry, seat.State.HELD))


async def test_who_connects_with_the_token_of_an_ended_seat_is_put_out_by_the_reconciliation_too(
    tmp_path: Path, livekit: LiveKitServer
) -> None:
    # This LiveKit calls nobody.
    async with open_front_door(tmp_path, livekit, reconcile_seconds=1) as door:
        owner = await door.signed_in("Olga")
        await door.walk_in(owner)
        guest, knock, entry = await door.let_in(owner)
        assert (await guest.delete(f"/api/v1/knocks/{knock['id']}")).status == 204
        async with connected(entry) as room:
            gone = asyncio.Event()
            room.on("disconnected", lambda *_: gone.set())
            await asyncio.wait_for(gone.wait(), 10)
        assert await people_in(door, room_of(entry)) == set()


async def test_nobody_loses_a_place_for_time_in_which_the_server_was_not_there(
    tmp_path: Path, livekit: LiveKitServer
) -> None:
    async with open_front_door(tmp_path, livekit) as door:
        owner = await door.signed_in("Olga")
        _, admitted, _ = await door.let_in(owner)
        _, waiting = await door.knock("Wanda")
        settings = door.app[SETTINGS]

    def a_day_goes_by(repository: Repository) -> None:
        clocks_begin_anew(repository, now() - timedelta(days=1))
        page_gone(repository, [waiting["id"]], now() - timedelta(days=1))

    run_now(tmp_path / "door.db", a_day_goes_by)
    begun = now()
    server = TestServer(create_app(settings, Passwords(QUICK)), host="127.0.0.1")
    await server.start_server()
    try:
        await asyncio.sleep(1.5)  # the clock has ticked

        def as_they_are(repository: Repository) -> tuple[Seat, Knock | None, Knock | None]:
            return _only_seat(repository), repository.knock(admitted["id"]), repository.knock(waiting["id"])

        place, is_admitted, is_waiting = await server.app[STORE].run(as_they_are)
        assert place.held_since is not None
        assert is_admitted is not None
        assert is_admitted.clock is not None
        assert is_waiting is not None
        assert is_waiting.away_since is not None
        assert min(place.held_since, is_admitted.clock, is_waiting.away_since) >= begun - timedelta(milliseconds=1)
    finally:
        await server.close()


async def entries_again(door: FrontDoor, owner: Browser, guest: Browser, knock: dict[str, Any]) -> list[Any]:
    return [
        await owner.post(f"{door.link}/entry", {}),
        await guest.post(f"/api/v1/knocks/{knock['id']}/entry"),
    ]


async def test_a_room_that_could_not_be_closed_is_closed_by_the_reconciliation(
    tmp_path: Path, livekit: LiveKitServer
) -> None:
    async with open_front_door(tmp_path, livekit, reconcile_seconds=1) as door:
        entry = await door.walk_in(await door.signed_in("Olga"))
        async with connected(entry) as room:
            gone = asyncio.Event()
            room.on("disconnected", lambda *_: gone.set())
            # The meeting is over, and nobody told LiveKit: it did not answer, or this server was killed.
            await door.app[STORE].run(lambda repository: repository.end_meeting(entry["meeting"], now(), "ended", None))
            await asyncio.wait_for(gone.wait(), 10)
        assert await people_in(door, room_of(entry)) == set()


async def test_livekit_stopped_and_started_loses_nobody_and_nobody_knocks_twice(
    tmp_path: Path, start_livekit: Callable[..., LiveKitServer], door_port: int
) -> None:
    own_livekit = start_livekit(f"http://127.0.0.1:{door_port}/livekit/webhook")
    async with open_front_door(tmp_path, own_livekit, door_port, reconcile_seconds=1) as door:
        owner = await door.signed_in("Olga")
        mine = await door.walk_in(owner)
        guest, knock, entry = await door.let_in(owner)
        own_livekit.kill()
        await asyncio.sleep(1.1)  # a room counts as existing for a second after LiveKit named it

        down = await entries_again(door, owner, guest, knock)
        assert [(answer.status, answer.problem) for answer in down] == [(503, "sfu-unavailable")] * 2
        assert down[0].headers["Retry-After"] == "5"
        late, late_knock = await door.knock("Late")
        assert (await door.decide(owner, late_knock, "admit")).status == 200, "decisions stand meanwhile"
        assert (await late.post(f"/api/v1/knocks/{late_knock['id']}/entry")).problem == "sfu-unavailable"
        assert (await owner.get("/readyz")).body == {"database": "ok", "livekit": "not-answering"}

        own_livekit.start()

        async def answers() -> bool:
            return bool((await owner.get("/readyz")).body["livekit"] == "answering")

        await eventually(answers)
        again = await entries_again(door, owner, guest, knock)
        assert [answer.status for answer in again] == [200, 200]
        new = [answer.body["entry"] for answer in again]
        assert [one["identity"] for one in new] == [mine["identity"], entry["identity"]]
        assert {room_of(one) for one in new} == {f"{mine['meeting']}-2"}, "a name that was never used before"
        async with connected(new[0]), connected(new[1]):
            await eventually(is_in(door, entry, seat.State.CONNECTED))


@pytest.mark.parametrize(
    ("status", "text"),
    [(200, "<html>Welcome</html>"), (404, "Not Found"), (404, "{}"), (502, '["no", "object"]'), (401, "null")],
)
async def test_livekit_that_answers_nonsense_is_livekit_that_does_not_answer(
    tmp_path: Path, livekit: LiveKitServer, status: int, text: str
) -> None:
    async def nonsense(request: web.Request) -> web.Response:
        is_json = text.startswith(("[", "{", "null"))
        return web.Response(status=status, text=text, content_type="application/json" if is_json else "text/html")

    stand_in = web.Application()
    stand_in.router.add_route("*", "/{path:.*}", nonsense)
    server = TestServer(stand_in, host="127.0.0.1")
    await server.start_server()
    try:
        async with open_front_door(tmp_path, livekit, livekit_url=str(server.make_url(""))) as door:
            owner = await door.signed_in("Olga")
            answer = await owner.post(f"{door.link}/entry", {})
            assert (answer.status, answer.problem) == (503, "sfu-unavailable")
            assert (await owner.get("/readyz")).body["livekit"] == "not-answering"
    finally:
        await server.close()


async def test_while_livekit_does_not_answer_nobodys_time_runs_out_and_after_it_all_begins_anew(
    tmp_path: Path, start_livekit: Callable[[], LiveKitServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    livekit = start_livekit()
    livekit.stop()
    async with open_front_door(tmp_path, livekit) as door:
        owner = await door.signed_in("Olga")
        guest, knock = await door.knock()
        assert (await door.decide(owner, knock, "admit")).status == 200
        refused = await guest.post(f"/api/v1/knocks/{knock['id']}/entry")
        assert (refused.status, refused.problem) == (503, "sfu-unavailable")
        identity = await door.app[STORE].run(lambda repository: _only_seat(repository).identity)
        with monkeypatch.context() as soon:
            soon.setattr("admission.seat.HELD_FOR", timedelta(seconds=0.5))
            soon.setattr("admission.knock.ADMISSION_STANDS", timedelta(seconds=0.5))
            await asyncio.sleep(2.5)
        assert (await guest.get(door.link)).body["knock"]["state"] == "admitted"
        kept = await door.app[STORE].run(_only_seat)
        assert (kept.identity, kept.state) == (identity, seat.State.HELD)

        before = now()
        await asyncio.to_thread(livekit.start)

        async def answers() -> bool:
            return bool((await owner.get("/readyz")).body["livekit"] == "answering")

        await eventually(answers)
        kept = await door.app[STORE].run(_only_seat)
        assert kept.identity == identity
        assert kept.held_since is not None
        assert kept.held_since > before
        clock = await door.app[STORE].run(lambda repository: repository.knock(knock["id"]))
        assert clock is not None
        assert clock.clock is not None
        assert clock.clock > before


def _only_seat(repository: Repository) -> Seat:
    (meeting,) = repository.running_meetings()
    (place,) = repository.seats_in(meeting.id)
    return place


async def test_a_webhook_that_comes_again_changes_nothing(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    entry = await door.walk_in(owner)
    person = {"identity": entry["identity"], "sid": "PA_1"}

    def tell(number: int, kind: str) -> Callable[[Repository], seat.State]:
        event = ParseDict(
            {"id": f"EV_{number}", "event": kind, "room": {"name": f"{entry['meeting']}-1"}, "participant": person},
            WebhookEvent(),
        )

        def use_case(repository: Repository) -> seat.State:
            apply(repository, event, now())
            return _only_seat(repository).state

        return use_case

    run = door.app[STORE].run
    assert await run(tell(1, "participant_joined")) is seat.State.CONNECTED
    assert await run(tell(2, "participant_left")) is seat.State.HELD
    assert await run(tell(1, "participant_joined")) is seat.State.HELD
    assert await run(tell(3, "participant_joined")) is seat.State.CONNECTED
    assert await run(tell(2, "participant_left")) is seat.State.CONNECTED


async def test_time_for_which_the_machine_stood_still_counts_for_nobody(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    olga = await door.signed_in("Olga")
    entry = await door.walk_in(olga)
    _, knock, _ = await door.let_in(olga)
    monkeypatch.setattr(watch, "now", lambda: now() + timedelta(minutes=20))
    await eventually(lambda: _held_later_than(door, entry, now() + timedelta(minutes=19)))
    assert (await seat_of(door, entry)).state is seat.State.HELD
    found = await door.app[STORE].run(lambda repository: repository.knock(knock["id"]))
    assert found is not None
    assert found.state is State.ADMITTED


async def _held_later_than(door: FrontDoor, entry: dict[str, Any], at: datetime) -> bool:
    held_since = (await seat_of(door, entry)).held_since
    return held_since is not None and held_since > at
