"""What people may do and what is turned off, brought into LiveKit: one list, then all calls in parallel."""

from __future__ import annotations

import asyncio

from livekit.api.twirp_client import ServerError
from livekit.protocol.models import ParticipantInfo, ParticipantPermission, TrackInfo, TrackSource, TrackType

from admission.moderation import Order, Orders
from admission.setup import Rights, Source
from signal_server.sfu import SfuUnavailable
from signal_server.sfu.rooms import Rooms
from signal_server.sfu.tokens import sources

SOURCES = {
    "microphone": TrackSource.MICROPHONE,
    "camera": TrackSource.CAMERA,
    "screen_share": TrackSource.SCREEN_SHARE,
    "screen_share_audio": TrackSource.SCREEN_SHARE_AUDIO,
}

TURNED_OFF = {
    Source.MICROPHONE: {TrackSource.MICROPHONE},
    Source.CAMERA: {TrackSource.CAMERA},
    Source.SCREEN_SHARE: {TrackSource.SCREEN_SHARE, TrackSource.SCREEN_SHARE_AUDIO},
}

# LiveKit checks what a track is called, not what it is: sound called a camera would be heard.
KINDS = {
    TrackSource.MICROPHONE: TrackType.AUDIO,
    TrackSource.CAMERA: TrackType.VIDEO,
    TrackSource.SCREEN_SHARE: TrackType.VIDEO,
    TrackSource.SCREEN_SHARE_AUDIO: TrackType.AUDIO,
}


def permission(rights: Rights) -> ParticipantPermission:
    """The whole permission of a person: LiveKit replaces the old one by it, unset fields included."""
    allowed = [SOURCES[name] for name in sources(rights)]
    return ParticipantPermission(
        can_subscribe=True,
        can_publish=bool(allowed),
        can_publish_sources=allowed,
        can_publish_data=rights.chat,
    )


def fits(person: ParticipantInfo, rights: Rights) -> bool:
    """Whether LiveKit lets a person do just what they may. A token signed earlier may hold other rights."""
    held, due = person.permission, permission(rights)
    return (
        held.can_publish == due.can_publish
        and held.can_publish_data == due.can_publish_data
        and (not due.can_publish or set(held.can_publish_sources) == set(due.can_publish_sources))
    )


def is_false(track: TrackInfo) -> bool:
    """Whether a track is called something that it is not, as only a changed client does."""
    return KINDS.get(track.source) != track.type


async def carry_out(rooms: Rooms, orders: Orders) -> list[tuple[str, str]]:
    """Do in LiveKit what was decided: (identity, done | already | left | failed) a person, in their order.

    A person who is not connected has left for LiveKit; what they may do is kept for when they come back.
    """
    present: dict[str, ParticipantInfo] | None = {}
    if orders.orders:
        try:
            room = orders.meeting.room_name
            present = {person.identity: person for person in await rooms.participants(room)}
        except (SfuUnavailable, ServerError):
            present = None
    results = await asyncio.gather(*(_one(rooms, orders, order, present) for order in orders.orders))
    outcomes = [(order.seat.identity, result) for order, result in zip(orders.orders, results, strict=True)]
    return outcomes + [(identity, "left") for identity in orders.left]


async def _one(rooms: Rooms, orders: Orders, order: Order, present: dict[str, ParticipantInfo] | None) -> str:
    if present is None:
        return "failed"
    person = present.get(order.seat.identity)
    if person is None:
        return "left"
    try:
        if order.mute is None:
            return await _permit(rooms, orders.meeting.room_name, person, order.rights)
        return await _turn_off_once(rooms, orders.meeting.room_name, person, order)
    except SfuUnavailable:
        return "failed"
    except ServerError as error:
        return "left" if error.status == 404 else "failed"


async def _permit(rooms: Rooms, room: str, person: ParticipantInfo, rights: Rights) -> str:
    if fits(person, rights):
        return "already"
    await rooms.permit(room, person.identity, permission(rights))
    return "done"


async def _turn_off_once(rooms: Rooms, room: str, person: ParticipantInfo, order: Order) -> str:
    assert order.mute is not None
    tracks = [track for track in person.tracks if track.source in TURNED_OFF[order.mute]]
    if order.mute is Source.SCREEN_SHARE:
        if not tracks:
            return "already"
        # No call unpublishes a share: its right is taken away and given back.
        without = Rights(order.rights.microphone, order.rights.camera, False, order.rights.chat)
        await rooms.permit(room, person.identity, permission(without))
        await rooms.permit(room, person.identity, permission(order.rights))
        return "done"
    on = [track for track in tracks if not track.muted]
    await asyncio.gather(*(rooms.mute(room, person.identity, track.sid) for track in on))
    return "done" if on else "already"
