"""How things of the domain look to browsers: the shapes of the HTTP contract."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal, cast

from pydantic import Field
from typing_extensions import TypedDict  # pydantic reads typing's own only from Python 3.12 on

from admission import knock
from admission.accounts import Entry
from admission.changes import KnockChanged
from admission.directory import Link, Plan
from admission.directory import Role as AccountRole
from admission.knock import Knock
from admission.seat import Role, Seat
from admission.setup import Admitters, Colleagues, Contributions, KeptSetup, Rights, Source, Who

Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Reach = Literal["nobody", "ringing", "seen"]


def rfc3339(at: datetime) -> str:
    """UTC with milliseconds, such as 2026-01-31T09:30:00.000Z."""
    return f"{at.isoformat(timespec='milliseconds')[:23]}Z"


class GuestKnock(TypedDict):
    id: str
    state: knock.State
    name: str
    message: str | None
    since: Instant
    reach: Reach
    held: bool
    reply: str | None
    reason: str | None


def guest_knock(knocked: Knock, reach: Reach) -> GuestKnock:
    """A knock as its guest sees it. Nothing in it tells of anybody else's."""
    return {
        "id": knocked.id,
        "state": knocked.state,
        "name": knocked.name,
        "message": knocked.message,
        "since": rfc3339(knocked.since),
        "reach": reach,
        "held": knocked.held,
        "reply": knocked.reply,
        "reason": knocked.reason,
    }


class Verified(TypedDict):
    name: str
    workspace: str
    role: str | None


class DoorKnock(TypedDict):
    id: str
    link: str
    name: str
    message: str | None
    since: Instant
    state: knock.State
    verified: Verified | None
    resembles: str | None
    away: bool
    held: bool
    reply: str | None
    connected: bool
    decided_by: str | None


def door_knock(change: KnockChanged) -> DoorKnock:
    """A knock as those see it who may decide."""
    knocked = change.knock
    verified: Verified | None = None
    if knocked.verified_workspace is not None:
        verified = {
            "name": knocked.name,
            "workspace": knocked.verified_workspace,
            "role": knocked.verified_role,
        }
    return {
        "id": knocked.id,
        "link": change.slug,
        "name": knocked.name,
        "message": knocked.message,
        "since": rfc3339(knocked.since),
        "state": knocked.state,
        "verified": verified,
        "resembles": knocked.resembles,
        "away": knocked.away_since is not None,
        "held": knocked.held,
        "reply": knocked.reply,
        "connected": knocked.state is knock.State.ENTERED,
        "decided_by": knocked.decided_by,
    }


def at_door(knocked: Knock) -> bool:
    """Whether a knock belongs on the list of those who may decide: it waits, or was let in and has not connected."""
    return knocked.state in (knock.State.WAITING, knock.State.ADMITTED)


class DoorNow(TypedDict):
    """`more`: how many wait behind those who are told one by one. `paused`: the own link takes no new knocks."""

    more: int
    paused: bool


class AtDoor(DoorNow):
    """Who is at the door, oldest first. `account`: whose door it is."""

    account: str
    knocks: list[DoorKnock]


class Gone(TypedDict):
    id: str
    state: knock.State
    by: str | None


def gone(knocked: Knock) -> Gone:
    return {"id": knocked.id, "state": knocked.state, "by": knocked.decided_by}


class Entered(TypedDict):
    livekit_url: str
    token: str
    identity: str
    name: str
    role: Role
    meeting: str
    expires_at: Instant


def entry(seat: Seat, token: str, expires_at: datetime, livekit_url: str) -> Entered:
    """What lets a browser connect."""
    return {
        "livekit_url": livekit_url,
        "token": token,
        "identity": seat.identity,
        "name": seat.name,
        "role": seat.role,
        "meeting": seat.meeting_id,
        "expires_at": rfc3339(expires_at),
    }


class Setup(TypedDict):
    version: int
    subject: str
    waiting_message: str
    microphone_off: bool
    camera_off: bool
    microphone: Who
    camera: Who
    screen_share: Who
    chat: Who
    locked: bool
    admitters: Admitters
    colleagues: Colleagues
    seats: int | None
    contributions: Contributions
    changed_by: dict[str, str]


