"""RCTab's configuration and records: each setting has its answer here, or is refused by name."""

import copy
from typing import Any

import pytest

from hustings.ballots.paper import OVERVOTE, Paper, as_written
from hustings.election.rulebook import UNDECLARED
from hustings.errors import InputError
from hustings.formats import rctab_config, rctab_records, xml_text
from hustings.formats.ballot_file import Mistakes
from hustings.formats.rctab_config import Configuration
from hustings.formats.rctab_records import MANIFESTS, UNIT_MANIFESTS, Dominion
from hustings.units import Candidate

PLAIN: dict[str, Any] = {
    "outputSettings": {"contestName": "Mayor"},
    "cvrFileSources": [
        {
            "filePath": "cvr.xlsx",
            "provider": "ess",
            "firstVoteColumnIndex": "2",
            "firstVoteRowIndex": "2",
            "precinctColumnIndex": "1",
            "overvoteLabel": "overvote",
            "skippedRankLabel": "undervote",
            "undeclaredWriteInLabel": "",
            "treatBlankAsUndeclaredWriteIn": False,
        }
    ],
    "candidates": [
        {"name": "Ann Lee", "excluded": False, "aliases": ["ANN", "7"]},
        {"name": "Bob", "code": "B"},
        {"name": "Cat", "excluded": True},
    ],
    "rules": {
        "tiebreakMode": "stopCountingAndAsk",
        "overvoteRule": "exhaustImmediately",
        "winnerElectionMode": "singleWinnerMajority",
        "numberOfWinners": "1",
        "maxSkippedRanksAllowed": "1",
        "maxRankingsAllowed": "3",
        "minimumVoteThreshold": "0",
        "batchElimination": False,
        "exhaustOnDuplicateCandidate": False,
    },
}


def config(rules: dict[str, Any] | None = None, **source: Any) -> tuple[Configuration, list[str]]:
    """The plain configuration with these rules and this of its source, and every mistake."""
    value = copy.deepcopy(PLAIN)
    value["rules"] |= rules or {}
    value["cvrFileSources"][0] |= source
    mistakes = Mistakes("c.json")
    return rctab_config.read(value, mistakes), [str(one) for one in mistakes.all()]


@pytest.mark.parametrize(
    ("setting", "value", "choice", "answer"),
    [
        ("overvoteRule", "exhaustImmediately", "overvotes", "stop"),
        ("overvoteRule", "alwaysSkipToNextRank", "overvotes", "skip"),
        ("overvoteRule", "exhaustIfMultipleContinuing", "overvotes", "stop_if_several_continuing"),
        ("maxSkippedRanksAllowed", "0", "skipped_ranks", "stop"),
        ("maxSkippedRanksAllowed", "1", "skipped_ranks", "skip_one"),
        ("maxSkippedRanksAllowed", "2", "skipped_ranks", "skip_any"),
        ("maxSkippedRanksAllowed", "unlimited", "skipped_ranks", "skip_any"),
        ("exhaustOnDuplicateCandidate", True, "repeated", "stop"),
        ("exhaustOnDuplicateCandidate", False, "repeated", "skip"),
        ("maxRankingsAllowed", "2", "ranks", "2"),
        ("maxRankingsAllowed", "max", "ranks", "0"),
        ("minimumVoteThreshold", "150", "minimum_papers", "150"),
        ("stopTabulationEarlyAfterRound", "3", "last_round", "3"),
        ("batchElimination", True, "eliminate", "batch_safe"),
        ("continueUntilTwoCandidatesRemain", False, "stop", "larger_of_two"),
        ("continueUntilTwoCandidatesRemain", True, "stop", "two_left"),
        ("doesFirstRoundDetermineThreshold", True, "quota", "half_first_round"),
        ("tiebreakMode", "previousRoundCountsThenAsk", "ties", "latest_narrowing,lot"),
        ("tiebreakMode", "useCandidateOrder", "ties", "lot"),
        ("tiebreakMode", "usePermutationInConfig", "ties", "lot"),
    ],
)
def test_what_a_setting_means_here(setting: str, value: object, choice: str, answer: str) -> None:
    """The answer, and the setting from which it comes."""
    found, mistakes = config({setting: value})
    assert mistakes == []
    assert found.settings[choice][0] == answer
    assert setting in found.settings[choice][1]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("overvoteRule", "countForAll"),
        ("winnerElectionMode", "aWayOfNextYear"),
        ("numberOfWinners", "2"),
        ("aSettingOfNextYear", True),
    ],
)
def test_what_would_be_counted_otherwise_is_refused(setting: str, value: object) -> None:
    """By the name of the setting."""
    _, mistakes = config({setting: value})
    assert mistakes
    assert all("has no counterpart here" in said for said in mistakes)
    assert any(setting.casefold() in said.casefold() for said in mistakes)


