"""The demo workspace: made-up people to try everything with, on one machine."""

from __future__ import annotations

import json
import os
import secrets
from datetime import datetime
from pathlib import Path

from admission import accounts
from admission.accounts import Entry, WorkspaceChoices
from admission.directory import Role
from admission.store.repository import Repository

WORKSPACES = {
    "Harbour College": WorkspaceChoices(privacy_url="https://harbour.example/privacy"),
    "Lakeside Clinic": WorkspaceChoices(accent="#2f5fd0"),
}

# E-mail address: workspace, name, role, what they are there for.
PEOPLE = {
    "nadia@harbour.example": ("Harbour College", "Nadia Amar", Role.MEMBER, "owner of a link"),
    "colin@harbour.example": ("Harbour College", "Colin Reyes", Role.MEMBER, "a colleague: walks in"),
    "gina@harbour.example": ("Harbour College", "Gina Holt", Role.GUEST, "a guest user: has no link, knocks"),
    "noah@lakeside.example": ("Lakeside Clinic", "Noah Berg", Role.MEMBER, "of another workspace: knocks"),
}

CONSONANTS, VOWELS = "bdfghjklmnprstvz", "aeiou"


def made_up_passwords() -> dict[str, str]:
    """A password for everybody, random (50 bits), since a demo may stand where others reach it."""
    return {email: "-".join(_word() for _ in range(4)) for email in PEOPLE}


def _word() -> str:
    return "".join(secrets.choice(CONSONANTS) + secrets.choice(VOWELS) for _ in range(2))


def fill(repository: Repository, password_hashes: dict[str, str], at: datetime) -> None:
    """Add the demo's workspaces and people to a database that has none."""
    for name, choices in WORKSPACES.items():
        accounts.add_workspace(repository, name, choices, at)
    for email, (workspace, name, role, _) in PEOPLE.items():
        accounts.add_account(
            repository, email, workspace=workspace, name=name, role=role, password_hash=password_hashes[email], at=at
        )


def people(repository: Repository, passwords: dict[str, str]) -> list[tuple[Entry, str]]:
    """Everybody of the demo who is in the database, with the password as far as it is known."""
    known = {entry.account.email: entry for entry in accounts.list_accounts(repository)}
    return [(known[email], password) for email, password in passwords.items() if email in known]


def shown(everybody: list[tuple[Entry, str]], public_url: str) -> str:
    """For reading in a terminal."""
    lines = ["Demo sign-ins:"]
    for entry, password in everybody:
        account = entry.account
        what_for = PEOPLE[account.email][3] if account.email in PEOPLE else account.role
        lines.append(f"  {account.email:<24} {password:<22} {account.name}, {what_for}")
        if entry.link:
            lines.append(f"  {'':<24} {public_url}/m/{entry.link.slug}")
    return "\n".join(lines)


def kept_passwords(file: Path | None) -> dict[str, str]:
    try:
        kept = json.loads(file.read_text("utf-8")) if file else {}
    except (OSError, ValueError):
        return {}
    return {str(email): str(password) for email, password in kept.items()} if isinstance(kept, dict) else {}


def keep_passwords(file: Path, passwords: dict[str, str]) -> None:
    """Write them for this user alone: not even for a moment may others read them."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as kept:
        json.dump(passwords, kept, indent=2)
