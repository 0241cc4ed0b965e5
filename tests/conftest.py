"""What every test may ask for: a real LiveKit server."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.livekit_server import LiveKitServer

# No test is about time: a busy machine makes none fail.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def livekit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKitServer]:
    """One LiveKit for the whole run, without a webhook. Leave it running."""
    server = LiveKitServer(tmp_path_factory.mktemp("livekit"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def start_livekit(tmp_path: Path) -> Iterator[Callable[..., LiveKitServer]]:
    """Starts LiveKit servers of the test's own, which it may stop and start: `start_livekit(webhook_url)`."""
    started: list[LiveKitServer] = []

    def start(webhook_url: str | None = None) -> LiveKitServer:
        server = LiveKitServer(tmp_path, webhook_url)
        server.start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.stop()
