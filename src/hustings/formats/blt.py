"""Ballots as BLT, the format that STV programs share, in its many dialects.

First the numbers of candidates and seats; then the withdrawn (`-2`) and other options
(`[tie 1 2]`); then the ballots: how many, candidates by number from the first choice,
and a 0; then a 0 by itself; then the names in quotes, and the title. Behind the title
some programs write where the ballots are from, a comment, or anything at all.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, lru_cache

from hustings.ballots.paper import Marks, Paper
from hustings.ballots.reduction import Poll
from hustings.election.spec import Contest, Standing
from hustings.formats.ballot_file import (
    MOST_PAPERS,
    Alike,
    BallotFile,
    Mistakes,
    Text,
    no_number_of_papers,
    whole_number,
)
from hustings.formats.ballot_names import Places, numbered
from hustings.units import Candidate, Papers, Section

# One tuple of candidates' numbers a rank: the marks, before the names are known.
Pattern = tuple[tuple[int, ...], ...]
Tokens = list[str]

TOKEN = re.compile(r'\([^()]*\)|\[[^\[\]]*\]|"(?:[^"]|"")*"|\S+')
# An apostrophe inside single quotes does not end them, for no space follows it.
QUOTED = re.compile(r"""(?:"((?:[^"]|"")*)"|'((?:[^']|'(?!\s|$))*)'(?=\s|$))\s*""")
OPTION = re.compile(r"\[.*|-[0-9]+")
QUOTED_ONLY = re.compile(r'\s*(?:"[^"]*"\s*)+')
WEIGHT = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15}|/0*[1-9][0-9]{0,14})?")
GAPS = frozenset(("-", "0"))
# A whole line that is one ballot, with nothing to be decided.
SIMPLE = re.compile(r"[1-9][0-9]* (?:(?:-|[1-9][0-9=]*) )*0")
UNQUOTED = "the names are not quoted: each line was taken for a name"
PARTY = "what stands behind a name on its line was taken for the party, and left aside"
BEHIND = "what stands in the lines behind the title was left aside"
NO_END = "a line with a 0 by itself"


def read(
    lines: Iterable[str], file: str, contest: Contest | None, section: Section | None
) -> BallotFile:
    """Every paper of the file; all that is wrong in it is in the file's problems."""
    return _read(Text(lines, _uncommented), Mistakes(file), contest, section)


# Ballots that were counted elsewhere: whom each number means, and the section of them all.
Counted = Callable[[Mapping[int, Candidate], Section], Poll]


def read_alike(
    lines: Iterable[Alike],
    file: str,
    contest: Contest | None,
    section: Section | None,
    counted: Counted | None = None,
) -> BallotFile:
    """The same file, of which lines that `stands_alone` are given once, and how many there are.

    Some of them may be left out, and `counted` when all lines have been asked for.
    """
    mistakes = Mistakes(file)
    text = Text.numbered(mistakes.alike(lines), _uncommented)
    return _read(text, mistakes, contest, section, counted)


def stands_alone(line: str) -> bool:
    """Whether the line is one whole ballot, wherever it stands among ballots."""
    return SIMPLE.fullmatch(line.strip()) is not None


def may_end(line: str) -> bool:
    """Whether the ballots may end in this line, so that what follows stands for something else."""
    return line.split()[:1] == ["0"]


def candidates_promised(lines: Iterable[str]) -> int:
    """How many candidates the header promises; 0 where there is no header."""
    header = _header(Text(lines, _uncommented), Mistakes(""))
    return header.size if header else 0


