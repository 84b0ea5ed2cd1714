"""Nominations, the roster and meetings: what they come to, in a small race and in 2010's."""

import csv
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from race.folders import TODAY, folder, loaded, said

from hustings.forecast.evidence import PollFirst, PollPair, Race, ReportedFirsts, RosterEntry
from hustings.forecast.roster import known, seconds, together
from hustings.nominations import meetings, papers
from hustings.nominations.meetings import MeetingMethod, Selection
from hustings.results import as_text
from hustings.results.report import Report, Table
from hustings.shell import race as acts
from hustings.shell import race_report
from hustings.units import Candidate, Section

ANN, BOB, CAT = (Candidate(name) for name in ("ann", "bob", "cat"))
NORTH = Section("north")


@pytest.fixture(scope="module")
def labour() -> Race:
    return acts.load(acts.example("labour-2010-race"), TODAY).race


def text(report: Report) -> str:
    return "".join(as_text.write(report))


def flowing(report: Report) -> str:
    """The report without the line ends that fill its paragraphs."""
    return " ".join(text(report).split())


# --- the roster -----------------------------------------------------------------------------------


def test_of_eighty_second_preferences_nine_are_known(labour: Race) -> None:
    report = text(race_report.roster(labour.as_of(date(2010, 9, 22))))
    assert (
        "Of 80 second preferences nine are known: one by name, eight by a source's word" in report
    )
    assert "Still to ask: 71" in report
    assert "John Healey" not in report.partition("Still to ask")[2]


def test_those_still_to_ask_are_the_names_that_were_printed(
    labour: Race, shared_data: Path
) -> None:
    pair = Candidate("d_miliband"), Candidate("e_miliband")
    found = seconds(labour.as_of(date(2010, 9, 22)), pair)
    printed = shared_data.joinpath("forecasting", "lff_roster_71_unknown.csv").read_text("utf-8")
    rows = [line.split(",") for line in printed.splitlines()[1:]]
    initials = {"abbott": "DA", "balls": "EB", "burnham": "AB"}
    assert sorted((k.elector, initials[k.first or ""]) for k in found.to_ask) == sorted(
        (name, first) for name, first in rows
    )


def test_on_the_eve_thirty_two_of_seventy_four(labour: Race) -> None:
    report = text(race_report.roster(labour.as_of(date(2010, 9, 24))))
    assert "Of 74 second preferences 32 are known" in report
    assert ["Ed", "Balls", "34", "0", "1", "1", "32"] in map(str.split, report.splitlines())


def test_what_several_entries_say_is_put_together(tmp_path: Path) -> None:
    race = loaded(
        tmp_path,
        {"roster.csv": [said("Zoe", "cat"), said("Zoe", "", "2030-03-02", prefers="bob>ann")]},
    ).as_of(TODAY)
    (zoe,) = known(race)
    assert zoe.ranking == (CAT, BOB) and zoe.between((ANN, BOB)) == BOB


def test_a_preference_between_two_is_no_second_preference(tmp_path: Path) -> None:
    race = loaded(tmp_path, {"roster.csv": [said("Zoe", "", prefers="bob>ann")]}).as_of(TODAY)
    (zoe,) = known(race)
    assert zoe.ranking == () and zoe.between((ANN, BOB)) == BOB and zoe.between((ANN, CAT)) is None


def test_a_ranking_puts_its_names_over_whom_it_leaves_out() -> None:
    entry = RosterEntry(id="x", published=TODAY, elector="Zoe", ranking=(CAT,))
    assert together([entry], [ANN, BOB, CAT]) == {(CAT, ANN), (CAT, BOB)}


def test_a_nomination_tells_whom_they_back_until_something_better_does(tmp_path: Path) -> None:
    rows = [said("Zoe", "ann", grade="nominated"), said("Zoe", "bob", "2030-03-05")]
    race = loaded(tmp_path, {"roster.csv": rows})
    (early,), (late,) = (known(race.as_of(date(2030, 3, day))) for day in (1, 5))
    assert early.ranking == () and early.backs == ANN
    assert late.ranking == (BOB,) and late.backs == BOB


def test_the_roster_by_unit(tmp_path: Path) -> None:
    rows = [said("Zoe", "cat", unit="hill"), said("Yan", "cat>ann", unit="hill")]
    race = loaded(tmp_path, {"roster.csv": rows}).as_of(TODAY)
    tables = {
        block.header[0]: block.rows
        for block in race_report.roster(race, pair=(ANN, BOB)).blocks
        if isinstance(block, Table)
    }
    assert tables["Unit"] == (("Hill", "2", "1", "1"),)
    assert tables["First preference"] == (("Cat Cooper", "2", "1", "0", "0", "1"),)


# --- nominations ----------------------------------------------------------------------------------


def fellow(name: str, candidate: str, published: str, **more: str) -> dict[str, str]:
    entry = {"kind": "nomination", "nominators": "fellows", "nominator": name}
    return {**entry, "candidate": candidate, "published": published, **more}


