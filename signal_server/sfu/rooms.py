"""LiveKit's rooms: one at a time for a meeting, made before anybody gets in and known to exist."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from datetime import datetime
from functools import partial
from typing import TypeVar

import aiohttp
import structlog
from google.protobuf.message import DecodeError
from livekit import api
from livekit.api.twirp_client import ServerError

from admission.errors import Over
from admission.meeting import Meeting, room_name
from admission.store.repository import Repository
from admission.store.sqlite import Store
from admission.waiting_room import room_gone
from signal_server.clock import now
from signal_server.sfu import SfuUnavailable

log = structlog.get_logger()
T = TypeVar("T")

KNOWN_FOR = 1.0
"""Seconds for which a room that LiveKit named counts as existing."""

CALL_LIMIT = 5.0
"""Seconds that LiveKit has to answer one call."""

EMPTY_TIMEOUT = 300
DEPARTURE_TIMEOUT = 120
"""Seconds that LiveKit keeps a room that nobody has joined yet, and one that all have left."""

ATTEMPTS = 3


class Rooms:
    """Calls LiveKit's room service. Every failure to answer is SfuUnavailable, and noticed as an outage."""

    def __init__(self, livekit: api.LiveKitAPI, store: Store) -> None:
        self._livekit = livekit
        self._store = store
        self._known: dict[str, tuple[str, float]] = {}  # meeting: its room, and when LiveKit named it (monotonic)
        self._looking: dict[str, asyncio.Task[str]] = {}
        self.outage = asyncio.Event()
        """Set when LiveKit does not answer a call; cleared by the watch when all is in agreement again."""

    async def ensure(self, meeting: Meeting, plan_seats: int) -> str:
        """The name of the meeting's room, which exists now. Raises SfuUnavailable, Over."""
        name, named_at = self._known.get(meeting.id, ("", 0.0))
        if name and time.monotonic() - named_at < KNOWN_FOR:
            return name
        looking = self._looking.get(meeting.id)
        if looking is None:
            # One call in flight for a room, however many people enter at once.
            looking = asyncio.create_task(self._find_or_make(meeting.id, plan_seats))
            self._looking[meeting.id] = looking
            looking.add_done_callback(lambda task: self._looked(meeting.id, task))
        return await asyncio.shield(looking)

    def _looked(self, meeting_id: str, task: asyncio.Task[str]) -> None:
        del self._looking[meeting_id]
        if task.cancelled() or task.exception() is not None:
            self._known.pop(meeting_id, None)
        else:
            self._known[meeting_id] = (task.result(), time.monotonic())

    async def _find_or_make(self, meeting_id: str, plan_seats: int) -> str:
        for _ in range(ATTEMPTS):
            meeting = await self._store.run(lambda repository: repository.meeting(meeting_id))
            if meeting is None or meeting.ended is not None:
                raise Over
            if meeting.room_sid is not None:
                named = await self.listed([meeting.room_name])
                if named.get(meeting.room_name) == meeting.room_sid:
                    return meeting.room_name
            if not await self._store.run(partial(_claim_next, meeting=meeting, at=now())):
                continue  # somebody else was first: read again
            return await self._make(meeting_id, meeting.room + 1, plan_seats)
        raise SfuUnavailable("another server keeps making this meeting's room")

    async def _make(self, meeting_id: str, number: int, plan_seats: int) -> str:
        # Never called for a name that was used before: after a restart of LiveKit it would make the old room
        # again, and old clients would come back into it and throw the new ones out.
        name = room_name(meeting_id, number)
        room = await self._call(
            self._livekit.room.create_room(
                api.CreateRoomRequest(
                    name=name,
                    empty_timeout=EMPTY_TIMEOUT,
                    departure_timeout=DEPARTURE_TIMEOUT,
                    # A net under mistakes of ours. The seats are counted in the database.
                    max_participants=max(1000, 2 * plan_seats),
                )
            )
        )
        await self._store.run(lambda repository: repository.keep_room_sid(meeting_id, number, room.sid))
        log.info("room made", room=name)
        return name

    def forget(self, meeting_id: str) -> None:
        self._known.pop(meeting_id, None)

    async def listed(self, names: list[str] | None = None) -> dict[str, str]:
        """Those of the named rooms that exist, or all, with their sids. Raises SfuUnavailable."""
        answer = await self._call(self._livekit.room.list_rooms(api.ListRoomsRequest(names=names)))
        return {room.name: room.sid for room in answer.rooms}

    async def participants(self, room: str) -> list[api.ParticipantInfo]:
        """Who is in a room; nobody where there is no such room. Raises SfuUnavailable."""
        answer = await self._call(self._livekit.room.list_participants(api.ListParticipantsRequest(room=room)))
        return list(answer.participants)

    async def remove(self, room: str, identity: str) -> None:
        """Take somebody out of a room; fine where they are not in it. Raises SfuUnavailable."""
        try:
            await self._call(
                self._livekit.room.remove_participant(api.RoomParticipantIdentity(room=room, identity=identity))
            )
        except ServerError as error:
            if error.status != 404:
                raise SfuUnavailable(error.code) from error

    async def delete(self, room: str) -> None:
        """Close a room with everybody in it; fine where there is none. Raises SfuUnavailable."""
        try:
            await self._call(self._livekit.room.delete_room(api.DeleteRoomRequest(room=room)))
        except ServerError as error:
            if error.status != 404:
                raise SfuUnavailable(error.code) from error

    async def _call(self, call: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(CALL_LIMIT):
                result = await call
        except ServerError as error:
            if error.status == 404:
                raise
            self._silent(error.code)
            raise SfuUnavailable(error.code) from error
        except (aiohttp.ClientError, TimeoutError, OSError, DecodeError) as error:
            self._silent(type(error).__name__)
            raise SfuUnavailable(type(error).__name__) from error
        return result

    def _silent(self, why: str) -> None:
        if not self.outage.is_set():
            log.warning("LiveKit does not answer", why=why)
        self.outage.set()


def _claim_next(repository: Repository, meeting: Meeting, at: datetime) -> bool:
    """Leave the room that is gone and take the next number, unless somebody else did."""
    if meeting.room:
        room_gone(repository, meeting.room_name, at)
    return repository.claim_room(meeting.id, meeting.room)