def _read(
    text: Text,
    mistakes: Mistakes,
    contest: Contest | None,
    section: Section | None,
    counted: Counted | None = None,
) -> BallotFile:
    header = _header(text, mistakes)
    if header is None:
        return BallotFile((), (), mistakes.all())
    ballots = _Ballots(header, text, mistakes)
    ended = ballots.read()
    if ended and not ballots.found and not mistakes.all():
        mistakes.add("there is no ballot before the 0 that ends them", header.line)
    listed = _names(list(text), header.size, mistakes) if ended else _Listed()
    candidates, by_number = numbered(listed.names, contest, mistakes)
    if len(by_number) < header.size:
        by_number = {}
    place, amiss = Places(contest, section).default()
    if amiss:
        mistakes.add(amiss)
    withdrawn = {by_number[number] for number in ballots.withdrawn if number in by_number}
    papers = tuple(_papers(ballots.found, by_number, place, mistakes.file)) if by_number else ()
    return BallotFile(
        _withdrawn(candidates, withdrawn) if contest is None else candidates,
        papers,
        mistakes.all(),
        listed.title,
        header.seats,
        (*ballots.assumed(), *listed.assumed, *_differences(contest, withdrawn, by_number)),
        counted(by_number, place) if counted and by_number else None,
    )


# --- the header ---------------------------------------------------------------


def _uncommented(text: str) -> str:
    """The line without what stands behind a `#`, unless that stands in quotes."""
    if "#" not in text:
        return text.strip()
    quote = ""
    for at, sign in enumerate(text):
        if quote:
            closes = quote == '"' or not text[at + 1 : at + 2].strip()
            quote = "" if sign == quote and closes else quote
        elif sign == "#":
            return text[:at].strip()
        elif sign == '"' or (sign == "'" and not text[at - 1 : at].strip()):
            quote = sign
    return text.strip()


@dataclass(frozen=True, slots=True)
class _Header:
    """How many candidates and seats, and whether that stood alone on its line."""

    size: int
    seats: int
    alone: bool
    line: int


def _header(text: Text, mistakes: Mistakes) -> _Header | None:
    tokens: Tokens = []
    line = 0
    for number, said in text:
        line, tokens = number, tokens + TOKEN.findall(said)
        if len(tokens) > 1:
            break
    if not tokens:
        mistakes.add("empty file: expected the numbers of candidates and of seats, such as 5 1")
        return None
    numbers = [whole_number(token) for token in tokens[:2]]
    if len(numbers) < 2 or not all(numbers):
        shown = " ".join(tokens[:2])
        mistakes.add(
            f"{shown!r} is no header: expected the numbers of candidates and of seats, such as 5 1",
            line,
        )
        return None
    text.put_back(line, " ".join(tokens[2:]))
    return _Header(numbers[0] or 0, numbers[1] or 0, len(tokens) == 2, line)


# --- ballots ------------------------------------------------------------------


