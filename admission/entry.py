"""Who goes straight in, who knocks and who is turned away: the one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from admission.directory import Account, Role
from admission.setup import Colleagues


class Standing(StrEnum):
    """What somebody is to a link."""

    OWNER = "owner"
    COLLEAGUE = "colleague"  # a member of the owner's workspace
    OUTSIDER = "outsider"  # another workspace's member, a guest of any platform, anyone without an account


class Verdict(StrEnum):
    NOT_FOUND = "not-found"
    AS_BEFORE = "as-before"  # has a seat, or a standing admission
    WALK_IN = "walk-in"
    KNOCK = "knock"
    CLOSED = "closed"
    LOCKED = "locked"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Door:
    """All that decides how somebody enters through one link at one moment."""

    standing: Standing
    inside: bool = False  # has a seat that is not ended, or a standing admission
    retired: bool = False  # came by an address that was rotated away
    owner_disabled: bool = False
    open: bool = True
    locked: bool = False
    colleagues: Colleagues = Colleagues.WALK_IN
    place_left: bool = True


def standing(visitor: Account | None, owner: Account) -> Standing:
    if visitor is None:
        return Standing.OUTSIDER
    if visitor.id == owner.id:
        return Standing.OWNER
    if visitor.workspace_id == owner.workspace_id and visitor.role is not Role.GUEST:
        return Standing.COLLEAGUE
    return Standing.OUTSIDER


# The first row that fits decides.
ROWS: tuple[tuple[Callable[[Door], bool], Verdict], ...] = (
    (lambda door: door.owner_disabled, Verdict.NOT_FOUND),
    (lambda door: door.inside, Verdict.AS_BEFORE),
    (lambda door: door.retired, Verdict.NOT_FOUND),
    (lambda door: door.standing is Standing.OWNER, Verdict.WALK_IN),
    (lambda door: door.standing is Standing.OUTSIDER and not door.open, Verdict.CLOSED),
    (lambda door: door.standing is Standing.OUTSIDER and door.locked, Verdict.LOCKED),
    (lambda door: not door.place_left, Verdict.FULL),
    (lambda door: door.standing is Standing.OUTSIDER, Verdict.KNOCK),
    (lambda door: door.colleagues is Colleagues.KNOCK, Verdict.KNOCK),
    (lambda door: True, Verdict.WALK_IN),
)


def verdict(door: Door) -> Verdict:
    """Decide how somebody enters."""
    return next(verdict for fits, verdict in ROWS if fits(door))
