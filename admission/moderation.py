"""What moderators do: set the room up, turn off, allow, ask, remove, end. LiveKit is told after the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from admission import doorstep, knock, moves, observing
from admission.changes import Noticed, RoomSetUp
from admission.errors import Forbidden, Invalid, NotFound
from admission.inside import EVERYONE, seat_in_meeting
from admission.meeting import Meeting
from admission.moves import rights_of
from admission.seat import Role, Seat
from admission.setup import OWNERS, Contributions, KeptSetup, Rights, Source, Who, changed
from admission.store.repository import Repository
from admission.visitor import Credentials, recognise

FEWEST_SEATS = 2


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done in LiveKit for one person: their rights as they are now, and what to turn off once."""

    seat: Seat
    rights: Rights
    mute: Source | None = None


@dataclass(frozen=True, slots=True)
class Orders:
    """All that follows from one press. `left` are identities that were named and are not there."""

    meeting: Meeting
    by: Seat
    orders: tuple[Order, ...]
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetupView:
    """A set-up with the number of seats of the plan, in which it holds."""

    kept: KeptSetup
    plan_seats: int
    orders: Orders | None = None  # a meeting's: what follows in LiveKit


# -- the set-up --


def link_setup(repository: Repository, slug: str, credentials: Credentials, at: datetime) -> SetupView:
    """What each meeting starts from. Raises NotSignedIn, NotFound, Forbidden for all but the owner."""
    step = _own_link(repository, slug, credentials, at)
    return SetupView(step.link.setup, step.workspace.seats)


def change_link_setup(
    repository: Repository,
    slug: str,
    credentials: Credentials,
    wanted: Mapping[str, object],
    read: int,
    at: datetime,
) -> SetupView:
    """Change what is kept. Raises NotSignedIn, NotFound, Forbidden, Invalid, SetupChanged."""
    step = _own_link(repository, slug, credentials, at)
    if "locked" in wanted:
        raise Invalid({"locked": "unknown"})  # the meeting's only: a forgotten lock must not silence a link
    kept = changed(step.link.setup, _checked(wanted, step), read, step.owner.name)
    repository.replace_link(replace(step.link, setup=kept))
    return SetupView(kept, step.workspace.seats)


def _own_link(repository: Repository, slug: str, credentials: Credentials, at: datetime) -> doorstep.Doorstep:
    account = recognise(repository, credentials, at).signed_in()
    step = doorstep.find_doorstep(repository, slug)
    if step.retired or step.owner.disabled_at is not None:
        raise NotFound
    if step.owner.id != account.id:
        raise Forbidden
    return step


def _checked(wanted: Mapping[str, object], step: doorstep.Doorstep) -> Mapping[str, object]:
    """What is wanted, within what the workspace allows. The plan's seats are the plan's, also when it grows."""
    seats = wanted.get("seats")
    if isinstance(seats, int) and not FEWEST_SEATS <= seats <= step.workspace.seats:
        raise Invalid({"seats": "wrong"})
    chosen = wanted.get("contributions")
    if isinstance(chosen, Contributions) and chosen.within(step.workspace.contributions) is not chosen:
        raise Invalid({"contributions": "wrong"})
    return {**wanted, "seats": None} if seats == step.workspace.seats else wanted


def meeting_setup(repository: Repository, meeting_id: str, credentials: Credentials, at: datetime) -> SetupView:
    """What holds in a meeting now. Raises NotFound, Forbidden for guests."""
    entered = _moderator(repository, meeting_id, credentials, at)
    return SetupView(entered.meeting.setup, entered.plan_seats)


def change_meeting_setup(
    repository: Repository,
    meeting_id: str,
    credentials: Credentials,
    wanted: Mapping[str, object],
    read: int,
    at: datetime,
) -> SetupView:
    """Change what holds now, at once for everybody inside. Raises NotFound, Forbidden, Invalid, SetupChanged."""
    entered = _moderator(repository, meeting_id, credentials, at)
    if OWNERS & wanted.keys() and not entered.seat.owner:
        raise Forbidden
    step = doorstep.doorstep_of(repository, entered.meeting.link_id)
    kept = changed(entered.meeting.setup, _checked(wanted, step), read, entered.seat.name)
    orders = _set_up(repository, entered.meeting, entered.seat, kept)
    return SetupView(kept, entered.plan_seats, orders)


