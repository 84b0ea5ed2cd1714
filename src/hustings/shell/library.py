"""The package as a library: load, count, and ask the count."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from itertools import count as numbers
from pathlib import Path
from typing import cast

from hustings.audit.published import Reconciliation
from hustings.ballots.paper import Paper, ranked
from hustings.ballots.reduction import Poll
from hustings.ballots.shared import SIGN, shared
from hustings.counting import account, what_if
from hustings.counting.account import Step
from hustings.counting.transcript import Transcript
from hustings.election.rulebook import OPEN_OVERVOTES, RuleBook, read_fraction
from hustings.election.spec import EVERYONE, Contest, Decisions, SectionEntry, Standing
from hustings.errors import InputError, RuleError
from hustings.formats import transcript_json
from hustings.results import as_text, report
from hustings.shell import acts
from hustings.shell.acts import Loaded
from hustings.units import Candidate, Papers, Section, percent

Rankings = Iterable[Sequence[str]] | Mapping[tuple[str, ...], int]

# Two displays in one notebook must not share the ids in their pictures.
_displays = numbers(1)


@dataclass(frozen=True, slots=True, repr=False)
class Count(Transcript):
    """A transcript that answers questions: `why`, `follow`, `what_if`, and shows itself."""

    election: str = ""
    polls: tuple[Poll, ...] = ()
    reconciliation: Reconciliation | None = None

    def __repr__(self) -> str:
        """Who won, with what and when."""
        kind = f"Count(hypothesis={self.hypothesis!r}, " if self.hypothesis else "Count("
        if self.winner is None:
            return f"{kind}winner=None, after round {len(self.rounds)})"
        rounds, last = len(self.rounds), self.rounds[-1]
        part = percent(last.tally.totals[self.winner], self.contest.rules.total_places)
        whole = "college" if len(last.tally.held) > 1 else "papers"
        winner = self.contest.name(self.winner)
        return f"{kind}winner={winner!r}, {part}% of the {whole} in round {rounds} of {rounds})"

    def _repr_html_(self) -> str:
        """The college bar by round and the tables, for a notebook."""
        from hustings.results import as_html

        return as_html.piece(self._report(f"hustings-{next(_displays)}"))

    def why(self, candidate: str) -> str:
        """What happened to a candidate and to the papers they lost; by id or name.

        Raises `InputError` where nobody is called so.
        """
        return "\n".join(account.why(self, self.contest.find(candidate)))

    def follow(self, ballot: str | Sequence[str], section: str = "") -> list[Step]:
        """Where one ballot lies in each round and what it is worth: "ann > bob" or a list.

        Where the rules keep a rank that several share, "ann > bob=cat" may be asked for, too.
        Raises `InputError` for an unknown candidate or section, or where the section is not said.
        """
        names = ballot.split(">") if isinstance(ballot, str) else ballot
        return account.follow(self, tuple(map(self._ranked, names)), self._section(section))

    def _ranked(self, written: str) -> Candidate:
        """The entry of a ranking that is written so."""
        may_share = self.contest.rules.overvotes in OPEN_OVERVOTES
        names = written.split(SIGN) if may_share else [written]
        return shared(self.contest.find(name.strip()) for name in names)

    def what_if(
        self,
        *,
        rules: str | RuleBook | None = None,
        weights: Mapping[str, str] | str | None = None,
        withdrawn: Iterable[str] = (),
    ) -> "Count":
        """Count the same papers otherwise; the count says that it is no result.

        `weights` are exact texts by section, or "equal". Raises `InputError` for a change
        that does not fit the contest, and what counting raises.
        """
        contest = self.contest
        book = acts.named_book(rules) if isinstance(rules, str) else rules
        out = frozenset(contest.find(name) for name in withdrawn)
        wanted = None
        if weights is not None:
            wanted = what_if.equal_weights(contest) if weights == "equal" else _weights(weights)
        if book is not None or wanted is not None:
            contest = what_if.under(contest, book or contest.rules, wanted)
        hypothesis = what_if.told(contest, book, wanted, out)
        transcript = acts.count_polls(contest.without(out), self.polls, hypothesis)
        return of_transcript(transcript, self.election, self.polls)

    def to_text(self) -> str:
        """The whole report as plain text."""
        return "".join(as_text.write(self._report()))

    def to_html(self) -> str:
        """The whole report as a page that needs nothing else."""
        from hustings.results import as_html

        return as_html.page(self._report("count"))

    def to_json(self) -> str:
        """The transcript as JSON, exact and complete enough to count again."""
        return transcript_json.write(self, self.election)

    def _report(self, key: str = "") -> report.Report:
        return report.of_count(self, self.election, self.reconciliation, key)

    def _section(self, called: str) -> Section:
        sections = [*self.rounds[0].tally.held]
        if len(sections) == 1 and not called:
            return sections[0]
        if called in sections:
            return Section(called)
        if not called:
            raise InputError(f"say which section cast it: {', '.join(sections)}")
        raise InputError(f"{called!r} is not a section; they are {', '.join(sections)}")


def of_transcript(
    transcript: Transcript,
    election: str = "",
    polls: tuple[Poll, ...] = (),
    reconciliation: Reconciliation | None = None,
) -> Count:
    """The readable face of a transcript."""
    parts = {part.name: getattr(transcript, part.name) for part in fields(Transcript)}
    return Count(**parts, election=election, polls=polls, reconciliation=reconciliation)


def load(path: str | Path) -> Loaded:
    """An election's folder or one ballot file; raises `InputError` with every mistake in it."""
    return acts.load(Path(path))


