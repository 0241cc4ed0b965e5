"""The server as it is shipped, in a process of its own beside a real LiveKit, on a database of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from admission import accounts
from admission.accounts import Entry, WorkspaceChoices
from admission.directory import Role
from admission.store.repository import Repository
from admission.store.sqlite import run_now
from signal_server.passwords import hash_password
from tests.livekit_server import LiveKitServer, free_port

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse battery staple"

T = TypeVar("T")


class Vestibule:
    """`vestibule serve` and its LiveKit. Port and database stay the same over `stop` and a new `start`."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database = folder / "vestibule.db"
        self.livekit = LiveKitServer(folder, webhook_url=f"{self.url}/livekit/webhook")
        self.log = folder / "vestibule.log"
        self._settings = settings
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start both and return when they answer. Raises RuntimeError with the last words of one that does not."""
        if self.livekit.pid is None:
            self.livekit.start()
        self.serve()

    def serve(self) -> None:
        """Start the server alone, beside the LiveKit that runs."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "signal_server", "serve"],
                cwd=self._folder,  # where no .env of somebody's lies
                env={
                    "PATH": os.environ["PATH"],
                    "PYTHONPATH": str(ROOT),
                    "VESTIBULE_DATABASE_URL": f"sqlite:///{self.database}",
                    "VESTIBULE_PORT": str(self.port),
                    "LIVEKIT_URL": self.livekit.url,
                    "LIVEKIT_API_KEY": self.livekit.key,
                    "LIVEKIT_API_SECRET": self.livekit.secret,
                    **self._settings,
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 20
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the server does not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.05)

    @property
    def pid(self) -> int | None:
        """The server's process id, or None while it is stopped."""
        return self._process.pid if self._process else None

    def memory(self) -> int:
        """Bytes of memory that the server holds."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8")
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS:"))

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> None:
        """Stop the server and its LiveKit."""
        self.stop_serving()
        self.livekit.stop()

    def stop_serving(self) -> None:
        """Stop the server alone: LiveKit and whoever is in a meeting stay."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=15)
            self._process.kill()
            self._process.wait()
            self._process = None

    def kill_serving(self) -> None:
        """End the server at once, as a crash does."""
        assert self._process is not None, "it serves"
        self._process.kill()
        self._process.wait()
        self._process = None

    # what an operator does beside it

    def run(self, use_case: Callable[[Repository], T]) -> T:
        """Run a use case as a command does: the running server hears of it."""
        return run_now(self.database, use_case)

    def add_workspace(self, name: str, choices: WorkspaceChoices | None = None) -> None:
        self.run(lambda repository: accounts.add_workspace(repository, name, choices or WorkspaceChoices(), now()))

    def add(self, email: str, workspace: str, name: str, role: Role = Role.MEMBER) -> Entry:
        """Add somebody whose password is PASSWORD."""
        hashed = hash_password(PASSWORD)
        return self.run(
            lambda repository: accounts.add_account(
                repository, email, workspace=workspace, name=name, role=role, password_hash=hashed, at=now()
            )
        )

    def session(self, email: str) -> str:
        """Sign somebody in without the form: what belongs into the cookie `session`."""

        def sign_in(repository: Repository) -> str:
            found = repository.account_by_email(email)
            assert found is not None, email
            secret, _entry = accounts.sign_in(repository, email, found[1], now())
            return secret

        return self.run(sign_in)


def now() -> datetime:
    return datetime.now(UTC)
