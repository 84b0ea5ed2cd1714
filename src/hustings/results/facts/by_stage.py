"""What the stages answer, where several seats are filled: how each was won, and how close it was.

Votes are those of the stages: papers and their parts, or parts of the college where sections are
weighed. As values they have six decimal places, as in the tables.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from hustings.ballots.shared import members
from hustings.counting.figures import printed_decimal, printed_number
from hustings.counting.seats import account
from hustings.counting.seats.stages import Act, StageTranscript
from hustings.results import sql
from hustings.results.edition import SeatsEdition
from hustings.results.facts.fact import Coverage, Fact, Scope, capped, figures, rate
from hustings.results.stages_presentation import called
from hustings.results.words import MOST_NAMES, capital, counted, level, listed
from hustings.units import Candidate, Section

PLACES = 6
OPENING = "(SELECT max(o.stage) FROM stages AS o WHERE o.stage <= {} AND o.act IN {})"
OPENS = sql.texts((Act.FIRST_PREFERENCES, Act.NEXT_SEAT))


@dataclass(frozen=True)
class Seats:
    """The stages that are asked, and their words."""

    scope: Scope
    stages: StageTranscript

    @property
    def the_elected(self) -> str:
        """What they are called: nobody is elected while nobody is declared so."""
        return "the elected" if self.scope.edition.declares else "the would-be elected"

    @property
    def coverage(self) -> Coverage:
        """Every stage."""
        number = len(self.stages.stages)
        return Coverage(number, number, "stages")

    @cached_property
    def elected(self) -> frozenset[Candidate]:
        """Who has a seat in the end."""
        return frozenset(self.stages.elected)

    def opening(self, number: int) -> int:
        """The stage in which the counting for that stage's seat began."""
        acts = (stage.act for stage in self.stages.stages[:number])
        return max(
            n for n, act in enumerate(acts, 1) if act in (Act.FIRST_PREFERENCES, Act.NEXT_SEAT)
        )

    def continuing(self, number: int) -> list[Candidate]:
        """Who was neither elected before that stage nor excluded by its end."""
        stages, first = self.stages.stages, self.opening(number)
        gone = {won.name for stage in stages[: number - 1] for won in stage.elected}
        gone.update(name for stage in stages[first - 1 : number] for name in stage.excluded)
        return [n for n in self.scope.names if n in stages[number - 1].votes and n not in gone]

    def votes(self, number: int, name: Candidate) -> Fraction:
        """The votes after that stage."""
        return self.stages.stages[number - 1].votes[name]

    def printed(self, votes: Fraction, *, signed: bool = False) -> str:
        """Votes as the rules print them."""
        told = account.printed_votes(self.stages, votes, signed=signed)
        return f"{told}%" if account.weighed(self.stages) else told

    def told(self, votes: Fraction) -> str:
        """Votes in a sentence."""
        of = "" if account.weighed(self.stages) else " vote" if votes == 1 else " votes"
        return f"{self.printed(votes)}{of}"


def facts(scope: Scope, edition: SeatsEdition) -> Iterator[Fact]:
    """Every fact of the stages of the whole contest."""
    seats = Seats(scope, edition.stages)
    yield _stages(seats)
    yield _elected(seats)
    yield _from_behind(seats)
    yield from _first(seats)
    yield from _closest_exclusion(seats)
    yield from _last_seat(seats)
    yield _non_transferable(seats)


def _stages(seats: Seats) -> Fact:
    stages, standing = seats.stages.stages, len(seats.scope.candidates)
    return Fact(
        "stages",
        "How many stages did it take?",
        "Stages from the first preferences to the end of the count.",
        f"{counted(len(stages), 'stage', 'stages')}, with {standing} candidates in the first.",
        seats.coverage,
        "SELECT '' AS key, max(stage) AS value FROM stages",
        values={"": str(len(stages))},
    )


def _elected(seats: Seats) -> Fact:
    """When each reached a seat, with how many votes, and why that was enough."""
    won = [(n, won) for n, stage in enumerate(seats.stages.stages, 1) for won in stage.elected]
    rows, told = [], []
    for number, each in won:
        name, now = seats.scope.called(each.name), seats.votes(number, each.name)
        told.append(f"{name} in stage {number}, with {seats.told(now)}")
        first = seats.printed(seats.votes(1, each.name))
        rows.append((name, str(number), first, seats.printed(now), each.ground.meaning))
    shown, more = capped(rows)
    return Fact(
        "elected",
        f"How did {seats.the_elected} reach their seats?",
        "The stage in which each reached a seat, the votes at first and then, and why that was "
        "enough.",
        f"{'; '.join(told[:MOST_NAMES])}.",
        seats.coverage,
        "SELECT id AS key, stage AS value FROM candidates WHERE status = 'elected' ORDER BY stage",
        values={str(each.name): str(number) for number, each in won},
        header=("Candidate", "Stage", "Votes at first", "Votes then", "Because"),
        rows=shown,
        more=more,
    )


