"""Random contests as RCTab keeps them, counted here and paper by paper: one result, every round."""

import csv
import json
import random
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from agreement.rctab_oracle import WRITE_INS, Sheet, Tabulation

from hustings.ballots.reduction import reduce
from hustings.counting import engine
from hustings.counting.seats import engine as seats_engine
from hustings.counting.transcript import Elected
from hustings.election.rulebook import Method
from hustings.election.spec import EVERYONE
from hustings.errors import RuleError
from hustings.shell import acts
from hustings.shell.acts import Loaded

pytestmark = pytest.mark.agreement

NAMES = ("Ann", "Bob", "Cat", "Dan", "Eve")
RANKS = 6
MODES = {
    "singleWinnerMajority": (1, 1),
    "multiWinnerAllowMultipleWinnersPerRound": (2, 3),
    "multiWinnerAllowOnlyOneWinnerPerRound": (2, 3),
    "bottomsUp": (2, 3),
    "multiPassIrv": (2, 3),
}
SEEDS = range(250)


def settings(chance: random.Random) -> dict[str, Any]:
    """Settings that RCTab takes together."""
    mode = chance.choice([*MODES])
    several = mode not in ("singleWinnerMajority", "multiPassIrv")
    return {
        "tiebreakMode": "useCandidateOrder",
        "winnerElectionMode": mode,
        "numberOfWinners": chance.randint(*MODES[mode]),
        "overvoteRule": chance.choice(
            ["alwaysSkipToNextRank", "exhaustImmediately", "exhaustIfMultipleContinuing"]
        ),
        "maxSkippedRanksAllowed": chance.choice(["unlimited", 0, 1, 2, 3]),
        "maxRankingsAllowed": chance.choice([2, 4, RANKS]),
        "exhaustOnDuplicateCandidate": chance.random() < 0.4,
        "minimumVoteThreshold": chance.choice([0, 0, 2, 4]),
        "batchElimination": not several and chance.random() < 0.4,
        "nonIntegerWinningThreshold": several and chance.random() < 0.5,
        "hareQuota": several and chance.random() < 0.3,
        "decimalPlacesForVoteArithmetic": chance.choice([1, 2, 4]),
    }


def marks(chance: random.Random, write_ins: bool) -> list[frozenset[str]]:
    """The marks of a paper: ranks left out, shared, and names marked twice among them."""
    names = [*NAMES, WRITE_INS] if write_ins else [*NAMES]
    ranks: list[frozenset[str]] = []
    for name in chance.sample(names, chance.randint(1, len(names))):
        while chance.random() < 0.12:
            ranks.append(frozenset())
        both = chance.random() < 0.12
        other = chance.choice(names) if chance.random() < 0.1 else name
        ranks.append(frozenset({name, chance.choice(names)}) if both else frozenset({other}))
    return ranks[:RANKS]


def load(folder: Path, rules: dict[str, Any], sheets: list[list[frozenset[str]]]) -> Loaded:
    """The contest, written as RCTab keeps it and loaded again; Eve is excluded in some."""
    with (folder / "cvr.csv").open("w", newline="") as file:
        for sheet in sheets:
            row = ["//".join(sorted(names)) for names in sheet]
            csv.writer(file).writerow(["p", *row, *[""] * (RANKS - len(row))])
    source = {
        "filePath": "cvr.csv",
        "provider": "ess",
        "firstVoteColumnIndex": 2,
        "firstVoteRowIndex": 1,
        "overvoteDelimiter": "//",
        "undeclaredWriteInLabel": WRITE_INS,
    }
    value = {
        "outputSettings": {"contestName": "Contest"},
        "cvrFileSources": [{**source, "firstVoteColumnIndex": "2", "firstVoteRowIndex": "1"}],
        "candidates": [{"name": name, "excluded": name == "Eve"} for name in NAMES],
        "rules": {
            key: said if isinstance(said, bool) else str(said) for key, said in rules.items()
        },
    }
    (folder / "c.json").write_text(json.dumps(value))
    return acts.load(folder / "c.json")


def ours(loaded: Loaded) -> Iterator[tuple[dict[str, Fraction], list[str]]]:
    """The votes of every round, and who is elected."""
    contest = loaded.election.contest()
    profile = reduce(loaded.polls[contest.id][0], contest)
    if contest.rules.method not in seats_engine.METHODS:
        for round_ in engine.count(contest, [profile]).rounds:
            held = round_.tally.held[EVERYONE]
            won = [round_.event.name] if isinstance(round_.event, Elected) else []
            votes = {contest.name(name): Fraction(held[name]) for name in held}
            yield votes, [contest.name(name) for name in won]
        return
    out: set[str] = set()
    for stage in seats_engine.count(contest, profile).stages:
        # Where papers have no parts, whoever is out has no votes to tell.
        parts = contest.rules.method is Method.SINGLE_TRANSFERABLE_VOTE
        out |= {*stage.excluded} if parts else set()
        votes = {contest.name(n): Fraction(v) for n, v in stage.votes.items() if n not in out}
        yield votes, sorted(contest.name(each.name) for each in stage.elected)


def in_passes(
    rules: dict[str, Any], sheets: list[list[frozenset[str]]], seats: int, standing: set[str]
) -> list[tuple[dict[str, Fraction], Fraction, list[str]]]:
    """One seat after another, each counted anew without whoever was elected before."""
    rounds = []
    for _ in range(seats):
        found = Tabulation(rules, NAMES, [Sheet(one) for one in sheets], 1, {*standing}).run()
        if not found:
            return []
        rounds += found
        standing -= {*found[-1][2]}
    return rounds


@pytest.mark.parametrize("seed", SEEDS)
def test_every_round_agrees(seed: int, tmp_path: Path) -> None:
    """Votes of all who stand or are elected, and who is elected; or neither finds anybody."""
    chance = random.Random(seed)
    rules = settings(chance)
    sheets = [marks(chance, seed % 2 == 0) for _ in range(chance.randint(15, 40))]
    loaded = load(tmp_path, rules, sheets)
    everyone = {*NAMES, WRITE_INS} - {"Eve"}
    seats = rules["numberOfWinners"]
    standing = [Sheet(sheet) for sheet in sheets]
    if rules["winnerElectionMode"] == "multiPassIrv":
        theirs = in_passes(rules, sheets, seats, everyone)
    else:
        theirs = Tabulation(rules, NAMES, standing, seats, everyone).run()
    if not theirs:
        with pytest.raises(RuleError):
            list(ours(loaded))
        return
    assert [*ours(loaded)] == [(votes, won) for votes, _, won in theirs]
