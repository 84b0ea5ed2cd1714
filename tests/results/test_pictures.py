"""The pictures: well-formed, exact, told apart without colour, and no text over another."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import pairwise
from random import Random
from xml.etree.ElementTree import Element, fromstring

import pytest

from hustings.ballots.profile import Profile
from hustings.counting import engine, figures
from hustings.counting.movement import movement
from hustings.counting.transcript import Transcript
from hustings.election.rulebook import Method, PrintedOf, TiePolicy
from hustings.election.spec import Contest, Decisions, SectionEntry, Standing
from hustings.errors import InputError
from hustings.results.pictures import drawing
from hustings.results.pictures.college_bar import BAR, draw_final_round, draw_rounds
from hustings.results.pictures.drawing import COLOURS, MARKS, WIDTH, width_of
from hustings.results.pictures.preference_bars import draw_preferences, preferences_used
from hustings.results.pictures.section_bars import draw_sections
from hustings.results.pictures.transfer_bars import draw_points, draw_votes
from hustings.results.pictures.triangle import ThreeWay, draw_triangle, leads
from hustings.results.pictures.turnout import TurnoutPoint, axis, draw_turnout
from hustings.shell import acts, library
from hustings.units import Candidate, Papers, Section, percent

BY_LOT = (TiePolicy.LOT,)
SVG = "{http://www.w3.org/2000/svg}"
HARD = (
    "Ann",
    "W" * 4000,
    "בנימין בן שלמה הראשון לבית דוד המלך",
    "محمد بن عبد الله",
    "田中太郎" * 10,
    "<b onclick='x'>Bold & Co</b>",
    "\u202eevil\u202c \u0008",
    "Ze" + "\u0301" * 50,
    "😀" * 50,
    "Iain",
    "Jo " * 40,
    "K",
)


@cache
def example(name: str) -> Transcript:
    return library.count(acts.example(name))


def made_up(candidates: int, sections: int, **rules: object) -> Transcript:
    """Random papers for names that are hard to draw, the same in every run."""
    dice = Random(candidates * 10 + sections)
    ids = [Candidate(f"c{number:02}") for number in range(candidates)]
    entries = tuple(
        SectionEntry(Section(f"s{number}"), HARD[-1 - number % 12], Fraction(1, sections))
        for number in range(sections)
    )
    papers = {
        entry.id: {
            tuple(dice.sample(ids, dice.randint(1, candidates))): Papers(dice.randint(1, 2000))
            for _ in range(20)
        }
        for entry in entries
    }
    standing = tuple(Standing(id_, name) for id_, name in zip(ids, HARD, strict=False))
    book = replace(acts.rule_book("labour-2010"), **rules)
    lot = Decisions(lot=tuple(ids))
    return engine.count(Contest("x", "Leader", standing, entries, book, lot), [Profile(papers)])


def hypothesis(transcript: Transcript) -> Transcript:
    return replace(transcript, hypothesis="other weights & <more>")


def of_count(transcript: Transcript, key: str) -> Iterator[str]:
    """Every picture that is drawn of a count."""
    yield draw_rounds(transcript, f"{key}-a")
    yield draw_final_round(transcript, f"{key}-b")
    yield draw_sections(transcript, f"{key}-c")
    for number, round_ in enumerate(transcript.rounds, 1):
        if round_.transfers:
            yield draw_votes(transcript, number, f"{key}-d{number}")
            yield draw_points(transcript, number, f"{key}-e{number}")


def of_units(many: int) -> list[str]:
    dice = Random(many)
    three = [
        ThreeWay(f"<Unit> {n} & Co", (n % 7, dice.randint(0, 90), dice.randint(0, 90)), f"u/{n}/")
        for n in range(many)
    ]
    points = [
        TurnoutPoint(
            f"U{n}", Fraction(dice.randint(1, 99), 100), Fraction(dice.randint(0, 9), 9), f"u/{n}/"
        )
        for n in range(many)
    ]
    corners = (HARD[1], HARD[2], HARD[5])
    return [draw_triangle(corners, three, "t"), draw_turnout(HARD[1], points, "u")]


@cache
def all_pictures() -> tuple[str, ...]:
    counts = [example(name) for name in acts.examples()]
    counts += [hypothesis(example("labour-2010")), made_up(12, 6), made_up(2, 1), made_up(7, 1)]
    drawn = [picture for n, each in enumerate(counts) for picture in of_count(each, f"k{n}")]
    used = {1: Papers(61), 2: Papers(0), 3: Papers(95)}
    drawn += [draw_preferences(used, HARD[1], "p"), draw_preferences({}, "none", "q")]
    return (*drawn, *of_units(0), *of_units(1), *of_units(650))


def texts(svg: str) -> list[str]:
    """What is drawn in words, without the titles that appear on pointing."""
    root = fromstring(svg)
    return [drawn(element) for element in root.iter(f"{SVG}text")]


def drawn(element: Element) -> str:
    title = element.find(f"{SVG}title")
    inner = (element.text or "") + ((title.tail or "") if title is not None else "")
    return inner.replace("\u2068", "").replace("\u2069", "")


def title(svg: str) -> str:
    return fromstring(svg).findtext(f"{SVG}title") or ""


def bars(svg: str, height: int = BAR) -> dict[str, list[Element]]:
    """The parts of each bar, by the line that they stand on."""
    found: dict[str, list[Element]] = {}
    for rect in fromstring(svg).findall(f"{SVG}rect"):
        if rect.get("height") == str(height):
            found.setdefault(rect.get("y", ""), []).append(rect)
    return found


def number(element: Element, name: str) -> Fraction:
    return Fraction(element.get(name, "0"))


# --- every picture ----------------------------------------------------------------


def test_every_picture_is_named_by_its_title_and_described() -> None:
    for svg in all_pictures():
        root = fromstring(svg)
        names = [root.find(f"{SVG}{tag}") for tag in ("title", "desc")]
        assert root.get("aria-labelledby") == " ".join(e.get("id", "") for e in names)
        assert all(element.text for element in names)
        assert names[0].text.endswith(".")
        assert "width" not in root.attrib and "height" not in root.attrib
        left, _, width, _ = (root.get("viewBox") or "").split()
        assert (left, width) == ("0", "360")
        linked = root.find(f".//{SVG}a") is not None or "Each point is a link" in names[1].text
        assert root.get("role") == ("group" if linked else "img")


def test_no_id_is_used_twice_and_every_key_begins_them() -> None:
    ids: list[str] = []
    for svg in (*of_count(example("labour-2010"), "x"), *of_count(example("labour-2010"), "y")):
        ids += [element.get("id", "") for element in fromstring(svg).iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert {id_[0] for id_ in ids} == {"x", "y"}


def test_every_fill_is_a_pattern_of_the_picture_or_needs_none() -> None:
    """Colour alone never tells two parts of a bar from each other."""
    for svg in all_pictures():
        root = fromstring(svg)
        held = {pattern.get("id") for pattern in root.iter(f"{SVG}pattern")}
        assert set(re.findall(r"url\(#([^)]*)\)", svg)) <= held
        for rect in root.findall(f"{SVG}rect"):
            assert rect.get("stroke") == "currentColor"
            assert rect.get("style") is None
            assert (rect.get("fill") or "").startswith(("url(#", "currentColor", "none"))


def test_the_patterns_of_a_picture_differ_in_their_marks() -> None:
    root = fromstring(draw_rounds(made_up(3, 6), "k"))
    marks = [pattern.find(f"{SVG}path") for pattern in root.iter(f"{SVG}pattern")]
    told = [mark.get("d") if mark is not None else "" for mark in marks]
    assert len(told) == 6 == len(set(told))
    assert len({(n % len(COLOURS), n % len(MARKS)) for n in range(56)}) == 56


def test_all_ink_is_the_page_s_own() -> None:
    for svg in all_pictures():
        strokes = set(re.findall(r'stroke="([^"]*)"', svg))
        fills = set(re.findall(r'fill="([^"]*)"', svg))
        assert strokes <= {"currentColor"}
        assert {fill for fill in fills if not fill.startswith("url(#")} <= {"currentColor", "none"}
        for variable, colour in re.findall(r'style="fill:var\(--([sc]\d),(#\w+)\)"', svg):
            assert COLOURS[int(variable[1:]) - 1] == colour


def test_a_name_is_no_markup_and_a_control_character_no_error() -> None:
    for svg in all_pictures():
        assert "<b" not in svg and "\u0008" not in svg
        assert {element.tag.removeprefix(SVG) for element in fromstring(svg).iter()} <= {
            *("svg", "title", "desc", "defs", "pattern", "rect", "path", "line", "text"),
            *("a", "circle"),
        }


def test_a_long_name_is_cut_in_the_drawing_and_whole_in_a_title() -> None:
    root = fromstring(draw_rounds(made_up(12, 6), "k"))
    cut = [e for e in root.iter(f"{SVG}text") if drawn(e).startswith("WWW")]
    assert cut
    for element in cut:
        assert "…" in drawn(element) and len(drawn(element)) < 60
        assert element.findtext(f"{SVG}title") == "W" * 4000


def test_a_name_from_right_to_left_moves_no_other() -> None:
    svg = draw_rounds(made_up(4, 1), "k")
    for element in fromstring(svg).iter(f"{SVG}text"):
        if re.search("[\u0590-\u06ff]", element.text or ""):
            assert (element.text or "").startswith("\u2068") and "\u2069" in (element.text or "")
    assert fromstring(svg).get("direction") == "ltr"
    assert drawing.isolated("Ann") == "Ann"
    assert drawing.cut("\u202eevil\u202c", 100) == "evil"


def boxes(svg: str) -> list[tuple[Fraction, Fraction, Fraction, str]]:
    """Of each text its baseline, and from where to where it reaches at most."""
    found = []
    for element in fromstring(svg).iter(f"{SVG}text"):
        words = drawn(element)
        wide = width_of(words) * (Fraction(11, 10) if element.get("font-weight") else 1)
        shift = {"middle": wide / 2, "end": wide}.get(element.get("text-anchor", ""), Fraction(0))
        x = number(element, "x") - shift
        found.append((number(element, "y"), x, x + wide, words))
    return sorted(found)


def test_no_text_lies_over_another_or_leaves_the_picture() -> None:
    for svg in all_pictures():
        found = boxes(svg)
        for y, left, right, words in found:
            assert left >= -1 and right <= WIDTH + 14, (y, words)
        for first, second in pairwise(found):
            if second[0] - first[0] < 13:
                apart = first[2] <= second[1] or second[2] <= first[1]
                assert apart, (first, second)


def test_no_text_is_crossed_by_the_line_of_what_elects() -> None:
    for transcript in (*map(example, acts.examples()), made_up(12, 6), made_up(7, 1)):
        svg = draw_rounds(transcript, "k")
        for line in fromstring(svg).findall(f"{SVG}line"):
            x, top, bottom = (number(line, name) for name in ("x1", "y1", "y2"))
            for y, left, right, words in boxes(svg):
                if top < y - 5 < bottom:
                    assert not left < x < right, words


def test_a_count_of_what_did_not_happen_is_marked_wherever_it_is_drawn() -> None:
    told = "Not a result: a count with other weights & <more>. "
    for svg in of_count(hypothesis(example("labour-2010")), "k"):
        assert title(svg).startswith(told)
        assert "NOT A RESULT" in texts(svg)
    for svg in of_count(example("labour-2010"), "k"):
        assert "NOT A RESULT" not in texts(svg) and "Not a result" not in title(svg)
    svg = draw_preferences({1: Papers(1)}, "mps", "k", "other papers")
    assert "NOT A RESULT" in texts(svg)


def test_what_was_changed_stands_whole_above_a_picture_however_long_it_is() -> None:
    """In lines that keep to the narrow sheet, above all that is drawn, inside their frame."""
    changed = "the question: if each section's points had been taken of its papers in the first"
    count = replace(example("labour-2010"), hypothesis=f"{changed} round throughout")
    svg = draw_final_round(count, "k")
    above = [(y, left, right, words) for y, left, right, words in boxes(svg) if y < 0]
    assert " ".join(words for *_, words in sorted(above)) == (
        f"NOT A RESULT a count with {changed} round throughout"
    )
    assert all(left >= 8 and right <= WIDTH - 8 for _, left, right, _ in above)
    frame = fromstring(svg).find(f"{SVG}rect")
    assert frame is not None
    assert number(frame, "y") < min(above)[0] - 10
    assert max(above)[0] < number(frame, "y") + number(frame, "height") - 4


# --- the college bar --------------------------------------------------------------


def test_the_title_of_the_college_bar_is_its_finding() -> None:
    found = {name: title(draw_rounds(example(name), "k")) for name in acts.examples()}
    assert found["labour-2010"] == "Ed Miliband passes half in round 4 with 50.65% of the college."
    assert all(re.search(r" in round \d+ with [\d.]+% of the ", each) for each in found.values())
    assumed = draw_final_round(hypothesis(example("labour-2010")), "k")
    assert "Ed Miliband would pass half in round 4 with 50.65%" in title(assumed)
    assert "Ed Miliband, would be elected" in texts(assumed)


def test_whoever_is_elected_by_lot_comes_first() -> None:
    """Though level with the other and after them in the alphabet."""
    rules = replace(acts.rule_book("labour-2010"), method=Method.FIRST_PAST_THE_POST, ties=BY_LOT)
    contest = Contest(
        "x",
        "Leader",
        (Standing(Candidate("ann"), "Ann"), Standing(Candidate("bob"), "Bob")),
        (SectionEntry(Section("all"), "All", Fraction(1)),),
        rules,
        Decisions(lot=(Candidate("ann"), Candidate("bob"))),
    )
    ann, bob = (contest.candidates[n].id for n in (0, 1))
    profile = Profile({Section("all"): {(ann,): Papers(1), (bob,): Papers(1)}})
    found = texts(draw_rounds(engine.count(contest, [profile]), "k"))
    assert [t for t in found if "%" not in t] == ["Round 1", "Bob, elected", "Ann"]


@pytest.mark.parametrize("name", [*acts.examples(), "made up"])
def test_every_total_is_the_printed_one(name: str) -> None:
    transcript = made_up(12, 6) if name == "made up" else example(name)
    expected = [
        f"{figures.printed_total(transcript, round_, candidate)}%"
        for round_ in transcript.rounds
        for candidate in round_.tally.totals
    ]
    lines = {
        drawn(e)
        for e in fromstring(draw_rounds(transcript, "k")).iter(f"{SVG}text")
        if e.get("text-anchor") == "middle"
    }
    found = [t for t in texts(draw_rounds(transcript, "k")) if re.fullmatch(r"[\d.]+%", t)]
    assert sorted(t for t in found if t not in lines) == sorted(
        t for t in expected if t not in lines
    )


@pytest.mark.parametrize("name", ["labour-2010", "scotland-2008", "wales-2018", "australia-2013"])
def test_the_bars_stand_to_one_another_as_the_points(name: str) -> None:
    """Their parts meet, and each is as wide as its section's points, to a hundredth."""
    transcript = example(name)
    drawn_bars = iter(bars(draw_rounds(transcript, "k")).values())
    scale = None
    order = by_final_order(transcript)
    for round_ in transcript.rounds:
        for candidate in (c for c in order if c in round_.tally.totals):
            parts = next(drawn_bars)
            points = [
                figures.points(transcript, round_, section, candidate)
                for section in round_.tally.held
            ]
            end = number(parts[-1], "x") + number(parts[-1], "width")
            scale = scale or end / sum(points)
            assert abs(end - scale * sum(points)) <= Fraction(2, 100)
            widths = [p * scale for p in points if p]
            assert all(
                abs(number(part, "width") - wide) <= Fraction(3, 100)
                for part, wide in zip(parts, widths, strict=True)
            )
            for left, right in pairwise(parts):
                assert number(left, "x") + number(left, "width") == number(right, "x")
    assert next(drawn_bars, None) is None


