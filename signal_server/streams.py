"""Event streams to browsers: bounded, and ended when too many, too slow or signed out."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp_sse
from aiohttp import web

HEARTBEAT = 15.0
"""Seconds between the comments that tell a browser and the proxies between that the line is alive."""

SEND_TIMEOUT = 20.0
"""Seconds after which a reader that takes nothing is cut off."""

BUFFER = 1000
"""Events that may wait for one reader. Beyond it the stream is closed: its page comes back and reads anew.

As many as an owner gets at once who lets a whole lecture hall in.
"""


class Unkept(aiohttp_sse.EventSourceResponse):
    """It holds names, so nothing between may keep it: the library's `no-cache` says only when to look again."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.headers["Cache-Control"] = "no-store"


class Stream:
    """One browser's event stream. `send` never waits."""

    def __init__(self) -> None:
        self._events: deque[tuple[str, str]] = deque()
        self._wake = asyncio.Event()
        self._ended = False

    def send(self, event: str, data: object) -> None:
        """Queue an event with a JSON value. A reader that is too slow loses the stream, not single events."""
        if self._ended:
            return
        if len(self._events) >= BUFFER:
            self._events.clear()
            self.end()
            return
        self._events.append((event, data if isinstance(data, str) else json.dumps(data, separators=(",", ":"))))
        self._wake.set()

    def end(self) -> None:
        """End it after what is queued."""
        self._ended = True
        self._wake.set()

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """Answer the request with the stream, until it ends or the browser goes away."""
        async with aiohttp_sse.sse_response(
            request, ping_interval=HEARTBEAT, send_timeout=SEND_TIMEOUT, response_cls=Unkept
        ) as response:
            try:
                while response.is_connected():
                    while self._events:
                        event, data = self._events.popleft()
                        await response.send(data, event=event)
                    if self._ended:
                        break
                    self._wake.clear()
                    await self._wake.wait()
            except (ConnectionResetError, TimeoutError):
                pass  # the browser is gone, or took nothing: it reads anew when it comes back
        return response


class Streams:
    """All open streams: the limits that hold among them, and their end when the server stops."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str], list[Stream]] = {}
        self._closing = False

    @contextmanager
    def one_of(self, group: tuple[str, str], most: int) -> Iterator[Stream]:
        """Open a stream of a group. Where there are too many the oldest is told `elsewhere` and ended."""
        stream = Stream()
        members = self._groups.setdefault(group, [])
        members.append(stream)
        if len(members) > most:
            oldest = members.pop(0)
            oldest.send("elsewhere", {})
            oldest.end()
        if self._closing:
            stream.end()
        try:
            yield stream
        finally:
            if stream in members:
                members.remove(stream)
            if not members and self._groups.get(group) is members:
                del self._groups[group]

    def count(self, kind: str | None = None) -> int:
        """How many are open, of one kind of group or of all."""
        return sum(len(members) for group, members in self._groups.items() if kind in (None, group[0]))

    def end_all(self) -> None:
        """Let every stream finish what is queued and end: its page opens it again by itself."""
        self._closing = True
        for members in list(self._groups.values()):
            for stream in list(members):
                stream.end()
