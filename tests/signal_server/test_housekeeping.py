"""What the server does by itself: it hears what commands changed, whatever went wrong when it began to listen."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from admission.changes import Change, SessionEnded
from admission.store.repository import Repository
from admission.store.sqlite import Store, StoreBusy, run_now
from signal_server import housekeeping
from signal_server.feed import EVERYTHING, Feed
from signal_server.housekeeping import hear_others


async def test_a_database_that_is_busy_at_the_start_makes_nobody_deaf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "LISTEN_EVERY", 0.01)
    store, feed = Store(tmp_path / "door.db"), Feed()
    await store.start()
    run, was_busy, looked = store.run, asyncio.Event(), asyncio.Event()

    async def busy_at_first(use_case: Callable[[Repository], Any]) -> Any:
        if not was_busy.is_set():
            was_busy.set()
            raise StoreBusy
        result = await run(use_case)
        looked.set()
        return result

    monkeypatch.setattr(store, "run", busy_at_first)
    heard: asyncio.Queue[Change] = asyncio.Queue()
    with feed.listening([EVERYTHING], heard.put_nowait):
        listening = asyncio.create_task(hear_others(store, feed))
        async with asyncio.timeout(5):
            await looked.wait()
        run_now(tmp_path / "door.db", lambda repository: repository.announce(SessionEnded("s")))
        async with asyncio.timeout(5):
            assert await heard.get() == SessionEnded("s")
        listening.cancel()
    await store.stop()
