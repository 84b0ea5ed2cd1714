"""The commands, each an act with its options, its output and its next step."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import partial
from pathlib import Path
from shlex import quote
from shutil import which
from typing import TYPE_CHECKING, TypeAlias

import click

from hustings.audit.published import Reconciliation
from hustings.ballots.formality import Ballot, Refused
from hustings.ballots.paper import Paper, as_written
from hustings.ballots.profile import Profile
from hustings.counting import account, engine
from hustings.election.rulebook import RuleBook
from hustings.election.spec import Contest
from hustings.errors import InputError
from hustings.formats import transcript_json
from hustings.formats.election_schema import ELECTION, RULE_BOOK
from hustings.results import as_csv, as_text, papers_account, report
from hustings.results.report import Report
from hustings.shell import acts, library, world
from hustings.shell.library import Count
from hustings.shell.options import (
    CONTEST,
    DECIDED,
    ENGINE,
    FORCE,
    FORMAT,
    LOT,
    MEMORY,
    OUT,
    PATH,
    RULES,
    SEED,
    SET,
    election,
)
from hustings.shell.outcome import Outcome
from hustings.shell.screen import progress, show
from hustings.units import Candidate, percent

if TYPE_CHECKING:
    from hustings.formats.rctab_json import Heading
    from hustings.shell.seats import StageCount


@click.command()
@PATH
@CONTEST
@RULES
@SET
@LOT
@SEED
@DECIDED
@click.option(
    "--seats",
    "seats_",
    type=click.IntRange(1, 999),
    help="How many seats a ballot file alone fills, by a rule book for several.",
)
@ENGINE
@MEMORY
@FORMAT
@OUT
@FORCE
def count(
    path: Path,
    contest: str,
    rules: str | None,
    settings: tuple[str, ...],
    lot: str | None,
    seed: str | None,
    decided: Path | None,
    seats_: int | None,
    engine_: str,
    form: str,
    out: Path | None,
    force: bool,
) -> int:
    """Count the election at PATH: a folder with an election.toml, or one ballot file.

    A tie that the rules leave to a person stops the count with exit code 3, a published
    figure that disagrees with the count gives 1.
    """
    with progress() as watch:
        loaded = acts.load(path, watch, engine_)
    contests = [contest] if contest else [entry.id for entry in loaded.election.contests]
    known = acts.with_decisions(loaded, lot, seed, decided)
    changed = [
        acts.with_seats(acts.with_rules(known, id_, rules, settings), id_, seats_)
        for id_ in contests
    ]
    for assumed in dict.fromkeys(assumed for each in changed for assumed in each.assumed):
        click.echo(f"assumed: {assumed}", err=True)
    counts = [_counted(each, id_) for each, id_ in zip(changed, contests, strict=True)]
    _require_room(counts, form, out, force)
    for counted in counts:
        _deliver(counted, form, out, force)
    return max(map(_code, counts))


@click.command()
@CONTEST
@click.option("--example", default="labour-2010", help="Which example; see `hustings examples`.")
@click.option(
    "--site",
    "out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Build its site of results into this folder, too.",
)
def demo(contest: str, example: str, out: Path | None) -> int:
    """Count the Labour leadership election of 2010, every published figure of it."""
    folder = acts.example(example)
    loaded = acts.load(folder)
    counted = library.count(loaded, contest=contest)
    _deliver(counted, "text", None, force=False)
    if out is not None:
        from hustings.shell import site
        from hustings.shell.publish_commands import told_of

        built = site.publish(loaded, out, site.Wanted(force=True))
        click.echo(f"\nThe site of results, {told_of(built, out)}")
    candidate = report.by_stay(counted)[-1]
    click.echo(
        "\nNext: hustings new my-election        write an election of your own\n"
        f"      hustings why {example} {candidate}   what happened to a candidate\n"
        f"      hustings what-if {example} --rules omov-av\n"
        f"      hustings publish {example} --out site\n"
        f"      ({folder} holds this example)"
    )
    if which("hustings") is None:
        click.echo(f"First:    export PATH={quote(str(Path(sys.argv[0]).parent))}:$PATH")
    return _code(counted)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--example", help="Start from an example; see `hustings examples`.")
def new(folder: Path, example: str | None) -> int:
    """Write a starter election into FOLDER, with comments, that counts at once."""
    acts.start(folder, example)
    quoted = quote(str(folder))
    click.echo(f"Wrote {folder}. Next: edit {folder / acts.DEFINITION}, then")
    click.echo(f"  hustings check {quoted}\n  hustings count {quoted}")
    return Outcome.DONE


@click.command()
@PATH
@ENGINE
@MEMORY
def check(path: Path, engine_: str) -> int:
    """Look over the election at PATH: every mistake at once, and any published figures."""
    with progress() as watch:
        loaded = acts.load(path, watch, engine_)
    counts = [_counted(loaded, entry.id) for entry in loaded.election.contests]
    code = max(map(_code, counts))
    if loaded.returns and code == Outcome.DONE:
        _require_publishable(loaded)
    for counted in counts:
        papers = sum(paper.papers for poll in counted.polls for paper in poll.papers)
        spoiled = sum(
            sum(reasons.values())
            for profile in _profiles(counted)
            for reasons in profile.spoiled.values()
        )
        click.echo(
            f"{counted.contest.post}: {len(counted.contest.candidates)} candidates, "
            f"{papers:,} papers, {spoiled:,} spoiled; counts by {counted.contest.rules.name}."
        )
        _tell_reconciliation(_reconciliation(counted))
    click.echo(f"Next: hustings count {quote(str(path))}")
    return code


def _require_publishable(loaded: acts.Loaded) -> None:
    """Returns are there to be published: whatever keeps them from it is a mistake."""
    from hustings.shell import site

    for contest in loaded.election.contests:
        site.edition_of(loaded, contest, {})


@click.command()
@PATH
@click.argument("candidate")
@CONTEST
def why(path: Path, candidate: str, contest: str) -> int:
    """What happened to CANDIDATE, round by round, and to the papers they lost."""
    click.echo(_counted(acts.load(path), contest).why(candidate))
    return Outcome.DONE


@click.command()
@PATH
@click.argument("ballot")
@click.option("--section", default="", help="The section that cast it.")
@CONTEST
def follow(path: Path, ballot: str, section: str, contest: str) -> int:
    """Where BALLOT lies in each round: candidates in order, such as "balls > e_miliband".

    Where several seats are filled: where it lies after each stage, and at what value.
    """
    counted = _counted(acts.load(path), contest)
    if not isinstance(counted, Count):
        click.echo("\n".join(counted.follow_told(ballot)))
        return Outcome.DONE
    whole = report.whole(counted)
    for step in counted.follow(ballot, section):
        holder = "with nobody: it is non-transferable"
        if step.candidate:
            holder = f"with {counted.contest.name(step.candidate)}"
        click.echo(
            f"Round {step.round}: {holder}, worth {percent(step.worth, 6)} per cent of {whole}"
        )
    return Outcome.DONE


@click.command("what-if")
@PATH
@click.option(
    "--rules", help="Under this rule book (see `hustings rules`), or a .toml file of your own."
)
@click.option("--weights", help='Other weights: "members=1/2,affiliates=1/2", or equal.')
@click.option("--without", multiple=True, metavar="CANDIDATE", help="As if they had withdrawn.")
@CONTEST
@FORMAT
@OUT
@FORCE
def what_if(
    path: Path,
    rules: str | None,
    weights: str | None,
    without: tuple[str, ...],
    contest: str,
    form: str,
    out: Path | None,
    force: bool,
) -> int:
    """Count the election at PATH as it was not held. What comes of it is no result."""
    counted = _counted(acts.load(path), contest)
    other = _otherwise(counted, rules, weights, without)
    _deliver(other, form, out, force)
    if form == "text":
        click.echo(f"\nAs it was: {_headline(counted)}")
    return _code(other)


def _otherwise(
    counted: "AnyCount", rules: str | None, weights: str | None, without: Sequence[str]
) -> "AnyCount":
    if isinstance(counted, Count):
        return counted.what_if(rules=rules, weights=weights, withdrawn=without)
    if weights is not None:
        raise InputError("--weights: what-if weighs sections anew where one seat is filled only")
    return counted.what_if(rules=rules, withdrawn=without)


def _headline(counted: "AnyCount") -> str:
    if isinstance(counted, Count):
        return account.headline(counted)
    from hustings.counting.seats import account as seats_account

    return seats_account.headline(counted)


@click.command()
@PATH
@CONTEST
@click.option("--doubtful", is_flag=True, help="Only papers that were spoiled or cut short.")
@click.option(
    "--summary", is_flag=True,
    help="How many papers by what was made of them, and in each round by why they count no more.",
)  # fmt: skip
@MEMORY
def papers(path: Path, contest: str, doubtful: bool, summary: bool) -> int:
    """List every paper as written, beside what was made of it, as CSV."""
    loaded = acts.load(path)
    chosen = loaded.election.contest(contest)
    if summary:
        for row in (papers_account.HEADER, *_account_rows(loaded, chosen)):
            sys.stdout.write(as_csv.line(row))
        return Outcome.DONE
    rows = _paper_rows(loaded, chosen.id, doubtful)
    header = ("section", "unit", "elector", "papers", "as_written", "ballot", "finding", "place")
    for row in (header, *rows):
        sys.stdout.write(as_csv.line(row))
    return Outcome.DONE


@click.command()
@click.argument("source", type=click.Path(path_type=Path), callback=election)
@click.argument("target", type=click.Path(path_type=Path))
@CONTEST
@FORCE
@MEMORY
def convert(source: Path, target: Path, contest: str, force: bool) -> int:
    """Turn SOURCE, a ballot file or an election's folder, into TARGET, by its ending.

    What the other format cannot hold is named before anything is written.
    """
    with progress() as watch:
        loaded = acts.load(source, watch)
    acts.convert(loaded, target, contest, force=force, warn=partial(click.echo, err=True))
    click.echo(f"Wrote {target}. Next: hustings count {quote(str(target))}")
    return Outcome.DONE


@click.command()
@click.argument("name", required=False)
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text")
def rules(name: str | None, form: str) -> int:
    """List the rule books, or explain every choice of the one called NAME."""
    if name is None:
        books = [acts.rule_book(each) for each in acts.rule_book_names()]
        width = max(len(book.name) for book in books)
        for book in books:
            click.echo(f"{book.name.ljust(width)}  {book.title}")
        click.echo("\nNext: hustings rules NAME explains every choice of one.")
        return Outcome.DONE
    _explain(acts.rule_book(name), form)
    return Outcome.DONE


@click.command()
def examples() -> int:
    """List the elections that come with the program, and where they are."""
    for name in acts.examples():
        click.echo(f"{name.ljust(20)} {acts.example(name)}")
    return Outcome.DONE


@click.command()
@click.argument(
    "what",
    type=click.Choice(("election", "rule-book", "race", "result")),
    default="election",
)
def schema(what: str) -> int:
    """Print the JSON Schema of a file for your editor.

    That is election.toml, a rule book, race.toml, or the result.toml of a race that is over.
    """
    from hustings.formats.race_schema import RACE
    from hustings.formats.result_schema import RESULT

    known = {"election": ELECTION, "rule-book": RULE_BOOK, "race": RACE, "result": RESULT}
    click.echo(json.dumps(known[what], indent=2, ensure_ascii=False))
    return Outcome.DONE


@click.command()
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completion(shell: str) -> int:
    """Print the completion script for SHELL; its last line says where it goes."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is None:
        raise InputError(f"there is no completion for {shell}")
    app = click.get_current_context().find_root().command
    click.echo(found(app, {}, "hustings", "_HUSTINGS_COMPLETE").source())
    click.echo(f"# hustings completion {shell} > FILE, and source FILE from your shell's set-up")
    return Outcome.DONE


