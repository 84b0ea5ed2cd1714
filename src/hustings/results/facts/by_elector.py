"""What named ballots answer: who ranked everyone, who backed the winner, how groups voted."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from hustings.ballots.shared import highest, is_open
from hustings.counting.figures import printed_number
from hustings.results import sql
from hustings.results.edition import NamedBallot, SeatsEdition, SectionEdition
from hustings.results.facts.by_paper import SINGLE_CHOICE
from hustings.results.facts.fact import NOBODY, Coverage, Fact, Scope, capped
from hustings.results.words import MOST_NAMES, capital, counted, listed
from hustings.units import Candidate, Section


@dataclass(frozen=True, slots=True)
class Voted:
    """One formal named ballot: those standing whom it ranks, and who holds it in the last round."""

    ballot: NamedBallot
    ranks: tuple[Candidate, ...]
    last: str

    @property
    def first(self) -> str:
        """The first preference of those standing."""
        return self.ranks[0] if self.ranks else NOBODY


@dataclass(frozen=True)
class Electors:
    """The named ballots of a section, each looked at once for every fact."""

    scope: Scope
    section: Section
    edition: SectionEdition
    voted: tuple[Voted, ...]

    @property
    def are(self) -> str:
        """What the electors are called."""
        return self.edition.publication.electors_are

    @property
    def one(self) -> str:
        """What one of them is called."""
        return self.edition.publication.elector_is

    @property
    def coverage(self) -> Coverage:
        """Every formal ballot of all that are named."""
        named, formal = len(self.edition.ballots), len(self.voted)
        why = "the others' ballots were spoiled" if formal < named else ""
        return Coverage(formal, named, self.are, why)

    @cached_property
    def of(self) -> str:
        """The rows of the table `ballots`."""
        where = f"b.section = {sql.text(self.section)} AND b.formality = 'formal'"
        return f"FROM ballots AS b WHERE {where} AND b.counted <> '(blank)'"

    def those(self, holds: Callable[[Voted], bool]) -> list[Voted]:
        """The ballots of which it holds, in their own order."""
        return [voted for voted in self.voted if holds(voted)]

    def holder(self, round_: int) -> str:
        """A query's column: who holds the ballot `b` in the round."""
        at = sql.place("r.candidate", "b.counted")
        # An outer column may stand in the columns of an inner query, but not in its ORDER BY.
        return (
            f"coalesce((SELECT candidate FROM (SELECT r.candidate, {at} AS place FROM rounds AS r "
            f"WHERE r.round = {round_} AND r.section = b.section) WHERE place > 0 ORDER BY place "
            f"LIMIT 1), {sql.text(NOBODY)})"
        )

    @property
    def ranked(self) -> str:
        """A query's column: how many of those standing the ballot `b` ranks."""
        first = "rounds AS r WHERE r.round = 1 AND r.section = b.section"
        if isinstance(self.scope.edition, SeatsEdition):
            first = "stage_votes AS r WHERE r.stage = 1"
        placed = f"{sql.place('r.candidate', 'b.counted')} > 0"
        return f"(SELECT count(*) FROM {first} AND {placed})"


def facts(scope: Scope, section: Section) -> Iterator[Fact]:
    """Every fact of the section's named ballots; none where there are none."""
    edition = scope.edition.sections[section]
    transcript = scope.edition.transcript
    formal = [ballot for ballot in edition.ballots if ballot.ranking]
    if not formal or transcript.contest.rules.method in SINGLE_CHOICE:
        return
    if section not in transcript.rounds[0].tally.held:
        return
    if any(is_open(ballot.ranking) for ballot in formal):
        # The queries read a ranking as strict.
        return
    standing = transcript.rounds[0].tally.totals.keys()
    last = transcript.rounds[-1].tally.totals.keys()
    cut = transcript.contest.rules.ranks or None
    voted = tuple(
        Voted(
            ballot,
            tuple(name for name in ballot.ranking[:cut] if name in standing),
            highest(ballot.ranking[:cut], last) or NOBODY,
        )
        for ballot in formal
    )
    electors = Electors(scope, section, edition, voted)
    yield _complete(electors)
    if isinstance(scope.edition, SeatsEdition):
        # Whom a ballot counts for in the end is no question to the tables of stages.
        return
    yield _at_the_end(electors)
    yield from _of_the_winner(electors)
    yield from _groups(electors)


