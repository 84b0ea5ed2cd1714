"""Typst text as PDF or PNG: the same text gives the same bytes on every machine."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING
from unicodedata import category

from hustings.errors import InputError
from hustings.results import as_typst

if TYPE_CHECKING:
    import typst

# The compiler's word for what the fonts lack, or what no archive may hold.
LACKING = re.compile(r'(?:the text|codepoint) `"(.*)"`')
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
# Spelling a character out can bring another to light, once or twice.
ATTEMPTS = 4
# One point of the source is one pixel.
POINTS_PER_INCH = 72.0


def pdf(source: str, at: str) -> bytes:
    """The document as PDF/A-2a and PDF/UA-1 in one file.

    `at` is the time of the release as ISO 8601, in UTC where it names no zone, and stands in
    the file as its date; where it is empty, the first second of 1970 does. Characters that
    the fonts lack are spelt out. Raises `InputError` for a time that is none.
    """
    timestamp = _seconds(at)
    return _spelling(source, lambda text: _pdf(text, timestamp))


def png(source: str) -> bytes:
    """The document's only page as PNG, one pixel to a point of the source.

    Characters that the fonts lack are spelt out.
    """
    return _spelling(source, _png)


def _spelling(source: str, compiled: Callable[[str], bytes]) -> bytes:
    """Compile, and where the fonts lack a character, spell it out and compile again."""
    from typst import TypstError

    missing: set[str] = set()
    for _ in range(ATTEMPTS):
        try:
            return compiled(as_typst.spelt(source, missing) if missing else source)
        except TypstError as error:
            found = _lacking(error) - missing
            if not found:
                raise
            missing |= found
    return compiled(as_typst.spelt(source, missing))


def _lacking(error: "typst.TypstError") -> set[str]:
    """The characters of which the compiler says that it cannot print them; ASCII never is one."""
    told = getattr(error, "diagnostic", None) or str(error)
    quoted = (ESCAPED.sub(_character, text) for text in LACKING.findall(told))
    found = {character for text in quoted for character in text if not character.isascii()}
    # A mark that has no shape is named with its neighbour, and is to blame only where alone.
    return {character for character in found if category(character) != "Cf"} or found


def _character(escaped: re.Match[str]) -> str:
    return chr(int(escaped[1], 16))


def _pdf(source: str, timestamp: int) -> bytes:
    """One file that can be kept for ever (A-2a) and that a screen reader can read (UA-1)."""
    with _TURN:
        return _one(
            _compiler().compile(
                source.encode(), format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=timestamp
            )
        )


def _png(source: str) -> bytes:
    """Drawing a picture lets a missing character pass in silence, so a PDF is made first."""
    if not source.isascii():
        _pdf(source, 0)
    with _TURN:
        return _one(_compiler().compile(source.encode(), format="png", ppi=POINTS_PER_INCH))


# The compiler serves one at a time.
_TURN = Lock()


def _one(made: object) -> bytes:
    assert isinstance(made, bytes)
    return made


@cache
def _compiler() -> "typst.Compiler":
    """One compiler for all documents, with the fonts that it carries and no others."""
    import typst

    return typst.Compiler(ignore_system_fonts=True)


def _seconds(at: str) -> int:
    if not at:
        return 0
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise InputError(f"{at!r} is no time; write it as 2010-09-25T16:50:00+01:00") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp())
