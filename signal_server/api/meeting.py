"""Inside a meeting: its stream, hands and reactions, and leaving it."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial

from aiohttp import web
from pydantic import StrictBool

from admission import inside
from admission.changes import Change, HandsChanged, Noticed, Reacted, RoomSetUp, SeatEnded, SessionEnded
from admission.seat import Role
from signal_server import contributions, views
from signal_server.api.body import Body
from signal_server.api.call import By, Stream, call, call_with
from signal_server.clock import now
from signal_server.feed import meeting_topic, seat_topic, session_topic
from signal_server.keys import FEED, LIVE_FIGURES, REACTION_LIMITS, STORE, STREAMS, TURNED_AWAY
from signal_server.turned_away import Counts
from signal_server.visitor import credentials_of

STREAMS_A_SEAT = 3


class Leaving(Body):
    identity: str


class RaisedHand(Body):
    identity: str
    raised: StrictBool


class React(Body):
    identity: str
    reaction: inside.Reaction


EVENTS = {
    "snapshot": {
        "setup": views.Setup,
        "rights": views.RightsNow,
        "hands": list[views.Hand],
        "contributions": contributions.Shown | None,
    },
    "setup": views.SetupBy,
    "rights": views.RightsNow,
    "hands": {"hands": list[views.Hand]},
    "notice": views.Notice | views.TurnedAway,
    "contributions": contributions.Shown | None,
    "reaction": {"identity": str, "name": str, "reaction": inside.Reaction},
    "over": {"reason": str | None, "by": str | None},
    "elsewhere": {},
}


@call(By.INSIDE, {200: Stream(EVENTS)})
async def events(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/meetings/{id}/events: `snapshot`, then what changes for this person, then `over`."""
    app = request.app
    meeting_id, sent = request.match_info["id"], credentials_of(request)

    entered = await app[STORE].run(lambda repository: inside.seat_in_meeting(repository, meeting_id, sent, now()))
    with app[STREAMS].one_of(("seat", entered.seat.id), STREAMS_A_SEAT) as stream:

        def changed(change: Change) -> None:
            match change:
                case SeatEnded():
                    stream.send("over", {"reason": change.seat.reason, "by": change.by})
                    stream.end()
                case HandsChanged():
                    stream.send("hands", {"hands": views.hands(change.hands)})
                case Reacted():
                    who = {"identity": change.seat.identity, "name": change.seat.name}
                    stream.send("reaction", {**who, "reaction": change.reaction})
                case RoomSetUp():
                    stream.send("setup", views.setup(change.meeting.setup, entered.plan_seats) | {"by": change.by})
                    if entered.seat.id in change.rights:
                        stream.send("rights", views.rights(change.rights[entered.seat.id]))
                case Noticed():
                    stream.send("notice", {"kind": change.kind, "by": change.by, "source": change.source})
                case SessionEnded():
                    stream.end()

        def turned_away(counts: Counts) -> None:
            told = {"kind": "turned-away", "locked": counts["locked"], "full": counts["full"]}
            stream.send("notice", told | {"plan": entered.plan, "seats": entered.plan_seats})

        moderates = entered.seat.role is Role.MODERATOR
        topics = [seat_topic(entered.seat.id), meeting_topic(meeting_id)]
        if sent.session_hash is not None:
            topics.append(session_topic(sent.session_hash))
        figures = app[LIVE_FIGURES].following(meeting_id, partial(stream.send, "contributions"))
        with app[FEED].listening(topics, changed):
            async with figures as figures_now:
                # Read again now that we listen: the seat may have ended in between.
                entered, hands = await app[STORE].run(
                    lambda repository: (
                        inside.seat_in_meeting(repository, meeting_id, sent, now()),
                        repository.hands(meeting_id),
                    )
                )
                stream.send(
                    "snapshot",
                    {
                        "setup": views.setup(entered.meeting.setup, entered.plan_seats),
                        "rights": views.rights(entered.rights),
                        "hands": views.hands(hands),
                        "contributions": figures_now(),
                    },
                )
                with app[TURNED_AWAY].listening(meeting_id, turned_away) if moderates else nullcontext():
                    return await stream.respond(request)


@call_with(RaisedHand, By.INSIDE, {200: {"hands": list[views.Hand]}}, "forbidden", "too-many-requests")
async def hand(request: web.Request, asked: RaisedHand) -> web.Response:
    """POST /api/v1/meetings/{id}/hand: up or down; a moderator may lower anybody's, or everyone's."""
    meeting_id, sent = request.match_info["id"], credentials_of(request)
    spend = request.app[REACTION_LIMITS].spend
    hands = await request.app[STORE].run(
        lambda repository: inside.raise_hand(repository, meeting_id, asked.identity, asked.raised, sent, now(), spend)
    )
    return web.json_response({"hands": views.hands(hands)})


@call_with(React, By.INSIDE, {204: None}, "forbidden", "too-many-requests")
async def react(request: web.Request, asked: React) -> web.Response:
    """POST /api/v1/meetings/{id}/reaction: shown to everybody for a moment."""
    meeting_id, sent = request.match_info["id"], credentials_of(request)
    spend = request.app[REACTION_LIMITS].spend
    await request.app[STORE].run(
        lambda repository: inside.react(repository, meeting_id, asked.identity, asked.reaction, sent, now(), spend)
    )
    return web.Response(status=204)


@call_with(Leaving, By.INSIDE, {204: None}, "forbidden")
async def leave(request: web.Request, leaving: Leaving) -> web.Response:
    """POST /api/v1/meetings/{id}/leave: the person pressed *Leave*."""
    meeting_id, sent = request.match_info["id"], credentials_of(request)
    await request.app[STORE].run(lambda repository: inside.leave(repository, meeting_id, leaving.identity, sent, now()))
    return web.Response(status=204)
