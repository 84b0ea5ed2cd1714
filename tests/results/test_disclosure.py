"""What is published about small units, and whether somebody who subtracts learns a ballot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import pytest
from results.colleges import CANDIDATES, College, Release, added, college

from hustings.ballots.profile import Ranking
from hustings.election.publication import Rankings
from hustings.errors import InputError
from hustings.results import disclosure
from hustings.results.disclosure import Cell, Disclosed, Earlier, Secrecy, Shown
from hustings.units import Candidate, Papers, Unit

COLLEGES = 500
KNOWN = 2
# A variable is a unit and the number of the release in which its figures were last changed.
Variable = tuple[str, int]


# --- the attack: it shares no code with the check ---------------------------------


@dataclass(frozen=True)
class Equation:
    """What a published row says: the sum of these, each times its number, is the votes."""

    terms: dict[Variable, int]
    votes: tuple[int, ...]

    def less(self, other: "Equation", times: int) -> "Equation":
        """This equation less so many times another."""
        terms = dict(self.terms)
        for variable, number in other.terms.items():
            terms[variable] = terms.get(variable, 0) - times * number
            if not terms[variable]:
                del terms[variable]
        pairs = zip(self.votes, other.votes, strict=True)
        return Equation(terms, tuple(a - times * b for a, b in pairs))


@dataclass(frozen=True)
class Published:
    """What a reader has of one release: rows by units, and the section's totals."""

    rows: dict[tuple[Unit, ...], dict[Candidate, Papers]]
    total: dict[Candidate, Papers]


def solved(equations: Sequence[Equation]) -> list[Equation]:
    """Every equation in lowest terms: each has a variable that is in no other."""
    done: dict[Variable, Equation] = {}
    where: dict[Variable, set[Variable]] = {}
    for equation in equations:
        for variable in [v for v in equation.terms if v in done]:
            equation = equation.less(done[variable], equation.terms[variable])
        lead = next((v for v, n in equation.terms.items() if abs(n) == 1), None)
        if lead is None:
            continue
        if equation.terms[lead] < 0:
            equation = Equation({}, (0,) * len(equation.votes)).less(equation, 1)
        for owner in where.pop(lead, set()):
            if lead in done[owner].terms:
                done[owner] = done[owner].less(equation, done[owner].terms[lead])
                for variable in done[owner].terms:
                    where.setdefault(variable, set()).add(owner)
        done[lead] = equation
        for variable in equation.terms:
            where.setdefault(variable, set()).add(lead)
    return list(done.values())


def gives_away(papers: Sequence[int]) -> bool:
    """Whether somebody who knows two of these papers, or fewer, knows another."""
    return any(papers) and sum(papers) - max(papers) <= KNOWN


def recovered(editions: Sequence[Published], releases: Sequence[Release]) -> list[Equation]:
    """What is derived from the rows and totals of all releases and gives a paper away."""
    changed_at = _versions(releases)
    equations = []
    for number, edition in enumerate(editions):
        version = changed_at[number]
        rows = [
            Equation({(u, version[u]): 1 for u in units}, tuple(votes[c] for c in CANDIDATES))
            for units, votes in edition.rows.items()
        ]
        total = {(unit, then): 1 for unit, then in version.items()}
        equations += [*rows, Equation(total, tuple(edition.total[c] for c in CANDIDATES))]
    derived = [found for one in (equations, equations[::-1]) for found in solved(one)]
    return [found for found in (*derived, *_differences(derived)) if _succeeds(found)]


def _differences(derived: Sequence[Equation]) -> Iterator[Equation]:
    """What was derived of the same units at two times, one less the other."""
    by_units: dict[frozenset[str], list[Equation]] = {}
    for one in derived:
        if set(one.terms.values()) == {1}:
            by_units.setdefault(frozenset(unit for unit, _ in one.terms), []).append(one)
    for group in by_units.values():
        for later, one in enumerate(group):
            yield from (one.less(other, 1) for other in group[:later] if other.votes != one.votes)


