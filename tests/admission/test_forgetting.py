"""People who are forgotten: nothing tells who they were, what others gave stays, and everybody hears of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from admission import accounts, figures, moderation, moves, waiting_room
from admission.changes import KnockChanged, MeetingEnded, SeatEnded, SessionEnded
from admission.contribution import Kind
from admission.directory import Account, Link, Role, new_slug
from admission.errors import NotFound
from admission.forgetting import forget
from admission.knock import Event as KnockEvent
from admission.knock import State
from admission.moves import Entered
from admission.observing import observe
from admission.store import erasing
from admission.store.repository import Repository
from admission.store.sqlite import connect, run_now
from admission.visitor import Credentials
from admission.waiting_room import Decision, Knocked, enter
from tests.admission.builders import NOON, House, minutes
from tests.admission.test_observing import arrive, end, guest, mine, seen
from tests.admission.test_observing import connect as connected

NAME = "Quirina Zeppelin"
LATER = NOON + minutes(5)


def everything(repository: Repository) -> str:
    return "\n".join(repository.connection.iterdump())


def member(house: House) -> tuple[Account, Link]:
    """Quirina, of Olga's workspace, with a link of her own."""
    quirina = house.colleague(NAME)
    link = Link("link-quirina", quirina.id, new_slug(), True)
    house.repository.add_link(link, NOON)
    return quirina, link


def knocks_at(house: House, link: Link, who: Credentials, name: str | None) -> Knocked:
    outcome = enter(house.repository, link.slug, who, name, None, NOON)
    assert isinstance(outcome, Knocked)
    return outcome


def counted(house: House, entered: Entered) -> None:
    """Somebody talked for two seconds."""
    who = entered.seat.identity
    assert entered.meeting.id in mine(house, "one")
    said = [(Kind.RESUMED, ""), (Kind.JOINED, who), (Kind.MICROPHONE_ON, who), (Kind.SPEAKING, who)]
    events = [seen(kind, 1 + index / 1000, identity) for index, (kind, identity) in enumerate(said)]
    assert observe(house.repository, entered.meeting.id, "one", [*events, seen(Kind.SILENT, 3, who)])


def talked(house: House, meeting_id: str, reader: Credentials) -> list[tuple[str, int]]:
    found = figures.observed(house.repository, meeting_id, reader, LATER)
    given = {each.person: each.talk for each in found.tally().figures(found.count.until).people}
    return sorted((place.name, round(given.get(person, 0) / 1000)) for person, place in found.people.items())


# -- accounts --


def test_an_account_is_forgotten_wherever_its_name_stood() -> None:
    house = House()
    quirina, link = member(house)
    as_quirina, colleague = house.sign_in(quirina), house.sign_in(house.colleague())
    # Olga's meeting, where she decided, set up and spoke; and one that she ended, of her own.
    arrive(house, house.as_owner)
    her_seat = arrive(house, as_quirina)
    counted(house, her_seat)
    moderation.change_meeting_setup(house.repository, her_seat.meeting.id, as_quirina, {"chat": "moderators"}, 1, NOON)
    alike, _ = house.knock("Quirina Zeppelın")
    house.repository.take_changes()
    elsewhere = house.stranger()
    beta = Link("link-sven", elsewhere.id, new_slug(), True)
    house.repository.add_link(beta, NOON)
    hers = knocks_at(house, beta, as_quirina, None)
    at_her_door = knocks_at(house, link, Credentials(None, "ticket Nora"), "Nora")
    waiting_room.decide(house.repository, at_her_door.knock.id, as_quirina, Decision.REFUSE, "Sorry, Quirina", NOON)
    assert house.now(alike).resembles == NAME

    forgotten = forget(house.repository, "QUIRINA.ZEPPELIN@example.org", LATER)

    assert (forgotten.account, forgotten.sessions, forgotten.knocks, forgotten.seats) == (True, 1, 1, 1)
    assert forgotten.mentions >= 3
    for word in (NAME, "quirina.zeppelin", "Sorry, Quirina", link.slug):
        # In tests ids are made of names.
        assert word not in everything(house.repository).replace(link.id, "").replace(quirina.id, ""), word
    told = house.repository.connection.execute("SELECT account_id FROM seat UNION SELECT account_id FROM knock")
    assert (quirina.id,) not in told.fetchall()
    assert house.now(hers.knock).state is State.EXPIRED
    assert talked(house, her_seat.meeting.id, house.as_owner) == [("Olga Owner", 0), (erasing.SOMEBODY, 2)]
    assert house.repository.session(as_quirina.session_hash or "") is None
    assert colleague.session_hash is not None