def test_any_number_of_skipped_ranks() -> None:
    """As many in a row as the setting says, and any where no paper has room for more."""
    some = config({"maxSkippedRanksAllowed": "2", "maxRankingsAllowed": "5"})[0].settings
    assert (some["skipped_ranks"][0], some["most_skipped"][0]) == ("skip_some", "2")
    any_ = config({"maxSkippedRanksAllowed": "2", "maxRankingsAllowed": "3"})[0].settings
    assert any_["skipped_ranks"][0] == "skip_any"
    assert "most_skipped" not in any_


@pytest.mark.parametrize("said", ["x", "-1", "1.5", "1000001"])
def test_a_number_that_is_none_is_told(said: str) -> None:
    """By the name of the setting, and what was expected."""
    _, mistakes = config({"minimumVoteThreshold": said})
    (mistake,) = mistakes
    assert "minimumVoteThreshold" in mistake
    assert "is no whole number, 0 to 1,000,000" in mistake


def test_who_goes_first_of_the_tied() -> None:
    """The last in the configuration, or in the permutation that RCTab makes of its seed."""
    found, _ = config({"tiebreakMode": "useCandidateOrder"})
    assert (found.lot, found.drawn_by) == (
        ("cat", "bob", "ann_lee"),
        "the order of the candidates",
    )
    found, _ = config({"tiebreakMode": "generatePermutation", "randomSeed": "5"})
    assert found.lot == ("cat", "ann_lee", "bob")
    assert found.drawn_by == "RCTab's permutation from randomSeed 5"


def test_undeclared_write_ins_are_in_no_order_of_the_tied() -> None:
    """They go last: RCTab asks about them only where nobody wrote one in."""
    rules = {"tiebreakMode": "useCandidateOrder"}
    found, _ = config(rules, undeclaredWriteInLabel="UWI")
    assert found.lot == ("cat", "bob", "ann_lee", UNDECLARED)


@pytest.mark.parametrize(
    ("mode", "answer"),
    [
        ("random", "rctab_draw"),
        ("previousRoundCountsThenRandom", "latest_narrowing,rctab_draw"),
        ("Previous round counts (then random)", "latest_narrowing,rctab_draw"),
    ],
)
def test_ties_that_are_drawn(mode: str, answer: str) -> None:
    """As RCTab draws them, from its seed, and it is told."""
    found, mistakes = config({"tiebreakMode": mode, "randomSeed": "-42"})
    assert mistakes == []
    assert (found.settings["ties"][0], found.seed, found.lot) == (answer, "-42", ())
    assert rctab_config.AS_DRAWN in found.assumed