def setup(kept: KeptSetup, plan_seats: int) -> Setup:
    """The room's set-up. `seats` is the number that holds now."""
    return {**kept_setup(kept), "seats": kept.values.cap(plan_seats)}


def kept_setup(kept: KeptSetup) -> Setup:
    """The set-up as it is kept. `seats` is null where it is the plan's number."""
    whole = {"version": kept.version, **asdict(kept.values), "changed_by": dict(kept.changed_by)}
    return cast(Setup, whole)


class Outcome(TypedDict):
    identity: str
    result: str  # done, already, left, failed


def results(outcomes: Iterable[tuple[str, str]]) -> list[Outcome]:
    """What became of each person."""
    return [{"identity": identity, "result": result} for identity, result in outcomes]


class SetupDone(Setup):
    """A meeting's set-up, and what became of each person whose rights changed with it."""

    results: list[Outcome]


class SetupBy(Setup):
    """The set-up, and the name of who changed it."""

    by: str


class Notice(TypedDict):
    """What was done to this person, or what they are asked for."""

    kind: Literal["off", "kept-off", "allowed", "asked", "removed"]
    by: str
    source: Source | None


class TurnedAway(TypedDict):
    """To moderators: how many found the door shut so far."""

    kind: Literal["turned-away"]
    locked: int
    full: int
    plan: str
    seats: int


class Hand(TypedDict):
    identity: str
    name: str
    since: Instant


def hands(raised: Iterable[Seat]) -> list[Hand]:
    """Who has a hand up, first first."""
    return [
        {"identity": place.identity, "name": place.name, "since": rfc3339(place.hand_since)}
        for place in raised
        if place.hand_since is not None
    ]


class RightsNow(TypedDict):
    microphone: bool
    camera: bool
    screen_share: bool
    chat: bool


def rights(allowed: Rights) -> RightsNow:
    return {
        "microphone": allowed.microphone,
        "camera": allowed.camera,
        "screen_share": allowed.screen_share,
        "chat": allowed.chat,
    }


class WorkspaceLook(TypedDict):
    name: str
    logo: str | None
    accent: str | None
    privacy_url: str | None


class Named(TypedDict):
    name: str


DoorState = Literal["open", "full", "locked", "closed"]


class LinkSeen(TypedDict):
    """A link as anybody sees it who opens it. `knock` is this browser's latest.

    `contributions` is what holds of them for the meeting that runs, or for the next one.
    """

    owner: Named
    workspace: WorkspaceLook
    enters: Literal["directly", "knock"]
    state: DoorState
    waiting_message: str
    contributions: Contributions
    knock: GuestKnock | None


class Decided(TypedDict):
    id: str
    result: str  # done, full, already-decided, over


class OwnLink(TypedDict):
    """`paused`: nobody new can knock for a while."""

    slug: str
    url: str
    open: bool
    paused: bool


def link(shown: Link, public_url: str) -> OwnLink:
    """A link as its owner sees it."""
    return {"slug": shown.slug, "url": f"{public_url}/m/{shown.slug}", "open": shown.open, "paused": shown.paused}


class AccountShown(TypedDict):
    id: str
    name: str
    email: str
    role: AccountRole


class WorkspaceShown(TypedDict):
    """`contributions` is the most that may be kept of them."""

    name: str
    plan: Plan
    seats: int
    contributions: Contributions


class Session(TypedDict):
    account: AccountShown
    workspace: WorkspaceShown
    link: OwnLink | None


def session(who: Entry, public_url: str) -> Session:
    """Who is signed in."""
    account, workspace = who.account, who.workspace
    return {
        "account": {"id": account.id, "name": account.name, "email": account.email, "role": account.role},
        "workspace": {
            "name": workspace.name,
            "plan": workspace.plan,
            "seats": workspace.seats,
            "contributions": workspace.contributions,
        },
        "link": link(who.link, public_url) if who.link else None,
    }
