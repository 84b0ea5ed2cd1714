"""Valid ballot files of every format, and ways to spoil their bytes."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from fractions import Fraction
from functools import cache
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from hypothesis import strategies as st

from hustings.ballots.paper import NO_UNIT, OVERVOTE, Paper, ranked
from hustings.election.spec import EVERYONE, Contest, SectionEntry, Standing
from hustings.errors import InputError
from hustings.formats import rctab_config, rctab_records
from hustings.formats.ballot_file import BallotFile, Mistakes
from hustings.formats.ballot_formats import EVERY_FORMAT, WholeFormat, without_overvotes
from hustings.formats.json_text import parsed_bytes
from hustings.units import Candidate, Papers, Section, Unit

CONFIG = ".rctab"
CANDIDATES = (
    Standing(Candidate("ann"), "Ann Lee"),
    Standing(Candidate("bob"), 'Bob "B" Smith', withdrawn=True),
    Standing(Candidate("zoe"), "Zoë O'Neill"),
)
CONTEST = Contest(
    "contest",
    "Leader",
    CANDIDATES,
    (SectionEntry(EVERYONE, EVERYONE, Fraction(1)),),
    None,  # type: ignore[arg-type]
)
A, B, Z = (entry.id for entry in CANDIDATES)
PAPERS = (
    Paper(EVERYONE, ranked("ann", "zoe"), Papers(12)),
    Paper(EVERYONE, ((A, B), (Z,)), Papers(3), Unit("leeds")),
    Paper(Section("members"), ((Z,), (), (A,)), Papers(2), NO_UNIT, "Eve"),
    Paper(EVERYONE, ((OVERVOTE,), (A,), (A,))),
    Paper(EVERYONE, (), Papers(5), spoiled="late"),
    Paper(EVERYONE, ranked("zoe", "bob", "ann"), Papers(7)),
)
COMPLETE = (Paper(EVERYONE, ranked("zoe", "bob", "ann"), Papers(7)),)

# Other ways to say it, so that spoiling meets every path of a reader.
DIALECTS: dict[str, tuple[str, ...]] = {
    ".csv": (
        'id;Ann;Bob\n1;1;2\n2;"2.0";1\n3;;\n',
        "paper,rank,candidate\nA1,1,ann\nA1,2,bob\nA2,,\n",
        "count,ranking\n42,ann > bob=cat > _ > dan\n",
        "section,unit,count,spoiled,r1,r2\nm,leeds,3,,ann,bob\nm,,1,late,,\n",
        "Precinct,1st choice,2nd choice,weight\nleeds,ann,skipped,3\nleeds,overvote,bob,1\n",
        '3,2,\n12,1,3,\n2,2,\n"Candidate 1","Ann","L",\n"Candidate 2","Bob ""B""","",\n'
        '"Candidate 3","Cat","",\n""Ward 1, North"",',
        'T,5.2,,,\n,,"A (Number of positions=1, Number of ranks=2)",'
        '"A (Number of positions=1, Number of ranks=2)",B (Vote For=1)\n,,Ann(1),Ann(2),Eve\n'
        'CvrNumber,PrecinctPortion,,,\n1,leeds,1,0,1\n2,="york",0,1,\n',
        "2 1   \n3 1 2 0   \n0     \nAnn  \nBob   \n",
        "VoteKit RankProfile\nCandidates\n(Ann:A),(Bob:B)\n=,=\nRanking_1,Ranking_2,&,Weight,&\n"
        "{'A'},\"{'B', 'A'}\",&,2.0,&\n{},{'B'},&,1.0,&\n",
    ),
    ".jsonl": (
        '{"ranking": ["ann", ["bob", "cat"], null, "dan"], "count": 3}\n{"ranking": []}\n',
        '{"Ann": 1, "Bob": 2.0}\n{"Ann": null, "Bob": 1}\n',
        '{"paper": "A", "rank": 1, "candidate": "ann"}\n',
    ),
    ".blt": (
        '5 1 -2 3 1 0 2 4 3 0 0 "Ann" "Bob" "Cat" "Dan" "Eve" "Title"\n',
        "3 2\n[nick a b c]\n[withdrawn b]\n[tie a c]\n(A1) a b 0\n(A2) c=a - b\n4/2 b 0\n0\n"
        '\'It\'\'s\'\n"""Bob"" ""Reds"""\nCat # remark\n',
        "2 1\n3 1 0 2 0\n1 2\n0\nAnn\nBob\nTitle\n",
    ),
    ".abif": (
        'ABIF 1.0 {"a": "b"}\n{title: "T"}\n=A:[Ann # 1]\n"B b":[Bob]\n27: A > [Cat]="B b" # x\n',
        '3*A/5,B/2,C/5\n4:A>B: {"precinct": 5}\n10:\n',
        "[Ann Lee]: A\nballot_type: ordinal\n3:A/5>B/5>C\n",
    ),
    ".cvotes": (
        "#/Candidates: A ; B;C\n#/Number of Seats: 2\n#/Weight Allowed: true\n#/Other: 1\n\n"
        "t, u || A > B = C ^1 * 42 # x\n/EMPTY/ * 2\nC\n",
        "A > B\nB * 3\n",
        "A * 2 ; x || B > A\n/EMPTY_RANKING/\n",
    ),
    ".toi": (
        "3\n1,Ann\n2,Bob\n3,Cat\n6,6,2\n4,1,{2,3}\n2,{},3\n",
        "# TITLE: T\n# DATA TYPE: toi\n# NUMBER ALTERNATIVES: 2\n# NUMBER VOTERS: 3\n"
        "# NUMBER UNIQUE ORDERS: 1\n# ALTERNATIVE NAME 1: A\n# ALTERNATIVE NAME 2: B\n3: {1,2}\n",
    ),
    ".json": (
        '{"metadata": {"candidates": ["A", "B"]}, "num_candidates": 2, '
        '"votes": [{"n": 5, "prefs": [1, 0]}]}',
        '{"candidates": ["A", "B"], "contest": "T", "votes": [[5, 1, 2], [3, 2]]}',
        '[{"ranking": ["ann", null, "bob"]}, {"ranking": ["bob"], "count": 2}]',
        '{"candidates": [0, 1], "cmap": {"0": "A", "1": "B"}, "rankings": '
        '[{"ranking": {"0": 1, "1": 3}, "count": 2}, {"ranking": {"1": 1}, "count": 4}]}',
    ),
    CONFIG: (
        '{"outputSettings": {"contestName": "T"}, "cvrFileSources": [{"filePath": "x.csv", '
        '"provider": "ess", "firstVoteColumnIndex": "2", "firstVoteRowIndex": 2, '
        '"precinctColumnIndex": "1", "overvoteDelimiter": "|", "overvoteLabel": "overvote", '
        '"undeclaredWriteInLabel": "UWI", "treatBlankAsUndeclaredWriteIn": true}], '
        '"candidates": [{"name": "Ann", "excluded": false, "aliases": ["A"]}, {"name": "Bob", '
        '"code": "B"}], "rules": {"tiebreakMode": "useCandidateOrder", '
        '"overvoteRule": "alwaysSkipToNextRank", "winnerElectionMode": "singleWinnerMajority", '
        '"numberOfWinners": "1", "maxSkippedRanksAllowed": "unlimited", "maxRankingsAllowed": '
        '"max", "batchElimination": true, "exhaustOnDuplicateCandidate": false}}',
    ),
}
DECISIONS = """\
schema = 1
[[decided]]
contest = "contest"
round = 2
among = ["ann", "bob"]
chosen = "bob"
by = "Eve, officer"
when = 2026-05-07
why = "drawn by lot"
[[decided]]
among = ["zoe", "ann"]
chosen = "ann"
by = "Eve"
when = "2026-05-07"
why = 'the "rules", 3'
"""
ROWS = ((2, ("p1", "Ann", "overvote")), (3, ("p2", "A|Bob", "")), (4, ("p1", "undervote", "UWI")))


