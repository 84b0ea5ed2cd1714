"""What is wrong gets one clear message with place and remedy; nothing is counted or written."""

import ctypes
import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hustings.formats.ballot_formats import EVERY_FORMAT
from hustings.shell import acts

from .conftest import SCRIPT, Folder, Hustings

Write = Callable[[str], str]

SEVERAL = "Nothing was counted or written."
STANDING = "ann (Ann Archer), bob (Bob Baker), cat (Cat Cooper)"
NO_BOOK = (
    "no rule book is called 'labour-2011'; `hustings rules` lists them: "
    f"{', '.join(acts.rule_book_names())}"
)
NO_EXAMPLE = f"no example is called 'leeds'; they are {', '.join(acts.examples())}"
A_FRACTION = 'an exact fraction in quotes, such as "1/3"'
CSV_HEADER = (
    "expected a header row such as 1,2,3 (ranks), or the candidates' names, or "
    "paper,rank,candidate, or ranking; and beside them any of section, unit, count, spoiled, "
    "reconstructed, elector, paper"
)

# --- the college --------------------------------------------------------------


def test_weights_that_do_not_sum_to_one(hustings: Hustings, election: Folder) -> None:
    election.swap("election.toml", '"1/2"', '"1/3"')
    assert hustings.refuses("count", "e") == [
        "e/election.toml:6: sections: the weights 1/3 + 1/2 sum to 5/6, and labour-2010 wants 1"
    ]


@pytest.mark.parametrize(
    ("weight", "said"),
    [
        ("0.3333", f"0.3333 is not exact; write {A_FRACTION}"),
        ("1", f"1 is not {A_FRACTION}"),
        ('"0.5"', f"'0.5' is not {A_FRACTION}"),
        ('"-1/2"', f"'-1/2' is not {A_FRACTION}"),
        ('"1/0"', f"'1/0' is not {A_FRACTION}"),
        ('"half"', f"'half' is not {A_FRACTION}"),
        ('""', f"'' is not {A_FRACTION}"),
        ("[1, 2]", f"this is not {A_FRACTION}"),
    ],
)
def test_a_weight_that_is_no_exact_fraction(
    hustings: Hustings, election: Folder, weight: str, said: str
) -> None:
    election.swap("election.toml", '"1/2"', weight)
    assert hustings.refuses("count", "e") == [f"e/election.toml:8: sections.members.weight: {said}"]


def test_a_weight_of_more_digits_than_anyone_means(hustings: Hustings, election: Folder) -> None:
    election.swap("election.toml", '"1/2"', f'"1/{"9" * 5000}"')
    (told,) = hustings.refuses("count", "e")
    assert told.startswith("e/election.toml:8: sections.members.weight: ")
    assert told.endswith(f" is not {A_FRACTION}")


def test_a_weight_of_nothing(hustings: Hustings, election: Folder) -> None:
    election.swap("election.toml", '"1/2"', '"0"')
    election.swap("election.toml", '"1/2"', '"1"')
    assert hustings.refuses("count", "e") == [
        "e/election.toml:8: sections.members.weight: a section of no weight is no section"
    ]


def test_a_unit_that_two_sections_declare(hustings: Hustings, election: Folder) -> None:
    units = '[sections.{}.units]\nleeds = "Leeds"\n\n'
    election.swap("election.toml", "[sections.branches]", units.format("members") + "[sections.b]")
    election.swap("election.toml", "[sections.b]", "[sections.branches]")
    election.swap(
        "election.toml", "[contests.chair]\n", units.format("branches") + "[contests.chair]\n"
    )
    assert hustings.refuses("count", "e") == [
        "e/election.toml:18: sections.branches.units.leeds: 'leeds' is a unit of members already; "
        "a unit belongs to one section, so give each its own id"
    ]


def test_a_unit_that_two_sections_use(hustings: Hustings, election: Folder) -> None:
    election.put("ballots.csv", "section,unit,1,2\nmembers,leeds,ann,\nbranches,leeds,bob,\n")
    assert hustings.refuses("count", "e") == [
        "e/ballots.csv:3: unit: unit leeds is of section members, and here of branches"
    ]


# --- what stands on a paper ---------------------------------------------------


def unsaid(mark: str, choice: str, last: str) -> str:
    """What is said of a mark for which the rule book has no answer."""
    return (
        f"{mark}, and the rule book labour-2010 does not say what that means: correct the paper, "
        f"or set {choice} to spoil, stop or {last} (under override in election.toml, or by --set)"
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("dan,ann,", f"1: 'dan' is no candidate; did you mean 'ann'? there are {STANDING}"),
        ("xyzzy,,", f"1: 'xyzzy' is no candidate; there are {STANDING}"),
        ("ann=bob,cat,", unsaid("ann=bob > cat: two candidates share a rank", "overvotes", "skip")),
        ("ann,,cat", unsaid("ann > _ > cat: a rank is left out", "skipped_ranks", "skip_any")),
        (
            "ann,bob,ann",
            unsaid("ann > bob > ann: a candidate is ranked twice", "repeated", "skip"),
        ),
        ("ann", "the row has 3 cells, and the header 5"),
        ("ann,bob,cat,dan", "the row has 6 cells, and the header 5"),
    ],
)
def test_a_row_that_is_wrong(hustings: Hustings, election: Folder, row: str, said: str) -> None:
    election.add("ballots.csv", f"members,1,{row}\n")
    assert hustings.refuses("count", "e") == [f"e/ballots.csv:7: {said}"]


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("membres", "'membres' is no section; did you mean 'Members'? there are members, branches"),
        ("", "the section is missing: say which of members, branches the papers are of"),
    ],
)
def test_a_section_that_is_none(
    hustings: Hustings, election: Folder, section: str, said: str
) -> None:
    election.add("ballots.csv", f"{section},1,ann,,\n")
    assert hustings.refuses("count", "e") == [f"e/ballots.csv:7: section: {said}"]


@pytest.mark.parametrize("count", ["-4", "0", "1.5", "four", "1e3", "1,000"])
def test_a_number_of_papers_that_is_none(hustings: Hustings, election: Folder, count: str) -> None:
    election.swap("ballots.csv", "members,4,", f'members,"{count}",')
    assert hustings.refuses("count", "e") == [
        f"e/ballots.csv:2: count: {count!r} is not a whole number of papers, 1 or more"
    ]


