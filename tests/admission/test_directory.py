"""Slugs: long enough not to be guessed, without look-alikes, found however they are typed."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.directory import SLUG_ALPHABET, SLUG_LENGTH, new_slug, normalised_slug

ALIKE = ["0o", "1li", "2z", "5s", "6b8", "9gq", "uv"]


def test_a_slug_cannot_be_guessed() -> None:
    assert len(set(SLUG_ALPHABET)) == len(SLUG_ALPHABET)
    assert SLUG_LENGTH * math.log2(len(SLUG_ALPHABET)) >= 60
    assert len({new_slug() for _ in range(1000)}) == 1000


def test_a_slug_is_in_groups_that_can_be_read_out_loud() -> None:
    assert re.fullmatch(rf"[{SLUG_ALPHABET}]{{5}}-[{SLUG_ALPHABET}]{{4}}-[{SLUG_ALPHABET}]{{5}}", new_slug())


@pytest.mark.parametrize("alike", ALIKE)
def test_of_letters_that_look_alike_one_at_most_is_used(alike: str) -> None:
    assert len(set(alike) & set(SLUG_ALPHABET)) <= 1


@pytest.mark.parametrize("typed", [
    "bcdfg-hjkn-prstv", "BCDFG-HJKN-PRSTV", "bcdfghjknprstv", "bcdfg hjkn prstv", "bcdfg-hjkn-prstv.",
    "bcdfg-hjkn-prstv),", "“bcdfg-hjkn-prstv”", "bcdfg–hjkn—prstv", "bcdfg-hjkn-prstv\u200b",
    " bcdfg-hjkn-prstv>", "ｂｃｄｆｇ-hjkn-prstv",
])  # fmt: skip
def test_a_slug_is_found_however_it_is_typed(typed: str) -> None:
    assert normalised_slug(typed) == "bcdfg-hjkn-prstv"


@pytest.mark.parametrize("typed", ["", "-", "bcdfg-hjkn-prst", "bcdfg-hjkn-prstvx", "acdfg-hjkn-prstv", "b" * 300])
def test_what_can_be_no_slug_is_empty(typed: str) -> None:
    assert normalised_slug(typed) == ""


@given(st.text())
def test_whatever_is_typed_is_a_slug_or_empty(typed: str) -> None:
    slug = normalised_slug(typed)
    assert slug == "" or normalised_slug(slug) == slug
