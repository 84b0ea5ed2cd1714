"""Elections of the literature on pairs, and whom each method puts first by what was published.

The figures are those of the papers and pages named, as the tests of Condorcet PHP assert them too
(https://github.com/julien-boudry/Condorcet, tests/src/Algo/Methods, commit 024b8d6). Its
order of ranked pairs is given where no two wins are of one strength; there the orders may differ.
"""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

import pytest

from hustings.ballots.profile import Profile
from hustings.ballots.shared import shared
from hustings.counting.borda import Borda, borda
from hustings.counting.pairwise import (
    Pairwise,
    Strength,
    compare,
    copeland,
    minimax,
    ranked_pairs,
    schulze,
    schwartz_set,
    smith_set,
)
from hustings.results.pairwise_report import methods
from hustings.shell.library import contest
from hustings.units import Candidate, Papers

pytestmark = pytest.mark.agreement

MARGINS, WINNING = Strength.MARGINS, Strength.WINNING_VOTES
BODY = "everyone"


def profile_of(text: str) -> Profile:
    """Votes such as `a>b=c*42`, one body."""
    rankings: Counter[tuple[Candidate, ...]] = Counter()
    for line in text.split():
        said, _, number = line.partition("*")
        ranks = [[Candidate(name) for name in rank.split("=")] for rank in said.split(">")]
        ranking = tuple(shared(rank) if len(rank) > 1 else rank[0] for rank in ranks)
        rankings[ranking] += int(number or 1)
    return Profile({BODY: {ranking: Papers(number) for ranking, number in rankings.items()}})


def pairs_of(text: str) -> Pairwise:
    made = contest("Chair", sorted({sign for sign in text if sign.isalpha()}), rules="omov-av")
    return compare(profile_of(text), made.standing, made.college)


# Markus Schulze, "A new monotonic, clone-independent, reversal symmetric, and
# Condorcet-consistent single-winner election method", examples 1 to 9 and 11 to 13: winning votes.
SCHULZE = [
    ("a>c>d*8 b>a>d*2 c>d>b*4 d>b>a*4 d>c>b*3", "d"),
    ("a>c>d*3 b>a>c*9 c>d>a*8 d>a>b*5 d>b>c*5", "c"),
    ("a>c>b>e*5 a>d>e>c*5 b>e>d>a*8 c>a>b>e*3 c>a>e>b*7 c>b>a>d*2 d>c>e>b*7 e>b>a>d*8", "e"),
    ("a>b>c*3 c>b>d*2 d>a>b*2 d>b>c*2", "bd"),
    ("a>b>c*12 a>d>b*6 b>c>d*9 c>d>a*15 d>b>a*21", "d"),
    ("a>c>d*8 b>c>d*2 b>d>a*3 c>b>d*5 c>d>b d>a>b*3 d>b>a", "ac"),
    (
        "a>d>e>b>c*3 b>f>e>c>d*3 c>a>b>f>d*4 d>b>c>e>f d>e>f>a>b*4 e>c>b>d>f*2 f>a>c>d>b*2",
        "a",
    ),
    (
        "a>d>e>b>c*3 b>f>e>c>d*3 c>a>b>f>d*4 d>b>c>e>f d>e>f>a>b*4 e>c>b>d>f*2 f>a>c>d>b*2 "
        "a>e>f>c>b*2",
        "d",
    ),
    ("a>b>d*3 a>d>b*5 a>d>c b>a>d*2 b>d>c*2 c>a>b*4 c>b>a*6 d>b>c*2 d>c>a*5", "a"),
    (
        "a>b>d>e*3 a>d>e>b*5 a>d>e>c b>a>d>e*2 b>d>e>c*2 c>a>b>d*4 c>b>a>d*6 d>b>e>c*2 d>e>c>a*5",
        "b",
    ),
    ("a>c>d*5 b>c>d*2 b>d>a*4 c>d>a*2", "a"),
    ("a>e>c>d*5 b>c>d>a*2 b>d>a>e*4 c>d>a>b*2", "b"),
    ("a>d>b>e*9 b>c>a>d*6 b>c>d>e*5 c>d>b>e*2 d>e>c>b*6 e>a>c>b*14 e>c>a>b*2 e>d>a>c", "b"),
    ("a>d>b>e*9 b>a>c>e c>b>a>d*6 c>d>b>e*2 c>d>e>a*5 d>e>c>a*6 e>b>a>c*14 e>b>c>a*2", "e"),
    ("a>b>c*2 b>c>a*2 c>a>b", "ab"),
]


