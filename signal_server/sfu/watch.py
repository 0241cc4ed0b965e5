"""Keeps LiveKit and the seats in agreement: at intervals, after an outage, and when a seat or a meeting ends."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from functools import partial

import structlog
from livekit.api.twirp_client import ServerError

from admission.arrivals import left_over, reconcile, room_gone
from admission.changes import Change, KnockChanged, MeetingEnded, SeatEnded
from admission.endings import clocks_begin_anew, time_passes
from admission.knock import Knock, State
from admission.meeting import Meeting
from admission.moderation import put_out
from admission.moves import rights_in
from admission.setup import Rights
from admission.store.repository import Repository
from admission.store.sqlite import Store, StoreBusy
from signal_server.clock import now
from signal_server.sfu import SfuUnavailable
from signal_server.sfu.permissions import fits, is_false, permission
from signal_server.sfu.rooms import Rooms
from signal_server.sfu.webhook import PERSON

log = structlog.get_logger()

LOOK_AFTER_OUTAGE = 1.0
"""Seconds between two looks whether LiveKit answers again."""

STOOD_STILL = timedelta(seconds=15)
"""Time that went by without being counted down: then it counts for nobody."""

AT_ONCE = 16
"""Meetings that are compared at the same time."""


class Watch:
    """Runs beside the server. `heard` takes changes of the feed, `run` and `clock` are tasks."""

    def __init__(self, store: Store, rooms: Rooms, interval: float, away: timedelta) -> None:
        self._store = store
        self._rooms = rooms
        self._interval = interval
        self._away = away
        self._doing: set[asyncio.Task[None]] = set()

    def heard(self, change: Change) -> None:
        """Take people out whose seat has ended, close the room of an ended meeting, and look for whoever comes."""
        match change:
            case KnockChanged(knock=Knock(state=State.ADMITTED, meeting_id=str(meeting_id))):
                self._do(self._rooms.look_ahead(meeting_id))
            case SeatEnded():
                self._do(self._rooms.remove(change.room, change.seat.identity))
            case MeetingEnded(meeting_id=meeting_id, room=room):
                self._rooms.forget(meeting_id)
                if room is not None:
                    self._do(self._rooms.delete(room))

    def _do(self, call: object) -> None:
        task = asyncio.ensure_future(self._done(call))
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)

    async def _done(self, call: object) -> None:
        try:
            await call  # type: ignore[misc]
        except (SfuUnavailable, ServerError, StoreBusy):
            log.warning("left to the reconciliation, or to whoever comes")

    async def run(self) -> None:
        """Reconcile at intervals; when LiveKit stops answering, look again each second. Until cancelled."""
        outage = self._rooms.outage
        while True:
            was_out = outage.is_set()
            try:
                await self._round()
                if was_out:
                    await self._store.run(lambda repository: clocks_begin_anew(repository, now()))
                    outage.clear()
                    log.info("LiveKit answers again")
            except (SfuUnavailable, StoreBusy, ServerError):
                pass
            except Exception:
                log.exception("reconciliation failed")
            if outage.is_set():
                await asyncio.sleep(LOOK_AFTER_OUTAGE)
            else:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._interval):
                        await outage.wait()

    async def _round(self) -> None:
        meetings = await self._store.run(lambda repository: repository.running_meetings())
        made = [meeting for meeting in meetings if meeting.room_sid is not None]
        begun = now()
        # Asked also when there is no meeting: whether LiveKit answers decides whether clocks run.
        existing = await self._rooms.listed()
        for room in await self._store.run(lambda repository: left_over(repository, existing)):
            await self._rooms.delete(room)  # the call that should have closed it failed
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(meeting: Meeting) -> None:
            async with turns:
                if existing.get(meeting.room_name) != meeting.room_sid:
                    # Read before the list was asked for: a room made in between is not judged.
                    await self._store.run(lambda repository: room_gone(repository, meeting.room_name, now()))
                else:
                    await self._compare(meeting)

        for outcome in await asyncio.gather(*map(one, made), return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome
        log.debug("reconciled", meetings=len(made), since=begun.isoformat())

    async def _compare(self, meeting: Meeting) -> None:
        begun = now()
        people = [person for person in await self._rooms.participants(meeting.room_name) if person.kind == PERSON]
        listed = [(person.identity, person.sid) for person in people]
        unwelcome = await self._store.run(
            lambda repository: reconcile(repository, meeting.room_name, listed, begun, now())
        )
        for identity in unwelcome:
            await self._rooms.remove(meeting.room_name, identity)
        async with self._rooms.in_order(meeting.id):
            due = await self._store.run(lambda repository: _due(repository, meeting.id))
            for person in people:
                if any(map(is_false, person.tracks)):
                    await self._store.run(partial(put_out, identity=person.identity, at=now()))
                elif person.identity in due and not fits(person, due[person.identity]):
                    await self._rooms.permit(meeting.room_name, person.identity, permission(due[person.identity]))

    async def clock(self) -> None:
        """Let time pass for held seats, admissions and absences, unless LiveKit does not answer. Until cancelled.

        Nobody's time runs out while the database or this machine stood still, or because its clock was set.
        """
        passed = now()
        while True:
            await asyncio.sleep(1)
            if self._rooms.outage.is_set():
                continue
            try:
                if abs(now() - passed) > STOOD_STILL:
                    await self._store.run(lambda repository: clocks_begin_anew(repository, now()))
                passed = now()
                while await self._store.run(lambda repository: time_passes(repository, now(), self._away)):
                    passed = now()  # others had their turn in between
            except StoreBusy:
                continue
            except Exception:
                log.exception("time did not pass")


def _due(repository: Repository, meeting_id: str) -> dict[str, Rights]:
    """What everybody in a meeting may do at this moment; nothing once it has ended."""
    meeting = repository.meeting(meeting_id)
    return {} if meeting is None or meeting.ended is not None else rights_in(repository, meeting)
