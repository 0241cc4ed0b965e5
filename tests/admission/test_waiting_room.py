"""The use cases of the door, over a real database: what the owner and the guest find, step by step."""

from dataclasses import replace
from datetime import timedelta

import pytest

from admission import accounts, arrivals, doorstep, endings, inside, knock, moderation, seat, waiting_room
from admission.arrivals import Arrival
from admission.changes import DoorChanged, KnockChanged, MeetingEnded, SeatEnded, SessionEnded
from admission.errors import (
    AlreadyDecided,
    Connected,
    Forbidden,
    LinkClosed,
    MeetingFull,
    NotDecided,
    NotFound,
    NotSignedIn,
    Over,
    Refused,
    RoomLocked,
    TooManyRequests,
)
from admission.knock import Knock
from admission.moves import Entered
from admission.seat import Role
from admission.setup import Admitters, Colleagues, KeptSetup, Setup
from admission.visitor import Credentials, ticket_hash
from admission.waiting_room import Decision, Knocked
from tests.admission.builders import NOON, House, minutes


@pytest.fixture
def house() -> House:
    return House()


def admit(house: House, knocked: Knock, who: Credentials | None = None) -> KnockChanged:
    return waiting_room.decide(house.repository, knocked.id, who or house.as_owner, Decision.ADMIT, None, NOON)


def enter_by_knock(house: House, knocked: Knock, who: Credentials) -> Entered:
    return waiting_room.enter_by_knock(house.repository, knocked.id, who, NOON)


def connect(house: House, entered: Entered, sid: str = "PA_1") -> Arrival:
    """The room exists and LiveKit says that the person joined."""
    meeting = house.repository.meeting(entered.meeting.id)
    assert meeting is not None
    if meeting.room == 0:
        assert house.repository.claim_room(meeting.id, 0)
    room = f"{meeting.id}-{max(meeting.room, 1)}"
    return arrivals.joined(house.repository, room, entered.seat.identity, sid, NOON)


def walk_in(house: House, who: Credentials) -> Entered:
    outcome = house.enter(who)
    assert isinstance(outcome, Entered)
    return outcome


def seated_guest(house: House, name: str = "Nora") -> tuple[Knock, Credentials, Entered]:
    knocked, who = house.knock(name)
    admit(house, knocked)
    entered = enter_by_knock(house, knocked, who)
    connect(house, entered)
    return knocked, who, entered


# who enters how


def test_the_owner_and_colleagues_walk_straight_in_as_moderators(house: House) -> None:
    for account in (house.owner, house.colleague()):
        entered = walk_in(house, house.sign_in(account))
        assert (entered.seat.role, entered.seat.name) == (Role.MODERATOR, account.name)


def test_everybody_else_knocks_with_the_accounts_name_where_there_is_an_account(house: House) -> None:
    for account in (house.guest_user(), house.stranger()):
        outcome = house.enter(house.sign_in(account), "Somebody Else")
        assert isinstance(outcome, Knocked)
        assert (outcome.knock.name, outcome.knock.verified_role) == (account.name, account.role)
    nobody = house.enter(Credentials(None, "ticket"), "Nora")
    assert isinstance(nobody, Knocked)
    assert nobody.knock.verified_workspace is None


def test_without_a_stored_admission_an_outsider_gets_no_entry(house: House) -> None:
    knocked, who = house.knock()
    with pytest.raises(NotDecided):
        enter_by_knock(house, knocked, who)


def test_an_admitted_colleague_comes_in_as_a_moderator() -> None:
    house = House(colleagues=Colleagues.KNOCK)
    who = house.sign_in(house.colleague())
    outcome = house.enter(who)
    assert isinstance(outcome, Knocked)
    admit(house, outcome.knock)
    assert enter_by_knock(house, outcome.knock, who).seat.role is Role.MODERATOR


def test_a_closed_link_and_a_locked_room_turn_outsiders_away_and_let_members_in(house: House) -> None:
    accounts.set_link_open(house.repository, house.owner, house.link.slug, False, NOON)
    with pytest.raises(LinkClosed):
        house.knock()
    assert isinstance(house.enter(house.sign_in(house.colleague())), Entered)
    locked = House()
    entered = walk_in(locked, locked.as_owner)
    lock(locked, entered)
    with pytest.raises(RoomLocked):
        locked.knock()
    assert isinstance(locked.enter(locked.sign_in(locked.colleague())), Entered)


def lock(house: House, entered: Entered, locked: bool = True) -> None:
    house.repository.set_setup(entered.meeting.id, KeptSetup(Setup(locked=locked)))


def test_a_browser_that_knocks_again_while_its_knock_waits_gets_the_same_knock(house: House) -> None:
    knocked, who = house.knock()
    again = house.enter(who, "Another Name")
    assert isinstance(again, Knocked)
    assert (again.knock.id, again.knock.name) == (knocked.id, "Nora")
    assert len(waiting_room.doorbell(house.repository, house.owner.id)) == 1


def test_a_repeated_knock_is_not_counted_and_a_refused_one_makes_nothing(house: House) -> None:
    def spend(link_id: str) -> None:
        raise TooManyRequests(30)

    _, who = house.knock()
    again = waiting_room.enter(house.repository, house.link.slug, who, "Nora", None, NOON, spend)
    assert isinstance(again, Knocked)
    with pytest.raises(TooManyRequests):
        waiting_room.enter(house.repository, house.link.slug, Credentials(None, "t2"), "Max", None, NOON, spend)
    assert len(waiting_room.doorbell(house.repository, house.owner.id)) == 1


