"""The use cases of the door: look, knock, decide, enter, give up. Each is one transaction over the repository."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from admission import entry, knock
from admission.changes import KnockChanged
from admission.directory import Account, Workspace
from admission.doorstep import Doorstep, deciders, door_of, doorstep_of, find_doorstep
from admission.entry import Standing, Verdict
from admission.errors import (
    AlreadyDecided,
    Connected,
    Invalid,
    LinkClosed,
    MeetingFull,
    NotDecided,
    NotFound,
    Over,
    Refused,
    RoomLocked,
)
from admission.knock import Knock
from admission.moves import Entered, advance_knock, enters, new_seat, open_meeting, replace_knock, take_seat
from admission.names import name_skeleton
from admission.seat import Role, Seat
from admission.setup import Admitters, Colleagues, Setup
from admission.store.repository import EVERYBODY, Repository
from admission.visitor import Credentials, Visitor, recognise


class Decision(StrEnum):
    ADMIT = "admit"
    REFUSE = "refuse"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Knocked:
    knock: Knock
    deciders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AtDoor:
    """Who is at the doors of one account: the first in order of arrival, and the ids of the others."""

    first: list[KnockChanged]
    others: set[str]
    paused: bool  # the account's own link takes no new knocks


@dataclass(frozen=True, slots=True)
class LinkView:
    """What anyone may know of a link before entering. `knock` is this browser's latest, over or not."""

    owner: Account
    workspace: Workspace
    enters_directly: bool
    state: str  # open, full, locked or closed, for who asks
    setup: Setup
    knock: Knock | None
    deciders: tuple[str, ...]
    visitor: Visitor
    turned_away_from: str | None = None  # the id of the meeting that is full for who asks, or locked


def _browsers_knock(repository: Repository, step: Doorstep, visitor: Visitor) -> Knock | None:
    """This browser's latest knock on the link, over or not."""
    ticket_hash = visitor.ticket_hash(step.link.id)
    return repository.latest_knock_of_ticket(ticket_hash, visitor.account_id) if ticket_hash else None


def _accounts_knock(repository: Repository, step: Doorstep, account: Account) -> Knock | None:
    """The account's knock on the link that is not over, whatever device it was made on."""
    return repository.standing_knock_of_account(step.link.id, account.id)


def _walked_in_seat(repository: Repository, step: Doorstep, visitor: Visitor) -> Seat | None:
    if step.meeting is None or visitor.account is None:
        return None
    return repository.seat_of_account(step.meeting.id, visitor.account.id)


def _let_in(knocked: Knock | None) -> bool:
    return knocked is not None and knocked.state in (knock.State.ADMITTED, knock.State.ENTERED)


def look(repository: Repository, slug: str, credentials: Credentials, at: datetime) -> LinkView:
    """What the page of a link shows before anybody enters. Changes nothing. Raises NotFound."""
    visitor = recognise(repository, credentials, at)
    step = find_doorstep(repository, slug)
    who = entry.standing(visitor.account, step.owner)
    latest = _browsers_knock(repository, step, visitor)
    inside = (
        _walked_in_seat(repository, step, visitor) is not None
        or _let_in(latest)
        # On another device: it is handed over to this one as soon as it asks.
        or (visitor.account is not None and _let_in(_accounts_knock(repository, step, visitor.account)))
    )
    verdict = entry.verdict(door_of(repository, step, who, inside=inside))
    if verdict is Verdict.NOT_FOUND:
        raise NotFound
    # Whoever waits already was not turned away: their knock stays, whatever is full or locked since.
    shut = verdict in (Verdict.LOCKED, Verdict.FULL) and (latest is None or latest.over)
    return LinkView(
        owner=step.owner,
        workspace=step.workspace,
        enters_directly=_walks_in(step, who),
        state=verdict.value if verdict in (Verdict.CLOSED, Verdict.LOCKED, Verdict.FULL) else "open",
        setup=step.setup,
        knock=latest,
        deciders=deciders(repository, step),
        visitor=visitor,
        turned_away_from=step.meeting.id if shut and step.meeting else None,
    )