def test_more_papers_than_there_are(hustings: Hustings, election: Folder, blt: Write) -> None:
    many = 10**30
    said = f"'{many}' is more papers than are read, 999,999,999,999,999"
    election.swap("ballots.csv", "members,4,", f"members,{many},")
    assert hustings.refuses("count", "e") == [f"e/ballots.csv:2: count: {said}"]
    name = blt(f'2 1\n{many} 1 2 0\n0\n"Ann"\n"Bob"\n')
    assert hustings.refuses("count", name) == [f"chair.blt:2: {said}"]


def test_a_negative_number_of_papers_in_blt(hustings: Hustings, blt: Write) -> None:
    """At the head of the ballots `-2` alone says that the second has withdrawn."""
    names = '0\n"Ann"\n"Bob"\n"Cat"\n'
    assert hustings.refuses("count", blt(f"3 1\n5 1 2 0\n-2 2 1 0\n{names}")) == [
        "chair.blt:3: '-2' stands among the ballots: it belongs before them"
    ]
    assert hustings.refuses("count", blt(f"3 1\n-2 2 1 0\n5 1 2 0\n{names}")) == [
        "chair.blt:2: a ballot stands behind '-2': write the withdrawn on a line of their own, and "
        "a number of papers as a whole number, 1 or more"
    ]


# --- the ballot file as a whole -----------------------------------------------


def test_an_empty_ballot_file(hustings: Hustings, election: Folder, blt: Write) -> None:
    election.put("ballots.csv", "")
    assert hustings.refuses("count", "e") == [f"e/ballots.csv: empty file: {CSV_HEADER}"]
    assert hustings.refuses("count", blt("")) == [
        "chair.blt: empty file: expected the numbers of candidates and of seats, such as 5 1"
    ]
    hustings.folder.joinpath("chair.soi").write_text("")
    assert hustings.refuses("count", "chair.soi") == [
        "chair.soi: empty file: expected # FILE NAME and so on, or the number of candidates"
    ]


def test_a_header_without_papers(hustings: Hustings, election: Folder) -> None:
    election.put("ballots.csv", "section,count,1,2,3\n")
    assert hustings.refuses("count", "e") == [
        "e/ballots.csv:1: there is a header and no paper below it"
    ]


def test_a_csv_file_cut_in_a_quoted_cell(hustings: Hustings, election: Folder) -> None:
    election.add("ballots.csv", 'members,1,"Ann Arc')
    assert hustings.refuses("count", "e") == [
        "e/ballots.csv:7: a quote is opened in this row and never closed"
    ]


def test_a_blt_file_without_an_end(hustings: Hustings, blt: Write) -> None:
    assert hustings.refuses("count", blt("3 1\n4 1 2 0\n3 2 1 0\n")) == [
        "chair.blt:3: the file ends inside the ballots: expected a line with a 0 by itself, and "
        "the names"
    ]


def test_a_blt_file_that_names_fewer_than_its_header_promises(
    hustings: Hustings, blt: Write
) -> None:
    assert hustings.refuses("count", blt('3 1\n4 1 2 0\n0\n"Ann"\n"Bob"\n')) == [
        "chair.blt:5: the header promises 3 candidates and 2 names follow"
    ]


def test_a_blt_file_that_ranks_and_names_more_than_its_header_promises(
    hustings: Hustings, blt: Write
) -> None:
    name = blt('2 1\n4 1 2 0\n1 3 1 0\n0\n"Ann"\n"Bob"\n"Cat"\n"Chair"\n')
    assert hustings.refuses("count", name) == [
        "chair.blt:3: '3' names no candidate: the header promises 2, numbered 1 to 2",
        "chair.blt:8: 'Chair' stands behind the title: the header promises 2 candidates, so as "
        "many names and a title are expected",
        SEVERAL,
    ]


def test_a_blt_header_that_promises_a_thousand_billion(hustings: Hustings, blt: Write) -> None:
    assert hustings.refuses("count", blt(f'{10**15 - 1} 1\n4 1 2 0\n0\n"Ann"\n"Bob"\n')) == [
        "chair.blt:5: the header promises 999999999999999 candidates and 2 names follow"
    ]


def test_a_preflib_file_whose_header_promises_other_votes(hustings: Hustings) -> None:
    head = "# DATA TYPE: soi\n# NUMBER ALTERNATIVES: 2\n# NUMBER VOTERS: 9\n"
    names = "# ALTERNATIVE NAME 1: Ann\n# ALTERNATIVE NAME 2: Bob\n"
    hustings.folder.joinpath("a.soi").write_text(f"{head}{names}4: 1,2\n3: 2\n")
    assert hustings.refuses("count", "a.soi") == [
        "a.soi:3: NUMBER VOTERS: the header promises 9 voters, and 7 follow"
    ]


# --- bytes that are no text ---------------------------------------------------

NOT_UTF_8 = "is not UTF-8; save the file as UTF-8 (in a spreadsheet: 'CSV UTF-8')"


def test_ballots_in_latin_1(hustings: Hustings, election: Folder) -> None:
    election.put("ballots.csv", (election.read("ballots.csv") + "members,1,Zoë,,\n").encode("l1"))
    assert hustings.refuses("count", "e") == [
        f"e/ballots.csv:7: byte 13 of the line, 0xeb, {NOT_UTF_8}"
    ]


def test_a_definition_in_latin_1(hustings: Hustings, election: Folder) -> None:
    text = election.read("election.toml").replace("Annual", "Årlig")
    election.put("election.toml", text.encode("l1"))
    assert hustings.refuses("count", "e") == [
        f"e/election.toml:4: byte 9 of the line, 0xc5, {NOT_UTF_8}"
    ]


@pytest.mark.parametrize("name", ["ballots.csv", "election.toml"])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le"])
def test_a_file_in_utf_16(hustings: Hustings, election: Folder, name: str, encoding: str) -> None:
    election.put(name, election.read(name).encode(encoding))
    said = {
        "utf-16": "this is UTF-16; save the file as UTF-8",
        "utf-16-be": "a NUL byte stands in the line: this is no text file",
        "utf-16-le": "a NUL byte stands in the line: this is no text file",
    }
    assert hustings.refuses("count", "e") == [f"e/{name}:1: {said[encoding]}"]


