"""The only place that signs LiveKit tokens."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import jwt
from livekit.api import VideoGrants
from livekit.api.access_token import Claims

from admission.connecting import Shown
from admission.seat import Seat
from admission.setup import Rights

VALID_FOR = timedelta(seconds=60)
"""Long enough to connect on a slow line; whoever needs longer asks for another entry."""

LEEWAY = timedelta(minutes=1)
"""How far LiveKit's clock and ours may be apart: as much as LiveKit allows."""

IN_EVERY_TOKEN = {"room", "roomJoin", "canSubscribe", "canPublish", "canPublishSources", "canPublishData"}
"""What a seat's token may grant, by the names in it. LiveKit's other grants are for servers and for agents."""


def sources(rights: Rights) -> list[str]:
    """What somebody with these rights may publish, by LiveKit's names."""
    allowed = {
        "microphone": rights.microphone,
        "camera": rights.camera,
        "screen_share": rights.screen_share,
        # The sound of a share is an open microphone: it goes with the right to speak.
        "screen_share_audio": rights.screen_share and rights.microphone,
    }
    return [source for source, is_allowed in allowed.items() if is_allowed]


def grants(room: str, rights: Rights) -> VideoGrants:
    """What a browser may do in one room. Nobody gets `room_admin`: LiveKit would obey it past our rules.

    Nobody may change their own name or attributes either: what the owner admitted is what everybody sees.
    """
    allowed = sources(rights)
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
        can_publish=bool(allowed),
        can_publish_sources=allowed,
        can_publish_data=rights.chat,
        can_update_own_metadata=False,
    )


@lru_cache(maxsize=64)
def _named(rights: Rights) -> dict[str, Any]:
    """The grants under the names that tokens have for them.

    Kept: the library takes longer to name them than to sign the token. There are only 16 rights.
    """
    named: dict[str, Any] = Claims(video=grants("", rights)).asdict()["video"]
    return named


def _granted(video: dict[str, Any]) -> Rights:
    """The rights behind grants. What is not named is allowed: so LiveKit reads them."""
    named = set(video.get("canPublishSources") or ("microphone", "camera", "screen_share", "screen_share_audio"))
    allowed = named if video.get("canPublish", True) else set()
    return Rights(
        microphone=not allowed.isdisjoint({"microphone", "screen_share_audio"}),
        camera="camera" in allowed,
        screen_share=not allowed.isdisjoint({"screen_share", "screen_share_audio"}),
        chat=video.get("canPublishData", True),
    )


class Tokens:
    def __init__(self, key: str, secret: str) -> None:
        self._key = key
        self._secret = secret

    def mint(self, room: str, seat: Seat, rights: Rights, at: datetime) -> tuple[str, datetime]:
        """A token for one seat in one room, and when it expires."""
        assert room, "a token without it would fit any room"
        expires_at = at + VALID_FOR
        claims = {
            "iss": self._key,
            "sub": seat.identity,
            "name": seat.name,
            "attributes": {"role": seat.role.value} | ({"owner": "yes"} if seat.owner else {}),
            "video": {**_named(rights), "room": room},
            "nbf": int(at.timestamp()),
            "exp": int(expires_at.timestamp()),
        }
        return jwt.encode(claims, self._secret, algorithm="HS256"), expires_at

    def mint_observer(self, room: str, at: datetime) -> str:
        """A token with which an observer is in one room, unseen, hears it and can do nothing else."""
        assert room, "a token without it would fit any room"
        video = VideoGrants(
            room_join=True,
            room=room,
            hidden=True,
            can_subscribe=True,
            can_publish=False,
            can_publish_data=False,
            can_update_own_metadata=False,
        )
        claims = {
            "iss": self._key,
            "sub": f"observer-{secrets.token_hex(16)}",
            "kind": "agent",  # LiveKit counts no agent, and keeps no room open for one
            "video": Claims(video=video).asdict()["video"],
            "nbf": int(at.timestamp()),
            "exp": int((at + VALID_FOR).timestamp()),
        }
        return jwt.encode(claims, self._secret, algorithm="HS256")

    def read(self, token: str) -> Shown | None:
        """What a token says that was signed with our key, here or by LiveKit, which renews those of the connected.

        None for any other, for one whose time is over, and for one that grants what no seat's does.
        """
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=["HS256"],
                issuer=self._key,
                leeway=LEEWAY,
                options={"require": ["exp", "sub"]},
            )
        except (jwt.PyJWTError, ValueError):  # the latter for what is not even text
            return None
        video = claims.get("video", {})
        if not video.get("roomJoin") or any(video[name] for name in video.keys() - IN_EVERY_TOKEN):
            return None
        return Shown(claims["sub"], video.get("room", ""), _granted(video))
