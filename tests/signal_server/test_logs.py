"""What is written down: one JSON object a line, from `info` on, and no variable of a failed call."""

import json
from collections.abc import Iterator

import pytest
import structlog

from signal_server.logs import setup_logs


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


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
