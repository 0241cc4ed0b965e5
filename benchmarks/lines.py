"""A light client for many open event streams, and for single calls beside them.

Protocols on bare sockets: the server is to be measured, not the client.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from benchmarks.place import Running

ADDRESSES = [f"127.0.0.{last}" for last in range(1, 17)] if sys.platform == "linux" else ["127.0.0.1"]
"""Where connections come from: one address has no more ports than some people have guests."""

OPENING_AT_ONCE = 256

Heard = Callable[[str, bytes, float], None]
"""Called with an event's name, its data and when it arrived (monotonic)."""


class Line(asyncio.Protocol):
    """One open event stream."""

    def __init__(self, path: str, cookie: str, heard: Heard) -> None:
        self._request = (
            f"GET {path} HTTP/1.1\r\nHost: bench\r\nCookie: {cookie}\r\n"
            "Sec-Fetch-Site: same-origin\r\nAccept: text/event-stream\r\n\r\n"
        ).encode()
        self._heard = heard
        self._transport: asyncio.Transport | None = None
        self._raw = b""  # as it came: the head, then chunks
        self._text = b""  # of the body, what is no whole event yet
        self._in_body = False
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.open = True
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        at = time.monotonic()
        self._raw += data
        if not self._in_body:
            head, found, self._raw = self._raw.partition(b"\r\n\r\n")
            if not found:
                self._raw = head
                return
            if b" 200 " not in head.partition(b"\r\n")[0]:
                self.begun.set_exception(RuntimeError(f"no stream: {head!r} {self._raw!r}"))
                return
            self._in_body = True
        self._take_chunks()
        while (end := self._text.find(b"\r\n\r\n")) >= 0:
            event, self._text = self._text[:end], self._text[end + 4 :]
            if event.startswith(b":"):
                continue  # a heartbeat
            name, _, rest = event.partition(b"\r\n")
            if not self.begun.done():
                self.begun.set_result(None)
            self._heard(name.removeprefix(b"event: ").decode(), rest.removeprefix(b"data: "), at)

    def _take_chunks(self) -> None:
        begin = 0
        while (line_end := self._raw.find(b"\r\n", begin)) >= 0:
            size = int(self._raw[begin:line_end], 16)
            end = line_end + 2 + size
            if len(self._raw) < end + 2:
                break
            self._text += self._raw[line_end + 2 : end]
            begin = end + 2
        self._raw = self._raw[begin:]

    def connection_lost(self, error: Exception | None) -> None:
        self.open = False
        if not self.begun.done():
            self.begun.set_exception(RuntimeError(f"the stream ended before it began: {error}"))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()


async def open_lines(server: Running, wanted: Iterable[tuple[str, str, Heard]]) -> list[Line]:
    """Open a stream for each (path, cookie, heard), and return when every one has brought its first event."""
    loop = asyncio.get_running_loop()
    turns = asyncio.Semaphore(OPENING_AT_ONCE)

    async def one(number: int, path: str, cookie: str, heard: Heard) -> Line:
        async with turns:
            source = (ADDRESSES[number % len(ADDRESSES)], 0)
            _, line = await loop.create_connection(
                lambda: Line(path, cookie, heard), "127.0.0.1", server.port, local_addr=source
            )
            await line.begun
            return line

    return list(await asyncio.gather(*(one(number, *each) for number, each in enumerate(wanted))))


async def come_back(port: int, wanted: Iterable[tuple[str, str, Heard]]) -> list[Line]:
    """Open the streams as pages do whose server has gone: each tries at random moments, ever more seldom."""
    loop = asyncio.get_running_loop()

    async def one(number: int, path: str, cookie: str, heard: Heard) -> Line:
        source, tries = (ADDRESSES[number % len(ADDRESSES)], 0), 0
        while True:
            await asyncio.sleep(wait_before(tries))
            try:
                _, line = await loop.create_connection(
                    lambda: Line(path, cookie, heard), "127.0.0.1", port, local_addr=source
                )
                await line.begun
            except (OSError, RuntimeError):
                tries += 1
            else:
                return line

    return list(await asyncio.gather(*(one(number, *each) for number, each in enumerate(wanted))))


def wait_before(tries: int) -> float:
    """Seconds, as in web/api/stream.ts: half a second doubled each time, 15 s at most, half of it chance."""
    whole: float = min(15.0, 0.5 * 2.0 ** min(tries, 10))
    return whole / 2 + whole / 2 * random.random()


def close_lines(lines: Iterable[Line]) -> None:
    for line in lines:
        line.close()


class Callers:
    """Some connections that stay open, for calls one after the other on each."""

    def __init__(self, server: Running, number: int) -> None:
        self._server = server
        self._number = number
        self._free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()

    async def __aenter__(self) -> Callers:
        for _ in range(self._number):
            self._free.put_nowait(await asyncio.open_connection("127.0.0.1", self._server.port))
        return self

    async def __aexit__(self, *_: object) -> None:
        while not self._free.empty():
            self._free.get_nowait()[1].close()

    async def post(self, path: str, cookie: str, body: object) -> tuple[int, dict[str, str], Any]:
        return await self.call("POST", path, cookie, body)

    async def call(self, method: str, path: str, cookie: str, body: object) -> tuple[int, dict[str, str], Any]:
        """The answer's status, headers (names in lower case) and JSON."""
        connection = reader, writer = await self._free.get()
        raw = json.dumps(body).encode()
        writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: bench\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n".encode()
            + raw
        )
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        answer = await reader.readexactly(int(headers.get("content-length", "0")))
        self._free.put_nowait(connection)
        return int(first.split(" ")[1]), headers, json.loads(answer) if answer else None


def percentile(values: Sequence[float], hundredths: float) -> float:
    """The value that so many hundredths of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * hundredths / 100))]
