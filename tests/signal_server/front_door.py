"""A whole server in front of a real LiveKit, and the browsers of everybody who may come to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from argon2 import PasswordHasher
from yarl import URL

from admission import accounts
from admission.directory import Role
from admission.store.repository import Repository
from signal_server.app import create_app
from signal_server.clock import now
from signal_server.config import Settings
from signal_server.keys import STORE
from signal_server.passwords import Passwords
from tests.livekit_server import LiveKitServer

PASSWORD = "an honest pass phrase"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass
class Answer:
    """What came back: the status, the JSON, the headers."""

    status: int
    body: Any
    headers: Any

    @property
    def problem(self) -> str | None:
        """The problem's name."""
        kind = self.body.get("type", "") if isinstance(self.body, dict) else ""
        return kind.removeprefix("/problems/") if kind else None


@dataclass
class Events:
    """An event stream that is being listened to."""

    status: int
    queue: asyncio.Queue[tuple[str, Any] | None]
    heartbeats: list[str] = field(default_factory=list)

    async def next(self, name: str | None = None, within: float = 8) -> Any:
        """The data of the next event, which has to be of that name where one is given.

        What is told of contributions by itself, once a second, is passed over unless it is asked for.
        """
        async with asyncio.timeout(within):
            event = await self.queue.get()
            while event is not None and event[0] == "contributions" != name:
                event = await self.queue.get()
        assert event is not None, "the stream has ended"
        assert name is None or event[0] == name, f"{event} came, not {name}"
        return event[1]

    async def until(self, name: str, within: float = 8, **fields: Any) -> Any:
        """The data of the next event of that name with these fields, whatever comes before it."""
        async with asyncio.timeout(within):
            while True:
                event = await self.queue.get()
                assert event is not None, "the stream has ended"
                if event[0] == name and all(event[1].get(key) == value for key, value in fields.items()):
                    return event[1]

    async def ended(self) -> None:
        """Wait for the end of the stream."""
        async with asyncio.timeout(8):
            while await self.queue.get() is not None:
                pass


class Browser:
    """One browser: its cookies, and the calls it makes as a page of ours."""

    def __init__(self, base: URL) -> None:
        self.base = base
        self.session = aiohttp.ClientSession(
            base_url=base, cookie_jar=aiohttp.CookieJar(unsafe=True), headers={"Sec-Fetch-Site": "same-origin"}
        )
        self._listening: list[asyncio.Task[None]] = []

    async def call(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        if body is not None:
            more["json"] = body
        async with self.session.request(method, path, **more) as response:
            text = await response.text()
            is_json = "json" in response.headers.get("Content-Type", "")
            return Answer(response.status, json.loads(text) if is_json else text, response.headers)

    async def get(self, path: str, **more: Any) -> Answer:
        return await self.call("GET", path, **more)

    async def post(self, path: str, body: Any = None, **more: Any) -> Answer:
        return await self.call("POST", path, body, **more)

    async def delete(self, path: str) -> Answer:
        return await self.call("DELETE", path)

    async def sign_in(self, email: str) -> None:
        answer = await self.post("/api/v1/session", {"email": email, "password": PASSWORD})
        assert answer.status == 200, answer

    async def listen(self, path: str) -> Events:
        """Open an event stream, until `close`."""
        opened: asyncio.Future[Events] = asyncio.get_running_loop().create_future()

        async def read() -> None:
            async with self.session.get(path, timeout=aiohttp.ClientTimeout(total=None)) as response:
                events = Events(response.status, asyncio.Queue())
                opened.set_result(events)
                name, data = "message", ""
                try:
                    async for raw in response.content:
                        line = raw.decode().rstrip("\r\n")
                        if line.startswith(":"):
                            events.heartbeats.append(line)
                        elif line.startswith("event: "):
                            name = line.removeprefix("event: ")
                        elif line.startswith("data: "):
                            data += line.removeprefix("data: ")
                        elif not line and data:
                            events.queue.put_nowait((name, json.loads(data)))
                            name, data = "message", ""
                except aiohttp.ClientError:
                    pass
                finally:
                    events.queue.put_nowait(None)

        self._listening.append(asyncio.create_task(read()))
        return await opened

    async def stop_listening(self) -> None:
        for task in self._listening:
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)
        self._listening.clear()

    async def close(self) -> None:
        await self.stop_listening()
        await self.session.close()