@cache
def valid(suffix: str) -> tuple[bytes, ...]:
    """Files of the format that have nothing wrong, or nearly nothing."""
    written = [text.encode() for text in DIALECTS.get(suffix, ())]
    if suffix != CONFIG:
        format_ = EVERY_FORMAT[suffix]
        papers = COMPLETE if suffix in (".soc", ".soi", ".toc") else PAPERS
        made = format_.write(without_overvotes(format_, papers), CANDIDATES, "Title", 2)
        written.append(made if isinstance(made, bytes) else "".join(made).encode())
    return tuple(written)


def read(suffix: str, data: bytes, contest: Contest | None = None) -> BallotFile | None:
    """What the reader makes of the bytes; None where it refuses them as a whole."""
    if suffix == CONFIG:
        return _configured(data)
    format_ = EVERY_FORMAT[suffix]
    try:
        if isinstance(format_, WholeFormat):
            return format_.read(data, f"x{suffix}", contest, None)
        text = data.decode("utf-8", "replace")
        return format_.read(re.findall(r"[^\n]*\n|[^\n]+", text), f"x{suffix}", contest, None)
    except InputError:
        return None


def _configured(data: bytes) -> BallotFile | None:
    value, amiss = parsed_bytes(data)
    if amiss or not isinstance(value, dict):
        return None
    mistakes = Mistakes("x.json")
    config = rctab_config.read(value, mistakes)
    papers: list[Paper] = []
    for source in config.sources:
        papers += rctab_records.of_ranks(ROWS, source, config, mistakes)
        papers += rctab_records.of_candidates(ROWS, source, config, mistakes)
    return BallotFile(config.candidates, tuple(papers), mistakes.all())


