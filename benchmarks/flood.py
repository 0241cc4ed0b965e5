"""One door is flooded with knocks, as fast as the server takes them: what is noticed of it at the others."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Sequence

from benchmarks.figures import FULL, Figure, Size
from benchmarks.held import (
    CALLERS,
    GUESTS_AN_OWNER,
    News,
    decide,
    doorbell,
    hears_decision,
    nothing,
    owners_of,
    quiet,
    waiting_page,
)
from benchmarks.lines import Callers, close_lines, open_lines, percentile
from benchmarks.people import Guest, add_guests
from benchmarks.place import Place, Running
from benchmarks.rates import Rate, load

FLOODED_GUESTS = 20
"""So many waited at the flooded door before, and are answered meanwhile."""


AT_ONCE = 256
"""So many connections knock at the flooded door, each again as soon as it has its answer."""


async def flood(place: Place, size: Size) -> list[Figure]:
    """Guests at other doors are answered, first in quiet and then beside the flood; the owners' pages are open."""
    answered = size.decisions // 2
    flooded, *owners = owners_of(place, 1 + 2 * answered // GUESTS_AN_OWNER)
    guests = place.run(
        lambda repository: [guest for owner in owners for guest in add_guests(repository, owner, GUESTS_AN_OWNER)]
    )
    # At each door some are answered in quiet and some beside the flood.
    before, beside = guests[0::2][:answered], guests[1::2][:answered]
    at_flooded = place.run(lambda repository: add_guests(repository, flooded, FLOODED_GUESTS))
    body = json.dumps({"name": "Nobody in particular", "message": "Hello! " * 20})
    knocks = [(f"/api/v1/links/{flooded.slug}/entry", "", body)]
    seconds = answered // size.decisions_a_second + 2
    with place.vestibule() as server:
        pages = await open_lines(server, [doorbell(owner, nothing) for owner in (flooded, *owners)])
        await asyncio.to_thread(load, server, knocks, 1)  # first calls load what later ones find loaded
        quietly = await _answered(server, before, size)
        flooding, meanwhile, own = await asyncio.gather(
            asyncio.to_thread(load, server, knocks, seconds, AT_ONCE),
            _after_a_second(_answered(server, beside, size)),
            _after_a_second(_answered(server, at_flooded, size, a_second=FLOODED_GUESTS / (seconds - 2))),
        )
        still_there = sum(line.open for line in pages)
        close_lines(pages)
    _check(flooding, still_there, len(pages))
    whole = 20 if size is FULL else None
    return [
        Figure(
            "flood",
            f"knocks a second at one door, {AT_ONCE} at once, while its owner has a page open",
            flooding.a_second,
        ),
        Figure(
            "flood-others-p50",
            "a decision's way to its guest's page at other doors meanwhile, half of them",
            percentile(meanwhile, 50),
            "ms",
            reference=percentile(quietly, 50),
        ),
        Figure(
            "flood-others-p99",
            "a decision's way to its guest's page at other doors meanwhile, 99 of 100; beside it: without the flood",
            percentile(meanwhile, 99),
            "ms",
            reference=percentile(quietly, 99),
            most=whole,
        ),
        Figure("flood-own-longest", "the same at the flooded door, the longest", max(own), "ms"),
    ]


async def _answered(server: Running, guests: Sequence[Guest], size: Size, a_second: float = 0) -> list[float]:
    """How long each decision takes to its guest's page, in milliseconds."""
    news = News()
    lines = await open_lines(server, [waiting_page(guest, hears_decision(guest, news)) for guest in guests])
    with quiet():
        async with Callers(server, CALLERS) as callers:
            await decide(callers, guests, news, a_second or size.decisions_a_second)
    close_lines(lines)
    return news.ways()


async def _after_a_second(answered: Awaitable[list[float]]) -> list[float]:
    """When the flood is there."""
    await asyncio.sleep(1)
    return await answered


def _check(flood: Rate, still_there: int, pages: int) -> None:
    if flood.refused:
        raise RuntimeError(f"{flood.refused} knocks were refused: they were to be stored")
    if still_there < pages:
        raise RuntimeError(f"of {pages} owners {still_there} are left")
