"""`vestibule observe`: takes its share of the live meetings, watches them, and stores what it sees."""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
from collections.abc import Awaitable, Callable
from functools import partial

import structlog

from admission.observing import assign, observe, release
from admission.store.sqlite import Store, StoreBusy
from signal_server.clock import now
from signal_server.config import Settings
from signal_server.logs import setup_logs
from signal_server.sfu.observer import Watch
from signal_server.sfu.speakers import Speakers
from signal_server.sfu.tokens import Tokens

log = structlog.get_logger()

ASK_EVERY = 2.0
"""Seconds between two looks at which meetings there are. Well within the lease, so that no other takes them."""

STORE_EVERY = 0.2
"""Seconds for which events are gathered before they are stored together."""

LEAVE_WITHIN = 2.0
"""Seconds that an observer waits for LiveKit when it leaves."""


class Observer:
    """Watches up to `observer_meetings` at a time. A meeting that fails leaves the others as they are."""

    def __init__(self, settings: Settings) -> None:
        self._id = f"observer-{secrets.token_hex(8)}"
        self._most = settings.observer_meetings
        self._store = Store(settings.database_path)
        self._tokens = Tokens(settings.livekit_api_key, settings.livekit_api_secret.get_secret_value())
        self._speakers = Speakers(settings.livekit_url)
        self._watches: dict[str, Watch] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._full = 0  # looks in a row at which there were more meetings than this one may watch

    async def run(self, stop: asyncio.Event) -> None:
        """Observe until told to stop; then store what there is, and let others have the meetings at once."""
        await self._store.start()
        await self._speakers.start()
        log.info("observing", most=self._most)
        tasks = [
            asyncio.create_task(self._again_and_again(self._ask, ASK_EVERY)),
            asyncio.create_task(self._again_and_again(self._store_all, STORE_EVERY)),
        ]
        await stop.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._leave_all()
        await self._speakers.stop()
        await self._store.stop()

    async def _again_and_again(self, work: Callable[[], Awaitable[None]], every: float) -> None:
        while True:
            try:
                await work()
            except StoreBusy:
                pass  # what was not stored is kept
            except Exception:
                log.exception("observing failed")
            await asyncio.sleep(every)

    async def _ask(self) -> None:
        """Learn which meetings to watch now."""
        found = await self._store.run(lambda repository: assign(repository, self._id, self._most, now()))
        mine = {watched.meeting_id: watched for watched in found.mine}
        for meeting_id in self._watches.keys() - mine.keys():
            self._end(meeting_id)
        for meeting_id, watched in mine.items():
            if meeting_id not in self._watches:
                log.info("watching", meeting=meeting_id)
                self._watches[meeting_id] = Watch(watched, self._tokens, self._speakers)
            self._watches[meeting_id].tend(watched)
        self._full = self._full + 1 if found.unwatched else 0
        if self._full == 2:  # at the first look another observer may be about to take them
            log.warning("this observer is full: start another", meetings=len(mine), unwatched=found.unwatched)

    async def _store_all(self) -> None:
        outcomes = await asyncio.gather(*map(self._store_of, self._watches.values()), return_exceptions=True)
        for failure in outcomes:
            if isinstance(failure, Exception):
                log.error("a meeting's events were not stored", exc_info=failure)

    async def _store_of(self, watch: Watch) -> None:
        events = watch.unstored()
        if not events:
            return
        use_case = partial(observe, meeting_id=watch.meeting_id, observer=self._id, events=events)
        try:
            is_mine = await self._store.run(use_case)
        except StoreBusy:
            return
        watch.stored(events[-1])
        if not is_mine and self._watches.get(watch.meeting_id) is watch:
            self._end(watch.meeting_id)

    def _end(self, meeting_id: str) -> None:
        log.info("no longer watching", meeting=meeting_id)
        watch = self._watches.pop(meeting_id)
        task = asyncio.create_task(self._ended(watch))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _ended(self, watch: Watch) -> None:
        await self._store_of(watch)  # of a meeting that has just ended, what happened before
        await watch.end(LEAVE_WITHIN)

    async def _leave_all(self) -> None:
        await self._store_all()
        watches, self._watches = list(self._watches.values()), {}
        at = now()
        for watch in watches:
            use_case = partial(release, meeting_id=watch.meeting_id, observer=self._id, at=at)
            try:
                await self._store.run(use_case)
            except StoreBusy:
                log.warning("not released: another takes it in some seconds", meeting=watch.meeting_id)
        await asyncio.gather(*(watch.end(LEAVE_WITHIN) for watch in watches), *self._ending, return_exceptions=True)


def observe_until_stopped(settings: Settings) -> None:
    """Observe until SIGTERM or SIGINT. Raises what opening the database raises."""
    setup_logs()
    # LiveKit's library writes down whole events where it fails, with people's names, and addresses with tokens.
    logging.getLogger().addHandler(logging.NullHandler())
    asyncio.run(_observe(settings))


async def _observe(settings: Settings) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await Observer(settings).run(stop)
