"""All the ballots of a contest: in each section, ranking → number of papers."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import TypeVar

from hustings.ballots.paper import Rebuilt
from hustings.ballots.shared import highest as highest
from hustings.ballots.shared import holder, is_open, members
from hustings.units import NO_PAPERS, Candidate, Papers, Section

Ranking = tuple[Candidate, ...]
# From whom to whom; to None, a paper is non-transferable.
Move = tuple[Candidate, Candidate | None]
# Who stood in each round before, where that still decides whom a paper counts for.
Earlier = Sequence[Set[Candidate]]
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Profile:
    """How many papers in each section bear each ranking, and how many were spoiled and why.

    `reconstructed` names the sections whose rankings were rebuilt from published
    totals, and from which: they reproduce every figure, but nobody cast them.
    """

    papers: Mapping[Section, Mapping[Ranking, Papers]]
    spoiled: Mapping[Section, Mapping[str, Papers]] = field(default_factory=dict)
    reconstructed: Mapping[Section, Rebuilt] = field(default_factory=dict)

    def held(
        self, section: Section, standing: Set[Candidate], earlier: Earlier = ()
    ) -> tuple[dict[Candidate, Papers], Papers]:
        """Give each paper to its highest candidate still standing.

        Returns the papers each candidate holds, and the papers non-transferable. A paper that a
        shared rank held up while those `earlier` stood is among these.

        >>> profile = Profile({"members": {("Ann", "Bob"): 3, ("Cat",): 2}})
        >>> profile.held("members", {"Bob"})
        ({'Bob': 3}, 2)
        """
        held = dict.fromkeys(sorted(standing), NO_PAPERS)
        non_transferable = NO_PAPERS
        for ranking, papers in self.papers[section].items():
            choice = holder(ranking, standing, earlier) if earlier else highest(ranking, standing)
            if choice is None:
                non_transferable = Papers(non_transferable + papers)
            else:
                held[choice] = Papers(held[choice] + papers)
        return held, non_transferable

    def moved(
        self,
        section: Section,
        standing: Set[Candidate],
        out: Set[Candidate],
        earlier: Earlier = (),
    ) -> dict[Move, Papers]:
        """Where the papers of those who go out pass to; None is non-transferable.

        >>> profile = Profile({"members": {("Ann", "Bob"): 3, ("Ann",): 2, ("Bob",): 1}})
        >>> profile.moved("members", {"Ann", "Bob"}, {"Ann"})
        {('Ann', 'Bob'): 3, ('Ann', None): 2}
        """
        moved: Counter[Move] = Counter()
        for ranking, papers in self.papers[section].items():
            source = holder(ranking, standing, earlier) if earlier else highest(ranking, standing)
            if source is not None and source in out:
                moved[source, highest(ranking, standing - out)] += papers
        return {move: Papers(moved[move]) for move in sorted(moved, key=move_order)}

    def resumed(
        self, section: Section, standing: Set[Candidate], left: Set[Candidate]
    ) -> dict[Candidate, Papers]:
        """The papers that counted for nobody standing and count for someone who is left.

        Only a rank that several shared gives a paper back.

        >>> Profile({"members": {("Ann=Bob",): 3}}).resumed("members", {"Ann", "Bob"}, {"Bob"})
        {'Bob': 3}
        """
        again: Counter[Candidate] = Counter()
        for ranking, papers in self.papers[section].items():
            if is_open(ranking) and highest(ranking, standing) is None:
                to = highest(ranking, left)
                if to is not None:
                    again[to] += papers
        return {name: Papers(again[name]) for name in sorted(again)}

    def named(self) -> frozenset[Candidate]:
        """Whom any ranking names."""
        parts = self.papers.values()
        entries = {entry for rankings in parts for ranking in rankings for entry in ranking}
        return frozenset(name for entry in entries for name in members(entry))

    def cast(self, section: Section) -> Papers:
        """How many formal papers the section cast."""
        return Papers(sum(self.papers[section].values()))

    def limited(self, ranks: int) -> "Profile":
        """The same papers with only so many preferences each; 0 leaves them whole."""
        if not ranks:
            return self
        cut: dict[Section, Counter[Ranking]] = {section: Counter() for section in self.papers}
        for section, rankings in self.papers.items():
            for ranking, papers in rankings.items():
                cut[section][ranking[:ranks]] += papers
        return replace(self, papers={section: _added([part]) for section, part in cut.items()})

    def without(self, sections: Set[Section]) -> "Profile":
        """The same papers without the rankings of these sections, which are not published."""
        kept = {section: part for section, part in self.papers.items() if section not in sections}
        return replace(self, papers=kept) if sections else self

    def pooled(self, into: Section) -> "Profile":
        """The same papers as one section: one paper, one vote."""
        spoiled = _added(self.spoiled.values())
        return Profile(
            {into: _added(self.papers.values())},
            {into: spoiled} if spoiled else {},
            {into: min(self.reconstructed.values())} if self.reconstructed else {},
        )


def _added(parts: Iterable[Mapping[K, int]]) -> dict[K, Papers]:
    total: Counter[K] = Counter()
    for part in parts:
        total.update(part)
    return {key: Papers(papers) for key, papers in total.items()}


def move_order(move: Move) -> tuple[str, bool, str]:
    """By from whom, then by to whom, and the non-transferable last."""
    source, to = move
    return source, to is None, to or ""
