"""One round: start the server, let people act, kill it at a random moment, start it again, and compare."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from admission.accounts import WorkspaceChoices
from admission.store.repository import Repository
from tests.browser.server import Vestibule
from tests.killing.visitors import Caller, Visitor

VISITORS = 16
SEATS = 12
LONGEST = 0.8
"""Seconds that people act before the kill, at most."""


@dataclass
class Round:
    """What one round did: how many calls were answered, and how many were in hand when the server was killed."""

    answered: int
    unanswered: int


class House:
    """A link, two browsers of its owner, a colleague's, and the visitors. They live through all rounds."""

    def __init__(self, server: Vestibule, owners: list[Caller], visitors: list[Visitor], chance: random.Random) -> None:
        self.server = server
        self.owners = owners
        self.visitors = visitors
        self.chance = chance

    async def round(self) -> Round:
        """Act, kill, start again, compare. Raises AssertionError where something answered is not so."""
        before = sum(visitor.answered for visitor in self.visitors)
        acting = [asyncio.create_task(visitor.live()) for visitor in self.visitors]
        await asyncio.sleep(self.chance.uniform(0.05, LONGEST))
        self.server.kill_serving()
        await asyncio.gather(*acting)
        unanswered = sum(len(visitor.may) > 1 for visitor in self.visitors)
        await asyncio.to_thread(self.server.serve)
        await self.compare()
        return Round(sum(visitor.answered for visitor in self.visitors) - before, unanswered)

    async def compare(self) -> None:
        """Everybody reads the truth; the owner's list and the store agree with it."""
        await asyncio.gather(*(visitor.looks() for visitor in self.visitors))
        at_door = {visitor.knock: visitor for visitor in self.visitors if visitor.state in ("waiting", "admitted")}
        for owner in self.owners:
            _, data = await owner.first("/doorbell/events")
            shown = json.loads(data)["knocks"]
            assert {one["id"]: one["state"] for one in shown} == {
                knock: visitor.state for knock, visitor in at_door.items()
            }, "the owner's list is not what the visitors see"
            asked = [at_door[one["id"]].asked for one in shown]
            for index, (_, answered) in enumerate(asked):
                earlier = [sent for sent, _ in asked[:index]]
                assert not earlier or answered >= max(earlier), "the order of arrival is not kept"
        status, body = await self.owners[0].call("POST", f"/links/{self.visitors[0].slug}/entry", {})
        assert status == 200, f"the owner does not get in: {status} {body}"
        taken, double = await asyncio.to_thread(self.server.run, seats)
        assert taken <= SEATS, f"{taken} people have a place of {SEATS}"
        assert double == 0, "somebody has two places"


def seats(repository: Repository) -> tuple[int, int]:
    """How many places are taken, and by how many people twice."""
    rows = repository.connection.execute(
        "SELECT coalesce(account_id, knock_id), count(*) FROM seat WHERE state <> 'ended' GROUP BY 1"
    ).fetchall()
    return sum(count for _, count in rows), sum(count > 1 for _, count in rows)


@asynccontextmanager
async def house(folder: Path, seed: int) -> AsyncIterator[House]:
    """A running server with its LiveKit, and everybody who comes to it."""
    chance = random.Random(seed)
    server = Vestibule(folder, VESTIBULE_KNOCKS_PER_MINUTE="0")
    server.add_workspace("Acme", WorkspaceChoices(seats=SEATS))
    made = server.add("olga@example.org", "Acme", "Olga Owner")
    assert made.link is not None
    sessions = [server.session("olga@example.org") for _ in range(2)]
    try:
        await asyncio.to_thread(server.start)
        async with AsyncExitStack() as open_sessions:

            async def caller(session: str | None = None) -> Caller:
                # A new connection for each call: one that the killed server left behind must not be taken for its own.
                made = aiohttp.ClientSession(
                    server.url,
                    cookies={"session": session} if session else None,
                    cookie_jar=aiohttp.CookieJar(unsafe=True),
                    connector=aiohttp.TCPConnector(force_close=True),
                    headers={"Sec-Fetch-Site": "same-origin"},
                    timeout=aiohttp.ClientTimeout(total=20),
                )
                return Caller(await open_sessions.enter_async_context(made))

            owners = [await caller(session) for session in sessions]
            visitors = [
                Visitor(f"Visitor {number}", await caller(), owners, made.link.slug, chance)
                for number in range(VISITORS)
            ]
            yield House(server, owners, visitors, chance)
    finally:
        await asyncio.to_thread(server.stop)
