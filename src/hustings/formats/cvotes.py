"""Ballots in the Condorcet Election Format, `.cvotes`.

https://github.com/CondorcetVote/CondorcetElectionFormat says what a line may hold.
Lines that begin with `#/` say who stands and how many seats there are; every other line is a
vote such as `tag || Ann > Bob = Cat * 42`, where `/EMPTY/` stands for a blank paper.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from hustings.ballots.paper import Marks, Paper, once
from hustings.election.spec import Contest, Standing
from hustings.formats.ballot_file import (
    MOST_PAPERS,
    BallotFile,
    Mistakes,
    Text,
    no_number_of_papers,
    whole_number,
)
from hustings.formats.ballot_names import Places, folded, numbered
from hustings.units import Candidate, Papers, Section

VOTE = re.compile(r"([^*^]*)(?:\^\s*([^*^\s]+)\s*)?(?:\*\s*([^*^\s]+)\s*)?")
# What the format takes for itself; a name that has one of them is written as the id.
RESERVED = re.compile(r"[>=;,#/*^|<]")
# The word of version 1 for a blank paper, and that of Condorcet PHP since it reads one.
EMPTY = frozenset(("/empty/", "/empty_ranking/"))
YES_OR_NO = {"true": True, "false": False}
EXPECTED = "expected a vote such as Ann > Bob = Cat * 42"
TAGS_ONCE = "tags stand once, before ||, with commas between them"
NOT_IMPLIED = (
    "whoever a vote leaves out is unranked: silence was not taken for a rank that the others share"
)

Order = tuple[tuple[str, ...], ...]


def read(
    lines: Iterable[str], file: str, contest: Contest | None, section: Section | None
) -> BallotFile:
    """Every paper of the file; all that is wrong in it is in the file's problems."""
    mistakes = Mistakes(file)
    votes = _Votes(mistakes)
    for line, said in Text(lines):
        votes.take(line, said)
    if not votes.found and not mistakes.all():
        mistakes.add(f"no vote is in this file: {EXPECTED}")
    place, amiss = Places(contest, section).default()
    if amiss:
        mistakes.add(amiss)
    candidates, by_number = numbered(votes.names(), contest, mistakes)
    known = {name: by_number[at] for name, at in votes.numbers().items() if at in by_number}
    papers = tuple(
        Paper(place, marks, Papers(number), file=file, line=line)
        for line, number, order in votes.found
        if (marks := votes.marks(order, known)) is not None
    )
    return BallotFile(
        candidates, papers, mistakes.all(), seats=votes.seats, assumed=votes.assumed(papers, known)
    )