def test_a_typed_name_that_resembles_a_members_is_told_to_who_decides(house: House) -> None:
    assert house.knock("0lga Owner")[0].resembles == "Olga Owner"
    assert house.knock("Nora")[0].resembles is None


# deciding


def test_the_first_decision_wins_and_later_ones_learn_who_decided(house: House) -> None:
    knocked, _ = house.knock()
    admit(house, knocked)
    for decision in Decision:
        with pytest.raises(AlreadyDecided) as told:
            waiting_room.decide(house.repository, knocked.id, house.as_owner, decision, None, NOON)
        assert (told.value.decided_by, told.value.decision) == ("Olga Owner", "admit")


def test_nobody_but_the_owner_decides_unless_moderators_may(house: House) -> None:
    knocked, guest = house.knock()
    inside = house.sign_in(house.colleague())
    walk_in(house, inside)
    for who in (inside, house.sign_in(house.guest_user()), house.sign_in(house.stranger())):
        with pytest.raises(NotFound):
            admit(house, knocked, who)
    with pytest.raises(NotSignedIn):
        admit(house, knocked, guest)
    assert house.now(knocked).state is knock.State.WAITING


def test_with_admitters_moderators_every_moderator_in_the_meeting_decides() -> None:
    house = House(admitters=Admitters.MODERATORS)
    carl = house.colleague()
    with_carl = house.sign_in(carl)
    knocked, _ = house.knock()
    with pytest.raises(NotFound):
        admit(house, knocked, with_carl)
    walk_in(house, with_carl)
    assert [change.knock.id for change in waiting_room.doorbell(house.repository, carl.id)] == [knocked.id]
    assert admit(house, knocked, with_carl).knock.decided_by == "Carl Colleague"


def told_at_the_door(house: House) -> tuple[list[str], list[str]]:
    """Of whose knocks, and to which accounts, something was told since the last look."""
    changes = house.repository.take_changes()
    knocks = [change.knock.name for change in changes if isinstance(change, KnockChanged)]
    return knocks, sorted(change.account_id for change in changes if isinstance(change, DoorChanged))


def test_who_waits_is_told_who_decides_when_a_colleague_comes_or_goes_and_once_at_the_end() -> None:
    house = House(admitters=Admitters.MODERATORS)
    carl, dora = house.colleague(), house.colleague("Dora Colleague")
    house.knock("Zoe")
    house.repository.take_changes()
    entered = walk_in(house, house.as_owner)
    assert told_at_the_door(house) == ([], []), "the owner decided before"
    walk_in(house, house.sign_in(carl))
    assert told_at_the_door(house) == (["Zoe"], [carl.id])
    _, nora, guests = seated_guest(house)
    assert set(told_at_the_door(house)[0]) == {"Nora"}
    inside.leave(house.repository, guests.meeting.id, guests.seat.identity, nora, NOON)
    assert told_at_the_door(house) == (["Nora"], [])
    doras = walk_in(house, house.sign_in(dora))
    told_at_the_door(house)
    inside.leave(house.repository, doras.meeting.id, doras.seat.identity, house.sign_in(dora), NOON)
    assert told_at_the_door(house) == (["Zoe"], [carl.id, dora.id])
    walk_in(house, house.sign_in(dora))
    told_at_the_door(house)
    moderation.end_for_all(house.repository, entered.meeting.id, house.as_owner, NOON)
    assert told_at_the_door(house) == (["Zoe"], [carl.id, dora.id])
    assert [change.deciders for change in waiting_room.doorbell(house.repository, house.owner.id)] == [
        (house.owner.id,)
    ]


def test_an_owner_who_arrives_late_finds_every_knock_that_waits_in_order_of_arrival(house: House) -> None:
    made = [house.knock(name)[0].id for name in ("Zoe", "Adam", "Mia")]
    found = [change.knock.id for change in waiting_room.doorbell(house.repository, house.owner.id)]
    assert found == made


def test_admitting_one_guest_leaves_the_others_waiting(house: House) -> None:
    first, second = house.knock("First")[0], house.knock("Second")[0]
    admit(house, first)
    assert house.now(second).state is knock.State.WAITING


def decide_on_all(house: House, decision: Decision) -> list[tuple[str, str]]:
    waiting = waiting_room.who_waits(house.repository, house.link.slug, house.as_owner, NOON)
    return waiting_room.decide_on(house.repository, house.link.slug, house.as_owner, waiting, decision, NOON)


def test_refusing_everyone_refuses_every_knock_that_waits_with_or_without_an_account(house: House) -> None:
    waiting = [house.knock(name)[0] for name in ("Nora", "Max")]
    for account in (house.guest_user(), house.stranger()):
        outcome = house.enter(house.sign_in(account))
        assert isinstance(outcome, Knocked)
        waiting.append(outcome.knock)
    results = decide_on_all(house, Decision.REFUSE)
    assert results == [(knocked.id, "done") for knocked in waiting]
    assert {house.now(knocked).state for knocked in waiting} == {knock.State.REFUSED}


def test_accepting_everyone_stops_where_the_meeting_is_full() -> None:
    house = House(seats=3)
    waiting = [house.knock(name)[0] for name in ("Ann", "Ben", "Cid")]
    results = decide_on_all(house, Decision.ADMIT)
    assert results == [(waiting[0].id, "done"), (waiting[1].id, "done"), (waiting[2].id, "full")]
    assert house.now(waiting[2]).state is knock.State.WAITING