@pytest.mark.parametrize("mode", ["random", "previousRoundCountsThenRandom", "generatePermutation"])
@pytest.mark.parametrize("seed", [None, "", "x", "1.5", "140737488355328", "-140737488355329"])
def test_a_draw_needs_its_seed(mode: str, seed: str | None) -> None:
    """A whole number of 48 bits with a sign; without a draw it is not asked for."""
    _, (mistake,) = config({"tiebreakMode": mode, "randomSeed": seed})
    assert "randomSeed" in mistake
    assert "from which ties are drawn" in mistake
    assert config({"tiebreakMode": "stopCountingAndAsk", "randomSeed": seed})[1] == []


@pytest.mark.parametrize("seed", ["140737488355327", "-140737488355328", 0])
def test_the_least_and_the_most_seed(seed: str | int) -> None:
    """Both ends of the range are in it."""
    found, mistakes = config({"tiebreakMode": "random", "randomSeed": seed})
    assert (found.seed, mistakes) == (str(seed), [])


@pytest.mark.parametrize(
    ("said", "book"),
    [
        ("Single-winner majority determines winner", "omov-av"),
        ("Multi-winner allow only one winner per round", "rctab-stv"),
        ("multiSeatAllowMultipleWinnersPerRound", "rctab-stv"),
        ("Bottoms-up", "bottoms-up"),
        ("Multi-pass IRV", "sequential-seats"),
        ("multiSeatSequentialWinnerTakesAll", "sequential-seats"),
    ],
)
def test_what_a_way_of_electing_was_called_or_is_shown_as(said: str, book: str) -> None:
    """Older versions, and the words in RCTab's windows, mean the same."""
    seats = "1" if book == "omov-av" else "2"
    found, mistakes = config({"winnerElectionMode": said, "numberOfWinners": seats})
    assert (found.book, mistakes) == (book, [])


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("Always skip to next rank", "skip"),
        ("Exhaust immediately", "stop"),
        ("Exhaust if multiple continuing", "stop_if_several_continuing"),
    ],
)
def test_overvotes_as_they_are_shown(said: str, answer: str) -> None:
    """The words in RCTab's windows mean the same."""
    assert config({"overvoteRule": said})[0].settings["overvotes"][0] == answer


def test_to_the_last_two_as_it_was_called() -> None:
    """A way of electing before 1.2, a setting of its own since."""
    found, mistakes = config({"winnerElectionMode": "singleSeatContinueUntilTwoCandidatesRemain"})
    assert mistakes == []
    assert (found.book, found.settings["stop"][0]) == ("omov-av", "two_left")


def test_several_seats() -> None:
    """Each way of electing has its book; sums of papers need no answer about thresholds."""
    assert (
        config({"winnerElectionMode": "bottomsUp", "numberOfWinners": "2"})[0].book == "bottoms-up"
    )
    found, mistakes = config({"winnerElectionMode": "multiPassIrv", "numberOfWinners": "3"})
    assert (found.book, found.seats, mistakes) == ("sequential-seats", 3, [])
    found, mistakes = config({"winnerElectionMode": "standard", "numberOfWinners": "2"})
    assert (found.book, found.seats, mistakes) == ("rctab-stv", 2, [])


@pytest.mark.parametrize(
    ("hare", "digits", "quota"),
    [
        (False, False, "droop_whole"),
        (False, True, "droop_digits"),
        (True, False, "hare_whole"),
        (True, True, "hare_digits"),
    ],
)
@pytest.mark.parametrize(
    ("mode", "at_once"), [("OnlyOneWinner", "one"), ("MultipleWinners", "all")]
)
def test_what_elects_to_several_seats(
    hare: bool, digits: bool, quota: str, mode: str, at_once: str
) -> None:
    """The quota, its decimal places, and how many are elected in one round."""
    rules = {
        "winnerElectionMode": f"multiWinnerAllow{mode}PerRound",
        "numberOfWinners": "2",
        "hareQuota": hare,
        "nonIntegerWinningThreshold": digits,
        "decimalPlacesForVoteArithmetic": "5",
    }
    found, mistakes = config(rules)
    assert mistakes == []
    chosen = {name: answer for name, (answer, _) in found.settings.items()}
    assert (found.book, found.seats) == ("rctab-stv", 2)
    assert (chosen["seat_quota"], chosen["value_places"]) == (quota, "5")
    assert chosen["elected_at_once"] == at_once


