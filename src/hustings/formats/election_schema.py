"""The JSON Schema of `election.toml`, for editors, for the docs and for reading it."""

from hustings.election.publication import Policy, Rankings, Status
from hustings.election.rulebook import CHOICES, SEAT_CHOICES, Choice
from hustings.formats.schema_nodes import (
    PRINTABLE,
    Node,
    by_id,
    date,
    either,
    fraction,
    list_of,
    option,
    prose,
    table,
    text,
)

EVERY_CHOICE = {**CHOICES, **SEAT_CHOICES}


def _answer(choice: Choice) -> Node:
    """How one choice of a rule book is answered in a file."""
    enum: Node = {"enum": [str(option) for option in choice.options]}
    expected = f"one of {', '.join(choice.options)}"
    match choice.name:
        case "weights":
            node = by_id(choice.question, fraction("the weight"), "a table of weights")
            node["minProperties"] = 0
            return node
        case "whole" | "minimum_share":
            return fraction(choice.question)
        case "ties":
            return list_of({**enum, "x-expected": expected}, choice.question, "a list of policies")
    if choice.options:
        return {**enum, "description": choice.question, "x-expected": expected}
    return {
        "type": "integer",
        "minimum": 0,
        "maximum": choice.most,
        "description": choice.question,
        "x-expected": choice.expected,
    }


def _papers(description: str) -> Node:
    return {
        "type": "integer",
        "minimum": 0,
        "maximum": 999_999_999_999_999,
        "description": description,
        "x-expected": "a whole number of papers",
    }


# An officer's decisions on ties, each with who made it, when and why.
DECIDED = list_of(
    table(
        "one decision on a tie",
        {
            "round": {
                "type": "integer",
                "minimum": 1,
                "maximum": 9_999,
                "description": "the round or stage of the tie; any, where it is left out",
                "x-expected": "the number of a round",
            },
            "among": list_of(
                text("a candidate's id"), "all who are tied", 'a list of ids, such as ["ann"]'
            ),
            "chosen": text("who of them goes or, where to be first is a gain, comes first"),
            "by": text("who decided, and in which office"),
            "when": text("the day or time of the decision"),
            "why": text("the reason, or the rule that lets the officer decide"),
        },
        "among",
        "chosen",
        "by",
        "when",
        "why",
    ),
    "what the officer decided on ties, one by one",
    "a list of decisions",
)

_FILE = text(
    "a ballot file in this folder, or a folder or a pattern of several: members-*.csv",
    "the name of a ballot file",
)

_SOURCE = either(
    "where the papers of one section stand",
    'a file ("members.csv"), a list of files, or { published = "published.csv" }',
    _FILE,
    list_of(_FILE, "one file a ballot, for an exhaustive ballot", "a list of file names"),
    table(
        "a section known only by its published totals: its papers are reconstructed",
        {"published": text("the file with the published figures", "the name of a file")},
        "published",
    ),
)

_CANDIDATE = either(
    "a candidate's name, or a table with the name and whether they have withdrawn",
    'a name in quotes, or { name = "Ann", withdrawn = true }',
    text("the name as it stands on the paper"),
    table(
        "a candidate",
        {
            "name": text("the name as it stands on the paper"),
            "withdrawn": {
                "type": "boolean",
                "description": "whether they have withdrawn; papers then pass over them",
                "x-expected": "true or false",
            },
        },
        "name",
    ),
)

_SECTION = table(
    "a body of voters with a fixed weight in the college",
    {
        "name": text("what people call the section"),
        "weight": fraction("the part of the college that the section commands"),
        "papers_are": text(
            'what one paper stands for, if not one vote: "thousands of votes" for a block vote'
        ),
        "units": either(
            "the branches of the section: a table of names by id, or a CSV file with a row each",
            'a table of units, or a file ("local-parties.csv")',
            {
                **by_id(
                    "the branches of the section, by id",
                    text("what people call the unit"),
                    "a table of units",
                ),
                "minProperties": 0,
            },
            text("a CSV file with the columns unit and name", "the name of a file"),
        ),
        "unit_is": text('what one unit is called, such as "local party"'),
        "units_are": text('what several are called, such as "local parties"'),
        "electors": text(
            "a CSV file with what named electors sit for and which groups they belong to",
            "the name of a file",
        ),
        "elector_is": text('what one named elector is called, such as "parliamentarian"'),
        "electors_are": text('what several are called, such as "parliamentarians"'),
        "policy": option("what is published of the section", Policy),
        "rankings": option("whether the section's rankings are published", Rankings),
        "accepts": text(
            "why figures of this section are published although the disclosure check refuses them; "
            "the reason is published with them"
        ),
    },
    "weight",
)

