"""`vestibule check`: tries everything that a meeting needs, for real, and says what to do about what fails."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sqlite3
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol

import aiohttp
import click
from aiohttp import web
from livekit import api
from livekit.api.twirp_client import ServerError
from yarl import URL

from admission.store.repository import Repository
from admission.store.schema import NewerDatabase
from admission.store.sqlite import connect, run_now
from signal_server.config import Settings, WrongSettings, read, unknown_settings
from signal_server.sfu.webhook import CHECK_ROOM

PATIENCE = 5.0
"""Seconds that each thing has to answer."""

CLOCKS_APART = timedelta(seconds=10)
"""A token holds for 60 s, and LiveKit forgives another minute: a fifth of that may be the clocks' fault."""

SHORT_SECRET = 32

WEBHOOK_PATH = "/livekit/webhook"

CHECKS = SETTINGS, DATABASE, LIVEKIT, KEY, WEBHOOK, PUBLIC, CLOCKS = (
    "settings",
    "database",
    "LiveKit reached",
    "key accepted",
    "webhook round trip",
    "public address",
    "clocks",
)


class Fails(Exception):
    """A check found something that has to be mended; the text says what, and how.

    `blocks`: what rests on it would only fail again, and hide the cause.
    """

    def __init__(self, text: str, *, blocks: bool = True) -> None:
        super().__init__(text)
        self.blocks = blocks


async def check_everything(say: Callable[[str], None] = click.echo) -> int:
    """Print a line for each check. Returns the exit code: 0, 1 where one failed, 2 where none could begin."""
    try:
        settings = read(Settings)
    except WrongSettings as wrong:
        return _stopped_at(SETTINGS, "; ".join(wrong.lines), say, 2)
    say(_line("ok", SETTINGS, _about(settings)))
    try:
        await asyncio.to_thread(run_now, settings.database_path, lambda r: r.pulse(datetime.now(UTC)))
    except NewerDatabase:
        return _stopped_at(DATABASE, "written by a newer version of Vestibule: run that version", say, 2)
    except sqlite3.Error as error:
        return _stopped_at(DATABASE, f"VESTIBULE_DATABASE_URL: {error}", say, 1)
    say(_line("ok", DATABASE, f"{settings.database_path} commits"))
    failed = False
    async for verdict, name, text in _over_the_network(settings):
        failed = failed or verdict != "ok"
        say(_line(verdict, name, text))
    return 1 if failed else 0


def _stopped_at(check: str, text: str, say: Callable[[str], None], code: int) -> int:
    say(_line("FAIL", check, text))
    for name in CHECKS[CHECKS.index(check) + 1 :]:
        say(_line("-", name, f"not tried: it needs “{check}”"))
    return code


def _line(verdict: str, name: str, text: str) -> str:
    return f"{verdict:<5} {name:<19} {text}"


def _about(settings: Settings) -> str:
    notes = [
        f"{name} is none of ours and was left aside" + (f": was {meant} meant?" if meant else "")
        for name, meant in unknown_settings().items()
    ]
    if len(settings.livekit_api_secret.get_secret_value()) < SHORT_SECRET:
        notes.append(f"LIVEKIT_API_SECRET is shorter than {SHORT_SECRET} characters: choose a longer one")
    if settings.https and not settings.trusted_proxies:
        # The server itself speaks no TLS: something stands before it.
        notes.append(
            "VESTIBULE_TRUSTED_PROXIES is empty, so all visitors behind the proxy of VESTIBULE_PUBLIC_URL count as one "
            "address and have one limit together: give the proxy's address as this server sees it"
        )
    return "; ".join(notes) or "complete"


async def _over_the_network(settings: Settings) -> AsyncIterator[tuple[str, str, str]]:
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    async with aiohttp.ClientSession(timeout=timeout) as session, _server(settings, session) as server:
        probes = Probes(settings, session, server)
        # Each with what it rests on.
        checks: tuple[tuple[str, Callable[[], Awaitable[str]], str | None], ...] = (
            (LIVEKIT, probes.livekit_reached, None),
            (KEY, probes.key_accepted, LIVEKIT),
            (WEBHOOK, probes.webhook_round_trip, KEY),
            (PUBLIC, probes.public_address, None),
            (CLOCKS, probes.clocks, LIVEKIT),
        )
        missing: set[str] = set()
        for name, probe, needs in checks:
            if needs in missing:
                missing.add(name)
                yield "-", name, f"not tried: it needs “{needs}”"
                continue
            try:
                yield "ok", name, await probe()
            except Fails as fails:
                if fails.blocks:
                    missing.add(name)
                yield "FAIL", name, str(fails)


