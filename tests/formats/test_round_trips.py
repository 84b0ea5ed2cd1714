"""From any format to any other: what both can hold arrives whole, and the rest is named."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hustings.ballots.paper import NO_UNIT, OVERVOTE, Marks, Paper
from hustings.election.spec import EVERYONE, Contest, SectionEntry, Standing
from hustings.formats.ballot_file import BallotFile
from hustings.formats.ballot_formats import (
    EVERY_FORMAT,
    Format,
    Holding,
    WholeFormat,
    losses,
    without_overvotes,
)
from hustings.units import Candidate, Papers, Section, Unit

from .fuzzing import read

NAMES = ("Ann Lee", "Bob", "Zoë O'Neill", "Dan 2")
PLAIN = tuple(
    Standing(Candidate(id_), name)
    for id_, name in zip(("ann_lee", "bob", "zoe_o_neill", "dan_2"), NAMES, strict=True)
)
IDS = tuple(entry.id for entry in PLAIN)


def contest(candidates: Sequence[Standing] = PLAIN, seats: int = 1) -> Contest:
    """A contest of one body of voters."""
    everyone = (SectionEntry(EVERYONE, "Everyone", Fraction(1)),)
    return Contest("contest", "Title", tuple(candidates), everyone, None, seats=seats)  # type: ignore[arg-type]


def through(format_: Format | WholeFormat, suffix: str, papers: Sequence[Paper]) -> BallotFile:
    """The papers written in the format, and read again."""
    return written(format_, suffix, papers, PLAIN, 1)


def written(
    format_: Format | WholeFormat,
    suffix: str,
    papers: Sequence[Paper],
    candidates: Sequence[Standing],
    seats: int,
) -> BallotFile:
    made = format_.write(papers, candidates, "Title", seats)
    found = read(suffix, made if isinstance(made, bytes) else "".join(made).encode())
    assert found is not None
    assert found.problems == ()
    return found


def summed(found: Sequence[Paper]) -> Counter[tuple[object, ...]]:
    """The papers without the lines they stand in, those alike together."""
    counted: Counter[tuple[object, ...]] = Counter()
    for paper in found:
        key = paper.section, paper.unit, paper.elector, paper.spoiled, paper.marks
        counted[key] += paper.papers
    return counted


@st.composite
def papers_for(draw: st.DrawFn, holds: frozenset[Holding]) -> list[Paper]:
    """Papers that need nothing but what these formats hold; the last ranks everyone."""
    ranks = st.lists(marks_for(holds), min_size=1, max_size=6)
    found = [Paper(EVERYONE, marks, Papers(draw(st.integers(1, 3)))) for marks in draw(ranks)]
    found = [details_for(draw, paper, holds) for paper in found]
    return [*found, Paper(EVERYONE, tuple((id_,) for id_ in IDS))]


@st.composite
def marks_for(draw: st.DrawFn, holds: frozenset[Holding]) -> Marks:
    order = draw(st.permutations(IDS))
    if Holding.PARTIAL in holds:
        order = order[: draw(st.integers(0 if Holding.BLANK in holds else 1, len(IDS)))]
    ranks: list[tuple[Candidate, ...]] = []
    for name in order:
        if ranks and ranks[-1] and Holding.TIES in holds and draw(st.integers(0, 3)) == 0:
            ranks[-1] = (*ranks[-1], name)
        else:
            if Holding.GAPS in holds and draw(st.integers(0, 4)) == 0:
                ranks.append(())
            ranks.append((name,))
    if ranks and Holding.REPEATED in holds and draw(st.integers(0, 4)) == 0:
        ranks.append((order[0],))
    if ranks and Holding.OVERVOTED in holds and draw(st.integers(0, 4)) == 0:
        ranks.append((OVERVOTE,))
    return tuple(tuple(sorted(names)) for names in ranks)


def details_for(draw: st.DrawFn, paper: Paper, holds: frozenset[Holding]) -> Paper:
    if Holding.SECTIONS in holds and draw(st.integers(0, 2)) == 0:
        paper = replace(paper, section=Section("members"))
    some = {
        # A unit is of one section.
        Holding.UNITS: {"unit": Unit(f"York 2 {paper.section}")},
        Holding.ELECTORS: {"elector": "Eve, MP"},
        Holding.SPOILED: {"spoiled": 'late; "unsigned"'},
    }
    for holding, changed in some.items():
        if holding in holds and draw(st.integers(0, 2)) == 0:
            paper = replace(paper, **changed)  # type: ignore[arg-type]
    return paper


def sorted_ties(papers: Sequence[Paper]) -> list[Paper]:
    """Who shares a rank stands there in no order."""
    return [replace(one, marks=tuple(tuple(sorted(r)) for r in one.marks)) for one in papers]


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(EVERY_FORMAT)), st.sampled_from(sorted(EVERY_FORMAT)), st.data())
def test_what_both_can_hold_arrives_whole(source: str, target: str, data: st.DataObject) -> None:
    """Every paper with its section, unit, elector, reason and marks, through both."""
    first, second = EVERY_FORMAT[source], EVERY_FORMAT[target]
    papers = data.draw(papers_for(first.holds & second.holds))
    assert losses(first, papers, contest()) == losses(second, papers, contest()) == []
    once = through(first, source, papers)
    twice = through(second, target, once.papers)
    assert summed(sorted_ties(twice.papers)) == summed(papers)
    assert {entry.name for entry in twice.candidates} == {*NAMES}


@pytest.mark.parametrize("suffix", EVERY_FORMAT)
def test_what_a_format_holds_is_written_by_it(suffix: str) -> None:
    """And what it does not hold is named: for each thing a paper may have, one or the other."""
    format_ = EVERY_FORMAT[suffix]
    whole = tuple((id_,) for id_ in IDS)
    shown: dict[Holding, Paper] = {
        Holding.SECTIONS: Paper(Section("members"), whole),
        Holding.UNITS: Paper(EVERYONE, whole, unit=Unit("york")),
        Holding.ELECTORS: Paper(EVERYONE, whole, elector="Eve"),
        Holding.SPOILED: Paper(EVERYONE, whole, spoiled="late"),
        Holding.BLANK: Paper(EVERYONE, ()),
        Holding.GAPS: Paper(EVERYONE, ((), *whole)),
        Holding.TIES: Paper(EVERYONE, (IDS[:2], *whole[2:])),
        Holding.OVERVOTED: Paper(EVERYONE, (*whole, (OVERVOTE,))),
        Holding.REPEATED: Paper(EVERYONE, (*whole, whole[0])),
        Holding.PARTIAL: Paper(EVERYONE, whole[:2]),
    }
    for holding, paper in shown.items():
        papers = [paper, Paper(EVERYONE, whole, Papers(2))]
        named = any(holding.meaning in loss for loss in losses(format_, papers, contest()))
        assert named == (holding not in format_.holds)
        if not named and (holding is not Holding.BLANK or Holding.PARTIAL in format_.holds):
            found = through(format_, suffix, papers)
            assert summed(sorted_ties(found.papers)) == summed(sorted_ties(papers))


@pytest.mark.parametrize("suffix", EVERY_FORMAT)
def test_what_stands_beside_the_papers(suffix: str) -> None:
    """The withdrawn, candidates whom nobody ranks, and the seats: held, or named."""
    format_ = EVERY_FORMAT[suffix]
    gone = (*PLAIN[:-1], replace(PLAIN[-1], withdrawn=True))
    papers = [Paper(EVERYONE, tuple((id_,) for id_ in IDS[:2]))]
    told = losses(format_, papers, contest(gone, seats=3))
    for holding in (Holding.WITHDRAWN, Holding.UNRANKED, Holding.SEATS):
        named = any(holding.meaning in loss for loss in told)
        assert named == (holding not in format_.holds)
    if Holding.PARTIAL not in format_.holds:
        return
    found = written(format_, suffix, papers, gone, 3)
    assert (found.seats == 3) == (Holding.SEATS in format_.holds)
    assert (len(found.candidates) == 4) == (Holding.UNRANKED in format_.holds)
    some = any(entry.withdrawn for entry in found.candidates)
    assert some == (Holding.WITHDRAWN in format_.holds)


HARD = ("Ann = Bob", "count", "[Cat]", "#1 Dan", "3", "Eve, F > G; H", '"I" J', "K/L*M^N|O")


@pytest.mark.parametrize("suffix", EVERY_FORMAT)
def test_names_that_look_like_something_else(suffix: str) -> None:
    """They arrive, or it is said beforehand that they are written otherwise; no paper is lost."""
    format_ = EVERY_FORMAT[suffix]
    hard = tuple(Standing(Candidate(f"c{at}"), name) for at, name in enumerate(HARD, 1))
    papers = [Paper(EVERYONE, tuple((entry.id,) for entry in hard), Papers(2))]
    told = " ".join(losses(format_, papers, contest(hard)))
    found = written(format_, suffix, papers, hard, 1)
    (paper,) = {replace(one, papers=Papers(1), line=None) for one in found.papers}
    number = sum(one.papers for one in found.papers)
    by_id = {entry.id: entry.name for entry in found.candidates}
    names = [by_id[name] for (name,) in paper.marks]
    assert (number, len(names)) == (2, len(HARD))
    for name, arrived in zip(HARD, names, strict=True):
        assert (name == arrived) == (repr(name) not in told)


def test_an_overvote_for_nobody_knows_whom_is_left_out_where_it_cannot_stand() -> None:
    """The paper stays, and the rank is left out or gone; `losses` has said so."""
    papers = [Paper(EVERYONE, ((IDS[0],), (OVERVOTE,), (IDS[1],)))]
    kept = without_overvotes(EVERY_FORMAT[".blt"], papers)
    assert [paper.marks for paper in kept] == [((IDS[0],), (), (IDS[1],))]
    assert without_overvotes(EVERY_FORMAT[".csv"], papers) == papers


def test_the_same_papers_give_the_same_bytes() -> None:
    """No file tells when it was written."""
    papers = [Paper(EVERYONE, tuple((id_,) for id_ in IDS), Papers(2), NO_UNIT)]
    for format_ in EVERY_FORMAT.values():
        made = [format_.write(papers, PLAIN, "Title", 1) for _ in range(2)]
        first, second = (one if isinstance(one, bytes) else "".join(one) for one in made)
        assert first == second
