"""One knock: its guest's stream, entry and withdrawal, and the decision on it."""

from __future__ import annotations

import json
from contextlib import ExitStack

from aiohttp import web

from admission import waiting_room
from admission.changes import Change, KnockChanged, SessionEnded
from admission.errors import TurnedAway
from admission.waiting_room import Decision
from signal_server import views
from signal_server.api.body import Body, Word
from signal_server.api.call import By, Stream, call, call_with
from signal_server.api.link import count_turned_away, entry
from signal_server.clock import now
from signal_server.feed import knock_topic, session_topic
from signal_server.keys import FEED, PRESENCE, STORE, STREAMS
from signal_server.visitor import credentials_of, keep_ticket

STREAMS_A_KNOCK = 3


class DecisionMade(Body):
    decision: Decision
    message: Word | None = None


@call(By.KNOCKER, {200: Stream({"knock": views.GuestKnock, "elsewhere": {}})})
async def events(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/knocks/{id}/events: `knock` now and at each change, until it is over."""
    app = request.app
    knock_id, sent = request.match_info["id"], credentials_of(request)
    topics = [knock_topic(knock_id)] + ([session_topic(sent.session_hash)] if sent.session_hash else [])
    heard: list[Change] = []
    # Listen before reading, so that no decision falls between the two.
    with app[FEED].listening(topics, heard.append):
        known = await app[STORE].run(lambda repository: waiting_room.knock_for_guest(repository, knock_id, sent, now()))
    with app[STREAMS].one_of(("knock", knock_id), STREAMS_A_KNOCK) as stream:
        latest, deciders, shown = known.knock, known.deciders, ""

        def show() -> None:
            nonlocal shown
            view = json.dumps(views.guest_knock(latest, app[PRESENCE].reach(latest, deciders)))
            if view != shown:
                shown = view
                stream.send("knock", view)
            if latest.over:
                stream.end()

        def take(change: Change) -> None:
            nonlocal latest, deciders
            if isinstance(change, SessionEnded):
                stream.end()  # the knock may go on, on another device
            elif isinstance(change, KnockChanged) and change.knock.version >= latest.version:
                latest, deciders = change.knock, change.deciders

        def changed(change: Change) -> None:
            before = deciders
            take(change)
            if deciders != before:
                watch(deciders)
            show()

        def watch(accounts: tuple[str, ...]) -> None:
            """Hear when somebody who may decide comes or goes."""
            watching.close()
            watching.enter_context(app[PRESENCE].watching(accounts, show))

        for change in heard:
            take(change)
        show()
        with (
            app[FEED].listening(topics, changed),
            app[PRESENCE].page_open(latest),
            ExitStack() as watching,
        ):
            watch(deciders)
            await app[PRESENCE].back(latest)
            return await stream.respond(request)


@call(By.KNOCKER, {200: {"entry": views.Entered}}, "not-decided", "refused", "over", "meeting-full", "sfu-unavailable")
async def enter(request: web.Request) -> web.Response:
    """POST /api/v1/knocks/{id}/entry: connect, once admitted."""
    knock_id, sent = request.match_info["id"], credentials_of(request)
    try:
        entered = await request.app[STORE].run(
            lambda repository: waiting_room.enter_by_knock(repository, knock_id, sent, now())
        )
    except TurnedAway as refusal:
        count_turned_away(request, refusal)
        raise
    response = web.json_response({"entry": await entry(request, entered)})
    keep_ticket(request, response, sent.ticket)
    return response


@call(By.KNOCKER, {204: None})
async def withdraw(request: web.Request) -> web.Response:
    """DELETE /api/v1/knocks/{id}: the guest gives up; again is fine."""
    knock_id, sent = request.match_info["id"], credentials_of(request)
    await request.app[STORE].run(lambda repository: waiting_room.withdraw(repository, knock_id, sent, now()))
    return web.Response(status=204)


@call_with(DecisionMade, By.DECIDER, {200: {"knock": views.DoorKnock}}, "already-decided", "meeting-full", "over")
async def decide(request: web.Request, made: DecisionMade) -> web.Response:
    """POST /api/v1/knocks/{id}/decision: the first admit or refuse wins."""
    knock_id, sent = request.match_info["id"], credentials_of(request)
    decided = await request.app[STORE].run(
        lambda repository: waiting_room.decide(repository, knock_id, sent, made.decision, made.message, now())
    )
    return web.json_response({"knock": views.door_knock(decided)})


@call(By.DECIDER, {200: {"knock": views.DoorKnock}}, "not-decided", "connected", "over")
async def take_back(request: web.Request) -> web.Response:
    """POST /api/v1/knocks/{id}/take-back: undo an admission whose guest has not connected."""
    knock_id, sent = request.match_info["id"], credentials_of(request)
    taken = await request.app[STORE].run(lambda repository: waiting_room.take_back(repository, knock_id, sent, now()))
    return web.json_response({"knock": views.door_knock(taken)})
