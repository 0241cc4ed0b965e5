"""`vestibule check`, against a real LiveKit: what is right, and every way in which it is commonly wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from livekit import api

from signal_server.app import create_app
from signal_server.check import CHECKS, NOTHING_CAME, StandIn, check_everything
from signal_server.config import Settings, setting_names
from tests.livekit_server import LiveKitServer, free_port

StartLiveKit = Callable[..., LiveKitServer]


@pytest.fixture
def port() -> int:
    """The port of the server that is checked, running or not."""
    return free_port()


@pytest.fixture
def livekit_here(start_livekit: StartLiveKit, port: int) -> LiveKitServer:
    """A LiveKit that tells the server what happens."""
    return start_livekit(f"http://127.0.0.1:{port}/livekit/webhook")


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def complete(monkeypatch: pytest.MonkeyPatch, livekit_here: LiveKitServer, port: int) -> pytest.MonkeyPatch:
    """Every setting as it should be."""
    settings = {
        "VESTIBULE_PORT": str(port),
        "LIVEKIT_URL": livekit_here.url,
        "LIVEKIT_API_KEY": livekit_here.key,
        "LIVEKIT_API_SECRET": livekit_here.secret,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


async def lines() -> tuple[int, dict[str, tuple[str, str]]]:
    """The exit code, and each check's verdict and text."""
    printed: list[str] = []
    code = await check_everything(printed.append)
    found = {line[6:26].strip(): (line[:6].strip(), line[26:]) for line in printed}
    assert tuple(found) == CHECKS  # a line each, in order
    assert len(printed) == len(CHECKS)
    return code, found


def verdicts(found: dict[str, tuple[str, str]]) -> list[str]:
    return [verdict for verdict, _ in found.values()]


async def test_with_everything_in_place_every_line_is_fine_although_the_server_is_not_running(
    complete: pytest.MonkeyPatch,
) -> None:
    code, found = await lines()
    assert (code, verdicts(found)) == (0, ["ok"] * 7)
    assert "not running" in found["webhook round trip"][1]


async def test_a_running_server_is_asked_whether_it_heard_of_the_room(
    complete: pytest.MonkeyPatch, livekit_here: LiveKitServer, port: int
) -> None:
    server = TestServer(create_app(Settings()), port=port)
    await server.start_server()
    try:
        code, found = await lines()
    finally:
        await server.close()
    assert (code, verdicts(found)) == (0, ["ok"] * 7)
    assert "running server" in found["webhook round trip"][1]
    livekit = api.LiveKitAPI(livekit_here.url, livekit_here.key, livekit_here.secret)
    left = await livekit.room.list_rooms(api.ListRoomsRequest())
    await livekit.aclose()
    assert list(left.rooms) == []  # what was made for the check is gone


async def test_a_wrong_setting_is_the_first_line_and_nothing_else_is_tried() -> None:
    code, found = await lines()
    assert (code, verdicts(found)) == (2, ["FAIL", *["-"] * 6])
    assert "LIVEKIT_URL: missing" in found["settings"][1]


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
async def test_a_misspelt_setting_and_a_short_secret_are_mentioned(complete: pytest.MonkeyPatch) -> None:
    complete.setenv("VESTIBULE_KNOCK_PER_MINUTE", "5")
    complete.setenv("LIVEKIT_API_SECRET", "short")
    _, found = await lines()
    verdict, text = found["settings"]
    assert verdict == "ok"
    assert "VESTIBULE_KNOCKS_PER_MINUTE" in text
    assert "LIVEKIT_API_SECRET is shorter" in text
    assert "short;" not in text


@pytest.mark.parametrize(
    ("public", "trusted", "mentioned"),
    [
        ("https://127.0.0.1:9", "", True),
        ("https://127.0.0.1:9", "127.0.0.1", False),
        ("http://127.0.0.1:9", "", False),
    ],
)
async def test_a_proxy_that_is_not_trusted_is_mentioned(
    complete: pytest.MonkeyPatch, public: str, trusted: str, mentioned: bool
) -> None:
    complete.setenv("VESTIBULE_PUBLIC_URL", public)
    complete.setenv("VESTIBULE_TRUSTED_PROXIES", trusted)
    _, found = await lines()
    verdict, text = found["settings"]
    assert (verdict, "VESTIBULE_TRUSTED_PROXIES" in text) == ("ok", mentioned)


async def test_a_database_that_cannot_be_opened_is_said(complete: pytest.MonkeyPatch) -> None:
    complete.setenv("VESTIBULE_DATABASE_URL", "sqlite:////nowhere/at/all.db")
    code, found = await lines()
    assert (code, verdicts(found)) == (1, ["ok", "FAIL", *["-"] * 5])


async def test_without_livekit_what_rests_on_it_is_not_tried(
    complete: pytest.MonkeyPatch, livekit_here: LiveKitServer
) -> None:
    livekit_here.kill()
    code, found = await lines()
    assert (code, verdicts(found)) == (1, ["ok", "ok", "FAIL", "-", "-", "ok", "-"])
    assert "connection refused" in found["LiveKit reached"][1]


