"""What the reverse proxy in front of LiveKit is told: 204 for a live entry, 401 for whatever else, never 404."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import aiohttp
import jwt
import pytest
from livekit.protocol.rtc import SignalResponse

from admission import accounts, seat
from admission.endings import time_passes
from admission.store.sqlite import StoreBusy
from signal_server.clock import now
from signal_server.config import Settings
from signal_server.keys import STORE
from tests.signal_server.front_door import Browser, FrontDoor
from tests.signal_server.test_moderation import guest, member
from tests.signal_server.test_sfu import eventually, is_in

PATHS = ("/rtc", "/rtc/validate", "/rtc/v1", "/rtc/v1/validate")


async def asked(browser: Browser, token: str, path: str = "/rtc/v1", **headers: str) -> int:
    """The answer to the proxy, before which a browser has put this token."""
    uri = f"{path}?access_token={quote(token)}&join_request=abc"
    answer = await browser.get("/livekit/authorize", headers={"X-Forwarded-Uri": uri, **headers})
    assert answer.status in (204, 401)
    return answer.status


@asynccontextmanager
async def signalling(door: FrontDoor, entry: dict[str, Any]) -> AsyncIterator[asyncio.Queue[str]]:
    """A connection to LiveKit of which only the tokens are looked at that it renews."""
    renewed: asyncio.Queue[str] = asyncio.Queue()
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{door.livekit.url}/rtc?access_token={entry['token']}&protocol=15") as socket,
    ):

        async def read() -> None:
            async for message in socket:
                said = SignalResponse.FromString(message.data)
                if said.WhichOneof("message") == "refresh_token":
                    renewed.put_nowait(said.refresh_token)

        reading = asyncio.create_task(read())
        yield renewed
        reading.cancel()


def claims_of(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


def signed(door: FrontDoor, claims: dict[str, Any], **more: Any) -> str:
    return jwt.encode(claims | more, door.livekit.secret, algorithm="HS256")


async def test_a_live_entry_passes_on_each_signal_path_and_in_each_place_of_the_token(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    for entry in (await door.walk_in(owner), (await door.let_in(owner))[2]):
        for path in PATHS:
            assert await asked(door.browser(), entry["token"], path) == 204
        by_header = {"Authorization": f"Bearer {entry['token']}", "X-Forwarded-Uri": "/rtc/v1?join_request=abc"}
        assert (await door.browser().get("/livekit/authorize", headers=by_header)).status == 204


async def test_the_token_that_livekit_renews_passes(door: FrontDoor) -> None:
    owner = await door.signed_in("Olga")
    nora, _, entry = await door.let_in(owner)
    async with signalling(door, entry) as renewed:
        token = await asyncio.wait_for(renewed.get(), 10)
        assert token != entry["token"]
        assert await asked(nora, token) == 204


async def no_token(door: FrontDoor, entry: dict[str, Any]) -> dict[str, str]:
    return {"X-Forwarded-Uri": "/rtc/v1?join_request=abc"}


async def two_tokens(door: FrontDoor, entry: dict[str, Any]) -> dict[str, str]:
    return {"X-Forwarded-Uri": f"/rtc/v1?access_token={entry['token']}&access%5Ftoken=another"}


async def one_here_one_there(door: FrontDoor, entry: dict[str, Any]) -> dict[str, str]:
    return {"X-Forwarded-Uri": f"/rtc/v1?access_token={entry['token']}", "Authorization": "Bearer another"}


async def one_behind_what_go_leaves_out(door: FrontDoor, entry: dict[str, Any]) -> dict[str, str]:
    # LiveKit would use the second.
    return {"X-Forwarded-Uri": f"/rtc/v1?access_token={entry['token']};&access_token=another"}


async def basic(door: FrontDoor, entry: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": "Basic dXNlcjpwYXNz", "X-Forwarded-Uri": f"/rtc?access_token={entry['token']}"}


async def no_address(door: FrontDoor, entry: dict[str, Any]) -> dict[str, str]:
    return {}


async def bytes_that_are_no_text(door: FrontDoor, entry: dict[str, Any]) -> dict[str, str]:
    return {"X-Forwarded-Uri": "/rtc/v1?access_token=a.b.\udcff"}


@pytest.mark.parametrize(
    "sent",
    [
        no_token,
        no_address,
        two_tokens,
        one_here_one_there,
        one_behind_what_go_leaves_out,
        basic,
        bytes_that_are_no_text,
    ],
)
async def test_what_is_not_one_token_is_401(door: FrontDoor, sent: Any) -> None:
    entry = await door.walk_in(await door.signed_in("Olga"))
    answer = await door.browser().get("/livekit/authorize", headers=await sent(door, entry))
    assert (answer.status, answer.body) == (401, "")


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
async def test_a_token_signed_otherwise_or_for_something_else_is_401(door: FrontDoor) -> None:
    entry = await door.walk_in(await door.signed_in("Olga"))
    claims = claims_of(entry["token"])
    video = claims["video"]
    assert await asked(door.browser(), signed(door, claims)) == 204
    for token in (
        jwt.encode(claims, "another secret of 32 characters or more", algorithm="HS256"),
        jwt.encode(claims, door.livekit.secret, algorithm="HS512"),
        jwt.encode(claims, None, algorithm="none"),
        signed(door, claims, iss="another-key"),
        signed(door, claims, exp=int(time.time()) - 90),
        signed(door, {name: value for name, value in claims.items() if name != "exp"}),
        signed(door, {name: value for name, value in claims.items() if name != "sub"}),
        signed(door, claims, sub="somebody-else"),
        signed(door, {name: value for name, value in claims.items() if name != "video"}),
        signed(door, claims, video={**video, "room": ""}),
        signed(door, claims, video={**video, "room": "another-room-1"}),
        # The room that the meeting had before LiveKit forgot it, or will have.
        signed(door, claims, video={**video, "room": video["room"].rpartition("-")[0] + "-2"}),
        signed(door, claims, video={**video, "roomJoin": False}),
        signed(door, claims, video={**video, "roomAdmin": True}),
        signed(door, claims, video={**video, "hidden": True}),
        signed(door, claims, video={**video, "canUpdateOwnMetadata": True}),
        signed(door, claims, video={**video, "somethingNew": True}),
    ):
        assert await asked(door.browser(), token) == 401, claims_of(token)


@pytest.mark.parametrize("ending", ["removed", "left", "taken back", "withdrawn", "ended", "disabled", "time over"])
async def test_no_path_to_livekit_lets_anyone_in_without_a_live_entry(door: FrontDoor, ending: str) -> None:
    owner = await member(door, "Olga")
    visitor, knock, entry = await door.let_in(owner.browser)
    tokens = [entry["token"]]
    if ending != "taken back":  # possible only before the guest has connected
        async with signalling(door, entry) as renewed:
            tokens.append(await asyncio.wait_for(renewed.get(), 10))
    for token in tokens:
        assert await asked(visitor, token) == 204

    meeting = f"/api/v1/meetings/{entry['meeting']}"
    match ending:
        case "removed":
            assert (await owner.do("remove", who=entry["identity"])).status == 204
        case "left":
            assert (await visitor.post(f"{meeting}/leave", {"identity": entry["identity"]})).status == 204
        case "taken back":
            assert (await owner.browser.post(f"/api/v1/knocks/{knock['id']}/take-back")).status == 200
        case "withdrawn":
            assert (await visitor.delete(f"/api/v1/knocks/{knock['id']}")).status == 204
        case "ended":
            assert (await owner.do("end")).status == 204
        case "disabled":
            await door.app[STORE].run(
                lambda repository: accounts.disable_account(repository, "olga@example.org", now())
            )
        case "time over":
            await eventually(is_in(door, entry, seat.State.HELD))
            later = now() + seat.HELD_FOR + timedelta(seconds=1)
            await door.app[STORE].run(lambda repository: time_passes(repository, later, timedelta(hours=1)))
    for path in PATHS:
        for token in tokens:
            assert await asked(visitor, token, path) == 401


async def test_a_token_wider_than_its_seats_rights_now_is_401_and_the_lowered_one_passes(door: FrontDoor) -> None:
    owner = await member(door, "Olga")
    nora = await guest(door, owner)
    async with signalling(door, nora.entry) as renewed:
        wide = await asyncio.wait_for(renewed.get(), 10)
        for press, source in (("off", "microphone"), ("off", "screen_share"), ("off", "camera")):
            body = {"source": source, "who": nora.identity, "keep": True}
            assert (await owner.do(press, **body)).status == 200
            lowered = await asyncio.wait_for(renewed.get(), 10)
            assert await asked(nora.browser, nora.entry["token"]) == 401
            assert await asked(nora.browser, wide) == 401
            assert await asked(nora.browser, lowered) == 204
        assert claims_of(lowered)["video"]["canPublish"] is False

        assert (await owner.set_up(1, chat="moderators")).status == 200
        assert await asked(nora.browser, lowered) == 401
        assert await asked(nora.browser, await asyncio.wait_for(renewed.get(), 10)) == 204

        # Allowed more again, what is narrower still passes.
        assert (await owner.do("allow", source="camera", who=nora.identity)).status == 200
        assert await asked(nora.browser, lowered) == 401, "the chat is still off"
        assert (await owner.set_up(2, chat="everyone")).status == 200
        assert await asked(nora.browser, lowered) == 204


async def test_the_sound_of_a_share_counts_as_speaking(door: FrontDoor) -> None:
    owner = await member(door, "Olga")
    nora = await guest(door, owner)
    claims = claims_of(nora.entry["token"])
    sources = {"canPublishSources": ["screen_share", "screen_share_audio"]}
    with_sound = signed(door, claims, video=claims["video"] | sources)
    anything = signed(door, claims, video=claims["video"] | {"canPublishSources": []})
    for token in (with_sound, anything):
        assert await asked(nora.browser, token) == 204
    assert (await owner.do("off", source="microphone", who="everyone", keep=True)).status == 200
    for token in (with_sound, anything):
        assert await asked(nora.browser, token) == 401


@asynccontextmanager
async def behind_one_origin(front_door: Any) -> AsyncIterator[FrontDoor]:
    """As the shipped Caddyfile serves it: LiveKit where the pages are."""
    async with front_door(public_url="http://127.0.0.1:8000", livekit_public_url="ws://127.0.0.1:8000") as door:
        yield door


async def test_a_copied_token_is_worth_nothing_without_the_ticket_or_session_its_seat_was_given_to(
    front_door: Any,
) -> None:
    async with behind_one_origin(front_door) as door:
        owner, colleague = await door.signed_in("Olga"), await door.signed_in("Carl")
        mine = await door.walk_in(owner)
        nora, _, hers = await door.let_in(owner, "Nora")
        max_, _, his = await door.let_in(owner, "Max")
        sven = await door.signed_in("Sven")
        _, knock = await door.knock(browser=sven)
        await door.decide(owner, knock, "admit")
        svens = (await sven.post(f"/api/v1/knocks/{knock['id']}/entry")).body["entry"]
        own = {owner: mine, nora: hers, max_: his, sven: svens}
        for browser in (owner, nora, max_, sven, colleague, door.browser()):
            for whose, entry in own.items():
                assert await asked(browser, entry["token"]) == (204 if browser is whose else 401)


async def test_a_session_is_enough_and_so_is_a_ticket_but_not_one_that_has_ended(front_door: Any) -> None:
    async with behind_one_origin(front_door) as door:
        owner = await door.signed_in("Olga")
        entry = await door.walk_in(owner)
        cookies = {cookie.key: cookie.value for cookie in owner.session.cookie_jar}
        assert set(cookies) == {"session", "ticket"}
        for name, value in cookies.items():
            alone = door.browser()
            alone.session.cookie_jar.update_cookies({name: value}, alone.base)
            assert await asked(alone, entry["token"]) == 204
        await owner.delete("/api/v1/session")
        owner.session.cookie_jar.update_cookies(cookies, owner.base)
        assert await asked(owner, entry["token"]) == 401


async def test_a_seat_taken_over_elsewhere_is_no_longer_of_the_first_browser(front_door: Any) -> None:
    async with behind_one_origin(front_door) as door:
        desk, phone = await door.signed_in("Olga"), await door.signed_in("Olga")
        before = await door.walk_in(desk)
        after = await door.walk_in(phone)
        assert before["identity"] == after["identity"]
        assert await asked(desk, before["token"]) == 401
        assert await asked(phone, after["token"]) == 204
        again = await door.walk_in(desk)
        assert await asked(desk, again["token"]) == 204


async def test_a_database_that_cannot_say_lets_nobody_pass(door: FrontDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = await door.walk_in(await door.signed_in("Olga"))

    async def busy(use_case: Any) -> None:
        raise StoreBusy

    monkeypatch.setattr(door.app[STORE], "run", busy)
    uri = {"X-Forwarded-Uri": f"/rtc/v1?access_token={entry['token']}"}
    assert (await door.browser().get("/livekit/authorize", headers=uri)).status == 503


async def test_a_page_at_another_address_than_livekits_can_read_the_refusal(front_door: Any) -> None:
    async with front_door(public_url="https://meet.example.org") as door:
        answer = await door.browser().get("/livekit/authorize")
        assert answer.headers["Access-Control-Allow-Origin"] == "https://meet.example.org"


@pytest.mark.parametrize(
    ("public", "livekit", "same"),
    [
        ("https://meet.example.org", "wss://meet.example.org", True),
        ("https://meet.example.org", "wss://meet.example.org:443", True),
        ("https://meet.example.org", "https://MEET.example.org/", True),
        ("http://127.0.0.1:8000", "ws://127.0.0.1:8000", True),
        ("http://127.0.0.1:8080", "", False),
        ("https://meet.example.org", "wss://livekit.example.org", False),
        ("https://meet.example.org", "wss://meet.example.org:7443", False),
    ],
)
def test_cookies_are_asked_for_where_livekit_has_this_servers_origin(public: str, livekit: str, same: bool) -> None:
    settings = Settings(
        _env_file=None,
        public_url=public,
        livekit_url="http://127.0.0.1:7880",
        livekit_public_url=livekit,
        livekit_api_key="key",
        livekit_api_secret="a secret of at least 32 characters",
    )
    assert settings.livekit_has_our_origin is same
