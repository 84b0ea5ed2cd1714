"""Every figure that was published of eight real elections, beside what the count gives."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import hustings as h
from hustings.audit.published import reconcile
from hustings.ballots.published import COLLEGE, TOTAL, Figure, Published
from hustings.shell import acts

# How many figures were compared; no row but those with an erratum differs.
COMPARED = {
    "australia-2013": 10,
    "labour-1983": 28,
    "labour-1988-deputy": 21,
    "labour-1994": 12,
    "labour-2010": 122,
    "london-2000": 20,
    "scotland-2008": 20,
    "wales-2018": 10,
}
MISPRINTS = {
    "labour-1988-deputy": [
        ("points", "clps", "prescott", "7.843", "7.845"),
        ("points", "plp", "prescott", "7.193", "7.195"),
    ],
    "labour-2010": [("votes", "affiliates", TOTAL, "206640", "208640")],
}
WINNERS = {
    "australia-2013": "shorten",
    "labour-1983": "kinnock",
    "labour-1988-deputy": "hattersley",
    "labour-1994": "blair",
    "labour-2010": "e_miliband",
    "london-2000": "dobson",
    "scotland-2008": "gray",
    "wales-2018": "drakeford",
}
# Each example and its folder beside the repository.
FOLDERS = {
    "australia-2013": "alp_leader_2013",
    "labour-1983": "uk_leader_1983",
    "labour-1988-deputy": "uk_deputy_1988",
    "labour-1994": "uk_leader_1994",
    "london-2000": "london_mayor_selection_2000",
    "scotland-2008": "scotland_leader_2008",
    "wales-2018": "wales_leader_2018_omov",
}
# What the one section of a contest without sections is called there, and here.
EVERYWHERE = {"all": "everyone"}

each_example = pytest.mark.parametrize("name", COMPARED)


@pytest.fixture(scope="module")
def labour_2010() -> h.Count:
    """The count that this program grew out of."""
    return h.count(h.example("labour-2010"))


def test_every_example_is_compared() -> None:
    """An example without its figures here would go unchecked."""
    assert set(h.examples()) == set(COMPARED) == set(WINNERS)


@each_example
def test_every_published_figure_is_the_counts_or_a_known_misprint(name: str) -> None:
    """To the printed decimal; what differs is listed above, and its row says why."""
    count = h.count(h.example(name))
    found = count.reconciliation
    assert (found.compared, found.idle, count.winner) == (COMPARED[name], (), WINNERS[name])
    assert found.differences == found.misprints
    differing = [
        (d.column, d.figure.section, d.figure.candidate, d.printed, d.counted)
        for d in found.differences
    ]
    assert differing == MISPRINTS.get(name, [])


# --- 2010 -------------------------------------------------------------------------


def test_the_42_section_shares_and_14_totals_of_2010_are_the_published_ones(
    labour_2010: h.Count,
) -> None:
    """Shares to three decimals, totals to two, each rounded once from the exact sum."""
    figures = published("labour-2010").figures
    shares = [f for f in figures if f.points and f.candidate != TOTAL and f.section != COLLEGE]
    totals = [f for f in figures if f.points and f.section == COLLEGE]
    assert (len(shares), len(totals)) == (42, 14)
    assert {len(f.points.partition(".")[2]) for f in shares} == {3}
    found = reconcile(labour_2010, Published((*shares, *totals)))
    assert found.differences == ()
    assert found.compared == 14 + 2 * 42  # each share stands beside its votes


def test_the_parliamentarians_rounds_follow_from_their_266_ballots_alone(
    labour_2010: h.Count,
) -> None:
    """These papers are real: who ranked whom was published."""
    section = "mps_meps"
    assert section not in labour_2010.reconstructed
    assert sum(labour_2010.profiles[0].papers[section].values()) == 266
    assert [r.tally.held[section] for r in labour_2010.rounds] == [
        {"d_miliband": 111, "e_miliband": 84, "balls": 40, "burnham": 24, "abbott": 7},
        {"d_miliband": 111, "e_miliband": 88, "balls": 41, "burnham": 24},
        {"d_miliband": 125, "e_miliband": 96, "balls": 43},
        {"d_miliband": 140, "e_miliband": 122},
    ]
    assert [r.tally.non_transferable[section] for r in labour_2010.rounds] == [0, 2, 2, 4]


def test_one_member_one_vote_would_have_elected_the_same_in_2010(labour_2010: h.Count) -> None:
    """The last round is the sum of the three sections' last rounds."""
    pooled = labour_2010.what_if(rules="omov-av")
    assert (pooled.winner, len(pooled.rounds)) == ("e_miliband", 4)
    assert pooled.hypothesis
    assert pooled.rounds[-1].tally.held == {
        "everyone": {"e_miliband": 175_519, "d_miliband": 147_220}
    }


def test_first_round_denominators_would_have_elected_nobody_in_2010(labour_2010: h.Count) -> None:
    """Kept on the papers of round 1, 27 of the 42 shares differ, and nobody passes half."""
    rules = labour_2010.contest.rules
    basis = rules.basis["denominator"]
    wrong = labour_2010.what_if(rules=rules.override("denominator", "first_round", basis))
    shares = [f for f in published("labour-2010").figures if f.section != COLLEGE]
    shares = [replace(f, votes=None) for f in shares if f.candidate != TOTAL]
    assert len(reconcile(wrong, Published(tuple(shares))).differences) == 27
    assert max(wrong.rounds[-1].tally.totals.values()) < Fraction(1, 2)


