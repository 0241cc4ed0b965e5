"""Passwords: hashed with argon2 in threads of their own, a few at once, the rest in a short queue."""

from __future__ import annotations

import asyncio
import os
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

T = TypeVar("T")
Turn = AbstractContextManager[None]

AT_ONCE = min(4, os.cpu_count() or 1)
"""Each takes 64 MiB and a core for some tens of milliseconds."""

MAY_WAIT = 32
"""So many wait at most about two seconds. Whoever comes after them is told to come back."""

RETRY_AFTER = 2.0


class PasswordsBusy(Exception):
    """Too many passwords are being checked. Nothing was done; try again in `retry_after` seconds."""

    retry_after = RETRY_AFTER


class Passwords:
    """Hashes and verifies. `hasher` has argon2's own recommended cost; only tests take a lower one."""

    def __init__(self, hasher: PasswordHasher | None = None, at_once: int = AT_ONCE, may_wait: int = MAY_WAIT) -> None:
        self._hasher = hasher or PasswordHasher()
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="password")
        self._turns = asyncio.Semaphore(at_once)
        self._may_wait = may_wait
        self._waiting = 0
        # Checked where there is no account: an unknown address costs as much time as a known one.
        self._nobody = self._hasher.hash("nobody")

    async def verify(self, password: str, stored: str | None, turn: Turn | None = None) -> bool:
        """Whether `stored` is a hash of the password; for None never, at the same cost.

        `turn` is entered when it is this call's turn: what it raises then is raised here, and no work is done.
        Raises PasswordsBusy.
        """
        matches = await self._in_turn(lambda: self._matches(stored or self._nobody, password), turn)
        return matches and stored is not None

    async def rehashed(self, password: str, stored: str) -> str | None:
        """A new hash where the stored one was made at another cost than today's, else None."""
        if not self._hasher.check_needs_rehash(stored):
            return None
        return await self._in_turn(lambda: self._hasher.hash(_bytes(password)))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _in_turn(self, work: Callable[[], T], turn: Turn | None = None) -> T:
        if self._turns.locked() and self._waiting >= self._may_wait:
            raise PasswordsBusy
        self._waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1
        working: asyncio.Future[T] | None = None
        try:
            with turn or nullcontext():
                working = asyncio.get_running_loop().run_in_executor(self._threads, work)
                return await asyncio.shield(working)
        finally:
            if working is None or working.done():
                self._turns.release()
            else:
                # Whoever asked has hung up, and the thread works on: the turn is over when it has finished.
                working.add_done_callback(lambda _: self._turns.release())

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False


def hash_password(password: str, hasher: PasswordHasher | None = None) -> str:
    """Hash at once, in this thread: for commands."""
    return (hasher or PasswordHasher()).hash(_bytes(password))


def _bytes(password: str) -> bytes:
    # Keyboards write an é in two ways; to its owner it is one password (RFC 8265, 4.2: NFC).
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