def test_somebody_of_the_same_name_in_another_workspace_keeps_it() -> None:
    house = House()
    quirina, _ = member(house)
    other = Account("a-other", house.beta.id, "other@example.org", NAME, Role.MEMBER, None)
    house.repository.add_account(other, "other", "no hash", NOON)
    link = Link("link-other", other.id, new_slug(), True)
    house.repository.add_link(link, NOON)
    as_other = house.sign_in(other)
    moderation.change_link_setup(house.repository, link.slug, as_other, {"chat": "moderators"}, 1, NOON)
    entered = enter(house.repository, link.slug, as_other, None, None, NOON)
    assert isinstance(entered, Entered)
    assert forget(house.repository, quirina.email, LATER).mentions == 0
    for found in (house.repository.link_of(other.id), house.repository.meeting(entered.meeting.id)):
        assert found is not None
        assert found.setup.changed_by == {"chat": NAME}


def test_what_stays_of_a_members_own_meetings_goes_with_them() -> None:
    house = House()
    quirina, link = member(house)
    as_quirina, as_carl = house.sign_in(quirina), house.sign_in(house.colleague())
    entered = enter(house.repository, link.slug, as_quirina, None, None, NOON)
    assert isinstance(entered, Entered)
    connected(house, entered)
    carls = enter(house.repository, link.slug, as_carl, None, None, NOON)
    assert isinstance(carls, Entered)
    connected(house, carls)
    counted(house, entered)

    forget(house.repository, quirina.email, LATER)

    assert talked(house, entered.meeting.id, as_carl) == [("Carl Colleague", 0), (erasing.SOMEBODY, 2)]
    (emptied,) = [one for one in house.repository.accounts() if one.email.endswith("@forgotten.invalid")]
    assert (emptied.name, emptied.disabled_at) == (erasing.SOMEBODY, LATER)
    erasing.erase_nobodys_accounts(house.repository)
    assert house.repository.account(quirina.id) == emptied, "as long as the meeting is kept"
    assert erasing.erase_meeting(house.repository, entered.meeting.id, 500)
    erasing.erase_nobodys_accounts(house.repository)
    assert house.repository.account(quirina.id) is None


def test_a_guest_user_is_gone_at_once() -> None:
    house = House()
    gina = house.guest_user()
    forget(house.repository, gina.email, LATER)
    assert house.repository.account(gina.id) is None


def test_everybody_hears_that_a_forgotten_account_is_out() -> None:
    house = House()
    quirina, link = member(house)
    arrive(house, house.as_owner)
    seat = arrive(house, house.sign_in(quirina)).seat
    waiting = knocks_at(house, link, Credentials(None, "ticket Nora"), "Nora").knock
    house.repository.take_changes()
    forget(house.repository, quirina.email, LATER)
    changes = house.repository.take_changes()
    assert {change.seat.id for change in changes if isinstance(change, SeatEnded)} == {seat.id}
    assert {change.knock.id for change in changes if isinstance(change, KnockChanged)} == {waiting.id}
    assert any(isinstance(change, SessionEnded) for change in changes)
    house.repository.write_announcements(changes)
    heard = [change for _, change in house.repository.announcements_after(0)]
    assert len(heard) == len(changes), "also what is read anew has not gone"


# -- visitors --


@pytest.mark.parametrize("by", ["id", "name"])
def test_a_visitor_is_forgotten_by_their_knock_or_by_their_name(by: str) -> None:
    house = House()
    arrive(house, house.as_owner)
    who, entered = guest(house, NAME)
    counted(house, entered)
    other, _ = house.knock("Nora")
    assert entered.seat.knock_id is not None
    house.repository.take_changes()

    forgotten = forget(house.repository, entered.seat.knock_id if by == "id" else f" {NAME} ", LATER)

    assert (forgotten.account, forgotten.knocks, forgotten.seats) == (False, 1, 1)
    ended = [change for change in house.repository.take_changes() if isinstance(change, SeatEnded)]
    assert [change.seat.identity for change in ended] == [entered.seat.identity], "they are put out of the meeting"
    assert NAME not in everything(house.repository)
    assert talked(house, entered.meeting.id, house.as_owner) == [("Olga Owner", 0), (erasing.SOMEBODY, 2)]
    assert house.now(other).state is State.WAITING
    assert waiting_room.missed(house.repository, house.owner.id) == [], "nobody missed a Somebody"
    with pytest.raises(NotFound):
        waiting_room.knock_for_guest(house.repository, entered.seat.knock_id, who, LATER)