def _complete(electors: Electors) -> Fact:
    rules = electors.scope.edition.transcript.contest.rules
    enough = max(1, len(electors.scope.candidates) - 1)
    enough = min(enough, rules.ranks) if rules.ranks else enough
    short = electors.those(lambda voted: len(voted.ranks) < enough)
    complete = len(electors.voted) - len(short)
    names, more = capped([(v.ballot.elector.name, str(len(v.ranks))) for v in short])
    return Fact(
        f"{electors.section}-complete",
        f"How many {electors.are} ranked every candidate?",
        "Formal ballots that rank everyone standing, or all but the last, whose place that leaves "
        "in no doubt, or as many as the rules count.",
        f"{counted(complete, 'ballot is', 'ballots are')} complete, and "
        f"{counted(len(short), 'is', 'are')} not.",
        electors.coverage,
        _numbers(
            f"SELECT CASE WHEN {electors.ranked} >= {enough} THEN '' ELSE 'incomplete' END AS key "
            f"{electors.of}"
        ),
        electors.section,
        {"": str(complete), "incomplete": str(len(short))},
        header=(capital(electors.one), "Preferences"),
        rows=names,
        more=more,
    )


def _at_the_end(electors: Electors) -> Fact:
    """Whom each ballot lay with in the last round, and whose named none of those left in it."""
    scope = electors.scope
    last = Counter(voted.last for voted in electors.voted)
    ends = [*map(str, scope.finalists), NOBODY]
    nobody = electors.those(lambda voted: voted.last == NOBODY)
    told = [f"{printed_number(last[name])} with {scope.called(name)}" for name in ends]
    rows, more = capped([(v.ballot.elector.name, scope.order(v.ranks)) for v in nobody])
    number = len(scope.edition.transcript.rounds)
    return Fact(
        f"{electors.section}-last-round",
        f"Whom had the {electors.are} backed in the end?",
        "Formal ballots by the highest-ranked of the candidates still in the last round; with "
        f"{NOBODY}, those that rank none of them.",
        f"In round {number}, {listed(told)}.",
        electors.coverage,
        _numbers(f"SELECT {electors.holder(number)} AS key {electors.of}"),
        electors.section,
        {name: str(last[name]) for name in ends},
        header=(f"{capital(electors.one)} without a preference for any of them", "Ballot"),
        rows=rows,
        more=more,
    )


def _of_the_winner(electors: Electors) -> Iterator[Fact]:
    """Who backed the winner, and who put the winner last."""
    scope, winner = electors.scope, electors.scope.edition.winner
    if winner is None:
        return
    called, number = scope.called(winner), len(scope.edition.transcript.rounds)
    yield _named(
        electors,
        electors.those(lambda voted: voted.last == winner),
        ("backed-winner", f"How many {electors.are} had backed {scope.the_winner} in the end?"),
        f"Formal ballots that lie with {called} in the last round.",
        f"had backed {called} in round {number}",
        f"SELECT '' AS key, count(*) AS value {electors.of} AND {electors.holder(number)} = "
        f"{sql.text(winner)}",
    )
    if len(scope.candidates) > 1:
        yield _put_last(electors, winner)


