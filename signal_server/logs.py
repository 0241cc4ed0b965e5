"""What is written down while the server runs: what happened, never addresses, names or secrets."""

from __future__ import annotations

import logging
import sys

import structlog
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web import RequestPayloadError


def setup_logs() -> None:
    """Write to standard error: for people on a terminal, else a JSON object a line."""
    renderer: structlog.typing.Processor
    if sys.stderr.isatty():
        renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        errors: list[structlog.typing.Processor] = []
    else:
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
        # Without the variables of each frame, which hold sessions, tickets and addresses.
        without_locals = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        errors = [structlog.processors.ExceptionRenderer(without_locals)]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *errors,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.getLogger("aiohttp.server").addFilter(_names_and_quotes_nobody)


def _names_and_quotes_nobody(record: logging.LogRecord) -> bool:
    """Whether a record may be written. Of what failed aiohttp tells the address of who asked: that is left out.

    Of what is no HTTP it quotes the line that it did not understand. That may be the one with the cookies. The sender
    has had 400, and nobody here can do anything about it.
    """
    record.args = tuple("somebody" for _ in record.args or ())
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError | RequestPayloadError)
