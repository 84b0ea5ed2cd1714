"""A forecast over time: lines by day, a band where a share may lie, and what was published when.

Below the lines every day on which evidence was published has a mark with a number, which
leads to the sources of that day.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import count, pairwise

from hustings.results.pictures.drawing import (
    COLOURS,
    LINE,
    WIDTH,
    Caption,
    Sheet,
    coloured,
    cut,
    framed,
    label,
    place,
    text,
    told,
    width_of,
)
from hustings.results.pictures.turnout import Axis, axis
from hustings.units import HALF, decimal, percent

LEFT, RIGHT, TOP, BOTTOM = 34, 354, 22, 200
# Marks are so far apart at least, and their lanes so far below each other.
APART, LANE, RADIUS = 17, 19, 8
MOST_LINES, MOST_TICKS = 7, 5
# Round, square, two triangles, a diamond and a cross: one for each colour but the last.
SHAPES = (
    "",
    "M-3.4 -3.4h6.8v6.8h-6.8z",
    "M0 -4.4L4.2 3.4H-4.2z",
    "M0 -4.8L4.8 0L0 4.8L-4.8 0z",
    "M0 4.4L-4.2 -3.4H4.2z",
    "M-4 -1.4h2.6v-2.6h2.8v2.6h2.6v2.8h-2.6v2.6h-2.8v-2.6h-2.6z",
)
# How far apart the days may be at which the axis has its ticks.
DAYS = (1, 2, 5, 7, 14)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WHOLE = Axis(Fraction(0), Fraction(1), Fraction(1, 4))


@dataclass(frozen=True, slots=True)
class Day:
    """A line's figure on a day, in parts of 1, and the ends of the band around it."""

    day: date
    value: Fraction
    low: Fraction | None = None
    high: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One candidate's figures in the order of the days; `ink` is the number of their colour."""

    name: str
    ink: int
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A day on which evidence was published: what it was, and the page that tells of it."""

    day: date
    told: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """What is drawn: the lines, the marks, what the height means, and when the poll closes.

    Heights are parts of 1, or whole numbers where it is of `numbers`; the dashed line is at
    `level`, where that is not None.
    """

    measure: str
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...] = ()
    closes: date | None = None
    numbers: bool = False
    level: Fraction | None = HALF

    @property
    def span(self) -> tuple[date, date]:
        """The first and the last day, at least one day apart."""
        days = [each.day for line in self.lines for each in line.days]
        days += [mark.day for mark in self.marks]
        return min(days), max(max(days), min(days) + timedelta(1))

    @property
    def ends(self) -> tuple[Fraction, ...]:
        """Every height that must find room."""
        found = ((d.value, d.low, d.high) for line in self.lines for d in line.days)
        return tuple(height for each in found for height in each if height is not None)

    def written(self, height: Fraction) -> str:
        """A height as a reader sees it."""
        return decimal(height, 0) if self.numbers else percent(height, 0)


def draw_chances(course: Course, finding: str, key: str) -> str:
    """Each candidate's chance to win by day, from 0 to 100, as SVG; needs one day at least."""
    return _drawn(course, WHOLE, finding, key)


def draw_share(course: Course, finding: str, key: str) -> str:
    """A share by day with its band and the line at half, as SVG; needs one day at least."""
    return _drawn(course, axis((HALF, *course.ends)), finding, key)


