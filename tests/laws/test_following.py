"""A paper that is followed, and all papers together: they make up the votes of every stage."""

from collections import Counter
from fractions import Fraction

import pytest
from agreement.seats_elections import Rankings, counted, drawn

from hustings.counting.seats import following
from hustings.counting.seats.stages import Act, StageTranscript
from hustings.election.rulebook import Method
from hustings.election.seat_rules import Credit
from hustings.errors import RuleError
from hustings.shell import acts

pytestmark = pytest.mark.law

BOOKS = [name for name in acts.rule_book_names() if acts.rule_book(name).seats is not None]
Parts = list[tuple[Counter[str], Counter[str]]]


@pytest.mark.parametrize("book", BOOKS)
def test_the_papers_followed_make_up_the_votes(book: str) -> None:
    """Where each lies, and what it leaves for good, add up to the candidates' votes.

    Of the elected they may make up more, by the digits that were dropped and by what is not
    transferable, of which no paper has more than another; where votes are credited whole, of
    everyone by less than one for each parcel.
    """
    followed, rules = 0, acts.rule_book(book)
    assert rules.seats is not None
    whole = rules.seats.credit is Credit.WHOLE_VOTES
    for rankings, seats, lot in drawn(31, 40):
        try:
            found = counted(rules, rankings, seats, lot)
        except RuleError:
            # One seat after another, and no paper is left for the last.
            continue
        received = Counter[str]()
        for stage, (lying, kept) in zip(found.stages, parts(found, rankings), strict=True):
            received.update(parcel.to for parcel in stage.parcels if parcel.to)
            for name, votes in stage.votes.items():
                over = lying[name] + kept[name] - votes
                rest = stage.lost + stage.non_transferable if kept[name] else 0
                room = received[name] if whole else rest
                assert 0 <= over <= room, (rankings, seats, lot, name)
        followed += 1
    assert followed > 35


def parts(found: StageTranscript, rankings: Rankings) -> Parts:
    """For each stage what lies with each candidate, and what stays with them for good."""
    sums: Parts = [(Counter(), Counter()) for _ in found.stages]
    for ranking, papers in rankings.items():
        for step in following.follow(found, ranking):
            lying, kept = sums[step.stage - 1]
            assert step.value is not None
            if step.candidate:
                lying[step.candidate] += papers * step.value
            for name, part in step.kept.items():
                kept[name] += papers * part
    return sums


@pytest.mark.parametrize("book", ["scotland-stv-2007", "northern-ireland-1985", "ers97"])
def test_a_parcel_has_the_papers_that_are_followed_in_it(book: str) -> None:
    """So many papers move from one to another in a stage as are followed there."""
    for rankings, seats, lot in drawn(32, 25):
        found = counted(acts.rule_book(book), rankings, seats, lot)
        for number, stage in enumerate(found.stages[1:], 2):
            told = Counter[tuple[str, str]]()
            for parcel in stage.parcels:
                if parcel.to:
                    told[parcel.source, parcel.to] += parcel.papers
            assert moved(found, rankings, number) == told, (rankings, seats, lot)


def moved(found: StageTranscript, rankings: Rankings, number: int) -> Counter[tuple[str, str]]:
    papers = Counter[tuple[str, str]]()
    for ranking, bear in rankings.items():
        steps = following.follow(found, ranking)
        before, after = steps[number - 2].candidate, steps[number - 1].candidate
        if before and after and before != after:
            papers[before, after] += bear
    return papers


@pytest.mark.parametrize("book", BOOKS)
def test_why_is_told_of_everyone(book: str) -> None:
    """Of whoever is elected that they are, and of the others that they are not."""
    rankings = {("ann", "bob"): 60, ("bob", "cat"): 20, ("cat",): 21, ("dan",): 2}
    found = counted(acts.rule_book(book), rankings, 2, ["dan", "cat", "bob", "ann"])
    for name in ("ann", "bob", "cat", "dan"):
        told = "\n".join(following.why(found, name))
        assert told.startswith("Stage 1: ")
        if name in found.elected:
            assert f"{name} is elected with" in told and "not elected" not in told
        else:
            assert f"{name} is not elected" in told


def test_of_papers_of_one_value_only_those_received_last_move() -> None:
    """By the rules of 1997: Ann's own papers stay, Cat's, which brought the surplus, pass on."""
    rankings = {("ann", "bob"): 25, ("cat", "ann", "bob"): 15, ("bob",): 26, ("dan",): 24}
    found = counted(acts.rule_book("ers97"), rankings, 2, ["dan", "cat", "bob", "ann"])
    own = following.follow(found, ("ann", "bob"))
    assert [step.candidate for step in own] == ["ann"] * len(found.stages)
    passed = following.follow(found, ("cat", "ann", "bob"))
    assert [step.candidate for step in passed] == ["cat", "ann", "bob"]
    assert passed[2].value == Fraction(66, 100)
    assert passed[2].kept == {"ann": Fraction(34, 100)}


def test_first_preferences_pass_on_before_others_of_their_value() -> None:
    """In Northern Ireland: Bob's own papers in one stage, those he got from Ann in the next."""
    rankings = {
        ("ann", "bob", "cat"): 4,
        ("bob", "cat"): 6,
        ("cat",): 10,
        ("dan",): 15,
        ("eve",): 18,
    }
    lot = ["ann", "bob", "cat", "dan", "eve"]
    found = counted(acts.rule_book("northern-ireland-1985"), rankings, 2, lot)
    own = [step.candidate for step in following.follow(found, ("bob", "cat"))]
    received = [step.candidate for step in following.follow(found, ("ann", "bob", "cat"))]
    assert own[:4] == ["bob", "bob", "cat", "cat"]
    assert received[:4] == ["ann", "bob", "bob", "cat"]


def test_a_paper_keeps_to_the_parcel_of_its_value() -> None:
    """Two papers for Cat lie with Bob at unlike values: each passes on at its own."""
    rankings = {("ann", "bob", "cat"): 60, ("bob", "cat"): 30, ("cat",): 9, ("dan",): 21}
    found = counted(acts.rule_book("scotland-stv-2007"), rankings, 3, ["dan", "cat", "bob", "ann"])
    passed = following.follow(found, ("ann", "bob", "cat"))
    own = following.follow(found, ("bob", "cat"))
    assert passed[1].value == Fraction(48333, 100_000)
    assert (passed[2].value, own[2].value) == (Fraction(22937, 100_000), Fraction(47457, 100_000))


def test_by_meek_a_paper_is_shared_out() -> None:
    """What everyone keeps of it makes one vote, or what is over goes to nobody."""
    rankings = {("ann", "bob"): 60, ("bob", "cat"): 20, ("cat",): 21}
    found = counted(acts.rule_book("meek-prf"), rankings, 2, ["cat", "bob", "ann"])
    for step in following.follow(found, ("ann", "bob")):
        assert step.value is not None
        assert step.value + sum(step.kept.values()) == 1
    assert found.contest.rules.method is Method.MEEK
    assert Act.SURPLUS in {stage.act for stage in found.stages}
