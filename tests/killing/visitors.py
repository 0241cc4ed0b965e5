"""Visitors who act at random, and know what their knock may be after each call: of an unanswered one either."""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp

NOBODY = "nobody"
"""The state of a visitor who has no knock."""

OVER = {"refused", "withdrawn", "left", "expired", "lapsed"}
NO_ANSWER = (aiohttp.ClientError, ConnectionError, asyncio.TimeoutError)


class Killed(Exception):
    """The server did not answer."""


@dataclass
class Caller:
    """A browser: cookies, and calls as a page makes them."""

    session: aiohttp.ClientSession

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """The status and the JSON of the answer. Raises Killed where there is none."""
        try:
            async with self.session.request(method, f"/api/v1{path}", json=body) as answer:
                return answer.status, (await answer.json(content_type=None) if answer.status != 204 else None)
        except NO_ANSWER as error:
            raise Killed from error

    async def first(self, path: str, within: float = 10) -> tuple[str, str]:
        """The name and the data of the first event of a stream."""
        async with asyncio.timeout(within), self.session.get(f"/api/v1{path}") as answer:
            assert answer.status == 200, f"{path} answers {answer.status}"
            name = data = ""
            async for raw in answer.content:
                line = raw.decode().rstrip("\r\n")
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    data += line.removeprefix("data: ")
                elif not line and name:
                    return name, data
        raise AssertionError(f"{path} ended before its first event")


@dataclass
class Visitor:
    """Somebody without an account. `may` are the states in which their knock can be now."""

    name: str
    caller: Caller
    owners: list[Caller]
    slug: str
    chance: random.Random
    may: set[str] = field(default_factory=lambda: {NOBODY})
    knock: str | None = None
    asked: tuple[float, float] = (0.0, 0.0)  # when the knock was sent, and answered
    identity: str | None = None  # of the entry that was answered last
    meeting: str = ""
    answered: int = 0

    @property
    def state(self) -> str:
        (state,) = self.may
        return state

    async def live(self) -> None:
        """Act until the server is killed."""
        while True:
            try:
                await self._act()
            except Killed:
                return
            self.answered += 1

    async def _act(self) -> None:
        match self.state:
            case "waiting":
                act = self.chance.choices(
                    [self._admitted, self._refused, self._held, self._withdraws], weights=[6, 2, 1, 1]
                )[0]
            case "admitted":
                acts = [self._enters, self._withdraws, self._taken_back]
                act = self.chance.choices([*acts, self._leaves], weights=[5, 1, 1, 2 if self.identity else 0])[0]
            case _:
                act = self.knocks
        await act()

    async def knocks(self) -> None:
        sent, self.may = time.monotonic(), {self.state, "waiting"}
        self.asked, self.identity = (sent, float("inf")), None
        status, body = await self.caller.call("POST", f"/links/{self.slug}/entry", {"name": self.name})
        if status == 409:  # full: nobody was asked
            self._is(next(iter(self.may - {"waiting"})))
            return
        assert status == 202, f"a knock is answered {status} {body}"
        assert body["knock"]["state"] == "waiting"
        self.knock, self.asked = body["knock"]["id"], (sent, time.monotonic())
        self._is("waiting")

    async def _decided(self, decision: str, result: str) -> None:
        self.may = {self.state, result}
        status, body = await self._owner.call("POST", f"/knocks/{self.knock}/decision", {"decision": decision})
        if status == 409:
            assert body["type"] == "/problems/meeting-full", body
            self._is("waiting")
            return
        assert status == 200, f"{decision} is answered {status} {body}"
        self._is(result)

    async def _admitted(self) -> None:
        await self._decided("admit", "admitted")

    async def _refused(self) -> None:
        await self._decided("refuse", "refused")

    async def _held(self) -> None:
        await self._decided("hold", "waiting")

    async def _withdraws(self) -> None:
        self.may = {self.state, "withdrawn"}
        status, _ = await self.caller.call("DELETE", f"/knocks/{self.knock}")
        assert status == 204
        self._is("withdrawn")

    async def _taken_back(self) -> None:
        self.may = {self.state, "withdrawn"}
        status, body = await self._owner.call("POST", f"/knocks/{self.knock}/take-back")
        assert status == 200, f"taking back is answered {status} {body}"
        self._is("withdrawn")

    async def _enters(self) -> None:
        before = self.identity
        status, body = await self.caller.call("POST", f"/knocks/{self.knock}/entry")
        if status == 503:  # LiveKit is away: the place is kept
            return
        assert status == 200, f"an entry is answered {status} {body}"
        assert before in (None, body["entry"]["identity"]), "a place has one identity"
        self.identity, self.meeting = body["entry"]["identity"], body["entry"]["meeting"]

    async def _leaves(self) -> None:
        self.may = {self.state, "left"}
        status, _ = await self.caller.call("POST", f"/meetings/{self.meeting}/leave", {"identity": self.identity})
        assert status == 204
        self._is("left")

    @property
    def _owner(self) -> Caller:
        return self.chance.choice(self.owners)

    def _is(self, state: str) -> None:
        self.may = {state}
        if state in OVER:
            self.identity = None

    # after the server was started again

    async def looks(self) -> None:
        """Read the truth, as a page does that comes back: it has to be what was answered."""
        status, link = await self.caller.call("GET", f"/links/{self.slug}")
        assert status == 200, link
        self.finds(link["knock"])
        if self.knock is not None:
            name, data = await self.caller.first(f"/knocks/{self.knock}/events")
            assert name == "knock"
            assert json.loads(data)["state"] == self.state, f"the stream says {data}, the link {self.state}"
        if self.state == "admitted" and self.identity is not None:
            await self._enters()

    def finds(self, found: dict[str, Any] | None) -> None:
        """Take over what the server says of the knock. Raises AssertionError where that cannot be."""
        state = found["state"] if found else NOBODY
        assert state in self.may, f"{self.name}'s knock is {state}, and can only be one of {self.may}"
        if found and self.knock is not None and found["id"] != self.knock:
            assert "waiting" in self.may, f"{self.name} has another knock than the one that was answered"
        self.knock = found["id"] if found else None
        self._is(state)