def test_a_wrong_total_without_an_erratum_is_flagged(labour_2010: h.Count) -> None:
    """The page of 2010 prints 206,640 papers in round 2 where the candidates have 208,640."""
    bare = tuple(replace(figure, erratum="") for figure in published("labour-2010").figures)
    found = reconcile(labour_2010, Published(bare))
    (difference,) = found.unexplained
    assert found.misprints == ()
    assert str(difference) == ("round 2, affiliates, TOTAL: votes published 206640, counted 208640")


def test_an_erratum_for_a_right_figure_is_idle(labour_2010: h.Count) -> None:
    """A row that says it is misprinted and is not would hide the next mistake."""
    right, *_ = published("labour-2010").figures
    found = reconcile(labour_2010, Published((replace(right, erratum="misprint"),)))
    assert [figure.candidate for figure in found.idle] == [right.candidate]


def test_a_round_that_was_not_counted_differs(labour_2010: h.Count) -> None:
    """Published figures of a fifth round agree with nothing."""
    figure = Figure(5, "e_miliband", "members", votes=1, points="1.0")
    found = reconcile(labour_2010, Published((figure,)))
    assert [d.counted for d in found.differences] == ["no such round", "nothing"]


@each_example
def test_a_changed_digit_is_found(name: str) -> None:
    """One more vote, or one more in the last decimal, of any row."""
    count, figures = h.count(h.example(name)), published(name).figures
    for figure in figures:
        if not figure.erratum:
            assert reconcile(count, Published((raised(figure),))).unexplained


def raised(figure: Figure) -> Figure:
    if figure.votes is not None:
        return replace(figure, votes=figure.votes + 1)
    return replace(figure, share=next_up(figure.share), points=next_up(figure.points))


def next_up(printed: str) -> str:
    """The next decimal number of so many places.

    >>> next_up("57.0")
    '57.1'
    """
    if not printed:
        return ""
    number = Decimal(printed)
    return str(number + Decimal(1).scaleb(number.as_tuple().exponent))


# --- the same figures beside the repository -------------------------------------------


def test_the_figures_of_2010_are_those_of_the_official_table(shared_data: Path) -> None:
    """Votes, points and totals, row by row."""
    with (shared_data / "uk_labour_2010" / "official_rounds.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["candidate"] != TOTAL]
    ours = {key(figure): figure for figure in published("labour-2010").figures}
    assert len(rows) == 42
    for row in rows:
        figure = ours[int(row["round"]), row["candidate"], row["section"]]
        total = ours[int(row["round"]), row["candidate"], COLLEGE]
        assert (str(figure.votes), figure.points) == (row["votes"], row["college_pct_published"])
        assert total.points == row["college_total_pct_published"]


def test_the_parliamentarians_are_those_of_the_published_list(shared_data: Path) -> None:
    """Each of the 266 with the ranking that stands beside the name."""
    with (shared_data / "uk_labour_2010" / "mp_mep_ballots.csv").open() as file:
        expected = {row["voter"]: row["order"] for row in csv.DictReader(file)}
    papers = acts.load(h.example("labour-2010")).polls["leader"][0].papers
    assert expected == {
        paper.elector: ">".join(name for names in paper.marks for name in names)
        for paper in papers
        if paper.section == "mps_meps"
    }


@pytest.mark.parametrize(("name", "folder"), FOLDERS.items())
def test_an_examples_figures_are_those_beside_the_repository(
    name: str, folder: str, shared_data: Path
) -> None:
    """Weights, votes, percentages and totals, read from a file that was made independently."""
    result = json.loads((shared_data / "electoral_college" / folder / "result.json").read_text())
    found = dict(numbers(published(name)))
    assert found == dict(numbers_of(result))
    contest = acts.load(h.example(name)).election.contest()
    assert contest.college.weights == {
        EVERYWHERE.get(section, section): Fraction(weight)
        for section, weight in result["weights"].items()
    }


def numbers_of(result: dict[str, object]) -> Iterator[tuple[tuple[object, ...], Decimal]]:
    """Every printed number of the file: round, column, candidate, section and the number."""
    columns = {"votes": "votes", "pct": "share", "college": "points"}
    for number, round_ in enumerate(result["rounds"], 1):
        for name, column in columns.items():
            for candidate, by_section in round_.get(name, {}).items():
                for section, value in by_section.items():
                    at = (number, column, candidate, EVERYWHERE.get(section, section))
                    yield at, Decimal(str(value))
        for candidate, value in round_["total"].items():
            yield (number, "points", candidate, COLLEGE), Decimal(str(value))


def numbers(figures: Published) -> Iterator[tuple[tuple[object, ...], Decimal]]:
    for figure in figures.figures:
        for column in ("votes", "share", "points"):
            printed = getattr(figure, column)
            if printed not in (None, ""):
                yield (figure.round, column, figure.candidate, figure.section), Decimal(printed)


def published(name: str) -> Published:
    (figures,) = acts.load(h.example(name)).published.values()
    return figures


def key(figure: Figure) -> tuple[int, str, str]:
    return figure.round, figure.candidate, figure.section
