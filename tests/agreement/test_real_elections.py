"""Real elections, where their files lie beside the repository: the engine beside the oracle."""

import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from agreement import oracle
from agreement.words import as_oracle

import hustings as h
from hustings.ballots.profile import Profile
from hustings.counting import engine
from hustings.counting.transcript import Transcript
from hustings.election.spec import Decisions
from hustings.shell import acts

pytestmark = [pytest.mark.agreement, pytest.mark.slow]

# Where the ranks of a real paper are doubtful, what stands before the doubt counts.
DOUBTS = ("overvotes=stop", "skipped_ranks=stop", "repeated=stop")


def test_the_orders_of_preflib_are_counted_alike(shared_data: Path) -> None:
    """111 files, some with hundreds of rankings: each round of the engine is the oracle's."""
    files = sorted((shared_data / "irv_preflib").glob("*/*.[st]oi"))
    assert len(files) == 111
    for path in files:
        transcript = counted_by_lot(path, "omov-av")
        assert rounds_of(transcript) == by_the_oracle(transcript), path.name


def test_the_by_elections_of_scotland_are_counted_alike(shared_data: Path) -> None:
    """Under the static quota, against the oracle and a count made beside the files."""
    files = sorted((shared_data / "stv_scotland" / "by_elections").glob("*.blt"))
    assert len(files) == 8
    for path in files:
        transcript = counted_by_lot(path, "scotland-single-seat")
        assert rounds_of(transcript) == by_the_oracle(transcript), path.name
        beside = json.loads(path.with_name(f"{path.stem}_computed.json").read_text())
        assert sum(beside["rounds"][0]["votes"].values()) == beside["valid"]
        assert sizes_of(transcript) == [
            (sorted(round_["votes"].values()), round_["exhausted"]) for round_ in beside["rounds"]
        ]
        last = beside["rounds"][-1]["votes"]
        first, _ = max(last, key=last.__getitem__).replace('""', "").split(maxsplit=1)
        assert transcript.contest.name(transcript.winner).startswith(first), path.name


def test_eleven_mayors_of_new_south_wales_are_elected(shared_data: Path) -> None:
    """The official winners of 2021, and every round of the count beside the papers."""
    files = sorted((shared_data / "irv_nsw_mayors_2021" / "ballots").glob("*.json"))
    assert len(files) == 11
    for path in files:
        file = json.loads(path.read_text())
        transcript = counted_from_indices(file)
        assert transcript.contest.name(transcript.winner) == file["official_winner"]
        assert sum(transcript.profiles[0].papers["everyone"].values()) == file["official_ballots"]
        assert rounds_of(transcript) == by_the_oracle(transcript)
        assert sizes_of(transcript) == [
            (sorted(round_["votes"].values()), round_["exhausted"])
            for round_ in file["computed_rounds"]
        ]


# What the city's table prints otherwise than the ballots give, by round and candidate.
BURLINGTON = {
    # Most of the 77 papers called invalid before the count are write-ins in the file.
    "2006": {(1, "write_ins"): (10, 78), (2, "hinda_miller"): (3986, 3985)},
    "2009": {(3, "kurt_wright"): (4061, 4060)},
}


@pytest.mark.parametrize(("year", "file"), [("2006", 1), ("2009", 2)])
def test_burlingtons_official_rounds_differ_where_we_say(
    year: str, file: int, shared_data: Path
) -> None:
    """All who cannot catch up go at once, and a shared rank ends the ranking."""
    folder = shared_data / "irv_preflib" / "00005_burlington"
    transcript = counted_by_lot(folder / f"00005-{file:08}.toi", "omov-av", "eliminate=batch_safe")
    path = shared_data / "av_official_rounds" / f"burlington_{year}.json"
    official = json.loads(path.read_text())
    printed = dict(printed_votes(official, transcript))
    found = {
        (number, name): papers
        for number, round_ in enumerate(transcript.rounds, 1)
        for name, papers in round_.tally.held["everyone"].items()
    }
    assert printed.keys() == found.keys()
    differing = {at: (printed[at], found[at]) for at in found if printed[at] != found[at]}
    assert differing == BURLINGTON[year]
    assert transcript.contest.name(transcript.winner) == official["winner"]


def printed_votes(
    official: dict[str, object], transcript: Transcript
) -> Iterator[tuple[tuple[int, str], int]]:
    for number, round_ in enumerate(official["rounds"], 1):
        for name, papers in round_["votes"].items():
            called = name.strip("()").removeprefix("Louie the Cowman ").removesuffix("-ins")
            yield (number, transcript.contest.find(called)), papers


def counted_by_lot(path: Path, book: str, *settings: str) -> Transcript:
    """A ballot file under a rule book; of those level, the last on the paper goes first."""
    settings = (*DOUBTS, "ties=lot", *settings)
    loaded = acts.with_rules(acts.load(path), "", book, settings)
    contest = loaded.election.contest()
    lot = tuple(reversed([entry.id for entry in contest.candidates]))
    contest = replace(contest, decisions=Decisions(lot=lot))
    return acts.count_polls(contest, loaded.polls[contest.id])


def counted_from_indices(file: dict[str, object]) -> Transcript:
    """Papers as `[number, first, second, ...]`, candidates by place in a list."""
    names = {f"c{place}": name for place, name in enumerate(file["candidates"])}
    contest = h.contest("Mayor", names, rules="omov-av")
    contest = replace(contest, decisions=Decisions(lot=tuple(names)))
    rankings: dict[tuple[str, ...], int] = {}
    for number, *places in file["votes"]:
        ranking = tuple(f"c{place}" for place in places)
        rankings[ranking] = rankings.get(ranking, 0) + number
    return engine.count(contest, [Profile({"everyone": rankings})])


def by_the_oracle(transcript: Transcript) -> list[tuple[object, ...]]:
    rules = transcript.contest.rules
    return oracle.count(
        transcript.profiles[0].papers,
        {"everyone": Fraction(1)},
        transcript.contest.decisions.lot,
        rules.denominator,
        rules.empty_section,
        rules.quota,
    )


def rounds_of(transcript: Transcript) -> list[tuple[object, ...]]:
    return [as_oracle(round_) for round_ in transcript.rounds]


def sizes_of(transcript: Transcript) -> list[tuple[list[int], int]]:
    """Each round's piles by size, and the papers that lie with nobody."""
    return [
        (sorted(round_.tally.held["everyone"].values()), round_.tally.non_transferable["everyone"])
        for round_ in transcript.rounds
    ]
