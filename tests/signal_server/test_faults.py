"""LiveKit or the disk fails, clients are slow or vanish: everybody gets a clear answer, and nothing is lost."""

from __future__ import annotations

import asyncio
import resource
import socket
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from admission.seat import Role
from admission.setup import Setup, rights
from admission.store import sqlite
from admission.store.repository import Repository
from admission.store.sqlite import connect
from signal_server.clock import now
from signal_server.keys import STORE, STREAMS, TOKENS
from signal_server.sfu import rooms
from tests.admission.builders import a_seat
from tests.browser.server import Vestibule
from tests.livekit_server import LiveKitServer
from tests.signal_server.front_door import FrontDoor, open_front_door
from tests.signal_server.test_sfu import eventually

# -- LiveKit --

Answerer = Callable[[], Awaitable[web.Response]]


async def hangs() -> web.Response:
    await asyncio.sleep(600)
    raise AssertionError("nobody waits so long")


async def empty() -> web.Response:
    return web.Response(body=b"", content_type="application/protobuf")


async def truncated() -> web.Response:
    return web.Response(body=b"\x0a\xff", content_type="application/protobuf")


async def html() -> web.Response:
    return web.Response(text="<html>Welcome</html>", content_type="text/html")


@asynccontextmanager
async def through_a_fault(livekit: LiveKitServer, call: str, answer: Answerer) -> AsyncIterator[str]:
    """The address of a LiveKit that answers one call of its room service as told, and all others as it does."""
    async with aiohttp.ClientSession() as session:

        async def handle(request: web.Request) -> web.Response:
            if request.path.endswith(f"/{call}"):
                return await answer()
            headers = {name: request.headers[name] for name in ("Authorization", "Content-Type")}
            async with session.request(
                request.method, livekit.url + request.path, data=await request.read(), headers=headers
            ) as answered:
                return web.Response(
                    status=answered.status, body=await answered.read(), content_type=answered.content_type
                )

        stand_in = web.Application()
        stand_in.router.add_route("*", "/{path:.*}", handle)
        server = TestServer(stand_in, host="127.0.0.1")
        await server.start_server(shutdown_timeout=0.1)
        try:
            yield str(server.make_url("")).rstrip("/")
        finally:
            await server.close()


@pytest.mark.parametrize("answer", [hangs, truncated, html])
@pytest.mark.parametrize("call", ["ListRooms", "CreateRoom"])
async def test_while_livekit_fails_knocks_are_taken_decisions_stand_and_the_place_is_kept(
    tmp_path: Path, livekit: LiveKitServer, monkeypatch: pytest.MonkeyPatch, call: str, answer: Answerer
) -> None:
    monkeypatch.setattr(rooms, "CALL_LIMIT", 0.3)
    monkeypatch.setattr(rooms, "KNOWN_FOR", 0)
    async with (
        through_a_fault(livekit, call, answer) as url,
        open_front_door(tmp_path, livekit, livekit_url=url) as door,
    ):
        owner = await door.signed_in("Olga")
        if call == "ListRooms":
            await door.walk_in(owner)  # the room is made, and has to be known to exist from now on
        guest, knock = await door.knock()
        assert (await door.decide(owner, knock, "admit")).status == 200
        entry = await guest.post(f"/api/v1/knocks/{knock['id']}/entry")
        assert (entry.status, entry.problem, entry.headers["Retry-After"]) == (503, "sfu-unavailable", "5")
        assert (await guest.get(door.link)).body["knock"]["state"] == "admitted"


@pytest.mark.parametrize("answer", [hangs, empty, truncated, html])
@pytest.mark.parametrize("call", ["ListParticipants", "UpdateParticipant"])
async def test_a_moderator_is_told_what_failed_and_the_rest_is_done(
    tmp_path: Path, livekit: LiveKitServer, monkeypatch: pytest.MonkeyPatch, call: str, answer: Answerer
) -> None:
    monkeypatch.setattr(rooms, "MODERATION_LIMIT", 0.3)
    async with (
        through_a_fault(livekit, call, answer) as url,
        open_front_door(tmp_path, livekit, livekit_url=url) as door,
    ):
        owner = await door.signed_in("Olga")
        mine = await door.walk_in(owner)
        _, _, theirs = await door.let_in(owner, "Nora")
        off = {"source": "microphone", "who": "everyone", "keep": True}
        answered = await owner.post(f"/api/v1/meetings/{mine['meeting']}/off", off)
        assert answered.status == 200
        (result,) = answered.body["results"]
        assert result["identity"] == theirs["identity"]
        assert result["result"] in ("failed", "done", "left")
        assert (await owner.get(f"/api/v1/meetings/{mine['meeting']}/setup")).body["microphone"] == "moderators"


