"""Workspaces, their accounts and the accounts' links: who is who on the platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
    contributions: str
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
    setup: dict[str, object]  # only the fields that differ from the defaults (admission/setup.py)
    setup_version: int


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in of one browser. `hash` is the SHA-256 of the cookie's value; the value itself is stored nowhere."""

    hash: str
    account_id: str
    created: datetime
    last_used: datetime
