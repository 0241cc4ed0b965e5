"""How often something happened within the last seconds, counted by key, and nothing older."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from threading import Lock
from time import monotonic

FORGET_EVERY = 60.0
"""Seconds between two looks for what is over while nothing happens."""


class MovingWindow:
    """Takes so many of one key in any stretch of so many seconds, 0 for no limit. For several threads."""

    def __init__(self, most: int, seconds: float = 60.0) -> None:
        self._most, self._seconds = most, seconds
        self._over: OrderedDict[str, deque[float]] = OrderedDict()  # when each is over (monotonic); the last key last
        self._lock = Lock()

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._over)

    def wait(self, key: str, cost: int = 1) -> float:
        """0 if so many more of this key would be taken now, else the seconds until the oldest of them is over."""
        with self._lock:
            return self._wait(key, cost)

    def take(self, key: str) -> bool:
        """Count one. False if there were too many already: then it is not counted."""
        with self._lock:
            if self._wait(key, 1):
                return False
            if self._most:
                self._over.setdefault(key, deque()).append(monotonic() + self._seconds)
                self._over.move_to_end(key)
            return True

    def forget(self) -> None:
        """Let go of the keys of which nothing counts any more."""
        with self._lock:
            self._forget(monotonic())

    def _wait(self, key: str, cost: int) -> float:
        at = monotonic()
        self._forget(at)
        over = self._over.get(key, deque[float]())
        while over and over[0] <= at:
            over.popleft()
        if not self._most or len(over) + cost <= self._most:
            return 0.0
        return over[0] - at if over else self._seconds

    def _forget(self, at: float) -> None:
        while self._over and next(iter(self._over.values()))[-1] <= at:
            self._over.popitem(last=False)


async def forget(*windows: MovingWindow) -> None:
    """Keep nobody's address for longer than it counts, also where nobody comes any more. Runs until cancelled."""
    while True:
        await asyncio.sleep(FORGET_EVERY)
        for window in windows:
            window.forget()
