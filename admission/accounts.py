"""The use cases about who is who: workspaces, accounts, sign-ins, and the addresses of links."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from admission import endings
from admission.changes import DoorChanged
from admission.directory import (
    Account,
    Link,
    Plan,
    Role,
    Session,
    Workspace,
    new_slug,
    normalised_slug,
)
from admission.errors import Forbidden, Invalid, NotFound, SignInFailed
from admission.names import WrongText, checked_name, name_skeleton
from admission.setup import Contributions
from admission.store.repository import Repository
from admission.visitor import SESSION_IDLE, Credentials, recognise

STANDARD_SEATS = 12
PREMIUM_SEATS = 200
MOST_SEATS = 10_000
LOGO_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class WorkspaceChoices:
    """What an operator chose for a workspace. None leaves a thing as it is; an empty text takes it away."""

    plan: Plan | None = None
    seats: int | None = None
    accent: str | None = None
    privacy_url: str | None = None
    contributions: Contributions | None = None
    logo: bytes | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An account as it stands in the directory."""

    account: Account
    workspace: Workspace
    link: Link | None


# workspaces


def add_workspace(repository: Repository, name: str, choices: WorkspaceChoices, at: datetime) -> Workspace:
    """Raises Invalid."""
    name = _checked("name", checked_name, name)
    if repository.workspace_named(name):
        raise Invalid({"name": "there is a workspace of this name already"})
    workspace = Workspace(
        id=new_id(),
        name=name,
        plan=Plan.STANDARD,
        seats=STANDARD_SEATS,
        accent=None,
        privacy_url=None,
        contributions=Contributions.KEPT,
        logo_type=None,
    )
    chosen = _with(workspace, choices)
    repository.add_workspace(chosen, at)
    return _with_logo(repository, chosen, choices)


def set_workspace(repository: Repository, name: str, choices: WorkspaceChoices) -> Workspace:
    """What may not be kept by it is read no longer, and has yet to be erased: it may be much (store/erasing.py).

    Raises Invalid, or NotFound for an unknown name.
    """
    workspace = _workspace_named(repository, name)
    chosen = _with(workspace, choices)
    repository.replace_workspace(chosen)
    return _with_logo(repository, chosen, choices)


def _workspace_named(repository: Repository, name: str) -> Workspace:
    workspace = repository.workspace_named(_checked("workspace", checked_name, name))
    if workspace is None:
        raise NotFound("there is no workspace of this name")
    return workspace


def _with(workspace: Workspace, choices: WorkspaceChoices) -> Workspace:
    plan = choices.plan or workspace.plan
    return replace(
        workspace,
        plan=plan,
        seats=_seats(workspace, plan, choices.seats),
        accent=workspace.accent if choices.accent is None else _accent(choices.accent),
        privacy_url=workspace.privacy_url if choices.privacy_url is None else _web_page(choices.privacy_url),
        contributions=choices.contributions or workspace.contributions,
    )


def _seats(workspace: Workspace, plan: Plan, chosen: int | None) -> int:
    if chosen is None:
        if plan is workspace.plan:
            return workspace.seats
        return PREMIUM_SEATS if plan is Plan.PREMIUM else STANDARD_SEATS
    most = MOST_SEATS if plan is Plan.PREMIUM else STANDARD_SEATS
    if not 2 <= chosen <= most:
        raise Invalid({"seats": f"must be from 2 to {most} with the plan {plan}"})
    return chosen


def _accent(colour: str) -> str | None:
    if not colour:
        return None
    found = re.fullmatch(r"#([0-9a-f]{3}|[0-9a-f]{6})", colour.strip().lower())
    if found is None:
        raise Invalid({"accent": "must be a colour such as #0f6b5c"})
    digits = found[1]
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def _web_page(address: str) -> str | None:
    if not address:
        return None
    rule = Invalid({"privacy_url": "must be the address of a page that begins with https:// or http://"})
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        raise rule from None
    if parts.scheme not in ("https", "http") or not parts.hostname or not address.strip().isprintable():
        raise rule
    if len(address) > 2000 or " " in address.strip():
        raise rule
    return address.strip()


LOGO_BEGINS = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "image/svg+xml": re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<svg[\s>]", re.DOTALL),
}


