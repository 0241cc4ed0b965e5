"""The secret part of a link's address: made to be read out loud, found however it is typed."""

from __future__ import annotations

import math
import secrets
import unicodedata

# No vowels, so no words. Of letters and digits that look alike (0 o, 1 l i, 2 z, 5 s, 6 b, 8 b, 9 g q, u v,
# m rn, w vv) at most one of each is left.
ALPHABET = "bcdfghjknprstvxyz347"
GROUPS = (5, 4, 5)
LENGTH = sum(GROUPS)

assert LENGTH * math.log2(len(ALPHABET)) >= 60  # what cannot be guessed


def new_slug() -> str:
    return _grouped("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def typed_slug(text: str) -> str | None:
    """The slug that somebody meant, or None where it can be none.

    Case, hyphens and spaces do not count, nor does punctuation around it, as programs add it to addresses.
    """
    letters = "".join(
        character
        for character in unicodedata.normalize("NFKC", text[:200]).casefold()
        if unicodedata.category(character)[0] not in "PZSC"
    )
    return _grouped(letters) if len(letters) == LENGTH and set(letters) <= set(ALPHABET) else None


def _grouped(letters: str) -> str:
    groups, start = [], 0
    for length in GROUPS:
        groups.append(letters[start : start + length])
        start += length
    return "-".join(groups)