@pytest.mark.parametrize(("text", "first"), SCHULZE)
def test_schulzes_examples(text: str, first: str) -> None:
    """Whom the paper's strongest paths put first, and those who stay level."""
    assert schulze(pairs_of(text), WINNING) == tuple(first)


def test_shared_ranks_tell_margins_from_winning_votes() -> None:
    """Schulze's example 10: a by margins, d by winning votes."""
    pairs = pairs_of(
        "a>b>c>d*6 a=b*8 a=c*8 a=c>d*18 a=c=d*8 b*40 c>b>d*4 c>d>a*9 c=d*8 d>a>b*14 d>b>c*11 "
        "d>c>a*4"
    )
    assert pairs.votes["a", "b"] == 67 and pairs.votes["b", "a"] == 55
    assert (schulze(pairs, MARGINS), schulze(pairs, WINNING)) == (("a",), ("d",))


# Rob LeGrand's example (https://www.cs.wustl.edu/~legrand/rbvote/desc.html), 921 voters: four
# methods, four answers.
LEGRAND = (
    "a>c>e>d>b*98 b>a>e>c>d*64 b>a>e>d>c*12 b>e>a>c>d*98 b>e>a>d>c*13 b>e>d>a>c*125 c>a>e>d>b*124 "
    "c>e>a>d>b*76 d>a>b>e>c*21 d>b>a>e>c*30 d>b>e>c>a*98 d>c>a>b>e*139 d>c>b>a>e*23"
)


def test_four_methods_give_four_answers() -> None:
    pairs = pairs_of(LEGRAND)
    assert pairs.winner is None
    assert ranked_pairs(pairs, WINNING) == ranked_pairs(pairs, MARGINS) == ("b",)
    assert schulze(pairs, WINNING) == ("a",)
    assert minimax(pairs, WINNING) == ("c",)
    assert copeland(pairs) == ("a", "b")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        # Tideman 1987, example 5.
        ("v>w>x>y>z*7 z>y>v>w>x*3 y>z>w>x>v*6 w>x>v>z>y*3 z>x>v>w>y*5 y>x>v>w>z*3", "v"),
        ("a>c>b>e*5 a>d>e>c*5 b>e>d>a*8 c>a>b>e*3 c>a>e>b*7 c>b>a>d*2 d>c>e>b*7 e>b>a>d*8", "a"),
        ("a>b>c*7 b>a>c*5 c>a>b*4 b>c>a*2", "a"),
        ("a>b>c*40 b>c>a*35 c>a>b*25", "a"),
        ("a>b>c*7 b>a>c*7 c>a>b*2 c>b>a*2", "ab"),
    ],
)
def test_ranked_pairs(text: str, first: str) -> None:
    pairs = pairs_of(text)
    assert ranked_pairs(pairs, WINNING) == ranked_pairs(pairs, MARGINS) == tuple(first)


def test_eight_candidates_whose_wins_are_often_of_one_strength() -> None:
    """Every order of those is tried: 25 voters, and b is on top by all."""
    text = """
        aebhgfdc bfehcagd gfbcdeha habfecdg bhaegfdc edhcbafg cafbedhg ghdcefba fehabcgd dbfcgeah
        hgaebcfd edgfabhc cdgaehbf hcbgadfe cbgadhfe bdfhgeac bcefghda cghfdeab eahcfdgb cdghbaef
        bdacgfeh cabgedhf eghadcfb fgbhecda ahdcfebg"""
    pairs = pairs_of(" ".join(">".join(ranking) for ranking in text.split()))
    assert ranked_pairs(pairs, WINNING) == ("b",)


