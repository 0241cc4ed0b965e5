"""Whether a browser may connect to LiveKit with the token it shows: asked by the proxy in front. Changes nothing."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import datetime

from admission.meeting import Meeting
from admission.moves import rights_of
from admission.seat import Seat
from admission.setup import Rights
from admission.store.repository import Repository
from admission.visitor import Credentials, recognise


@dataclass(frozen=True, slots=True)
class Shown:
    """What a token says whose signature is right: whose it is, for which room, and what it would allow."""

    identity: str
    room: str
    rights: Rights


def may_connect(repository: Repository, shown: Shown, carried: Credentials | None, at: datetime) -> bool:
    """Whether the token is of a seat that is not ended, in its meeting's present room, and no wider than its rights.

    `carried` is what the browser sent along, of which something has to be what the seat was given to. None where
    cookies do not reach LiveKit's address: then the token alone decides.
    """
    place = repository.seat_by_identity(shown.identity)
    meeting = repository.meeting(place.meeting_id) if place else None
    if place is None or meeting is None or place.ended or meeting.ended is not None:
        return False
    if shown.room != meeting.room_name or not _within(shown.rights, rights_of(repository, meeting, place)):
        return False
    return carried is None or _given_to(repository, place, meeting, carried, at)


def _within(asked: Rights, allowed: Rights) -> bool:
    return all(have or not want for want, have in zip(astuple(asked), astuple(allowed), strict=True))


def _given_to(repository: Repository, place: Seat, meeting: Meeting, carried: Credentials, at: datetime) -> bool:
    """Whether it is the browser that was last given the seat, by its sign-in or by its ticket."""
    visitor = recognise(repository, carried, at)
    given = {place.session_hash, place.ticket_hash} - {None}
    return not given.isdisjoint({visitor.session_hash, visitor.ticket_hash(meeting.link_id)})
