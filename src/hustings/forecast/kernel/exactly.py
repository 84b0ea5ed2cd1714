"""A draw that the arrays may not decide, counted by the exact engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hustings.ballots.profile import Profile, Ranking
from hustings.counting import engine
from hustings.counting.transcript import Elected, Transcript
from hustings.election.rulebook import RuleBook, Stop, TiePolicy
from hustings.election.spec import EVERYONE, Contest, Decisions
from hustings.errors import InputError, RuleError
from hustings.forecast.kernel.settings import COUNTS_ON
from hustings.forecast.kernel.subsets import Subsets
from hustings.forecast.kernel.types import Places, Types, Whole
from hustings.units import Candidate, Papers, Section

Piles = dict[Section, dict[Ranking, Papers]]


@dataclass(frozen=True, slots=True)
class Found:
    """One draw counted exactly: by its own rules, and on until two are left.

    `out` are those who went before two were left, first to last, and `left` the two, the one ahead
    first. Both are empty where the rules refuse to count beyond the election.
    """

    transcript: Transcript
    out: tuple[Candidate, ...]
    left: tuple[Candidate, ...]
    last: dict[Section, dict[Candidate, Papers]]


def contest_of_draw(contest: Contest, lots: str, draw: int) -> Contest:
    """The contest with a lot of the draw's own, so that it never waits for a person.

    The book's tie policies stand. Where they come to a lot, or are spent, an order computed from
    the seed `lots/draw` decides, as for `TiePolicy.SEED`.
    """
    policies = [TiePolicy.SEED if p is TiePolicy.LOT else p for p in contest.rules.ties]
    if TiePolicy.SEED not in policies:
        policies.append(TiePolicy.SEED)
    rules = replace(contest.rules, ties=tuple(policies))
    return replace(contest, rules=rules, decisions=Decisions(seed=f"{lots}/{draw}"))


def count_exactly(contest: Contest, counts: Whole, types: Types, draw: int) -> Found:
    """Count one draw, its papers of shape (sections, rows), under `contest_of_draw`.

    Raises `RuleError` and `InputError` as the engine does, with the draw's number.
    """
    sections: list[dict[Places, int]] = [{} for _ in counts]
    for section, row in zip(*counts.nonzero(), strict=True):
        sections[section][types.rankings[row]] = int(counts[section, row])
    return count_rankings(contest, sections, draw)


def count_rankings(contest: Contest, sections: Sequence[Mapping[Places, int]], draw: int) -> Found:
    """Count one draw, given for each section as the papers of each ranking."""
    profile = Profile(_piles(contest, sections))
    try:
        transcript = engine.count(contest, [profile])
    except RuleError as error:
        raise RuleError(f"draw {draw}: {error}") from error
    except InputError as error:
        raise InputError(f"draw {draw}: {error}") from error
    onwards = _counted_on(contest, profile, transcript)
    if onwards is None:
        return Found(transcript, (), (), {})
    return _found(transcript, onwards)


def rankings_of(table: Whole, subsets: Subsets) -> dict[Places, int]:
    """Ballots of which a section's subset statistics, (rows,), are those given.

    There may be many such sets of ballots; all count alike, whoever goes. Papers pass from set to
    set: as many leave one as have come there, or fewer, and the rest end. Raises `InputError`
    where more leave than came, which no ballots can do.
    """
    come: dict[int, list[tuple[Places, int]]] = {0: [((), int(table[: subsets.candidates].sum()))]}
    for some, name, papers in zip(subsets.sets, subsets.after, table, strict=True):
        taken = _taken(come.get(int(some), []), int(papers))
        if taken is None:
            raise InputError(
                f"{int(papers)} papers name candidate {int(name)} after the set {int(some):b}, "
                "which is more than have named that set; these are the subset statistics of no "
                "ballots"
            )
        then = come.setdefault(int(some) | 1 << int(name), [])
        then += [((*ranking, int(name)), number) for ranking, number in taken]
    return {ranking: number for piles in come.values() for ranking, number in piles if number}


def _taken(piles: list[tuple[Places, int]], papers: int) -> list[tuple[Places, int]] | None:
    """Take so many papers off the piles; None where there are fewer, or fewer than none."""
    taken = []
    while papers and piles:
        ranking, number = piles.pop()
        some = min(number, papers)
        taken.append((ranking, some))
        papers -= some
        if number > some:
            piles.append((ranking, number - some))
    return None if papers else taken


def _piles(contest: Contest, sections: Sequence[Mapping[Places, int]]) -> Piles:
    """The papers as rankings; a ballot that leaves out only the last names that one too."""
    names = sorted(contest.standing)
    ids = [entry.id for entry in contest.sections]
    if len(sections) == 1 and len(ids) != 1:
        ids = [EVERYONE]
    piles: Piles = {section: {} for section in ids}
    for section, rankings in zip(ids, sections, strict=True):
        for ranking, papers in rankings.items():
            if len(ranking) == len(names) - 1:
                ranking += tuple({*range(len(names))} - {*ranking})
            piles[section][tuple(names[place] for place in ranking)] = Papers(papers)
    return piles


def _counted_on(contest: Contest, profile: Profile, transcript: Transcript) -> Transcript | None:
    """The count until two are left; None where it cannot go on."""
    if contest.rules.stop in COUNTS_ON or len(transcript.rounds[-1].tally.totals) == 2:
        return transcript
    rules: RuleBook = replace(contest.rules, stop=Stop.TWO_LEFT)
    try:
        return engine.count(replace(contest, rules=rules), [profile])
    except (RuleError, InputError):
        # The rules refuse an empty section, or no paper names anyone who is left.
        return None


def _found(transcript: Transcript, onwards: Transcript) -> Found:
    pair = next(r for r in onwards.rounds if len(r.tally.totals) == 2)
    gone: list[Candidate] = []
    for round_ in onwards.rounds[: onwards.rounds.index(pair)]:
        assert not isinstance(round_.event, Elected)
        gone += round_.event.names
    totals, winner = pair.tally.totals, onwards.winner
    left = sorted(totals, key=lambda name: (-totals[name], name != winner))
    last = {section: dict(held) for section, held in pair.tally.held.items()}
    return Found(transcript, tuple(gone), tuple(left), last)
