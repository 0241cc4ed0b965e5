"""What the server is made of: the one place that wires its parts."""

from __future__ import annotations

import asyncio
import gc
import resource
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from datetime import timedelta
from typing import Any

import aiohttp
from aiohttp import web
from livekit import api

from admission.endings import clocks_begin_anew
from admission.store.sqlite import Store
from signal_server.api.body import BODY_LIMIT
from signal_server.api.call import By, described
from signal_server.clock import now
from signal_server.config import Settings
from signal_server.cross_site import cross_site
from signal_server.failed_sign_ins import FailedSignIns
from signal_server.feed import EVERYTHING, Feed
from signal_server.housekeeping import hear_others, tidy
from signal_server.in_hand import finish
from signal_server.keys import (
    FAILED_SIGN_INS,
    FEED,
    IN_HAND,
    KNOCK_LIMITS,
    LIVE_FIGURES,
    METRICS,
    PASSWORDS,
    PRESENCE,
    REACTION_LIMITS,
    ROOMS,
    SETTINGS,
    STORE,
    STREAMS,
    TOKENS,
    TURNED_AWAY,
    TURNS,
)
from signal_server.limits import KnockLimits, ReactionLimits
from signal_server.live_figures import LiveFigures
from signal_server.logs import setup_logs
from signal_server.meeting_pages import setup_meeting_pages
from signal_server.metrics import Metrics, setup_metrics
from signal_server.moving_window import forget
from signal_server.openapi import setup_openapi
from signal_server.pages import setup_pages
from signal_server.passwords import Passwords
from signal_server.presence import Presence
from signal_server.problems import problems
from signal_server.routes import add_routes
from signal_server.sfu.rooms import Rooms
from signal_server.sfu.tokens import Tokens
from signal_server.sfu.watch import Watch
from signal_server.sfu.webhook import Webhook
from signal_server.streams import Streams
from signal_server.turned_away import TurnedAway
from signal_server.turns import Turns

SHUTDOWN_SECONDS = 10.0
"""How long calls in hand may take once the server is told to stop."""

AT_A_LINK = 16
"""Calls that enter at one link at a time: a crowd there leaves everybody else their place in the database's queue, also
where no limit is set. Calls that a door keeps waiting cost what an open connection costs."""

BACKLOG = 4096
"""Connections that may wait to be accepted: after a restart everybody comes at once."""


def create_app(settings: Settings, passwords: Passwords | None = None) -> web.Application:
    """The application, its parts not started yet. `passwords` may be cheaper ones in tests."""
    app = web.Application(middlewares=[cross_site, problems], client_max_size=BODY_LIMIT)
    feed = Feed()
    secret = settings.livekit_api_secret.get_secret_value()
    app[SETTINGS] = settings
    app[FEED] = feed
    app[METRICS] = Metrics()
    app[STORE] = Store(settings.database_path, feed.publish, app[METRICS].committed)
    app[STREAMS] = Streams()
    app[PRESENCE] = Presence(app[STORE])
    app[TOKENS] = Tokens(settings.livekit_api_key, secret)
    app[KNOCK_LIMITS] = KnockLimits(settings.knocks_per_minute)
    app[TURNS] = Turns(AT_A_LINK)
    app[REACTION_LIMITS] = ReactionLimits()
    app[TURNED_AWAY] = TurnedAway()
    app[LIVE_FIGURES] = LiveFigures(app[STORE])
    app[IN_HAND] = set()
    app[PASSWORDS] = passwords or Passwords()
    app[FAILED_SIGN_INS] = FailedSignIns(settings.sign_in_failures_per_minute)
    add_routes(app)
    setup_pages(app)
    setup_meeting_pages(app)
    setup_metrics(app)
    setup_openapi(app)
    app.router.add_post("/livekit/webhook", _webhook)
    app.cleanup_ctx.extend([_store, _sfu, _by_itself])
    app.on_shutdown.append(_end_streams)
    return app