def _versions(releases: Sequence[Release]) -> list[dict[str, int]]:
    """For each release, the number of the release in which each unit's figures were new.

    So the attacker is told which units have changed, as a page of corrections would.
    """
    found: list[dict[str, int]] = []
    for number, release in enumerate(releases):
        now: dict[str, int] = {}
        for name, votes in _figures(release).items():
            same = number and _figures(releases[number - 1]).get(name) == votes
            now[name] = found[-1][name] if same else number
        found.append(now)
    return found


def _figures(release: Release) -> dict[str, object]:
    held = {str(cell.unit): cell.votes for cell in release.cells if cell.votes is not None}
    held |= {str(unit): votes for unit, votes in release.missing.items()}
    return {**held, "not held": release.not_held} if any(release.not_held.values()) else held


def _succeeds(found: Equation) -> bool:
    numbers = set(found.terms.values())
    if numbers == {1}:
        return gives_away(found.votes)
    by_unit: dict[str, int] = {}
    for (unit, _), number in found.terms.items():
        by_unit[unit] = by_unit.get(unit, 0) + number
    if not found.terms or any(by_unit.values()):
        return False
    came = [max(number, 0) for number in found.votes]
    went = [max(-number, 0) for number in found.votes]
    return gives_away(came) or gives_away(went)


# --- two publishers ---------------------------------------------------------------


def guarded(release: Release, before: Sequence[Earlier]) -> tuple[Disclosed, Published]:
    """What the check lets be published."""
    found = disclosure.disclose(release.cells, release.total, before)
    rows = {(u,): dict(release.votes(u)) for u in found.alone if any(release.votes(u).values())}
    rows |= {pool.units: dict(pool.votes) for pool in found.pools}
    return found, Published(rows, release.total)


def unguarded(release: Release) -> Published:
    """Every unit's row."""
    return Published({(c.unit,): dict(c.votes) for c in release.cells if c.votes}, release.total)


def earlier(found: Disclosed, release: Release) -> Earlier:
    """What the next release is told of this one."""
    spoiled = {cell.unit: cell.spoiled for cell in release.cells if cell.votes is not None}
    alone = (Shown(u, (u,), release.votes(u), spoiled[u]) for u in found.alone if u in spoiled)
    pools = (Shown(p.id, p.units, p.votes, p.spoiled) for p in found.pools)
    return Earlier(release.total, (*alone, *pools))


@dataclass(frozen=True)
class Run:
    """What became of one college: what was decided of each release, and what went out."""

    college: College
    decided: tuple[Disclosed, ...]
    editions: tuple[Published, ...]

    @property
    def refused(self) -> bool:
        """Whether a release was refused."""
        return bool(self.decided[-1].refusals)


def publish(case: College) -> Run:
    """Publish release after release, up to the first that is refused."""
    before: list[Earlier] = []
    decided, editions = [], []
    for release in case.releases:
        found, edition = guarded(release, before)
        decided.append(found)
        if found.refusals:
            break
        editions.append(edition)
        before.append(earlier(found, release))
    return Run(case, tuple(decided), tuple(editions))


@cache
def runs() -> tuple[Run, ...]:
    return tuple(publish(college(seed)) for seed in range(COLLEGES))


def test_no_ballot_is_recovered_from_what_is_published() -> None:
    """Rows, totals and differences of up to three releases of five hundred colleges."""
    broken = {
        run.college.seed: (run.college.story, found)
        for run in runs()
        if (found := recovered(run.editions, run.college.releases[: len(run.editions)]))
    }
    assert broken == {}


def test_the_attack_has_teeth() -> None:
    """Where every unit's row is published it recovers ballots in many colleges."""
    broken = 0
    for run in runs()[:160]:
        releases = run.college.releases
        broken += bool(recovered([unguarded(release) for release in releases], releases))
    assert broken > 50


