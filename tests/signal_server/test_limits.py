"""What is counted for whom: the address that a knock or a sign-in came from, and the link it came to."""

from ipaddress import ip_network
from unittest.mock import Mock

import pytest
from aiohttp.test_utils import make_mocked_request

from admission.errors import TooManyRequests
from signal_server.limits import PER_LINK, KnockLimits, client_address

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
