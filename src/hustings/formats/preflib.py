"""Orders as PrefLib keeps them: soc, soi, toc and toi, with the new header or the old.

The first letters say whether two candidates may share a rank (`to`) or not (`so`), the
last whether every order names everyone (`c`) or may not (`i`).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hustings.ballots.paper import Marks, Paper, as_written, once
from hustings.election.spec import Contest, Standing
from hustings.errors import InputError
from hustings.formats.ballot_file import BallotFile, Mistakes, Text, whole_number
from hustings.formats.ballot_names import Places, numbered
from hustings.units import Candidate, Option, Papers, Section

ITEM = r"[0-9]{1,9}|\{(?:[0-9]{1,9}(?:,[0-9]{1,9})*)?\}"
ORDER = re.compile(rf"(?:{ITEM})(?:,(?:{ITEM}))*")
RANK = re.compile(ITEM)
NUMBER = re.compile(r"[0-9]+")
BODY = {True: re.compile(r"([0-9]{1,15})\s*:\s*(.*)"), False: re.compile(r"([0-9]{1,15}),?\s*(.*)")}
EXPECTED = "expected # FILE NAME and so on, or the number of candidates"
IMBUED = (
    "this toc is imbued: the tie at the end of an order is everyone whom the voter left "
    "unranked, and no overvote; read the soi or toi that it was made from"
)


class Kind(Option):
    """Which orders a PrefLib file may hold."""

    SOC = "soc", "strict, complete: everyone, one to a rank"
    SOI = "soi", "strict, incomplete: one to a rank, and not everyone"
    TOC = "toc", "with ties, complete: everyone, and some may share a rank"
    TOI = "toi", "with ties, incomplete: some may share a rank, and not everyone"

    @property
    def strict(self) -> bool:
        """Whether nobody shares a rank."""
        return self in (Kind.SOC, Kind.SOI)

    @property
    def complete(self) -> bool:
        """Whether every order names everyone."""
        return self in (Kind.SOC, Kind.TOC)


@dataclass(slots=True)
class _Header:
    """What the header says, and in which line."""

    new: bool
    names: dict[int, tuple[int, str]] = field(default_factory=dict)
    said: dict[str, tuple[int, str]] = field(default_factory=dict)

    def text(self, key: str) -> str:
        """What the header says under that key."""
        return self.said.get(key, (0, ""))[1]


def read(
    lines: Iterable[str], file: str, contest: Contest | None, section: Section | None
) -> BallotFile:
    """Every order of the file as papers; all that is wrong in it is in the file's problems."""
    mistakes, text = Mistakes(file), Text(lines)
    header = _header(text, mistakes)
    if header is None:
        return BallotFile((), (), mistakes.all())
    kind = _kind(header, file)
    if kind is Kind.TOC and header.text("MODIFICATION TYPE").casefold() == "imbued":
        mistakes.add(_imbued(header), header.said["MODIFICATION TYPE"][0], "MODIFICATION TYPE")
        return BallotFile((), (), mistakes.all(), header.text("TITLE"))
    place, amiss = Places(contest, section).default()
    if amiss:
        mistakes.add(amiss)
    candidates, by_number = numbered(_in_order(header, mistakes), contest, mistakes)
    orders = _Orders(header.new, kind, by_number, len(header.names), mistakes)
    papers = tuple(
        Paper(place, marks, papers, file=file, line=line)
        for line, papers, marks in orders.read(text)
    )
    _check_totals(header, orders, mistakes)
    if not papers and not mistakes.all():
        mistakes.add("there is a header and no order below it", text.line)
    assumed = tuple(_assumed(header, kind))
    return BallotFile(candidates, papers, mistakes.all(), header.text("TITLE"), assumed=assumed)


# --- the header ---------------------------------------------------------------


def _header(text: Text, mistakes: Mistakes) -> _Header | None:
    first = text.peek()
    if first.startswith("#"):
        return _new_header(text)
    if whole_number(first):
        return _old_header(text, mistakes)
    if first:
        mistakes.add(f"{first[:40]!r} is no PrefLib header: {EXPECTED}", text.line)
    else:
        mistakes.add(f"empty file: {EXPECTED}")
    return None