def test_it_is_not_enough_to_check_each_release_by_itself() -> None:
    """Without the earlier releases every single late paper is recovered."""
    for run in runs()[:160]:
        if "one" in run.college.story:
            releases = run.college.releases
            assert recovered([guarded(release, ())[1] for release in releases], releases)


def test_hardly_a_unit_is_pooled() -> None:
    """98 in 100 units whose votes are known keep a row of their own in the first release."""
    units = alone = 0
    for run in runs():
        voted = {cell.unit for cell in run.college.releases[0].cells if cell.votes is not None}
        units += len(voted)
        alone += len(voted.intersection(run.decided[0].alone))
    assert alone * 100 >= units * 98, f"{alone} of {units}"


def test_sums_stay_exact() -> None:
    """The rows, and what is not held, come to the section; no unit is in two rows or in none."""
    for run in runs():
        for found, release in zip(run.decided, run.college.releases, strict=False):
            units = [*found.alone, *(u for p in found.pools for u in p.units), *found.held_back]
            assert sorted(units) == sorted(cell.unit for cell in release.cells)
            of = {cell.unit: cell for cell in release.cells}
            for pool in found.pools:
                parts = [of[unit] for unit in pool.units]
                assert added([pool.votes]) == added([p.votes for p in parts if p.votes])
                issued = [part.issued for part in parts]
                wanted = None if None in issued else sum(i for i in issued if i is not None)
                assert pool.issued == wanted


def test_each_story_is_published_or_refused() -> None:
    """One late paper never goes out, not in two steps either; late batches and reports do."""
    refused: dict[str, list[bool]] = {}
    for run in runs():
        refused.setdefault(run.college.story, []).append(run.refused)
    assert all(refused["one late paper"])
    assert all(refused["a late batch, taken back but for one"])
    for story in ("nothing more", "a late batch", "a small unit made large", "more units report"):
        assert sum(refused[story]) * 10 <= len(refused[story]), story


def test_a_like_minded_unit_does_not_tell_for_whom() -> None:
    """Who knows that a large unit was pooled for being unanimous cannot tell for whom it was."""
    looked_at = 0
    for run in runs():
        release, found = run.college.releases[0], run.decided[0]
        for pool in found.pools:
            for unit in pool.units:
                votes = sorted(release.votes(unit).values())
                if sum(votes) < 10 or sum(votes[:-1]) > KNOWN:
                    continue
                looked_at += 1
                able = [c for c in CANDIDATES if pool.votes.get(c, 0) >= sum(votes)]
                whole = sum(pool.votes.values()) == sum(release.total.values())
                assert len(able) > 1 or whole
    assert looked_at > 20


# --- one decision at a time -------------------------------------------------------


def votes(*papers: int) -> dict[Candidate, Papers]:
    return dict(zip(CANDIDATES, map(Papers, papers), strict=False))


def cell(unit: str, *papers: int, region: str = "", spoiled: int | None = 0) -> Cell:
    returned = None if spoiled is None else Papers(sum(papers) + spoiled)
    held = None if spoiled is None else Papers(spoiled)
    return Cell(Unit(unit), region, votes(*papers), held, returned, Papers(1000))


def total_of(*cells: Cell) -> dict[Candidate, Papers]:
    return added([c.votes for c in cells if c.votes])


def shown(found: Disclosed, *cells: Cell) -> Earlier:
    return earlier(found, Release(cells, {}))


@pytest.mark.parametrize(
    ("papers", "alone"),
    [
        ((7, 3), True),
        ((6, 3), False),
        ((8, 2), False),
        ((8, 1, 1), False),
        ((500, 2), False),
        ((500, 1, 1, 1), True),
        ((12, 0), False),
        ((), False),
    ],
)
def test_a_row_stands_alone(papers: tuple[int, ...], alone: bool) -> None:
    """Ten papers, and votes for two candidates when any two papers are known."""
    assert disclosure.stands_alone(votes(*papers)) is alone


