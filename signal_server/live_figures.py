"""The figures of running meetings, for the pages that show them: read from what observers store, told once a second."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog

from admission import figures
from admission.contribution import Tally
from admission.figures import News
from admission.store.repository import SLICE
from admission.store.sqlite import Store, StoreBusy
from signal_server import contributions
from signal_server.clock import now

log = structlog.get_logger()
Shown = contributions.Shown | None
"""None where nothing is counted."""
Listener = Callable[[str], None]
"""Takes what is new as JSON: written once for all who listen."""

LOOK_EVERY = 0.25
"""Seconds between two looks at what was stored."""

TOLD_EVERY = 1.0
"""Seconds: a page hears of a meeting at most so often."""

TOLD_AT_LEAST = 10.0
"""Seconds after which a page is told how long the meeting is watched also when nobody gave anything."""


@dataclass(slots=True)
class _Meeting:
    tally: Tally = field(default_factory=Tally)
    seq: int = 0
    news: News | None = None
    listeners: list[Listener] = field(default_factory=list)
    followed_by: int = 0
    told: Shown = None
    told_at: float = 0.0

    def take(self, found: News | None) -> None:
        self.news = found
        if found is None:
            self.tally, self.seq = Tally(), 0
            return
        for event in found.events:
            self.tally.add(event)
        self.seq = max(self.seq, found.seq)

    def shown(self) -> Shown:
        return contributions.shown(self.news.count, self.tally, self.news.people) if self.news else None

    @property
    def since_told(self) -> float:
        """Seconds since the listeners were told something."""
        return time.monotonic() - self.told_at

    def tell(self) -> None:
        """Tell the listeners what is new, if anything is."""
        shown, told = self.shown(), self.told
        news = shown
        if shown is not None and told is not None:
            lines = _by_id(told)
            changed = [line for line in shown["people"] if line != lines.get(line["id"])]
            if not changed and shown["state"] == told["state"] and self.since_told < TOLD_AT_LEAST:
                return
            news = {**shown, "people": changed}
        elif shown is told:
            return
        self.told, self.told_at = shown, time.monotonic()
        text = json.dumps(news, separators=(",", ":"))
        for listener in tuple(self.listeners):
            listener(text)


def _by_id(shown: contributions.Shown) -> dict[str, contributions.Line]:
    return {line["id"]: line for line in shown["people"]}


class LiveFigures:
    """Folds what is stored of the meetings that somebody looks at. `run` is a task."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._meetings: dict[str, _Meeting] = {}

    @asynccontextmanager
    async def following(self, meeting_id: str, listener: Listener) -> AsyncIterator[Callable[[], Shown]]:
        """Gives a look at all figures of a meeting as they are now, and tells the listener what is new.

        Of the people it is told those whose line has changed.
        """
        meeting = self._meetings.setdefault(meeting_id, _Meeting())
        meeting.followed_by += 1
        try:
            while await self._look(meeting_id):
                pass  # others had their turn in between
            meeting.listeners.append(listener)
            meeting.told = meeting.told or meeting.shown()
            yield meeting.shown
        finally:
            if listener in meeting.listeners:
                meeting.listeners.remove(listener)
            meeting.followed_by -= 1
            if meeting.followed_by == 0:
                del self._meetings[meeting_id]

    async def run(self) -> None:
        """Look and tell. Runs until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                # One after another: whoever waits for the database has their turn in between.
                for meeting_id, meeting in tuple(self._meetings.items()):
                    if meeting.since_told >= TOLD_EVERY:
                        await self._look(meeting_id)
                        meeting.tell()
            except StoreBusy:
                pass  # in a moment
            except Exception:
                log.exception("could not tell of contributions")

    async def _look(self, meeting_id: str) -> bool:
        """Read what is new in a meeting, or some of it. Returns whether there may be more."""
        meeting = self._meetings.get(meeting_id)
        if meeting is None:
            return False
        after = meeting.seq
        found = await self._store.run(lambda repository: figures.news(repository, meeting_id, after, now()))
        if found is None or meeting.seq == after:  # of two looks at once the second finds nothing new
            meeting.take(found)
        return found is not None and len(found.events) == SLICE
