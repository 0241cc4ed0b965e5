"""The strict policy: nothing but our own files and the media server, in both its forms."""

import pytest

from signal_server.headers import content_policy, how_long, security_headers


@pytest.mark.parametrize(
    ("livekit", "allowed"),
    [
        ("wss://media.example", "wss://media.example https://media.example"),
        ("ws://127.0.0.1:7880", "ws://127.0.0.1:7880 http://127.0.0.1:7880"),
        ("wss://meet.example/livekit", "wss://meet.example https://meet.example"),
    ],
)
def test_pages_may_connect_to_themselves_and_to_the_media_server(livekit: str, allowed: str) -> None:
    assert f"connect-src 'self' {allowed};" in content_policy(livekit)


def test_nothing_inline_and_nothing_foreign_is_allowed() -> None:
    policy = content_policy("wss://media.example")
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "frame-ancestors 'none'" in policy


def test_only_a_page_with_an_engine_may_run_it_and_still_nothing_else() -> None:
    plain, engine = (content_policy("wss://media.example", engine=engine) for engine in (False, True))
    assert engine.replace(" 'wasm-unsafe-eval'", "") == plain != engine


def test_only_on_https_is_asked_what_needs_it() -> None:
    secure = security_headers("https://meet.example", "wss://media.example")
    plain = security_headers("http://127.0.0.1:8080", "ws://127.0.0.1:7880")
    assert secure.keys() - plain.keys() == {"Strict-Transport-Security", "Cross-Origin-Opener-Policy"}


@pytest.mark.parametrize(
    ("path", "status", "kept"),
    [
        ("/static/build/assets/visit-1a2b3c4d.js", 200, "public, max-age=31536000, immutable"),
        ("/static/build/assets/visit-1a2b3c4d.js", 304, "public, max-age=31536000, immutable"),
        ("/static/build/assets/gone-1a2b3c4d.js", 404, "no-store"),
        ("/static/favicon.svg", 200, "public, max-age=3600"),
        ("/preferences", 200, "no-store"),
        ("/api/v1/session", 200, "no-store"),
    ],
)
def test_only_files_are_kept_and_for_ever_only_those_that_carry_a_hash(path: str, status: int, kept: str) -> None:
    assert how_long(path, status) == kept
