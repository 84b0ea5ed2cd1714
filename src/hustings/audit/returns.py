"""Returns beside the count: whether papers issued, returned, spoiled and counted add up.

Nothing is published while they do not: valid and spoiled papers are the returned, no more
are returned than were issued, and the units sum to their section.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from hustings.ballots.formality import Ballot, Spoiled
from hustings.ballots.paper import NO_UNIT
from hustings.ballots.reduction import Judged
from hustings.ballots.returns import NO_REASON_GIVEN, PaperAccount, SectionReturns, UnitReturn
from hustings.ballots.shared import highest
from hustings.counting.transcript import Transcript
from hustings.election.publication import SectionPublication
from hustings.errors import Problem
from hustings.units import NO_PAPERS, Candidate, Papers, Section, Unit

DEFINITION = "election.toml"


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A section's returns after they were held against the count, and every contradiction."""

    account: PaperAccount
    units: tuple[UnitReturn, ...]
    problems: tuple[Problem, ...]


def reckon(
    transcript: Transcript,
    section: Section,
    publication: SectionPublication,
    returns: SectionReturns,
    judged: Iterable[Judged] = (),
) -> Reckoned:
    """Hold a section's returns against its count, and fill in what the papers themselves say.

    `judged` are the section's papers; where they name their unit, its first preferences
    and spoiled papers are counted from them.
    """
    counted = _by_unit(transcript, section, publication, judged)
    units, problems = _joined(counted, returns.units, publication)
    if not transcript.unreal(section):
        units = _with_none(units, transcript.rounds[0].tally.non_transferable[section])
    given = _from_units(returns.account, units) if returns.complete else returns.account
    account, wrong = _account(transcript, section, given)
    problems += wrong
    if units:
        problems += _sums(transcript, section, publication, replace(returns, units=units), account)
    return Reckoned(account, units, tuple(problems))


def _from_units(account: PaperAccount, units: tuple[UnitReturn, ...]) -> PaperAccount:
    """The account with what all units of the section together say, where it says nothing."""

    def summed(field: str) -> Papers | None:
        known = [getattr(unit, field) for unit in units]
        return Papers(sum(known)) if known and None not in known else None

    issued, returned, spoiled = account.issued, account.returned, account.spoiled
    if spoiled is None and (told := summed("spoiled")) is not None:
        spoiled = {NO_REASON_GIVEN: told}
    return replace(
        account,
        issued=summed("issued") if issued is None else issued,
        returned=summed("returned") if returned is None else returned,
        spoiled=spoiled,
    )


def _account(
    transcript: Transcript, section: Section, given: PaperAccount
) -> tuple[PaperAccount, list[Problem]]:
    """The paper account with what the count adds to it, and where the two contradict."""
    if transcript.unreal(section):
        return given, []
    valid = transcript.profiles[0].cast(section)
    read = transcript.profiles[0].spoiled.get(section, {})
    account = _filled(given, valid, read)
    name, at = transcript.contest.section_name(section), _at(transcript, section)
    return account, [
        Problem(f"{name}: {what}", DEFINITION, None, f"{at}.{field}")
        for field, what in (
            *_spoiled_otherwise(given, read),
            *_returned_otherwise(account, valid),
            *_too_few_issued(account, valid),
        )
    ]


def _at(transcript: Transcript, section: Section) -> str:
    """Where the definition has what the section returned."""
    return f"contests.{transcript.contest.id}.returns.{section}"


def _filled(given: PaperAccount, valid: Papers, read: Mapping[str, Papers]) -> PaperAccount:
    """The account with the spoiled papers that were read, and with the papers returned."""
    spoiled = read or given.spoiled
    returned = given.returned
    if returned is None and spoiled is not None:
        returned = Papers(valid + sum(spoiled.values()))
    return replace(given, spoiled=spoiled, returned=returned)


# A field of an account that contradicts the count, and how.
Contradiction = tuple[str, str]


def _spoiled_otherwise(given: PaperAccount, read: Mapping[str, Papers]) -> Iterator[Contradiction]:
    if not read or given.spoiled is None:
        return
    said, found = sum(given.spoiled.values()), sum(read.values())
    if said != found:
        what = f"{said:,} papers are said to be spoiled, and {found:,} of those counted are"
        yield "spoiled", what


