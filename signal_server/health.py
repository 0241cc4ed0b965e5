"""Whether the server lives, and whether it can do its work."""

from __future__ import annotations

from typing import Literal

from aiohttp import web

from admission.store.sqlite import StoreBusy
from signal_server.api.call import By, described
from signal_server.clock import now
from signal_server.keys import ROOMS, STORE

READY = {"database": Literal["ok", "cannot-commit"], "livekit": Literal["answering", "not-answering"]}


@described(By.ANYONE, {200: {"status": Literal["ok"]}})
async def healthz(request: web.Request) -> web.Response:
    """GET /healthz: the process answers."""
    return web.json_response({"status": "ok"})


@described(By.ANYONE, {200: READY, 503: READY})
async def readyz(request: web.Request) -> web.Response:
    """GET /readyz: 503 when the database cannot commit. LiveKit's state is told and changes nothing:

    without it knocks are still taken and decided.
    """
    livekit = "not-answering" if request.app[ROOMS].outage.is_set() else "answering"
    try:
        await request.app[STORE].run(lambda repository: repository.pulse(now()))
    except StoreBusy:
        return web.json_response({"database": "cannot-commit", "livekit": livekit}, status=503)
    return web.json_response({"database": "ok", "livekit": livekit})
