"""Ballots as ABIF, the aggregated ballot information format (https://github.com/electorama/abif).

A line in braces says what the file is; `=TOKEN:[Name]` declares a candidate, and
`27:A>B=C` stands for twenty-seven papers alike. The format has no escape: a name in square
brackets holds no bracket, and whatever follows a `#` is a comment.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from hustings.ballots.paper import Marks, Paper, once
from hustings.ballots.profile import Ranking
from hustings.ballots.shared import marks_of
from hustings.election.spec import Contest, Standing
from hustings.formats.ballot_file import (
    MOST_PAPERS,
    BallotFile,
    Mistakes,
    Text,
    no_number_of_papers,
    whole_number,
)
from hustings.formats.ballot_names import Places, numbered
from hustings.units import Candidate, Papers, Section

# The signs that the format takes for itself, and those that stand for them in a name.
STAND_INS = str.maketrans({"[": "(", "]": ")", "#": "＃", "{": "(", "}": ")"})

# How a candidate is called: in square brackets, in quotes, or bare.
CALLED = r'\[[^\]]*\]|"(?:[^"\\]|\\.)*"|[^\s>=,/\[\]":*{}][^>=,/\[\]":*{}]*'
DECLARED = re.compile(rf"(=?)\s*({CALLED})\s*:\s*({CALLED})\s*")
BALLOT = re.compile(r"([0-9.]+)\s*[:*]\s*(.*)")
PREFERENCE = re.compile(rf"\s*({CALLED})\s*(?:([/*])\s*([0-9]{{1,9}})\s*)?")
BESIDE = re.compile(r":\s*\{.*\}\s*")
SAID = re.compile(r"""\{\s*"?([A-Za-z_]+)"?\s*:(.*)\}""")
CLOSING = {"[": "]", '"': '"'}
HEADER = re.compile(r"ABIF\s+[0-9.]+\s*")
# What a line without braces may say of the file; a candidate who is called so has an `=` before
# the token, or brackets round the name.
ABOUT = re.compile(
    r"(ballot_type|description|max_rating|min_rating|title|version)\s*:\s*"
    r'([^\s\["].*|"(?:[^"\\]|\\.)*"|)'
)
EXPECTED = "expected a ballot such as 27:A>B=C, a candidate such as =A:[Ann Lee], or {...}"
SCORES = "scores were taken for ranks: the highest first, and those alike as sharing one"
BESIDE_RANKS = "scores beside ranks were left aside: the signs > and = give the order"
UNSCORED = (
    "{} has no score here, and others have one: score everybody on the ballot, or put > and = "
    "between them"
)

ABOUT_AND_VOTED_FOR = (
    "{word} is said of the file in line {line}, and was taken for a candidate on the ballots: to "
    "name the candidate, write ={word}:[Name]"
)

Order = tuple[tuple[str, ...], ...]


def read(
    lines: Iterable[str], file: str, contest: Contest | None, section: Section | None
) -> BallotFile:
    """Every paper of the file; all that is wrong in it is in the file's problems."""
    mistakes = Mistakes(file)
    found = _Lines(mistakes)
    for line, said in Text(lines, _uncommented):
        found.take(line, said)
    if not found.ballots and not mistakes.all():
        mistakes.add(f"no ballot is in this file: {EXPECTED}")
    place, amiss = Places(contest, section).default()
    if amiss:
        mistakes.add(amiss)
    candidates, named = found.candidates(contest)
    papers = tuple(
        Paper(place, marks, Papers(number), file=file, line=line)
        for line, number, order in found.ballots
        if (marks := _marks(order, named)) is not None
    )
    return BallotFile(candidates, papers, mistakes.all(), found.title, assumed=found.assumed())


