"""From a count, its returns and what may be published to an edition, or to every reason why not.

Nothing is published that does not add up, that contradicts what was printed, or that would
show how a voter of a secret poll voted.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hustings.audit.published import Reconciliation
from hustings.audit.returns import Reckoned, reckon
from hustings.ballots.formality import Ballot, Spoiled
from hustings.ballots.profile import Ranking
from hustings.ballots.reduction import Judged, Poll, judge_papers
from hustings.ballots.returns import PaperAccount, Returns, SectionReturns, UnitReturn
from hustings.ballots.shared import highest
from hustings.counting.transcript import Transcript
from hustings.election.publication import (
    ElectorEntry,
    Policy,
    Publication,
    Rankings,
    SectionPublication,
    Status,
    UnitEntry,
)
from hustings.election.rulebook import OPEN_OVERVOTES
from hustings.election.spec import EVERYONE, Election, SectionEntry
from hustings.errors import InputError, Problem
from hustings.formats.ballot_names import Ids
from hustings.results import disclosure
from hustings.results.disclosure import Cell, Disclosed, Earlier
from hustings.results.disclosure.votes import known_sum
from hustings.results.edition import (
    NOBODY,
    Edition,
    NamedBallot,
    SectionEdition,
    Standalone,
    UnitRow,
    with_nobody,
)
from hustings.units import NO_PAPERS, Candidate, Papers, Section, Unit

# Longer names are a slip or an attack, and no page could show them.
LONGEST_NAME = 300
# These turn the direction of whatever text follows them.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

NOT_HELD = "not-held"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What an earlier release published of a section; `rankings` is None where they were not."""

    figures: Earlier
    rankings: Mapping[Ranking, Papers] | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """All that an edition is made of. `before` has the earlier releases, oldest first."""

    election: Election
    transcript: Transcript
    polls: Sequence[Poll]
    publication: Publication
    returns: Returns = field(default_factory=Returns)
    reconciliation: Reconciliation | None = None
    before: Sequence[Mapping[Section, Recorded]] = ()
    notes: tuple[str, ...] = ()


def assemble(material: Material) -> Edition:
    """The edition that is made of this; raises `InputError` with all that keeps it from being."""
    return assembled(material, _not_a_result(material))


def assembled(material: Material, problems: Iterable[Problem]) -> Edition:
    """The edition of a count that has these problems by itself, whatever it elects.

    Raises `InputError` with those and all others that keep it from being published.
    """
    problems = [*problems, *_disagreements(material), *_bad_names(material)]
    if problems:
        raise InputError(problems)
    judged = _judged(material)
    sections: dict[Section, SectionEdition] = {}
    for section in material.transcript.rounds[0].tally.held:
        made = _Assembling(material, section, judged.get(section, []))
        sections[section] = made.edition()
        problems += made.problems
    if problems:
        raise InputError(problems)
    return Edition(
        material.election,
        material.transcript,
        material.publication.release,
        sections,
        material.returns.claims,
        material.reconciliation,
        material.notes,
    )


def _not_a_result(material: Material) -> Iterator[Problem]:
    transcript, release = material.transcript, material.publication.release
    if transcript.hypothesis:
        yield Problem(f"a count with {transcript.hypothesis} is no result: it is not published")
    if transcript.winner is None and release.status is not Status.PROVISIONAL:
        yield Problem(
            f"nobody is elected yet, so that no release can be {release.status}: write provisional",
            field="releases",
        )


def _disagreements(material: Material) -> Iterator[Problem]:
    found = material.reconciliation
    for difference in found.unexplained if found else ():
        figure = difference.figure
        yield Problem(
            f"{difference}: correct it, or say in its erratum why it was misprinted",
            figure.file,
            figure.line,
        )
    for figure in found.idle if found else ():
        yield Problem("this erratum explains nothing: the row agrees", figure.file, figure.line)


