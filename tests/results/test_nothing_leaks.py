"""Ways in which a figure that is withheld could reach a reader, each found once and kept shut."""

from pathlib import Path

import pytest

from hustings.errors import InputError
from hustings.results import opendata
from hustings.results.assembly import Recorded
from hustings.results.disclosure import Earlier
from hustings.results.edition import Edition
from hustings.results.pages.record import Record
from hustings.shell import acts, otherwise, site
from hustings.units import Section

HEAD = 'schema = 1\n[election]\nname = "Meeting"\n'
CANDIDATES = '[contests.c.candidates]\nx = "X"\ny = "Y"\nz = "Z"\nw = "W"\n'


def contest(rules: str) -> str:
    return f'[contests.c]\npost = "Chair"\nrules = "{rules}"\nballots = "b.csv"\n{CANDIDATES}'


def section(id_: str, *lines: str) -> str:
    return "\n".join((f"[sections.{id_}]", 'weight = "1/2"', *lines)) + "\n"


def loaded(folder: Path, definition: str, papers: str) -> acts.Loaded:
    (folder / "election.toml").write_text(HEAD + definition, "utf-8")
    (folder / "b.csv").write_text(papers, "utf-8")
    return acts.load(folder)


def edition(of: acts.Loaded) -> Edition:
    return site.edition_of(of, of.election.contests[0], {})


TWO = (
    "section,count,1,2,3\n"
    "a,600,x,y,\na,500,y,x,\na,90,z,x,\na,80,w,y,\nb,300,x,z,\nb,200,y,z,\nb,40,z,w,\nb,30,w,z,\n"
)


def test_what_if_keeps_the_withheld_rankings_of_a_pooled_college(tmp_path: Path) -> None:
    hidden = 'rankings = "withheld"'
    definition = section("a", hidden) + section("b", hidden) + contest("omov-av")
    asked = otherwise.questions(edition(loaded(tmp_path, definition, TWO)))
    without = [each for each in asked if each.id.startswith("without-")]
    assert len(without) == 4
    assert [each.id for each in without if each.transcript is not None] == ["without-w"]


def test_a_pooled_college_is_as_cautious_as_its_most_cautious_section(tmp_path: Path) -> None:
    definition = (
        section("a", 'rankings = "published"')
        + section("b", 'rankings = "withheld"')
        + contest("omov-av")
    )
    (part,) = edition(loaded(tmp_path, definition, TWO)).sections.values()
    assert part.withheld


def test_a_row_never_shows_the_rankings_of_only_some_of_its_papers(tmp_path: Path) -> None:
    definition = (
        section("a", 'policy = "unit_rankings"', 'units = { v = "V" }')
        + section("b")
        + contest("labour-2010")
        + "[contests.c.returns.a]\ncomplete = false\n"
    )
    papers = (
        "section,unit,count,1,2\n"
        "a,v,6,x,y\na,v,2,y,\na,v,1,z,x\n"
        "a,,3000,x,y\na,,2900,y,x\na,,500,z,\na,,700,z,y\nb,,500,x,y\nb,,400,y,x\n"
    )
    found = edition(loaded(tmp_path, definition, papers))
    assert all(row.rankings is None for row in found.sections[Section("a")].rows)
    assert "unit_transfers" not in {table.name for table in opendata.resources(found)}


def test_what_if_never_tells_how_a_spoiled_paper_was_marked(tmp_path: Path) -> None:
    definition = contest("omov-av") + '[contests.c.override]\novervotes = "spoil"\n'
    papers = "count,1,2\n600,x,y\n500,y,x\n300,z,x\n1,x,y=z\n1,y=z,x\n"
    found = edition(loaded(tmp_path, definition, papers))
    formal = found.transcript.rounds[0].tally.continuing(Section("everyone"))
    for each in otherwise.questions(found):
        if each.transcript is not None:
            tally = each.transcript.rounds[0].tally
            (held,) = tally.held.values()
            assert sum(held.values()) + sum(tally.non_transferable.values()) == formal, each.id


def test_a_tie_that_only_withheld_papers_know_of_is_not_told(tmp_path: Path) -> None:
    papers = "count,1,2,3,4\n40,x,y,z,w\n30,y,x,,\n20,z,w,x,\n10,w,z,y,\n"
    found = edition(loaded(tmp_path, contest("omov-av"), papers))
    assert all(part.withheld for part in found.sections.values())
    told = [each.unknown for each in otherwise.questions(found) if each.transcript is None]
    assert told and not any("tie" in words for words in told)


def test_totals_are_held_against_the_release_before_whatever_the_policy(tmp_path: Path) -> None:
    """One late paper is a ballot, in a section that promised units and has none, too."""
    definition = section("a", 'policy = "unit_first_preferences"') + section("b")
    papers = "section,count,1\na,601,x\na,500,y\nb,300,x\nb,400,y\n"
    of = loaded(tmp_path, definition + contest("labour-2010"), papers)
    before = {
        Section("a"): Recorded(Earlier({"x": 600, "y": 500, "z": 0, "w": 0})),  # type: ignore[dict-item]
    }
    with pytest.raises(InputError, match="subtracting those of an earlier release"):
        site.edition_of(of, of.election.contests[0], {1: {"c": Record({}, before)}})


def test_numbers_that_were_made_up_from_percentages_are_nowhere(tmp_path: Path) -> None:
    of = acts.load(acts.example("labour-1994"))
    site.publish(of, tmp_path / "site")
    for page in ("index.html", "rounds/index.html", "sections/index.html", "record.json"):
        text = (tmp_path / "site" / page).read_text("utf-8")
        if page == "record.json":
            text = text[: text.index('"sections"')]
        assert "3,000" not in text, page