SHARE = {
    "winnerElectionMode": "bottomsUpUsingPercentageThreshold",
    "numberOfWinners": "0",
    "multiSeatBottomsUpPercentageThreshold": "15",
}


def test_all_who_have_a_share() -> None:
    """The number of winners is 0 there, and the share a percentage."""
    found, mistakes = config(SHARE)
    assert (found.book, mistakes) == ("bottoms-up", [])
    assert found.settings["minimum_share"][0] == "3/20"
    found, mistakes = config(SHARE | {"multiSeatBottomsUpPercentageThreshold": "12.5"})
    assert (found.settings["minimum_share"][0], mistakes) == ("1/8", [])
    assert config(SHARE | {"numberOfWinners": ""})[1] == []


@pytest.mark.parametrize("said", ["2", "abc", "-1", "0.5", 3])
def test_a_share_has_no_number_of_winners(said: object) -> None:
    """Neither a number of them nor what is no number: 0, or nothing, is expected."""
    (mistake,) = config(SHARE | {"numberOfWinners": said})[1]
    assert "numberOfWinners" in mistake
    assert "expected 0" in mistake


def test_a_threshold_of_round_1() -> None:
    """For one seat, and for a share; more seats by it are counted otherwise, and refused."""
    first = {"doesFirstRoundDetermineThreshold": True}
    found, mistakes = config(first)
    assert mistakes == []
    assert found.settings["quota"][0] == "half_first_round"
    assert found.settings["denominator"][0] == "first_round"
    found, mistakes = config(SHARE | first)
    assert mistakes == []
    assert found.settings["share_of"][0] == found.settings["denominator"][0] == "first_round"
    assert config(SHARE)[0].settings["share_of"][0] == "in_play"
    for mode in ("multiWinnerAllowMultipleWinnersPerRound", "bottomsUp"):
        rules = first | {"winnerElectionMode": mode, "numberOfWinners": "2"}
        (mistake,) = config(rules)[1]
        assert "has no counterpart here" in mistake


@pytest.mark.parametrize("said", ["0", "101", "-5", "", "x", "1e2", "100.5"])
def test_a_percentage_that_is_none_is_told(said: str) -> None:
    """Above 0, up to 100."""
    (mistake,) = config(SHARE | {"multiSeatBottomsUpPercentageThreshold": said})[1]
    assert "is no percentage above 0, up to 100" in mistake


@pytest.mark.parametrize(
    ("said", "share"), [("0.5", "1/200"), ("1", "1/100"), ("99.9", "999/1000"), ("100", "1")]
)
def test_a_percentage_from_above_0_to_100(said: str, share: str) -> None:
    """As the message says it that refuses others."""
    found, mistakes = config(SHARE | {"multiSeatBottomsUpPercentageThreshold": said})
    assert mistakes == []
    assert found.settings["minimum_share"][0] == share


@pytest.mark.parametrize(
    ("version", "answer"),
    [
        ("1.3.2", "at_least"),
        ("0.9", "at_least"),
        ("2.0.0", "more_than"),
        ("10.1", "more_than"),
        ("TEST", "more_than"),
        ("", "more_than"),
    ],
)
def test_whether_a_share_is_met_or_passed(version: str, answer: str) -> None:
    """Versions before 2 ended where everybody had it, later ones where everybody has more."""
    value = copy.deepcopy(PLAIN) | {"tabulatorVersion": version}
    value["rules"] |= SHARE
    found = rctab_config.read(value, Mistakes("c.json"))
    assert found.settings["share_reach"][0] == answer


