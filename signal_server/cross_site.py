"""Refuses calls that another site's page makes in a visitor's name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from signal_server.keys import SETTINGS
from signal_server.problems import problem_response

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def is_cross_site(headers: web.BaseRequest | web.Request, public_url: str) -> bool:
    """Whether a browser says that this call was not made by a page of ours.

    Programs that are no browsers send neither header, and hold no visitor's cookies.
    """
    site = headers.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.headers.get("Origin")
    return origin is not None and origin != public_url


@web.middleware
async def cross_site(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every call under /api/v1, reading ones and streams too. Pages may be reached from anywhere."""
    if request.path.startswith("/api/v1/") and is_cross_site(request, request.app[SETTINGS].public_url):
        return problem_response(request, "cross-site")
    return await handler(request)