def by_final_order(transcript: Transcript) -> list[str]:
    """Winner first, then whoever stayed longer, then whoever had more at the end."""
    last = {c: n for n, r in enumerate(transcript.rounds) for c in r.tally.totals}
    points = {c: transcript.rounds[n].tally.totals[c] for c, n in last.items()}
    return sorted(last, key=lambda c: (c != transcript.winner, -last[c], -points[c], c))


def test_the_order_is_the_final_one_in_every_round_and_the_eliminated_say_when() -> None:
    found = texts(draw_rounds(example("labour-2010"), "k"))
    start = [found.index(f"Round {n}") for n in (1, 2, 3, 4)]
    first, second, _, last = (
        [t for t in found[a:b] if "%" not in t][1:]
        for a, b in zip(start, [*start[1:], None], strict=True)
    )
    names = ["Ed Miliband", "David Miliband", "Ed Balls", "Andy Burnham", "Diane Abbott"]
    assert first == names
    assert second == [*names[:4], "Diane Abbott: out in round 1"]
    assert last == [
        "Ed Miliband, elected",
        "David Miliband",
        "Ed Balls: out in round 3",
        "Andy Burnham: out in round 2",
        "Diane Abbott: out in round 1",
    ]


def test_the_last_round_alone_has_nobody_who_went_before() -> None:
    svg = draw_final_round(example("labour-2010"), "k")
    found = texts(svg)
    assert "Round 4" in found and "Round 3" not in found
    assert not [t for t in found if "out in" in t]
    assert len(bars(svg)) == 2