def _new_header(text: Text) -> _Header:
    header = _Header(new=True)
    for line, said in text:
        if not said.startswith("#"):
            text.put_back(line, said)
            break
        key, _, value = said.removeprefix("#").partition(":")
        key = key.strip()
        number = whole_number(key.removeprefix("ALTERNATIVE NAME "))
        if number is None:
            header.said[key] = (line, value.strip())
        else:
            header.names[number] = (line, value.strip())
    return header


def _old_header(text: Text, mistakes: Mistakes) -> _Header | None:
    """The number of candidates, a line `1,Name` for each, and `voters,papers,unique`."""
    header = _Header(new=False)
    rows = iter(text)
    header.said["NUMBER ALTERNATIVES"] = next(rows)
    size = whole_number(header.text("NUMBER ALTERNATIVES")) or 0
    for line, said in rows:
        number, comma, name = said.partition(",")
        if len(header.names) == size:
            break
        if not comma or whole_number(number) != len(header.names) + 1:
            expected = f"{len(header.names) + 1},NAME"
            mistakes.add(f"{said[:40]!r} is no candidate: expected {expected}", line)
            return None
        header.names[len(header.names) + 1] = (line, name.strip())
    else:
        mistakes.add("the file ends inside its header", line if header.names else 1)
        return None
    totals = [part.strip() for part in said.split(",")]
    if len(totals) != 3 or None in map(whole_number, totals):
        mistakes.add(f"{said[:40]!r} is not the three totals: voters, papers, unique orders", line)
        return None
    header.said["NUMBER VOTERS"] = (line, totals[1])
    header.said["NUMBER UNIQUE ORDERS"] = (line, totals[2])
    return header


def _kind(header: _Header, file: str) -> Kind:
    """By the header, else by the file's name; whatever says nothing may hold anything."""
    said = header.text("DATA TYPE").casefold() or file.rpartition(".")[2].casefold()
    return next((kind for kind in Kind if kind == said), Kind.TOI)


def _imbued(header: _Header) -> str:
    made_of = header.text("RELATES TO")
    return f"{IMBUED}: {made_of}" if made_of else IMBUED


def _in_order(header: _Header, mistakes: Mistakes) -> list[tuple[int, str]]:
    """The names by their numbers, which must be 1, 2, 3 and so on."""
    line, said = header.said.get("NUMBER ALTERNATIVES", (None, ""))
    names = [header.names[number] for number in sorted(header.names)]
    if said and whole_number(said) != len(names):
        mistakes.add(f"the header promises {said} alternatives and names {len(names)}", line)
    elif sorted(header.names) != list(range(1, len(names) + 1)):
        listed = ", ".join(map(str, sorted(header.names)))
        mistakes.add(f"the alternatives are numbered {listed}: expected 1, 2, 3 and so on")
    elif not names:
        mistakes.add("the header names no alternative")
    return names


def _assumed(header: _Header, kind: Kind) -> Iterator[str]:
    modified = header.text("MODIFICATION TYPE").casefold()
    if modified not in ("", "original"):
        yield f"the header says that these orders are {modified}, and not original"
    if kind is Kind.TOC and not modified:
        yield (
            "the header does not say whether the unranked were tied at the end of each order: "
            "every tie was taken for a mark"
        )


def _check_totals(header: _Header, orders: "_Orders", mistakes: Mistakes) -> None:
    for key, what, found in (
        ("NUMBER VOTERS", "voters", orders.papers),
        ("NUMBER UNIQUE ORDERS", "unique orders", len(orders.distinct)),
    ):
        line, said = header.said.get(key, (None, ""))
        if said and whole_number(said) != found:
            mistakes.add(f"the header promises {said} {what}, and {found} follow", line, key)


# --- orders -------------------------------------------------------------------


