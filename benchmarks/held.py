"""How many streams are held at once, what each costs, and how fast news reaches a page meanwhile."""

from __future__ import annotations

import asyncio
import gc
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from benchmarks.figures import FULL, Figure, Size, count
from benchmarks.lines import Callers, Heard, close_lines, come_back, open_lines, percentile
from benchmarks.people import Guest, Member, add_guests, add_members
from benchmarks.place import Place, Running

GUESTS_AN_OWNER = 10
"""Who waits at one door; they fit into a meeting of 12 when all are let in."""

CALLERS = 32
MEMBERS_A_WORKSPACE = 100
NEWS_WITHIN = 20.0
"""Seconds after which news that has not come is given up."""


@dataclass
class News:
    """When something was asked for, and when the page that waits for it heard of it. Times are monotonic."""

    asked: dict[str, float] = field(default_factory=dict)
    heard: dict[str, float] = field(default_factory=dict)
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, key: str, at: float) -> None:
        self.heard.setdefault(key, at)
        self._more.set()

    async def all_heard(self) -> None:
        """Wait until everything that was asked for has been heard. Raises TimeoutError."""
        async with asyncio.timeout(NEWS_WITHIN):
            while self.asked.keys() - self.heard.keys():
                self._more.clear()
                await self._more.wait()

    def ways(self) -> list[float]:
        """How long each took, in milliseconds."""
        return [(self.heard[key] - at) * 1000 for key, at in self.asked.items()]


async def at_a_rate(a_second: float, calls: Sequence[Callable[[float], Awaitable[None]]]) -> None:
    """Begin the calls at that rate whatever the earlier ones take; each is told when it was due."""
    begun = time.monotonic()
    going = []
    for number, call in enumerate(calls):
        due = begun + number / a_second
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        going.append(asyncio.ensure_future(call(due)))
    await asyncio.gather(*going)


def owners_of(place: Place, number: int) -> list[Member]:
    owners: list[Member] = []
    while len(owners) < number:
        name = f"Workspace {len(owners)}"
        some = min(MEMBERS_A_WORKSPACE, number - len(owners))
        owners += place.run(lambda repository, name=name, some=some: add_members(repository, name, some, seats=12))  # type: ignore[misc]
    return owners


def doorbell(owner: Member, heard: Heard) -> tuple[str, str, Heard]:
    return "/api/v1/doorbell/events", owner.cookie, heard


def waiting_page(guest: Guest, heard: Heard) -> tuple[str, str, Heard]:
    return f"/api/v1/knocks/{guest.knock}/events", guest.cookie, heard


def hears_decision(guest: Guest, news: News) -> Heard:
    def heard(event: str, data: bytes, at: float) -> None:
        if b'"state": "waiting"' not in data and b'"state":"waiting"' not in data:
            news.hear(guest.knock, at)

    return heard


async def decide(callers: Callers, guests: Sequence[Guest], news: News, a_second: float) -> None:
    """Let every second guest in and refuse the others."""

    async def one(guest: Guest, decision: str, due: float) -> None:
        news.asked[guest.knock] = due
        path = f"/api/v1/knocks/{guest.knock}/decision"
        status, _, answer = await callers.post(path, guest.owner.cookie, {"decision": decision})
        if status != 200:
            raise RuntimeError(f"a decision got {status}: {answer}")

    def call(number: int, guest: Guest) -> Callable[[float], Awaitable[None]]:
        return lambda due: one(guest, "refuse" if number % 2 else "admit", due)

    await at_a_rate(a_second, [call(number, guest) for number, guest in enumerate(guests)])
    await news.all_heard()


def nothing(event: str, data: bytes, at: float) -> None:
    """For streams that are only held."""


async def _memory_a_stream(server: Running, before: float, streams: int) -> float:
    await asyncio.sleep(1)  # what opening took for a moment is given back
    return (server.memory() - before) * 1024 / streams