def test_a_refused_guest_reads_the_owners_word_and_may_knock_again(house: House) -> None:
    knocked, who = house.knock()
    waiting_room.decide(house.repository, knocked.id, house.as_owner, Decision.REFUSE, "In a call", NOON)
    with pytest.raises(Refused) as told:
        enter_by_knock(house, knocked, who)
    assert told.value.word == "In a call"
    again = house.enter(who, "Nora")
    assert isinstance(again, Knocked)
    assert again.knock.id != knocked.id
    assert again.knock.state is knock.State.WAITING


def test_nothing_about_an_earlier_admission_lets_anybody_in_next_time(house: House) -> None:
    knocked, who, entered = seated_guest(house)
    inside.leave(house.repository, entered.meeting.id, entered.seat.identity, who, NOON)
    with pytest.raises(Over):
        enter_by_knock(house, knocked, who)
    again = house.enter(who, "Nora")
    assert isinstance(again, Knocked)
    assert again.knock.state is knock.State.WAITING


def test_an_admission_can_be_taken_back_until_the_guest_has_connected(house: House) -> None:
    knocked, who = house.knock()
    with pytest.raises(NotDecided):
        waiting_room.take_back(house.repository, knocked.id, house.as_owner, NOON)
    admit(house, knocked)
    taken = waiting_room.take_back(house.repository, knocked.id, house.as_owner, NOON)
    assert (taken.knock.state, taken.knock.reason) == (knock.State.WITHDRAWN, "taken-back")
    with pytest.raises(Over):
        enter_by_knock(house, knocked, who)
    inside, _, _ = seated_guest(house, "Inside")
    with pytest.raises(Connected):
        waiting_room.take_back(house.repository, inside.id, house.as_owner, NOON)


def test_a_guest_who_withdraws_knocks_again_and_is_admitted_enters_once(house: House) -> None:
    first, who = house.knock()
    admit(house, first)
    waiting_room.withdraw(house.repository, first.id, who, NOON)
    waiting_room.withdraw(house.repository, first.id, who, NOON)
    second = house.enter(who, "Nora")
    assert isinstance(second, Knocked)
    admit(house, second.knock)
    entered = enter_by_knock(house, second.knock, who)
    assert [place.identity for place in house.repository.seats_in(entered.meeting.id)] == [entered.seat.identity]


def test_a_seen_knock_stays_seen_and_only_those_who_may_decide_say_so(house: House) -> None:
    knocked, _ = house.knock()
    waiting_room.seen(house.repository, [knocked.id, "unknown"], house.sign_in(house.stranger()), NOON)
    assert not house.now(knocked).seen
    waiting_room.seen(house.repository, [knocked.id, "unknown"], house.as_owner, NOON)
    assert house.now(knocked).seen


def test_who_went_away_undecided_is_on_the_owners_list_until_dismissed(house: House) -> None:
    knocked, who = house.knock()
    refused, _ = house.knock("Refused")
    waiting_room.decide(house.repository, refused.id, house.as_owner, Decision.REFUSE, None, NOON)
    waiting_room.withdraw(house.repository, knocked.id, who, NOON)
    assert [missed.id for missed in waiting_room.missed(house.repository, house.owner.id)] == [knocked.id]
    waiting_room.dismiss(house.repository, [knocked.id], house.sign_in(house.stranger()), NOON)
    assert waiting_room.missed(house.repository, house.owner.id)
    waiting_room.dismiss(house.repository, [knocked.id], house.as_owner, NOON)
    assert not waiting_room.missed(house.repository, house.owner.id)


# tickets


def test_a_knock_answers_only_to_the_ticket_that_made_it(house: House) -> None:
    knocked, who = house.knock()
    admit(house, knocked)
    entered = enter_by_knock(house, knocked, who)
    for wrong in ("another ticket", entered.seat.identity, entered.seat.id, knocked.id, house.link.slug):
        with pytest.raises(NotFound):
            enter_by_knock(house, knocked, Credentials(None, wrong))
    with pytest.raises(NotFound):
        enter_by_knock(house, knocked, house.as_owner)


def test_a_ticket_is_stored_as_another_hash_for_each_link(house: House) -> None:
    knocked, who = house.knock()
    dump = "\n".join(house.repository.connection.iterdump())
    assert who.ticket is not None
    assert who.ticket not in dump
    stored = house.repository.connection.execute("SELECT hash FROM knock_ticket").fetchall()
    assert stored == [(ticket_hash(who.ticket, knocked.link_id),)]


# seats


def test_twelve_people_the_owner_among_them_sit_in_a_standard_meeting(house: House) -> None:
    walked = [walk_in(house, house.sign_in(house.colleague(f"Colleague {number}"))) for number in range(11)]
    with pytest.raises(MeetingFull):
        house.enter(house.sign_in(house.colleague("Colleague 12")))
    with pytest.raises(MeetingFull):
        house.knock()
    assert walk_in(house, house.as_owner).meeting.id == walked[0].meeting.id
    assert len(house.repository.seats_in(walked[0].meeting.id)) == 12


def test_whoever_waits_takes_no_seat_and_the_owner_is_told_when_there_is_none_left() -> None:
    house = House(seats=2)
    first, second = house.knock("First")[0], house.knock("Second")[0]
    admit(house, first)
    with pytest.raises(MeetingFull):
        admit(house, second)
    assert house.now(second).state is knock.State.WAITING


