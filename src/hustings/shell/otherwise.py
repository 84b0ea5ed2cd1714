"""The questions that readers ask of a count: each counted where what was published decides it."""

from collections.abc import Iterator
from dataclasses import replace

from hustings.ballots.profile import Profile
from hustings.counting import account, engine, what_if
from hustings.counting.figures import printed_number
from hustings.counting.seats import engine as seats_engine
from hustings.counting.transcript import Transcript
from hustings.election.rulebook import Basis, CollegeUse, Denominator, Method
from hustings.election.spec import Contest, SectionEntry
from hustings.errors import HustingsError, UnbrokenTie
from hustings.results.edition import Edition, SeatsEdition
from hustings.results.pages.what_if_page import Otherwise
from hustings.results.seats.what_if_page import OtherSeats
from hustings.shell import acts
from hustings.units import Section

# More candidates than this, and a page of one question each would answer nobody.
MOST_ABSENT = 12
# Where each is one row of a table, more can be read.
MOST_ROWS = 40
# So many rankings are counted for such a table, which takes some twenty seconds.
MOST_COUNTED, MOST_BY_MEEK = 2_000_000, 200_000
# Each seat is a count of its own by the first, and turns over the keep values longer by the other.
BY_SEAT = (Method.SEQUENTIAL, Method.MEEK)


def questions(edition: Edition) -> Iterator[Otherwise]:
    """Each question with its count, or with the reason why nobody can know.

    Asked are the ballots as they were counted: how a spoiled paper was marked is nobody's to
    know. There are no questions of an exhaustive ballot, whose papers were fresh in each round.
    """
    contest, ballots = edition.transcript.contest, edition.transcript.profiles[0]
    if contest.rules.method is Method.EXHAUSTIVE:
        return
    if len(edition.sections) > 1:
        yield from _of_the_college(edition, contest, ballots)
    first = what_if.under(contest, acts.rule_book("first-past-the-post"))
    told = "the most first preferences had been enough, one paper one vote"
    yield _answer(edition, "first-past-the-post", told, first, ballots)
    standing = [entry for entry in contest.candidates if not entry.withdrawn]
    if 2 < len(standing) <= MOST_ABSENT:
        for entry in standing:
            without = contest.without(frozenset((entry.id,)))
            told = f"{entry.name} had not stood"
            yield _answer(edition, f"without-{entry.id}", told, without, ballots)
    if any(part.account.spoiled for part in edition.sections.values()):
        yield Otherwise("spoiled", "If the spoiled papers had counted", None, _spoiled(edition))


def questions_of_seats(edition: SeatsEdition) -> Iterator[OtherSeats]:
    """Who would have been elected had somebody not stood, or with one seat more or fewer.

    Each is a count of the same papers; nobody can know where rankings are withheld.
    """
    contest = edition.stages.contest
    for told, change in (("One seat more", 1), ("One seat fewer", -1)):
        seats = contest.seats + change
        if 0 < seats < len(contest.standing):
            yield _of_seats(edition, f"{told}: {seats}", replace(contest, seats=seats))
    if _countable_without_each(edition):
        for entry in (entry for entry in contest.candidates if not entry.withdrawn):
            without = contest.without(frozenset((entry.id,)))
            yield _of_seats(edition, f"Without {entry.name}", without)


def _countable_without_each(edition: SeatsEdition) -> bool:
    """Whether enough stand that one may be missing, and few enough that each can be asked about."""
    contest, parts = edition.stages.contest, edition.stages.profile.papers.values()
    standing, rankings = len(contest.standing), sum(map(len, parts))
    most = MOST_BY_MEEK if contest.rules.method is Method.MEEK else MOST_COUNTED
    times = contest.seats if contest.rules.method in BY_SEAT else 1
    enough = contest.seats < standing - 1
    return enough and standing <= MOST_ROWS and standing * rankings * times <= most


