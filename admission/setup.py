"""The room's set-up, how it changes, and the one table from role, set-up and exceptions to media rights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from admission.errors import Refusal
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

    def within(self, most: Contributions) -> Contributions:
        """What is left of this choice where a workspace allows so much: `kept` allows all, `off` nothing."""
        order = list(Contributions)
        return max(self, most, key=order.index)


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
assert {each.name for each in fields(Setup)} == set(TYPES)


OWNERS = frozenset({"admitters", "colleagues", "seats", "contributions"})
"""Fields that only the link's owner sets. All others are the moderators' too."""


@dataclass(frozen=True, slots=True)
class KeptSetup:
    """A set-up with its history: the version it is at, and for each field the version that changed it last, and who."""

    values: Setup = DEFAULTS
    version: int = 1
    changed_at: Mapping[str, int] = field(default_factory=dict)
    changed_by: Mapping[str, str] = field(default_factory=dict)

    def stored(self) -> dict[str, object]:
        """As it is kept in the database; nothing for one that nobody has touched."""
        if self == KeptSetup():
            return {}
        return {
            "values": self.values.stored(),
            "version": self.version,
            "changed_at": dict(self.changed_at),
            "changed_by": dict(self.changed_by),
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> KeptSetup:
        if not stored:
            return cls()
        # A set-up that an earlier version of this program stored does not say who changed it.
        return cls(Setup.read(stored["values"]), stored["version"], stored["changed_at"], stored.get("changed_by", {}))


class SetupChanged(Refusal):
    """A field was changed by somebody else meanwhile. `kept` is what holds now."""

    code = "setup-changed"

    def __init__(self, kept: KeptSetup) -> None:
        super().__init__("the set-up has changed")
        self.kept = kept


def changed(kept: KeptSetup, wanted: Mapping[str, object], read: int, by: str) -> KeptSetup:
    """The set-up with some fields changed by somebody, of this name, who saw version `read`.

    Raises SetupChanged where a field that is wanted otherwise was changed by somebody else since: of two people
    who change at the same time neither loses what the other did not touch.
    """
    values = replace(kept.values, **{name: TYPES[name](value) for name, value in wanted.items()})
    moved = {name for name in wanted if getattr(values, name) != getattr(kept.values, name)}
    if any(kept.changed_at.get(name, 0) > read for name in moved):
        raise SetupChanged(kept)
    if not moved:
        return kept
    version = kept.version + 1
    return KeptSetup(
        values,
        version,
        {**kept.changed_at, **dict.fromkeys(moved, version)},
        {**kept.changed_by, **dict.fromkeys(moved, by)},
    )


class Source(StrEnum):
    """What somebody can be turned off in, by LiveKit's names."""

    MICROPHONE = "microphone"
    CAMERA = "camera"
    SCREEN_SHARE = "screen_share"


Exceptions = Mapping[Source, bool]
"""What one person may (True) or may not (False) use, whatever the set-up says."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What one person may do now."""

    microphone: bool
    camera: bool
    screen_share: bool
    chat: bool


def rights(role: Role, setup: Setup, exceptions: Exceptions | None = None) -> Rights:
    """Media rights of one person. Tokens and live permissions both come from here.

    A moderator may use everything, always: who could allow themselves again cannot be kept off.
    """
    if role is Role.MODERATOR:
        return Rights(microphone=True, camera=True, screen_share=True, chat=True)
    own = exceptions or {}
    return Rights(
        microphone=own.get(Source.MICROPHONE, setup.microphone is Who.EVERYONE),
        camera=own.get(Source.CAMERA, setup.camera is Who.EVERYONE),
        screen_share=own.get(Source.SCREEN_SHARE, setup.screen_share is Who.EVERYONE),
        chat=setup.chat is Who.EVERYONE,
    )
