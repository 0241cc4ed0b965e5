"""Taking turns: so many at a time of what is about the same."""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary


class Turns:
    """Lets so many at a time do something about one thing, by its key, in the order in which they came."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def at(self, key: str) -> asyncio.Semaphore:
        """To be held around it."""
        turn = self._turns.get(key)
        if turn is None:
            turn = self._turns[key] = asyncio.Semaphore(self._at_once)
        return turn
