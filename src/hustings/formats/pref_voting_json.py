"""Rankings as pref_voting writes a profile in JSON: for each, a rank by candidate and a number.

`{"candidates": [0, 1], "cmap": {"0": "Ann", "1": "Bob"}, "rankings": [{"ranking": {"0": 1},
"count": 5}]}` (https://github.com/voting-tools/pref_voting, pref_voting/io). Candidates may share
a rank, and whoever has none is unranked; that ranks are left out between two means nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hustings.ballots.paper import Marks, Paper
from hustings.election.spec import Contest
from hustings.formats.ballot_file import MOST_PAPERS, BallotFile, Mistakes, no_number_of_papers
from hustings.formats.ballot_names import Places, numbered
from hustings.units import Candidate, Papers, Section

Json = Mapping[str, Any]
EXPECTED = 'expected {"ranking": {candidate: rank}, "count": papers}'


def is_profile(value: object) -> bool:
    """Whether this could be such a file."""
    if not isinstance(value, dict):
        return False
    return isinstance(value.get("rankings"), list) and isinstance(value.get("candidates"), list)


def read(value: Json, file: str, contest: Contest | None, section: Section | None) -> BallotFile:
    """Every ranking of the file as papers; all that is wrong is in the file's problems."""
    mistakes = Mistakes(file)
    called = value.get("cmap")
    names = called if isinstance(called, dict) else {}
    listed = [str(one) for one in value["candidates"]]
    if len(set(listed)) < len(listed):
        mistakes.add("a candidate is listed twice", field="candidates")
    place, amiss = Places(contest, section).default()
    if amiss:
        mistakes.add(amiss)
    shown = [(0, " ".join(str(names.get(one, one)).split())) for one in listed]
    candidates, by_number = numbered(shown, contest, mistakes)
    known = {one: by_number[at] for at, one in enumerate(listed, 1) if at in by_number}
    papers = tuple(
        Paper(place, marks, number, file=file)
        for number, marks in _rankings(value["rankings"], {*listed}, known, mistakes)
    )
    if not papers and not mistakes.all():
        mistakes.add("there is no ranking in this file", field="rankings")
    return BallotFile(candidates, papers, mistakes.all())


def _rankings(
    listed: Sequence[object],
    candidates: set[str],
    known: Mapping[str, Candidate],
    mistakes: Mistakes,
) -> Iterator[tuple[Papers, Marks]]:
    """The number of papers and the marks of each ranking that is right."""
    for at, one in enumerate(listed):
        field = f"rankings[{at}]"
        found = _parts(one)
        if found is None:
            mistakes.add(EXPECTED, field=field)
            continue
        ranking, count = found
        if not 1 <= count <= MOST_PAPERS:
            mistakes.add(no_number_of_papers(str(count)), field=field)
        elif strangers := ranking.keys() - candidates:
            mistakes.add(f"{min(strangers)!r} is no candidate of this file", field=field)
        elif ranking.keys() <= known.keys():
            yield Papers(count), _marks(ranking, known)


def _parts(one: object) -> tuple[Mapping[str, int], int] | None:
    """The ranks by candidate and the number of papers; None where they are no such thing."""
    if not isinstance(one, dict):
        return None
    ranking, count = one.get("ranking"), one.get("count")
    if not isinstance(ranking, dict) or not all(map(_is_whole, ranking.values())):
        return None
    return (ranking, count) if isinstance(count, int) and _is_whole(count) else None


def _marks(ranking: Mapping[str, int], known: Mapping[str, Candidate]) -> Marks:
    by_rank: dict[int, list[Candidate]] = {}
    for one, rank in ranking.items():
        by_rank.setdefault(rank, []).append(known[one])
    return tuple(tuple(by_rank[rank]) for rank in sorted(by_rank))


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
