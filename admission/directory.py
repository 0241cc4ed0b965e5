"""Workspaces, their accounts and the accounts' links: who is who on the platform."""

from __future__ import annotations

import math
import re
import secrets
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from admission.setup import Contributions, KeptSetup


class Plan(StrEnum):
    STANDARD = "standard"
    PREMIUM = "premium"


class Role(StrEnum):
    """What an account is on its platform. An admin is a member who also sees the workspace's meetings."""

    MEMBER = "member"
    GUEST = "guest"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Workspace:
    id: str
    name: str
    plan: Plan
    seats: int
    accent: str | None
    privacy_url: str | None
    contributions: Contributions  # the most that may be kept of them
    logo_type: str | None  # media type of the stored logo; None where there is none


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    workspace_id: str
    email: str
    name: str
    role: Role
    disabled_at: datetime | None

    @property
    def has_link(self) -> bool:
        return self.role is not Role.GUEST


@dataclass(frozen=True, slots=True)
class Link:
    id: str
    owner_id: str
    slug: str
    open: bool
    setup: KeptSetup = field(default_factory=KeptSetup)  # what each meeting starts from
    paused: bool = False  # nobody new can knock; who waits stays


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in of one browser. `hash` is the SHA-256 of the cookie's value, which itself is stored nowhere."""

    hash: str
    account_id: str
    created: datetime
    last_used: datetime


# A slug is the secret part of a link's address, made to be read out loud. No vowels, so no words. Of letters
# and digits that look alike (0 o, 1 l i, 2 z, 5 s, 6 b, 8 b, 9 g q, u v, m rn, w vv) one at most is left.
SLUG_ALPHABET = "bcdfghjknprstvxyz347"
SLUG_GROUPS = (5, 4, 5)
SLUG_LENGTH = sum(SLUG_GROUPS)
SLUG = re.compile("-".join(f"[{SLUG_ALPHABET}]{{{length}}}" for length in SLUG_GROUPS))

assert SLUG_LENGTH * math.log2(len(SLUG_ALPHABET)) >= 60, "a slug must not be guessed"


def new_slug() -> str:
    return _grouped("".join(secrets.choice(SLUG_ALPHABET) for _ in range(SLUG_LENGTH)))


def normalised_slug(typed: str) -> str:
    """The slug that somebody meant, or "" where it can be none.

    Case, hyphens and spaces do not count, nor does punctuation around it, as programs add it to addresses.
    """
    if SLUG.fullmatch(typed):
        return typed  # as almost everybody sends it: whoever follows a link
    letters = "".join(
        character
        for character in unicodedata.normalize("NFKC", typed[:200]).casefold()
        if unicodedata.category(character)[0] not in "PZSC"
    )
    return _grouped(letters) if len(letters) == SLUG_LENGTH and set(letters) <= set(SLUG_ALPHABET) else ""


def _grouped(letters: str) -> str:
    groups, start = [], 0
    for length in SLUG_GROUPS:
        groups.append(letters[start : start + length])
        start += length
    return "-".join(groups)
