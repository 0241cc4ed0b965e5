"""Which language a reader gets, and whether every text is there in each of them."""

import re
from pathlib import Path

import pytest
from aiohttp.test_utils import make_mocked_request

from signal_server import language
from signal_server.language import LANGUAGES, Words, catalogue, gettext, language_of, texts_in_sources

PLACE = re.compile(r"%\((\w+)\)s")


@pytest.mark.parametrize(
    ("cookie", "header", "expected"),
    [
        (None, None, "en"),
        (None, "", "en"),
        (None, "fr", "fr"),
        (None, "fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        (None, "en-GB,en;q=0.9,fr;q=0.8", "en"),
        (None, "de, fr;q=0.5, en;q=0.4", "fr"),
        (None, "en;q=0.4, fr;q=0.5", "fr"),
        (None, "fr;q=0, en;q=0.1", "en"),
        (None, "de-DE, ja", "en"),
        (None, "*;q=0.5, ;;q=oops,,", "en"),
        ("fr", "en", "fr"),
        ("en", "fr", "en"),
        ("xx", "fr", "fr"),
    ],
)
def test_the_switch_decides_and_then_the_browser(cookie: str | None, header: str | None, expected: str) -> None:
    headers = {}
    if cookie:
        headers["Cookie"] = f"language={cookie}"
    if header is not None:
        headers["Accept-Language"] = header
    assert language_of(make_mocked_request("GET", "/", headers=headers)) == expected


def test_a_text_is_said_with_its_places_filled_in() -> None:
    french = gettext(make_mocked_request("GET", "/", headers={"Accept-Language": "fr"}))
    assert french("Meeting with %(owner)s", owner="Zoé 100 %") == "Réunion avec Zoé 100 %"
    assert Words("en")("Meeting with %(owner)s", owner="Zoé") == "Meeting with Zoé"


def test_catalogues_compile() -> None:
    language.load()


def test_texts_are_found_in_python_in_templates_and_in_typescript() -> None:
    said = texts_in_sources()
    assert "signal_server/invitation.py" in said["Videoconference"]
    assert "templates/preferences.html" in said["New link"]
    assert any(file.startswith("web/") and file.endswith(".ts") for files in said.values() for file in files)


@pytest.mark.parametrize("code", LANGUAGES[1:])
def test_every_text_is_translated_and_no_translation_is_left_over(code: str) -> None:
    translated = {message.id for message in catalogue(code) if message.id and message.string}
    said = set(texts_in_sources())
    assert sorted(said - translated) == [], "run python -m signal_server.language extract, then translate"
    assert sorted(translated - said) == [], "run python -m signal_server.language extract"
    assert not catalogue(code).obsolete


@pytest.mark.parametrize("code", LANGUAGES[1:])
def test_translations_have_the_places_of_the_text(code: str) -> None:
    for message in catalogue(code):
        if message.id:
            assert sorted(PLACE.findall(str(message.string))) == sorted(PLACE.findall(str(message.id))), message.id
            assert not message.fuzzy, message.id


# A space that breaks before `:` puts it at the start of a line.
FRENCH_FAULTS = re.compile(r"'|(?<!\u202f)[;:!?\u00bb]|\u00ab(?!\u202f)|\.\.\.")


def test_french_has_its_typographic_spaces_and_apostrophes() -> None:
    faults = [message.string for message in catalogue("fr") if message.id and FRENCH_FAULTS.search(str(message.string))]
    assert faults == []


def test_english_has_typographic_apostrophes_and_quotes() -> None:
    assert [text for text in texts_in_sources() if re.search(r"['\"]|\.\.\.", text)] == []


def test_the_front_end_gets_its_part(monkeypatch: pytest.MonkeyPatch) -> None:
    written: dict[str, str] = {}
    monkeypatch.setattr(Path, "write_text", lambda path, text, encoding: written.update({path.name: text}))
    language.export()
    assert set(written) == {
        f"{code}{part}.json" for code in LANGUAGES[1:] for part in ("", "-doorbell", "-meeting", "-beside")
    }
