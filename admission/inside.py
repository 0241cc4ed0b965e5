"""What people do in the meeting besides talking: raise a hand, react."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from admission.changes import HandsChanged, Reacted
from admission.errors import Forbidden
from admission.seat import Role, Seat
from admission.store.repository import Repository
from admission.visitor import Credentials
from admission.waiting_room import seat_in_meeting

EVERYONE = "everyone"


class Reaction(StrEnum):
    THUMBS_UP = "thumbs-up"
    CLAP = "clap"
    HEART = "heart"
    LAUGH = "laugh"
    SURPRISE = "surprise"
    PARTY = "party"


def raise_hand(
    repository: Repository, meeting_id: str, identity: str, raised: bool, credentials: Credentials, at: datetime
) -> tuple[Seat, ...]:
    """Raise or lower one's own hand; a moderator may lower anybody's, or with `everyone` all of them.

    Returns the seats with a hand up, in the order raised. Pressing twice keeps the place in that order.
    Raises NotFound for whoever is not in the meeting, Forbidden.
    """
    me = seat_in_meeting(repository, meeting_id, credentials, at).seat
    if identity != me.identity and (raised or me.role is not Role.MODERATOR):
        raise Forbidden
    places = [place for place in repository.seats_in(meeting_id) if identity in (EVERYONE, place.identity)]
    changed = [place for place in places if (place.hand_since is not None) is not raised]
    for place in changed:
        repository.replace_seat(replace(place, hand_since=at if raised else None, version=place.version + 1))
    hands = repository.hands(meeting_id)
    if changed:
        repository.announce(HandsChanged(meeting_id, hands))
    return hands


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
