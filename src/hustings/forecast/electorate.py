"""Simulated electorates: from draws of the model to ballots, and to counts by the rule book."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hustings.errors import Miscount
from hustings.forecast import electors, simulate
from hustings.forecast.electors import People
from hustings.forecast.evidence import Race
from hustings.forecast.fit import Posterior
from hustings.forecast.kernel.ballots import Ballots
from hustings.forecast.kernel.electorates import electorates
from hustings.forecast.kernel.exactly import Found, contest_of_draw, count_exactly, count_rankings
from hustings.forecast.kernel.types import MOST_BY_TYPE
from hustings.forecast.kernel.voters import Voters
from hustings.forecast.kernel.voters import drawn as ballots_drawn
from hustings.forecast.model import prefixes
from hustings.forecast.roster import Known
from hustings.units import Candidate, Section

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
Truth = NDArray[np.bool_]

# Where a source says nothing of a section's size, it is taken as too large for chance to matter.
PAPERS_UNTOLD = 100_000
# So many draws are counted again by the exact engine in each forecast; fewer of whole ballots,
# of which it counts some ten a second.
RECHECKED, BALLOTS_RECHECKED = 200, 20
# Of more than six candidates, a section of more voters is stood for by so many ballots.
STAND_FOR_ALL = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """A named elector, with the ballot of each draw.

    `section` is its place in the contest; `ballots` (D) are places in `Race.rankings` of the
    kernel, -1 in a draw in which the elector gives no valid ballot.
    """

    known: Known
    section: int
    ballots: Whole


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """Simulated electorates and their counts; D draws, S sections, T ballot types, K candidates.

    `counts` (D, S, T) are papers, the named electors' among them, in the orders of `counted`; of
    more than six candidates they are `Ballots`. `notes` say what had to be assumed.
    """

    race: Race
    counted: simulate.Race
    counts: simulate.Counts
    outcomes: simulate.Outcomes
    named: tuple[Named, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The candidates in the order of the kernel's arrays."""
        return self.counted.candidates

    def wins(self) -> Truth:
        """(D, K): who wins each draw."""
        return np.asarray(self.outcomes.winner[:, None] == np.arange(len(self.candidates)))

    def papers(self) -> Whole:
        """(D, S): how many papers each section casts."""
        every = np.ones(len(self.counted.rankings), bool)
        sections = range(len(self.counted.contest.sections))
        return np.stack([self.cast(place, every) for place in sections], 1)

    def cast(self, section: int, wanted: Truth) -> Whole:
        """(D,): how many papers the section casts of the ballot types that are wanted, (T,)."""
        return simulate.cast(self.counts, section, wanted)

    def firsts(self) -> Whole:
        """(D, S, K): first preferences, in papers."""
        if isinstance(self.counts, Ballots):
            sections = range(len(self.counted.contest.sections))
            return np.stack([self.counts.firsts(place) for place in sections], 1)
        return np.asarray(self.counts @ _by_first(self.counted), np.int64)

    def first_shares(self) -> Real:
        """(D, K): first preferences as parts of the college, each section by its weight."""
        papers = self.firsts()
        return _weighed(self.counted, papers, papers.sum(2))

    def final_shares(self) -> Real:
        """(D, 2): what the last two hold of the college in play between them, the one ahead first.

        Not a number in a draw whose rules refuse to count beyond the election.
        """
        papers, opened = self.outcomes.papers, self.papers()
        if self.counted.settings.pooled:
            opened = opened.sum(1, keepdims=True)
        points = _weighed(
            self.counted, papers, opened if self.counted.settings.first_round else papers.sum(2)
        )
        points[(self.outcomes.pair < 0).any(1)] = np.nan
        return np.asarray(points / points.sum(1, keepdims=True))


def _by_first(counted: simulate.Race) -> Whole:
    """(T, K): 1 where the type begins with the candidate."""
    firsts = [counted.candidates.index(ranking[0]) for ranking in counted.rankings]
    return np.eye(len(counted.candidates), dtype=np.int64)[firsts]


def _weighed(counted: simulate.Race, papers: Whole, base: Whole) -> Real:
    """(D, K): weight x papers / base, summed over the sections that hold any paper."""
    settings = counted.settings
    if settings.pooled:
        papers, base = papers.sum(1, keepdims=True), base.sum(1, keepdims=True)
    weights = settings.weights * (papers.sum(2) > 0)
    whole = weights.sum(1, keepdims=True) if settings.shares_out else settings.whole
    weights = weights / np.where(whole > 0, whole, 1)
    return np.asarray(np.einsum("dsk,ds->dk", papers, weights / np.maximum(base, 1)))