def _with_logo(repository: Repository, workspace: Workspace, choices: WorkspaceChoices) -> Workspace:
    if choices.logo is None:
        return workspace
    if not choices.logo:
        repository.set_logo(workspace.id, None, None)
        return replace(workspace, logo_type=None)
    # By what it is, not by what its file is called: browsers are told this type and not to guess.
    media_type = next((kind for kind, begins in LOGO_BEGINS.items() if begins.match(choices.logo)), None)
    if media_type is None:
        raise Invalid({"logo": "must be a PNG, JPEG, GIF, WebP or SVG picture"})
    if len(choices.logo) > LOGO_BYTES:
        raise Invalid({"logo": f"must not be larger than {LOGO_BYTES // 1024} KiB"})
    repository.set_logo(workspace.id, choices.logo, media_type)
    return replace(workspace, logo_type=media_type)


# accounts


def add_account(
    repository: Repository,
    email: str,
    *,
    workspace: str,
    name: str,
    role: Role,
    password_hash: str,
    at: datetime,
) -> Entry:
    """Add a person. Members and admins get a link. Raises Invalid, or NotFound for an unknown workspace."""
    belongs_to = _workspace_named(repository, workspace)
    email = _new_email(email)
    name = _checked("name", checked_name, name)
    if repository.account_by_email(email):
        raise Invalid({"email": "there is an account with this address already"})
    account = Account(new_id(), belongs_to.id, email, name, role, disabled_at=None)
    repository.add_account(account, name_skeleton(name), password_hash, at)
    link = None
    if account.has_link:
        link = Link(new_id(), account.id, _free_slug(repository), open=True)
        repository.add_link(link, at)
    return Entry(account, belongs_to, link)


def list_accounts(repository: Repository, workspace: str | None = None) -> list[Entry]:
    """Everybody, or everybody in one workspace. Raises NotFound for an unknown workspace."""
    within = _workspace_named(repository, workspace).id if workspace is not None else None
    workspaces = {known.id: known for known in repository.workspaces()}
    return [
        Entry(account, workspaces[account.workspace_id], repository.link_of(account.id))
        for account in repository.accounts(within)
    ]


def entry_of(repository: Repository, account: Account) -> Entry:
    workspace = repository.workspace(account.workspace_id)
    assert workspace is not None  # the database holds no account without one
    return Entry(account, workspace, repository.link_of(account.id))


def find_account(repository: Repository, email_or_id: str) -> Account:
    """Raises NotFound."""
    kept = kept_email(email_or_id)
    found = repository.account_by_email(kept)
    account = found[0] if found else repository.account(kept)
    if account is None:
        raise NotFound("there is no account with this address or id")
    return account


def disable_account(repository: Repository, email_or_id: str, at: datetime) -> Entry:
    """Shut somebody out: sign-ins, seats and knocks end, their link is not found, their meeting is over."""
    account = find_account(repository, email_or_id)
    if account.disabled_at is None:
        repository.set_disabled(account.id, at)
        account = replace(account, disabled_at=at)
        # Before the sign-ins end, which would count knocks as withdrawn rather than as closed.
        endings.account_disabled(repository, account.id, at)
        _end_sessions(repository, account, at)
    return entry_of(repository, account)


def enable_account(repository: Repository, email_or_id: str) -> Entry:
    account = find_account(repository, email_or_id)
    repository.set_disabled(account.id, None)
    return entry_of(repository, replace(account, disabled_at=None))


def set_password(repository: Repository, email_or_id: str, password_hash: str, at: datetime) -> Entry:
    """Give somebody a new password. Who knew the old one is signed out everywhere."""
    account = find_account(repository, email_or_id)
    repository.set_password_hash(account.id, password_hash)
    _end_sessions(repository, account, at)
    return entry_of(repository, account)


# sign-ins


def password_hash_of(repository: Repository, email: str) -> str | None:
    """What a password is compared with, or None where nobody may sign in with this address."""
    found = repository.account_by_email(kept_email(email))
    return found[1] if found and found[0].disabled_at is None else None


