"""SQL that erases: what has been kept long enough, in steps that nobody has to wait for, and who somebody was."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from admission.setup import KeptSetup
from admission.store.repository import Repository, milliseconds
from admission.store.sqlite import connect

SOMEBODY = "Somebody"
"""What stands where a name was."""

NO_PASSWORD = ""
"""The password hash of an account that is nobody's any more. It matches nothing."""


# what has been kept long enough


def erase_knocks(repository: Repository, before: datetime, most: int) -> int:
    """Erase at most so many knocks that were over before that moment. Returns how many."""
    seqs = _rows(
        repository,
        "SELECT seq FROM knock WHERE over_at < :at LIMIT :most",
        {"at": milliseconds(before), "most": most},
    )
    repository.connection.executemany("DELETE FROM knock_ticket WHERE knock_seq = ?", seqs)
    repository.connection.executemany("DELETE FROM knock WHERE seq = ?", seqs)
    return len(seqs)


def meetings_to_erase(repository: Repository, before: datetime) -> list[str]:
    """The meetings that ended before that moment."""
    found = _rows(repository, "SELECT id FROM meeting WHERE ended < :at", {"at": milliseconds(before)})
    return [meeting_id for (meeting_id,) in found]


def erase_meeting(repository: Repository, meeting_id: str, most: int) -> bool:
    """Erase a meeting with who sat in it and at most so much of what was observed. True once nothing is left."""
    some = "(SELECT seq FROM observed WHERE meeting_id = :id LIMIT :most)"
    values = {"id": meeting_id, "most": most}
    if _execute(repository, f"DELETE FROM observed WHERE seq IN {some}", values) == most:
        return False
    for table in ("watching", "media_exception", "seat"):
        _execute(repository, f"DELETE FROM {table} WHERE meeting_id = :id", values)
    _execute(repository, "DELETE FROM meeting WHERE id = :id", values)
    return True


def erase_what_may_not_be_kept(repository: Repository, most: int) -> bool:
    """Erase at most so much of what was observed where the workspace allows less by now. True once nothing is left."""
    meetings = (
        "(SELECT m.id FROM meeting m JOIN link l ON l.id = m.link_id JOIN account a ON a.id = l.owner_id"
        " JOIN workspace w ON w.id = a.workspace_id"
        " WHERE w.contributions = 'off' OR (w.contributions = 'live' AND m.ended IS NOT NULL))"
    )
    some = f"(SELECT seq FROM observed WHERE meeting_id IN {meetings} LIMIT :most)"
    if _execute(repository, f"DELETE FROM observed WHERE seq IN {some}", {"most": most}) == most:
        return False
    _execute(repository, f"DELETE FROM watching WHERE meeting_id IN {meetings}", {})
    return True


def erase_nobodys_accounts(repository: Repository) -> None:
    """Erase accounts that are nobody's any more, once nothing that is kept was behind their links."""
    nobodys = "(SELECT id FROM account WHERE password_hash = :none)"
    _execute(
        repository,
        f"DELETE FROM link WHERE owner_id IN {nobodys}"
        " AND NOT EXISTS (SELECT 1 FROM meeting WHERE link_id = link.id)"
        " AND NOT EXISTS (SELECT 1 FROM knock WHERE link_id = link.id)",
        {"none": NO_PASSWORD},
    )
    _execute(
        repository,
        "DELETE FROM account WHERE password_hash = :none"
        " AND NOT EXISTS (SELECT 1 FROM link WHERE owner_id = account.id)",
        {"none": NO_PASSWORD},
    )


# who somebody was


def knocks_named(repository: Repository, name: str) -> list[str]:
    """The knocks of people without an account who gave exactly this name."""
    found = _rows(repository, "SELECT id FROM knock WHERE name = :name AND account_id IS NULL", {"name": name})
    return [knock_id for (knock_id,) in found]


def knocks_by(repository: Repository, account_id: str) -> list[str]:
    """Every knock that an account ever made."""
    found = _rows(repository, "SELECT id FROM knock WHERE account_id = :id", {"id": account_id})
    return [knock_id for (knock_id,) in found]


def make_knocks_nobodys(repository: Repository, knock_ids: Iterable[str]) -> int:
    """Leave nothing of who knocked but that somebody did. No browser holds these knocks any more."""
    ids = [(knock_id,) for knock_id in knock_ids]
    ticket = "DELETE FROM knock_ticket WHERE knock_seq = (SELECT seq FROM knock WHERE id = ?)"
    repository.connection.executemany(ticket, ids)
    repository.connection.executemany(
        f"UPDATE knock SET name = '{SOMEBODY}', message = NULL, reply = NULL, account_id = NULL, session_hash = NULL,"
        f" verified_workspace = NULL, verified_role = NULL, resembles = NULL, {NO_WORD}, dismissed = 1 WHERE id = ?",
        ids,
    )
    return len(ids)


def make_seats_of_knocks_nobodys(repository: Repository, knock_ids: Iterable[str]) -> int:
    """The seats stay for the figures, without a name."""
    ids = [(knock_id,) for knock_id in knock_ids]
    return (
        repository.connection.executemany(f"UPDATE seat SET {NOBODYS} WHERE knock_id = ?", ids).rowcount if ids else 0
    )