# Counted in rounds, or in stages where several seats are filled.
AnyCount: TypeAlias = "Count | StageCount"


def _counted(loaded: acts.Loaded, contest: str) -> AnyCount:
    """The contest counted in rounds, or in stages where its rules fill several seats."""
    if loaded.election.contest(contest).rules.method not in engine.METHODS:
        from hustings.shell import seats

        return seats.count_seats(loaded, contest)
    return library.count(loaded, contest=contest)


def _profiles(counted: AnyCount) -> tuple[Profile, ...]:
    return counted.profiles if isinstance(counted, Count) else (counted.profile,)


def _reconciliation(counted: AnyCount) -> Reconciliation | None:
    return counted.reconciliation if isinstance(counted, Count) else None


def _code(counted: AnyCount) -> int:
    if isinstance(counted, Count) and counted.winner is None:
        return Outcome.A_PERSON_MUST_DECIDE
    found = _reconciliation(counted)
    return Outcome.DOES_NOT_HOLD if found and (found.unexplained or found.idle) else Outcome.DONE


def _deliver(counted: AnyCount, form: str, out: Path | None, force: bool) -> None:
    if out is not None:
        target = _target(counted, form, out)
        world.write(target, _written(counted, form), force=force)
        click.echo(f"Wrote {target}", err=True)
    elif form == "text" and sys.stdout.isatty():
        show(_report(counted))
    else:
        for chunk in _written(counted, form):
            sys.stdout.write(chunk)