def test_raising_the_seats_during_a_meeting_lets_the_next_person_in() -> None:
    house = House(seats=2)
    admit(house, house.knock("First")[0])
    with pytest.raises(MeetingFull):
        house.knock("Second")
    house.repository.replace_workspace(replace(house.acme, seats=3))
    admit(house, house.knock("Second")[0])


def test_a_person_who_reloads_keeps_their_seat_and_one_with_many_devices_takes_one(house: House) -> None:
    first = walk_in(house, house.sign_in(house.owner, "laptop"))
    connect(house, first)
    second = walk_in(house, house.sign_in(house.owner, "phone"))
    assert second.seat.identity == first.seat.identity
    assert len(house.repository.seats_in(first.meeting.id)) == 1


def test_a_reload_in_a_full_meeting_keeps_the_place() -> None:
    house = House(seats=2)
    knocked, who, entered = seated_guest(house)
    room = f"{entered.meeting.id}-1"
    arrivals.dropped(house.repository, room, entered.seat.identity, "PA_1", NOON)
    assert house.sits(entered).state is seat.State.HELD
    with pytest.raises(MeetingFull):
        house.knock("Another")
    assert enter_by_knock(house, knocked, who).seat.identity == entered.seat.identity


def test_a_seat_whose_time_is_over_ends_and_is_free_for_the_next(house: House) -> None:
    knocked, who, entered = seated_guest(house)
    arrivals.dropped(house.repository, f"{entered.meeting.id}-1", entered.seat.identity, "PA_1", NOON)
    endings.time_passes(house.repository, NOON + timedelta(seconds=119), minutes(15))
    assert house.sits(entered).state is seat.State.HELD
    endings.time_passes(house.repository, NOON + minutes(2), minutes(15))
    assert house.sits(entered).state is seat.State.ENDED
    assert (house.now(knocked).state, house.now(knocked).reason) == (knock.State.LEFT, "connection")
    with pytest.raises(Over):
        enter_by_knock(house, knocked, who)


def test_every_admitted_guest_gets_an_entry_while_the_admission_stands_and_a_place_is_free(house: House) -> None:
    knocked, who = house.knock()
    admit(house, knocked)
    late = NOON + minutes(14)
    endings.time_passes(house.repository, late, minutes(15))
    assert house.now(knocked).state is knock.State.ADMITTED
    entered = waiting_room.enter_by_knock(house.repository, knocked.id, who, late)
    # Asking starts the quarter of an hour anew.
    endings.time_passes(house.repository, late + minutes(1.9), minutes(15))
    assert house.now(knocked).state is knock.State.ADMITTED
    assert connect(house, entered) is Arrival.WELCOME
    assert house.now(knocked).state is knock.State.ENTERED


def test_an_admission_whose_seat_ended_needs_a_free_place_and_stands_meanwhile() -> None:
    house = House(seats=2)
    knocked, who = house.knock()
    admit(house, knocked)
    later = NOON + minutes(3)
    endings.time_passes(house.repository, later, minutes(15))
    other, _ = house.knock("Other", later)
    waiting_room.decide(house.repository, other.id, house.as_owner, Decision.ADMIT, None, later)
    with pytest.raises(MeetingFull):
        waiting_room.enter_by_knock(house.repository, knocked.id, who, later)
    assert house.now(knocked).state is knock.State.ADMITTED
    waiting_room.take_back(house.repository, other.id, house.as_owner, later)
    assert waiting_room.enter_by_knock(house.repository, knocked.id, who, later).seat.knock_id == knocked.id


def test_who_was_let_in_and_never_came_is_told_so_after_a_quarter_of_an_hour(house: House) -> None:
    knocked, who = house.knock()
    admit(house, knocked)
    endings.time_passes(house.repository, NOON + minutes(15), minutes(15))
    assert (house.now(knocked).state, house.now(knocked).reason) == (knock.State.LAPSED, "never-came")
    with pytest.raises(Over):
        enter_by_knock(house, knocked, who)


def test_the_clean_up_of_unattended_knocks_never_touches_an_admitted_one(house: House) -> None:
    knocked, _ = house.knock()
    endings.page_gone(house.repository, [knocked.id], NOON)
    admit(house, knocked)
    endings.time_passes(house.repository, NOON + minutes(14.9), minutes(1))
    assert house.now(knocked).state is knock.State.ADMITTED


def test_a_knock_whose_page_is_gone_is_shown_as_away_and_then_expires(house: House) -> None:
    knocked, _ = house.knock()
    endings.page_gone(house.repository, [knocked.id], NOON)
    (shown,) = waiting_room.doorbell(house.repository, house.owner.id)
    assert shown.knock.away_since == NOON
    endings.page_back(house.repository, knocked.id)
    endings.time_passes(house.repository, NOON + minutes(20), minutes(15))
    assert house.now(knocked).state is knock.State.WAITING
    endings.page_gone(house.repository, [knocked.id], NOON)
    endings.time_passes(house.repository, NOON + minutes(15), minutes(15))
    assert (house.now(knocked).state, house.now(knocked).reason) == (knock.State.EXPIRED, "away")


