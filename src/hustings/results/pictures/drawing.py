"""What all pictures share: the sheet, its inks, and text that keeps to its place.

A picture is 360 units wide, so that its text can still be read on a telephone, and as high
as it must be. All lines and letters are in the page's own colour (`currentColor`). Fills take
the page's custom properties `--s1`.. (sections) and `--c1`.. (candidates and kinds), or the
colours below where a page sets none; each is also a pattern of its own, so that no meaning
hangs on colour.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from html import escape
from math import floor

from hustings.counting.transcript import Transcript
from hustings.election.rulebook import RuleBook
from hustings.units import HALF, decimal

WIDTH = 360
SIZE = 13
LINE = 18
# Above a count of what did not happen; each line of what was changed comes on top.
BANNER = 30
# Okabe and Ito's colours, which stay apart for the colour-blind.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442")
# Marks on a tile of 8 by 8; their number shares no divisor with that of the colours, so that
# 56 fills differ.
MARKS = (
    "",
    "M-2 2L2 -2M-2 10L10 -2M6 10L10 6",
    "M2 2h.1M6 6h.1",
    "M0 2h8M0 6h8",
    "M0 0L8 8M8 0L0 8",
    "M2 0v8M6 0v8",
    "M-2 6L2 10M-2 -2L10 10M6 -2L10 2",
    "M0 4h8M4 0v8",
)
# No picture prints more; a rule book may ask for 999.
MOST_PLACES = 4
# Nobody reads a drawn name further, and no width is worth computing beyond.
LONGEST = 80

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STEERS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Accents that would climb over the line above: all after the third on one letter.
_HEAPED = re.compile("([\u0300-\u036f]{3})[\u0300-\u036f]+")
_NARROW, _BROAD = frozenset("iljIftr.,:;'|!()[] -"), frozenset("mwMW@%—…&")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A finished drawing but for its frame: its parts in order, and how high they are."""

    height: int
    parts: Iterable[str]


@dataclass(frozen=True, slots=True)
class Caption:
    """What a picture says in words: its finding as a sentence, and its figures.

    `hypothesis` is what was changed, where the count is of something that did not happen.
    """

    finding: str
    figures: str
    hypothesis: str = ""


def framed(sheet: Sheet, caption: Caption, key: str, kind: str, *, linked: bool = False) -> str:
    """The sheet as SVG, with a title and a description; it is as wide as the page lets it be.

    `key` begins every id in it: letters, digits and hyphens. Where it is `linked` it is a
    group of links rather than one image, since an image hides what is inside it. A count of
    what did not happen is marked in the title and above the drawing.
    """
    changed = f"a count with {caption.hypothesis}"
    banner = wrapped(changed, WIDTH - 16) if caption.hypothesis else []
    top = BANNER + LINE * len(banner) if banner else 0
    title = f"Not a result: {changed}. {caption.finding}" if top else caption.finding
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {-top} {WIDTH} '
            f'{sheet.height + top}" role="{"group" if linked else "img"}" '
            f'aria-labelledby="{key}-title {key}-desc" class="picture {kind}" direction="ltr" '
            f'font-family="system-ui, sans-serif" font-size="{SIZE}" fill="currentColor">',
            f'<title id="{key}-title">{told(title)}</title>',
            f'<desc id="{key}-desc">{told(caption.figures)}</desc>',
            *(_banner(banner, top) if top else ()),
            *sheet.parts,
            "</svg>",
        ]
    )


def _banner(changed: Sequence[str], top: int) -> Iterator[str]:
    yield (
        f'<rect x="1" y="{1 - top}" width="{WIDTH - 2}" height="{top - 8}" fill="none" '
        'stroke="currentColor" stroke-width="2"/>'
    )
    yield text(8, 16 - top, "NOT A RESULT", bold=True)
    for number, line in enumerate(changed, 1):
        yield label(8, 16 - top + number * (LINE - 1), line, WIDTH - 16)


