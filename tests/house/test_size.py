"""How much script a visitor's browser loads: little before joining, the rest while somebody chooses or waits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

BUILD = Path(__file__).parents[2] / "signal_server" / "static" / "build"
ENTRY = "web/visit/visit.ts"
INSIDE = "web/visit/inside.ts"
MENUS = "web/prejoin/menus.ts"
BESIDE = "web/meeting/beside.ts"
FRENCH = {"en": (), "fr": ("web/i18n/fr.json", "web/i18n/fr-doorbell.json", "web/i18n/fr-meeting.json")}

FRENCH_BESIDE = {"en": (), "fr": ("web/i18n/fr-beside.json",)}

AT_THE_DOOR = 45_000
"""Bytes of the pre-join and waiting pages, with gzip."""

IN_ALL = {"en": 185_000, "fr": 195_000}
"""Bytes until somebody is in the meeting and has chosen devices, as browsers take it over https: with Brotli.
livekit-client alone is 114,000: see docs/decisions/livekit-client-as-it-is.md. Blur is loaded by choosing it."""

WITH_THE_CHAT = {"en": 200_000, "fr": 211_500}
"""The same for whoever has opened the chat, the people, the settings or the keys besides."""


@pytest.fixture(scope="module")
def manifest() -> dict[str, dict[str, Any]]:
    read: dict[str, dict[str, Any]] = json.loads((BUILD / "manifest.json").read_text("utf-8"))
    return read


def loaded(manifest: dict[str, dict[str, Any]], *entries: str) -> set[str]:
    """The files that come with these entries, by static imports."""
    found: set[str] = set()
    keys = [entry for entry in entries if entry]
    while keys:
        chunk = manifest[keys.pop()]
        if chunk["file"] not in found:
            found.add(chunk["file"])
            keys += chunk.get("imports", [])
    return found


def size(files: set[str], ending: str) -> int:
    return sum((BUILD / f"{file}{ending}").stat().st_size for file in files)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_pages_before_the_meeting_are_light(manifest: dict[str, dict[str, Any]], language: str) -> None:
    files = loaded(manifest, ENTRY, *FRENCH[language][:1])
    assert size(files, ".gz") <= AT_THE_DOOR, sorted(files)


def test_they_do_not_wait_for_the_meeting(manifest: dict[str, dict[str, Any]]) -> None:
    at_once = loaded(manifest, ENTRY)
    assert INSIDE in manifest[ENTRY]["dynamicImports"]
    assert manifest[INSIDE]["file"] not in at_once


@pytest.mark.parametrize("language", ["en", "fr"])
def test_all_that_is_loaded_to_be_in_a_meeting_is_bounded(manifest: dict[str, dict[str, Any]], language: str) -> None:
    files = loaded(manifest, ENTRY, INSIDE, MENUS, *FRENCH[language])
    assert size(files, ".br") <= IN_ALL[language], sorted(files)
    besides = loaded(manifest, BESIDE, *FRENCH_BESIDE[language])
    assert not besides <= files, "it is loaded by a press"
    assert size(files | besides, ".br") <= WITH_THE_CHAT[language], sorted(besides)