@pytest.mark.parametrize(
    ("text", "margins", "winning"),
    [
        # https://en.wikipedia.org/wiki/Minimax_Condorcet_method, where somebody beats everybody.
        ("a=c>b*4 a>c>b*47 c>b>a*43 b>a=c*6", "a", "a"),
        # https://rangevoting.org/WinningVotes.html: by margins another than by winning votes.
        ("b>c>a*9 c=a>b*6 a>b>c*5", "b", "a"),
        # https://en.wikipedia.org/wiki/Condorcet_loser_criterion: whom everybody beats.
        ("a>b>c a>b>l b>c>a*3 c>l>a l>a>b l>c>a*2", "l", "l"),
    ],
)
def test_minimax(text: str, margins: str, winning: str) -> None:
    pairs = pairs_of(text)
    assert minimax(pairs, MARGINS) == tuple(margins)
    assert minimax(pairs, WINNING) == tuple(winning)


def test_copeland() -> None:
    """https://en.wikipedia.org/wiki/Copeland%27s_method, the example without a winner of pairs."""
    pairs = pairs_of("a>e>c>d*31 b>a>e*30 c>d>b*29 d>a>e*10")
    assert pairs.winner is None and copeland(pairs) == ("a",)


@pytest.mark.parametrize(
    ("text", "smith", "schwartz"),
    [
        # https://en.wikipedia.org/wiki/Smith_set.
        ("d>a>b>c*40 b>c>a>d*35 c>a>b>d*25", "abc", "abc"),
        ("a>b>c>d*10 d>c>b>a*10", "abcd", "abcd"),
        ("a=b=c*10", "abc", "abc"),
        # a beats b, and c is level with both: nobody beats a or c.
        ("a>b*2 c*2", "abc", "ac"),
    ],
)
def test_the_smith_set_and_the_schwartz_set(text: str, smith: str, schwartz: str) -> None:
    pairs = pairs_of(text)
    assert smith_set(pairs) == tuple(smith)
    assert schwartz_set(pairs) == tuple(schwartz)


# --- Borda counts ---------------------------------------------------------------------

TENNESSEE = "m>n>c>k*42 n>c>k>m*26 c>k>n>m*15 k>c>n>m*17"


def points(text: str, variant: Borda) -> Mapping[str, Fraction]:
    made = contest("Chair", sorted({sign for sign in text if sign.isalpha()}), rules="omov-av")
    return borda(profile_of(text), made.standing, made.college, variant)


@pytest.mark.parametrize(
    ("text", "variant", "expected"),
    [
        # https://en.wikipedia.org/wiki/Borda_count.
        (TENNESSEE, Borda.CLASSIC, {"m": 126, "n": 194, "c": 173, "k": 107}),
        (TENNESSEE, Borda.AVERAGED, {"m": 126, "n": 194, "c": 173, "k": 107}),
        (TENNESSEE, Borda.MODIFIED, {"m": 226, "n": 294, "c": 273, "k": 207}),
        # As the tests of votelib have it (tests/test_borda.py, commit 18523cc).
        (
            TENNESSEE,
            Borda.DOWDALL,
            {"m": "113/2", "n": "173/3", "c": "101/2", "k": "131/3"},
        ),
        # Those who share a rank have the mean of its places; so have the unranked, averaged.
        ("a=b>c>d*2", Borda.CLASSIC, {"a": 5, "b": 5, "c": 2, "d": 0}),
        ("a=b>c>d*2", Borda.DOWDALL, {"a": "3/2", "b": "3/2", "c": "2/3", "d": "1/2"}),
        ("a>b=c=d a", Borda.AVERAGED, {"a": 6, "b": 2, "c": 2, "d": 2}),
        ("a>b=c=d a", Borda.MODIFIED, {"a": 5, "b": 2, "c": 2, "d": 2}),
    ],
)
def test_borda(text: str, variant: Borda, expected: Mapping[str, int | str]) -> None:
    assert points(text, variant) == {name: Fraction(n) for name, n in expected.items()}


def test_the_report_has_every_method() -> None:
    named = {(method, strength) for method, strength, _ in methods(pairs_of(LEGRAND))}
    assert len(named) == 3 + 3 * len(Strength)
