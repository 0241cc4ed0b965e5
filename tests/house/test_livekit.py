"""The shipped livekit.yaml, on the real server."""

import asyncio
import contextlib
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from livekit import api, rtc

from tests.livekit_server import LiveKitServer


def a_token(server: LiveKitServer, room: str, identity: str = "somebody") -> str:
    token = api.AccessToken(server.key, server.secret).with_identity(identity)
    return token.with_grants(api.VideoGrants(room_join=True, room=room)).to_jwt()


async def make_room(server: LiveKitServer, name: str) -> str:
    async with api.LiveKitAPI(server.url, server.key, server.secret) as calls:
        room = await calls.room.create_room(api.CreateRoomRequest(name=name))
        assert room.departure_timeout == 120
        return str(room.sid)


async def test_a_token_alone_opens_no_room(livekit: LiveKitServer) -> None:
    room = rtc.Room()
    with pytest.raises(rtc.ConnectError):
        await room.connect(livekit.ws_url, a_token(livekit, "never-made"))


async def test_a_made_room_is_entered_and_its_webhook_told(
    start_livekit: Callable[..., LiveKitServer],
) -> None:
    events: asyncio.Queue[str] = asyncio.Queue()

    async def hear(request: web.Request) -> web.Response:
        verifier = api.TokenVerifier(server.key, server.secret)
        event = api.WebhookReceiver(verifier).receive(await request.text(), request.headers["Authorization"])
        events.put_nowait(event.event)
        return web.Response()

    application = web.Application()
    application.router.add_post("/livekit/webhook", hear)
    async with TestServer(application) as listener:
        server = start_livekit(str(listener.make_url("/livekit/webhook")))
        await make_room(server, "a-meeting-1")
        room = rtc.Room()
        await room.connect(server.ws_url, a_token(server, "a-meeting-1"))
        heard = []
        while "participant_joined" not in heard:
            heard.append(await asyncio.wait_for(events.get(), 5))
        await room.disconnect()


async def test_a_restart_keeps_the_address_and_forgets_the_rooms(
    start_livekit: Callable[..., LiveKitServer],
) -> None:
    server = start_livekit()
    await make_room(server, "a-meeting-1")
    before = (server.url, server.key, server.pid)
    server.restart()
    assert (server.url, server.key) == before[:2]
    assert server.pid != before[2]
    async with api.LiveKitAPI(server.url, server.key, server.secret) as calls:
        assert not (await calls.room.list_rooms(api.ListRoomsRequest())).rooms


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_nothing_but_its_media_port_listens_beyond_loopback(livekit: LiveKitServer) -> None:
    sockets = listening(livekit.pid)
    assert ("127.0.0.1", livekit.port) in sockets
    assert {port for address, port in sockets if address != "127.0.0.1"} == {livekit.tcp_port}


def listening(pid: int | None) -> list[tuple[str, int]]:
    """Address and port of a process's TCP listeners and UDP sockets, from Linux's /proc."""
    own = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            target = str(descriptor.readlink())
            if target.startswith("socket:["):
                own.add(target[8:-1])
    sockets = []
    for table, state in (("tcp", "0A"), ("tcp6", "0A"), ("udp", "07"), ("udp6", "07")):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            columns = line.split()
            if columns[9] in own and columns[3] == state:
                address, port = columns[1].split(":")
                sockets.append((socket.inet_ntoa(bytes.fromhex(address[-8:])[::-1]), int(port, 16)))
    return sockets
