"""A contest as RCTab keeps it: its configuration, and the cast-vote records that it names."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from hustings.ballots.paper import OVERVOTE, Paper
from hustings.counting.figures import told_papers
from hustings.election.spec import EVERYONE, Contest, SectionEntry
from hustings.errors import InputError, Problem
from hustings.formats import ballots_csv, ballots_xlsx, cvr_cdf, rctab_records
from hustings.formats.ballot_file import Mistakes
from hustings.formats.ballots_json import is_config
from hustings.formats.json_text import objects, parsed_bytes
from hustings.formats.rctab_config import Configuration, RecordSource, read
from hustings.formats.rctab_records import MANIFESTS, RECORDS, UNIT_MANIFESTS, Dominion, Rows
from hustings.formats.xml_text import parsed, record_value
from hustings.shell import world

# A configuration is a page or two; a larger file of that ending holds ballots.
LARGEST_CONFIG = 4 << 20
# Of a table of ranks no more columns are read; of Dominion's records RCTab does not ask.
AS_MANY_RANKS_AS_THERE_ARE = ("ess", "dominion")


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
    config = read(_with_candidates(path, value), mistakes)
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


def _with_candidates(path: Path, value: Any) -> Any:
    """The configuration with the candidates of its reports, where it lists none.

    So have configurations of the first versions, whose records are reports of NIST's format.
    """
    sources = value.get("cvrFileSources")
    if value.get("candidates") or not isinstance(sources, list):
        return value
    files = [
        path.parent / str(one.get("filePath", ""))
        for one in sources
        if isinstance(one, dict) and str(one.get("provider", "")).casefold() == "cdf"
    ]
    named = dict.fromkeys(name for file in files if file.is_file() for name in _named_in(file))
    return {**value, "candidates": [{"name": name} for name in named]}


def _named_in(file: Path) -> Iterator[str]:
    for election in objects(_report(file).get("Election")):
        for candidate in objects(election.get("Candidate")):
            if isinstance(candidate.get("Name"), str):
                yield candidate["Name"]


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
            "clearballot": self._clear_ballot,
            "hart": self._hart,
        }
        if self.source.provider not in readers:
            what = f"records of {self.source.provider!r} are not read; only {', '.join(readers)}"
            raise InputError(Problem(what, str(self.path)))
        found = list(readers[self.source.provider]())
        if self.source.provider not in AS_MANY_RANKS_AS_THERE_ARE:
            self._check_ranks(found)
        return found

    def _check_ranks(self, papers: list[Paper]) -> None:
        """RCTab counts no record with more ranks than the configuration allows, and says so."""
        said, setting = self.config.settings["ranks"]
        most = int(said)
        over = [paper for paper in papers if len(paper.marks) > most] if most else []
        if over:
            number = sum(paper.papers for paper in over)
            what = (
                f"{told_papers(number)} with more ranks than {setting}: expected {most} at most; "
                "set maxRankingsAllowed to max, and --set ranks to count so many of them"
            )
            self.mistakes.add(what, over[0].line)

    def _ranks(self) -> Iterator[Paper]:
        if not self.source.first_column:
            what = "firstVoteColumnIndex is missing: it says in which column the first choice is"
            raise InputError(Problem(what, str(self.path), field=self.source.field))
        return rctab_records.of_ranks(self._rows(), self.source, self.config, self.mistakes)

    def _candidates(self) -> Iterator[Paper]:
        return rctab_records.of_candidates(self._rows(), self.source, self.config, self.mistakes)

    def _clear_ballot(self) -> Iterator[Paper]:
        return rctab_records.of_clear_ballot(self._rows(), self.source, self.config, self.mistakes)

    def _hart(self) -> Iterator[Paper]:
        if not self.path.is_dir():
            raise InputError(Problem("expected a folder of records in XML", str(self.path)))
        files = sorted(file for file in self.path.iterdir() if file.suffix.casefold() == ".xml")
        documents = ((file.name, parsed(world.whole(file), str(file))) for file in files)
        return rctab_records.of_hart(documents, self.source, self.config, self.mistakes)

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
        called = self.source.contest_id or "contest"
        contest = Contest(called, config.title, config.candidates, everyone, None)  # type: ignore[arg-type]
        aliases = {self.source.overvote_label: OVERVOTE, **config.aliases}
        if self.source.undeclared_label and config.undeclared:
            aliases[self.source.undeclared_label] = config.undeclared
        value = _report(self.path)
        if not cvr_cdf.is_report(value):
            raise InputError(Problem("this is no report of cast-vote records", str(self.path)))
        found = cvr_cdf.read(value, str(self.path), contest, None, aliases, config.undeclared)
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


def _report(path: Path) -> Any:
    """A report of cast-vote records, in JSON or in XML."""
    if path.suffix.casefold() != ".xml":
        return _tree(path)
    value = record_value(parsed(world.whole(path), str(path)))
    if not isinstance(value, dict):
        raise InputError(Problem("there are no elements in this XML", str(path)))
    return value


def _tree(path: Path) -> Any:
    value, amiss = parsed_bytes(world.whole(path))
    if amiss or not isinstance(value, dict):
        raise InputError(Problem(f"this is no JSON object: {amiss}".rstrip(": "), str(path)))
    return value