def test_a_small_unit_takes_the_next_smallest_of_its_region() -> None:
    """And nobody from elsewhere, although a smaller one is there."""
    cells = (
        cell("a", 2, 1, region="east"),
        cell("b", 40, 40, region="east"),
        cell("c", 30, 30, region="east", spoiled=2),
        cell("d", 20, 20, region="west"),
    )
    found = disclosure.disclose(cells, total_of(*cells))
    (pool,) = found.pools
    assert found.alone == ("b", "d")
    assert (pool.id, pool.units, pool.votes) == ("pool-1", ("a", "c"), votes(32, 31))
    assert (pool.spoiled, pool.returned, pool.issued) == (2, 65, 2000)
    assert found.refusals == ()


def test_a_region_too_small_takes_from_another() -> None:
    """One unit in a region of its own would be what the others leave."""
    cells = (cell("a", 2, 1, region="east"), cell("b", 40, 40, region="west"))
    cells = (*cells, cell("c", 60, 40, region="west"))
    found = disclosure.disclose(cells, total_of(*cells))
    assert [pool.units for pool in found.pools] == [("a", "b")]


def test_small_units_are_enough_for_each_other() -> None:
    """A pool of small ones takes nobody who can stand alone, and a late one joins it."""
    small = [cell(f"s{n}", 4, 3, 2) for n in range(5)]
    cells = (*small, cell("a", 20, 20))
    found = disclosure.disclose(cells, total_of(*cells))
    assert found.alone == ("a",)
    assert [len(pool.units) for pool in found.pools] == [5]


@pytest.mark.parametrize(("papers", "units"), [(27, 2), (26, 3)])
def test_a_pool_has_thirty_papers(papers: int, units: int) -> None:
    """With one fewer it takes another unit."""
    cells = (cell("a", 2, 1), cell("b", papers - 13, 13), cell("c", 30, 30), cell("d", 50, 30))
    found = disclosure.disclose(cells, total_of(*cells))
    assert [len(pool.units) for pool in found.pools] == [units]


def test_pooled_sums_are_unknown_where_a_part_is() -> None:
    """Nothing is guessed."""
    cells = (cell("a", 2, 1, spoiled=None), cell("b", 30, 30), cell("c", 50, 30))
    (pool,) = disclosure.disclose(cells, total_of(*cells)).pools
    assert (pool.spoiled, pool.returned, pool.issued) == (None, None, 2000)


def test_a_unit_without_votes_keeps_its_row() -> None:
    """Neither where they are not known nor where there is no paper is there a ballot to hide."""
    cells = (Cell(Unit("a"), issued=Papers(7)), cell("b", 0, 0), cell("c", 50, 30))
    found = disclosure.disclose(cells, total_of(*cells))
    assert (found.alone, found.pools) == (("a", "b", "c"), ())


def test_a_unit_whose_papers_were_all_spoiled_is_pooled() -> None:
    """Its row would say of each who voted that the paper was spoiled."""
    cells = (cell("a", 0, 0, spoiled=4), cell("b", 30, 30), cell("c", 50, 30))
    assert disclosure.disclose(cells, total_of(*cells)).pools[0].units == ("a", "b")


def test_a_large_like_minded_unit_is_pooled_until_it_may_have_been_for_another() -> None:
    """With the smallest alone only one candidate has enough votes to have had all of it."""
    cells = (cell("a", 60, 0), cell("b", 20, 30), cell("c", 30, 40), cell("d", 90, 80))
    found = disclosure.disclose(cells, total_of(*cells))
    assert [pool.units for pool in found.pools] == [("a", "b", "c")]


def test_what_is_not_held_is_checked_as_well() -> None:
    """Two papers nobody has a row for can be had by subtracting, so a unit joins them."""
    cells = (cell("a", 30, 30), cell("b", 50, 30))
    found = disclosure.disclose(cells, added([total_of(*cells), votes(2, 0)]))
    assert (found.alone, found.held_back, found.refusals) == (("b",), ("a",), ())
    assert found.log == ("a: seen only in the row of what is not held.",)


