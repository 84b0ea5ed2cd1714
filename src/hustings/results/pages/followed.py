"""One ballot followed, as a table: with whom it lies in each round or stage, at what worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from hustings.ballots.profile import Ranking
from hustings.ballots.shared import holder
from hustings.counting.seats import following
from hustings.counting.seats.following import Step
from hustings.counting.seats.stages import StageTranscript
from hustings.counting.transcript import earlier
from hustings.results.edition import SeatsEdition
from hustings.results.pages.page import DASH, Column, Grid, Row, Site, worths
from hustings.results.presentation import whole
from hustings.units import Candidate, Section


@dataclass(frozen=True)
class Followed:
    """How to follow the ballots of one section through the rounds, to so many `places`."""

    site: Site
    section: Section
    places: int

    @cached_property
    def _worth(self) -> list[dict[Candidate, str]]:
        return worths(self.site, self.section, self.places)

    def holders(self, ranking: Ranking) -> list[Candidate | None]:
        """With whom it lies in each round."""
        rules, rounds = self.site.contest.rules, self.site.edition.transcript.rounds
        return [
            holder(ranking, round_.tally.totals.keys(), earlier(rules, rounds[:at]))
            for at, round_ in enumerate(rounds)
        ]

    def end(self, ranking: Ranking) -> Candidate | None:
        """With whom it lies in the end."""
        return self.holders(ranking)[-1]

    def helped(self, ranking: Ranking) -> list[Candidate]:
        """Whom of the elected it counts for in the end."""
        winner = self.site.edition.winner
        return [winner] if winner and self.end(ranking) == winner else []

    def grid(self, ranking: Ranking, caption: str) -> Grid:
        """Every round as a row."""
        rows = []
        for number, lies in enumerate(self.holders(ranking), 1):
            cells = ("nobody: non-transferable", DASH)
            if lies is not None:
                cells = (apart(self.site.names[lies]), self._worth[number - 1].get(lies, DASH))
            rows.append(Row(f"Round {number}", cells))
        of = f"% of {whole(self.site.edition.transcript)}"
        columns = (Column("With", text=True), Column("Worth of one paper", of))
        return Grid(caption, Column("Round"), columns, tuple(rows))


@dataclass(frozen=True)
class FollowedByStage(Followed):
    """The same through the stages: a part of a ballot may stay with whom it helped to elect."""

    stages: StageTranscript

    def _steps(self, ranking: Ranking) -> Sequence[Step]:
        return following.follow(self.stages, ranking)

    def holders(self, ranking: Ranking) -> list[Candidate | None]:
        """With whom what is left of it lies after each stage."""
        return [step.candidate for step in self._steps(ranking)]

    def helped(self, ranking: Ranking) -> list[Candidate]:
        """Whom of the elected any part of it counts for in the end, in the order of election."""
        last = self._steps(ranking)[-1]
        held = {last.candidate, *last.kept}
        return [name for name in self.stages.elected if name in held]

    def grid(self, ranking: Ranking, caption: str) -> Grid:
        """Every stage as a row."""
        rows = tuple(Row(f"Stage {step.stage}", self._cells(step)) for step in self._steps(ranking))
        columns = (
            Column("With", text=True),
            Column("Worth there", "votes"),
            Column("Stays for good", "with those whom it helped to elect", text=True),
        )
        return Grid(caption, Column("Stage"), columns, rows)

    def _cells(self, step: Step) -> tuple[str, ...]:
        contest = self.stages.contest
        lies = "nobody" if step.candidate is None else apart(contest.name(step.candidate))
        value = DASH if step.value is None else following.value_told(self.stages, step.value)
        kept = [
            Markup("{} with {}").format(
                following.value_told(self.stages, part), apart(contest.name(name))
            )
            for name, part in step.kept.items()
        ]
        return lies, value, Markup("; ").join(kept) or DASH


def apart(name: str) -> Markup:
    """The name in its own direction, whichever that of the page is."""
    return Markup("<bdi>{}</bdi>").format(name)


def followed(site: Site, section: Section, places: int) -> Followed:
    """How to follow the ballots of the section, by rounds or by stages."""
    if isinstance(site.edition, SeatsEdition):
        return FollowedByStage(site, section, places, site.edition.stages)
    return Followed(site, section, places)
