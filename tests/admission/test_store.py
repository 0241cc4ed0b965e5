"""The embedded database: many calls in one commit, each on its own; nothing answered is lost."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from admission import waiting_room
from admission.changes import Change, DoorChanged, HandsChanged, SessionEnded
from admission.directory import Plan, Workspace
from admission.endings import time_passes
from admission.errors import Conflict, Refusal
from admission.knock import Event, advance
from admission.setup import Contributions
from admission.store import schema
from admission.store.repository import Repository
from admission.store.schema import NewerDatabase, migrate
from admission.store.sqlite import Store, StoreBusy, connect, run_now
from tests.admission.builders import NOON, House, minutes


class Refused(Refusal):
    code = "refused"


def a_workspace(name: str) -> Workspace:
    return Workspace(f"w-{name}", name, Plan.STANDARD, 12, None, None, Contributions.KEPT, None)


@pytest.fixture
def heard() -> list[Change]:
    """What the store announced."""
    return []


@pytest.fixture
async def store(tmp_path: Path, heard: list[Change]) -> AsyncIterator[Store]:
    opened = Store(tmp_path / "door.db", heard.append)
    await opened.start()
    yield opened
    await opened.stop()


async def test_calls_that_wait_share_a_commit_and_each_fails_alone(store: Store, heard: list[Change]) -> None:
    def use_case(number: int) -> None:
        async def run() -> object:
            def work(repository: Repository) -> int:
                repository.add_workspace(a_workspace(str(number)), NOON)
                repository.announce(SessionEnded(str(number)))
                if number % 3 == 0:
                    raise Refused
                return number

            try:
                return await store.run(work)
            except Refused:
                return "refused"

        calls.append(asyncio.create_task(run()))

    calls: list[asyncio.Task[object]] = []
    for number in range(60):
        use_case(number)
    outcomes = await asyncio.gather(*calls)
    assert outcomes == ["refused" if number % 3 == 0 else number for number in range(60)]
    kept = await store.run(lambda repository: {workspace.name for workspace in repository.workspaces()})
    assert kept == {str(number) for number in range(60) if number % 3}
    assert heard == [SessionEnded(str(number)) for number in range(60) if number % 3]


async def test_a_change_is_committed_before_anyone_hears_of_it(tmp_path: Path) -> None:
    found: list[object] = []

    def hear(change: Change) -> None:
        other = sqlite3.connect(tmp_path / "door.db")
        found.append(other.execute("SELECT name FROM workspace").fetchall())
        other.close()

    store = Store(tmp_path / "door.db", hear)
    await store.start()

    def use_case(repository: Repository) -> None:
        repository.add_workspace(a_workspace("Acme"), NOON)
        repository.announce(SessionEnded("s"))

    await store.run(use_case)
    await store.stop()
    assert found == [[("Acme",)]]


async def test_while_another_process_holds_the_database_nothing_is_answered_as_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("admission.store.sqlite.LOCK_PATIENCE_MS", 50)
    store = Store(tmp_path / "door.db")
    await store.start()
    other = sqlite3.connect(tmp_path / "door.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    begun = time.monotonic()
    calls = [store.run(lambda repository: repository.add_workspace(a_workspace("Acme"), NOON)) for _ in range(60)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [StoreBusy] * 60
    assert time.monotonic() - begun < 1.5, "all are told when the first is, not each after a patience of its own"
    other.execute("ROLLBACK")
    other.close()
    assert await store.run(lambda repository: repository.workspaces()) == []
    await store.stop()


WRITER = """
import asyncio, sys
from admission.store.sqlite import Store
from tests.admission.test_store import a_workspace
from tests.admission.builders import NOON

async def main():
    store = Store(sys.argv[1])
    await store.start()
    async def add(number):
        await store.run(lambda repository: repository.add_workspace(a_workspace(str(number)), NOON))
        print(number, flush=True)
    number = 0
    while True:
        await asyncio.gather(*(add(number + ahead) for ahead in range(20)))
        number += 20

