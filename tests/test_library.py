"""The library as a caller uses it: a contest in a line, a count, and questions to it."""

from dataclasses import replace

import pytest

import hustings as h
from hustings.shell import acts


def test_a_count_says_who_won_and_with_what() -> None:
    count = h.count(h.example("labour-2010"))
    assert repr(count) == "Count(winner='Ed Miliband', 50.65% of the college in round 4 of 4)"
    assert isinstance(count, h.Transcript)


def test_a_count_that_did_not_happen_says_so() -> None:
    other = h.count(h.example("labour-2010")).what_if(withdrawn=["Ed Balls"])
    assert repr(other).startswith("Count(hypothesis='Ed Balls withdrawn', winner='Ed Miliband'")
    assert "NOT A RESULT" in other.to_text() and "NOT A RESULT" in other.to_html()


@pytest.mark.parametrize("name", ["labour-2010", "labour-1983", "australia-2013"])
def test_to_ask_for_an_elections_own_rules_changes_nothing(name: str) -> None:
    loaded = h.load(h.example(name))
    own = loaded.election.contest().rules.name
    assert h.count(acts.with_rules(loaded, "", own, ())) == h.count(loaded)


def test_a_candidate_who_was_not_in_the_round_before_is_refused() -> None:
    text = ["round,candidate,section,votes\n", "1,a,everyone,3\n", "1,b,everyone,2\n"]
    text += ["2,a,everyone,3\n", "2,c,everyone,2\n"]
    chair = h.contest("Chair", ["a", "b", "c"])
    published = acts.published_csv.read(text, "p.csv", chair)
    with pytest.raises(h.InputError, match=r"p\.csv:5: .* c has votes, though not in the round"):
        acts.rebuild(published, acts.EVERYONE, chair.rules)


def test_two_displays_of_one_count_share_no_id() -> None:
    count = h.count(h.contest("Chair", ["ann", "bob"]), [["ann"]])
    once, again = (set(_ids(count._repr_html_())) for _ in range(2))
    assert once and not once & again


def test_a_ballot_is_followed_no_further_than_its_preferences_count() -> None:
    chair = h.contest("Chair", ["a", "b", "c", "d"], rules="supplementary-vote")
    ballots = {("a", "b", "c"): 1, ("b", "a"): 2, ("c", "b"): 5, ("d", "b"): 5, ("d", "c"): 1}
    count = h.count(chair, ballots)
    assert [step.candidate for step in count.follow("a > b > c")] == ["a", None]


def test_sections_known_by_percentages_are_not_added_up_by_papers() -> None:
    with pytest.raises(h.InputError, match="only percentages are known"):
        h.count(h.example("labour-1994")).what_if(rules="omov-av")


def test_a_round_in_which_many_go_is_rebuilt_from_fine_percentages() -> None:
    """Six go at once, and three decimals stand for hundreds of thousands of papers."""
    shares = {"a": "41.003", "b": "30.001", **dict.fromkeys("cdefgh", "4.833")}
    text = ["round,candidate,section,share\n"]
    text += [f"1,{name},everyone,{share}\n" for name, share in shares.items()]
    text += ["2,a,everyone,52.002\n", "2,b,everyone,47.999\n"]
    chair = h.contest("Chair", list(shares))
    published = acts.published_csv.read(text, "p.csv", chair)
    papers = acts.rebuild(published, acts.EVERYONE, chair.rules)
    assert {paper.marks[0][0] for paper in papers} == set(shares)


def test_totals_that_need_more_preferences_than_count_are_refused() -> None:
    text = ["round,candidate,section,votes\n", "1,a,everyone,3\n", "1,b,everyone,2\n"]
    text += ["1,c,everyone,1\n", "2,a,everyone,3\n", "2,b,everyone,3\n"]
    chair = h.contest("Chair", ["a", "b", "c"])
    published = acts.published_csv.read(text, "p.csv", chair)
    assert acts.rebuild(published, acts.EVERYONE, chair.rules)
    one_preference = replace(chair.rules, ranks=1)
    with pytest.raises(h.InputError, match="more than the 1 preferences that count"):
        acts.rebuild(published, acts.EVERYONE, one_preference)


@pytest.mark.parametrize(
    ("ballots", "told"),
    [
        ({("ann",): -1}, "-1 is not a whole number of papers"),
        ({("ann",): 1.5}, "1.5 is not a whole number of papers"),
        (["ann"], "'ann' is a text; a ranking is a list"),
        ([["dan"]], "'dan' is no candidate"),
        ({"members": [["ann"]]}, "'members' is not a section"),
        ([], "there is no formal paper"),
    ],
)
def test_ballots_that_are_none_are_refused(ballots: object, told: str) -> None:
    with pytest.raises(h.InputError, match=told):
        h.count(h.contest("Chair", ["ann", "bob"]), ballots)  # type: ignore[arg-type]


def test_a_lot_settles_a_tie() -> None:
    level = [["ann"], ["bob"]]
    with pytest.raises(h.UnbrokenTie, match="ann, bob are tied"):
        h.count(h.contest("Chair", ["ann", "bob"]), level)
    assert h.count(h.contest("Chair", ["ann", "bob"], lot=["bob", "ann"]), level).winner == "ann"


def _ids(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split(' id="')[1:]]
