"""The JSON Schema of `race.toml`, for editors, for the docs and for reading it."""

from hustings.formats.schema_nodes import Node, by_id, date, fraction, prose, table, text


def _whole(description: str) -> Node:
    return {
        "type": "integer",
        "minimum": 1,
        "maximum": 999_999_999,
        "description": description,
        "x-expected": "a whole number, 1 or more",
    }


_SECTION = table(
    "a body of voters with a fixed weight in the college",
    {
        "name": text("what people call the section"),
        "weight": fraction("the part of the college that the section commands"),
        "units": {
            **by_id(
                "its units by id, where entries may name no other",
                text("what people call the unit"),
                "a table of units",
            ),
            "minProperties": 0,
        },
    },
    "weight",
)

_NOMINATORS = table(
    "one kind of nominators",
    {
        "name": text("what people call them, such as MPs"),
        "section": text("the section to which they belong"),
        "threshold": _whole("how many of them a candidate needs to stand"),
        "size": _whole("how many of them there are"),
        "source": text("the rule or page that says so"),
    },
    "name",
)

RACE: Node = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "hustings race",
    **table(
        "A race: a contest before its day, with the entries beside this file",
        {
            "schema": {
                "const": 1,
                "description": "the version of this format",
                "x-expected": "1, the version of this format",
            },
            "race": table(
                "the race as a whole",
                {
                    "name": text("what people call the race"),
                    "post": text("the post that is filled"),
                    "rules": text(
                        "a rule book by name (see `hustings rules`), or a .toml file here",
                        "the name of a rule book",
                    ),
                    "definition": text(
                        "an election.toml that has the candidates, sections and rules, instead of "
                        "giving them here",
                        "the name of an election.toml",
                    ),
                    "contest": text("which contest of that definition, if it has several"),
                    "about": prose("what a reader should know"),
                },
                "name",
            ),
            "dates": table(
                "the calendar",
                {
                    "nominations_open": date("when nominations open"),
                    "nominations_close": date("when nominations close"),
                    "poll_opens": date("when the poll opens"),
                    "poll_closes": date("when the poll closes"),
                    "declared": date("when the result is declared"),
                },
                "poll_closes",
            ),
            "candidates": by_id(
                "who stands, by id, in the order of the ballot paper",
                text("the name as it stands on the paper"),
                "a table of candidates",
            ),
            "sections": by_id(
                "the electoral college, by section; leave it out for one body of voters",
                _SECTION,
                "a table of sections",
            ),
            "nominators": by_id(
                "who may nominate, by id", _NOMINATORS, "a table of kinds of nominators"
            ),
        },
        "schema",
        "race",
        "dates",
    ),
}
