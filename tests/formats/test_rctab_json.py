"""Rounds as the universal tabulator JSON: what RCVis takes, and figures that add up."""

import json
from collections import Counter
from decimal import Decimal
from functools import cache
from typing import Any

import jsonschema_rs
import pytest

import hustings as h
from hustings.counting.transcript import Transcript
from hustings.election.spec import EVERYONE
from hustings.formats import rctab_json
from hustings.formats.rctab_json import INACTIVE, Heading
from hustings.shell import acts
from hustings.units import Section

Json = dict[str, Any]

DECIMAL = {"type": "string", "pattern": r"^\d*[.]{0,1}\d+$"}
TALLY = {"type": "object", "additionalProperties": DECIMAL}
# What the schema of the format asks, in our words
# (https://github.com/artoonie/rcvformats, universaltabulator.schema.json, commit f668e8d): a
# contest is named; rounds have a tally and events; an event elects or eliminates one name.
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["config", "results"],
    "properties": {
        "config": {
            "type": "object",
            "additionalProperties": False,
            "required": ["contest"],
            "properties": {
                "contest": {"type": "string"},
                "date": {"type": "string", "format": "date"},
                "jurisdiction": {"type": "string"},
                "office": {"type": "string"},
                "threshold": DECIMAL,
            },
        },
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["round", "tally", "tallyResults"],
                "properties": {
                    "round": {"type": "integer", "minimum": 1},
                    "tally": TALLY,
                    "tallyResults": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "additionalProperties": False,
                            "properties": {
                                "elected": {"type": "string"},
                                "eliminated": {"type": "string"},
                                "transfers": TALLY,
                            },
                            "oneOf": [{"required": ["elected"]}, {"required": ["eliminated"]}],
                        },
                    },
                },
            },
        },
    },
}
VALIDATOR = jsonschema_rs.validator_for(SCHEMA, validate_formats=True)
HEADING = Heading("A contest", "Leader", "A party", "2010-09-25T16:45:00Z")
ROUNDING = Decimal("0.00001")


@cache
def labour() -> h.Count:
    return h.count(h.example("labour-2010"))


def drawn(text: str) -> Json:
    """The file, where it fits the schema and what RCVis makes of it."""
    value: Json = json.loads(text)
    VALIDATOR.validate(value)
    known = {*value["results"][0]["tally"]}
    for round_ in value["results"]:
        assert {*round_["tally"]} <= known
        for event in round_["tallyResults"]:
            assert {*event["transfers"]} | {event.get("elected", event.get("eliminated"))} <= known
    return value


def check_flows(value: Json, tolerance: Decimal) -> None:
    """Tally and transfers give the next tally; who goes hands on all they had."""
    for before, after in zip(value["results"], value["results"][1:], strict=False):
        reached = Counter({name: Decimal(n) for name, n in before["tally"].items()})
        for event in before["tallyResults"]:
            passed = {name: Decimal(n) for name, n in event["transfers"].items()}
            given = reached.pop(event["eliminated"])
            assert abs(given - sum(passed.values())) <= tolerance
            reached.update(passed)
        assert {*reached} == {*after["tally"]}
        for name, figure in after["tally"].items():
            assert abs(reached[name] - Decimal(figure)) <= tolerance


@pytest.mark.parametrize("section", ["mps_meps", "members", "affiliates"])
def test_a_section_is_told_in_votes(section: str) -> None:
    """Each round's votes and what was handed on, the inactive among them."""
    value = drawn(rctab_json.of_section(labour(), Section(section), HEADING))
    check_flows(value, Decimal(0))
    first = labour().rounds[0].tally.held[Section(section)]
    named = {labour().contest.name(name): str(papers) for name, papers in first.items()}
    assert value["results"][0]["tally"] == {**named, INACTIVE: "0"}
    assert value["results"][-1]["tallyResults"] == [{"elected": "Ed Miliband", "transfers": {}}]
    assert value["config"] == {
        "contest": "A contest",
        "date": "2010-09-25",
        "jurisdiction": "A party",
        "office": "Leader",
    }