def _walks_in(step: Doorstep, who: Standing) -> bool:
    return who is Standing.OWNER or (who is Standing.COLLEAGUE and step.setup.colleagues is Colleagues.WALK_IN)


def enter(
    repository: Repository,
    slug: str,
    credentials: Credentials,
    name: str | None,
    message: str | None,
    at: datetime,
    spend: Callable[[str], None] = lambda link_id: None,
) -> Entered | Knocked:
    """Walk in, or knock.

    `spend` is asked with the link's id before a new knock is made, and raises TooManyRequests.
    Raises NotFound, Invalid (a knock without a name), LinkClosed, RoomLocked, MeetingFull.
    """
    visitor = recognise(repository, credentials, at)
    if visitor.account is None and not name:
        raise Invalid({"name": "empty"})
    step = find_doorstep(repository, slug)
    who = entry.standing(visitor.account, step.owner)
    mine = _browsers_knock(repository, step, visitor)
    if mine is not None and mine.over:
        mine = None
    if _walks_in(step, who):
        return _walk_in(repository, step, visitor, who, mine, at)
    place = _walked_in_seat(repository, step, visitor)
    if place is not None and step.meeting is not None:
        # Sat down before colleagues had to knock.
        return take_seat(repository, step, step.meeting, place, visitor, at)
    if mine is None and visitor.account is not None:
        mine = _taken_over(repository, step, visitor, visitor.account, at)
    if mine is not None and (not step.retired or _let_in(mine)):
        return Knocked(mine, deciders(repository, step))
    _turn_away(step, entry.verdict(door_of(repository, step, who)))
    spend(step.link.id)
    return _knock(repository, step, visitor, who, name, message, at)


def _turn_away(step: Doorstep, verdict: Verdict) -> None:
    meeting_id = step.meeting.id if step.meeting else None
    match verdict:
        case Verdict.NOT_FOUND:
            raise NotFound
        case Verdict.CLOSED:
            raise LinkClosed
        case Verdict.LOCKED:
            raise RoomLocked(meeting_id)
        case Verdict.FULL:
            raise MeetingFull(meeting_id)


def _walk_in(
    repository: Repository, step: Doorstep, visitor: Visitor, who: Standing, mine: Knock | None, at: datetime
) -> Entered:
    account = visitor.signed_in()
    place = _walked_in_seat(repository, step, visitor)
    # A seat taken as a guest is exchanged, not doubled.
    as_guest = {
        knocked.id: knocked for knocked in (mine, _accounts_knock(repository, step, account)) if knocked is not None
    }
    freed = 0
    if step.meeting is not None:
        freed = sum(repository.seat_of_knock(step.meeting.id, knocked_id) is not None for knocked_id in as_guest)
    _turn_away(step, entry.verdict(door_of(repository, step, who, inside=place is not None, freed=freed)))
    meeting = step.meeting or open_meeting(repository, step.link, at)
    if place is None:
        place = new_seat(repository, meeting, visitor, account=account, owner=who is Standing.OWNER, at=at)
        entered = enters(repository, step, meeting, place)
    else:
        entered = take_seat(repository, step, meeting, place, visitor, at)
    for knocked in as_guest.values():
        advance_knock(repository, step, knocked, knock.Event.WALK_IN, at, seat_reason="walked-in")
    return entered


def _taken_over(
    repository: Repository, step: Doorstep, visitor: Visitor, account: Account, at: datetime
) -> Knock | None:
    """The account's knock of another device, handed over to this one; one that still waits is withdrawn."""
    elsewhere = _accounts_knock(repository, step, account)
    if elsewhere is None:
        return None
    after = advance_knock(repository, step, elsewhere, knock.Event.KNOCK_ELSEWHERE, at)
    if after.over:
        return None
    ticket_hash = visitor.ticket_hash(step.link.id)
    assert ticket_hash is not None, "the edge gives every browser a ticket before it may enter"
    repository.add_ticket(after.seq, ticket_hash)
    handed = replace(after, session_hash=visitor.session_hash, version=after.version + 1)
    repository.replace_knock(handed)
    return handed


