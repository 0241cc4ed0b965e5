"""What people may be called, which written text is taken, and which names look alike."""

from __future__ import annotations

import unicodedata

NAME_LENGTH = 80

# Joiners that Persian and Indic words and emoji need. Every other format character hides or reorders text.
JOINERS = {"\u200c", "\u200d"}
# Letters, symbols and marks that show as nothing: a name made of them is no name, and they tell no two names apart.
# Fillers (Hangul, Khitan, Braille, ideographic), an object that is not there, a note without a head, signs that
# are only ever about their neighbours.
BLANKS = {
    *"\u115f\u1160\u3164\uffa0\U00016fe4\u2800\u303f\ufffc\U0001d159\u034f\u17b4\u17b5\U0001da9b\U0001107f",
    *map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))),  # variation selectors
    *JOINERS,
}
MARKS_IN_A_ROW = 4
"""More accents on one letter reach into the lines around it (Unicode Technical Standard 39, 5.4)."""


class WrongText(ValueError):
    """A text that cannot be taken. `reason` is `empty`, `too-long` or `characters`."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def checked_name(text: str) -> str:
    """Return a name as it is kept: trimmed, composed, 1–80 characters on one line. Raises WrongText."""
    return checked_text(text, NAME_LENGTH, needed=True)


def checked_text(text: str, longest: int, *, needed: bool = False, lines: bool = False) -> str:
    """Return a text as it is kept: trimmed, composed, at most `longest` characters. Raises WrongText.

    Control characters and those that change the direction of others are refused, since they make a text read
    as something else, and so are heaps of marks on one letter, which cover other texts; `lines` lets line breaks
    pass, and reads a tab, as pasted from a table, as a space.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " ") if lines else text).strip()
    # What is printable holds none of those that are refused, and is known at once.
    if not text.isprintable() and any(_refused(each) and not (lines and each == "\n") for each in text):
        raise WrongText("characters", "holds control or direction characters")
    if not text.isascii() and _heap_of_marks(text):
        raise WrongText("characters", f"holds more than {MARKS_IN_A_ROW} marks on one letter")
    if len(text) > longest:
        raise WrongText("too-long", f"is longer than {longest} characters")
    if needed and not any(_visible(character) for character in text):
        raise WrongText("empty", "is empty")
    return text


def _refused(character: str) -> bool:
    # Cc control, Cf format (zero width; bidi marks, overrides, isolates), Cs half a surrogate pair,
    # Zl and Zp line and paragraph separators.
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and character not in JOINERS


def _heap_of_marks(text: str) -> bool:
    row = 0
    for character in text:
        row = row + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if row > MARKS_IN_A_ROW:
            return True
    return False


def _visible(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS" and character not in BLANKS


# Letters and digits by what they look like in Latin script, lower and upper case apart: ν is a v, Ν is an N.
LOOKS_LIKE = {
    "b": "ВвЬьΒβ8",
    "a": "АаΑαɑ4",
    "c": "СсϹϲς",
    "d": "ԁđĐð",
    "e": "ЕеЭєЄΕε3",
    "g": "ɡԌ9",
    "h": "НнһҺΗħĦ",
    "j": "ЈјͿϳ",
    "k": "КкΚκ",
    "l": "IiІіӀӏΙιıł|!1Ł",
    "m": "МмΜ",
    "n": "ΝηПп",
    "o": "ОоΟοσøØ0",
    "p": "РрΡρ",
    "q": "Ԛԛ",
    "r": "гГ",
    "s": "Ѕѕ5$",
    "t": "ТтΤτ7",
    "u": "υμ",
    "v": "νѴѵ",
    "w": "ԜԝωшШ",
    "x": "ХхΧχ",
    "y": "УуҮүΥγ",
    "z": "Ζζ2",
    "oe": "œŒ",
    "ae": "æÆ",
}
LATIN_LOOK = {ord(letter): latin for latin, letters in LOOKS_LIKE.items() for letter in letters}


def name_skeleton(name: str) -> str:
    """Fold a name so that equal and look-alike names become the same text.

    Case, accents, spaces, punctuation and the order of words do not count, nor do letters of other
    alphabets and digits that look like Latin letters. What is left is sorted by letter: names whose letters
    stand in another order are alike, too, which in a warning is right as often as not. The result is for
    comparison only.
    """
    bare = "".join(
        character
        for character in unicodedata.normalize("NFKD", name)
        if character not in BLANKS and not "\u0300" <= character <= "\u036f"
    )
    # In a name without any Latin letter, upper and lower case must come to the same: read it as capitals.
    if not any("a" <= character <= "z" for character in bare.lower()):
        bare = bare.upper()
    look = bare.translate(LATIN_LOOK).casefold()
    look = look.replace("rn", "m").replace("vv", "w")
    letters = sorted(character for character in look if unicodedata.category(character)[0] in "LNM")
    return "".join(letters) or look