def test_a_candidate_called_as_the_undeclared_are() -> None:
    """Is the undeclared one: they are never two."""
    value = copy.deepcopy(PLAIN)
    value["candidates"].append({"name": "Undeclared Write-ins"})
    value["cvrFileSources"][0]["undeclaredWriteInLabel"] = "UWI"
    found = rctab_config.read(value, Mistakes("c.json"))
    assert [one.id for one in found.candidates].count(UNDECLARED) == 1
    assert found.undeclared == UNDECLARED


def test_every_mistake_at_once() -> None:
    """With the place in the tree."""
    mistakes = Mistakes("c.json")
    rctab_config.read(
        {"rules": {}, "cvrFileSources": [{"provider": "ess"}], "candidates": [{}]}, mistakes
    )
    fields = [one.field for one in mistakes.all()]
    assert {"cvrFileSources[0]", "candidates[0].name", "candidates"} <= {*fields}
    assert {"overvoteRule", "tiebreakMode"} <= {*fields}


def test_the_mistakes_that_rctab_finds_in_its_settings() -> None:
    """Words that are none, numbers below 0 and no records are told of together.

    [RCTab, test_data/invalid_params_test: the settings.]
    """
    rules = {
        "tiebreakMode": "whatever",
        "overvoteRule": "invalidOption",
        "numberOfWinners": 2,
        "decimalPlacesForVoteArithmetic": -1,
        "maxRankingsAllowed": -1,
        "maxSkippedRanksAllowed": -3,
        "minimumVoteThreshold": 0,
        "batchElimination": "True",
        "continueUntilTwoCandidatesRemain": "false",
    }
    mistakes = Mistakes("c.json")
    rctab_config.read({"cvrFileSources": [], "candidates": [], "rules": rules}, mistakes)
    fields = {one.field for one in mistakes.all()}
    assert fields >= {
        "cvrFileSources",
        "candidates",
        "tiebreakMode",
        "overvoteRule",
        "numberOfWinners",
        "maxRankingsAllowed",
        "maxSkippedRanksAllowed",
        "batchElimination",
        "decimalPlacesForVoteArithmetic",
    }


# --- records ------------------------------------------------------------------


def papers(found: list[Paper]) -> list[str]:
    return [f"{paper.papers}: {as_written(paper.marks)}" for paper in found]


def ranks(*rows: tuple[str, ...], **source: Any) -> tuple[list[str], list[str]]:
    """The papers of a table of ranks below its header, and every mistake."""
    found, _ = config(**source)
    mistakes = Mistakes("cvr.xlsx")
    table = list(enumerate([("Precinct", "1", "2", "3"), *rows], 1))
    made = list(rctab_records.of_ranks(table, found.sources[0], found, mistakes))
    return papers(made), [str(one) for one in mistakes.all()]


def test_cells_of_a_table_of_ranks() -> None:
    """Labels, aliases and names; what stands behind the last rank is no mark."""
    assert ranks(
        ("p", "Ann Lee ", "overvote", "B", "1.0"),
        ("q", "ANN", "Overvote", "Bob", "1.0"),
        ("p", "undervote", "", "7"),
        ("p", "undervote", "", "7"),
    ) == (
        [*["1: ann_lee > (overvote) > bob"] * 2, "2: _ > _ > ann_lee"],
        [],
    )


def test_an_overvote_that_names_its_candidates() -> None:
    """By the delimiter of the source; then they are kept as a rank that they share."""
    assert ranks(("p", "Ann Lee|Bob", "", ""), overvoteDelimiter="|") == (["1: ann_lee=bob"], [])


def test_write_ins() -> None:
    """By a label or by a blank cell; they are one candidate, who goes first."""
    found, _ = config(undeclaredWriteInLabel="UWI")
    assert found.candidates[-1].name == rctab_config.UNDECLARED
    assert not found.candidates[-1].withdrawn
    assert found.settings["undeclared"][0] == "first_out"
    assert rctab_config.FIRST_OUT in found.assumed
    assert ranks(("p", "UWI", "Bob", ""), undeclaredWriteInLabel="UWI") == (
        ["1: undeclared_write_ins > bob"],
        [],
    )
    assert ranks(("p", "", "Bob", "undervote"), treatBlankAsUndeclaredWriteIn=True) == (
        ["1: undeclared_write_ins > bob"],
        [],
    )


