"""The server as it is started: a process of its own, told to stop, killed, and started again."""

import asyncio
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from yarl import URL

from admission import accounts
from admission.directory import Role
from admission.store.sqlite import run_now
from signal_server.clock import now
from tests.livekit_server import LiveKitServer, free_port
from tests.signal_server.front_door import PASSWORD, QUICK, Browser

Serve = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def base(tmp_path: Path) -> URL:
    return URL(f"http://127.0.0.1:{free_port()}")


@pytest.fixture
def environment(tmp_path: Path, base: URL, livekit: LiveKitServer) -> dict[str, str]:
    return {
        **os.environ,
        "VESTIBULE_DATABASE_URL": f"sqlite:///{tmp_path / 'door.db'}",
        "VESTIBULE_PORT": str(base.port),
        "LIVEKIT_URL": livekit.url,
        "LIVEKIT_API_KEY": livekit.key,
        "LIVEKIT_API_SECRET": livekit.secret,
    }


@pytest.fixture
def serve(tmp_path: Path, base: URL, environment: dict[str, str]) -> Iterator[Serve]:
    """Starts `vestibule serve` and returns when it answers."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "signal_server", "serve"],
            env={**environment, "PYTHONPATH": str(Path(__file__).parents[2])},
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
        )
        started.append(process)
        deadline = time.monotonic() + 20
        while True:
            try:
                with urllib.request.urlopen(f"{base}/readyz", timeout=2):
                    return process
            except OSError:
                assert process.poll() is None, "it did not start"
                assert time.monotonic() < deadline, "it does not answer"
                time.sleep(0.05)

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def slug(tmp_path: Path) -> str:
    """Olga's link, in the server's database."""

    def add(repository: object) -> str:
        accounts.add_workspace(repository, "Acme", accounts.WorkspaceChoices(), now())  # type: ignore[arg-type]
        made = accounts.add_account(
            repository,  # type: ignore[arg-type]
            "olga@example.org",
            workspace="Acme",
            name="Olga Owner",
            role=Role.MEMBER,
            password_hash=QUICK.hash(PASSWORD),
            at=now(),
        )
        assert made.link is not None
        return made.link.slug

    return run_now(tmp_path / "door.db", add)


async def test_told_to_stop_it_ends_its_streams_and_exits_with_0(base: URL, serve: Serve, slug: str) -> None:
    process = serve()
    owner, guest = Browser(base), Browser(base)
    await owner.sign_in("olga@example.org")
    bell = await owner.listen("/api/v1/doorbell/events")
    await bell.next("snapshot")
    knock = (await guest.post(f"/api/v1/links/{slug}/entry", {"name": "Nora"})).body["knock"]
    page = await guest.listen(f"/api/v1/knocks/{knock['id']}/events")
    await page.next("knock")
    process.send_signal(signal.SIGTERM)
    await bell.ended()
    await page.ended()
    assert await asyncio.to_thread(process.wait, 8) == 0
    await owner.close()
    await guest.close()


async def test_killed_and_started_again_it_has_every_knock_and_decision_it_answered(
    base: URL, serve: Serve, slug: str
) -> None:
    process = serve()
    owner, guest, other = Browser(base), Browser(base), Browser(base)
    await owner.sign_in("olga@example.org")
    knocks = [
        (await browser.post(f"/api/v1/links/{slug}/entry", {"name": name})).body["knock"]
        for browser, name in ((guest, "Nora"), (other, "Max"))
    ]
    decision = {"decision": "admit"}
    assert (await owner.post(f"/api/v1/knocks/{knocks[0]['id']}/decision", decision)).status == 200
    process.kill()
    process.wait()
    serve()
    bell = await owner.listen("/api/v1/doorbell/events")
    shown = (await bell.next("snapshot"))["knocks"]
    assert [(one["id"], one["state"]) for one in shown] == [
        (knocks[0]["id"], "admitted"),
        (knocks[1]["id"], "waiting"),
    ]
    page = await guest.listen(f"/api/v1/knocks/{knocks[0]['id']}/events")
    assert (await page.next("knock"))["state"] == "admitted"
    assert (await guest.post(f"/api/v1/knocks/{knocks[0]['id']}/entry")).status == 200
    for browser in (owner, guest, other):
        await browser.close()


async def test_a_copy_made_of_the_running_server_as_the_readme_says_has_all_that_it_answered(
    base: URL, serve: Serve, slug: str, tmp_path: Path
) -> None:
    said = set(re.findall(r"VACUUM INTO '[\w/]*copy.db'", (Path(__file__).parents[2] / "README.md").read_text()))
    statement = next(each for each in said if "/" not in each)
    serve()
    guest = Browser(base)
    knock = (await guest.post(f"/api/v1/links/{slug}/entry", {"name": "Nora"})).body["knock"]
    await guest.close()
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(tmp_path / "door.db")) as database:
        database.execute(statement.replace("copy.db", str(copy)))
    found = run_now(copy, lambda repository: repository.knock(knock["id"]))
    assert found is not None
    assert found.name == "Nora"


async def test_a_page_that_is_closed_is_noticed_at_once(base: URL, serve: Serve, slug: str) -> None:
    serve()
    owner, guest = Browser(base), Browser(base)
    await owner.sign_in("olga@example.org")
    bell = await owner.listen("/api/v1/doorbell/events")
    await bell.next("snapshot")
    knock = (await guest.post(f"/api/v1/links/{slug}/entry", {"name": "Nora"})).body["knock"]
    page = await guest.listen(f"/api/v1/knocks/{knock['id']}/events")
    assert (await page.next("knock"))["reach"] == "ringing"
    await owner.stop_listening()
    assert (await page.next("knock", within=3))["reach"] == "nobody"
    await owner.close()
    await guest.close()


async def test_a_command_takes_effect_in_the_running_server(
    base: URL, serve: Serve, slug: str, environment: dict[str, str], tmp_path: Path
) -> None:
    serve()
    owner, guest = Browser(base), Browser(base)
    await owner.sign_in("olga@example.org")
    bell = await owner.listen("/api/v1/doorbell/events")
    await bell.next("snapshot")
    entered = (await owner.post(f"/api/v1/links/{slug}/entry", {})).body["entry"]
    inside = await owner.listen(f"/api/v1/meetings/{entered['meeting']}/events")
    await inside.next("snapshot")
    knock = (await guest.post(f"/api/v1/links/{slug}/entry", {"name": "Nora"})).body["knock"]
    page = await guest.listen(f"/api/v1/knocks/{knock['id']}/events")
    await page.next("knock")
    disabled = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "signal_server",
        "account",
        "disable",
        "olga@example.org",
        env={**environment, "PYTHONPATH": str(Path(__file__).parents[2])},
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
    )
    assert await disabled.wait() == 0
    assert await inside.until("over") == {"reason": "closed", "by": None}
    await bell.ended()
    told = await page.until("knock", state="expired")
    assert told["reason"] == "closed"
    assert (await owner.get("/api/v1/session")).status == 401
    assert (await guest.get(f"/api/v1/links/{slug}")).status == 404
    await owner.close()
    await guest.close()