def test_the_line_stands_where_half_the_college_ends() -> None:
    svg = draw_rounds(example("labour-2010"), "k")
    (x,) = {number(line, "x1") for line in fromstring(svg).findall(f"{SVG}line")}
    first = next(iter(bars(svg).values()))
    end = number(first[-1], "x") + number(first[-1], "width")
    total = example("labour-2010").rounds[0].tally.totals["e_miliband"]
    assert abs(x - end / total / 2) < Fraction(1, 10)


def test_no_line_is_drawn_where_no_one_number_of_points_elects() -> None:
    """Counted on one base and printed on another, in several sections; or by the most."""
    svg = draw_rounds(made_up(5, 3, printed_of=PrintedOf.FIRST_ROUND), "k")
    lines = fromstring(svg).findall(f"{SVG}line")
    assert len(lines) == 1
    svg = draw_rounds(made_up(5, 3, method=Method.FIRST_PAST_THE_POST), "k")
    assert not fromstring(svg).findall(f"{SVG}line")


# --- the sections -----------------------------------------------------------------


@pytest.mark.parametrize("name", acts.examples())
def test_every_share_of_a_section_is_drawn_and_printed(name: str) -> None:
    transcript = example(name)
    rules = transcript.contest.rules
    expected, wide = [], []
    for round_ in transcript.rounds:
        for section, held in round_.tally.held.items():
            for candidate in held:
                part = figures.share(transcript, round_, section, candidate)
                expected.append(f"{percent(part, rules.section_places, rules.rounding)}%")
                wide.append(part)
    svg = draw_sections(transcript, "k")
    assert sorted(t for t in texts(svg) if t.endswith("%")) == sorted(expected)
    found = sorted(number(rect, "width") for parts in bars(svg, 12).values() for rect in parts)
    scale = found[-1] / max(wide)
    shown = sorted(part * scale for part in wide if part * scale > Fraction(1, 100))
    assert all(abs(a - b) <= Fraction(3, 100) for a, b in zip(found, shown, strict=True))


