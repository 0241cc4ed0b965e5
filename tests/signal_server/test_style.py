"""The colours of web/style/tokens.css: legible on every ground, and the stage as dark as the dark theme."""

import re
from pathlib import Path

import pytest

from signal_server.accent import DARK_GROUNDS, LIGHT_GROUNDS, contrast

STYLE = Path(__file__).parents[2] / "web" / "style"
TOKENS = (STYLE / "tokens.css").read_text("utf-8")
BLOCKS = {
    "light": re.search(r"^:root \{(.*?)^\}", TOKENS, re.S | re.M),
    "dark": re.search(r"prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}", TOKENS, re.S),
    "stage": re.search(r"^\.stage \{(.*?)^\}", TOKENS, re.S | re.M),
}


def colours(theme: str) -> dict[str, str]:
    block = BLOCKS[theme]
    assert block is not None, theme
    found: dict[str, str] = dict(re.findall(r"--([\w-]+): ([^;]+);", block[1]))
    if theme != "light":
        found = {**colours("light"), **found}
    return {name: found.get(value.removeprefix("var(--")[:-1], value) for name, value in found.items()}


@pytest.mark.parametrize("theme", ["light", "dark", "stage"])
@pytest.mark.parametrize("text", ["ink", "soft", "accent", "danger", "warn"])
@pytest.mark.parametrize("ground", ["surface", "raised"])
def test_text_is_legible(theme: str, text: str, ground: str) -> None:
    found = colours(theme)
    assert contrast(found[text], found[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark", "stage"])
@pytest.mark.parametrize("ground", ["accent", "danger"])
def test_what_is_written_on_a_coloured_button_is_legible(theme: str, ground: str) -> None:
    found = colours(theme)
    assert contrast(found[f"on-{ground}"], found[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark", "stage"])
def test_the_edge_of_a_control_is_seen(theme: str) -> None:
    found = colours(theme)
    assert contrast(found["line"], found["surface"]) >= 3


def test_names_are_legible_on_the_stage() -> None:
    assert contrast(colours("light")["on-stage"], colours("light")["stage"]) >= 4.5


def test_the_stage_is_the_dark_theme() -> None:
    assert colours("stage").items() >= colours("dark").items()


def test_accents_are_mended_for_the_grounds_that_there_are() -> None:
    light, dark = colours("light"), colours("dark")
    assert (light["surface"], light["raised"]) == LIGHT_GROUNDS
    assert (dark["surface"], dark["raised"]) == DARK_GROUNDS


@pytest.mark.parametrize("file", sorted(STYLE.glob("*.css")), ids=lambda file: file.name)
def test_colours_are_named_in_one_file_only(file: Path) -> None:
    if file.name != "tokens.css":
        assert re.findall(r"#[0-9a-f]{3,8}\b|rgb\(", file.read_text("utf-8")) == []
