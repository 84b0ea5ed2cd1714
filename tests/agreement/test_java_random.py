"""The numbers of `java.util.Random`, beside what others have published of them.

The doubles of the seeds 0, 1 and 42 are the first that `new Random(seed).nextDouble()` gives, as
many pages print them; two words that a seed spells are a known puzzle
(https://stackoverflow.com/q/15182496); the hashes follow from `String.hashCode` in the Java API.
"""

from fractions import Fraction

import pytest

from hustings.counting import lots
from hustings.counting.ties import TieRules, by_rctab_draw
from hustings.election.rulebook import TiePolicy
from hustings.election.spec import Decisions
from hustings.units import Candidate

FINE = 10**9

pytestmark = pytest.mark.agreement


@pytest.mark.parametrize(
    ("seed", "doubles"),
    [
        (42, (0.7275636800328681, 0.6832234717598454)),
        (0, (0.730967787376657, 0.24053641567148587)),
        (1, (0.7308781907032909, 0.41008081149220166)),
    ],
)
def test_the_first_doubles(seed: int, doubles: tuple[float, ...]) -> None:
    """To nine places each."""
    found = [lots.place_drawn(seed, before, FINE) for before in range(len(doubles))]
    assert found == [int(Fraction(one) * FINE) for one in doubles]


@pytest.mark.parametrize(("seed", "word"), [(-229985452, "hello"), (-147909649, "world")])
def test_a_seed_that_spells_a_word(seed: int, word: str) -> None:
    """Letters by `nextInt(27)`, 0 is the end: every draw of whole numbers is as Java's."""
    states = lots._states(seed)
    places = [lots._below(27, states) for _ in range(len(word) + 1)]
    assert "".join(chr(ord("`") + place) for place in places[:-1]) == word
    assert places[-1] == 0


@pytest.mark.parametrize(
    ("text", "code"), [("", 0), ("a", 97), ("hello", 99_162_322), ("Hello", 69_609_650)]
)
def test_the_hash_of_a_text(text: str, code: int) -> None:
    """Its upper half is mixed into the lower, as a table of buckets has it."""
    assert lots._spread(text) == code ^ code >> 16


def test_a_text_is_hashed_by_its_units_of_utf_16() -> None:
    """A letter beyond the first plane is two: 31 times the first and the second."""
    code = 31 * 0xD83D + 0xDE00
    assert lots._spread("\U0001f600") == code ^ code >> 16


def test_texts_are_in_order_by_their_units_of_utf_16() -> None:
    """So capitals come first, and what is beyond the first plane before the end of it."""
    assert lots.in_order(["b", "\uff5e", "a", "\U0001f600", "B"]) == [
        "B",
        "a",
        "b",
        "\U0001f600",
        "\uff5e",
    ]


def test_ends_of_a_permutation() -> None:
    """Of nobody and of one there is nothing to draw."""
    assert lots.shuffled(7, []) == []
    assert lots.shuffled(7, ["Ann"]) == ["Ann"]


@pytest.mark.parametrize("seed", [lots.LEAST_SEED, -1, lots.MOST_SEED])
def test_whatever_the_seed_everybody_is_drawn_once(seed: int) -> None:
    """A permutation is one, and a place is among those asked for."""
    names = [f"Candidate {number}" for number in range(40)]
    assert sorted(lots.shuffled(seed, names)) == sorted(names)
    assert {lots.place_drawn(seed, before, 3) for before in range(60)} == {0, 1, 2}


def test_more_names_have_more_buckets() -> None:
    """Up to 11 names 16 of them, then 32: places are by the lowest bits of the hash."""
    names = [chr(ord("a") + number) for number in range(20)]
    assert lots.as_hashed(names[15:20]) == ["p", "q", "r", "s", "t"]
    few = ["p", "a", "q"]
    assert lots.as_hashed(few) == ["p", "a", "q"]
    assert lots.as_hashed(names)[:3] == ["a", "b", "c"]


@pytest.mark.parametrize("among", [2, 3, 7, 1000, 2**31 - 1])
def test_a_product_is_rounded_as_doubles_are(among: int) -> None:
    """In whole numbers: as the machine's own doubles have it, ties and the largest among them."""
    drawn = [1, 3, 2**52 + 1, *((1 << 53) - 1 - less for less in range(200))]
    assert [lots._rounded(one * among) for one in drawn] == [
        int(float(one) * float(among)) for one in drawn
    ]


def drawn_of_one_name(seed: int, *policies: TiePolicy) -> tuple[Candidate, str]:
    """Who goes of two named Ann and one named Al, and what is told of the draw."""
    al, ann, other = map(Candidate, ("al", "ann-1", "ann-2"))
    rules = TieRules(
        "mayor",
        (*policies, TiePolicy.RCTAB_DRAW),
        Decisions(seed=str(seed)),
        names={al: "Al", ann: "Ann", other: "Ann"},
    )
    step = by_rctab_draw({al, ann, other}, [{}], rules)
    assert step is not None
    (first,) = step.left
    return first, step.decided_by


@pytest.mark.parametrize("policies", [(), (TiePolicy.LATEST_NARROWING,)])
def test_two_of_one_name_are_both_drawn_from(policies: tuple[TiePolicy, ...]) -> None:
    """By their ids, which are told with the name: neither is left out of the draw."""
    found = [drawn_of_one_name(seed, *policies) for seed in range(0, 10**6, 10**4)]
    assert {first for first, _ in found} == {"al", "ann-1", "ann-2"}
    order = ["Al", "Ann (ann-1)", "Ann (ann-2)"]
    told = ", ".join([*order[1:], order[0]] if policies else order)
    assert all(said.endswith(f" of {told}") for _, said in found)


def test_the_place_that_is_drawn_of_two_of_one_name() -> None:
    """The first number of the seed 1 is 0.7308, which picks the third of three."""
    assert drawn_of_one_name(1) == (
        "ann-2",
        "seed 1, draw 1: Ann (ann-2) of Al, Ann (ann-1), Ann (ann-2)",
    )