class _Ballots:
    """Reads the ballots: options first, then ballots up to a 0 by itself.

    A ballot ends with 0 and not with its line. Yet a 0 may be missing at the end
    of a line, and may stand inside one for a rank left out. Where a line can be
    read in only one way it is read so; where it can in two, that is a mistake.
    """

    def __init__(self, header: _Header, text: Text, mistakes: Mistakes) -> None:
        self.header, self.text, self.mistakes = header, text, mistakes
        self.found: list[tuple[Pattern, int, int]] = []
        self.withdrawn: set[int] = set()
        self._nicks: dict[str, int] = {}
        self._notes: list[str] = []
        self._waiting: list[tuple[int, Tokens]] = []
        self._named: set[int] | None = None
        self._ids: dict[str, int] = {}
        self._unended: list[int] = []
        self._gaps: list[int] = []
        self._rank = cache(self._shared)

    def read(self) -> bool:
        """Read up to the 0 by itself, and put back what follows it; False if none comes."""
        known: dict[str, Pattern] = {}
        weights: dict[str, int] = {}
        found, times = self.found, self.mistakes.times
        for line, said in self.text:
            weight, _, rest = said.partition(" ")
            if rest in known and weight in weights and not self._waiting:
                found.append((known[rest], weights[weight] * times.get(line, 1), line))
                continue
            if SIMPLE.fullmatch(said) and not self._waiting:
                self._add(line, said.split()[:-1])
                if found and found[-1][2] == line:
                    known[rest], weights[weight] = found[-1][0], self._weight(line, weight)
                continue
            after = self._line(line, TOKEN.findall(said))
            if after is not None:
                self.text.put_back(line, after)
                return True
        self._settle()
        self.mistakes.add(
            f"the file ends inside the ballots: expected {NO_END}, and the names", self.text.line
        )
        return False

    def assumed(self) -> tuple[str, ...]:
        """What was taken for granted, in sentences."""
        notes = list(self._notes)
        if self._unended:
            notes.append(
                f"ballots with no 0 at the end of their line: {len(self._unended)}, the first in "
                f"line {self._unended[0]}; each was taken to end there"
            )
        if self._gaps:
            notes.append(
                f"lines with a 0 inside a ballot: {len(self._gaps)}, the first line "
                f"{self._gaps[0]}; it was taken for a rank left out"
            )
        return tuple(notes)

    def _line(self, line: int, tokens: Tokens) -> str | None:
        """Read one line; what stands behind the 0 that ends the ballots, once that comes."""
        at = 0
        while at < len(tokens) and OPTION.fullmatch(tokens[at]):
            self._option(line, tokens[at])
            at += 1
        began = self.found or self._waiting or not self.header.alone
        if at and tokens[0][0] == "-" and at < len(tokens) and not began:
            self.mistakes.add(
                f"a ballot stands behind {tokens[0]!r}: write the withdrawn on a line of their "
                "own, and a number of papers as a whole number, 1 or more",
                line,
            )
            return None
        if self._waiting and at < len(tokens):
            at = self._continued(line, tokens, at)
        elif self._is_one_ballot(line, tokens[at:]):
            return None
        while at < len(tokens):
            if tokens[at] == "0":
                return " ".join(tokens[at + 1 :])
            if not self._opens(tokens[at]):
                self._settle()
                self.mistakes.add(f"the ballots do not end: expected {NO_END} here", line)
                return " ".join(tokens[at:])
            at = self._ballot(line, tokens, at)
        return None

    def _opens(self, said: str) -> bool:
        """Whether a ballot can begin so: with its number of papers, or its id."""
        return said[:1] == "(" or said[:1].isdigit()

    def _ballot(self, line: int, tokens: Tokens, at: int) -> int:
        """Read the ballot that begins there; where the next begins."""
        end = _end(tokens, at)
        if end < len(tokens):
            self._add(line, tokens[at:end])
        else:
            self._waiting = [(line, tokens[at:])]
            self._named = self._named_on(tokens[at:])
        return end + 1

    def _is_one_ballot(self, line: int, tokens: Tokens) -> bool:
        """Whether the line is one ballot, and each 0 inside it a rank left out."""
        if not self.header.alone or tokens[-1:] != ["0"] or tokens.count("0") < 2:
            return False
        if tokens[0] == "0" or (tokens[-2] == "0" and not self._opens(self.text.peek())):
            return False
        if self._numbers_in(tokens[1:-1]) is None:
            return False
        parts = _parted(tokens[:-1])
        if all(len(part) > 1 and self._is_ballot(part) for part in parts):
            self.mistakes.add(
                "a 0 inside the line could end a ballot, or be a rank left out: write - for the "
                "rank, or each ballot on its own line",
                line,
            )
            return True
        self._gaps.append(line)
        self._add(line, tokens[:-1])
        return True

    # A line without its 0 waits, until it is clear whether the next goes on with it.

    def _continued(self, line: int, tokens: Tokens, at: int) -> int:
        """Read a line behind one that has no 0; where the next ballot begins."""
        end = _end(tokens, at)
        following = tokens[at + 1] if at + 1 < len(tokens) else self.text.peek()
        if tokens[at] == "0" and not self._opens(following):
            self._settle()
            return at
        if tokens[at] != "0" and not self._goes_on(tokens[at]):
            self._settle()
            return at
        named = self._numbers_in(tokens[at:end])
        if named is None or self._named is None or named & self._named:
            self._settle_alone()
            return at
        self._waiting.append((line, tokens[at:end]))
        self._named |= named
        if end < len(tokens):
            self._settle(ended=True)
        return end + 1

    def _goes_on(self, token: str) -> bool:
        return token == "-" or token in self._nicks or self._opens(token)

    def _settle(self, ended: bool = False) -> None:
        """Decide whether the lines that wait are several ballots, or one that a 0 has ended."""
        waiting = self._waiting
        several = all(
            part and self._opens(part[0]) and self._is_ballot(part) for _, part in waiting
        )
        if len(waiting) > 1 and not self._unended and (several or not ended):
            self._waiting = []
            self.mistakes.add(
                "the line has no 0 at its end, and the next could be a ballot or go on with this "
                "one: write a 0 behind each ballot",
                waiting[0][0],
            )
        elif ended and not several:
            self._waiting = []
            self._add(waiting[0][0], [token for _, part in waiting for token in part])
        else:
            self._settle_alone()

    def _settle_alone(self) -> None:
        """Take each of the lines that wait for a ballot of its own."""
        waiting, self._waiting = self._waiting, []
        for line, tokens in waiting:
            self._unended.append(line)
            self._add(line, tokens)

    # One ballot, its end found.

    def _is_ballot(self, tokens: Tokens) -> bool:
        """Whether these make a ballot with nothing wrong on it, and nobody twice."""
        return self._named_on(tokens) is not None

    def _named_on(self, tokens: Tokens) -> set[int] | None:
        """Whom a ballot names; None where it is none, or something on it is wrong."""
        weighs = tokens[0][0] == "(" or _whole_weight(tokens[0]) > 0
        return self._numbers_in(tokens[1:]) if weighs else None

    def _numbers_in(self, tokens: Tokens) -> set[int] | None:
        """Whom these name; None where one of them is wrong, or somebody is named twice."""
        numbers: list[int] = []
        for rank in map(self._rank, tokens):
            if isinstance(rank, str):
                return None
            numbers.extend(rank)
        named = set(numbers)
        return named if len(named) == len(numbers) else None

    def _add(self, line: int, tokens: Tokens) -> None:
        papers = self._weight(line, tokens[0])
        ranks: list[tuple[int, ...]] = []
        for token in tokens[1:]:
            rank = self._rank(token)
            if isinstance(rank, str):
                self.mistakes.add(rank, line)
                papers = 0
            else:
                ranks.append(rank)
        while ranks and not ranks[-1]:
            ranks.pop()
        if papers:
            papers *= self.mistakes.times.get(line, 1)
            self.found.append((tuple(ranks), papers, line))

    def _weight(self, line: int, token: str) -> int:
        """How many papers; 0, and why among the mistakes, if that cannot be."""
        if token[0] == "(":
            if token in self._ids:
                first = self._ids[token]
                self.mistakes.add(f"paper {token} stands in line {first} already", line)
                return 0
            self._ids[token] = line
            return 1
        weight = _whole_weight(token)
        if 1 <= weight <= MOST_PAPERS:
            return weight
        why = "" if len(token) > 15 and token.isdecimal() else ": a paper is never split"
        self.mistakes.add(f"{no_number_of_papers(token)}{why}", line)
        return 0

    def _shared(self, token: str) -> tuple[int, ...] | str:
        """Whoever stands in one rank; what is wrong if anything is."""
        if token in GAPS:
            return ()
        numbers = []
        for part in token.split("="):
            number = self._nicks.get(part) or whole_number(part)
            if number is None or not 1 <= number <= self.header.size:
                return f"{token!r} names no candidate: {self._promised()}"
            numbers.append(number)
        return tuple(numbers)

    def _promised(self) -> str:
        size = self.header.size
        return f"the header promises {size}, numbered 1 to {size}"

    def _option(self, line: int, token: str) -> None:
        if self.found or self._waiting:
            self.mistakes.add(f"{token!r} stands among the ballots: it belongs before them", line)
            return
        words = token.strip("[]").split()
        if token[0] == "-":
            words = ["withdrawn", token[1:]]
        match words:
            case ["withdrawn", *numbers]:
                self.withdrawn |= self._numbers(line, numbers)
            case ["nick" | "nicks", *nicks]:
                self._nicks = {nick: number for number, nick in enumerate(nicks, 1)}
                self._rank.cache_clear()
                if len(nicks) != self.header.size:
                    said = f"{len(nicks)} short names for {self.header.size} candidates"
                    self.mistakes.add(said, line)
            case _:
                self._notes.append(f"{token} in line {line} was left aside")

    def _numbers(self, line: int, written: Sequence[str]) -> set[int]:
        numbers: set[int] = set()
        for token in written:
            rank = self._rank(token)
            if isinstance(rank, str) or not rank:
                self.mistakes.add(f"{token!r} names no candidate: {self._promised()}", line)
            else:
                numbers.update(rank)
        return numbers


