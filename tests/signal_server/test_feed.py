"""Who hears of what: one listener's mistake is nobody else's."""

import asyncio
from pathlib import Path

from admission.changes import Change, SessionEnded
from admission.store.repository import Repository
from admission.store.sqlite import Store
from signal_server.feed import EVERYTHING, Feed, session_topic


async def test_a_listener_that_fails_keeps_the_change_from_nobody_and_nobodys_answer(tmp_path: Path) -> None:
    feed = Feed()
    store = Store(tmp_path / "door.db", feed.publish)
    heard: list[Change] = []

    def fails(change: Change) -> None:
        raise RuntimeError("a mistake of ours")

    def use_case(repository: Repository) -> None:
        repository.announce(SessionEnded("s"))

    with feed.listening([EVERYTHING], fails), feed.listening([EVERYTHING, session_topic("s")], heard.append):
        await store.start()
        async with asyncio.timeout(5):
            await asyncio.gather(*(store.run(use_case) for _ in range(3)))
            await store.stop()
    assert heard == [SessionEnded("s")] * 6
