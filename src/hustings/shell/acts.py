"""What an officer does: each act gathers from the world, decides in the core, hands back."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache, partial
from pathlib import Path

from hustings.audit.published import Reconciliation, reconcile
from hustings.ballots.paper import Paper
from hustings.ballots.profile import Profile
from hustings.ballots.published import Published
from hustings.ballots.reconstruction import (
    rebuild,
    single_choices,
    transfers_papers,
)
from hustings.ballots.reduction import Poll, reduce
from hustings.ballots.returns import Claim, Returns, SectionReturns, UnitReturn
from hustings.counting import engine, what_if
from hustings.counting.transcript import Transcript
from hustings.election.publication import Publication
from hustings.election.rulebook import Basis, Method, RuleBook
from hustings.election.spec import EVERYONE, Contest, Decision, Decisions, Election, SectionEntry
from hustings.errors import InputError, Problem, RuleError
from hustings.formats import (
    claims_csv,
    decisions_toml,
    election_toml,
    electors_csv,
    published_csv,
    rankings_csv,
    rulebook_toml,
    transcript_json,
    unit_list_csv,
    unit_returns_csv,
)
from hustings.formats.ballot_file import BallotFile
from hustings.formats.ballot_formats import format_of, losses, without_overvotes
from hustings.formats.election_toml import Beside, Definition, ReturnSource, Source
from hustings.shell import world
from hustings.shell.engines import reading
from hustings.shell.engines.sources import AUTO, Read, parts
from hustings.shell.world import Watch, unwatched
from hustings.units import Section

DEFINITION = "election.toml"
# What tells a published data package, and the files in it that a count needs.
PACKAGE, TRANSCRIPT, RANKINGS = "datapackage.json", ".transcript.json", "rankings.csv"
STAGES = ".stages.json"
DEFAULT_RULES = "omov-av"


@dataclass(frozen=True, slots=True)
class Loaded:
    """An election with the papers of every contest, as written, and the published figures.

    `returns` are, for each contest, what its sections and units returned beside the papers.
    `hypothesis` says what was changed after loading, where something was; `bare` is
    an election that was made up around a ballot file alone.
    """

    election: Election
    polls: Mapping[str, tuple[Poll, ...]]
    published: Mapping[str, Published] = field(default_factory=dict)
    assumed: tuple[str, ...] = ()
    hypothesis: str = ""
    bare: bool = False
    publication: Publication = field(default_factory=Publication)
    returns: Mapping[str, Returns] = field(default_factory=dict)


def load(path: Path, watch: Watch = unwatched, engine: str = AUTO) -> Loaded:
    """Load an election's folder, its `election.toml`, one ballot file, or a data package.

    `engine` counts the rows of the ballot files; all else is as if they had been read one by one.
    Raises `InputError` with every mistake in the definition, or in its files, and for an engine
    that is none, or that cannot be reached.
    """
    if engine == AUTO:
        return _load(path, watch, reading.read)
    from hustings.shell.engines import by_engine

    with by_engine.reader(engine) as read:
        loaded = _load(path, watch, read)
    polls = {
        id_: tuple(
            by_engine.Counted(poll, partial(_read_again, path, id_, at))
            for at, poll in enumerate(counted)
        )
        for id_, counted in loaded.polls.items()
    }
    return replace(loaded, polls=polls)


def _read_again(path: Path, contest: str, at: int) -> Poll:
    """The same poll, of which every paper knows its line."""
    return load(path).polls[contest][at]


@world.keeping_all()
def _load(path: Path, watch: Watch, read: Read) -> Loaded:
    if not path.exists():
        raise InputError(Problem("there is no such file or folder", str(path)))
    if path.is_dir() and (path / PACKAGE).is_file():
        return _load_package(path)
    if path.is_dir():
        path = path / DEFINITION
        if not path.exists():
            raise InputError(Problem(_no_definition(path.parent), str(path.parent)))
    if path.suffix == ".toml":
        return _load_definition(path, watch, read)
    return _load_tabulation(path) or _load_ballot_file(path, watch, read)


def _no_definition(folder: Path) -> str:
    if (folder / "data" / PACKAGE).is_file():
        return f"this is a published site, and what can be counted are its data: {folder / 'data'}"
    return f"there is no {DEFINITION} in this folder; `hustings new DIR` writes one"


def count(loaded: Loaded, contest_id: str = "") -> Transcript:
    """Count one contest of what was loaded; raises what `engine.count` raises."""
    contest = loaded.election.contest(contest_id)
    return count_polls(contest, loaded.polls[contest.id], loaded.hypothesis)


def count_polls(contest: Contest, polls: tuple[Poll, ...], hypothesis: str = "") -> Transcript:
    """Judge the papers by the contest's rules, and count them."""
    return engine.count(contest, [reduce(poll, contest) for poll in polls], hypothesis)


