"""An officer's decisions on ties as TOML: in an election's definition, or in a file.

A file of their own lets a count that stopped at a tie go on without a change to the definition.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hustings.election.spec import Contest, Decision
from hustings.errors import InputError, Problem
from hustings.formats.election_schema import DECIDED
from hustings.formats.schema_nodes import table, text
from hustings.formats.shape import at, read_document
from hustings.units import Candidate

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Decisions on ties",
    **table(
        "the decisions of an officer on ties",
        {
            "schema": {"const": 1, "description": "the version of this format"},
            "decided": {
                **DECIDED,
                "items": {
                    **DECIDED["items"],
                    "properties": {
                        "contest": text("the id of the contest; all, where it is left out"),
                        **DECIDED["items"]["properties"],
                    },
                },
            },
        },
        "schema",
        "decided",
    ),
}
Path = Sequence[str | int]


def decision(written: Mapping[str, Any]) -> Decision:
    """One decision as the file has it."""
    return Decision(
        tuple(map(Candidate, written["among"])),
        Candidate(written["chosen"]),
        written["by"],
        written["when"],
        written["why"],
        written.get("round", 0),
    )


def wrong_in(made: Decision, known: Sequence[str], before: Sequence[Decision]) -> Iterator[str]:
    """What is wrong with a decision, in a contest of these candidates, after those `before` it."""
    for name in made.among:
        if name not in known:
            yield f"{name!r} is no candidate; they are {', '.join(sorted(known))}"
    if len({*made.among}) < max(2, len(made.among)):
        yield f"{', '.join(made.among)}: a tie is among two or more, and names each of them once"
    if made.chosen not in made.among:
        yield f"{made.chosen!r} is not among {', '.join(made.among)}"
    if any({*each.among} == {*made.among} and each.round == made.round for each in before):
        yield f"a decision before this one is of the same tie, {', '.join(made.among)}"


def read(data: str, file: str, contests: Sequence[Contest]) -> dict[str, tuple[Decision, ...]]:
    """By contest, the decisions of a file; raises `InputError` with every mistake in it."""
    document = read_document(data, SCHEMA, file)
    found: dict[str, tuple[Decision, ...]] = {contest.id: () for contest in contests}
    problems: list[Problem] = []
    for number, written in enumerate(document["decided"]):
        made, meant = decision(written), written.get("contest", "")
        concerned = [contest for contest in contests if meant in ("", contest.id)]
        path: Path = ["decided", number]
        if not concerned:
            what = f"{meant!r} is no contest; they are {', '.join(found)}"
            problems.append(at(data, file, [*path, "contest"], what))
        for contest in concerned:
            known = [entry.id for entry in contest.candidates]
            wrong = wrong_in(made, known, found[contest.id])
            problems += [at(data, file, path, what) for what in wrong]
            found[contest.id] = (*found[contest.id], made)
    if problems:
        raise InputError(problems)
    return found
