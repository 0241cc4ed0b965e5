"""Which tags a page gets from the build's manifest, and which icons."""

import json
from pathlib import Path
from typing import Any

from signal_server.built import Built

MANIFEST: dict[str, dict[str, Any]] = {
    "web/visit/visit.ts": {
        "file": "assets/visit-1.js",
        "imports": ["_style-2.js", "_lit-3.js"],
        "dynamicImports": ["web/meeting/meeting.ts"],
        "css": ["assets/visit-4.css"],
    },
    "_style-2.js": {"file": "assets/style-2.js", "css": ["assets/style-5.css"], "imports": ["_lit-3.js"]},
    "_lit-3.js": {"file": "assets/lit-3.js"},
    "web/meeting/meeting.ts": {"file": "assets/meeting-6.js"},
}


def test_an_entry_has_its_styles_its_imports_once_and_its_script_last() -> None:
    lines = Built(MANIFEST).tags("web/visit/visit.ts").splitlines()
    assert lines == [
        '<link rel="stylesheet" href="/static/build/assets/visit-4.css">',
        '<link rel="stylesheet" href="/static/build/assets/style-5.css">',
        '<link rel="modulepreload" href="/static/build/assets/style-2.js">',
        '<link rel="modulepreload" href="/static/build/assets/lit-3.js">',
        '<script type="module" src="/static/build/assets/visit-1.js"></script>',
    ]


def test_without_a_build_pages_have_no_tags_and_no_icons(tmp_path: Path) -> None:
    built = Built.read(tmp_path)
    assert built.tags("web/visit/visit.ts") == ""
    assert built.icon("house") == ""


def test_icons_are_drawn_from_the_build_and_hidden_from_screen_readers(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST))
    (tmp_path / "icons.json").write_text(json.dumps({"house": '<path d="M1 1"/>'}))
    icon = Built.read(tmp_path).icon("house")
    assert '<path d="M1 1"/>' in icon
    assert 'aria-hidden="true"' in icon
    assert "style" not in icon
