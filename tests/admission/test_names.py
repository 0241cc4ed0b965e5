"""Which names are taken, and which look alike."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.names import WrongText, _refused, checked_name, checked_text, name_skeleton


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Nadia Amar \n", "Nadia Amar"),
        ("Zoe\u0308", "Zoë"),
        ("x" * 80, "x" * 80),
        ("م‌ریم", "م‌ریم"),  # a joiner that Persian needs
        ("👩‍🔬", "👩‍🔬"),
        ("7", "7"),
        ("🙂", "🙂"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("𝓝𝓸𝓻𝓪 𠮷", "𝓝𝓸𝓻𝓪 𠮷"),
        ('<b>Nora</b> & "Co"', '<b>Nora</b> & "Co"'),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("שָׁלֹ֔ום", "שָׁלֹ֔ום"),  # three marks on one letter are Hebrew
        ("ที่นี่", "ที่นี่"),
        ("བསྒྲུབས", "བསྒྲུབས"),
        ("Nguyễn Thị Ánh", "Nguyễn Thị Ánh"),
    ],
)
def test_a_name_is_kept_trimmed_and_composed(typed: str, kept: str) -> None:
    assert checked_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        (" \t ", "empty"),
        ("\u3164", "empty"),
        ("\u2800\u200d", "empty"),
        ("\U0001d159", "empty"),  # a note without a head
        ("\U0001d159\u2800\u3164\uffa0\u115f\u1160", "empty"),
        ("\U00016fe4", "empty"),
        ("\u303f", "empty"),
        ("\ufffc", "empty"),
        ("\u034f\u17b4\u17b5\u180b\u180e\ufe0f\U000e0100", "characters"),  # with a format character among them
        ("\u034f\u17b4\u17b5\ufe0f", "empty"),
        ("\u0301", "empty"),  # an accent on nothing
        ("\ue000", "empty"),  # whatever a font of somebody's makes of it
        ("\U000e0041", "characters"),  # a tag
        ("\u00ad", "characters"),
        ("Z" + "\u0335\u0337\u0338\u0321\u0322", "characters"),  # a heap of marks on one letter
        ("a" + "\u20dd" * 40, "characters"),
        ("x" * 81, "too-long"),
        ("Na\x00dia", "characters"),
        ("Na\ndia", "characters"),
        ("Na\tdia", "characters"),
        ("\u202eaidaN", "characters"),
        ("Nadia\u2066", "characters"),
        ("Nadia\u200f", "characters"),
        ("Na\u200bdia", "characters"),
        ("Na\ufeffdia", "characters"),
        ("Na\u2028dia", "characters"),
        ("Na\ud800dia", "characters"),
    ],
)
def test_a_name_that_hides_or_reorders_text_is_refused_with_the_reason(typed: str, reason: str) -> None:
    with pytest.raises(WrongText) as wrong:
        checked_name(typed)
    assert wrong.value.reason == reason


def test_a_message_may_have_lines_where_a_name_may_not() -> None:
    assert checked_text(" Hello,\r\nI am early. ", 500, lines=True) == "Hello,\nI am early."
    with pytest.raises(WrongText):
        checked_text("Hello,\nI am early.", 500)


@given(st.text(max_size=100))
def test_what_is_kept_is_kept_again_unchanged(text: str) -> None:
    try:
        kept = checked_name(text)
    except WrongText:
        return
    assert checked_name(kept) == kept
    kept.encode()  # the database and the page can write it


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Marie Dupont", "marie dupont"),
        ("Marie Dupont", "DUPONT Marie"),
        ("Marie Dupont", "Dupont, Marie"),
        ("Marie Dupont", "MarieDupont"),
        ("Marie Dupont", "Mariе Duроnt"),  # Cyrillic е and р
        ("Anna", "ΑΝΝΑ"),  # Greek capitals
        ("Ali", "AIi"),  # a capital I for the l
        ("Ali", "A1i"),
        ("Bernard", "Bemard"),
        ("Olga", "0lga"),
        ("Léa", "Lea"),
        ("Straße", "STRASSE"),
        ("Νίκος Παππάς", "ΠΑΠΠΑΣ ΝΙΚΟΣ"),
        ("Иван Петров", "ПЕТРОВ ИВАН"),
        ("Søren", "Soren"),
        ("李明", "明 李"),
        ("Olga Owner", "Olga\u3164Owner"),
        ("Olga Owner", "Olga Owner\U0001d159\u2800"),
        ("Olga Owner", "Olga Owner\ufe0f\U000e0100"),
    ],
)
def test_names_that_look_alike_compare_equal(one: str, other: str) -> None:
    assert name_skeleton(one) == name_skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Anna", "Anne"), ("Marie Dupont", "Marie Durand"), ("李明", "李华"), ("🙂", "🙃"), ("Иван", "Ирина")],
)
def test_names_that_differ_compare_different(one: str, other: str) -> None:
    assert name_skeleton(one) != name_skeleton(other)


@given(st.text(min_size=1, max_size=80))
def test_every_name_has_a_skeleton(text: str) -> None:
    name_skeleton(text)


def test_nothing_that_is_printable_is_refused_so_printable_texts_need_no_closer_look() -> None:
    characters = map(chr, range(sys.maxunicode + 1))
    assert [character for character in characters if character.isprintable() and _refused(character)] == []


def test_a_message_holds_no_heap_of_marks_either() -> None:
    with pytest.raises(WrongText):
        checked_text("Hello" + "\u0300" * 6, 500, lines=True)


def test_a_message_pasted_from_a_table_is_taken() -> None:
    assert checked_text("Monday\t9:00\nTuesday\t10:00", 50, lines=True) == "Monday 9:00\nTuesday 10:00"
