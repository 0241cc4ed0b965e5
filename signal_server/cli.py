"""The commands of `vestibule`: each reads the settings, opens the database, does one thing and says what it did."""

from __future__ import annotations

import asyncio
import errno
import getpass
import json
import os
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from admission import accounts, forgetting
from admission.accounts import Entry, WorkspaceChoices
from admission.directory import Plan, Role, Workspace
from admission.errors import Invalid, Refusal
from admission.setup import Contributions
from admission.store import erasing
from admission.store.repository import Repository
from admission.store.schema import NewerDatabase
from admission.store.sqlite import StoreBusy, run_now
from signal_server import demonstration
from signal_server.config import DirectorySettings, Settings, WrongSettings, read
from signal_server.housekeeping import ERASED_AT_ONCE
from signal_server.passwords import hash_password

T = TypeVar("T")
T_Settings = TypeVar("T_Settings", bound=DirectorySettings)


class Refused(click.ClickException):
    """What went wrong, in one line on stderr."""

    exit_code = 1

    def show(self, file: Any = None) -> None:
        click.echo(self.message, file=file, err=file is None)


class CannotBegin(Refused):
    """A setting is wrong, or the database is not one for this version."""

    exit_code = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="vestibule")
def vestibule() -> None:
    """A public videoconference link for every member of a platform."""
    # The database and the kept sign-ins are nobody else's business on this machine.
    os.umask(os.umask(0o077) | 0o007)


@vestibule.command()
def serve() -> None:
    """Serve, until SIGTERM or Ctrl-C."""
    from signal_server.app import serve as serve_until_stopped  # the other commands need no web server

    settings = _settings(Settings)
    _opening_the_database(lambda: run_now(settings.database_path, lambda _: None))
    try:
        # Somebody else may begin to write between the two, and go on for longer than this server waits at its start.
        _opening_the_database(lambda: serve_until_stopped(settings))
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES):
            raise
        raise CannotBegin(
            f"VESTIBULE_HOST, VESTIBULE_PORT: cannot listen on {settings.host} port {settings.port}: "
            f"{os.strerror(error.errno)}"
        ) from None


@vestibule.command()
def observe() -> None:
    """Watch who contributes what to the meetings, until SIGTERM or Ctrl-C."""
    from signal_server.observe import observe_until_stopped  # the server itself has nothing of LiveKit's media

    settings = _settings(Settings)
    _opening_the_database(lambda: run_now(settings.database_path, lambda _: None))
    _opening_the_database(lambda: observe_until_stopped(settings))


@vestibule.group()
def workspace() -> None:
    """Add and change workspaces."""


def _workspace_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option(
            "--contributions",
            type=click.Choice([each.value for each in Contributions]),
            help="What may be kept of who gave what.",
        ),
        click.option("--privacy-url", metavar="URL", help='The privacy page; "" for none.'),
        click.option("--accent", metavar="COLOUR", help='Such as #0f6b5c; "" for ours.'),
        click.option("--logo", metavar="FILE", help='A PNG, JPEG, GIF, WebP or SVG picture; "" for none.'),
        click.option("--seats", type=int, metavar="N", help="Seats of a meeting."),
        click.option(
            "--plan",
            type=click.Choice([each.value for each in Plan]),
            help="standard: 12 seats; premium: 200, or --seats.",
        ),
    ):
        command = option(command)
    return command


@workspace.command("add")
@click.argument("name")
@_workspace_options
def workspace_add(name: str, **options: Any) -> None:
    """Add the workspace NAME."""
    choices = _choices(**options)
    at = datetime.now(UTC)
    _print(_workspace(_do(lambda repository: accounts.add_workspace(repository, name, choices, at))))


@workspace.command("set")
@click.argument("name")
@_workspace_options
def workspace_set(name: str, **options: Any) -> None:
    """Change the workspace NAME; what is not given stays."""
    choices = _choices(**options)
    changed = _do(lambda repository: accounts.set_workspace(repository, name, choices))
    # In steps, so that a running server answers between them.
    while choices.contributions and not _do(partial(erasing.erase_what_may_not_be_kept, most=ERASED_AT_ONCE)):
        pass
    _print(_workspace(changed))