def _returned_otherwise(account: PaperAccount, valid: Papers) -> Iterator[Contradiction]:
    """Returned are the valid and the spoiled; the valid at least, where nobody knows the others."""
    returned = account.returned
    if returned is None:
        return
    if account.spoiled is not None:
        spoiled = sum(account.spoiled.values())
        if returned != valid + spoiled:
            what = (
                f"{returned:,} papers were returned, and {valid:,} valid with {spoiled:,} spoiled"
            )
            yield "returned", f"{what} are {valid + spoiled:,}"
    elif returned < valid:
        what = f"{returned:,} papers were returned, and {valid:,} valid ones were counted"
        yield "returned", what


def _too_few_issued(account: PaperAccount, valid: Papers) -> Iterator[Contradiction]:
    least = max(valid, account.returned or NO_PAPERS)
    if account.issued is not None and least > account.issued:
        yield "issued", f"{least:,} papers were returned of {account.issued:,} issued"


def _by_unit(
    transcript: Transcript,
    section: Section,
    publication: SectionPublication,
    judged: Iterable[Judged],
) -> dict[Unit, UnitReturn]:
    """First preferences and spoiled papers of every unit, where the papers name their units.

    Where no paper at all is spoiled, the files held only formal ones, and how many were
    spoiled is not known from them.
    """
    standing = transcript.rounds[0].tally.held[section].keys()
    votes: defaultdict[Unit, Counter[Candidate | None]] = defaultdict(Counter)
    spoiled: Counter[Unit] = Counter()
    for each in judged:
        unit, papers = each.paper.unit, each.paper.papers
        if isinstance(each.finding, Ballot):
            votes[unit][highest(each.finding.ranking, standing)] += papers
        elif isinstance(each.finding, Spoiled):
            spoiled[unit] += papers
    if not {*votes, *spoiled} - {NO_UNIT}:
        return {}
    units = {*publication.units, *votes, *spoiled} - {NO_UNIT}
    # Of a spoiled paper without a unit nobody knows which unit's it is.
    known = bool(spoiled) and not spoiled[NO_UNIT]
    return {
        unit: UnitReturn(
            unit,
            {name: Papers(votes[unit][name]) for name in sorted(standing)},
            Papers(spoiled[unit]) if known else None,
            Papers(votes[unit].total() + spoiled[unit]) if known else None,
            non_transferable=Papers(votes[unit][None]),
        )
        for unit in sorted(units)
    }


def _joined(
    counted: Mapping[Unit, UnitReturn],
    given: tuple[UnitReturn, ...],
    publication: SectionPublication,
) -> tuple[tuple[UnitReturn, ...], list[Problem]]:
    """Each unit's figures from its papers and from its row, in the order of the unit list."""
    problems: list[Problem] = []
    joined = dict(counted)
    for row in given:
        own = counted.get(row.unit)
        joined[row.unit] = row
        if own is not None:
            problems += _row_against_papers(row, own)
            whole = own.returned is not None
            joined[row.unit] = replace(
                row,
                votes=own.votes,
                non_transferable=own.non_transferable,
                spoiled=own.spoiled if whole else row.spoiled,
                returned=own.returned if whole else row.returned,
            )
    return _ordered(joined, publication), problems


def _with_none(units: tuple[UnitReturn, ...], held_up: Papers) -> tuple[UnitReturn, ...]:
    """The units; where some have all the section's papers for nobody, the others have none."""
    known = sum(each.non_transferable or NO_PAPERS for each in units)
    if known != held_up:
        return units
    return tuple(
        replace(each, non_transferable=each.non_transferable or NO_PAPERS) for each in units
    )


def _ordered(
    rows: Mapping[Unit, UnitReturn], publication: SectionPublication
) -> tuple[UnitReturn, ...]:
    listed = [*publication.units, *(unit for unit in sorted(rows) if unit not in publication.units)]
    return tuple(rows[unit] for unit in listed if unit in rows)


