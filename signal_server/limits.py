"""How many knocks one network address and one link may bring in a minute, and how many calls at once."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from aiohttp import web

from admission.errors import TooManyRequests
from signal_server.config import Network
from signal_server.moving_window import MovingWindow

PER_LINK = 20
"""A link takes so many times what one address may bring."""


def client_address(request: web.Request, trusted: tuple[Network, ...]) -> str:
    """The network address that counts: IPv6 by /64, since a household has all of one.

    X-Forwarded-For is believed from the right, as far as trusted proxies wrote it.
    """
    address = request.remote or "0.0.0.0"
    if trusted:
        hops = [
            _without_port(hop.strip())
            for line in request.headers.getall("X-Forwarded-For", ())
            for hop in line.split(",")
        ]
        while hops and _is_trusted(address, trusted):
            address = hops.pop()
    try:
        parsed = ip_address(address)
    except ValueError:
        return request.remote or "0.0.0.0"
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)


def _without_port(hop: str) -> str:
    """Some proxies write the port, too: `192.0.2.7:4711`, `[2001:db8::7]:4711`."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _is_trusted(address: str, trusted: tuple[Network, ...]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return any(parsed in network for network in trusted)


class ReactionLimits:
    """Five reactions and raised hands a second from one seat: enough for applause, too few for a flood."""

    def __init__(self) -> None:
        self.by_seat = MovingWindow(5, seconds=1)

    def spend(self, identity: str) -> None:
        """Count one. Raises TooManyRequests."""
        if not self.by_seat.take(identity):
            raise TooManyRequests(1)


class KnockLimits:
    """Counts new knocks. 0 a minute means no limit."""

    def __init__(self, per_minute: int) -> None:
        self.by_address = MovingWindow(per_minute)
        self.by_link = MovingWindow(per_minute * PER_LINK)

    def spend(self, address: str, link_id: str) -> None:
        """Count one knock. Raises TooManyRequests, and then counts nothing."""
        for window, key in ((self.by_address, address), (self.by_link, link_id)):
            if wait := window.wait(key):
                raise TooManyRequests(max(1.0, wait))
        self.by_address.take(address)
        self.by_link.take(link_id)
