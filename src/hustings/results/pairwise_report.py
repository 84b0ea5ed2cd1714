"""Every candidate against every other as a report, as CSV rows and as plain values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hustings.counting.borda import Borda
from hustings.counting.figures import printed_number
from hustings.counting.pairwise import (
    Pairwise,
    Strength,
    copeland,
    minimax,
    ranked_pairs,
    schulze,
    schwartz_set,
    smith_set,
)
from hustings.election.spec import Contest
from hustings.results.as_csv import line
from hustings.results.report import Block, Heading, Report, Sentence, Table
from hustings.units import Candidate, decimal, exact, percent


@dataclass(frozen=True, slots=True)
class Compared:
    """All pairs of a contest, its Borda counts, and whom the rules elect, where that is known."""

    contest: Contest
    pairs: Pairwise
    borda: Mapping[Borda, Mapping[Candidate, Fraction]]
    elected: tuple[Candidate, ...] = ()


def of_pairs(compared: Compared, election: str = "") -> Report:
    """Who beats everybody, the table of pairs, and what each method makes of it."""
    post = compared.contest.post
    title = post if election in ("", post) else f"{post} · {election}"
    return Report(f"{title}: every pair", tuple(_blocks(compared)))


def _blocks(compared: Compared) -> Iterator[Block]:
    yield Sentence(_winner_told(compared), "lead")
    yield from (Sentence(text) for text in _elected_told(compared))
    yield _matrix(compared)
    yield Heading("What methods make of the pairs")
    yield _methods(compared)
    yield Heading("Borda counts")
    yield _borda(compared)
    yield from (Sentence(f"{each}: {each.meaning}.") for each in Borda)
    yield Heading("About these figures")
    yield Sentence(
        "In each pair a paper counts for whichever of the two it ranks higher; one that ranks "
        "neither, or has them share a rank, counts for nobody. In a Borda count those who share "
        "a rank have the mean of its places. None of this elects anybody: the rules of the "
        "contest do."
    )


def _winner_told(compared: Compared) -> str:
    pairs, name = compared.pairs, compared.contest.name
    if pairs.winner is not None:
        return f"{name(pairs.winner)} beats every other candidate: the Condorcet winner."
    return (
        f"Nobody beats every other candidate. The Smith set: {_names(compared, smith_set(pairs))}."
    )


def _elected_told(compared: Compared) -> Iterator[str]:
    pairs, elected = compared.pairs, compared.elected
    if elected:
        rules = compared.contest.rules.name
        yield f"Counted by the rule book {rules}, elected: {_names(compared, elected)}."
    winner = pairs.winner
    if elected and winner is not None and winner not in elected:
        name = compared.contest.name
        told = "; ".join(
            f"{_printed(compared, pairs.votes[winner, one])} to "
            f"{_printed(compared, pairs.votes[one, winner])} against {name(one)}"
            for one in elected
        )
        yield f"{name(winner)}, who beats everybody, is not elected: {told}."
    if pairs.loser is not None:
        yield f"{compared.contest.name(pairs.loser)} is beaten by every other candidate."


def _matrix(compared: Compared) -> Table:
    """Rows beat columns: what each has against each other, and how many pairs are won."""
    pairs = compared.pairs
    wins = {n: sum(pairs.beats(n, o) for o in pairs.candidates if o != n) for n in pairs.candidates}
    order = sorted(pairs.candidates, key=lambda name: (-wins[name], name))
    called = compared.contest.name
    rows = tuple(
        (
            called(one),
            *("–" if one == o else _printed(compared, pairs.votes[one, o]) for o in order),
            str(wins[one]),
        )
        for one in order
    )
    what = "per cent of the college" if _weighed(compared) else "papers"
    caption = f"What the one of each row has against the one of each column, in {what}"
    return Table(caption, ("against", *map(called, order), "won"), rows)


def _methods(compared: Compared) -> Table:
    rows = [
        (method, strength, _names(compared, found) if found is not None else "too many orders")
        for method, strength, found in methods(compared.pairs)
    ]
    return Table("Whom each method puts first", ("Method", "Wins by", "First"), tuple(rows))


def methods(pairs: Pairwise) -> Iterator[tuple[str, str, tuple[Candidate, ...] | None]]:
    """Each method, what makes a win strong, and whom it puts first; several, if level."""
    yield "Smith set", "", smith_set(pairs)
    yield "Schwartz set", "", schwartz_set(pairs)
    yield "Copeland", "", copeland(pairs)
    for strength in Strength:
        yield "Minimax", strength, minimax(pairs, strength)
        yield "Ranked pairs", strength, ranked_pairs(pairs, strength)
        yield "Schulze", strength, schulze(pairs, strength)


def _borda(compared: Compared) -> Table:
    names = sorted(compared.pairs.candidates, key=lambda n: (-compared.borda[Borda.CLASSIC][n], n))
    rows = tuple(
        (compared.contest.name(name), *(decimal(compared.borda[each][name], 2) for each in Borda))
        for name in names
    )
    return Table("Points by variant", ("Candidate", *Borda), rows)


HEADER = ("section", "candidate", "against", "papers", "papers_against", "exact", "exact_against")


def as_csv(compared: Compared) -> Iterator[str]:
    """A row for each ordered pair in each section, and in the college under `COLLEGE`."""
    yield line(HEADER)
    pairs = compared.pairs
    for section, papers in pairs.papers.items():
        for (one, other), number in papers.items():
            yield line((section, one, other, number, papers[other, one], "", ""))
    for one, other in pairs.votes:
        for_, against = exact(pairs.votes[one, other]), exact(pairs.votes[other, one])
        yield line(("COLLEGE", one, other, "", "", for_, against))


def as_value(compared: Compared, election: str = "") -> dict[str, Any]:
    """All of it as plain values; fractions are texts "a/b"."""
    pairs = compared.pairs
    return {
        "format": "hustings-pairs",
        "version": 1,
        "election": election,
        "contest": compared.contest.id,
        "candidates": {name: compared.contest.name(name) for name in pairs.candidates},
        "elected": list(compared.elected),
        "condorcet_winner": pairs.winner,
        "condorcet_loser": pairs.loser,
        "methods": [
            {"method": method, "strength": strength, "first": None if found is None else [*found]}
            for method, strength, found in methods(pairs)
        ],
        "pairs": [
            {
                "candidate": one,
                "against": other,
                "exact": exact(votes),
                "papers": {section: papers[one, other] for section, papers in pairs.papers.items()},
            }
            for (one, other), votes in pairs.votes.items()
        ],
        "borda": {
            variant: {name: exact(points) for name, points in compared.borda[variant].items()}
            for variant in Borda
        },
    }


def _printed(compared: Compared, votes: Fraction) -> str:
    if _weighed(compared):
        rules = compared.contest.rules
        return percent(votes, rules.total_places, rules.rounding)
    return printed_number(int(votes))


def _weighed(compared: Compared) -> bool:
    return len(compared.pairs.papers) > 1


def _names(compared: Compared, names: tuple[Candidate, ...]) -> str:
    return ", ".join(map(compared.contest.name, names))