def with_rules(
    loaded: Loaded, contest_id: str, name: str | None, settings: Iterable[str]
) -> Loaded:
    """The same papers under another rule book, or with some choices answered otherwise.

    A ballot file alone has no rules, and takes these. An election has its own: what is
    counted by others is marked as no result. Raises `InputError` for what is no rule.
    """
    contest = loaded.election.contest(contest_id)
    changed = what_if.under(contest, named_book(name)) if name else contest
    rules, told = changed.rules, [f"the rule book {name}"] if name else []
    for setting in settings:
        rules = _set(rules, setting)
        told.append(setting)
    if replace(changed, rules=rules) == contest:
        by_default = f"no rule book is named: counted by {rules.name}"
        return replace(loaded, assumed=(*loaded.assumed, by_default)) if loaded.bare else loaded
    contests = tuple(
        replace(changed, rules=rules) if entry.id == contest.id else entry
        for entry in loaded.election.contests
    )
    hypothesis = "" if loaded.bare else f"{' and '.join(told)} instead of {contest.rules.name}"
    return replace(
        loaded,
        election=replace(loaded.election, contests=contests),
        hypothesis=hypothesis,
    )


def _set(rules: RuleBook, setting: str) -> RuleBook:
    choice, equals, value = setting.partition("=")
    if not equals:
        raise InputError(f"--set {setting}: write CHOICE=VALUE, such as overvotes=spoil")
    try:
        return rules.override(choice.strip(), value.strip(), Basis("the command line"))
    except RuleError as error:
        raise InputError(f"--set {setting}: {error}") from None


def with_decisions(
    loaded: Loaded, lot: str | None, seed: str | None, decided: Path | None = None
) -> Loaded:
    """The same election with a lot that was drawn, or a seed, recorded with every contest.

    `decided` is a file of the officer's decisions on ties. Raises `InputError` where the lot names
    somebody who is no candidate, and with every mistake in the file.
    """
    if lot is None and seed is None and decided is None:
        return loaded
    made = _on_ties(loaded, decided)
    contests = tuple(
        replace(contest, decisions=_decided(contest, lot, seed, made.get(contest.id, ())))
        for contest in loaded.election.contests
    )
    return replace(loaded, election=replace(loaded.election, contests=contests))


def _on_ties(loaded: Loaded, file: Path | None) -> Mapping[str, tuple[Decision, ...]]:
    if file is None:
        return {}
    return decisions_toml.read(world.text(file), str(file), loaded.election.contests)


def _decided(
    contest: Contest, lot: str | None, seed: str | None, made: tuple[Decision, ...]
) -> Decisions:
    decisions, said = contest.decisions, "said on the command line"
    if lot is not None:
        drawn = tuple(contest.find(name) for name in lot.split(","))
        decisions = replace(decisions, lot=drawn, drawn_by=said)
    if seed is not None:
        decisions = replace(decisions, seed=seed, seed_source=said)
    return replace(decisions, decided=(*made, *decisions.decided))


def with_seats(loaded: Loaded, contest_id: str, seats: int | None) -> Loaded:
    """The same papers for so many seats; None leaves them as they are.

    A ballot file alone takes these; of an election, it is marked as no result.
    """
    contest = loaded.election.contest(contest_id)
    if seats is None or seats == contest.seats:
        return loaded
    contests = tuple(
        replace(entry, seats=seats) if entry.id == contest.id else entry
        for entry in loaded.election.contests
    )
    told = f"{seats} seats instead of {contest.seats}"
    hypothesis = " and ".join(filter(None, (loaded.hypothesis, told)))
    return replace(
        loaded,
        election=replace(loaded.election, contests=contests),
        hypothesis="" if loaded.bare else hypothesis,
    )


