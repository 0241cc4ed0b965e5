"""The use cases of the door: knock, decide, enter, leave. Each is one transaction over the repository."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from admission import entry, knock, seat
from admission.changes import DoorChanged, HandsChanged, KnockChanged, MeetingEnded, SeatEnded, SessionEnded
from admission.directory import Account, Link, Workspace, normalised_slug
from admission.entry import Door, Standing, Verdict
from admission.errors import (
    AlreadyDecided,
    Connected,
    Forbidden,
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
from admission.meeting import Meeting, meeting_of_room
from admission.names import name_skeleton
from admission.seat import Role, Seat
from admission.setup import Admitters, Colleagues, KeptSetup, Rights, Setup, rights
from admission.store.repository import Repository
from admission.visitor import Credentials, Visitor, recognise


class Decision(StrEnum):
    ADMIT = "admit"
    REFUSE = "refuse"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Doorstep:
    """A link with all that decides about whoever stands in front of it."""

    link: Link
    owner: Account
    workspace: Workspace
    meeting: Meeting | None  # the one that is not ended
    setup: Setup  # the meeting's, else the one it would start from
    retired: bool = False  # reached by an address that was rotated away

    @property
    def others_cap(self) -> int:
        """How many people may sit beside the owner, whose place is never given away."""
        return self.setup.cap(self.workspace.seats) - 1


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody may connect: their seat, in a meeting whose room has yet to be known to exist."""

    seat: Seat
    meeting: Meeting
    rights: Rights
    plan_seats: int


@dataclass(frozen=True, slots=True)
class Knocked:
    knock: Knock
    deciders: tuple[str, ...]


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


# -- finding the door --


def find_doorstep(repository: Repository, slug: str) -> Doorstep:
    """The link behind an address as somebody typed it. Raises NotFound; a rotated address is marked as retired."""
    typed = normalised_slug(slug)
    found, retired = repository.link_by_slug(typed), False
    if found is None:
        found, retired = repository.link_by_retired_slug(typed), True
    if found is None:
        raise NotFound
    return _doorstep(repository, *found, retired=retired)


def _doorstep(repository: Repository, link: Link, owner: Account, *, retired: bool = False) -> Doorstep:
    workspace = repository.workspace(owner.workspace_id)
    assert workspace is not None, "an account has a workspace"
    meeting = repository.running_meeting(link.id)
    setup = meeting.setup if meeting else setup_to_start_from(link)
    return Doorstep(link, owner, workspace, meeting, setup.values, retired)


def doorstep_of(repository: Repository, link_id: str) -> Doorstep:
    link = repository.link(link_id)
    assert link is not None, "a knock and a meeting have a link"
    owner = repository.account(link.owner_id)
    assert owner is not None, "a link has an owner"
    return _doorstep(repository, link, owner)


def setup_to_start_from(link: Link) -> KeptSetup:
    return KeptSetup(replace(link.setup.values, locked=False))


def deciders(repository: Repository, step: Doorstep) -> tuple[str, ...]:
    """The ids of the accounts that may decide: the owner, and with `admitters: moderators` all in the meeting."""
    if step.setup.admitters is Admitters.OWNER or step.meeting is None:
        return (step.owner.id,)
    moderators = {
        place.account_id
        for place in repository.seats_in(step.meeting.id)
        if place.role is Role.MODERATOR and place.account_id
    }
    return tuple(sorted(moderators | {step.owner.id}))


def deciders_changed(repository: Repository, link_id: str) -> None:
    """Others may decide now: tell the guests how far they reach, and the moderators whom they may let in."""
    step = doorstep_of(repository, link_id)
    who_decides = deciders(repository, step)
    for knocked in repository.knocks_at_door(link_id):
        repository.announce(KnockChanged(knocked, step.link.slug, who_decides))
    for place in repository.seats_in(step.meeting.id) if step.meeting else ():
        _door_changed(repository, place)


def _door_changed(repository: Repository, place: Seat) -> None:
    if place.role is Role.MODERATOR and place.account_id and not place.owner:
        repository.announce(DoorChanged(place.account_id))


