"""The papers issued, returned, spoiled and valid, as a table."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from hustings.counting.figures import printed_number
from hustings.counting.transcript import Transcript
from hustings.results.as_typst import Grid, clean, heading, table
from hustings.results.declaration.round_tables import section_label
from hustings.results.edition import Edition, SectionEdition
from hustings.results.report import NONE
from hustings.units import Papers, percent


@dataclass(frozen=True, slots=True)
class _Account:
    """A section's papers, or all of them; None is what is not known."""

    name: str
    issued: Papers | None
    returned: Papers | None
    spoiled: Papers | None
    valid: Papers | None

    @property
    def turnout(self) -> str:
        """Papers returned, per cent of those issued."""
        if self.returned is None or not self.issued:
            return NONE
        return f"{percent(Fraction(self.returned, self.issued), 1)}%"

    @property
    def row(self) -> tuple[str, ...]:
        """The account as it is printed."""
        papers = (self.issued, self.returned, self.spoiled, self.valid)
        told = (NONE if number is None else printed_number(number) for number in papers)
        return (self.name, *told, self.turnout)


def account_of_papers(edition: Edition, transcript: Transcript) -> Iterator[str]:
    """The papers issued, returned, spoiled by reason and valid, and the turnout, by section."""
    if not edition.sections:
        return
    accounts = [_account(edition, transcript, part) for part in edition.sections.values()]
    sums = (_all(accounts).row,) if len(accounts) > 1 else ()
    rows = tuple(part.row for part in accounts)
    head = ("Section", "Issued", "Returned", "Spoiled", "Valid", "Turnout")
    yield heading("The papers")
    yield table(Grid("Papers; turnout is what was returned of what was issued", head, rows, sums))
    reasons = tuple(
        (section_label(transcript, section), clean(reason), printed_number(papers))
        for section, part in edition.sections.items()
        for reason, papers in sorted((edition.spoiled(part.entry.id) or {}).items())
    )
    if reasons:
        by_reason = ("Section", "Reason", "Papers")
        yield table(Grid("Spoiled papers, by reason", by_reason, reasons, left=2))


def _account(edition: Edition, transcript: Transcript, part: SectionEdition) -> _Account:
    section, given = part.entry.id, part.account
    reasons, valid = edition.spoiled(section), edition.valid(section)
    spoiled = None if reasons is None else Papers(sum(reasons.values()))
    if valid is None and given.returned is not None and spoiled is not None:
        valid = Papers(given.returned - spoiled)
    name = section_label(transcript, section)
    return _Account(name, given.issued, given.returned, spoiled, valid)


def _all(accounts: list[_Account]) -> _Account:
    """The sections together; a sum is known only where every part of it is."""

    def known(papers: Iterable[Papers | None]) -> Papers | None:
        held = [number for number in papers if number is not None]
        return Papers(sum(held)) if len(held) == len(accounts) else None

    return _Account(
        "Total",
        known(part.issued for part in accounts),
        known(part.returned for part in accounts),
        known(part.spoiled for part in accounts),
        known(part.valid for part in accounts),
    )