# --- transfers --------------------------------------------------------------------


def test_votes_held_before_received_and_after_are_the_count_s() -> None:
    transcript = example("labour-2010")
    found = texts(draw_votes(transcript, 1, "k"))
    assert found.count("non-transferable") == 3
    assert "37,980 + 4,196 = 42,176" in found and "0 + 2,594 = 2,594" in found
    moved, after = movement(transcript, 1), transcript.rounds[1].tally
    for gain in moved.gains:
        held = after.held[gain.section][gain.to]
        assert f"{held - gain.papers:,} + {gain.papers:,} = {held:,}" in found
    svg = draw_votes(transcript, 1, "k")
    rows = [
        [gain for gain in moved.gains if (gain.section, gain.to) == (section, candidate)]
        for section in after.held
        for candidate in (*by_final_order(transcript)[:4], "non-transferable")
    ]
    most = {section: max(held.values()) for section, held in after.held.items()}
    for row, parts in zip(rows, bars(svg).values(), strict=True):
        for gain in row:
            held, scale = after.held[gain.section][gain.to], WIDTH / Fraction(most[gain.section])
            exact = [(held - gain.papers) * scale, gain.papers * scale]
            shown = [wide for wide in exact if wide]
            for part, wide in zip(parts, shown, strict=True):
                assert abs(number(part, "width") - wide) <= Fraction(2, 100)
    assert title(svg).startswith("Ed Miliband received the most papers of Diane Abbott: 11,950 of")