def _require_room(counts: Sequence[AnyCount], form: str, out: Path | None, force: bool) -> None:
    """Every file must find its place before the first is written."""
    if out is not None:
        for counted in counts:
            world.require_free(_target(counted, form, out), force=force)
    elif len(counts) > 1 and form not in ("text", "markdown"):
        raise InputError(
            f"{len(counts)} contests make {len(counts)} files: give --out or --contest"
        )


def _target(counted: AnyCount, form: str, out: Path) -> Path:
    endings = {
        "text": "txt",
        "markdown": "md",
        "rctab": "rctab.json",
        "rctab-detailed": "rctab-detailed.json",
    }
    return out / f"{counted.contest.id}.{endings.get(form, form)}"


def _written(counted: AnyCount, form: str) -> Iterable[str]:
    match form:
        case "json":
            return [counted.to_json()]
        case "csv":
            return _as_csv(counted)
        case "html":
            return [counted.to_html()]
        case "markdown":
            from hustings.results import as_markdown

            return as_markdown.write(_report(counted))
        case "rctab":
            return [_as_rctab(counted)]
        case "rctab-detailed":
            return [_in_rctabs_detail(counted)]
    return as_text.write(_report(counted))


def _as_rctab(counted: AnyCount) -> str:
    """The rounds as RCTab tells them, of one body of voters or of the college as a whole."""
    from hustings.formats import rctab_json

    contest = counted.contest
    if not isinstance(counted, Count):
        raise InputError(
            f"{contest.id}: RCTab's summary is written of one seat; try --format rctab-detailed"
        )
    heading = _heading_for_rctab(counted)
    sections = [*counted.rounds[0].tally.held]
    if len(sections) == 1:
        return rctab_json.of_section(counted, sections[0], heading)
    return rctab_json.of_college(counted, heading)


