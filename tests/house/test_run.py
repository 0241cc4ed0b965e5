"""`make run`: keys, ports, one Ctrl-C for everything, and a start that ends with an address."""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dotenv import dotenv_values
from livekit import api, rtc

from local import livekit, run
from tests.house.checkout import BUILT, ROOT, copy_to, needs_what_make_tools_makes
from tests.livekit_server import free_port


@pytest.fixture
def env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / ".env"
    monkeypatch.setattr(run, "ENV_FILE", file)
    return file


def test_keys_are_made_once_for_their_owner_alone(env_file: Path) -> None:
    assert run.make_keys(environ={})
    made = env_file.read_text()
    assert stat.S_IMODE(env_file.stat().st_mode) == 0o600
    assert len(re.findall(r"^LIVEKIT_API_SECRET=(\S{32,})$", made, re.MULTILINE)) == 1
    assert not run.make_keys(environ={})
    assert env_file.read_text() == made


def test_no_two_checkouts_have_the_same_keys(env_file: Path) -> None:
    run.make_keys(environ={})
    first = set(env_file.read_text().splitlines())
    env_file.unlink()
    run.make_keys(environ={})
    assert first & set(env_file.read_text().splitlines()) == {"LIVEKIT_URL=http://127.0.0.1:7880"}


def test_what_somebody_chose_stays(env_file: Path) -> None:
    env_file.write_text("VESTIBULE_PORT=9000\nLIVEKIT_API_KEY=mine\n")
    assert run.make_keys(environ={"LIVEKIT_URL": "http://127.0.0.1:1"})
    lines = env_file.read_text().splitlines()
    assert lines[:2] == ["VESTIBULE_PORT=9000", "LIVEKIT_API_KEY=mine"]
    assert [line.split("=")[0] for line in lines[2:]] == ["LIVEKIT_API_SECRET"]


def test_a_last_line_that_was_not_ended_is_not_glued_to_the_next(env_file: Path) -> None:
    env_file.write_text("VESTIBULE_PORT=9000")
    run.make_keys(environ={})
    assert env_file.read_text().splitlines()[0] == "VESTIBULE_PORT=9000"


def a_port(number: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> run.Port:
    return run.Port(number, "127.0.0.1", kind, "something", "SETTING=1 in .env")


def test_taken_ports_are_found_all_at_once_and_free_ones_are_not() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as page,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as media,
    ):
        media.bind(("127.0.0.1", 0))
        ports = [
            a_port(page.getsockname()[1]),
            a_port(free_port()),
            a_port(media.getsockname()[1], socket.SOCK_DGRAM),
        ]
        assert run.taken(ports) == [ports[0], ports[2]]


def test_a_port_given_to_two_of_ours_is_taken() -> None:
    number = free_port()
    assert run.taken([a_port(number), a_port(number)]) == [a_port(number)]


# What a terminal does: the runner in a process group of its own, and signals to the whole group.

# A start takes two seconds and an end less than one; the rest is for a machine that does more than this test.
START_SECONDS = 60.0
END_SECONDS = 15.0

Started = subprocess.Popen[str]
RUNNER = """
import sys
from honcho.printer import Printer
from local import livekit, run
if __name__ == "__main__":
    runner = run.Runner(printer=Printer(run.Terminal(sys.stdout)))
    for name, command in zip(("livekit", "vestibule"), sys.argv[1:]):
        runner.add_process(name, command)
    sys.exit(runner.run())
"""


@pytest.fixture
def in_a_terminal() -> Iterator[Callable[..., Started]]:
    """Starts a command as a terminal would; what is left of it at the end is killed."""
    started: list[Started] = []

    def start(command: list[str], cwd: Path = ROOT, **variables: str) -> Started:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            # A terminal's programs hear Ctrl-C, also where these tests run in the background and do not.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        started.append(process)
        return process

    yield start
    for process in started:
        end(process)
        process.wait()
        assert process.stdout
        process.stdout.close()


def sleeper(mark: str) -> str:
    return f"exec {sys.executable} -c 'import time; print(\"here\", flush=True); time.sleep(600)' {mark}"


