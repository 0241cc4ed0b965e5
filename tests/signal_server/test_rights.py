"""Every call with everybody who may make it: one table of what each gets. A route without a row fails."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import aiohttp
from aiohttp import web

from admission import accounts, inside, moderation, waiting_room
from admission.directory import Role
from admission.endings import page_gone, time_passes
from admission.moves import Entered
from admission.store.repository import Repository
from admission.visitor import Credentials
from admission.waiting_room import Decision, Knocked
from signal_server import pages
from signal_server.clock import now
from signal_server.keys import STORE
from tests.signal_server.front_door import FrontDoor

# own own+    the owner, outside and in the meeting
# mem mem+    a member of the owner's workspace, outside and in the meeting
# adm         an admin of that workspace, outside
# oth plat    a member of another workspace; a guest user of the platform
# in          a visitor who was let in, and sits in the meeting
# wait ref    a visitor who waits; who was refused
# left rem    a visitor who left; who was removed
# laps exp    a visitor who was let in and never came; whose page was gone for too long
# nob forg    nobody; somebody with cookies that they made up
# idle out    the owner's cookie, of a sign-in that nobody used for a month; of one that was signed out
#
# Addresses without a slash in front are below /api/v1. KNOCK waits at the door and is somebody else's, OWN is the
# caller's (a dash: they have none). What follows a colon names the body, where a call has several.
RIGHTS = """
call                           own  own+ mem  mem+ adm  oth  plat in   wait ref  left rem  laps exp  nob  forg idle out
GET session                    200  200  200  200  200  200  200  401  401  401  401  401  401  401  401  401  401  401
DELETE session                 204  204  204  204  204  204  204  204  204  204  204  204  204  204  204  204  204  204
GET links/LINK                 200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
PATCH links/LINK               200  200  403  403  403  403  403  401  401  401  401  401  401  401  401  401  401  401
POST links/LINK/pause          200  200  403  403  403  403  403  401  401  401  401  401  401  401  401  401  401  401
POST links/LINK/rotate         200  200  403  403  403  403  403  401  401  401  401  401  401  401  401  401  401  401
POST links/LINK/entry          200  200  200  200  200  202  202  202  202  202  202  202  202  202  202  202  202  202
POST links/LINK/decisions      200  200  404  404  404  404  404  401  401  401  401  401  401  401  401  401  401  401
GET links/LINK/setup           200  200  403  403  403  403  403  401  401  401  401  401  401  401  401  401  401  401
PATCH links/LINK/setup         200  200  403  403  403  403  403  401  401  401  401  401  401  401  401  401  401  401
GET knocks/KNOCK/events        404  404  404  404  404  404  404  404  404  404  404  404  404  404  404  404  404  404
POST knocks/KNOCK/entry        404  404  404  404  404  404  404  404  404  404  404  404  404  404  404  404  404  404
DELETE knocks/KNOCK            404  404  404  404  404  404  404  404  404  404  404  404  404  404  404  404  404  404
POST knocks/KNOCK/decision     200  200  404  404  404  404  404  401  401  401  401  401  401  401  401  401  401  401
POST knocks/KNOCK/take-back    409  409  404  404  404  404  404  401  401  401  401  401  401  401  401  401  401  401
GET knocks/OWN/events          -    -    -    -    -    -    -    200  200  200  200  200  200  200  -    -    -    -
POST knocks/OWN/entry          -    -    -    -    -    -    -    200  409  403  410  410  410  410  -    -    -    -
DELETE knocks/OWN              -    -    -    -    -    -    -    204  204  204  204  204  204  204  -    -    -    -
POST knocks/OWN/decision       -    -    -    -    -    -    -    401  401  401  401  401  401  401  -    -    -    -
POST knocks/OWN/take-back      -    -    -    -    -    -    -    401  401  401  401  401  401  401  -    -    -    -
GET doorbell/events            200  200  200  200  200  200  200  401  401  401  401  401  401  401  401  401  401  401
POST doorbell/seen             204  204  204  204  204  204  204  401  401  401  401  401  401  401  401  401  401  401
POST doorbell/dismiss          204  204  204  204  204  204  204  401  401  401  401  401  401  401  401  401  401  401
GET meetings/MEETING/events    404  200  404  200  404  404  404  200  404  404  404  404  404  404  404  404  404  404
POST meetings/MEETING/leave    404  204  404  204  404  404  404  204  404  404  204  204  204  404  404  404  404  404
POST meetings/MEETING/hand     404  200  404  200  404  404  404  200  404  404  404  404  404  404  404  404  404  404
POST meetings/MEETING/hand:all 404  200  404  200  404  404  404  403  404  404  404  404  404  404  404  404  404  404
POST meetings/MEETING/reaction 404  204  404  204  404  404  404  204  404  404  404  404  404  404  404  404  404  404
GET meetings/MEETING/setup     404  200  404  200  404  404  404  403  404  404  404  404  404  404  404  404  404  404
PATCH meetings/MEETING/setup   404  200  404  200  404  404  404  403  404  404  404  404  404  404  404  404  404  404
PATCH meetings/MEETING/setup:o 404  200  404  403  404  404  404  403  404  404  404  404  404  404  404  404  404  404
POST meetings/MEETING/off      404  200  404  200  404  404  404  403  404  404  404  404  404  404  404  404  404  404
POST meetings/MEETING/allow    404  200  404  200  404  404  404  403  404  404  404  404  404  404  404  404  404  404
POST meetings/MEETING/ask      404  200  404  200  404  404  404  403  404  404  404  404  404  404  404  404  404  404
POST meetings/MEETING/remove   404  204  404  204  404  404  404  403  404  404  404  404  404  404  404  404  404  404
POST meetings/MEETING/end      404  204  404  204  404  404  404  403  404  404  404  404  404  404  404  404  404  404
GET meetings/MEETING/contributions 404 200 404 200 404 404 404 200 404 404 404 404 404 404 404 404 404 404
GET meetings/MEETING/contributions.csv 404 200 404 200 404 404 404 200 404 404 404 404 404 404 404 404 404 404
DELETE meetings/MEETING/contributions 404 403 404 403 404 404 404 401 401 401 401 401 401 401 401 401 401 401
GET /meetings                  200  200  200  200  200  200  200  303  303  303  303  303  303  303  303  303  303  303
GET /meetings/MEETING          404  200  404  200  404  404  404  303  303  303  303  303  303  303  303  303  303  303
GET /livekit/authorize         401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401
POST /livekit/webhook          401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401
GET /healthz                   200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
GET /readyz                    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
GET /metrics                   200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
GET /openapi.json              200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
GET /api                       200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
"""

# OTHER sits in the meeting, SELF is the caller's own identity, or OTHER's where they have none.
BODIES: dict[str, dict[str, Any]] = {
    "PATCH links/LINK": {"open": True},
    "POST links/LINK/pause": {"paused": False},
    "POST links/LINK/entry": {"name": "Role"},
    "POST links/LINK/decisions": {"decision": "hold"},
    "PATCH links/LINK/setup": {"version": 1},
    "POST knocks/KNOCK/decision": {"decision": "refuse"},
    "POST knocks/OWN/decision": {"decision": "admit"},
    "POST doorbell/seen": {"knocks": ["KNOCK"]},
    "POST doorbell/dismiss": {"knocks": ["KNOCK"]},
    "POST meetings/MEETING/leave": {"identity": "SELF"},
    "POST meetings/MEETING/hand": {"identity": "SELF", "raised": True},
    "POST meetings/MEETING/hand:all": {"identity": "everyone", "raised": False},
    "POST meetings/MEETING/reaction": {"identity": "SELF", "reaction": "clap"},
    "PATCH meetings/MEETING/setup": {"version": 1, "locked": True},
    "PATCH meetings/MEETING/setup:o": {"version": 1, "admitters": "moderators"},
    "POST meetings/MEETING/off": {"source": "microphone", "who": "everyone", "keep": True},
    "POST meetings/MEETING/allow": {"source": "microphone", "who": "everyone"},
    "POST meetings/MEETING/ask": {"source": "microphone", "who": "everyone"},
    "POST meetings/MEETING/remove": {"who": "OTHER"},
}


@dataclass
class Caller:
    """A browser: its two cookies, and what became of it at the door."""

    session: str | None = None
    ticket: str | None = None
    knock: str = ""
    identity: str = ""

    @property
    def credentials(self) -> Credentials:
        return Credentials(accounts.session_hash(self.session) if self.session else None, self.ticket)

    @property
    def cookie(self) -> str:
        cookies = {"session": self.session, "ticket": self.ticket}
        return "; ".join(f"{name}={value}" for name, value in cookies.items() if value)


NO_PASSWORD = "nobody signs in with this"


def new_email() -> str:
    return f"{secrets.token_hex(8)}@example.org"


class Scene:
    """A link of its own: its owner, somebody who sits in its meeting and somebody who waits at its door."""

    def __init__(self, repository: Repository) -> None:
        self.repository, self.at = repository, now()
        self.email = new_email()
        self.owner = self.account(email=self.email)
        link = accounts.who_is_signed_in(repository, self.owner.credentials, self.at).link
        assert link is not None
        self.slug = link.slug
        self.other = self.let_in()
        self.waits = self.knocks()
        place = repository.seat_by_identity(self.other.identity)
        assert place is not None
        self.meeting = place.meeting_id

    def signs_in(self, email: str, ago: timedelta = timedelta()) -> Caller:
        secret, _ = accounts.sign_in(self.repository, email, NO_PASSWORD, self.at - ago)
        return Caller(secret)

    def account(self, workspace: str = "Acme", role: Role = Role.MEMBER, email: str | None = None) -> Caller:
        email = email or new_email()
        accounts.add_account(
            self.repository,
            email,
            workspace=workspace,
            name="Somebody",
            role=role,
            password_hash=NO_PASSWORD,
            at=self.at,
        )
        return self.signs_in(email)

    def walks_in(self, caller: Caller) -> Caller:
        outcome = waiting_room.enter(self.repository, self.slug, caller.credentials, None, None, self.at)
        assert isinstance(outcome, Entered)
        caller.identity = outcome.seat.identity
        return caller

    def knocks(self, ago: timedelta = timedelta()) -> Caller:
        caller = Caller(ticket=secrets.token_urlsafe(32))
        outcome = waiting_room.enter(self.repository, self.slug, caller.credentials, "Nora", None, self.at - ago)
        assert isinstance(outcome, Knocked)
        caller.knock = outcome.knock.id
        return caller

    def decides(self, caller: Caller, decision: Decision, ago: timedelta = timedelta()) -> Caller:
        waiting_room.decide(self.repository, caller.knock, self.owner.credentials, decision, None, self.at - ago)
        return caller

    def let_in(self, ago: timedelta = timedelta()) -> Caller:
        caller = self.decides(self.knocks(ago), Decision.ADMIT, ago)
        entered = waiting_room.enter_by_knock(self.repository, caller.knock, caller.credentials, self.at - ago)
        caller.identity = entered.seat.identity
        return caller

    def left(self) -> Caller:
        caller = self.let_in()
        inside.leave(self.repository, self.meeting, caller.identity, caller.credentials, self.at)
        return caller

    def removed(self) -> Caller:
        caller, moderator = self.let_in(), self.walks_in(self.account())
        moderation.remove(self.repository, self.meeting, caller.identity, moderator.credentials, self.at)
        return caller

    def lapsed(self) -> Caller:
        caller = self.let_in(ago=timedelta(minutes=16))
        time_passes(self.repository, self.at, away=timedelta(days=1))
        return caller

    def expired(self) -> Caller:
        caller, ago = self.knocks(ago=timedelta(minutes=20)), timedelta(minutes=16)
        page_gone(self.repository, [caller.knock], self.at - ago)
        time_passes(self.repository, self.at, away=timedelta(minutes=15))
        return caller

    def idle(self) -> Caller:
        return self.signs_in(self.email, ago=timedelta(days=31))

    def signed_out(self) -> Caller:
        caller = self.signs_in(self.email)
        assert caller.credentials.session_hash is not None
        accounts.sign_out(self.repository, caller.credentials.session_hash, self.at)
        return caller


ROLES: dict[str, Callable[[Scene], Caller]] = {
    "own": lambda scene: scene.owner,
    "own+": lambda scene: scene.walks_in(scene.owner),
    "mem": lambda scene: scene.account(),
    "mem+": lambda scene: scene.walks_in(scene.account()),
    "adm": lambda scene: scene.account(role=Role.ADMIN),
    "oth": lambda scene: scene.account("Beta"),
    "plat": lambda scene: scene.account(role=Role.GUEST),
    "in": Scene.let_in,
    "wait": Scene.knocks,
    "ref": lambda scene: scene.decides(scene.knocks(), Decision.REFUSE),
    "left": Scene.left,
    "rem": Scene.removed,
    "laps": Scene.lapsed,
    "exp": Scene.expired,
    "nob": lambda scene: Caller(),
    "forg": lambda scene: Caller("A" * 43, "B" * 43),
    "idle": Scene.idle,
    "out": Scene.signed_out,
}


def rights() -> list[tuple[str, str, str]]:
    """(call, role, status), without those that a role cannot make."""
    head, *lines = RIGHTS.strip().splitlines()
    rows = []
    for line in lines:
        method, path, *statuses = line.split()
        told = zip(head.split()[1:], statuses, strict=True)
        rows += [(f"{method} {path}", role, status) for role, status in told if status != "-"]
    return rows


def filled(text: str, scene: Scene, caller: Caller) -> str:
    words = {
        "LINK": scene.slug,
        "MEETING": scene.meeting,
        "KNOCK": scene.waits.knock,
        "OWN": caller.knock,
        "OTHER": scene.other.identity,
        "SELF": caller.identity or scene.other.identity,
    }
    for word, value in words.items():
        text = text.replace(word, value)
    return text


async def test_every_call_gives_each_role_what_the_table_says(door: FrontDoor) -> None:
    wrong = []
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(door.server.make_url("/"), cookie_jar=jar) as session:
        for call, role, status in rights():
            scene, caller = await door.app[STORE].run(partial(_set_the_scene, role=role))
            method, path = call.partition(":")[0].split()
            body = {
                key: filled(value, scene, caller) if isinstance(value, str) else value
                for key, value in BODIES.get(call, {}).items()
            }
            async with session.request(
                method,
                filled(path if path.startswith("/") else f"/api/v1/{path}", scene, caller),
                json=body if method != "GET" else None,
                headers={"Sec-Fetch-Site": "same-origin", "Cookie": caller.cookie},
                allow_redirects=False,
            ) as answer:
                if str(answer.status) != status:
                    wrong.append(f"{call} by {role} gets {answer.status}, not {status}")
    assert not wrong, "\n".join(wrong)


def _set_the_scene(repository: Repository, role: str) -> tuple[Scene, Caller]:
    scene = Scene(repository)
    return scene, ROLES[role](scene)


def served(app: web.Application) -> set[str]:
    """Every route but those of the pages (test_pages.py)."""
    return {
        f"{route.method} {route.resource.canonical.removeprefix('/api/v1/')}"
        for route in app.router.routes()
        if route.resource is not None
        and not isinstance(route.resource, web.StaticResource)
        and route.handler.__module__ != pages.__name__
        and route.method != "HEAD"
    }


def in_the_table() -> set[str]:
    rows = {call.partition(":")[0] for call, _, _ in rights()}
    names = (("LINK", "{slug}"), ("MEETING", "{id}"), ("KNOCK", "{id}"), ("OWN", "{id}"))
    for word, name in names:
        rows = {row.replace(word, name) for row in rows}
    return rows | {"POST session"}  # signing in (test_session.py)


async def test_no_route_is_without_a_row_and_no_row_without_a_route(door: FrontDoor) -> None:
    assert served(door.app) == in_the_table()


def test_a_new_call_counts_as_a_route_and_a_page_does_not() -> None:
    async def call(request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/api/v1/meetings/{id}/new", call), web.get("/new", pages.home)])
    assert served(app) - in_the_table() == {"POST meetings/{id}/new"}