def test_the_college_is_told_in_points_out_of_100() -> None:
    """All points stay in play, since the sections are re-based: nothing is inactive."""
    value = drawn(rctab_json.of_college(labour(), HEADING))
    check_flows(value, ROUNDING)
    assert value["results"][3]["tally"]["Ed Miliband"].startswith("50.65")
    assert INACTIVE not in value["results"][0]["tally"]
    assert value["config"]["threshold"] == "50.000000"


def test_points_that_go_out_of_play_are_inactive() -> None:
    """Under a base that stays that of round 1, what is not transferred is lost."""
    contest = h.contest("Post", ["ann", "bob", "cat"], {"one": "1/2", "two": "1/2"}, "labour-2010")
    rules = contest.rules.override(
        "denominator", "first_round", h.rule_book("omov-av").basis["denominator"]
    )
    papers = {("ann",): 4, ("bob",): 4, ("cat",): 2}
    count = h.count(
        h.contest("Post", ["ann", "bob", "cat"], {"one": "1/2", "two": "1/2"}, rules),
        {"one": {**papers, ("ann", "bob"): 1}, "two": papers},
    )
    value = drawn(rctab_json.of_college(count, HEADING))
    check_flows(value, ROUNDING)
    assert Decimal(value["results"][1]["tally"][INACTIVE]) > 0


@pytest.mark.parametrize("name", acts.examples())
def test_every_example_can_be_drawn(name: str) -> None:
    """Rounds by every rule book that has an example; an exhaustive ballot hands nothing on."""
    count = h.count(h.example(name))
    sections = [*count.rounds[0].tally.held]
    for text in (
        *(rctab_json.of_section(count, section, HEADING) for section in sections),
        rctab_json.of_college(count, HEADING),
    ):
        value = drawn(text)
        assert len(value["results"]) == len(count.rounds)
        if count.rounds[0].transfers:
            check_flows(value, ROUNDING)


def test_a_batch_hands_on_all_it_had() -> None:
    """Several who go at once: each in proportion to what they had."""
    book = h.rule_book("omov-av")
    for choice, answer in (("college", "sections"), ("eliminate", "batch_safe")):
        book = book.override(choice, answer, book.basis[choice])
    names = ["ann", "bob", "cat", "dee", "eve"]
    papers = {("ann", "bob"): 40, ("bob",): 33, ("cat", "ann"): 4, ("dee", "bob"): 3, ("eve",): 2}
    contest = h.contest("Post", names, {"one": "1/2", "two": "1/2"}, book)
    count = h.count(contest, {"one": papers, "two": {**papers, ("cat",): 5}})
    value = drawn(rctab_json.of_college(count, HEADING))
    assert len(value["results"][0]["tallyResults"]) > 1
    check_flows(value, ROUNDING)


def test_one_section_has_a_threshold_in_votes() -> None:
    """More than half: of nine papers, five."""
    contest = h.contest("Post", ["ann", "bob", "cat"])
    count = h.count(contest, {("ann", "bob"): 4, ("bob",): 3, ("cat", "bob"): 2})
    value = drawn(rctab_json.of_section(count, EVERYONE, HEADING))
    assert value["config"]["threshold"] == "5"
    check_flows(value, Decimal(0))


def test_no_two_are_called_alike_and_none_as_the_inactive() -> None:
    """RCVis knows candidates by name alone, and takes some names for something else."""
    named = {"ann": "Pat", "bob": "pat", "cat": "Exhausted", "dee": "", "eve": "<b>Eve</b>"}
    count: Transcript = h.count(h.contest("Post", named), {("ann",): 2, ("bob",): 1})
    assert rctab_json.names(count.contest) == {
        "ann": "Pat (ann)",
        "bob": "pat (bob)",
        "cat": "Exhausted (cat)",
        "dee": " (dee)",
        "eve": "<b>Eve</b>",
    }
    drawn(rctab_json.of_section(count, EVERYONE, HEADING))