def test_a_waiting_guest_whose_phone_was_locked_is_away_and_keeps_their_place_until_the_knock_expires(
    house: House,
) -> None:
    first, phone = house.knock("Nora")
    house.knock("Max", at=NOON + minutes(1))
    endings.page_gone(house.repository, [first.id], NOON + minutes(1))
    endings.time_passes(house.repository, NOON + minutes(11), minutes(15))
    at_door = house.repository.knocks_at_door(house.link.id)
    assert [(one.name, one.away_since is not None) for one in at_door] == [("Nora", True), ("Max", False)]
    again = house.enter(phone, "Nora", NOON + minutes(11))
    assert isinstance(again, Knocked)
    endings.page_back(house.repository, first.id)
    assert (again.knock.id, house.now(first).away_since) == (first.id, None)
    admit(house, house.now(first))
    assert enter_by_knock(house, first, phone).seat.name == "Nora"


def test_who_has_been_away_too_long_is_given_up_in_turns_when_they_are_many(house: House) -> None:
    knocks = [house.knock(f"Visitor {number}")[0] for number in range(endings.SOME + 1)]
    endings.page_gone(house.repository, [each.id for each in knocks], NOON)
    given_up = []
    while True:
        more = endings.time_passes(house.repository, NOON + minutes(15), minutes(15))
        given_up.append(sum(house.now(each).over for each in knocks))
        if not more:
            break
    assert given_up == [endings.SOME, endings.SOME + 1]


def test_clocks_begin_anew_after_a_start(house: House) -> None:
    held = walk_in(house, house.as_owner)
    admitted, _ = house.knock("Admitted")
    admit(house, admitted)
    away, _ = house.knock("Away")
    endings.page_gone(house.repository, [away.id], NOON)
    started = NOON + minutes(60)
    assert endings.clocks_begin_anew(house.repository, started) == [away.id]
    endings.time_passes(house.repository, started + minutes(1.9), minutes(15))
    assert house.sits(held).state is seat.State.HELD
    assert house.now(admitted).state is knock.State.ADMITTED
    assert house.now(away).state is knock.State.WAITING


def test_no_moderator_and_no_lack_of_seats_keeps_the_owner_out_who_was_cut_off() -> None:
    house = House(seats=2)
    entered = walk_in(house, house.as_owner)
    connect(house, entered)
    seated_guest(house)
    arrivals.dropped(house.repository, f"{entered.meeting.id}-1", entered.seat.identity, "PA_1", NOON)
    endings.time_passes(house.repository, NOON + minutes(2), minutes(15))
    assert house.sits(entered).state is seat.State.ENDED
    back = walk_in(house, house.as_owner)
    assert (back.seat.role, back.meeting.id) == (Role.MODERATOR, entered.meeting.id)
    assert back.seat.identity != entered.seat.identity


# LiveKit


def test_no_moderator_can_remove_the_owner(house: House) -> None:
    mine, colleague = walk_in(house, house.as_owner), house.sign_in(house.colleague())
    walk_in(house, colleague)
    with pytest.raises(Forbidden):
        moderation.remove(house.repository, mine.meeting.id, mine.seat.identity, colleague, NOON)
    assert not house.sits(mine).ended


def test_joined_with_an_ended_seats_identity_is_removed_at_once(house: House) -> None:
    _, who, entered = seated_guest(house)
    inside.leave(house.repository, entered.meeting.id, entered.seat.identity, who, NOON)
    assert connect(house, entered, "PA_2") is Arrival.REMOVE


def test_nobody_is_welcome_in_another_meeting_or_an_old_room(house: House) -> None:
    entered = walk_in(house, house.as_owner)
    connect(house, entered)
    assert house.repository.claim_room(entered.meeting.id, 1)
    joined = arrivals.joined
    identity = entered.seat.identity
    assert joined(house.repository, f"{entered.meeting.id}-1", identity, "PA_2", NOON) is Arrival.REMOVE
    assert joined(house.repository, f"{entered.meeting.id}-2", identity, "PA_2", NOON) is Arrival.WELCOME
    assert joined(house.repository, f"{entered.meeting.id}-2", "unknown", "PA_3", NOON) is Arrival.REMOVE
    assert joined(house.repository, "somebody-elses-room", identity, "PA_4", NOON) is Arrival.NOT_OURS
    assert joined(house.repository, "another-1", identity, "PA_4", NOON) is Arrival.NOT_OURS


def test_a_drop_of_an_older_connection_changes_nothing(house: House) -> None:
    entered = walk_in(house, house.as_owner)
    connect(house, entered, "PA_1")
    connect(house, entered, "PA_2")
    arrivals.dropped(house.repository, f"{entered.meeting.id}-1", entered.seat.identity, "PA_1", NOON)
    assert house.sits(entered).state is seat.State.CONNECTED


def test_a_room_that_is_gone_holds_its_people_and_does_not_end_the_meeting(house: House) -> None:
    entered = walk_in(house, house.as_owner)
    connect(house, entered)
    arrivals.room_gone(house.repository, f"{entered.meeting.id}-1", NOON)
    assert house.sits(entered).state is seat.State.HELD
    meeting = house.repository.meeting(entered.meeting.id)
    assert meeting is not None
    assert meeting.ended is None


def test_reconciling_believes_livekits_list_as_far_as_it_can_know(house: House) -> None:
    owner = walk_in(house, house.as_owner)
    connect(house, owner)
    lost_webhook = walk_in(house, house.sign_in(house.colleague()))
    joined_later = walk_in(house, house.sign_in(house.colleague("Late")))
    room = f"{owner.meeting.id}-1"
    begun = NOON + minutes(1)
    arrivals.joined(house.repository, room, joined_later.seat.identity, "PA_9", begun + minutes(1))
    listed = [(lost_webhook.seat.identity, "PA_5"), ("stranger", "PA_6")]
    unwelcome = arrivals.reconcile(house.repository, room, listed, begun, begun + minutes(2))
    assert unwelcome == ["stranger"]
    assert house.sits(lost_webhook).state is seat.State.CONNECTED
    assert house.sits(owner).state is seat.State.HELD, "not listed"
    assert house.sits(joined_later).state is seat.State.CONNECTED, "joined after the list was begun"


