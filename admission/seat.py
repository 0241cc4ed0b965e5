"""One person's place in a meeting: its states, and every legal move between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from admission.errors import IllegalTransition

HELD_FOR = timedelta(minutes=2)
"""How long a place is kept for somebody who is not connected."""


class State(StrEnum):
    HELD = "held"
    CONNECTED = "connected"
    ENDED = "ended"


class Event(StrEnum):
    ASK = "ask"  # its holder asks for an entry
    JOIN = "join"  # LiveKit: joined with this identity
    DROP = "drop"  # LiveKit: left, this sid
    OTHER_LEFT = "other-left"  # LiveKit: left, another sid
    TIME_OVER = "time-over"
    END = "end"  # left, withdrawn, taken back, removed, disabled, ended for all
    UNLISTED = "unlisted"  # LiveKit does not list it, in a list begun after its join


class Role(StrEnum):
    MODERATOR = "moderator"
    GUEST = "guest"


# Every legal move. A pair that is absent is illegal. Ended is final.
TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.HELD, Event.ASK): State.HELD,
    (State.HELD, Event.JOIN): State.CONNECTED,
    (State.HELD, Event.OTHER_LEFT): State.HELD,
    (State.HELD, Event.TIME_OVER): State.ENDED,
    (State.HELD, Event.END): State.ENDED,
    (State.HELD, Event.UNLISTED): State.HELD,
    (State.CONNECTED, Event.ASK): State.CONNECTED,
    (State.CONNECTED, Event.JOIN): State.CONNECTED,
    (State.CONNECTED, Event.DROP): State.HELD,
    (State.CONNECTED, Event.OTHER_LEFT): State.CONNECTED,
    (State.CONNECTED, Event.END): State.ENDED,
    (State.CONNECTED, Event.UNLISTED): State.HELD,
}


@dataclass(frozen=True, slots=True)
class Seat:
    """A place, reserved against the cap. Its identity is random, and never used again after it."""

    id: str
    meeting_id: str
    account_id: str | None
    knock_id: str | None
    identity: str
    name: str
    role: Role
    owner: bool  # the link's owner sits here: their place is never given away
    state: State
    held_since: datetime | None
    session_hash: str | None = None  # the sign-in it was last given to
    ticket_hash: str | None = None  # the browser it was last given to, where nobody is signed in
    sid: str | None = None
    joined_at: datetime | None = None
    hand_since: datetime | None = None  # a raised hand; it stays up through a reload
    reason: str | None = None
    version: int = 1

    @property
    def person(self) -> str:
        """Whose it is, the same for every seat that this person has in the meeting."""
        person = self.account_id or self.knock_id
        assert person is not None, "a seat is an account's or a knock's"
        return person

    @property
    def ended(self) -> bool:
        return self.state is State.ENDED


def advance(seat: Seat, event: Event, at: datetime, *, sid: str | None = None, reason: str | None = None) -> Seat:
    """Return the seat after the event.

    `sid` is LiveKit's participant sid for JOIN; `reason` says why an END is one.
    Raises IllegalTransition, and changes nothing, for a pair that TRANSITIONS does not have.
    """
    state = TRANSITIONS.get((seat.state, event))
    if state is None:
        raise IllegalTransition(f"a seat that is {seat.state} cannot take {event}")
    after = replace(seat, state=state, version=seat.version + 1)
    match event:
        case Event.ASK if state is State.HELD:
            return replace(after, held_since=at)
        case Event.JOIN:
            return replace(after, sid=sid, joined_at=at, held_since=None)
        case Event.DROP:
            return replace(after, sid=None, held_since=at)
        case Event.UNLISTED if seat.state is State.CONNECTED:
            return replace(after, sid=None, held_since=at)
        case Event.TIME_OVER:
            return replace(after, held_since=None, hand_since=None, reason="connection")
        case Event.END:
            return replace(after, held_since=None, hand_since=None, sid=None, reason=reason)
    return after
