"""The JSON Schema of `election.toml`, for editors, for the docs and for reading it."""

from collections.abc import Mapping
from typing import Any

from hustings.election.publication import Policy, Rankings, Status
from hustings.election.rulebook import CHOICES, FRACTION, Choice
from hustings.units import Option

Node = dict[str, Any]

IDENTIFIER = "^[a-z0-9][a-z0-9_-]*$"
# Control characters would steer a terminal, or break a table.
PRINTABLE = "^[^\\x00-\\x1f\\x7f-\\x9f]+$"
PRINTABLE_LINES = "^[^\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]+$"


def _text(description: str, expected: str = "a text in quotes") -> Node:
    return {
        "type": "string",
        "pattern": PRINTABLE,
        "description": description,
        "x-expected": expected,
    }


def _prose(description: str) -> Node:
    """A text that may have several lines."""
    return {**_text(description), "pattern": PRINTABLE_LINES}


def _fraction(description: str) -> Node:
    return {
        "type": "string",
        "pattern": f"^{FRACTION.pattern}$",
        "description": description,
        "x-expected": 'an exact fraction in quotes, such as "1/3"',
    }


def _table(description: str, properties: Mapping[str, Node], *required: str) -> Node:
    return {
        "type": "object",
        "description": description,
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
        "x-expected": "a table",
    }


def _by_id(description: str, entry: Node, expected: str) -> Node:
    return {
        "type": "object",
        "description": description,
        "propertyNames": {
            "pattern": IDENTIFIER,
            "x-expected": "an id: small letters, digits, _ and -, such as e_miliband",
        },
        "additionalProperties": entry,
        "minProperties": 1,
        "x-expected": expected,
    }


def _either(description: str, expected: str, *nodes: Node) -> Node:
    return {"anyOf": list(nodes), "description": description, "x-expected": expected}


def _list_of(entry: Node, description: str, expected: str) -> Node:
    return {
        "type": "array",
        "items": entry,
        "description": description,
        "x-expected": expected,
    }


def _answer(choice: Choice) -> Node:
    """How one choice of a rule book is answered in a file."""
    enum: Node = {"enum": [str(option) for option in choice.options]}
    expected = f"one of {', '.join(choice.options)}"
    match choice.name:
        case "weights":
            node = _by_id(choice.question, _fraction("the weight"), "a table of weights")
            node["minProperties"] = 0
            return node
        case "whole":
            return _fraction(choice.question)
        case "ties":
            return _list_of({**enum, "x-expected": expected}, choice.question, "a list of policies")
    if choice.options:
        return {**enum, "description": choice.question, "x-expected": expected}
    return {
        "type": "integer",
        "minimum": 0,
        "maximum": 999,
        "description": choice.question,
        "x-expected": choice.expected,
    }


def _option(description: str, options: type[Option]) -> Node:
    """One of several answers, each with its meaning."""
    meanings = "; ".join(f"`{option}`: {option.meaning}" for option in options)
    return {
        "enum": [str(option) for option in options],
        "description": f"{description} ({meanings})",
        "x-expected": f"one of {', '.join(options)}",
    }


def _papers(description: str) -> Node:
    return {
        "type": "integer",
        "minimum": 0,
        "maximum": 999_999_999_999_999,
        "description": description,
        "x-expected": "a whole number of papers",
    }


_FILE = _text("a ballot file in this folder", "the name of a ballot file")

_SOURCE = _either(
    "where the papers of one section stand",
    'a file ("members.csv"), a list of files, or { published = "published.csv" }',
    _FILE,
    _list_of(_FILE, "one file a ballot, for an exhaustive ballot", "a list of file names"),
    _table(
        "a section known only by its published totals: its papers are reconstructed",
        {"published": _text("the file with the published figures", "the name of a file")},
        "published",
    ),
)

_CANDIDATE = _either(
    "a candidate's name, or a table with the name and whether they have withdrawn",
    'a name in quotes, or { name = "Ann", withdrawn = true }',
    _text("the name as it stands on the paper"),
    _table(
        "a candidate",
        {
            "name": _text("the name as it stands on the paper"),
            "withdrawn": {
                "type": "boolean",
                "description": "whether they have withdrawn; papers then pass over them",
                "x-expected": "true or false",
            },
        },
        "name",
    ),
)

_SECTION = _table(
    "a body of voters with a fixed weight in the college",
    {
        "name": _text("what people call the section"),
        "weight": _fraction("the part of the college that the section commands"),
        "papers_are": _text(
            'what one paper stands for, if not one vote: "thousands of votes" for a block vote'
        ),
        "units": _either(
            "the branches of the section: a table of names by id, or a CSV file with a row each",
            'a table of units, or a file ("local-parties.csv")',
            {
                **_by_id(
                    "the branches of the section, by id",
                    _text("what people call the unit"),
                    "a table of units",
                ),
                "minProperties": 0,
            },
            _text("a CSV file with the columns unit and name", "the name of a file"),
        ),
        "unit_is": _text('what one unit is called, such as "local party"'),
        "units_are": _text('what several are called, such as "local parties"'),
        "electors": _text(
            "a CSV file with what named electors sit for and which groups they belong to",
            "the name of a file",
        ),
        "elector_is": _text('what one named elector is called, such as "parliamentarian"'),
        "electors_are": _text('what several are called, such as "parliamentarians"'),
        "policy": _option("what is published of the section", Policy),
        "rankings": _option("whether the section's rankings are published", Rankings),
        "accepts": _text(
            "why figures of this section are published although the disclosure check refuses them; "
            "the reason is published with them"
        ),
    },
    "weight",
)

