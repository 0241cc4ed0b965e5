"""Folds what was observed in a meeting into figures: who gave what to it, and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

GAP_MS = 2_000
"""Somebody who is silent for so long at most is still in the same turn."""

Interval = tuple[int, int]
"""From and to, in milliseconds since 1970."""


class Kind(StrEnum):
    """What can be observed. All but `hand` come from the observer; a hand is one of our own calls."""

    RESUMED = "resumed"  # the observer begins to watch; what is the case follows
    PAUSED = "paused"  # nobody watches from here on
    JOINED = "joined"
    LEFT = "left"
    MICROPHONE_ON = "microphone-on"
    MICROPHONE_OFF = "microphone-off"
    CAMERA_ON = "camera-on"
    CAMERA_OFF = "camera-off"
    SCREEN_SHARE_ON = "screen-share-on"
    SCREEN_SHARE_OFF = "screen-share-off"
    SPEAKING = "speaking"
    SILENT = "silent"
    MESSAGE = "message"
    HAND = "hand"


@dataclass(frozen=True, slots=True)
class Event:
    """Something observed, at `at` milliseconds since 1970.

    `person` is whose it is, whatever the number of their seats and devices; `identity` is the seat's in LiveKit.
    Both are empty for `paused` and `resumed`.
    """

    at: int
    kind: Kind
    person: str = ""
    identity: str = ""


class Lane(StrEnum):
    """What lasts: each is a row of intervals of one person."""

    HERE = "here"
    TALK = "talk"
    CAMERA = "camera"
    SCREEN_SHARE = "screen_share"


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one person gave so far. Times in milliseconds."""

    person: str
    identity: str  # their latest
    here: bool = False
    talk: int = 0
    turns: int = 0
    longest_turn: int = 0
    camera: int = 0
    screen_share: int = 0
    messages: int = 0
    hands: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """What everybody gave so far, in the order of their arrival. Times in milliseconds.

    `observed` is how long the meeting was watched, `talk` how long at least one person talked in that time,
    `overlap` how long at least two did: overlapping talk counts for each of them.
    """

    observed: int
    talk: int
    overlap: int
    people: tuple[Contribution, ...]


# What turns a state of a device on (True) and off.
SWITCHES: dict[Kind, tuple[str, bool]] = {
    Kind.JOINED: ("here", True),
    Kind.MICROPHONE_ON: ("microphone", True),
    Kind.MICROPHONE_OFF: ("microphone", False),
    Kind.CAMERA_ON: ("camera", True),
    Kind.CAMERA_OFF: ("camera", False),
    Kind.SCREEN_SHARE_ON: ("screen_share", True),
    Kind.SCREEN_SHARE_OFF: ("screen_share", False),
    Kind.SPEAKING: ("speaking", True),
    Kind.SILENT: ("speaking", False),
}
# Which of a device's states have to be on together for a lane to run.
NEEDS: dict[Lane, frozenset[str]] = {
    Lane.HERE: frozenset({"here"}),
    Lane.TALK: frozenset({"here", "microphone", "speaking"}),
    Lane.CAMERA: frozenset({"here", "camera"}),
    Lane.SCREEN_SHARE: frozenset({"here", "screen_share"}),
}
CONCERNS = {
    state: tuple(lane for lane in Lane if state in NEEDS[lane]) for needed in NEEDS.values() for state in needed
}


@dataclass(slots=True)
class _Clock:
    """One lane of one person: the intervals that are over, and the one that runs."""

    since: int | None = None
    intervals: list[Interval] = field(default_factory=list)
    total: int = 0

    def start(self, at: int) -> None:
        if self.since is None:
            self.since = at

    def stop(self, at: int) -> None:
        if self.since is None:
            return
        if at > self.since:
            self.intervals.append((self.since, at))
            self.total += at - self.since
        self.since = None

    def until(self, at: int) -> int:
        return self.total + (0 if self.since is None else at - self.since)

    def drawn(self, at: int) -> list[Interval]:
        running = [] if self.since is None or at <= self.since else [(self.since, at)]
        return [*self.intervals, *running]