def _bad_names(material: Material) -> Iterator[Problem]:
    """Names that no page can show: far too long, or with characters that turn what follows."""
    contest, where = material.transcript.contest, "election.toml"
    named: list[tuple[str, str, str, int | None]] = [
        ("election.name", material.election.name, where, None)
    ]
    named.append((f"contests.{contest.id}.post", contest.post, where, None))
    for entry in contest.candidates:
        field_ = f"contests.{contest.id}.candidates.{entry.id}"
        named.append((field_, entry.name, where, None))
    for section in contest.sections:
        named.append((f"sections.{section.id}.name", section.name, where, None))
        for unit in material.publication.of(section.id).units.values():
            named.append((f"units.{unit.id}", unit.name, unit.file, unit.line))
        for elector in material.publication.of(section.id).electors.values():
            named.append(("elector", elector.name, elector.file, elector.line))
    for field_, name, file, line in named:
        for what in _bad_name(name):
            yield Problem(what, file, line, field_)


def _bad_name(name: str) -> Iterator[str]:
    if len(name) > LONGEST_NAME:
        yield (
            f"the name has {len(name):,} characters, and at most {LONGEST_NAME} can be published: "
            f"{name[:40]}…"
        )
    if TURNING & set(name):
        yield "the name has characters that turn the direction of the text after it; leave them out"


def _judged(material: Material) -> dict[Section, list[Judged]]:
    """What was made of each paper of the first ballot, by the section in which it counts."""
    pooled = EVERYONE in material.transcript.rounds[0].tally.held
    found: dict[Section, list[Judged]] = defaultdict(list)
    for judged in judge_papers(material.polls[0].papers, material.transcript.contest):
        found[EVERYONE if pooled else judged.paper.section].append(judged)
    return found


def pooled_publication(publication: Publication) -> SectionPublication:
    """What is published where all sections count as one body: the most cautious of them."""
    parts = [*publication.sections.values()]
    if not parts:
        return SectionPublication()
    order = [*Policy]
    accepts = [part.accepts for part in parts]
    return replace(
        parts[0],
        policy=min((part.policy for part in parts), key=order.index),
        rankings=min((part.rankings for part in parts), key=_CAUTIOUS.index),
        accepts="; ".join(dict.fromkeys(accepts)) if all(accepts) else "",
        units={id_: unit for part in parts for id_, unit in part.units.items()},
        electors={name: elector for part in parts for name, elector in part.electors.items()},
    )


# The most cautious first.
_CAUTIOUS = (Rankings.WITHHELD, Rankings.CHECKED, Rankings.PUBLISHED)


def _pooled_returns(returns: Returns, sections: int) -> SectionReturns:
    """What all sections returned together; an account only where each of them has one."""
    parts = [*returns.sections.values()]
    units = tuple(unit for part in parts for unit in part.units)
    accounts = [part.account for part in parts] if len(parts) == sections else []
    return SectionReturns(_summed(accounts), units, all(part.complete for part in parts))


def _summed(accounts: Sequence[PaperAccount]) -> PaperAccount:
    def summed(papers: Sequence[Papers | None]) -> Papers | None:
        known = [each for each in papers if each is not None]
        return Papers(sum(known)) if known and len(known) == len(papers) else None

    spoiled: Counter[str] | None = Counter()
    for account in accounts:
        if account.spoiled is None or spoiled is None:
            spoiled = None
        else:
            spoiled.update(account.spoiled)
    return PaperAccount(
        summed([account.issued for account in accounts]),
        summed([account.returned for account in accounts]),
        {reason: Papers(n) for reason, n in spoiled.items()} if accounts and spoiled else None,
        "; ".join(dict.fromkeys(account.source for account in accounts if account.source)),
    )