def _in_rctabs_detail(counted: AnyCount) -> str:
    """Every round as RCTab's detailed report tells it, with the inactive papers by cause."""
    from hustings.formats import rctab_report

    heading = _heading_for_rctab(counted)
    papers = [one for poll in counted.polls[:1] for one in poll.judged(counted.contest)]
    if isinstance(counted, Count):
        return rctab_report.of_rounds(counted, papers, heading)
    return rctab_report.of_stages(counted, papers, heading)


def _heading_for_rctab(counted: AnyCount) -> "Heading":
    from hustings.formats.rctab_json import Heading

    marked = f"NOT A RESULT ({counted.hypothesis}): " if counted.hypothesis else ""
    title = counted.election or counted.contest.post
    return Heading(f"{marked}{title}", f"{marked}{counted.contest.post}")


def _report(counted: AnyCount) -> Report:
    if isinstance(counted, Count):
        return report.of_count(counted, counted.election, counted.reconciliation)
    return counted.report()


def _as_csv(counted: AnyCount) -> Iterable[str]:
    if isinstance(counted, Count):
        return as_csv.write(counted)
    from hustings.results import stages_csv

    return stages_csv.write(counted)


def _tell_reconciliation(found: Reconciliation | None) -> None:
    if found is None:
        return
    agreeing = found.compared - len(found.differences)
    click.echo(f"  {agreeing} of {found.compared} published figures agree.")
    for difference in found.misprints:
        click.echo(f"  known misprint: {difference}")
    for difference in found.unexplained:
        place = f"{difference.figure.file}:{difference.figure.line}"
        click.echo(f"{place}: DISAGREES: {difference}", err=True)
    for figure in found.idle:
        click.echo(f"{figure.file}:{figure.line}: this erratum explains nothing", err=True)


