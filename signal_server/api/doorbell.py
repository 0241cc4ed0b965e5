"""The doorbell: who is at the door, for those who may decide, on whatever page they have open."""

from __future__ import annotations

import asyncio
from typing import Annotated

from aiohttp import web
from pydantic import Field

from admission import waiting_room
from admission.changes import Change, DoorChanged, KnockChanged, SessionEnded
from admission.store.repository import Repository
from admission.store.sqlite import StoreBusy
from admission.visitor import recognise
from signal_server import views
from signal_server.api.body import Body
from signal_server.api.call import By, Stream, call, call_with
from signal_server.clock import now
from signal_server.feed import door_topic, session_topic
from signal_server.keys import FEED, PRESENCE, STORE, STREAMS
from signal_server.visitor import credentials_of, visitor_of

STREAMS_AN_ACCOUNT = 20


class Knocks(Body):
    knocks: Annotated[list[str], Field(max_length=1000)]


@call(
    By.SIGNED_IN,
    {
        200: Stream(
            {
                "snapshot": {"account": str, "knocks": list[views.DoorKnock]},
                "knock": views.DoorKnock,
                "gone": views.Gone,
                "elsewhere": {},
            }
        )
    },
)
async def events(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/doorbell/events: `snapshot`, then `knock` (new or changed) and `gone`."""
    app, sent = request.app, credentials_of(request)
    visitor = await visitor_of(request)
    account = visitor.signed_in()
    assert visitor.session_hash is not None, "who is signed in has a session"
    with app[STREAMS].one_of(("account", account.id), STREAMS_AN_ACCOUNT) as stream:
        shown: dict[str, int] = {}
        early: dict[str, KnockChanged] | None = {}
        rereading: set[asyncio.Task[None]] = set()

        def changed(change: Change) -> None:
            if isinstance(change, SessionEnded):
                stream.end()
            elif isinstance(change, DoorChanged):
                task = asyncio.create_task(read_again())
                rereading.add(task)
                task.add_done_callback(rereading.discard)
            elif isinstance(change, KnockChanged):
                if early is not None:
                    early[change.knock.id] = change
                elif change.knock.version > shown.get(change.knock.id, 0):
                    show(change)

        def show(change: KnockChanged) -> None:
            knocked = change.knock
            if views.at_door(knocked):
                shown[knocked.id] = knocked.version
                stream.send("knock", views.door_knock(change))
            elif shown.pop(knocked.id, None) is not None:
                stream.send("gone", views.gone(knocked))

        async def read_again() -> None:
            """This account may decide on others now, or on fewer."""
            known = list(shown)
            try:
                waiting, before = await app[STORE].run(
                    lambda repository: (
                        waiting_room.doorbell(repository, account.id),
                        [repository.knock(knock_id) for knock_id in known],
                    )
                )
            except StoreBusy:
                stream.end()  # its page comes back and reads anew
                return
            for change in waiting:
                changed(change)
            still = {change.knock.id for change in waiting}
            for knocked in before:
                if knocked is not None and knocked.id not in still and shown.pop(knocked.id, None) is not None:
                    stream.send("gone", views.gone(knocked))

        def who_waits(repository: Repository) -> list[KnockChanged]:
            # The sign-in may have ended after it was read and before anybody listened.
            recognise(repository, sent, now()).signed_in()
            return waiting_room.doorbell(repository, account.id)

        async def begin() -> None:
            nonlocal early
            waiting = await app[STORE].run(who_waits)
            shown.update((change.knock.id, change.knock.version) for change in waiting)
            # Whose door it is: a page of somebody else, who was signed in here before, must not show it as theirs.
            stream.send("snapshot", {"account": account.id, "knocks": [views.door_knock(change) for change in waiting]})
            heard, early = early or {}, None
            for change in heard.values():
                changed(change)

        # Listen before reading, so that no knock falls between the two.
        with app[FEED].listening([door_topic(account.id), session_topic(visitor.session_hash)], changed):
            await begin()
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
