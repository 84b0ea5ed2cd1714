"""Returns beside the count: whether papers issued, returned, spoiled and counted add up.

Nothing is published while they do not: valid and spoiled papers are the returned, no more
are returned than were issued, and the units sum to their section.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from hustings.ballots.formality import Ballot, Spoiled
from hustings.ballots.paper import NO_UNIT, Rebuilt
from hustings.ballots.reduction import Judged
from hustings.ballots.returns import NO_REASON_GIVEN, PaperAccount, SectionReturns, UnitReturn
from hustings.counting.transcript import Transcript
from hustings.election.publication import SectionPublication
from hustings.errors import Problem
from hustings.units import NO_PAPERS, Candidate, Papers, Section, Unit


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
    name = transcript.contest.section_name(section)
    if transcript.reconstructed.get(section) is Rebuilt.FROM_SHARES:
        return given, []
    valid = transcript.profiles[0].cast(section)
    read = transcript.profiles[0].spoiled.get(section, {})
    problems: list[Problem] = []
    spoiled = given.spoiled
    if read:
        if spoiled is not None and sum(spoiled.values()) != sum(read.values()):
            what = (
                f"{sum(spoiled.values()):,} papers are said to be spoiled, and "
                f"{sum(read.values()):,} of those counted are"
            )
            problems.append(Problem(f"{name}: {what}", field=f"returns.{section}.spoiled"))
        spoiled = read
    if spoiled is None:
        return given, [*problems, *_too_few(name, section, given, valid)]
    told = Papers(sum(spoiled.values()))
    returned = given.returned if given.returned is not None else Papers(valid + told)
    if returned != valid + told:
        what = (
            f"{returned:,} papers were returned, and {valid:,} valid with {told:,} spoiled are "
            f"{valid + told:,}"
        )
        problems.append(Problem(f"{name}: {what}", field=f"returns.{section}.returned"))
    if given.issued is not None and returned > given.issued:
        what = f"{returned:,} papers were returned of {given.issued:,} issued"
        problems.append(Problem(f"{name}: {what}", field=f"returns.{section}.issued"))
    return replace(given, spoiled=spoiled, returned=returned), problems


def _too_few(name: str, section: Section, given: PaperAccount, valid: Papers) -> Iterator[Problem]:
    """What cannot be even where nobody knows how many papers were spoiled."""
    at = f"returns.{section}"
    if given.returned is not None and given.returned < valid:
        what = f"{given.returned:,} papers were returned, and {valid:,} valid ones were counted"
        yield Problem(f"{name}: {what}", field=f"{at}.returned")
    least = max(valid, given.returned or NO_PAPERS)
    if given.issued is not None and least > given.issued:
        what = f"{least:,} papers were returned of {given.issued:,} issued"
        yield Problem(f"{name}: {what}", field=f"{at}.issued")


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
    standing = sorted(transcript.rounds[0].tally.held[section])
    votes: defaultdict[Unit, Counter[Candidate]] = defaultdict(Counter)
    spoiled: Counter[Unit] = Counter()
    for each in judged:
        unit, papers = each.paper.unit, each.paper.papers
        if isinstance(each.finding, Ballot):
            votes[unit][each.finding.ranking[0]] += papers
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
            {name: Papers(votes[unit][name]) for name in standing},
            Papers(spoiled[unit]) if known else None,
            Papers(votes[unit].total() + spoiled[unit]) if known else None,
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
                spoiled=own.spoiled if whole else row.spoiled,
                returned=own.returned if whole else row.returned,
            )
    return _ordered(joined, publication), problems


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
    name = transcript.contest.section_name(section)
    if transcript.reconstructed.get(section) is Rebuilt.FROM_SHARES:
        yield Problem(f"{name}: only percentages are known, which no unit's votes can sum to")
        return
    file = next((row.file for row in returns.units if row.file), "")
    yield from _missing(publication, returns, name)
    for candidate, held in transcript.rounds[0].tally.held[section].items():
        summed = sum((row.votes or {}).get(candidate, 0) for row in returns.units)
        what = f"the units' votes for {transcript.contest.name(candidate)}"
        yield from _sum(f"{name}: {what}", summed, held, returns.complete, file, candidate)
    spoiled = None if account.spoiled is None else sum(account.spoiled.values())
    for field, total in (
        ("spoiled", spoiled),
        ("returned", account.returned),
        ("issued", account.issued),
    ):
        known = [getattr(row, field) for row in returns.units]
        if total is None:
            continue
        complete = returns.complete and None not in known
        summed = sum(papers for papers in known if papers is not None)
        yield from _sum(f"{name}: the units' {field} papers", summed, total, complete, file, field)


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


def _sum(
    what: str, summed: int, total: int, complete: bool, file: str, field: str
) -> Iterator[Problem]:
    if summed > total or (complete and summed != total):
        remedy = "" if summed > total else "; if units are missing, write complete = false"
        yield Problem(
            f"{what} sum to {summed:,}, and the section has {total:,}{remedy}", file, None, field
        )