def sign_in(
    repository: Repository,
    email: str,
    compared_with: str,
    at: datetime,
    *,
    rehashed: str | None = None,
    before: str | None = None,
) -> tuple[str, Entry]:
    """Sign in somebody whose password matched the hash `compared_with`. Returns the session's secret, once.

    `rehashed` takes the hash's place where its cost has changed; `before` is the hash of the session that
    this browser had until now: it ends. Raises SignInFailed where the account was disabled, or its password
    changed, since the comparison.
    """
    found = repository.account_by_email(kept_email(email))
    if found is None or found[0].disabled_at is not None or found[1] != compared_with:
        raise SignInFailed
    account = found[0]
    if rehashed is not None:
        repository.set_password_hash(account.id, rehashed)
    if before is not None:
        sign_out(repository, before, at)
    secret = secrets.token_urlsafe(32)
    repository.add_session(Session(session_hash(secret), account.id, created=at, last_used=at))
    return secret, entry_of(repository, account)


def who_is_signed_in(repository: Repository, credentials: Credentials, at: datetime) -> Entry:
    """Raises NotSignedIn."""
    return entry_of(repository, recognise(repository, credentials, at).signed_in())


def session_hash(secret: str) -> str:
    """All that is stored of a session's cookie."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def sign_out(repository: Repository, session: str, at: datetime) -> None:
    """End the session of this hash, if there is one."""
    if repository.remove_session(session):
        endings.session_ended(repository, session, at)


def forget_idle_sessions(repository: Repository, at: datetime) -> None:
    for session in repository.sessions_unused_since(at - SESSION_IDLE):
        sign_out(repository, session.hash, at)


def _end_sessions(repository: Repository, account: Account, at: datetime) -> None:
    for session in repository.sessions_of(account.id):
        sign_out(repository, session.hash, at)


# links


def rotate_link(repository: Repository, owner: Account, slug: str, at: datetime) -> Link:
    """Give a link a new address. The old one is answered as unknown, but to browsers that are let in already.

    Raises NotFound, Forbidden for all but its owner.
    """
    link = _own_link(repository, owner, slug)
    repository.retire_slug(link)
    rotated = replace(link, slug=_free_slug(repository))
    repository.replace_link(rotated)
    endings.link_changed(repository, rotated, at)
    return rotated


def set_link_open(repository: Repository, owner: Account, slug: str, to: bool, at: datetime) -> Link:
    """Close a link to outsiders, or open it again. Raises NotFound, Forbidden for all but its owner."""
    link = _own_link(repository, owner, slug)
    if link.open is to:
        return link
    changed = replace(link, open=to)
    repository.replace_link(changed)
    if not to:
        endings.link_changed(repository, changed, at)
    return changed


def set_link_paused(repository: Repository, owner: Account, slug: str, to: bool, at: datetime) -> Link:
    """Let nobody new knock for a while, or let them again; who waits stays. Raises NotFound, Forbidden."""
    link = _own_link(repository, owner, slug)
    if link.paused is to:
        return link
    changed = replace(link, paused=to)
    repository.replace_link(changed)
    repository.announce(DoorChanged(owner.id))
    return changed


def _own_link(repository: Repository, owner: Account, slug: str) -> Link:
    found = repository.link_by_slug(normalised_slug(slug))
    if found is None or found[1].disabled_at is not None:
        raise NotFound
    if found[0].owner_id != owner.id:
        raise Forbidden
    return found[0]


def _free_slug(repository: Repository) -> str:
    while repository.slug_taken(slug := new_slug()):
        pass
    return slug


# what is written how


def new_id() -> str:
    return secrets.token_hex(8)


def kept_email(email: str) -> str:
    """An address as it is kept and looked up: people write capitals where they like."""
    return unicodedata.normalize("NFC", email).strip().casefold().encode("utf-8", "replace").decode()


def _new_email(email: str) -> str:
    kept = kept_email(email)
    name, at, domain = kept.rpartition("@")
    if not (name and at and domain) or len(kept) > 254 or not kept.isprintable() or " " in kept:
        raise Invalid({"email": "must be an e-mail address"})
    return kept


def _checked(field: str, check: Callable[[str], str], text: str) -> str:
    try:
        return check(text)
    except WrongText as wrong:
        raise Invalid({field: str(wrong)}) from None