def _knock(
    repository: Repository,
    step: Doorstep,
    visitor: Visitor,
    who: Standing,
    name: str | None,
    message: str | None,
    at: datetime,
) -> Knocked:
    account = visitor.account
    workspace = None
    resembles = None
    if account is not None:
        name = account.name
        workspace = repository.workspace(account.workspace_id)
    else:
        assert name is not None, "enter() refused a knock without a name"
        resembles = repository.member_named_like(step.workspace.id, name_skeleton(name))
    ticket_hash = visitor.ticket_hash(step.link.id)
    assert ticket_hash is not None, "the edge gives every browser a ticket before it may enter"
    made = repository.add_knock(
        Knock(
            id=secrets.token_urlsafe(12),
            seq=0,
            link_id=step.link.id,
            meeting_id=None,
            state=knock.State.WAITING,
            name=name,
            message=message or None,
            since=at,
            account_id=account.id if account else None,
            session_hash=visitor.session_hash,
            verified_workspace=workspace.name if workspace else None,
            verified_role=account.role if account else None,
            colleague=who is Standing.COLLEAGUE,
            resembles=resembles,
        ),
        ticket_hash,
    )
    who_decides = deciders(repository, step)
    repository.announce(KnockChanged(made, step.link.slug, who_decides))
    return Knocked(made, who_decides)


def enter_by_knock(repository: Repository, knock_id: str, credentials: Credentials, at: datetime) -> Entered:
    """Hand out an entry to an admitted guest, first or again.

    Raises NotFound, NotDecided, Refused, Over, MeetingFull (the admission stands).
    """
    knocked, visitor = _held_knock(repository, knock_id, credentials, at)
    match knocked.state:
        case knock.State.WAITING:
            raise NotDecided
        case knock.State.REFUSED:
            raise Refused(knocked.reason)
        case knock.State.ADMITTED | knock.State.ENTERED:
            pass
        case _:
            raise Over
    step = doorstep_of(repository, knocked.link_id)
    assert step.meeting is not None, "an admission keeps its meeting"
    place = repository.seat_of_knock(step.meeting.id, knocked.id)
    if place is None:
        if repository.others_seated(step.meeting.id) >= step.others_cap:
            raise MeetingFull(step.meeting.id)
        place = new_seat(repository, step.meeting, visitor, knocked=knocked, at=at)
        entered = enters(repository, step, step.meeting, place)
    else:
        entered = take_seat(repository, step, step.meeting, place, visitor, at)
    if knocked.state is knock.State.ADMITTED:
        # Fifteen minutes from the last request: whoever keeps trying is not given up.
        repository.replace_knock(replace(knocked, clock=at, version=knocked.version + 1))
    return entered


def _held_knock(repository: Repository, knock_id: str, credentials: Credentials, at: datetime) -> tuple[Knock, Visitor]:
    """A knock for the browser that holds it. Raises NotFound, for a wrong ticket or a sign-in that has ended too."""
    visitor = recognise(repository, credentials, at)
    knocked = repository.knock(knock_id)
    ticket_hash = visitor.ticket_hash(knocked.link_id) if knocked else None
    if ticket_hash is None:
        raise NotFound
    knocked = repository.knock_held_by(knock_id, ticket_hash, visitor.account_id)
    if knocked is None:
        raise NotFound
    return knocked, visitor


def knock_for_guest(repository: Repository, knock_id: str, credentials: Credentials, at: datetime) -> Knocked:
    """A knock with who may decide on it, for the browser that holds it. Raises NotFound."""
    knocked, _ = _held_knock(repository, knock_id, credentials, at)
    return Knocked(knocked, deciders(repository, doorstep_of(repository, knocked.link_id)))


