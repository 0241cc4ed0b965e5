"""What people do in the meeting besides talking: raise a hand, react, leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from admission import knock, observing
from admission.changes import HandsChanged, Reacted
from admission.doorstep import doorstep_of
from admission.errors import Forbidden, NotFound
from admission.moves import Entered, end_place, enters
from admission.seat import Role, Seat
from admission.store.repository import Repository
from admission.visitor import Credentials, Visitor, recognise


def seat_in_meeting(repository: Repository, meeting_id: str, credentials: Credentials, at: datetime) -> Entered:
    """The caller's seat in a meeting. Raises NotFound for whoever has none there that is not ended."""
    visitor = recognise(repository, credentials, at)
    meeting = repository.meeting(meeting_id)
    if meeting is None or meeting.ended is not None:
        raise NotFound
    ticket_hash = visitor.ticket_hash(meeting.link_id)
    for place in repository.seats_in(meeting_id):
        if _sits_here(repository, place, visitor, ticket_hash):
            step = doorstep_of(repository, meeting.link_id)
            return enters(repository, step, meeting, place)
    raise NotFound


def _sits_here(repository: Repository, place: Seat, visitor: Visitor, ticket_hash: str | None) -> bool:
    if visitor.account is not None and place.account_id == visitor.account.id:
        return True
    if place.knock_id is None or ticket_hash is None:
        return False
    return repository.knock_held_by(place.knock_id, ticket_hash, visitor.account_id) is not None


def leave(repository: Repository, meeting_id: str, identity: str, credentials: Credentials, at: datetime) -> None:
    """The person pressed *Leave*. Fine again, and when the seat has ended otherwise.

    Raises NotFound for whoever is not in the meeting, Forbidden for somebody else's identity.
    """
    visitor = recognise(repository, credentials, at)
    meeting = repository.meeting(meeting_id)
    place = repository.seat_by_identity(identity)
    if meeting is None:
        raise NotFound
    ticket_hash = visitor.ticket_hash(meeting.link_id)
    if place is None or place.meeting_id != meeting_id or not _sits_here(repository, place, visitor, ticket_hash):
        seat_in_meeting(repository, meeting_id, credentials, at)  # raises NotFound
        raise Forbidden
    if not place.ended:
        end_place(repository, meeting, place, "left", knock.Event.LEAVE, at)


EVERYONE = "everyone"
MILLISECOND = timedelta(milliseconds=1)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Reaction(StrEnum):
    THUMBS_UP = "thumbs-up"
    CLAP = "clap"
    HEART = "heart"
    LAUGH = "laugh"
    SURPRISE = "surprise"
    PARTY = "party"


def raise_hand(
    repository: Repository,
    meeting_id: str,
    identity: str,
    raised: bool,
    credentials: Credentials,
    at: datetime,
    spend: Callable[[str], None] = lambda identity: None,
) -> tuple[Seat, ...]:
    """Raise or lower one's own hand; a moderator may lower anybody's, or with `everyone` all of them.

    Returns the seats with a hand up, in the order raised. Pressing twice keeps the place in that order.
    `spend` is asked with the identity before a hand goes up, and raises TooManyRequests: each is kept, and told to all.
    Raises NotFound for whoever is not in the meeting, Forbidden.
    """
    entered = seat_in_meeting(repository, meeting_id, credentials, at)
    me = entered.seat
    if identity != me.identity and (raised or me.role is not Role.MODERATOR):
        raise Forbidden
    places = [place for place in repository.seats_in(meeting_id) if identity in (EVERYONE, place.identity)]
    changed = [place for place in places if (place.hand_since is not None) is not raised]
    if raised and changed:
        spend(identity)
    since = max(at, _after(repository.hands(meeting_id))) if raised else None
    for place in changed:
        repository.replace_seat(replace(place, hand_since=since, version=place.version + 1))
    if since is not None and changed:
        observing.hand_raised(repository, entered.meeting, identity, since)
    hands = repository.hands(meeting_id)
    if changed:
        repository.announce(HandsChanged(meeting_id, hands))
    return hands


def _after(hands: tuple[Seat, ...]) -> datetime:
    """A time later than the last of these hands went up: two of one millisecond keep their order, too."""
    return max((hand.hand_since for hand in hands if hand.hand_since), default=LONG_AGO) + MILLISECOND


def react(
    repository: Repository,
    meeting_id: str,
    identity: str,
    reaction: Reaction,
    credentials: Credentials,
    at: datetime,
    spend: Callable[[str], None] = lambda identity: None,
) -> None:
    """Show everybody in the meeting a reaction.

    `spend` is asked with the identity, and raises TooManyRequests. Raises NotFound, Forbidden for another's identity.
    """
    me = seat_in_meeting(repository, meeting_id, credentials, at).seat
    if identity != me.identity:
        raise Forbidden
    spend(identity)
    repository.announce(Reacted(meeting_id, me, reaction))