def compare(loaded: Loaded, transcript: Transcript) -> Reconciliation | None:
    """The count beside the published figures, where there are some and nothing was changed."""
    if transcript.hypothesis:
        return None
    published = loaded.published.get(transcript.contest.id)
    return reconcile(transcript, published) if published else None


@cache
def rule_book(name: str) -> RuleBook:
    """A rule book of the package; raises `InputError` with the names there are."""
    if name not in rule_book_names():
        raise InputError(
            f"no rule book is called {name!r}; `hustings rules` lists them: "
            f"{', '.join(rule_book_names())}"
        )
    return rulebook_toml.read(
        world.packaged("rules", f"{name}.toml").read_text("utf-8"), f"{name}.toml", rule_book
    )


def named_book(name: str) -> RuleBook:
    """A rule book of the package by its name, or one's own by its file; raises `InputError`."""
    if not name.endswith(".toml"):
        return rule_book(name)
    return _book_beside(Path(name).parent, frozenset(), Path(name).name)


@cache
def rule_book_names() -> tuple[str, ...]:
    """The names of the rule books in the package."""
    books = world.packaged("rules").iterdir()
    return tuple(sorted(book.name.removesuffix(".toml") for book in books))


def examples() -> tuple[str, ...]:
    """The names of the example elections in the package."""
    folders = (entry for entry in world.packaged("examples").iterdir() if entry.is_dir())
    return tuple(sorted(folder.name for folder in folders if folder.joinpath(DEFINITION).is_file()))


def example(name: str) -> Path:
    """The folder of an example election; raises `InputError` with the names there are."""
    if name not in examples():
        raise InputError(f"no example is called {name!r}; they are {', '.join(examples())}")
    return Path(str(world.packaged("examples", name)))


def start(folder: Path, example_name: str | None = None) -> None:
    """Write the starter election, or a copy of an example, into a new folder, whole or not at all.

    Raises `InputError` where the folder holds something already.
    """
    source = world.packaged("starter")
    if example_name is not None:
        example(example_name)
        source = world.packaged("examples", example_name)
    texts = {entry.name: entry.read_text("utf-8") for entry in source.iterdir() if entry.is_file()}
    world.write_folder(folder, texts)


def convert(
    loaded: Loaded,
    target: Path,
    contest_id: str = "",
    *,
    force: bool,
    warn: Callable[[str], None],
) -> None:
    """Write a contest's papers in the format of the target's name.

    `warn` is told what that format cannot hold before anything is written. Raises
    `InputError` for a format that is not known, or a file that is there already.
    """
    contest = loaded.election.contest(contest_id)
    polls = loaded.polls[contest.id]
    if len(polls) > 1:
        raise InputError(f"{contest.id}: {len(polls)} ballots were held; a ballot file holds one")
    papers, format_ = polls[0].papers, format_of(str(target))
    for loss in losses(format_, papers, contest):
        warn(f"lost: {loss}")
    title = contest.post
    if polls[0].reconstructed:
        title = f"{title} (RECONSTRUCTED from published totals: nobody cast these papers)"
    world.require_free(target, force=force)
    held = without_overvotes(format_, papers)
    written = format_.write(held, contest.candidates, title, contest.seats)
    world.write(target, [written] if isinstance(written, bytes) else written, force=force)


def _load_definition(path: Path, watch: Watch, read: Read) -> Loaded:
    folder = path.parent

    beside = Beside(
        books=partial(_book_beside, folder, frozenset()),
        units=lambda name: unit_list_csv.read(world.lines(folder / name), str(folder / name)),
        electors=lambda name: electors_csv.read(world.lines(folder / name), str(folder / name)),
    )
    definition = election_toml.read(world.text(path), str(path), beside)
    gathering = _Gathering(folder, definition, watch, read)
    polls = {contest.id: gathering.polls(contest) for contest in definition.election.contests}
    published = {
        contest.id: gathering.published(contest)
        for contest in definition.election.contests
        if contest.id in definition.published
    }
    returns = {
        contest.id: gathering.returns(contest)
        for contest in definition.election.contests
        if contest.id in {**definition.returns, **definition.claims}
    }
    if gathering.problems:
        raise InputError(dict.fromkeys(gathering.problems))
    return Loaded(
        definition.election,
        polls,
        {id_: figures for id_, figures in published.items() if figures},
        tuple(gathering.assumed),
        publication=definition.publication,
        returns=returns,
    )