def test_a_name_that_the_configuration_does_not_have() -> None:
    """Told once, with how many lines have it, and what to do."""
    found, mistakes = ranks(("p", "Eve", "", ""), ("q", "Eve", "", ""))
    assert found == []
    (said,) = mistakes
    assert said.startswith("cvr.xlsx:2: 'Eve' is no candidate, alias or label")
    assert said.endswith("(and on 1 more line)")


def test_a_table_of_candidates() -> None:
    """A candidate to a column and ranks in the cells, as RCTab's generic CSV has them."""
    found, _ = config(provider="csv")
    rows = [(1, ("id", "Ann Lee", "Bob")), (2, ("1", "2", "1")), (3, ("2", "1", "1"))]
    mistakes = Mistakes("x.csv")
    made = rctab_records.of_candidates(rows, found.sources[0], found, mistakes)
    assert papers(list(made)) == ["1: bob > ann_lee", "1: ann_lee=bob"]
    wrong = [rows[0], (2, ("1", "x", ""))]
    assert not list(rctab_records.of_candidates(wrong, found.sources[0], found, mistakes))
    assert [str(one) for one in mistakes.all()] == [
        "x.csv:2: 'x' is no rank: expected 1, 2, 3 and so on, or nothing"
    ]


def session(*marks: dict[str, Any], current: bool = True) -> dict[str, Any]:
    contest = {"Id": 5, "Marks": list(marks)}
    data = {"IsCurrent": current, "PrecinctPortionId": 1, "Cards": [{"Contests": [contest]}]}
    return {"Original": data}


def test_sessions_of_dominion() -> None:
    """As adjudicated last; candidates by the manifest's number or name; the ambiguous is told."""
    found, _ = config(provider="dominion", contestId="5")
    manifests = {
        MANIFESTS[0]: {"List": [{"Id": 5, "Description": "Mayor"}, {"Id": 6}]},
        MANIFESTS[1]: {
            "List": [
                {"Id": 7, "Description": "LEE, Ann", "ContestId": 5},
                {"Id": 8, "Description": "Bob", "ContestId": 5},
                {"Id": 9, "Description": "Eve", "ContestId": 6},
            ]
        },
        UNIT_MANIFESTS[0]: {"List": [{"Id": 1, "Description": "Ward 1"}]},
    }
    mistakes = Mistakes("folder")
    reader = Dominion(manifests, found.sources[0], found, mistakes)
    first, second = {"CandidateId": 7, "Rank": 1}, {"CandidateId": 8, "Rank": 2}
    replaced = session(second, current=False) | {"Modified": session(first)["Original"]}
    unclear = {"CandidateId": 8, "Rank": 1, "IsAmbiguous": True}
    made = list(
        reader.papers([{"Sessions": [session(first, second), session(first, unclear), replaced]}])
    )
    assert papers(made) == ["1: ann_lee > bob", "2: ann_lee"]
    assert [paper.unit for paper in made] == ["Ward 1", "Ward 1"]
    assert reader.assumed() == ("marks that the record calls ambiguous were passed over: 1",)
    assert not mistakes.all()
    stranger = session({"CandidateId": 99, "Rank": 1})
    assert not list(reader.papers([{"Sessions": [stranger, {}]}]))
    assert [one.field for one in mistakes.all()] == ["Sessions[0].CandidateId", "Sessions[1]"]


def test_an_overvote_is_no_candidate() -> None:
    """Nobody may be called as the mark is that stands for one."""
    assert Candidate("(overvote)") == OVERVOTE
    assert OVERVOTE not in {entry.id for entry in config()[0].candidates}


