"""Who may read what of the contributions to a meeting, while it runs and after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from admission.accounts import Entry
from admission.contribution import Event, Kind, Tally
from admission.directory import Account, Role
from admission.doorstep import doorstep_of
from admission.errors import Forbidden, NotFound
from admission.inside import seat_in_meeting
from admission.meeting import Meeting
from admission.observing import LEASE, counted, may_keep
from admission.seat import Role as SeatRole
from admission.seat import Seat
from admission.setup import Contributions
from admission.store.repository import Repository, milliseconds
from admission.visitor import Credentials, recognise

MEETINGS_SHOWN = 200


class State(StrEnum):
    LIVE = "live"
    PAUSED = "paused"  # no observer watches: the figures stand
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Count:
    """How far a meeting's figures go: until when, in milliseconds since 1970, and whether anybody watches now."""

    state: State
    until: int


@dataclass(frozen=True, slots=True)
class Observed:
    """What was observed in a meeting, for who may read it. `people` has the latest seat of each person.

    `events` are the first that are stored; there may be more behind `last`, the place of the last of them.
    """

    meeting: Meeting
    owner: Account
    mine: bool  # the reader owns the link
    count: Count
    events: tuple[Event, ...]
    people: Mapping[str, Seat]
    last: int = 0

    def tally(self) -> Tally:
        """The events as figures: some milliseconds of work for each thousand of them."""
        tally = Tally()
        for event in self.events:
            tally.add(event)
        return tally


@dataclass(frozen=True, slots=True)
class Past:
    """A meeting that is over, as it stands in a list."""

    meeting: Meeting
    owner: Account
    mine: bool
    people: int


@dataclass(frozen=True, slots=True)
class Month:
    """What an admin sees of a month: no person in it."""

    month: str  # such as 2026-03
    meetings: int
    people: int
    length: timedelta


def count(repository: Repository, meeting: Meeting, at: datetime) -> Count:
    """How far a meeting's figures go: to now, to its end, or to when its observer was last heard of."""
    end = meeting.ended or at
    watcher, last = repository.watcher(meeting.id), repository.last_observed(meeting.id)
    gone = watcher is None or end - watcher[1] > LEASE
    until = milliseconds(watcher[1] if watcher is not None and gone else end)
    if meeting.ended is not None:
        return Count(State.ENDED, until)
    return Count(State.PAUSED if gone or last is None or last.kind is Kind.PAUSED else State.LIVE, until)


def people(repository: Repository, meeting_id: str) -> dict[str, Seat]:
    """The latest seat of each person who connected: its name is the one that was decided on."""
    return {place.person: place for place in repository.sat_in(meeting_id) if place.joined_at is not None}


def observed(repository: Repository, meeting_id: str, credentials: Credentials, at: datetime) -> Observed:
    """What was observed in a meeting, for who may read it.

    While it runs: everybody in it. After it, where it is kept: the link's owner, and the members of the workspace
    who were in it. Raises NotFound for everybody else, and where nothing is counted.
    """
    meeting = repository.meeting(meeting_id)
    if meeting is None:
        raise NotFound
    owner = doorstep_of(repository, meeting.link_id).owner
    account = recognise(repository, credentials, at).account
    mine = account is not None and account.id == owner.id
    seats = people(repository, meeting_id)
    if meeting.ended is None:
        seat_in_meeting(repository, meeting_id, credentials, at)
    elif not mine and (account is None or not _was_in(seats, account)):
        raise NotFound
    if not may_keep(repository, meeting):
        raise NotFound
    events, last = events_behind(repository, meeting_id, 0)
    if meeting.ended is not None and not events:
        raise NotFound
    return Observed(meeting, owner, mine, count(repository, meeting, at), events, seats, last)


def events_behind(repository: Repository, meeting_id: str, after: int) -> tuple[tuple[Event, ...], int]:
    """Some of what was observed behind a place in the order of storing, and the place of the last of it."""
    found = repository.observed(meeting_id, after)
    return tuple(event for _, event in found), found[-1][0] if found else after


@dataclass(frozen=True, slots=True)
class News:
    """What was stored of a running meeting since the last look. `seq` is the place of the last of it."""

    count: Count
    events: tuple[Event, ...]
    seq: int
    people: Mapping[str, Seat]


def news(repository: Repository, meeting_id: str, after: int, at: datetime) -> News | None:
    """What is new in a meeting since a place in the order of storing. None where nothing is counted."""
    meeting = repository.meeting(meeting_id)
    if meeting is None or counted(repository, meeting) is Contributions.OFF:
        return None
    events, seq = events_behind(repository, meeting_id, after)
    return News(count(repository, meeting, at), events, seq, people(repository, meeting_id))


def _was_in(seats: Mapping[str, Seat], account: Account) -> bool:
    """Members sit as moderators; who was a guest reads nothing afterwards."""
    return account.id in seats and seats[account.id].role is SeatRole.MODERATOR


def past(repository: Repository, reader: Entry) -> list[Past]:
    """The meetings of the reader's link and those they were in as a member, where figures are kept, latest first."""
    account, link = reader.account, reader.link
    found = repository.observed_meetings(link.id if link else None, account.id, MEETINGS_SHOWN)
    owners = {meeting.link_id: doorstep_of(repository, meeting.link_id).owner for meeting in found}
    return [
        Past(meeting, owner, owner.id == account.id, len(people(repository, meeting.id)))
        for meeting in found
        for owner in (owners[meeting.link_id],)
    ]


@dataclass(frozen=True, slots=True)
class Ended:
    """What a meeting that is over adds to its month."""

    meeting_id: str
    began: datetime
    ended: datetime
    people: int


def that_ended(repository: Repository, reader: Entry, after: str, most: int) -> list[Ended]:
    """Some of a workspace's meetings that are over, from behind one of them on: there may be very many.

    Raises Forbidden for all but its admins.
    """
    if reader.account.role is not Role.ADMIN:
        raise Forbidden
    return [Ended(*found) for found in repository.meetings_that_ended(reader.workspace.id, after, most)]


def months(meetings: Iterable[Ended]) -> list[Month]:
    """Meetings by the month in which they began, the latest first."""
    found: dict[str, Month] = {}
    for each in meetings:
        name = each.began.strftime("%Y-%m")
        so_far = found.get(name, Month(name, 0, 0, timedelta()))
        length = so_far.length + (each.ended - each.began)
        found[name] = Month(name, so_far.meetings + 1, so_far.people + each.people, length)
    return sorted(found.values(), key=lambda month: month.month, reverse=True)


def forget(repository: Repository, meeting_id: str, credentials: Credentials, at: datetime) -> None:
    """Erase the figures of a meeting that is over, at once.

    Raises NotSignedIn, NotFound for who may not read them, Forbidden for all but the owner and while it runs.
    """
    recognise(repository, credentials, at).signed_in()
    found = observed(repository, meeting_id, credentials, at)
    if not found.mine or found.meeting.ended is None:
        raise Forbidden
    repository.forget_observed(meeting_id)
