"""One live session behind a link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from admission.setup import KeptSetup


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting is open from its first seat and ends for good. Its LiveKit rooms are numbered: one at a time."""

    id: str
    link_id: str
    setup: KeptSetup  # what holds in it now
    opened: datetime
    room: int = 0  # the number of its present room; 0 before the first
    room_sid: str | None = None  # kept from the room's making; None until it is made
    began: datetime | None = None  # somebody first connected
    ended: datetime | None = None
    reason: str | None = None
    ended_by: str | None = None

    @property
    def room_name(self) -> str:
        return room_name(self.id, self.room)


def room_name(meeting_id: str, number: int) -> str:
    """The LiveKit room's name. Never used twice: a restarted LiveKit would let old clients back into it."""
    return f"{meeting_id}-{number}"


def meeting_of_room(name: str) -> tuple[str, int] | None:
    """The meeting and the room's number, or None for a room that is not named like ours."""
    meeting_id, dash, number = name.rpartition("-")
    return (meeting_id, int(number)) if dash and number.isascii() and number.isdecimal() else None