# --- electorates --------------------------------------------------------------------------


def simulated(race: Race, posterior: Posterior, seed: int, *, checked: bool = True) -> Simulated:
    """One electorate for each draw of the posterior, counted by the race's own rule book.

    The same seed gives the same electorates, and draws that differ in their utilities alone
    get the same luck: common random numbers. Where it is `checked`, 200 of the draws are counted
    again by the exact engine, and those that one ballot might turn are found. Raises `RuleError`
    for rules that the fast count does not know, and `Miscount` where the two do not agree.
    """
    counted = simulate.race_of(race.contest, f"{race.digest()}/{seed}")
    whole = len(counted.candidates) > MOST_BY_TYPE
    make = _ballots if whole else _papers
    counts, named, notes = make(race, counted, posterior, seed)
    found = simulate.count_draws(counted, counts, touchy=checked)
    if checked:
        recheck(counted, counts, found)
    return Simulated(race, counted, counts, found, named, notes)


Electorates = tuple[simulate.Counts, tuple[Named, ...], tuple[str, ...]]


def _papers(race: Race, counted: simulate.Race, posterior: Posterior, seed: int) -> Electorates:
    """By ballot type."""
    chances = ballot_chances(counted, posterior)
    counts = np.zeros(chances.shape, np.int64)
    named: list[Named] = []
    notes: list[str] = []
    for place, section in enumerate(posterior.sections):
        size, turnout, told = _expected(race, section)
        notes += told
        people = People.of(race, section, size)
        chance = np.random.default_rng([seed, 10, place])
        draw = electors.by_type(chances[:, place], counted.types)
        ballots = electors.drawn(people, counted.candidates, draw, posterior.kept, turnout, chance)
        counts[:, place] = _piled(ballots, len(counted.rankings))
        counts[:, place] += _others(people, size, turnout, chances[:, place], chance)
        named += [Named(k, place, ballots[row]) for row, k in enumerate(people.named)]
    return counts, tuple(named), tuple(notes)


def _ballots(race: Race, counted: simulate.Race, posterior: Posterior, seed: int) -> Electorates:
    """The ballots themselves, where there are too many types."""
    sections: list[tuple[NDArray[np.int32], Whole]] = []
    named: list[Named] = []
    notes: list[str] = []
    for place, section in enumerate(posterior.sections):
        size, turnout, told = _expected(race, section)
        notes += told
        people, voters = People.of(race, section, size), _voters(counted, posterior, place)
        chance = np.random.default_rng([seed, 10, place])
        ballots = electors.drawn(
            people, counted.candidates, electors.by_law(voters), posterior.kept, turnout, chance
        )
        rest, papers = _standing_for(round(max(size - len(people), 0) * turnout), voters, chance)
        if papers.sum() > len(papers):
            notes.append(_stand_for(race, section, len(papers), int(papers.sum())))
        rows = np.concatenate([ballots.T.astype(np.int32), rest], axis=1)
        sections.append((rows, np.append(np.ones(len(ballots), np.int64), papers)))
        named += [Named(k, place, ballots[row]) for row, k in enumerate(people.named)]
    rows_of, papers_of = zip(*sections, strict=True)
    return Ballots(counted.types, rows_of, papers_of), tuple(named), tuple(notes)


def _stand_for(race: Race, section: Section, ballots: int, papers: int) -> str:
    return (
        f"{race.contest.section_name(section)}: {ballots:,} ballots stand for {papers:,}, as "
        f"more than {MOST_BY_TYPE} candidates stand"
    )


def _voters(counted: simulate.Race, posterior: Posterior, place: int) -> Voters:
    """The voters of a section, the candidates in the order of the kernel."""
    utility, parts = posterior.utilities()
    order = [posterior.candidates.index(name) for name in counted.candidates]
    return Voters.of(utility[:, place][..., order], parts, posterior.hazards[:, place])