def count(
    of: Loaded | Contest | str | Path,
    ballots: Mapping[str, Rankings] | Rankings | None = None,
    contest: str = "",
) -> Count:
    """Count an election that was loaded, its path, or a contest with its ballots.

    Ballots are rankings by id, grouped or one by one, by section where there are several:
    `{"members": {("ann", "bob"): 3}}` or `[["ann", "bob"], ["bob"]]`. Raises `InputError`
    for papers that do not fit, `UnbrokenTie` for a tie that a person must decide.
    """
    if isinstance(of, Contest):
        polls = (Poll(tuple(_papers(of, ballots or ()))),)
        return of_transcript(acts.count_polls(of, polls), "", polls)
    loaded = of if isinstance(of, Loaded) else load(of)
    transcript = acts.count(loaded, contest)
    return of_transcript(
        transcript,
        loaded.election.name,
        loaded.polls[transcript.contest.id],
        acts.compare(loaded, transcript),
    )


def contest(
    post: str,
    candidates: Mapping[str, str] | Iterable[str],
    sections: Mapping[str, str] | None = None,
    rules: str | RuleBook = acts.DEFAULT_RULES,
    *,
    lot: Sequence[str] = (),
    seed: str = "",
) -> Contest:
    """A contest in a line: candidates by id, sections by exact weight, a rule book by name.

    `lot` is the order of a lot for ties, the first drawn to go first, and `seed` a text
    drawn in public in its place. Raises `InputError` for weights that do not sum to what
    the rules want, for two candidates of one id, and for a lot that names a stranger.
    """
    listed = [*candidates]
    if len(set(listed)) < len(listed):
        raise InputError(f"two candidates have one id: {', '.join(listed)}")
    named = candidates if isinstance(candidates, Mapping) else {id_: id_ for id_ in listed}
    strangers = [name for name in lot if name not in named]
    if strangers:
        raise InputError(f"the lot names {', '.join(strangers)}, who is no candidate")
    weighed = _weights(sections or {EVERYONE: "1"})
    made = Contest(
        "contest",
        post,
        tuple(Standing(Candidate(id_), name) for id_, name in named.items()),
        tuple(SectionEntry(section, section, weight) for section, weight in weighed.items()),
        acts.named_book(rules) if isinstance(rules, str) else rules,
        Decisions(tuple(map(Candidate, lot)), "said to the library" if lot else "", seed),
    )
    if not made.college.weights:
        raise InputError("a contest needs a section")
    return made


def _weights(written: Mapping[str, str] | str) -> dict[Section, Fraction]:
    if isinstance(written, str):
        pairs = [part.partition("=") for part in written.split(",")]
        if not all(equals for _, equals, _ in pairs):
            raise InputError(
                f'{written!r} is no list of weights: write "members=1/2,affiliates=1/2", or equal'
            )
        written = {section.strip(): weight.strip() for section, _, weight in pairs}
    try:
        return {Section(section): read_fraction(weight) for section, weight in written.items()}
    except RuleError as error:
        raise InputError(str(error)) from None


def _papers(of: Contest, ballots: Mapping[str, Rankings] | Rankings) -> Iterable[Paper]:
    known = {entry.id for entry in of.candidates}
    for section, rankings in _by_section(of, ballots).items():
        if section not in {entry.id for entry in of.sections}:
            raise InputError(f"{section!r} is not a section of {of.post}")
        grouped = rankings.items() if isinstance(rankings, Mapping) else ((r, 1) for r in rankings)
        for ranking, papers in grouped:
            _require_a_ballot(ranking, papers)
            for name in ranking:
                if name not in known:
                    raise InputError(
                        f"{name!r} is no candidate; they are {', '.join(sorted(known))}"
                    )
            yield Paper(Section(section), ranked(*ranking), Papers(papers))


def _require_a_ballot(ranking: object, papers: object) -> None:
    if isinstance(ranking, str):
        raise InputError(f"{ranking!r} is a text; a ranking is a list of ids, such as ['ann']")
    if not isinstance(papers, int) or papers < 1:
        raise InputError(f"{papers!r} is not a whole number of papers, 1 or more")


def _by_section(of: Contest, ballots: Mapping[str, Rankings] | Rankings) -> Mapping[str, Rankings]:
    """The rankings by section; a mapping whose keys are texts is one already."""
    if isinstance(ballots, Mapping) and all(isinstance(key, str) for key in ballots):
        return cast("Mapping[str, Rankings]", ballots)
    return {of.sections[0].id: ballots}
