"""What the rankings of a section's papers answer: how many preferences, in which orders.

Only where the papers were cast and their rankings are published: never of papers that were
rebuilt from totals, which nobody cast.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from hustings.ballots.profile import Ranking
from hustings.ballots.shared import is_open
from hustings.counting.figures import printed_number
from hustings.counting.transcript import Elected, Eliminated
from hustings.election.rulebook import Method
from hustings.results import sql
from hustings.results.edition import SeatsEdition
from hustings.results.facts.fact import NOBODY, Coverage, Fact, Scope, capped, figures, rate
from hustings.results.words import MOST_NAMES, counted, level, listed
from hustings.units import Candidate, Papers, Section

# Under these a paper is one choice, and has no second.
SINGLE_CHOICE = (Method.EXHAUSTIVE, Method.FIRST_PAST_THE_POST)
# So many of the most frequent orders are shown.
FREQUENT = 10
USED = "length(ranking) - length(replace(ranking, '>', '')) + 1"
FIRST = "substr(ranking || '>', 1, instr(ranking || '>', '>') - 1)"


@dataclass(frozen=True)
class Orders:
    """A section's published rankings, and how many papers bear each."""

    scope: Scope
    section: Section
    papers: Mapping[Ranking, Papers]

    @cached_property
    def cast(self) -> int:
        """How many formal papers there are."""
        return sum(self.papers.values())

    @property
    def coverage(self) -> Coverage:
        """Every formal paper."""
        return Coverage(self.cast, self.cast, "formal papers")

    @property
    def called(self) -> str:
        """What people call the section."""
        return self.scope.section(self.section)

    @property
    def of(self) -> str:
        """The rows of the table `rankings`."""
        where = f"section = {sql.text(self.section)} AND ballot = 1 AND ranking <> '(blank)'"
        return f"FROM rankings WHERE {where}"


def facts(scope: Scope, section: Section) -> Iterator[Fact]:
    """Every fact of the section's rankings; none where they are not real or not published."""
    transcript = scope.edition.transcript
    rankings = transcript.profiles[0].papers.get(section, {})
    hidden = scope.edition.sections[section].withheld or section in transcript.reconstructed
    papers = {ranking: number for ranking, number in rankings.items() if number and ranking}
    if hidden or not papers or transcript.contest.rules.method in SINGLE_CHOICE:
        return
    if any(map(is_open, papers)):
        # The queries read a ranking as strict.
        return
    orders = Orders(scope, section, papers)
    yield _used(orders)
    yield _plumpers(orders)
    yield _frequent(orders)
    yield _alone(orders)
    yield from _second(orders)


def _used(orders: Orders) -> Fact:
    used: Counter[int] = Counter()
    for ranking, papers in orders.papers.items():
        used[len(ranking)] += papers
    numbers = sorted(used)
    told = [f"{printed_number(used[n])} gave {n}" for n in numbers]
    rows, more = capped(
        [(str(n), printed_number(used[n]), rate(used[n], orders.cast)) for n in numbers]
    )
    return Fact(
        f"{orders.section}-preferences-used",
        f"How many preferences did papers of {orders.called} give?",
        "Formal papers by how many candidates they rank, as counted.",
        f"Of {counted(orders.cast, 'paper', 'papers')}, {listed(told)}.",
        orders.coverage,
        f"SELECT {USED} AS key, sum(papers) AS value {orders.of} GROUP BY key ORDER BY key",
        orders.section,
        {str(n): str(used[n]) for n in numbers},
        header=("Preferences", "Papers", "%"),
        rows=rows,
        more=more,
    )


def _plumpers(orders: Orders) -> Fact:
    single = {name: orders.papers.get((name,), 0) for name in orders.scope.candidates}
    # One who has withdrawn may be ranked alone as well.
    total = sum(papers for ranking, papers in orders.papers.items() if len(ranking) == 1)
    ordered = sorted((n for n in single if single[n]), key=lambda name: -single[name])
    told = [f"{printed_number(single[n])} for {orders.scope.called(n)}" for n in ordered]
    rows, more = capped([(orders.scope.called(n), printed_number(single[n])) for n in ordered])
    by = f": {listed(told)}" if told else ""
    return Fact(
        f"{orders.section}-plumpers",
        f"How many papers of {orders.called} give one preference alone?",
        "Formal papers that rank one candidate, as counted.",
        f"{counted(total, 'paper', 'papers')} of {printed_number(orders.cast)}{by}.",
        orders.coverage,
        f"SELECT '' AS key, coalesce(sum(papers), 0) AS value {orders.of} AND {USED} = 1 "
        f"UNION ALL SELECT ranking, papers {orders.of} AND {USED} = 1",
        orders.section,
        {"": str(total)} | figures(single),
        header=("Candidate", "Papers"),
        rows=rows,
        more=more,
    )