def _from_behind(seats: Seats) -> Fact:
    """Who reached a seat although somebody without one had more votes at first."""
    first, called_ = seats.stages.stages[0].votes, seats.scope.called
    rows = []
    for name in seats.stages.elected:
        ahead = [n for n in seats.scope.candidates if first[n] > first[name]]
        passed = [called_(n) for n in ahead if n not in seats.elected]
        if passed:
            place = str(1 + len(ahead))
            rows.append((called_(name), seats.printed(first[name]), place, listed(passed)))
    told = [f"{row[0]}, from place {row[2]}" for row in rows]
    without = "SELECT 1 FROM stage_votes AS o JOIN candidates AS d ON d.id = o.candidate"
    return Fact(
        "from-behind",
        "Did anybody come from behind?",
        f"How many of {seats.the_elected} had fewer votes at first than somebody without a seat.",
        f"{listed(told) or 'Nobody: those with the most votes at first have the seats'}.",
        seats.coverage,
        "SELECT '' AS key, count(*) AS value FROM stage_votes AS v JOIN candidates AS c ON c.id = "
        f"v.candidate WHERE v.stage = 1 AND c.status = 'elected' AND EXISTS ({without} WHERE "
        f"o.stage = 1 AND d.status <> 'elected' AND {sql.number('o.votes')} > "
        f"{sql.number('v.votes')})",
        values={"": str(len(rows))},
        header=("Candidate", "Votes at first", "Place at first", "Passed"),
        rows=tuple(rows),
    )


def _first(seats: Seats) -> Iterator[Fact]:
    """The papers whose first preference has a seat, whatever became of them."""
    edition = seats.scope.edition
    held = edition.transcript.rounds[0].tally.held
    cast = [edition.valid(section) for section in held]
    valid = sum(papers for papers in cast if papers is not None)
    if None in cast or not valid:
        return
    papers = {name: sum(part[name] for part in held.values()) for name in seats.stages.elected}
    first = sum(papers.values())
    rows, more = capped(
        [(seats.scope.called(n), printed_number(p), rate(p, valid)) for n, p in papers.items()]
    )
    yield Fact(
        "elected-first",
        f"How many papers put one of {seats.the_elected} first?",
        f"Formal papers whose first preference is one of {seats.the_elected}.",
        f"{printed_number(first)} of {counted(valid, 'paper', 'papers')}, "
        f"{rate(first, valid)} per cent.",
        Coverage(valid, valid, "formal papers"),
        _first_query(weighed=len(held) > 1),
        values={"": str(first), "rate": rate(first, valid)},
        parts={"rate": (first, valid)},
        header=("Candidate", "Papers", "%"),
        rows=rows,
        more=more,
    )


