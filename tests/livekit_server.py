"""A real LiveKit server for tests: own loopback ports, own key, a webhook to whoever the test says."""

import contextlib
import os
import random
import secrets
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

from local import livekit


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port that nobody holds at the moment, on any address.

    Below those that the system lends to outgoing connections: one of a busy browser would take it before its use.
    """
    for port in random.sample(range(15_000, 32_000), 100):
        with socket.socket(socket.AF_INET, kind) as probe, contextlib.suppress(OSError):
            probe.bind(("", port))
            return port
    raise RuntimeError("no free port in a hundred tries")


class LiveKitServer:
    """One livekit-server process. It keeps ports, key and secret over `stop` or `kill` and a new `start`."""

    def __init__(self, folder: Path, webhook_url: str | None = None) -> None:
        self.port = free_port()
        self.tcp_port = free_port()
        self.udp_port = free_port(socket.SOCK_DGRAM)
        self.key = f"key-{secrets.token_hex(4)}"
        self.secret = secrets.token_urlsafe(32)
        self.webhook_url = webhook_url
        self.log = folder / f"livekit-{self.port}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """As a server reaches it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        """As a browser reaches it."""
        return f"ws://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        """The process id, or None while it is stopped."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it and return when it answers. Raises RuntimeError with its last words when it does not."""
        if self._process is not None:
            raise RuntimeError("this LiveKit is running already")
        program = livekit.program()
        if program is None:
            raise RuntimeError("no livekit-server: `make tools` builds it, or put one on PATH")
        body = livekit.configuration(
            port=self.port, tcp_port=self.tcp_port, udp_port=self.udp_port, webhook_url=self.webhook_url
        )
        variables = livekit.environment(key=self.key, secret=self.secret, configuration=body)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(program)],
                env={"PATH": os.environ["PATH"], "HOME": str(self.log.parent), **variables},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 20
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"LiveKit does not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.05)

    def answers(self) -> bool:
        """Whether it serves requests now."""
        try:
            with urllib.request.urlopen(self.url, timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> None:
        """Stop it as an operator would, but without the minutes it waits for people to leave."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=0.2)
        self.kill()

    def kill(self) -> None:
        """End it at once, as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Stop it and start it on the same ports with the same key; it has forgotten every room."""
        self.stop()
        self.start()
