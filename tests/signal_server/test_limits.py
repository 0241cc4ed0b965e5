"""What is counted for whom: the address that a knock or a sign-in came from, and the link it came to."""

import asyncio
import threading
from ipaddress import ip_network
from typing import Any
from unittest.mock import Mock

import pytest
from aiohttp.test_utils import make_mocked_request

from admission.errors import TooManyRequests
from signal_server import moving_window
from signal_server.app import AT_A_LINK
from signal_server.keys import STORE
from signal_server.limits import PER_LINK, KnockLimits, client_address
from signal_server.moving_window import MovingWindow, forget
from tests.signal_server.front_door import Browser, FrontDoor

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "counted"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.7"], "192.0.2.1"),  # from somebody who is no proxy of ours
        ("10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["203.0.113.9, 198.51.100.7"], "198.51.100.7"),  # the left one the visitor wrote
        ("10.0.0.1", ["203.0.113.9", "198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["198.51.100.7, 10.0.0.2"], "198.51.100.7"),
        ("10.0.0.1", ["203.0.113.9, 198.51.100.7, 10.0.0.2"], "198.51.100.7"),
        ("::ffff:10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("fd00::1", ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["unknown"], "10.0.0.1"),
        ("10.0.0.1", ["unknown, 198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.7:4711, 10.0.0.2:80"], "198.51.100.7"),
        ("10.0.0.1", ["[2001:db8:1:2:3:4:5:6]:4711"], "2001:db8:1:2::"),
        ("10.0.0.1", ["[2001:db8:1:2:3:4:5:6]"], "2001:db8:1:2::"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::"),
        ("2001:db8:1:2::", [], "2001:db8:1:2::"),
        ("2001:db8:1:3::", [], "2001:db8:1:3::"),
        ("::ffff:192.0.2.1", [], "192.0.2.1"),
    ],
)
def test_whom_a_request_is_counted_for(peer: str, forwarded: list[str], counted: str) -> None:
    transport = Mock()
    transport.get_extra_info = lambda name, default=None: (peer, 4711) if name == "peername" else default
    request = make_mocked_request("POST", "/", transport=transport)
    headers = request.headers.copy()
    for line in forwarded:
        headers.add("X-Forwarded-For", line)
    assert client_address(request.clone(headers=headers), PROXIES) == counted


def test_a_link_takes_twenty_times_what_one_address_may_bring_and_others_are_free() -> None:
    limits = KnockLimits(2)
    for number in range(2 * PER_LINK):
        limits.spend(f"192.0.2.{number}", "link")
    with pytest.raises(TooManyRequests) as refused:
        limits.spend("198.51.100.1", "link")
    assert 1 <= refused.value.retry_after <= 60
    limits.spend("198.51.100.1", "another link")
    limits.spend("198.51.100.1", "another link")  # what was refused was not counted
    with pytest.raises(TooManyRequests):
        limits.spend("198.51.100.1", "another link")


def test_no_limit_means_none() -> None:
    limits = KnockLimits(0)
    for _ in range(1000):
        limits.spend("192.0.2.1", "link")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """The clock of the windows; its `return_value` is what it shows."""
    shown = Mock(return_value=1000.0)
    monkeypatch.setattr(moving_window, "monotonic", shown)
    return shown


def test_so_many_are_taken_in_any_stretch_of_time_and_what_is_refused_is_not_counted(clock: Mock) -> None:
    window = MovingWindow(2, seconds=60)
    taken = []
    for at in (0, 30, 59.5, 60, 60.5, 90, 90.5):
        clock.return_value = 1000.0 + at
        if window.take("a"):
            taken.append(at)
    assert taken == [0, 30, 60, 90]
    assert window.wait("a") == 29.5
    assert (window.wait("b"), window.wait("b", cost=3)) == (0, 60)


def test_an_address_is_forgotten_as_soon_as_it_counts_no_more(clock: Mock) -> None:
    limits = KnockLimits(2)
    for number in range(1000):
        limits.spend(f"192.0.2.{number}", f"link {number}")
    clock.return_value += 30
    limits.spend("192.0.2.0", "link 0")
    clock.return_value += 30
    limits.spend("198.51.100.1", "link")
    assert len(limits.by_address) == len(limits.by_link) == 2
    limits.spend("192.0.2.0", "link 0")
    with pytest.raises(TooManyRequests):
        limits.spend("192.0.2.0", "link 0")


async def test_it_is_forgotten_also_where_nobody_comes_any_more(clock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving_window, "FORGET_EVERY", 0)
    limits = KnockLimits(2)
    limits.spend("192.0.2.1", "link")
    forgetting = asyncio.create_task(forget(limits.by_address, limits.by_link))
    try:
        for _ in range(5):
            await asyncio.sleep(0)
        assert len(limits.by_address) == 1
        clock.return_value += 60
        for _ in range(5):
            await asyncio.sleep(0)
        assert len(limits.by_address) == len(limits.by_link) == 0
    finally:
        forgetting.cancel()


# over HTTP: each call from a browser without a cookie

BEHIND_A_PROXY = {"trusted_proxies": "127.0.0.0/8", "knocks_per_minute": 3}


async def knocks_of(door: FrontDoor, *forwarded: str, browser: Browser | None = None) -> list[int]:
    """What a knock gets with each of these as X-Forwarded-For, from new browsers if none is given."""
    statuses = []
    for number, address in enumerate(forwarded):
        knocking = browser or door.browser()
        answer = await knocking.post(
            f"{door.link}/entry", {"name": f"Visitor {number}"}, headers={"X-Forwarded-For": address}
        )
        statuses.append(answer.status)
    return statuses


@pytest.mark.parametrize(
    "another",
    [
        lambda number: "198.51.100.7",  # without the cookie, under another name
        lambda number: f"203.0.113.{number}, 198.51.100.7",  # with words of their own in the header
        lambda number: f"198.51.100.7:{4000 + number}",
    ],
    ids=["name", "header", "port"],
)
async def test_one_address_behind_the_proxy_is_limited_whatever_it_writes_and_others_are_free(
    front_door: Any, another: Any
) -> None:
    async with front_door(**BEHIND_A_PROXY) as door:
        assert await knocks_of(door, *(another(number) for number in range(5))) == [202, 202, 202, 429, 429]
        assert await knocks_of(door, "198.51.100.8") == [202]


async def test_a_household_has_one_limit_and_the_next_one_its_own(front_door: Any) -> None:
    async with front_door(**BEHIND_A_PROXY) as door:
        household = [f"2001:db8:1:2:{number:x}::1" for number in range(1, 5)]
        assert await knocks_of(door, *household) == [202, 202, 202, 429]
        assert await knocks_of(door, "2001:db8:1:3::1") == [202]


async def test_who_is_no_proxy_of_ours_gets_nowhere_by_the_header(front_door: Any) -> None:
    async with front_door(knocks_per_minute=3) as door:
        assert await knocks_of(door, *(f"198.51.100.{number}" for number in range(4))) == [202, 202, 202, 429]


async def test_who_waits_keeps_their_place_whatever_others_at_the_same_address_do(front_door: Any) -> None:
    async with front_door(**BEHIND_A_PROXY) as door:
        first = door.browser()
        assert await knocks_of(door, "198.51.100.7", browser=first) == [202]
        assert await knocks_of(door, *["198.51.100.7"] * 3) == [202, 202, 429]
        assert await knocks_of(door, *["198.51.100.7"] * 3, browser=first) == [202] * 3, "it is the same knock"


async def test_a_link_is_limited_over_all_addresses_and_other_links_are_not(front_door: Any) -> None:
    async with front_door(trusted_proxies="127.0.0.0/8", knocks_per_minute=1) as door:
        crowd = [f"198.51.100.{number}" for number in range(PER_LINK)]
        assert await knocks_of(door, *crowd) == [202] * PER_LINK
        assert await knocks_of(door, "203.0.113.1") == [429]
        other = (await (await door.signed_in("Carl")).get("/api/v1/session")).body["link"]["slug"]
        answer = await door.browser().post(
            f"/api/v1/links/{other}/entry", {"name": "Nora"}, headers={"X-Forwarded-For": "203.0.113.1"}
        )
        assert answer.status == 202, "what was refused was not counted"
        # The owner and colleagues walk in all the same.
        await door.walk_in(await door.signed_in("Olga"))


async def test_a_crowd_at_one_door_leaves_the_others_their_place_in_the_queue(door: FrontDoor) -> None:
    store, others_link = door.app[STORE], (await (await door.signed_in("Carl")).get("/api/v1/session")).body["link"]
    go = threading.Event()
    at_work = asyncio.create_task(store.run(lambda repository: go.wait(10)))
    crowd = [
        # However the address is typed, it is one door.
        asyncio.create_task(door.browser().post(f"/api/v1/links/{slug}/entry", {"name": f"Visitor {number}"}))
        for number in range(50)
        for slug in (door.slug, door.slug.upper())
    ]
    await asyncio.sleep(0.5)
    assert AT_A_LINK <= store.queued() < 2 * AT_A_LINK, "beside what the server itself asks for"
    elsewhere = asyncio.create_task(door.browser().post(f"/api/v1/links/{others_link['slug']}/entry", {"name": "Nora"}))
    await asyncio.sleep(0.2)
    assert store.queued() < 2 * AT_A_LINK
    go.set()
    assert (await elsewhere).status == 202
    assert {answer.status for answer in await asyncio.gather(*crowd)} == {202}
    await at_work