def withdraw(repository: Repository, knock_id: str, credentials: Credentials, at: datetime) -> None:
    """The guest gives up. Again is fine. Raises NotFound."""
    knocked, _ = _held_knock(repository, knock_id, credentials, at)
    if not knocked.over:
        step = doorstep_of(repository, knocked.link_id)
        advance_knock(repository, step, knocked, knock.Event.WITHDRAW, at, seat_reason="left")


def doorbell(repository: Repository, account_id: str, most: int = EVERYBODY) -> list[KnockChanged]:
    """Those at the door for whom this account may decide, in order of arrival."""
    return _first(repository, _doors(repository, account_id), most)


def _first(repository: Repository, doors: Iterable[Doorstep], most: int) -> list[KnockChanged]:
    found = []
    for step in doors:
        who_decides = deciders(repository, step)
        for knocked in repository.knocks_at_door(step.link.id, most):
            found.append(KnockChanged(knocked, step.link.slug, who_decides))
    return sorted(found, key=lambda change: change.knock.seq)[:most]


def at_door(repository: Repository, account_id: str, most: int) -> AtDoor:
    """Who is at the door for this account to decide on, so many of them with all that is known of them."""
    doors = _doors(repository, account_id)
    first = _first(repository, doors, most)
    ids = {knock_id for step in doors for knock_id in repository.ids_at_door(step.link.id)}
    link = repository.link_of(account_id)
    return AtDoor(first, ids - {change.knock.id for change in first}, paused=link is not None and link.paused)


def _doors(repository: Repository, account_id: str) -> list[Doorstep]:
    """The links at which this account may decide."""
    steps: dict[str, Doorstep] = {}
    link = repository.link_of(account_id)
    if link is not None:
        steps[link.id] = doorstep_of(repository, link.id)
    for place in repository.seats_of_account(account_id):
        meeting = repository.meeting(place.meeting_id)
        if meeting and place.role is Role.MODERATOR and meeting.setup.values.admitters is Admitters.MODERATORS:
            steps.setdefault(meeting.link_id, doorstep_of(repository, meeting.link_id))
    return list(steps.values())


def _decidable(repository: Repository, knock_id: str, account: Account) -> tuple[Knock, Doorstep]:
    """A knock that this account may decide on. Raises NotFound."""
    knocked = repository.knock(knock_id)
    if knocked is None:
        raise NotFound
    step = doorstep_of(repository, knocked.link_id)
    if account.id not in deciders(repository, step):
        raise NotFound
    return knocked, step


def decide(
    repository: Repository,
    knock_id: str,
    credentials: Credentials,
    decision: Decision,
    word: str | None,
    at: datetime,
) -> KnockChanged:
    """Admit, refuse or hold. The first admit or refuse wins.

    `word` goes to the guest. Raises NotSignedIn, NotFound, AlreadyDecided, Over, MeetingFull (the knock waits on).
    """
    account = recognise(repository, credentials, at).signed_in()
    knocked, step = _decidable(repository, knock_id, account)
    after, _ = _decide(repository, step, knocked, account, decision, word or None, at)
    return KnockChanged(after, step.link.slug, deciders(repository, step))


def _decide(
    repository: Repository,
    step: Doorstep,
    knocked: Knock,
    account: Account,
    decision: Decision,
    word: str | None,
    at: datetime,
) -> tuple[Knock, Doorstep]:
    if knocked.decision is not None:
        raise AlreadyDecided(knocked.decided_by, knocked.decision)
    if knocked.over:
        raise Over
    if decision is Decision.HOLD:
        return advance_knock(repository, step, knocked, knock.Event.HOLD, at, word=word), step
    by = replace(knocked, decided_by=account.name, decided_by_id=account.id)
    if decision is Decision.REFUSE:
        return advance_knock(repository, step, by, knock.Event.REFUSE, at, word=word), step
    if not door_of(repository, step, Standing.OUTSIDER).place_left:
        raise MeetingFull
    meeting = step.meeting or open_meeting(repository, step.link, at)
    step = replace(step, meeting=meeting)
    # The place is reserved now, so that nobody is let in to find the meeting full.
    new_seat(repository, meeting, None, knocked=knocked, at=at)
    return advance_knock(repository, step, replace(by, meeting_id=meeting.id), knock.Event.ADMIT, at), step


