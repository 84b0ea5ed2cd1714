"""Several seats, pairs and possible winners from the command line."""

import json
from pathlib import Path

import pytest
from shell.conftest import Hustings

WARD = """\
schema = 1

[election]
name = "Ward 4"

[contests.council]
post = "Councillors"
rules = "RULES"
SEATS
ballots = "ballots.csv"

[contests.council.candidates]
ann = "Ann Archer"
bob = "Bob Baker"
cat = "Cat Cooper"
"""
BALLOTS = "count,1,2\n60,ann,bob\n20,bob,cat\n21,cat,\n"
BLT = '3 2\n60 1 2 0\n20 2 3 0\n21 3 0\n0\n"Ann"\n"Bob"\n"Cat"\n"Ward"\n'


@pytest.fixture
def here(hustings: Hustings) -> Path:
    """Where `hustings` runs."""
    return hustings.folder


@pytest.fixture
def ward(hustings: Hustings, here: Path) -> Hustings:
    """A ward of two seats by the Scottish order."""
    write(here, "scotland-stv-2007", "seats = 2")
    return hustings


def write(folder: Path, rules: str, seats: str) -> None:
    text = WARD.replace("RULES", rules).replace("SEATS", seats)
    (folder / "election.toml").write_text(text)
    (folder / "ballots.csv").write_text(BALLOTS)


def test_the_report_has_a_table_for_every_stage(ward: Hustings) -> None:
    out = ward("count", ".").out
    assert "Ann Archer and Bob Baker are elected to 2 seats." in out
    assert "Stage 2: surplus of Ann Archer" in out
    assert "60 papers pass on at a value of 0.43333 each." in " ".join(out.split())
    assert "lost by dropped digits" in out


@pytest.mark.parametrize("form", ["json", "csv", "html", "markdown"])
def test_every_format_names_those_elected(ward: Hustings, form: str) -> None:
    out = ward("count", ".", "--format", form).out
    assert "Bob Baker" in out and "elected" in out


def test_what_was_counted_is_verified(ward: Hustings, here: Path) -> None:
    ward("count", ".", "--format", "json", "--out", "counted")
    path = here / "counted" / "council.json"
    assert "the same, to the last byte" in ward("verify", path).out
    path.write_text(path.read_text().replace('"votes"', '"voices"', 1))
    assert "counting again gives something else" in ward("verify", path, code=1).err


def test_a_text_that_only_pretends_to_hold_stages_is_refused(ward: Hustings, here: Path) -> None:
    (here / "no.json").write_text('{"format": "hustings-stages", "version": 1}')
    assert "this is no hustings-stages" in ward("verify", "no.json", code=2).err


def test_a_check_counts_too(ward: Hustings) -> None:
    assert "101 papers, 0 spoiled; counts by scotland-stv-2007" in ward("check", ".").out


def test_what_happened_to_a_candidate_is_told_by_stage(ward: Hustings) -> None:
    out = ward("why", ".", "cat").out
    assert "Stage 1: Cat Cooper has 21.00000 votes; the quota is 34.00000." in out
    assert "Cat Cooper is not elected, with 21.00000 at the end." in out
    assert "is not one candidate" in ward("why", ".", "zoe", code=2).err


def test_a_ballot_is_followed_at_its_value(ward: Hustings) -> None:
    out = ward("follow", ".", "ann > Bob Baker").out
    assert out.splitlines() == [
        "Stage 1: with Ann Archer, worth 1",
        "Stage 2: with Bob Baker, worth 0.43333; of it 0.56667 with Ann Archer stays for good",
    ]


def test_a_count_otherwise_is_no_result(ward: Hustings) -> None:
    out = ward("what-if", ".", "--rules", "meek-prf").out
    assert "NOT A RESULT: a count with the rule book meek-prf." in out
    assert "As it was: Ann Archer and Bob Baker are elected to 2 seats." in out
    assert "where one seat is filled" in ward("what-if", ".", "--weights", "equal", code=2).err
    assert (
        "does not say how several seats" in ward("what-if", ".", "--rules", "omov-av", code=2).err
    )