class _Lines:
    """What the lines say: who is declared, the ballots, and the title."""

    def __init__(self, mistakes: Mistakes) -> None:
        self.mistakes = mistakes
        self.title = ""
        self.declared: dict[str, tuple[int, str]] = {}
        self.ballots: list[tuple[int, int, Order]] = []
        self._first: dict[str, int] = {}
        self._about: dict[str, int] = {}
        self._aside: list[int] = []
        self._scored: dict[str, None] = {}

    def take(self, line: int, said: str) -> None:
        """Read one line."""
        opened = HEADER.match(said) if line == 1 else None
        said = said[opened.end() :] if opened else said
        if not said or said.startswith("{"):
            self._described(said)
        elif ballot := BALLOT.fullmatch(said):
            self._ballot(line, ballot[1], ballot[2])
        elif about := ABOUT.fullmatch(said):
            self._about[about[1]] = line
            self._described(f"{{{said}}}")
        elif entry := DECLARED.fullmatch(said):
            self._entry(line, *entry.groups())
        else:
            self.mistakes.add(f"{said[:40]!r} is no line of ABIF: {EXPECTED}", line)

    def assumed(self) -> tuple[str, ...]:
        """What was taken for granted, in sentences."""
        notes = [*self._scored]
        for word, line in self._about.items():
            if word in self._first and word not in self.declared:
                notes.append(ABOUT_AND_VOTED_FOR.format(word=word, line=line))
        if self._aside:
            notes.append(
                f"ballots with more data behind them, which was left aside: {len(self._aside)}, "
                f"the first in line {self._aside[0]}"
            )
        return tuple(notes)

    def candidates(
        self, contest: Contest | None
    ) -> tuple[tuple[Standing, ...], Mapping[str, Candidate]]:
        """Who stands, and whom each token means; the undeclared come last."""
        names = dict(self.declared)
        for token, line in self._first.items():
            names.setdefault(token, (line, token))
        listed, by_number = numbered(names.values(), contest, self.mistakes)
        tokens_ = enumerate(names, 1)
        return listed, {token: by_number[at] for at, token in tokens_ if at in by_number}

    def _described(self, said: str) -> None:
        found = SAID.fullmatch(said)
        if found and found[1].casefold() == "title":
            self.title = _plain_name(found[2])

    def _entry(self, line: int, sign: str, first: str, second: str) -> None:
        """A line of two sides: a token and its name; before version 0.02 the name came first."""
        if not sign and first[0] in CLOSING and second[0] not in CLOSING:
            self._declare(line, _plain_name(second), _plain_name(first))
        else:
            self._declare(line, _plain_name(first), _plain_name(second))

    def _declare(self, line: int, token: str, name: str) -> None:
        if token in self.declared:
            first = self.declared[token][0]
            self.mistakes.add(f"{token} is declared in line {first} already", line)
        elif not name:
            self.mistakes.add(f"{token} has no name", line)
        else:
            self.declared[token] = (line, name)

    def _ballot(self, line: int, written: str, said: str) -> None:
        number = whole_number(written)
        if not number or number > MOST_PAPERS:
            self.mistakes.add(f"{no_number_of_papers(written)}: a paper is never split", line)
            return
        order = self._order(line, said)
        if order is None:
            return
        for token in (token for rank in order for token in rank):
            self._first.setdefault(token, line)
        self.ballots.append((line, number, order))

    def _order(self, line: int, said: str) -> Order | None:
        """The ranks of one ballot; None, and why among the mistakes, if they are wrong."""
        prefs: list[tuple[str, str, str]] = []
        at, sign = 0, ""
        while at < len(said) or sign:
            found = PREFERENCE.match(said, at)
            if not found or found[2] == "*":
                what = f"{said[at : at + 40]!r} is no candidate"
                if found:
                    what = f"{found[0].strip()!r} is a weight: a paper is never split"
                self.mistakes.add(f"{what}; {EXPECTED}", line)
                return None
            prefs.append((sign, _plain_name(found[1]), found[3] or ""))
            at = found.end()
            if BESIDE.fullmatch(said, at):
                self._aside.append(line)
                break
            sign = said[at : at + 1]
            if sign and sign not in ">=,":
                self.mistakes.add(f"{said[at : at + 40]!r} is not >, = or a comma", line)
                return None
            at += 1
        return self._ranked(line, prefs)

    def _ranked(self, line: int, prefs: Sequence[tuple[str, str, str]]) -> Order | None:
        """The tokens by rank: by the signs between them, or by scores where only commas stand."""
        scored = [(int(score), token) for _, token, score in prefs if score]
        by_signs: list[list[str]] = []
        for sign, token, _ in prefs:
            if sign in ("=", ","):
                by_signs[-1].append(token)
            else:
                by_signs.append([token])
        order = tuple(map(tuple, by_signs))
        if not scored:
            return order
        if any(sign in (">", "=") for sign, _, _ in prefs):
            return self._beside_ranks(line, order, scored)
        unscored = [token for _, token, score in prefs if not score]
        if unscored:
            self.mistakes.add(UNSCORED.format(unscored[0]), line)
            return None
        self._scored[SCORES] = None
        return _by_score(scored)

    def _beside_ranks(
        self, line: int, order: Order, scored: Sequence[tuple[int, str]]
    ) -> Order | None:
        """The order by the signs; None where the scores beside it say the contrary."""
        ranks = [[score for score, token in scored if token in rank] for rank in order]
        alike = all(len(set(rank)) < 2 for rank in ranks)
        falling = [rank[0] for rank in ranks if rank]
        if not alike or falling != sorted(falling, reverse=True):
            self.mistakes.add("the scores give another order than the signs between them", line)
            return None
        said_alike = _by_score(scored) == order
        self._scored[SCORES if said_alike else BESIDE_RANKS] = None
        return order


