"""The JSON Schema of `result.toml`, for editors, for the docs and for reading it."""

from hustings.formats.schema_nodes import Node, by_id, table, text


def _date(description: str) -> Node:
    return {
        "type": "string",
        "pattern": r"^\d{4}-\d{2}-\d{2}$",
        "description": description,
        "x-expected": "a date such as 2010-09-22",
    }


def _list(description: str, item: Node, expected: str) -> Node:
    return {
        "type": "array",
        "items": item,
        "minItems": 1,
        "description": description,
        "x-expected": expected,
    }


def _by_id(description: str, entry: Node, expected: str = "a table") -> Node:
    return by_id(description, entry, expected)


_FIGURE: Node = {
    "type": "number",
    "minimum": 0,
    "maximum": 1_000_000_000,
    "description": "votes, points or a percentage",
    "x-expected": "a number, 0 or more",
}
_FIRST = _by_id("first preferences, in votes, points or per cent", _FIGURE)
_TWO = {
    **_by_id("what each of two held, in votes, points or per cent", _FIGURE),
    "minProperties": 2,
    "maxProperties": 2,
    "x-expected": "a table of two candidates",
}

RESULT: Node = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **table(
        "what came of a race, beside its race.toml",
        {
            "schema": {
                "const": 1,
                "description": "the version of this format",
                "x-expected": "1, the version of this format",
            },
            "result": table(
                "who won, and who says so",
                {
                    "winner": text("the id of the candidate who won"),
                    "source_title": text("who says so"),
                    "source_url": text("where"),
                    "as_of": _list(
                        "the days of forecasts to score; left out, every day on which evidence "
                        "was published",
                        _date("a day before the result"),
                        "a list of dates",
                    ),
                },
                "winner",
                "source_title",
                "source_url",
            ),
            "first_preferences": _FIRST,
            "final": _TWO,
            "sections": _by_id(
                "the same by section",
                table("one section", {"first_preferences": _FIRST, "final": _TWO}),
            ),
            "pairs": _list(
                "other choices between two that are known, as from published ballots",
                table("one pair", {"section": text("of which section"), "shares": _TWO}, "shares"),
                "a list of tables",
            ),
            "endings": _by_id(
                "by section, how many ballots named one candidate, two, ... and the rest",
                _list(
                    "ballots that end after the first preference, the second, ...",
                    {**_FIGURE, "type": "integer", "x-expected": "a whole number"},
                    "a list of whole numbers",
                ),
            ),
            "prices": _list(
                "what a betting market held, as a baseline; never evidence",
                table(
                    "one day's prices",
                    {
                        "published": _date("the day"),
                        "chances": _by_id(
                            "how likely each was held to win, summing to 100", _FIGURE
                        ),
                        "source_title": text("who says so"),
                        "source_url": text("where"),
                    },
                    "published",
                    "chances",
                    "source_title",
                    "source_url",
                ),
                "a list of tables",
            ),
        },
        "schema",
        "result",
    ),
}