def test_named_nominations_are_added_to_the_tally_before_them(tmp_path: Path) -> None:
    race = loaded(
        tmp_path,
        {
            "nominations.csv": [
                fellow("Early", "ann", "2030-01-01"),
                {
                    "kind": "tally",
                    "published": "2030-01-02",
                    "nominators": "fellows",
                    "values": "ann 2; bob 3",
                },
                fellow("Same day", "bob", "2030-01-02"),
                fellow("Late", "ann", "2030-01-03"),
                fellow("Early", "bob", "2030-01-04", switched_from="ann"),
            ]
        },
    ).as_of(TODAY)
    counts = [papers.held(race.entries, "fellows", date(2030, 1, day)) for day in (1, 2, 3, 4)]
    assert counts == [{ANN: 1}, {ANN: 2, BOB: 3}, {ANN: 3, BOB: 3}, {ANN: 2, BOB: 4}]
    backed = papers.against_threshold(counts[-1], race.standing, race.nominators["fellows"])
    assert [(b.met, b.over) for b in backed] == [(False, -1), (True, 1), (None, None)]
    report = text(race_report.nominations(race))
    assert "1 short" in report and "met, 1 over" in report
    assert "Early     Ann Archer Bob Baker 2030-01-04" in report


def test_the_threshold_of_2010_is_met_by_five(labour: Race) -> None:
    report = text(race_report.nominations(labour.as_of(date(2010, 6, 9))))
    assert report.count("met exactly") == 3 and "met, 48 over" in report
    assert "John McDonnell (withdrew)" in report and "17 short" in report
    early = text(race_report.nominations(labour.as_of(date(2010, 5, 24))))
    assert "29 short" in early and "met, 1 over" in early and "(withdrew)" not in early


# --- meetings -------------------------------------------------------------------------------------


def meeting(unit: str, values: str, method: str) -> dict[str, str]:
    entry = {"kind": "meeting", "section": "north", "published": "2030-02-01", "unit": unit}
    return {**entry, "values": values, "measure": "votes", "method": method}


def run_off(unit: str, values: str) -> dict[str, str]:
    entry = {"kind": "runoff", "section": "north", "published": "2030-02-01", "unit": unit}
    return {**entry, "values": values}


def test_a_run_off_is_judged_by_the_first_vote_of_its_meeting(tmp_path: Path) -> None:
    race = loaded(
        tmp_path,
        {
            "meetings.csv": [
                meeting("hill", "ann 12; bob 10; cat 8", "run_off"),
                run_off("hill", "ann 3; bob 5"),
                meeting("vale", "ann 20; bob 5; cat 5", "first_past_the_post"),
            ]
        },
    ).as_of(TODAY)
    found = meetings.sample(race.entries, NORTH)
    assert found.methods == {MeetingMethod.FIRST_PAST_THE_POST: 1, MeetingMethod.RUN_OFF: 1}
    (judged,) = found.run_offs
    assert judged.selection is Selection.CLOSE and judged.lead == Fraction(1, 15)
    assert (found.cast, found.without_run_off, found.close_by_selection) == (60, 1, 1)
    assert "the selection does no harm" in flowing(race_report.local_meetings(race))


def test_run_offs_without_first_votes_are_close_by_selection(labour: Race) -> None:
    race = labour.as_of(date(2010, 7, 27))
    found = meetings.sample(race.entries)
    assert (found.meetings, found.cast, found.close_by_selection) == (64, 1610, 12)
    assert found.run_offs[0].selection is Selection.FIRST_VOTE_UNKNOWN
    report = flowing(race_report.local_meetings(race))
    assert "12 run-offs were close by selection" in report and "cannot be undone" in report


def test_votes_are_kept_exactly(tmp_path: Path) -> None:
    rows = [meeting("hill", "ann 12; bob 10; cat 8", "unknown")]
    (entry,) = loaded(tmp_path, {"meetings.csv": rows}).of(meetings.Meeting)
    assert entry.n == 30 and entry.counts() == {(ANN,): 12, (BOB,): 10, (CAT,): 8}
    assert entry.among({ANN, BOB}) == {(ANN,): Fraction(6, 11), (BOB,): Fraction(5, 11)}


# --- the example ----------------------------------------------------------------------------------


def test_the_example_holds_no_result(labour: Race) -> None:
    """Nothing was published after the day before the declaration, but for one undated poll."""
    late = [entry.id for entry in labour.entries if entry.published > date(2010, 9, 24)]
    assert late == ["comres-councillors"]
    assert len(labour.of(RosterEntry)) < 100


def test_the_polls_of_the_example_are_those_of_the_data(labour: Race, shared_data: Path) -> None:
    path = shared_data / "forecasting" / "polls_2010_labour.csv"
    columns = {
        "DA": "abbott",
        "EB": "balls",
        "AB": "burnham",
        "DM": "d_miliband",
        "EM": "e_miliband",
    }
    held = {
        (e.section, e.n, frozenset(e.shares.items()))
        for kind in (PollFirst, PollPair, ReportedFirsts)
        for e in labour.of(kind)
    }
    sections = {"members": "members", "affiliates": "affiliates", "mps": "mps_meps"}
    wanted = [
        r
        for r in csv.DictReader(path.read_text("utf-8").splitlines())
        if r["section"] in sections
        and r["measure"] in ("first_pref", "two_cand")
        and r["type"] in ("panel", "roster")
    ]
    assert len(wanted) == 10
    for row in wanted:
        shares = {
            (Candidate(name),): Fraction(row[c]) / 100 for c, name in columns.items() if row[c]
        }
        n = int(row["n"]) if row["n"] else None
        assert (sections[row["section"]], n, frozenset(shares.items())) in held, row["poll_id"]


def test_a_race_may_take_its_contest_from_a_definition(tmp_path: Path) -> None:
    example = acts.example("labour-2010-race").parent / "labour-2010"
    race = (
        'schema = 1\n[race]\nname = "2010"\n'
        f'definition = "{example}"\n[dates]\npoll_closes = 2010-09-22\n'
    )
    found = acts.load(folder(tmp_path, race=race), TODAY).race
    assert len(found.standing) == 5 and found.contest.rules.name == "labour-2010"