class _Votes:
    """What the lines say: parameters first, and then the votes."""

    def __init__(self, mistakes: Mistakes) -> None:
        self.mistakes = mistakes
        self.seats = 1
        self.found: list[tuple[int, int, Order]] = []
        self._declared: dict[str, int] = {}
        self._voted: dict[str, int] = {}
        self._weighed = False
        self._notes: Counter[str] = Counter()

    def take(self, line: int, said: str) -> None:
        """Read one line."""
        if said.startswith("#/"):
            self._parameter(line, said)
            return
        vote = said.partition("#")[0].strip()
        # The sign may stand in no value: several votes may share a line, as Condorcet PHP reads it.
        for one in filter(None, map(str.strip, vote.split(";"))):
            self._vote(line, one)

    def names(self) -> list[tuple[int, str]]:
        """The candidates' names by line: the declared, or where none are, whoever is voted for."""
        return [(line, name) for name, line in (self._declared or self._voted).items()]

    def numbers(self) -> dict[str, int]:
        """The number of each name in that list."""
        return {name: at for at, name in enumerate(self._declared or self._voted, 1)}

    def marks(self, order: Order, known: Mapping[str, Candidate]) -> Marks | None:
        """The marks of one vote, without whoever the file does not declare [as the format says].

        None where the contest does not know somebody who is declared.
        """
        listed = self._declared or self._voted
        ranks = [[name for name in rank if name in listed] for rank in order]
        if any(name not in known for rank in ranks for name in rank):
            return None
        return tuple(tuple(known[name] for name in rank) for rank in ranks if rank)

    def assumed(self, papers: Sequence[Paper], known: Mapping[str, Candidate]) -> tuple[str, ...]:
        """What was taken for granted, in sentences."""
        notes = [f"{note}: {lines} lines" for note, lines in self._notes.items()]
        strangers = [name for name in self._voted if self._declared and name not in self._declared]
        if strangers:
            listed = ", ".join(strangers[:20])
            notes.append(f"votes for whoever is not declared were passed over: {listed}")
        size = len(known)
        if any(0 < sum(map(len, paper.marks)) < size for paper in papers):
            notes.append(NOT_IMPLIED)
        return tuple(notes)

    def _parameter(self, line: int, said: str) -> None:
        name, colon, value = (part.strip() for part in said.removeprefix("#/").partition(":"))
        if not colon or not name:
            self.mistakes.add(f"{said[:40]!r} is no parameter: expected #/Name: value", line)
            return
        if self.found:
            self.mistakes.add(f"{name!r} stands among the votes: it belongs before them", line)
        key = folded(name)
        if key == "candidates":
            self._declare(line, value)
        elif key in ("number of seats", "number of seat"):
            self.seats = whole_number(value) or 0
            if not 1 <= self.seats <= 10_000:
                self.mistakes.add(f"{value!r} is no number of seats, 1 or more", line, name)
        elif key == "weight allowed":
            self._weighed = self._yes(line, name, value)
        elif key == "implicit ranking":
            self._yes(line, name, value)
        else:
            self._notes[f"#/{name} was left aside"] += 1

    def _yes(self, line: int, key: str, value: str) -> bool:
        if folded(value) not in YES_OR_NO:
            self.mistakes.add(f"{value!r} is neither true nor false", line, key)
        return YES_OR_NO.get(folded(value), False)

    def _declare(self, line: int, value: str) -> None:
        for name in (" ".join(part.split()) for part in value.split(";")):
            if name in self._declared:
                self.mistakes.add(f"{name!r} is declared already", line, "Candidates")
            elif name:
                self._declared[name] = line

    def _vote(self, line: int, vote: str) -> None:
        _, bars, rest = vote.partition("||")
        if bars:
            self._notes["tags were left aside"] += 1
        else:
            rest = vote
        if "||" in rest:
            self.mistakes.add(f"{vote[:40]!r}: {TAGS_ONCE}; {EXPECTED}", line)
            return
        found = VOTE.fullmatch(rest.strip())
        if not found:
            self.mistakes.add(f"{rest.strip()[:40]!r} is no vote: {EXPECTED}", line)
            return
        ranking, weight, written = found.groups()
        number = whole_number(written) if written else 1
        if not number or number > MOST_PAPERS:
            self.mistakes.add(no_number_of_papers(written), line)
        elif not self._weighs_one(line, weight):
            self.mistakes.add(f"the weight {weight}: every paper counts alike here", line)
        else:
            order = self._order(line, ranking.strip())
            if order is not None:
                self.found.append((line, number, order))

    def _weighs_one(self, line: int, weight: str | None) -> bool:
        if weight is None or whole_number(weight) == 1:
            return True
        if not self._weighed and whole_number(weight):
            self._notes["weights were left aside, for the file does not allow them"] += 1
            return True
        return False

    def _order(self, line: int, ranking: str) -> Order | None:
        """The names by rank; None, and why among the mistakes, if something is wrong."""
        if ranking.casefold() in EMPTY:
            return ()
        order = tuple(
            tuple(" ".join(name.split()) for name in rank.split("=")) for rank in ranking.split(">")
        )
        for name in (name for rank in order for name in rank):
            if not name or RESERVED.search(name):
                said = f"{name!r} is no candidate" if name else "a rank is empty"
                self.mistakes.add(f"{said} in {ranking[:40]!r}; {EXPECTED}", line)
                return None
        for name in (name for rank in order for name in rank):
            self._voted.setdefault(name, line)
        return order


# --- writing ------------------------------------------------------------------


def write(
    papers: Iterable[Paper], candidates: Sequence[Standing], title: str = "", seats: int = 1
) -> Iterator[str]:
    """The papers as lines of the format, those alike in one, the most frequent first.

    A name that the format cannot hold is written as the id. Left out: the spoiled, a rank
    that nobody has, and a second mark for a candidate.
    """
    groups: Counter[Marks] = Counter()
    for paper in papers:
        if not paper.spoiled:
            groups[once(paper.marks)] += paper.papers
    called = labels(candidates)
    if title:
        yield f"# {' '.join(title.split())}\n".replace("# /", "#  /")
    yield f"#/Candidates: {' ; '.join(called.values())}\n"
    yield f"#/Number of Seats: {seats}\n"
    yield "#/Implicit Ranking: false\n"
    yield "#/Weight Allowed: false\n"
    for marks, number in groups.most_common():
        ranks = (" = ".join(called[name] for name in names) for names in marks)
        yield f"{' > '.join(ranks) or '/EMPTY/'} * {number}\n"


def labels(candidates: Sequence[Standing]) -> dict[Candidate, str]:
    """What each candidate is called: the name, or the id where the name could not be read back."""
    names = [" ".join(entry.name.split()) for entry in candidates]
    taken = Counter(map(folded, names))
    return {
        entry.id: name
        if name and not RESERVED.search(name) and taken[folded(name)] == 1
        else str(entry.id)
        for entry, name in zip(candidates, names, strict=True)
    }
