"""The commands, each an act with its options, its output and its next step."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from pathlib import Path
from shlex import quote
from shutil import which
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import click

from hustings.audit.published import Reconciliation
from hustings.ballots.formality import Ballot, Refused
from hustings.ballots.paper import as_written
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
from hustings.shell.outcome import Outcome
from hustings.shell.screen import forecasts_shown, progress, show
from hustings.units import Candidate, percent

if TYPE_CHECKING:
    from hustings.shell import race_site as race_sites
    from hustings.shell.seats import StageCount
    from hustings.shell.site import Built

Command = TypeVar("Command", bound=Callable[..., Any])


def _election(ctx: click.Context, parameter: click.Parameter, path: Path) -> Path:
    """The path itself, or the example of that name where there is no such path."""
    if not path.exists() and str(path) in acts.examples():
        return acts.example(str(path))
    return path


def _election_or_race(ctx: click.Context, parameter: click.Parameter, path: Path) -> Path:
    """The same, or the example race of that name."""
    found = _election(ctx, parameter, path)
    if not found.exists():
        from hustings.shell import race

        if str(path) in race.races():
            return race.example(str(path))
    return found


PATH = click.argument("path", type=click.Path(path_type=Path), callback=_election)
PATH_OR_RACE = click.argument("path", type=click.Path(path_type=Path), callback=_election_or_race)
CONTEST = click.option("--contest", default="", help="Which contest, where there are several.")
RULES = click.option(
    "--rules",
    help="Count by this rule book (see `hustings rules`), or by a .toml file of your own.",
)
SET = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="CHOICE=VALUE",
    help="Answer one choice of the rule book otherwise, such as overvotes=spoil.",
)
FORMATS = ("text", "json", "csv", "html", "markdown")
FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="What to write: a report to read, or figures for a program.",
)
OUT = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the files into this folder instead, one a contest.",
)
OUT_SITE = click.option(
    "--out",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the site stands, with the releases before this one.",
)
KEY_FILE = click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Sign it with this private key; `hustings key` makes one.",
)
LOT = click.option(
    "--lot", metavar="IDS", help="The order of a lot: cat,ann (first drawn goes first)."
)
SEED = click.option(
    "--seed", help="A text drawn in public, from which the order of a lot is computed."
)
FORCE = click.option("--force", is_flag=True, help="Replace files that are there already.")


@click.command()
@PATH
@CONTEST
@RULES
@SET
@LOT
@SEED
@click.option(
    "--seats",
    "seats_",
    type=click.IntRange(1, 999),
    help="How many seats a ballot file alone fills, by a rule book for several.",
)
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
    seats_: int | None,
    form: str,
    out: Path | None,
    force: bool,
) -> int:
    """Count the election at PATH: a folder with an election.toml, or one ballot file.

    A tie that the rules leave to a person stops the count with exit code 3, a published
    figure that disagrees with the count gives 1.
    """
    with progress() as watch:
        loaded = acts.load(path, watch)
    contests = [contest] if contest else [entry.id for entry in loaded.election.contests]
    decided = acts.with_decisions(loaded, lot, seed)
    changed = [
        acts.with_seats(acts.with_rules(decided, id_, rules, settings), id_, seats_)
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

        built = site.publish(loaded, out, site.Wanted(force=True))
        click.echo(f"\nThe site of results, {_size(built)}: {_address(out)}")
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
def check(path: Path) -> int:
    """Look over the election at PATH: every mistake at once, and any published figures."""
    with progress() as watch:
        loaded = acts.load(path, watch)
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
    click.echo(library.count(path, contest=contest).why(candidate))
    return Outcome.DONE


@click.command()
@PATH
@click.argument("ballot")
@click.option("--section", default="", help="The section that cast it.")
@CONTEST
def follow(path: Path, ballot: str, section: str, contest: str) -> int:
    """Where BALLOT lies in each round: candidates in order, such as "balls > e_miliband"."""
    counted = library.count(path, contest=contest)
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
    counted = library.count(path, contest=contest)
    other = counted.what_if(rules=rules, weights=weights, withdrawn=without)
    _deliver(other, form, out, force)
    if form == "text":
        click.echo(f"\nAs it was: {account.headline(counted)}")
    return _code(other)


@click.command()
@PATH
@CONTEST
@click.option("--doubtful", is_flag=True, help="Only papers that were spoiled or cut short.")
@click.option(
    "--summary", is_flag=True,
    help="How many papers by what was made of them, and in each round by why they count no more.",
)  # fmt: skip
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
@PATH_OR_RACE
@OUT_SITE
@RULES
@LOT
@SEED
@click.option("--base-url", default="", help="The address that the site will have.")
@KEY_FILE
@click.option(
    "--force", is_flag=True,
    help="Replace the current release, while nobody has read it; of a race, show a forecast "
    "whose draws failed their checks, stamped so.",
)  # fmt: skip
@click.option(
    "--as-of", metavar="DATE",
    help="Of a race: only what was published by this day; today where nothing is said.",
)  # fmt: skip
@click.option(
    "--draws", type=click.IntRange(400, 200_000),
    help="Of a race: how many electorates to simulate for each day; 4000 where nothing is said.",
)  # fmt: skip
@click.option(
    "--days", type=click.IntRange(2, 1000),
    help="Of a race: of how many days the forecast is shown at most; 24 where nothing is said.",
)  # fmt: skip
def publish(
    path: Path,
    out: Path,
    rules: str | None,
    lot: str | None,
    seed: str | None,
    base_url: str,
    key: Path | None,
    force: bool,
    as_of: str | None,
    draws: int | None,
    days: int | None,
) -> int:
    """Build the site of results of the election at PATH into DIR, whole or not at all.

    What does not add up, and what would show how a voter of a secret poll voted, is refused.
    Each release keeps its address: releases/1/, releases/2/, ...

    PATH may also be a race before its day, a folder with a race.toml: then the site says who
    is likely to win, what decides it and what is not known, and --seed is a number.
    """
    if _is_race(path):
        _refuse_options("is for an election; PATH is a race", {"--rules": rules, "--lot": lot})
        asked = {"as_of": as_of, "seed": seed, "draws": draws, "days": days}
        return _publish_race(path, out, asked, base_url=base_url, key=key, force=force)
    of_a_race = {"--as-of": as_of, "--draws": draws, "--days": days}
    _refuse_options("is for a race; PATH is an election", of_a_race)
    from hustings.shell import site

    with progress() as watch:
        loaded = acts.with_decisions(acts.load(path, watch), lot, seed)
    if rules:
        for contest in loaded.election.contests:
            loaded = acts.with_rules(loaded, contest.id, rules, ())
    built = site.publish(loaded, out, site.Wanted(base_url, key, force))
    for note in built.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(f"Published release {built.release}, {_size(built)}: {_address(out)}")
    where = quote(str(out))
    click.echo(f"Next: hustings verify {where}   checks it, and counts it again")
    return Outcome.DONE


def _is_race(path: Path) -> bool:
    """Whether the path is a race's; where it is not, nothing of races is imported."""
    if path.name != "race.toml" and not (path / "race.toml").is_file():
        return False
    from hustings.shell import race_site

    return race_site.is_race(path)