@pytest.mark.parametrize("name", ["LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"])
async def test_a_key_or_secret_of_another_livekit_is_not_accepted(complete: pytest.MonkeyPatch, name: str) -> None:
    complete.setenv(name, "another-of-some-forty-characters-in-length")
    code, found = await lines()
    assert (code, verdicts(found)) == (1, ["ok", "ok", "ok", "FAIL", "-", "ok", "ok"])
    assert "LIVEKIT_API_SECRET" in found["key accepted"][1]
    assert "another-of-some" not in str(found)


async def test_a_livekit_that_tells_nobody_or_somebody_else_is_found(
    complete: pytest.MonkeyPatch, start_livekit: StartLiveKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signal_server.check.PATIENCE", 1.0)
    silent = start_livekit(f"http://127.0.0.1:{free_port()}/livekit/webhook")
    complete.setenv("LIVEKIT_URL", silent.url)
    complete.setenv("LIVEKIT_API_KEY", silent.key)
    complete.setenv("LIVEKIT_API_SECRET", silent.secret)
    code, found = await lines()
    assert (code, verdicts(found)) == (1, ["ok", "ok", "ok", "ok", "FAIL", "ok", "ok"])
    assert "/livekit/webhook" in found["webhook round trip"][1]


async def test_another_program_in_the_servers_place_is_found(complete: pytest.MonkeyPatch, port: int) -> None:
    async def hello(request: web.Request) -> web.Response:
        return web.Response(text="hello")

    other = web.Application()
    other.router.add_route("*", "/{any:.*}", hello)
    server = TestServer(other, port=port)
    await server.start_server()
    try:
        code, found = await lines()
    finally:
        await server.close()
    assert (code, verdicts(found)) == (1, ["ok", "ok", "ok", "ok", "FAIL", "FAIL", "ok"])
    assert "in use" in found["webhook round trip"][1]
    assert "something else" in found["public address"][1]


@pytest.mark.parametrize(
    ("public_url", "says"),
    [
        ("http://meet.example", "https"),
        ("https://nowhere.invalid", "name"),
        ("http://127.0.0.1:1", "refused"),
    ],
)
async def test_a_public_address_that_leads_nowhere_is_found(
    complete: pytest.MonkeyPatch, public_url: str, says: str
) -> None:
    complete.setenv("VESTIBULE_PUBLIC_URL", public_url)
    _, found = await lines()
    verdict, text = found["public address"]
    assert verdict == "FAIL"
    assert says in text


@pytest.mark.parametrize(
    ("livekit_public_url", "public_url", "says"),
    [
        ("ws://livekit.example", "https://meet.example", "not encrypted"),
        ("wss://127.0.0.1", "https://meet.example", "own machine"),
        ("ws://127.0.0.1:1", "http://127.0.0.1:9", "refused"),
    ],
)
async def test_a_livekit_that_browsers_cannot_reach_is_found_and_the_rest_is_tried(
    complete: pytest.MonkeyPatch, livekit_public_url: str, public_url: str, says: str
) -> None:
    complete.setenv("LIVEKIT_PUBLIC_URL", livekit_public_url)
    complete.setenv("VESTIBULE_PUBLIC_URL", public_url)
    _, found = await lines()
    verdict, text = found["LiveKit reached"]
    assert verdict == "FAIL"
    assert says in text
    assert found["webhook round trip"][0] == "ok"


@pytest.fixture
async def clock_wrong(complete: pytest.MonkeyPatch, livekit_here: LiveKitServer) -> AsyncIterator[None]:
    """The same LiveKit, seen through a proxy that makes its clock an hour slow."""

    async def pass_on(request: web.Request) -> web.Response:
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                request.method,
                livekit_here.url + request.path,
                data=await request.read(),
                headers={
                    name: request.headers[name] for name in ("Authorization", "Content-Type") if name in request.headers
                },
            ) as answer,
        ):
            late = datetime.now(UTC) - timedelta(hours=1)
            return web.Response(
                status=answer.status,
                body=await answer.read(),
                headers={"Content-Type": answer.content_type, "Date": format_datetime(late, usegmt=True)},
            )

    proxy = web.Application()
    proxy.router.add_route("*", "/{any:.*}", pass_on)
    server = TestServer(proxy)
    await server.start_server()
    complete.setenv("LIVEKIT_URL", str(server.make_url("/")))
    yield
    await server.close()


@pytest.mark.usefixtures("clock_wrong")
async def test_clocks_that_are_apart_are_found() -> None:
    code, found = await lines()
    assert (code, verdicts(found)) == (1, [*["ok"] * 6, "FAIL"])
    assert "3600 s apart" in found["clocks"][1]


async def test_a_webhook_that_another_key_signed_is_told_from_none_at_all(complete: pytest.MonkeyPatch) -> None:
    settings = Settings()
    stand_in = StandIn(settings)
    server = TestServer(stand_in.app())
    await server.start_server()
    assert stand_in.why_nothing_came() == NOTHING_CAME
    async with aiohttp.ClientSession() as session:
        signed = api.AccessToken("other", "another-secret-of-some-forty-characters").to_jwt()
        answer = await session.post(server.make_url("/livekit/webhook"), data="{}", headers={"Authorization": signed})
    await server.close()
    assert answer.status == 401
    assert "another key" in stand_in.why_nothing_came()