def _frequent(orders: Orders) -> Fact:
    most = max(orders.papers.values())
    ordered = sorted(orders.papers, key=lambda ranking: (-orders.papers[ranking], ranking))
    first = [ranking for ranking in ordered if orders.papers[ranking] == most]
    rows, more = capped(
        [(orders.scope.order(r), printed_number(orders.papers[r])) for r in ordered], FREQUENT
    )
    return Fact(
        f"{orders.section}-frequent-orders",
        f"Which orders are the most frequent on papers of {orders.called}?",
        "Formal papers that bear the same ranking, as counted.",
        f"{level([orders.scope.order(r) for r in first])}: {counted(most, 'paper', 'papers')}"
        f"{' each' if len(first) > 1 else ''}, of {printed_number(len(ordered))} different orders.",
        orders.coverage,
        f"SELECT '' AS key, max(papers) AS value {orders.of} UNION ALL SELECT 'orders', count(*) "
        f"{orders.of}",
        orders.section,
        {"": str(most), "orders": str(len(ordered))},
        header=("Order", "Papers"),
        rows=rows,
        more=more,
    )


def _alone(orders: Orders) -> Fact:
    alone = sorted(ranking for ranking, papers in orders.papers.items() if papers == 1)
    rows, more = capped([(orders.scope.order(ranking),) for ranking in alone])
    return Fact(
        f"{orders.section}-lone-orders",
        f"How many papers of {orders.called} have an order that no other has?",
        "Rankings that one formal paper alone bears, as counted.",
        f"{counted(len(alone), 'paper', 'papers')} of {printed_number(orders.cast)}.",
        orders.coverage,
        f"SELECT '' AS key, count(*) AS value {orders.of} AND papers = 1",
        orders.section,
        {"": str(len(alone))},
        header=("Order",),
        rows=rows,
        more=more,
    )


def _second(orders: Orders) -> Iterator[Fact]:
    """For each who went out, the second preferences on the papers that put them first."""
    gone = [name for name in orders.scope.names if name in _went_out(orders.scope)]
    moved = _second_preferences(orders, gone)
    if not moved:
        return
    named = {name for _, name in moved}
    to = [name for name in (*orders.scope.candidates, NOBODY) if name in named]
    told = [
        f"of {orders.scope.called(name)}'s, {listed(_parts(orders, moved, name, to))}"
        for name in gone
        if name in {source for source, _ in moved}
    ]
    rows, more = capped(
        [(orders.scope.called(n), *(printed_number(moved[n, t]) for t in to)) for n in gone]
    )
    yield Fact(
        f"{orders.section}-second-preferences",
        f"Where did second preferences of {orders.called} go, of those who went out?",
        "Formal papers that put the candidate first, by whom they rank second, as counted.",
        f"Second preferences: {'; '.join(told[:MOST_NAMES])}.",
        orders.coverage,
        f"SELECT {FIRST} || '.' || CASE instr(ranking, '>') WHEN 0 THEN {sql.text(NOBODY)} ELSE "
        f"{_second_of('ranking')} END AS key, sum(papers) AS value {orders.of} AND {FIRST} IN "
        f"{sql.texts(gone)} GROUP BY key ORDER BY key",
        orders.section,
        {f"{n}.{t}": str(moved[n, t]) for n in gone for t in to if moved[n, t]},
        header=("First preference", *map(orders.scope.called, to)),
        rows=rows,
        more=more,
    )


def _second_preferences(
    orders: Orders, gone: Sequence[Candidate]
) -> Counter[tuple[Candidate, str]]:
    """How many papers put one of these first, by whom they rank second, if anybody."""
    moved: Counter[tuple[Candidate, str]] = Counter()
    for ranking, papers in orders.papers.items():
        if ranking[0] in gone:
            moved[ranking[0], ranking[1] if len(ranking) > 1 else NOBODY] += papers
    return moved


def _second_of(ranking: str) -> str:
    rest = f"substr({ranking}, instr({ranking}, '>') + 1) || '>'"
    return f"substr({rest}, 1, instr({rest}, '>') - 1)"


def _parts(
    orders: Orders, moved: Counter[tuple[Candidate, str]], name: Candidate, to: Sequence[str]
) -> list[str]:
    ordered = sorted((t for t in to if moved[name, t]), key=lambda t: -moved[name, t])
    return [f"{printed_number(moved[name, t])} to {orders.scope.called(t)}" for t in ordered]


def _went_out(scope: Scope) -> set[Candidate]:
    edition = scope.edition
    if isinstance(edition, SeatsEdition):
        return {name for stage in edition.stages.stages for name in stage.excluded}
    gone: set[Candidate] = set()
    for round_ in edition.transcript.rounds:
        event = round_.event
        if isinstance(event, Eliminated):
            gone.update(event.names)
        elif isinstance(event, Elected):
            gone.update(event.outlasted)
    return gone