# --- Clear Ballot and Hart ----------------------------------------------------


def column(rank: int, name: str, contest: str = "City of X, Auditor") -> str:
    return f"Choice_6_1:{contest}:{rank}:Number of Winners 1:{name}:NON"


def test_a_table_of_clear_ballot() -> None:
    """A column for each candidate and rank; those of another contest are passed over."""
    found, _ = config(provider="clearBallot", contestId="City of X, Auditor")
    header = (
        "RowNumber",
        "PrecinctID",
        *(column(rank, name) for name in ("Ann Lee", "Bob") for rank in (1, 2)),
        column(1, "Eve", "Mayor: Ward 1"),
    )
    rows = [
        (1, header),
        (2, ("1", "22", "1", "0", "0", "1", "1")),
        (3, ("2", "22", "1", "0", "1", "0", "0")),
        (4, ("3", "23", "0", "0", "0", "0", "1")),
    ]
    mistakes = Mistakes("x.csv")
    made = [*rctab_records.of_clear_ballot(rows, found.sources[0], found, mistakes)]
    assert papers(made) == ["1: ann_lee > bob", "1: ann_lee=bob", "1: (blank)"]
    assert [paper.unit for paper in made] == ["22", "22", "23"]
    assert mistakes.all() == ()


def test_a_table_of_clear_ballot_without_the_contest() -> None:
    """Says which contest was looked for; and a candidate who is not in the configuration."""
    found, _ = config(provider="clearBallot", contestId="Mayor")
    mistakes = Mistakes("x.csv")
    list(
        rctab_records.of_clear_ballot([(1, (column(1, "Bob"),))], found.sources[0], found, mistakes)
    )
    assert [str(one) for one in mistakes.all()] == [
        "x.csv:1: no column is a choice of 'Mayor'; check contestId"
    ]
    mistakes = Mistakes("y.csv")
    rows = [(1, (column(1, "Eve", "Mayor"), column(1, "Bob", "Mayor")))]
    list(rctab_records.of_clear_ballot(rows, found.sources[0], found, mistakes))
    assert "'Eve' is no candidate" in str(mistakes.all()[0])


def record(*options: tuple[str, str], contest: str = "c1") -> bytes:
    listed = "".join(
        f"<Option><Name>{name}</Name><Id>x</Id><Value>{value}</Value></Option>"
        for name, value in options
    )
    return (
        f'<Cvr xmlns="http://tempuri.org/CVRDesign.xsd"><Contests><Contest><Id>{contest}</Id>'
        f"<Options>{listed}</Options></Contest></Contests>"
        "<PrecinctSplit><Name>102</Name></PrecinctSplit></Cvr>"
    ).encode()


def hart(*records: bytes) -> tuple[list[str], list[str]]:
    found, _ = config(provider="Hart", contestId="c1")
    mistakes = Mistakes("archive")
    documents = [(f"{at}.xml", xml_text.parsed(one, "f")) for at, one in enumerate(records)]
    made = list(rctab_records.of_hart(documents, found.sources[0], found, mistakes))
    assert {paper.unit for paper in made} <= {"102"}
    return papers(made), [str(one) for one in mistakes.all()]


def test_records_of_hart() -> None:
    """The first digit of a value is the first rank; one candidate may have several."""
    assert hart(
        record(("Ann Lee", "010"), ("Bob", "100")),
        record(("Ann Lee", "110"), ("Bob", "100")),
        record(),
        record(("Bob", "1"), contest="c2"),
    ) == (["1: bob > ann_lee", "1: ann_lee=bob > ann_lee", "1: (blank)"], [])


def test_a_record_of_hart_that_is_wrong() -> None:
    """A stranger, and a value that is no row of digits, with the file they stand in."""
    _, mistakes = hart(record(("Eve", "1")), record(("Bob", "1x")))
    assert "0.xml: 'Eve' is no candidate" in mistakes[0]
    assert "1.xml: '1x' is no row of 0 and 1" in mistakes[1]


