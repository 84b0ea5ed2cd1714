"""The plainest counter of a college by the alternative vote: slow, short, and alone.

It shares nothing with the package but the rules. A round is the points by section and
candidate, who goes and who is elected. Of those level, whoever the lot drew first goes.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

Piles = Mapping[str, Mapping[tuple[str, ...], int]]
Points = dict[str, dict[str, Fraction]]
Round = tuple[Points, str | None, str | None]


def count(
    piles: Piles,
    weights: Mapping[str, Fraction],
    lot: Sequence[str],
    denominator: str = "continuing",
    empty_section: str = "no_points",
    quota: str = "half_in_play",
) -> list[Round]:
    """Every round until someone is elected; whoever is in the lot is a candidate."""
    standing, rounds, opened_with, fixed = sorted(lot), [], {}, Fraction(0)
    while True:
        votes = {section: lying(pile, standing) for section, pile in piles.items()}
        in_play = {section: sum(votes[section].values()) for section in piles}
        opened_with = opened_with or in_play
        based_on = opened_with if denominator == "first_round" else in_play
        filled = sum(weights[section] for section in piles if in_play[section])
        whole = filled if empty_section == "share_out" else 1
        points: Points = {}
        for section in piles:
            worth = weights[section] / whole / (based_on[section] or 1)
            points[section] = {name: worth * votes[section][name] for name in standing}
        total = {name: sum(points[section][name] for section in piles) for name in standing}
        half = sum(total.values()) / 2
        if not rounds:
            fixed, papers = half, sum(in_play.values()) // 2 + 1
        needed = half if quota == "half_in_play" else fixed
        if quota == "droop_whole":
            needed = half * 2 * papers / sum(in_play.values())
        for name in standing:
            enough = total[name] > needed or (quota == "droop_whole" and total[name] == needed)
            if enough or len(standing) == 1:
                return [*rounds, (points, None, name)]
        out = min(standing, key=lambda name: (total[name], lot.index(name)))
        standing = [name for name in standing if name != out]
        if len(standing) == 1 and quota != "half_in_play":
            return [*rounds, (points, out, standing[0])]
        rounds.append((points, out, None))


def lying(pile: Mapping[tuple[str, ...], int], standing: Sequence[str]) -> dict[str, int]:
    """The papers that lie with each candidate standing."""
    votes = dict.fromkeys(standing, 0)
    for ranking, papers in pile.items():
        for name in [name for name in ranking if name in standing][:1]:
            votes[name] += papers
    return votes