def _paper_rows(loaded: acts.Loaded, contest: str, doubtful: bool) -> Iterator[tuple[object, ...]]:
    chosen = loaded.election.contest(contest)
    for poll in loaded.polls[chosen.id]:
        for judged in poll.judged(chosen):
            paper, finding = judged.paper, judged.finding
            clear = isinstance(finding, Ballot) and not finding.findings
            if doubtful and clear:
                continue
            ballot = " > ".join(finding.ranking) if isinstance(finding, Ballot) else ""
            told = "; ".join(finding.findings) if isinstance(finding, Ballot) else finding.reason
            yield (
                paper.section,
                paper.unit,
                paper.elector,
                paper.papers,
                as_written(paper.marks),
                ballot,
                told or poll.reconstructed.get(paper.section, ""),
                _place(paper),
            )


def _place(paper: Paper) -> str:
    """The file by name, and the line where the file has lines."""
    name = Path(paper.file).name if paper.file else ""
    return name if paper.line is None else f"{name}:{paper.line}"


def _account_rows(loaded: acts.Loaded, contest: Contest) -> Iterator[tuple[object, ...]]:
    """The account of the papers; of several seats, only what was made of them."""
    ballots = [list(poll.judged(contest)) for poll in loaded.polls[contest.id]]
    standing: list[Set[Candidate]] = []
    if any(isinstance(one.finding, Refused) for ballot in ballots for one in ballot):
        click.echo("no round is told of: the rules have no answer for some papers", err=True)
    elif contest.rules.seats is None:
        rounds = acts.count(loaded, contest.id).rounds
        standing = [round_.tally.totals.keys() for round_ in rounds]
    return papers_account.rows(ballots, standing)


def _explain(book: RuleBook, form: str) -> None:
    if form == "json":
        click.echo(json.dumps(transcript_json.rules(book), indent=1, ensure_ascii=False))
        return
    click.echo(f"{book.name}: {book.title}\n")
    click.echo("\n".join(filter(None, (book.summary, f"In force: {book.in_force}"))))
    for name, choice in book.choices.items():
        basis = book.basis[name]
        value = choice.write(book)
        click.echo(f"\n{name} = {json.dumps(value, ensure_ascii=False)}")
        click.echo(f"  {choice.question}")
        for option in choice.options:
            chosen = option == value or (isinstance(value, list) and option in value)
            click.echo(f"  {'>' if chosen else ' '} {option}: {option.meaning}")
        click.echo(f"  Source: {basis.source} [{basis.book}]")
        if basis.reading:
            click.echo(f"  Reading: {basis.reading}")
