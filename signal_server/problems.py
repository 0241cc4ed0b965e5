"""The one place that answers refusals: each error of the domain as a problem (RFC 9457), in the reader's language."""

from __future__ import annotations

import json
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import structlog
from aiohttp import web

from admission.errors import AlreadyDecided, Invalid, Refusal, Refused, TooManyRequests
from admission.setup import SetupChanged
from admission.store.sqlite import StoreBusy
from signal_server import views
from signal_server.language import N_, gettext
from signal_server.passwords import PasswordsBusy
from signal_server.sfu import SfuUnavailable

log = structlog.get_logger()
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOOK_AGAIN = 20.0
"""Seconds after which a page looks again whether a meeting is full, locked or closed."""

TRY_AGAIN = 5.0
"""Seconds after which something that does not answer is asked again."""


@dataclass(frozen=True, slots=True)
class Problem:
    status: int
    title: str
    detail: str
    retry_after: float | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    """The types of what this one says besides, by field."""


PROBLEMS: dict[str, Problem] = {
    "cross-site": Problem(
        403, N_("This request came from another site"), N_("Open the page itself and try again there.")
    ),
    "too-large": Problem(413, N_("That is too much at once"), N_("Please send less.")),
    "invalid": Problem(
        422, N_("Something is not right yet"), N_("Please check what you entered."), more={"errors": dict[str, str]}
    ),
    "not-found": Problem(404, N_("Not found"), N_("There is nothing here, or it is not for you.")),
    "sign-in-first": Problem(401, N_("Please sign in"), N_("Sign in first, then try again.")),
    "sign-in-failed": Problem(401, N_("Sign-in did not work"), N_("E-mail address or password is not right.")),
    "forbidden": Problem(403, N_("You may not do this"), N_("This is not yours to change.")),
    "meeting-full": Problem(
        409, N_("The meeting is full"), N_("Everybody who fits is in. Try again in a moment."), LOOK_AGAIN
    ),
    "room-locked": Problem(
        423,
        N_("The meeting is not taking new visitors"),
        N_("Nobody new is let in at the moment. Try again later."),
        LOOK_AGAIN,
    ),
    "link-closed": Problem(
        423,
        N_("The meeting is not taking new visitors"),
        N_("This link is closed at the moment. Try again later."),
        LOOK_AGAIN,
    ),
    "too-many-requests": Problem(429, N_("That was too often"), N_("Please wait a moment, then try again."), TRY_AGAIN),
    "not-decided": Problem(409, N_("Not decided yet"), N_("Nobody has answered this request yet.")),
    "refused": Problem(
        403, N_("Not let in"), N_("This request was refused. You can ask again."), more={"word": str | None}
    ),
    "over": Problem(410, N_("This has ended"), N_("It cannot be used any more.")),
    "already-decided": Problem(
        409,
        N_("Already decided"),
        N_("Somebody answered this request before you."),
        more={"decided_by": str | None, "decision": Literal["admit", "refuse"]},
    ),
    "connected": Problem(
        409, N_("Already in the meeting"), N_("They have joined, so the invitation cannot be taken back.")
    ),
    "setup-changed": Problem(
        409,
        N_("Somebody changed this meanwhile"),
        N_("Look at what it is now, then change it again."),
        more={"setup": views.Setup},
    ),
    "sfu-unavailable": Problem(
        503,
        N_("The video service is not answering"),
        N_("Your place is kept. Try again in a moment."),
        TRY_AGAIN,
    ),
    "busy": Problem(503, N_("Too busy at the moment"), N_("Nothing was lost. Try again in a moment."), TRY_AGAIN),
    "wrong-method": Problem(405, N_("That is not possible here"), N_("This address does something else.")),
}


class BadBody(Exception):
    """The body is no JSON object at all."""


def problem_response(
    request: web.Request,
    name: str,
    *,
    status: int | None = None,
    retry_after: float | None = None,
    more: Mapping[str, object] | None = None,
) -> web.Response:
    """A problem as an answer. `retry_after` is in seconds, and goes into the header too."""
    problem = PROBLEMS[name]
    say = gettext(request)
    body: dict[str, object] = {
        "type": f"/problems/{name}",
        "title": say(problem.title),
        "status": status or problem.status,
        "detail": say(problem.detail),
        **(more or {}),
    }
    headers = {}
    seconds = retry_after if retry_after is not None else problem.retry_after
    if seconds is not None:
        body["retry_after"] = math.ceil(seconds)
        headers["Retry-After"] = str(math.ceil(seconds))
    return web.Response(
        text=json.dumps(body, ensure_ascii=False),
        status=status or problem.status,
        content_type="application/problem+json",
        headers=headers,
    )


def answer(request: web.Request, error: Exception) -> web.Response | None:
    """The answer to an error that has one, else None."""
    match error:
        case TooManyRequests():
            return problem_response(request, error.code, retry_after=error.retry_after)
        case AlreadyDecided():
            more = {"decided_by": error.decided_by, "decision": error.decision}
            return problem_response(request, error.code, more=more)
        case Invalid():
            return problem_response(request, error.code, more={"errors": reasons(request, error.errors)})
        case Refused():
            return problem_response(request, error.code, more={"word": error.word})
        case SetupChanged():
            return problem_response(request, error.code, more={"setup": views.kept_setup(error.kept)})
        case Refusal():
            return problem_response(request, error.code)
        case BadBody():
            return problem_response(request, "invalid", status=400)
        case SfuUnavailable():
            return problem_response(request, "sfu-unavailable")
        case StoreBusy():
            return problem_response(request, "busy", retry_after=1)
        case PasswordsBusy():
            return problem_response(request, "busy", retry_after=error.retry_after)
        case web.HTTPNotFound():
            return problem_response(request, "not-found")
        case web.HTTPMethodNotAllowed():
            response = problem_response(request, "wrong-method")
            response.headers["Allow"] = ", ".join(sorted(error.allowed_methods))
            return response
        case web.HTTPRequestEntityTooLarge():
            return problem_response(request, "too-large")
    return None


def reasons(request: web.Request, errors: Mapping[str, str]) -> dict[str, str]:
    """Each field's reason in the reader's language."""
    say = gettext(request)
    return {field: say(REASONS.get(reason, reason)) for field, reason in errors.items()}


REASONS = {
    "empty": N_("Please fill this in."),
    "too-long": N_("This is too long."),
    "characters": N_("This contains characters that cannot be shown as they are."),
    "unknown": N_("This field is not known."),
    "wrong": N_("This is not a value that fits here."),
}


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every refusal of a call. Pages have answers of their own."""
    if not request.path.startswith("/api/"):
        return await handler(request)
    try:
        return await handler(request)
    except Exception as error:  # what has no answer here goes on as it is
        response = answer(request, error)
        if response is None:
            if isinstance(error, web.HTTPException):
                raise
            log.exception("call failed", method=request.method, route=route_of(request))
            return web.json_response(
                {"type": "about:blank", "title": gettext(request)(UNEXPECTED), "status": 500},
                status=500,
                content_type="application/problem+json",
            )
        return response


UNEXPECTED = N_("Something went wrong on our side")


def route_of(request: web.Request) -> str:
    """The route's template, never the raw path: addresses are secrets."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "unknown"
