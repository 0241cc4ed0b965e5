"""What observers do: share the meetings among themselves, and store what they see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from admission.contribution import Event, Kind
from admission.meeting import Meeting
from admission.setup import Contributions
from admission.store.repository import Repository, milliseconds

LEASE = timedelta(seconds=6)
"""An observer that has not said for so long that it watches a meeting is gone: another takes it."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A meeting that an observer has to watch. Its events get times after `last`, in milliseconds since 1970."""

    meeting_id: str
    room: str
    last: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """What one observer watches now, and how many meetings nobody watches because it has as many as it may."""

    mine: tuple[Watched, ...]
    unwatched: int


def counted(repository: Repository, meeting: Meeting) -> Contributions:
    """What is kept of the contributions to a meeting: its set-up's choice within what the workspace allows."""
    return meeting.setup.values.contributions.within(repository.allowed_contributions(meeting.link_id))


def may_keep(repository: Repository, meeting: Meeting) -> bool:
    """Not of a meeting that is not counted, or counted live only and over."""
    kept = counted(repository, meeting)
    return kept is Contributions.KEPT or (kept is Contributions.LIVE and meeting.ended is None)


def assign(repository: Repository, observer: str, most: int, at: datetime) -> Assignment:
    """Say what this observer watches from now on: what it has, and what nobody else has, up to `most` meetings.

    It has to ask again well within LEASE.
    """
    mine: list[Meeting] = []
    free: list[Meeting] = []
    for meeting, allowed in repository.meetings_with_people():
        if meeting.setup.values.contributions.within(allowed) is Contributions.OFF:
            continue
        watcher = repository.watcher(meeting.id)
        if watcher is not None and watcher[0] == observer:
            mine.append(meeting)
        elif watcher is None or watcher[0] is None or at - watcher[1] > LEASE:
            free.append(meeting)
    taken = free[: max(0, most - len(mine))]
    for meeting in taken:
        _end_watching(repository, meeting.id, at)
    for meeting in (*mine, *taken):
        repository.watch(meeting.id, observer, at)
    return Assignment(
        tuple(Watched(meeting.id, meeting.room_name, _last(repository, meeting.id)) for meeting in (*mine, *taken)),
        len(free) - len(taken),
    )


def observe(repository: Repository, meeting_id: str, observer: str, events: Sequence[Event]) -> bool:
    """Store what an observer saw. False where the meeting is not, or no longer, its to watch: nothing is stored."""
    meeting = repository.meeting(meeting_id)
    watcher = repository.watcher(meeting_id)
    if meeting is None or watcher is None or watcher[0] != observer:
        return False
    if not may_keep(repository, meeting):
        return False
    for event in events:
        if meeting.ended is None or event.at <= milliseconds(meeting.ended):
            repository.add_observed(meeting_id, event)
    return True


def release(repository: Repository, meeting_id: str, observer: str, at: datetime) -> None:
    """The observer stops watching: another may begin at once."""
    watcher = repository.watcher(meeting_id)
    if watcher is not None and watcher[0] == observer:
        _end_watching(repository, meeting_id, at)
        repository.watch(meeting_id, None, at)


def hand_raised(repository: Repository, meeting: Meeting, identity: str, at: datetime) -> None:
    """Count a hand. Hands are calls of ours: no observer sees them."""
    if may_keep(repository, meeting):
        repository.add_observed(meeting.id, Event(milliseconds(at), Kind.HAND, "", identity))


def nothing_kept(repository: Repository, meeting: Meeting) -> None:
    """Erase what may not be kept."""
    if not may_keep(repository, meeting):
        repository.forget_observed(meeting.id)


def _end_watching(repository: Repository, meeting_id: str, at: datetime) -> None:
    """Mark when the last observer stopped: at the latest when it last said that it watches."""
    watcher, last = repository.watcher(meeting_id), repository.last_observed(meeting_id)
    if watcher is None or last is None or last.kind is Kind.PAUSED:
        return
    known = milliseconds(at if at - watcher[1] <= LEASE else watcher[1])
    repository.add_observed(meeting_id, Event(max(known, last.at + 1), Kind.PAUSED))


def _last(repository: Repository, meeting_id: str) -> int:
    last = repository.last_observed(meeting_id)
    return last.at if last else 0
