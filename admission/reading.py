"""What somebody may read of their own platform: who they are, and who is there. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from admission.accounts import Entry, entry_of
from admission.directory import Account, Link, Workspace
from admission.errors import NotFound, NotSignedIn
from admission.store.repository import Repository
from admission.visitor import Credentials, recognise


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a page, if anybody is signed in, and whose house it is."""

    entry: Entry | None
    workspace: Workspace | None

    def signed_in(self) -> Entry:
        """Raises NotSignedIn."""
        if self.entry is None:
            raise NotSignedIn
        return self.entry


NOBODY = Reader(None, None)
"""For a page that is shown without asking who reads it."""


@dataclass(frozen=True, slots=True)
class Person:
    account: Account
    link: Link | None  # None for a guest user's profile, and for whoever reads it as a guest user


def reader(repository: Repository, credentials: Credentials, at: datetime) -> Reader:
    """Who reads. A server of one workspace is that workspace's also before anybody signs in."""
    account = recognise(repository, credentials, at).account
    if account is not None:
        entry = entry_of(repository, account)
        return Reader(entry, entry.workspace)
    workspaces = repository.workspaces()
    return Reader(None, workspaces[0] if len(workspaces) == 1 else None)


def people(repository: Repository, reader: Entry) -> list[Account]:
    """Everybody of the reader's workspace who can sign in, by name."""
    found = (account for account in repository.accounts(reader.workspace.id) if account.disabled_at is None)
    return sorted(found, key=lambda account: (account.name.casefold(), account.email))


def profile(repository: Repository, reader: Entry, person_id: str) -> Person:
    """Somebody of the reader's workspace. Raises NotFound for anybody else."""
    account = repository.account(person_id)
    if account is None or account.workspace_id != reader.workspace.id or account.disabled_at is not None:
        raise NotFound
    # Guest users see no link anywhere: they use those that they are sent.
    return Person(account, repository.link_of(account.id) if reader.account.has_link else None)