def _refuse_options(what: str, given: Mapping[str, object]) -> None:
    for name in (name for name, value in given.items() if value is not None):
        raise InputError(f"{name} {what}")


def _publish_race(path: Path, out: Path, asked: Mapping[str, Any], **how: Any) -> int:
    """Build a race's site; draws that failed their checks are told of, with exit code 3."""
    from hustings.shell import race_site

    with forecasts_shown() as tell:
        built = race_site.publish(path, out, race_site.wanted(asked, **how), tell)
    for note in built.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(f"Published the race, {_size(built)}: {_address(out)}")
    for advice in built.failed:
        click.echo(f"The draws cannot be trusted: {advice}", err=True)
    return Outcome.A_PERSON_MUST_DECIDE if built.failed else Outcome.DONE


@click.command()
@PATH_OR_RACE
@click.option("--port", default=8000, show_default=True, help="Where to listen; 0 for any.")
def preview(path: Path, port: int) -> int:
    """Serve the site of the election or race at PATH to this machine alone; rebuild on change."""
    from hustings.shell import preview as previewing

    if _is_race(path):
        from hustings.shell import race_site

        previewing.serve(path, port, click.echo, race_site.preview)
    else:
        previewing.serve(path, port, click.echo)
    return Outcome.DONE


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def key(folder: Path) -> int:
    """Make a pair of Ed25519 keys in FOLDER: one to sign with, and one to give away."""
    from hustings.shell import signing

    private, public = signing.new_key(folder)
    click.echo(f"Wrote {private}: keep it secret; hustings publish PATH --out DIR --key {private}")
    click.echo(f"Wrote {public}: give it to everybody, by another way than the site")
    return Outcome.DONE


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The public key of whoever published it.",
)
def verify(target: Path, key: Path | None) -> int:
    """Count TARGET again and compare: a JSON file of `hustings count`, or a published site."""
    if target.is_dir():
        from hustings.shell import verifying

        found = verifying.verify(target, key)
        for said in found.holds:
            click.echo(said)
        for said in found.fails:
            click.echo(said, err=True)
        return Outcome.DOES_NOT_HOLD if found.fails else Outcome.DONE
    if key is not None:
        raise InputError("--key is for a published folder; a transcript has no signature")
    return _verify_transcript(target)


