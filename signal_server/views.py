"""How things of the domain look to browsers: the shapes of the HTTP contract."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from admission import knock
from admission.accounts import Entry
from admission.changes import KnockChanged
from admission.directory import Link
from admission.knock import Knock
from admission.seat import Seat
from admission.setup import KeptSetup, Rights


def rfc3339(at: datetime) -> str:
    """UTC with milliseconds, such as 2026-01-31T09:30:00.000Z."""
    return f"{at.isoformat(timespec='milliseconds')[:23]}Z"


def guest_knock(knocked: Knock, reach: str) -> dict[str, Any]:
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


def door_knock(change: KnockChanged) -> dict[str, Any]:
    """A knock as those see it who may decide."""
    knocked = change.knock
    verified = None
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


def gone(knocked: Knock) -> dict[str, Any]:
    return {"id": knocked.id, "state": knocked.state, "by": knocked.decided_by}


def entry(seat: Seat, token: str, expires_at: datetime, livekit_url: str) -> dict[str, Any]:
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


def setup(kept: KeptSetup, plan_seats: int) -> dict[str, Any]:
    """The room's set-up. `seats` is the number that holds now."""
    return {**kept_setup(kept), "seats": kept.values.cap(plan_seats)}


def kept_setup(kept: KeptSetup) -> dict[str, Any]:
    """The set-up as it is kept. `seats` is null where it is the plan's number."""
    return {"version": kept.version, **asdict(kept.values), "changed_by": dict(kept.changed_by)}


def results(outcomes: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """What became of each person."""
    return [{"identity": identity, "result": result} for identity, result in outcomes]


def hands(raised: Iterable[Seat]) -> list[dict[str, Any]]:
    """Who has a hand up, first first."""
    return [
        {"identity": place.identity, "name": place.name, "since": rfc3339(place.hand_since)}
        for place in raised
        if place.hand_since is not None
    ]


def rights(allowed: Rights) -> dict[str, bool]:
    return {
        "microphone": allowed.microphone,
        "camera": allowed.camera,
        "screen_share": allowed.screen_share,
        "chat": allowed.chat,
    }


def link(shown: Link, public_url: str) -> dict[str, Any]:
    """A link as its owner sees it."""
    return {"slug": shown.slug, "url": f"{public_url}/m/{shown.slug}", "open": shown.open}


def session(who: Entry, public_url: str) -> dict[str, Any]:
    """Who is signed in."""
    account, workspace = who.account, who.workspace
    return {
        "account": {"id": account.id, "name": account.name, "email": account.email, "role": account.role},
        "workspace": {"name": workspace.name, "plan": workspace.plan, "seats": workspace.seats},
        "link": link(who.link, public_url) if who.link else None,
    }