def test_a_ballot_file_says_its_seats(hustings: Hustings, here: Path) -> None:
    (here / "ward.blt").write_text(BLT)
    assert (
        "Ann and Bob are elected"
        in hustings("count", "ward.blt", "--rules", "scotland-stv-2007").out
    )
    assert (
        "2 seats are to be filled, and omov-av fills one"
        in hustings("count", "ward.blt", code=2).err
    )
    hustings("convert", "ward.blt", "again.blt")
    assert (here / "again.blt").read_text().startswith("3 2\n")


def test_seats_can_be_said_for_a_file_that_does_not(hustings: Hustings, here: Path) -> None:
    (here / "b.csv").write_text(BALLOTS)
    out = hustings("count", "b.csv", "--rules", "ers97", "--seats", "2", "--format", "json").out
    value = json.loads(out)
    assert (value["contest"]["seats"], value["is_result"]) == (2, True)


def test_other_seats_than_the_election_s_are_no_result(ward: Hustings) -> None:
    out = ward("count", ".", "--seats", "1").out
    assert "NOT A RESULT: a count with 1 seats instead of 2." in out


@pytest.mark.parametrize(
    ("rules", "seats", "told"),
    [
        ("omov-av", "seats = 2", "2 seats are to be filled, and omov-av fills one"),
        ("ers97", "seats = 3", "3 seats and 3 candidates standing"),
        ("ers97", "seats = 0", "1 to 999"),
        ("ers97", 'seats = "two"', "a whole number, 1 to 999"),
        ("omov-av", 'override = { surplus_papers = "all" }', "fills one seat, and does not ask"),
    ],
)
def test_seats_that_do_not_fit_are_told_by_their_line(
    hustings: Hustings, here: Path, rules: str, seats: str, told: str
) -> None:
    write(here, rules, seats)
    err = hustings("count", ".", code=2).err
    assert told in err and "election.toml:9: contests.council" in err


def test_a_file_for_other_seats_is_refused(hustings: Hustings, here: Path) -> None:
    write(here, "omov-av", "")
    text = (here / "election.toml").read_text().replace("ballots.csv", "ward.blt")
    (here / "election.toml").write_text(text)
    (here / "ward.blt").write_text(BLT.replace('"Ann"', '"Ann Archer"'))
    err = hustings("count", ".", code=2).err
    assert "ward.blt:1: the file is for 2 seats, and the contest council fills 1" in err


# --- pairs and lots ---------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["text", "json", "csv", "html"])
def test_pairs_are_written_in_every_format(ward: Hustings, form: str) -> None:
    out = ward("pairwise", ".", "--format", form).out
    assert "ann" in out.lower()


def test_pairs_of_a_college_are_weighed_or_of_one_section(
    hustings: Hustings, election: object
) -> None:
    whole = json.loads(hustings("pairwise", "e", "--format", "json").out)
    assert whole["condorcet_winner"] == "bob"
    ann = next(p for p in whole["pairs"] if (p["candidate"], p["against"]) == ("ann", "bob"))
    assert ann == {
        "candidate": "ann",
        "against": "bob",
        "exact": "59/144",
        "papers": {"members": 4, "branches": 3},
    }
    members = json.loads(hustings("pairwise", "e", "--section", "members", "--format", "json").out)
    assert members["condorcet_winner"] == "bob" and members["elected"] == []
    assert "'mps' is not a section" in hustings("pairwise", "e", "--section", "mps", code=2).err


def test_a_lot_that_matters_and_one_that_does_not(hustings: Hustings, here: Path) -> None:
    (here / "b.csv").write_text("count,1,2\n3,ann,\n2,bob,\n2,cat,\n")
    words = ("ties", "b.csv", "--rules", "omov-av")
    assert "The lot could not matter: ann is elected by any." in hustings(*words).out
    (here / "b.csv").write_text("count,1,2\n3,ann,\n2,bob,cat\n2,cat,bob\n")
    out = hustings(*words).out
    assert "Round 1: a lot between bob, cat." in out
    assert "The lot decides who is elected: bob, cat." in out
    (here / "b.csv").write_text("count,1,2\n3,ann,\n2,bob,cat\n")
    assert "No tie comes to a lot. Elected: ann." in hustings(*words).out
