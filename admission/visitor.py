"""Who asks: recognised by a sign-in, by a browser's ticket, by both or by neither."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from admission.directory import Account
from admission.errors import NotSignedIn
from admission.store.repository import Repository

SESSION_IDLE = timedelta(days=30)
"""A sign-in that nobody used for so long has ended."""

SESSION_USE_WRITTEN = timedelta(hours=1)
"""The last use is written at most so often: not each call needs a write."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a browser sent: the hash of its session's cookie, and its ticket. Neither belongs into a log."""

    session_hash: str | None = field(default=None, repr=False)
    ticket: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Visitor:
    account: Account | None = None
    session_hash: str | None = field(default=None, repr=False)
    ticket: str | None = field(default=None, repr=False)

    def signed_in(self) -> Account:
        """The account. Raises NotSignedIn."""
        if self.account is None:
            raise NotSignedIn
        return self.account

    @property
    def account_id(self) -> str | None:
        return None if self.account is None else self.account.id

    def ticket_hash(self, link_id: str) -> str | None:
        return None if self.ticket is None else ticket_hash(self.ticket, link_id)


def ticket_hash(ticket: str, link_id: str) -> str:
    """What is stored of a ticket: another value for each link, so that rows of one browser do not show as such."""
    return hashlib.sha256(f"{link_id}:{ticket}".encode()).hexdigest()


def recognise(repository: Repository, credentials: Credentials, at: datetime) -> Visitor:
    """Turn what a browser sent into who it is. A sign-in that has ended counts as none."""
    if credentials.session_hash is None:
        return Visitor(ticket=credentials.ticket)
    found = repository.session(credentials.session_hash)
    if found is None or found[0].last_used < at - SESSION_IDLE:
        return Visitor(ticket=credentials.ticket)
    session, account = found
    if session.last_used < at - SESSION_USE_WRITTEN:
        repository.use_session(session.hash, at)
    return Visitor(account, session.hash, credentials.ticket)
