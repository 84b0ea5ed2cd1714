"""Ballots as the audit tool raire-rs takes them: names, and votes by the candidates' numbers.

`{"metadata": {"candidates": ["Ann", "Bob"]}, "votes": [{"n": 5, "prefs": [1, 0]}]}`
(https://github.com/DemocracyDevelopers/raire-rs); or shorter, with the names beside the votes
and each vote as a list, `[5, 1, 0]`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hustings.ballots.paper import Marks, Paper
from hustings.election.spec import Contest
from hustings.formats.ballot_file import MOST_PAPERS, BallotFile, Mistakes, no_number_of_papers
from hustings.formats.ballot_names import Places, numbered
from hustings.formats.ballots_csv import MOST_RANKS
from hustings.units import Papers, Section

Json = Mapping[str, Any]
Vote = tuple[str, int, Sequence[int]]
FROM_ONE = "the candidates are numbered from 1: no vote has a 0, and one has the last number"
# A file may say no names; it still may not promise a million candidates.
MOST_CANDIDATES = 10_000


def is_raire(value: object) -> bool:
    """Whether this could be such a file."""
    return isinstance(value, dict) and isinstance(value.get("votes"), list)


def read(value: Json, file: str, contest: Contest | None, section: Section | None) -> BallotFile:
    """Every vote of the file as papers; all that is wrong is in the file's problems."""
    mistakes = Mistakes(file)
    names = _names(value, mistakes)
    place, amiss = Places(contest, section).default()
    if amiss:
        mistakes.add(amiss)
    candidates, by_number = numbered([(0, name) for name in names], contest, mistakes)
    votes = list(_votes(value["votes"], mistakes))
    if not votes and not mistakes.all():
        mistakes.add("there is no vote in this file", field="votes")
    named = {number for _, _, prefs in votes for number in prefs}
    first = int(len(names) in named and 0 not in named)
    papers = []
    for field, papers_, prefs in votes:
        wrong = [number for number in prefs if not first <= number < len(names) + first]
        if wrong:
            span = f"numbered {first} to {len(names) - 1 + first}"
            mistakes.add(f"{wrong[0]} is no candidate: there are {len(names)}, {span}", field=field)
        elif len(by_number) == len(names):
            marks: Marks = tuple((by_number[number + 1 - first],) for number in prefs)
            papers.append(Paper(place, marks, Papers(papers_), file=file))
    title = _title(value)
    assumed = (FROM_ONE,) if first else ()
    return BallotFile(candidates, tuple(papers), mistakes.all(), title, assumed=assumed)


def _title(value: Json) -> str:
    metadata = value.get("metadata")
    for said in (value, metadata):
        if isinstance(said, dict) and isinstance(said.get("contest"), str):
            return " ".join(said["contest"].split())
    return ""


def _names(value: Json, mistakes: Mistakes) -> list[str]:
    """Who stands; where nobody is named, as many as the file says, by number."""
    metadata = value.get("metadata")
    listed = value.get("candidates")
    if listed is None and isinstance(metadata, dict):
        listed = metadata.get("candidates")
    size = value.get("num_candidates")
    if listed is None and isinstance(size, int) and 0 < size <= MOST_CANDIDATES:
        return [f"Candidate {number}" for number in range(size)]
    if not isinstance(listed, list) or not all(isinstance(name, str) for name in listed):
        mistakes.add("expected a list of names", field="metadata.candidates")
        return []
    if isinstance(size, int) and size != len(listed):
        mistakes.add(f"{size} candidates are promised and {len(listed)} named", field="candidates")
    return [" ".join(name.split()) for name in listed]


def _votes(listed: Sequence[object], mistakes: Mistakes) -> Iterator[Vote]:
    """Each vote that is right: where it stands, how many papers, and the numbers in order."""
    for at, vote in enumerate(listed):
        field = f"votes[{at}]"
        papers, prefs = _parts(vote)
        if not isinstance(papers, int) or isinstance(papers, bool) or papers < 0:
            mistakes.add("expected a number n of papers and a list prefs of numbers", field=field)
        elif not isinstance(prefs, list) or not all(_is_number(number) for number in prefs):
            mistakes.add("expected a list prefs of candidates' numbers", field=field)
        elif papers > MOST_PAPERS:
            mistakes.add(no_number_of_papers(str(papers)), field=field)
        elif len(prefs) > MOST_RANKS:
            mistakes.add(f"{len(prefs)} ranks are more than {MOST_RANKS}", field=field)
        elif papers:
            yield field, papers, prefs


def _parts(vote: object) -> tuple[object, object]:
    if isinstance(vote, dict):
        return vote.get("n"), vote.get("prefs")
    if isinstance(vote, list) and vote:
        return vote[0], vote[1:]
    return None, None


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MOST_CANDIDATES
