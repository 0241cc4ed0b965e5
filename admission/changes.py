"""What a committed use case tells the rest of the program: each change carries what is now in the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from admission.knock import Knock
from admission.meeting import Meeting
from admission.seat import Seat
from admission.setup import Rights, Source


@dataclass(frozen=True, slots=True)
class KnockChanged:
    """A knock is new or has changed.

    `slug` is its link's address; `deciders` are the ids of the accounts that may decide on it.
    """

    knock: Knock
    slug: str
    deciders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeatEnded:
    """A seat has ended: its holder is to be taken out of the room."""

    seat: Seat
    room: str
    by: str | None


@dataclass(frozen=True, slots=True)
class MeetingEnded:
    meeting_id: str
    room: str | None  # the LiveKit room to delete; None where none was made
    by: str | None


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """A sign-in has ended: its streams end too."""

    session_hash: str


@dataclass(frozen=True, slots=True)
class HandsChanged:
    """Somebody in the meeting raised a hand, or it went down. `hands` are the seats that have one up, first first."""

    meeting_id: str
    hands: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class Reacted:
    """Somebody in the meeting reacted. Shown for a moment, kept nowhere."""

    meeting_id: str
    seat: Seat
    reaction: str


@dataclass(frozen=True, slots=True)
class RoomSetUp:
    """A meeting's set-up, or what single people may do in it, is another now.

    `rights` are those of the seats for which they have changed; `by` is the name of who did it.
    """

    meeting: Meeting
    rights: Mapping[str, Rights]
    by: str


@dataclass(frozen=True, slots=True)
class Noticed:
    """One person is told what was done to them, or what they are asked for."""

    seat: Seat
    kind: str  # off, kept-off, allowed, asked, removed
    by: str
    source: Source | None


@dataclass(frozen=True, slots=True)
class DoorChanged:
    """Whom this account may let in is to be read anew: it may decide on others now, or on nobody."""

    account_id: str


Change = (
    KnockChanged | SeatEnded | MeetingEnded | SessionEnded | HandsChanged | Reacted | RoomSetUp | Noticed | DoorChanged
)
