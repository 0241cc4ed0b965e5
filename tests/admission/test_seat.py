"""A seat moves as its table says, and no other way."""

import itertools
from datetime import timedelta

import pytest

from admission.errors import IllegalTransition
from admission.seat import Event, State, advance
from tests.admission.builders import NOON, a_seat

# What the specification says, told a second time: columns are what the seat was.
TABLE = """
event       held       connected
ask         held       connected
join        connected  connected
drop        -          held
other-left  held       connected
time-over   ended      -
end         ended      ended
unlisted    held       held
"""


def rows() -> dict[tuple[State, Event], str]:
    head, *lines = [line.split() for line in TABLE.strip().splitlines()]
    return {
        (State(state), Event(event)): cell
        for event, *cells in lines
        for state, cell in zip(head[1:], cells, strict=True)
    }


@pytest.mark.parametrize(("state", "event"), list(itertools.product(State, Event)))
def test_every_pair_moves_as_the_table_says_or_is_refused(state: State, event: Event) -> None:
    before = a_seat(state=state, held_since=NOON if state is State.HELD else None)
    expected = rows().get((state, event), "-")
    if expected == "-":
        with pytest.raises(IllegalTransition):
            advance(before, event, NOON)
    else:
        after = advance(before, event, NOON, sid="PA_1")
        assert after.state == expected
        assert (after.held_since is not None) == (after.state is State.HELD)


def test_asking_again_starts_the_two_minutes_anew_and_keeps_the_identity() -> None:
    later = NOON + timedelta(seconds=90)
    after = advance(a_seat(held_since=NOON), Event.ASK, later)
    assert after.held_since == later
    assert after.identity == a_seat().identity


def test_a_new_connection_takes_the_seat_over() -> None:
    first = advance(a_seat(), Event.JOIN, NOON, sid="PA_1")
    second = advance(first, Event.JOIN, NOON, sid="PA_2")
    assert (second.sid, second.identity) == ("PA_2", first.identity)
