"""A real Caddy for tests, with the repository's Caddyfile, in front of a server and a LiveKit."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from tests.livekit_server import free_port

ROOT = Path(__file__).parents[1]
CADDYFILE = ROOT / "Caddyfile"


def program() -> str | None:
    """The Caddy that `make caddy` got, else the one on PATH, else None."""
    built = ROOT / ".tools" / "bin" / "caddy"
    return str(built) if os.access(built, os.X_OK) else shutil.which("caddy")


class CaddyServer:
    """One Caddy on loopback. `url` is what people open; `host` localhost gives it a certificate of its own."""

    def __init__(self, folder: Path, *, https: bool = False) -> None:
        self.port = free_port()
        self.url = f"https://localhost:{self.port}" if https else f"http://127.0.0.1:{self.port}"
        self.log = folder / f"caddy-{self.port}.log"
        self.file = folder / "Caddyfile"
        # With every request in its log, where a mistake of the filter would show. Port 80 is not a test's to take.
        text = CADDYFILE.read_text().replace("admin off", "admin off\n\tauto_https disable_redirects", 1)
        self.file.write_text(text.replace("\troute {", "\tlog\n\troute {", 1))
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, port: int, livekit_url: str) -> None:
        """Start it before the server on this port. Raises RuntimeError with its last words when it does not."""
        found = program()
        if found is None:
            raise RuntimeError("no caddy: `make caddy` gets one, or put one on PATH")
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [found, "run", "--config", str(self.file), "--adapter", "caddyfile"],
                env={
                    "PATH": os.environ["PATH"],
                    "HOME": str(self._folder),
                    "VESTIBULE_PUBLIC_URL": self.url,
                    "VESTIBULE_PORT": str(port),
                    "LIVEKIT_URL": livekit_url,
                    "CADDY_BIND": "127.0.0.1",
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 20
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"Caddy does not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.05)

    def _listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=5)
            self._process.kill()
            self._process.wait()
            self._process = None