def _door(repository: Repository, step: Doorstep, who: Standing, *, inside: bool = False, freed: int = 0) -> Door:
    taken = repository.others_seated(step.meeting.id) if step.meeting else 0
    return Door(
        standing=who,
        inside=inside,
        retired=step.retired,
        owner_disabled=step.owner.disabled_at is not None,
        open=step.link.open,
        locked=step.setup.locked,
        colleagues=step.setup.colleagues,
        place_left=taken - freed < step.others_cap,
    )


def _browsers_knock(repository: Repository, step: Doorstep, visitor: Visitor) -> Knock | None:
    """This browser's latest knock on the link, over or not."""
    ticket_hash = visitor.ticket_hash(step.link.id)
    return repository.latest_knock_of_ticket(ticket_hash) if ticket_hash else None


def _walked_in_seat(repository: Repository, step: Doorstep, visitor: Visitor) -> Seat | None:
    if step.meeting is None or visitor.account is None:
        return None
    return repository.seat_of_account(step.meeting.id, visitor.account.id)


def _let_in(knocked: Knock | None) -> bool:
    return knocked is not None and knocked.state in (knock.State.ADMITTED, knock.State.ENTERED)


# -- looking and entering --


def look(repository: Repository, slug: str, credentials: Credentials, at: datetime) -> LinkView:
    """What the page of a link shows before anybody enters. Changes nothing. Raises NotFound."""
    visitor = recognise(repository, credentials, at)
    step = find_doorstep(repository, slug)
    who = entry.standing(visitor.account, step.owner)
    latest = _browsers_knock(repository, step, visitor)
    inside = _walked_in_seat(repository, step, visitor) is not None or _let_in(latest)
    verdict = entry.verdict(_door(repository, step, who, inside=inside))
    if verdict is Verdict.NOT_FOUND:
        raise NotFound
    return LinkView(
        owner=step.owner,
        workspace=step.workspace,
        enters_directly=_walks_in(step, who),
        state=verdict.value if verdict in (Verdict.CLOSED, Verdict.LOCKED, Verdict.FULL) else "open",
        setup=step.setup,
        knock=latest,
        deciders=deciders(repository, step),
        visitor=visitor,
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
        return _take(repository, step, step.meeting, place, visitor, at)
    if mine is None and visitor.account is not None:
        mine = _taken_over(repository, step, visitor, visitor.account, at)
    if mine is not None and (not step.retired or _let_in(mine)):
        return Knocked(mine, deciders(repository, step))
    _turn_away(entry.verdict(_door(repository, step, who)))
    spend(step.link.id)
    return _knock(repository, step, visitor, who, name, message, at)


def _turn_away(verdict: Verdict) -> None:
    match verdict:
        case Verdict.NOT_FOUND:
            raise NotFound
        case Verdict.CLOSED:
            raise LinkClosed
        case Verdict.LOCKED:
            raise RoomLocked
        case Verdict.FULL:
            raise MeetingFull


def _walk_in(
    repository: Repository, step: Doorstep, visitor: Visitor, who: Standing, mine: Knock | None, at: datetime
) -> Entered:
    account = visitor.signed_in()
    place = _walked_in_seat(repository, step, visitor)
    # A seat taken as a guest is exchanged, not doubled.
    as_guest = {
        knocked.id: knocked
        for knocked in (mine, repository.standing_knock_of_account(step.link.id, account.id))
        if knocked is not None
    }
    freed = 0
    if step.meeting is not None:
        freed = sum(repository.seat_of_knock(step.meeting.id, knocked_id) is not None for knocked_id in as_guest)
    _turn_away(entry.verdict(_door(repository, step, who, inside=place is not None, freed=freed)))
    meeting = step.meeting or _open_meeting(repository, step.link, at)
    if place is None:
        place = _new_seat(repository, meeting, visitor, account=account, owner=who is Standing.OWNER, at=at)
        entered = _entered(repository, step, meeting, place)
    else:
        entered = _take(repository, step, meeting, place, visitor, at)
    for knocked in as_guest.values():
        _advance(repository, step, knocked, knock.Event.WALK_IN, at, seat_reason="walked-in")
    return entered


def _taken_over(
    repository: Repository, step: Doorstep, visitor: Visitor, account: Account, at: datetime
) -> Knock | None:
    """The account's knock of another device, handed over to this one; one that still waits is withdrawn."""
    elsewhere = repository.standing_knock_of_account(step.link.id, account.id)
    if elsewhere is None:
        return None
    after = _advance(repository, step, elsewhere, knock.Event.KNOCK_ELSEWHERE, at)
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
            raise MeetingFull
        place = _new_seat(repository, step.meeting, visitor, knocked=knocked, at=at)
        entered = _entered(repository, step, step.meeting, place)
    else:
        entered = _take(repository, step, step.meeting, place, visitor, at)
    if knocked.state is knock.State.ADMITTED:
        # Fifteen minutes from the last request: whoever keeps trying is not given up.
        repository.replace_knock(replace(knocked, clock=at, version=knocked.version + 1))
    return entered


def _held_knock(repository: Repository, knock_id: str, credentials: Credentials, at: datetime) -> tuple[Knock, Visitor]:
    """A knock for the browser whose ticket holds it. Raises NotFound, for a wrong ticket too."""
    visitor = recognise(repository, credentials, at)
    knocked = repository.knock(knock_id)
    ticket_hash = visitor.ticket_hash(knocked.link_id) if knocked else None
    if knocked is None or ticket_hash is None or not repository.knock_held_by(knock_id, ticket_hash):
        raise NotFound
    return knocked, visitor


def rights_of(repository: Repository, meeting: Meeting, place: Seat) -> Rights:
    """What the person in this seat may do now: the same for a token, a reconnect and somebody in the room."""
    return rights(place.role, meeting.setup.values, repository.exceptions(meeting.id, place.person))


def rights_in(repository: Repository, meeting: Meeting) -> dict[str, Rights]:
    """What everybody in the meeting may do now, by identity."""
    return {place.identity: rights_of(repository, meeting, place) for place in repository.seats_in(meeting.id)}


def _entered(repository: Repository, step: Doorstep, meeting: Meeting, place: Seat) -> Entered:
    return Entered(place, meeting, rights_of(repository, meeting, place), step.workspace.seats)


def _take(
    repository: Repository, step: Doorstep, meeting: Meeting, place: Seat, visitor: Visitor, at: datetime
) -> Entered:
    """Give a seat to the browser that asks: to where it was before, or to another device of the same person."""
    given = replace(
        seat.advance(place, seat.Event.ASK, at),
        session_hash=visitor.session_hash,
        ticket_hash=visitor.ticket_hash(step.link.id),
    )
    repository.replace_seat(given)
    return _entered(repository, step, meeting, given)


def _open_meeting(repository: Repository, link: Link, at: datetime) -> Meeting:
    meeting = Meeting(
        id=secrets.token_hex(10),
        link_id=link.id,
        setup=setup_to_start_from(link),
        opened=at,
    )
    repository.add_meeting(meeting)
    return meeting


def _new_seat(
    repository: Repository,
    meeting: Meeting,
    visitor: Visitor | None,
    *,
    account: Account | None = None,
    knocked: Knock | None = None,
    owner: bool = False,
    at: datetime,
) -> Seat:
    person = account or knocked
    assert person is not None, "a seat is an account's or a knock's"
    place = Seat(
        id=secrets.token_hex(10),
        meeting_id=meeting.id,
        account_id=account.id if account else knocked.account_id if knocked else None,
        knock_id=knocked.id if knocked else None,
        identity=secrets.token_urlsafe(16),
        name=person.name,
        role=Role.GUEST if knocked and not knocked.colleague else Role.MODERATOR,
        owner=owner,
        state=seat.State.HELD,
        held_since=at,
        session_hash=visitor.session_hash if visitor else None,
        ticket_hash=visitor.ticket_hash(meeting.link_id) if visitor else None,
    )
    repository.add_seat(place)
    if meeting.setup.values.admitters is Admitters.MODERATORS:
        deciders_changed(repository, meeting.link_id)
    return place


# -- the guest's knock --


def knock_for_guest(repository: Repository, knock_id: str, credentials: Credentials, at: datetime) -> Knocked:
    """A knock with who may decide on it, for the browser that holds it. Raises NotFound."""
    knocked, _ = _held_knock(repository, knock_id, credentials, at)
    return Knocked(knocked, deciders(repository, doorstep_of(repository, knocked.link_id)))


def withdraw(repository: Repository, knock_id: str, credentials: Credentials, at: datetime) -> None:
    """The guest gives up. Again is fine. Raises NotFound."""
    knocked, _ = _held_knock(repository, knock_id, credentials, at)
    if not knocked.over:
        step = doorstep_of(repository, knocked.link_id)
        _advance(repository, step, knocked, knock.Event.WITHDRAW, at, seat_reason="left")


# -- deciding --


def doorbell(repository: Repository, account_id: str) -> list[KnockChanged]:
    """Everybody at the door for whom this account may decide, in order of arrival."""
    steps: dict[str, Doorstep] = {}
    link = repository.link_of(account_id)
    if link is not None:
        steps[link.id] = doorstep_of(repository, link.id)
    for place in repository.seats_of_account(account_id):
        meeting = repository.meeting(place.meeting_id)
        if meeting and place.role is Role.MODERATOR and meeting.setup.values.admitters is Admitters.MODERATORS:
            steps.setdefault(meeting.link_id, doorstep_of(repository, meeting.link_id))
    found = []
    for step in steps.values():
        who_decides = deciders(repository, step)
        for knocked in repository.knocks_at_door(step.link.id):
            found.append(KnockChanged(knocked, step.link.slug, who_decides))
    return sorted(found, key=lambda change: change.knock.seq)


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
        return _advance(repository, step, knocked, knock.Event.HOLD, at, word=word), step
    by = replace(knocked, decided_by=account.name, decided_by_id=account.id)
    if decision is Decision.REFUSE:
        return _advance(repository, step, by, knock.Event.REFUSE, at, word=word), step
    if not _door(repository, step, Standing.OUTSIDER).place_left:
        raise MeetingFull
    meeting = step.meeting or _open_meeting(repository, step.link, at)
    step = replace(step, meeting=meeting)
    # The place is reserved now, so that nobody is let in to find the meeting full.
    _new_seat(repository, meeting, None, knocked=knocked, at=at)
    return _advance(repository, step, replace(by, meeting_id=meeting.id), knock.Event.ADMIT, at), step


def decide_all(
    repository: Repository, slug: str, credentials: Credentials, decision: Decision, at: datetime
) -> list[tuple[str, str]]:
    """Decide on everybody who waits, in order of arrival: (knock id, done | full | already-decided | over).

    Raises NotSignedIn, NotFound.
    """
    account = recognise(repository, credentials, at).signed_in()
    step = find_doorstep(repository, slug)
    if step.retired or account.id not in deciders(repository, step):
        raise NotFound
    results: list[tuple[str, str]] = []
    for knocked in repository.standing_knocks(step.link.id):
        if knocked.state is not knock.State.WAITING:
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
    after = _advance(repository, step, knocked, knock.Event.TAKE_BACK, at, seat_reason="taken-back", by=account.name)
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
            _replace(repository, step, replace(knocked, seen=True, version=knocked.version + 1))


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


# -- in the meeting --


def seat_in_meeting(repository: Repository, meeting_id: str, credentials: Credentials, at: datetime) -> Entered:
    """The caller's seat in a meeting. Raises NotFound for whoever has none there that is not ended."""
    visitor = recognise(repository, credentials, at)
    meeting = repository.meeting(meeting_id)
    if meeting is None or meeting.ended is not None:
        raise NotFound
    ticket_hash = visitor.ticket_hash(meeting.link_id)
    for place in repository.seats_in(meeting_id):
        if _sits_here(repository, place, visitor, ticket_hash):
            step = doorstep_of(repository, meeting.link_id)
            return _entered(repository, step, meeting, place)
    raise NotFound


def _sits_here(repository: Repository, place: Seat, visitor: Visitor, ticket_hash: str | None) -> bool:
    if visitor.account is not None and place.account_id == visitor.account.id:
        return True
    return bool(place.knock_id and ticket_hash and repository.knock_held_by(place.knock_id, ticket_hash))


def leave(repository: Repository, meeting_id: str, identity: str, credentials: Credentials, at: datetime) -> None:
    """The person pressed *Leave*. Fine again, and when the seat has ended otherwise.

    Raises NotFound for whoever is not in the meeting, Forbidden for somebody else's identity.
    """
    visitor = recognise(repository, credentials, at)
    meeting = repository.meeting(meeting_id)
    place = repository.seat_by_identity(identity)
    if meeting is None:
        raise NotFound
    ticket_hash = visitor.ticket_hash(meeting.link_id)
    if place is None or place.meeting_id != meeting_id or not _sits_here(repository, place, visitor, ticket_hash):
        seat_in_meeting(repository, meeting_id, credentials, at)  # raises NotFound
        raise Forbidden
    if not place.ended:
        end_place(repository, meeting, place, "left", knock.Event.LEAVE, at)


def end_place(
    repository: Repository,
    meeting: Meeting,
    place: Seat,
    reason: str,
    event: knock.Event,
    at: datetime,
    by: str | None = None,
) -> None:
    """End a seat, and the knock that it was given to."""
    knocked = repository.knock(place.knock_id) if place.knock_id else None
    if knocked is not None and not knocked.over:
        step = doorstep_of(repository, meeting.link_id)
        _advance(repository, step, knocked, event, at, seat_reason=reason, by=by)
    else:
        _end_seat(repository, meeting, place, reason, at, by)
        _end_meeting_if_over(repository, meeting.id, at)


# -- what LiveKit tells --


class Arrival(StrEnum):
    WELCOME = "welcome"
    REMOVE = "remove"  # no seat that is not ended has this identity here
    NOT_OURS = "not-ours"


def joined(
    repository: Repository, room: str, identity: str, sid: str, at: datetime, *, listed: bool = False
) -> Arrival:
    """LiveKit says that somebody joined. `listed`: it was in a list, not in a webhook."""
    named = meeting_of_room(room)
    meeting = repository.meeting(named[0]) if named else None
    if named is None or meeting is None:
        return Arrival.NOT_OURS
    place = repository.seat_by_identity(identity)
    if place is None or place.ended or place.meeting_id != meeting.id or named[1] != meeting.room:
        return Arrival.REMOVE
    if place.state is seat.State.CONNECTED and place.sid == sid:
        return Arrival.WELCOME
    repository.replace_seat(seat.advance(place, seat.Event.JOIN, at, sid=sid))
    repository.meeting_began(meeting.id, at)
    knocked = repository.knock(place.knock_id) if place.knock_id else None
    if knocked is not None and knocked.state is knock.State.ADMITTED:
        _advance(repository, doorstep_of(repository, meeting.link_id), knocked, knock.Event.CONNECT, at)
    return Arrival.WELCOME


def dropped(repository: Repository, room: str, identity: str, sid: str, at: datetime) -> None:
    """LiveKit says that a connection is gone. Whatever its reason, the seat is held: only *Leave* is a leave."""
    place = repository.seat_by_identity(identity)
    named = meeting_of_room(room)
    if place is None or named is None or place.meeting_id != named[0] or place.ended:
        return
    if place.state is seat.State.CONNECTED and place.sid == sid:
        repository.replace_seat(seat.advance(place, seat.Event.DROP, at))


def room_gone(repository: Repository, room: str, at: datetime) -> None:
    """LiveKit has this room no longer: who was connected there is held, and the meeting goes on."""
    named = meeting_of_room(room)
    meeting = repository.meeting(named[0]) if named else None
    if named is None or meeting is None or meeting.ended is not None or meeting.room != named[1]:
        return
    for place in repository.seats_in(meeting.id):
        if place.state is seat.State.CONNECTED:
            repository.replace_seat(seat.advance(place, seat.Event.UNLISTED, at))


def reconcile(
    repository: Repository,
    room: str,
    listed: Sequence[tuple[str, str]],
    begun: datetime,
    at: datetime,
) -> list[str]:
    """Make the seats agree with LiveKit's list of (identity, sid), asked for at `begun`.

    Returns the identities that have to be removed from the room.
    """
    named = meeting_of_room(room)
    meeting = repository.meeting(named[0]) if named else None
    if meeting is None:
        return []
    unwelcome = []
    for identity, sid in listed:
        place = repository.seat_by_identity(identity)
        changed = (place.held_since or place.joined_at) if place is not None else None
        if changed is not None and changed > begun:
            continue  # it left, asked or joined again after the list was begun: the list knows less than we do
        if joined(repository, room, identity, sid, at, listed=True) is Arrival.REMOVE:
            unwelcome.append(identity)
    present = {identity for identity, _ in listed}
    if meeting.ended is None and named is not None and meeting.room == named[1]:
        for place in repository.seats_in(meeting.id):
            missing = place.state is seat.State.CONNECTED and place.identity not in present
            if missing and place.joined_at is not None and place.joined_at < begun:
                repository.replace_seat(seat.advance(place, seat.Event.UNLISTED, at))
    return unwelcome


def left_over(repository: Repository, rooms: Iterable[str]) -> list[str]:
    """Of LiveKit's rooms those of ours that nobody may be in: of an ended meeting, or a former room of one."""
    found = []
    for room in rooms:
        named = meeting_of_room(room)
        meeting = repository.meeting(named[0]) if named else None
        if named and meeting and (meeting.ended is not None or meeting.room != named[1]):
            found.append(room)
    return found


# -- time --

SOME = 50
"""How much is done in one transaction of work that nobody waits for: some milliseconds."""


def time_passes(repository: Repository, at: datetime, away: timedelta) -> bool:
    """End what has lasted too long: held seats, admissions that nobody used, knocks whose page is gone.

    Of each only some, so that nobody has to wait long behind it. Returns whether there may be more.
    """
    seats = repository.seats_held_since(at - seat.HELD_FOR, SOME)
    for place in seats:
        _seat_time_over(repository, place, at)
    unused = repository.knocks_never_came(at - knock.ADMISSION_STANDS, SOME)
    for knocked in unused:
        step = doorstep_of(repository, knocked.link_id)
        _advance(repository, step, knocked, knock.Event.NEVER_CAME, at, seat_reason="never-came")
    left = repository.knocks_away_since(at - away, SOME)
    for knocked in left:
        _advance(repository, doorstep_of(repository, knocked.link_id), knocked, knock.Event.AWAY_TOO_LONG, at)
    return SOME in (len(seats), len(unused), len(left))


def _seat_time_over(repository: Repository, place: Seat, at: datetime) -> None:
    meeting = repository.meeting(place.meeting_id)
    assert meeting is not None, "a seat has a meeting"
    _seat_ended(repository, meeting, place, seat.advance(place, seat.Event.TIME_OVER, at), None)
    knocked = repository.knock(place.knock_id) if place.knock_id else None
    if knocked is not None and not knocked.over:
        step = doorstep_of(repository, meeting.link_id)
        _advance(repository, step, knocked, knock.Event.SEAT_TIME_OVER, at)
    _end_meeting_if_over(repository, meeting.id, at)


def clocks_begin_anew(repository: Repository, at: datetime) -> list[str]:
    """Nobody loses a place for time in which this server or LiveKit was not there: after it all clocks restart.

    Returns the knocks that wait, for their pages to be awaited.
    """
    repository.hold_seats_anew(at)
    repository.start_admissions_anew(at)
    repository.start_absences_anew(at)
    return repository.ids_of_waiting()


def page_gone(repository: Repository, knock_ids: Iterable[str], at: datetime) -> None:
    """No page of these waiting knocks has been open for a while: they are shown as away."""
    for knock_id in knock_ids:
        knocked = repository.knock(knock_id)
        if knocked and knocked.state is knock.State.WAITING and knocked.away_since is None:
            step = doorstep_of(repository, knocked.link_id)
            _replace(repository, step, replace(knocked, away_since=at, version=knocked.version + 1))


def page_back(repository: Repository, knock_id: str) -> None:
    knocked = repository.knock(knock_id)
    if knocked and knocked.away_since is not None:
        step = doorstep_of(repository, knocked.link_id)
        _replace(repository, step, replace(knocked, away_since=None, version=knocked.version + 1))


# -- what happens to people and links --


def session_ended(repository: Repository, session_hash: str, at: datetime) -> None:
    """A sign-in has ended: its seats end, and what was asked for under it is withdrawn."""
    for knocked in repository.knocks_of_session(session_hash):
        step = doorstep_of(repository, knocked.link_id)
        _advance(repository, step, knocked, knock.Event.WITHDRAW, at, seat_reason="left")
    for place in repository.seats_of_session(session_hash):
        meeting = repository.meeting(place.meeting_id)
        assert meeting is not None, "a seat has a meeting"
        end_place(repository, meeting, place, "left", knock.Event.LEAVE, at)
    repository.announce(SessionEnded(session_hash))


def account_disabled(repository: Repository, account_id: str, at: datetime) -> None:
    """The account's knocks and seats end, and everything behind its own link."""
    link = repository.link_of(account_id)
    if link is not None:
        meeting = repository.running_meeting(link.id)
        if meeting is not None:
            end_meeting(repository, meeting, at, "closed", None, knock.Event.DISABLED)
        step = doorstep_of(repository, link.id)
        for knocked in repository.standing_knocks(link.id):
            _advance(repository, step, knocked, knock.Event.DISABLED, at, seat_reason="closed")
    for knocked in repository.knocks_of_account(account_id):
        step = doorstep_of(repository, knocked.link_id)
        _advance(repository, step, knocked, knock.Event.DISABLED, at, seat_reason="closed")
    for place in repository.seats_of_account(account_id):
        meeting = repository.meeting(place.meeting_id)
        assert meeting is not None, "a seat has a meeting"
        end_place(repository, meeting, place, "closed", knock.Event.DISABLED, at)


def link_changed(repository: Repository, link: Link, at: datetime) -> None:
    """The link was rotated or closed: who waits is told; who was let in stays."""
    step = doorstep_of(repository, link.id)
    for knocked in repository.standing_knocks(link.id):
        if knocked.state is knock.State.WAITING:
            _advance(repository, step, knocked, knock.Event.LINK_CHANGED, at)


# -- how a knock, a seat and a meeting change together --


def _replace(repository: Repository, step: Doorstep, after: Knock) -> None:
    repository.replace_knock(after)
    repository.announce(KnockChanged(after, step.link.slug, deciders(repository, step)))


def _advance(
    repository: Repository,
    step: Doorstep,
    knocked: Knock,
    event: knock.Event,
    at: datetime,
    *,
    word: str | None = None,
    seat_reason: str = "left",
    by: str | None = None,
) -> Knock:
    """Move a knock; when it is over, its seat ends, and the meeting if nobody is expected any more."""
    after = knock.advance(knocked, event, at, word=word)
    _replace(repository, step, after)
    if after.over and after.meeting_id is not None:
        meeting = repository.meeting(after.meeting_id)
        assert meeting is not None, "an admission has a meeting"
        place = repository.seat_of_knock(meeting.id, after.id)
        if place is not None:
            _end_seat(repository, meeting, place, seat_reason, at, by)
        _end_meeting_if_over(repository, meeting.id, at)
    return after


def _end_seat(repository: Repository, meeting: Meeting, place: Seat, reason: str, at: datetime, by: str | None) -> None:
    _seat_ended(repository, meeting, place, seat.advance(place, seat.Event.END, at, reason=reason), by)


def _seat_ended(repository: Repository, meeting: Meeting, before: Seat, ended: Seat, by: str | None) -> None:
    repository.replace_seat(ended)
    repository.announce(SeatEnded(ended, meeting.room_name, by))
    if meeting.setup.values.admitters is Admitters.MODERATORS:
        _door_changed(repository, ended)
        deciders_changed(repository, meeting.link_id)
    if before.hand_since is not None:
        repository.announce(HandsChanged(meeting.id, repository.hands(meeting.id)))


def _end_meeting_if_over(repository: Repository, meeting_id: str, at: datetime) -> None:
    if repository.anybody_expected(meeting_id):
        return
    meeting = repository.meeting(meeting_id)
    assert meeting is not None, "it has just lost its last seat"
    if meeting.ended is None:
        end_meeting(repository, meeting, at, "left", None, knock.Event.MEETING_ENDED)


def end_meeting(
    repository: Repository, meeting: Meeting, at: datetime, reason: str, by: str | None, event: knock.Event
) -> None:
    """End a meeting for good: all seats with it. Whoever was on hold rings again."""
    if not repository.end_meeting(meeting.id, at, reason, by):
        return
    for place in repository.seats_in(meeting.id):
        _end_seat(repository, meeting, place, reason, at, by)
    step = doorstep_of(repository, meeting.link_id)
    for knocked in repository.standing_knocks(meeting.link_id):
        if knocked.meeting_id == meeting.id:
            _replace(repository, step, knock.advance(knocked, event, at))
        elif knocked.held:
            _replace(repository, step, knock.advance(knocked, knock.Event.MEETING_ENDED, at))
    repository.announce(MeetingEnded(meeting.id, meeting.room_name if meeting.room else None, by))