# What upsets readers: signs that mean something, large numbers, odd letters, broken UTF-8.
TOKENS = [
    *(sign.encode() for sign in '"\'[]{}(),;:=>#|*^/-_\n\r\t 0'),
    b"\n\n", b"\r\n", b"\xef\xbb\xbf", b"\xff", b"\x00", b"\xc3", "é王\u2028\u0308".encode(),
    b"999999999999999999999", b"-1", b"1e9", b"0.5", b"1/3", b"NaN", b"null", b"true", b"[]", b"{}",
    b"(overvote)", b"ann", b"bob", b"/EMPTY/", b"||", b"#/Candidates:", b"[nick", b"0 0\n0\n",
    b"count", b"ranking", b"section", b"paper", b'""', b"{1,2}", b"=A:[B]", b"[[[[[[[[",
    json.dumps({"Rank": 1}).encode(), b"<", b"</", b"/>", b"<a>", b"&#0;", b"&lt;", b"<!DOCTYPE a>",
    b"[[decided]]\n", b"among",
]  # fmt: skip

Spoiling = tuple[str, float, float, bytes]
SPOILINGS = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "over", "cut", "again", "swap"]),
        st.floats(0, 1, allow_nan=False),
        st.floats(0, 1, allow_nan=False),
        st.sampled_from(TOKENS) | st.binary(min_size=1, max_size=4),
    ),
    min_size=1,
    max_size=6,
)


def spoiled(data: bytes, spoilings: list[Spoiling]) -> bytes:
    """The bytes with something put in, written over, cut out, repeated or moved."""
    for kind, here, there, token in spoilings:
        start, end = sorted((int(here * len(data)), int(there * len(data))))
        end = min(end, start + 64) if kind != "cut" or len(token) > 1 else end
        match kind:
            case "put":
                data = data[:start] + token + data[start:]
            case "over":
                data = data[:start] + token + data[start + len(token) :]
            case "cut":
                data = data[:start] + data[end:]
            case "again":
                data = data[:end] + data[start:end] * 3 + data[end:]
            case _:
                data = data[:start] + data[end:] + data[start:end]
    return data


def spoil(suffix: str, data: bytes, spoilings: list[Spoiling]) -> bytes:
    """The file spoiled: its bytes, or what is packed in it, or the values of its tree."""
    inside = INSIDE.get(suffix)
    if inside and len(spoilings) % 2:
        return inside(data, spoilings)
    return spoiled(data, spoilings)


def _packed(data: bytes, spoilings: list[Spoiling]) -> bytes:
    """A workbook of which one part is spoiled, and packed again."""
    kept = BytesIO()
    with ZipFile(BytesIO(data)) as book, ZipFile(kept, "w") as again:
        names = [name for name in book.namelist() if "sheet" in name or "Strings" in name]
        chosen = names[int(spoilings[0][1] * len(names)) % len(names)]
        for name in book.namelist():
            part = book.read(name)
            again.writestr(name, spoiled(part, spoilings) if name == chosen else part)
    return kept.getvalue()


VALUES = (
    None,
    True,
    -1,
    0,
    2,
    1.5,
    10**30,
    "",
    "ann",
    "A",
    "(overvote)",
    [],
    {},
    [1, [2]],
    {"a": 1},
)


def tree_spoiled(data: bytes, spoilings: list[Spoiling]) -> bytes:
    """JSON of which some values are others, or are gone."""
    value = json.loads(data)
    for kind, here, there, _ in spoilings:
        places = list(_places(value))
        if not places:
            break
        holder, key = places[int(here * len(places)) % len(places)]
        if kind == "cut":
            del holder[key]
        else:
            holder[key] = deepcopy(VALUES[int(there * len(VALUES)) % len(VALUES)])
    return json.dumps(value).encode()


def _places(value: object) -> Iterator[tuple[Any, Any]]:
    """Every list and object with each key in it."""
    items = value.items() if isinstance(value, dict) else enumerate(value)  # type: ignore[arg-type]
    for key, part in list(items):
        yield value, key
        if isinstance(part, list | dict):
            yield from _places(part)


INSIDE = {".xlsx": _packed, ".json": tree_spoiled, CONFIG: tree_spoiled}
