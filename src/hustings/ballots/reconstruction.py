"""Rankings rebuilt from published totals: they give every figure back, but nobody cast them.

A section known by its votes in each round is known by its transfers too: whatever
a candidate still standing gained came from those who had just gone. Which of their
papers went where is not known, and does not matter to any round; the papers are
handed out in a fixed order, so that the same figures give the same profile.

Where only percentages were printed the number of papers is unknown as well. The
smallest round number of papers that spreads the rounding evenly stands in for it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from fractions import Fraction
from itertools import pairwise
from typing import NoReturn

from hustings.ballots.paper import Paper, Rebuilt, ranked
from hustings.ballots.profile import Ranking
from hustings.ballots.published import TOTAL, Figure, Published
from hustings.election.rulebook import Denominator, Method, PrintedOf, RuleBook
from hustings.errors import InputError, Problem
from hustings.units import Candidate, Papers, Section, decimal, percent

Votes = dict[Candidate, int]
# Tries around the number of papers that the shares point at; rounding needs a handful.
MOST_TRIES = 200


def rebuild(published: Published, section: Section, rules: RuleBook) -> tuple[Paper, ...]:
    """Papers of one section that reproduce its published rounds under a method that transfers.

    Raises `InputError` where no papers could: a candidate who stays loses votes, or
    more votes arrive than were set free.
    """
    rankings = _rankings(_votes(published, section, rules), published, section, rules.ranks)
    rebuilt = _rebuilt_from(published, section)
    return tuple(
        Paper(section, ranked(*ranking), Papers(number), reconstructed=rebuilt)
        for ranking, number in rankings.items()
        if number
    )


def single_choices(published: Published, section: Section, round_: int) -> tuple[Paper, ...]:
    """The papers of one round where a paper is one choice: the votes themselves, nothing rebuilt.

    Raises `InputError` where the votes were not published.
    """
    figures = published.of(section, round_)
    lacking = [figure for figure in figures.values() if figure.votes is None]
    if lacking:
        _refuse(lacking, section)
    return tuple(
        Paper(section, ranked(name), figure.votes)
        for name, figure in figures.items()
        if figure.votes
    )


def _rebuilt_from(published: Published, section: Section) -> Rebuilt:
    figures = [f for f in published.figures if f.section == section and f.candidate != TOTAL]
    has_votes = all(figure.votes is not None for figure in figures)
    return Rebuilt.FROM_VOTES if has_votes else Rebuilt.FROM_SHARES


def transfers_papers(rules: RuleBook) -> bool:
    """Whether a paper outlives its first choice, so that totals leave rankings unknown."""
    return rules.method in (Method.ALTERNATIVE_VOTE, Method.SUPPLEMENTARY)


def _votes(published: Published, section: Section, rules: RuleBook) -> list[Votes]:
    rounds = [published.of(section, n) for n in range(1, published.rounds + 1)]
    if not rounds or not all(rounds):
        file = published.figures[0].file if published.figures else ""
        what = f"{section}: the published rounds leave one out, or there are none"
        raise InputError(Problem(what, file))
    figures = [figure for round_ in rounds for figure in round_.values()]
    if all(figure.votes is not None for figure in figures):
        return [{name: f.votes or 0 for name, f in round_.items()} for round_ in rounds]
    if all(figure.share for figure in figures):
        return list(_votes_from_shares(rounds, rules, section))
    silent = [figure for figure in figures if figure.votes is None and not figure.share]
    _refuse(silent or [figure for figure in figures if figure.votes is None], section)


def _refuse(lacking: Iterable[Figure], section: Section) -> NoReturn:
    raise InputError(
        Problem(
            f"{section}, round {figure.round}: {figure.candidate} has no votes, and not every row "
            "of the section has a share; give one of the two throughout",
            figure.file,
            figure.line,
        )
        for figure in lacking
    )


def _rankings(
    rounds: Sequence[Votes], published: Published, section: Section, ranks: int
) -> dict[Ranking, int]:
    """Hand the papers of those who went to those who gained, least travelled first."""
    rankings: dict[Ranking, int] = {(name,): votes for name, votes in rounds[0].items()}
    for number, (before, after) in enumerate(pairwise(rounds), 2):
        figures, place = published.of(section, number), f"{section}, round {number}"
        _check_round(before, after, figures, place)
        gains = {name: after[name] - before[name] for name in after}
        gone = before.keys() - after.keys()
        rankings, wanting = _hand_on(rankings, gone, gains, ranks)
        if wanting:
            what = f"the votes gained need papers of more than the {ranks} preferences that count"
            raise _at_round(figures, f"{place}: {what}")
    return rankings


def _check_round(
    before: Votes, after: Votes, figures: Mapping[Candidate, Figure], place: str
) -> None:
    """Raise `InputError` for a round that no papers could lead to from the one before."""
    for name, figure in figures.items():
        wrong = ""
        if name not in before:
            wrong = f"{name} has votes, though not in the round before"
        elif after[name] < before[name]:
            lost = before[name] - after[name]
            wrong = (
                f"{name} has {lost} votes less than in the round before, yet papers leave only "
                "those who are eliminated"
            )
        if wrong:
            raise InputError(Problem(f"{place}: {wrong}", figure.file, figure.line))
    gained = sum(after[name] - before[name] for name in after)
    freed = sum(votes for name, votes in before.items() if name not in after)
    if gained > freed:
        raise _at_round(
            figures,
            f"{place}: {gained} votes were gained, and only {freed} were set free by the round "
            "before",
        )


def _at_round(figures: Mapping[Candidate, Figure], what: str) -> InputError:
    """A mistake in a round as a whole stands where the round begins."""
    first = next(iter(figures.values()))
    return InputError(Problem(what, first.file, first.line))


def _hand_on(
    rankings: Mapping[Ranking, int], gone: Set[Candidate], gains: Votes, ranks: int
) -> tuple[dict[Ranking, int], int]:
    """Each freed pile in turn fills the gains in turn; what is left over is non-transferable.

    A paper whose every preference that counts is used goes no further. Returns the piles,
    and how many votes gained no paper could explain.
    """
    wanted = dict(gains)
    handed: dict[Ranking, int] = {}
    for ranking, papers in sorted(rankings.items(), key=lambda pile: len(pile[0])):
        left = papers
        if ranking[-1] in gone and not 0 < ranks <= len(ranking):
            for name in wanted:
                given = min(left, wanted[name])
                wanted[name] -= given
                left -= given
                if given:
                    handed[(*ranking, name)] = given
        if left or ranking[-1] not in gone:
            handed[ranking] = left
    return handed, sum(wanted.values())


def _votes_from_shares(
    rounds: Sequence[Mapping[Candidate, Figure]], rules: RuleBook, section: Section
) -> Iterator[Votes]:
    """Whole numbers of votes that print as the published shares, round by round."""
    votes = _first_votes(rounds[0], rules, section)
    opened_with = sum(votes.values())
    yield votes
    for number, figures in enumerate(rounds[1:], 2):
        found = _next_votes(votes, figures, opened_with, rules)
        if found is None:
            raise InputError(
                f"{section}, round {number}: no votes follow from round {number - 1} and print as "
                "the published shares; is one of them misprinted?"
            )
        votes = found
        yield votes


def _first_votes(figures: Mapping[Candidate, Figure], rules: RuleBook, section: Section) -> Votes:
    """Spread what the shares lack of 100, or have too much, evenly over those with votes."""
    shares = {name: Fraction(figure.share) for name, figure in figures.items()}
    voted = [name for name, share in shares.items() if share]
    places = max(_places(figure.share) for figure in figures.values())
    scale = len(voted) * 10**places
    excess = Fraction(sum(shares.values()) - 100, len(voted)) if voted else Fraction(0)
    votes = {name: int((share - excess) * scale) if share else 0 for name, share in shares.items()}
    for name, figure in figures.items():
        printed = Fraction(votes[name], sum(votes.values()) or 1)
        if percent(printed, _places(figure.share), rules.rounding) != figure.share:
            sum_ = as_decimal(sum(shares.values(), Fraction(0)))
            what = (
                f"the shares sum to {sum_} per cent, more than rounding explains"
                if abs(excess) * 2 > Fraction(1, 10**places)
                else f"the shares sum to {sum_} per cent, and no votes print as each of them"
            )
            raise InputError(
                Problem(f"{section}, round 1: {what}", figure.file, figure.line, "share")
            )
    return votes


def as_decimal(value: Fraction) -> str:
    """A sum of printed decimals, as a decimal again.

    >>> as_decimal(Fraction("100.10"))
    '100.1'
    """
    return decimal(value, 6).rstrip("0").rstrip(".")


def _next_votes(
    before: Votes, figures: Mapping[Candidate, Figure], opened_with: int, rules: RuleBook
) -> Votes | None:
    """The votes that print as these shares and lie nearest to them; fewest papers dropping out."""
    freed = sum(votes for name, votes in before.items() if name not in figures)
    continuing = sum(before.values())
    best: tuple[int, Votes] | None = None
    for dropped in _drops(before, figures, opened_with, freed, rules):
        total = continuing - dropped
        whole = opened_with if _on_first_round(rules) else total
        found = _fit(before, figures, total, whole, rules)
        if found is not None and (best is None or found[0] < best[0]):
            best = found
            if best[0] == 0:
                break
    return best[1] if best else None


def _drops(
    before: Votes,
    figures: Mapping[Candidate, Figure],
    opened_with: int,
    freed: int,
    rules: RuleBook,
) -> range:
    """How many papers may have dropped out, as far as it is worth trying.

    Of the papers continuing, more that drop out only make every gain smaller: the fewest
    are tried, with room for rounding. Of the first round's, the shares themselves say.
    """
    if not _on_first_round(rules):
        return range(min(freed, MOST_TRIES) + 1)
    printed = sum((Fraction(figure.share) for figure in figures.values()), Fraction(0))
    near = sum(before.values()) - int(Fraction(printed * opened_with, 100))
    first = max(0, near - MOST_TRIES)
    return range(first, min(freed, near + MOST_TRIES) + 1)


def _fit(
    before: Votes, figures: Mapping[Candidate, Figure], total: int, whole: int, rules: RuleBook
) -> tuple[int, Votes] | None:
    """Votes that sum to `total` and print as shares of `whole`, and how far they are off."""
    ranges = {
        name: [v for v in _printing_as(figure.share, whole, rules) if v >= before[name]]
        for name, figure in figures.items()
    }
    if not all(ranges.values()):
        return None
    votes = {
        name: _nearest(fits, Fraction(Fraction(figures[name].share) * whole, 100))
        for name, fits in ranges.items()
    }
    missing = total - sum(votes.values())
    step = 1 if missing > 0 else -1
    while sum(votes.values()) != total:
        movable = [name for name in votes if votes[name] + step in ranges[name]]
        if not movable:
            return None
        for name in movable[: abs(total - sum(votes.values()))]:
            votes[name] += step
    return abs(missing), votes


def _on_first_round(rules: RuleBook) -> bool:
    return rules.denominator is Denominator.FIRST_ROUND or rules.printed_of is PrintedOf.FIRST_ROUND


def _nearest(votes: Iterable[int], wanted: Fraction) -> int:
    return min(votes, key=lambda number: abs(number - wanted))


def _printing_as(share: str, whole: int, rules: RuleBook) -> list[int]:
    places = _places(share)
    near = int(Fraction(Fraction(share) * whole, 100))
    reach = whole // (100 * 10**places) + 1
    return [
        votes
        for votes in range(max(0, near - reach), near + reach + 1)
        if percent(Fraction(votes, whole), places, rules.rounding) == share
    ]


def _places(printed: str) -> int:
    return len(printed.partition(".")[2])