def test_binary_garbage(hustings: Hustings, election: Folder) -> None:
    garbage = bytes(range(250, 127, -1)) * 50
    election.put("ballots.csv", garbage)
    hustings.folder.joinpath("a.blt").write_bytes(garbage)
    hustings.folder.joinpath("a.toml").write_bytes(garbage)
    for words, name in (("e", "e/ballots.csv"), ("a.blt", "a.blt"), ("a.toml", "a.toml")):
        (told,) = hustings.refuses("count", words)
        assert told.startswith(f"{name}:1: ")
    assert hustings.refuses("count", "a.blt") == [f"a.blt:1: byte 1 of the line, 0xfa, {NOT_UTF_8}"]


def test_nul_bytes(hustings: Hustings, election: Folder, blt: Write) -> None:
    said = "a NUL byte stands in the line: this is no text file"
    assert hustings.refuses("count", blt('2 1\n4 1 2 0\n0\n"A\0nn"\n"Bob"\n')) == [
        f"chair.blt:4: {said}"
    ]
    election.swap("ballots.csv", "bob,cat", "bo\0b,cat")
    assert hustings.refuses("count", "e") == [f"e/ballots.csv:6: {said}"]
    election.swap("election.toml", "Bob", "B\0b")
    assert hustings.refuses("count", "e") == [f"e/election.toml:21: {said}"]


def test_a_name_that_would_steer_the_terminal(
    hustings: Hustings, election: Folder, blt: Write
) -> None:
    said = "a control character, 0x1b, stands in the line: this is no text file"
    assert hustings.refuses("count", blt('2 1\n4 1 2 0\n0\n"A\x1b[2Jnn"\n"Bob"\n')) == [
        f"chair.blt:4: {said}"
    ]
    election.swap("election.toml", "Bob Baker", "Bob\\u001b[2J Baker")
    assert hustings.refuses("count", "e") == [
        "e/election.toml:21: contests.chair.candidates.bob: 'Bob\\x1b[2J Baker' is not a name in "
        'quotes, or { name = "Ann", withdrawn = true }'
    ]


# --- files that are too large -------------------------------------------------

MOST_SECONDS, MOST_BYTES = 10, 300 << 20
LONG = "the line is longer than 1,048,576 bytes: this is no ballot file, or its line ends are lost"
LARGE = "the file is larger than 16,777,216 bytes"


def within_limits() -> None:
    """No more processor time and memory than a small answer needs."""
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, MOST_BYTES))