def test_units_cannot_have_more_papers_than_their_section() -> None:
    """Then a figure is wrong, and what is left is nothing."""
    with pytest.raises(InputError, match="more first preferences"):
        disclosure.disclose([cell("a", 30, 30)], votes(30, 29))


def test_the_whole_section_as_one_row_says_what_its_totals_say() -> None:
    """No refusal, whatever the totals are: they are decided upon for themselves."""
    cells = (cell("a", 3, 0), cell("b", 4, 0))
    found = disclosure.disclose(cells, total_of(*cells))
    assert ([pool.units for pool in found.pools], found.refusals) == ([("a", "b")], ())
    alone = disclosure.disclose(cells[:1], total_of(cells[0]))
    assert (alone.alone, alone.pools, alone.refusals) == (("a",), (), ())


def test_a_pool_stays_together_and_keeps_its_id() -> None:
    """A small unit that grows would give away those that it was pooled with."""
    cells = (cell("b", 2, 1), cell("c", 30, 30), cell("d", 50, 30))
    first = disclosure.disclose(cells, total_of(*cells))
    grown = (cell("a", 3, 3), cell("a2", 30, 20), cell("b", 200, 100), *cells[1:])
    second = disclosure.disclose(grown, total_of(*grown), [shown(first, *cells)])
    assert [(pool.id, pool.units) for pool in second.pools] == [
        ("pool-2", ("a", "a2")),
        ("pool-1", ("b", "c")),
    ]
    assert second.refusals == ()


def test_a_new_small_unit_is_not_hidden_among_those_known_before() -> None:
    """Whoever has the release before would subtract them: it is refused, or accepted in words."""
    old = (cell("b", 30, 30), cell("c", 50, 30))
    before = [shown(disclosure.disclose(old, total_of(*old)), *old)]
    cells = (cell("a", 2, 1), *old)
    refused = disclosure.disclose(cells, total_of(*cells), before)
    assert any("(a)" in told for told in refused.refusals)
    accepted = disclosure.disclose(cells, total_of(*cells), before, "ordered by the court")
    assert accepted.refusals == ()
    assert accepted.log[-1].endswith("Reason: ordered by the court")


@pytest.mark.parametrize(
    ("now", "refused"),
    [
        (((30, 30), 0), False),
        (((31, 30), 0), True),
        (((29, 30), 0), True),
        (((29, 31), 0), True),
        (((37, 33), 0), False),
        (((20, 26), 0), False),
        (((30, 30), 1), True),
        (((37, 33), 1), False),
    ],
)
def test_a_change_is_a_ballot_or_it_is_not(now: tuple[tuple[int, ...], int], refused: bool) -> None:
    """What came and what went must each be nothing, or stand alone."""
    papers, spoiled = now
    old = (cell("a", 30, 30), cell("b", 50, 30))
    before = [shown(disclosure.disclose(old, total_of(*old)), *old)]
    cells = (cell("a", *papers, spoiled=spoiled), old[1])
    found = disclosure.disclose(cells, total_of(*cells), before)
    assert bool(found.refusals) is refused


def test_an_accepted_change_is_not_refused_again() -> None:
    """What the last release has is public, whatever an older one has."""
    old, new = (cell("a", 30, 30),), (cell("a", 31, 30),)
    one = shown(disclosure.disclose(old, total_of(*old)), *old)
    two = shown(disclosure.disclose(new, total_of(*new), [one], "a court's order"), *new)
    assert disclosure.disclose(new, total_of(*new), [one, two]).refusals == ()


