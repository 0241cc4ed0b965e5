"""A meeting's figures as its page shows them: a row for each person, drawn as lanes over time and told as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from admission.contribution import Interval, Lane, turns
from admission.figures import Observed
from admission.store.repository import milliseconds, moment
from signal_server import contributions

WIDTH = 1000
"""A picture is so many units wide, whatever its size on a page: about a pixel each on a desktop."""

STEPS = (5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400)
"""Seconds between two marks of the time axis."""

MOST_MARKS = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One person. `paths` and `times` have what was talked as turns."""

    line: contributions.Line
    mine: bool
    share: float  # of all talk, 0 to 1
    came: datetime | None
    left: datetime | None  # None while they are in
    paths: Mapping[str, str]  # by lane: an SVG path, WIDTH wide and 1 high
    times: Mapping[str, str]  # by lane: "0:05–0:20, 1:00–1:10", counted from the beginning


@dataclass(frozen=True, slots=True)
class Timeline:
    """`length` is how long the meeting took, in seconds like all that has no other type."""

    began: datetime
    length: float
    seconds: float
    talk: float
    overlap: float
    rows: tuple[Row, ...]
    marks: tuple[tuple[float, str], ...]  # (per cent of the width, what stands there)
    pauses: tuple[tuple[float, float], ...]  # when nobody watched: from where and how wide, in per cent of the width
    pause_times: str  # and as text, what is shorter than a second left out


def timeline(found: Observed, reader_id: str) -> Timeline:
    """All figures of a meeting and when everybody gave what. Takes a while for a long meeting."""
    tally, until = found.tally(), found.count.until
    began = found.meeting.began or found.meeting.opened
    since = milliseconds(began)
    whole = (since, max(until, tally.last, since + 1))
    figures, lanes = contributions.shown(found.count, tally, found.people), tally.lanes(until)
    together = sum(line["talk"] for line in figures["people"])
    rows = []
    for (person, place), line in zip(found.people.items(), figures["people"], strict=True):
        given = lanes.get(person, {})
        drawn = {lane.value: turns(given[lane]) if lane is Lane.TALK else given[lane] for lane in given}
        here = drawn.get(Lane.HERE, [])
        rows.append(
            Row(
                line=line,
                mine=place.account_id == reader_id,
                share=line["talk"] / together if together else 0,
                came=moment(here[0][0]) if here else None,
                left=moment(here[-1][1]) if here and not (line["here"] and found.meeting.ended is None) else None,
                paths={lane: path(drawn.get(lane, ()), whole) for lane in Lane},
                times={lane: spoken(drawn.get(lane, ()), whole) for lane in Lane},
            )
        )
    pauses = between(tally.watched(until), whole)
    return Timeline(
        began=began,
        length=(whole[1] - since) / 1000,
        seconds=figures["seconds"],
        talk=figures["talk"],
        overlap=figures["overlap"],
        rows=tuple(sorted(rows, key=lambda row: -row.line["talk"])),
        marks=tuple(marks((whole[1] - since) / 1000)),
        pauses=tuple(
            ((begin - since) / (whole[1] - since) * 100, (end - begin) / (whole[1] - since) * 100)
            for begin, end in pauses
        ),
        pause_times=spoken((pause for pause in pauses if pause[1] - pause[0] >= 1000), whole),
    )


def path(times: Iterable[Interval], whole: Interval) -> str:
    """Intervals as one SVG path. What no pixel parts is drawn as one, and nothing is narrower than a pixel."""
    since, to = whole
    drawn: list[tuple[int, int]] = []
    for begin, end in times:
        left = min(round((begin - since) * WIDTH / (to - since)), WIDTH - 1)
        left, right = max(left, 0), round((end - since) * WIDTH / (to - since))
        right = min(max(right, left + 1), WIDTH)
        if drawn and left <= drawn[-1][1]:
            drawn[-1] = (drawn[-1][0], max(right, drawn[-1][1]))
        else:
            drawn.append((left, right))
    return "".join(f"M{left} 0h{right - left}v1h-{right - left}z" for left, right in drawn)


def spoken(times: Iterable[Interval], whole: Interval) -> str:
    """Intervals as text, on a clock that begins with the meeting."""
    return ", ".join(f"{clock((begin - whole[0]) / 1000)}–{clock((end - whole[0]) / 1000)}" for begin, end in times)


def between(times: Iterable[Interval], whole: Interval) -> list[Interval]:
    """What the intervals leave out of the whole."""
    left_out, at = [], whole[0]
    for begin, end in times:
        if begin > at:
            left_out.append((at, begin))
        at = max(at, end)
    return [*left_out, *([(at, whole[1])] if whole[1] > at else [])]


def marks(length: float) -> Iterable[tuple[float, str]]:
    """Where the time axis is marked, and with what."""
    step = next((each for each in STEPS if length / each <= MOST_MARKS), STEPS[-1])
    return ((at / length * 100, clock(at)) for at in range(0, int(length) + 1, step))


def clock(seconds: float) -> str:
    """A length of time as a clock shows it: 0:42, 10:05, 1:01:01 (as web/i18n)."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def length_of_time(seconds: float) -> str:
    """The same beside times of day, for which it must not be taken: 40 s, 42 min, 1 h 05 min. In any language."""
    minutes = round(seconds / 60)
    if minutes == 0:
        return f"{max(0, int(seconds))}\N{NO-BREAK SPACE}s"
    if minutes < 60:
        return f"{minutes}\N{NO-BREAK SPACE}min"
    return f"{minutes // 60}\N{NO-BREAK SPACE}h {minutes % 60:02}\N{NO-BREAK SPACE}min"
