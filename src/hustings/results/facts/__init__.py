"""The facts page, computed: what the press works out by hand of a result, for any election."""

from collections.abc import Iterator
from dataclasses import replace

from hustings.results.edition import Edition, SeatsEdition
from hustings.results.facts import by_elector, by_paper, by_round, by_section, by_stage, by_unit
from hustings.results.facts.claims import Disagreement, disagreements, unchecked
from hustings.results.facts.fact import Coverage, Fact, Scope, unlike

__all__ = ["Coverage", "Disagreement", "Fact", "disagreements", "facts", "unchecked"]


def facts(edition: Edition) -> tuple[Fact, ...]:
    """Every fact that the edition's published figures answer: of the rounds, then by section.

    Each has its own id. What the published figures do not answer has no fact.
    """
    found: dict[str, Fact] = {}
    for fact in _facts(Scope.of(edition)):
        id_ = unlike(fact.id, found)
        # Ids of sections and attributes run together, so two facts may come to have one id.
        found[id_] = fact if id_ == fact.id else replace(fact, id=id_)
    return tuple(found.values())


def _facts(scope: Scope) -> Iterator[Fact]:
    edition = scope.edition
    seats = edition if isinstance(edition, SeatsEdition) else None
    yield from by_stage.facts(scope, seats) if seats else by_round.facts(scope)
    for section in edition.sections:
        if seats:
            yield from by_stage.of_section(scope, seats, section)
        yield from by_section.facts(scope, section)
        yield from by_paper.facts(scope, section)
        yield from by_elector.facts(scope, section)
        yield from by_unit.facts(scope, section)