def test_a_clock_that_was_set_back_hides_nobody_who_is_gone(house: House) -> None:
    owner = walk_in(house, house.as_owner)
    connect(house, owner)
    earlier = NOON - minutes(60)
    arrivals.reconcile(house.repository, f"{owner.meeting.id}-1", [], earlier, earlier + minutes(1))
    assert house.sits(owner).state is seat.State.HELD


def test_a_list_begun_before_somebody_joined_anew_does_not_bring_the_old_connection_back(house: House) -> None:
    owner = walk_in(house, house.as_owner)
    connect(house, owner, "PA_old")
    begun = NOON + minutes(1)
    room = f"{owner.meeting.id}-1"
    arrivals.joined(house.repository, room, owner.seat.identity, "PA_new", begun + minutes(1))
    arrivals.reconcile(house.repository, room, [(owner.seat.identity, "PA_old")], begun, begun + minutes(1))
    arrivals.dropped(house.repository, room, owner.seat.identity, "PA_old", begun + minutes(1))
    assert house.sits(owner).state is seat.State.CONNECTED
    assert house.sits(owner).sid == "PA_new"


def test_rooms_of_ended_meetings_and_former_rooms_are_left_over_and_others_are_not_ours(house: House) -> None:
    goes_on = walk_in(house, house.as_owner).meeting
    house.repository.claim_room(goes_on.id, 0)
    house.repository.claim_room(goes_on.id, 1)
    rooms = [f"{goes_on.id}-1", f"{goes_on.id}-2", "somebody-elses-1", "lobby", "x"]
    assert arrivals.left_over(house.repository, rooms) == [f"{goes_on.id}-1"]
    house.repository.end_meeting(goes_on.id, NOON, "ended", None)
    assert arrivals.left_over(house.repository, rooms) == [f"{goes_on.id}-1", f"{goes_on.id}-2"]


# endings


def test_a_meeting_ends_when_no_seat_and_no_standing_admission_is_left(house: House) -> None:
    entered = walk_in(house, house.as_owner)
    knocked, _ = house.knock()
    admit(house, knocked)
    inside.leave(house.repository, entered.meeting.id, entered.seat.identity, house.as_owner, NOON)
    meeting = house.repository.meeting(entered.meeting.id)
    assert meeting is not None
    assert meeting.ended is None
    waiting_room.take_back(house.repository, knocked.id, house.as_owner, NOON)
    meeting = house.repository.meeting(entered.meeting.id)
    assert meeting is not None
    assert meeting.ended is not None
    assert walk_in(house, house.as_owner).meeting.id != meeting.id


def test_who_was_on_hold_rings_again_when_the_meeting_ends(house: House) -> None:
    entered = walk_in(house, house.as_owner)
    knocked, _ = house.knock()
    waiting_room.decide(house.repository, knocked.id, house.as_owner, Decision.HOLD, "Soon", NOON)
    assert house.now(knocked).held
    inside.leave(house.repository, entered.meeting.id, entered.seat.identity, house.as_owner, NOON)
    assert (house.now(knocked).state, house.now(knocked).held) == (knock.State.WAITING, False)


def test_only_oneself_leaves(house: House) -> None:
    owner = walk_in(house, house.as_owner)
    _, guest, theirs = seated_guest(house)
    with pytest.raises(Forbidden):
        inside.leave(house.repository, owner.meeting.id, owner.seat.identity, guest, NOON)
    with pytest.raises(NotFound):
        inside.leave(house.repository, owner.meeting.id, owner.seat.identity, Credentials(None, "nobody"), NOON)
    inside.leave(house.repository, owner.meeting.id, theirs.seat.identity, guest, NOON)
    inside.leave(house.repository, owner.meeting.id, theirs.seat.identity, guest, NOON)
    assert house.sits(theirs).reason == "left"


def test_rotating_gives_a_new_address_and_leaves_the_running_meeting_alone(house: House) -> None:
    inside, guest, entered = seated_guest(house)
    waiting, waiting_guest = house.knock("Waiting")
    old = house.link.slug
    rotated = accounts.rotate_link(house.repository, house.owner, old, NOON)
    assert (house.now(waiting).state, house.now(waiting).reason) == (knock.State.EXPIRED, "link-changed")
    assert house.sits(entered).state is seat.State.CONNECTED
    assert waiting_room.look(house.repository, old, guest, NOON).state == "open"
    again = house.enter(guest, "Nora")
    assert isinstance(again, Knocked)
    assert again.knock.id == inside.id
    for who in (waiting_guest, Credentials(None, "new"), house.as_owner):
        with pytest.raises(NotFound):
            waiting_room.look(house.repository, old, who, NOON)
        with pytest.raises(NotFound):
            waiting_room.enter(house.repository, old, who, "Somebody", None, NOON)
    assert waiting_room.look(house.repository, rotated.slug, waiting_guest, NOON).state == "open"


