"""A link with all that decides about whoever stands in front of it, and who may decide there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from admission.changes import DoorChanged, KnockChanged
from admission.directory import Account, Link, Workspace, normalised_slug
from admission.entry import Door, Standing
from admission.errors import NotFound
from admission.meeting import Meeting
from admission.seat import Role, Seat
from admission.setup import Admitters, KeptSetup, Setup
from admission.store.repository import Repository


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


def find_doorstep(repository: Repository, slug: str) -> Doorstep:
    """The link behind an address as somebody typed it. Raises NotFound; a rotated address is marked as retired."""
    typed = normalised_slug(slug)
    found, retired = repository.doorstep_by_slug(typed), False
    if found is None:
        found, retired = repository.doorstep_by_retired_slug(typed), True
    if found is None:
        raise NotFound
    return _doorstep(*found, retired=retired)


def _doorstep(
    link: Link, owner: Account, workspace: Workspace, meeting: Meeting | None, *, retired: bool = False
) -> Doorstep:
    setup = meeting.setup if meeting else setup_to_start_from(link)
    return Doorstep(link, owner, workspace, meeting, setup.values, retired)


def doorstep_of(repository: Repository, link_id: str) -> Doorstep:
    found = repository.doorstep(link_id)
    assert found is not None, "a knock and a meeting have a link, and that an owner in a workspace"
    return _doorstep(*found)


def setup_to_start_from(link: Link) -> KeptSetup:
    return KeptSetup(replace(link.setup.values, locked=False), changed_by=link.setup.changed_by)


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
        door_changed(repository, place)


def door_changed(repository: Repository, place: Seat) -> None:
    if place.role is Role.MODERATOR and place.account_id and not place.owner:
        repository.announce(DoorChanged(place.account_id))


def door_of(repository: Repository, step: Doorstep, who: Standing, *, inside: bool = False, freed: int = 0) -> Door:
    taken = repository.others_seated(step.meeting.id) if step.meeting else 0
    return Door(
        standing=who,
        inside=inside,
        retired=step.retired,
        owner_disabled=step.owner.disabled_at is not None,
        open=step.link.open,
        locked=step.setup.locked or step.link.paused,
        colleagues=step.setup.colleagues,
        place_left=taken - freed < step.others_cap,
    )
