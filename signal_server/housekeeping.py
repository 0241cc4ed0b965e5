"""What the server does by itself: hears what commands changed, and forgets what has been kept long enough."""

from __future__ import annotations

import asyncio
import gc
from datetime import datetime, timedelta
from functools import partial

import structlog

from admission.accounts import forget_idle_sessions
from admission.changes import Change
from admission.store import erasing
from admission.store.repository import Repository
from admission.store.sqlite import Store, StoreBusy
from signal_server.clock import now
from signal_server.feed import Feed

log = structlog.get_logger()

LISTEN_EVERY = 0.5
"""Seconds between two looks at what other processes changed."""

TIDY_EVERY = 3600.0

ERASED_AT_ONCE = 500
"""How many rows one step of erasing has: some milliseconds, between which everybody is answered."""

NOTES_KEPT = timedelta(days=1)
"""How long announcements and webhook ids are kept: far longer than anybody may need them."""


async def hear_others(store: Store, feed: Feed) -> None:
    """Announce what commands beside this server changed. Runs until cancelled."""
    last: int | None = None
    while True:
        found: list[tuple[int, Change]] = []
        try:
            if last is None:
                last = await store.run(Repository.last_announcement)
            else:
                found = await store.run(partial(Repository.announcements_after, seq=last))
        except StoreBusy:
            pass  # in a moment
        except Exception:
            # One bad look must not make the server deaf to commands for as long as it runs.
            log.exception("could not hear what commands changed")
        for seq, change in found:
            last = seq
            feed.publish(change)
        await asyncio.sleep(LISTEN_EVERY)


async def tidy(store: Store, feed: Feed, keep_knocks: timedelta, keep_meetings: timedelta) -> None:
    """Forget what is over, once an hour. Runs until cancelled."""

    def use_case(repository: Repository, in_use: list[str]) -> None:
        at = now()
        for session_hash in in_use:
            repository.use_session(session_hash, at)
        forget_idle_sessions(repository, at)
        repository.forget_webhooks(at - NOTES_KEPT)
        repository.forget_announcements(at - NOTES_KEPT)

    while True:
        try:
            await store.run(partial(use_case, in_use=feed.sessions_heard()))
            await erase(store, now() - keep_knocks, now() - keep_meetings)
        except StoreBusy:
            pass  # in an hour
        except Exception:
            log.exception("could not tidy up")
        gc.collect()  # otherwise nobody does: see signal_server.app
        await asyncio.sleep(TIDY_EVERY)


async def erase(store: Store, knocks_before: datetime, meetings_before: datetime) -> None:
    """Erase what was over before these moments, in steps: whoever calls meanwhile waits for one of them at most."""
    while await store.run(partial(erasing.erase_knocks, before=knocks_before, most=ERASED_AT_ONCE)):
        pass
    for meeting_id in await store.run(partial(erasing.meetings_to_erase, before=meetings_before)):
        step = partial(erasing.erase_meeting, meeting_id=meeting_id, most=ERASED_AT_ONCE)
        while not await store.run(step):
            pass
    # Where a command that lessened what may be kept did not come to its end.
    while not await store.run(partial(erasing.erase_what_may_not_be_kept, most=ERASED_AT_ONCE)):
        pass
    await store.run(erasing.erase_nobodys_accounts)
