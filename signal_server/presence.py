"""Which pages are open at this moment: of the owners who can be rung, and of the guests who wait.

Only in memory, since it is true only now. After a start everybody gets the time to come back.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial

import structlog

from admission import knock
from admission.changes import Change, KnockChanged
from admission.endings import SOME, page_back, page_gone
from admission.knock import Knock
from admission.store.sqlite import Store, StoreBusy
from signal_server.clock import now
from signal_server.views import Reach

log = structlog.get_logger()


class Presence:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._doorbells: Counter[str] = Counter()
        self._pages: Counter[str] = Counter()
        self._absent: dict[str, float] = {}  # waiting knocks without a page, since when (monotonic)
        self._watchers: dict[str, list[Callable[[], None]]] = {}  # by account that may decide

    # the owners

    @contextmanager
    def doorbell_open(self, account_id: str) -> Iterator[None]:
        """This account's page is open and has been sent who waits."""
        self._doorbells[account_id] += 1
        if self._doorbells[account_id] == 1:
            self._reach_changed(account_id)
        try:
            yield
        finally:
            self._doorbells[account_id] -= 1
            if not self._doorbells[account_id]:
                del self._doorbells[account_id]
                self._reach_changed(account_id)

    def reach(self, knocked: Knock, deciders: Iterable[str]) -> Reach:
        """How far a knock has come: nobody, ringing or seen."""
        if knocked.seen:
            return "seen"
        return "ringing" if any(account_id in self._doorbells for account_id in deciders) else "nobody"

    @contextmanager
    def watching(self, deciders: Iterable[str], changed: Callable[[], None]) -> Iterator[None]:
        """Call `changed` when somebody who may decide opens their first page, or closes their last."""
        accounts = list(deciders)
        for account_id in accounts:
            self._watchers.setdefault(account_id, []).append(changed)
        try:
            yield
        finally:
            for account_id in accounts:
                self._watchers[account_id].remove(changed)
                if not self._watchers[account_id]:
                    del self._watchers[account_id]

    def _reach_changed(self, account_id: str) -> None:
        for changed in tuple(self._watchers.get(account_id, ())):
            changed()

    # the guests

    @contextmanager
    def page_open(self, knocked: Knock) -> Iterator[None]:
        """A page of this knock is open."""
        self._pages[knocked.id] += 1
        self._absent.pop(knocked.id, None)
        try:
            yield
        finally:
            self._pages[knocked.id] -= 1
            if not self._pages[knocked.id]:
                del self._pages[knocked.id]
                self._absent[knocked.id] = time.monotonic()

    def expect(self, knock_ids: Iterable[str]) -> None:
        """These knocks wait and have no page open yet."""
        for knock_id in knock_ids:
            if knock_id not in self._pages:
                self._absent.setdefault(knock_id, time.monotonic())

    def heard(self, change: Change) -> None:
        """Keep up with knocks that begin to wait, and that do not wait any more."""
        if isinstance(change, KnockChanged):
            if change.knock.state is not knock.State.WAITING:
                self._absent.pop(change.knock.id, None)
            elif change.knock.version == 1:
                self.expect([change.knock.id])

    async def back(self, knocked: Knock) -> None:
        """A page of a knock that was shown as away is open again."""
        if knocked.away_since is not None:
            await self._store.run(lambda repository: page_back(repository, knocked.id))

    async def watch(self) -> None:
        """Show knocks as away whose page has been closed for some seconds. Runs until cancelled."""
        while True:
            await asyncio.sleep(1)
            limit = time.monotonic() - knock.AWAY_AFTER.total_seconds()
            gone = [knock_id for knock_id, since in self._absent.items() if since <= limit]
            try:
                for begin in range(0, len(gone), SOME):
                    await self._write_down(gone[begin : begin + SOME])
            except StoreBusy:
                pass  # next second
            except Exception:
                # One bad look must not make it blind to who goes for as long as the server runs.
                log.exception("could not write down whose page is gone")

    async def _write_down(self, gone: list[str]) -> None:
        gone = [knock_id for knock_id in gone if knock_id not in self._pages]
        await self._store.run(partial(page_gone, knock_ids=gone, at=now()))
        for knock_id in gone:
            if knock_id in self._pages:  # it came back while this was written down
                await self._store.run(partial(page_back, knock_id=knock_id))
            else:
                self._absent.pop(knock_id, None)
