"""The settings: what an operator may choose from outside, read from the environment and `.env`."""

from __future__ import annotations

import difflib
import os
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, NoDecode, SettingsConfigDict
from yarl import URL

ENV_FILE = ".env"
PREFIX = "VESTIBULE_"
Network = IPv4Network | IPv6Network


class WrongSettings(Exception):
    """One line for each setting that is missing or wrong. No line ever holds a value: it may be a secret."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class DirectorySettings(BaseSettings):
    """What the commands need that only touch the database: whoever adds an account needs no LiveKit."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,  # `VESTIBULE_PORT=` in a compose file means: not set
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        validate_by_name=True,
        validate_by_alias=True,
    )

    database_url: str = "sqlite:///vestibule.db"
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    public_url: str = ""

    @field_validator("database_url")
    @classmethod
    def _a_file(cls, value: str) -> str:
        if value.startswith(("postgresql:", "postgres:")):
            raise ValueError(
                "PostgreSQL is not supported yet; use sqlite:///relative/path.db or sqlite:////absolute/path.db"
            )
        path = value.removeprefix("sqlite:///")
        if path == value or not path.strip("/") or path.endswith("/") or "?" in path or path == ":memory:":
            raise ValueError("must be sqlite:///relative/path.db or sqlite:////absolute/path.db")
        return value

    @field_validator("public_url")
    @classmethod
    def _an_origin(cls, value: str) -> str:
        if not value:
            return value
        url = _web_address(value, ("https", "http"))
        if url.path.strip("/"):
            raise ValueError("must be an origin such as https://meet.example.org, without a path")
        return str(url.origin())

    @model_validator(mode="after")
    def _public_on_this_machine(self) -> DirectorySettings:
        # Links go out by mail and are opened elsewhere: guessing an address is right on this machine only.
        if not self.public_url:
            if not _is_loopback(self.host):
                raise ValueError(
                    "VESTIBULE_PUBLIC_URL: missing; the address that visitors open, such as "
                    "https://meet.example.org (guessed only while VESTIBULE_HOST is this machine)"
                )
            host = f"[{self.host}]" if ":" in self.host else self.host
            object.__setattr__(self, "public_url", str(URL(f"http://{host}:{self.port}").origin()))
        return self

    @property
    def database_path(self) -> Path:
        """The SQLite file, relative to the current folder unless written with four slashes."""
        return Path(self.database_url.removeprefix("sqlite:///"))

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https:")


class Settings(DirectorySettings):
    """Everything that `vestibule serve` reads."""

    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = ()
    knocks_per_minute: int = Field(default=20, ge=0)
    sign_in_failures_per_minute: int = Field(default=10, ge=0)
    knock_away_seconds: int = Field(default=900, ge=1, le=86_400)
    reconcile_seconds: int = Field(default=30, ge=1, le=60)
    keep_meetings_days: int = Field(default=90, ge=1, le=36_500)
    keep_knocks_days: int = Field(default=30, ge=1, le=36_500)
    observer_meetings: int = Field(default=10, ge=1, le=1_000)
    livekit_url: str = Field(validation_alias="LIVEKIT_URL")
    livekit_public_url: str = Field(default="", validation_alias="LIVEKIT_PUBLIC_URL")
    livekit_api_key: str = Field(validation_alias="LIVEKIT_API_KEY")
    livekit_api_secret: SecretStr = Field(validation_alias="LIVEKIT_API_SECRET")

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return tuple(ip_network(word, strict=False) for word in value.replace(",", " ").split())
        except ValueError:
            raise ValueError("must be networks or addresses such as 10.0.0.0/8, 192.0.2.7") from None

    @field_validator("livekit_url")
    @classmethod
    def _as_the_api_is_called(cls, value: str) -> str:
        url = _web_address(value, ("https", "http", "wss", "ws"))
        return str(url.with_scheme(url.scheme.replace("ws", "http"))).rstrip("/")

    @field_validator("livekit_public_url")
    @classmethod
    def _as_browsers_connect(cls, value: str) -> str:
        return _as_websocket(_web_address(value, ("wss", "ws", "https", "http"))) if value else value

    @model_validator(mode="after")
    def _public_livekit(self) -> Settings:
        if not self.livekit_public_url:
            object.__setattr__(self, "livekit_public_url", _as_websocket(URL(self.livekit_url)))
        return self

    @property
    def livekit_has_our_origin(self) -> bool:
        """Whether browsers reach LiveKit where they reach this server: then our cookies come along."""
        ours, its = URL(_as_websocket(URL(self.public_url))), URL(self.livekit_public_url)
        return (ours.scheme, ours.host, ours.port) == (its.scheme, its.host, its.port)