def _of_seats(edition: SeatsEdition, title: str, contest: Contest) -> OtherSeats:
    if any(part.withheld for part in edition.sections.values()):
        return OtherSeats(title, None, "Nobody can know: the rankings are not published.")
    try:
        counted = seats_engine.count(contest, edition.stages.profile, f"the question: {title}")
    except HustingsError as error:
        return OtherSeats(title, None, _uncountable(error, withheld=False))
    return OtherSeats(title, counted)


def _of_the_college(edition: Edition, contest: Contest, ballots: Profile) -> Iterator[Otherwise]:
    """Other weights, other bases, no weights at all, and each section by itself."""
    pooled = what_if.under(contest, acts.rule_book(acts.DEFAULT_RULES))
    told = "every paper had counted alike, whatever its section"
    yield _answer(edition, "one-member-one-vote", told, pooled, ballots)
    equal = what_if.equal_weights(contest)
    if equal != {entry.id: entry.weight for entry in contest.sections}:
        told = "every section had weighed the same"
        weighed = what_if.under(contest, contest.rules, equal)
        yield _answer(edition, "equal-weights", told, weighed, ballots)
    yield _other_base(edition, contest, ballots)
    for entry in contest.sections:
        if edition.transcript.rounds[0].tally.continuing(entry.id):
            own = _of_section(ballots, entry.id)
            told = f"{entry.name} alone had decided"
            yield _answer(edition, f"only-{entry.id}", told, _alone(contest, entry), own)


def _other_base(edition: Edition, contest: Contest, ballots: Profile) -> Otherwise:
    first = contest.rules.base is Denominator.FIRST_ROUND
    base = Denominator.CONTINUING if first else Denominator.FIRST_ROUND
    told = f"each section's points had been taken of its papers {_BASES[base]}"
    rules = contest.rules.override("denominator", base, Basis("a question"))
    return _answer(edition, "other-base", told, replace(contest, rules=rules), ballots)


_BASES = {
    Denominator.CONTINUING: "still in play in each round",
    Denominator.FIRST_ROUND: "in the first round throughout",
}


def _alone(contest: Contest, entry: SectionEntry) -> Contest:
    rules = replace(contest.rules, college=CollegeUse.POOLED)
    return replace(contest, sections=(entry,), rules=rules)


def _of_section(ballots: Profile, section: Section) -> Profile:
    rebuilt = {s: how for s, how in ballots.reconstructed.items() if s == section}
    return Profile({section: ballots.papers[section]}, {}, rebuilt)


def _answer(edition: Edition, id_: str, told: str, contest: Contest, ballots: Profile) -> Otherwise:
    title = f"If {told}"
    withheld = {section for section, part in edition.sections.items() if part.withheld}
    try:
        other = engine.count(contest, [ballots], f"the question: if {told}")
    except HustingsError as error:
        return Otherwise(id_, title, None, _uncountable(error, withheld=bool(withheld)))
    unknown = what_if.first_undecided(edition.transcript, other, withheld)
    if unknown:
        return Otherwise(id_, title, None, _undecided(other, unknown))
    return Otherwise(id_, title, other)


def _uncountable(error: HustingsError, *, withheld: bool) -> str:
    """Why there is no count; whoever ties where may be told by withheld papers alone."""
    if isinstance(error, UnbrokenTie) and not withheld:
        return "The count would come to a tie that only a lot could break."
    return "Nobody can know: what was published does not decide it."


def _undecided(other: Transcript, number: int) -> str:
    """Up to where the published figures lead, and why no further."""
    why = (
        "of at least one section only totals by round were published, and none of the published "
        "rounds has just these candidates standing"
    )
    if number == 1:
        return f"Nobody can know: {why}."
    told = account.reason(other, other.rounds[number - 2])
    return f"In round {number - 1} {told} From there on nobody can know: {why}."


def _spoiled(edition: Edition) -> str:
    """How many there are; how they were marked is not published, or not known."""
    parts = [
        f"{printed_number(sum(part.account.spoiled.values()))} of {part.entry.name}"
        for part in edition.sections.values()
        if part.account.spoiled
    ]
    return (
        f"Nobody can know how they would have counted. There were {', '.join(parts)}. How few "
        "papers would have made the other one win is among the facts."
    )