@lru_cache(4096)
def _whole_weight(token: str) -> int:
    """The weight, also where it is written `2.0` or `4/2`; 0 where it is none or not whole."""
    weight = Fraction(token) if WEIGHT.fullmatch(token) else Fraction(0)
    return weight.numerator if weight.denominator == 1 else 0


def _end(tokens: Tokens, at: int) -> int:
    """Where the next 0 stands, or the end."""
    try:
        return tokens.index("0", at)
    except ValueError:
        return len(tokens)


def _parted(tokens: Tokens) -> list[Tokens]:
    """The tokens between the zeros."""
    parts: list[Tokens] = [[]]
    for token in tokens:
        if token == "0":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


# --- names --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Listed:
    """The names by line, and the title."""

    names: tuple[tuple[int, str], ...] = ()
    title: str = ""
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Said:
    """One line among the names: what is quoted in it, and what is not."""

    line: int
    quoted: tuple[str, ...]
    bare: str


def _names(lines: Sequence[tuple[int, str]], size: int, mistakes: Mistakes) -> _Listed:
    """The names: one to a line and none quoted, or one to each quotes, or with the party behind."""
    said = [_said(line, text) for line, text in lines]
    fitting = (size, size + 1)
    if said and len(said) in fitting and not any(one.quoted for one in said):
        return _listed([(one.line, one.bare) for one in said], size, (UNQUOTED,), mistakes)
    behind = _lines_behind(said, size)
    said = said[: len(said) - behind]
    for one in said:
        if not one.quoted or '"' in one.bare:
            mistakes.add(f"{one.bare!r} is not quoted: write each name in double quotes", one.line)
    names = [(one.line, name) for one in said for name in one.quoted or (one.bare,)]
    parties = any(one.quoted and one.bare for one in said)
    if len(names) not in fitting and len(said) in fitting:
        names = [(one.line, (one.quoted or (one.bare,))[0]) for one in said]
        parties = True
    if len(names) > size and (after := _beside_title(said[-1], names[size])):
        mistakes.add(f"{after!r} stands behind the title: nothing is expected there", said[-1].line)
    assumed = ((PARTY,) if parties else ()) + ((BEHIND,) if behind else ())
    return _listed(names, size, assumed, mistakes)