class _Assembling:
    """One section on its way into an edition, and the problems met on it."""

    def __init__(self, material: Material, section: Section, judged: list[Judged]) -> None:
        self.material, self.section, self.judged = material, section, judged
        self.transcript = material.transcript
        known = {entry.id: entry for entry in self.transcript.contest.sections}
        self.entry = known.get(section) or SectionEntry(
            section,
            self.transcript.contest.section_name(section),
            self.transcript.contest.college.weights[section],
        )
        named = section in material.publication.sections
        self.publication = (
            material.publication.of(section) if named else pooled_publication(material.publication)
        )
        everyone = SectionReturns()
        if section == EVERYONE:
            everyone = _pooled_returns(material.returns, len(known))
        self.returns = material.returns.sections.get(section, everyone)
        self.before = [past[section] for past in material.before if section in past]
        self.log: list[str] = []
        self.problems: list[Problem] = []

    @property
    def secrecy(self) -> disclosure.Secrecy:
        """What there is to hide."""
        if self.publication.policy is Policy.NAMED_BALLOTS:
            return disclosure.Secrecy.NAMED
        if self.section in self.transcript.reconstructed:
            return disclosure.Secrecy.RECONSTRUCTED
        return disclosure.Secrecy.SECRET

    @property
    def total(self) -> Mapping[Candidate, Papers]:
        """The section's first preferences, and the papers that count for nobody."""
        tally = self.transcript.rounds[0].tally
        return with_nobody(tally.held[self.section], tally.non_transferable[self.section])

    def edition(self) -> SectionEdition:
        """The section as it is published; what keeps it from being so is among the problems."""
        reckoned = reckon(
            self.transcript, self.section, self.publication, self.returns, self.judged
        )
        self.problems += reckoned.problems
        self._check_total(bool(reckoned.units))
        rows, pooled_into = self._rows(reckoned)
        made = SectionEdition(
            self.entry,
            self.publication,
            reckoned.account,
            rows,
            self._ballots(),
            pooled_into,
            self.returns.complete,
            self._withheld(),
        )
        return replace(made, log=tuple(self.log))

    def _refused(self, refusals: Iterable[str], remedy: str) -> None:
        name = self.entry.name
        field_ = "releases" if remedy is _RELEASE_REMEDY else f"sections.{self.section}"
        for refusal in refusals:
            what = f"{name}: {refusal}; {remedy}"
            self.problems.append(Problem(what, "election.toml", None, field_))

    def _check_total(self, has_units: bool) -> None:
        among = len(self.transcript.rounds[0].tally.held)
        accepts = self.publication.accepts
        verdict = disclosure.check_total(self.total, among, self.secrecy, accepts)
        self._refused(verdict.refusals, 'publish it all the same by accepts = "the reason"')
        self.log += verdict.log
        if not (self._shows_units() and has_units):
            accepts = accepts or self.material.publication.release.accepts
            earlier = [past.figures for past in self.before]
            changed = disclosure.check_totals_changed(self.total, earlier, accepts, self.secrecy)
            self._refused(changed.refusals, _RELEASE_REMEDY)
            self.log += changed.log

    def _shows_units(self) -> bool:
        return self.publication.policy in (
            Policy.UNIT_FIRST_PREFERENCES,
            Policy.UNIT_RANKINGS,
        ) or (self.publication.policy is Policy.NAMED_BALLOTS and bool(self.publication.units))

    def _rows(self, reckoned: Reckoned) -> tuple[tuple[UnitRow, ...], dict[Unit, str]]:
        if not reckoned.units or not self._shows_units() or reckoned.problems:
            return (), {}
        of = {each.unit: each for each in reckoned.units}
        found = self._disclosed(reckoned.units)
        alone = [self._alone(of[unit]) for unit in found.alone]
        pools = [self._pool(pool, [of[unit] for unit in pool.units]) for pool in found.pools]
        rows = [*alone, *pools]
        rest = self._not_held(rows, reckoned.account, found.held_back)
        pooled_into = {unit: pool.id for pool in found.pools for unit in pool.units}
        pooled_into |= dict.fromkeys(found.held_back, self._not_held_id)
        rows += [rest] if rest else []
        return self._with_rankings(rows), pooled_into

    def _disclosed(self, units: Sequence[UnitReturn]) -> Disclosed:
        if self.secrecy is disclosure.Secrecy.NAMED:
            return Disclosed(tuple(each.unit for each in units))
        cells = [
            Cell(
                each.unit,
                self._unit(each.unit).region,
                None if each.votes is None else with_nobody(each.votes, each.non_transferable),
                each.spoiled,
                each.returned,
                each.issued,
            )
            for each in units
        ]
        accepts = self.publication.accepts or self.material.publication.release.accepts
        found = disclosure.disclose(
            cells, self.total, [past.figures for past in self.before], accepts
        )
        self._refused(found.refusals, _RELEASE_REMEDY if self.before else _SECTION_REMEDY)
        self.log += found.log
        return found

    def _unit(self, unit: Unit) -> UnitEntry:
        return self.publication.units.get(unit) or UnitEntry(unit, unit)

    def _alone(self, each: UnitReturn) -> UnitRow:
        entry = self._unit(each.unit)
        returned = each.returned
        if returned is None and each.valid is not None and each.spoiled is not None:
            returned = Papers(each.valid + each.spoiled)
        return UnitRow(
            each.unit,
            entry.name,
            (each.unit,),
            Standalone.ALONE,
            entry.region,
            each.votes,
            each.spoiled,
            returned,
            each.issued,
            each.source,
            non_transferable=each.non_transferable,
        )

    def _pool(self, pool: disclosure.Pool, units: Iterable[UnitReturn]) -> UnitRow:
        regions = {self._unit(unit).region for unit in pool.units}
        region = regions.pop() if len(regions) == 1 else ""
        where = f" in {region}" if region else ""
        return UnitRow(
            pool.id,
            f"{len(pool.units)} {self.publication.units_are}{where} together",
            pool.units,
            Standalone.POOLED,
            region,
            _of_candidates(pool.votes),
            pool.spoiled,
            pool.returned,
            pool.issued,
            non_transferable=known_sum(each.non_transferable for each in units),
        )

    def _not_held(
        self, rows: Sequence[UnitRow], account: PaperAccount, held_back: tuple[Unit, ...]
    ) -> UnitRow | None:
        """What is left of the section after the rows that have votes, if anything is."""
        shown = [row for row in rows if row.votes is not None]
        left = {
            name: Papers(papers - sum(row.formal.get(name, 0) for row in shown))
            for name, papers in self.total.items()
        }
        if not any(left.values()):
            return None
        spoiled = None if account.spoiled is None else sum(account.spoiled.values())
        unseen = tuple(row.units[0] for row in rows if row.votes is None)
        return UnitRow(
            self._not_held_id,
            f"All other {self.publication.units_are}: not held",
            (*held_back, *unseen),
            Standalone.NOT_HELD,
            "",
            _of_candidates(left),
            _left(spoiled, [row.spoiled for row in shown]),
            _left(account.returned, [row.returned for row in shown]),
            non_transferable=left.get(NOBODY, NO_PAPERS),
        )

    @property
    def _not_held_id(self) -> str:
        """The id of the row of the rest, which no unit may bear."""
        return f"{NOT_HELD}-here" if NOT_HELD in self.publication.units else NOT_HELD

    def _with_rankings(self, rows: Sequence[UnitRow]) -> tuple[UnitRow, ...]:
        """The rows with their rankings, where the policy and the check let those be seen."""
        if self.publication.policy is not Policy.UNIT_RANKINGS:
            return tuple(rows)
        by_unit: dict[Unit, Counter[Ranking]] = defaultdict(Counter)
        for judged in self.judged:
            if isinstance(judged.finding, Ballot):
                by_unit[judged.paper.unit][judged.finding.ranking] += judged.paper.papers
        # A row that holds papers beside those that name their unit would show the latter alone.
        valid = {row.id: row.valid for row in rows if row.valid and _is_all(row, by_unit)}
        shown, log = disclosure.rows_with_rankings(
            {id_: papers for id_, papers in valid.items() if papers},
            Papers(sum(self.total.values())),
            self._possible(),
            not self._withheld(),
            self._changed_rows(rows),
        )
        self.log += log
        return tuple(
            replace(row, rankings=_added(by_unit[unit] for unit in row.units))
            if row.id in shown
            else row
            for row in rows
        )

    def _changed_rows(self, rows: Sequence[UnitRow]) -> set[str]:
        """The rows that an earlier release showed with other figures."""
        past = {shown.id: shown.votes for each in self.before for shown in each.figures.rows}
        return {row.id for row in rows if row.id in past and past[row.id] != row.formal}

    def _possible(self) -> int:
        contest = self.transcript.contest
        may_share = contest.rules.overvotes in OPEN_OVERVOTES
        return disclosure.possible_rankings(
            len(contest.standing), contest.rules.ranks, may_share=may_share
        )

    def _withheld(self) -> str:
        profile = self.transcript.profiles[0]
        setting, rankings = self.publication.rankings, profile.papers[self.section]
        before = [past.rankings for past in self.before if past.rankings is not None]
        why = disclosure.rankings_withheld(
            setting, self.secrecy, self._possible(), rankings, before
        )
        papers = profile.cast(self.section)
        noted = disclosure.rankings_noted(setting, self.secrecy, self._possible(), papers)
        for line in filter(None, (why, noted)):
            if line not in self.log:
                self.log.append(line)
        return why

    def _ballots(self) -> tuple[NamedBallot, ...]:
        if self.publication.policy is not Policy.NAMED_BALLOTS:
            return ()
        if len(self.material.polls) > 1:
            self.log.append("Ballots are published by name only where one ballot was held.")
            return ()
        ids, known, seen = Ids(), self.publication.electors, set[str]()
        ballots = []
        for judged in self.judged:
            paper = judged.paper
            what = _unnamed(judged, seen, known)
            if what:
                self.problems.append(Problem(what, paper.file, paper.line, "elector"))
                continue
            seen.add(paper.elector)
            unit = self._unit(paper.unit).name if paper.unit else ""
            elector = known.get(paper.elector, ElectorEntry(paper.elector, unit))
            id_ = ids.made_of(paper.elector).replace("_", "-")
            ballots.append(_named(id_, elector, judged))
        return tuple(ballots)


