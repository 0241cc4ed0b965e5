"""A workspace's accent is legible whatever colour was chosen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_server.accent import DARK_GROUNDS, LEGIBLE, LIGHT_GROUNDS, contrast, mended

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(colours)
def test_every_colour_becomes_legible_in_both_themes(colour: str) -> None:
    accent = mended(colour)
    assert all(contrast(accent.light, ground) >= LEGIBLE for ground in LIGHT_GROUNDS)
    assert all(contrast(accent.dark, ground) >= LEGIBLE for ground in DARK_GROUNDS)
    assert contrast(accent.on_light, accent.light) >= LEGIBLE
    assert contrast(accent.on_dark, accent.dark) >= LEGIBLE


@pytest.mark.parametrize("colour", ["#0f6b5c", "#7a1f5c", "#1d4ed8"])
def test_a_colour_that_is_legible_stays_as_chosen(colour: str) -> None:
    assert mended(colour).light == colour


def test_short_colours_are_read() -> None:
    assert mended("#0AF") == mended("#00aaff")


@pytest.mark.parametrize("wrong", ["red", "#12345", "", "#0f6b5c;}body{display:none}"])
def test_what_is_no_colour_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a colour"):
        mended(wrong)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
