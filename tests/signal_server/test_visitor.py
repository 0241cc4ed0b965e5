"""The two cookies that say who sent a request."""

import hashlib
from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request

from signal_server.config import Settings
from signal_server.keys import SETTINGS
from signal_server.visitor import credentials_of

SESSION, TICKET = "s" * 43, "t" * 43
HASH = hashlib.sha256(SESSION.encode()).hexdigest()


class App(dict[Any, Any]):
    """As much of an application as reading cookies needs."""


def request_with(cookie: str | None, public_url: str = "http://127.0.0.1:8080") -> Any:
    settings = Settings(
        _env_file=None,
        public_url=public_url,
        livekit_url="http://127.0.0.1:7880",
        livekit_api_key="key",
        livekit_api_secret="a secret of at least 32 characters",
    )
    app: Any = App({SETTINGS: settings})
    return make_mocked_request("GET", "/", headers={"Cookie": cookie} if cookie is not None else {}, app=app)


@pytest.mark.parametrize(
    ("cookie", "session_hash", "ticket"),
    [
        (None, None, None),
        ("", None, None),
        (f"session={SESSION}; ticket={TICKET}", HASH, TICKET),
        (f"ticket={TICKET};session={SESSION}", HASH, TICKET),
        (f'language=fr; quoted="a; b"; ticket={TICKET}', None, TICKET),
        (f"my-ticket={TICKET}; xsession={SESSION}", None, None),
        (f"__Host-session={SESSION}", None, None),
        ("ticket=too-short", None, None),
        (f"ticket={TICKET}x", None, None),
        (f"ticket=old; ticket={TICKET}", None, TICKET),
        ("ticket", None, None),
        (";;=;", None, None),
    ],
)
def test_cookies_are_found_among_others_and_only_whole(
    cookie: str | None, session_hash: str | None, ticket: str | None
) -> None:
    sent = credentials_of(request_with(cookie))
    assert (sent.session_hash, sent.ticket) == (session_hash, ticket)


def test_on_https_only_cookies_that_no_other_host_can_set_count() -> None:
    both = f"session={'x' * 43}; __Host-session={SESSION}; ticket={'x' * 43}"
    sent = credentials_of(request_with(both, "https://meet.example.org"))
    assert (sent.session_hash, sent.ticket) == (HASH, None)