def _put_last(electors: Electors, winner: Candidate) -> Fact:
    every, called = len(electors.scope.candidates), electors.scope.called(winner)
    who = electors.those(
        lambda voted: (
            (len(voted.ranks) == every and voted.ranks[-1] == winner)
            or (len(voted.ranks) == every - 1 and winner not in voted.ranks)
        )
    )
    at = sql.place(sql.text(winner), "b.counted")
    after = sql.place("r.candidate", "b.counted")
    return _named(
        electors,
        who,
        ("winner-last", f"How many {electors.are} put {electors.scope.the_winner} last?"),
        f"Formal ballots that rank everyone else above {called}, named last or left out.",
        f"put {called} last",
        f"SELECT '' AS key, count(*) AS value {electors.of} AND (({at} = 0 AND {electors.ranked} "
        f"= {every - 1}) OR ({at} > 0 AND {electors.ranked} = {every} AND NOT EXISTS (SELECT 1 "
        "FROM rounds AS r WHERE r.round = 1 AND r.section = b.section AND "
        f"{after} > {at})))",
    )


def _named(
    electors: Electors,
    who: Sequence[Voted],
    asked: tuple[str, str],
    definition: str,
    did: str,
    query: str,
) -> Fact:
    """How many electors did something, and who they are."""
    scope = electors.scope
    rows, more = capped([(v.ballot.elector.name, scope.order(v.ranks)) for v in who])
    number, of = printed_number(len(who)), printed_number(len(electors.voted))
    return Fact(
        f"{electors.section}-{asked[0]}",
        asked[1],
        definition,
        f"{number} of {of} {electors.are} {did}.",
        electors.coverage,
        query,
        electors.section,
        {"": str(len(who))},
        header=(capital(electors.one), "Ballot"),
        rows=rows,
        more=more,
    )


def _groups(electors: Electors) -> Iterator[Fact]:
    """Each group's first preferences, and whom its ballots lay with in the last round."""
    groups: dict[str, list[Voted]] = {}
    for voted in electors.voted:
        for group in set(voted.ballot.elector.groups):
            groups.setdefault(group, []).append(voted)
    if not groups:
        return
    first = {name: Counter(voted.first for voted in groups[name]) for name in sorted(groups)}
    last = {name: Counter(voted.last for voted in groups[name]) for name in sorted(groups)}
    told = [f"{name}: {_split(electors.scope, votes)}" for name, votes in last.items()]
    members = sum(bool(voted.ballot.elector.groups) for voted in electors.voted)
    rows, more = capped(
        [
            (name, printed_number(len(groups[name])), *(_split(electors.scope, v) for v in ends))
            for name, *ends in zip(first, first.values(), last.values(), strict=True)
        ]
    )
    ends = ("first", 1), ("last", len(electors.scope.edition.transcript.rounds))
    yield Fact(
        f"{electors.section}-groups",
        f"How did groups of {electors.are} vote?",
        "Formal ballots of those listed as of the group: by first preference, and by whom they "
        "lie with in the last round. Someone may be of several groups.",
        f"In the last round, {'; '.join(told[:MOST_NAMES])}.",
        Coverage(members, len(electors.edition.ballots), f"{electors.are}, who are of a group"),
        " UNION ALL ".join(_group_query(electors, *end) for end in ends),
        electors.section,
        _by_group("first", first) | _by_group("last", last),
        header=("Group", capital(electors.are), "First preferences", "In the last round"),
        rows=rows,
        more=more,
    )


def _by_group(end: str, votes: Mapping[str, Counter[str]]) -> dict[str, str]:
    return {
        f"{group}.{end}.{name}": str(votes[group][name])
        for group in votes
        for name in sorted(votes[group])
    }


def _group_query(electors: Electors, end: str, round_: int) -> str:
    groups = "JOIN groups AS g ON (g.section, g.elector) = (b.section, b.elector)"
    joined = electors.of.replace("WHERE", f"{groups} WHERE", 1)
    return _numbers(f"SELECT g.\"group\" || '.{end}.' || {electors.holder(round_)} AS key {joined}")


def _numbers(keys: str) -> str:
    """A query of how often each key stands in the rows of another."""
    return f"SELECT key, count(*) AS value FROM ({keys}) GROUP BY key"


def _split(scope: Scope, votes: Counter[str]) -> str:
    ordered = sorted(votes, key=lambda name: (-votes[name], name))
    return listed([f"{scope.called(name)} {printed_number(votes[name])}" for name in ordered])
