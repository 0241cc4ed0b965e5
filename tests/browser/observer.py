"""An observer whose events a test writes: into the database of the server that runs, as `vestibule observe` does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from admission import observing
from admission.contribution import Event, Kind
from admission.store.repository import Repository, milliseconds
from tests.browser.server import Vestibule, now

SOURCES = {
    "talk": (Kind.SPEAKING, Kind.SILENT),
    "camera": (Kind.CAMERA_ON, Kind.CAMERA_OFF),
    "screen": (Kind.SCREEN_SHARE_ON, Kind.SCREEN_SHARE_OFF),
}


class Observer:
    """Watches one meeting, for as long as it is told to. Times are seconds before now, when it began."""

    def __init__(self, server: Vestibule, meeting_id: str, ago: float = 600) -> None:
        self._server = server
        self._meeting_id = meeting_id
        self._now = milliseconds(now())
        self._last = 0
        self._seen: list[tuple[float, Kind, str]] = [(ago, Kind.RESUMED, "")]
        self.resume()

    def resume(self) -> None:
        """It says that it watches, for an hour at once."""
        later = now() + timedelta(hours=1)
        self._server.run(lambda repository: repository.watch(self._meeting_id, "by-hand", later))

    def stop(self) -> None:
        """As one that crashed: it was last heard of before its lease was over."""

        def use_case(repository: Repository) -> None:
            repository.watch(self._meeting_id, "by-hand", now() - 2 * observing.LEASE)

        self._server.run(use_case)

    def saw(self, name: str, came: float, messages: int = 0, **spans: Sequence[tuple[float, float]]) -> None:
        """All of one person: when they came, and `talk`, `camera` and `screen` as spans of (from, for so long)."""
        who = self._identity(name)
        self._seen += [(came, Kind.JOINED, who), (came, Kind.MICROPHONE_ON, who)]
        self._seen += [(came - 1 - number, Kind.MESSAGE, who) for number in range(messages)]
        for what, rows in spans.items():
            on, off = SOURCES[what]
            for since, length in rows:
                self._seen += [(since, on, who), (since - length, off, who)]

    def store(self) -> None:
        """All that was seen since the last time, in the order in which it was: each at a moment of its own."""
        events = []
        for ago, kind, identity in sorted(self._seen, key=lambda one: -one[0]):
            self._last = max(self._last + 1, self._now - round(ago * 1000))
            events.append(Event(self._last, kind, "", identity))
        self._seen = []
        observe = partial(observing.observe, meeting_id=self._meeting_id, observer="by-hand", events=events)
        assert self._server.run(observe), "the meeting is ours to watch"

    def _identity(self, name: str) -> str:
        seats = self._server.run(lambda repository: repository.sat_in(self._meeting_id))
        return next(seat.identity for seat in seats if seat.name == name)