def after(
    old: Sequence[Cell],
    was: dict[Candidate, Papers],
    cells: Sequence[Cell],
    now: dict[Candidate, Papers],
) -> Disclosed:
    """What is published when what is not held goes from one sum to another."""
    first = added([total_of(*old), was])
    before = Earlier(first, shown(disclosure.disclose(old, first), *old).rows)
    return disclosure.disclose(cells, added([total_of(*cells), now]), [before])


def test_one_late_paper_among_what_is_not_held_is_refused() -> None:
    """No row shows it, but the totals do."""
    cells = (cell("a", 30, 30), cell("b", 50, 30))
    assert after(cells, votes(500, 500), cells, votes(501, 500)).refusals
    assert not after(cells, votes(500, 500), cells, votes(507, 505)).refusals


def test_a_unit_that_reports_with_a_late_paper_is_refused() -> None:
    """It was all that was not held, so its row less that is the paper."""
    cells = (cell("a", 30, 30), cell("b", 50, 30))
    assert after(cells[1:], votes(29, 30), cells, votes(0, 0)).refusals
    assert not after(cells[1:], votes(30, 30), cells, votes(0, 0)).refusals


def test_a_unit_that_late_papers_made_large_stays_where_it_was() -> None:
    """Less all the late papers it was three, and they may all have been its own."""
    old = (cell("b", 50, 30),)
    small = after(old, votes(502, 501), (*old, cell("a", 12, 11)), votes(500, 500))
    assert (small.held_back, small.refusals) == (("a",), ())
    large = after(old, votes(540, 540), (*old, cell("a", 50, 50)), votes(500, 500))
    assert (large.held_back, large.refusals) == ((), ())


def test_nobody_comes_out_of_what_is_not_held_who_hid_another() -> None:
    """Three papers were hidden with two units; without both they would be told."""
    a, b, c = cell("a", 20, 21), cell("b", 50, 30), cell("c", 20, 200)
    d = cell("d", 40, 41)
    found = after((b,), votes(62, 63), (a, b, c, d), votes(2, 1))
    assert (found.alone, found.held_back) == (("b", "c", "d"), ("a",))


B = cell("b", 50, 30)


@pytest.mark.parametrize(
    ("was", "cells", "now", "held_back"),
    [
        pytest.param(
            (552, 551), [cell("n", 12, 11), cell("m", 50, 50)], (500, 500), ["n"],
            id="ten late papers each made n large, and m was there already",
        ),
        pytest.param(
            (52, 51), [cell("h", 50, 50), cell("k", 20, 21)], (2, 1), ["h"],
            id="without h three papers would be told, though k joins them now",
        ),
        pytest.param(
            (92, 92), [cell("h", 40, 41), cell("i", 50, 50), cell("k", 20, 21)], (2, 1), ["h"],
            id="without h and i three papers would be told",
        ),
        pytest.param(
            (72, 72),
            [cell("h", 20, 21), cell("k", 4, 0), cell("n", 50, 50), cell("x", 600, 600)],
            (2, 1), ["h", "k", "n", "x"],
            id="k is new in what is not held, and n has left it",
        ),
        pytest.param(
            (300, 300), [cell("n", 50, 50)], (304, 300), ["n"],
            id="four late papers in what is not held, and n was never in it",
        ),
    ],
)  # fmt: skip
def test_what_was_not_held_is_not_taken_apart(
    was: tuple[int, ...], cells: list[Cell], now: tuple[int, ...], held_back: list[str]
) -> None:
    """Each derives a few papers from two releases, if the units held back had rows."""
    found = after((B,), votes(*was), (B, *cells), votes(*now))
    assert (sorted(found.held_back), found.pools, found.refusals) == (held_back, (), ())


def test_an_accepted_paper_among_what_is_not_held_is_not_refused_again() -> None:
    """The last release has it already."""
    one, two = (
        Earlier(
            added([total_of(B), votes(n, 500)]), (Shown("b", (B.unit,), B.votes or {}, Papers(0)),)
        )
        for n in (500, 501)
    )
    assert disclosure.disclose((B,), two.total, [one]).refusals
    assert disclosure.disclose((B,), two.total, [one, two]).refusals == ()