def make_seats_named_nobodys(repository: Repository, name: str) -> int:
    """The same for seats of people without an account whose knocks are forgotten already."""
    return _execute(repository, f"UPDATE seat SET {NOBODYS} WHERE name = :name AND account_id IS NULL", {"name": name})


def make_seats_of_account_nobodys(repository: Repository, account_id: str) -> int:
    """The same for an account. In each meeting it becomes another nobody: they cannot be brought together."""
    values = {"id": account_id}
    met = _rows(repository, "SELECT DISTINCT meeting_id FROM seat WHERE account_id = :id", values)
    seats = sum(
        _execute(
            repository,
            f"UPDATE seat SET {NOBODYS}, account_id = :new WHERE account_id = :id AND meeting_id = :meeting",
            {**values, "new": secrets.token_hex(8), "meeting": meeting_id},
        )
        for (meeting_id,) in met
    )
    _execute(repository, "DELETE FROM media_exception WHERE person = :id", values)
    return seats


NO_WORD = "reason = CASE state WHEN 'refused' THEN NULL ELSE reason END"
"""The reason of a refusal is what the owner wrote; every other one is a code of ours."""

NOBODYS = f"name = '{SOMEBODY}', session_hash = NULL, ticket_hash = NULL"


def make_mentions_nobodys(repository: Repository, account_id: str, name: str, workspace_id: str) -> int:
    """Take somebody's name off what others did: whom they decided on, what they ended or set up. Returns how many."""
    links = "(SELECT l.id FROM link l JOIN account a ON a.id = l.owner_id WHERE a.workspace_id = :workspace)"
    values = {"id": account_id, "name": name, "workspace": workspace_id, "somebody": SOMEBODY}
    changed = _execute(
        repository,
        f"UPDATE knock SET decided_by = :somebody, decided_by_id = NULL, reply = NULL, {NO_WORD}"
        " WHERE decided_by_id = :id",
        values,
    )
    changed += _execute(
        repository, f"UPDATE knock SET resembles = NULL WHERE resembles = :name AND link_id IN {links}", values
    )
    changed += _execute(
        repository, f"UPDATE meeting SET ended_by = :somebody WHERE ended_by = :name AND link_id IN {links}", values
    )
    for table, link in (("link", "id"), ("meeting", "link_id")):
        # As it stands within the JSON, so that few have to be read.
        sql = f"SELECT id, setup FROM {table} WHERE instr(setup, :written) > 0 AND {link} IN {links}"
        for row_id, stored in _rows(repository, sql, {"written": json.dumps(name), "workspace": workspace_id}):
            kept = KeptSetup.read(json.loads(stored))
            by = {field: SOMEBODY if who == name else who for field, who in kept.changed_by.items()}
            changed += _set_setup(repository, table, row_id, replace(kept, changed_by=by))
    return changed


def make_account_nobodys(repository: Repository, account_id: str, address: str) -> None:
    """Empty an account and its link, at a new address that nobody knows; what its meetings were set up for, too."""
    sql = "SELECT m.id, m.setup FROM meeting m JOIN link l ON l.id = m.link_id WHERE l.owner_id = :id"
    for meeting_id, stored in _rows(repository, sql, {"id": account_id}):
        kept = KeptSetup.read(json.loads(stored))
        values = replace(kept.values, subject="", waiting_message="")
        _set_setup(repository, "meeting", meeting_id, KeptSetup(values))
    _execute(
        repository,
        "DELETE FROM retired_slug WHERE link_id = (SELECT id FROM link WHERE owner_id = :id)",
        {"id": account_id},
    )
    _execute(
        repository,
        "UPDATE link SET slug = :slug, open = 0, setup = '{}' WHERE owner_id = :id",
        {"id": account_id, "slug": address},
    )
    _execute(
        repository,
        "UPDATE account SET name = :name, skeleton = '', email = :email, password_hash = :none WHERE id = :id",
        {
            "id": account_id,
            "name": SOMEBODY,
            "email": f"{secrets.token_hex(8)}@forgotten.invalid",
            "none": NO_PASSWORD,
        },
    )


def scrub(path: Path | str) -> bool:
    """Write the log back and empty it: what was erased is then in none of the database's files.

    Deleted rows are overwritten as they are deleted (PRAGMA secure_delete). False where others read on and on.
    """
    db = connect(path)
    try:
        (busy, _pages, _moved) = db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        db.close()
    return not busy


def _set_setup(repository: Repository, table: str, row_id: str, kept: KeptSetup) -> int:
    return _execute(
        repository,
        f"UPDATE {table} SET setup = :setup WHERE id = :id",
        {"id": row_id, "setup": json.dumps(kept.stored())},
    )


def _execute(repository: Repository, sql: str, values: dict[str, Any]) -> int:
    return repository.connection.execute(sql, values).rowcount


def _rows(repository: Repository, sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    return repository.connection.execute(sql, values).fetchall()