async def waiting(place: Place, size: Size) -> list[Figure]:
    """Guests wait, ten at each door, and their owners' pages are open: everybody comes at once, as after a restart."""
    owners = owners_of(place, size.waiting // GUESTS_AN_OWNER)
    guests = place.run(
        lambda repository: [guest for owner in owners for guest in add_guests(repository, owner, GUESTS_AN_OWNER)]
    )
    news = News()
    with place.vestibule() as server:
        empty = server.memory()
        pages = await open_lines(server, [doorbell(owner, nothing) for owner in owners])
        before, cpu = server.memory(), server.cpu()
        begun = time.monotonic()
        lines = await open_lines(server, [waiting_page(guest, hears_decision(guest, news)) for guest in guests])
        opened = time.monotonic() - begun
        opening = server.cpu() - cpu
        a_stream = await _memory_a_stream(server, before, len(lines))
        await asyncio.sleep(2)
        random.Random(2).shuffle(guests)
        chosen = guests[: size.decisions]
        cpu, begun = server.cpu(), time.monotonic()
        with quiet():
            async with Callers(server, CALLERS) as callers:
                await decide(callers, chosen, news, size.decisions_a_second)
        busy = (server.cpu() - cpu) / (time.monotonic() - begun)
        await asyncio.sleep(1)
        held = sum(line.open for line in lines)
        still_there = sum(line.open for line in pages)
        full = server.memory()
        close_lines([*lines, *pages])
    if held < len(lines) - len(chosen) // 2 or still_there < len(pages):
        raise RuntimeError(f"of {len(lines)} guests {held} are left, of {len(pages)} owners {still_there}")
    ways = news.ways()
    whole = FULL.waiting if size is FULL else None
    return [
        Figure("waiting", "guests held waiting in one process", len(lines), least=whole),
        Figure("waiting-ready", "started with all of them waiting, the server is ready in", server.started_in, "s"),
        Figure("waiting-back", "and all their pages are back in their places in", opened, "s"),
        Figure("waiting-cpu", "the server's processor time for one of these pages", opening / len(lines) * 1e6, "µs"),
        Figure(
            "decision-p50", "a decision's way to its guest's page meanwhile, half of them", percentile(ways, 50), "ms"
        ),
        Figure(
            "decision-p99",
            "a decision's way to its guest's page meanwhile, 99 of 100",
            percentile(ways, 99),
            "ms",
            most=20,
        ),
        Figure("decision-longest", "a decision's way to its guest's page meanwhile, the longest", max(ways), "ms"),
        Figure(
            "decision-cpu", f"the server's processor at {size.decisions_a_second} decisions a second", busy, "cores"
        ),
        Figure("memory-guest", "memory of a waiting guest's stream", a_stream, "KiB"),
        Figure("memory-all", f"memory of the server with all of these and {count(len(pages))} doorbells", full, "MiB"),
        Figure("memory-empty", "memory of the server without anybody", empty, "MiB"),
    ]


async def doorbells(place: Place, size: Size) -> list[Figure]:
    """Owners' pages are open everywhere; guests come, ring at some of the doors, wait and are answered."""
    owners = owners_of(place, size.doorbells)
    rung, decided = News(), News()
    guests: list[Guest] = []

    def rings(event: str, data: bytes, at: float) -> None:
        # By the guest's name: it is known before the knock has an id.
        if event == "knock":
            name = data.partition(b'"name":"')[2].partition(b'"')[0].decode()
            rung.hear(name, at)

    with ExitStack() as running:
        server = running.enter_context(place.vestibule())
        before = server.memory()
        begun = time.monotonic()
        pages = await open_lines(server, [doorbell(owner, rings) for owner in owners])
        opened = time.monotonic() - begun
        a_stream = await _memory_a_stream(server, before, len(pages))
        async with Callers(server, CALLERS) as callers:

            async def knock(number: int, due: float) -> None:
                owner = owners[number % len(owners)]
                name = f"Visitor {number}"
                rung.asked[name] = due
                body = {"name": name, "message": "I am early."}
                status, headers, answer = await callers.post(f"/api/v1/links/{owner.slug}/entry", "", body)
                if status != 202:
                    raise RuntimeError(f"a knock got {status}: {answer}")
                ticket = headers["set-cookie"].partition("ticket=")[2].partition(";")[0]
                guests.append(Guest(answer["knock"]["id"], ticket, owner))

            def call(number: int) -> Callable[[float], Awaitable[None]]:
                return lambda due: knock(number, due)

            with quiet():
                await at_a_rate(size.decisions_a_second, [call(n) for n in range(size.guests_beside_doorbells)])
                await rung.all_heard()
            lines = await open_lines(server, [waiting_page(guest, hears_decision(guest, decided)) for guest in guests])
            with quiet():
                await decide(callers, guests[: size.decisions // 2], decided, size.decisions_a_second)
        still_there = sum(line.open for line in pages)
        told = time.monotonic()
        all_pages = [doorbell(owner, nothing) for owner in owners] + [waiting_page(guest, nothing) for guest in guests]
        returning = asyncio.create_task(come_back(place.port, all_pages))
        await asyncio.to_thread(running.close)  # as an upgrade does: told to stop, and started anew
        await asyncio.to_thread(running.enter_context, place.vestibule())
        again = await returning
        back = time.monotonic() - told
        close_lines([*lines, *pages, *again])
    if still_there < len(pages):
        raise RuntimeError(f"of {len(pages)} owners {still_there} are left")
    whole = FULL.doorbells if size is FULL else None
    ring, answer = rung.ways(), decided.ways()
    return [
        Figure("doorbells", f"owners' doorbells held, beside {count(len(lines))} guests", len(pages), least=whole),
        Figure("doorbells-open", "and all of them are open in", opened, "s"),
        Figure("ring-p50", "a knock's way to its owner's page meanwhile, half of them", percentile(ring, 50), "ms"),
        Figure("ring-p99", "a knock's way to its owner's page meanwhile, 99 of 100", percentile(ring, 99), "ms"),
        Figure("answer-p99", "a decision's way back to the guest, 99 of 100", percentile(answer, 99), "ms", most=20),
        Figure(
            "doorbells-back",
            f"told to stop and started anew, it has all {count(len(all_pages))} pages back in",
            back,
            "s",
            most=15,
        ),
        Figure("memory-doorbell", "memory of an owner's doorbell", a_stream, "KiB"),
    ]


class quiet:
    """No garbage collection in this client while it takes times."""

    def __enter__(self) -> None:
        gc.collect()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        gc.enable()


def held(measure: Callable[[Place, Size], Awaitable[list[Figure]]]) -> Callable[[Place, Size], list[Figure]]:
    """Run one of these on a database and an event loop of its own, for five minutes at most."""

    async def bounded(place: Place, size: Size) -> list[Figure]:
        async with asyncio.timeout(300):
            return await measure(place, size)

    def run(place: Place, size: Size) -> list[Figure]:
        with place.new_database():
            return asyncio.run(bounded(place, size))

    return run
