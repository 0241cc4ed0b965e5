"""Where it is measured: a temporary database, a real LiveKit, the server as shipped, and the reference beside it.

Ends the processes it started, and only these, and leaves no file behind.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from admission.store.repository import Repository
from admission.store.sqlite import run_now
from tests.livekit_server import LiveKitServer, free_port

ROOT = Path(__file__).resolve().parents[1]
T = TypeVar("T")


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    port: int
    pid: int
    started_in: float
    """Seconds from its start to its first answer."""

    def memory(self) -> float:
        """MiB of memory that are its own at the moment (resident set)."""
        said = subprocess.run(["ps", "-o", "rss=", "-p", str(self.pid)], capture_output=True, text=True, check=True)
        return int(said.stdout) / 1024

    def cpu(self) -> float:
        """Seconds of processor time it has used so far; 0 where the system does not tell (it is Linux that does)."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Place:
    """One folder, one LiveKit, one port on which the servers that are measured listen one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.database = folder / "bench.db"
        self.livekit = LiveKitServer(folder, f"http://127.0.0.1:{self.port}/livekit/webhook")

    @contextmanager
    def new_database(self) -> Iterator[None]:
        """A database of its own for what follows."""
        try:
            yield
        finally:
            for ending in ("", "-wal", "-shm"):
                Path(f"{self.database}{ending}").unlink(missing_ok=True)

    def run(self, use_case: Callable[[Repository], T]) -> T:
        """Run a use case on the database, in one transaction."""
        return run_now(self.database, use_case)

    @contextmanager
    def vestibule(self) -> Iterator[Running]:
        """`vestibule serve` with its shipped settings, but without the limit on knocks."""
        with self._process(["-m", "signal_server", "serve"], self._settings(), f"{self.port}/readyz") as running:
            yield running

    @contextmanager
    def observer(self) -> Iterator[Running]:
        """`vestibule observe` beside it."""
        with self._process(["-m", "signal_server", "observe"], self._settings(), says="observing") as running:
            yield running

    @contextmanager
    def agent(self, tokens: Sequence[str]) -> Iterator[Running]:
        """An agent that only listens, with a token for each room."""
        rooms = json.dumps([self.livekit.ws_url, list(tokens)])
        with self._process(["-m", "benchmarks.agent"], {"LISTEN": rooms}, says="listening") as running:
            yield running

    def _settings(self) -> dict[str, str]:
        return {
            "VESTIBULE_DATABASE_URL": f"sqlite:///{self.database}",
            "VESTIBULE_PORT": str(self.port),
            "VESTIBULE_KNOCKS_PER_MINUTE": "0",
            "LIVEKIT_URL": self.livekit.url,
            "LIVEKIT_API_KEY": self.livekit.key,
            "LIVEKIT_API_SECRET": self.livekit.secret,
        }

    @contextmanager
    def reference(self, answer_bytes: int) -> Iterator[Running]:
        """The bare server, for answers of that size."""
        port = free_port()
        with self._process(["-m", "benchmarks.reference", str(port), str(answer_bytes)], {}, f"{port}/") as running:
            yield running

    @contextmanager
    def _process(
        self, arguments: list[str], settings: dict[str, str], address: str = "", says: str = ""
    ) -> Iterator[Running]:
        """Wait until it answers at its address, or until it says this."""
        log = self.folder / f"{'-'.join(arguments[1:3])}.log"
        begun = time.monotonic()
        with log.open("wb") as said:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=self.folder,  # where no .env of somebody's lies
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **settings},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
        try:
            while not (_answers(f"http://127.0.0.1:{address}") if address else says in log.read_text()):
                if process.poll() is not None or time.monotonic() - begun > 60:
                    raise RuntimeError(f"it does not start:\n{log.read_text()[-3000:]}")
                time.sleep(0.02)
            yield Running(int(address.split("/")[0] or 0), process.pid, time.monotonic() - begun)
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=15)
            process.kill()
            process.wait()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=10):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500  # the reference has nothing to get
    except OSError:
        return False


@contextmanager
def open_place() -> Iterator[Place]:
    """The folder lies on the disk of the checkout: where temporary files live in memory, no commit would cost."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "var") as folder:
        place = _started(Path(folder))
        try:
            yield place
        finally:
            place.livekit.stop()


def _started(folder: Path, attempts: int = 3) -> Place:
    """Ports that were free a moment ago may have been taken since: then others are tried."""
    for _ in range(attempts - 1):
        place = Place(folder)
        with contextlib.suppress(RuntimeError):
            place.livekit.start()
            return place
    place = Place(folder)
    place.livekit.start()
    return place
