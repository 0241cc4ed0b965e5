"""The settings: names, defaults, and one clear line without a value for each that is missing or wrong."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from signal_server.config import (
    DirectorySettings,
    Settings,
    WrongSettings,
    read,
    setting_names,
    unknown_settings,
)

ENOUGH = {
    "LIVEKIT_URL": "http://127.0.0.1:7880",
    "LIVEKIT_API_KEY": "key",
    "LIVEKIT_API_SECRET": "a-secret-that-nobody-may-ever-read-in-a-log",
}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)


def given(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    for name, value in {**ENOUGH, **settings}.items():
        monkeypatch.setenv(name, value)


def lines(kind: type[DirectorySettings] = Settings) -> list[str]:
    with pytest.raises(WrongSettings) as wrong:
        read(kind)
    return wrong.value.lines


def test_the_names_are_those_of_the_contract() -> None:
    assert setting_names() == [
        "VESTIBULE_DATABASE_URL",
        "VESTIBULE_HOST",
        "VESTIBULE_PORT",
        "VESTIBULE_PUBLIC_URL",
        "VESTIBULE_TRUSTED_PROXIES",
        "VESTIBULE_KNOCKS_PER_MINUTE",
        "VESTIBULE_SIGN_IN_FAILURES_PER_MINUTE",
        "VESTIBULE_KNOCK_AWAY_SECONDS",
        "VESTIBULE_RECONCILE_SECONDS",
        "VESTIBULE_KEEP_MEETINGS_DAYS",
        "VESTIBULE_KEEP_KNOCKS_DAYS",
        "VESTIBULE_OBSERVER_MEETINGS",
        "LIVEKIT_URL",
        "LIVEKIT_PUBLIC_URL",
        "LIVEKIT_API_KEY",
        "LIVEKIT_API_SECRET",
    ]


def test_what_is_not_set_has_the_default_of_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch)
    settings = read(Settings)
    assert settings.database_path == Path("vestibule.db")
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.public_url == "http://127.0.0.1:8080"
    assert settings.trusted_proxies == ()
    assert settings.knocks_per_minute == 20
    assert settings.sign_in_failures_per_minute == 10
    assert settings.knock_away_seconds == 900
    assert settings.reconcile_seconds == 30
    assert (settings.keep_meetings_days, settings.keep_knocks_days) == (90, 30)
    assert settings.livekit_public_url == "ws://127.0.0.1:7880"


def test_dot_env_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given(monkeypatch, VESTIBULE_PORT="9000")
    (tmp_path / ".env").write_text("VESTIBULE_PORT=9001\nVESTIBULE_KNOCKS_PER_MINUTE=0\nOTHER_THING=1\n")
    settings = read(Settings)
    assert (settings.port, settings.knocks_per_minute) == (9000, 0)


def test_an_empty_setting_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, VESTIBULE_PORT="", LIVEKIT_PUBLIC_URL="", LIVEKIT_API_KEY="")
    assert lines() == ["LIVEKIT_API_KEY: missing; the name of one of the keys of the LiveKit server"]


def test_each_missing_setting_is_one_line_that_names_it() -> None:
    assert [line.split(":")[0] for line in lines()] == [
        "LIVEKIT_URL",
        "LIVEKIT_API_KEY",
        "LIVEKIT_API_SECRET",
    ]
    assert all("missing" in line for line in lines())


def test_commands_that_only_touch_the_database_need_no_livekit() -> None:
    assert read(DirectorySettings).public_url == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VESTIBULE_DATABASE_URL", "postgresql://someone:hunter2@database/vestibule"),
        ("VESTIBULE_DATABASE_URL", "mysql://someone:hunter2@database/vestibule"),
        ("VESTIBULE_DATABASE_URL", "sqlite://hunter2.db"),
        ("VESTIBULE_DATABASE_URL", "sqlite:///:memory:"),
        ("VESTIBULE_DATABASE_URL", "sqlite:////"),
        ("VESTIBULE_PORT", "hunter2"),
        ("VESTIBULE_PORT", "0"),
        ("VESTIBULE_PORT", "65536"),
        ("VESTIBULE_PUBLIC_URL", "https://someone:hunter2@meet.example.org"),
        ("VESTIBULE_PUBLIC_URL", "https://meet.example.org/below/hunter2"),
        ("VESTIBULE_PUBLIC_URL", "meet.example.org"),
        ("VESTIBULE_PUBLIC_URL", "https://meet.example.org:hunter2"),
        ("VESTIBULE_TRUSTED_PROXIES", "10.0.0.0/8, hunter2"),
        ("VESTIBULE_KNOCKS_PER_MINUTE", "-1"),
        ("VESTIBULE_SIGN_IN_FAILURES_PER_MINUTE", "many"),
        ("VESTIBULE_KNOCK_AWAY_SECONDS", "0"),
        ("VESTIBULE_RECONCILE_SECONDS", "0"),
        ("VESTIBULE_KEEP_MEETINGS_DAYS", "0"),
        ("VESTIBULE_KEEP_KNOCKS_DAYS", "1e9"),
        ("LIVEKIT_URL", "127.0.0.1:7880"),
        ("LIVEKIT_URL", "ws://key:hunter2@127.0.0.1:7880"),
        ("LIVEKIT_PUBLIC_URL", "ftp://hunter2"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it_and_never_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    given(monkeypatch, **{name: value})
    (line,) = lines()
    assert line.startswith(f"{name}: ")
    assert "\n" not in line
    assert "hunter2" not in line
    assert ENOUGH["LIVEKIT_API_SECRET"] not in line


def test_postgresql_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, VESTIBULE_DATABASE_URL="postgresql://database/vestibule")
    (line,) = lines()
    assert "PostgreSQL is not supported yet" in line


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "meet.example.org"])
def test_a_server_that_others_reach_must_be_told_its_address(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    given(monkeypatch, VESTIBULE_HOST=host)
    (line,) = lines()
    assert line.startswith("VESTIBULE_PUBLIC_URL: missing")


@pytest.mark.parametrize(
    ("host", "port", "address"),
    [
        ("127.0.0.1", "8080", "http://127.0.0.1:8080"),
        ("localhost", "80", "http://localhost"),
        ("::1", "9000", "http://[::1]:9000"),
    ],
)
def test_on_this_machine_the_address_is_known(
    monkeypatch: pytest.MonkeyPatch, host: str, port: str, address: str
) -> None:
    given(monkeypatch, VESTIBULE_HOST=host, VESTIBULE_PORT=port)
    assert read(Settings).public_url == address


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://meet.example.org/", "https://meet.example.org"),
        ("HTTPS://Meet.Example.org:443", "https://meet.example.org"),
        ("https://käse.example", "https://xn--kse-qla.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_the_public_address_is_kept_as_browsers_write_an_origin(
    monkeypatch: pytest.MonkeyPatch, written: str, origin: str
) -> None:
    given(monkeypatch, VESTIBULE_PUBLIC_URL=written)
    settings = read(Settings)
    assert settings.public_url == origin
    assert settings.https is origin.startswith("https")


@pytest.mark.parametrize(
    ("url", "public", "api", "browsers"),
    [
        ("ws://livekit:7880", "", "http://livekit:7880", "ws://livekit:7880"),
        ("https://livekit.example/", "", "https://livekit.example", "wss://livekit.example"),
        (
            "http://livekit:7880",
            "https://meet.example/livekit/",
            "http://livekit:7880",
            "wss://meet.example/livekit",
        ),
    ],
)
def test_livekit_has_one_address_for_this_server_and_one_for_browsers(
    monkeypatch: pytest.MonkeyPatch, url: str, public: str, api: str, browsers: str
) -> None:
    given(monkeypatch, LIVEKIT_URL=url, LIVEKIT_PUBLIC_URL=public)
    settings = read(Settings)
    assert settings.livekit_url == api
    assert settings.livekit_public_url == browsers


def test_trusted_proxies_are_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, VESTIBULE_TRUSTED_PROXIES="10.0.0.1/8, 192.0.2.7 fd00::/8")
    assert read(Settings).trusted_proxies == (
        ip_network("10.0.0.0/8"),
        ip_network("192.0.2.7/32"),
        ip_network("fd00::/8"),
    )


def test_the_secret_shows_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch)
    settings = read(Settings)
    assert settings.livekit_api_secret.get_secret_value() == ENOUGH["LIVEKIT_API_SECRET"]
    assert ENOUGH["LIVEKIT_API_SECRET"] not in f"{settings} {settings!r}"


def test_a_misspelt_setting_is_found_and_the_right_one_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given(monkeypatch, VESTIBULE_KNOCK_PER_MINUTE="3")
    (tmp_path / ".env").write_text("VESTIBULE_NONSENSE=1\n")
    assert unknown_settings() == {
        "VESTIBULE_KNOCK_PER_MINUTE": "VESTIBULE_KNOCKS_PER_MINUTE",
        "VESTIBULE_NONSENSE": None,
    }
    read(Settings)  # it is no reason not to start: container platforms set such names, too


def test_a_dot_env_that_is_no_text_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given(monkeypatch)
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")
    assert lines() == [".env: cannot be read as UTF-8 text"]
