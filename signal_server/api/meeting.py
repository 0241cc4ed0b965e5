"""Inside a meeting: its stream, and leaving it."""

from __future__ import annotations

from aiohttp import web

from admission import waiting_room
from admission.changes import Change, SeatEnded, SessionEnded
from signal_server import views
from signal_server.api.body import Body, read
from signal_server.clock import now
from signal_server.feed import seat_topic, session_topic
from signal_server.keys import FEED, STORE, STREAMS
from signal_server.visitor import credentials_of

STREAMS_A_SEAT = 3


class Leaving(Body):
    identity: str


async def events(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/meetings/{id}/events: `snapshot`, then what changes for this person, then `over`."""
    app = request.app
    meeting_id, sent = request.match_info["id"], credentials_of(request)

    entered = await app[STORE].run(lambda repository: waiting_room.seat_in_meeting(repository, meeting_id, sent, now()))
    with app[STREAMS].one_of(("seat", entered.seat.id), STREAMS_A_SEAT) as stream:

        def changed(change: Change) -> None:
            match change:
                case SeatEnded():
                    stream.send("over", {"reason": change.seat.reason, "by": change.by})
                    stream.end()
                case SessionEnded():
                    stream.end()

        topics = [seat_topic(entered.seat.id)]
        if sent.session_hash is not None:
            topics.append(session_topic(sent.session_hash))
        with app[FEED].listening(topics, changed):
            # Read again now that we listen: the seat may have ended in between.
            entered = await app[STORE].run(
                lambda repository: waiting_room.seat_in_meeting(repository, meeting_id, sent, now())
            )
            stream.send(
                "snapshot",
                {
                    "setup": views.setup(entered.meeting.setup, entered.meeting.setup_version, entered.plan_seats),
                    "rights": views.rights(entered.rights),
                    "hands": [],
                    "contributions": None,
                },
            )
            return await stream.respond(request)


async def leave(request: web.Request) -> web.Response:
    """POST /api/v1/meetings/{id}/leave: the person pressed *Leave*."""
    leaving = await read(request, Leaving)
    meeting_id, sent = request.match_info["id"], credentials_of(request)
    await request.app[STORE].run(
        lambda repository: waiting_room.leave(repository, meeting_id, leaving.identity, sent, now())
    )
    return web.Response(status=204)