def _decided_at(repository: Repository, slug: str, credentials: Credentials, at: datetime) -> tuple[Account, Doorstep]:
    """Who asks, and the link at which they may decide. Raises NotSignedIn, NotFound."""
    account = recognise(repository, credentials, at).signed_in()
    step = find_doorstep(repository, slug)
    if step.retired or account.id not in deciders(repository, step):
        raise NotFound
    return account, step


def who_waits(repository: Repository, slug: str, credentials: Credentials, at: datetime) -> list[str]:
    """The ids of everybody who waits at a link, in order of arrival. Raises NotSignedIn, NotFound."""
    _, step = _decided_at(repository, slug, credentials, at)
    return repository.ids_waiting_at(step.link.id)


def decide_on(
    repository: Repository,
    slug: str,
    credentials: Credentials,
    knock_ids: Iterable[str],
    decision: Decision,
    at: datetime,
) -> list[tuple[str, str]]:
    """Decide on these who wait at one link, in that order: (knock id, done | full | already-decided | over).

    Raises NotSignedIn, NotFound.
    """
    account, step = _decided_at(repository, slug, credentials, at)
    results: list[tuple[str, str]] = []
    for knock_id in knock_ids:
        knocked = repository.knock(knock_id)
        if knocked is None or knocked.link_id != step.link.id:
            continue
        try:
            _, step = _decide(repository, step, knocked, account, decision, None, at)
            results.append((knocked.id, "done"))
        except MeetingFull:
            results.append((knocked.id, "full"))
        except AlreadyDecided:
            results.append((knocked.id, "already-decided"))
        except Over:
            results.append((knocked.id, "over"))
    return results


def take_back(repository: Repository, knock_id: str, credentials: Credentials, at: datetime) -> KnockChanged:
    """Undo an admission whose guest has not connected. Raises NotSignedIn, NotFound, NotDecided, Connected, Over."""
    account = recognise(repository, credentials, at).signed_in()
    knocked, step = _decidable(repository, knock_id, account)
    if knocked.state is knock.State.WAITING:
        raise NotDecided
    if knocked.state is knock.State.ENTERED:
        raise Connected
    if knocked.over:
        raise Over
    after = advance_knock(
        repository, step, knocked, knock.Event.TAKE_BACK, at, seat_reason="taken-back", by=account.name
    )
    return KnockChanged(after, step.link.slug, deciders(repository, step))


def seen(repository: Repository, knock_ids: Iterable[str], credentials: Credentials, at: datetime) -> None:
    """A visible page shows these knocks. Those that are unknown, decided or not this account's are passed over.

    Raises NotSignedIn.
    """
    account = recognise(repository, credentials, at).signed_in()
    for knock_id in knock_ids:
        try:
            knocked, step = _decidable(repository, knock_id, account)
        except NotFound:
            continue
        if knocked.state is knock.State.WAITING and not knocked.seen:
            replace_knock(repository, step, replace(knocked, seen=True, version=knocked.version + 1))


def missed(repository: Repository, account_id: str) -> list[Knock]:
    """Who knocked at the account's own link and went away undecided, newest first."""
    link = repository.link_of(account_id)
    return repository.knocks_missed(link.id) if link else []


def dismiss(repository: Repository, knock_ids: Iterable[str], credentials: Credentials, at: datetime) -> None:
    """Take knocks off the owner's list of missed ones. Raises NotSignedIn."""
    account = recognise(repository, credentials, at).signed_in()
    link = repository.link_of(account.id)
    for knock_id in knock_ids:
        knocked = repository.knock(knock_id)
        if link and knocked and knocked.link_id == link.id and knocked.over and not knocked.dismissed:
            repository.replace_knock(replace(knocked, dismissed=True, version=knocked.version + 1))
