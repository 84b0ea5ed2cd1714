"""Patterns on arrays are judged as their papers would be one by one."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from engines.ballot_files import csv_file

from hustings.ballots.profile import Profile
from hustings.ballots.reduction import Poll, reduce
from hustings.counting import bulk
from hustings.election.rulebook import FirstPreference, Paperwork, SkippedRanks
from hustings.election.spec import Contest, SectionEntry, Standing
from hustings.errors import InputError
from hustings.shell import acts, world
from hustings.shell.engines import lines, reading, tabled
from hustings.units import Candidate, Section

pytest.importorskip("numba")


@pytest.fixture(autouse=True, params=["numpy", "numba"])
def every_file_is_scanned(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """And its patterns are looked at in both ways."""
    monkeypatch.setattr(reading, "LARGE", 0)
    monkeypatch.setattr(lines, "MOST_DIFFERENT", 0)
    if request.param == "numba":
        monkeypatch.setattr(bulk, "COMPILED_FROM", 0)


def contest_of(chance: Random, path: Path, sections: frozenset[Section]) -> Contest:
    """The candidates of the file, some withdrawn, and any answers to doubtful marks."""
    listed = acts.load(path).election.contests[0].candidates
    rules = replace(
        acts.rule_book("common"),
        first_preference=chance.choice([*FirstPreference]),
        overvotes=chance.choice([Paperwork.SKIP, Paperwork.STOP, Paperwork.SPOIL]),
        skipped_ranks=chance.choice([*SkippedRanks]),
        repeated=chance.choice([Paperwork.SKIP, Paperwork.STOP, Paperwork.SPOIL]),
        ranks=chance.choice((0, 0, 1, 2)),
    )
    names = sorted(sections) or ["everyone"]
    weight = Fraction(1, len(names))
    return Contest(
        "c",
        "C",
        tuple(replace(entry, withdrawn=chance.random() < 0.2) for entry in listed),
        tuple(SectionEntry(Section(name), name, weight) for name in names),
        rules,
    )


def told(poll: Poll, contest: Contest) -> object:
    try:
        profile = reduce(poll, contest)
    except InputError:
        return "refused"
    papers = {
        section: {ranking: number for ranking, number in part.items() if number}
        for section, part in profile.papers.items()
    }
    spoiled = {section: {**reasons} for section, reasons in profile.spoiled.items() if reasons}
    return papers, spoiled, profile.reconstructed


@pytest.mark.agreement
@pytest.mark.parametrize("batch", range(10))
def test_patterns_reduce_as_their_papers_do(batch: int, tmp_path: Path) -> None:
    """Withdrawn candidates, gaps, shared ranks, repetitions and a limit of ranks among them."""
    chance, seen = Random(batch), 0
    for number in range(25):
        path = tmp_path / f"{number}.csv"
        path.write_text(csv_file(chance, 150), "utf-8")
        try:
            poll = acts.load(path).polls["contest"][0]
        except InputError:
            continue
        assert isinstance(poll, tabled.TabledPoll)
        for _ in range(4):
            contest = contest_of(chance, path, poll.sections)
            expected = told(Poll(poll.papers), contest)
            assert told(poll, contest) == expected
            seen += expected != "refused"
    assert seen > 20


def test_several_files_are_one_poll(tmp_path: Path) -> None:
    """Each may know other candidates by other numbers."""
    texts = ["1,2\nAnn,Bob\n" * 1 + "Ann,\n" * 5, "1,2\nBob,Ann\nCat,Bob\n" + "Ann,\n" * 4]
    files = []
    listed = tuple(Standing(Candidate(name), name) for name in ("Ann", "Bob", "Cat"))
    everyone = SectionEntry(Section("everyone"), "everyone", Fraction(1))
    contest = Contest("c", "C", listed, (everyone,), acts.rule_book("common"))
    for number, text in enumerate(texts):
        path = tmp_path / f"{number}.csv"
        path.write_text(text)
        files.append(reading.read(path, contest, None, world.unwatched))
    poll = reading.poll_of((), files)
    assert isinstance(poll, tabled.TabledPoll) and len(poll.parts) == 2
    profile = reduce(poll, contest)
    assert isinstance(profile, bulk.TabledProfile)
    assert {**profile.papers["everyone"]} == {
        ("Ann", "Bob"): 1,
        ("Ann",): 9,
        ("Bob", "Ann"): 1,
        ("Cat", "Bob"): 1,
    }


def test_a_refused_pattern_is_told_with_its_first_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("1,2\nAnn,Bob\n" + "Ann,Ann\n" * 3 + "Bob=Ann,\n" + "Ann,Ann\n")
    loaded = acts.load(path)
    with pytest.raises(InputError) as caught:
        acts.count(acts.with_rules(loaded, "contest", "common", ()))
    assert [problem.line for problem in caught.value.problems] == [3, 6]


def test_an_empty_profile_has_no_rankings() -> None:
    assert isinstance(bulk.tabled(Profile({Section("x"): {}})), bulk.TabledProfile)
