"""Fills a database with the people of a benchmark, through the same use cases that the commands and calls use."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from admission import accounts, waiting_room
from admission.accounts import WorkspaceChoices
from admission.directory import Plan, Role
from admission.store.repository import Repository
from admission.visitor import Credentials
from admission.waiting_room import Knocked

NO_PASSWORD = "nobody signs in with this"
"""In place of the hash that everybody would have: they are all signed in already."""


@dataclass(frozen=True)
class Member:
    """A member who is signed in: the address of their link, and their browser's cookies."""

    slug: str
    session: str
    ticket: str

    @property
    def cookie(self) -> str:
        return f"session={self.session}; ticket={self.ticket}"

    @property
    def credentials(self) -> Credentials:
        return Credentials(accounts.session_hash(self.session), self.ticket)


@dataclass(frozen=True)
class Guest:
    """Somebody who waits at a member's door."""

    knock: str
    ticket: str
    owner: Member

    @property
    def cookie(self) -> str:
        return f"ticket={self.ticket}"


def add_members(repository: Repository, workspace: str, number: int, seats: int) -> list[Member]:
    """A workspace, and its members with their links."""
    at = datetime.now(UTC)
    plan = Plan.PREMIUM if seats > accounts.STANDARD_SEATS else Plan.STANDARD
    accounts.add_workspace(repository, workspace, WorkspaceChoices(plan=plan, seats=seats), at)
    members = []
    for turn in range(number):
        email = f"{turn}.{workspace.replace(' ', '.').lower()}@example.org"
        made = accounts.add_account(
            repository,
            email,
            workspace=workspace,
            name=f"Member {turn}",
            role=Role.MEMBER,
            password_hash=NO_PASSWORD,
            at=at,
        )
        session, _ = accounts.sign_in(repository, email, NO_PASSWORD, at)
        assert made.link is not None, "members have links"
        members.append(Member(made.link.slug, session, ticket=secrets.token_urlsafe(32)))
    return members


def add_guests(repository: Repository, owner: Member, number: int) -> list[Guest]:
    """Guests who have knocked at the member's door."""
    guests = []
    for turn in range(number):
        ticket = secrets.token_urlsafe(32)
        knocked = waiting_room.enter(
            repository, owner.slug, Credentials(None, ticket), f"Visitor {turn}", "I am early.", datetime.now(UTC)
        )
        assert isinstance(knocked, Knocked)
        guests.append(Guest(knocked.knock.id, ticket, owner))
    return guests
