"""The look over arrays gives the dictionary's transcript, to the last byte."""

import os
from random import Random

import numpy as np
import pytest
from engines.random_elections import contest, counted, part, profile, told

from hustings.ballots.profile import Profile
from hustings.counting import bulk, engine
from hustings.counting.bulk import Table, TabledProfile
from hustings.counting.transcript import Eliminated
from hustings.errors import HustingsError, Miscount
from hustings.units import Candidate, Papers, Section

# Ten thousand take some minutes: HUSTINGS_LONG=1 counts them all.
MANY = 10_000 if os.environ.get("HUSTINGS_LONG") else 500
BATCHES = 10


@pytest.fixture(params=["numpy", "numba"])
def by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to go over the arrays."""
    if request.param == "numba":
        pytest.importorskip("numba")
        monkeypatch.setattr(bulk, "COMPILED_FROM", 0)
    return str(request.param)


@pytest.mark.agreement
@pytest.mark.parametrize("batch", range(BATCHES))
def test_both_looks_give_one_transcript(
    batch: int, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any number of candidates and sections, any rules: a refusal is the same refusal."""
    chance, refused, ties = Random(f"{by}{batch}"), 0, 0
    for _ in range(MANY // BATCHES):
        of = contest(chance)
        papers = profile(chance, of)
        by_dictionary = told(of, papers)
        with monkeypatch.context() as patched:
            patched.setattr(engine, "LARGE", 0)
            assert told(of, papers) == by_dictionary
            assert told(of, bulk.tabled(papers)) == by_dictionary
        refused += by_dictionary[0] != "{"
        ties += '"among"' in by_dictionary
    assert ties > MANY / BATCHES / 10 and refused < MANY / BATCHES / 3


def test_arrays_are_looked_at_where_there_are_many_rankings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_at = []
    monkeypatch.setattr(bulk, "tabled", lambda profile: looked_at.append(profile) or profile)
    rankings = {(Candidate("ann"), Candidate(str(n))): Papers(1) for n in range(engine.LARGE)}
    large, small = ({Section("all"): part} for part in (rankings, dict(list(rankings.items())[1:])))
    assert engine._to_look_at((Profile(small),)) == (Profile(small),) and looked_at == []
    engine._to_look_at((Profile(large),))
    assert len(looked_at) == 1


@pytest.mark.parametrize(
    ("candidates", "ranks", "rows"),
    [(5, 5, 300), (13, 13, 400), (3, 1, 50), (15, 16, 200), (16, 13, 300), (300, 3, 200), (4, 3, 1),
     (4, 3, 0)],
)  # fmt: skip
def test_rows_that_are_alike_are_one(candidates: int, ranks: int, rows: int) -> None:
    """In the order of the rankings, nobody last, whether or not 64 bits hold one."""
    chance, type_ = Random(7), bulk.number_type(candidates)
    nobody = int(np.iinfo(type_).max)
    drawn = [
        [chance.choice((0, candidates - 1, nobody)) for _ in range(ranks)] for _ in range(rows)
    ]
    papers = np.array([[chance.randrange(5) for _ in range(rows)] for _ in "ab"]).reshape(2, rows)
    expected: dict[tuple[int, ...], list[int]] = {}
    for row, pair in zip(drawn, papers.T.tolist(), strict=True):
        sums = expected.setdefault(tuple(row), [0, 0])
        sums[:] = [sums[0] + pair[0], sums[1] + pair[1]]
    names = [Candidate(str(n)) for n in range(candidates)]
    marks = np.array(drawn, type_).reshape(rows, ranks)
    table = bulk.of_rows([Section("a"), Section("b")], names, marks, papers)
    assert [*map(tuple, table.ranks.tolist())] == sorted(expected)
    assert table.papers.T.tolist() == [expected[row] for row in sorted(expected)]


# --- the profile --------------------------------------------------------------


def pairs(batch: int) -> tuple[Profile, TabledProfile, Random]:
    chance = Random(batch)
    names = [Candidate(name) for name in "abcdefg"]
    sections = {Section(name): part(chance, names) for name in ("x", "y")}
    plain = Profile(sections, {Section("x"): {"blank": Papers(2)}})
    tabled = bulk.tabled(plain)
    assert isinstance(tabled, TabledProfile)
    return plain, tabled, chance


@pytest.mark.parametrize("batch", range(30))
def test_it_answers_what_a_profile_answers(batch: int, by: str) -> None:
    """In whatever order it is asked: who stands is all that counts."""
    plain, tabled, chance = pairs(batch)
    for _ in range(12):
        standing = set(chance.sample("abcdefgh", chance.randint(1, 8)))
        out = set(chance.sample("abcdefgh", chance.randint(1, 3)))
        for section in plain.papers:
            assert tabled.held(section, standing) == plain.held(section, standing)
            moved = plain.moved(section, standing, out)
            assert [*tabled.moved(section, standing, out).items()] == [*moved.items()]
    assert tabled.named() == plain.named()
    assert [tabled.cast(section) for section in plain.papers] == [*map(plain.cast, plain.papers)]


@pytest.mark.parametrize("batch", range(30))
def test_it_reads_like_a_profile(batch: int) -> None:
    plain, tabled, _ = pairs(batch)
    for mine, theirs in [
        (tabled, plain),
        (tabled.limited(2), plain.limited(2)),
        (tabled.pooled(Section("all")), plain.pooled(Section("all"))),
        (tabled.without({Section("x")}), plain.without({Section("x")})),
    ]:
        assert {**mine.papers} == {**theirs.papers}
        assert mine.spoiled == theirs.spoiled and mine.reconstructed == theirs.reconstructed
        assert [*map(len, mine.papers.values())] == [*map(len, theirs.papers.values())]


def test_more_than_255_candidates(by: str) -> None:
    """Their numbers need two bytes."""
    names = [Candidate(f"c{number:03}") for number in range(400)]
    plain = Profile({Section("all"): part(Random(3), names)})
    tabled = bulk.tabled(plain)
    standing = set(names[::3])
    assert tabled.held(Section("all"), standing) == plain.held(Section("all"), standing)


def test_more_papers_than_arrays_can_sum_stay_in_the_dictionary() -> None:
    huge = Profile({Section("all"): {(Candidate("ann"),): Papers(1 << 61)}})
    assert bulk.tabled(huge) is huge


# --- the check ----------------------------------------------------------------


def test_the_check_finds_a_paper_that_lies_wrongly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check does not ask the piles: a pile that loses a ranking is found out."""
    chance = Random(5)
    while True:
        of = contest(chance)
        papers = profile(chance, of)
        try:
            event = counted(of, papers).rounds[0].event
        except HustingsError:
            continue
        if isinstance(event, Eliminated) and len(papers.named()) > 4:
            break
    monkeypatch.setattr(engine, "LARGE", 0)
    sums = bulk.Piles._sums

    def one_less(piles: bulk.Piles, rows: np.ndarray) -> list[int]:
        return sums(piles, rows[1:])

    monkeypatch.setattr(bulk.Piles, "_sums", one_less)
    with pytest.raises(Miscount):
        counted(of, papers)


def test_rows_that_are_one_ranking_are_put_together() -> None:
    ranks = np.array([[1, 0], [0, 255], [1, 0]], np.uint8)
    papers = np.array([[1, 2, 3], [4, 0, 0]], np.int64)
    table: Table = bulk.of_rows(["x", "y"], ["ann", "bob"], ranks, papers)
    assert table.ranks.tolist() == [[0, 255], [1, 0]]
    assert table.papers.tolist() == [[2, 4], [0, 4]]
