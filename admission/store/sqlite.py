"""The embedded database: one thread, one connection, and calls that share a commit."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlite_utils import Database

from admission.changes import Change
from admission.store.repository import Repository
from admission.store.schema import migrate

T = TypeVar("T")

SHARED_COMMIT = 256
"""At most so many calls share one transaction: more would delay the first of them for little gain."""

QUEUE_LIMIT = 20_000
"""Calls that may wait for the database. Beyond it the answer is StoreBusy: memory stays bounded."""

CACHE_KIB = 64 * 1024
"""Pages of the database kept in memory at most. Tickets and ids are random: each touches a page of its own."""

LOCK_PATIENCE_MS = 5_000
"""How long a transaction waits for another process (a command) that is writing."""


class StoreBusy(Exception):
    """The database cannot take the call now: too many wait, or it cannot commit. Nothing was changed."""


@dataclass(slots=True)
class Call(Generic[T]):
    use_case: Callable[[Repository], T]
    future: asyncio.Future[T]
    loop: asyncio.AbstractEventLoop
    asked: float  # monotonic
    result: T | None = None
    error: BaseException | None = None
    changes: Sequence[Change] = ()


def connect(path: Path | str) -> Database:
    """Open, migrate and prepare a database file. What COMMIT has answered is on disk (synchronous=FULL)."""
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=512)
    try:
        connection.execute(f"PRAGMA busy_timeout = {LOCK_PATIENCE_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        connection.execute("PRAGMA foreign_keys = ON")
        # What is deleted is overwritten, not only unlinked: SQLite's default on some systems, and not on others.
        connection.execute("PRAGMA secure_delete = ON")
        db = Database(connection, recursive_triggers=False)
        migrate(db)
    except BaseException:
        connection.close()
        raise
    return db


class Store:
    """Runs use cases, each in a transaction of its own in effect, many in one commit in fact.

    A use case is a function of a Repository. What it raises undoes what it did and reaches the caller; other
    calls in the same commit do not notice. `run` returns when the result is on disk, then the changes go to
    `announce`, on the event loop, in the order in which they were made.
    """

    def __init__(
        self,
        path: Path | str,
        announce: Callable[[Change], None] = lambda change: None,
        committed: Callable[[float, int], None] = lambda waited, calls: None,
    ) -> None:
        """`committed` is told of each commit: how long its first call waited in seconds, and how many calls it had."""
        self._path = path
        self._announce = announce
        self._committed = committed
        self._calls: queue.SimpleQueue[Call[Any] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    async def start(self) -> None:
        """Open the database. Raises NewerDatabase or sqlite3.Error."""
        loop = asyncio.get_running_loop()
        opened: asyncio.Future[None] = loop.create_future()
        self._thread = threading.Thread(target=self._work, args=(loop, opened), name="store", daemon=True)
        self._thread.start()
        await opened

    async def stop(self) -> None:
        """Finish the calls that wait, then close."""
        if self._thread:
            self._calls.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    async def run(self, use_case: Callable[[Repository], T]) -> T:
        """Run a use case in a transaction and return its result once it is committed.

        Raises what the use case raises, or StoreBusy.
        """
        if self._calls.qsize() >= QUEUE_LIMIT or self._thread is None:
            raise StoreBusy
        loop = asyncio.get_running_loop()
        call = Call(use_case, loop.create_future(), loop, time.monotonic())
        self._calls.put(call)
        result: T = await call.future
        return result

    def queued(self) -> int:
        """How many calls wait for the database."""
        return self._calls.qsize()

    def _work(self, loop: asyncio.AbstractEventLoop, opened: asyncio.Future[None]) -> None:
        try:
            db = connect(self._path)
        except BaseException as error:
            loop.call_soon_threadsafe(opened.set_exception, error)
            return
        loop.call_soon_threadsafe(opened.set_result, None)
        repository = Repository(db.conn)
        while (first := self._calls.get()) is not None:
            done = self._commit_together(repository, first)
            loop.call_soon_threadsafe(self._answer, done)
        db.close()

    def _commit_together(self, repository: Repository, first: Call[Any]) -> list[Call[Any]]:
        calls = [first]
        connection = repository.connection
        begun = False
        try:
            connection.execute("BEGIN IMMEDIATE")
            begun = True
            _run(repository, first)
            while len(calls) < SHARED_COMMIT:
                try:
                    call = self._calls.get_nowait()
                except queue.Empty:
                    break
                if call is None:
                    self._calls.put(None)
                    break
                calls.append(call)
                _run(repository, call)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            # A full disk, a lock that lasted: nobody in this commit may believe that it happened.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            repository.take_changes()  # of the call that failed: the next one must not announce them
            if not begun:
                # Whoever came meanwhile would wait as long again, one after another.
                calls += self._all_that_wait()
            for call in calls:
                call.error, call.changes = StoreBusy(str(error)), ()
        return calls

    def _all_that_wait(self) -> list[Call[Any]]:
        waiting: list[Call[Any]] = []
        for _ in range(self._calls.qsize()):
            call = self._calls.get()
            if call is None:
                self._calls.put(None)
                break
            waiting.append(call)
        return waiting

    def _answer(self, calls: list[Call[Any]]) -> None:
        self._committed(time.monotonic() - calls[0].asked, len(calls))
        for call in calls:
            if not call.future.done():
                if call.error is not None:
                    call.future.set_exception(call.error)
                else:
                    call.future.set_result(call.result)
            for change in call.changes:
                self._announce(change)


def _run(repository: Repository, call: Call[Any]) -> None:
    connection = repository.connection
    connection.execute("SAVEPOINT use_case")
    try:
        call.result = call.use_case(repository)
        call.changes = repository.take_changes()
    except sqlite3.OperationalError:
        raise
    except Exception as error:
        repository.take_changes()
        connection.execute("ROLLBACK TO use_case")
        call.error = error
    connection.execute("RELEASE use_case")


def run_now(path: Path | str, use_case: Callable[[Repository], T]) -> T:
    """Run a use case from a command: its changes are written down for the running server to announce."""
    db = connect(path)
    try:
        repository = Repository(db.conn)
        db.conn.execute("BEGIN IMMEDIATE")
        try:
            result = use_case(repository)
            repository.write_announcements(repository.take_changes())
            db.conn.execute("COMMIT")
        except BaseException:
            if db.conn.in_transaction:
                db.conn.execute("ROLLBACK")
            raise
    finally:
        db.close()
    return result