def test_a_section_rebuilt_from_percentages_shows_no_papers() -> None:
    rebuilt = [
        each
        for each in map(example, acts.examples())
        if "from_shares" in [str(kind) for kind in each.reconstructed.values()]
        and each.rounds[0].transfers
    ]
    assert rebuilt
    for each in rebuilt:
        found = texts(draw_votes(each, 1, "k"))
        many = sum(str(kind) == "from_shares" for kind in each.reconstructed.values())
        assert sum("rebuilt from percentages" in t for t in found) == many
        assert sum("=" in t for t in found) == (
            (len(each.rounds[0].tally.held) - many) * (len(each.rounds[1].tally.totals) + 1)
        )


def test_points_are_told_apart_by_where_they_came_from() -> None:
    svg = draw_points(example("labour-2010"), 1, "k")
    found = texts(svg)
    assert "+0.826 transferred, +0.285 re-based" in found
    assert found[-6:-4] == ["7.417 given up, of which", "6.670 transferred, 0.747 re-based."]
    assert found[-4:] == [
        "Non-transferable papers:",
        "MPs and MEPs: 2",
        "Party members: 562",
        "Affiliates: 2,594",
    ]
    assert title(svg) == "Ed Miliband gained the most from the 7.417 points of Diane Abbott: 3.147."


