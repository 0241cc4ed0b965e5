"""What ends without a press on a button: by time, by a sign-out, with an account, with a link's address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from admission import knock, seat
from admission.changes import SessionEnded
from admission.directory import Link
from admission.doorstep import doorstep_of
from admission.moves import advance_knock, end_meeting, end_meeting_if_over, end_place, replace_knock, seat_ended
from admission.seat import Seat
from admission.store.repository import Repository

SOME = 50
"""How much is done in one transaction of work that nobody waits for: some milliseconds."""


def time_passes(repository: Repository, at: datetime, away: timedelta) -> bool:
    """End what has lasted too long: held seats, admissions that nobody used, knocks whose page is gone.

    Of each only some, so that nobody has to wait long behind it. Returns whether there may be more.
    """
    seats = repository.seats_held_since(at - seat.HELD_FOR, SOME)
    for place in seats:
        _seat_time_over(repository, place, at)
    unused = repository.knocks_never_came(at - knock.ADMISSION_STANDS, SOME)
    for knocked in unused:
        step = doorstep_of(repository, knocked.link_id)
        advance_knock(repository, step, knocked, knock.Event.NEVER_CAME, at, seat_reason="never-came")
    left = repository.knocks_away_since(at - away, SOME)
    for knocked in left:
        advance_knock(repository, doorstep_of(repository, knocked.link_id), knocked, knock.Event.AWAY_TOO_LONG, at)
    return SOME in (len(seats), len(unused), len(left))


def _seat_time_over(repository: Repository, place: Seat, at: datetime) -> None:
    meeting = repository.meeting(place.meeting_id)
    assert meeting is not None, "a seat has a meeting"
    seat_ended(repository, meeting, place, seat.advance(place, seat.Event.TIME_OVER, at), None)
    knocked = repository.knock(place.knock_id) if place.knock_id else None
    if knocked is not None and not knocked.over:
        step = doorstep_of(repository, meeting.link_id)
        advance_knock(repository, step, knocked, knock.Event.SEAT_TIME_OVER, at)
    end_meeting_if_over(repository, meeting.id, at)


def clocks_begin_anew(repository: Repository, at: datetime) -> list[str]:
    """Nobody loses a place for time in which this server or LiveKit was not there: after it all clocks restart.

    Returns the knocks that wait, for their pages to be awaited.
    """
    repository.hold_seats_anew(at)
    repository.start_admissions_anew(at)
    repository.start_absences_anew(at)
    return repository.ids_of_waiting()


def page_gone(repository: Repository, knock_ids: Iterable[str], at: datetime) -> None:
    """No page of these waiting knocks has been open for a while: they are shown as away."""
    for knock_id in knock_ids:
        knocked = repository.knock(knock_id)
        if knocked and knocked.state is knock.State.WAITING and knocked.away_since is None:
            step = doorstep_of(repository, knocked.link_id)
            replace_knock(repository, step, replace(knocked, away_since=at, version=knocked.version + 1))


def page_back(repository: Repository, knock_id: str) -> None:
    knocked = repository.knock(knock_id)
    if knocked and knocked.away_since is not None:
        step = doorstep_of(repository, knocked.link_id)
        replace_knock(repository, step, replace(knocked, away_since=None, version=knocked.version + 1))


def session_ended(repository: Repository, session_hash: str, at: datetime) -> None:
    """A sign-in has ended: its seats end, and what was asked for under it is withdrawn."""
    for knocked in repository.knocks_of_session(session_hash):
        step = doorstep_of(repository, knocked.link_id)
        advance_knock(repository, step, knocked, knock.Event.WITHDRAW, at, seat_reason="left")
    for place in repository.seats_of_session(session_hash):
        meeting = repository.meeting(place.meeting_id)
        assert meeting is not None, "a seat has a meeting"
        end_place(repository, meeting, place, "left", knock.Event.LEAVE, at)
    repository.announce(SessionEnded(session_hash))


def account_disabled(repository: Repository, account_id: str, at: datetime) -> None:
    """The account's knocks and seats end, and everything behind its own link."""
    link = repository.link_of(account_id)
    if link is not None:
        meeting = repository.running_meeting(link.id)
        if meeting is not None:
            end_meeting(repository, meeting, at, "closed", None, knock.Event.DISABLED)
        step = doorstep_of(repository, link.id)
        for knocked in repository.standing_knocks(link.id):
            advance_knock(repository, step, knocked, knock.Event.DISABLED, at, seat_reason="closed")
    for knocked in repository.knocks_of_account(account_id):
        step = doorstep_of(repository, knocked.link_id)
        advance_knock(repository, step, knocked, knock.Event.DISABLED, at, seat_reason="closed")
    for place in repository.seats_of_account(account_id):
        meeting = repository.meeting(place.meeting_id)
        assert meeting is not None, "a seat has a meeting"
        end_place(repository, meeting, place, "closed", knock.Event.DISABLED, at)


def link_changed(repository: Repository, link: Link, at: datetime) -> None:
    """The link was rotated or closed: who waits is told; who was let in stays."""
    step = doorstep_of(repository, link.id)
    for knocked in repository.standing_knocks(link.id):
        if knocked.state is knock.State.WAITING:
            advance_knock(repository, step, knocked, knock.Event.LINK_CHANGED, at)
