"""Which packets of a meeting are chat messages that count: those that the pages show (web/meeting/chat.ts)."""

from __future__ import annotations

import re

TOPIC = "chat"

MOST_BYTES = 6_000
"""Of a longer packet the pages read no more."""

AT_ONCE, A_SECOND = 20, 1
"""So many of one person are taken at once, and then so many a second."""

# The pages draw none of these: a message of nothing else is none.
UNSEEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]"
)


class Messages:
    """Counts of each person what the others' pages show of them: a flood counts as little as it is seen."""

    def __init__(self) -> None:
        self._left: dict[str, tuple[float, float]] = {}  # by identity: how many more at once, as of when

    def counts(self, identity: str, payload: bytes, at: float) -> bool:
        """Whether this packet of somebody is a message that is shown. `at` in seconds of any clock."""
        left, since = self._left.get(identity, (AT_ONCE, at))
        left = min(AT_ONCE, left + (at - since) * A_SECOND)
        # Whoever goes on is not taken up again until they pause.
        self._left[identity] = (left - 1 if left >= 1 else 0, at)
        return left >= 1 and _has_text(payload[:MOST_BYTES])


def _has_text(payload: bytes) -> bool:
    return bool(UNSEEN.sub("", payload.decode("utf-8", "replace")).strip())
