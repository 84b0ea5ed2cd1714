"""Rule books as TOML: each answer with its source, on top of the book it extends."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hustings.election.rulebook import CHOICES, Basis, RuleBook
from hustings.errors import InputError
from hustings.formats.election_schema import RULE_BOOK
from hustings.formats.shape import at, read_document

Books = Callable[[str], RuleBook]


def read(text: str, file: str, books: Books) -> RuleBook:
    """The rule book that the text describes; `books` gives the one that it extends.

    Raises `InputError` with every mistake in it, and where neither it nor what it
    extends answers every choice.
    """
    document = read_document(text, RULE_BOOK, file)
    answers: dict[str, dict[str, Any]] = document.get("choices", {})
    described = {
        "name": document["name"],
        "title": document["title"],
        "summary": document.get("summary", ""),
        "in_force": document.get("in_force", ""),
        "extends": document.get("extends", ""),
    }
    basis = {
        name: Basis(answer["source"], answer.get("reading", ""), document["name"])
        for name, answer in answers.items()
    }
    read_answers: dict[str, Any] = {
        name: CHOICES[name].read(answer["value"]) for name, answer in answers.items()
    }
    if "extends" in document:
        extended = books(document["extends"])
        return replace(extended, **described, **read_answers, basis={**extended.basis, **basis})
    missing = [name for name in CHOICES if name not in answers]
    if missing:
        raise InputError(
            at(text, file, ["choices", name], "is not answered, and there is no book to extend")
            for name in missing
        )
    return RuleBook(**described, **read_answers, basis=basis)
