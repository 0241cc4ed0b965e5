"""What LiveKit tells: signed, checked, answered at once and worked on afterwards."""

from __future__ import annotations

import asyncio
from datetime import datetime

import jwt
import structlog
from aiohttp import web
from livekit.api import TokenVerifier, WebhookReceiver
from livekit.api.twirp_client import ServerError
from livekit.protocol.models import ParticipantInfo
from livekit.protocol.webhook import WebhookEvent

from admission.arrivals import Arrival, dropped, joined, room_gone
from admission.meeting import meeting_of_room
from admission.moderation import put_out
from admission.moves import rights_of
from admission.setup import Rights
from admission.store.repository import Repository
from admission.store.sqlite import Store, StoreBusy
from signal_server.clock import now
from signal_server.sfu import SfuUnavailable
from signal_server.sfu.permissions import fits, is_false, permission
from signal_server.sfu.rooms import Rooms

log = structlog.get_logger()

PERSON = ParticipantInfo.Kind.STANDARD

CHECK_ROOM = "vestibule-check-"
"""How the rooms begin that `vestibule check` makes, and no meeting."""


class Webhook:
    """Takes LiveKit's events. Each is applied once, whatever the order and however often it comes.

    They may be lost: what they say is made certain by the reconciliation (watch.py).
    """

    def __init__(self, key: str, secret: str, store: Store, rooms: Rooms) -> None:
        self._receiver = WebhookReceiver(TokenVerifier(key, secret))
        self._store = store
        self._rooms = rooms
        self._work: set[asyncio.Task[None]] = set()

    async def post(self, request: web.Request) -> web.Response:
        """200 at once; 401 where the signature is not that of our key."""
        body = await request.read()
        try:
            event = self._receiver.receive(body.decode(), request.headers.get("Authorization", ""))
        except jwt.PyJWTError:
            return web.Response(status=401)
        except Exception as error:  # livekit-api raises bare exceptions for a hash that does not fit
            log.warning("webhook refused", why=type(error).__name__)
            return web.Response(status=401)
        task = asyncio.create_task(self._apply(event))
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return web.Response()

    async def finish(self) -> None:
        """Wait for the events in hand."""
        await asyncio.gather(*self._work, return_exceptions=True)

    async def _apply(self, event: WebhookEvent) -> None:
        room, person = event.room.name, event.participant
        try:
            outcome = await self._store.run(lambda repository: apply(repository, event, now()))
            if outcome is Arrival.REMOVE:
                await self._rooms.remove(room, person.identity)
            elif isinstance(outcome, Rights) and not fits(person, outcome):
                # A token that was signed earlier gave more than is allowed now, or less.
                await self._rooms.permit(room, person.identity, permission(outcome))
            if event.event == "room_finished" and (ours := meeting_of_room(room)):
                self._rooms.forget(ours[0])
        except (StoreBusy, SfuUnavailable, ServerError):
            log.warning("webhook left to the reconciliation", kind=event.event)
        except Exception:
            log.exception("webhook failed", kind=event.event)


def apply(repository: Repository, event: WebhookEvent, at: datetime) -> Arrival | Rights | None:
    """Bring one event into the store. Somebody who arrived is to be removed, or has these rights."""
    if event.id and not repository.first_time(event.id, at):
        return None
    room, person = event.room.name, event.participant
    match event.event:
        case "room_started" if room.startswith(CHECK_ROOM):
            repository.first_time(room, at)  # `vestibule check` looks for this note
        case "participant_joined" if person.kind == PERSON:
            arrival = joined(repository, room, person.identity, person.sid, at)
            place = repository.seat_by_identity(person.identity) if arrival is Arrival.WELCOME else None
            meeting = repository.meeting(place.meeting_id) if place else None
            return rights_of(repository, meeting, place) if place and meeting else arrival
        case "participant_left" | "participant_connection_aborted" if person.kind == PERSON:
            dropped(repository, room, person.identity, person.sid, at)
        case "track_published" if person.kind == PERSON and is_false(event.track):
            put_out(repository, person.identity, at)
        case "room_finished":
            room_gone(repository, room, at)
    return None