# A process started straight from the tests' own is charged with the memory that the tests hold:
# until the new program is loaded it is their copy. So a small one starts it, and asks the kernel.
MEASURED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)  # Linux counts in kibibytes
"""


def most_memory(hustings: Hustings, *words: str) -> int:
    """How many bytes of memory a command came to hold."""
    measured = subprocess.run(
        [sys.executable, "-S", "-c", MEASURED, str(SCRIPT), *words],
        cwd=hustings.folder,
        env=hustings.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(measured.stdout)


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        ("ballots.csv", "count e", f"e/ballots.csv:1: {LONG}"),
        ("ballots.blt", "count e/ballots.blt", f"e/ballots.blt:1: {LONG}"),
        ("ballots.soi", "count e/ballots.soi", f"e/ballots.soi:1: {LONG}"),
        ("election.toml", "count e", f"e/election.toml: {LARGE}"),
        ("transcript.json", "verify e/transcript.json", f"e/transcript.json: {LARGE}"),
    ],
)
def test_two_gigabytes_without_a_line_end(
    hustings: Hustings, election: Folder, name: str, words: str, said: str
) -> None:
    with election.path.joinpath(name).open("wb") as file:
        file.truncate(2 << 30)
    assert hustings.refuses(*words.split(), preexec_fn=within_limits) == [said]
    assert most_memory(hustings, *words.split()) < MOST_BYTES


def test_a_line_of_two_megabytes(hustings: Hustings, election: Folder) -> None:
    election.add("ballots.csv", "members,1,ann," + "x" * (2 << 20))
    assert hustings.refuses("count", "e") == [f"e/ballots.csv:7: {LONG}"]


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_of_more_than_128_kibibytes(
    hustings: Hustings, election: Folder, quote: str
) -> None:
    election.add("ballots.csv", f"members,1,{quote}{'x' * 200_000}{quote},,\n")
    assert hustings.refuses("count", "e") == [
        "e/ballots.csv:7: a cell is longer than 131,072 characters: perhaps a quote is opened in "
        "this row and never closed"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "[" * 5000,
        "x = " + "[" * 5000 + "]" * 5000,
        "x = " + "{a = " * 5000 + "1" + "}" * 5000,
        f"[{'.'.join('a' * 5000)}]",
    ],
    ids=["lists never closed", "lists", "tables in tables", "a path"],
)
def test_toml_that_is_nested_too_deep(hustings: Hustings, election: Folder, text: str) -> None:
    election.add("election.toml", text + "\n")
    assert hustings.refuses("count", "e") == [
        "e/election.toml: this is not TOML: lists or tables are nested too deep"
    ]


def test_a_definition_with_thousands_of_mistakes_is_answered_soon(
    hustings: Hustings, election: Folder
) -> None:
    election.add("election.toml", "".join(f"[x{number}]\na = 1\n" for number in range(3000)))
    told = hustings.refuses("count", "e", preexec_fn=within_limits)
    assert told[0] == (
        "e/election.toml:23: x0: 'x0' means nothing here; expected one of schema, election, dates, "
        "sections, contests, releases"
    )
    assert told[-2:] == ["e/election.toml: and 2900 more mistakes", SEVERAL]
    assert len(told) == 102


def test_a_ballot_file_with_thousands_of_mistakes_tells_a_hundred(
    hustings: Hustings, election: Folder
) -> None:
    rows = (f"members,1,xyzzy{number},,\n" for number in range(3000))
    election.add("ballots.csv", "".join(rows))
    told = hustings.refuses("count", "e", preexec_fn=within_limits)
    assert told[-2:] == ["e/ballots.csv: and 2900 more mistakes", SEVERAL]
    assert len(told) == 102


def test_one_mistake_on_thousands_of_lines_is_told_once(
    hustings: Hustings, election: Folder
) -> None:
    election.add("ballots.csv", "members,1,xyzzy,,\n" * 3000)
    (told,) = hustings.refuses("count", "e", preexec_fn=within_limits)
    assert told.startswith("e/ballots.csv:7: 1: 'xyzzy' is no candidate; ")
    assert told.endswith(" (and on 2,999 more lines)")


def test_ten_thousand_candidates(hustings: Hustings, election: Folder) -> None:
    """Each round would be a table of thousands of rows, and there would be thousands of rounds."""
    said = "10,000 candidates are standing: at most 1,000 can be counted"
    rows = "".join(f"{number + 1},C{number},C{number - 1}\n" for number in range(1, 10_000))
    hustings.folder.joinpath("a.csv").write_text(f"count,1,2\n{rows}")
    told = hustings.refuses("count", "a.csv", preexec_fn=within_limits)
    assert told[-1] == f"contest: {said}"
    more = "".join(f'c{number} = "C {number}"\n' for number in range(10_000 - 3))
    election.add("election.toml", more)
    assert hustings.refuses("count", "e", preexec_fn=within_limits) == [f"chair: {said}"]


@pytest.mark.slow
def test_two_hundred_candidates_are_counted_in_seconds(hustings: Hustings) -> None:
    rows = "".join(f"{number + 1},C{number},C{(number * 7 + 1) % 200}\n" for number in range(200))
    hustings.folder.joinpath("a.csv").write_text(f"count,1,2\n{rows}")
    told = hustings("count", "a.csv", preexec_fn=within_limits)
    assert " is elected in round 199 " in told.out


# --- ties, and nothing to count -----------------------------------------------

LEVEL = """\
section,count,1,2,3
members,4,ann,,
members,4,bob,,
members,1,cat,ann,
members,1,cat,bob,
branches,2,ann,,
branches,2,bob,,
"""


def test_a_tie_that_no_rule_breaks_asks_for_a_person(hustings: Hustings, election: Folder) -> None:
    election.put("ballots.csv", LEVEL)
    said = (
        "chair: round 2: ann, bob are tied, and the rules do not break the tie: decide it, set "
        "ties to end with lot (--set ties=lot), write the order down as decisions.lot or as --lot, "
        "and count again"
    )
    assert hustings.refuses("count", "e", code=3) == [said]
    assert hustings.refuses("check", "e", code=3) == [said]


def test_a_tie_that_is_left_to_a_lot_asks_for_the_lot(hustings: Hustings, election: Folder) -> None:
    election.put("ballots.csv", LEVEL)
    election.add("election.toml", '[contests.chair.override]\nties = ["lot"]\n')
    assert hustings.refuses("count", "e", code=3) == [
        "chair: round 2: ann, bob are tied and the rules leave it to a lot: draw one, write the "
        "order down as decisions.lot in election.toml or as --lot (first drawn goes first), and "
        "count again"
    ]


def test_a_tie_with_a_recorded_lot_counts_and_says_so(hustings: Hustings, election: Folder) -> None:
    election.put("ballots.csv", LEVEL)
    election.add("election.toml", '[contests.chair.override]\nties = ["lot"]\n')
    election.add("election.toml", "[contests.chair.decisions]\n")
    election.add("election.toml", 'lot = ["bob", "ann"]\ndrawn_by = "the officer on 1 May"\n')
    told = " ".join(hustings("count", "e").out.split())
    assert "Ann Archer is elected" in told
    assert "(the officer on 1 May) — Bob Baker goes" in told


def test_a_lot_that_names_a_stranger(hustings: Hustings, election: Folder) -> None:
    election.add("election.toml", '[contests.chair.decisions]\nlot = ["zed", "ann", "ann"]\n')
    assert hustings.refuses("count", "e") == [
        "e/election.toml:24: contests.chair.decisions.lot: 'zed' is no candidate; they are ann, "
        "bob, cat",
        "e/election.toml:24: contests.chair.decisions.lot: 'ann' was drawn twice",
        SEVERAL,
    ]


def test_no_formal_paper_at_all(hustings: Hustings, election: Folder) -> None:
    election.put("ballots.csv", "section,count,1,2,3\nmembers,4,,,\nbranches,1,,,\n")
    assert hustings.refuses("count", "e") == [
        "chair: round 1: there is no formal paper in any section"
    ]


def test_one_candidate(hustings: Hustings, election: Folder, blt: Write) -> None:
    election.swap("election.toml", 'bob = "Bob Baker"\ncat = "Cat Cooper"\n', "")
    assert hustings.refuses("count", "e") == [
        "e/election.toml:19: contests.chair.candidates: fewer than two candidates are standing: "
        "such a contest is declared, not counted"
    ]
    assert hustings.refuses("count", blt('1 1\n4 1 0\n0\n"Ann"\n'))[-1] == (
        "contest: only Ann is standing: a contest with fewer than two candidates is declared, not "
        "counted"
    )


# --- the definition -----------------------------------------------------------


@pytest.mark.parametrize(
    ("was", "put", "told"),
    [
        (
            '"labour-2010"',
            '"labour-2011"',
            f"16: contests.chair.rules: {NO_BOOK}",
        ),
        (
            '"labour-2010"',
            '"own.toml"',
            "16: contests.chair.rules: e/own.toml: cannot be read: No such file or directory",
        ),
        (
            "[sections.members]",
            "[dates]\npoll_opens = 2026-09-25T10:00:00\n[sections.members]",
            "7: dates.poll_opens: '2026-09-25T10:00:00' is not a date such as 2010-09-25",
        ),
        (
            "[sections.members]",
            '[dates]\npoll_opens = "2026-02-30"\n[sections.members]',
            "7: dates.poll_opens: 2026-02-30 is not a day of the calendar",
        ),
        (
            "[sections.members]",
            "[dates]\npoll_opens = 2026-02-30\n[sections.members]",
            "7: this is not TOML: Invalid date or datetime (column 14)",
        ),
        (
            "[sections.members]",
            "[dates]\npoll_open = 2026-02-03\n[sections.members]",
            "7: dates.poll_open: 'poll_open' means nothing here; did you mean 'poll_opens'?",
        ),
        (
            "Bob Baker",
            "ann archer",
            "21: contests.chair.candidates.bob: 'ann archer' is the name of ann too",
        ),
        (
            "Bob Baker",
            "Ann  Archer",
            "21: contests.chair.candidates.bob: 'Ann  Archer' is the name of ann too",
        ),
        (
            "bob = ",
            "Bob = ",
            "21: contests.chair.candidates.Bob: 'Bob' is not an id: small letters, digits, _ and "
            "-, such as e_miliband",
        ),
        (
            "bob = ",
            '"bob baker" = ',
            "21: contests.chair.candidates.bob baker: 'bob baker' is not an id: small letters, "
            "digits, _ and -, such as e_miliband",
        ),
        (
            "[sections.members]",
            "[sections.Members]",
            "6: sections.Members: 'Members' is not an id: small letters, digits, _ and -, such as "
            "e_miliband",
        ),
        (
            "bob = ",
            "total = ",
            "21: contests.chair.candidates.total: 'total' stands for a sum; choose another id",
        ),
        (
            "schema = 1",
            "schema = 2",
            "1: schema: 2 is not 1, the version of this format",
        ),
        (
            'name = "Annual meeting"',
            'name = ""',
            "4: election.name: '' is not a text in quotes",
        ),
        (
            '"ballots.csv"',
            '{ members = "ballots.csv" }',
            "17: contests.chair.ballots: no ballot file is given for the section 'branches'",
        ),
        (
            '"ballots.csv"',
            '{ members = "ballots.csv", branches = "ballots.csv", mps = "ballots.csv" }',
            "17: contests.chair.ballots.mps: 'mps' is not a section; they are members, branches",
        ),
    ],
)
def test_a_definition_that_is_wrong(
    hustings: Hustings, election: Folder, was: str, put: str, told: str
) -> None:
    election.swap("election.toml", was, put)
    assert hustings.refuses("count", "e") == [f"e/election.toml:{told}"]


def test_an_unknown_key_suggests_the_one_that_was_meant(
    hustings: Hustings, election: Folder
) -> None:
    election.swap("election.toml", "post = ", "psot = ")
    assert hustings.refuses("count", "e") == [
        "e/election.toml:14: contests.chair.post: is missing: expected a text in quotes",
        "e/election.toml:15: contests.chair.psot: 'psot' means nothing here; did you mean 'post'?",
        SEVERAL,
    ]


def test_overrides_that_are_no_choice_or_no_answer(hustings: Hustings, election: Folder) -> None:
    election.add(
        "election.toml",
        '[contests.chair.override]\novervote = "spoil"\nskipped_ranks = "burn"\nties = ["coin"]\n',
    )
    assert hustings.refuses("count", "e") == [
        "e/election.toml:24: contests.chair.override.overvote: 'overvote' means nothing here; did "
        "you mean 'overvotes'?",
        "e/election.toml:25: contests.chair.override.skipped_ranks: 'burn' is not one of refuse, "
        "spoil, stop, skip_one, skip_some, skip_any",
        "e/election.toml:26: contests.chair.override.ties.0: 'coin' is not one of "
        "latest_single_lowest, latest_narrowing, latest_narrowing_or_all, latest_all_different, "
        "earliest_narrowing, decided, lot, seed, rctab_draw",
        SEVERAL,
    ]


def test_a_definition_that_was_cut(hustings: Hustings, election: Folder) -> None:
    text = election.read("election.toml")
    election.put("election.toml", text[: text.index("Bob") + 2])
    assert hustings.refuses("count", "e") == [
        "e/election.toml:21: this is not TOML: Unterminated string (at end of document)"
    ]


def test_two_tables_of_one_name(hustings: Hustings, election: Folder) -> None:
    election.add("election.toml", '[contests.chair]\npost = "Chair"\n')
    assert hustings.refuses("count", "e") == [
        "e/election.toml:23: this is not TOML: Cannot declare ('contests', 'chair') twice "
        "(column 16)"
    ]


def test_a_rule_book_that_extends_itself(hustings: Hustings, election: Folder) -> None:
    election.swap("election.toml", '"labour-2010"', '"own.toml"')
    election.put("own.toml", 'schema = 1\nname = "own"\ntitle = "Our own"\nextends = "own.toml"\n')
    assert hustings.refuses("count", "e") == [
        "e/election.toml:16: contests.chair.rules: e/own.toml extends itself"
    ]


# --- paths and options --------------------------------------------------------


@pytest.mark.parametrize("name", ["nowhere", "nowhere.csv", "nowhere.toml", "no/where.blt"])
def test_a_path_that_is_not_there(hustings: Hustings, name: str) -> None:
    for command in ("count", "check"):
        assert hustings.refuses(command, name) == [f"{name}: there is no such file or folder"]


def test_a_ballot_file_that_is_not_there(hustings: Hustings, election: Folder) -> None:
    election.path.joinpath("ballots.csv").unlink()
    assert hustings.refuses("count", "e") == [
        "e/ballots.csv: cannot be read: No such file or directory"
    ]


def test_a_folder_in_place_of_a_file(hustings: Hustings, election: Folder) -> None:
    election.path.joinpath("ballots.csv").unlink()
    election.path.joinpath("ballots.csv").mkdir()
    assert hustings.refuses("count", "e") == [
        "e/ballots.csv: this is a folder, and a file was expected"
    ]


def test_a_folder_without_a_definition(hustings: Hustings) -> None:
    hustings.folder.joinpath("e").mkdir()
    assert hustings.refuses("count", "e") == [
        "e: there is no election.toml in this folder; `hustings new DIR` writes one"
    ]


def test_a_file_of_no_known_format(hustings: Hustings, election: Folder) -> None:
    listed = ", ".join(EVERY_FORMAT)
    said = f"ballots are read from {listed}, by the end of the name"
    election.put("ballots.ods", b"PK")
    assert hustings.refuses("count", "e/ballots.ods") == [f"e/ballots.ods: {said}"]
    assert hustings.refuses("convert", "e", "e.ods") == [f"e.ods: {said}"]


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("--rules labour-2011", NO_BOOK),
        (
            "--set overvote=spoil",
            "--set overvote=spoil: no rule is called 'overvote'; did you mean 'overvotes'?",
        ),
        (
            "--set overvotes=burn",
            "--set overvotes=burn: 'burn' is not one of refuse, spoil, stop, skip, "
            "stop_if_several_continuing, pause",
        ),
        ("--set overvotes", "--set overvotes: write CHOICE=VALUE, such as overvotes=spoil"),
        (
            "--set total_places=1000000000",
            "--set total_places=1000000000: '1000000000' is not a whole number, 0 to 999",
        ),
        ("--contest mayor", "no contest is called 'mayor'; say which: chair"),
        ("--lot ann,zed", f"'zed' is not one candidate; they are {STANDING}"),
    ],
)
def test_an_option_that_is_no_answer(
    hustings: Hustings, election: Folder, option: str, told: str
) -> None:
    assert hustings.refuses("count", "e", *option.split(), preexec_fn=within_limits) == [told]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("why e dan", f"'dan' is not one candidate; they are {STANDING}"),
        ("why e a", f"'a' is not one candidate; they are {STANDING}"),
        ("follow e ann", "say which section cast it: members, branches"),
        ("follow e ann --section mps", "'mps' is not a section; they are members, branches"),
        ("follow e > --section members", f"'' is not one candidate; they are {STANDING}"),
        ("what-if e", "say what is to be other: a rule book, weights or who withdraws"),
        ("what-if e --without dan", f"'dan' is not one candidate; they are {STANDING}"),
        (
            "what-if e --without ann --without bob",
            "chair: only Cat Cooper is standing: a contest with fewer than two candidates is "
            "declared, not counted",
        ),
        (
            "what-if e --weights mps=1",
            "the weights are for mps; the sections are members, branches: give a weight for each "
            "of these",
        ),
        (
            "what-if e --weights members=0.5,branches=0.5",
            "'0.5' is not exact; write a fraction in quotes, such as \"1/3\"",
        ),
        ("rules labour-2011", NO_BOOK),
        ("demo --example leeds", NO_EXAMPLE),
        ("new f --example leeds", NO_EXAMPLE),
        ("new e", "e: this is there already; choose a new folder"),
    ],
)
def test_a_question_that_has_no_answer(
    hustings: Hustings, election: Folder, words: str, told: str
) -> None:
    assert hustings.refuses(*words.split()) == [told]


def test_usage_that_is_wrong(hustings: Hustings, election: Folder) -> None:
    for words, told in (
        (("count",), "Error: Missing argument 'PATH'."),
        (("convert", "e"), "Error: Missing argument 'TARGET'."),
        (("count", "e", "f"), "Error: Got unexpected extra argument (f)"),
    ):
        usage = [f"Try 'hustings {words[0]} --help' for help.", "", told]
        assert hustings.refuses(*words)[1:] == usage


# --- places that cannot be written or read ------------------------------------


def test_a_place_below_a_file_cannot_be_written(hustings: Hustings, election: Folder) -> None:
    hustings.folder.joinpath("file").write_text("mine")
    said = "cannot be written: what should be its folder is a file"
    assert hustings.refuses("count", "e", "--out", "file/x") == [f"file/x/chair.txt: {said}"]
    assert hustings.refuses("convert", "e", "file/x.csv") == [f"file/x.csv: {said}"]
    assert hustings.refuses("new", "file/society") == [f"file/society: {said}"]
    assert hustings.refuses("count", "e", "--out", "file")[-1] == (
        "Error: Invalid value for '--out': Directory 'file' is a file."
    )


def as_anyone() -> None:
    """Give up what lets the superuser pass over permissions; for others, nothing."""
    drop_from_bounding_set, over_permissions = 24, (1, 2)
    for capability in over_permissions:
        ctypes.CDLL(None).prctl(drop_from_bounding_set, capability, 0, 0, 0)


@pytest.fixture
def locked(hustings: Hustings) -> Iterator[Path]:
    """A folder in which nothing may be written."""
    folder = hustings.folder / "locked"
    folder.mkdir(0o555)
    yield folder
    folder.chmod(0o755)


def test_a_folder_that_may_not_be_written_in(
    hustings: Hustings, election: Folder, locked: Path
) -> None:
    said = "cannot be written: Permission denied"
    for words, name in (
        (("count", "e", "--out", "locked"), "locked/chair.txt"),
        (("count", "e", "--out", "locked/deep/er"), "locked/deep/er/chair.txt"),
        (("convert", "e", "locked/e.csv"), "locked/e.csv"),
        (("new", "locked/society"), "locked/society"),
    ):
        assert hustings.refuses(*words, preexec_fn=as_anyone) == [f"{name}: {said}"]


def test_a_file_that_may_not_be_read(hustings: Hustings, election: Folder) -> None:
    for name in ("ballots.csv", "election.toml"):
        election.path.joinpath(name).chmod(0)
        assert hustings.refuses("count", "e", preexec_fn=as_anyone) == [
            f"e/{name}: cannot be read: Permission denied"
        ]


def test_a_folder_that_may_not_be_entered(hustings: Hustings, election: Folder) -> None:
    election.path.chmod(0)
    try:
        told = hustings("count", "e", code=2, preexec_fn=as_anyone)
    finally:
        election.path.chmod(0o755)
    assert told.out == ""
    assert told.err.endswith("Error: Invalid value for 'PATH': Path 'e' is not readable.\n")


def a_full_disk() -> None:
    """No file may grow beyond a kibibyte."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))


