"""Counts for several seats, as a library and as commands have them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from hustings.ballots.reduction import Poll
from hustings.counting import what_if
from hustings.counting.seats import following
from hustings.counting.seats.polled import count_polls
from hustings.counting.seats.stages import StageTranscript
from hustings.election.rulebook import RuleBook
from hustings.formats import stages_json
from hustings.results import as_text, stages_report
from hustings.results.report import Report
from hustings.shell import acts
from hustings.shell.acts import Loaded
from hustings.units import Candidate


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

    def _repr_html_(self) -> str:
        """The table of every stage, for a notebook."""
        from hustings.results import as_html

        return as_html.piece(self.report())

    def why(self, candidate: str) -> str:
        """What happened to a candidate and to the papers they passed on; by id or name.

        Raises `InputError` where nobody is called so.
        """
        return "\n".join(following.why(self, self.contest.find(candidate)))

    def follow(self, ballot: str | Sequence[str]) -> list[following.Step]:
        """Where one ballot lies after each stage and at what value: "ann > bob" or a list.

        Raises `InputError` for an unknown candidate.
        """
        return following.follow(self, self._ranking(ballot))

    def follow_told(self, ballot: str | Sequence[str]) -> list[str]:
        """The same, each stage in a sentence."""
        return following.told(self, self._ranking(ballot))

    def _ranking(self, ballot: str | Sequence[str]) -> tuple[Candidate, ...]:
        names = ballot.split(">") if isinstance(ballot, str) else ballot
        return tuple(self.contest.find(name.strip()) for name in names)

    def what_if(
        self, *, rules: str | RuleBook | None = None, withdrawn: Iterable[str] = ()
    ) -> "StageCount":
        """Count the same papers by another book for several seats, or without some candidates.

        The count says that it is no result. Raises `InputError` where nothing is changed, and
        what counting raises.
        """
        book = acts.named_book(rules) if isinstance(rules, str) else rules
        out = frozenset(self.contest.find(name) for name in withdrawn)
        hypothesis = what_if.told(self.contest, book, None, out)
        contest = what_if.under(self.contest, book) if book else self.contest
        counted = count_polls(contest.without(out), self.polls, hypothesis)
        return of_stages(counted, self.election, self.polls)

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
    transcript = count_polls(chosen, polls, loaded.hypothesis)
    return of_stages(transcript, loaded.election.name, polls)


def of_stages(
    transcript: StageTranscript, election: str = "", polls: Iterable[Poll] = ()
) -> StageCount:
    """The readable face of the stages."""
    parts = {part.name: getattr(transcript, part.name) for part in fields(StageTranscript)}
    return StageCount(**parts, election=election, polls=tuple(polls))