def _set_up(repository: Repository, meeting: Meeting, by: Seat, kept: KeptSetup) -> Orders:
    """Let a set-up hold: exceptions to what it changes are over, and everybody is told."""
    before, after = meeting.setup.values, kept.values
    if kept is meeting.setup:
        return Orders(meeting, by, ())
    rights_before = {place.id: rights_of(repository, meeting, place) for place in repository.seats_in(meeting.id)}
    for source in Source:
        if getattr(before, source) != getattr(after, source):
            repository.clear_exceptions(meeting.id, source)
    repository.set_setup(meeting.id, kept)
    meeting = replace(meeting, setup=kept)
    if before.contributions is not after.contributions:
        observing.nothing_kept(repository, meeting)
    places = repository.seats_in(meeting.id)
    orders = tuple(
        Order(place, now_allowed)
        for place in places
        if (now_allowed := rights_of(repository, meeting, place)) != rights_before[place.id]
    )
    repository.announce(RoomSetUp(meeting, {order.seat.id: order.rights for order in orders}, by.name))
    if before.admitters is not after.admitters:
        doorstep.deciders_changed(repository, meeting.link_id)
    return Orders(meeting, by, orders)


# -- off, allow, ask --


def turn_off(
    repository: Repository,
    meeting_id: str,
    source: Source,
    who: str,
    keep: bool,
    credentials: Credentials,
    at: datetime,
) -> Orders:
    """Turn something off for one person or for everyone, once or for good.

    Whoever presses it stays as they are, and where it is once so do people with an exception. Kept off for
    everyone means that it is for moderators from now on; the other moderators are turned off once.
    Raises NotFound, Forbidden for guests.
    """
    entered = _moderator(repository, meeting_id, credentials, at)
    meeting, me = entered.meeting, entered.seat
    if who == EVERYONE:
        others = [place for place in repository.seats_in(meeting_id) if place.id != me.id]
        exempt = [place for place in others if repository.exceptions(meeting.id, place.person).get(source)]
        if not keep:
            targets = [place for place in others if place not in exempt]
        else:
            repository.clear_exceptions(meeting.id, source)
            before = meeting.setup.values
            kept = changed(meeting.setup, {source.value: Who.MODERATORS}, meeting.setup.version, me.name)
            meeting = _set_up(repository, meeting, me, kept).meeting
            if kept.values == before:
                for place in exempt:
                    _tell_rights(repository, meeting, place, me)
            targets = others
        left: tuple[str, ...] = ()
    else:
        targets, left = _named(repository, meeting_id, who)
        if keep:
            for place in targets:
                if place.role is Role.GUEST:
                    repository.make_exception(meeting.id, place.person, source, False)
                    _tell_rights(repository, meeting, place, me)
    orders = []
    for place in targets:
        hard = keep and place.role is Role.GUEST
        if hard:
            repository.announce(Noticed(place, "kept-off", me.name, source))
        orders.append(Order(place, rights_of(repository, meeting, place), None if hard else source))
    return Orders(meeting, me, tuple(orders), left)


