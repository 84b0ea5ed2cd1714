"""Whether it is published how many papers bear each ranking."""

from collections.abc import Iterable, Mapping, Sequence
from math import comb, perm

from hustings.ballots.profile import Ranking
from hustings.election.publication import Rankings
from hustings.results.disclosure.releases import Secrecy
from hustings.results.disclosure.votes import came_and_went
from hustings.units import Papers

PAPERS_PER_RANKING = 10


def possible_rankings(candidates: int, ranks: int = 0, *, may_share: bool = False) -> int:
    """How many rankings of so many candidates there are, incomplete ones too.

    `ranks` is the most that a rule book lets a voter rank, 0 for all; where they `may_share` a
    rank, more rankings are possible.

    >>> possible_rankings(5), possible_rankings(5, 2), possible_rankings(2, may_share=True)
    (325, 25, 5)
    """
    longest = min(candidates, ranks or candidates)
    counted = _with_shared_ranks if may_share else perm
    return sum(counted(candidates, length) for length in range(1, longest + 1))


def _with_shared_ranks(candidates: int, ranks: int) -> int:
    """How many rankings fill just so many ranks: each candidate in one or in none, none empty."""
    return sum(
        (-1) ** empty * comb(ranks, empty) * (ranks + 1 - empty) ** candidates
        for empty in range(ranks + 1)
    )


def rankings_withheld(
    setting: Rankings,
    secrecy: Secrecy,
    possible: int,
    now: Mapping[Ranking, Papers],
    before: Sequence[Mapping[Ranking, Papers]] = (),
) -> str:
    """Why the rankings of a section are not published, in words; empty where they are.

    `before` has the rankings that earlier releases published: the papers that were added
    since then, or taken away, would be published by subtraction.
    """
    if setting is Rankings.WITHHELD:
        return f"Rankings are {setting.meaning}."
    if setting is Rankings.PUBLISHED or secrecy is not Secrecy.SECRET:
        return ""
    if not _far_fewer(possible, sum(now.values())):
        return (
            "Rankings are not published: more of them are possible than a tenth of the "
            "papers, so that a ranking could point to a person."
        )
    for earlier in before:
        for part in came_and_went(earlier, now):
            if part and not _far_fewer(possible, sum(part.values())):
                return (
                    "Rankings are not published: beside those of an earlier release they would "
                    "show how a few papers were ranked."
                )
    return ""


def rankings_noted(setting: Rankings, secrecy: Secrecy, possible: int, papers: Papers) -> str:
    """What the log says where rankings are published all the same; empty if nothing need be."""
    if setting is Rankings.WITHHELD or _far_fewer(possible, papers):
        return ""
    if secrecy is not Secrecy.SECRET:
        return f"Rankings are published: {secrecy.meaning}."
    if setting is Rankings.PUBLISHED:
        return f"Rankings are {setting.meaning}, although the check would withhold them."
    return ""


def rows_with_rankings(
    rows: Mapping[str, Papers],
    section: Papers,
    possible: int,
    of_section: bool,
    changed: Iterable[str] = (),
) -> tuple[frozenset[str], tuple[str, ...]]:
    """Which rows of units show their rankings, and for the log which do not.

    `rows` gives each row's formal papers, `section` the section's, and `of_section` whether
    the section's rankings are published: then the rows left out must be enough together.
    `changed` are the rows whose figures an earlier release showed otherwise.
    """
    out = set(changed) | {id_ for id_ in rows if not _far_fewer(possible, rows[id_])}
    shown = sorted((id_ for id_ in rows if id_ not in out), key=lambda id_: (-rows[id_], id_))
    rest = section - sum(rows[id_] for id_ in shown)
    while of_section and rest and shown and not _far_fewer(possible, rest):
        rest += rows[shown.pop()]
    log = (f"{id_}: first preferences only, no rankings." for id_ in rows if id_ not in shown)
    return frozenset(shown), tuple(log)


def _far_fewer(possible: int, papers: int) -> bool:
    return possible * PAPERS_PER_RANKING <= papers