@pytest.mark.parametrize(
    "data",
    [
        b"<Cvr>",
        b"",
        b'<!DOCTYPE a [<!ENTITY b "c">]><Cvr>&b;</Cvr>',
        b'<!DOCTYPE a SYSTEM "file:///etc/hostname"><Cvr/>',
        b"<Cvr>&b;</Cvr>",
        b"<a>" * 5000 + b"</a>" * 5000,
        b'<?xml version="1.0" encoding="no-such"?><Cvr/>',
    ],
)
def test_what_is_no_record_in_xml(data: bytes) -> None:
    """An error that names the file, and no expansion of what a document type defines."""
    with pytest.raises(InputError, match=r"archive/1\.xml"):
        xml_text.parsed(data, "archive/1.xml")


def test_a_document_type_ends_the_reading_before_anything_is_expanded() -> None:
    """Whatever it would come to, and in any encoding; as text of an element it is a text."""
    laughs = "".join(f'<!ENTITY a{at} "{f"&a{at - 1};" * 100}">' for at in range(1, 12))
    bomb = f'<!DOCTYPE a [<!ENTITY a0 "ha">{laughs}]><a>&a11;</a>'
    for data in (bomb.encode(), bomb.encode("utf-16")):
        with pytest.raises(InputError, match="remove <!DOCTYPE"):
            xml_text.parsed(data, "f")
    told = xml_text.parsed("<a><![CDATA[<!DOCTYPE b>]]></a>".encode("utf-16"), "f")
    assert told.text == "<!DOCTYPE b>"


def test_xml_is_read_to_some_depth_and_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are said."""
    most = xml_text.MOST_DEEP
    assert xml_text.parsed(b"<a>" * most + b"</a>" * most, "f").tag == "a"
    with pytest.raises(InputError, match="nested more than 64 deep"):
        xml_text.parsed(b"<a>" * (most + 1) + b"</a>" * (most + 1), "f")
    monkeypatch.setattr(xml_text, "LARGEST", 10)
    with pytest.raises(InputError, match="has 11 bytes; XML is read up to 10"):
        xml_text.parsed(b"<a>long</a>", "f")


def test_a_report_in_xml_is_the_report_in_json() -> None:
    """Ids are attributes there, and what may stand several times is a list."""
    text = (
        b'<CastVoteRecordReport xmlns="NIST_V0_cast_vote_records.xsd"><CVR><CVRSnapshot '
        b'ObjectId="s1"><CVRContest><ContestId>c</ContestId><CVRContestSelection>'
        b"<ContestSelectionId>k</ContestSelectionId><SelectionPosition><Rank>2</Rank>"
        b"</SelectionPosition></CVRContestSelection></CVRContest></CVRSnapshot></CVR>"
        b'<Election><Contest ObjectId="c"><ContestSelection ObjectId="k"><CandidateIds>p q'
        b"</CandidateIds></ContestSelection></Contest></Election></CastVoteRecordReport>"
    )
    position = {"ContestSelectionId": "k", "SelectionPosition": [{"Rank": 2}]}
    shown = {"ContestId": "c", "CVRContestSelection": [position]}
    assert xml_text.record_value(xml_text.parsed(text, "f")) == {
        "CVR": [{"CVRSnapshot": [{"@id": "s1", "CVRContest": [shown]}]}],
        "Election": [
            {
                "Contest": [
                    {"@id": "c", "ContestSelection": [{"@id": "k", "CandidateIds": ["p", "q"]}]}
                ]
            }
        ],
    }
    long_ = xml_text.parsed(b"<a><Rank>" + b"1" * 5000 + b"</Rank></a>", "f")
    assert xml_text.record_value(long_) == {"Rank": "1" * 5000}