class _Orders:
    """Reads the orders, and counts what the header promises of them."""

    def __init__(
        self,
        new: bool,
        kind: Kind,
        by_number: Mapping[int, Candidate],
        size: int,
        mistakes: Mistakes,
    ) -> None:
        self.kind, self.by_number, self.size, self.mistakes = kind, by_number, size, mistakes
        self.body = BODY[new]
        self.papers = 0
        self.distinct: set[str] = set()

    def read(self, text: Text) -> Iterator[tuple[int, Papers, Marks]]:
        """The line, the number of papers and the marks of each order that is right."""
        for line, said in text:
            if said.startswith("#"):
                continue
            found = self.body.fullmatch(said)
            order = found[2].replace(" ", "") if found else "?"
            papers = int(found[1]) if found else 0
            self.papers += papers
            self.distinct.add(order)
            amiss, ranks = self._ranks(order)
            if not papers or not found:
                amiss = f"{said[:40]!r} does not begin with a number of papers, 1 or more"
            if amiss:
                self.mistakes.add(amiss, line)
            elif len(self.by_number) == self.size:
                yield line, Papers(papers), _marks(ranks, self.by_number)

    def _ranks(self, order: str) -> tuple[str, list[list[int]]]:
        """What is wrong if anything is, and the numbers that stand in each rank."""
        if order and not ORDER.fullmatch(order):
            return f"{order[:40]!r} is no order: expected numbers such as 3,1,{{2,4}}", []
        ranks = [[int(n) for n in NUMBER.findall(item)] for item in RANK.findall(order)]
        named = [number for rank in ranks for number in rank]
        for number in named:
            if not 1 <= number <= self.size:
                said = f"the header names {self.size}, numbered 1 to {self.size}"
                return f"{number} is no alternative: {said}", []
        if self.kind.strict and any(len(rank) > 1 for rank in ranks):
            return f"{order!r} has a tie, and a {self.kind} file is strict", []
        if self.kind.complete and len(set(named)) < self.size:
            some = f"{order!r} ranks {len(set(named))} of {self.size}"
            return f"{some}, and a {self.kind} file is complete", []
        return "", ranks


def _marks(ranks: list[list[int]], by_number: Mapping[int, Candidate]) -> Marks:
    while ranks and not ranks[-1]:
        ranks.pop()
    return tuple(tuple(by_number[number] for number in rank) for rank in ranks)


# --- writing ------------------------------------------------------------------


def write(
    papers: Iterable[Paper],
    candidates: Sequence[Standing],
    title: str = "",
    kind: Kind | None = None,
) -> Iterator[str]:
    """The papers as lines of PrefLib, those alike in one, the most frequent first.

    Left out: the spoiled and the blank, a rank that nobody has, and a second mark for a
    candidate. Without a kind, the narrowest that holds every paper; raises `InputError`
    where a kind is asked for that cannot.
    """
    groups: Counter[Marks] = Counter()
    modified = "original"
    for paper in papers:
        if paper.reconstructed:
            modified = "synthetic"
        marks = once(paper.marks)
        if marks and not paper.spoiled:
            groups[marks] += paper.papers
    kind = _fitting(groups, len(candidates), kind)
    number = {entry.id: str(at) for at, entry in enumerate(candidates, 1)}
    yield from _header_lines(groups, candidates, title, kind, modified)
    for marks, count in groups.most_common():
        yield f"{count}: {','.join(_item([number[name] for name in names]) for names in marks)}\n"


def _fitting(groups: Mapping[Marks, int], size: int, asked: Kind | None) -> Kind:
    tie = next((marks for marks in groups if any(len(names) > 1 for names in marks)), None)
    part = next((marks for marks in groups if sum(map(len, marks)) < size), None)
    if asked is None:
        narrowest = {
            (False, False): Kind.SOC,
            (False, True): Kind.SOI,
            (True, False): Kind.TOC,
            (True, True): Kind.TOI,
        }
        return narrowest[tie is not None, part is not None]
    if asked.strict and tie:
        raise InputError(f"{as_written(tie)}: a {asked} file holds no shared rank; write toi")
    if asked.complete and part:
        raise InputError(f"{as_written(part)}: a {asked} file must rank everyone; write soi or toi")
    return asked


def _header_lines(
    groups: Mapping[Marks, int],
    candidates: Sequence[Standing],
    title: str,
    kind: Kind,
    modified: str,
) -> Iterator[str]:
    yield f"# TITLE: {' '.join(title.split())}\n"
    yield f"# DATA TYPE: {kind}\n"
    yield f"# MODIFICATION TYPE: {modified}\n"
    yield f"# NUMBER ALTERNATIVES: {len(candidates)}\n"
    yield f"# NUMBER VOTERS: {sum(groups.values())}\n"
    yield f"# NUMBER UNIQUE ORDERS: {len(groups)}\n"
    for at, entry in enumerate(candidates, 1):
        yield f"# ALTERNATIVE NAME {at}: {' '.join(entry.name.split())}\n"


def _item(numbers: Sequence[str]) -> str:
    return numbers[0] if len(numbers) == 1 else "{" + ",".join(numbers) + "}"
