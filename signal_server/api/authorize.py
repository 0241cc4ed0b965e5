"""Answers the reverse proxy in front of LiveKit: may this request for a connection pass?"""

from __future__ import annotations

from urllib.parse import parse_qs

from aiohttp import web

from admission.connecting import may_connect
from admission.store.sqlite import StoreBusy
from signal_server.api.call import By, described
from signal_server.clock import now
from signal_server.keys import SETTINGS, STORE, TOKENS
from signal_server.visitor import credentials_of

BEARER = "Bearer "


@described(By.LIVEKITS_PROXY, {204: None, 401: None, 503: None})
async def authorize(request: web.Request) -> web.Response:
    """GET /livekit/authorize: 204 or 401. Never 404: livekit-client would take it for an old server, and try for ever.

    503 while the database cannot say; the client tries again.
    """
    token = token_of(request)
    shown = request.app[TOKENS].read(token) if token else None
    carried = credentials_of(request) if request.app[SETTINGS].livekit_has_our_origin else None
    try:
        passes = shown is not None and await request.app[STORE].run(
            lambda repository: may_connect(repository, shown, carried, now())
        )
    except StoreBusy:
        return _refusal(request, 503)
    return web.Response(status=204) if passes else _refusal(request, 401)


def token_of(request: web.Request) -> str | None:
    """The one token of the request that the proxy has before it, in either of the places where LiveKit looks.

    None for several: one could be checked here and another one used there.
    """
    tokens = [line.removeprefix(BEARER) for line in request.headers.getall("Authorization", ())]
    for uri in request.headers.getall("X-Forwarded-Uri", ()):
        tokens += parse_qs(uri.partition("?")[2]).get("access_token", ())
    return tokens[0] if len(tokens) == 1 else None


def _refusal(request: web.Request, status: int) -> web.Response:
    # Where LiveKit has an address of its own, the page may read the status only with this.
    return web.Response(status=status, headers={"Access-Control-Allow-Origin": request.app[SETTINGS].public_url})