def _lines_behind(said: Sequence[_Said], size: int) -> int:
    """How many lines at the end say something else, once every name and the title are there.

    Lines without quotes do; and so do a source and a comment, each on its line in quotes
    (B. A. Wichmann's elections): one more in quotes could be a candidate that was not counted.
    """
    plain = 0
    while plain < len(said) and not said[-1 - plain].quoted and '"' not in said[-1 - plain].bare:
        plain += 1
    before = said[: len(said) - plain]
    if not before or sum(len(one.quoted) for one in before) <= size:
        return 0
    one_each = all(len(one.quoted) == 1 and not one.bare for one in before)
    return plain + 2 if one_each and len(before) == size + 3 else plain


def _beside_title(last: _Said, title: tuple[int, str]) -> str:
    """What stands on the line of the title behind it, if that is the last."""
    if last.line != title[0] or not last.quoted:
        return ""
    behind = last.quoted[last.quoted.index(title[1]) + 1 :]
    return " ".join((*behind, last.bare)).strip()


def _listed(
    names: Sequence[tuple[int, str]], size: int, assumed: tuple[str, ...], mistakes: Mistakes
) -> _Listed:
    """The first so many are candidates, the next is the title, and then comes nothing."""
    if len(names) < size:
        follow = "1 name follows" if len(names) == 1 else f"{len(names)} names follow"
        line = names[-1][0] if names else None
        todo = "" if names else ": write each in double quotes, behind the 0 that ends the ballots"
        mistakes.add(f"the header promises {_candidates(size)} and {follow}{todo}", line)
    for line, name in names[size + 1 :]:
        mistakes.add(
            f"{name!r} stands behind the title: the header promises {_candidates(size)}, "
            "so as many names and a title are expected",
            line,
        )
    title = names[size][1] if len(names) > size else ""
    return _Listed(tuple(names[:size]), title, assumed)


