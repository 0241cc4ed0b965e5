"""Workspaces, accounts, sign-ins and addresses of links: what the commands and the sign-in page rest on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlite_utils import Database

from admission import accounts, moves, waiting_room
from admission.accounts import Entry, WorkspaceChoices
from admission.changes import SessionEnded
from admission.directory import Plan, Role
from admission.errors import Forbidden, Invalid, NotFound, SignInFailed
from admission.setup import Contributions
from admission.store.repository import Repository
from admission.store.sqlite import connect
from admission.visitor import Credentials, recognise

NOW = datetime(2030, 5, 6, 7, 8, 9, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n and so on"


@pytest.fixture
def database() -> Iterator[Database]:
    opened = connect(":memory:")
    yield opened
    opened.close()


@pytest.fixture
def repository(database: Database) -> Repository:
    return Repository(database.conn)


def a_workspace(repository: Repository, name: str = "Lycée Curie") -> str:
    accounts.add_workspace(repository, name, WorkspaceChoices(), NOW)
    return name


def an_account(
    repository: Repository,
    email: str = "nadia@curie.example",
    *,
    name: str = "Nadia Amar",
    role: Role = Role.MEMBER,
    workspace: str = "Lycée Curie",
) -> Entry:
    if repository.workspace_named(workspace) is None:
        a_workspace(repository, workspace)
    return accounts.add_account(
        repository, email, workspace=workspace, name=name, role=role, password_hash="the hash", at=NOW
    )


def signed_in(repository: Repository, email: str = "nadia@curie.example", at: datetime = NOW) -> Credentials:
    secret, _ = accounts.sign_in(repository, email, "the hash", at)
    return Credentials(session_hash=accounts.session_hash(secret))


def who(repository: Repository, credentials: Credentials, at: datetime = NOW) -> str | None:
    account = recognise(repository, credentials, at).account
    return account.name if account else None


# workspaces


def test_a_workspace_starts_with_the_standard_plan(repository: Repository) -> None:
    made = accounts.add_workspace(repository, " Lycée Curie ", WorkspaceChoices(), NOW)
    assert (made.name, made.plan, made.seats) == ("Lycée Curie", Plan.STANDARD, 12)
    assert made.contributions is Contributions.KEPT
    assert repository.workspace_named("Lycée Curie") == made


@pytest.mark.parametrize(
    ("plan", "seats", "given"),
    [
        (Plan.STANDARD, None, 12),
        (Plan.STANDARD, 2, 2),
        (Plan.PREMIUM, None, 200),
        (Plan.PREMIUM, 500, 500),
    ],
)
def test_a_plan_gives_its_seats(repository: Repository, plan: Plan, seats: int | None, given: int) -> None:
    made = accounts.add_workspace(repository, "W", WorkspaceChoices(plan=plan, seats=seats), NOW)
    assert made.seats == given


def test_another_plan_brings_its_own_seats_and_the_same_plan_keeps_them(repository: Repository) -> None:
    accounts.add_workspace(repository, "W", WorkspaceChoices(plan=Plan.PREMIUM, seats=300), NOW)
    assert accounts.set_workspace(repository, "W", WorkspaceChoices(plan=Plan.PREMIUM)).seats == 300
    assert accounts.set_workspace(repository, "W", WorkspaceChoices(plan=Plan.STANDARD)).seats == 12
    assert accounts.set_workspace(repository, "W", WorkspaceChoices(plan=Plan.PREMIUM)).seats == 200


def test_what_is_set_stays_until_it_is_set_again_or_taken_away(repository: Repository) -> None:
    accounts.add_workspace(
        repository,
        "W",
        WorkspaceChoices(accent="#A0C", privacy_url="https://w.example/privacy", logo=PNG),
        NOW,
    )
    kept = accounts.set_workspace(repository, "W", WorkspaceChoices(contributions=Contributions.OFF))
    assert (kept.accent, kept.privacy_url, kept.logo_type) == ("#aa00cc", "https://w.example/privacy", "image/png")
    assert kept.contributions is Contributions.OFF
    assert kept == repository.workspace_named("W")
    assert repository.logo(kept.id) == (PNG, "image/png")
    bare = accounts.set_workspace(repository, "W", WorkspaceChoices(accent="", privacy_url="", logo=b""))
    assert (bare.accent, bare.privacy_url, bare.logo_type) == (None, None, None)
    assert bare == repository.workspace_named("W")
    assert repository.logo(bare.id) is None


@pytest.mark.parametrize(
    ("choices", "field"),
    [
        (WorkspaceChoices(seats=13), "seats"),
        (WorkspaceChoices(seats=1), "seats"),
        (WorkspaceChoices(plan=Plan.PREMIUM, seats=10_001), "seats"),
        (WorkspaceChoices(accent="red"), "accent"),
        (WorkspaceChoices(accent="#12345"), "accent"),
        (WorkspaceChoices(privacy_url="javascript:alert(1)"), "privacy_url"),
        (WorkspaceChoices(privacy_url="https://"), "privacy_url"),
        (WorkspaceChoices(privacy_url="https://a b"), "privacy_url"),
        (WorkspaceChoices(privacy_url="https://[x"), "privacy_url"),
        (WorkspaceChoices(logo=b"<html>"), "logo"),
        (WorkspaceChoices(logo=PNG + b"x" * accounts.LOGO_BYTES), "logo"),
    ],
)
def test_a_choice_that_cannot_be_taken_is_named(repository: Repository, choices: WorkspaceChoices, field: str) -> None:
    with pytest.raises(Invalid) as wrong:
        accounts.add_workspace(repository, "W", choices, NOW)
    assert list(wrong.value.errors) == [field]


@pytest.mark.parametrize(
    ("logo", "media_type"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b'<?xml version="1.0"?>\n<!-- drawn -->\n<svg/>', "image/svg+xml"),
    ],
)
def test_a_logo_is_known_by_what_it_is(repository: Repository, logo: bytes, media_type: str) -> None:
    if logo.endswith(b"<svg/>"):
        logo = logo.replace(b"<svg/>", b"<svg ></svg>")
    assert accounts.add_workspace(repository, "W", WorkspaceChoices(logo=logo), NOW).logo_type == media_type


def test_a_workspace_has_a_name_of_its_own(repository: Repository) -> None:
    a_workspace(repository, "W")
    with pytest.raises(Invalid, match="already"):
        a_workspace(repository, "W")
    with pytest.raises(Invalid, match="empty"):
        a_workspace(repository, " ")
    with pytest.raises(NotFound):
        accounts.set_workspace(repository, "X", WorkspaceChoices())


# accounts


@pytest.mark.parametrize(("role", "links"), [(Role.MEMBER, True), (Role.ADMIN, True), (Role.GUEST, False)])
def test_members_and_admins_get_a_link_and_guests_none(repository: Repository, role: Role, links: bool) -> None:
    added = an_account(repository, role=role)
    assert (added.link is not None) is links
    assert repository.link_of(added.account.id) == added.link


def test_an_address_belongs_to_one_account_however_it_is_written(repository: Repository) -> None:
    added = an_account(repository, " Nadia@Curie.Example ")
    assert added.account.email == "nadia@curie.example"
    with pytest.raises(Invalid) as wrong:
        an_account(repository, "NADIA@curie.example")
    assert list(wrong.value.errors) == ["email"]
    assert accounts.find_account(repository, "nadia@CURIE.example") == added.account
    assert accounts.find_account(repository, added.account.id) == added.account


@pytest.mark.parametrize("email", ["", "nadia", "@curie.example", "nadia@", "na dia@x", "n\x00@x", "n" * 250 + "@x.fr"])
def test_what_is_no_address_is_refused(repository: Repository, email: str) -> None:
    with pytest.raises(Invalid) as wrong:
        an_account(repository, email)
    assert list(wrong.value.errors) == ["email"]


def test_a_name_that_reads_backwards_is_refused(repository: Repository) -> None:
    with pytest.raises(Invalid) as wrong:
        an_account(repository, name="\u202eaidaN")
    assert list(wrong.value.errors) == ["name"]


def test_an_unknown_workspace_or_account_is_said(repository: Repository) -> None:
    with pytest.raises(NotFound):
        accounts.add_account(repository, "a@b.c", workspace="X", name="N", role=Role.MEMBER, password_hash="h", at=NOW)
    for unknown in ("nobody@curie.example", "0123456789abcdef", "\ud800"):
        with pytest.raises(NotFound):
            accounts.find_account(repository, unknown)


def test_the_list_names_everybody_with_workspace_and_link(repository: Repository) -> None:
    nadia = an_account(repository)
    guest = an_account(repository, "g@curie.example", name="Gil", role=Role.GUEST)
    other = an_account(repository, "o@other.example", name="Olaf", workspace="Other")
    assert accounts.list_accounts(repository) == [guest, nadia, other]
    assert accounts.list_accounts(repository, "Other") == [other]
    with pytest.raises(NotFound):
        accounts.list_accounts(repository, "Nowhere")


# sign-ins


def test_each_sign_in_is_a_session_of_its_own_and_only_its_hash_is_stored(
    repository: Repository, database: Database
) -> None:
    an_account(repository)
    first, entry = accounts.sign_in(repository, "NADIA@curie.example", "the hash", NOW)
    second, _ = accounts.sign_in(repository, "nadia@curie.example", "the hash", NOW)
    assert first != second
    assert len(first) >= 43  # 256 bits
    assert entry.account.name == "Nadia Amar"
    stored = "".join(database.conn.iterdump())
    assert first not in stored
    assert accounts.session_hash(first) in stored


def test_a_sign_in_from_the_same_browser_replaces_the_one_before(repository: Repository) -> None:
    an_account(repository)
    before = signed_in(repository)
    elsewhere = signed_in(repository)
    accounts.sign_in(repository, "nadia@curie.example", "the hash", NOW, before=before.session_hash)
    assert who(repository, before) is None
    assert who(repository, elsewhere) == "Nadia Amar"


def test_signing_out_ends_the_session_and_tells_its_streams(repository: Repository) -> None:
    an_account(repository)
    credentials = signed_in(repository)
    assert credentials.session_hash is not None
    accounts.sign_out(repository, credentials.session_hash, NOW)
    assert who(repository, credentials) is None
    assert list(repository.take_changes()) == [SessionEnded(credentials.session_hash)]
    accounts.sign_out(repository, credentials.session_hash, NOW)  # again is fine, and nobody hears of it
    assert list(repository.take_changes()) == []


def test_nobody_signs_in_with_a_password_that_changed_while_it_was_compared(repository: Repository) -> None:
    an_account(repository)
    accounts.set_password(repository, "nadia@curie.example", "another hash", NOW)
    with pytest.raises(SignInFailed):
        accounts.sign_in(repository, "nadia@curie.example", "the hash", NOW)


def test_nobody_signs_in_to_an_account_disabled_while_the_password_was_compared(repository: Repository) -> None:
    an_account(repository)
    accounts.disable_account(repository, "nadia@curie.example", NOW)
    with pytest.raises(SignInFailed):
        accounts.sign_in(repository, "nadia@curie.example", "the hash", NOW)
    assert accounts.password_hash_of(repository, "nadia@curie.example") is None


def test_a_hash_of_another_cost_is_replaced_at_the_sign_in(repository: Repository) -> None:
    an_account(repository)
    other = signed_in(repository)
    accounts.sign_in(repository, "nadia@curie.example", "the hash", NOW, rehashed="today's")
    assert accounts.password_hash_of(repository, "nadia@curie.example") == "today's"
    assert who(repository, other) == "Nadia Amar"  # the password is the same: nobody is signed out


def test_a_new_password_ends_every_session(repository: Repository) -> None:
    an_account(repository)
    sessions = [signed_in(repository), signed_in(repository)]
    accounts.set_password(repository, "nadia@curie.example", "another hash", NOW)
    assert [who(repository, each) for each in sessions] == [None, None]
    assert len(repository.take_changes()) == 2


def test_a_session_lasts_while_it_is_used_and_ends_after_thirty_days_without_use(
    repository: Repository, database: Database
) -> None:
    an_account(repository)
    used, idle = signed_in(repository), signed_in(repository)
    day = timedelta(days=1)
    assert who(repository, used, NOW + 29 * day) == "Nadia Amar"
    assert who(repository, used, NOW + 58 * day) == "Nadia Amar"
    assert who(repository, idle, NOW + 31 * day) is None
    accounts.forget_idle_sessions(repository, NOW + 58 * day)
    assert database["session"].count == 1


# disabling


def test_disabling_ends_sessions_and_the_meeting_and_hides_the_link(repository: Repository) -> None:
    nadia = an_account(repository)
    assert nadia.link is not None
    credentials = signed_in(repository)
    entered = waiting_room.enter(repository, nadia.link.slug, credentials, None, None, NOW)
    assert isinstance(entered, moves.Entered)
    disabled = accounts.disable_account(repository, nadia.account.id, NOW)
    assert disabled.account.disabled_at == NOW
    assert who(repository, credentials) is None
    assert repository.seats_in(entered.meeting.id) == []
    meeting = repository.meeting(entered.meeting.id)
    assert meeting is not None
    assert (meeting.ended, meeting.reason) == (NOW, "closed")
    with pytest.raises(NotFound):
        waiting_room.look(repository, nadia.link.slug, Credentials(), NOW)


def test_disabling_twice_keeps_the_first_time_and_enabling_brings_the_same_link_back(
    repository: Repository,
) -> None:
    nadia = an_account(repository)
    accounts.disable_account(repository, nadia.account.id, NOW)
    later = accounts.disable_account(repository, nadia.account.id, NOW + timedelta(days=1))
    assert later.account.disabled_at == NOW
    assert accounts.enable_account(repository, nadia.account.id) == nadia
    assert accounts.enable_account(repository, nadia.account.id) == nadia
    assert nadia.link is not None
    assert waiting_room.look(repository, nadia.link.slug, Credentials(), NOW).owner == nadia.account


# links


def test_a_rotated_link_has_a_new_address_and_the_old_one_is_unknown(repository: Repository) -> None:
    nadia = an_account(repository)
    assert nadia.link is not None
    rotated = accounts.rotate_link(repository, nadia.account, nadia.link.slug.upper(), NOW)
    assert rotated.slug != nadia.link.slug
    assert waiting_room.look(repository, rotated.slug, Credentials(), NOW).owner == nadia.account
    for gone in (nadia.link.slug, "bbbbb-bbbb-bbbbb"):
        with pytest.raises(NotFound):
            waiting_room.look(repository, gone, Credentials(), NOW)
    with pytest.raises(NotFound):
        accounts.rotate_link(repository, nadia.account, nadia.link.slug, NOW)


def test_a_link_can_be_closed_and_opened_again(repository: Repository) -> None:
    nadia = an_account(repository)
    assert nadia.link is not None
    slug = nadia.link.slug
    assert accounts.set_link_open(repository, nadia.account, slug, False, NOW).open is False
    assert waiting_room.look(repository, slug, Credentials(), NOW).state == "closed"
    assert accounts.set_link_open(repository, nadia.account, slug, True, NOW).open is True
    assert waiting_room.look(repository, slug, Credentials(), NOW).state == "open"


@pytest.mark.parametrize("change", ["rotate", "close"])
def test_who_waits_is_told_when_the_link_is_rotated_or_closed(repository: Repository, change: str) -> None:
    nadia = an_account(repository)
    assert nadia.link is not None
    knocked = waiting_room.enter(repository, nadia.link.slug, Credentials(ticket="a ticket"), "Guest", None, NOW)
    assert isinstance(knocked, waiting_room.Knocked)
    if change == "rotate":
        accounts.rotate_link(repository, nadia.account, nadia.link.slug, NOW)
    else:
        accounts.set_link_open(repository, nadia.account, nadia.link.slug, False, NOW)
    after = repository.knock(knocked.knock.id)
    assert after is not None
    assert (after.state, after.reason) == ("expired", "link-changed")


def test_nobody_but_its_owner_changes_a_link(repository: Repository) -> None:
    nadia = an_account(repository)
    colleague = an_account(repository, "c@curie.example", name="Colette", role=Role.ADMIN)
    assert nadia.link is not None
    with pytest.raises(Forbidden):
        accounts.rotate_link(repository, colleague.account, nadia.link.slug, NOW)
    with pytest.raises(Forbidden):
        accounts.set_link_open(repository, colleague.account, nadia.link.slug, False, NOW)
    assert repository.link_of(nadia.account.id) == nadia.link
