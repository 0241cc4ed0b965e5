"""How a knock, its seat and its meeting move together, so that they always agree."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from admission import knock, observing, seat
from admission.changes import HandsChanged, KnockChanged, MeetingEnded, SeatEnded
from admission.directory import Account, Link
from admission.doorstep import Doorstep, deciders, deciders_changed, door_changed, doorstep_of, setup_to_start_from
from admission.knock import Knock
from admission.meeting import Meeting
from admission.seat import Role, Seat
from admission.setup import Admitters, Rights, rights
from admission.store.repository import Repository
from admission.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody may connect: their seat, in a meeting whose room has yet to be known to exist."""

    seat: Seat
    meeting: Meeting
    rights: Rights
    plan: str
    plan_seats: int


def rights_of(repository: Repository, meeting: Meeting, place: Seat) -> Rights:
    """What the person in this seat may do now: the same for a token, a reconnect and somebody in the room."""
    return rights(place.role, meeting.setup.values, repository.exceptions(meeting.id, place.person))


def rights_in(repository: Repository, meeting: Meeting) -> dict[str, Rights]:
    """What everybody in the meeting may do now, by identity."""
    return {place.identity: rights_of(repository, meeting, place) for place in repository.seats_in(meeting.id)}


def enters(repository: Repository, step: Doorstep, meeting: Meeting, place: Seat) -> Entered:
    return Entered(place, meeting, rights_of(repository, meeting, place), step.workspace.plan, step.workspace.seats)


def take_seat(
    repository: Repository, step: Doorstep, meeting: Meeting, place: Seat, visitor: Visitor, at: datetime
) -> Entered:
    """Give a seat to the browser that asks: to where it was before, or to another device of the same person."""
    given = replace(
        seat.advance(place, seat.Event.ASK, at),
        session_hash=visitor.session_hash,
        ticket_hash=visitor.ticket_hash(step.link.id),
    )
    repository.replace_seat(given)
    return enters(repository, step, meeting, given)


def open_meeting(repository: Repository, link: Link, at: datetime) -> Meeting:
    meeting = Meeting(
        id=secrets.token_hex(10),
        link_id=link.id,
        setup=setup_to_start_from(link),
        opened=at,
    )
    repository.add_meeting(meeting)
    return meeting


def new_seat(
    repository: Repository,
    meeting: Meeting,
    visitor: Visitor | None,
    *,
    account: Account | None = None,
    knocked: Knock | None = None,
    owner: bool = False,
    at: datetime,
) -> Seat:
    person = account or knocked
    assert person is not None, "a seat is an account's or a knock's"
    place = Seat(
        id=secrets.token_hex(10),
        meeting_id=meeting.id,
        account_id=account.id if account else knocked.account_id if knocked else None,
        knock_id=knocked.id if knocked else None,
        identity=secrets.token_urlsafe(16),
        name=person.name,
        role=Role.GUEST if knocked and not knocked.colleague else Role.MODERATOR,
        owner=owner,
        state=seat.State.HELD,
        held_since=at,
        session_hash=visitor.session_hash if visitor else None,
        ticket_hash=visitor.ticket_hash(meeting.link_id) if visitor else None,
    )
    repository.add_seat(place)
    if _decides(meeting, place):
        deciders_changed(repository, meeting.link_id)
    return place


def _decides(meeting: Meeting, place: Seat) -> bool:
    """Whether it is by this seat that somebody decides at the door. The owner does so anyway."""
    return meeting.setup.values.admitters is Admitters.MODERATORS and place.role is Role.MODERATOR and not place.owner


def replace_knock(repository: Repository, step: Doorstep, after: Knock) -> None:
    repository.replace_knock(after)
    repository.announce(KnockChanged(after, step.link.slug, deciders(repository, step)))


def advance_knock(
    repository: Repository,
    step: Doorstep,
    knocked: Knock,
    event: knock.Event,
    at: datetime,
    *,
    word: str | None = None,
    seat_reason: str = "left",
    by: str | None = None,
) -> Knock:
    """Move a knock; when it is over, its seat ends, and the meeting if nobody is expected any more."""
    after = knock.advance(knocked, event, at, word=word)
    replace_knock(repository, step, after)
    if after.over and after.meeting_id is not None:
        meeting = repository.meeting(after.meeting_id)
        assert meeting is not None, "an admission has a meeting"
        place = repository.seat_of_knock(meeting.id, after.id)
        if place is not None:
            _end_seat(repository, meeting, place, seat_reason, at, by)
        end_meeting_if_over(repository, meeting.id, at)
    return after


def end_place(
    repository: Repository,
    meeting: Meeting,
    place: Seat,
    reason: str,
    event: knock.Event,
    at: datetime,
    by: str | None = None,
) -> None:
    """End a seat, and the knock that it was given to."""
    knocked = repository.knock(place.knock_id) if place.knock_id else None
    if knocked is not None and not knocked.over:
        step = doorstep_of(repository, meeting.link_id)
        advance_knock(repository, step, knocked, event, at, seat_reason=reason, by=by)
    else:
        _end_seat(repository, meeting, place, reason, at, by)
        end_meeting_if_over(repository, meeting.id, at)


def _end_seat(repository: Repository, meeting: Meeting, place: Seat, reason: str, at: datetime, by: str | None) -> None:
    seat_ended(repository, meeting, place, seat.advance(place, seat.Event.END, at, reason=reason), by)


def seat_ended(repository: Repository, meeting: Meeting, before: Seat, ended: Seat, by: str | None) -> None:
    _replace_by_ended(repository, meeting, before, ended, by)
    if _decides(meeting, ended):
        deciders_changed(repository, meeting.link_id)


def _replace_by_ended(repository: Repository, meeting: Meeting, before: Seat, ended: Seat, by: str | None) -> None:
    repository.replace_seat(ended)
    repository.announce(SeatEnded(ended, meeting.room_name, by))
    if _decides(meeting, ended):
        door_changed(repository, ended)
    if before.hand_since is not None:
        repository.announce(HandsChanged(meeting.id, repository.hands(meeting.id)))


def end_meeting_if_over(repository: Repository, meeting_id: str, at: datetime) -> None:
    if repository.anybody_expected(meeting_id):
        return
    meeting = repository.meeting(meeting_id)
    assert meeting is not None, "it has just lost its last seat"
    if meeting.ended is None:
        end_meeting(repository, meeting, at, "left", None, knock.Event.MEETING_ENDED)


def end_meeting(
    repository: Repository, meeting: Meeting, at: datetime, reason: str, by: str | None, event: knock.Event
) -> None:
    """End a meeting for good: all seats with it. Whoever was on hold rings again."""
    if not repository.end_meeting(meeting.id, at, reason, by):
        return
    places = repository.seats_in(meeting.id)
    for place in places:
        ended = seat.advance(place, seat.Event.END, at, reason=reason)
        _replace_by_ended(repository, meeting, place, ended, by)
    step = doorstep_of(repository, meeting.link_id)
    for knocked in repository.standing_knocks(meeting.link_id):
        if knocked.meeting_id == meeting.id:
            replace_knock(repository, step, knock.advance(knocked, event, at))
        elif knocked.held:
            replace_knock(repository, step, knock.advance(knocked, knock.Event.MEETING_ENDED, at))
    if any(_decides(meeting, place) for place in places):
        deciders_changed(repository, meeting.link_id)  # once, not with each seat: everybody at the door is told
    observing.nothing_kept(repository, replace(meeting, ended=at))
    repository.announce(MeetingEnded(meeting.id, meeting.room_name if meeting.room else None, by))
