"""What somebody may read of their own platform: their door, their people, whose workspace this is. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from admission.directory import Account, Link, Workspace
from admission.errors import NotFound
from admission.knock import Knock
from admission.store.repository import Repository
from admission.visitor import Credentials, Visitor, recognise


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page: who reads it, in which workspace."""

    visitor: Visitor
    workspace: Workspace | None

    @property
    def account(self) -> Account:
        """Who is signed in. Raises NotSignedIn."""
        return self.visitor.signed_in()


NOBODY = Frame(Visitor(), None)
"""Around a page that is shown without asking who reads it."""


@dataclass(frozen=True, slots=True)
class Person:
    account: Account
    link: Link | None  # None for a guest user's profile, and for whoever reads it as a guest user


def frame(repository: Repository, credentials: Credentials, at: datetime) -> Frame:
    """Who reads, and their workspace. A server of one workspace is that workspace's also before anybody signs in."""
    visitor = recognise(repository, credentials, at)
    if visitor.account is not None:
        return Frame(visitor, repository.workspace(visitor.account.workspace_id))
    workspaces = repository.workspaces()
    return Frame(visitor, workspaces[0] if len(workspaces) == 1 else None)


def own_link(repository: Repository, account: Account) -> Link | None:
    """The account's public link; a guest user of the platform has none."""
    return repository.link_of(account.id) if account.has_link else None


def missed(repository: Repository, link: Link | None) -> list[Knock]:
    """Who rang and went unanswered, newest first."""
    return repository.knocks_missed(link.id) if link else []


def people(repository: Repository, reader: Account) -> list[Account]:
    """Everybody of the reader's workspace who can sign in, by name."""
    found = (account for account in repository.accounts(reader.workspace_id) if account.disabled_at is None)
    return sorted(found, key=lambda account: (account.name.casefold(), account.email))


def profile(repository: Repository, reader: Account, person_id: str) -> Person:
    """Somebody of the reader's workspace. Raises NotFound for anybody else."""
    account = repository.account(person_id)
    if account is None or account.workspace_id != reader.workspace_id or account.disabled_at is not None:
        raise NotFound
    # Guest users see no link anywhere: they use those that they are sent.
    return Person(account, own_link(repository, account) if reader.has_link else None)