class FrontDoor:
    """The server, its database, and everybody: Olga owns the link, Carl is her colleague, Gina a guest user of
    their workspace Acme; Sven belongs to another one, Beta."""

    def __init__(self, app: web.Application, server: TestServer, livekit: LiveKitServer) -> None:
        self.app = app
        self.server = server
        self.livekit = livekit
        self.slug = ""
        self._browsers: list[Browser] = []

    async def furnish(self, seats: int) -> None:
        hashed = QUICK.hash(PASSWORD)

        def use_case(repository: Repository) -> str:
            choices = accounts.WorkspaceChoices(seats=seats)
            for name in ("Acme", "Beta"):
                accounts.add_workspace(repository, name, choices, now())
            slug = ""
            for first, last, workspace, role in (
                ("Olga", "Owner", "Acme", Role.MEMBER),
                ("Carl", "Colleague", "Acme", Role.MEMBER),
                ("Ada", "Admin", "Acme", Role.ADMIN),
                ("Gina", "Guest", "Acme", Role.GUEST),
                ("Sven", "Stranger", "Beta", Role.MEMBER),
            ):
                made = accounts.add_account(
                    repository,
                    f"{first.lower()}@example.org",
                    workspace=workspace,
                    name=f"{first} {last}",
                    role=role,
                    password_hash=hashed,
                    at=now(),
                )
                if first == "Olga":
                    assert made.link is not None
                    slug = made.link.slug
            return slug

        self.slug = await self.app[STORE].run(use_case)

    @property
    def link(self) -> str:
        return f"/api/v1/links/{self.slug}"

    def browser(self) -> Browser:
        """A new browser without an account."""
        browser = Browser(self.server.make_url("/"))
        self._browsers.append(browser)
        return browser

    async def signed_in(self, first_name: str) -> Browser:
        browser = self.browser()
        await browser.sign_in(f"{first_name.lower()}@example.org")
        return browser

    async def knock(self, name: str = "Nora", browser: Browser | None = None) -> tuple[Browser, dict[str, Any]]:
        """Somebody knocks: their browser, and the knock."""
        browser = browser or self.browser()
        answer = await browser.post(f"{self.link}/entry", {"name": name})
        assert answer.status == 202, answer
        return browser, answer.body["knock"]

    async def decide(self, browser: Browser, knock: dict[str, Any], decision: str, word: str | None = None) -> Answer:
        body = {"decision": decision} | ({"message": word} if word is not None else {})
        return await browser.post(f"/api/v1/knocks/{knock['id']}/decision", body)

    async def walk_in(self, browser: Browser) -> dict[str, Any]:
        """A member's entry."""
        answer = await browser.post(f"{self.link}/entry", {})
        assert answer.status == 200, answer
        entry: dict[str, Any] = answer.body["entry"]
        return entry

    async def let_in(self, owner: Browser, name: str = "Nora") -> tuple[Browser, dict[str, Any], dict[str, Any]]:
        """A guest who was admitted: their browser, knock and entry."""
        browser, knock = await self.knock(name)
        assert (await self.decide(owner, knock, "admit")).status == 200
        answer = await browser.post(f"/api/v1/knocks/{knock['id']}/entry")
        assert answer.status == 200, answer
        return browser, knock, answer.body["entry"]

    async def close(self) -> None:
        for browser in self._browsers:
            await browser.close()


@asynccontextmanager
async def open_front_door(
    folder: Path, livekit: LiveKitServer, port: int = 0, seats: int = 12, **settings: Any
) -> AsyncIterator[FrontDoor]:
    chosen: dict[str, Any] = {
        "database_url": f"sqlite:///{folder / 'door.db'}",
        "livekit_url": livekit.url,
        "livekit_api_key": livekit.key,
        "livekit_api_secret": livekit.secret,
        "knocks_per_minute": 0,
        **settings,
    }
    app = create_app(Settings(_env_file=None, **chosen), Passwords(QUICK))
    server = TestServer(app, host="127.0.0.1", port=port)
    await server.start_server()
    assert server.runner is not None
    answering = server.runner.server
    assert answering is not None
    door = FrontDoor(app, server, livekit)
    try:
        await door.furnish(seats)
        yield door
    finally:
        await door.close()
        await server.close()
        # LiveKit may have connected in the moment between: nobody would close that connection.
        await asyncio.sleep(0.01)
        await answering.shutdown(0)
