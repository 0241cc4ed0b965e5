"""Who sent a request: the two cookies that say it, read and set here only."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta

from aiohttp import web

from admission.visitor import Credentials, Visitor, recognise
from signal_server.clock import now
from signal_server.keys import SETTINGS, STORE

TICKET_KEPT = timedelta(hours=24)
SESSION_KEPT = timedelta(days=365)
"""The browser's own limit; the server ends a sign-in that was idle for 30 days."""

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


def new_secret() -> str:
    """256 random bits, fit for a cookie."""
    return secrets.token_urlsafe(32)


def _cookie(request: web.Request, name: str) -> str | None:
    if "Cookie" not in request.headers:
        return None
    https = request.app[SETTINGS].https
    value = request.cookies.get(f"__Host-{name}" if https else name)
    return value if value and _SECRET.fullmatch(value) else None


def credentials_of(request: web.Request) -> Credentials:
    """What the browser sent. Whether it is worth anything, admission.visitor finds out."""
    session = _cookie(request, "session")
    return Credentials(
        session_hash=hashlib.sha256(session.encode()).hexdigest() if session else None,
        ticket=_cookie(request, "ticket"),
    )


def credentials_with_ticket(request: web.Request) -> Credentials:
    """The same, with a new ticket for a browser that has none: the answer has to set it by keep_ticket."""
    sent = credentials_of(request)
    return sent if sent.ticket else Credentials(sent.session_hash, new_secret())


async def visitor_of(request: web.Request) -> Visitor:
    """Who sent the request."""
    sent = credentials_of(request)
    if sent.session_hash is None:
        return Visitor(ticket=sent.ticket)
    return await request.app[STORE].run(lambda repository: recognise(repository, sent, now()))


def keep_ticket(request: web.Request, response: web.StreamResponse, ticket: str | None = None) -> None:
    """Give the browser its ticket, a new one where it has none, for 24 hours from now."""
    value = ticket or credentials_of(request).ticket or new_secret()
    _set_cookie(request, response, "ticket", value, TICKET_KEPT)


def set_session(request: web.Request, response: web.StreamResponse, secret: str) -> None:
    _set_cookie(request, response, "session", secret, SESSION_KEPT)


def clear_session(request: web.Request, response: web.StreamResponse) -> None:
    _set_cookie(request, response, "session", "", timedelta(0))


def _set_cookie(request: web.Request, response: web.StreamResponse, name: str, value: str, kept: timedelta) -> None:
    # Written by hand: http.cookies takes a third of the time of a whole knock.
    https = request.app[SETTINGS].https
    prefix, secure = ("__Host-", "; Secure") if https else ("", "")
    response.headers.add(
        "Set-Cookie",
        f"{prefix}{name}={value}; Max-Age={int(kept.total_seconds())}; Path=/; HttpOnly; SameSite=Lax{secure}",
    )