class Probes:
    """The checks that ask other programs. Each returns what it saw, or raises Fails."""

    def __init__(self, settings: Settings, session: aiohttp.ClientSession, server: Server) -> None:
        self._settings = settings
        self._session = session
        self._server = server
        secret = settings.livekit_api_secret.get_secret_value()
        self._livekit = api.LiveKitAPI(
            settings.livekit_url, settings.livekit_api_key, secret, session=session, failover=False
        )

    async def livekit_reached(self) -> str:
        """As this server reaches it, and as browsers do."""
        settings = self._settings
        status, _ = await self._get(settings.livekit_url, "LIVEKIT_URL", "Is LiveKit running there?")
        if status >= 500:
            raise Fails(f"LIVEKIT_URL: {settings.livekit_url} answers {status}: is that LiveKit?")
        public = URL(settings.livekit_public_url)
        if settings.https and public.scheme == "ws":
            raise Fails(
                f"LIVEKIT_PUBLIC_URL: {public} is not encrypted, and browsers refuse that from an https page: "
                "put LiveKit behind a proxy with a certificate and give its wss:// address",
                blocks=False,
            )
        if _only_here(public.host) and not _only_here(URL(settings.public_url).host):
            raise Fails(
                f"LIVEKIT_PUBLIC_URL: {public} means each visitor's own machine: give a public address",
                blocks=False,
            )
        # Whoever brings no token is turned away by LiveKit, or by the proxy in front of it, and never with 404.
        validate = f"{_as_http(public)}/rtc/v1/validate"
        status, _ = await self._get(validate, "LIVEKIT_PUBLIC_URL", "Browsers would not reach it either", blocks=False)
        if status != 401:
            raise Fails(
                f"LIVEKIT_PUBLIC_URL: {public} answers {status} where LiveKit would say 401: is it LiveKit?",
                blocks=False,
            )
        return f"{settings.livekit_url}, by browsers as {public}"

    async def key_accepted(self) -> str:
        try:
            async with asyncio.timeout(PATIENCE):
                rooms = await self._livekit.room.list_rooms(api.ListRoomsRequest())
        except ServerError as error:
            if error.status == 401:
                raise Fails(
                    "LIVEKIT_API_KEY, LIVEKIT_API_SECRET: LiveKit does not take them: "
                    "they must be one of the pairs under `keys` in its configuration"
                ) from None
            raise Fails(f"LIVEKIT_URL: answers {error.status} {error.code}: is that LiveKit?") from None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise Fails(f"LIVEKIT_URL: {_why(error)}") from None
        return f"LiveKit has {len(rooms.rooms)} rooms at the moment"

    async def webhook_round_trip(self) -> str:
        """Make a room and wait until LiveKit has told the server so."""
        room = CHECK_ROOM + secrets.token_hex(8)
        try:
            async with asyncio.timeout(PATIENCE):
                await self._livekit.room.create_room(
                    api.CreateRoomRequest(name=room, empty_timeout=2 * round(PATIENCE))
                )
                return await self._server.heard_of(room)
        except TimeoutError:
            raise Fails(self._server.why_nothing_came()) from None
        except (ServerError, aiohttp.ClientError, OSError, ValueError) as error:
            raise Fails(f"LiveKit could not make a room: {_why(error)}") from None
        finally:
            await self._delete(room)

    async def _delete(self, room: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._livekit.room.delete_room(api.DeleteRoomRequest(room=room))
        except (ServerError, aiohttp.ClientError, TimeoutError, OSError, ValueError):
            pass  # it was made to go away by itself

    async def public_address(self) -> str:
        """From this machine: what a visitor's network thinks of the address, nobody here can know."""
        public = URL(self._settings.public_url)
        if public.scheme != "https" and not _only_here(public.host):
            raise Fails(
                f"VESTIBULE_PUBLIC_URL: {public}: browsers give camera and microphone to https pages only: "
                "put a proxy with a certificate in front and give its https:// address"
            )
        status, body = await self._get(
            f"{self._settings.public_url}/healthz", "VESTIBULE_PUBLIC_URL", "Does the proxy pass it on to this server?"
        )
        if status in (301, 302, 303, 307, 308):
            raise Fails(f"VESTIBULE_PUBLIC_URL: {public} sends browsers elsewhere: give the address where they end up")
        if status != 200 or not self._server.is_its_answer(body):
            raise Fails(f"VESTIBULE_PUBLIC_URL: {public} is answered by something else ({status})")
        return f"{public} leads here"

    async def clocks(self) -> str:
        before = datetime.now(UTC)
        async with self._session.get(self._settings.livekit_url) as answer:
            date = answer.headers.get("Date")
        if date is None:
            raise Fails("LiveKit does not say what time it has: a proxy in front of it takes the Date header away")
        between = before + (datetime.now(UTC) - before) / 2
        # The header has whole seconds, cut off: on average half a second less than it was.
        apart = abs(parsedate_to_datetime(date) + timedelta(seconds=0.5) - between)
        if apart > CLOCKS_APART:
            raise Fails(f"LiveKit's clock and this one are {apart.total_seconds():.0f} s apart: set both by NTP")
        return f"LiveKit's and this one are within {max(1, round(apart.total_seconds()))} s"

    async def _get(self, url: str, setting: str, hint: str, *, blocks: bool = True) -> tuple[int, bytes]:
        try:
            async with self._session.get(url, allow_redirects=False) as answer:
                return answer.status, await answer.content.read(1000)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise Fails(f"{setting}: {url}: {_why(error)}. {hint}", blocks=blocks) from None


class Server(Protocol):
    """To whom LiveKit's webhooks and the visitors come: the running server, or this command in its place."""

    async def heard_of(self, room: str) -> str:
        """Wait until LiveKit has told of this room; say who heard it. Raises Fails."""

    def why_nothing_came(self) -> str:
        """What to say when it waited in vain."""

    def is_its_answer(self, body: bytes) -> bool:
        """Whether this server, and no other program, answered /healthz with this."""


NOTHING_CAME = (
    "LiveKit made a room and told nobody here. In its configuration: `webhook: {api_key: <LIVEKIT_API_KEY>, "
    f"urls: [<this server as LiveKit reaches it>{WEBHOOK_PATH}]}}`"
)


class RunningServer:
    """It notes in the database which rooms of a check it heard of."""

    def __init__(self, database: Path) -> None:
        self._database = database

    async def heard_of(self, room: str) -> str:
        db = connect(self._database)
        try:
            repository = Repository(db.conn)
            while not repository.heard_of(room):  # noqa: ASYNC110 - it happens in another process
                await asyncio.sleep(0.05)
        finally:
            db.close()
        return "LiveKit made a room, and the running server heard of it"

    def why_nothing_came(self) -> str:
        return NOTHING_CAME

    def is_its_answer(self, body: bytes) -> bool:
        try:
            return bool(json.loads(body)["status"] == "ok")
        except (ValueError, TypeError, KeyError):
            return False


class StandIn:
    """Listens in the place of the server while that is not running."""

    def __init__(self, settings: Settings) -> None:
        secret = settings.livekit_api_secret.get_secret_value()
        self._receiver = api.WebhookReceiver(api.TokenVerifier(settings.livekit_api_key, secret))
        self._mark = secrets.token_hex(16)
        self._rooms: asyncio.Queue[str] = asyncio.Queue()
        self._wrongly_signed = False

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.get("/healthz", self._healthz), web.post(WEBHOOK_PATH, self._webhook)])
        return app

    async def _healthz(self, request: web.Request) -> web.Response:
        return web.Response(text=self._mark)

    async def _webhook(self, request: web.Request) -> web.Response:
        try:
            event = self._receiver.receive(await request.text(), request.headers.get("Authorization", ""))
        except Exception:  # livekit-api raises bare exceptions for a hash that does not fit
            self._wrongly_signed = True
            return web.Response(status=401)
        self._rooms.put_nowait(event.room.name)
        return web.Response()

    async def heard_of(self, room: str) -> str:
        while await self._rooms.get() != room:
            pass  # LiveKit tells of other rooms, too
        return "LiveKit made a room and told this command, in the place of the server, which is not running"

    def why_nothing_came(self) -> str:
        if self._wrongly_signed:
            return (
                "A webhook came that another key has signed: in LiveKit's configuration, "
                "`webhook: api_key` must be LIVEKIT_API_KEY"
            )
        return NOTHING_CAME

    def is_its_answer(self, body: bytes) -> bool:
        return body == self._mark.encode()