def _first_query(*, weighed: bool) -> str:
    of = "sum(papers)" if weighed else f"CAST(sum({sql.number('votes')}) AS INTEGER)"
    number = (
        f"SELECT {of} FROM {'stage_papers' if weighed else 'stage_votes'} WHERE stage = 1 AND "
        "candidate IN (SELECT id FROM candidates WHERE status = 'elected')"
    )
    whole = "SELECT sum(valid) FROM sections WHERE weight IS NOT NULL"
    return (
        f"SELECT '' AS key, ({number}) AS value UNION ALL SELECT 'rate', "
        f"{sql.rate(f'({number})', f'({whole})')}"
    )


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An exclusion: its stage, who went with the most votes, and who stayed with the fewest."""

    stage: int
    gone: tuple[Candidate, ...]
    stayed: tuple[Candidate, ...]
    had: Fraction
    gap: Fraction


def _exclusions(seats: Seats) -> Iterator[Exclusion]:
    """Each in which those who went had the fewest votes; a write-in who must go may have more."""
    for number, stage in enumerate(seats.stages.stages, 1):
        stayed = seats.continuing(number) if stage.excluded and number > 1 else []
        if not stayed:
            continue
        before = seats.stages.stages[number - 2].votes
        most = max(before[name] for name in stage.excluded)
        fewest = min(before[name] for name in stayed)
        if fewest >= most:
            yield Exclusion(
                number,
                tuple(name for name in stage.excluded if before[name] == most),
                tuple(name for name in stayed if before[name] == fewest),
                most,
                fewest - most,
            )


def _closest_exclusion(seats: Seats) -> Iterator[Fact]:
    found = sorted(_exclusions(seats), key=lambda each: (each.gap, each.stage))
    if not found:
        return
    closest = found[0]
    rows, more = capped([_exclusion_row(seats, each) for each in found])
    yield Fact(
        "closest-exclusion",
        "Which exclusion was the closest?",
        "The fewest votes between whoever was excluded with the most votes and whoever stayed "
        "with the fewest, before the exclusion.",
        f"{rows[0][1]} went in stage {closest.stage}, {seats.told(closest.gap)} behind "
        f"{rows[0][3]}.",
        Coverage(len(found), len(found), "exclusions"),
        _closest_query(),
        values={"": printed_decimal(closest.gap, PLACES)},
        header=("Stage", "Excluded", "Votes", "Stayed with the fewest", "Votes", "Apart"),
        rows=rows,
        more=more,
    )


def _exclusion_row(seats: Seats, each: Exclusion) -> tuple[str, ...]:
    names = [level([*map(seats.scope.called, some)]) for some in (each.gone, each.stayed)]
    votes = [seats.printed(each.had), seats.printed(each.had + each.gap), seats.printed(each.gap)]
    return str(each.stage), names[0], votes[0], names[1], votes[1], votes[2]


def _closest_query() -> str:
    opening = OPENING.format("x.stage", OPENS)
    excluded = sql.place("s.candidate", _apart("e.excluded"))
    gone = (
        "SELECT 1 FROM stages AS e WHERE (e.stage BETWEEN "
        f"{opening} AND x.stage AND {excluded} > 0) OR (e.stage < x.stage AND "
        f"{sql.place('s.candidate', 'e.elected')} > 0)"
    )
    fewest = (
        f"SELECT min({sql.number('s.votes')}) FROM stage_votes AS s WHERE s.stage = x.stage - 1 "
        "AND EXISTS (SELECT 1 FROM stage_votes AS n WHERE n.stage = x.stage AND n.candidate = "
        f"s.candidate) AND NOT EXISTS ({gone})"
    )
    most = (
        f"SELECT max({sql.number('b.votes')}) FROM stage_votes AS b WHERE b.stage = x.stage - 1 "
        f"AND {sql.place('b.candidate', _apart('x.excluded'))} > 0"
    )
    return (
        f"SELECT '' AS key, printf('%.{PLACES}f', min(gap)) AS value FROM (SELECT ({fewest}) - "
        f"({most}) AS gap FROM stages AS x WHERE x.excluded IS NOT NULL) WHERE gap >= 0"
    )


def _apart(ids: str) -> str:
    """Ids that stand together, as a ranking would have them."""
    return f"replace({ids}, '=', '>')"


def _last_two(seats: Seats) -> tuple[int, Candidate, Candidate] | None:
    """The last stage in which whoever took the last seat had a rival, and who came nearest."""
    stages = seats.stages.stages
    last = max((n for n, stage in enumerate(stages, 1) if stage.elected), default=0)
    if not last:
        return None
    name = stages[last - 1].elected[-1].name
    for number in range(last, seats.opening(last) - 1, -1):
        rivals = [n for n in seats.continuing(number) if n not in seats.elected]
        if rivals and name in stages[number - 1].votes:
            return number, name, max(rivals, key=lambda rival: seats.votes(number, rival))
    return None


def _last_seat(seats: Seats) -> Iterator[Fact]:
    """How far whoever took the last seat was ahead at the end, and since when."""
    found = _last_two(seats)
    if found is None:
        return
    number, name, rival = found
    gap = seats.votes(number, name) - seats.votes(number, rival)
    took, other = seats.scope.called(name), seats.scope.called(rival)
    yield Fact(
        "last-seat",
        "How close was the last seat?",
        "The votes between whoever took the last seat and whoever of those without a seat came "
        "nearest, after the last stage in which both continued.",
        f"{took} was {seats.told(gap)} ahead of {other} in stage {number}.",
        seats.coverage,
        f"SELECT '' AS key, printf('%.{PLACES}f', {sql.number('w.votes')} - "
        f"{sql.number('r.votes')}) AS value {_both(name, rival)} AND w.stage = {number}",
        values={"": printed_decimal(gap, PLACES)},
    )
    if gap > 0:
        yield _decided(seats, number, name, rival)


def _both(name: Candidate, rival: Candidate) -> str:
    return (
        "FROM stage_votes AS w JOIN stage_votes AS r ON r.stage = w.stage WHERE w.candidate = "
        f"{sql.text(name)} AND r.candidate = {sql.text(rival)}"
    )


def _decided(seats: Seats, number: int, name: Candidate, rival: Candidate) -> Fact:
    """The stages in which the two gained votes, and the one that put the first ahead for good."""
    opening = seats.opening(number)
    behind = [
        n for n in range(opening, number + 1) if seats.votes(n, name) <= seats.votes(n, rival)
    ]
    since = max(behind, default=opening - 1) + 1
    two = (name, rival)
    rows, more = capped([_gains_row(seats, n, two) for n in range(opening, number + 1)])
    took, other = map(seats.scope.called, two)
    return Fact(
        "last-seat-decided",
        "Which transfers decided the last seat?",
        "The stage since when whoever took the last seat was ahead of whoever came nearest, and "
        "what each stage gave to the two or took.",
        _ahead(seats, since, opening, two),
        seats.coverage,
        f"SELECT '' AS key, coalesce(max(w.stage), {opening - 1}) + 1 AS value "
        f"{_both(name, rival)} AND w.stage BETWEEN {opening} AND {number} AND "
        f"{sql.number('w.votes')} <= {sql.number('r.votes')}",
        values={"": str(since)},
        header=("Stage", "What it did", f"{took} gained", f"{other} gained", took, other),
        rows=rows,
        more=more,
    )


def _gains(seats: Seats, number: int, name: Candidate) -> Fraction:
    stages = seats.stages.stages
    before = stages[number - 2] if number > 1 else None
    return account.gained(before, stages[number - 1], name)


def _gains_row(seats: Seats, number: int, two: Sequence[Candidate]) -> tuple[str, ...]:
    gains = (_gains(seats, number, name) for name in two)
    given = (seats.printed(gain, signed=True) if gain else "–" for gain in gains)
    votes = (seats.printed(seats.votes(number, name)) for name in two)
    return str(number), capital(called(seats.stages, number)), *given, *votes


def _ahead(seats: Seats, since: int, opening: int, two: Sequence[Candidate]) -> str:
    took, other = map(seats.scope.called, two)
    if since == opening:
        return f"None: {took} was ahead of {other} from stage {since} on."
    gave, gave_other = (seats.told(_gains(seats, since, name)) for name in two)
    what = called(seats.stages, since)
    return (
        f"{took} passed {other} in stage {since}, {what}: it gave {gave} to the one and "
        f"{gave_other} to the other."
    )


def _non_transferable(seats: Seats) -> Fact:
    first, last = seats.stages.stages[0], seats.stages.stages[-1]
    whole = sum(first.votes.values(), first.non_transferable)
    gone = last.non_transferable
    part = gone / whole
    lost = f"; dropped digits lost another {seats.told(last.lost)}" if last.lost else ""
    return Fact(
        "non-transferable",
        "How much was non-transferable in the end?",
        "Votes that count for nobody after the last stage, because their papers name nobody who "
        "continues.",
        f"{seats.told(gone)}, {rate(part.numerator, part.denominator)} per cent of all{lost}.",
        seats.coverage,
        "SELECT '' AS key, non_transferable_decimal AS value FROM stages WHERE stage = "
        f"{len(seats.stages.stages)}",
        values={"": printed_decimal(gone, PLACES)},
    )


def of_section(scope: Scope, edition: SeatsEdition, section: Section) -> Iterator[Fact]:
    """How many of the elected the section's papers name, where its rankings are published."""
    rankings = edition.stages.profile.papers.get(section, {})
    cast = sum(rankings.values())
    if edition.sections[section].withheld or not cast:
        return
    elected, seats = frozenset(edition.elected), Seats(scope, edition.stages)
    named: Counter[int] = Counter()
    for ranking, papers in rankings.items():
        on_it = {name for entry in ranking for name in members(entry)}
        named[len(elected & on_it)] += papers
    numbers = sorted(named)
    rows, more = capped([(str(n), printed_number(named[n]), rate(named[n], cast)) for n in numbers])
    some = cast - named[0]
    places = (sql.place(sql.text(name), _apart("ranking")) for name in sorted(elected))
    number = " + ".join(f"({place} > 0)" for place in places)
    yield Fact(
        f"{section}-elected-named",
        f"How many papers of {scope.section(section)} name one of {seats.the_elected}?",
        f"Formal papers by how many of {seats.the_elected} they rank, at any place, as counted.",
        f"{printed_number(some)} of {counted(cast, 'paper', 'papers')}, {rate(some, cast)} per "
        f"cent, name one or more; {printed_number(named[len(elected)])} name all of them.",
        Coverage(cast, cast, "formal papers"),
        f"SELECT {number} AS key, sum(papers) AS value FROM rankings WHERE section = "
        f"{sql.text(section)} AND ballot = 1 GROUP BY key ORDER BY key",
        section,
        figures({str(n): named[n] for n in numbers}),
        header=(f"Of {seats.the_elected}", "Papers", "%"),
        rows=rows,
        more=more,
    )