def allow(
    repository: Repository, meeting_id: str, source: Source, who: str, credentials: Credentials, at: datetime
) -> Orders:
    """Let one person or everyone use something again. Turns on nothing by itself. Raises NotFound, Forbidden."""
    entered = _moderator(repository, meeting_id, credentials, at)
    meeting, me = entered.meeting, entered.seat
    if who == EVERYONE:
        repository.clear_exceptions(meeting.id, source)
        before = meeting.setup.values
        kept = changed(meeting.setup, {source.value: Who.EVERYONE}, meeting.setup.version, me.name)
        meeting = _set_up(repository, meeting, me, kept).meeting
        targets = [place for place in repository.seats_in(meeting_id) if place.role is Role.GUEST]
        if kept.values == before:
            for place in targets:
                _tell_rights(repository, meeting, place, me)
        left: tuple[str, ...] = ()
    else:
        targets, left = _named(repository, meeting_id, who)
        for place in targets:
            if place.role is Role.GUEST:
                everyone = getattr(meeting.setup.values, source) is Who.EVERYONE
                repository.make_exception(meeting.id, place.person, source, None if everyone else True)
                _tell_rights(repository, meeting, place, me)
    for place in targets:
        repository.announce(Noticed(place, "allowed", me.name, source))
    return Orders(meeting, me, tuple(Order(place, rights_of(repository, meeting, place)) for place in targets), left)


def ask(
    repository: Repository, meeting_id: str, source: Source, who: str, credentials: Credentials, at: datetime
) -> list[tuple[str, str]]:
    """Ask somebody, or everyone else, to turn something on: (identity, done | left). They decide.

    Raises NotFound, Forbidden.
    """
    entered = _moderator(repository, meeting_id, credentials, at)
    if who == EVERYONE:
        targets = [place for place in repository.seats_in(meeting_id) if place.id != entered.seat.id]
        left: tuple[str, ...] = ()
    else:
        targets, left = _named(repository, meeting_id, who)
    for place in targets:
        repository.announce(Noticed(place, "asked", entered.seat.name, source))
    return [(place.identity, "done") for place in targets] + [(identity, "left") for identity in left]


def _tell_rights(repository: Repository, meeting: Meeting, place: Seat, by: Seat) -> None:
    repository.announce(RoomSetUp(meeting, {place.id: rights_of(repository, meeting, place)}, by.name))


def _named(repository: Repository, meeting_id: str, identity: str) -> tuple[list[Seat], tuple[str, ...]]:
    place = repository.seat_by_identity(identity)
    if place is None or place.meeting_id != meeting_id:
        raise NotFound
    return ([], (identity,)) if place.ended else ([place], ())


# -- remove, end --


def remove(repository: Repository, meeting_id: str, who: str, credentials: Credentials, at: datetime) -> None:
    """End somebody's seat: nothing that they hold lets them in again. Fine when they have left.

    Raises NotFound, Forbidden for guests and for the owner's seat, Invalid for everyone.
    """
    entered = _moderator(repository, meeting_id, credentials, at)
    if who == EVERYONE:
        raise Invalid({"who": "wrong"})
    targets, _ = _named(repository, meeting_id, who)
    for place in targets:
        if place.owner:
            raise Forbidden
        repository.announce(Noticed(place, "removed", entered.seat.name, None))
        moves.end_place(repository, entered.meeting, place, "removed", knock.Event.REMOVE, at, entered.seat.name)


def put_out(repository: Repository, identity: str, at: datetime) -> None:
    """LiveKit says that somebody does what no page of ours does: their seat ends as by a removal."""
    place = repository.seat_by_identity(identity)
    meeting = repository.meeting(place.meeting_id) if place else None
    if place is not None and meeting is not None and not place.ended:
        moves.end_place(repository, meeting, place, "removed", knock.Event.REMOVE, at, None)


def end_for_all(repository: Repository, meeting_id: str, credentials: Credentials, at: datetime) -> None:
    """End the meeting: the owner, or a moderator while the owner is not in. Raises NotFound, Forbidden."""
    entered = _moderator(repository, meeting_id, credentials, at)
    if not entered.seat.owner and any(place.owner for place in repository.seats_in(meeting_id)):
        raise Forbidden
    moves.end_meeting(repository, entered.meeting, at, "ended", entered.seat.name, knock.Event.MEETING_ENDED)


def _moderator(repository: Repository, meeting_id: str, credentials: Credentials, at: datetime) -> moves.Entered:
    entered = seat_in_meeting(repository, meeting_id, credentials, at)
    if entered.seat.role is not Role.MODERATOR:
        raise Forbidden
    return entered
