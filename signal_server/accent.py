"""A workspace's own accent colour, checked and mended: legible in light and dark, whatever was chosen."""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass

LEGIBLE = 4.5  # WCAG 2.2, 1.4.3: text against its ground

# The grounds of web/style/tokens.css on which the accent is read as text or edge, and the tint's share of accent.
LIGHT_GROUNDS = ("#fbfaf8", "#ffffff")
DARK_GROUNDS = ("#141516", "#1e2022")
TINT = 0.09

Colour = tuple[float, float, float]  # red, green, blue, each 0 to 1


@dataclass(frozen=True, slots=True)
class Accent:
    """The accent and what is written on it, for each theme."""

    light: str
    on_light: str
    dark: str
    on_dark: str

    def css(self) -> str:
        """Declarations for tokens.css's own places; `:root:root` wins whatever the order of the files."""
        return (
            f":root:root {{ --accent-light: {self.light}; --on-accent-light: {self.on_light};"
            f" --accent-dark: {self.dark}; --on-accent-dark: {self.on_dark}; }}\n"
        )


def mended(colour: str) -> Accent:
    """The nearest accent of this hue that is legible: darker in light, lighter in dark, as far as needed.

    `colour` is `#rgb` or `#rrggbb`; anything else raises ValueError.
    """
    chosen = _parsed(colour)
    light = _moved_until_legible(chosen, LIGHT_GROUNDS, by=-0.005)
    dark = _moved_until_legible(chosen, DARK_GROUNDS, by=0.005)
    return Accent(_hex(light), _hex(_written_on(light)), _hex(dark), _hex(_written_on(dark)))


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2 between two colours, 1 to 21."""
    return _contrast(_parsed(one), _parsed(other))


def _moved_until_legible(colour: Colour, grounds: tuple[str, ...], by: float) -> Colour:
    hue, lightness, saturation = colorsys.rgb_to_hls(*colour)
    while not _legible(colour, grounds) and 0 <= lightness <= 1:
        lightness += by
        colour = _rounded(colorsys.hls_to_rgb(hue, min(max(lightness, 0), 1), saturation))
    return colour


def _legible(colour: Colour, grounds: tuple[str, ...]) -> bool:
    parsed = [_parsed(ground) for ground in grounds]
    tinted = _mixed(colour, parsed[-1], TINT)
    return all(_contrast(colour, ground) >= LEGIBLE for ground in (*parsed, tinted))


def _written_on(colour: Colour) -> Colour:
    """White or the near-black of the same hue, whichever reads better; one of them always reaches 4.5."""
    hue, _lightness, saturation = colorsys.rgb_to_hls(*colour)
    deep = _rounded(colorsys.hls_to_rgb(hue, 0.06, min(saturation, 0.6)))
    white = (1.0, 1.0, 1.0)
    best = max((white, deep), key=lambda ink: _contrast(ink, colour))
    return best if _contrast(best, colour) >= LEGIBLE else (0.0, 0.0, 0.0)


def _contrast(one: Colour, other: Colour) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(colour: Colour, ground: Colour, share: float) -> Colour:
    red, green, blue = (a * share + b * (1 - share) for a, b in zip(colour, ground, strict=True))
    return red, green, blue


def _rounded(colour: Colour) -> Colour:
    """As the browser will read it from the stylesheet: what is measured is what is seen."""
    return _parsed(_hex(colour))


def _parsed(colour: str) -> Colour:
    found = re.fullmatch(r"#([0-9a-f]{3}|[0-9a-f]{6})", colour.strip(), re.IGNORECASE)
    if found is None:
        raise ValueError(f"not a colour: {colour!r}")
    digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def _hex(colour: Colour) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)