AnySettings = TypeVar("AnySettings", bound=DirectorySettings)


def read(kind: type[AnySettings]) -> AnySettings:
    """Read the settings. Raises WrongSettings, which names each that is missing or wrong."""
    try:
        return kind()
    except ValidationError as wrong:
        raise WrongSettings([_line(kind, error["loc"], error) for error in _errors(wrong)]) from None
    except (OSError, UnicodeDecodeError):
        raise WrongSettings([f"{ENV_FILE}: cannot be read as UTF-8 text"]) from None


def setting_names(kind: type[DirectorySettings] = Settings) -> list[str]:
    """The names as an operator writes them."""
    return [_name(kind, field) for field in kind.model_fields]


def unknown_settings() -> dict[str, str | None]:
    """Names that look like settings of ours and are none, each with the setting that was probably meant."""
    try:
        given = {*os.environ, *DotEnvSettingsSource(Settings).env_vars}
    except (OSError, UnicodeDecodeError):
        given = {*os.environ}
    known = setting_names()
    return {
        name: next(iter(difflib.get_close_matches(name, known, 1, 0.85)), None)
        for name in sorted({name.upper() for name in given})
        if name.startswith(PREFIX) and name not in known
    }


def _name(kind: type[DirectorySettings], field: str) -> str:
    alias = kind.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else f"{PREFIX}{field.upper()}"


def _errors(wrong: ValidationError) -> list[Any]:
    return list(wrong.errors(include_url=False, include_context=False, include_input=False))


def _line(kind: type[DirectorySettings], location: tuple[int | str, ...], error: dict[str, Any]) -> str:
    reason = str(error["msg"]).removeprefix("Value error, ")
    if not location:  # a rule about several settings, which names its own
        return reason
    field = str(location[0])
    name = _name(kind, field) if field in kind.model_fields else field
    if error["type"] == "missing":
        return f"{name}: missing; {MISSING[name]}"
    if error["type"] == "int_parsing":
        return f"{name}: must be a whole number"
    return f"{name}: {reason.replace('Input should be', 'must be')}"


MISSING = {
    "LIVEKIT_URL": "the address of the LiveKit server as this server reaches it, such as http://127.0.0.1:7880",
    "LIVEKIT_API_KEY": "the name of one of the keys of the LiveKit server",
    "LIVEKIT_API_SECRET": "the secret that belongs to LIVEKIT_API_KEY",
}


def _web_address(value: str, schemes: tuple[str, ...]) -> URL:
    rule = f"must be an address that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}"
    try:
        url = URL(value.strip())
        port = url.port  # reads it: a port that is no number is found here
    except ValueError:
        raise ValueError(rule) from None
    if url.scheme not in schemes or not url.host or port == 0:
        raise ValueError(rule)
    if url.user is not None or url.password is not None or url.query_string or url.fragment:
        raise ValueError(f"{rule}, without a password, a query or a fragment")
    return url


def _as_websocket(url: URL) -> str:
    scheme = {"http": "ws", "https": "wss"}.get(url.scheme, url.scheme)
    return str(url.with_scheme(scheme)).rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
