"""Whatever happens in whatever order: what must hold at the door holds after every step."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from admission import accounts, arrivals, endings, inside, knock, seat, waiting_room
from admission.errors import Refusal
from admission.knock import Knock
from admission.moves import Entered
from admission.seat import Seat
from admission.visitor import Credentials
from admission.waiting_room import Decision, Knocked
from tests.admission.builders import NOON, House, minutes

SEATS = 2
AWAY = minutes(15)


class Visit:
    """A link of two seats; guests, colleagues and the owner do all that they can do, and LiveKit tells of it.

    Each action takes a number, by which it picks among the people, knocks and entries there are.
    """

    def __init__(self) -> None:
        self.house = House(seats=SEATS)
        self.repository = self.house.repository
        self.colleagues = [self.house.colleague(f"Colleague {number}") for number in range(3)]
        self.at = NOON
        self.sids = 0
        self.knocks: list[str] = []
        self.entries: list[Entered] = []
        self.tickets: dict[str, Credentials] = {}
        self.decided: dict[str, str] = {}

    # what people do

    def somebody_knocks(self, pick: int) -> None:
        credentials = Credentials(None, f"ticket {pick % 5}")
        outcome = self.tries_to_enter(credentials, f"Guest {pick % 5}")
        if outcome is not None:
            assert isinstance(outcome, Knocked)
            self.tickets[outcome.knock.id] = credentials
            self.knocks.append(outcome.knock.id)

    def a_colleague_walks_in(self, pick: int) -> None:
        self.walks_in(self.colleague(pick))

    def the_owner_walks_in(self, pick: int) -> None:
        assert self.walks_in(self.house.as_owner), "the owner always gets in"

    def a_visitor_signs_in_and_walks_in(self, pick: int) -> None:
        if self.knocks:
            ticket = self.tickets[self.a_knock(pick)].ticket
            self.walks_in(Credentials(self.house.sign_in(self.colleagues[0]).session_hash, ticket))

    def the_owner_decides(self, pick: int) -> None:
        if not self.knocks:
            return
        knock_id, decision = self.a_knock(pick), (Decision.ADMIT, Decision.ADMIT, *Decision)[pick % 5]
        try:
            self.decides(knock_id, decision)
        except Refusal:
            return
        if decision is not Decision.HOLD:
            assert knock_id not in self.decided, "the first decision wins, once"
            self.decided[knock_id] = decision

    def the_owner_decides_on_all(self, pick: int) -> None:
        decision = (Decision.ADMIT, Decision.REFUSE)[pick % 2]
        slug, owner = self.house.link.slug, self.house.as_owner
        waiting = waiting_room.who_waits(self.repository, slug, owner, self.at)
        results = waiting_room.decide_on(self.repository, slug, owner, waiting, decision, self.at)
        for knock_id, result in results:
            if result == "done":
                assert knock_id not in self.decided
                self.decided[knock_id] = decision

    def the_owner_takes_back(self, pick: int) -> None:
        if self.knocks:
            with suppress(Refusal):
                waiting_room.take_back(self.repository, self.a_knock(pick), self.house.as_owner, self.at)

    def a_guest_asks_for_an_entry(self, pick: int) -> None:
        if self.knocks:
            knock_id = self.a_knock(pick)
            with suppress(Refusal):
                who = self.tickets[knock_id]
                self.entries.append(waiting_room.enter_by_knock(self.repository, knock_id, who, self.at))

    def a_guest_gives_up(self, pick: int) -> None:
        if self.knocks:
            knock_id = self.a_knock(pick)
            waiting_room.withdraw(self.repository, knock_id, self.tickets[knock_id], self.at)

    def somebody_leaves(self, pick: int) -> None:
        if not self.entries:
            return
        entered = self.an_entry(pick)
        if entered.seat.knock_id:
            who = self.tickets[entered.seat.knock_id]
        else:
            account = self.repository.account(entered.seat.account_id or "")
            assert account is not None
            who = self.house.sign_in(account)
        inside.leave(self.repository, entered.meeting.id, entered.seat.identity, who, self.at)

    def the_owner_opens_or_closes(self, pick: int) -> None:
        slug = self.house.link.slug
        accounts.set_link_open(self.repository, self.house.owner, slug, pick % 3 > 0, self.at)

    def the_owner_rotates(self, pick: int) -> None:
        self.house.link = accounts.rotate_link(self.repository, self.house.owner, self.house.link.slug, self.at)

    def a_colleague_signs_out(self, pick: int) -> None:
        session_hash = self.colleague(pick).session_hash
        assert session_hash is not None
        accounts.sign_out(self.repository, session_hash, self.at)

    # what LiveKit tells

    def livekit_says_joined(self, pick: int) -> None:
        if not self.entries:
            return
        entered = self.an_entry(pick)
        meeting = self.repository.meeting(entered.meeting.id)
        before = self.repository.seat(entered.seat.id)
        assert meeting is not None
        assert before is not None
        if meeting.room == 0 and meeting.ended is None:
            assert self.repository.claim_room(meeting.id, 0)
        self.sids += 1
        arrival = arrivals.joined(
            self.repository, self.room(meeting.id), entered.seat.identity, f"PA_{self.sids}", self.at
        )
        assert (arrival is arrivals.Arrival.REMOVE) == before.ended

    def livekit_says_left(self, pick: int) -> None:
        if self.entries:
            entered = self.an_entry(pick)
            place = self.repository.seat(entered.seat.id)
            assert place is not None
            sid = place.sid if pick % 2 and place.sid else "PA_old"
            arrivals.dropped(self.repository, self.room(entered.meeting.id), place.identity, sid, self.at)

    def livekit_restarts(self, pick: int) -> None:
        for meeting in self.repository.running_meetings():
            arrivals.room_gone(self.repository, meeting.room_name, self.at)
            self.repository.claim_room(meeting.id, meeting.room)

    # time

    def time_passes(self, pick: int) -> None:
        self.at += timedelta(seconds=(1, 60, 121, 121, 121, 901)[pick % 6])
        endings.time_passes(self.repository, self.at, AWAY)

    def a_page_goes(self, pick: int) -> None:
        if self.knocks:
            endings.page_gone(self.repository, [self.a_knock(pick)], self.at)

    def a_page_comes_back(self, pick: int) -> None:
        if self.knocks:
            endings.page_back(self.repository, self.a_knock(pick))

    def the_server_restarts(self, pick: int) -> None:
        endings.clocks_begin_anew(self.repository, self.at)

    # what must hold

    def no_meeting_holds_more_people_than_seats(self) -> None:
        for meeting in self.repository.running_meetings():
            places = self.repository.seats_in(meeting.id)
            assert sum(not place.owner for place in places) <= SEATS - 1
            assert sum(place.owner for place in places) <= 1

    def one_person_has_one_seat(self) -> None:
        people = Counter(place.knock_id or place.account_id for place in self.seats() if not place.ended)
        assert all(number == 1 for number in people.values())

    def a_meeting_runs_as_long_as_somebody_is_in_it_or_expected(self) -> None:
        running = self.repository.running_meetings()
        assert len(running) <= 1
        for meeting in running:
            assert self.repository.anybody_expected(meeting.id)
        ids = {meeting.id for meeting in running}
        assert all(place.meeting_id in ids for place in self.seats() if not place.ended)

    def knocks_and_their_seats_agree(self) -> None:
        open_seats = {place.knock_id for place in self.seats() if not place.ended and place.knock_id}
        for knocked in self.every_knock():
            if knocked.state is knock.State.ENTERED:
                assert knocked.id in open_seats
            if knocked.over or knocked.state is knock.State.WAITING:
                assert knocked.id not in open_seats
            if knocked.state in (knock.State.ADMITTED, knock.State.ENTERED):
                assert self.decided[knocked.id] == "admit"

    def only_held_seats_have_a_clock_and_only_connected_ones_a_connection(self) -> None:
        for place in self.seats():
            assert (place.held_since is not None) == (place.state is seat.State.HELD)
            assert (place.sid is not None) == (place.state is seat.State.CONNECTED)

    # how it is done

    def a_knock(self, pick: int) -> str:
        return self.knocks[pick % len(self.knocks)]

    def an_entry(self, pick: int) -> Entered:
        return self.entries[pick % len(self.entries)]

    def colleague(self, pick: int) -> Credentials:
        return self.house.sign_in(self.colleagues[pick % 3], ("laptop", "phone")[pick % 2])

    def undone_if_refused(self, use_case: Callable[[], Any]) -> Any:
        """Each use case is a transaction: what a refusal interrupts is undone."""
        connection = self.repository.connection
        connection.execute("SAVEPOINT step")
        try:
            return use_case()
        except Refusal:
            connection.execute("ROLLBACK TO step")
            raise
        finally:
            connection.execute("RELEASE step")

    def tries_to_enter(self, credentials: Credentials, name: str | None) -> Entered | Knocked | None:
        slug = self.house.link.slug
        with suppress(Refusal):
            outcome: Entered | Knocked = self.undone_if_refused(
                lambda: waiting_room.enter(self.repository, slug, credentials, name, None, self.at)
            )
            return outcome
        return None

    def walks_in(self, credentials: Credentials) -> bool:
        entered = self.tries_to_enter(credentials, None)
        if isinstance(entered, Entered):
            self.entries.append(entered)
        return entered is not None

    def decides(self, knock_id: str, decision: Decision) -> None:
        owner = self.house.as_owner
        self.undone_if_refused(
            lambda: waiting_room.decide(self.repository, knock_id, owner, decision, "A word", self.at)
        )

    def room(self, meeting_id: str) -> str:
        meeting = self.repository.meeting(meeting_id)
        assert meeting is not None
        return meeting.room_name

    def seats(self) -> list[Seat]:
        rows = self.repository.connection.execute("SELECT id FROM seat").fetchall()
        found = [self.repository.seat(row[0]) for row in rows]
        return [place for place in found if place is not None]

    def every_knock(self) -> list[Knock]:
        rows = self.repository.connection.execute("SELECT id FROM knock").fetchall()
        found = [self.repository.knock(row[0]) for row in rows]
        return [knocked for knocked in found if knocked is not None]


ACTIONS = [
    Visit.somebody_knocks,
    Visit.a_colleague_walks_in,
    Visit.the_owner_walks_in,
    Visit.a_visitor_signs_in_and_walks_in,
    Visit.the_owner_decides,
    Visit.the_owner_decides_on_all,
    Visit.the_owner_takes_back,
    Visit.a_guest_asks_for_an_entry,
    Visit.a_guest_gives_up,
    Visit.somebody_leaves,
    Visit.the_owner_opens_or_closes,
    Visit.the_owner_rotates,
    Visit.a_colleague_signs_out,
    Visit.livekit_says_joined,
    Visit.livekit_says_left,
    Visit.livekit_restarts,
    Visit.time_passes,
    Visit.a_page_goes,
    Visit.a_page_comes_back,
    Visit.the_server_restarts,
]
# What the story is made of comes oftener than what interrupts it.
OFTEN = [
    Visit.somebody_knocks,
    Visit.the_owner_decides,
    Visit.a_guest_asks_for_an_entry,
    Visit.livekit_says_joined,
    Visit.time_passes,
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ACTIONS + OFTEN * 8), st.integers(0, 59)), min_size=40, max_size=60))
def test_whatever_happens_in_whatever_order(story: list[tuple[Callable[[Visit, int], None], int]]) -> None:
    visit = Visit()
    for action, pick in story:
        action(visit, pick)
        visit.no_meeting_holds_more_people_than_seats()
        visit.one_person_has_one_seat()
        visit.a_meeting_runs_as_long_as_somebody_is_in_it_or_expected()
        visit.knocks_and_their_seats_agree()
        visit.only_held_seats_have_a_clock_and_only_connected_ones_a_connection()
    visit.repository.connection.close()