def test_a_name_is_that_of_all_who_gave_it_and_of_no_account() -> None:
    house = House()
    owner, _ = house.owner, [house.knock("Olga Owner"), house.enter(Credentials(None, "another"), "Olga Owner")]
    assert forget(house.repository, "Olga Owner", LATER).knocks == 2
    assert house.repository.account(owner.id) == owner


def test_a_seat_whose_knock_is_forgotten_already_is_found_by_its_name() -> None:
    house = House()
    arrive(house, house.as_owner)
    _, entered = guest(house, NAME)
    counted(house, entered)
    end(house, entered.meeting.id)
    assert erasing.erase_knocks(house.repository, LATER, 500) == 1
    assert forget(house.repository, NAME, LATER).seats == 1
    assert NAME not in everything(house.repository)


@pytest.mark.parametrize("who", ["nobody@example.org", "Nobody", "", "Quirina"])
def test_who_is_not_known_cannot_be_forgotten_and_nothing_changes(who: str) -> None:
    house = House()
    house.knock(NAME)
    before = everything(house.repository)
    with pytest.raises(NotFound):
        forget(house.repository, who, LATER)
    assert everything(house.repository) == before


# -- on disk --


def files(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


def test_nothing_of_them_is_left_in_the_files_of_the_database(tmp_path: Path) -> None:
    path = tmp_path / "door.db"

    def busy(repository: Repository) -> None:
        """Rows that moved within their pages, and were moved to others."""
        workspace = accounts.add_workspace(repository, "Acme", accounts.WorkspaceChoices(), NOON)
        made = [
            accounts.add_account(
                repository,
                f"{first}@example.org",
                workspace=workspace.name,
                name=name,
                role=Role.MEMBER,
                password_hash="-",
                at=NOON,
            )
            for first, name in (("olga", "Olga Owner"), ("quirina.zeppelin", NAME))
        ]
        link = made[0].link
        assert link is not None
        for number in range(300):
            who = Credentials(None, f"ticket {number}")
            outcome = enter(repository, link.slug, who, NAME if number % 7 == 0 else f"Guest {number}", "Hello", NOON)
            assert isinstance(outcome, Knocked)
            waiting_room.withdraw(repository, outcome.knock.id, who, NOON)

    beside = connect(path)  # a server that goes on: its end would empty the log by itself
    run_now(path, busy)
    assert NAME.encode() in files(path)
    run_now(path, lambda repository: [forget(repository, who, LATER) for who in (NAME, "quirina.zeppelin@example.org")])
    assert erasing.scrub(path)
    assert b"quirina" not in files(path).lower()
    assert b"zeppelin" not in files(path).lower()
    assert b"Guest 299" in files(path)
    beside.close()


# -- what has been kept long enough --


def test_what_is_over_is_erased_in_steps() -> None:
    house = House()
    repository = house.repository
    for number in range(7):
        knocked, who = house.knock(f"Guest {number}")
        waiting_room.withdraw(repository, knocked.id, who, NOON)
    waits, _ = house.knock("Waits")
    assert erasing.erase_knocks(repository, NOON, 5) == 0
    assert [erasing.erase_knocks(repository, LATER, 5) for _ in range(3)] == [5, 2, 0]
    assert house.now(waits) == waits
    assert repository.connection.execute("SELECT count(*) FROM knock_ticket").fetchone() == (1,)

    entered = arrive(house, house.as_owner)
    counted(house, entered)
    assert erasing.meetings_to_erase(repository, LATER) == [], "it goes on"
    running = repository.meeting(entered.meeting.id)
    assert running is not None
    moves.end_meeting(repository, running, NOON + minutes(1), "ended", None, KnockEvent.MEETING_ENDED)
    assert erasing.meetings_to_erase(repository, NOON) == []
    assert erasing.meetings_to_erase(repository, LATER) == [entered.meeting.id]
    steps = [erasing.erase_meeting(repository, entered.meeting.id, 2) for _ in range(3)]
    assert steps == [False, False, True]
    for table in ("meeting", "seat", "observed", "watching", "media_exception"):
        assert repository.connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
    assert MeetingEnded in {type(change) for change in repository.take_changes()}
