"""The picture of a meeting: intervals become paths and words, as long as the meeting and as light as a page may be."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.contribution import Event, Interval, Kind
from admission.figures import Count, Observed, State
from admission.meeting import Meeting
from admission.store.repository import milliseconds
from signal_server.timeline import WIDTH, between, clock, length_of_time, marks, path, spoken, timeline
from tests.admission.builders import NOON, House, a_seat

HOUR = 3_600_000
START = milliseconds(NOON)


def drawn(text: str) -> list[tuple[int, int]]:
    """The intervals that a path shows, in units of its width."""
    assert re.fullmatch(r"(M\d+ 0h\d+v1h-\d+z)*", text), text
    return [(int(left), int(left) + int(width)) for left, width in re.findall(r"M(\d+) 0h(\d+)", text)]


def test_a_path_has_each_interval_where_it_was() -> None:
    assert path([(0, 1000), (5000, 10_000)], (0, 10_000)) == "M0 0h100v1h-100zM500 0h500v1h-500z"


def test_what_no_pixel_parts_is_one_and_nothing_is_too_narrow_to_be_seen() -> None:
    assert drawn(path([(0, 60_000), (62_000, 120_000), (HOUR, HOUR + 10)], (0, 8 * HOUR))) == [(0, 4), (125, 126)]


def test_what_was_at_the_very_end_is_seen() -> None:
    assert drawn(path([(HOUR - 1, HOUR)], (0, HOUR))) == [(WIDTH - 1, WIDTH)]


intervals = st.lists(st.tuples(st.integers(0, HOUR), st.integers(1, HOUR)), max_size=200).map(
    lambda pairs: _apart(sorted(pairs))
)


def _apart(pairs: list[tuple[int, int]]) -> list[Interval]:
    """Intervals one after another within an hour."""
    found: list[Interval] = []
    for since, length in pairs:
        begin = max(since, found[-1][1] + 1) if found else since
        if begin < HOUR:
            found.append((begin, min(begin + length, HOUR)))
    return found


@given(intervals)
def test_a_path_stays_within_its_width_in_order_and_light(times: list[Interval]) -> None:
    shown = drawn(path(times, (0, HOUR)))
    assert all(0 <= left < right <= WIDTH for left, right in shown)
    assert all(one[1] < other[0] for one, other in itertools.pairwise(shown))
    assert len(shown) <= WIDTH / 2
    for begin, end in times:
        middle = (begin + end) / 2 * WIDTH / HOUR
        assert any(left - 1 <= middle <= right + 1 for left, right in shown)


@given(intervals)
def test_what_is_left_out_and_what_is_not_make_the_whole(times: list[Interval]) -> None:
    together = sorted([*times, *between(times, (0, HOUR))])
    assert together[0][0] == 0
    assert together[-1][1] == HOUR
    assert all(one[1] in (other[0], other[0] - 1) for one, other in itertools.pairwise(together))


@pytest.mark.parametrize(
    ("length", "at"),
    [
        (3, ["0:00"]),
        (42, ["0:00", "0:30"]),
        (60, ["0:00", "0:30", "1:00"]),
        (2700, ["0:00", "15:00", "30:00", "45:00"]),
        (8 * 3600 + 5, ["0:00", "4:00:00", "8:00:00"]),
        (40 * 86_400, [clock(day * 86_400) for day in range(41)]),
    ],
)
def test_the_axis_has_few_round_marks(length: float, at: list[str]) -> None:
    found = list(marks(length))
    assert [says for _, says in found] == at
    assert all(0 <= where <= 100 for where, _ in found)


@pytest.mark.parametrize(
    ("length", "says"),
    [(0, "0:00"), (-3, "0:00"), (42.9, "0:42"), (605, "10:05"), (3661, "1:01:01")],
)
def test_a_length_is_said_as_a_clock_does(length: float, says: str) -> None:
    assert clock(length) == says


@pytest.mark.parametrize(
    ("length", "says"),
    [(0, "0 s"), (29, "29 s"), (42, "1 min"), (2520, "42 min"), (3599, "1 h 00 min"), (3900, "1 h 05 min")],
)
def test_beside_times_of_day_a_length_looks_like_none(length: float, says: str) -> None:
    assert length_of_time(length).replace("\N{NO-BREAK SPACE}", " ") == says


def test_times_are_said_from_the_beginning_on() -> None:
    assert spoken([(START + 5000, START + 20_900), (START + HOUR, START + HOUR)], (START, START)) == (
        "0:05–0:20, 1:00:00–1:00:00"
    )


def a_meeting(*events: tuple[float, Kind, str], minutes: float = 10) -> Observed:
    house = House()
    seen = tuple(
        Event(START + round(at * 1000), kind, f"a-{who}" if who else "", f"i-{who}") for at, kind, who in events
    )
    people = {
        f"a-{who}": a_seat(account_id=f"a-{who}", identity=f"i-{who}", name=who)
        for who in dict.fromkeys(who for _, _, who in events if who)
    }
    ended = NOON + timedelta(minutes=minutes)
    meeting = Meeting("m", house.link.id, house.link.setup, opened=NOON, began=NOON, ended=ended)
    return Observed(meeting, house.owner, True, Count(State.ENDED, milliseconds(ended)), seen, people)


def test_a_row_tells_what_one_person_gave_and_when() -> None:
    shown = timeline(
        a_meeting(
            (0, Kind.RESUMED, ""),
            (1, Kind.JOINED, "Olga"),
            (1.001, Kind.MICROPHONE_ON, "Olga"),
            (60, Kind.SPEAKING, "Olga"),
            (90, Kind.SILENT, "Olga"),
            (91, Kind.SPEAKING, "Olga"),
            (100, Kind.SILENT, "Olga"),
            (120, Kind.JOINED, "Nora"),
            (121, Kind.CAMERA_ON, "Nora"),
            (181, Kind.CAMERA_OFF, "Nora"),
            (300, Kind.LEFT, "Nora"),
        ),
        "a-Nora",
    )
    olga, nora = shown.rows
    assert (olga.line["name"], olga.mine, olga.share, olga.times["talk"]) == ("Olga", False, 1, "1:00–1:40")
    assert drawn(olga.paths["talk"]) == [(100, 167)], "turns, not words"
    assert (nora.mine, nora.share, nora.times["camera"], nora.times["here"]) == (True, 0, "2:01–3:01", "2:00–5:00")
    assert (nora.came, nora.left) == (NOON + timedelta(minutes=2), NOON + timedelta(minutes=5))
    assert olga.left == NOON + timedelta(minutes=10)
    assert (shown.length, shown.talk, shown.pauses, shown.pause_times) == (600, 39, (), "")


def test_a_pause_of_the_watching_is_shown_and_not_counted() -> None:
    shown = timeline(
        a_meeting(
            (0.2, Kind.RESUMED, ""),
            (0.3, Kind.JOINED, "Olga"),
            (0.4, Kind.MICROPHONE_ON, "Olga"),
            (0.5, Kind.SPEAKING, "Olga"),
            (60, Kind.PAUSED, ""),
            (120, Kind.RESUMED, ""),
            (120.001, Kind.JOINED, "Olga"),
        ),
        "a-Olga",
    )
    assert shown.pause_times == "1:00–2:00", "the moment at the beginning is too short to be told"
    assert shown.pauses[1] == (10, 10)
    assert drawn(shown.rows[0].paths["talk"]) == [(1, 100)]
    assert drawn(shown.rows[0].paths["here"]) == [(0, 100), (200, 1000)]


def test_who_was_never_seen_by_the_observer_has_a_row_without_times() -> None:
    found = a_meeting((0, Kind.RESUMED, ""), (600, Kind.PAUSED, ""))
    shown = timeline(Observed(found.meeting, found.owner, True, found.count, found.events, {"a": a_seat()}), "")
    (row,) = shown.rows
    assert (row.came, row.left, row.share, set(row.paths.values())) == (None, None, 0, {""})
