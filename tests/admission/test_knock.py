"""A knock moves as its table says, and no other way."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.errors import IllegalTransition
from admission.knock import TRANSITIONS, Event, State, advance
from tests.admission.builders import NOON, a_knock

# What the specification says, told a second time: columns are what the knock was.
TABLE = """
event            waiting                      admitted               entered
admit            admitted                     -                      -
hold             waiting                      -                      -
refuse           refused                      -                      -
withdraw         withdrawn/cancelled          withdrawn/cancelled    left/left
take-back        -                            withdrawn/taken-back   -
connect          -                            entered                entered
leave            -                            left/left              left/left
remove           -                            left/removed           left/removed
seat-time-over   -                            admitted               left/connection
never-came       -                            lapsed/never-came      -
away-too-long    expired/away                 -                      -
link-changed     expired/link-changed         admitted               entered
meeting-ended    waiting                      left/ended             left/ended
disabled         expired/closed               left/closed            left/closed
walk-in          withdrawn/walked-in          withdrawn/walked-in    left/left
knock-elsewhere  withdrawn/knocked-elsewhere  admitted               entered
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
    before = a_knock(state=state)
    expected = rows().get((state, event), "-")
    if expected == "-":
        with pytest.raises(IllegalTransition):
            advance(before, event, NOON)
        assert before == a_knock(state=state)
    else:
        after = advance(before, event, NOON)
        new_state, _, reason = expected.partition("/")
        assert (after.state, after.reason) == (new_state, reason or None)
        assert after.version == before.version + 1


def test_whatever_is_over_stays_over() -> None:
    over = {State.REFUSED, State.WITHDRAWN, State.EXPIRED, State.LAPSED, State.LEFT}
    assert not [pair for pair in TRANSITIONS if pair[0] in over]


def test_a_hold_answers_and_a_refusal_carries_the_owners_word() -> None:
    held = advance(a_knock(), Event.HOLD, NOON, word="Two minutes")
    assert (held.held, held.reply) == (True, "Two minutes")
    assert advance(held, Event.REFUSE, NOON, word="Not today").reason == "Not today"
    assert advance(a_knock(), Event.REFUSE, NOON).reason is None


def test_who_was_on_hold_rings_again_when_the_meeting_ends() -> None:
    held = advance(a_knock(), Event.HOLD, NOON)
    assert not advance(held, Event.MEETING_ENDED, NOON).held


@given(st.lists(st.sampled_from(list(Event)), max_size=30))
def test_at_most_one_decision_whatever_happens(events: list[Event]) -> None:
    knocked, decisions = a_knock(), 0
    for event in events:
        try:
            knocked = advance(knocked, event, NOON)
        except IllegalTransition:
            continue
        decisions += event in (Event.ADMIT, Event.REFUSE)
    assert decisions <= 1
    assert (knocked.over_at is not None) == knocked.over