def test_closing_tells_who_waits_and_leaves_who_is_let_in(house: House) -> None:
    waiting, _ = house.knock("Waiting")
    admitted, _ = house.knock("Admitted")
    admit(house, admitted)
    accounts.set_link_open(house.repository, house.owner, house.link.slug, False, NOON)
    assert house.now(waiting).reason == "link-changed"
    assert house.now(admitted).state is knock.State.ADMITTED


def test_disabling_the_owner_ends_everything_behind_their_link(house: House) -> None:
    waiting, guest = house.knock("Waiting")
    inside, _, entered = seated_guest(house)
    house.repository.take_changes()
    accounts.disable_account(house.repository, house.owner.email, NOON)
    assert (house.now(waiting).state, house.now(waiting).reason) == (knock.State.EXPIRED, "closed")
    assert (house.now(inside).state, house.now(inside).reason) == (knock.State.LEFT, "closed")
    assert house.sits(entered).state is seat.State.ENDED
    changes = house.repository.take_changes()
    assert [change.meeting_id for change in changes if isinstance(change, MeetingEnded)] == [entered.meeting.id]
    with pytest.raises(NotFound):
        waiting_room.look(house.repository, house.link.slug, guest, NOON)


def test_disabling_a_knocker_ends_their_knock_and_a_colleague_their_seat(house: House) -> None:
    stranger, carl = house.stranger(), house.colleague()
    outcome = house.enter(house.sign_in(stranger))
    assert isinstance(outcome, Knocked)
    entered = walk_in(house, house.sign_in(carl))
    for account in (stranger, carl):
        accounts.disable_account(house.repository, account.email, NOON)
    assert house.now(outcome.knock).reason == "closed"
    assert house.sits(entered).state is seat.State.ENDED


def test_signing_out_ends_the_seat_that_it_was_given_to_and_withdraws_what_was_asked_for(house: House) -> None:
    laptop = house.sign_in(house.owner, "laptop")
    phone = house.sign_in(house.owner, "phone")
    first = walk_in(house, laptop)
    walk_in(house, phone)
    assert laptop.session_hash is not None
    assert phone.session_hash is not None
    endings.session_ended(house.repository, laptop.session_hash, NOON)
    assert not house.sits(first).ended, "the phone has it now"
    house.repository.take_changes()
    endings.session_ended(house.repository, phone.session_hash, NOON)
    assert house.sits(first).ended
    kinds = [type(change) for change in house.repository.take_changes()]
    assert kinds == [SeatEnded, MeetingEnded, SessionEnded]
    guest = house.sign_in(house.stranger())
    outcome = house.enter(guest)
    assert isinstance(outcome, Knocked)
    assert guest.session_hash is not None
    endings.session_ended(house.repository, guest.session_hash, NOON)
    assert (house.now(outcome.knock).state, house.now(outcome.knock).reason) == (
        knock.State.WITHDRAWN,
        "cancelled",
    )


# one person


def test_a_visitor_who_signs_in_while_waiting_walks_in_and_their_knock_ends(house: House) -> None:
    knocked, anonymous = house.knock()
    signed_in = replace(house.sign_in(house.colleague()), ticket=anonymous.ticket)
    entered = walk_in(house, signed_in)
    assert entered.seat.role is Role.MODERATOR
    assert house.now(knocked).reason == "walked-in"


def test_a_guest_inside_who_signs_in_as_a_member_exchanges_their_seat_also_when_it_is_full() -> None:
    house = House(seats=2)
    knocked, guest, entered = seated_guest(house)
    signed_in = replace(house.sign_in(house.colleague()), ticket=guest.ticket)
    moderator = walk_in(house, signed_in)
    assert house.sits(entered).ended
    assert house.now(knocked).state is knock.State.LEFT
    assert [place.id for place in house.repository.seats_in(moderator.meeting.id)] == [moderator.seat.id]
    assert moderator.meeting.id == entered.meeting.id


def test_a_second_device_takes_the_knock_over(house: House) -> None:
    stranger = house.stranger()
    laptop, phone = house.sign_in(stranger, "laptop"), house.sign_in(stranger, "phone")
    first = house.enter(laptop)
    assert isinstance(first, Knocked)
    second = house.enter(phone)
    assert isinstance(second, Knocked)
    assert house.now(first.knock).reason == "knocked-elsewhere"
    admit(house, second.knock)
    handed = house.enter(laptop)
    assert isinstance(handed, Knocked)
    assert handed.knock.id == second.knock.id
    from_laptop = enter_by_knock(house, second.knock, laptop)
    from_phone = enter_by_knock(house, second.knock, phone)
    assert from_laptop.seat.identity == from_phone.seat.identity


def test_a_knock_that_was_handed_over_is_shown_also_where_a_later_one_was_refused(house: House) -> None:
    stranger = house.stranger()
    laptop, phone = house.sign_in(stranger, "laptop"), house.sign_in(stranger, "phone")
    from_phone = house.enter(phone)
    later = house.enter(Credentials(None, laptop.ticket), "Sven")
    assert isinstance(from_phone, Knocked)
    assert isinstance(later, Knocked)
    waiting_room.decide(house.repository, later.knock.id, house.as_owner, Decision.REFUSE, None, NOON)
    admit(house, from_phone.knock)
    house.enter(laptop)
    shown = waiting_room.look(house.repository, house.link.slug, laptop, NOON).knock
    assert shown is not None
    assert (shown.id, shown.state) == (from_phone.knock.id, knock.State.ADMITTED)