@vestibule.group()
def account() -> None:
    """Add, list and change the people who can sign in."""


password_option = click.option("--password-stdin", is_flag=True, help="Read the password from one line of stdin.")


@account.command("add")
@click.argument("email")
@click.option("--workspace", "workspace_name", required=True, metavar="NAME")
@click.option("--name", required=True, metavar='"Full Name"')
@click.option("--role", type=click.Choice([each.value for each in Role]), default="member", show_default=True)
@password_option
def account_add(email: str, workspace_name: str, name: str, role: str, password_stdin: bool) -> None:
    """Add the person EMAIL, with a link unless they are a guest."""
    password_hash = hash_password(_password(password_stdin))
    at = datetime.now(UTC)

    def add(repository: Repository) -> Entry:
        return accounts.add_account(
            repository,
            email,
            workspace=workspace_name,
            name=name,
            role=Role(role),
            password_hash=password_hash,
            at=at,
        )

    _print(_account(_do(add)))


@account.command("list")
@click.option("--workspace", "workspace_name", metavar="NAME", help="Only those of this workspace.")
def account_list(workspace_name: str | None) -> None:
    """Print everybody."""
    _print([_account(entry) for entry in _do(lambda repository: accounts.list_accounts(repository, workspace_name))])


@account.command("disable")
@click.argument("who", metavar="EMAIL|ID")
def account_disable(who: str) -> None:
    """Shut somebody out: sign-ins, streams and seats end, the link is not found."""
    at = datetime.now(UTC)
    _print(_account(_do(lambda repository: accounts.disable_account(repository, who, at))))


@account.command("enable")
@click.argument("who", metavar="EMAIL|ID")
def account_enable(who: str) -> None:
    """Let somebody who was disabled sign in again; the link is as it was."""
    _print(_account(_do(lambda repository: accounts.enable_account(repository, who))))


@account.command("password")
@click.argument("who", metavar="EMAIL|ID")
@password_option
def account_password(who: str, password_stdin: bool) -> None:
    """Give somebody a new password, and end their sign-ins."""
    _do(lambda repository: accounts.find_account(repository, who))  # before anybody is asked for a password
    password_hash = hash_password(_password(password_stdin))
    at = datetime.now(UTC)
    _print(_account(_do(lambda repository: accounts.set_password(repository, who, password_hash, at))))


@vestibule.command()
@click.argument("people", metavar="EMAIL|ID|NAME…", nargs=-1, required=True)
def forget(people: tuple[str, ...]) -> None:
    """Erase who somebody was, for good: an account by EMAIL or ID; visitors by a knock's ID or by exact NAME.

    They are out of every meeting at once. Figures of meetings stay, of "Somebody".
    """
    at = datetime.now(UTC)
    forgotten = _do(lambda repository: [forgetting.forget(repository, who, at) for who in people])
    path = _settings(DirectorySettings).database_path
    if not _opening_the_database(lambda: erasing.scrub(path)):
        click.echo("The database's log could not be emptied yet: give the command again in a moment", err=True)
    _print([{"who": who, **asdict(found)} for who, found in zip(people, forgotten, strict=True)])


@vestibule.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option(
    "--keep",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep the sign-ins in this file, for you alone, and show them again next time.",
)
def demo(as_json: bool, keep: Path | None) -> None:
    """Fill an empty database with two small workspaces, and print who can sign in."""
    settings = _settings(DirectorySettings)
    if _do(lambda repository: not repository.workspaces()):
        passwords = demonstration.made_up_passwords()
        hashes = {email: hash_password(password) for email, password in passwords.items()}
        at = datetime.now(UTC)
        _do(lambda repository: demonstration.fill(repository, hashes, at))
        if keep is not None:
            demonstration.keep_passwords(keep, passwords)
    else:
        passwords = demonstration.kept_passwords(keep)
    people = _do(lambda repository: demonstration.people(repository, passwords))
    if as_json:
        _print([{**_account(entry), "password": password} for entry, password in people])
    elif people:
        click.echo(demonstration.shown(people, settings.public_url))
    else:
        click.echo("The database is not empty: nothing was added.", err=True)


