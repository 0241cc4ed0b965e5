"""A meeting that is over, with made-up contributions, for the pages that look back at it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from admission import accounts, arrivals, moves, observing, waiting_room
from admission.contribution import Event, Kind
from admission.knock import Event as KnockEvent
from admission.moves import Entered
from admission.store.repository import Repository, milliseconds
from admission.visitor import Credentials
from admission.waiting_room import Decision, Knocked

Said = tuple[float, Kind, str]
"""Seconds since the beginning, what, and whose identity."""


def hold(
    repository: Repository,
    owner: str,
    members: Sequence[str],
    guests: Sequence[str],
    began: datetime,
    minutes: float,
    subject: str = "",
) -> str:
    """A meeting behind the link of `owner`, with members by their addresses and guests by name. Returns its id.

    Who comes later talks less; in its middle it was not watched for a twentieth of the time.
    """
    host = _signed_in(repository, owner, began)
    link = accounts.who_is_signed_in(repository, host, began).link
    assert link is not None
    seats = [_walk_in(repository, link.slug, host, began)]
    seats += [_walk_in(repository, link.slug, _signed_in(repository, member, began), began) for member in members]
    for name in guests:
        who = Credentials(None, name.ljust(43, "x"))
        asked = waiting_room.enter(repository, link.slug, who, name, None, began)
        assert isinstance(asked, Knocked)
        waiting_room.decide(repository, asked.knock.id, host, Decision.ADMIT, None, began)
        seats.append(waiting_room.enter_by_knock(repository, asked.knock.id, who, began))
    meeting = seats[0].meeting
    assert repository.claim_room(meeting.id, 0)
    repository.keep_room_sid(meeting.id, 1, "RM_made_up")
    for index, entered in enumerate(seats):
        arrivals.joined(repository, f"{meeting.id}-1", entered.seat.identity, f"PA_{index}", began)
    if subject:
        setup = meeting.setup
        repository.set_setup(meeting.id, type(setup)(type(setup.values)(subject=subject)))
    repository.watch(meeting.id, "made-up", began)
    said = sorted(_contributions([entered.seat.identity for entered in seats], minutes * 60))
    # The observer gives each event a time of its own.
    events, at = [], 0
    for second, kind, identity in said:
        at = max(at + 1, milliseconds(began) + round(second * 1000))
        events.append(Event(at, kind, "", identity))
    assert observing.observe(repository, meeting.id, "made-up", events)
    ended = began + timedelta(minutes=minutes)
    repository.watch(meeting.id, "made-up", ended)
    running = repository.meeting(meeting.id)
    assert running is not None
    moves.end_meeting(repository, running, ended, "ended", None, KnockEvent.MEETING_ENDED)
    return meeting.id


def _signed_in(repository: Repository, email: str, at: datetime) -> Credentials:
    found = repository.account_by_email(email)
    assert found is not None, email
    secret, _entry = accounts.sign_in(repository, email, found[1], at)
    return Credentials(accounts.session_hash(secret), email.ljust(43, "x"))


def _walk_in(repository: Repository, slug: str, who: Credentials, at: datetime) -> Entered:
    entered = waiting_room.enter(repository, slug, who, None, None, at)
    assert isinstance(entered, Entered)
    return entered


def _contributions(people: Sequence[str], length: float) -> Iterable[Said]:
    chance = random.Random(7)
    came = {who: index * length / 100 for index, who in enumerate(people)}
    away = (length * 0.5, length * 0.55)
    yield 0, Kind.RESUMED, ""
    for began in (0.0, away[1]):
        if began:
            yield away[0], Kind.PAUSED, ""
            yield began, Kind.RESUMED, ""
        for index, who in enumerate(people):
            at = max(came[who], began) + 0.5
            yield at, Kind.JOINED, who
            yield at, Kind.MICROPHONE_ON, who
            if index % 3 != 2:
                yield at + (length * 0.03 if not began else 0), Kind.CAMERA_ON, who
    yield length * 0.2, Kind.SCREEN_SHARE_ON, people[-1]
    yield length * 0.41, Kind.SCREEN_SHARE_OFF, people[-1]
    yield length * 0.9, Kind.LEFT, people[-1]
    weights = [1 / (index + 1) for index in range(len(people))]
    at = length * 0.01
    while at < length - 20:
        (who,) = chance.choices(people, weights)
        spoke = min(chance.expovariate(1 / 14) + 1, length / 12)
        inside = came[who] + 1 < at and not (who == people[-1] and at + spoke > length * 0.9)
        if inside and not (at < away[1] + 1 and at + spoke > away[0]):
            yield at, Kind.SPEAKING, who
            yield at + spoke, Kind.SILENT, who
            if chance.random() < 0.1:
                yield at + spoke / 2, Kind.MESSAGE, people[chance.randrange(len(people))]
        at += max(spoke + chance.uniform(-2, 6), 1)