def test_a_disk_that_is_full_leaves_no_part_of_a_file(hustings: Hustings, election: Folder) -> None:
    environment = {"PYTHONDONTWRITEBYTECODE": "1"}
    hustings.folder.joinpath("out").mkdir()
    told = hustings(
        "count", "e", "--format", "json", "--out", "out",
        code=2, preexec_fn=a_full_disk, environment=environment,
    )  # fmt: skip
    assert (told.out, told.err) == ("", "out/chair.json: cannot be written: File too large\n")
    assert not any(hustings.folder.joinpath("out").iterdir())
    told = hustings("new", "society", code=2, preexec_fn=a_full_disk, environment=environment)
    assert told.err == "society: cannot be written: File too large\n"
    assert sorted(path.name for path in hustings.folder.iterdir()) == ["e", "out"]


def test_an_output_that_takes_no_more(hustings: Hustings) -> None:
    with Path("/dev/full").open("wb") as full:
        told = hustings("count", "labour-2010", code=2, stdout=full)
    assert told.err == "standard output: cannot be written: No space left on device\n"


# --- published figures --------------------------------------------------------

FIGURES = """\
round,candidate,section,votes,share,points,erratum
1,ann,members,4,44.444,22.222,
1,bob,members,3,,,
1,cat,members,2,,,
"""


