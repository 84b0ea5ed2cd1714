"""Ballots as ABIF, the aggregated ballot information format (https://github.com/electorama/abif).

A line in braces says what the file is; `=TOKEN:[Name]` declares a candidate, and
`27:A>B>C` stands for twenty-seven papers alike. The format has no escape: a name in square
brackets holds no bracket, and whatever follows a `#` is a comment.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from hustings.ballots.profile import Ranking
from hustings.election.spec import Standing
from hustings.units import Candidate, Papers

# The signs that the format takes for itself, and those that stand for them in a name.
STAND_INS = str.maketrans({"[": "(", "]": ")", "#": "＃", "{": "(", "}": ")"})


def write(
    rankings: Mapping[Ranking, Papers],
    candidates: Sequence[Standing],
    title: str,
    notes: Iterable[str] = (),
) -> Iterator[str]:
    """The papers as lines of ABIF, the most frequent first.

    `notes` are what the format has no place for, such as a weight; they are comments, as
    are the withdrawn. Papers that rank nobody are left out, and are told in a comment.
    """
    token = tokens(candidates)
    yield f"{{{json.dumps('title')}: {json.dumps(_plain(title), ensure_ascii=False)}}}\n"
    blank = rankings.get((), 0)
    for note in (*notes, *([f"{blank} papers that rank nobody are left out"] if blank else [])):
        yield f"# {_one_line(note)}\n"
    for entry in candidates:
        yield f"={token[entry.id]}:[{_plain(entry.name) or entry.id}]\n"
    for entry in candidates:
        if entry.withdrawn:
            yield f"# {token[entry.id]} has withdrawn\n"
    for ranking, papers in sorted(rankings.items(), key=lambda item: (-item[1], item[0])):
        if ranking:
            yield f"{papers}:{'>'.join(token[name] for name in ranking)}\n"


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