def test_the_totals_are_compared_where_they_are_all_that_is_shown() -> None:
    """A section with no row of its own may not grow by a ballot either."""
    assert disclosure.disclose([cell("a", 3, 0)], votes(20, 20), [Earlier(votes(19, 20))]).refusals


def test_a_row_without_papers_says_nothing_of_later_ones() -> None:
    """As if the unit had had no row."""
    rows = (Shown("b", (B.unit,), B.votes or {}, Papers(0)), Shown("a", (Unit("a"),), {}))
    before = [Earlier(added([total_of(B), votes(29, 30)]), rows)]
    cells = (B, cell("a", 30, 30))
    assert disclosure.disclose(cells, total_of(*cells), before).refusals
    small = (B, cell("a", 2, 1), cell("c", 30, 30))
    found = disclosure.disclose(small, total_of(*small), [Earlier(total_of(B), rows)])
    assert ([pool.units for pool in found.pools], found.refusals) == ([("a", "c")], ())


def test_a_few_new_papers_are_not_hidden_in_an_old_row() -> None:
    """The row of what is not held can be subtracted as well, so a new unit goes with them."""
    b, a, c = cell("b", 50, 30), cell("a", 4, 0), cell("c", 600, 600)
    found = after((b,), votes(300, 300), (a, b, c), votes(300, 300))
    assert found.refusals == ()
    assert [pool.units for pool in found.pools] == [("a", "c")]


def test_figures_do_not_vanish() -> None:
    """A unit shown before is shown again, or somebody says why not."""
    old = (cell("a", 30, 30), cell("b", 50, 30))
    before = [shown(disclosure.disclose(old, total_of(*old)), *old)]
    found = disclosure.disclose(old[1:], total_of(*old), before)
    assert found.refusals == ("a: the release before has its figures, and this one has none",)


def test_the_log_says_nothing_that_the_pool_hides() -> None:
    """Not which unit was the cause, not a number of papers; nor does the order of anything."""
    cells = (cell("a", 60, 50), cell("b", 2, 1), cell("c", 500, 400))
    found = disclosure.disclose(cells, total_of(*cells))
    swapped = (cell("a", 2, 1), cell("b", 60, 50), cell("c", 500, 400))
    assert disclosure.disclose(swapped, total_of(*swapped)) == found
    assert found.log == (
        "pool-1: a, b are shown together, because apart at least one of them would be "
        "too small or too like-minded.",
    )


def test_a_pool_has_an_id_that_no_unit_has() -> None:
    """A unit may be called so."""
    cells = (cell("pool-1", 2, 1), cell("b", 30, 30), cell("c", 50, 30))
    assert disclosure.disclose(cells, total_of(*cells)).pools[0].id == "pool-2"


def test_the_order_of_the_units_is_irrelevant() -> None:
    """But for the order in which they are named."""
    release = college(3).releases[0]
    found = disclosure.disclose(release.cells, release.total)
    turned = disclosure.disclose(release.cells[::-1], release.total)
    assert (turned.pools, turned.alone[::-1]) == (found.pools, found.alone)


# --- totals and rankings ----------------------------------------------------------


def test_a_sections_totals_are_refused_where_they_give_papers_away() -> None:
    """Unless somebody says why, the voters are the only ones, or nothing is hidden."""
    few = votes(12, 0)
    assert disclosure.check_total(few, 3).refusals
    assert disclosure.check_total(votes(12, 3), 3) == disclosure.Verdict()
    accepted = disclosure.check_total(few, 3, accepts="all agreed")
    assert accepted.refusals == () and "all agreed" in accepted.log[0]
    for verdict in (
        disclosure.check_total(few, 1),
        disclosure.check_total(few, 3, Secrecy.NAMED),
        disclosure.check_total(few, 3, Secrecy.RECONSTRUCTED),
    ):
        assert verdict.refusals == () and len(verdict.log) == 1


