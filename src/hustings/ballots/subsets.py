"""Subset statistics of a profile: how many papers name exactly these first, and then this one.

When the set E has gone, a paper lies with c if it names some of E, or none, in any order, and then
c. So of K candidates these K x 2^(K-1) numbers a section (80 of five) give every order of
elimination, every withdrawal and every final pair, and the table of pairs; they add up over units
and sections; and they tell less of whoever voted than the ballots do. The order in which a paper
names whoever went before is not in them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from hustings.ballots.profile import Ranking
from hustings.ballots.shared import is_open
from hustings.errors import InputError
from hustings.units import NO_PAPERS, Candidate, Papers

# Whoever was named before, in any order, and who is named then.
Before = tuple[frozenset[Candidate], Candidate]


@dataclass(frozen=True, slots=True)
class SubsetStatistics:
    """The papers of one body of voters: `cast` in all, and by who was named `before` whom.

    What no paper names is left out.
    """

    cast: Papers
    before: Mapping[Before, Papers]

    @classmethod
    def of(cls, papers: Mapping[Ranking, Papers]) -> "SubsetStatistics":
        """Those of ballots: ranking to papers, as a profile has them of each section.

        >>> few = SubsetStatistics.of({("ann", "bob"): 3, ("bob",): 2})
        >>> few.before[frozenset(), "bob"], few.before[frozenset({"ann"}), "bob"]
        (2, 3)

        Raises `InputError` where several share a rank: what such a paper names before whom
        depends on who stands.
        """
        if any(map(is_open, papers)):
            raise InputError("subset statistics need strict rankings; several share a rank of some")
        before: Counter[Before] = Counter()
        for ranking, number in papers.items():
            for place, name in enumerate(ranking):
                before[frozenset(ranking[:place]), name] += number
        return cls(Papers(sum(papers.values())), _papers(before))

    def held(self, standing: Set[Candidate]) -> tuple[dict[Candidate, Papers], Papers]:
        """What each one standing holds when all others have gone, and what is non-transferable.

        The same as `Profile.held` of the ballots.

        >>> few = SubsetStatistics.of({("ann", "bob"): 3, ("cat",): 2})
        >>> few.held({"bob"})
        ({'bob': 3}, 2)
        """
        held = dict.fromkeys(sorted(standing), NO_PAPERS)
        for (some, name), papers in self.before.items():
            if name in standing and not some & standing:
                held[name] = Papers(held[name] + papers)
        return held, Papers(self.cast - sum(held.values()))

    def prefer(self, one: Candidate, other: Candidate) -> Papers:
        """How many papers put one over the other; a paper that names one alone puts it over.

        >>> few = SubsetStatistics.of({("ann", "bob"): 3, ("cat",): 2})
        >>> few.prefer("ann", "cat"), few.prefer("cat", "ann"), few.prefer("bob", "ann")
        (3, 2, 0)
        """
        over = (n for (some, name), n in self.before.items() if name == one and other not in some)
        return Papers(sum(over))

    def pairwise(
        self, candidates: Iterable[Candidate]
    ) -> dict[tuple[Candidate, Candidate], Papers]:
        """How many papers put each over each other, by (the one over, the other)."""
        names = sorted(candidates)
        return {
            (one, other): self.prefer(one, other)
            for one in names
            for other in names
            if one != other
        }


def together(parts: Iterable[SubsetStatistics]) -> SubsetStatistics:
    """The statistics of several bodies of voters as one: they add up, as their papers do."""
    cast, before = NO_PAPERS, Counter[Before]()
    for part in parts:
        cast = Papers(cast + part.cast)
        before.update(part.before)
    return SubsetStatistics(cast, _papers(before))


def _papers(before: Mapping[Before, int]) -> dict[Before, Papers]:
    """In the order of the sets' sizes, then by name, without what nobody has named so."""
    order = sorted(before, key=lambda key: (len(key[0]), sorted(key[0]), key[1]))
    return {key: Papers(before[key]) for key in order if before[key]}
