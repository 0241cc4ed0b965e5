"""Calls that are carried out to their end, whatever becomes of the connection on which they came."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from aiohttp import web

from signal_server.keys import IN_HAND

P = ParamSpec("P")


def to_the_end(
    handler: Callable[Concatenate[web.Request, P], Awaitable[web.StreamResponse]],
) -> Callable[Concatenate[web.Request, P], Awaitable[web.StreamResponse]]:
    """A handler that is not cancelled with its connection: what was decided is also done in LiveKit.

    Whoever pressed may lose the line between the two. The server waits for it when it stops.
    """

    @wraps(handler)
    async def shielded(request: web.Request, /, *args: P.args, **kwargs: P.kwargs) -> web.StreamResponse:
        calls = request.app[IN_HAND]
        call = asyncio.ensure_future(handler(request, *args, **kwargs))
        calls.add(call)
        call.add_done_callback(calls.discard)
        return await asyncio.shield(call)

    return shielded


async def finish(app: web.Application) -> None:
    """Wait for the calls in hand."""
    await asyncio.gather(*app[IN_HAND], return_exceptions=True)
