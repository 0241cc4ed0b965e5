"""Forgets people: what tells who somebody was is erased, at once and for good. What others gave and did stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from admission import accounts, knock
from admission.directory import Account, new_slug
from admission.doorstep import doorstep_of
from admission.errors import NotFound
from admission.moves import advance_knock
from admission.store import erasing
from admission.store.repository import Repository


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much told who somebody was. `mentions` are their name on what others asked for, ended or were set up."""

    account: bool
    sessions: int
    knocks: int
    seats: int
    mentions: int


def forget(repository: Repository, who: str, at: datetime) -> Forgotten:
    """Forget an account, by its address or id, or people without one: by a knock's id, or all of exactly this name.

    Whoever is at a door or in a meeting is out of it. Raises NotFound where nobody is known by this.
    """
    try:
        account = accounts.find_account(repository, who)
    except NotFound:
        return _forget_visitors(repository, who.strip(), at)
    return _forget_account(repository, account, at)


def _forget_account(repository: Repository, account: Account, at: datetime) -> Forgotten:
    sessions = len(repository.sessions_of(account.id))
    accounts.disable_account(repository, account.email, at)
    knocks = erasing.knocks_by(repository, account.id)
    seats = erasing.make_seats_of_account_nobodys(repository, account.id)
    erasing.make_knocks_nobodys(repository, knocks)
    mentions = erasing.make_mentions_nobodys(repository, account.id, account.name, account.workspace_id)
    erasing.make_account_nobodys(repository, account.id, new_slug())
    erasing.erase_nobodys_accounts(repository)
    return Forgotten(True, sessions, len(knocks), seats, mentions)


def _forget_visitors(repository: Repository, who: str, at: datetime) -> Forgotten:
    asked = repository.knock(who)
    named = erasing.knocks_named(repository, who)
    knocks = [asked.id] if asked else named
    _withdraw(repository, knocks, at)
    seats = erasing.make_seats_of_knocks_nobodys(repository, knocks)
    if not asked:
        seats += erasing.make_seats_named_nobodys(repository, who)
    erasing.make_knocks_nobodys(repository, knocks)
    if not knocks and not seats:
        raise NotFound(f"nobody is known by this address, id or name: {who}")
    return Forgotten(False, 0, len(knocks), seats, 0)


def _withdraw(repository: Repository, knock_ids: Iterable[str], at: datetime) -> None:
    for knock_id in knock_ids:
        knocked = repository.knock(knock_id)
        if knocked is not None and not knocked.over:
            step = doorstep_of(repository, knocked.link_id)
            advance_knock(repository, step, knocked, knock.Event.WITHDRAW, at, seat_reason="left")