@pytest.fixture
def published(election: Folder) -> Folder:
    """The election beside its published figures, which agree."""
    election.swap("election.toml", "[contests.chair.c", 'published = "p.csv"\n[contests.chair.c')
    election.put("p.csv", FIGURES)
    return election


@pytest.fixture
def rebuilt(published: Folder) -> Folder:
    """An election whose members are known by their totals alone."""
    published.swap("election.toml", 'ballots = "ballots.csv"\n', "")
    published.add(
        "election.toml",
        '[contests.chair.ballots]\nmembers = { published = "p.csv" }\nbranches = "b.csv"\n',
    )
    published.put("b.csv", "count,1,2\n3,ann,\n5,bob,cat\n")
    published.put(
        "p.csv",
        "round,candidate,section,votes\n"
        "1,ann,members,4\n1,bob,members,4\n1,cat,members,1\n2,ann,members,5\n2,bob,members,4\n",
    )
    return published


def test_figures_that_agree(hustings: Hustings, published: Folder) -> None:
    assert "  5 of 5 published figures agree.\n" in hustings("check", "e").out


def test_a_figure_that_disagrees_gives_1_and_both_numbers(
    hustings: Hustings, published: Folder
) -> None:
    published.swap("p.csv", "bob,members,3", "bob,members,30")
    told = hustings("check", "e", code=1)
    assert "  4 of 5 published figures agree.\n" in told.out
    assert told.err == (
        "e/p.csv:3: DISAGREES: round 1, members, bob: votes published 30, counted 3\n"
    )
    counted = " ".join(hustings("count", "e", code=1).out.split())
    assert (
        "! DISAGREES with what was published: round 1, members, bob: votes published 30" in counted
    )


