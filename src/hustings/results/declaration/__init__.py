"""The declaration of a result and its count sheet, as documents to be typeset and signed."""

from hustings.results.as_typst import paragraph
from hustings.results.declaration.front import opening, to_be_signed
from hustings.results.declaration.notes import closing, notes, verifying
from hustings.results.declaration.paper_account import account_of_papers
from hustings.results.declaration.round_tables import every_round, last_round_and_totals
from hustings.results.declaration.wording import COLOURS, TITLES, lead, status, worded
from hustings.results.edition import Edition

__all__ = ["COLOURS", "TITLES", "count_sheet", "lead", "source", "status", "worded"]


def source(edition: Edition) -> str:
    """The declaration as typst: what is declared, room to sign, and the figures it rests on.

    The words are those of the release's status: only a declared or corrected release of a
    count that elected somebody declares anybody elected.
    """
    transcript = worded(edition)
    return "".join(
        [
            *opening(edition, transcript, TITLES[edition.release.status], wide=False),
            *to_be_signed(edition, transcript),
            *last_round_and_totals(transcript),
            *account_of_papers(edition, transcript),
            *notes(edition, transcript),
            *verifying(edition),
            *closing(edition),
        ]
    )


def count_sheet(edition: Edition) -> str:
    """Every round as typst: papers, per cent and points in each section, transfers, the event.

    Of a count too long to print, the first round and the last ones have tables, and the
    others their sentence; the document says so.
    """
    transcript = worded(edition)
    return "".join(
        [
            *opening(edition, transcript, "Count sheet", wide=True),
            paragraph(lead(edition, transcript)),
            *every_round(transcript),
            *notes(edition, transcript),
            *verifying(edition),
            *closing(edition),
        ]
    )