_SECTION_REMEDY = 'publish it all the same by accepts = "the reason" in the section'
_RELEASE_REMEDY = 'publish it all the same by accepts = "the reason" in the release'


def _unnamed(judged: Judged, seen: set[str], known: Mapping[str, ElectorEntry]) -> str:
    """Why a paper cannot be published by name; empty where it can."""
    paper = judged.paper
    if not paper.elector or paper.papers != 1:
        return "the section's policy is named_ballots, and this paper names no one elector"
    if paper.elector in seen:
        return f"{paper.elector} has another paper in this section already"
    if known and paper.elector not in known:
        return f"{paper.elector} cast a paper, and is not in the list of electors"
    return next(_bad_name(paper.elector), "")


def _named(id_: str, elector: ElectorEntry, judged: Judged) -> NamedBallot:
    finding = judged.finding
    if isinstance(finding, Ballot):
        return NamedBallot(id_, elector, judged.paper.marks, finding.ranking, "", finding.findings)
    reason = finding.reason if isinstance(finding, Spoiled) else ""
    return NamedBallot(id_, elector, judged.paper.marks, (), reason)


def _is_all(row: UnitRow, by_unit: Mapping[Unit, Counter[Ranking]]) -> bool:
    """Whether the rankings that are known of the row's units are those of all its papers."""
    standing = (row.votes or {}).keys()
    first: Counter[Candidate] = Counter()
    for unit in row.units:
        for ranking, papers in by_unit.get(unit, Counter()).items():
            first[highest(ranking, standing) or NOBODY] += papers
    return first == Counter({name: papers for name, papers in row.formal.items() if papers})


def _of_candidates(votes: Mapping[Candidate, Papers]) -> dict[Candidate, Papers]:
    """The votes without the papers that count for nobody."""
    return {name: papers for name, papers in votes.items() if name != NOBODY}


def _left(total: int | None, parts: Sequence[Papers | None]) -> Papers | None:
    known = [part for part in parts if part is not None]
    return None if total is None or len(known) < len(parts) else Papers(total - sum(known))


def _added(parts: Iterable[Counter[Ranking]]) -> dict[Ranking, Papers]:
    total: Counter[Ranking] = Counter()
    for part in parts:
        total.update(part)
    return {ranking: Papers(total[ranking]) for ranking in sorted(total)}
