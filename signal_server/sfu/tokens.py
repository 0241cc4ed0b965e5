"""The only place that signs LiveKit tokens."""

from __future__ import annotations

from datetime import datetime, timedelta

from livekit.api import AccessToken, VideoGrants

from admission.seat import Seat
from admission.setup import Rights

VALID_FOR = timedelta(seconds=60)
"""Long enough to connect on a slow line; whoever needs longer asks for another entry."""


def grants(room: str, rights: Rights) -> VideoGrants:
    """What a browser may do in one room. Nobody gets `room_admin`: LiveKit would obey it past our rules.

    Nobody may change their own name or attributes either: what the owner admitted is what everybody sees.
    """
    sources = [
        source
        for source, allowed in (
            ("microphone", rights.microphone),
            ("camera", rights.camera),
            ("screen_share", rights.screen_share),
            # The sound of a share is an open microphone: it goes with the right to speak.
            ("screen_share_audio", rights.screen_share and rights.microphone),
        )
        if allowed
    ]
    return VideoGrants(
        room_join=True,
        room=room,
        room_create=False,
        room_list=False,
        room_record=False,
        room_admin=False,
        ingress_admin=False,
        hidden=False,
        recorder=False,
        agent=False,
        can_subscribe=True,
        # An empty list of sources would mean all of them.
        can_publish=bool(sources),
        can_publish_sources=sources,
        can_publish_data=rights.chat,
        can_update_own_metadata=False,
    )


class Tokens:
    def __init__(self, key: str, secret: str) -> None:
        self._key = key
        self._secret = secret

    def mint(self, room: str, seat: Seat, rights: Rights, at: datetime) -> tuple[str, datetime]:
        """A token for one seat in one room, and when it expires."""
        token = (
            AccessToken(self._key, self._secret)
            .with_identity(seat.identity)
            .with_name(seat.name)
            .with_attributes({"role": seat.role.value})
            .with_grants(grants(room, rights))
            .with_ttl(VALID_FOR)
            .to_jwt()
        )
        return token, at + VALID_FOR
