"""The fold: figures from events, whatever way these came, against a count made second by second."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.contribution import GAP_MS, Event, Figures, Kind, Lane, Tally, turns

NORA, MAX = ("nora", "i-nora"), ("max", "i-max")
S = 1_000


def at(seconds: float, kind: Kind, who: tuple[str, str] = ("", "")) -> Event:
    return Event(round(seconds * S), kind, *who)


def begins(who: tuple[str, str], seconds: float) -> list[Event]:
    """Somebody comes with their microphone on."""
    return [at(seconds, Kind.JOINED, who), at(seconds + 0.001, Kind.MICROPHONE_ON, who)]


def says(who: tuple[str, str], since: float, to: float) -> list[Event]:
    return [at(since, Kind.SPEAKING, who), at(to, Kind.SILENT, who)]


def folded(events: list[Event], until: float = 100) -> Figures:
    tally = Tally()
    for event in sorted(events, key=lambda event: event.at):
        tally.add(event)
    return tally.figures(round(until * S))


START = [at(1, Kind.RESUMED), *begins(NORA, 1.001), *begins(MAX, 1.003)]


def of(figures: Figures, who: tuple[str, str]) -> dict[str, object]:
    (found,) = [each for each in figures.people if each.person == who[0]]
    return {name: getattr(found, name) for name in found.__slots__}


def test_talk_is_counted_while_somebody_speaks() -> None:
    figures = folded([*START, *says(NORA, 10, 14), *says(NORA, 20, 21)])
    assert of(figures, NORA) == {
        "person": "nora",
        "identity": "i-nora",
        "here": True,
        "talk": 5 * S,
        "turns": 2,
        "longest_turn": 4 * S,
        "camera": 0,
        "screen_share": 0,
        "messages": 0,
        "hands": 0,
    }
    assert (figures.observed, figures.talk, figures.overlap) == (99 * S, 5 * S, 0)


def test_who_is_still_speaking_is_counted_until_now() -> None:
    nora = of(folded([*START, at(90, Kind.SPEAKING, NORA)], until=95), NORA)
    assert (nora["talk"], nora["turns"], nora["longest_turn"]) == (5 * S, 1, 5 * S)


def test_a_muted_microphone_is_silent_whatever_is_said_of_it() -> None:
    muted = [at(10, Kind.SPEAKING, NORA), at(12, Kind.MICROPHONE_OFF, NORA), at(12.4, Kind.SILENT, NORA)]
    assert of(folded([*START, *muted]), NORA)["talk"] == 2 * S


@pytest.mark.parametrize(("gap", "number", "longest"), [(2.0, 1, 4 * S), (2.001, 2, S)])
def test_a_turn_goes_on_over_a_short_silence(gap: float, number: int, longest: int) -> None:
    nora = of(folded([*START, *says(NORA, 10, 11), *says(NORA, 11 + gap, 12 + gap)]), NORA)
    assert (nora["turns"], nora["longest_turn"], nora["talk"]) == (number, longest, 2 * S)


def test_overlapping_talk_counts_for_both_and_is_shown() -> None:
    figures = folded([*START, *says(NORA, 10, 14), *says(MAX, 12, 20)])
    assert (of(figures, NORA)["talk"], of(figures, MAX)["talk"]) == (4 * S, 8 * S)
    assert (figures.talk, figures.overlap) == (10 * S, 2 * S)


def test_a_pause_of_the_observer_is_not_invented() -> None:
    away = [at(12, Kind.PAUSED), at(20, Kind.RESUMED), *begins(NORA, 20.001)]
    figures = folded([*START, at(10, Kind.SPEAKING, NORA), *away, *says(NORA, 20.5, 21)], until=30)
    nora = of(figures, NORA)
    assert (nora["talk"], nora["turns"], nora["longest_turn"]) == (2_500, 2, 2 * S)
    assert figures.observed == (30 - 20 + 12 - 1) * S


def test_a_person_who_reloads_or_has_two_devices_is_one_line_and_no_second_counts_twice() -> None:
    phone = ("nora", "i-phone")
    came_back = [
        *says(NORA, 10, 12),
        at(13, Kind.LEFT, NORA),
        *begins(NORA, 14),
        *says(NORA, 15, 16),
        *begins(phone, 17),
        *[at(18, Kind.SPEAKING, phone), at(18.5, Kind.SPEAKING, NORA), at(19, Kind.LEFT, NORA)],
        at(20, Kind.SILENT, phone),
    ]
    nora = of(folded([*START, *came_back]), NORA)
    assert (nora["talk"], nora["identity"], nora["here"]) == (5 * S, "i-phone", True)


@pytest.mark.parametrize(
    "stops",
    [at(13, Kind.MICROPHONE_OFF, NORA), at(13, Kind.SILENT, NORA), at(13, Kind.LEFT, NORA)],
    ids=["muted", "silent", "gone"],
)
def test_talk_and_camera_time_stop_when_the_person_is_muted_silent_or_gone(stops: Event) -> None:
    """Also when nobody else speaks."""
    on = [at(10, Kind.SPEAKING, NORA), at(10.5, Kind.CAMERA_ON, NORA)]
    nora = of(folded([*START, *on, stops], until=60), NORA)
    assert nora["talk"] == 3 * S
    assert nora["camera"] == (2_500 if stops.kind is Kind.LEFT else 49_500)


def test_talk_time_goes_to_the_person_who_spoke_whoever_joins_leaves_or_reloads_meanwhile() -> None:
    ada = ("ada", "i-ada")
    events = [
        at(10, Kind.SPEAKING, NORA),
        *begins(ada, 11),
        at(12, Kind.LEFT, MAX),
        at(13, Kind.LEFT, ada),
        *begins(MAX, 13.5),
        *begins(ada, 14),
        at(15, Kind.SILENT, NORA),
    ]
    figures = folded([*START, *events])
    assert {each.person: each.talk for each in figures.people} == {"nora": 5 * S, "max": 0, "ada": 0}


def test_who_was_removed_stays_in_the_figures() -> None:
    nora = of(folded([*START, at(10, Kind.SPEAKING, NORA), at(13, Kind.LEFT, NORA)]), NORA)
    assert (nora["here"], nora["talk"]) == (False, 3 * S)


def test_cameras_shares_messages_and_hands() -> None:
    events = [
        at(10, Kind.CAMERA_ON, NORA),
        at(20, Kind.SCREEN_SHARE_ON, NORA),
        at(25, Kind.CAMERA_OFF, NORA),
        at(26, Kind.MESSAGE, NORA),
        at(27, Kind.MESSAGE, NORA),
        at(28, Kind.HAND, NORA),
        at(28, Kind.HAND, NORA),
        at(40, Kind.SCREEN_SHARE_OFF, NORA),
    ]
    nora = of(folded([*START, *events]), NORA)
    assert [nora[name] for name in ("camera", "screen_share", "messages", "hands")] == [15 * S, 20 * S, 2, 1]


def test_the_lanes_say_when() -> None:
    tally = Tally()
    for event in [*START, *says(NORA, 10, 14), at(50, Kind.PAUSED), at(60, Kind.RESUMED), *begins(NORA, 60.001)]:
        tally.add(event)
    assert tally.lanes(70 * S)["nora"][Lane.TALK] == [(10 * S, 14 * S)]
    assert tally.lanes(70 * S)["nora"][Lane.HERE] == [(1_001, 50 * S), (60_001, 70 * S)]
    assert tally.watched(70 * S) == [(1 * S, 50 * S), (60 * S, 70 * S)]


def test_talk_is_drawn_as_turns() -> None:
    assert turns([(0, 10), (10 + GAP_MS, 20 + GAP_MS), (30 + 2 * GAP_MS, 40 + 2 * GAP_MS)]) == [
        (0, 20 + GAP_MS),
        (30 + 2 * GAP_MS, 40 + 2 * GAP_MS),
    ]


# Any meeting: each event has a time of its own, as the observer gives it.
PEOPLE = [("a", "a1"), ("a", "a2"), ("b", "b1"), ("c", "c1")]
OBSERVED = [kind for kind in Kind if kind is not Kind.HAND]


@st.composite
def meetings(draw: st.DrawFn) -> list[Event]:
    time, events = 0, []
    for _ in range(draw(st.integers(0, 40))):
        time += draw(st.integers(1, 3_000))
        kind = draw(st.sampled_from(OBSERVED))
        who = ("", "") if kind in (Kind.PAUSED, Kind.RESUMED) else draw(st.sampled_from(PEOPLE))
        events.append(Event(time, kind, *who))
    return [
        Event(1, Kind.RESUMED),
        *(Event(event.at + 1, event.kind, event.person, event.identity) for event in events),
    ]


def replayed(events: list[Event], until: int) -> Figures:
    tally = Tally()
    for event in events:
        tally.add(event)
    return tally.figures(until)


@given(meetings(), st.data())
def test_the_figures_do_not_depend_on_batches_looks_and_duplicates(events: list[Event], data: st.DataObject) -> None:
    until = events[-1].at + 500
    tally = Tally()
    for index, event in enumerate(events):
        tally.add(event)
        for again in data.draw(st.lists(st.sampled_from(events[: index + 1]), max_size=2)):
            tally.add(again)
        if data.draw(st.booleans()):
            tally.figures(event.at + data.draw(st.integers(0, 10_000)))
    assert tally.figures(until) == replayed(events, until)


@given(meetings())
def test_the_sums_add_up_and_nothing_is_negative(events: list[Event]) -> None:
    until = events[-1].at + 500
    tally = Tally()
    for event in events:
        tally.add(event)
    figures, lanes = tally.figures(until), tally.lanes(until)
    edges = sorted({edge for person in lanes.values() for interval in person[Lane.TALK] for edge in interval})
    spans = [
        (to - since, sum(a <= since and to <= b for person in lanes.values() for a, b in person[Lane.TALK]))
        for since, to in pairwise(edges)
    ]
    assert figures.talk == sum(length for length, talking in spans if talking >= 1)
    assert figures.overlap == sum(length for length, talking in spans if talking >= 2)
    assert sum(each.talk for each in figures.people) == sum(length * talking for length, talking in spans)
    assert 0 <= figures.overlap <= figures.talk <= figures.observed <= until
    for each in figures.people:
        assert each.talk == sum(to - since for since, to in lanes[each.person][Lane.TALK])
        assert 0 <= each.longest_turn <= figures.observed
        assert (each.turns == 0) <= (each.talk == 0)
        assert each.talk <= figures.talk
        assert 0 <= each.camera <= figures.observed
        assert 0 <= each.screen_share <= figures.observed


@given(meetings(), st.integers(0, 5_000))
def test_figures_only_grow(events: list[Event], later: int) -> None:
    until = events[-1].at
    now, then = replayed(events, until), replayed(events, until + later)
    assert then.observed >= now.observed
    for before, after in zip(now.people, then.people, strict=True):
        for name in ("talk", "turns", "longest_turn", "camera", "screen_share", "messages", "hands"):
            assert getattr(after, name) >= getattr(before, name)
