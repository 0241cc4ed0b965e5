"""Calls whose caller is gone before they are done: what was decided is carried out all the same."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from signal_server.sfu import rooms
from tests.livekit_server import LiveKitServer
from tests.signal_server.test_moderation import guest, is_muted, may, member, tracks, with_sound
from tests.signal_server.test_sfu import eventually


class SlowLiveKit:
    """Stands before the real one: what is done to people waits until it is told to go on."""

    def __init__(self, livekit: LiveKitServer) -> None:
        self._livekit = livekit
        self.url = ""
        self.held = 0
        self.go_on = asyncio.Event()

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["SlowLiveKit"]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        async with aiohttp.ClientSession(self._livekit.url) as self._session, TestServer(app) as server:
            self.url = str(server.make_url("")).rstrip("/")
            yield self

    async def _pass_on(self, request: web.Request) -> web.Response:
        body = await request.read()
        if request.path.endswith(("/MutePublishedTrack", "/UpdateParticipant")):
            self.held += 1
            await self.go_on.wait()
        headers = {name: request.headers[name] for name in ("Authorization", "Content-Type")}
        async with self._session.request(request.method, request.path, data=body, headers=headers) as answer:
            return web.Response(
                status=answer.status, body=await answer.read(), headers={"Content-Type": answer.content_type}
            )

    async def has_held(self, calls: int) -> None:
        async def enough() -> bool:
            return self.held >= calls

        await eventually(enough)


@pytest.mark.parametrize("server", ["stays", "stops"])
@pytest.mark.parametrize("keep", [False, True], ids=["once", "kept off"])
async def test_a_moderator_whose_line_breaks_while_all_are_turned_off_leaves_nobody_on(
    front_door: Any, calling_livekit: LiveKitServer, monkeypatch: pytest.MonkeyPatch, keep: bool, server: str
) -> None:
    monkeypatch.setattr(rooms, "MODERATION_LIMIT", 30.0)
    async with SlowLiveKit(calling_livekit).open() as slow, contextlib.AsyncExitStack() as people:
        settings = {"livekit_url": slow.url, "livekit_public_url": calling_livekit.ws_url}
        async with front_door(**settings) as door:
            owner = await member(door, "Olga")
            guests = [await guest(door, owner, f"Guest {number}") for number in range(3)]
            for person in guests:
                await people.enter_async_context(with_sound(person))
                await eventually(partial(tracks, door, person, 1))
            press = asyncio.ensure_future(owner.do("off", source="microphone", who="everyone", keep=keep))
            await slow.has_held(len(guests))
            press.cancel()  # and with it the connection
            await asyncio.sleep(0.5)
            if server == "stays":
                slow.go_on.set()
            else:
                asyncio.get_running_loop().call_later(0.5, slow.go_on.set)
                await door.server.close()
            for person in guests:
                if keep:
                    await eventually(partial(may, door, person, "camera", "screen_share"))
                    await eventually(partial(tracks, door, person, 0))
                else:
                    await eventually(partial(is_muted, door, person, True))