class NobodyThere:
    """The server is not running, and another program is in its place."""

    def __init__(self, why: str) -> None:
        self._why = why

    async def heard_of(self, room: str) -> str:
        raise Fails(f"the server is not running, and this command cannot listen in its place: {self._why}")

    def why_nothing_came(self) -> str:
        return NOTHING_CAME

    def is_its_answer(self, body: bytes) -> bool:
        return False


@asynccontextmanager
async def _server(settings: Settings, session: aiohttp.ClientSession) -> AsyncIterator[Server]:
    running = RunningServer(settings.database_path)
    # By its public address, too: it may run in another container, on the same database.
    for address in (_here(settings), settings.public_url):
        try:
            async with session.get(f"{address}/healthz", allow_redirects=False) as answer:
                if answer.status == 200 and running.is_its_answer(await answer.content.read(1000)):
                    yield running
                    return
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            continue
    stand_in = StandIn(settings)
    runner = web.AppRunner(stand_in.app(), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
        server: Server = stand_in
    except OSError as error:
        server = NobodyThere(f"{settings.host} port {settings.port}: {_why(error)}")
    try:
        yield server
    finally:
        await runner.cleanup()


def _here(settings: Settings) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    return str(URL.build(scheme="http", host=host, port=settings.port).origin())


def _as_http(url: URL) -> str:
    return str(url.with_scheme("https" if url.scheme == "wss" else "http")).rstrip("/")


def _only_here(host: str | None) -> bool:
    if host is None or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _why(error: Exception) -> str:
    """In words for an operator; the texts of the libraries hold addresses and internals."""
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return "its certificate is not valid for this address"
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return "it does not speak TLS as it should"
        case aiohttp.ClientConnectorDNSError():
            return "nobody knows this name (DNS)"
        case TimeoutError():
            return f"no answer within {PATIENCE:.0f} s"
        case aiohttp.ClientConnectorError() if error.os_error.errno:
            return os.strerror(error.os_error.errno).lower()
        case OSError() if error.errno:
            return os.strerror(error.errno).lower()
        case ServerError():
            return f"LiveKit answers {error.status} {error.code}"
        case _:
            return "the answer cannot be understood"
