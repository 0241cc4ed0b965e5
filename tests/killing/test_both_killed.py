"""LiveKit, the server or both are killed under a meeting: everybody is back in it without a second knock."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from livekit import api, rtc
from livekit.protocol.models import TrackSource

from tests.browser.server import Vestibule
from tests.killing.rounds import house
from tests.killing.visitors import Caller, Visitor

WITHIN = 20.0
"""Seconds in which everybody has to be back; the tests wait no longer than they must."""


def livekit_is_killed(server: Vestibule) -> None:
    server.livekit.kill()
    server.livekit.start()


def the_server_is_killed(server: Vestibule) -> None:
    server.kill_serving()
    server.serve()


def both_are_killed(server: Vestibule) -> None:
    server.kill_serving()
    server.livekit.kill()
    server.livekit.start()
    server.serve()


async def entry(caller: Caller, path: str) -> dict[str, Any]:
    """An entry, asked for again while LiveKit does not answer, as the page does."""
    async with asyncio.timeout(WITHIN):
        while True:
            status, body = await caller.call("POST", path, {} if path.startswith("/links") else None)
            if status == 200:
                found: dict[str, Any] = body["entry"]
                return found
            assert status == 503, f"an entry is answered {status} {body}"
            await asyncio.sleep(0.2)


async def goes_in(caller: Caller, path: str) -> tuple[dict[str, Any], rtc.Room]:
    """An entry and the connection by it; with another entry where the room was gone a moment ago, as the page does."""
    async with asyncio.timeout(WITHIN):
        while True:
            found, room = await entry(caller, path), rtc.Room()
            try:
                await room.connect(found["livekit_url"], found["token"])
            except rtc.ConnectError:
                await asyncio.sleep(0.2)
            else:
                return found, room


async def sources(server: Vestibule, room: str, identity: str) -> set[str]:
    """What LiveKit lets somebody publish now."""
    async with api.LiveKitAPI(server.livekit.url, server.livekit.key, server.livekit.secret) as livekit:
        found = await livekit.room.get_participant(api.RoomParticipantIdentity(room=room, identity=identity))
        return {TrackSource.Name(source) for source in found.permission.can_publish_sources}


async def at_door(owner: Caller) -> list[tuple[str, str]]:
    _, data = await owner.first("/doorbell/events")
    return [(knock["id"], knock["state"]) for knock in json.loads(data)["knocks"]]


async def entered(owner: Caller, knock: str) -> None:
    """Wait until the knock is off the door: its guest has connected."""
    async with asyncio.timeout(WITHIN):
        for knocks in iter(lambda: at_door(owner), None):
            if knock not in [found for found, _ in await knocks]:
                return
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("killed", [livekit_is_killed, the_server_is_killed, both_are_killed])
async def test_everybody_is_back_without_a_second_knock_and_with_the_same_rights(
    tmp_path: Path, killed: Callable[[Vestibule], None]
) -> None:
    async with house(tmp_path, seed=1) as everybody:
        server, (owner, *_), (guest, waiting, *_) = everybody.server, everybody.owners, everybody.visitors
        link = f"/links/{guest.slug}/entry"
        for visitor in (guest, waiting):
            await visitor.knocks()
        status, _ = await owner.call("POST", f"/knocks/{guest.knock}/decision", {"decision": "admit"})
        assert status == 200
        by_knock = f"/knocks/{guest.knock}/entry"
        first, left = await goes_in(owner, link)
        theirs, right = await goes_in(guest.caller, by_knock)
        await entered(owner, str(guest.knock))
        kept_off = {"source": "microphone", "who": "everyone", "keep": True}
        status, body = await owner.call("POST", f"/meetings/{first['meeting']}/off", kept_off)
        assert (status, body["results"][0]["result"]) == (200, "done")

        await asyncio.to_thread(killed, server)

        for room in (left, right):
            await room.disconnect()
        mine_again, left = await goes_in(owner, link)
        theirs_again, right = await goes_in(guest.caller, by_knock)
        try:
            for before, after in ((first, mine_again), (theirs, theirs_again)):
                assert (after["identity"], after["meeting"]) == (before["identity"], before["meeting"])
            assert await at_door(owner) == [(waiting.knock, "waiting")], "nobody is asked twice, and nobody forgotten"
            allowed = await sources(server, right.name, theirs["identity"])
            assert allowed == {"CAMERA", "SCREEN_SHARE"}, "kept off as before"
            assert "MICROPHONE" in await sources(server, left.name, first["identity"])
            assert set(left.remote_participants) <= {theirs["identity"]}
        finally:
            for room in (left, right):
                await room.disconnect()


def test_a_visitor_may_be_only_what_was_answered_or_is_still_in_hand() -> None:
    """The check of the rounds can fail: a knock that was decided and waits again is found."""
    visitor = Visitor("Nora", None, [], "", None)  # type: ignore[arg-type]
    visitor.may = {"admitted"}
    with pytest.raises(AssertionError, match="can only be one of"):
        visitor.finds({"id": "k1", "state": "waiting"})
