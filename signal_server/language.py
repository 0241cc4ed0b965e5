"""The languages of the product: which one a reader wants, and what we say in it.

The English text is the key everywhere: in templates and Python `_("…")`, in TypeScript `t("…")`. One catalogue a
language (`catalogues/fr.po`) serves both sides: the server compiles it in memory at start, the front-end gets its
part of it as JSON before it is built.

    python -m signal_server.language extract   bring the catalogues up to date with the sources
    python -m signal_server.language export    write web/i18n/{language}.json for the front-end's build
"""

from __future__ import annotations

import ast
import gettext as compiled
import io
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aiohttp import web
from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo

LANGUAGES = ("en", "fr")
NAMES = {"en": "English", "fr": "Français"}  # each in its own words, as a reader looks for it
COOKIE = "language"
CATALOGUES = Path(__file__).parent / "catalogues"


@dataclass(frozen=True, slots=True)
class Words:
    """Says an English text in one language, with its `%(name)s` filled in."""

    language: str

    def __call__(self, text: str, /, **values: object) -> str:
        return self.translated(text) % values

    def translated(self, text: str) -> str:
        """The text in this language, its places not filled in."""
        return _translations(self.language).gettext(text)


def N_(text: str) -> str:
    """Mark a text for the catalogue where it stands; it is said later, by a `Words`."""
    return text


def gettext(request: web.Request) -> Words:
    """How to say something to whoever sent this request."""
    return Words(language_of(request))


def language_of(request: web.Request) -> str:
    """What the reader chose with the switch, else what their browser asks for, else English."""
    chosen = request.cookies.get(COOKIE)
    return chosen if chosen in LANGUAGES else _asked_for(request.headers.get("Accept-Language", ""))


def _asked_for(header: str) -> str:
    """The first of our languages in an `Accept-Language` header, by weight and then by order (RFC 9110, 12.5.4)."""
    wanted: list[tuple[float, str]] = []
    for part in header.split(","):
        tag, _, parameter = part.partition(";")
        found = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", parameter)
        weight = float(found[1]) if found else 1.0
        language = tag.strip().lower().split("-")[0]
        if weight > 0 and language in LANGUAGES:
            wanted.append((-weight, language))
    # Sorting by weight alone keeps the header's own order among equals.
    return min(wanted, key=lambda want: want[0])[1] if wanted else LANGUAGES[0]


def load() -> None:
    """Compile every catalogue now, so that a broken one stops the start and not somebody's page."""
    for language in LANGUAGES:
        _translations(language)


@cache
def _translations(language: str) -> compiled.NullTranslations:
    if language == LANGUAGES[0]:
        return compiled.NullTranslations()
    machine_object = io.BytesIO()
    write_mo(machine_object, catalogue(language))
    machine_object.seek(0)
    return compiled.GNUTranslations(machine_object)


def catalogue(language: str) -> Catalog:
    """What translators wrote, as it stands in the file."""
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        return pofile.read_po(file, locale=language, abort_invalid=True)


# ── From the sources to the catalogues, and from those to the front-end: in a checkout only ──

ROOT = Path(__file__).parent.parent
HEAD = """# {name}: what the product says, by what it says in English. Written by people; kept in order by
# `python -m signal_server.language extract`.
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""
_STRING = r'"(?:[^"\\\n]|\\.)*"'
# `t("…")`, also in several pieces. A pattern and not a parser: Lit's templates nest strings and expressions in a way
# that Babel's tokenizer for JavaScript loses track of.
_TYPESCRIPT = re.compile(rf"(?<![\w.$])t\(\s*({_STRING}(?:\s*\+\s*{_STRING})*)")


def texts_in_sources() -> dict[str, set[str]]:
    """Every text that the product says, with the files that say it."""
    found: dict[str, set[str]] = {}
    for file, text in _texts_of_all_files():
        found.setdefault(text, set()).add(file.relative_to(ROOT).as_posix())
    return found


def _texts_of_all_files() -> Iterator[tuple[Path, str]]:
    marked = {"_": None, "N_": None}
    for folder, method, ending in (
        ("admission", "python", "py"),
        ("signal_server", "python", "py"),
        ("templates", "jinja2.ext:babel_extract", "html"),
    ):
        for file in sorted((ROOT / folder).rglob(f"*.{ending}")):
            for _line, text, _comments, _context in extract_from_file(method, file, keywords=marked):
                yield file, str(text)
    for file in sorted((ROOT / "web").rglob("*.ts")):
        if not file.name.endswith((".test.ts", ".d.ts")):
            for written in _TYPESCRIPT.findall(file.read_text("utf-8")):
                yield file, "".join(ast.literal_eval(piece) for piece in re.findall(_STRING, written))


def extract() -> None:
    """Add new texts to each catalogue, untranslated; drop those that nothing says any more."""
    said = texts_in_sources()
    for language in LANGUAGES[1:]:
        before = catalogue(language)
        after = Catalog(locale=language, charset="utf-8")
        for text, files in sorted(said.items()):
            known = before.get(text)
            after.add(text, known.string if known else "", locations=[(file, 0) for file in sorted(files)])
        # Only the two headers that mean something: the others are dates, which make every extraction a change.
        written = io.BytesIO()
        pofile.write_po(written, after, width=0, omit_header=True, include_lineno=False, sort_output=True)
        head = HEAD.format(name=NAMES[language], language=language)
        (CATALOGUES / f"{language}.po").write_text(head + written.getvalue().decode(), "utf-8")
        for message in before:
            if message.id and message.id not in said:
                print(f"{language}: dropped {message.id!r}")
        for message in after:
            if message.id and not message.string:
                print(f"{language}: to translate: {message.id!r}")


# What only these say is loaded with the meeting: the page before it stays light. It names devices, though.
_INSIDE = ("web/meeting/", "web/moderation/", "web/contributions/", "web/platform/kept-setup.ts")
_AT_THE_DOOR = "web/meeting/gear.ts"
# Of the meeting's, what web/meeting/beside.ts alone brings, with the first press that opens something.
_BESIDE = ("chat-panel", "panel", "people-panel", "settings", "shortcut-list")
PARTS = ("", "doorbell", "meeting", "beside")


def _part(files: set[str]) -> str:
    """The part of the front-end that says a text: one of PARTS, "" for all pages, "server" for none of it."""
    said_by = {file for file in files if file.startswith("web/")}
    if not said_by:
        return "server"
    if all(file.startswith("web/doorbell/") for file in said_by):
        return "doorbell"
    if said_by <= {f"web/meeting/{name}.ts" for name in _BESIDE}:
        return "beside"
    return "meeting" if all(file.startswith(_INSIDE) and file != _AT_THE_DOOR for file in said_by) else ""


def export() -> None:
    """Write the front-end's parts of each catalogue to web/i18n, for Vite to build in: fr.json, fr-meeting.json …"""
    said = {text: _part(files) for text, files in sorted(texts_in_sources().items())}
    for language in LANGUAGES[1:]:
        translations = _translations(language)
        for part in PARTS:
            messages = {text: translations.gettext(text) for text, whose in said.items() if whose == part}
            name = f"{language}-{part}.json" if part else f"{language}.json"
            written = json.dumps(messages, ensure_ascii=False, indent=1)
            (ROOT / "web" / "i18n" / name).write_text(written + "\n", "utf-8")


if __name__ == "__main__":
    jobs = {"extract": extract, "export": export}
    if len(sys.argv) != 2 or sys.argv[1] not in jobs:
        sys.exit("usage: python -m signal_server.language extract|export")
    jobs[sys.argv[1]]()
