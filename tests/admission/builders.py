"""Short ways to the things that tests of the door begin with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from admission import knock, seat
from admission.directory import Account, Link, Plan, Role, Session, Workspace, new_slug
from admission.knock import Knock
from admission.moves import Entered
from admission.names import name_skeleton
from admission.seat import Seat
from admission.setup import Contributions, KeptSetup, Setup
from admission.store.repository import Repository
from admission.store.sqlite import connect
from admission.visitor import Credentials
from admission.waiting_room import Knocked, enter

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def a_knock(**fields: Any) -> Knock:
    plain = Knock(
        id="k1",
        seq=1,
        link_id="l1",
        meeting_id=None,
        state=knock.State.WAITING,
        name="Nora",
        message=None,
        since=NOON,
        account_id=None,
        session_hash=None,
        verified_workspace=None,
        verified_role=None,
        colleague=False,
        resembles=None,
    )
    return replace(plain, **fields)


def a_seat(**fields: Any) -> Seat:
    plain = Seat(
        id="s1",
        meeting_id="m1",
        account_id="a1",
        knock_id=None,
        identity="i1",
        name="Nora",
        role=seat.Role.MODERATOR,
        owner=False,
        state=seat.State.HELD,
        held_since=NOON,
    )
    return replace(plain, **fields)


class House:
    """A workspace, its owner Olga with a link, and everybody who may come to it, over a real database in memory."""

    def __init__(self, seats: int = 12, **setup: Any) -> None:
        self.repository = Repository(connect(":memory:").conn)
        self.acme = self.workspace("Acme", seats)
        self.beta = self.workspace("Beta", 12)
        self.owner = self.account("Olga Owner", self.acme)
        self.link = Link("link-olga", self.owner.id, new_slug(), True, KeptSetup(Setup(**setup)))
        self.repository.add_link(self.link, NOON)
        self.repository.take_changes()

    def workspace(self, name: str, seats: int) -> Workspace:
        made = Workspace(f"w-{name}", name, Plan.STANDARD, seats, None, None, Contributions.KEPT, None)
        self.repository.add_workspace(made, NOON)
        return made

    def account(self, name: str, workspace: Workspace, role: Role = Role.MEMBER) -> Account:
        account_id = f"a-{name}"
        made = Account(account_id, workspace.id, f"{name.replace(' ', '.').lower()}@example.org", name, role, None)
        self.repository.add_account(made, name_skeleton(name), "no hash", NOON)
        return made

    def colleague(self, name: str = "Carl Colleague") -> Account:
        return self.account(name, self.acme)

    def guest_user(self, name: str = "Gina Guest") -> Account:
        return self.account(name, self.acme, Role.GUEST)

    def stranger(self, name: str = "Sven Stranger") -> Account:
        return self.account(name, self.beta)

    def sign_in(self, account: Account, device: str = "laptop") -> Credentials:
        """A browser where the account is signed in, with a ticket of its own."""
        session_hash = f"session {account.id} {device}"
        if self.repository.session(session_hash) is None:
            self.repository.add_session(Session(session_hash, account.id, NOON, NOON))
        return Credentials(session_hash, f"ticket {account.id} {device}")

    @property
    def as_owner(self) -> Credentials:
        return self.sign_in(self.owner)

    def enter(self, who: Credentials, name: str | None = None, at: datetime = NOON) -> Entered | Knocked:
        return enter(self.repository, self.link.slug, who, name, None, at)

    def knock(self, name: str = "Nora", at: datetime = NOON) -> tuple[Knock, Credentials]:
        """Somebody without an account knocks."""
        who = Credentials(None, f"ticket {name}")
        outcome = self.enter(who, name, at)
        assert isinstance(outcome, Knocked)
        return outcome.knock, who

    def now(self, knocked: Knock) -> Knock:
        """The knock as it stands in the store now."""
        found = self.repository.knock(knocked.id)
        assert found is not None
        return found

    def sits(self, entered: Entered) -> Seat:
        """The seat as it stands in the store now."""
        found = self.repository.seat(entered.seat.id)
        assert found is not None
        return found
