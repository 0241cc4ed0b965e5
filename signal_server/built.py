"""What Vite has built: which tags a page needs for an entry, and the icons that templates draw."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

STATIC = Path(__file__).parent / "static"
BASE = "/static/build/"


@dataclass(frozen=True, slots=True)
class Built:
    """The build's manifest (Vite's `build.manifest`) and icons, read once at start."""

    manifest: dict[str, dict[str, Any]] = field(default_factory=dict)
    icons: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path = STATIC / "build") -> Built:
        """Without a build there is nothing to link: pages still render, unstyled, and the API works."""
        if not (folder / "manifest.json").exists():
            return cls()
        icons = folder / "icons.json"
        return cls(
            manifest=json.loads((folder / "manifest.json").read_text("utf-8")),
            icons=json.loads(icons.read_text("utf-8")) if icons.exists() else {},
        )

    def tags(self, entry: str) -> Markup:
        """The stylesheet, preload and script tags of an entry such as `web/platform/platform.ts`."""
        chunks = self._chunks(entry)
        if not chunks:
            return Markup()
        styles = dict.fromkeys(style for chunk in chunks for style in chunk.get("css", ()))
        lines = [f'<link rel="stylesheet" href="{BASE}{escape(style)}">' for style in styles]
        # The text's font is asked for at once, not when the stylesheet has been read.
        lines += [
            f'<link rel="preload" href="{BASE}{escape(font)}" as="font" type="font/woff2" crossorigin>'
            for font in dict.fromkeys(asset for chunk in chunks for asset in chunk.get("assets", ()))
            if "inter-latin-wght-normal" in font
        ]
        lines += [f'<link rel="modulepreload" href="{BASE}{escape(chunk["file"])}">' for chunk in chunks[1:]]
        lines.append(f'<script type="module" src="{BASE}{escape(chunks[0]["file"])}"></script>')
        return Markup("\n".join(lines))

    def _chunks(self, entry: str) -> list[dict[str, Any]]:
        """The entry's own chunk first, then all that it imports statically, each once."""
        found: dict[str, dict[str, Any]] = {}

        def walk(key: str) -> None:
            if key in self.manifest and key not in found:
                found[key] = self.manifest[key]
                for imported in found[key].get("imports", ()):
                    walk(imported)

        walk(entry)
        return list(found.values())

    def icon(self, name: str) -> Markup:
        """An icon of Lucide, drawn in the colour of the text beside it, which says what it means."""
        inner = self.icons.get(name)
        if inner is None:
            return Markup()
        return Markup(
            '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor"'
            ' stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
            f"{inner}</svg>"
        )
