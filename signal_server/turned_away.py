"""How many were turned away from each meeting, without names: counted here, and told to its moderators.

It lives in memory: who was turned away is nobody's to keep, and after a restart the count begins anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from admission.changes import Change, MeetingEnded

Why = Literal["locked", "full"]
Counts = dict[Why, int]
Listener = Callable[[Counts], None]

TOLD_EVERY = 1.0
"""Seconds: a moderator's page hears of a crowd at most so often."""

MOST = 10_000
"""Browsers remembered for one meeting. Beyond it the number stands still: it says enough."""


@dataclass(slots=True)
class _Meeting:
    seen: dict[Why, set[str]] = field(default_factory=lambda: {"locked": set(), "full": set()})
    listeners: list[Listener] = field(default_factory=list)
    telling: asyncio.TimerHandle | None = None
    untold: bool = False

    @property
    def counts(self) -> Counts:
        return {why: len(browsers) for why, browsers in self.seen.items()}


class TurnedAway:
    """Counts each browser once for each reason: a page that looks again every 20 s is one visitor."""

    def __init__(self) -> None:
        self._meetings: dict[str, _Meeting] = {}

    def count(self, meeting_id: str, why: Why, browser: str) -> None:
        """A browser found the door shut. `browser` tells it from others, and is told to nobody."""
        meeting = self._meetings.setdefault(meeting_id, _Meeting())
        browsers = meeting.seen[why]
        if browser in browsers or len(browsers) >= MOST:
            return
        browsers.add(browser)
        meeting.untold = True
        if meeting.telling is None:
            self._tell(meeting)

    def _tell(self, meeting: _Meeting) -> None:
        meeting.telling = None
        if not meeting.untold:
            return
        meeting.untold = False
        meeting.telling = asyncio.get_running_loop().call_later(TOLD_EVERY, self._tell, meeting)
        for listener in tuple(meeting.listeners):
            listener(meeting.counts)

    @contextmanager
    def listening(self, meeting_id: str, listener: Listener) -> Iterator[None]:
        """Tell a moderator how many there have been, if any, and whenever there are more."""
        meeting = self._meetings.setdefault(meeting_id, _Meeting())
        meeting.listeners.append(listener)
        if any(meeting.counts.values()):
            listener(meeting.counts)
        try:
            yield
        finally:
            meeting.listeners.remove(listener)
            if not meeting.listeners and not any(meeting.counts.values()):
                self._forget(meeting_id)

    def heard(self, change: Change) -> None:
        """A meeting that has ended is counted for no more."""
        if isinstance(change, MeetingEnded):
            self._forget(change.meeting_id)

    def _forget(self, meeting_id: str) -> None:
        meeting = self._meetings.pop(meeting_id, None)
        if meeting is not None and meeting.telling is not None:
            meeting.telling.cancel()
