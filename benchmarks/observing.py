"""What an observer costs, beside a bare agent in the same rooms; and how soon a page has what it heard."""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from admission.contribution import Kind
from admission.store.repository import Repository
from benchmarks.figures import FULL, Figure, Size, count
from benchmarks.lines import Callers, close_lines, open_lines, percentile
from benchmarks.people import Member, add_members
from benchmarks.place import Place, Running
from benchmarks.voices import speaking
from signal_server.clock import now
from signal_server.sfu.tokens import Tokens

LOADS = ((1, 12), (3, 12), (10, 4))
"""Meetings, and microphones in each. Two cores that also send them all and carry LiveKit hold no more than forty."""

WATCHED_WITHIN = 30.0
WARMING_UP = 3.0
"""Seconds of talk that are not measured."""
LAST_WORDS = 3.0
"""Who began to speak so many seconds before the end may not be on the page yet."""
MISSED = 0.1
"""Of what was said, how much may go unheard: a machine that does much else tears the sound."""


@dataclass
class Panel:
    """When who began to speak, and when pages had how many turns of theirs. Times are monotonic."""

    said: list[tuple[str, float]] = field(default_factory=list)
    turns: dict[str, list[tuple[float, int]]] = field(default_factory=lambda: defaultdict(list))

    def hear(self, event: str, data: bytes, at: float) -> None:
        if event == "contributions" and (shown := json.loads(data)):
            for line in shown["people"]:
                self.turns[line["identity"]].append((at, line["turns"]))

    def delays(self, until: float) -> list[float]:
        """How long each first sound took to the page, in milliseconds. Raises RuntimeError where too few came."""
        asked = [each for each in self.said if each[1] < until]
        found = []
        for identity, at in asked:
            shown = self.turns[identity]
            before = max((turns for shown_at, turns in shown if shown_at <= at), default=0)
            later = [shown_at for shown_at, turns in shown if shown_at > at and turns > before]
            if later:
                found.append((later[0] - at) * 1000)
        if len(found) < (1 - MISSED) * len(asked):
            raise RuntimeError(f"of {len(asked)} turns the pages got {len(found)}")
        return found


def observing(place: Place, size: Size) -> list[Figure]:
    """Observers of more and more meetings, one after the other."""
    figures: list[Figure] = []
    delays: list[float] = []
    for meetings, microphones in LOADS if size == FULL else LOADS[:1]:
        with place.new_database():
            members = place.run(partial(_members, number=meetings * microphones))
            with place.vestibule() as server, place.observer() as observer:
                groups = [members[begin : begin + microphones] for begin in range(0, len(members), microphones)]
                measured, took = asyncio.run(_measured(place, server, observer, groups, size.rate_seconds))
        figures += measured
        delays += took
    for name, hundredths, says in (("p50", 50, "half of them"), ("p99", 99, "99 of 100")):
        says = f"from the first sound of a turn to the figures on a page, {says}"
        figures.append(Figure(f"observer-delay-{name}", says, percentile(delays, hundredths), "ms"))
    return figures


def _members(repository: Repository, number: int) -> list[Member]:
    return add_members(repository, "Observed", number, seats=12)


async def _measured(
    place: Place, server: Running, observer: Running, groups: Sequence[Sequence[Member]], seconds: float
) -> tuple[list[Figure], list[float]]:
    entries: list[list[dict[str, Any]]] = []
    async with Callers(server, 1) as callers:
        for group in groups:
            answers = [await callers.post(f"/api/v1/links/{group[0].slug}/entry", one.cookie, {}) for one in group]
            entries.append([answer["entry"] for _, _, answer in answers])
    meetings = [group[0]["meeting"] for group in entries]
    panel = Panel()
    async with speaking([entry for group in entries for entry in group], lambda *said: panel.said.append(said)) as go:
        await _watched(place, meetings, len(groups[0]))
        pages = [
            (f"/api/v1/meetings/{one}/events", group[0].cookie) for one, group in zip(meetings, groups, strict=True)
        ]
        lines = await open_lines(server, [(*page, panel.hear) for page in pages])
        with ExitStack() as beside:
            bare = beside.enter_context(place.agent(_tokens(place, meetings)))
            go()
            await asyncio.sleep(WARMING_UP)
            begun, used = time.monotonic(), [process.cpu() for process in (observer, bare)]
            await asyncio.sleep(seconds)
            passed = time.monotonic() - begun
            shares = [
                100 * (process.cpu() - before) / passed for process, before in zip((observer, bare), used, strict=True)
            ]
            memory = [process.memory() for process in (observer, bare)]
        ended = time.monotonic()
        await asyncio.sleep(LAST_WORDS)
        close_lines(lines)
    of = f"{count(len(groups))} meeting{'s' if len(groups) > 1 else ''} of {len(groups[0])} microphones"
    name = f"observer-{len(groups)}"
    return [
        Figure(f"{name}-cpu", f"an observer's share of one core, {of}", shares[0], "%", reference=shares[1]),
        Figure(f"{name}-memory", f"its memory, {of}", memory[0], "MiB", reference=memory[1]),
    ], panel.delays(ended)


def _tokens(place: Place, meetings: Sequence[str]) -> list[str]:
    tokens = Tokens(place.livekit.key, place.livekit.secret)
    return [tokens.mint_observer(f"{meeting}-1", now()) for meeting in meetings]


async def _watched(place: Place, meetings: Sequence[str], microphones: int) -> None:
    """Wait until the observer hears every microphone."""

    def heard(repository: Repository) -> bool:
        seen = [[event.kind for _, event in repository.observed(meeting)] for meeting in meetings]
        return all(kinds.count(Kind.MICROPHONE_ON) >= microphones for kinds in seen)

    deadline = time.monotonic() + WATCHED_WITHIN
    while not await asyncio.to_thread(place.run, heard):
        if time.monotonic() > deadline:
            raise RuntimeError("the observer does not hear everybody")
        await asyncio.sleep(0.5)