def _row_against_papers(row: UnitReturn, own: UnitReturn) -> Iterator[Problem]:
    for name, papers in (row.votes or {}).items():
        counted = (own.votes or {}).get(name, NO_PAPERS)
        if papers != counted:
            what = f"{papers:,} first preferences, and {counted:,} among the unit's papers"
            yield Problem(what, row.file, row.line, name)
    for field, said, found in (
        ("non_transferable", row.non_transferable, own.non_transferable),
        ("spoiled", row.spoiled, own.spoiled),
        ("returned", row.returned, own.returned),
    ):
        if said is not None and found is not None and said != found:
            what = f"{said:,}, and {found:,} by the unit's papers"
            yield Problem(what, row.file, row.line, field)
    if row.issued is not None and (own.returned or 0) > row.issued:
        what = f"{own.returned:,} papers were returned of {row.issued:,} issued"
        yield Problem(what, row.file, row.line, "issued")


def _sums(
    transcript: Transcript,
    section: Section,
    publication: SectionPublication,
    returns: SectionReturns,
    account: PaperAccount,
) -> Iterator[Problem]:
    """Every way in which the units do not sum to their section."""
    name, at = transcript.contest.section_name(section), _at(transcript, section)
    if transcript.unreal(section):
        what = f"{name}: only percentages are known, which no unit's votes can sum to"
        yield Problem(what, DEFINITION, None, f"{at}.units")
        return
    yield from _missing(publication, returns, name)
    # A sum is no row's: the column stands in the header of the units' table, if they have one.
    file = next((row.file for row in returns.units if row.file), "")
    for sum_ in (
        *_sums_of_votes(transcript, section, returns),
        *_sums_of_papers(returns, account),
    ):
        if sum_.differs:
            place = (file, 1, sum_.column) if file else (DEFINITION, None, at)
            yield Problem(f"{name}: {sum_.told}", *place)


@dataclass(frozen=True, slots=True)
class _Sum:
    """A column of the units' table beside what the section has; `whole` where no unit lacks.

    `otherwise` is what else may be done where they sum to too few.
    """

    column: str
    of: str
    units: int
    section: int
    whole: bool
    otherwise: str = ""

    @property
    def differs(self) -> bool:
        return self.units > self.section or (self.whole and self.units != self.section)

    @property
    def told(self) -> str:
        told = f"{self.of} sum to {self.units:,}, and the section has {self.section:,}"
        if self.units > self.section:
            return told
        return f"{told}; if units are missing, write complete = false{self.otherwise}"


def _sums_of_votes(
    transcript: Transcript, section: Section, returns: SectionReturns
) -> Iterator[_Sum]:
    for candidate, held in transcript.rounds[0].tally.held[section].items():
        summed = sum((row.votes or {}).get(candidate, 0) for row in returns.units)
        of = f"the units' votes for {transcript.contest.name(candidate)}"
        yield _Sum(candidate, of, summed, held, returns.complete)
    held_up = transcript.rounds[0].tally.non_transferable[section]
    known = [row.non_transferable for row in returns.units]
    summed = sum(papers for papers in known if papers is not None)
    of = "the units' papers that count for nobody in round 1"
    whole = returns.complete and None not in known
    yield _Sum("non_transferable", of, summed, held_up, whole, _NOT_KNOWN)


_NOT_KNOWN = "; where the figure is not known, leave its cell of non_transferable empty"


def _sums_of_papers(returns: SectionReturns, account: PaperAccount) -> Iterator[_Sum]:
    spoiled = None if account.spoiled is None else sum(account.spoiled.values())
    for column, total in (
        ("spoiled", spoiled),
        ("returned", account.returned),
        ("issued", account.issued),
    ):
        if total is not None:
            known = [getattr(row, column) for row in returns.units]
            summed = sum(papers for papers in known if papers is not None)
            whole = returns.complete and None not in known
            yield _Sum(column, f"the units' {column} papers", summed, total, whole)


def _missing(
    publication: SectionPublication, returns: SectionReturns, name: str
) -> Iterator[Problem]:
    if not returns.complete:
        return
    known = {row.unit for row in returns.units if row.votes is not None}
    for unit, entry in publication.units.items():
        if unit not in known:
            what = (
                f"{entry.name} has no row with votes: add it, or write complete = false under "
                f"returns in election.toml"
            )
            yield Problem(f"{name}: {what}", entry.file, entry.line)
