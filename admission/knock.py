"""One outsider's request to enter: its states, and every legal move between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from admission.errors import IllegalTransition

ADMISSION_STANDS = timedelta(minutes=15)
"""How long an admitted guest has, since the admission or their last request for an entry, to connect."""

AWAY_AFTER = timedelta(seconds=10)
"""A waiting page without an open stream is shown as away after this time."""


class State(StrEnum):
    WAITING = "waiting"
    ADMITTED = "admitted"
    ENTERED = "entered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    LAPSED = "lapsed"
    LEFT = "left"


class Event(StrEnum):
    ADMIT = "admit"
    HOLD = "hold"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    TAKE_BACK = "take-back"
    CONNECT = "connect"
    LEAVE = "leave"
    REMOVE = "remove"
    SEAT_TIME_OVER = "seat-time-over"
    NEVER_CAME = "never-came"
    AWAY_TOO_LONG = "away-too-long"
    LINK_CHANGED = "link-changed"
    MEETING_ENDED = "meeting-ended"
    DISABLED = "disabled"
    WALK_IN = "walk-in"
    KNOCK_ELSEWHERE = "knock-elsewhere"


class Reason(StrEnum):
    """Why a knock is over, for its guest's page. A refused knock has the owner's own word instead."""

    CANCELLED = "cancelled"
    TAKEN_BACK = "taken-back"
    LEFT = "left"
    REMOVED = "removed"
    CONNECTION = "connection"
    NEVER_CAME = "never-came"
    AWAY = "away"
    LINK_CHANGED = "link-changed"
    ENDED = "ended"
    CLOSED = "closed"
    WALKED_IN = "walked-in"
    KNOCKED_ELSEWHERE = "knocked-elsewhere"


# Every legal move. A pair that is absent is illegal.
TRANSITIONS: dict[tuple[State, Event], tuple[State, Reason | None]] = {
    (State.WAITING, Event.ADMIT): (State.ADMITTED, None),
    (State.WAITING, Event.HOLD): (State.WAITING, None),
    (State.WAITING, Event.REFUSE): (State.REFUSED, None),
    (State.WAITING, Event.WITHDRAW): (State.WITHDRAWN, Reason.CANCELLED),
    (State.WAITING, Event.AWAY_TOO_LONG): (State.EXPIRED, Reason.AWAY),
    (State.WAITING, Event.LINK_CHANGED): (State.EXPIRED, Reason.LINK_CHANGED),
    (State.WAITING, Event.MEETING_ENDED): (State.WAITING, None),
    (State.WAITING, Event.DISABLED): (State.EXPIRED, Reason.CLOSED),
    (State.WAITING, Event.WALK_IN): (State.WITHDRAWN, Reason.WALKED_IN),
    (State.WAITING, Event.KNOCK_ELSEWHERE): (State.WITHDRAWN, Reason.KNOCKED_ELSEWHERE),
    (State.ADMITTED, Event.WITHDRAW): (State.WITHDRAWN, Reason.CANCELLED),
    (State.ADMITTED, Event.TAKE_BACK): (State.WITHDRAWN, Reason.TAKEN_BACK),
    (State.ADMITTED, Event.CONNECT): (State.ENTERED, None),
    (State.ADMITTED, Event.LEAVE): (State.LEFT, Reason.LEFT),
    (State.ADMITTED, Event.REMOVE): (State.LEFT, Reason.REMOVED),
    (State.ADMITTED, Event.SEAT_TIME_OVER): (State.ADMITTED, None),
    (State.ADMITTED, Event.NEVER_CAME): (State.LAPSED, Reason.NEVER_CAME),
    (State.ADMITTED, Event.LINK_CHANGED): (State.ADMITTED, None),
    (State.ADMITTED, Event.MEETING_ENDED): (State.LEFT, Reason.ENDED),
    (State.ADMITTED, Event.DISABLED): (State.LEFT, Reason.CLOSED),
    (State.ADMITTED, Event.WALK_IN): (State.WITHDRAWN, Reason.WALKED_IN),
    (State.ADMITTED, Event.KNOCK_ELSEWHERE): (State.ADMITTED, None),
    (State.ENTERED, Event.WITHDRAW): (State.LEFT, Reason.LEFT),
    (State.ENTERED, Event.CONNECT): (State.ENTERED, None),
    (State.ENTERED, Event.LEAVE): (State.LEFT, Reason.LEFT),
    (State.ENTERED, Event.REMOVE): (State.LEFT, Reason.REMOVED),
    (State.ENTERED, Event.SEAT_TIME_OVER): (State.LEFT, Reason.CONNECTION),
    (State.ENTERED, Event.LINK_CHANGED): (State.ENTERED, None),
    (State.ENTERED, Event.MEETING_ENDED): (State.LEFT, Reason.ENDED),
    (State.ENTERED, Event.DISABLED): (State.LEFT, Reason.CLOSED),
    (State.ENTERED, Event.WALK_IN): (State.LEFT, Reason.LEFT),
    (State.ENTERED, Event.KNOCK_ELSEWHERE): (State.ENTERED, None),
}

STANDING = frozenset({State.WAITING, State.ADMITTED, State.ENTERED})
"""States of a knock that is not over."""

UNDECIDED_ENDS = frozenset({State.WITHDRAWN, State.EXPIRED})


@dataclass(frozen=True, slots=True)
class Knock:
    """One request to enter, as it stands now. `version` grows by one with each change."""

    id: str
    seq: int  # order of arrival
    link_id: str
    meeting_id: str | None  # set by the admission
    state: State
    name: str
    message: str | None
    since: datetime
    account_id: str | None  # who was signed in when it was made
    session_hash: str | None  # the sign-in that it was made under
    verified_workspace: str | None
    verified_role: str | None
    colleague: bool  # enters as a moderator once admitted
    resembles: str | None  # the member's name that a typed name equals or resembles
    reason: str | None = None
    held: bool = False
    reply: str | None = None
    seen: bool = False
    away_since: datetime | None = None
    decided_by: str | None = None
    decided_by_id: str | None = None
    decision: str | None = None  # admit or refuse, once decided
    clock: datetime | None = None  # the admission, or the last request for an entry
    over_at: datetime | None = None
    dismissed: bool = False
    version: int = 1

    @property
    def over(self) -> bool:
        return self.state not in STANDING


def advance(knock: Knock, event: Event, at: datetime, *, word: str | None = None) -> Knock:
    """Return the knock after the event.

    `word` is the owner's own: the reply of a hold, the reason of a refusal.
    Raises IllegalTransition, and changes nothing, for a pair that TRANSITIONS does not have.
    """
    move = TRANSITIONS.get((knock.state, event))
    if move is None:
        raise IllegalTransition(f"a knock that is {knock.state} cannot take {event}")
    state, reason = move
    after = replace(knock, state=state, reason=reason, version=knock.version + 1)
    match event:
        case Event.HOLD:
            after = replace(after, held=True, reply=word)
        case Event.ADMIT:
            after = replace(after, held=False, clock=at, decision="admit", away_since=None)
        case Event.REFUSE:
            after = replace(after, held=False, reason=word, decision="refuse")
        case Event.MEETING_ENDED if state is State.WAITING:
            # Whoever was on hold rings again when the meeting ends.
            after = replace(after, held=False)
    if after.over:
        after = replace(after, over_at=at, away_since=None)
    return after