def _candidates(size: int) -> str:
    return "1 candidate" if size == 1 else f"{size} candidates"


def _said(line: int, text: str) -> _Said:
    quoted: list[str] = []
    at = 0
    while found := QUOTED.match(text, at):
        double, single = found.groups()
        quoted += [single.replace("''", "'")] if double is None else _inner(double)
        at = found.end()
    return _Said(line, tuple(" ".join(name.split()) for name in quoted), text[at:])


def _inner(name: str) -> list[str]:
    """The name; or name and party, where both are quoted once more inside the quotes."""
    name = name.replace('""', '"')
    if not QUOTED_ONLY.fullmatch(name):
        return [name]
    return re.findall(r'"([^"]*)"', name)


def _withdrawn(candidates: tuple[Standing, ...], withdrawn: set[Candidate]) -> tuple[Standing, ...]:
    return tuple(replace(entry, withdrawn=entry.id in withdrawn) for entry in candidates)


def _differences(
    contest: Contest | None, withdrawn: set[Candidate], by_number: Mapping[int, Candidate]
) -> Iterator[str]:
    """What the file says otherwise than the contest, in which the contest is followed."""
    if contest is None or not by_number:
        return
    for entry in contest.candidates:
        if entry.id in withdrawn and not entry.withdrawn:
            yield f"the file says that {entry.name} has withdrawn; the contest does not, and holds"
        if entry.id not in by_number.values():
            yield f"the file does not name {entry.name}: no paper in it ranks {entry.name}"


def _papers(
    found: Iterable[tuple[Pattern, int, int]],
    by_number: Mapping[int, Candidate],
    section: Section,
    file: str,
) -> Iterator[Paper]:
    @cache
    def marks(pattern: Pattern) -> Marks:
        return tuple(tuple(by_number[number] for number in rank) for rank in pattern)

    for pattern, papers, line in found:
        yield Paper(section, marks(pattern), Papers(papers), file=file, line=line)


# --- writing ------------------------------------------------------------------


def write(
    papers: Iterable[Paper], candidates: Sequence[Standing], title: str = "", seats: int = 1
) -> Iterator[str]:
    """The papers as lines of BLT, those alike in one; the spoiled are left out."""
    number = {entry.id: str(at) for at, entry in enumerate(candidates, 1)}
    groups: Counter[Marks] = Counter()
    for paper in papers:
        if not paper.spoiled:
            groups[paper.marks] += paper.papers
    yield f"{len(candidates)} {seats}\n"
    withdrawn = [f"-{number[entry.id]}" for entry in candidates if entry.withdrawn]
    if withdrawn:
        yield " ".join(withdrawn) + "\n"
    for marks, count in groups.items():
        ranks = ["=".join(number[name] for name in names) or "-" for names in marks]
        yield " ".join([str(count), *ranks, "0"]) + "\n"
    yield "0\n"
    for text in [*(entry.name for entry in candidates), *([title] if title else [])]:
        yield _quoted(text) + "\n"


def _quoted(text: str) -> str:
    doubled = " ".join(text.split()).replace('"', '""')
    return f'"{doubled}"'
