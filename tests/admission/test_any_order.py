"""Whatever happens in whatever order: what must hold at the door holds after every step."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from admission import accounts, knock, seat, waiting_room
from admission.errors import Refusal
from admission.knock import Knock
from admission.meeting import Meeting
from admission.seat import Seat
from admission.visitor import Credentials
from admission.waiting_room import Decision, Entered, Knocked
from tests.admission.builders import NOON, House, minutes

SEATS = 4
AWAY = minutes(15)


class AnyOrder(RuleBasedStateMachine):
    """A link of four seats; guests, colleagues and the owner do all that they can do, and LiveKit tells of it."""

    knocks = Bundle("knocks")
    entries = Bundle("entries")

    def __init__(self) -> None:
        super().__init__()
        self.house = House(seats=SEATS)
        self.repository = self.house.repository
        self.colleagues = [self.house.colleague(f"Colleague {number}") for number in range(3)]
        self.at = NOON
        self.sids = 0
        self.tickets: dict[str, Credentials] = {}
        self.decided: dict[str, str] = {}

    # what people do

    @rule(target=knocks, who=st.integers(0, 6))
    def somebody_knocks(self, who: int) -> str | None:
        credentials = Credentials(None, f"ticket {who}")
        try:
            outcome = self.enter(credentials, f"Guest {who}")
        except Refusal:
            return None
        assert isinstance(outcome, Knocked)
        self.tickets[outcome.knock.id] = credentials
        return outcome.knock.id

    @rule(target=entries, who=st.integers(0, 2), device=st.sampled_from(["laptop", "phone"]))
    def a_colleague_walks_in(self, who: int, device: str) -> Entered | None:
        return self.walks_in(self.house.sign_in(self.colleagues[who], device))

    @rule(target=entries)
    def the_owner_walks_in(self) -> Entered | None:
        entered = self.walks_in(self.house.as_owner)
        assert entered is not None, "the owner always gets in"
        return entered

    @rule(target=entries, knock_id=knocks)
    def a_visitor_signs_in_and_walks_in(self, knock_id: str | None) -> Entered | None:
        if knock_id is None:
            return None
        signed_in = self.house.sign_in(self.colleagues[0])
        return self.walks_in(Credentials(signed_in.session_hash, self.tickets[knock_id].ticket))

    @rule(knock_id=knocks, decision=st.sampled_from(Decision))
    def the_owner_decides(self, knock_id: str | None, decision: Decision) -> None:
        if knock_id is None:
            return
        try:
            waiting_room.decide(self.repository, knock_id, self.house.as_owner, decision, "A word", self.at)
        except Refusal:
            return
        if decision is not Decision.HOLD:
            assert knock_id not in self.decided, "the first decision wins, once"
            self.decided[knock_id] = decision

    @rule(decision=st.sampled_from([Decision.ADMIT, Decision.REFUSE]))
    def the_owner_decides_on_all(self, decision: Decision) -> None:
        results = waiting_room.decide_all(self.repository, self.house.link.slug, self.house.as_owner, decision, self.at)
        for knock_id, result in results:
            if result == "done":
                assert knock_id not in self.decided
                self.decided[knock_id] = decision

    @rule(knock_id=knocks)
    def the_owner_takes_back(self, knock_id: str | None) -> None:
        if knock_id is not None:
            self.tries(lambda: waiting_room.take_back(self.repository, knock_id, self.house.as_owner, self.at))

    @rule(target=entries, knock_id=knocks)
    def the_guest_asks_for_an_entry(self, knock_id: str | None) -> Entered | None:
        if knock_id is None:
            return None
        try:
            return waiting_room.enter_by_knock(self.repository, knock_id, self.tickets[knock_id], self.at)
        except Refusal:
            return None

    @rule(knock_id=knocks)
    def the_guest_gives_up(self, knock_id: str | None) -> None:
        if knock_id is not None:
            waiting_room.withdraw(self.repository, knock_id, self.tickets[knock_id], self.at)

    @rule(entered=entries)
    def somebody_leaves(self, entered: Entered | None) -> None:
        if entered is None:
            return
        if entered.seat.knock_id:
            who = self.tickets[entered.seat.knock_id]
        else:
            account = self.repository.account(entered.seat.account_id or "")
            assert account is not None
            who = self.house.sign_in(account)
        waiting_room.leave(self.repository, entered.meeting.id, entered.seat.identity, who, self.at)

    @rule(open_=st.booleans())
    def the_owner_opens_or_closes(self, open_: bool) -> None:
        accounts.set_link_open(self.repository, self.house.owner, self.house.link.slug, open_, self.at)

    @rule()
    def the_owner_rotates(self) -> None:
        self.house.link = accounts.rotate_link(self.repository, self.house.owner, self.house.link.slug, self.at)

    @rule(who=st.integers(0, 2), device=st.sampled_from(["laptop", "phone"]))
    def a_colleague_signs_out(self, who: int, device: str) -> None:
        session_hash = self.house.sign_in(self.colleagues[who], device).session_hash
        assert session_hash is not None
        accounts.sign_out(self.repository, session_hash, self.at)

    # what LiveKit tells

    @rule(entered=entries)
    def livekit_says_joined(self, entered: Entered | None) -> None:
        meeting = self.meeting(entered)
        if entered is None or meeting is None:
            return
        if meeting.room == 0 and not self.repository.claim_room(meeting.id, 0):
            return
        self.sids += 1
        before = self.repository.seat(entered.seat.id)
        arrival = waiting_room.joined(
            self.repository, self.room(meeting.id), entered.seat.identity, f"PA_{self.sids}", self.at
        )
        assert before is not None
        assert (arrival is waiting_room.Arrival.REMOVE) == before.ended

    @rule(entered=entries, own=st.booleans())
    def livekit_says_left(self, entered: Entered | None, own: bool) -> None:
        if entered is None:
            return
        place = self.repository.seat(entered.seat.id)
        assert place is not None
        sid = place.sid if own and place.sid else "PA_old"
        waiting_room.dropped(self.repository, self.room(entered.meeting.id), place.identity, sid, self.at)

    @rule(entered=entries)
    def livekit_restarts(self, entered: Entered | None) -> None:
        meeting = self.meeting(entered)
        if meeting is not None and meeting.room:
            waiting_room.room_gone(self.repository, meeting.room_name, self.at)
            self.repository.claim_room(meeting.id, meeting.room)

    # time

    @rule(seconds=st.sampled_from([1, 60, 119, 121, 600, 901]))
    def time_passes(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)
        waiting_room.time_passes(self.repository, self.at, AWAY)

    @rule(knock_id=knocks, back=st.booleans())
    def a_page_goes_or_comes(self, knock_id: str | None, back: bool) -> None:
        if knock_id is None:
            return
        if back:
            waiting_room.page_back(self.repository, knock_id)
        else:
            waiting_room.page_gone(self.repository, [knock_id], self.at)

    @rule()
    def the_server_restarts(self) -> None:
        waiting_room.clocks_begin_anew(self.repository, self.at)

    # what must hold

    @invariant()
    def no_meeting_holds_more_people_than_seats(self) -> None:
        for meeting in self.repository.running_meetings():
            places = self.repository.seats_in(meeting.id)
            assert sum(not place.owner for place in places) <= SEATS - 1
            assert sum(place.owner for place in places) <= 1

    @invariant()
    def one_person_has_one_seat(self) -> None:
        people = Counter(place.knock_id or place.account_id for place in self.seats() if not place.ended)
        assert all(number == 1 for number in people.values())

    @invariant()
    def a_meeting_runs_as_long_as_somebody_is_in_it_or_expected(self) -> None:
        running = self.repository.running_meetings()
        assert len(running) <= 1
        for meeting in running:
            assert self.repository.anybody_expected(meeting.id)
        ids = {meeting.id for meeting in running}
        assert all(place.meeting_id in ids for place in self.seats() if not place.ended)

    @invariant()
    def knocks_and_their_seats_agree(self) -> None:
        open_seats = {place.knock_id for place in self.seats() if not place.ended and place.knock_id}
        for knocked in self.every_knock():
            if knocked.state is knock.State.ENTERED:
                assert knocked.id in open_seats
            if knocked.over or knocked.state is knock.State.WAITING:
                assert knocked.id not in open_seats
            if knocked.state in (knock.State.ADMITTED, knock.State.ENTERED):
                assert self.decided[knocked.id] == "admit"

    @invariant()
    def only_held_seats_have_a_clock_and_only_connected_ones_a_connection(self) -> None:
        for place in self.seats():
            assert (place.held_since is not None) == (place.state is seat.State.HELD)
            assert (place.sid is not None) == (place.state is seat.State.CONNECTED)

    # how it is done

    def enter(self, credentials: Credentials, name: str | None) -> Entered | Knocked:
        # Each use case is a transaction: what a refusal interrupts is undone.
        connection = self.repository.connection
        connection.execute("SAVEPOINT step")
        try:
            return waiting_room.enter(self.repository, self.house.link.slug, credentials, name, None, self.at)
        except Refusal:
            connection.execute("ROLLBACK TO step")
            raise
        finally:
            connection.execute("RELEASE step")

    def walks_in(self, credentials: Credentials) -> Entered | None:
        try:
            entered = self.enter(credentials, None)
        except Refusal:
            return None
        assert isinstance(entered, Entered)
        return entered

    def tries(self, use_case: Callable[[], object]) -> None:
        with suppress(Refusal):
            use_case()

    def meeting(self, entered: Entered | None) -> Meeting | None:
        meeting = self.repository.meeting(entered.meeting.id) if entered else None
        return meeting if meeting and meeting.ended is None else None

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

    def teardown(self) -> None:
        self.repository.connection.close()


AnyOrder.TestCase.settings = settings(
    max_examples=150,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestAnyOrder = AnyOrder.TestCase