@vestibule.command()
def check() -> None:
    """Find out whether everything that a meeting needs is in place."""
    from signal_server.check import check_everything

    sys.exit(asyncio.run(check_everything()))


def main() -> None:
    vestibule(prog_name="vestibule")


# what every command does


def _settings(kind: type[T_Settings]) -> T_Settings:
    try:
        return read(kind)
    except WrongSettings as wrong:
        raise CannotBegin("\n".join(wrong.lines)) from None


def _do(use_case: Callable[[Repository], T]) -> T:
    """Run a use case in the database of the settings; a running server hears of it."""
    path = _settings(DirectorySettings).database_path
    try:
        return _opening_the_database(lambda: run_now(path, use_case))
    except Invalid as wrong:
        raise Refused("\n".join(f"{field}: {reason}" for field, reason in wrong.errors.items())) from None
    except Refusal as refusal:
        raise Refused(str(refusal) or refusal.code) from None


def _opening_the_database(work: Callable[[], T]) -> T:
    try:
        return work()
    except NewerDatabase:
        raise CannotBegin(
            "The database was written by a newer version of Vestibule, and was left as it is: run that version"
        ) from None
    except StoreBusy:
        raise Refused("The database is busy: try again") from None
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise Refused("The database is busy: try again") from None
        raise CannotBegin(f"VESTIBULE_DATABASE_URL: {error}") from None
    except sqlite3.DatabaseError as error:
        raise CannotBegin(f"VESTIBULE_DATABASE_URL: {error}") from None


def _choices(
    plan: str | None,
    seats: int | None,
    logo: str | None,
    accent: str | None,
    privacy_url: str | None,
    contributions: str | None,
) -> WorkspaceChoices:
    return WorkspaceChoices(
        plan=Plan(plan) if plan else None,
        seats=seats,
        accent=accent,
        privacy_url=privacy_url,
        contributions=Contributions(contributions) if contributions else None,
        logo=None if logo is None else _file(logo),
    )


def _file(name: str) -> bytes:
    if not name:
        return b""
    try:
        with open(name, "rb") as file:
            content = file.read(accounts.LOGO_BYTES + 1)
    except OSError as error:
        raise Refused(f"logo: {error.strerror}: {name}") from None
    if not content:
        raise Refused(f"logo: is empty: {name}")
    return content


def _password(from_stdin: bool) -> str:
    if not from_stdin:
        if not sys.stdin.isatty():
            raise click.UsageError("Give the password on stdin, with --password-stdin.")
        password = getpass.getpass("Password: ")
        if getpass.getpass("Again: ") != password:
            raise Refused("password: the two are not the same")
    else:
        try:
            password = sys.stdin.buffer.readline().decode().rstrip("\r\n")
        except UnicodeDecodeError:
            raise Refused("password: is not UTF-8 text") from None
    if not password:
        raise Refused("password: is empty")
    return password


# what is printed


def _workspace(workspace: Workspace) -> dict[str, Any]:
    return {
        "id": workspace.id,
        "name": workspace.name,
        "plan": workspace.plan,
        "seats": workspace.seats,
        "logo": workspace.logo_type,
        "accent": workspace.accent,
        "privacy_url": workspace.privacy_url,
        "contributions": workspace.contributions,
    }


def _account(entry: Entry) -> dict[str, Any]:
    public_url = _settings(DirectorySettings).public_url
    return {
        "id": entry.account.id,
        "email": entry.account.email,
        "name": entry.account.name,
        "role": entry.account.role,
        "workspace": entry.workspace.name,
        "disabled": entry.account.disabled_at is not None,
        "link": f"{public_url}/m/{entry.link.slug}" if entry.link else None,
    }


def _print(value: Any) -> None:
    # A terminal that cannot show a letter gets it as JSON's escape, rather than the command an error.
    plain = (sys.stdout.encoding or "").lower() not in ("utf-8", "utf8")
    click.echo(json.dumps(value, ensure_ascii=plain, indent=2))