def test_the_misprint_of_2010_without_its_erratum_is_flagged(hustings: Hustings) -> None:
    hustings("new", "copy", "--example", "labour-2010")
    path = hustings.folder / "copy" / "published.csv"
    rows = path.read_text("utf-8").splitlines(keepends=True)
    spoiled = [f"{row.partition('misprint')[0].rstrip(chr(34))}\n" if "206640" in row else row
               for row in rows]  # fmt: skip
    path.write_text("".join(spoiled), "utf-8")
    line = next(number for number, row in enumerate(rows, 1) if "206640" in row)
    assert hustings("check", "copy", code=1).err == (
        f"copy/published.csv:{line}: DISAGREES: round 2, affiliates, TOTAL: votes published "
        "206640, counted 208640\n"
    )


def test_an_erratum_that_explains_nothing_is_flagged(hustings: Hustings, published: Folder) -> None:
    published.swap("p.csv", "cat,members,2,,,", "cat,members,2,,,a misprint")
    assert hustings("check", "e", code=1).err == "e/p.csv:4: this erratum explains nothing\n"


def test_a_round_that_was_not_counted_disagrees(hustings: Hustings, published: Folder) -> None:
    published.add("p.csv", "9,ann,members,4,,,\n")
    assert hustings("check", "e", code=1).err == (
        "e/p.csv:5: DISAGREES: round 9, members, ann: votes published 4, counted no such round\n"
    )


@pytest.mark.parametrize(
    ("was", "put", "told"),
    [
        ("1,ann,", "0,ann,", "2: round: '0' is not a round: 1, 2, ..."),
        ("1,ann,", "one,ann,", "2: round: 'one' is not a round: 1, 2, ..."),
        ("1,ann,", "1,dan,", "2: candidate: 'dan' is not one of TOTAL, ann, bob, cat"),
        ("members,4", "mps,4", "2: section: 'mps' is not one of COLLEGE, branches, members"),
        ("members,4", "members,-4", "2: votes: '-4' is not a whole number"),
        ("44.444", "44.4%", "2: share: '44.4%' is not a number such as 33.333"),
        ("22.222", "-1", "2: points: '-1' is not a number such as 33.333"),
        ("1,bob,", "1,ann,", "3: this figure stands above already"),
        ("cat,members,2,,,", "cat,members,2", "4: the row has not as many cells as the header"),
        ("cat,members,2,", 'cat,members,"2,', "4: this is not CSV: unexpected end of data"),
        ("round,candidate", "round,name", "1: there is no column 'candidate' in the header"),
    ],
)
def test_a_published_file_that_is_wrong(
    hustings: Hustings, published: Folder, was: str, put: str, told: str
) -> None:
    published.swap("p.csv", was, put)
    assert hustings.refuses("check", "e")[0] == f"e/p.csv:{told}"


def test_a_published_column_that_stands_twice(hustings: Hustings, published: Folder) -> None:
    published.swap("p.csv", "share,points", "votes,points")
    assert hustings.refuses("check", "e") == [
        "e/p.csv:1: the column 'votes' stands twice in the header"
    ]


@pytest.mark.parametrize("digits", ["9" * 5000, "0." + "9" * 5000])
@pytest.mark.parametrize(
    ("field", "was"),
    [("round", "1,ann"), ("votes", "members,4"), ("share", "44.444"), ("points", "22.222")],
)
def test_a_published_figure_of_thousands_of_digits(
    hustings: Hustings, published: Folder, field: str, was: str, digits: str
) -> None:
    number = {"round": "1", "votes": "4"}.get(field, was)
    published.swap("p.csv", was, was.replace(number, digits))
    told = hustings.refuses("check", "e", preexec_fn=within_limits)
    assert told[0].startswith(f"e/p.csv:2: {field}: '{digits[:20]}")


def test_a_published_cell_of_more_than_128_kibibytes(hustings: Hustings, published: Folder) -> None:
    published.swap("p.csv", "cat,members,2,,,", f"cat,members,2,,,{'x' * 200_000}")
    assert hustings.refuses("check", "e") == [
        "e/p.csv:4: this is not CSV: field larger than field limit (131072)"
    ]


def test_an_empty_published_file(hustings: Hustings, published: Folder) -> None:
    published.put("p.csv", "")
    assert hustings.refuses("check", "e") == [
        "e/p.csv: the file is empty: expected a header of round, candidate, section, votes, "
        "share, points, erratum"
    ]
    published.put("p.csv", "round,candidate,section,votes\n")
    assert hustings.refuses("check", "e") == ["e/p.csv: there is no figure in this file"]


