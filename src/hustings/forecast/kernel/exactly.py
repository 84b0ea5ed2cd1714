"""A draw that the arrays may not decide, counted by the exact engine."""

from dataclasses import dataclass, replace

from hustings.ballots.profile import Profile, Ranking
from hustings.counting import engine
from hustings.counting.transcript import Elected, Transcript
from hustings.election.rulebook import RuleBook, Stop, TiePolicy
from hustings.election.spec import EVERYONE, Contest, Decisions
from hustings.errors import InputError, RuleError
from hustings.forecast.kernel.types import Types, Whole
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
    profile = Profile(_piles(contest, counts, types))
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


def _piles(contest: Contest, counts: Whole, types: Types) -> Piles:
    """The papers as rankings; a ballot that leaves out only the last names that one too."""
    names = sorted(contest.standing)
    sections = [entry.id for entry in contest.sections]
    if len(counts) == 1 and len(sections) != 1:
        sections = [EVERYONE]
    piles: Piles = {section: {} for section in sections}
    for section, row in zip(*counts.nonzero(), strict=True):
        ranking = types.rankings[row]
        if len(ranking) == len(names) - 1:
            ranking += tuple({*range(len(names))} - {*ranking})
        named = tuple(names[place] for place in ranking)
        piles[sections[section]][named] = Papers(int(counts[section, row]))
    return piles


def _counted_on(contest: Contest, profile: Profile, transcript: Transcript) -> Transcript | None:
    """The count until two are left; None where it cannot go on."""
    if contest.rules.stop is not Stop.ELECTED or len(transcript.rounds[-1].tally.totals) == 2:
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
