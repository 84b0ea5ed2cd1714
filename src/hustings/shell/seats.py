"""Counts for several seats, as a library and as commands have them."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

from hustings.ballots.reduction import Poll, reduce
from hustings.counting.seats import engine
from hustings.counting.seats.stages import StageTranscript
from hustings.errors import InputError
from hustings.formats import stages_json
from hustings.results import as_text, stages_report
from hustings.results.report import Report
from hustings.shell import acts
from hustings.shell.acts import Loaded


@dataclass(frozen=True, slots=True, repr=False)
class StageCount(StageTranscript):
    """The stages of a count for several seats, which show themselves."""

    election: str = ""
    polls: tuple[Poll, ...] = ()

    def __repr__(self) -> str:
        """Who was elected, and in how many stages."""
        names = [self.contest.name(name) for name in self.elected]
        kind = f"hypothesis={self.hypothesis!r}, " if self.hypothesis else ""
        return f"StageCount({kind}elected={names!r}, {len(self.stages)} stages)"

    def report(self) -> Report:
        """Those elected, the table of every stage, and what to know of it."""
        return stages_report.of_stages(self, self.election)

    def to_text(self) -> str:
        """The whole report as plain text."""
        return "".join(as_text.write(self.report()))

    def to_html(self) -> str:
        """The whole report as a page that needs nothing else."""
        from hustings.results import as_html

        return as_html.page(self.report())

    def to_json(self) -> str:
        """The stages as JSON, exact and complete enough to count again."""
        return stages_json.write(self, self.election)


def count_seats(of: Loaded | str | Path, contest: str = "") -> StageCount:
    """Count a contest for several seats of an election that was loaded, or of its path.

    Raises `InputError` for papers that do not fit, `RuleError` where the rule book fills one
    seat only, `UnbrokenTie` for a tie that a person must decide.
    """
    loaded = of if isinstance(of, Loaded) else acts.load(Path(of))
    chosen = loaded.election.contest(contest)
    polls = loaded.polls[chosen.id]
    if len(polls) > 1:
        raise InputError(f"{chosen.id}: {len(polls)} ballots were held, and stages have one")
    transcript = engine.count(chosen, reduce(polls[0], chosen), loaded.hypothesis)
    return of_stages(transcript, loaded.election.name, polls)


def of_stages(
    transcript: StageTranscript, election: str = "", polls: Iterable[Poll] = ()
) -> StageCount:
    """The readable face of the stages."""
    parts = {part.name: getattr(transcript, part.name) for part in fields(StageTranscript)}
    return StageCount(**parts, election=election, polls=tuple(polls))
