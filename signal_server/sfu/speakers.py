"""Hears from LiveKit who begins and ends to speak, by passing an observer's signalling on."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

import aiohttp
from aiohttp import web
from google.protobuf.message import DecodeError
from livekit.protocol.rtc import SignalResponse
from yarl import URL

Heard = Callable[[Mapping[str, bool]], None]
"""Is told who speaks from now on and who does not, by LiveKit's ids of participants. All others go on as they were."""

WAIT = aiohttp.ClientTimeout(total=None, connect=5)


class Speakers:
    """An address on this machine for each observed meeting, behind which is LiveKit.

    LiveKit says who has begun and who has ended to speak. Its library makes one list of it, of who speaks among
    those who are named: who fell silent and who goes on speaking are both not in it. So it is read on its way.
    """

    def __init__(self, livekit_url: str) -> None:
        self._livekit = URL(livekit_url)
        self._hearing: dict[str, Heard] = {}
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None
        self._here = URL()

    async def start(self) -> None:
        """Listen on a port of the loopback that is free."""
        app = web.Application()
        app.router.add_get("/{key}/{path:rtc.*}", self._pass_on)
        self._session = aiohttp.ClientSession(timeout=WAIT)
        # Handlers end with their connections: an observer that stops leaves nothing that would have to be waited for.
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self._here = URL.build(scheme="ws", host=host, port=port)

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        if self._session is not None:
            await self._session.close()

    @contextmanager
    def hearing(self, heard: Heard) -> Iterator[str]:
        """The address to connect to. Nobody else on this machine can guess it, or say anything by it."""
        key = secrets.token_urlsafe(16)
        self._hearing[key] = heard
        try:
            yield str(self._here / key)
        finally:
            del self._hearing[key]

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        heard = self._hearing.get(request.match_info["key"])
        if heard is None or self._session is None:
            raise web.HTTPForbidden
        address = (self._livekit / request.match_info["path"]).with_query(request.query)
        headers = {"Authorization": request.headers.get("Authorization", "")}
        try:
            if request.headers.get("Upgrade", "").lower() != "websocket":
                async with self._session.get(address, headers=headers, timeout=aiohttp.ClientTimeout(5)) as answer:
                    return web.Response(status=answer.status, body=await answer.read())
            async with self._session.ws_connect(address, headers=headers, max_msg_size=0) as livekit:
                library = web.WebSocketResponse(max_msg_size=0)
                await library.prepare(request)
                with suppress(ConnectionError):
                    await asyncio.gather(
                        _pump(livekit, library, lambda data: _read(data, heard)), _pump(library, livekit)
                    )
                return library
        except aiohttp.WSServerHandshakeError as refused:
            return web.Response(status=refused.status)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return web.Response(status=502)


AnyEnd = aiohttp.ClientWebSocketResponse | web.WebSocketResponse


async def _pump(source: AnyEnd, sink: AnyEnd, see: Callable[[bytes], None] = lambda data: None) -> None:
    """Pass on what comes, and the end of it: then the other direction ends as well."""
    try:
        async for message in source:
            if message.type is aiohttp.WSMsgType.BINARY:
                see(message.data)
                await sink.send_bytes(message.data)
            elif message.type is aiohttp.WSMsgType.TEXT:
                await sink.send_str(message.data)
    finally:
        await sink.close()


def _read(data: bytes, heard: Heard) -> None:
    try:
        said = SignalResponse.FromString(data)
    except DecodeError:
        return
    if said.WhichOneof("message") == "speakers_changed":
        heard({speaker.sid: speaker.active for speaker in said.speakers_changed.speakers})