_RETURN = table(
    "what one section returned, beside the papers that were counted",
    {
        "issued": _papers("how many papers were issued"),
        "returned": _papers("how many came back, valid and spoiled"),
        "spoiled": either(
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
        "units": text("a CSV file with a row for each unit", "the name of a file"),
        "complete": {
            "type": "boolean",
            "description": "whether that file has every unit of the section; true where nothing "
            "is said",
            "x-expected": "true or false",
        },
        "source": text("where these figures come from"),
    },
)

_RELEASE = table(
    "one published version of the results",
    {
        "status": option("how final it is", Status),
        "at": {
            "type": "string",
            "pattern": r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.0+)?)?(Z|[+-]\d{2}:\d{2}))?$",
            "description": "when it was declared, with the offset from UTC; never the time of the "
            "building",
            "x-expected": "a time such as 2010-09-25T16:50:00+01:00, or a date",
        },
        "approved_by": text("who approved it"),
        "reason": text("what was corrected, or why it was withdrawn"),
        "accepts": text(
            "why a difference from the release before is published although the disclosure check "
            "refuses it"
        ),
    },
    "status",
)

_CONTEST = table(
    "one question put to the voters",
    {
        "post": text("the post that is filled"),
        "seats": {
            "type": "integer",
            "minimum": 1,
            "maximum": 999,
            "description": "how many are elected; 1 where nothing is said",
            "x-expected": "a whole number, 1 to 999",
        },
        "rules": text(
            "a rule book by name (see `hustings rules`), or a .toml file in this folder",
            "the name of a rule book",
        ),
        "override": table(
            "rules that differ from the book, each by its name",
            {name: _answer(choice) for name, choice in EVERY_CHOICE.items()},
        ),
        "candidates": by_id(
            "who stands, by id, in the order of the ballot paper",
            _CANDIDATE,
            "a table of candidates",
        ),
        "ballots": either(
            "where the papers are: one file for all sections, a list of files, "
            "or a table with one entry a section",
            "a file, a list of files, or a table with a file for each section",
            _FILE,
            list_of(_FILE, "one file a ballot, for an exhaustive ballot", "a list of file names"),
            by_id("for each section", _SOURCE, "a table with a file for each section"),
        ),
        "published": text(
            "a file with published figures; the count must give every one of them",
            "the name of a file",
        ),
        "returns": by_id(
            "papers issued, returned and spoiled, and the units' figures, by section",
            _RETURN,
            "a table with one entry a section",
        ),
        "claims": text(
            "a CSV file with what was printed elsewhere, to be held against the computed facts",
            "the name of a file",
        ),
        "decisions": table(
            "what people decided outside the count",
            {
                "lot": list_of(
                    text("a candidate's id"),
                    "the order in which a lot drew the tied; first drawn goes first",
                    'a list of ids, such as ["ann", "bob"]',
                ),
                "drawn_by": text("who drew the lot, when and before whom"),
                "seed": text("a text drawn in public, from which an order is computed"),
                "seed_source": text("where the seed comes from"),
                "decided": DECIDED,
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


ELECTION: Node = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "hustings election definition",
    **table(
        "An election: what is put to whom, and by which rules",
        {
            "schema": {
                "const": 1,
                "description": "the version of this format",
                "x-expected": "1, the version of this format",
            },
            "election": table(
                "the election as a whole",
                {
                    "name": text("what people call the election"),
                    "organisation": text("whose election it is"),
                    "about": prose("what a reader should know, and where the figures come from"),
                },
                "name",
            ),
            "dates": table(
                "the calendar",
                {name: date(f"{name.replace('_', ' ')}, as a date") for name in _DATES},
            ),
            "sections": by_id(
                "the electoral college, by section; leave it out for one body of voters",
                _SECTION,
                "a table of sections",
            ),
            "contests": by_id("the contests, by id", _CONTEST, "a table of contests"),
            "releases": list_of(
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
    return table(
        choice.question,
        {
            "value": _answer(choice),
            "source": text("the clause, or the figures, that say so"),
            "reading": text("our reading, where the source is doubtful or silent"),
        },
        "value",
        "source",
    )


RULE_BOOK: Node = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "hustings rule book",
    **table(
        "A rule book: it extends another and overrides only what differs",
        {
            "schema": {
                "const": 1,
                "description": "the version of this format",
                "x-expected": "1, the version of this format",
            },
            "name": text("the name by which elections ask for it"),
            "title": text("what it is, for a reader"),
            "summary": text("how it works, in a sentence or two"),
            "in_force": text("from when to when it held"),
            "extends": text("the book whose answers hold where this one is silent"),
            "choices": table(
                "the answers, each with its source",
                {name: _based_answer(choice) for name, choice in EVERY_CHOICE.items()},
            ),
        },
        "schema",
        "name",
        "title",
    ),
}
