"""One look at the papers: where each of them lies, what it is worth, what would elect."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from fractions import Fraction

from hustings.ballots.profile import Earlier, Profile
from hustings.counting.transcript import Quota, Round, Tally, Transfer, earlier
from hustings.election.college import College, Held
from hustings.election.rulebook import Method, QuotaRule, RuleBook
from hustings.errors import InputError, RuleError
from hustings.units import HALF, NO_POINTS, Candidate, Papers, Points


@dataclass(frozen=True, slots=True)
class Look:
    """How to look at the papers of a contest in any round."""

    contest: str
    profiles: tuple[Profile, ...]
    college: College
    rules: RuleBook

    def was_held(self, number: int) -> bool:
        """Whether there are papers for that round: an exhaustive ballot needs fresh ones."""
        return self.rules.method is not Method.EXHAUSTIVE or number <= len(self.profiles)

    def profile(self, number: int) -> Profile:
        """The papers of that round: fresh ones in an exhaustive ballot, else the same."""
        return self.profiles[number - 1 if self.rules.method is Method.EXHAUSTIVE else 0]

    def tally(self, standing: Set[Candidate], rounds: Sequence[Round]) -> Tally:
        """Look at the papers with these candidates standing, after these rounds."""
        number = len(rounds) + 1
        profile = self.profile(number)
        before = earlier(self.rules, rounds)
        looked = {
            section: profile.held(section, standing, before) for section in self.college.weights
        }
        held = {section: papers for section, (papers, _) in looked.items()}
        if not any(any(papers.values()) for papers in held.values()):
            raise InputError(
                f"{self.contest}: round {number}: there is no formal paper in any section"
            )
        opening = rounds[0].tally.held if rounds else held
        points = self.college.points(
            held,
            {section: Papers(sum(papers.values())) for section, papers in opening.items()},
            self.rules.base,
            self.rules.empty_section,
        )
        in_play = Points(
            sum((sum(part.values(), NO_POINTS) for part in points.values()), NO_POINTS)
        )
        return Tally(
            held,
            {section: papers for section, (_, papers) in looked.items()},
            points,
            self._quota(in_play, held, rounds),
        )

    def _quota(self, in_play: Points, held: Held, rounds: Sequence[Round]) -> Quota:
        """Half of what is in play now or was in round 1; or the statutes' whole number of papers.

        In whole papers: the first round's papers halved, the fraction dropped, and one
        more [Scottish Local Government Elections Order 2007, Schedule 1, rule 46;
        Electoral Act 1992 (Ireland), section 120].
        """
        rule = self.rules.quota
        if rule is QuotaRule.HALF_IN_PLAY or (rule is QuotaRule.HALF_FIRST_ROUND and not rounds):
            return Quota(Points(in_play * HALF), or_equal=False)
        if rule is QuotaRule.HALF_FIRST_ROUND:
            return rounds[0].tally.quota
        quota = _whole_papers(in_play, held, rounds[0].tally.held if rounds else held)
        if rule is QuotaRule.DROOP_OR_MAJORITY:
            return replace(quota, or_half_of=in_play)
        return quota

    def transfers(
        self, standing: Set[Candidate], out: Set[Candidate], rounds: Sequence[Round] = ()
    ) -> tuple[Transfer, ...]:
        """Where the papers of those who go out after these rounds pass to.

        Nowhere, where fresh ones are cast.
        """
        if self.rules.method is Method.EXHAUSTIVE:
            return ()
        return tuple(self._moves(standing, out, earlier(self.rules, rounds)))

    def _moves(
        self, standing: Set[Candidate], out: Set[Candidate], before: Earlier
    ) -> Iterator[Transfer]:
        for section in self.college.weights:
            moved = self.profiles[0].moved(section, standing, out, before)
            for (source, to), papers in moved.items():
                yield Transfer(section, source, to, papers)


def _whole_papers(in_play: Points, held: Held, opening: Held) -> Quota:
    """The papers are set by the opening; what they are worth, by what is in play now."""
    if len(held) != 1:
        raise RuleError("a quota in whole papers needs one section; this college has more")
    valid, continuing = (
        sum(sum(part.values()) for part in each.values()) for each in (opening, held)
    )
    quota = Papers(valid // 2 + 1)
    return Quota(Points(in_play * Fraction(quota, continuing)), or_equal=True, papers=quota)
