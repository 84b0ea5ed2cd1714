"""The pictures of a race over time: whatever the days and figures, they hold and can be read."""

import re
from datetime import date, timedelta
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from hustings.results.pictures.drawing import WIDTH
from hustings.results.pictures.over_time import (
    Course,
    Day,
    Line,
    Mark,
    draw_chances,
    draw_numbers,
    draw_share,
)
from hustings.results.pictures.pivot_bars import PivotBar, draw_pivots

SVG = "{http://www.w3.org/2000/svg}"
FIRST = date(2030, 1, 1)


def course(offsets: list[int], lines: int = 2, *, linked: bool = True) -> Course:
    days = sorted({FIRST + timedelta(offset) for offset in offsets})
    drawn = tuple(
        Line(
            f"Candidate <{number}> of a long name",
            number,
            tuple(
                Day(day, share, share * Fraction(4, 5), min(share * Fraction(6, 5), Fraction(1)))
                for at, day in enumerate(days)
                for share in [Fraction((at * 37 + number * 11) % 100, 100)]
            ),
        )
        for number in range(lines)
    )
    marks = tuple(Mark(day, f"a poll & <more> {day}", f"#{day}" if linked else "") for day in days)
    return Course("Chance", drawn, marks, days[-1])


@settings(max_examples=20)
@given(some.lists(some.integers(0, 3000), min_size=1, max_size=60), some.integers(1, 7))
def test_everything_is_inside_and_no_mark_covers_another(offsets: list[int], lines: int) -> None:
    for draw in (draw_chances, draw_share):
        root = ElementTree.fromstring(draw(course(offsets, lines), "A finding", "key"))
        left, top, wide, high = map(float, str(root.get("viewBox")).split())
        assert (left, top, wide) == (0, 0, WIDTH)
        # Marks stand in a group that is moved down by the height of the names.
        group = next(root.iter(f"{SVG}g"))
        down = float(re.findall(r"[\d.]+", str(group.get("transform")))[1])
        circles = [each for each in group.iter(f"{SVG}circle") if each.get("r") == "8"]
        at = [(float(str(c.get("cx"))), float(str(c.get("cy"))) + down) for c in circles]
        assert len(at) == len({*offsets})
        assert all(8 <= x <= WIDTH - 8 and y + 8 <= high for x, y in at)
        for one in range(len(at)):
            for other in range(one):
                far = max(abs(at[one][0] - at[other][0]), abs(at[one][1] - at[other][1]))
                assert far >= 16, (at[one], at[other])


def test_marks_stand_below_their_days_where_there_is_room() -> None:
    root = ElementTree.fromstring(draw_chances(course([0, 100, 200]), "A finding", "key"))
    dots = [float(str(c.get("cx"))) for c in root.iter(f"{SVG}circle") if c.get("r") == "3.8"]
    marks = [float(str(c.get("cx"))) for c in root.iter(f"{SVG}circle") if c.get("r") == "8"]
    # The first dot is in the list of names.
    assert marks[0] == dots[1] and marks[1] == dots[2]
    assert abs(marks[2] - dots[3]) <= 8


def test_one_day_and_no_marks_make_a_picture() -> None:
    for many in (1, 7):
        alone = course([5], many, linked=False)
        ElementTree.fromstring(draw_chances(alone, "A finding", "key"))
        bare = Course("Share", alone.lines)
        root = ElementTree.fromstring(draw_share(bare, "A finding", "key"))
        assert root.get("role") == "img"


@pytest.mark.parametrize(("most", "level"), [(0, None), (3, None), (81, 33), (165, 3), (98765, 9)])
def test_numbers_have_whole_ticks_and_hold_the_threshold(most: int, level: int | None) -> None:
    days = (Day(FIRST, Fraction(0)), Day(FIRST + timedelta(9), Fraction(most)))
    needed = None if level is None else Fraction(level)
    drawn = Course("MPs", (Line("Ann", 0, days),), numbers=True, level=needed)
    svg = draw_numbers(drawn, "A finding", "key")
    ticks = [int(found) for found in re.findall(r'text-anchor="end">(\d+)<', svg)]
    assert ticks == sorted({*ticks}) and ticks[0] == 0 and ticks[-1] >= max(most, level or 0)
    assert 2 <= len(ticks) <= 6
    assert ("stroke-dasharray" in svg) is (level is not None)


def test_days_have_round_dates_below_them() -> None:
    def below(offsets: list[int]) -> list[str]:
        return re.findall(r'middle">([^<\d]*\d* ?[A-Z][a-z]{2}[ \d]*)<', _svg(offsets))

    assert below([0, 120]) == ["1 Jan", "1 Feb", "1 Mar", "1 Apr", "1 May"]
    assert below([0, 3]) == ["1 Jan", "2 Jan", "3 Jan", "4 Jan"]
    assert below([0, 1400]) == ["Jan 30", "Jan 31", "Jan 32", "Jan 33"]


def _svg(offsets: list[int]) -> str:
    return draw_chances(course(offsets), "A finding", "key")


def test_a_pivot_says_from_where_to_where_and_keeps_its_words_off_the_lines() -> None:
    bars = [PivotBar(f"Bloc {n} & <co>", Fraction(n, 10), Fraction(n + 3, 10)) for n in range(8)]
    svg = draw_pivots("Ann <b>", Fraction(71, 100), bars, "pivots")
    root = ElementTree.fromstring(svg)
    said = "".join(root.itertext())
    assert "now 71" in said and "Bloc 3 & <co>, 30 to 60" in said
    assert "Bloc 3 & <co>: to between 30 and 60" in said