WEBHOOK: web.AppKey[Webhook] = web.AppKey("webhook", Webhook)


@described(By.LIVEKIT, {200: None, 401: None})
async def _webhook(request: web.Request) -> web.Response:
    """POST /livekit/webhook: what happened in a room. Rooms that are not ours are left alone."""
    return await request.app[WEBHOOK].post(request)


async def _store(app: web.Application) -> AsyncIterator[None]:
    await app[STORE].start()
    with (
        app[FEED].listening([EVERYTHING], app[PRESENCE].heard),
        app[FEED].listening([EVERYTHING], app[TURNED_AWAY].heard),
        app[FEED].listening([EVERYTHING], app[METRICS].heard),
    ):
        app[PRESENCE].expect(await app[STORE].run(lambda repository: clocks_begin_anew(repository, now())))
        yield
    app[PASSWORDS].close()
    await app[STORE].stop()


async def _sfu(app: web.Application) -> AsyncIterator[None]:
    settings = app[SETTINGS]
    key, secret = settings.livekit_api_key, settings.livekit_api_secret.get_secret_value()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        livekit = api.LiveKitAPI(settings.livekit_url, key, secret, session=session, failover=False)
        app[ROOMS] = Rooms(livekit, app[STORE], app[METRICS].livekit_failed)
        app[WEBHOOK] = Webhook(key, secret, app[STORE], app[ROOMS])
        away = timedelta(seconds=settings.knock_away_seconds)
        watch = Watch(app[STORE], app[ROOMS], settings.reconcile_seconds, away)
        with app[FEED].listening([EVERYTHING], watch.heard):
            tasks = _started(watch.run(), watch.clock())
            yield
            await finish(app)
            await _stopped(tasks)
            await app[WEBHOOK].finish()


async def _by_itself(app: web.Application) -> AsyncIterator[None]:
    keep_knocks = timedelta(days=app[SETTINGS].keep_knocks_days)
    keep_meetings = timedelta(days=app[SETTINGS].keep_meetings_days)
    tasks = _started(
        app[PRESENCE].watch(),
        app[LIVE_FIGURES].run(),
        forget(
            app[KNOCK_LIMITS].by_address,
            app[KNOCK_LIMITS].by_link,
            app[REACTION_LIMITS].by_seat,
            app[FAILED_SIGN_INS].window,
        ),
        hear_others(app[STORE], app[FEED]),
        tidy(app[STORE], app[FEED], keep_knocks, keep_meetings),
    )
    yield
    await _stopped(tasks)


def _started(*work: Coroutine[Any, Any, None]) -> list[asyncio.Task[None]]:
    return [asyncio.create_task(each) for each in work]


async def _stopped(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task


async def _end_streams(app: web.Application) -> None:
    app[STREAMS].end_all()


def _allow_many_connections() -> None:
    """As many as the system lets this process have: one for everybody who waits."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError):  # macOS names no limit, and then refuses that number
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _look_for_garbage_seldom() -> None:
    """Keep Python from going through everything that is alive each time some more of it is.

    With 10,000 open streams that takes half a second in which nobody hears anything, again and again while people
    come. Hardly anything here is garbage that needs to be looked for, so `tidy` does it, once an hour.
    """
    gc.collect()
    gc.freeze()  # what is there by now stays
    gc.set_threshold(5_000, 5, 1_000_000)


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT: then end streams and calls in hand, and return. Raises OSError."""
    setup_logs()
    _allow_many_connections()
    app = create_app(settings)
    _look_for_garbage_seldom()
    web.run_app(
        app,
        host=settings.host,
        port=settings.port,
        access_log=None,  # it would write addresses of links
        print=None,
        backlog=BACKLOG,
        # A page that is gone must be known to be gone: its owner is not rung at, its guest is away.
        handler_cancellation=True,
        shutdown_timeout=SHUTDOWN_SECONDS,
    )
