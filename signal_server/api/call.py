"""What a call takes, answers and refuses, and who may make it: said once, next to its handler.

The decorators read the body by it, and signal_server/openapi.py writes it down for everybody else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import wraps
from typing import Any, TypeVar

from aiohttp import web

from signal_server.api.body import Body, Nothing, read
from signal_server.problems import Handler

Model = TypeVar("Model", bound=Body)


class By(Enum):
    """Who may make a call, what shows that they may, and how others are refused."""

    ANYONE = ("Anyone", ("", "session", "ticket"), ())
    SIGNED_IN = ("Who is signed in", ("session",), ("sign-in-first",))
    OWNER = ("The link's owner", ("session",), ("sign-in-first", "forbidden"))
    DECIDER = ("Who may decide on the knock", ("session",), ("sign-in-first",))
    KNOCKER = ("The browser that made the knock, or the account", ("ticket", "session"), ())
    INSIDE = ("Who is in the meeting", ("session", "ticket"), ())
    MODERATOR = ("A moderator in the meeting", ("session", "ticket"), ("forbidden",))
    LIVEKIT = ("LiveKit", ("livekit",), ())
    LIVEKITS_PROXY = ("The proxy in front of LiveKit", ("livekit",), ())
    OPERATOR = ("Who watches over the server", ("",), ())

    def __init__(self, words: str, shows: tuple[str, ...], refusals: tuple[str, ...]) -> None:
        self.words = words
        self.shows = shows
        self.refusals = refusals


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer that goes on: its events, by name, with the shape of each."""

    events: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Text:
    """An answer that is no JSON."""

    media_type: str


@dataclass(frozen=True, slots=True)
class Call:
    """`answers` has a shape for each status: a type, a dict of types by field, a Stream, a Text, or None for nothing.

    `refusals` are names of problems: those that are the call's own. The rest follows from `by` and from the route.
    """

    by: By
    answers: Mapping[int, Any]
    refusals: tuple[str, ...] = ()
    takes: type[Body] | None = None


def described(by: By, answers: Mapping[int, Any], *refusals: str) -> Callable[[Handler], Handler]:
    """A handler that reads for itself what it is sent."""

    def describe(handler: Handler) -> Handler:
        vars(handler)["call"] = Call(by, answers, refusals)
        return handler

    return describe


def call(by: By, answers: Mapping[int, Any], *refusals: str) -> Callable[[Handler], Handler]:
    """A call without fields."""

    def describe(handler: Handler) -> Handler:
        @wraps(handler)
        async def answered(request: web.Request) -> web.StreamResponse:
            if request.method not in ("GET", "HEAD"):
                await read(request, Nothing)
            return await handler(request)

        vars(answered)["call"] = Call(by, answers, refusals)
        return answered

    return describe


def call_with(
    takes: type[Model], by: By, answers: Mapping[int, Any], *refusals: str
) -> Callable[[Callable[[web.Request, Model], Awaitable[web.StreamResponse]]], Handler]:
    """A call whose body is such a model: the handler is given it."""

    def describe(handler: Callable[[web.Request, Model], Awaitable[web.StreamResponse]]) -> Handler:
        @wraps(handler)
        async def answered(request: web.Request) -> web.StreamResponse:
            return await handler(request, await read(request, takes))

        vars(answered)["call"] = Call(by, answers, refusals, takes)
        return answered

    return describe


def call_of(handler: object) -> Call | None:
    found = getattr(handler, "call", None)
    return found if isinstance(found, Call) else None
