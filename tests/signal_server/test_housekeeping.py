"""What the server does by itself: it hears what commands changed, whatever went wrong when it began to listen."""

import asyncio
import itertools
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from admission import accounts
from admission.changes import Change, SessionEnded
from admission.setup import Contributions
from admission.store.repository import Repository
from admission.store.sqlite import Store, StoreBusy, run_now
from admission.visitor import SESSION_IDLE
from signal_server import housekeeping
from signal_server.clock import now
from signal_server.feed import EVERYTHING, Feed
from signal_server.housekeeping import hear_others, tidy
from signal_server.keys import FEED, STORE
from tests.signal_server.front_door import FrontDoor
from tests.signal_server.test_contributions import over, watched


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


async def test_an_open_stream_counts_as_use_of_the_sign_in(door: FrontDoor) -> None:
    listens, idles = await door.signed_in("Olga"), await door.signed_in("Carl")
    events = await listens.listen("/api/v1/doorbell/events")
    await events.next("snapshot")
    long_ago = now() - SESSION_IDLE - timedelta(days=1)

    def let_time_pass(repository: Repository) -> None:
        for session in repository.sessions_unused_since(now() + timedelta(days=1)):
            repository.use_session(session.hash, long_ago)

    await door.app[STORE].run(let_time_pass)
    ended: asyncio.Queue[Change] = asyncio.Queue()
    with door.app[FEED].listening([EVERYTHING], ended.put_nowait):
        tidying = asyncio.create_task(tidy(door.app[STORE], door.app[FEED], timedelta(days=30), timedelta(days=90)))
        async with asyncio.timeout(5):
            await ended.get()
    tidying.cancel()
    assert (await listens.get("/api/v1/session")).status == 200
    assert (await idles.get("/api/v1/session")).status == 401
    assert ended.empty()


async def test_a_server_whose_database_cannot_be_written_is_not_ready(
    front_door: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("admission.store.sqlite.LOCK_PATIENCE_MS", 50)
    async with front_door() as door:
        browser = door.browser()
        assert (await browser.get("/readyz")).body == {"database": "ok", "livekit": "answering"}
        other = sqlite3.connect(tmp_path / "door.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        answer = await browser.get("/readyz")
        assert (answer.status, answer.body["database"]) == (503, "cannot-commit")
        refused = await browser.post(f"{door.link}/entry", {"name": "Nora"})
        assert (refused.status, refused.problem, refused.headers["Retry-After"]) == (503, "busy", "1")
        for path in (f"/m/{door.slug}", "/nowhere"):
            page = await browser.get(path)
            assert (page.status, page.headers["Retry-After"]) == (503, "5")
            assert "One moment, please" in page.body
        assert (await browser.get("/healthz")).status == 200
        other.execute("ROLLBACK")
        other.close()
        assert (await browser.get("/readyz")).status == 200


async def test_what_has_been_kept_long_enough_is_erased_in_steps_between_which_others_are_answered(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "ERASED_AT_ONCE", 2)
    owner = await door.signed_in("Olga")
    mine = await door.walk_in(owner)
    await watched(door, mine)
    await over(owner, mine)
    guest, knock = await door.knock()
    assert (await guest.delete(f"/api/v1/knocks/{knock['id']}")).status == 204
    waits, still = await door.knock("Wanda")
    store, run, rows = door.app[STORE], door.app[STORE].run, []

    def count(repository: Repository) -> dict[str, int]:
        return {
            table: repository.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("observed", "watching", "seat", "meeting", "knock", "knock_ticket")
        }

    async def counted(use_case: Callable[[Repository], Any]) -> Any:
        result = await run(use_case)
        rows.append(await run(count))
        return result

    before = await run(count)
    monkeypatch.setattr(store, "run", counted)
    await housekeeping.erase(store, now() - timedelta(days=1), now() - timedelta(days=1))
    assert rows[-1] == before, "nothing is old enough"
    rows.clear()
    await housekeeping.erase(store, now() + timedelta(seconds=1), now() + timedelta(seconds=1))
    steps = [one["observed"] - other["observed"] for one, other in itertools.pairwise([before, *rows])]
    assert sum(steps) == before["observed"] >= 5
    assert max(steps) == 2
    assert rows[-1] == {"observed": 0, "watching": 0, "seat": 0, "meeting": 0, "knock": 1, "knock_ticket": 1}
    assert (await waits.get(door.link)).body["knock"]["id"] == still["id"]


async def test_what_a_workspace_allows_no_longer_is_erased_also_where_the_command_was_ended_early(
    door: FrontDoor,
) -> None:
    owner = await door.signed_in("Olga")
    mine = await door.walk_in(owner)
    await watched(door, mine)
    store, long_ago = door.app[STORE], now() - timedelta(days=1)

    async def left() -> int:
        count = "SELECT count(*) FROM observed"
        found: int = await store.run(lambda repository: repository.connection.execute(count).fetchone()[0])
        return found

    await housekeeping.erase(store, long_ago, long_ago)
    assert await left() >= 5
    choices = accounts.WorkspaceChoices(contributions=Contributions.OFF)
    await store.run(lambda repository: accounts.set_workspace(repository, "Acme", choices))
    await housekeeping.erase(store, long_ago, long_ago)
    assert await left() == 0