_RETURN = _table(
    "what one section returned, beside the papers that were counted",
    {
        "issued": _papers("how many papers were issued"),
        "returned": _papers("how many came back, valid and spoiled"),
        "spoiled": _either(
            "how many were spoiled, or a table with the number for each reason",
            'a number, or { "no declaration" = 12 }',
            _papers("how many papers were spoiled"),
            {
                "type": "object",
                "description": "how many papers were spoiled for each reason",
                "additionalProperties": _papers("how many papers"),
                "propertyNames": {
                    "pattern": PRINTABLE,
                    "x-expected": "a reason without control characters",
                },
                "x-expected": "a table of reasons",
            },
        ),
        "units": _text("a CSV file with a row for each unit", "the name of a file"),
        "complete": {
            "type": "boolean",
            "description": "whether that file has every unit of the section; true where nothing "
            "is said",
            "x-expected": "true or false",
        },
        "source": _text("where these figures come from"),
    },
)

_RELEASE = _table(
    "one published version of the results",
    {
        "status": _option("how final it is", Status),
        "at": {
            "type": "string",
            "pattern": r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.0+)?)?(Z|[+-]\d{2}:\d{2}))?$",
            "description": "when it was declared, with the offset from UTC; never the time of the "
            "building",
            "x-expected": "a time such as 2010-09-25T16:50:00+01:00, or a date",
        },
        "approved_by": _text("who approved it"),
        "reason": _text("what was corrected, or why it was withdrawn"),
        "accepts": _text(
            "why a difference from the release before is published although the disclosure check "
            "refuses it"
        ),
    },
    "status",
)

_CONTEST = _table(
    "one question put to the voters",
    {
        "post": _text("the post that is filled"),
        "rules": _text(
            "a rule book by name (see `hustings rules`), or a .toml file in this folder",
            "the name of a rule book",
        ),
        "override": _table(
            "rules that differ from the book, each by its name",
            {name: _answer(choice) for name, choice in CHOICES.items()},
        ),
        "candidates": _by_id(
            "who stands, by id, in the order of the ballot paper",
            _CANDIDATE,
            "a table of candidates",
        ),
        "ballots": _either(
            "where the papers are: one file for all sections, a list of files, "
            "or a table with one entry a section",
            "a file, a list of files, or a table with a file for each section",
            _FILE,
            _list_of(_FILE, "one file a ballot, for an exhaustive ballot", "a list of file names"),
            _by_id("for each section", _SOURCE, "a table with a file for each section"),
        ),
        "published": _text(
            "a file with published figures; the count must give every one of them",
            "the name of a file",
        ),
        "returns": _by_id(
            "papers issued, returned and spoiled, and the units' figures, by section",
            _RETURN,
            "a table with one entry a section",
        ),
        "claims": _text(
            "a CSV file with what was printed elsewhere, to be held against the computed facts",
            "the name of a file",
        ),
        "decisions": _table(
            "what people decided outside the count",
            {
                "lot": _list_of(
                    _text("a candidate's id"),
                    "the order in which a lot drew the tied; first drawn goes first",
                    'a list of ids, such as ["ann", "bob"]',
                ),
                "drawn_by": _text("who drew the lot, when and before whom"),
                "seed": _text("a text drawn in public, from which an order is computed"),
                "seed_source": _text("where the seed comes from"),
            },
        ),
    },
    "post",
    "rules",
    "candidates",
    "ballots",
)

_DATES = (
    "notice",
    "nominations_open",
    "nominations_close",
    "roll_closes",
    "poll_opens",
    "poll_closes",
    "counted",
    "declared",
)


def _date(name: str) -> Node:
    return {
        "type": "string",
        "pattern": r"^\d{4}-\d{2}-\d{2}$",
        "description": f"{name.replace('_', ' ')}, as a date",
        "x-expected": "a date such as 2010-09-25",
    }


ELECTION: Node = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "hustings election definition",
    **_table(
        "An election: what is put to whom, and by which rules",
        {
            "schema": {
                "const": 1,
                "description": "the version of this format",
                "x-expected": "1, the version of this format",
            },
            "election": _table(
                "the election as a whole",
                {
                    "name": _text("what people call the election"),
                    "organisation": _text("whose election it is"),
                    "about": _prose("what a reader should know, and where the figures come from"),
                },
                "name",
            ),
            "dates": _table("the calendar", {name: _date(name) for name in _DATES}),
            "sections": _by_id(
                "the electoral college, by section; leave it out for one body of voters",
                _SECTION,
                "a table of sections",
            ),
            "contests": _by_id("the contests, by id", _CONTEST, "a table of contests"),
            "releases": _list_of(
                _RELEASE,
                "the published versions in order; the last is the current one",
                "a list of tables, each [[releases]]",
            ),
        },
        "schema",
        "election",
        "contests",
    ),
}


def _based_answer(choice: Choice) -> Node:
    return _table(
        choice.question,
        {
            "value": _answer(choice),
            "source": _text("the clause, or the figures, that say so"),
            "reading": _text("our reading, where the source is doubtful or silent"),
        },
        "value",
        "source",
    )


RULE_BOOK: Node = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "hustings rule book",
    **_table(
        "A rule book: it extends another and overrides only what differs",
        {
            "schema": {
                "const": 1,
                "description": "the version of this format",
                "x-expected": "1, the version of this format",
            },
            "name": _text("the name by which elections ask for it"),
            "title": _text("what it is, for a reader"),
            "summary": _text("how it works, in a sentence or two"),
            "in_force": _text("from when to when it held"),
            "extends": _text("the book whose answers hold where this one is silent"),
            "choices": _table(
                "the answers, each with its source",
                {name: _based_answer(choice) for name, choice in CHOICES.items()},
            ),
        },
        "schema",
        "name",
        "title",
    ),
}
