"""LiveKit's rooms: one at a time for a meeting, made before anybody gets in and known to exist."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

import aiohttp
import structlog
from google.protobuf.message import DecodeError
from livekit import api
from livekit.api.twirp_client import ServerError, ServerErrorCode
from livekit.protocol.models import ParticipantPermission

from admission.arrivals import room_gone
from admission.errors import Over
from admission.meeting import Meeting, room_name
from admission.store.repository import Repository
from admission.store.sqlite import Store
from signal_server.clock import now
from signal_server.sfu import SfuUnavailable
from signal_server.turns import Turns

log = structlog.get_logger()
T = TypeVar("T")
R = TypeVar("R")

KNOWN_FOR = 1.0
"""Seconds for which a room that LiveKit named counts as existing."""

CALL_LIMIT = 5.0
"""Seconds that LiveKit has to answer one call."""

MODERATION_LIMIT = 2.0
"""Seconds for a call that somebody presses a button for. LiveKit takes 3 to say that a person is not there."""

EMPTY_TIMEOUT = 300
DEPARTURE_TIMEOUT = 120
"""Seconds that LiveKit keeps a room that nobody has joined yet, and one that all have left."""

ATTEMPTS = 3


@dataclass(slots=True)
class Known:
    """A room that exists: when LiveKit last named it, and when somebody last entered (monotonic)."""

    name: str
    sid: str
    named_at: float
    used_at: float


class Rooms:
    """Calls LiveKit's room service. Every failure to answer is SfuUnavailable, and noticed as an outage."""

    def __init__(
        self, livekit: api.LiveKitAPI, store: Store, failed: Callable[[str], None] = lambda call: None
    ) -> None:
        """`failed` is told the name of each call that LiveKit did not answer."""
        self._livekit = livekit
        self._store = store
        self._failed = failed
        self._known: dict[str, Known] = {}  # by meeting
        self._finding: dict[str, asyncio.Task[Known]] = {}  # by meeting
        self._ahead: set[str] = set()  # meetings
        self._orders = Turns(at_once=1)  # by meeting
        self._asked: dict[str, asyncio.Future[str | None]] = {}  # by room: what the next list is to tell
        self._listing: asyncio.Task[None] | None = None
        self.outage = asyncio.Event()
        """Set when LiveKit does not answer a call; cleared by the watch when all is in agreement again."""

    async def ensure(self, meeting: Meeting, plan_seats: int) -> str:
        """The name of the meeting's room, which exists now. Raises SfuUnavailable, Over."""
        known = self._fresh(meeting.id)
        if known is not None:
            known.used_at = time.monotonic()
            return known.name
        finding = self._finding.get(meeting.id)
        if finding is None:
            # One look in flight for a room, however many people enter at once.
            finding = asyncio.create_task(self._find_or_make(meeting.id, plan_seats))
            self._finding[meeting.id] = finding
            finding.add_done_callback(lambda task: self._found(meeting.id, task))
        return (await asyncio.shield(finding)).name

    def in_order(self, meeting_id: str) -> asyncio.Semaphore:
        """To be held from deciding what people may do until LiveKit has it: what was decided last holds there, too."""
        return self._orders.at(meeting_id)

    async def look_ahead(self, meeting_id: str) -> None:
        """Know whether a meeting's room exists before somebody who was just admitted asks. Raises SfuUnavailable."""
        if meeting_id in self._ahead or self._fresh(meeting_id) is not None:
            return
        self._ahead.add(meeting_id)
        try:
            meeting = await self._store.run(lambda repository: repository.meeting(meeting_id))
            # A room that is yet to be made is made for whoever comes, if they do.
            if meeting is not None and meeting.ended is None and (known := await self._find(meeting)) is not None:
                self._known[meeting_id] = known
        finally:
            self._ahead.discard(meeting_id)

    def _fresh(self, meeting_id: str) -> Known | None:
        known = self._known.get(meeting_id)
        return known if known is not None and time.monotonic() - known.named_at < KNOWN_FOR else None

    def _found(self, meeting_id: str, task: asyncio.Task[Known]) -> None:
        del self._finding[meeting_id]
        if task.cancelled() or task.exception() is not None:
            self._known.pop(meeting_id, None)
        else:
            self._known[meeting_id] = task.result()

    async def _find_or_make(self, meeting_id: str, plan_seats: int) -> Known:
        for _ in range(ATTEMPTS):
            meeting = await self._store.run(lambda repository: repository.meeting(meeting_id))
            if meeting is None or meeting.ended is not None:
                raise Over
            if (known := await self._find(meeting)) is not None:
                return known
            if not await self._store.run(partial(_claim_next, meeting=meeting, at=now())):
                continue  # somebody else was first: read again
            return await self._make(meeting_id, meeting.room + 1, plan_seats)
        raise SfuUnavailable("another server keeps making this meeting's room")

    async def _find(self, meeting: Meeting) -> Known | None:
        """The meeting's present room, if it exists now."""
        if meeting.room_sid is None:
            return None
        begun = time.monotonic()
        if await self._sid_now(meeting.room_name) != meeting.room_sid:
            return None
        return Known(meeting.room_name, meeting.room_sid, begun, begun)

    async def _sid_now(self, name: str) -> str | None:
        """The sid of a room that exists now, else None. One list tells everybody who asks at the moment."""
        asked = self._asked.setdefault(name, asyncio.get_running_loop().create_future())
        if self._listing is None or self._listing.done():
            self._listing = asyncio.create_task(self._list())
        return await asked

    async def _list(self) -> None:
        while self._asked:
            asked, self._asked = self._asked, {}
            begun = time.monotonic()
            # The rooms that people enter these seconds come along: they need no list of their own when it is time.
            used = {key: known for key, known in self._known.items() if begun - known.used_at < 2 * KNOWN_FOR}
            try:
                sids = await self.listed(list({*asked, *(known.name for known in used.values())}))
            except Exception as error:
                for future in asked.values():
                    future.set_exception(error)
                continue
            for meeting_id, known in used.items():
                if sids.get(known.name) == known.sid:
                    known.named_at = begun
                elif self._known.get(meeting_id) is known:
                    del self._known[meeting_id]
            for name, future in asked.items():
                future.set_result(sids.get(name))

    async def _make(self, meeting_id: str, number: int, plan_seats: int) -> Known:
        # Never called for a name that was used before: after a restart of LiveKit it would make the old room
        # again, and old clients would come back into it and throw the new ones out.
        name, begun = room_name(meeting_id, number), time.monotonic()
        room = await self._call(
            self._livekit.room.create_room,
            api.CreateRoomRequest(
                name=name,
                empty_timeout=EMPTY_TIMEOUT,
                departure_timeout=DEPARTURE_TIMEOUT,
                # A net under mistakes of ours. The seats are counted in the database.
                max_participants=max(1000, 2 * plan_seats),
            ),
        )
        await self._store.run(lambda repository: repository.keep_room_sid(meeting_id, number, room.sid))
        log.info("room made", room=name)
        return Known(name, room.sid, begun, begun)

    def forget(self, meeting_id: str) -> None:
        self._known.pop(meeting_id, None)

    async def listed(self, names: list[str] | None = None) -> dict[str, str]:
        """Those of the named rooms that exist, or all, with their sids. Raises SfuUnavailable."""
        answer = await self._call(self._livekit.room.list_rooms, api.ListRoomsRequest(names=names))
        return {room.name: room.sid for room in answer.rooms}

    async def participants(self, room: str) -> list[api.ParticipantInfo]:
        """Who is in a room; nobody where there is no such room. Raises SfuUnavailable."""
        answer = await self._call(self._livekit.room.list_participants, api.ListParticipantsRequest(room=room))
        return list(answer.participants)

    async def remove(self, room: str, identity: str) -> None:
        """Take somebody out of a room; fine where they are not in it. Raises SfuUnavailable."""
        try:
            await self._call(
                self._livekit.room.remove_participant,
                api.RoomParticipantIdentity(room=room, identity=identity),
                of_a_person=True,
            )
        except ServerError as error:
            if error.status != 404:
                raise SfuUnavailable(error.code) from error

    async def permit(self, room: str, identity: str, permission: ParticipantPermission) -> None:
        """Give somebody this permission, whole. Raises SfuUnavailable, ServerError 404 for who is not there."""
        await self._call(
            self._livekit.room.update_participant,
            api.UpdateParticipantRequest(room=room, identity=identity, permission=permission),
            of_a_person=True,
            limit=MODERATION_LIMIT,
        )

    async def mute(self, room: str, identity: str, track: str) -> None:
        """Mute one track of somebody, who may turn it on again. Raises as `permit`."""
        await self._call(
            self._livekit.room.mute_published_track,
            api.MuteRoomTrackRequest(room=room, identity=identity, track_sid=track, muted=True),
            of_a_person=True,
            limit=MODERATION_LIMIT,
        )

    async def delete(self, room: str) -> None:
        """Close a room with everybody in it; fine where there is none. Raises SfuUnavailable."""
        try:
            await self._call(self._livekit.room.delete_room, api.DeleteRoomRequest(room=room))
        except ServerError as error:
            if error.status != 404:
                raise SfuUnavailable(error.code) from error

    async def _call(
        self, call: Callable[[R], Awaitable[T]], asked: R, *, of_a_person: bool = False, limit: float = CALL_LIMIT
    ) -> T:
        """What LiveKit answers. What is about one person may fail for their sake: it tells of no outage."""
        try:
            async with asyncio.timeout(limit):
                return await call(asked)
        except ServerError as error:
            # Only LiveKit itself says so of a room or a person. A 404 without it comes from something else.
            if error.status == 404 and error.code == ServerErrorCode.NOT_FOUND:
                raise
            raise self._unanswered(call.__name__, error.code, of_a_person) from error
        except (aiohttp.ClientError, TimeoutError, OSError, DecodeError, AttributeError) as error:
            # AttributeError: the library takes the JSON of a failure for an object, whatever it is.
            raise self._unanswered(call.__name__, type(error).__name__, of_a_person) from error

    def _unanswered(self, call: str, why: str, of_a_person: bool) -> SfuUnavailable:
        self._failed(call)
        if not of_a_person:
            if not self.outage.is_set():
                log.warning("LiveKit does not answer", why=why)
            self.outage.set()
        return SfuUnavailable(why)


def _claim_next(repository: Repository, meeting: Meeting, at: datetime) -> bool:
    """Leave the room that is gone and take the next number, unless somebody else did."""
    if meeting.room:
        room_gone(repository, meeting.room_name, at)
    return repository.claim_room(meeting.id, meeting.room)
