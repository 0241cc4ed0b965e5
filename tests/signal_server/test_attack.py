"""A changed client with an admitted guest's token speaks to LiveKit itself: refused there, or put out by us."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import jwt
import pytest
from livekit import api, rtc

from tests.signal_server.front_door import FrontDoor
from tests.signal_server.test_moderation import Inside, guest, info, may, member, publish
from tests.signal_server.test_sfu import connected, eventually, people_in, room_of

ROOM_CALLS: list[tuple[str, dict[str, Any]]] = [
    ("CreateRoom", {"name": "a-room-of-mine"}),
    ("ListRooms", {}),
    ("DeleteRoom", {"room": "ROOM"}),
    ("ListParticipants", {"room": "ROOM"}),
    ("GetParticipant", {"room": "ROOM", "identity": "OWNER"}),
    ("RemoveParticipant", {"room": "ROOM", "identity": "OWNER"}),
    ("MutePublishedTrack", {"room": "ROOM", "identity": "OWNER", "track_sid": "TR_x", "muted": True}),
    ("UpdateParticipant", {"room": "ROOM", "identity": "MYSELF", "permission": {"can_publish": True, "hidden": True}}),
    ("UpdateParticipant", {"room": "ROOM", "identity": "MYSELF", "name": "Olga Owner"}),
    ("UpdateParticipant", {"room": "ROOM", "identity": "MYSELF", "attributes": {"role": "moderator"}}),
    ("UpdateSubscriptions", {"room": "ROOM", "identity": "MYSELF", "track_sids": [], "subscribe": True}),
    ("SendData", {"room": "ROOM", "data": "aGVsbG8=", "kind": "RELIABLE"}),
    ("UpdateRoomMetadata", {"room": "ROOM", "metadata": "mine"}),
    ("ForwardParticipant", {"room": "ROOM", "identity": "MYSELF", "destination_room": "elsewhere"}),
    ("MoveParticipant", {"room": "ROOM", "identity": "MYSELF", "destination_room": "elsewhere"}),
]


@pytest.fixture
async def inside(door: FrontDoor) -> tuple[Inside, Inside]:
    """The owner, and a guest who was let in."""
    owner = await member(door, "Olga")
    return owner, await guest(door, owner)


async def test_no_room_service_call_is_open_to_a_guests_token(door: FrontDoor, inside: tuple[Inside, Inside]) -> None:
    owner, nora = inside
    words = {"ROOM": room_of(nora.entry), "OWNER": owner.identity, "MYSELF": nora.identity}
    async with (
        connected(owner.entry),
        connected(nora.entry) as room,
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {nora.entry['token']}"}) as session,
    ):
        for call, body in ROOM_CALLS:
            filled = {key: words.get(value, value) if isinstance(value, str) else value for key, value in body.items()}
            async with session.post(f"{door.livekit.url}/twirp/livekit.RoomService/{call}", json=filled) as answer:
                assert answer.status in (401, 403), (call, answer.status, await answer.text())
        assert await people_in(door, room_of(nora.entry)) == {owner.identity, nora.identity}
        assert room.local_participant.name == "Nora"


@pytest.mark.parametrize(
    "service", ["Egress/ListEgress", "Ingress/ListIngress", "SIP/ListSIPTrunk", "AgentDispatchService/ListDispatch"]
)
async def test_no_other_service_is_open_to_it_either(
    door: FrontDoor, inside: tuple[Inside, Inside], service: str
) -> None:
    nora = inside[1]
    headers = {"Authorization": f"Bearer {nora.entry['token']}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        address = f"{door.livekit.url}/twirp/livekit.{service}"
        async with session.post(address, json={"room": room_of(nora.entry)}) as answer:
            # What this LiveKit has not been given (egress, ingress, telephony) does not answer at all.
            assert answer.status in (401, 403, 404, 503), await answer.text()


async def test_nobody_changes_their_own_name_or_role(door: FrontDoor, inside: tuple[Inside, Inside]) -> None:
    owner, nora = inside
    async with connected(owner.entry), connected(nora.entry) as room:
        me = room.local_participant
        for change in (
            me.set_name("Olga Owner"),
            me.set_metadata("moderator"),
            me.set_attributes({"role": "moderator"}),
        ):
            with contextlib.suppress(Exception):  # the SDK says no, or says nothing
                await asyncio.wait_for(change, 3)
        found = await info(door, nora)
        assert found is not None
        assert (found.name, found.metadata, dict(found.attributes)) == ("Nora", "", {"role": "guest"})


@contextlib.asynccontextmanager
async def hearing(person: Inside) -> AsyncIterator[list[bytes]]:
    heard: list[bytes] = []
    async with connected(person.entry) as room:
        room.on("data_received", lambda packet: heard.append(packet.data))
        yield heard


async def test_what_is_written_while_the_chat_is_off_reaches_nobody(
    door: FrontDoor, inside: tuple[Inside, Inside]
) -> None:
    owner, nora = inside
    async with hearing(owner) as heard, connected(nora.entry) as room:
        await room.local_participant.publish_data(b"before")
        await until(lambda: heard == [b"before"])
        assert (await owner.set_up(1, chat="moderators")).status == 200
        assert (await nora.events.until("rights"))["chat"] is False
        for topic in ("", "chat", "lk.chat"):
            with contextlib.suppress(Exception):
                await asyncio.wait_for(room.local_participant.publish_data(b"after", topic=topic), 3)
        assert (await owner.set_up(2, chat="everyone")).status == 200
        await nora.events.until("rights")
        await asyncio.sleep(0.5)
        await room.local_participant.publish_data(b"again")
        await until(lambda: heard[-1:] == [b"again"])
    assert heard == [b"before", b"again"]


async def until(holds: Any) -> None:
    async def check() -> bool:
        return bool(holds())

    await eventually(check)


FORBIDDEN = [
    # what it is called, what it is: whoever is kept off is heard under no name and seen under none
    (rtc.TrackSource.SOURCE_MICROPHONE, "sound"),
    (rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO, "sound"),
    (rtc.TrackSource.SOURCE_CAMERA, "picture"),
    (rtc.TrackSource.SOURCE_SCREENSHARE, "picture"),
    (rtc.TrackSource.SOURCE_UNKNOWN, "sound"),
    (rtc.TrackSource.SOURCE_UNKNOWN, "picture"),
]


@pytest.mark.parametrize(("source", "kind"), FORBIDDEN)
async def test_what_is_kept_off_is_published_under_no_label(
    door: FrontDoor, inside: tuple[Inside, Inside], source: Any, kind: str
) -> None:
    owner, nora = inside
    for what in ("microphone", "camera", "screen_share"):
        assert (await owner.do("off", source=what, who="everyone", keep=True)).status == 200
    async with connected(owner.entry) as listening, connected(nora.entry) as room:
        # Their token is from before: it is lowered as soon as LiveKit says that they joined.
        await eventually(lambda: may(door, nora))
        seen: list[str] = []
        listening.on("track_published", lambda publication, _: seen.append(publication.sid))
        sending = asyncio.ensure_future(publish(room, source) if kind == "sound" else publish_picture(room, source))
        await asyncio.sleep(1.5)
        sending.cancel()
        with contextlib.suppress(BaseException):
            await sending
        found = await info(door, nora)
        assert found is None or not found.tracks
        assert seen == []


async def publish_picture(room: rtc.Room, source: Any) -> None:
    picture = rtc.LocalVideoTrack.create_video_track("picture", rtc.VideoSource(16, 16))
    await room.local_participant.publish_track(picture, rtc.TrackPublishOptions(source=source))


@pytest.mark.parametrize(
    "changed",
    [
        {"video": {"roomJoin": True, "room": "ROOM", "roomAdmin": True}},
        {"video": {"roomJoin": True, "room": "ROOM", "hidden": True}},
        {"video": {"roomJoin": True, "room": "ROOM", "agent": True}, "kind": "agent"},
        {"video": {"roomJoin": True, "room": "another-room-1"}},
        {"sub": "OWNER"},
        {"name": "Olga Owner"},
        {"attributes": {"role": "moderator"}},
        {"exp": time.time() + 10**6},
    ],
    ids=lambda changed: json.dumps(changed)[:40],
)
@pytest.mark.parametrize("signed", ["as it was", "with nothing", "with a key of my own"])
async def test_a_changed_token_opens_nothing(
    door: FrontDoor, inside: tuple[Inside, Inside], changed: dict[str, Any], signed: str
) -> None:
    owner, nora = inside
    text = json.dumps(changed).replace("ROOM", room_of(nora.entry)).replace("OWNER", owner.identity)
    header, _, signature = nora.entry["token"].split(".")
    claims = jwt.decode(nora.entry["token"], options={"verify_signature": False}) | json.loads(text)
    match signed:
        case "as it was":
            body = jwt.encode(claims, "x" * 32, algorithm="HS256").split(".")[1]
            token = f"{header}.{body}.{signature}"
        case "with nothing":
            token = jwt.encode(claims, None, algorithm="none")
        case _:
            token = jwt.encode(claims, "a secret of my own, and long enough", algorithm="HS256")
    assert await status_of_joining(door, token) == 401


async def status_of_joining(door: FrontDoor, token: str) -> int:
    """What LiveKit's own check in front of a connection answers."""
    address, headers = f"{door.livekit.url}/rtc/validate", {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as session, session.get(address) as answer:
        return answer.status


async def test_an_honest_token_joins_so_that_the_refusals_above_mean_something(
    door: FrontDoor, inside: tuple[Inside, Inside]
) -> None:
    assert await status_of_joining(door, inside[1].entry["token"]) == 200


async def test_words_in_the_address_change_nothing_of_what_the_token_says(
    door: FrontDoor, inside: tuple[Inside, Inside]
) -> None:
    owner, nora = inside
    async with connected(owner.entry):
        websocket = door.livekit.ws_url
        words = {
            "identity": owner.identity,
            "room": "another-room-1",
            "hidden": "1",
            "name": "Olga Owner",
            "publish": "moderator",
            "access_token": nora.entry["token"],
        }
        async with aiohttp.ClientSession() as session, session.ws_connect(f"{websocket}/rtc", params=words) as line:
            joined = await line.receive(timeout=5)
            # LiveKit's answer to a join, in its binary form, names the room and who one is in it.
            assert isinstance(joined.data, bytes)
            assert room_of(nora.entry).encode() in joined.data
            assert nora.identity.encode() in joined.data
            assert b"another-room-1" not in joined.data
        assert owner.identity in await people_in(door, room_of(owner.entry)), "nobody took the owner's place"
    async with api.LiveKitAPI(door.livekit.url, door.livekit.key, door.livekit.secret) as livekit:
        rooms = await livekit.room.list_rooms(api.ListRoomsRequest())
    assert "another-room-1" not in {room.name for room in rooms.rooms}
