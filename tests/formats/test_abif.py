"""Ballots as ABIF: every paper, by tokens that the format takes, whatever a name holds."""

import json
import re
from collections import Counter

import pytest

from hustings.ballots.profile import Ranking
from hustings.election.spec import Standing
from hustings.formats import abif
from hustings.units import Candidate, Papers

# The lines that the grammar has, as far as they are written here: a comment, a pair in
# braces, a declared candidate and a ballot line
# (https://github.com/electorama/abif, abif-v0.31.ebnf, commit 30d0e2a).
LINE = re.compile(
    r"#(?P<comment>[^\r\n]+)"
    r'|\{"title": (?P<title>"(?:[^"\\]|\\.)*")\}'
    r"|=(?P<token>[a-zA-Z][a-zA-Z0-9_]*):\[(?P<name>[^\]\[#\r\n]+)\]"
    r"|(?P<papers>[1-9][0-9]*):(?P<ranking>[a-zA-Z][a-zA-Z0-9_]*(?:>[a-zA-Z][a-zA-Z0-9_]*)*)"
)
HOSTILE = ("Ann]\n9:bob", "# 1:ann", '"}{', "רחל\u202e", "蘇業", "=+@", "x" * 4000, "")
PAPERS: dict[Ranking, Papers] = {
    (Candidate("ann-lee"), Candidate("bob")): Papers(2),
    (Candidate("bob"),): Papers(27),
    (): Papers(3),
}


def candidates(*names: str) -> list[Standing]:
    ids = ("ann-lee", "bob", "2nd", "ann_lee", "e", "f", "g", "h")
    return [Standing(Candidate(id_), name) for id_, name in zip(ids, names, strict=False)]


def parsed(text: str) -> list[dict[str, str]]:
    """The lines by the grammar; each must be one of its own."""
    found = [LINE.fullmatch(line) for line in text.splitlines()]
    assert all(found), text
    return [{k: v for k, v in match.groupdict().items() if v} for match in found if match]


def written(*names: str, notes: tuple[str, ...] = ()) -> list[dict[str, str]]:
    return parsed("".join(abif.write(PAPERS, candidates(*names), "A title", notes)))


def test_a_page_of_abif() -> None:
    """What it is, what has no place, who stands, and the papers, the most frequent first."""
    listed = [*candidates("Ann Lee", "Bob"), Standing(Candidate("cat"), "Cat", withdrawn=True)]
    assert "".join(abif.write(PAPERS, listed, "Post: members", ("weight 1/3",))) == (
        '{"title": "Post: members"}\n'
        "# weight 1/3\n"
        "# 3 papers that rank nobody are left out\n"
        "=ann_lee:[Ann Lee]\n"
        "=bob:[Bob]\n"
        "=cat:[Cat]\n"
        "# cat has withdrawn\n"
        "27:bob\n"
        "2:ann_lee>bob\n"
    )


def test_no_name_adds_a_paper_or_takes_one_away() -> None:
    """Neither a bracket nor a line end nor a # leaves its place."""
    lines = written(*HOSTILE)
    papers = Counter({line["ranking"]: int(line["papers"]) for line in lines if "papers" in line})
    assert papers == {"ann_lee>bob": 2, "bob": 27}
    names = [line["name"] for line in lines if "token" in line]
    assert names[0] == "Ann) 9:bob" and names[1] == "＃ 1:ann" and names[7] == "h"
    assert len({line["token"] for line in lines if "token" in line}) == len(HOSTILE)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_title_and_a_note_stay_on_their_line(text: str) -> None:
    """Whatever they say, the lines after them are the same."""
    lines = parsed("".join(abif.write(PAPERS, candidates("Ann", "Bob"), text, (f"x{text}",))))
    assert lines[1:] == [
        {"comment": f" x{' '.join(text.split())}".rstrip()},
        *written("Ann", "Bob")[1:],
    ]
    assert "\n" not in json.loads(lines[0]["title"])