def _book_beside(folder: Path, extending: frozenset[str], name: str) -> RuleBook:
    """A book of the package, or a file beside the definition that extends one or the other."""
    if not name.endswith(".toml"):
        return rule_book(name)
    own = folder / name
    if name in extending:
        raise InputError(f"{own} extends itself")
    books = partial(_book_beside, folder, extending | {name})
    return rulebook_toml.read(world.text(own), str(own), books)


class _Gathering:
    """Reads the files that a definition names, and gathers every mistake in them."""

    def __init__(self, folder: Path, definition: Definition, watch: Watch, read: Read) -> None:
        self.folder, self.definition, self.watch, self.read = folder, definition, watch, read
        self.problems: list[Problem] = []
        self.assumed: list[str] = []

    def polls(self, contest: Contest) -> tuple[Poll, ...]:
        """One poll, or one for each ballot of an exhaustive one."""
        sources = self.definition.sources[contest.id]
        if contest.rules.method is not Method.EXHAUSTIVE:
            return (self._poll(contest, sources, ballot=None),)
        held = {section: self._ballots(contest, source) for section, source in sources.items()}
        ballots = max(held.values())
        for section, number in held.items():
            if 0 < number < ballots:
                what = f"{section} has papers of {number} ballots, and {ballots} were held"
                self.problems.append(Problem(f"{contest.id}: {what}: every section needs them all"))
        return tuple(self._poll(contest, sources, ballot) for ballot in range(1, ballots + 1))

    def published(self, contest: Contest) -> Published | None:
        """The figures that the count must give; None where the file is wrong."""
        return self._figures(contest, self.definition.published[contest.id])

    def returns(self, contest: Contest) -> Returns:
        """What the contest's sections and units returned, and what was claimed of it."""
        sections = {
            section: self._section_returns(contest, section, source)
            for section, source in self.definition.returns.get(contest.id, {}).items()
        }
        return Returns(sections, self._claims(contest))

    def _section_returns(
        self, contest: Contest, section: Section, source: ReturnSource
    ) -> SectionReturns:
        units: tuple[UnitReturn, ...] = ()
        if source.units:
            path = self.folder / source.units
            known = self.definition.publication.of(section).units
            try:
                units = unit_returns_csv.read(world.lines(path), str(path), contest, known)
            except InputError as error:
                self.problems += error.problems
        return SectionReturns(source.account, units, source.complete)

    def _claims(self, contest: Contest) -> tuple[Claim, ...]:
        if contest.id not in self.definition.claims:
            return ()
        path = self.folder / self.definition.claims[contest.id]
        try:
            return claims_csv.read(world.lines(path), str(path))
        except InputError as error:
            self.problems += error.problems
            return ()

    def _poll(
        self, contest: Contest, sources: Mapping[Section | None, Source], ballot: int | None
    ) -> Poll:
        papers: list[Paper] = []
        read: list[BallotFile] = []
        for section, source in sources.items():
            if source.published:
                figures = self._figures(contest, source.files[0])
                papers += self._rebuilt(contest, section or EVERYONE, figures, ballot)
                continue
            files = source.files if ballot is None else source.files[ballot - 1 : ballot]
            for name in files:
                for path in self._parts(name):
                    read.append(self._read(contest, section, path))
                    papers += read[-1].papers
        return reading.poll_of(papers, read)

    def _ballots(self, contest: Contest, source: Source) -> int:
        if not source.published:
            return len(source.files)
        figures = self._figures(contest, source.files[0])
        return figures.rounds if figures else 0

    def _rebuilt(
        self,
        contest: Contest,
        section: Section,
        figures: Published | None,
        ballot: int | None,
    ) -> tuple[Paper, ...]:
        if figures is None:
            return ()
        try:
            if transfers_papers(contest.rules):
                return rebuild(figures, section, contest.rules)
            return single_choices(figures, section, ballot or 1)
        except InputError as error:
            self.problems += error.problems
            return ()

    def _figures(self, contest: Contest, name: str) -> Published | None:
        path = self.folder / name
        try:
            return published_csv.read(world.lines(path), str(path), contest)
        except InputError as error:
            self.problems += error.problems
            return None

    def _parts(self, name: str) -> list[Path]:
        """The files that are meant: one, or those of a folder or of a pattern."""
        try:
            return parts(self.folder / name)
        except InputError as error:
            self.problems += error.problems
            return []

    def _read(self, contest: Contest, section: Section | None, path: Path) -> BallotFile:
        try:
            found = self.read(path, contest, section, self.watch)
        except InputError as error:
            self.problems += error.problems
            return BallotFile((), ())
        self.problems += (*found.problems, *_other_seats(found, contest, path))
        self.assumed += found.assumed
        return found