def told(words: str) -> str:
    """The words as XML can hold them, whatever they are."""
    return escape(_NOT_XML.sub("\ufffd", words))


def text(x: Fraction | int, y: int, words: str, *, anchor: str = "", bold: bool = False) -> str:
    """Words that are known to be short; `anchor` is empty, middle or end."""
    anchored = f' text-anchor="{anchor}"' if anchor else ""
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{place(x)}" y="{y}"{anchored}{weight}>{told(words)}</text>'


def label(
    x: Fraction | int,
    y: int,
    name: str,
    room: Fraction | int,
    *,
    after: str = "",
    anchor: str = "",
    bold: bool = False,
) -> str:
    """A name that keeps to its room, and words after it; if it is cut, a title has it whole."""
    drawn = cut(name, room - width_of(after), bold=bold)
    anchored = f' text-anchor="{anchor}"' if anchor else ""
    weight = ' font-weight="bold"' if bold else ""
    title = f"<title>{told(name)}</title>" if drawn != name else ""
    return (
        f'<text x="{place(x)}" y="{y}"{anchored}{weight}>{title}'
        f"{told(isolated(drawn))}{told(after)}</text>"
    )


def wrapped(words: str, room: int) -> list[str]:
    """The words in lines that keep to the room, as far as none of them is longer by itself.

    >>> wrapped("a count with the question: if Ann had not stood", 150)
    ['a count with the', 'question: if Ann had', 'not stood']
    """
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_of(longer) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


# The same few names stand in every round.
@lru_cache(maxsize=1024)
def cut(name: str, room: Fraction | int, *, bold: bool = False) -> str:
    """The name, or as much of it as has room before an ellipsis.

    >>> cut("Ann Archer", 200), cut("Ann Archer", 50)
    ('Ann Archer', 'Ann…')
    """
    scale = Fraction(11, 10) if bold else Fraction(1)
    plain = _plain(name)
    if len(plain) <= LONGEST and width_of(plain) * scale <= room:
        return plain
    left, kept = room - width_of("…") * scale, 0
    for letter in plain[:LONGEST]:
        left -= _wide(letter) * scale
        if left < 0:
            break
        kept += 1
    return f"{plain[:kept].rstrip()}…"


@lru_cache(maxsize=4096)
def width_of(words: str) -> Fraction:
    """How wide the words are at most in a common face, in units; broad rather than narrow."""
    return sum(map(_wide, words), Fraction(0))


@lru_cache(maxsize=1024)
def isolated(name: str) -> str:
    """The name, set apart where it is written from right to left, so that it moves no other."""
    steered = any(unicodedata.bidirectional(letter) in ("R", "AL", "AN") for letter in name)
    return f"\u2068{name}\u2069" if steered else name


def _plain(name: str) -> str:
    """The name on one line, without what would turn its neighbours or climb over them."""
    return _HEAPED.sub(r"\1", " ".join(_STEERS.sub("", _NOT_XML.sub("\ufffd", name)).split()))


@lru_cache(maxsize=4096)
def _wide(letter: str) -> Fraction:
    if letter in _NARROW:
        return Fraction(SIZE * 42, 100)
    if letter in _BROAD:
        return Fraction(SIZE)
    if letter.isascii():
        return Fraction(SIZE * (74 if letter.isupper() else 63), 100)
    return Fraction(SIZE * _wide_elsewhere(letter), 100)


def _wide_elsewhere(letter: str) -> int:
    """Beyond ASCII, in hundredths of the size."""
    kind = unicodedata.category(letter)
    if kind in ("Mn", "Me", "Cf"):
        return 0
    if "\ufdf0" <= letter <= "\ufdff":
        return 800
    if kind == "So" or unicodedata.east_asian_width(letter) in "WF":
        return 135
    return 80 if kind == "Lu" else 75


