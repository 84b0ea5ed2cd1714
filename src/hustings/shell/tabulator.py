"""A contest as RCTab keeps it: its configuration, and the cast-vote records that it names."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from hustings.ballots.paper import Paper
from hustings.ballots.profile import Profile
from hustings.ballots.reduction import Judged, Poll, judge_papers, reduce
from hustings.election.spec import EVERYONE, Contest, SectionEntry
from hustings.errors import InputError, Problem
from hustings.formats import ballots_csv, ballots_xlsx, cvr_cdf, rctab_records
from hustings.formats.ballot_file import Mistakes
from hustings.formats.ballots_json import is_config
from hustings.formats.json_text import parsed_bytes
from hustings.formats.rctab_config import Configuration, RecordSource, read
from hustings.formats.rctab_records import MANIFESTS, RECORDS, UNIT_MANIFESTS, Dominion, Rows
from hustings.shell import world

# A configuration is a page or two; a larger file of that ending holds ballots.
LARGEST_CONFIG = 4 << 20


@dataclass(frozen=True, slots=True)
class Tabulation:
    """What a configuration and its records say."""

    config: Configuration
    papers: tuple[Paper, ...]
    assumed: tuple[str, ...]


def configuration(path: Path) -> Any:
    """What the file says, where it is a configuration of RCTab; None where it is none."""
    if path.suffix.casefold() != ".json" or not path.is_file():
        return None
    if path.stat().st_size > LARGEST_CONFIG:
        return None
    value, _ = parsed_bytes(world.whole(path))
    return value if is_config(value) else None


def load(path: Path, value: Any) -> Tabulation:
    """The configuration at this path with its records; raises `InputError` with every mistake."""
    mistakes = Mistakes(str(path))
    config = read(value, mistakes)
    problems = [*mistakes.all()]
    papers: list[Paper] = []
    assumed = list(config.assumed)
    for source in config.sources:
        found = _Records(path.parent / source.path, source, config)
        try:
            papers += found.papers()
        except InputError as error:
            problems += error.problems
        problems += found.mistakes.all()
        assumed += found.assumed
    if problems:
        raise InputError(problems)
    if not papers:
        raise InputError(Problem("no record has a paper of this contest", str(path)))
    return Tabulation(config, tuple(papers), tuple(assumed))


class RecordedPoll(Poll):
    """Records judged as though everyone stood, as RCTab judges them.

    A rank for someone who is out is no rank left out, and is not closed up either: it stands
    between the ranks above and below it.
    """

    @cached_property
    def condensed(self) -> Poll:
        """The same with the papers put together that are alike."""
        return RecordedPoll(Poll(self.papers).condensed.papers)

    def reduced(self, contest: Contest) -> Profile:
        """The profile, in which rankings still name whoever is out."""
        return reduce(Poll(self.papers), _with_everyone(contest))

    def judged(self, contest: Contest) -> Iterator[Judged]:
        """Each paper beside what the rules make of it."""
        return judge_papers(self.papers, _with_everyone(contest))


def _with_everyone(contest: Contest) -> Contest:
    everyone = tuple(replace(entry, withdrawn=False) for entry in contest.candidates)
    return replace(contest, candidates=everyone)


class _Records:
    """Reads one source by the kind that its provider has."""

    def __init__(self, path: Path, source: RecordSource, config: Configuration) -> None:
        self.path, self.source, self.config = path, source, config
        self.mistakes = Mistakes(str(path))
        self.assumed: tuple[str, ...] = ()

    def papers(self) -> list[Paper]:
        """Every paper of the source; raises `InputError` where it cannot be read at all."""
        readers: Mapping[str, Callable[[], Iterator[Paper]]] = {
            "ess": self._ranks,
            "csv": self._candidates,
            "genericcsv": self._candidates,
            "cdf": self._cdf,
            "dominion": self._dominion,
        }
        if self.source.provider not in readers:
            what = f"records of {self.source.provider!r} are not read; only {', '.join(readers)}"
            raise InputError(Problem(what, str(self.path)))
        return list(readers[self.source.provider]())

    def _ranks(self) -> Iterator[Paper]:
        if not self.source.first_column:
            what = "firstVoteColumnIndex is missing: it says in which column the first choice is"
            raise InputError(Problem(what, str(self.path), field=self.source.field))
        return rctab_records.of_ranks(self._rows(), self.source, self.config, self.mistakes)

    def _candidates(self) -> Iterator[Paper]:
        return rctab_records.of_candidates(self._rows(), self.source, self.config, self.mistakes)

    def _rows(self) -> Rows:
        if self.path.suffix.casefold() == ".xlsx":
            data = world.whole(self.path)
            try:
                sheets = ballots_xlsx.tables(data)
            except InputError as error:
                raise InputError(Problem(str(error), str(self.path))) from None
            return enumerate(next(iter(sheets.values()), []), 1)
        return ballots_csv.text_rows(world.lines(self.path), self.mistakes)

    def _cdf(self) -> Iterator[Paper]:
        config = self.config
        everyone = (SectionEntry(EVERYONE, EVERYONE, Fraction(1)),)
        contest = Contest("contest", config.title, config.candidates, everyone, None)  # type: ignore[arg-type]
        aliases = dict(config.aliases)
        if self.source.undeclared_label and config.undeclared:
            aliases[self.source.undeclared_label] = config.undeclared
        value = _tree(self.path)
        if not cvr_cdf.is_report(value):
            raise InputError(Problem("this is no report of cast-vote records", str(self.path)))
        found = cvr_cdf.read(value, str(self.path), contest, None, aliases)
        if found.problems:
            raise InputError(found.problems)
        self.assumed = found.assumed
        return iter(found.papers)

    def _dominion(self) -> Iterator[Paper]:
        folder = self.path
        manifests = {name: _tree(folder / name) for name in MANIFESTS}
        manifests |= {
            name: _tree(folder / name) for name in UNIT_MANIFESTS if (folder / name).is_file()
        }
        files = sorted(folder.glob(f"{RECORDS}*.json"))
        if not files:
            raise InputError(Problem(f"there is no {RECORDS}.json in this folder", str(folder)))
        reader = Dominion(manifests, self.source, self.config, self.mistakes)
        yield from reader.papers(map(_tree, files))
        self.assumed = reader.assumed()


def _tree(path: Path) -> Any:
    value, amiss = parsed_bytes(world.whole(path))
    if amiss or not isinstance(value, dict):
        raise InputError(Problem(f"this is no JSON object: {amiss}".rstrip(": "), str(path)))
    return value