def _other_seats(found: BallotFile, contest: Contest, path: Path) -> tuple[Problem, ...]:
    """Counting a file for another number of seats would elect the wrong people."""
    if found.seats in (1, contest.seats):
        return ()
    what = (
        f"the file is for {found.seats} seats, and the contest {contest.id} fills "
        f"{contest.seats}: write seats = {found.seats} in the contest, or {contest.seats} in the "
        "file's header"
    )
    return (Problem(what, str(path), 1),)


def _load_package(folder: Path) -> Loaded:
    """What a release published: contest and rules of its transcript, papers of its table."""
    found = sorted([*folder.glob(f"*{TRANSCRIPT}"), *folder.glob(f"*{STAGES}")])
    if len(found) != 1:
        what = (
            f"expected one file that ends in {TRANSCRIPT} or {STAGES} beside {PACKAGE}, found "
            f"{len(found)}"
        )
        raise InputError(Problem(what, str(folder)))
    contest, profiles, election = _counted_in(found[0])
    rankings = folder / RANKINGS
    ballots = rankings_csv.read(world.lines(rankings), str(rankings), contest)
    spoiled = tuple(
        Paper(section, (), papers, spoiled=reason)
        for section, reasons in profiles[0].spoiled.items()
        for reason, papers in reasons.items()
    )
    first, *more = ballots
    polls = (Poll((*first, *spoiled)), *map(Poll, more))
    return Loaded(Election(election, (contest,)), {contest.id: polls})


def _counted_in(path: Path) -> tuple[Contest, tuple[Profile, ...], str]:
    """The contest, its papers and the election's name, of a transcript or of stages."""
    text = world.as_it_stands(path)
    if path.name.endswith(STAGES):
        from hustings.formats import stages_json

        contest, profile, _, election = stages_json.read(text, str(path))
        return contest, (profile,), election
    contest, profiles, _, election = transcript_json.read(text, str(path))
    return contest, tuple(profiles), election


def _load_tabulation(path: Path) -> Loaded | None:
    """A contest as RCTab keeps it, its settings as answers to a rule book; None for other files."""
    if path.suffix.casefold() != ".json":
        return None
    # Few read such a file, and no other command need wait for what reads it.
    from hustings.shell import tabulator

    value = tabulator.configuration(path)
    if value is None:
        return None
    found = tabulator.load(path, value)
    config, rules = found.config, rule_book(found.config.book)
    for choice, (answer, setting) in config.settings.items():
        rules = rules.override(choice, answer, Basis(f"{path.name}: {setting}"))
    source = f"randomSeed in {path.name}" if config.seed else ""
    drawn_by = f"{config.drawn_by} in {path.name}" if config.lot else ""
    contest = Contest(
        "contest",
        config.title,
        config.candidates,
        (SectionEntry(EVERYONE, EVERYONE, Fraction(1)),),
        rules,
        Decisions(config.lot, drawn_by, config.seed, source),
        config.seats,
    )
    polls = {contest.id: (Poll(found.papers),)}
    return Loaded(Election(config.title, (contest,)), polls, assumed=found.assumed)


def _load_ballot_file(path: Path, watch: Watch, read: Read) -> Loaded:
    found = read(path, None, None, watch)
    if found.problems:
        raise InputError(found.problems)
    poll = reading.poll_of(found.papers, [found])
    sections = sorted(poll.sections) or [EVERYONE]
    weight, assumed = Fraction(1, len(sections)), found.assumed
    if len(sections) > 1:
        assumed += (f"where sections are weighed, each has {weight}: {', '.join(sections)}",)
    contest = Contest(
        "contest",
        found.title or path.stem,
        found.candidates,
        tuple(SectionEntry(section, section, weight) for section in sections),
        rule_book(DEFAULT_RULES),
        seats=found.seats,
    )
    election = Election(found.title or path.stem, (contest,))
    return Loaded(election, {contest.id: (poll,)}, assumed=assumed, bare=True)
