"""The front door for tests of the server: LiveKit is real, and calls the server's webhook."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest

from tests.livekit_server import LiveKitServer, free_port
from tests.signal_server.front_door import FrontDoor, open_front_door


@pytest.fixture(scope="session")
def door_port() -> int:
    """The port to which LiveKit sends its webhooks: one server at a time listens there."""
    return free_port()


@pytest.fixture(scope="session")
def calling_livekit(tmp_path_factory: pytest.TempPathFactory, door_port: int) -> Iterator[LiveKitServer]:
    """A LiveKit that calls the front door. Leave it running."""
    server = LiveKitServer(tmp_path_factory.mktemp("livekit"), f"http://127.0.0.1:{door_port}/livekit/webhook")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def front_door(
    tmp_path: Path, calling_livekit: LiveKitServer, door_port: int
) -> Callable[..., AbstractAsyncContextManager[FrontDoor]]:
    """Opens a front door with settings of the test's own."""
    return partial(open_front_door, tmp_path, calling_livekit, door_port)


@pytest.fixture
async def door(front_door: Callable[..., AbstractAsyncContextManager[FrontDoor]]) -> AsyncIterator[FrontDoor]:
    """The front door as it is shipped, without the limit on knocks."""
    async with front_door() as opened:
        yield opened