async def test_with_the_wrong_key_nobody_gets_in_and_nobody_is_lost(tmp_path: Path, livekit: LiveKitServer) -> None:
    async with open_front_door(tmp_path, livekit, livekit_api_secret="x" * 40) as door:
        owner = await door.signed_in("Olga")
        guest, knock = await door.knock()
        assert (await door.decide(owner, knock, "admit")).status == 200
        entry = await guest.post(f"/api/v1/knocks/{knock['id']}/entry")
        assert (entry.status, entry.problem) == (503, "sfu-unavailable")
        assert (await guest.get(door.link)).body["knock"]["state"] == "admitted"


@pytest.mark.parametrize("seconds", [-50, 50])
async def test_clocks_that_are_most_of_a_minute_apart_let_people_in(door: FrontDoor, seconds: int) -> None:
    owner = await door.signed_in("Olga")
    await door.walk_in(owner)
    meeting = (await door.app[STORE].run(lambda repository: repository.running_meetings()))[0]
    at = now() + timedelta(seconds=seconds)
    token, _ = door.app[TOKENS].mint(meeting.room_name, a_seat(identity="somebody"), rights(Role.GUEST, Setup()), at)
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{door.livekit.url}/rtc/validate", params={"access_token": token}) as answer,
    ):
        assert (answer.status, await answer.text()) == (200, "success")