def _standing_for(
    papers: int, voters: Voters, chance: np.random.Generator
) -> tuple[NDArray[np.int32], Whole]:
    """Ballots (D, M), and how many papers each stands for (M).

    Up to 2,000 papers each is drawn. More are stood for by a systematic sample, which comes
    nearer to the chances than so many ballots drawn would. Its ballots stand for unlike numbers
    of papers, else there would be ties such as whole electorates hardly ever have.
    """
    draws = len(voters.strengths)
    if papers <= STAND_FOR_ALL:
        return ballots_drawn(voters, chance.random((draws, papers))), np.ones(papers, np.int64)
    inner = np.arange(1, STAND_FOR_ALL) + chance.uniform(-0.25, 0.25, STAND_FOR_ALL - 1)
    cuts = np.rint(np.array([0, *inner, STAND_FOR_ALL]) / STAND_FOR_ALL * papers).astype(np.int64)
    each = np.diff(cuts)
    luck = (cuts[:-1] + each * chance.random((draws, 1))) / papers
    return ballots_drawn(voters, luck), each


def ballot_chances(counted: simulate.Race, posterior: Posterior) -> Real:
    """(D, S, T): how often each ballot type is cast, in the order of the kernel.

    Those who begin with a prefix less those who go on are those who stop there.
    """
    standing = posterior.candidates
    at = {order: place for place, order in enumerate(prefixes(len(standing)))}
    beginning = posterior.prefixes()
    chances = beginning.copy()
    for order, place in at.items():
        if len(order) > 1:
            chances[:, :, at[order[:-1]]] -= beginning[:, :, place]
    rows = [at[tuple(standing.index(name) for name in names)] for names in counted.rankings]
    chances = np.maximum(chances[:, :, rows], 0)
    return np.asarray(chances / chances.sum(2, keepdims=True))


def _expected(race: Race, section: Section) -> tuple[int, float, list[str]]:
    """How many electors the section has, which part of them votes, and what was assumed."""
    whole, called = race.electorate(section), race.contest.section_name(section)
    if whole is None:
        return PAPERS_UNTOLD, 1.0, [f"{called}: no size is known; {PAPERS_UNTOLD:,} are assumed"]
    if whole.turnout is None:
        return whole.issued, 1.0, [f"{called}: no turnout is known; all are taken to vote"]
    return whole.issued, float(whole.turnout), []


def _others(
    people: People, size: int, turnout: float, chances: Real, chance: np.random.Generator
) -> Whole:
    """(D, T): the papers of all who are not drawn one by one."""
    left = max(size - len(people), 0)
    papers = np.array([round(left * turnout)])
    return electorates(chances[:, None], papers, chance)[:, 0]


def _piled(ballots: Whole, types: int) -> Whole:
    """(D, T) papers from ballots (electors, D), of which -1 is none."""
    draws = ballots.shape[1]
    at = ballots + np.arange(draws) * types
    flat = np.bincount(at[ballots >= 0], minlength=draws * types)
    return flat.reshape(draws, types)


def recheck(counted: simulate.Race, counts: simulate.Counts, found: simulate.Outcomes) -> None:
    """Count some of the draws by the exact engine; a difference is our fault.

    Who wins, who goes and in what order, the last two and every paper that they hold. Raises
    `Miscount` with the draw's number and what the two say.
    """
    most = BALLOTS_RECHECKED if isinstance(counts, Ballots) else RECHECKED
    for draw in map(int, np.linspace(0, len(counts) - 1, min(most, len(counts)))):
        exact = _exactly(counted, counts, draw)
        for what, told, rightly in _beside(counted, found, draw, exact):
            if told != rightly:
                raise Miscount(
                    f"draw {draw}: the fast count says that {what} {told}, the exact engine "
                    f"{rightly}"
                )


def _exactly(counted: simulate.Race, counts: simulate.Counts, draw: int) -> Found:
    contest = contest_of_draw(counted.contest, counted.lots, draw)
    pooled = counted.settings.pooled
    if isinstance(counts, Ballots):
        return count_rankings(contest, counts.rankings(draw, pooled=pooled), draw)
    papers = counts[draw].sum(0, keepdims=True) if pooled else counts[draw]
    return count_exactly(contest, papers, counted.types, draw)


def _beside(
    counted: simulate.Race, found: simulate.Outcomes, draw: int, exact: Found
) -> Iterator[tuple[str, object, object]]:
    """What is said, by the fast count and by the exact engine."""
    names = [*counted.candidates, None]
    yield "the winner is", names[found.winner[draw]], exact.transcript.winner
    for what, places, rightly in (
        ("those who go are", found.order[draw], exact.out),
        ("the last two are", found.pair[draw], exact.left),
    ):
        yield what, tuple(names[at] for at in places if at >= 0), rightly
    held = [[papers[name] for name in exact.left] for papers in exact.last.values()]
    papers = found.papers[draw].tolist() if exact.left else []
    yield "the last two hold, by section,", papers, held
