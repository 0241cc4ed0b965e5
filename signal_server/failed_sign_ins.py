"""How many sign-ins may fail in a minute, for one account and from one network address."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from admission.errors import TooManyRequests
from signal_server.moving_window import MovingWindow


class FailedSignIns:
    """Counts what failed; who signs in rightly is never counted. 0 a minute means no limit.

    The account is counted by its address, whether there is such an account or not. Where somebody has signed in to it
    before is counted apart: whoever keeps failing elsewhere, to lock them out, does not lock them out there.
    """

    KNOWN = 10_000
    """So many places of sign-ins are remembered, while this process runs."""

    def __init__(self, per_minute: int) -> None:
        self.window = MovingWindow(per_minute)
        self._in_hand: Counter[str] = Counter()
        self._known: dict[tuple[str, str], None] = {}  # accounts with network addresses, the latest last

    def refuse_if_spent(self, email: str, address: str) -> None:
        """Raise TooManyRequests if one more failure would be one too many.

        What is being compared at this moment counts as if it had failed: else a hundred tries at once would all
        be let through before the first of them has failed.
        """
        for key in self._keys(email, address):
            if wait := self.window.wait(key, cost=1 + self._in_hand[key]):
                raise TooManyRequests(max(1.0, wait))

    @contextmanager
    def comparing(self, email: str, address: str) -> Iterator[None]:
        """Around the comparison of a password. Raises TooManyRequests before it."""
        self.refuse_if_spent(email, address)
        keys = self._keys(email, address)
        self._in_hand.update(keys)
        try:
            yield
        except asyncio.CancelledError:
            # Who hangs up has had the work done for them all the same: it must not be had without limit.
            self.failed(email, address)
            raise
        finally:
            self._in_hand.subtract(keys)
            self._in_hand += Counter()  # forgets those at zero

    def failed(self, email: str, address: str) -> None:
        for key in self._keys(email, address):
            self.window.take(key)

    def succeeded(self, email: str, address: str) -> None:
        self._known.pop((email, address), None)
        self._known[email, address] = None
        if len(self._known) > self.KNOWN:
            del self._known[next(iter(self._known))]

    def _keys(self, email: str, address: str) -> tuple[str, str]:
        where = f" at {address}" if (email, address) in self._known else ""
        return f"account {email}{where}", f"address {address}"