def test_a_sections_totals_do_not_change_by_a_ballot() -> None:
    """Though no unit is published."""
    before = [Earlier(votes(100, 100))]
    assert disclosure.check_totals_changed(votes(101, 100), before).refusals
    assert not disclosure.check_totals_changed(votes(107, 103), before).refusals
    assert not disclosure.check_totals_changed(
        votes(101, 100), before, secrecy=Secrecy.NAMED
    ).refusals


def ranked(papers: int) -> dict[Ranking, Papers]:
    return {(CANDIDATES[0],): Papers(papers - 1), (CANDIDATES[1],): Papers(1)}


@pytest.mark.parametrize(
    ("setting", "secrecy", "papers", "published"),
    [
        (Rankings.CHECKED, Secrecy.SECRET, 3250, True),
        (Rankings.CHECKED, Secrecy.SECRET, 3249, False),
        (Rankings.CHECKED, Secrecy.NAMED, 12, True),
        (Rankings.CHECKED, Secrecy.RECONSTRUCTED, 12, True),
        (Rankings.PUBLISHED, Secrecy.SECRET, 12, True),
        (Rankings.WITHHELD, Secrecy.NAMED, 9999, False),
    ],
)
def test_rankings_are_published_where_few_are_possible(
    setting: Rankings, secrecy: Secrecy, papers: int, published: bool
) -> None:
    """325 of five candidates: ten papers for each."""
    why = disclosure.rankings_withheld(setting, secrecy, 325, ranked(papers))
    assert (why == "") is published
    noted = disclosure.rankings_noted(setting, secrecy, 325, Papers(papers))
    assert bool(noted) is (published and papers < 3250)


def test_rankings_do_not_change_by_a_few_papers() -> None:
    """A late batch would be ranked for all to see."""
    now, before = ranked(9000), [ranked(8950)]
    args = (Rankings.CHECKED, Secrecy.SECRET, 325, now)
    assert "earlier release" in disclosure.rankings_withheld(*args, before)
    assert disclosure.rankings_withheld(*args, [ranked(9000)]) == ""
    assert disclosure.rankings_withheld(*args, [ranked(5000)]) == ""


def test_two_hundred_candidates_have_more_rankings_than_there_are_papers() -> None:
    """The limit of a rule book is minded."""
    assert disclosure.possible_rankings(200) > 10**370
    assert disclosure.possible_rankings(200, 1) == 200
    assert disclosure.possible_rankings(3, 5) == 15


@pytest.mark.parametrize(("candidates", "ranks"), [(1, 0), (3, 0), (4, 0), (4, 2), (3, 5)])
def test_how_many_rankings_are_possible_where_a_rank_may_be_shared(
    candidates: int, ranks: int
) -> None:
    """Each candidate is at one of the ranks or at none, and no rank above the last is empty."""
    longest = min(candidates, ranks or candidates)
    places = product(range(longest + 1), repeat=candidates)
    whole = [at for at in places if any(at) and {*range(1, max(at))} <= {*at}]
    assert disclosure.possible_rankings(candidates, ranks, may_share=True) == len(whole)


def test_rankings_of_units_leave_enough_for_the_others() -> None:
    """Where the section's are published too, the rows left out can be had by subtracting."""
    rows = {"a": Papers(160), "b": Papers(200), "c": Papers(50), "d": Papers(700)}
    whole = Papers(1110)
    shown, log = disclosure.rows_with_rankings(rows, whole, 15, of_section=False)
    assert shown == {"a", "b", "d"} and log == ("c: first preferences only, no rankings.",)
    assert disclosure.rows_with_rankings(rows, whole, 15, of_section=True)[0] == {"b", "d"}
    assert disclosure.rows_with_rankings(rows, whole, 15, True, ["b"])[0] == {"a", "d"}