def _by_score(scored: Iterable[tuple[int, str]]) -> Order:
    by_score: dict[int, list[str]] = {}
    for score, token in scored:
        by_score.setdefault(score, []).append(token)
    return tuple(tuple(by_score[score]) for score in sorted(by_score, reverse=True))


def _uncommented(said: str) -> str:
    """The line without its comment; a `#` between brackets or quotes begins none."""
    if "#" not in said:
        return said.strip()
    last = {sign: said.rfind(closing) for sign, closing in CLOSING.items()}
    closing = ""
    for at, sign in enumerate(said):
        if closing:
            closing = "" if sign == closing else closing
        elif sign == "#":
            return said[:at].strip()
        elif last.get(sign, 0) > at:
            closing = CLOSING[sign]
    return said.strip()


def _plain_name(said: str) -> str:
    """The name without its brackets or quotes."""
    said = said.strip()
    if said[:1] == "[":
        said = said[1:-1]
    elif said[:1] == '"':
        said = re.sub(r"\\(.)", r"\1", said[1:-1])
    return " ".join(said.split())


def _marks(order: Order, named: Mapping[str, Candidate]) -> Marks | None:
    """The marks; None where somebody on the ballot could not be found."""
    if any(token not in named for rank in order for token in rank):
        return None
    return tuple(tuple(named[token] for token in rank) for rank in order)


# --- writing ------------------------------------------------------------------


def write(
    rankings: Mapping[Ranking, Papers],
    candidates: Sequence[Standing],
    title: str,
    notes: Iterable[str] = (),
) -> Iterator[str]:
    """The papers as lines of ABIF, the most frequent first.

    `notes` are what the format has no place for, such as a weight; they are comments, as
    are the withdrawn. Papers that rank nobody have nothing behind their number.
    """
    groups: dict[Marks, int] = {marks_of(names): papers for names, papers in rankings.items()}
    return _written(groups, candidates, title, notes)


def write_papers(
    papers: Iterable[Paper], candidates: Sequence[Standing], title: str = "", seats: int = 1
) -> Iterator[str]:
    """The same of papers as written, where candidates may share a rank.

    Left out: the spoiled, a rank that nobody has, and a second mark for a candidate.
    """
    groups: Counter[Marks] = Counter()
    for paper in papers:
        if not paper.spoiled:
            groups[once(paper.marks)] += paper.papers
    return _written(groups, candidates, title, ())


def _written(
    groups: Mapping[Marks, int], candidates: Sequence[Standing], title: str, notes: Iterable[str]
) -> Iterator[str]:
    token, called = tokens(candidates), labels(candidates)
    yield f"{{{json.dumps('title')}: {json.dumps(_plain(title), ensure_ascii=False)}}}\n"
    for note in notes:
        yield f"# {_one_line(note)}\n"
    for entry in candidates:
        yield f"={token[entry.id]}:[{called[entry.id]}]\n"
    for entry in candidates:
        if entry.withdrawn:
            yield f"# {token[entry.id]} has withdrawn\n"
    for marks, papers in sorted(groups.items(), key=lambda item: (-item[1], item[0])):
        ranks = ("=".join(token[name] for name in names) for names in marks)
        yield f"{papers}:{'>'.join(ranks)}\n"


def labels(candidates: Iterable[Standing]) -> dict[Candidate, str]:
    """What each candidate is called in the file."""
    return {entry.id: _plain(entry.name) or entry.id for entry in candidates}


def tokens(candidates: Iterable[Standing]) -> dict[Candidate, str]:
    """By what each candidate is called on the ballot lines: a letter, then letters, digits, `_`.

    >>> tokens([Standing("ann-lee", ""), Standing("ann_lee", ""), Standing("2nd", "")])
    {'ann-lee': 'ann_lee', 'ann_lee': 'ann_lee_2', '2nd': 'C2nd'}
    """
    made: dict[Candidate, str] = {}
    taken: set[str] = set()
    for entry in candidates:
        base = re.sub(r"[^A-Za-z0-9_]+", "_", entry.id)
        base = base if re.match(r"[A-Za-z]", base) else f"C{base}"
        token, number = base, 1
        while token in taken:
            number += 1
            token = f"{base}_{number}"
        taken.add(token)
        made[entry.id] = token
    return made


def _plain(text: str) -> str:
    """The text on one line, without the signs that end it."""
    return _one_line(text).translate(STAND_INS)


def _one_line(text: str) -> str:
    return " ".join(text.split())
