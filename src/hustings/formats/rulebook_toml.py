"""Rule books as TOML: each answer with its source, on top of the book it extends."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from hustings.election.rulebook import CHOICES, LATER, SEAT_CHOICES, Basis, Choice, RuleBook
from hustings.election.seat_rules import SeatRules
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
    extended = books(document["extends"]) if "extends" in document else None
    missing = _missing(answers, extended)
    if missing:
        raise InputError(
            at(text, file, ["choices", name], "is not answered, and there is no book to extend")
            for name in missing
        )
    seats = _seats(extended, _read(answers, SEAT_CHOICES))
    answered = {**described, **_read(answers, CHOICES), "seats": seats}
    if extended:
        return replace(extended, **answered, basis={**extended.basis, **basis}).as_told()
    return RuleBook(**answered, basis=basis).as_told()


def _read(answers: Mapping[str, Mapping[str, Any]], of: Mapping[str, Choice]) -> dict[str, Any]:
    """The answers to the choices of one table."""
    return {name: of[name].read(answer["value"]) for name, answer in answers.items() if name in of}


def _missing(answers: Mapping[str, Any], extended: RuleBook | None) -> list[str]:
    """What neither the book nor the one that it extends answers."""
    needed = [] if extended else [*CHOICES]
    if any(name in SEAT_CHOICES for name in answers) and not (extended and extended.seats):
        needed += SEAT_CHOICES
    return [name for name in needed if name not in answers and name not in LATER]


def _seats(extended: RuleBook | None, answers: Mapping[str, Any]) -> SeatRules | None:
    """What the extended book answers for several seats, and what this one answers otherwise."""
    if extended and extended.seats:
        return replace(extended.seats, **answers)
    return SeatRules(**answers) if answers else None