def draw_numbers(course: Course, finding: str, key: str) -> str:
    """How many each has by day, from none, as SVG; needs one day at least."""
    most = max((*course.ends, course.level or Fraction(0), Fraction(1)))
    steps = (Fraction(step * 10**power) for power in count() for step in (1, 2, 5))
    step = next(step for step in steps if most / step <= MOST_TICKS)
    return _drawn(course, Axis(Fraction(0), step * -(-most // step), step), finding, key)


def _drawn(course: Course, upwards: Axis, finding: str, key: str) -> str:
    lanes, numbered = _numbered(course)
    high, named = _legend(course)
    field = [
        *_grid(course, upwards),
        *(_band(line, course, upwards) for line in course.lines),
        *(part for line in course.lines for part in _line(line, course, upwards)),
        *numbered,
    ]
    parts = [*named, f'<g transform="translate(0 {high})">', *field, "</g>"]
    linked = any(mark.href for mark in course.marks)
    sheet = Sheet(high + BOTTOM + 30 + lanes * LANE, parts)
    return framed(sheet, Caption(finding, _described(course)), key, "over-time", linked=linked)


def _legend(course: Course) -> tuple[int, list[str]]:
    """How high the names are, and each with its sign and its last figure, as many as fit a line."""
    parts, x, y = [label(0, 14, course.measure, WIDTH, bold=True)], Fraction(8), 34
    for line in course.lines:
        figures = f" {_figures(line.days[-1], course)}"
        wide = 12 + width_of(cut(line.name, WIDTH - 90)) + width_of(figures) + 16
        if x > 8 and x + wide - 16 > WIDTH:
            x, y = Fraction(8), y + LINE
        parts.append(_dot(line, x, Fraction(y - 4)))
        parts.append(label(x + 10, y, line.name, WIDTH - 20, after=figures))
        x += wide
    return y, parts


# --- the field ----------------------------------------------------------------------------


def _x(day: date, course: Course) -> Fraction:
    first, last = course.span
    return LEFT + 6 + Fraction((day - first).days, (last - first).days) * (RIGHT - LEFT - 12)


def _y(height: Fraction, upwards: Axis) -> Fraction:
    return BOTTOM - (height - upwards.low) / (upwards.high - upwards.low) * (BOTTOM - TOP)


def _grid(course: Course, upwards: Axis) -> Iterator[str]:
    for tick in upwards.ticks:
        y = _y(tick, upwards)
        yield f'<path d="M{LEFT} {place(y)}H{RIGHT}" stroke="currentColor" opacity=".18"/>'
        yield text(LEFT - 6, round(y) + 4, course.written(tick), anchor="end")
    if course.level is not None:
        way = f"M{LEFT} {place(_y(course.level, upwards))}H{RIGHT}"
        yield f'<path d="{way}" stroke="currentColor" stroke-dasharray="5 3"/>'
    yield f'<path d="M{LEFT} {BOTTOM}H{RIGHT}" stroke="currentColor"/>'
    for day, words in _ticks(*course.span):
        x = _x(day, course)
        yield f'<path d="M{place(x)} {BOTTOM}v5" stroke="currentColor"/>'
        yield text(x, BOTTOM + 18, words, anchor="middle")
    yield from _close(course)


def _close(course: Course) -> Iterator[str]:
    """The day on which the poll closes, where the picture reaches it."""
    first, last = course.span
    if course.closes and first <= course.closes <= last:
        x = _x(course.closes, course)
        yield f'<path d="M{place(x)} {TOP - 4}V{BOTTOM}" stroke="currentColor"/>'
        yield text(x, TOP - 7, "poll closes", anchor="end" if x > WIDTH / 3 else "")


def _ticks(first: date, last: date) -> list[tuple[date, str]]:
    """Days for the axis with their words: the first of months, or days where there are few."""
    months = [day for day in _firsts(first, last)]
    if len(months) >= 2:
        step = next(s for s in (1, 2, 3, 6, 12, 24, 60, 1200) if len(months) / s <= MOST_TICKS)
        years = step >= 12 or (last - first).days > 366
        return [(day, _month(day, years)) for day in months[::step]]
    step = next((s for s in DAYS if (last - first).days / s < MOST_TICKS), DAYS[-1])
    many = (last - first).days // step
    days = [first + timedelta(step * number) for number in range(many + 1)]
    return [(day, f"{day.day} {MONTHS[day.month - 1]}") for day in days]


def _firsts(first: date, last: date) -> Iterator[date]:
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        if date(year, month, 1) >= first:
            yield date(year, month, 1)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def _month(day: date, year: bool) -> str:
    return f"{MONTHS[day.month - 1]} {day.year % 100:02}" if year else f"1 {MONTHS[day.month - 1]}"


# --- the lines ----------------------------------------------------------------------------


def _band(line: Line, course: Course, upwards: Axis) -> str:
    """What lies between the ends of the line's bands; nothing where it has none."""
    held = [(d.day, d.low, d.high) for d in line.days if d.low is not None and d.high is not None]
    if not held:
        return ""
    ends = [(day, high) for day, _, high in held] + [(day, low) for day, low, _ in held[::-1]]
    points = " ".join(f"{place(_x(d, course))},{place(_y(height, upwards))}" for d, height in ends)
    return f'<polygon points="{points}" {coloured("c", line.ink)} fill-opacity=".28"/>'


def _line(line: Line, course: Course, upwards: Axis) -> Iterator[str]:
    at = [(_x(each.day, course), _y(each.value, upwards)) for each in line.days]
    way = "M" + "L".join(f"{place(x)} {place(y)}" for x, y in at)
    colour = f"var(--c{line.ink % len(COLOURS) + 1},{COLOURS[line.ink % len(COLOURS)]})"
    # The dark edge keeps a pale colour in sight on a white page.
    for wide, ink in ((3.6, "currentColor"), (2.2, "")):
        stroke = f'stroke="{ink}"' if ink else f'style="stroke:{colour}"'
        yield (
            f'<path d="{way}" fill="none" {stroke} stroke-width="{wide}" stroke-linejoin="round"/>'
        )
    for x, y in at:
        yield _dot(line, x, y)


def _dot(line: Line, x: Fraction, y: Fraction) -> str:
    """A sign for a figure, of another shape for each line: no meaning hangs on colour."""
    ink = f'{coloured("c", line.ink)} stroke="currentColor"'
    here = f"{place(x)} {place(y)}"
    shape = SHAPES[line.ink % len(SHAPES)]
    if not shape:
        return f'<circle cx="{place(x)}" cy="{place(y)}" r="3.8" {ink}/>'
    return f'<path transform="translate({here})" d="{shape}" {ink}/>'


def _figures(end: Day, course: Course) -> str:
    if end.low is None or end.high is None:
        return course.written(end.value)
    return f"{percent(end.low, 0)}–{percent(end.high, 0)}%"


# --- the marks ----------------------------------------------------------------------------


def _numbered(course: Course) -> tuple[int, list[str]]:
    """How many lanes the marks take, and the marks: each moved aside until it has room."""
    if not course.marks:
        return 0, []
    room = (WIDTH - 2 * RADIUS - LEFT) // APART + 1
    lanes = -(-len(course.marks) // room)
    parts: list[str] = []
    for lane in range(lanes):
        own = [(n, m) for n, m in enumerate(course.marks, 1) if n % lanes == lane]
        days = [_x(mark.day, course) for _, mark in own]
        places = _spread(days, Fraction(LEFT), Fraction(WIDTH - RADIUS))
        for (number, mark), x in zip(own, places, strict=True):
            parts.append(_mark(number, mark, course, (x, BOTTOM + 38 + lane * LANE)))
    return lanes, parts


def _spread(places: Sequence[Fraction], first: Fraction, last: Fraction) -> list[Fraction]:
    """The rising places, moved apart as little as can be, between the first and the last.

    Less its number of gaps each has to be no less than the one before: neighbours that are not
    share their mean (pool adjacent violators: Ayer and others, Ann. Math. Statist. 26, 1955).
    """
    pools: list[tuple[Fraction, int]] = []
    for number, each in enumerate(places):
        mean, many = each - number * APART, 1
        while pools and pools[-1][0] > mean:
            before, held = pools.pop()
            mean, many = (before * held + mean * many) / (held + many), held + many
        pools.append((mean, many))
    level = [mean for mean, many in pools for _ in range(many)]
    ends = first, last - (len(places) - 1) * APART
    return [min(max(each, ends[0]), ends[1]) + n * APART for n, each in enumerate(level)]


def _mark(number: int, mark: Mark, course: Course, at: tuple[Fraction, int]) -> str:
    x, y = at
    drawn = (
        f'<path d="M{place(_x(mark.day, course))} {BOTTOM + 22}L{place(x)} {y - RADIUS}" '
        'fill="none" stroke="currentColor" stroke-width=".6" opacity=".6"/>'
        f'<circle cx="{place(x)}" cy="{y}" r="{RADIUS}" fill="none" stroke="currentColor"/>'
        f'<text x="{place(x)}" y="{y + 4}" text-anchor="middle" font-size="10">{number}</text>'
    )
    title = f"<title>{told(f'{number}. {mark.day}: {cut(mark.told, 2000)}')}</title>"
    if not mark.href:
        return f"<g>{title}{drawn}</g>"
    return f'<a href="{told(mark.href)}">{title}{drawn}</a>'


def _described(course: Course) -> str:
    """The figures in words: of each line where it began, turned most, and ended."""
    said = [_course_of(line, course) for line in course.lines]
    if course.marks:
        said.append(f"{len(course.marks)} numbered marks stand for the days on which evidence came")
    return "; ".join(said)


def _course_of(line: Line, course: Course) -> str:
    first, last, written = line.days[0], line.days[-1], course.written
    words = f"{line.name}: {written(first.value)} on {first.day}"
    steps = [*pairwise(line.days)]
    if len(steps) > 1:
        before, after = max(steps, key=lambda pair: abs(pair[1].value - pair[0].value))
        words += f", from {written(before.value)} to {written(after.value)} on {after.day}"
    return f"{words}, {written(last.value)} on {last.day}"
