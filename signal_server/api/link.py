"""Links: look, enter, rotate, open and close, decide on everybody who waits."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from typing import cast

from aiohttp import web

from admission import accounts, waiting_room
from admission.directory import Link, normalised_slug
from admission.endings import SOME
from admission.errors import MeetingFull, TurnedAway
from admission.knock import Knock
from admission.moves import Entered
from admission.store.repository import Repository
from admission.visitor import recognise
from admission.waiting_room import Decision, LinkView
from signal_server import views
from signal_server.api.body import Body, Message, Name
from signal_server.api.call import By, call, call_with
from signal_server.clock import now
from signal_server.in_hand import to_the_end
from signal_server.keys import KNOCK_LIMITS, PRESENCE, ROOMS, SETTINGS, STORE, TOKENS, TURNED_AWAY, TURNS
from signal_server.limits import client_address
from signal_server.turned_away import Why
from signal_server.visitor import credentials_of, credentials_with_ticket, keep_ticket


class EntryAsked(Body):
    name: Name | None = None
    message: Message | None = None


class LinkPatch(Body):
    open: bool


class Pause(Body):
    paused: bool


class DecisionForAll(Body):
    decision: Decision


@call(By.ANYONE, {200: views.LinkSeen})
async def look(request: web.Request) -> web.Response:
    """GET /api/v1/links/{slug}: what a page shows before anybody enters; no effect."""
    slug, sent = request.match_info["slug"], credentials_of(request)
    view = await request.app[STORE].run(lambda repository: waiting_room.look(repository, slug, sent, now()))
    if view.turned_away_from is not None:
        why: Why = "full" if view.state == "full" else "locked"
        request.app[TURNED_AWAY].count(view.turned_away_from, why, browser_of(request))
    return web.json_response(_link_view(request, view))


def browser_of(request: web.Request) -> str:
    """What tells a browser that is turned away from others, and says nothing else about it."""
    sent = credentials_of(request)
    kept = sent.ticket or sent.session_hash or client_address(request, request.app[SETTINGS].trusted_proxies)
    return hashlib.sha256(kept.encode()).hexdigest()


def count_turned_away(request: web.Request, refusal: TurnedAway) -> None:
    if refusal.meeting_id is not None:
        why: Why = "full" if isinstance(refusal, MeetingFull) else "locked"
        request.app[TURNED_AWAY].count(refusal.meeting_id, why, browser_of(request))


def _link_view(request: web.Request, view: LinkView) -> views.LinkSeen:
    logo = f"/workspaces/{view.workspace.id}/logo" if view.workspace.logo_type else None
    return {
        "owner": {"name": view.owner.name},
        "workspace": {
            "name": view.workspace.name,
            "logo": logo,
            "accent": view.workspace.accent,
            "privacy_url": view.workspace.privacy_url,
        },
        "enters": "directly" if view.enters_directly else "knock",
        "state": cast(views.DoorState, view.state),
        "waiting_message": view.setup.waiting_message,
        "contributions": view.setup.contributions.within(view.workspace.contributions),
        "knock": _guest_knock(request, view.knock, view.deciders) if view.knock else None,
    }


def _guest_knock(request: web.Request, knocked: Knock, deciders: tuple[str, ...]) -> views.GuestKnock:
    return views.guest_knock(knocked, request.app[PRESENCE].reach(knocked, deciders))


@call_with(
    EntryAsked,
    By.ANYONE,
    {200: {"entry": views.Entered}, 202: {"knock": views.GuestKnock}},
    "link-closed",
    "room-locked",
    "meeting-full",
    "too-many-requests",
    "over",
    "sfu-unavailable",
)
async def enter(request: web.Request, asked: EntryAsked) -> web.Response:
    """POST /api/v1/links/{slug}/entry: walk in, or knock."""
    slug, sent = request.match_info["slug"], credentials_with_ticket(request)
    app = request.app
    address = client_address(request, app[SETTINGS].trusted_proxies)
    try:
        async with app[TURNS].at(normalised_slug(slug)):
            outcome = await app[STORE].run(
                lambda repository: waiting_room.enter(
                    repository,
                    slug,
                    sent,
                    asked.name,
                    asked.message,
                    now(),
                    spend=lambda link_id: app[KNOCK_LIMITS].spend(address, link_id),
                )
            )
    except TurnedAway as refusal:
        count_turned_away(request, refusal)
        raise
    if isinstance(outcome, Entered):
        response = web.json_response({"entry": await entry(request, outcome)})
    else:
        knocked = _guest_knock(request, outcome.knock, outcome.deciders)
        response = web.json_response({"knock": knocked}, status=202)
    keep_ticket(request, response, sent.ticket)
    return response


async def entry(request: web.Request, entered: Entered) -> views.Entered:
    """What lets the browser connect to its seat. Raises SfuUnavailable; the seat stays."""
    app = request.app
    room = await app[ROOMS].ensure(entered.meeting, entered.plan_seats)
    token, expires_at = app[TOKENS].mint(room, entered.seat, entered.rights, now())
    return views.entry(entered.seat, token, expires_at, app[SETTINGS].livekit_public_url)


@call_with(LinkPatch, By.OWNER, {200: views.OwnLink})
async def change(request: web.Request, patch: LinkPatch) -> web.Response:
    """PATCH /api/v1/links/{slug}: open or close it."""
    return await _to_own_link(request, partial(accounts.set_link_open, to=patch.open))


@call_with(Pause, By.OWNER, {200: views.OwnLink})
async def pause(request: web.Request, asked: Pause) -> web.Response:
    """POST /api/v1/links/{slug}/pause: let nobody new knock for a while, or let them again; who waits stays."""
    return await _to_own_link(request, partial(accounts.set_link_paused, to=asked.paused))


@call(By.OWNER, {200: views.OwnLink})
async def rotate(request: web.Request) -> web.Response:
    """POST /api/v1/links/{slug}/rotate: a new address; the old one answers like an unknown one."""
    return await _to_own_link(request, accounts.rotate_link)


async def _to_own_link(request: web.Request, do: Callable[..., Link]) -> web.Response:
    """Do something to the link of whoever is signed in, and answer what it is now."""
    slug, sent = request.match_info["slug"], credentials_of(request)

    def use_case(repository: Repository) -> Link:
        owner = recognise(repository, sent, now()).signed_in()
        return do(repository, owner, slug, at=now())

    link = await request.app[STORE].run(use_case)
    return web.json_response(views.link(link, request.app[SETTINGS].public_url))


@call_with(DecisionForAll, By.DECIDER, {200: {"results": list[views.Decided]}})
@to_the_end
async def decide_all(request: web.Request, asked: DecisionForAll) -> web.Response:
    """POST /api/v1/links/{slug}/decisions: on everybody who waits, in order of arrival."""
    slug, sent, store = request.match_info["slug"], credentials_of(request), request.app[STORE]
    waiting = await store.run(lambda repository: waiting_room.who_waits(repository, slug, sent, now()))
    results: list[tuple[str, str]] = []
    # Some at a time, so that nobody at another door waits long behind a crowd at this one.
    for begin in range(0, len(waiting), SOME):
        some = waiting[begin : begin + SOME]
        results += await store.run(
            partial(
                waiting_room.decide_on,
                slug=slug,
                credentials=sent,
                knock_ids=some,
                decision=asked.decision,
                at=now(),
            )
        )
    return web.json_response({"results": [{"id": knock_id, "result": result} for knock_id, result in results]})