def test_votes_that_fall_for_someone_who_stays(hustings: Hustings, rebuilt: Folder) -> None:
    rebuilt.swap("p.csv", "2,bob,members,4", "2,bob,members,3")
    assert hustings.refuses("count", "e") == [
        "e/p.csv:6: members, round 2: bob has 1 votes less than in the round before, yet papers "
        "leave only those who are eliminated"
    ]


def test_more_votes_gained_than_were_set_free(hustings: Hustings, rebuilt: Folder) -> None:
    rebuilt.swap("p.csv", "2,bob,members,4", "2,bob,members,5")
    assert hustings.refuses("count", "e") == [
        "e/p.csv:5: members, round 2: 2 votes were gained, and only 1 were set free by the round "
        "before"
    ]


def test_a_published_round_that_is_left_out(hustings: Hustings, rebuilt: Folder) -> None:
    rebuilt.add("p.csv", "4,ann,members,9\n")
    assert hustings.refuses("count", "e") == [
        "e/p.csv: members: the published rounds leave one out, or there are none"
    ]


def test_a_published_round_of_a_hundred_billion(hustings: Hustings, rebuilt: Folder) -> None:
    rebuilt.add("p.csv", "99999999999,ann,members,9\n")
    assert hustings.refuses("count", "e", preexec_fn=within_limits) == [
        "e/p.csv:7: round: '99999999999' is not a round: 1, 2, ..."
    ]


def test_shares_that_do_not_sum_to_a_hundred(hustings: Hustings, rebuilt: Folder) -> None:
    rebuilt.put(
        "p.csv",
        "round,candidate,section,share\n1,ann,members,40\n1,bob,members,40\n1,cat,members,10\n",
    )
    (told,) = hustings.refuses("count", "e")
    assert told.startswith("e/p.csv:2: ")
    assert told.endswith(
        "members, round 1: the shares sum to 90 per cent, more than rounding explains"
    )


# --- transcripts --------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", "1", '"x"', "[" * 100_000])
def test_what_is_no_transcript(hustings: Hustings, text: str) -> None:
    hustings.folder.joinpath("t.json").write_text(text)
    (told,) = hustings.refuses("verify", "t.json")
    assert told.startswith("t.json: this is no hustings-transcript: ")


def test_a_transcript_of_another_version(hustings: Hustings, election: Folder) -> None:
    text = hustings("count", "e", "--format", "json").out
    later = text.replace('"version": 1', '"version": 2')
    hustings.folder.joinpath("t.json").write_text(later, "utf-8")
    assert hustings.refuses("verify", "t.json") == [
        "t.json: expected hustings-transcript version 1"
    ]


def ranking(transcript: dict[str, Any]) -> dict[str, Any]:
    first: dict[str, Any] = transcript["profiles"][0]["members"]["rankings"][0]
    return first


SPOIL: dict[str, Callable[[dict[str, Any]], None]] = {
    "papers as a text": lambda it: ranking(it).update(papers="3"),
    "papers as a fraction": lambda it: ranking(it).update(papers=2.5),
    "papers as nothing": lambda it: ranking(it).update(papers=None),
    "papers below nothing": lambda it: ranking(it).update(papers=-3),
    "profiles as a number": lambda it: it.update(profiles=5),
    "a weight divided by nothing": lambda it: it["contest"]["sections"][0].update(weight="1/0"),
    "a contest as a text": lambda it: it.update(contest="chair"),
    "a candidate without a name": lambda it: it["contest"]["candidates"][0].pop("name"),
    "a hypothesis that is no text": lambda it: it.update(hypothesis=None),
}


@pytest.mark.parametrize("spoil", SPOIL)
def test_a_transcript_of_the_wrong_shape(hustings: Hustings, election: Folder, spoil: str) -> None:
    transcript = json.loads(hustings("count", "e", "--format", "json").out)
    SPOIL[spoil](transcript)
    hustings.folder.joinpath("t.json").write_text(json.dumps(transcript, indent=1), "utf-8")
    (told,) = hustings.refuses("verify", "t.json")
    assert told.startswith("t.json: this is no hustings-transcript: ")


# --- all together -------------------------------------------------------------


def test_mistakes_in_several_files_are_told_together(hustings: Hustings, election: Folder) -> None:
    election.swap(
        "election.toml",
        '"ballots.csv"',
        '{ members = "m.csv", branches = "b.blt" }\npublished = "p.csv"',
    )
    election.put("m.csv", "count,1,2\n-1,ann,\n2,dan,\n")
    election.put("b.blt", '3 1\n4 1 2 0\n1 9 1 0\n0\n"Ann Archer"\n"Bob Baker"\n"Cat Cooper"\n')
    election.put("p.csv", "round,candidate,section,votes\n0,ann,members,4\n1,ann,mps,x\n")
    assert hustings.refuses("count", "e") == [
        "e/m.csv:2: count: '-1' is not a whole number of papers, 1 or more",
        f"e/m.csv:3: 1: 'dan' is no candidate; did you mean 'ann'? there are {STANDING}",
        "e/b.blt:3: '9' names no candidate: the header promises 3, numbered 1 to 3",
        "e/p.csv:2: round: '0' is not a round: 1, 2, ...",
        "e/p.csv:3: section: 'mps' is not one of COLLEGE, branches, members",
        "e/p.csv:3: votes: 'x' is not a whole number",
        SEVERAL,
    ]


def test_mistakes_in_several_tables_of_a_definition_are_told_together(
    hustings: Hustings, election: Folder
) -> None:
    election.swap("election.toml", '"1/2"', '"1/3"')
    election.swap("election.toml", "Bob Baker", "Ann Archer")
    election.swap("election.toml", "[sections.m", '[dates]\ncounted = "2026-02-30"\n\n[sections.m')
    election.add("election.toml", '[contests.chair.decisions]\nlot = ["zed"]\n')
    assert hustings.refuses("check", "e") == [
        "e/election.toml:7: dates.counted: 2026-02-30 is not a day of the calendar",
        "e/election.toml:9: sections: the weights 1/3 + 1/2 sum to 5/6, and labour-2010 wants 1",
        "e/election.toml:24: contests.chair.candidates.bob: 'Ann Archer' is the name of ann too",
        "e/election.toml:27: contests.chair.decisions.lot: 'zed' is no candidate; they are ann, "
        "bob, cat",
        SEVERAL,
    ]
