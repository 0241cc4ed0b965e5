"""The commands: what they print, what they refuse and with which exit code, and that a running server hears of it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from click.testing import CliRunner, Result

from admission.contribution import Event, Kind
from admission.doorstep import find_doorstep
from admission.moves import open_meeting
from admission.store.repository import Repository
from admission.store.sqlite import connect, run_now
from signal_server import cli, demonstration
from signal_server.app import create_app
from signal_server.cli import vestibule
from signal_server.config import Settings, setting_names

SECRET = "a secret of LiveKit's, long enough for it"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """An empty folder, in which the commands run without any setting."""
    monkeypatch.chdir(tmp_path)
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    umask = os.umask(0o022)
    yield tmp_path
    os.umask(umask)


def run(*words: str, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(vestibule, words, input=stdin, prog_name="vestibule")


def done(*words: str, stdin: str | bytes = "") -> Any:
    result = run(*words, stdin=stdin)
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def add_account(email: str = "nadia@curie.example", *more: str, stdin: str | bytes = "correct horse\n") -> Any:
    words = ("--workspace", "Lycée Curie", "--name", "Nadia Amar", "--password-stdin", *more)
    return done("account", "add", email, *words, stdin=stdin)


def refused(*words: str, stdin: str | bytes = "") -> str:
    """The one line that says why."""
    result = run(*words, stdin=stdin)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    return result.stderr


def password_matches(email: str, password: str) -> bool:
    found = run_now("vestibule.db", lambda repository: repository.account_by_email(email))
    assert found is not None
    try:
        return PasswordHasher().verify(found[1], password)
    except VerifyMismatchError:
        return False


# workspaces


def test_a_workspace_is_added_and_changed_and_printed(folder: Path) -> None:
    (folder / "logo.png").write_bytes(PNG)
    added = done("workspace", "add", "Lycée Curie", "--plan", "premium", "--seats", "40", "--logo", "logo.png")
    assert added == {
        "id": added["id"],
        "name": "Lycée Curie",
        "plan": "premium",
        "seats": 40,
        "logo": "image/png",
        "accent": None,
        "privacy_url": None,
        "contributions": "kept",
    }
    changed = done(
        "workspace", "set", "Lycée Curie",
        "--accent", "#A0C", "--privacy-url", "https://curie.example/p", "--contributions", "off",
    )  # fmt: skip
    assert changed == added | {
        "accent": "#aa00cc",
        "privacy_url": "https://curie.example/p",
        "contributions": "off",
    }
    bare = done("workspace", "set", "Lycée Curie", "--logo", "", "--accent", "", "--privacy-url", "")
    assert (bare["logo"], bare["accent"], bare["privacy_url"]) == (None, None, None)


def test_what_may_be_kept_no_longer_is_erased_in_steps_between_which_a_server_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done("workspace", "add", "Lycée Curie")
    link = add_account()["link"]

    def seen(repository: Repository) -> None:
        step = find_doorstep(repository, link.rpartition("/")[2])
        meeting = open_meeting(repository, step.link, datetime.now(UTC))
        for at in range(5):
            repository.add_observed(meeting.id, Event(at, Kind.RESUMED))

    run_now("vestibule.db", seen)
    left = []

    def counted(path: Path, use_case: Callable[[Repository], Any]) -> Any:
        result = run_now(path, use_case)
        count = "SELECT count(*) FROM observed"
        left.append(run_now(path, lambda repository: repository.connection.execute(count).fetchone()[0]))
        return result

    monkeypatch.setattr(cli, "run_now", counted)
    monkeypatch.setattr(cli, "ERASED_AT_ONCE", 2)
    assert done("workspace", "set", "Lycée Curie", "--contributions", "off")["contributions"] == "off"
    assert left == [5, 3, 1, 0]


def test_what_a_workspace_cannot_be_is_one_line(folder: Path) -> None:
    done("workspace", "add", "W")
    (folder / "empty.png").touch()
    assert refused("workspace", "add", "W").startswith("name: ")
    assert "no workspace" in refused("workspace", "set", "X", "--seats", "3")
    assert refused("workspace", "set", "W", "--seats", "13").startswith("seats: ")
    assert refused("workspace", "set", "W", "--accent", "red").startswith("accent: ")
    assert refused("workspace", "set", "W", "--logo", "nowhere.png").startswith("logo: ")
    assert refused("workspace", "set", "W", "--logo", "empty.png").startswith("logo: ")
    assert run("workspace", "set", "W", "--plan", "gold").exit_code == 2


# accounts


def test_a_member_gets_a_link_and_a_guest_none() -> None:
    done("workspace", "add", "Lycée Curie")
    member = add_account()
    assert member == {
        "id": member["id"],
        "email": "nadia@curie.example",
        "name": "Nadia Amar",
        "role": "member",
        "workspace": "Lycée Curie",
        "disabled": False,
        "link": member["link"],
    }
    assert member["link"].startswith("http://127.0.0.1:8080/m/")
    guest = add_account("g@curie.example", "--role", "guest")
    assert (guest["role"], guest["link"]) == ("guest", None)
    assert add_account("a@curie.example", "--role", "admin")["link"] is not None


def test_links_begin_with_the_public_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VESTIBULE_PUBLIC_URL", "https://meet.example/")
    done("workspace", "add", "Lycée Curie")
    assert add_account()["link"].startswith("https://meet.example/m/")


def test_everybody_is_listed_disabled_and_enabled() -> None:
    done("workspace", "add", "Lycée Curie")
    done("workspace", "add", "Empty")
    nadia = add_account()
    assert done("account", "list") == done("account", "list", "--workspace", "Lycée Curie") == [nadia]
    assert done("account", "list", "--workspace", "Empty") == []
    assert done("account", "disable", "NADIA@curie.example") == nadia | {"disabled": True}
    assert done("account", "list") == [nadia | {"disabled": True}]
    assert done("account", "enable", nadia["id"]) == nadia


@pytest.mark.parametrize("line", ["correct horse\n", "correct horse\r\n", "correct horse", "correct horse\nnot this\n"])
def test_a_password_is_one_line_of_stdin(line: str) -> None:
    done("workspace", "add", "Lycée Curie")
    add_account(stdin=line)
    assert password_matches("nadia@curie.example", "correct horse")


def test_a_new_password_takes_the_place_of_the_old_one() -> None:
    done("workspace", "add", "Lycée Curie")
    nadia = add_account()
    assert done("account", "password", nadia["email"], "--password-stdin", stdin="ein Schlüssel\n") == nadia
    assert password_matches(nadia["email"], "ein Schlüssel")
    assert not password_matches(nadia["email"], "correct horse")


def test_what_cannot_be_done_for_an_account_is_one_line() -> None:
    done("workspace", "add", "Lycée Curie")
    add_account()
    add = ("account", "add", "--name", "N", "--password-stdin", "--workspace")
    assert refused(*add, "Lycée Curie", "nadia@curie.example", stdin="x\n").startswith("email: ")
    assert refused(*add, "Lycée Curie", "no address", stdin="x\n").startswith("email: ")
    assert "no workspace" in refused(*add, "Nowhere", "n@curie.example", stdin="x\n")
    assert refused(*add, "Lycée Curie", "n@curie.example", stdin="\n").startswith("password: ")
    assert refused(*add, "Lycée Curie", "n@curie.example", stdin=b"\xff\n").startswith("password: ")
    for command in (("disable",), ("enable",), ("password", "--password-stdin")):
        assert "no account" in refused("account", *command, "nobody@curie.example", stdin="x\n")
    assert len(done("account", "list")) == 1


def test_people_are_forgotten_and_what_was_known_of_them_is_told_in_numbers(folder: Path) -> None:
    done("workspace", "add", "Lycée Curie")
    nadia, gina = add_account(), add_account("g@curie.example", "--role", "guest")
    assert done("forget", nadia["id"], "G@curie.example") == [
        {"who": nadia["id"], "account": True, "sessions": 0, "knocks": 0, "seats": 0, "mentions": 0},
        {"who": "G@curie.example", "account": True, "sessions": 0, "knocks": 0, "seats": 0, "mentions": 0},
    ]
    assert done("account", "list") == []
    assert b"curie.example" not in (folder / "vestibule.db").read_bytes()
    assert "nobody is known" in refused("forget", gina["email"])


def test_who_cannot_be_found_keeps_all_the_others_of_the_command(folder: Path) -> None:
    done("workspace", "add", "Lycée Curie")
    nadia = add_account()
    assert "nobody is known" in refused("forget", nadia["email"], "nobody@curie.example")
    assert done("account", "list") == [nadia]


def test_without_a_terminal_the_password_is_asked_for_on_stdin_only() -> None:
    done("workspace", "add", "Lycée Curie")
    result = run("account", "add", "n@curie.example", "--workspace", "Lycée Curie", "--name", "N")
    assert result.exit_code == 2
    assert "--password-stdin" in result.stderr


# the demo


def test_the_demo_fills_an_empty_database_and_says_who_can_sign_in() -> None:
    people = done("demo", "--json")
    assert [(one["role"], one["link"] is not None) for one in people] == [
        ("member", True),
        ("member", True),
        ("guest", False),
        ("member", True),
    ]
    owner, colleague, guest, neighbour = (one["workspace"] for one in people)
    assert owner == colleague == guest != neighbour
    assert len({one["password"] for one in people}) == 4
    for one in people:
        assert password_matches(one["email"], one["password"])


def test_the_demo_is_shown_again_where_its_sign_ins_were_kept_for_this_user_alone(folder: Path) -> None:
    kept = folder / "var" / "demo.json"
    first = run("demo", "--keep", str(kept))
    again = run("demo", "--keep", str(kept))
    assert first.exit_code == again.exit_code == 0
    assert first.stdout == again.stdout
    assert kept.stat().st_mode & 0o777 == 0o600
    for one in done("account", "list"):
        assert one["email"] in first.stdout
        assert one["link"] is None or one["link"] in first.stdout


def test_the_demo_adds_nothing_to_a_database_that_is_not_empty(folder: Path) -> None:
    done("workspace", "add", "Lycée Curie")
    (folder / "kept.json").write_text("no JSON at all")
    for words in (("demo",), ("demo", "--keep", "kept.json"), ("demo", "--keep", "missing.json")):
        result = run(*words)
        assert (result.exit_code, result.stdout) == (0, "")
        assert "not empty" in result.stderr
    assert done("account", "list") == []


def test_made_up_passwords_cannot_be_guessed() -> None:
    made = [password for _ in range(50) for password in demonstration.made_up_passwords().values()]
    assert len(set(made)) == len(made)
    assert all(len(password) == 19 for password in made)  # 4 words of 2 syllables, each of 80


# what every command does

COMMANDS: list[tuple[str, ...]] = [
    ("serve",),
    ("workspace", "add", "W"),
    ("workspace", "set", "W"),
    ("account", "add", "a@b.c", "--workspace", "W", "--name", "N", "--password-stdin"),
    ("account", "list"),
    ("account", "disable", "a@b.c"),
    ("account", "enable", "a@b.c"),
    ("account", "password", "a@b.c", "--password-stdin"),
    ("forget", "a@b.c"),
    ("demo",),
    ("check",),
]


@pytest.fixture
def livekit_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("URL", "http://127.0.0.1:1"), ("API_KEY", "key"), ("API_SECRET", SECRET)):
        monkeypatch.setenv(f"LIVEKIT_{name}", value)


def fingerprint(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}


@pytest.mark.usefixtures("livekit_set")
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_leaves_a_newer_database_untouched(folder: Path, words: tuple[str, ...]) -> None:
    db = connect(folder / "vestibule.db")
    db.conn.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
        " VALUES ('vestibule', 'm999_from_the_future', '2099-01-01')"
    )
    db.close()
    before = fingerprint(folder)
    result = run(*words, stdin="x\n")
    assert result.exit_code == 2
    assert "newer version" in result.output
    assert fingerprint(folder) == before


@pytest.mark.usefixtures("livekit_set")
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_says_which_setting_is_wrong(monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    monkeypatch.setenv("VESTIBULE_DATABASE_URL", "postgresql://someone:hunter2@database/vestibule")
    result = run(*words, stdin="x\n")
    assert result.exit_code == 2
    assert "VESTIBULE_DATABASE_URL: PostgreSQL is not supported yet" in result.output
    assert "hunter2" not in result.output


def test_serving_without_livekits_key_is_one_line_each_that_names_it() -> None:
    result = run("serve")
    assert result.exit_code == 2
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == [
        "LIVEKIT_URL",
        "LIVEKIT_API_KEY",
        "LIVEKIT_API_SECRET",
    ]


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be one" * 100, None])
def test_a_database_that_cannot_be_opened_is_said(
    monkeypatch: pytest.MonkeyPatch, folder: Path, content: bytes | None
) -> None:
    monkeypatch.setenv("VESTIBULE_DATABASE_URL", "sqlite:///below/v.db")
    if content:
        (folder / "below").mkdir()
        (folder / "below" / "v.db").write_bytes(content)
    result = run("account", "list")
    assert result.exit_code == 2
    assert result.stderr.startswith("VESTIBULE_DATABASE_URL: ")


@pytest.mark.usefixtures("livekit_set")
def test_a_port_that_is_taken_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("VESTIBULE_PORT", str(taken.getsockname()[1]))
        result = run("serve")
    assert result.exit_code == 2
    assert "VESTIBULE_PORT" in result.stderr


@pytest.mark.usefixtures("livekit_set")
@pytest.mark.parametrize("begins", ["before it starts", "while it starts"])
def test_a_server_that_cannot_start_because_somebody_goes_on_writing_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, folder: Path, begins: str
) -> None:
    done("workspace", "add", "W")
    monkeypatch.setattr("admission.store.sqlite.LOCK_PATIENCE_MS", 50)
    db = connect(folder / "vestibule.db")

    def write(path: Path, use_case: Callable[[Repository], None]) -> None:
        run_now(path, use_case)
        db.conn.execute("BEGIN IMMEDIATE")

    if begins == "before it starts":
        db.conn.execute("BEGIN IMMEDIATE")
    else:
        monkeypatch.setattr("signal_server.cli.run_now", write)
    result = run("serve")
    db.conn.execute("ROLLBACK")
    db.close()
    assert (result.exit_code, result.stderr) == (1, "The database is busy: try again\n")


def test_the_database_is_not_for_others_on_this_machine(folder: Path) -> None:
    done("workspace", "add", "W")
    assert (folder / "vestibule.db").stat().st_mode & 0o007 == 0


def test_the_program_runs_as_a_module_and_prints_json_in_any_locale(folder: Path) -> None:
    words = [sys.executable, "-m", "signal_server", "workspace", "add", "Zoë"]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONIOENCODING": "ascii"}
    result = subprocess.run(words, cwd=folder, env=environ, capture_output=True, check=True)
    assert json.loads(result.stdout.decode("ascii"))["name"] == "Zoë"


# beside a running server


async def test_disabling_an_account_ends_its_session_and_stream_in_a_running_server(folder: Path) -> None:
    (owner, *_) = await asyncio.to_thread(done, "demo", "--json")
    settings = Settings(
        _env_file=None, livekit_url="http://127.0.0.1:1", livekit_api_key="key", livekit_api_secret=SECRET
    )
    client: TestClient[web.Request, web.Application] = TestClient(TestServer(create_app(settings)))
    await client.start_server()
    try:
        sign_in = {"email": owner["email"], "password": owner["password"]}
        assert (await client.post("/api/v1/session", json=sign_in)).status == 200
        stream = await client.get("/api/v1/doorbell/events")
        assert (await stream.content.readline()).startswith(b"event: snapshot")
        await asyncio.to_thread(done, "account", "disable", owner["email"])
        await asyncio.wait_for(stream.content.read(), 5)
        assert (await client.get("/api/v1/session")).status == 401
        assert (await client.post("/api/v1/session", json=sign_in)).status == 401
        slug = owner["link"].rpartition("/")[2]
        assert (await client.get(f"/api/v1/links/{slug}")).status == 404
        await asyncio.to_thread(done, "account", "enable", owner["email"])
        assert (await client.post("/api/v1/session", json=sign_in)).status == 200
        assert (await client.get(f"/api/v1/links/{slug}")).status == 200
    finally:
        await client.close()


async def test_a_visitor_who_is_forgotten_while_they_wait_is_gone_from_both_sides_of_the_door(folder: Path) -> None:
    (owner, *_) = await asyncio.to_thread(done, "demo", "--json")
    settings = Settings(
        _env_file=None, livekit_url="http://127.0.0.1:1", livekit_api_key="key", livekit_api_secret=SECRET
    )
    name, slug = "Quirina Zeppelin", owner["link"].rpartition("/")[2]
    client: TestClient[web.Request, web.Application] = TestClient(TestServer(create_app(settings)))
    await client.start_server()
    try:
        sign_in = {"email": owner["email"], "password": owner["password"]}
        assert (await client.post("/api/v1/session", json=sign_in)).status == 200
        doorbell = await client.get("/api/v1/doorbell/events")
        assert (await doorbell.content.readline()).startswith(b"event: snapshot")
        client.session.cookie_jar.clear()
        asked = await client.post(f"/api/v1/links/{slug}/entry", json={"name": name})
        knock = (await asked.json())["knock"]["id"]
        waiting = await client.get(f"/api/v1/knocks/{knock}/events")
        assert name in (await _until(waiting, b"data:")).decode()
        (told,) = await asyncio.to_thread(done, "forget", name)
        assert (told["knocks"], told["account"]) == (1, False)
        assert b"withdrawn" in await asyncio.wait_for(waiting.content.read(), 5)
        assert knock.encode() in await _until(doorbell, b"event: gone", further=1)
        assert (await client.get(f"/api/v1/knocks/{knock}/events")).status == 404
        assert name.encode() not in _written(folder)
    finally:
        await client.close()


def _written(folder: Path) -> bytes:
    """Every byte of the database's files, its log among them."""
    return b"".join(file.read_bytes() for file in folder.glob("vestibule.db*"))


async def _until(stream: ClientResponse, begins: bytes, further: int = 0) -> bytes:
    """The first line that begins so, or one of those after it."""
    async with asyncio.timeout(5):
        while not (line := await stream.content.readline()).startswith(begins):
            assert line, "the stream has ended"
        for _ in range(further):
            line = await stream.content.readline()
    return line


def test_a_command_waits_for_its_turn_and_then_says_that_the_database_is_busy(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    done("workspace", "add", "W")
    monkeypatch.setattr("admission.store.sqlite.LOCK_PATIENCE_MS", 50)
    db = connect(folder / "vestibule.db")
    db.conn.execute("BEGIN IMMEDIATE")
    Repository(db.conn).pulse(datetime.now(UTC))
    assert "busy" in refused("workspace", "set", "W", "--seats", "5")
    db.conn.execute("ROLLBACK")
    db.close()
    assert done("workspace", "set", "W", "--seats", "5")["seats"] == 5
