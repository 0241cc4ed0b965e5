"""Tokens: what LiveKit's own library would sign, for a minute."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from itertools import product

import jwt
import pytest
from livekit.api import AccessToken, TokenVerifier

from admission.connecting import Shown
from admission.seat import Role
from admission.setup import Rights
from signal_server.sfu.tokens import Tokens, grants
from tests.admission.builders import a_seat

KEY, SECRET = "key", "a secret of at least 32 characters"
AT = datetime(2026, 1, 31, 9, 30, 15, 999_000, tzinfo=UTC)


@pytest.mark.parametrize("allowed", list(product((True, False), repeat=len(fields(Rights)))))
def test_a_token_says_what_the_library_says_of_the_same_grants(allowed: tuple[bool, ...]) -> None:
    rights, seat = Rights(*allowed), a_seat()
    token, _ = Tokens(KEY, SECRET).mint("meeting-1", seat, rights, datetime.now(UTC))
    by_the_library = (
        AccessToken(KEY, SECRET)
        .with_identity(seat.identity)
        .with_name(seat.name)
        .with_attributes({"role": seat.role.value})
        .with_grants(grants("meeting-1", rights))
        .with_ttl(timedelta(seconds=60))
        .to_jwt()
    )
    ours, theirs = (jwt.decode(each, SECRET, algorithms=["HS256"]) for each in (token, by_the_library))
    assert abs(ours.pop("nbf") - theirs.pop("nbf")) <= 1
    assert abs(ours.pop("exp") - theirs.pop("exp")) <= 1
    assert ours == theirs
    assert TokenVerifier(KEY, SECRET).verify(token).identity == seat.identity


@pytest.mark.parametrize("allowed", list(product((True, False), repeat=len(fields(Rights)))))
def test_what_was_written_into_a_token_is_read_out_of_it(allowed: tuple[bool, ...]) -> None:
    rights, seat, tokens = Rights(*allowed), a_seat(), Tokens(KEY, SECRET)
    token, _ = tokens.mint("meeting-1", seat, rights, datetime.now(UTC))
    assert tokens.read(token) == Shown(seat.identity, "meeting-1", rights)


def test_a_token_is_good_for_a_minute_and_for_one_room() -> None:
    tokens = Tokens(KEY, SECRET)
    rights = Rights(microphone=True, camera=True, screen_share=True, chat=True)
    for room in ("one-1", "two-1"):
        token, expires_at = tokens.mint(room, a_seat(), rights, AT)
        claims = jwt.decode(token, options={"verify_signature": False})
        assert claims["video"]["room"] == room
        assert claims["exp"] - claims["nbf"] == 60
        assert expires_at == AT + timedelta(seconds=60)


def test_a_token_says_whose_meeting_it_is() -> None:
    rights = Rights(microphone=True, camera=True, screen_share=True, chat=True)
    for owner, attributes in ((True, {"role": "moderator", "owner": "yes"}), (False, {"role": "moderator"})):
        token, _ = Tokens(KEY, SECRET).mint("one-1", a_seat(owner=owner, role=Role.MODERATOR), rights, AT)
        assert jwt.decode(token, options={"verify_signature": False})["attributes"] == attributes


def test_an_observers_token_hears_one_room_unseen_and_opens_no_door_of_ours() -> None:
    tokens = Tokens(KEY, SECRET)
    first, second = (tokens.mint_observer("meeting-1", datetime.now(UTC)) for _ in range(2))
    claims = jwt.decode(first, SECRET, algorithms=["HS256"])
    by_the_library = TokenVerifier(KEY, SECRET).verify(first)
    assert by_the_library.kind == "agent"
    video = by_the_library.video
    assert video is not None
    assert (video.room, video.room_join, video.hidden, video.can_subscribe) == ("meeting-1", True, True, True)
    assert not any((video.can_publish, video.can_publish_data, video.can_update_own_metadata, video.room_admin))
    assert claims["exp"] - claims["nbf"] == 60
    assert by_the_library.identity != TokenVerifier(KEY, SECRET).verify(second).identity
    assert tokens.read(first) is None, "the proxy in front of LiveKit lets no such token in"
