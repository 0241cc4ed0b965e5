"""What is written down: one JSON object a line, from `info` on, and no variable of a failed call."""

import asyncio
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestServer

from signal_server.logs import setup_logs


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before, filters = structlog.get_config(), list(logging.getLogger("aiohttp.server").filters)
    yield
    structlog.configure(**before)
    logging.getLogger("aiohttp.server").filters[:] = filters


@pytest.mark.parametrize("terminal", [True, False])
def test_a_failure_is_written_with_its_place_and_without_its_variables(
    terminal: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    setup_logs()
    log = structlog.get_logger()

    def fails(ticket: str) -> None:
        raise RuntimeError("the reason")

    log.debug("too much to say")
    value = "".join(reversed("terces yrev"))
    try:
        fails(value)
    except RuntimeError:
        log.exception("call failed", route="/api/v1/links/{slug}")
    written = capsys.readouterr().err
    assert "the reason" in written
    assert "call failed" in written
    assert value not in written
    assert "too much" not in written
    if not terminal:
        assert json.loads(written)["route"] == "/api/v1/links/{slug}"


async def test_what_is_no_http_is_not_quoted_and_who_asked_is_not_named(caplog: pytest.LogCaptureFixture) -> None:
    setup_logs()

    async def fails(request: web.Request) -> web.Response:
        raise RuntimeError("the reason")

    app = web.Application()
    app.router.add_get("/", fails)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    secret = b"".join((b"a-session", b"-nobody-may-read"))
    for line in (
        b"Cookie: session=" + secret + b"\x01",
        b"Cookie session=" + secret,
        b"Cookie: " + secret * 500,
        b"a: b",
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n" + line + b"\r\n\r\n")
        await reader.read()
        writer.close()
    await server.close()
    assert secret.decode() not in caplog.text
    assert "the reason" in caplog.text, "what fails here is written"
    assert "127.0.0.1" not in caplog.text
