"""`make run`: keys, ports, one Ctrl-C for everything, and a start that ends with an address."""

import contextlib
import os
import re
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

from local import run
from tests.livekit_server import free_port

ROOT = Path(__file__).resolve().parents[2]


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

Started = subprocess.Popen[str]
RUNNER = """
import sys
from honcho.printer import Printer
from local import run
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
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True)
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
    runner.communicate(timeout=5)
    assert runner.returncode == 0
    assert marked(mark) == []


@pytest.mark.parametrize("seconds", [0.1, 0.15, 0.2, 0.25, 0.3])
def test_ctrl_c_during_the_start_leaves_nothing_behind(
    in_a_terminal: Callable[..., Started], tmp_path: Path, seconds: float
) -> None:
    mark = f"{tmp_path}"
    runner = in_a_terminal([sys.executable, "-c", RUNNER, sleeper(mark), sleeper(mark)])
    time.sleep(seconds)
    os.killpg(runner.pid, signal.SIGINT)
    runner.communicate(timeout=5)
    assert marked(mark) == []


def test_when_one_stops_by_itself_the_other_is_ended_and_its_result_told(
    in_a_terminal: Callable[..., Started], tmp_path: Path
) -> None:
    mark = f"{tmp_path}"
    runner = in_a_terminal([sys.executable, "-c", RUNNER, sleeper(mark), "exit 3"])
    runner.communicate(timeout=5)
    assert runner.returncode == 3
    assert marked(mark) == []


def test_a_closed_window_ends_everything_too(in_a_terminal: Callable[..., Started], tmp_path: Path) -> None:
    mark = f"{tmp_path}"
    runner = in_a_terminal([sys.executable, "-c", RUNNER, sleeper(mark), sleeper(mark)])
    read_until(runner, "vestibule | here")
    assert runner.stdout
    runner.stdout.close()  # from now on nothing can be said
    os.killpg(runner.pid, signal.SIGHUP)
    runner.wait(timeout=5)
    assert marked(mark) == []