@pytest.mark.parametrize("another", [False, True], ids=["nobody", "another account"])
def test_a_device_that_signed_out_holds_nothing_of_what_another_took_over(house: House, another: bool) -> None:
    stranger = house.stranger()
    laptop, phone = house.sign_in(stranger, "laptop"), house.sign_in(stranger, "phone")
    asked = house.enter(phone)
    assert isinstance(asked, Knocked)
    admit(house, asked.knock)
    house.enter(laptop)
    entered = enter_by_knock(house, asked.knock, laptop)
    assert phone.session_hash is not None
    accounts.sign_out(house.repository, phone.session_hash, NOON)
    holder = Credentials(house.sign_in(house.guest_user()).session_hash if another else None, phone.ticket)
    assert waiting_room.look(house.repository, house.link.slug, holder, NOON).knock is None
    for call in (waiting_room.enter_by_knock, waiting_room.knock_for_guest, waiting_room.withdraw):
        with pytest.raises(NotFound):
            call(house.repository, asked.knock.id, holder, NOON)
    with pytest.raises(NotFound):
        inside.seat_in_meeting(house.repository, entered.meeting.id, holder, NOON)
    outcome = house.enter(holder, "Nora")
    assert isinstance(outcome, Knocked)
    assert outcome.knock.id != asked.knock.id
    assert enter_by_knock(house, asked.knock, laptop).seat.identity == entered.seat.identity


@pytest.mark.parametrize("gone_wrong", ["full", "closed", "rotated"])
def test_a_second_device_of_somebody_let_in_finds_the_door_open(gone_wrong: str) -> None:
    house = House(seats=2)
    stranger = house.stranger()
    laptop, phone = house.sign_in(stranger, "laptop"), house.sign_in(stranger, "phone")
    first = house.enter(laptop)
    assert isinstance(first, Knocked)
    admit(house, first.knock)
    anonymous = Credentials(None, "ticket somebody")
    if gone_wrong == "closed":
        accounts.set_link_open(house.repository, house.owner, house.link.slug, False, NOON)
    if gone_wrong == "rotated":
        accounts.rotate_link(house.repository, house.owner, house.link.slug, NOON)
        with pytest.raises(NotFound):
            waiting_room.look(house.repository, house.link.slug, anonymous, NOON)
    else:
        assert waiting_room.look(house.repository, house.link.slug, anonymous, NOON).state == gone_wrong
    seen = waiting_room.look(house.repository, house.link.slug, phone, NOON)
    assert (seen.state, seen.knock) == ("open", None)
    second = house.enter(phone)
    assert isinstance(second, Knocked)
    assert second.knock.id == first.knock.id


def test_a_knock_keeps_the_name_and_standing_it_was_made_with(house: House) -> None:
    knocked, anonymous = house.knock("Nora")
    signed_in = replace(house.sign_in(house.guest_user("Gina Guest")), ticket=anonymous.ticket)
    again = house.enter(signed_in)
    assert isinstance(again, Knocked)
    assert (again.knock.id, again.knock.name, again.knock.verified_workspace) == (knocked.id, "Nora", None)


def test_the_name_that_the_owner_admitted_is_the_name_in_the_meeting(house: House) -> None:
    knocked, who = house.knock("Nora")
    house.enter(who, "Olga Owner")
    admit(house, knocked)
    house.enter(who, "Olga Owner")
    assert enter_by_knock(house, knocked, who).seat.name == "Nora"


# what anyone may know


def test_looking_changes_nothing_and_shows_this_browsers_latest_knock_only(house: House) -> None:
    knocked, who = house.knock()
    house.knock("Another")
    before = list(house.repository.connection.iterdump())
    assert waiting_room.look(house.repository, house.link.slug, Credentials(None, "new"), NOON).knock is None
    view = waiting_room.look(house.repository, house.link.slug, who, NOON)
    assert view.knock is not None
    assert view.knock.id == knocked.id
    assert list(house.repository.connection.iterdump()) == before


@pytest.mark.parametrize("typed", ["{}.", "{},", "<{}>", " {} ", "{}/"])
def test_a_link_is_found_however_it_was_typed(house: House, typed: str) -> None:
    for slug in (house.link.slug, house.link.slug.upper(), house.link.slug.replace("-", "")):
        assert doorstep.find_doorstep(house.repository, typed.format(slug)).link.id == house.link.id


def test_neither_the_owners_arrival_nor_unlocking_admits_anybody_who_waits(house: House) -> None:
    knocked, _ = house.knock()
    entered = walk_in(house, house.as_owner)
    connect(house, entered)
    lock(house, entered)
    lock(house, entered, False)
    assert house.now(knocked).state is knock.State.WAITING


def test_a_lock_ends_with_its_meeting(house: House) -> None:
    entered = walk_in(house, house.as_owner)
    lock(house, entered)
    inside.leave(house.repository, entered.meeting.id, entered.seat.identity, house.as_owner, NOON)
    assert waiting_room.look(house.repository, house.link.slug, Credentials(), NOON).state == "open"


def test_hands_that_go_up_in_one_millisecond_keep_their_order(house: House) -> None:
    names = ["Nora", "Max", "Ada", "Ben", "Cleo", "Dan"]
    hands: tuple[seat.Seat, ...] = ()
    for name in names:
        _, who, entered = seated_guest(house, name)
        hands = inside.raise_hand(house.repository, entered.meeting.id, entered.seat.identity, True, who, NOON)
    assert [hand.name for hand in hands] == names