def test_the_parts_of_a_bar_of_points_are_as_wide_as_its_parts() -> None:
    transcript = example("labour-2010")
    moved = movement(transcript, 1)
    for candidate, parts in zip(
        by_final_order(transcript)[:4], bars(draw_points(transcript, 1, "k")).values(), strict=True
    ):
        after = transcript.rounds[1].tally.totals
        scale = WIDTH / max(after.values())
        gain = moved.of(candidate)
        exact = [after[candidate] - gain.gained, gain.transferred, gain.rebased]
        for part, points in zip(parts, exact, strict=True):
            assert abs(number(part, "width") - points * scale) <= Fraction(2, 100)


def test_a_round_that_moved_nothing_has_no_picture_of_transfers() -> None:
    for draw in (draw_votes, draw_points):
        with pytest.raises(InputError, match="round 4 handed on no papers"):
            draw(example("labour-2010"), 4, "k")


# --- preferences used -------------------------------------------------------------


def test_the_parliamentarians_of_2010_gave_one_to_five_preferences() -> None:
    used = preferences_used(example("labour-2010").profiles[0], Section("mps_meps"))
    assert used == {1: 61, 2: 60, 3: 24, 4: 26, 5: 95}
    svg = draw_preferences(used, "MPs and MEPs", "k")
    assert title(svg) == "MPs and MEPs: 5 preferences were given most often, by 95 of 266 papers."
    assert "61 (22.9%)" in texts(svg) and "95 (35.7%)" in texts(svg)
    widths = [number(parts[0], "width") for parts in bars(svg).values()]
    scale = widths[-1] / 95
    assert all(
        abs(wide - papers * scale) <= Fraction(2, 100)
        for wide, papers in zip(widths, used.values(), strict=True)
    )


@pytest.mark.parametrize(
    ("used", "finding"),
    [
        ({}, "mps: no paper gave a preference."),
        ({1: 3, 2: 1}, "mps: 1 preference was given most often, by 3 of 4 papers."),
        ({1: 3, 4: 3}, "mps: 1 and 4 preferences were given most often, by 3 papers each."),
    ],
)
def test_the_finding_says_what_was_given_most_often(
    used: Mapping[int, Papers], finding: str
) -> None:
    assert title(draw_preferences(used, "mps", "k")) == finding


# --- units ------------------------------------------------------------------------

CORNERS = ("Ann", "Bob", "Cat")


def circles(svg: str) -> list[tuple[str, Fraction, Fraction, Fraction]]:
    return [
        (
            link.get("href", ""),
            *(number(link[1], name) for name in ("cx", "cy", "r")),
        )
        for link in fromstring(svg).findall(f"{SVG}a")
    ]


