"""The room's set-up, and the one table from role and set-up to media rights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from admission.seat import Role


class Who(StrEnum):
    EVERYONE = "everyone"
    MODERATORS = "moderators"


class Admitters(StrEnum):
    OWNER = "owner"
    MODERATORS = "moderators"


class Colleagues(StrEnum):
    WALK_IN = "walk-in"
    KNOCK = "knock"


class Contributions(StrEnum):
    KEPT = "kept"
    LIVE = "live"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Setup:
    """What is chosen for a room. `seats` is None where it is the plan's number."""

    subject: str = ""
    waiting_message: str = ""
    microphone_off: bool = False
    camera_off: bool = False
    microphone: Who = Who.EVERYONE
    camera: Who = Who.EVERYONE
    screen_share: Who = Who.EVERYONE
    chat: Who = Who.EVERYONE
    locked: bool = False
    admitters: Admitters = Admitters.OWNER
    colleagues: Colleagues = Colleagues.WALK_IN
    seats: int | None = None
    contributions: Contributions = Contributions.KEPT

    def cap(self, plan_seats: int) -> int:
        """How many people may sit in the meeting, its owner among them."""
        return plan_seats if self.seats is None else min(self.seats, plan_seats)

    def stored(self) -> dict[str, object]:
        """The fields that differ from the defaults, as they are kept in the database."""
        return {name: value for name, value in asdict(self).items() if value != getattr(DEFAULTS, name)}

    @classmethod
    def read(cls, stored: Mapping[str, object]) -> Setup:
        """The set-up of what `stored` returned. A field that this version does not know is left alone."""
        return cls(**{name: TYPES[name](value) for name, value in stored.items() if name in TYPES})


def _seats(value: object) -> int | None:
    return None if value is None else int(str(value))


TYPES: dict[str, Callable[[Any], Any]] = {
    "subject": str,
    "waiting_message": str,
    "microphone_off": bool,
    "camera_off": bool,
    "microphone": Who,
    "camera": Who,
    "screen_share": Who,
    "chat": Who,
    "locked": bool,
    "admitters": Admitters,
    "colleagues": Colleagues,
    "seats": _seats,
    "contributions": Contributions,
}
DEFAULTS = Setup()
assert {field.name for field in fields(Setup)} == set(TYPES)


@dataclass(frozen=True, slots=True)
class Rights:
    """What one person may do now."""

    microphone: bool
    camera: bool
    screen_share: bool
    chat: bool


def rights(role: Role, setup: Setup) -> Rights:
    """Media rights of a role under a set-up. Tokens and live permissions both come from here."""
    moderator = role is Role.MODERATOR
    return Rights(
        microphone=moderator or setup.microphone is Who.EVERYONE,
        camera=moderator or setup.camera is Who.EVERYONE,
        screen_share=moderator or setup.screen_share is Who.EVERYONE,
        chat=moderator or setup.chat is Who.EVERYONE,
    )
