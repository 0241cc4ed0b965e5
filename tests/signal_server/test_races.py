"""Many at the same moment, over HTTP: what may happen once happens once, and everybody is told what became of it."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from admission import accounts
from admission.directory import Role
from admission.store.repository import Repository
from signal_server.clock import now
from signal_server.keys import STORE
from tests.signal_server.front_door import Answer, Browser, FrontDoor

JOINS = 10_000
AT_ONCE = 500
"""Calls in hand at the same time: more would only wait in the kernel."""


async def seats(door: FrontDoor) -> Counter[str]:
    """The states of all seats there are."""

    def use_case(repository: Repository) -> Counter[str]:
        rows = repository.connection.execute("SELECT state, count(*) FROM seat GROUP BY state").fetchall()
        return Counter(dict(rows))

    return await door.app[STORE].run(use_case)


async def colleagues(door: FrontDoor, number: int) -> list[str]:
    """So many members of the workspace, signed in: what belongs into the cookie `session`."""

    def one(repository: Repository) -> str:
        email, at = f"{secrets.token_hex(8)}@example.org", now()
        accounts.add_account(
            repository, email, workspace="Acme", name="Somebody", role=Role.MEMBER, password_hash="none", at=at
        )
        return accounts.sign_in(repository, email, "none", at)[0]

    return await asyncio.gather(*(door.app[STORE].run(one) for _ in range(number)))


async def test_ten_thousand_joins_at_once_never_hold_more_than_twelve_seats(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    members = await colleagues(door, JOINS)
    turns = asyncio.Semaphore(AT_ONCE)
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(
        door.server.make_url("/"),
        cookie_jar=jar,
        connector=aiohttp.TCPConnector(limit=AT_ONCE),
        timeout=aiohttp.ClientTimeout(total=120),
        headers={"Sec-Fetch-Site": "same-origin"},
    ) as session:

        async def joins(secret: str) -> tuple[int, dict[str, Any]]:
            async with (
                turns,
                session.post(f"{door.link}/entry", json={}, headers={"Cookie": f"session={secret}"}) as answer,
            ):
                return answer.status, await answer.json()

        joined, mine = await asyncio.gather(
            asyncio.gather(*(joins(member) for member in members)),
            owner.post(f"{door.link}/entry", {}),
        )
        assert mine.status == 200, "the owner always gets in"
        assert Counter(status for status, _ in joined) == {200: 11, 409: JOINS - 11}
        assert await seats(door) == {"held": 12}

        # Their places come back exactly once, however often they leave.
        inside = [
            (member, body["entry"]) for member, (status, body) in zip(members, joined, strict=True) if status == 200
        ]

        async def leaves(secret: str, entry: dict[str, Any]) -> int:
            path = f"/api/v1/meetings/{entry['meeting']}/leave"
            cookie = {"Cookie": f"session={secret}"}
            async with session.post(path, json={"identity": entry["identity"]}, headers=cookie) as answer:
                return answer.status

        left = await asyncio.gather(*(leaves(*one) for one in inside[:4] for _ in range(5)))
        assert set(left) == {204}
        again = await asyncio.gather(*(joins(member) for member in members[-200:]))
        assert Counter(status for status, _ in again) == {200: 4, 409: 196}
        assert (await seats(door))["held"] == 12


async def test_a_decision_from_ten_pages_at_once_has_one_winner_and_nine_who_read_who_it_was(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    guest, knock = await door.knock()
    pages = [owner, *[await door.signed_in("Olga") for _ in range(9)]]
    decisions = ["admit", "refuse"] * 5
    answers = await asyncio.gather(
        *(door.decide(page, knock, decision) for page, decision in zip(pages, decisions, strict=True))
    )
    assert Counter(answer.status for answer in answers) == {200: 1, 409: 9}
    (won,) = [decision for decision, answer in zip(decisions, answers, strict=True) if answer.status == 200]
    for answer in answers:
        if answer.status == 409:
            assert (answer.problem, answer.body["decided_by"]) == ("already-decided", "Olga Owner")
            assert answer.body["decision"] == won
    shown = (await guest.get(door.link)).body["knock"]["state"]
    assert shown == {"admit": "admitted", "refuse": "refused"}[won]


Race = Callable[[FrontDoor, Browser, Browser, dict[str, Any]], Awaitable[Answer]]


async def withdrawn(door: FrontDoor, owner: Browser, guest: Browser, knock: dict[str, Any]) -> Answer:
    return await guest.delete(f"/api/v1/knocks/{knock['id']}")


async def rotated(door: FrontDoor, owner: Browser, guest: Browser, knock: dict[str, Any]) -> Answer:
    return await owner.post(f"{door.link}/rotate")


async def closed(door: FrontDoor, owner: Browser, guest: Browser, knock: dict[str, Any]) -> Answer:
    return await owner.call("PATCH", door.link, {"open": False})


async def locked(door: FrontDoor, owner: Browser, guest: Browser, knock: dict[str, Any]) -> Answer:
    entry = await door.walk_in(owner)
    return await owner.call("PATCH", f"/api/v1/meetings/{entry['meeting']}/setup", {"version": 1, "locked": True})


async def ended(door: FrontDoor, owner: Browser, guest: Browser, knock: dict[str, Any]) -> Answer:
    entry = await door.walk_in(owner)
    return await owner.post(f"/api/v1/meetings/{entry['meeting']}/end")


# What a knock may be after the race, when the decision got 200, and when it did not.
RACES: list[tuple[Race, dict[int, set[str]]]] = [
    (withdrawn, {200: {"withdrawn"}, 410: {"withdrawn"}}),
    (rotated, {200: {"admitted"}, 410: {"expired"}}),
    (closed, {200: {"admitted"}, 410: {"expired"}}),
    (locked, {200: {"admitted"}}),
    (ended, {200: {"admitted", "left"}}),
]


@pytest.mark.parametrize(("race", "outcomes"), RACES, ids=[race.__name__ for race, _ in RACES])
@pytest.mark.parametrize("first", ["decision", "other"])
async def test_a_decision_that_races_with_another_end_of_the_knock(
    door: FrontDoor, race: Race, outcomes: dict[int, set[str]], first: str
) -> None:
    owner = await door.signed_in("Olga")
    guest, knock = await door.knock()
    page = await guest.listen(f"/api/v1/knocks/{knock['id']}/events")
    calls = [door.decide(owner, knock, "admit"), race(door, owner, guest, knock)]
    answers = await asyncio.gather(*(calls if first == "decision" else reversed(calls)))
    decided, other = answers if first == "decision" else reversed(answers)
    assert decided.status in outcomes, decided
    assert other.status in (200, 204), other

    async def shown() -> str:
        """What the page shows in the end, which is what the store has."""
        stored = await door.app[STORE].run(lambda repository: repository.knock(knock["id"]))
        assert stored is not None
        while (await page.next("knock"))["state"] != stored.state:
            pass
        return stored.state

    assert await shown() in outcomes[decided.status]


async def test_one_ticket_in_two_browsers_is_one_knock_and_one_seat(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    browser, copied = door.browser(), door.browser()
    await browser.get(f"/m/{door.slug}")
    ticket = next(cookie for cookie in browser.session.cookie_jar if cookie.key == "ticket")
    copied.session.cookie_jar.update_cookies({"ticket": ticket.value}, door.server.make_url("/"))
    pages = [browser, copied]
    knocks = await asyncio.gather(*(page.post(f"{door.link}/entry", {"name": "Nora"}) for page in pages * 5))
    assert {answer.status for answer in knocks} == {202}
    (knock_id,) = {answer.body["knock"]["id"] for answer in knocks}
    assert (await door.decide(owner, {"id": knock_id}, "admit")).status == 200
    entries = await asyncio.gather(*(page.post(f"/api/v1/knocks/{knock_id}/entry") for page in pages * 5))
    assert len({answer.body["entry"]["identity"] for answer in entries}) == 1
    assert await seats(door) == {"held": 1}