def place(value: Fraction | int) -> str:
    """A length or a place in the drawing, to a hundredth of a unit.

    >>> place(Fraction(1, 3)), place(12)
    ('0.33', '12')
    """
    # One division of whole numbers: a picture of many units has thousands of places.
    return _of_hundredths((200 * value.numerator + value.denominator) // (2 * value.denominator))


def _of_hundredths(number: int) -> str:
    whole, rest = divmod(abs(number), 100)
    sign = "-" if number < 0 else ""
    return f"{sign}{whole}.{rest:02}".rstrip("0").rstrip(".") if rest else f"{sign}{whole}"


def places(of_rules: int) -> int:
    """So many decimal places as the rules print, and no more than there is room for."""
    return min(of_rules, MOST_PLACES)


def in_rules(rules: RuleBook, part: Fraction, decimals: int) -> str:
    """A part of 1 per cent as the rules round it."""
    return decimal(part * 100, places(decimals), rules.rounding)


def fill(key: str, family: str, number: int) -> str:
    """What a shape is filled with: the pattern of that number, from 0, in its family."""
    return f"url(#{key}-{family}{number + 1})"


def patterns(key: str, family: str, many: int) -> Iterator[str]:
    """The fills of so many sections (`s`), or candidates and kinds (`c`)."""
    yield "<defs>"
    for number in range(many):
        marks = MARKS[number % len(MARKS)]
        yield (
            f'<pattern id="{key}-{family}{number + 1}" width="8" height="8" '
            'patternUnits="userSpaceOnUse">'
            f'<rect width="8" height="8" {coloured(family, number)} fill-opacity=".8"/>'
        )
        if marks:
            wide = 3 if "h.1" in marks else 1
            yield (
                f'<path d="{marks}" fill="none" stroke="currentColor" stroke-width="{wide}" '
                'stroke-linecap="round"/>'
            )
        yield "</pattern>"
    yield "</defs>"


def coloured(family: str, number: int) -> str:
    """The plain colour of that number, for what is told apart otherwise."""
    which = number % len(COLOURS)
    return f'style="fill:var(--{family}{which + 1},{COLOURS[which]})"'


def segment(start: Fraction, end: Fraction, y: int, height: int, ink: str) -> str:
    """One part of a bar from here to there; its ends are rounded, not its width, so parts meet.

    Empty where nothing would be seen.
    """
    left, right = (floor(edge * 100 + HALF) for edge in (start, end))
    if left >= right:
        return ""
    return (
        f'<rect x="{_of_hundredths(left)}" y="{y}" width="{_of_hundredths(right - left)}" '
        f'height="{height}" {ink} '
        'stroke="currentColor" stroke-width=".8"/>'
    )


def legend(entries: Sequence[tuple[str, str]], top: int) -> Sheet:
    """What each ink stands for, (ink, name) by (ink, name), as many on a line as have room."""
    parts, x, line = [], Fraction(0), 0
    for ink, name in entries:
        drawn = cut(name, WIDTH - 22)
        wide = 22 + width_of(drawn) + 10
        if x and x + wide - 10 > WIDTH:
            x, line = Fraction(0), line + 1
        y = top + line * (LINE + 4)
        parts.append(
            f'<rect x="{place(x + 1)}" y="{y + 2}" width="14" height="14" {ink} '
            'stroke="currentColor" stroke-width=".8"/>'
        )
        parts.append(label(x + 20, y + 14, name, WIDTH - 22))
        x += wide
    return Sheet((line + 1) * (LINE + 4) + 4 if entries else 0, parts)


def section_legend(transcript: Transcript, key: str, top: int) -> Sheet:
    """The sections' fills and names; nothing where there is one section only."""
    sections = [*transcript.rounds[0].tally.held]
    if len(sections) == 1:
        return Sheet(0, ())
    called = transcript.contest.section_name
    entries = [(f'fill="{fill(key, "s", n)}"', called(name)) for n, name in enumerate(sections)]
    return legend(entries, top)
