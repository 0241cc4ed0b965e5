"""What moderators do to others: off, allow, ask, remove, end."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import Field, StrictBool

from admission import moderation
from admission.changes import Noticed
from admission.setup import Source
from signal_server import views
from signal_server.api.body import Body
from signal_server.api.call import By, call, call_with
from signal_server.clock import now
from signal_server.in_hand import to_the_end
from signal_server.keys import FEED, ROOMS, STORE
from signal_server.sfu.permissions import carry_out
from signal_server.visitor import credentials_of

Who = Annotated[str, Field(min_length=1, max_length=100)]


class Off(Body):
    source: Source
    who: Who
    keep: StrictBool = False


class Somebody(Body):
    source: Source
    who: Who


class Remove(Body):
    who: Who


RESULTS = {200: {"results": list[views.Outcome]}}


@call_with(Off, By.MODERATOR, RESULTS)
@to_the_end
async def off(request: web.Request, asked: Off) -> web.Response:
    """POST /api/v1/meetings/{id}/off: once, or kept off."""
    meeting_id, sent = request.match_info["id"], credentials_of(request)
    rooms = request.app[ROOMS]
    async with rooms.in_order(meeting_id):
        orders = await request.app[STORE].run(
            lambda repository: moderation.turn_off(
                repository, meeting_id, asked.source, asked.who, asked.keep, sent, now()
            )
        )
        results = await carry_out(rooms, orders)
    outcomes = dict(results)
    for order in orders.orders:
        # Once changes nothing that is kept: who was turned off is told when it has happened.
        if order.mute is not None and outcomes[order.seat.identity] == "done":
            request.app[FEED].publish(Noticed(order.seat, "off", orders.by.name, asked.source))
    return web.json_response({"results": views.results(results)})


@call_with(Somebody, By.MODERATOR, RESULTS)
@to_the_end
async def allow(request: web.Request, asked: Somebody) -> web.Response:
    """POST /api/v1/meetings/{id}/allow: turns on nothing, lets people turn it on."""
    meeting_id, sent = request.match_info["id"], credentials_of(request)
    rooms = request.app[ROOMS]
    async with rooms.in_order(meeting_id):
        orders = await request.app[STORE].run(
            lambda repository: moderation.allow(repository, meeting_id, asked.source, asked.who, sent, now())
        )
        results = await carry_out(rooms, orders)
    return web.json_response({"results": views.results(results)})


@call_with(Somebody, By.MODERATOR, RESULTS)
async def ask(request: web.Request, asked: Somebody) -> web.Response:
    """POST /api/v1/meetings/{id}/ask: the person is asked, and decides."""
    meeting_id, sent = request.match_info["id"], credentials_of(request)
    results = await request.app[STORE].run(
        lambda repository: moderation.ask(repository, meeting_id, asked.source, asked.who, sent, now())
    )
    return web.json_response({"results": views.results(results)})


@call_with(Remove, By.MODERATOR, {204: None})
async def remove(request: web.Request, asked: Remove) -> web.Response:
    """POST /api/v1/meetings/{id}/remove: their seat ends; they may come again as before."""
    meeting_id, sent = request.match_info["id"], credentials_of(request)
    await request.app[STORE].run(lambda repository: moderation.remove(repository, meeting_id, asked.who, sent, now()))
    return web.Response(status=204)


@call(By.MODERATOR, {204: None})
async def end(request: web.Request) -> web.Response:
    """POST /api/v1/meetings/{id}/end: for everyone."""
    meeting_id, sent = request.match_info["id"], credentials_of(request)
    await request.app[STORE].run(lambda repository: moderation.end_for_all(repository, meeting_id, sent, now()))
    return web.Response(status=204)
