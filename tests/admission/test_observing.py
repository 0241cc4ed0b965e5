"""Observers and readers of contributions, over a real database: who watches, what is stored, who may read it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from admission import accounts, figures, inside, moderation, moves, waiting_room
from admission.accounts import WorkspaceChoices, entry_of
from admission.arrivals import joined
from admission.contribution import Event, Kind
from admission.directory import Role
from admission.errors import Forbidden, NotFound, NotSignedIn
from admission.figures import State
from admission.knock import Event as KnockEvent
from admission.moves import Entered
from admission.observing import LEASE, assign, observe, release
from admission.setup import Contributions
from admission.store import erasing
from admission.store.repository import milliseconds
from admission.visitor import Credentials
from admission.waiting_room import Decision
from tests.admission.builders import NOON, House, minutes

SECOND = timedelta(seconds=1)


@pytest.fixture
def house() -> House:
    return House()


def arrive(house: House, who: Credentials, at: datetime = NOON) -> Entered:
    """Walk in and connect."""
    entered = house.enter(who)
    assert isinstance(entered, Entered)
    connect(house, entered, at)
    return entered


def connect(house: House, entered: Entered, at: datetime = NOON) -> None:
    meeting = house.repository.meeting(entered.meeting.id)
    assert meeting is not None
    if meeting.room == 0:
        assert house.repository.claim_room(meeting.id, 0)
        house.repository.keep_room_sid(meeting.id, 1, "RM_1")
    joined(house.repository, f"{meeting.id}-1", entered.seat.identity, f"PA_{entered.seat.id}", at)


def guest(house: House, name: str = "Nora") -> tuple[Credentials, Entered]:
    knocked, who = house.knock(name)
    waiting_room.decide(house.repository, knocked.id, house.as_owner, Decision.ADMIT, None, NOON)
    entered = waiting_room.enter_by_knock(house.repository, knocked.id, who, NOON)
    connect(house, entered)
    return who, entered


def mine(house: House, observer: str, most: int = 100, at: datetime = NOON) -> list[str]:
    return [each.meeting_id for each in assign(house.repository, observer, most, at).mine]


def seen(kind: Kind, seconds: float, identity: str = "") -> Event:
    return Event(milliseconds(NOON) + round(seconds * 1000), kind, "", identity)


def stored(house: House, meeting_id: str) -> list[tuple[Kind, float]]:
    return [(event.kind, (event.at - milliseconds(NOON)) / 1000) for _, event in house.repository.observed(meeting_id)]


def watched(house: House, identity: str, meeting_id: str) -> None:
    assert mine(house, "one") == [meeting_id]
    assert observe(
        house.repository,
        meeting_id,
        "one",
        [seen(Kind.RESUMED, 1), seen(Kind.JOINED, 1.001, identity), seen(Kind.MICROPHONE_ON, 1.002, identity)],
    )


def end(house: House, meeting_id: str) -> None:
    meeting = house.repository.meeting(meeting_id)
    assert meeting is not None
    moves.end_meeting(house.repository, meeting, NOON + minutes(1), "ended", None, KnockEvent.MEETING_ENDED)


# -- who watches --


def test_a_meeting_has_one_observer_from_when_somebody_is_in_it(house: House) -> None:
    assert mine(house, "one") == []
    entered = arrive(house, house.as_owner)
    assert mine(house, "one") == [entered.meeting.id]
    assert mine(house, "two") == []
    assert mine(house, "one", at=NOON + LEASE) == [entered.meeting.id]


def test_another_takes_over_when_the_first_is_gone_and_marks_since_when(house: House) -> None:
    entered = arrive(house, house.as_owner)
    watched(house, entered.seat.identity, entered.meeting.id)
    assert mine(house, "two", at=NOON + LEASE) == []
    assert mine(house, "two", at=NOON + LEASE + SECOND) == [entered.meeting.id]
    assert stored(house, entered.meeting.id)[-1] == (Kind.PAUSED, 1.003), "after what it stored last"
    assert mine(house, "one", at=NOON + LEASE + SECOND) == []
    assert not observe(house.repository, entered.meeting.id, "one", [seen(Kind.SPEAKING, 9, entered.seat.identity)])


def test_one_that_leaves_makes_room_for_another_at_once(house: House) -> None:
    entered = arrive(house, house.as_owner)
    watched(house, entered.seat.identity, entered.meeting.id)
    release(house.repository, entered.meeting.id, "one", NOON + 3 * SECOND)
    assert stored(house, entered.meeting.id)[-1] == (Kind.PAUSED, 3)
    assert mine(house, "two", at=NOON + 4 * SECOND) == [entered.meeting.id]


def test_an_observer_takes_no_more_than_it_may_and_knows_how_many_are_left(house: House) -> None:
    entered = arrive(house, house.as_owner)
    found = assign(house.repository, "one", 0, NOON)
    assert (found.mine, found.unwatched) == ((), 1)
    found = assign(house.repository, "two", 1, NOON)
    assert ([each.meeting_id for each in found.mine], found.unwatched) == ([entered.meeting.id], 0)


def test_an_ended_meeting_is_watched_no_longer_and_what_comes_later_is_not_stored(house: House) -> None:
    entered = arrive(house, house.as_owner)
    watched(house, entered.seat.identity, entered.meeting.id)
    end(house, entered.meeting.id)
    assert mine(house, "one") == []
    late = [seen(Kind.SPEAKING, 59, entered.seat.identity), seen(Kind.SILENT, 61, entered.seat.identity)]
    assert observe(house.repository, entered.meeting.id, "one", late)
    assert stored(house, entered.meeting.id)[-1] == (Kind.SPEAKING, 59)


# -- what is stored --


def test_what_is_said_twice_is_stored_once_and_strangers_are_not(house: House) -> None:
    entered = arrive(house, house.as_owner)
    watched(house, entered.seat.identity, entered.meeting.id)
    before = stored(house, entered.meeting.id)
    again = [seen(Kind.RESUMED, 1), seen(Kind.JOINED, 5, "nobody's")]
    assert observe(house.repository, entered.meeting.id, "one", again)
    assert stored(house, entered.meeting.id) == before


def allow(house: House, most: Contributions) -> None:
    """What `vestibule workspace set` does: from now on, and step by step for what there is."""
    accounts.set_workspace(house.repository, "Acme", WorkspaceChoices(contributions=most))
    while not erasing.erase_what_may_not_be_kept(house.repository, 2):
        pass


@pytest.mark.parametrize("off", ["set-up", "workspace"])
def test_off_stores_nothing_and_erases_what_there_was(house: House, off: str) -> None:
    entered = arrive(house, house.as_owner)
    meeting_id = entered.meeting.id
    watched(house, entered.seat.identity, meeting_id)
    if off == "set-up":
        moderation.change_meeting_setup(
            house.repository, meeting_id, house.as_owner, {"contributions": Contributions.OFF}, 1, NOON
        )
    else:
        allow(house, Contributions.OFF)
    assert stored(house, meeting_id) == []
    assert mine(house, "one") == []
    assert not observe(house.repository, meeting_id, "one", [seen(Kind.SPEAKING, 2, entered.seat.identity)])
    inside.raise_hand(house.repository, meeting_id, entered.seat.identity, True, house.as_owner, NOON)
    assert stored(house, meeting_id) == []
    with pytest.raises(NotFound):
        figures.observed(house.repository, meeting_id, house.as_owner, NOON)


def test_live_is_gone_at_the_end() -> None:
    house = House(contributions=Contributions.LIVE)
    entered = arrive(house, house.as_owner)
    watched(house, entered.seat.identity, entered.meeting.id)
    assert figures.observed(house.repository, entered.meeting.id, house.as_owner, NOON).events
    end(house, entered.meeting.id)
    assert stored(house, entered.meeting.id) == []
    assert not observe(house.repository, entered.meeting.id, "one", [seen(Kind.SPEAKING, 2, entered.seat.identity)])
    with pytest.raises(NotFound):
        figures.observed(house.repository, entered.meeting.id, house.as_owner, NOON + minutes(2))


def test_a_workspace_that_allows_less_erases_what_was_kept(house: House) -> None:
    entered = arrive(house, house.as_owner)
    watched(house, entered.seat.identity, entered.meeting.id)
    end(house, entered.meeting.id)
    other = arrive(house, house.as_owner)
    watched(house, other.seat.identity, other.meeting.id)
    running = stored(house, other.meeting.id)
    accounts.set_workspace(house.repository, "Acme", WorkspaceChoices(contributions=Contributions.LIVE))
    with pytest.raises(NotFound):
        figures.observed(house.repository, entered.meeting.id, house.as_owner, NOON)
    left = len(stored(house, entered.meeting.id))
    assert left > 2
    assert not erasing.erase_what_may_not_be_kept(house.repository, 2)
    assert len(stored(house, entered.meeting.id)) == left - 2, "so much at once"
    allow(house, Contributions.LIVE)
    assert stored(house, entered.meeting.id) == []
    assert stored(house, other.meeting.id) == running != []


def test_a_raised_hand_is_counted_once(house: House) -> None:
    entered = arrive(house, house.as_owner)
    for raised in (True, True, False):
        inside.raise_hand(house.repository, entered.meeting.id, entered.seat.identity, raised, house.as_owner, NOON)
    assert [kind for kind, _ in stored(house, entered.meeting.id)] == [Kind.HAND]


# -- how far the figures go --


def test_figures_are_live_while_somebody_watches_and_stand_when_nobody_does(house: House) -> None:
    entered = arrive(house, house.as_owner)

    def state(after: timedelta) -> figures.Count:
        return figures.observed(house.repository, entered.meeting.id, house.as_owner, NOON + after).count

    assert state(SECOND).state is State.PAUSED, "nobody has begun"
    watched(house, entered.seat.identity, entered.meeting.id)
    assert state(LEASE) == figures.Count(State.LIVE, milliseconds(NOON + LEASE))
    assert state(minutes(1)) == figures.Count(State.PAUSED, milliseconds(NOON)), "to when it was last heard of"
    end(house, entered.meeting.id)
    assert state(minutes(2)) == figures.Count(State.ENDED, milliseconds(NOON))


def test_a_person_with_a_new_seat_is_one_person_under_the_latest_name(house: House) -> None:
    carl = house.sign_in(house.colleague())
    arrive(house, house.as_owner)
    first = arrive(house, carl)
    inside.leave(house.repository, first.meeting.id, first.seat.identity, carl, NOON)
    second = arrive(house, carl, NOON + SECOND)
    watched(house, second.seat.identity, second.meeting.id)
    found = figures.observed(house.repository, second.meeting.id, carl, NOON)
    assert {place.identity for place in found.people.values()} >= {second.seat.identity}
    assert len(found.people) == 2
    assert {event.person for event in found.events} == {"", second.seat.person}


# -- who may read --


def a_meeting(house: House, over: bool) -> tuple[str, dict[str, Credentials]]:
    """A meeting with the owner, a colleague and guests in it; and everybody who might want to read of it."""
    owner = arrive(house, house.as_owner)
    readers = {"owner": house.as_owner, "colleague": house.sign_in(house.colleague("Carl"))}
    arrive(house, readers["colleague"])
    readers["guest"], _ = guest(house)
    stranger = house.sign_in(house.stranger())
    admitted = house.enter(stranger)
    assert isinstance(admitted, waiting_room.Knocked)
    waiting_room.decide(house.repository, admitted.knock.id, house.as_owner, Decision.ADMIT, None, NOON)
    connect(house, waiting_room.enter_by_knock(house.repository, admitted.knock.id, stranger, NOON))
    readers["stranger inside"] = stranger
    _, readers["waiting"] = house.knock("Wendy")
    refused, readers["refused"] = house.knock("Rudi")
    waiting_room.decide(house.repository, refused.id, house.as_owner, Decision.REFUSE, None, NOON)
    readers["colleague elsewhere"] = house.sign_in(house.colleague("Else Where"))
    readers["admin elsewhere"] = house.sign_in(house.account("Ada Admin", house.acme, Role.ADMIN))
    readers["nobody"] = Credentials(None, None)
    watched(house, owner.seat.identity, owner.meeting.id)
    if over:
        end(house, owner.meeting.id)
    return owner.meeting.id, readers


@pytest.mark.parametrize(
    ("over", "may"),
    [(False, {"owner", "colleague", "guest", "stranger inside"}), (True, {"owner", "colleague"})],
)
def test_who_may_read_the_figures(house: House, over: bool, may: set[str]) -> None:
    meeting_id, readers = a_meeting(house, over)
    could = set()
    for name, who in readers.items():
        try:
            figures.observed(house.repository, meeting_id, who, NOON + minutes(1))
        except NotFound:
            continue
        could.add(name)
    assert could == may


def test_the_list_has_own_meetings_and_those_one_was_in(house: House) -> None:
    meeting_id, _ = a_meeting(house, over=True)

    def listed(name: str) -> list[tuple[str, bool, int]]:
        (account,) = [each for each in house.repository.accounts(house.acme.id) if each.name == name]
        return [
            (each.meeting.id, each.mine, each.people)
            for each in figures.past(house.repository, entry_of(house.repository, account))
        ]

    assert listed("Olga Owner") == [(meeting_id, True, 4)]
    assert listed("Carl") == [(meeting_id, False, 4)]
    assert listed("Else Where") == []
    stranger = entry_of(house.repository, house.repository.accounts(house.beta.id)[0])
    assert figures.past(house.repository, stranger) == []


def test_admins_see_totals_and_nobody_else_does(house: House) -> None:
    a_meeting(house, over=True)
    (admin,) = [each for each in house.repository.accounts(house.acme.id) if each.role is Role.ADMIN]
    as_admin, as_owner = entry_of(house.repository, admin), entry_of(house.repository, house.owner)
    (found,) = figures.that_ended(house.repository, as_admin, "", 10)
    assert figures.months([found]) == [figures.Month("2026-03", 1, 4, minutes(1))]
    assert figures.that_ended(house.repository, as_admin, found.meeting_id, 10) == []
    with pytest.raises(Forbidden):
        figures.that_ended(house.repository, as_owner, "", 10)


def test_a_month_has_what_began_in_it_and_the_latest_comes_first() -> None:
    march, april = NOON, NOON.replace(month=4)
    found = [
        figures.Ended("a", march, march + minutes(10), 2),
        figures.Ended("b", april, april + minutes(20), 3),
        figures.Ended("c", march, march + minutes(30), 4),
    ]
    assert figures.months(found) == [
        figures.Month("2026-04", 1, 3, minutes(20)),
        figures.Month("2026-03", 2, 6, minutes(40)),
    ]


def test_only_the_owner_erases_the_figures_of_a_meeting_that_is_over(house: House) -> None:
    meeting_id, readers = a_meeting(house, over=False)
    with pytest.raises(Forbidden):
        figures.forget(house.repository, meeting_id, readers["owner"], NOON)
    end(house, meeting_id)
    with pytest.raises(Forbidden):
        figures.forget(house.repository, meeting_id, readers["colleague"], NOON)
    with pytest.raises(NotFound):
        figures.forget(house.repository, meeting_id, readers["colleague elsewhere"], NOON)
    with pytest.raises(NotSignedIn):
        figures.forget(house.repository, meeting_id, readers["guest"], NOON)
    figures.forget(house.repository, meeting_id, readers["owner"], NOON)
    assert house.repository.observed(meeting_id) == []
    assert figures.past(house.repository, entry_of(house.repository, house.owner)) == []


def test_a_seat_that_never_connected_is_nobody_in_the_figures(house: House) -> None:
    entered = arrive(house, house.as_owner)
    asked = house.enter(house.sign_in(house.colleague()))
    assert isinstance(asked, Entered)
    assert list(figures.people(house.repository, entered.meeting.id)) == [house.owner.id]
