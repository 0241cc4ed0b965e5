"""What LiveKit tells: who is connected, who is gone, and what its lists say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from admission import knock, seat
from admission.doorstep import doorstep_of
from admission.meeting import meeting_of_room
from admission.moves import advance_knock
from admission.store.repository import Repository


class Arrival(StrEnum):
    WELCOME = "welcome"
    REMOVE = "remove"  # no seat that is not ended has this identity here
    NOT_OURS = "not-ours"


def joined(
    repository: Repository, room: str, identity: str, sid: str, at: datetime, *, listed: bool = False
) -> Arrival:
    """LiveKit says that somebody joined. `listed`: it was in a list, not in a webhook."""
    named = meeting_of_room(room)
    meeting = repository.meeting(named[0]) if named else None
    if named is None or meeting is None:
        return Arrival.NOT_OURS
    place = repository.seat_by_identity(identity)
    if place is None or place.ended or place.meeting_id != meeting.id or named[1] != meeting.room:
        return Arrival.REMOVE
    if place.state is seat.State.CONNECTED and place.sid == sid:
        return Arrival.WELCOME
    repository.replace_seat(seat.advance(place, seat.Event.JOIN, at, sid=sid))
    repository.meeting_began(meeting.id, at)
    knocked = repository.knock(place.knock_id) if place.knock_id else None
    if knocked is not None and knocked.state is knock.State.ADMITTED:
        advance_knock(repository, doorstep_of(repository, meeting.link_id), knocked, knock.Event.CONNECT, at)
    return Arrival.WELCOME


def dropped(repository: Repository, room: str, identity: str, sid: str, at: datetime) -> None:
    """LiveKit says that a connection is gone. Whatever its reason, the seat is held: only *Leave* is a leave."""
    place = repository.seat_by_identity(identity)
    named = meeting_of_room(room)
    if place is None or named is None or place.meeting_id != named[0] or place.ended:
        return
    if place.state is seat.State.CONNECTED and place.sid == sid:
        repository.replace_seat(seat.advance(place, seat.Event.DROP, at))


def room_gone(repository: Repository, room: str, at: datetime) -> None:
    """LiveKit has this room no longer: who was connected there is held, and the meeting goes on."""
    named = meeting_of_room(room)
    meeting = repository.meeting(named[0]) if named else None
    if named is None or meeting is None or meeting.ended is not None or meeting.room != named[1]:
        return
    for place in repository.seats_in(meeting.id):
        if place.state is seat.State.CONNECTED:
            repository.replace_seat(seat.advance(place, seat.Event.UNLISTED, at))


def reconcile(
    repository: Repository,
    room: str,
    listed: Sequence[tuple[str, str]],
    begun: datetime,
    at: datetime,
) -> list[str]:
    """Make the seats agree with LiveKit's list of (identity, sid), asked for at `begun`.

    Returns the identities that have to be removed from the room.
    """
    named = meeting_of_room(room)
    meeting = repository.meeting(named[0]) if named else None
    if meeting is None:
        return []
    unwelcome = []
    for identity, sid in listed:
        place = repository.seat_by_identity(identity)
        changed = (place.held_since or place.joined_at) if place is not None else None
        if changed is not None and begun < changed <= at:
            continue  # it left, asked or joined again after the list was begun: the list knows less than we do
        if joined(repository, room, identity, sid, at, listed=True) is Arrival.REMOVE:
            unwelcome.append(identity)
    present = {identity for identity, _ in listed}
    if meeting.ended is None and named is not None and meeting.room == named[1]:
        for place in repository.seats_in(meeting.id):
            missing = place.state is seat.State.CONNECTED and place.identity not in present
            # Later than now is before: the clock has been set back since.
            if missing and place.joined_at is not None and not begun <= place.joined_at <= at:
                repository.replace_seat(seat.advance(place, seat.Event.UNLISTED, at))
    return unwelcome


def left_over(repository: Repository, rooms: Iterable[str]) -> list[str]:
    """Of LiveKit's rooms those of ours that nobody may be in: of an ended meeting, or a former room of one."""
    found = []
    for room in rooms:
        named = meeting_of_room(room)
        meeting = repository.meeting(named[0]) if named else None
        if named and meeting and (meeting.ended is not None or meeting.room != named[1]):
            found.append(room)
    return found
