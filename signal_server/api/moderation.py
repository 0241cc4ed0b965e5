"""What moderators do to others: off, allow, ask, remove, end."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import Field, StrictBool

from admission import moderation
from admission.changes import Noticed
from admission.setup import Source
from signal_server import views
from signal_server.api.body import Body, Nothing, read
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


@to_the_end
async def off(request: web.Request) -> web.Response:
    """POST /api/v1/meetings/{id}/off: once, or kept off."""
    asked = await read(request, Off)
    meeting_id, sent = request.match_info["id"], credentials_of(request)
    orders = await request.app[STORE].run(
        lambda repository: moderation.turn_off(repository, meeting_id, asked.source, asked.who, asked.keep, sent, now())
    )
    results = await carry_out(request.app[ROOMS], orders)
    outcomes = dict(results)
    for order in orders.orders:
        # Once changes nothing that is kept: who was turned off is told when it has happened.
        if order.mute is not None and outcomes[order.seat.identity] == "done":
            request.app[FEED].publish(Noticed(order.seat, "off", orders.by.name, asked.source))
    return web.json_response({"results": views.results(results)})


@to_the_end
async def allow(request: web.Request) -> web.Response:
    """POST /api/v1/meetings/{id}/allow: turns on nothing, lets people turn it on."""
    asked = await read(request, Somebody)
    meeting_id, sent = request.match_info["id"], credentials_of(request)
    orders = await request.app[STORE].run(
        lambda repository: moderation.allow(repository, meeting_id, asked.source, asked.who, sent, now())
    )
    return web.json_response({"results": views.results(await carry_out(request.app[ROOMS], orders))})


async def ask(request: web.Request) -> web.Response:
    """POST /api/v1/meetings/{id}/ask: the person is asked, and decides."""
    asked = await read(request, Somebody)
    meeting_id, sent = request.match_info["id"], credentials_of(request)
    results = await request.app[STORE].run(
        lambda repository: moderation.ask(repository, meeting_id, asked.source, asked.who, sent, now())
    )
    return web.json_response({"results": views.results(results)})


async def remove(request: web.Request) -> web.Response:
    """POST /api/v1/meetings/{id}/remove."""
    asked = await read(request, Remove)
    meeting_id, sent = request.match_info["id"], credentials_of(request)
    await request.app[STORE].run(lambda repository: moderation.remove(repository, meeting_id, asked.who, sent, now()))
    return web.Response(status=204)


async def end(request: web.Request) -> web.Response:
    """POST /api/v1/meetings/{id}/end: for everyone."""
    await read(request, Nothing)
    meeting_id, sent = request.match_info["id"], credentials_of(request)
    await request.app[STORE].run(lambda repository: moderation.end_for_all(repository, meeting_id, sent, now()))
    return web.Response(status=204)
