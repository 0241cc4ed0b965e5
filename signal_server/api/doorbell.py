"""The doorbell: who is at the door, for those who may decide, on whatever page they have open."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated

import structlog
from aiohttp import web
from pydantic import Field

from admission import waiting_room
from admission.changes import Change, DoorChanged, KnockChanged, SessionEnded
from admission.errors import NotSignedIn
from admission.knock import Knock
from admission.store.repository import Repository
from admission.store.sqlite import StoreBusy
from admission.visitor import recognise
from admission.waiting_room import AtDoor
from signal_server import views
from signal_server.api.body import Body
from signal_server.api.call import By, Stream, call, call_with
from signal_server.clock import now
from signal_server.feed import door_topic, session_topic
from signal_server.keys import FEED, PRESENCE, STORE, STREAMS
from signal_server.streams import Stream as EventStream
from signal_server.visitor import credentials_of, visitor_of

log = structlog.get_logger()

There = tuple[AtDoor, list[Knock]]

STREAMS_AN_ACCOUNT = 20

SHOWN = 500
"""So many at the door are told one by one, in order of arrival. Of those behind them a page is told the number."""

NUMBER_EVERY = 1.0
"""Seconds from one telling of that number to the next, and from one moving up to the next, at least."""


class Knocks(Body):
    knocks: Annotated[list[str], Field(max_length=1000)]


class DoorPage:
    """What one page has been told of who is at the door. The crowd behind the first costs it nothing but a number."""

    def __init__(self, stream: EventStream, read: Callable[[Iterable[str]], Awaitable[There]]) -> None:
        """`read` reads who is at the door, and what has become of the knocks that it is asked for."""
        self._stream = stream
        self._read = read
        self._shown: dict[str, int] = {}  # with their versions
        self._behind: set[str] = set()
        self._paused = False
        self._told: views.DoorNow | None = None
        self._telling: asyncio.TimerHandle | None = None
        self._meanwhile: dict[str, KnockChanged] | None = {}  # heard while the store is read
        self._reading: asyncio.Task[None] | None = None
        self._again = False

    async def begin(self, account_id: str) -> None:
        """Send the snapshot. Whose door it is, too: a page of who was signed in here before must not show it."""
        now_there, _ = await self._read(())
        self._shown = {change.knock.id: change.knock.version for change in now_there.first}
        self._behind, self._paused = now_there.others, now_there.paused
        self._told = self._state()
        knocks = [views.door_knock(change) for change in now_there.first]
        self._stream.send("snapshot", {"account": account_id, "knocks": knocks, **self._told})
        self._catch_up()

    def hear(self, change: KnockChanged) -> None:
        knocked = change.knock
        if self._meanwhile is not None:
            self._meanwhile[knocked.id] = change
        elif knocked.id in self._shown:
            self._follow(change)
        elif not views.at_door(knocked):
            self._behind.discard(knocked.id)
            self._count()
        elif self._behind or len(self._shown) >= SHOWN:
            self._behind.add(knocked.id)
            self._count()
        else:
            self._show(change)

    def read_again(self) -> None:
        """This account may decide on others now, or on fewer; or there is room for those behind."""
        self._again = True
        if self._reading is None:
            self._reading = asyncio.create_task(self._catch_up_with_the_store())

    def _follow(self, change: KnockChanged) -> None:
        if change.knock.version <= self._shown[change.knock.id]:
            return
        if views.at_door(change.knock):
            self._show(change)
        else:
            self._gone(change.knock)
            self._count()

    def _show(self, change: KnockChanged) -> None:
        self._shown[change.knock.id] = change.knock.version
        self._stream.send("knock", views.door_knock(change))

    def _gone(self, knocked: Knock) -> None:
        del self._shown[knocked.id]
        self._stream.send("gone", views.gone(knocked))

    async def _catch_up_with_the_store(self) -> None:
        try:
            while self._again:
                self._again, self._meanwhile = False, {}
                now_there, before = await self._read(tuple(self._shown))
                for change in now_there.first:
                    if change.knock.version > self._shown.get(change.knock.id, 0):
                        self._show(change)
                for knocked in before:
                    if knocked.id not in now_there.others:
                        self._gone(knocked)
                self._behind = now_there.others - self._shown.keys()
                self._paused = now_there.paused
                self._catch_up()
                self._count()
        except (StoreBusy, NotSignedIn):
            self._stream.end()  # its page comes back and reads anew
        except Exception:
            # Otherwise the page would hear of nobody any more, on a stream that looks alive.
            log.exception("could not read who is at a door")
            self._stream.end()
        finally:
            self._reading = None

    def _catch_up(self) -> None:
        heard, self._meanwhile = self._meanwhile or {}, None
        for change in heard.values():
            self.hear(change)

    def _state(self) -> views.DoorNow:
        return {"more": len(self._behind), "paused": self._paused}

    @property
    def _room(self) -> bool:
        """So few are left of the first that those behind them move up."""
        return bool(self._behind) and len(self._shown) <= SHOWN // 2

    def _count(self) -> None:
        if self._telling is None and (self._room or self._told != self._state()):
            self._telling = asyncio.get_running_loop().call_later(NUMBER_EVERY, self._tell)

    def _tell(self) -> None:
        self._telling = None
        if self._room:
            self.read_again()
        elif self._told != self._state():
            self._told = self._state()
            self._stream.send("door", self._told)


@call(
    By.SIGNED_IN,
    {
        200: Stream(
            {
                "snapshot": views.AtDoor,
                "knock": views.DoorKnock,
                "gone": views.Gone,
                "door": views.DoorNow,
                "elsewhere": {},
            }
        )
    },
)
async def events(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/doorbell/events: `snapshot`, then `knock` (new or changed), `gone`, and `door`: how many more."""
    app, sent = request.app, credentials_of(request)
    visitor = await visitor_of(request)
    account = visitor.signed_in()
    assert visitor.session_hash is not None, "who is signed in has a session"

    async def read(known: Iterable[str]) -> There:
        def use_case(repository: Repository) -> There:
            # The sign-in may have ended after it was read and before anybody listened.
            recognise(repository, sent, now()).signed_in()
            there = waiting_room.at_door(repository, account.id, SHOWN)
            still = {change.knock.id for change in there.first}
            before = [repository.knock(knock_id) for knock_id in known if knock_id not in still]
            return there, [knocked for knocked in before if knocked is not None]

        return await app[STORE].run(use_case)

    with app[STREAMS].one_of(("account", account.id), STREAMS_AN_ACCOUNT) as stream:
        page = DoorPage(stream, read)

        def changed(change: Change) -> None:
            if isinstance(change, SessionEnded):
                stream.end()
            elif isinstance(change, DoorChanged):
                page.read_again()
            elif isinstance(change, KnockChanged):
                page.hear(change)

        # Listen before reading, so that no knock falls between the two.
        with app[FEED].listening([door_topic(account.id), session_topic(visitor.session_hash)], changed):
            await page.begin(account.id)
            with app[PRESENCE].doorbell_open(account.id):
                return await stream.respond(request)


@call_with(Knocks, By.SIGNED_IN, {204: None})
async def seen(request: web.Request, asked: Knocks) -> web.Response:
    """POST /api/v1/doorbell/seen: a visible page shows these knocks."""
    sent = credentials_of(request)
    await request.app[STORE].run(lambda repository: waiting_room.seen(repository, asked.knocks, sent, now()))
    return web.Response(status=204)


@call_with(Knocks, By.SIGNED_IN, {204: None})
async def dismiss(request: web.Request, asked: Knocks) -> web.Response:
    """POST /api/v1/doorbell/dismiss: off the list of missed ones."""
    sent = credentials_of(request)
    await request.app[STORE].run(lambda repository: waiting_room.dismiss(repository, asked.knocks, sent, now()))
    return web.Response(status=204)