asyncio.run(main())
"""


@pytest.mark.parametrize("answered", [1, 50, 333])
def test_whatever_was_answered_is_in_the_store_also_when_the_process_is_killed_right_then(
    tmp_path: Path, answered: int
) -> None:
    path = tmp_path / "door.db"
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    ) as writer:
        assert writer.stdout is not None
        told = [writer.stdout.readline().strip() for _ in range(answered)]
        writer.send_signal(signal.SIGKILL)
        told += [line.strip() for line in writer.stdout if line.endswith("\n")]
    kept = run_now(path, lambda repository: {workspace.name for workspace in repository.workspaces()})
    assert set(told) <= kept


async def test_what_a_command_changes_is_left_for_the_running_server(tmp_path: Path) -> None:
    path = tmp_path / "door.db"
    changes: list[Change] = [
        SessionEnded("signed out by a command"),
        HandsChanged("meeting", ()),
        DoorChanged("account"),
    ]

    def use_case(repository: Repository) -> None:
        for change in changes:
            repository.announce(change)

    run_now(path, use_case)
    store = Store(path)
    await store.start()
    found = await store.run(lambda repository: repository.announcements_after(0))
    assert [change for _, change in found] == changes
    await store.stop()


def test_a_newer_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "door.db"
    db = connect(path)
    db["_sqlite_migrations"].insert(  # type: ignore[union-attr]
        {"migration_set": "vestibule", "name": "m999_from_the_future", "applied_at": "later"}
    )
    db.close()
    before = "\n".join(sqlite3.connect(path).iterdump())
    with pytest.raises(NewerDatabase):
        connect(path)
    assert "\n".join(sqlite3.connect(path).iterdump()) == before


def test_two_processes_that_start_at_once_migrate_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "door.db"
    program = "import sys; from admission.store.sqlite import connect; connect(sys.argv[1]).close()"
    starts = [subprocess.Popen([sys.executable, "-c", program, str(path)]) for _ in range(4)]
    assert [start.wait() for start in starts] == [0, 0, 0, 0]


def test_who_writes_over_a_knock_that_somebody_else_changed_is_told(tmp_path: Path) -> None:
    house = House()
    knocked, _ = house.knock()
    first = advance(knocked, Event.ADMIT, NOON)
    house.repository.replace_knock(first)
    with pytest.raises(Conflict):
        house.repository.replace_knock(advance(knocked, Event.REFUSE, NOON))
    assert house.now(knocked) == first


def test_knocks_come_back_from_the_store_as_they_were_written() -> None:
    house = House()
    knocked, _ = house.knock()
    assert house.now(knocked) == knocked
    held = advance(knocked, Event.HOLD, NOON, word="Soon")
    house.repository.replace_knock(held)
    assert house.now(knocked) == held


async def test_what_a_call_announced_before_the_disk_failed_is_never_heard(store: Store, heard: list[Change]) -> None:
    def fails(repository: Repository) -> None:
        repository.announce(SessionEnded("never happened"))
        raise sqlite3.OperationalError("database or disk is full")

    with pytest.raises(StoreBusy):
        await store.run(fails)
    await store.run(lambda repository: repository.announce(SessionEnded("happened")))
    assert heard == [SessionEnded("happened")]


def test_what_is_looked_at_each_second_costs_no_more_as_the_tables_grow() -> None:
    repository, asked = House().repository, list[str]()
    repository.connection.set_trace_callback(asked.append)
    time_passes(repository, NOON, minutes(15))
    repository.connection.set_trace_callback(None)
    assert len(asked) == 3
    for query in asked:
        plan = repository.connection.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()
        assert [step[3].split()[0] for step in plan] == ["SEARCH"], query


def test_the_news_of_a_meeting_cost_no_more_as_it_grows_long() -> None:
    repository, asked = House().repository, list[str]()
    repository.connection.set_trace_callback(asked.append)
    repository.observed("meeting", after=5, most=500)
    repository.connection.set_trace_callback(None)
    [plan] = [repository.connection.execute(f"EXPLAIN QUERY PLAN {query}").fetchall() for query in asked]
    # From where it was left, in order: nothing is sorted.
    assert plan[0][3] == "SEARCH o USING INDEX observed_in_order (meeting_id=? AND rowid>?)"
    assert not any("TEMP B-TREE" in step[3] for step in plan)


def test_knocks_that_waited_through_an_upgrade_can_be_admitted_by_the_new_version(tmp_path: Path) -> None:
    """Whatever the version was that they knocked at."""
    names = [migration.name for migration in schema.migrations._migrations]
    for number in range(1, len(names)):
        old = Database(sqlite3.connect(tmp_path / f"{number}.db", isolation_level=None))
        schema.migrations.apply(old, stop_before=names[number])
        house = House()
        owner, (knocked, guest) = house.as_owner, house.knock()
        written_by_the_old_version(old, house)
        migrate(old)
        repository = Repository(old.conn)
        waiting_room.decide(repository, knocked.id, owner, waiting_room.Decision.ADMIT, None, NOON)
        assert waiting_room.enter_by_knock(repository, knocked.id, guest, NOON).seat.name == "Nora"
        old.close()


def written_by_the_old_version(old: Database, house: House) -> None:
    """Everything of the house, as far as the old version had a place for it."""
    today = Database(house.repository.connection)
    for table in old.table_names():
        if not table.startswith(("_", "sqlite_")):
            columns = ", ".join(column.name for column in old[table].columns)
            rows = today.execute(f"SELECT {columns} FROM {table}").fetchall()
            old.conn.executemany(
                f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(old[table].columns))})", rows
            )
