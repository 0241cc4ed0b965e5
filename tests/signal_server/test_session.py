"""Signing in and out: one answer for every failure, limits for known and unknown accounts, sessions that end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher
from pydantic import SecretStr

from admission import accounts
from admission.accounts import WorkspaceChoices
from admission.directory import Role
from admission.errors import TooManyRequests
from signal_server.app import create_app
from signal_server.config import Settings
from signal_server.failed_sign_ins import FailedSignIns
from signal_server.keys import STORE
from signal_server.passwords import Passwords, hash_password

CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
PASSWORD = "correct horse"
NADIA, GINA = "nadia@curie.example", "gina@curie.example"

Client = TestClient[web.Request, web.Application]
Start = Callable[..., Any]


def settings_of(folder: Path, **more: Any) -> Settings:
    plain: dict[str, Any] = {
        "database_url": f"sqlite:///{folder / 'test.db'}",
        "livekit_url": "http://127.0.0.1:1",
        "livekit_api_key": "key",
        "livekit_api_secret": SecretStr("a secret of LiveKit's, long enough for it"),
    }
    return Settings(_env_file=None, **{**plain, **more})


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    clients: list[Client] = []

    async def start(passwords: Passwords | None = None, **settings: Any) -> Client:
        app = create_app(settings_of(tmp_path, **settings), passwords or Passwords(CHEAP))
        client = Client(TestServer(app))
        await client.start_server()
        clients.append(client)
        await app[STORE].run(_two_people)
        return client

    yield start
    for client in clients:
        await client.close()


def _two_people(repository: Any) -> None:
    at = datetime.now(UTC)
    accounts.add_workspace(repository, "Lycée Curie", WorkspaceChoices(), at)
    add = partial(accounts.add_account, repository, workspace="Lycée Curie", at=at)
    add(NADIA, name="Nadia Amar", role=Role.MEMBER, password_hash=hash_password(PASSWORD, CHEAP))
    add(GINA, name="Gina Holt", role=Role.GUEST, password_hash=hash_password(PASSWORD, CHEAP))


async def sign_in(client: Client, email: str = NADIA, password: str = PASSWORD, **headers: str) -> ClientResponse:
    return await client.post("/api/v1/session", json={"email": email, "password": password}, headers=headers)


async def problem(response: ClientResponse) -> dict[str, Any]:
    assert response.content_type == "application/problem+json"
    body: dict[str, Any] = await response.json()
    return body


async def test_a_member_signs_in_and_is_told_who_they_are_and_their_link(start: Start) -> None:
    client = await start()
    response = await sign_in(client)
    assert response.status == 200
    session = await response.json()
    assert session["account"]["name"] == "Nadia Amar"
    assert session["account"] | {"id": ""} == {"id": "", "name": "Nadia Amar", "email": NADIA, "role": "member"}
    assert session["workspace"] == {"name": "Lycée Curie", "plan": "standard", "seats": 12, "contributions": "kept"}
    slug = session["link"]["slug"]
    assert session["link"] == {"slug": slug, "url": f"http://127.0.0.1:8080/m/{slug}", "open": True, "paused": False}
    again = await client.get("/api/v1/session")
    assert (again.status, await again.json()) == (200, session)


async def test_a_guest_user_has_no_link(start: Start) -> None:
    session = await (await sign_in(await start(), GINA)).json()
    assert session["account"]["role"] == "guest"
    assert session["link"] is None


@pytest.mark.parametrize("email", ["NADIA@CURIE.EXAMPLE", f" {NADIA} "])
async def test_an_address_may_be_typed_with_capitals_and_spaces(start: Start, email: str) -> None:
    assert (await sign_in(await start(), email)).status == 200


@pytest.mark.parametrize(
    ("public_url", "name", "secure"),
    [("http://127.0.0.1:8080", "session", False), ("https://meet.example", "__Host-session", True)],
)
async def test_the_cookie_is_for_this_site_and_out_of_reach_of_scripts(
    start: Start, public_url: str, name: str, secure: bool
) -> None:
    cookie = (await sign_in(await start(public_url=public_url))).cookies[name]
    assert len(cookie.value) >= 43
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    assert bool(cookie["secure"]) is secure


async def test_nobody_signed_in_is_told_to_sign_in(start: Start) -> None:
    client = await start()
    response = await client.get("/api/v1/session")
    assert response.status == 401
    assert (await problem(response))["type"] == "/problems/sign-in-first"
    client.session.cookie_jar.update_cookies({"session": "x" * 43}, client.make_url("/"))
    assert (await client.get("/api/v1/session")).status == 401


async def test_every_failure_has_one_and_the_same_answer(start: Start) -> None:
    client = await start()
    await client.app[STORE].run(lambda repository: accounts.disable_account(repository, GINA, datetime.now(UTC)))
    answers = [
        await sign_in(client, NADIA, "wrong"),
        await sign_in(client, "nobody@curie.example", PASSWORD),
        await sign_in(client, "no address", PASSWORD),
        await sign_in(client, GINA, PASSWORD),  # disabled
    ]
    assert {answer.status for answer in answers} == {401}
    assert len({await answer.text() for answer in answers}) == 1
    assert (await problem(answers[0]))["type"] == "/problems/sign-in-failed"
    assert all("Set-Cookie" not in answer.headers for answer in answers)


class Counting(Passwords):
    """Remembers what was compared."""

    def __init__(self) -> None:
        super().__init__(CHEAP)
        self.compared = 0

    def _matches(self, stored: str, password: str) -> bool:
        self.compared += 1
        assert stored.startswith("$argon2id$v=19$m=64,t=1,p=1$")  # of the same cost, also for nobody
        return super()._matches(stored, password)


async def test_an_unknown_account_costs_one_comparison_as_a_known_one(start: Start) -> None:
    passwords = Counting()
    client = await start(passwords)
    for email in (NADIA, "nobody@curie.example", GINA):
        before = passwords.compared
        await sign_in(client, email, "wrong")
        assert passwords.compared == before + 1


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"email", "password"}),
        ({"email": "", "password": ""}, {"email", "password"}),
        ({"email": NADIA, "password": 7}, {"password"}),
        ({"email": NADIA, "password": PASSWORD, "remember": True}, {"remember"}),
        ({"email": "x" * 255, "password": PASSWORD}, {"email"}),
        ({"email": NADIA, "password": "x" * 1025}, {"password"}),
    ],
)
async def test_what_cannot_be_taken_is_named_by_field(start: Start, body: dict[str, Any], errors: set[str]) -> None:
    response = await (await start()).post("/api/v1/session", json=body)
    assert response.status == 422
    assert set((await problem(response))["errors"]) == errors


async def test_what_is_no_json_or_too_large_is_said(start: Start) -> None:
    client = await start()
    assert (await client.post("/api/v1/session", data=b"email=x")).status == 400
    assert (await sign_in(client, NADIA, "\ud800")).status == 400  # half a character
    assert (await client.post("/api/v1/session", data=b" " * 70_000)).status == 413


async def test_another_site_cannot_sign_a_visitor_in_or_out(start: Start) -> None:
    client = await start()
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert (await sign_in(client, **foreign)).status == 403
    assert (await client.delete("/api/v1/session", headers=foreign)).status == 403
    assert (await client.get("/api/v1/session", headers={"Origin": "https://evil.example"})).status == 403


async def test_each_sign_in_is_a_new_session_and_the_browsers_former_one_ends(start: Start) -> None:
    client = await start()
    first = (await sign_in(client)).cookies["session"].value
    second = (await sign_in(client)).cookies["session"].value
    assert first != second
    client.session.cookie_jar.clear()
    assert (await client.get("/api/v1/session", headers={"Cookie": f"session={first}"})).status == 401
    assert (await client.get("/api/v1/session", headers={"Cookie": f"session={second}"})).status == 200


async def test_signing_out_ends_the_session_and_takes_the_cookie_away(start: Start) -> None:
    client = await start()
    secret = (await sign_in(client)).cookies["session"].value
    response = await client.delete("/api/v1/session")
    assert (response.status, response.cookies["session"]["max-age"]) == (204, "0")
    assert (await client.get("/api/v1/session", headers={"Cookie": f"session={secret}"})).status == 401
    assert (await client.delete("/api/v1/session")).status == 204


async def test_a_new_password_ends_every_session_of_its_account_and_no_others(start: Start) -> None:
    client = await start()
    secrets = [(await sign_in(client, email)).cookies["session"].value for email in (NADIA, GINA)]
    client.session.cookie_jar.clear()
    new = hash_password("another phrase", CHEAP)
    await client.app[STORE].run(lambda repository: accounts.set_password(repository, NADIA, new, datetime.now(UTC)))
    statuses = []
    for secret in secrets:
        answer = await client.get("/api/v1/session", headers={"Cookie": f"session={secret}"})
        statuses.append(answer.status)
    assert statuses == [401, 200]


async def test_a_password_of_another_cost_is_kept_at_todays_cost_after_a_sign_in(start: Start) -> None:
    client = await start()
    store = client.app[STORE]
    old = hash_password(PASSWORD, PasswordHasher(time_cost=2, memory_cost=64, parallelism=1))
    await store.run(lambda repository: accounts.set_password(repository, NADIA, old, datetime.now(UTC)))
    assert (await sign_in(client)).status == 200
    kept = await store.run(lambda repository: accounts.password_hash_of(repository, NADIA))
    assert "t=1" in kept
    assert (await sign_in(client)).status == 200


# limits


async def tries(client: Client, times: int, email: str = NADIA, password: str = "wrong", **headers: str) -> list[int]:
    return [(await sign_in(client, email, password, **headers)).status for _ in range(times)]


@pytest.mark.parametrize("email", [NADIA, "nobody@curie.example"])
async def test_failures_are_limited_for_known_and_unknown_accounts_alike(start: Start, email: str) -> None:
    client = await start(sign_in_failures_per_minute=3)
    assert await tries(client, 5, email) == [401, 401, 401, 429, 429]
    response = await sign_in(client, email.upper(), "wrong")
    body = await problem(response)
    assert body["type"] == "/problems/too-many-requests"
    assert 1 <= body["retry_after"] <= 60
    assert response.headers["Retry-After"] == str(body["retry_after"])


async def test_the_right_password_does_not_get_past_the_limit(start: Start) -> None:
    client = await start(sign_in_failures_per_minute=3)
    await tries(client, 3)
    assert (await sign_in(client)).status == 429


async def test_one_network_address_is_limited_over_all_accounts_and_others_are_not(start: Start) -> None:
    client = await start(sign_in_failures_per_minute=3, trusted_proxies="127.0.0.0/8")
    there, elsewhere = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.2"}
    for number in range(3):
        await tries(client, 1, f"someone-{number}@curie.example", **there)
    assert (await sign_in(client, **there)).status == 429
    assert (await sign_in(client, **elsewhere)).status == 200


async def test_who_signed_in_here_before_is_not_locked_out_by_failures_elsewhere(start: Start) -> None:
    client = await start(sign_in_failures_per_minute=3, trusted_proxies="127.0.0.0/8")
    home, elsewhere = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.2"}
    assert (await sign_in(client, **home)).status == 200
    assert await tries(client, 4, **elsewhere) == [401, 401, 401, 429]
    assert (await sign_in(client, **elsewhere)).status == 429
    assert (await sign_in(client, **home)).status == 200
    assert await tries(client, 4, **home) == [401, 401, 401, 429], "who guesses there is limited, too"


def test_the_places_of_sign_ins_are_remembered_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FailedSignIns, "KNOWN", 2)
    failures = FailedSignIns(1)
    for address in ("192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.3"):
        failures.succeeded(NADIA, address)
    failures.failed(NADIA, "198.51.100.1")
    for address in ("192.0.2.1", "192.0.2.3"):
        failures.refuse_if_spent(NADIA, address)
    with pytest.raises(TooManyRequests):
        failures.refuse_if_spent(NADIA, "192.0.2.2")


async def test_who_signs_in_rightly_is_never_counted(start: Start) -> None:
    client = await start(sign_in_failures_per_minute=3)
    assert await tries(client, 8, password=PASSWORD) == [200] * 8
    assert await tries(client, 4) == [401, 401, 401, 429]


async def test_no_limit_means_none(start: Start) -> None:
    client = await start(sign_in_failures_per_minute=0)
    assert await tries(client, 15) == [401] * 15


async def test_a_hundred_tries_at_once_are_not_more_than_the_limit(start: Start) -> None:
    client = await start(Passwords(CHEAP, at_once=4, may_wait=200), sign_in_failures_per_minute=5)
    statuses = [
        response.status for response in await asyncio.gather(*(sign_in(client, NADIA, "x") for _ in range(100)))
    ]
    assert (statuses.count(401), statuses.count(429)) == (5, 95)


async def test_when_too_many_passwords_wait_the_rest_is_told_to_come_back(start: Start) -> None:
    client = await start(Passwords(PasswordHasher(), at_once=1, may_wait=1), sign_in_failures_per_minute=0)
    responses = await asyncio.gather(*(sign_in(client) for _ in range(12)))
    statuses = {response.status for response in responses}
    assert statuses == {200, 503}
    busy = next(response for response in responses if response.status == 503)
    assert (await problem(busy))["type"] == "/problems/busy"
    assert int(busy.headers["Retry-After"]) >= 1


def test_who_hangs_up_while_their_password_is_compared_is_counted() -> None:
    failures = FailedSignIns(1)
    with pytest.raises(asyncio.CancelledError), failures.comparing(NADIA, "192.0.2.1"):
        raise asyncio.CancelledError
    for email, address in ((NADIA, "192.0.2.2"), (GINA, "192.0.2.1")):
        with pytest.raises(TooManyRequests):
            failures.refuse_if_spent(email, address)


def test_the_count_forgets_what_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    failures = FailedSignIns(1)
    with failures.comparing(NADIA, "192.0.2.1"), pytest.raises(TooManyRequests):
        failures.refuse_if_spent(NADIA, "192.0.2.2")  # one is being compared, and might fail
    failures.refuse_if_spent(NADIA, "192.0.2.2")
    failures.failed(NADIA, "192.0.2.1")
    with pytest.raises(TooManyRequests) as refused:
        failures.refuse_if_spent(NADIA, "192.0.2.2")
    assert 1 <= refused.value.retry_after <= 60
    failures.refuse_if_spent(GINA, "192.0.2.2")
