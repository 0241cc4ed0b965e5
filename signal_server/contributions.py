"""How contributions look to browsers: the figures of a meeting, with and without when everything was."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import cast

from typing_extensions import TypedDict  # pydantic reads typing's own only from Python 3.12 on

from admission.contribution import Contribution, Interval, Lane, Tally
from admission.figures import Count, Observed, State, events_behind
from admission.seat import Role, Seat
from admission.seat import State as SeatState
from admission.store.repository import SLICE, milliseconds
from admission.store.sqlite import Store
from signal_server.views import Instant, rfc3339

Seconds = float
Times = list[tuple[Seconds, Seconds]]


class Line(TypedDict):
    """What one person gave. `id` is the same for as long as the meeting is known; `identity` is their latest.

    `here` follows their place, also while nobody observes: who is cut off for a moment has not left.
    """

    id: str
    identity: str
    name: str
    role: Role
    here: bool
    talk: Seconds
    turns: int
    longest_turn: Seconds
    camera: Seconds
    screen_share: Seconds
    messages: int
    hands: int


class Shown(TypedDict):
    """`seconds` is how long the meeting was watched, `talk` how long anybody talked, `overlap` how long two did."""

    state: State
    seconds: Seconds
    talk: Seconds
    overlap: Seconds
    people: list[Line]


class Lanes(TypedDict):
    here: Times
    talk: Times
    camera: Times
    screen_share: Times


class LineWithTimes(Line):
    lanes: Lanes


class Owner(TypedDict):
    name: str


class Record(TypedDict):
    """The figures of a meeting with its times: each is [from, to] in seconds since it began.

    `watched` is when an observer was there: what lies between is not counted.
    """

    meeting: str
    owner: Owner
    began: Instant
    ended: Instant | None
    state: State
    seconds: Seconds
    talk: Seconds
    overlap: Seconds
    watched: Times
    people: list[LineWithTimes]


async def whole(store: Store, found: Observed) -> Observed:
    """The same with all that was observed: a long meeting is read in slices, others have their turn in between."""
    events, last, more = list(found.events), found.last, len(found.events)
    while more == SLICE:
        behind, last = await store.run(partial(events_behind, meeting_id=found.meeting.id, after=last))
        events += behind
        more = len(behind)
    return replace(found, events=tuple(events), last=last)


def shown(count: Count, tally: Tally, people: Mapping[str, Seat]) -> Shown:
    """Who gave what so far: one line for everybody who was there."""
    figures = tally.figures(count.until)
    given = {each.person: each for each in figures.people}
    return {
        "state": count.state,
        "seconds": figures.observed / 1000,
        "talk": figures.talk / 1000,
        "overlap": figures.overlap / 1000,
        "people": [
            _line(given.get(person) or Contribution(person, place.identity), place) for person, place in people.items()
        ],
    }


def _line(given: Contribution, place: Seat) -> Line:
    return {
        "id": hashlib.sha256(given.person.encode()).hexdigest()[:12],
        "identity": place.identity,
        "name": place.name,
        "role": place.role,
        "here": place.state is not SeatState.ENDED,
        "talk": given.talk / 1000,
        "turns": given.turns,
        "longest_turn": given.longest_turn / 1000,
        "camera": given.camera / 1000,
        "screen_share": given.screen_share / 1000,
        "messages": given.messages,
        "hands": given.hands,
    }


def record(found: Observed) -> Record:
    """All figures of a meeting, and when everybody was here, talked, showed themselves and shared."""
    tally, until = found.tally(), found.count.until
    began = found.meeting.began or found.meeting.opened
    zero = milliseconds(began)

    def times(intervals: Iterable[Interval]) -> Times:
        return [((since - zero) / 1000, (to - zero) / 1000) for since, to in intervals]

    figures, lanes = shown(found.count, tally, found.people), tally.lanes(until)
    people: list[LineWithTimes] = []
    for person, line in zip(found.people, figures["people"], strict=True):
        mine = {lane.value: times(lanes.get(person, {}).get(lane, ())) for lane in Lane}
        people.append({**line, "lanes": cast(Lanes, mine)})
    return {
        "meeting": found.meeting.id,
        "owner": {"name": found.owner.name},
        "began": rfc3339(began),
        "ended": rfc3339(found.meeting.ended) if found.meeting.ended else None,
        "state": figures["state"],
        "seconds": figures["seconds"],
        "talk": figures["talk"],
        "overlap": figures["overlap"],
        "watched": times(tally.watched(until)),
        "people": people,
    }