@dataclass(slots=True)
class _Person:
    identity: str
    devices: dict[str, set[str]] = field(default_factory=dict)  # identity → what is on
    lanes: dict[Lane, _Clock] = field(default_factory=lambda: {lane: _Clock() for lane in Lane})
    turns: int = 0
    turn_since: int | None = None  # the turn that runs, or that was the last: from when
    turn_to: int = 0  # when its last word ended
    longest_turn: int = 0
    messages: int = 0
    hands: set[int] = field(default_factory=set)

    def switch(self, at: int, identity: str, name: str, on: bool) -> None:
        states = self.devices.setdefault(identity, set())
        if on:
            states.add(name)
        else:
            states.discard(name)
        if name == "here":
            self.identity = identity
        self.settle(at, CONCERNS[name])

    def settle(self, at: int, lanes: Iterable[Lane]) -> None:
        """Let those of the lanes run that ought to."""
        for lane in lanes:
            clock, needed = self.lanes[lane], NEEDS[lane]
            runs = any(needed <= states for states in self.devices.values())
            if runs is (clock.since is not None):
                continue
            if lane is Lane.TALK:
                self._turn(at, runs)
            if runs:
                clock.start(at)
            else:
                clock.stop(at)

    def _turn(self, at: int, begins: bool) -> None:
        if not begins:
            assert self.turn_since is not None, "who stops talking has begun"
            self.turn_to = at
            self.longest_turn = max(self.longest_turn, at - self.turn_since)
        elif self.turn_since is None or at - self.turn_to > GAP_MS:
            self.turns += 1
            self.turn_since = at

    def pause(self, at: int) -> None:
        """Nobody watches: what is on goes on, but it is not counted, and what is said later is another turn."""
        if self.talks:
            self._turn(at, False)
        self.turn_since = None
        for clock in self.lanes.values():
            clock.stop(at)

    @property
    def talks(self) -> bool:
        return self.lanes[Lane.TALK].since is not None

    @property
    def here(self) -> bool:
        return any("here" in states for states in self.devices.values())

    def given(self, person: str, at: int) -> Contribution:
        talk = self.lanes[Lane.TALK]
        longest = self.longest_turn
        if talk.since is not None and self.turn_since is not None:
            longest = max(longest, at - self.turn_since)
        return Contribution(
            person,
            self.identity,
            self.here,
            talk.until(at),
            self.turns,
            longest,
            self.lanes[Lane.CAMERA].until(at),
            self.lanes[Lane.SCREEN_SHARE].until(at),
            self.messages,
            len(self.hands),
        )


class Tally:
    """The figures of one meeting, event by event.

    The observer gives each of its events a time of its own, so one that is not later than the last was counted
    before: how the events come in batches, and how often, makes no difference.
    """

    def __init__(self) -> None:
        self._people: dict[str, _Person] = {}
        self._at = 0
        self._watched = _Clock()
        self._talk = 0
        self._overlap = 0
        self._talking = 0  # how many people talk now

    def add(self, event: Event) -> None:
        if event.kind is Kind.HAND:
            self._person(event).hands.add(event.at)
            return
        if event.at <= self._at:
            return
        self._talk, self._overlap = self._together(event.at)
        self._at = event.at
        match event.kind:
            case Kind.PAUSED:
                self._pause(event.at)
                self._watched.stop(event.at)
            case Kind.RESUMED:
                self._pause(event.at)  # where nobody said that the watching had ended
                for person in self._people.values():
                    person.devices.clear()
                self._watched.start(event.at)
            case _ if self._watched.since is not None:  # otherwise nobody saw it: there is no such event
                self._of_one(event, self._person(event))

    def _pause(self, at: int) -> None:
        for person in self._people.values():
            person.pause(at)
        self._talking = 0

    def _of_one(self, event: Event, person: _Person) -> None:
        talked = person.talks
        match event.kind:
            case Kind.MESSAGE:
                person.messages += 1
            case Kind.LEFT:
                person.devices.pop(event.identity, None)
                person.settle(event.at, Lane)
            case kind:
                person.switch(event.at, event.identity, *SWITCHES[kind])
        self._talking += person.talks - talked

    def _person(self, event: Event) -> _Person:
        found = self._people.get(event.person)
        if found is None:
            found = self._people[event.person] = _Person(event.identity)
        return found

    def _together(self, at: int) -> tuple[int, int]:
        """How long at least one, and at least two people have talked by then."""
        passed = at - self._at
        return self._talk + (passed if self._talking else 0), self._overlap + (passed if self._talking > 1 else 0)

    @property
    def paused(self) -> bool:
        return self._watched.since is None

    @property
    def last(self) -> int:
        """When the last event was; 0 before the first."""
        return self._at

    def figures(self, until: int) -> Figures:
        """What was given by a moment. Of one before the last event nothing is taken back."""
        at = max(until, self._at)
        talk, overlap = self._together(at)
        people = tuple(found.given(person, at) for person, found in self._people.items())
        return Figures(self._watched.until(at), talk, overlap, people)

    def lanes(self, until: int) -> dict[str, dict[Lane, list[Interval]]]:
        """When each person was here, talked, showed themselves and shared."""
        at = max(until, self._at)
        return {
            person: {lane: clock.drawn(at) for lane, clock in found.lanes.items()}
            for person, found in self._people.items()
        }

    def watched(self, until: int) -> list[Interval]:
        """When somebody watched: what lies between is a pause."""
        return self._watched.drawn(max(until, self._at))


def turns(talk: list[Interval]) -> list[Interval]:
    """Talk as turns: what is at most GAP_MS apart is one. Pauses of the watching are not known here."""
    joined: list[Interval] = []
    for since, to in talk:
        if joined and since - joined[-1][1] <= GAP_MS:
            joined[-1] = (joined[-1][0], to)
        else:
            joined.append((since, to))
    return joined