def test_whoever_has_all_votes_stands_in_the_corner_and_equals_in_the_middle() -> None:
    units = [
        ThreeWay("top", (9, 0, 0), "t"),
        ThreeWay("left", (0, 9, 0), "l"),
        ThreeWay("right", (0, 0, 9), "r"),
        ThreeWay("middle", (3, 3, 3), "m"),
        ThreeWay("nobody", (0, 0, 0), "n"),
    ]
    places = {href: (x, y) for href, x, y, _ in circles(draw_triangle(CORNERS, units, "k"))}
    assert places["t"] == (180, 26)
    assert places["l"] == (16, 310)
    assert places["r"] == (344, 310)
    assert abs(places["m"][0] - 180) <= 1 and abs(places["m"][1] - Fraction(646, 3)) <= 1
    assert "n" not in places


def test_a_point_s_area_grows_with_its_votes() -> None:
    units = [ThreeWay("a", (400, 0, 0), "a"), ThreeWay("b", (0, 100, 0), "b")]
    (_, _, _, large), (_, _, _, small) = circles(draw_triangle(CORNERS, units, "k"))
    assert large == 2 * small


def test_the_triangle_says_where_each_is_ahead() -> None:
    units = [ThreeWay("a", (4, 1, 0), "a"), ThreeWay("b", (0, 2, 2), "b")]
    assert leads(units) == ([1, 0, 0], 1)
    assert title(draw_triangle(CORNERS, units, "k", "branches")) == (
        "Of 2 branches, ahead of the three: Ann in 1, Bob in 0, Cat in 0; in 1 nobody is alone "
        "ahead."
    )
    empty = draw_triangle(CORNERS, [], "k")
    assert title(empty) == "None of the units has a vote for one of the three."


def test_the_order_of_the_units_does_not_change_a_byte() -> None:
    units = [ThreeWay(f"u{n}", (n, 5, 9), f"{n}/") for n in range(20)]
    points = [TurnoutPoint(f"u{n}", Fraction(n, 40), Fraction(1, 2), f"{n}/") for n in range(20)]
    assert draw_triangle(CORNERS, units, "k") == draw_triangle(CORNERS, units[::-1], "k")
    assert draw_turnout("Ann", points, "k") == draw_turnout("Ann", points[::-1], "k")


def test_every_link_says_where_it_leads_with_its_figures() -> None:
    svg = draw_triangle(CORNERS, [ThreeWay("<A> & B", (1200, 1, 0), 'u/"a"/')], "k")
    (link,) = fromstring(svg).findall(f"{SVG}a")
    assert link.get("href") == 'u/"a"/'
    assert link.findtext(f"{SVG}title") == "<A> & B: Ann 1,200, Bob 1, Cat 0"


def test_a_turnout_point_stands_where_the_ticks_say() -> None:
    points = [
        TurnoutPoint("low", Fraction(2, 10), Fraction(0), "l"),
        TurnoutPoint("high", Fraction(8, 10), Fraction(1), "h"),
        TurnoutPoint("mid", Fraction(5, 10), Fraction(1, 2), "m"),
    ]
    svg = draw_turnout("Ann", points, "k")
    low, mid, high = circles(svg)
    assert (mid[1] - low[1], mid[2] - low[2]) == (high[1] - mid[1], high[2] - mid[2])
    ticks = {
        drawn(e): number(e, "x")
        for e in fromstring(svg).iter(f"{SVG}text")
        if e.get("text-anchor") == "middle"
    }
    assert ticks["20"] == low[1] and ticks["80"] == high[1]
    assert title(svg) == (
        "Turnout went from 20.0% (low) to 80.0% (high), and Ann had from 0.0% to 100.0% of a "
        "unit's votes."
    )


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([], ["0", "20", "40", "60", "80", "100"]),
        (["355/1000", "859/1000"], ["20", "40", "60", "80", "100"]),
        (["1/2"], ["50", "51"]),
        (["0", "9"], None),
    ],
)
def test_an_axis_holds_its_values_between_round_ticks(
    values: list[str], ticks: list[str] | None
) -> None:
    along = axis([Fraction(value) for value in values])
    assert all(along.low <= Fraction(value) <= along.high for value in values)
    assert along.ticks[-1] == along.high and 2 <= len(along.ticks) <= 6
    if ticks is not None:
        assert [percent(tick, 0) for tick in along.ticks] == ticks


def test_without_a_unit_there_are_axes_and_a_sentence() -> None:
    assert title(draw_turnout("Ann", [], "k")) == "No unit has both a turnout and a share of Ann."
