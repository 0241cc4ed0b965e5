"""Who hears of what: changes that are committed go to those who listen in this process.

It may forget; the store may not. So a listener subscribes first and reads the store afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import structlog

from admission.changes import (
    Change,
    DoorChanged,
    HandsChanged,
    KnockChanged,
    MeetingEnded,
    Noticed,
    Reacted,
    RoomSetUp,
    SeatEnded,
    SessionEnded,
)

log = structlog.get_logger()
Topic = tuple[str, str]
Listener = Callable[[Change], None]

EVERYTHING: Topic = ("everything", "")


def knock_topic(knock_id: str) -> Topic:
    return ("knock", knock_id)


def door_topic(account_id: str) -> Topic:
    """Knocks that this account may decide on."""
    return ("door", account_id)


def seat_topic(seat_id: str) -> Topic:
    return ("seat", seat_id)


def meeting_topic(meeting_id: str) -> Topic:
    """What everybody in the meeting sees."""
    return ("meeting", meeting_id)


def session_topic(session_hash: str) -> Topic:
    return ("session", session_hash)


class Feed:
    """Publish and subscribe on the event loop. A listener must not block and must not raise."""

    def __init__(self) -> None:
        self._listeners: dict[Topic, list[Listener]] = {}

    @contextmanager
    def listening(self, topics: Iterable[Topic], listener: Listener) -> Iterator[None]:
        chosen = list(topics)
        for topic in chosen:
            self._listeners.setdefault(topic, []).append(listener)
        try:
            yield
        finally:
            for topic in chosen:
                heard_by = self._listeners[topic]
                heard_by.remove(listener)
                if not heard_by:
                    del self._listeners[topic]

    def publish(self, change: Change) -> None:
        for topic in _topics(change):
            # A listener may stop listening because of what it hears.
            for listener in tuple(self._listeners.get(topic, ())):
                try:
                    listener(change)
                except Exception:
                    # Others hear of it all the same, and whoever made the change has their answer.
                    log.exception("could not tell of a change", change=type(change).__name__)

    def sessions_heard(self) -> list[str]:
        """The sign-ins that have a stream open: an open stream counts as use."""
        return [key for kind, key in self._listeners if kind == "session"]


def _topics(change: Change) -> Iterator[Topic]:
    yield EVERYTHING
    match change:
        case KnockChanged():
            yield knock_topic(change.knock.id)
            for account_id in change.deciders:
                yield door_topic(account_id)
        case SeatEnded():
            yield seat_topic(change.seat.id)
        case SessionEnded():
            yield session_topic(change.session_hash)
        case HandsChanged() | Reacted():
            yield meeting_topic(change.meeting_id)
        case RoomSetUp():
            yield meeting_topic(change.meeting.id)
        case Noticed():
            yield seat_topic(change.seat.id)
        case DoorChanged():
            yield door_topic(change.account_id)
        case MeetingEnded():
            pass
