"""One account of a contest's papers: what was made of them, and what ends them round by round."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import zip_longest

from hustings.ballots.formality import Ballot, Refused, Spoiled
from hustings.ballots.inactive import inactive
from hustings.ballots.reduction import Judged
from hustings.units import Candidate, Papers, Section

Row = tuple[object, ...]
HEADER = ("round", "section", "what", "papers")
CLEAR = "a ballot, as it was written"


def rows(ballots: Sequence[Sequence[Judged]], standing: Sequence[Set[Candidate]]) -> Iterator[Row]:
    """The account as rows under `HEADER`; the papers of each ballot that was held are judged.

    First what was made of every paper, in which a paper stands once; such a row names no round.
    Then, for each round with those who stood in it, the papers that count for nobody, by cause.
    """
    for section, found in _made(one for ballot in ballots for one in ballot).items():
        for what, papers in found.items():
            yield "", section, what, papers
    several = len(ballots) > 1
    for number, (names, ballot) in enumerate(zip_longest(standing, ballots[: len(standing)]), 1):
        if names is None:
            return
        held, earlier = ballot if several else ballots[0], standing[: number - 1]
        for section, causes in inactive(held, names, earlier).items():
            for cause, papers in causes.items():
                yield number, section, cause.meaning, papers


def _made(papers: Iterable[Judged]) -> Mapping[Section, Mapping[str, Papers]]:
    """By section, and by what was made of them: ballots first, then the spoiled."""
    found: dict[Section, Counter[tuple[int, str]]] = {}
    for judged in papers:
        found.setdefault(judged.paper.section, Counter())[_what(judged)] += judged.paper.papers
    return {
        section: {what: Papers(counts[order, what]) for order, what in sorted(counts)}
        for section, counts in found.items()
    }


def _what(judged: Judged) -> tuple[int, str]:
    match judged.finding:
        case Ballot(_, findings) if findings:
            return 1, f"a ballot: {'; '.join(dict.fromkeys(findings))}"
        case Ballot():
            return 0, CLEAR
        case Spoiled(reason):
            return 2, f"spoiled: {reason}"
        case Refused(choice, reason):
            return 3, f"not judged: {reason}, and the rules do not answer {choice}"