def _counted_again(text: str, file: str) -> str:
    """What counting again from what the text itself holds gives, in the same format."""
    if '"format": "hustings-stages"' in text[:200]:
        from hustings.counting.seats import engine as seats_engine
        from hustings.formats import stages_json

        contest, profile, hypothesis, election = stages_json.read(text, file)
        return stages_json.write(seats_engine.count(contest, profile, hypothesis), election)
    contest, profiles, hypothesis, election = transcript_json.read(text, file)
    return transcript_json.write(engine.count(contest, profiles, hypothesis), election)


def _verify_transcript(transcript: Path) -> int:
    text = world.as_it_stands(transcript)
    again = _counted_again(text, str(transcript))
    if again == text:
        click.echo(f"{transcript}: the count comes out the same, to the last byte.")
        return Outcome.DONE
    pairs = zip(again.splitlines(), text.splitlines(), strict=False)
    line = next((n for n, (mine, theirs) in enumerate(pairs, 1) if mine != theirs), 0)
    click.echo(f"{transcript}:{line}: counting again gives something else from here on", err=True)
    return Outcome.DOES_NOT_HOLD


@click.command()
@click.argument("source", type=click.Path(path_type=Path), callback=_election)
@click.argument("target", type=click.Path(path_type=Path))
@CONTEST
@FORCE
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
@click.argument("what", type=click.Choice(("election", "rule-book", "race")), default="election")
def schema(what: str) -> int:
    """Print the JSON Schema of election.toml, a rule book or race.toml, for your editor."""
    from hustings.formats.race_schema import RACE

    chosen = {"election": ELECTION, "rule-book": RULE_BOOK, "race": RACE}[what]
    click.echo(json.dumps(chosen, indent=2, ensure_ascii=False))
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


def _address(out: Path) -> str:
    return f"{out.absolute().as_uri()}/index.html"


def _size(built: "Built | race_sites.Built") -> str:
    return f"{built.files:,} files, {built.size / 1e6:.1f} MB"


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
    endings = {"text": "txt", "markdown": "md"}
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
    return as_text.write(_report(counted))


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
                f"{Path(paper.file).name}:{paper.line}" if paper.file else "",
            )


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