# -- the database --


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is waited for 0.2 s instead of 5."""
    monkeypatch.setattr(sqlite, "LOCK_PATIENCE_MS", 200)


@pytest.mark.usefixtures("impatient")
async def test_while_another_process_writes_calls_are_told_to_come_again_and_nothing_is_half_done(
    tmp_path: Path, livekit: LiveKitServer
) -> None:
    async with open_front_door(tmp_path, livekit) as door:
        owner = await door.signed_in("Olga")
        guest, knock = await door.knock()
        bell = await owner.listen("/api/v1/doorbell/events")
        await bell.next("snapshot")
        with closing(sqlite3.connect(tmp_path / "door.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            answers = await asyncio.gather(
                door.decide(owner, knock, "admit"),
                door.browser().post(f"{door.link}/entry", {"name": "Max"}),
                guest.delete(f"/api/v1/knocks/{knock['id']}"),
            )
            assert {(answer.status, answer.problem, answer.headers["Retry-After"]) for answer in answers} == {
                (503, "busy", "1")
            }
            assert (await owner.get("/readyz")).status == 503
            other.execute("ROLLBACK")
        assert bell.queue.empty(), "nobody hears of what is not stored"
        assert (await door.decide(owner, knock, "admit")).status == 200
        assert (await bell.next("knock"))["state"] == "admitted"
        assert (await owner.get("/readyz")).status == 200


async def test_a_database_that_cannot_be_written_is_said_to_be_so_and_has_everything_afterwards(
    tmp_path: Path, livekit: LiveKitServer
) -> None:
    async with open_front_door(tmp_path, livekit) as door:
        owner = await door.signed_in("Olga")
        _, knock = await door.knock()
        await door.app[STORE].run(lambda repository: repository.connection.execute("PRAGMA query_only = ON"))
        answer = await door.decide(owner, knock, "admit")
        assert (answer.status, answer.problem) == (503, "busy")
        assert (await owner.get("/readyz")).status == 503
        assert (await owner.get("/healthz")).status == 200
    with closing(connect(tmp_path / "door.db")) as database:
        stored = Repository(database.conn).knock(knock["id"])
    assert stored is not None
    assert stored.state == "waiting"


async def test_a_full_disk_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    server = Vestibule(tmp_path, VESTIBULE_KNOCKS_PER_MINUTE="0")
    server.add_workspace("Acme")
    link = server.add("olga@example.org", "Acme", "Olga Owner").link
    assert link is not None
    await asyncio.to_thread(server.start)
    try:
        async with aiohttp.ClientSession(server.url, headers={"Sec-Fetch-Site": "same-origin"}) as session:

            async def knock() -> int:
                async with session.post(
                    f"/api/v1/links/{link.slug}/entry", json={"name": "Nora"}, headers={"Cookie": "ticket="}
                ) as answer:
                    return answer.status

            async def ready() -> int:
                async with session.get("/readyz") as answer:
                    return answer.status

            before = [await knock() for _ in range(20)]
            assert set(before) == {202}
            # No file of this process may grow beyond what its write-ahead log is now: as on a full disk.
            size = server.database.with_name(server.database.name + "-wal").stat().st_size
            assert server.pid is not None
            _, most = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, most))
            during = [await knock() for _ in range(40)]
            assert set(during) <= {202, 503}
            assert during[-1] == 503
            assert await ready() == 503
            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (most, most))
            assert await knock() == 202
            assert await ready() == 200
        server.kill_serving()
        stored = server.run(lambda repository: len(repository.standing_knocks(link.id)))
        assert stored == [*before, *during, 202].count(202), "each that was answered, and no other"
    finally:
        await asyncio.to_thread(server.stop)


# -- clients --


async def test_a_client_that_sends_slowly_keeps_nobody_waiting_and_gets_its_answer(door: FrontDoor) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", door.server.port)
    body = b'{"name": "Slow"}'
    writer.write(
        b"POST " + f"{door.link}/entry".encode() + b" HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n"
        b"Content-Type: application/json\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n"
    )
    for byte in body[:-1]:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.01)
    assert (await door.knock("Quick"))[1]["state"] == "waiting"
    writer.write(body[-1:])
    assert await reader.readline() == b"HTTP/1.1 202 Accepted\r\n"
    writer.close()


async def test_a_stream_whose_reader_closed_its_half_is_ended(door: FrontDoor) -> None:
    guest, knock = await door.knock()
    ticket = next(cookie.value for cookie in guest.session.cookie_jar if cookie.key == "ticket")
    reader, writer = await asyncio.open_connection("127.0.0.1", door.server.port)
    request = [f"GET /api/v1/knocks/{knock['id']}/events HTTP/1.1", "Host: localhost", f"Cookie: ticket={ticket}"]
    writer.write("\r\n".join([*request, "", ""]).encode())
    assert b"200 OK" in await reader.readline()

    async def streams(number: int) -> bool:
        return door.app[STREAMS].count() == number

    await eventually(lambda: streams(1))
    writer.write_eof()
    await reader.read()  # to its end: the server closed its half as well
    await eventually(lambda: streams(0))
    writer.close()


IDLE = 20_000
"""Connections; fewer where the system lets a process open fewer files."""

MEMORY_OF_AN_IDLE_CONNECTION = 12 * 1024


async def test_twenty_thousand_idle_connections_cost_little_and_keep_nobody_waiting(tmp_path: Path) -> None:
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    number = min(IDLE, most - 500)
    server = Vestibule(tmp_path)
    server.add_workspace("Acme")
    link = server.add("olga@example.org", "Acme", "Olga Owner").link
    assert link is not None
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    await asyncio.to_thread(server.start)
    try:
        before = server.memory()
        with ExitStack() as idle:
            for _ in range(number):
                idle.enter_context(closing(socket.create_connection(("127.0.0.1", server.port), timeout=30)))
            async with (
                aiohttp.ClientSession(server.url, headers={"Sec-Fetch-Site": "same-origin"}) as session,
                session.post(f"/api/v1/links/{link.slug}/entry", json={"name": "Nora"}) as answer,
            ):
                assert answer.status == 202
            assert server.memory() - before < number * MEMORY_OF_AN_IDLE_CONNECTION
    finally:
        await asyncio.to_thread(server.stop)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, most))


async def test_told_to_stop_under_load_it_answers_every_call_in_hand(tmp_path: Path) -> None:
    server = Vestibule(tmp_path, VESTIBULE_KNOCKS_PER_MINUTE="0")
    server.add_workspace("Acme")
    link = server.add("olga@example.org", "Acme", "Olga Owner").link
    assert link is not None
    await asyncio.to_thread(server.start)
    answered, warm = 0, asyncio.Event()

    async def knocks() -> None:
        """Knock until nobody answers any more."""
        nonlocal answered
        async with aiohttp.ClientSession(server.url, headers={"Sec-Fetch-Site": "same-origin"}) as session:
            while True:
                try:
                    async with session.post(
                        f"/api/v1/links/{link.slug}/entry", json={"name": "Nora"}, headers={"Cookie": "ticket="}
                    ) as answer:
                        assert answer.status == 202
                        await answer.read()
                        answered += 1
                        if answered == 100:
                            warm.set()
                except aiohttp.ClientConnectionError:
                    return

    try:
        load = [asyncio.create_task(knocks()) for _ in range(32)]
        await warm.wait()
        await asyncio.to_thread(server.stop_serving)
        await asyncio.gather(*load)
        stored = server.run(lambda repository: len(repository.standing_knocks(link.id)))
        assert stored == answered, "what was done was answered"
    finally:
        await asyncio.to_thread(server.stop)