def processes() -> list[tuple[int, int, str]]:
    """Every living process: id, parent's id, command line."""
    listed = subprocess.run(["ps", "-ww", "-eo", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True)
    lines = [line.split(maxsplit=3) for line in listed.stdout.splitlines()]
    return [(int(line[0]), int(line[1]), line[-1]) for line in lines if not line[2].startswith("Z")]


def descendants(pid: int) -> list[int]:
    """The ids of its children and theirs."""
    children = [child for child, parent, _ in processes() if parent == pid]
    return children + [each for child in children for each in descendants(child)]


def end(process: Started) -> None:
    """Kill it and all that it started."""
    for pid in [process.pid, *descendants(process.pid)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def left_behind(mark: str) -> list[int]:
    """Those of them that do not end by themselves: one that was told to has a moment for it."""
    deadline = time.monotonic() + END_SECONDS
    while marked(mark) and time.monotonic() < deadline:
        time.sleep(0.05)
    return marked(mark)


def marked(mark: str) -> list[int]:
    """The processes whose command line carries the mark."""
    return [pid for pid, _, command in processes() if mark in command]


def read_until(process: Started, words: str, seconds: float = 60) -> str:
    """What it says up to the line with these words. Fails when it ends before, or takes longer."""
    assert process.stdout
    late = threading.Timer(seconds, end, (process,))
    late.start()
    said = ""
    try:
        for line in process.stdout:
            said += line
            if words in line:
                return said
    finally:
        late.cancel()
    pytest.fail(f"it ended without saying {words!r}:\n{said}")


@pytest.mark.parametrize("asked_by", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_signal_ends_everything(
    in_a_terminal: Callable[..., Started], tmp_path: Path, asked_by: signal.Signals
) -> None:
    mark = f"{tmp_path}"
    runner = in_a_terminal([sys.executable, "-c", RUNNER, sleeper(mark), sleeper(mark)])
    read_until(runner, "vestibule | here")
    os.killpg(runner.pid, asked_by)
    runner.communicate(timeout=END_SECONDS)
    assert runner.returncode == 0
    assert left_behind(mark) == []


@pytest.mark.parametrize("seconds", [0.1, 0.15, 0.2, 0.25, 0.3])
def test_ctrl_c_during_the_start_leaves_nothing_behind(
    in_a_terminal: Callable[..., Started], tmp_path: Path, seconds: float
) -> None:
    mark = f"{tmp_path}"
    runner = in_a_terminal([sys.executable, "-c", RUNNER, sleeper(mark), sleeper(mark)])
    time.sleep(seconds)
    os.killpg(runner.pid, signal.SIGINT)
    runner.communicate(timeout=END_SECONDS)
    assert left_behind(mark) == []


def test_when_one_stops_by_itself_the_other_is_ended_and_its_result_told(
    in_a_terminal: Callable[..., Started], tmp_path: Path
) -> None:
    mark = f"{tmp_path}"
    runner = in_a_terminal([sys.executable, "-c", RUNNER, sleeper(mark), "exit 3"])
    runner.communicate(timeout=END_SECONDS)
    assert runner.returncode == 3
    assert left_behind(mark) == []


def test_a_closed_window_ends_everything_too(in_a_terminal: Callable[..., Started], tmp_path: Path) -> None:
    mark = f"{tmp_path}"
    runner = in_a_terminal([sys.executable, "-c", RUNNER, sleeper(mark), sleeper(mark)])
    read_until(runner, "vestibule | here")
    assert runner.stdout
    runner.stdout.close()  # from now on nothing can be said
    os.killpg(runner.pid, signal.SIGHUP)
    runner.wait(timeout=END_SECONDS)
    assert left_behind(mark) == []


# The whole of it, in a copy of this checkout with ports of its own.


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    needs_what_make_tools_makes()
    return copy_to(tmp_path_factory.mktemp("checkout"), (".venv", "node_modules", ".tools", BUILT))


@pytest.fixture(scope="module")
def ports() -> dict[str, str]:
    return {
        "VESTIBULE_PORT": str(free_port()),
        "LIVEKIT_URL": f"http://127.0.0.1:{free_port()}",
        "LIVEKIT_RTC_TCP_PORT": str(free_port()),
        "LIVEKIT_RTC_UDP_PORT": str(free_port(socket.SOCK_DGRAM)),
    }


async def test_make_run_starts_all_of_it_and_one_ctrl_c_during_a_meeting_ends_it(
    in_a_terminal: Callable[..., Started], checkout: Path, ports: dict[str, str]
) -> None:
    running = in_a_terminal(["make", "run"], checkout, **ports)
    said = await asyncio.to_thread(read_until, running, "Open http", START_SECONDS)
    address = f"http://127.0.0.1:{ports['VESTIBULE_PORT']}"
    assert said.splitlines()[-1] == f"Open {address}"
    assert f"{address}/m/" in said
    assert stat.S_IMODE((checkout / ".env").stat().st_mode) == 0o600
    keys = dotenv_values(checkout / ".env")
    assert str(keys["LIVEKIT_API_SECRET"]) not in said

    people = [await somebody_in_a_meeting(ports["LIVEKIT_URL"], keys) for _ in range(2)]
    started = descendants(running.pid)
    assert len(started) >= 5
    assert any("signal_server observe" in command for pid, _, command in processes() if pid in started)
    os.killpg(running.pid, signal.SIGINT)
    rest, _ = await asyncio.to_thread(running.communicate, timeout=END_SECONDS)
    assert "Traceback" not in rest
    alive = {pid for pid, _, _ in processes()}
    assert alive & set(started) == set()
    for person in people:
        await person.disconnect()


async def somebody_in_a_meeting(url: str, keys: dict[str, str | None]) -> rtc.Room:
    key, secret = str(keys["LIVEKIT_API_KEY"]), str(keys["LIVEKIT_API_SECRET"])
    async with api.LiveKitAPI(url, key, secret) as calls:
        await calls.room.create_room(api.CreateRoomRequest(name="not-of-ours"))
    token = api.AccessToken(key, secret).with_identity(f"somebody-{free_port()}")
    room = rtc.Room()
    grants = api.VideoGrants(room_join=True, room="not-of-ours")
    await room.connect(url.replace("http", "ws"), token.with_grants(grants).to_jwt())
    return room


def test_the_second_make_run_shows_the_same_people_on_the_same_links(
    in_a_terminal: Callable[..., Started], checkout: Path, ports: dict[str, str]
) -> None:
    def sign_ins() -> list[str]:
        running = in_a_terminal(["make", "run"], checkout, **ports)
        said = read_until(running, "Open http", START_SECONDS)
        os.killpg(running.pid, signal.SIGINT)
        running.communicate(timeout=END_SECONDS)
        return re.findall(r"^  .*(?:@|/m/).*$", said, re.MULTILINE)

    first = sign_ins()
    assert first
    assert sign_ins() == first


def test_taken_ports_are_said_together_each_with_what_changes_it(
    in_a_terminal: Callable[..., Started], checkout: Path, ports: dict[str, str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as page, socket.create_server(("127.0.0.1", 0)) as media:
        numbers = [server.getsockname()[1] for server in (page, media)]
        chosen = {**ports, "VESTIBULE_PORT": str(numbers[0]), "LIVEKIT_URL": f"http://127.0.0.1:{numbers[1]}"}
        running = in_a_terminal(["make", "run"], checkout, **chosen)
        said, _ = running.communicate(timeout=START_SECONDS)
    assert running.returncode != 0
    assert f"Port {numbers[0]} is taken (Vestibule's pages). Choose another: VESTIBULE_PORT=" in said
    assert f"Port {numbers[1]} is taken (LiveKit). Choose another: LIVEKIT_URL=" in said


def test_a_wrong_setting_is_said_before_anything_starts(
    in_a_terminal: Callable[..., Started], checkout: Path, ports: dict[str, str]
) -> None:
    running = in_a_terminal(["make", "run"], checkout, **ports, VESTIBULE_RECONCILE_SECONDS="soon")
    said, _ = running.communicate(timeout=START_SECONDS)
    assert running.returncode != 0
    assert "VESTIBULE_RECONCILE_SECONDS: must be a whole number" in said
    assert "started" not in said


@pytest.mark.parametrize(
    ("without", "said"),
    [
        (("livekit-server", "go", "docker"), "LiveKit is missing. Any one of these will do:"),
        (("node",), "Node.js 20.19 or newer is missing"),
        (("python3", "python3.11", "python3.12", "python3.13", "python3.14"), "Python 3.11 or newer is missing"),
    ],
)
def test_what_is_missing_is_said_and_how_to_get_it(tmp_path: Path, without: tuple[str, ...], said: str) -> None:
    folder = copy_to(tmp_path / "checkout")
    needed = ["bash", "sh", "find", "sort", "xargs", "cat", "cksum", "touch", "rm", "mkdir", "python3", "node", "npm"]
    (tmp_path / "bin").mkdir()
    for name in needed:
        path = shutil.which(name)
        if path and name not in without:
            (tmp_path / "bin" / name).symlink_to(path)
    target = {"go": "livekit", "node": "node-modules"}.get(without[0] if len(without) == 1 else without[1], "python")
    make = subprocess.run(
        [str(shutil.which("make")), target],
        cwd=folder,
        env={"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert make.returncode != 0
    assert said in make.stdout
    assert "brew install" in make.stdout


def test_without_a_program_its_container_is_run_and_killed_by_name(
    in_a_terminal: Callable[..., Started], tmp_path: Path
) -> None:
    checkout = copy_to(tmp_path / "checkout")
    (tmp_path / "bin").mkdir()
    docker = tmp_path / "bin" / "docker"
    # Docker itself cannot run everywhere that tests do: this stands for its command line.
    docker.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/called\n[ "$1" = run ] && echo here && exec sleep 600\n')
    docker.chmod(0o755)
    running = in_a_terminal(
        [sys.executable, "-m", "local.livekit"], checkout, PATH=f"{tmp_path}/bin:/usr/bin:/bin", PYTHONPATH=""
    )
    read_until(running, "here", START_SECONDS)
    os.killpg(running.pid, signal.SIGTERM)
    running.communicate(timeout=END_SECONDS)
    started, ended = (tmp_path / "called").read_text().splitlines()
    assert started.startswith("run --rm --name vestibule-livekit-")
    assert "--network host" in started
    assert started.endswith(livekit.IMAGE)
    assert ended == f"kill {started.split()[3]}"
