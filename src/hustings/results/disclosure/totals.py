"""Whether the totals of a section may be published, now and after earlier releases."""

from collections.abc import Sequence

from hustings.results.disclosure.releases import Earlier, Secrecy, Verdict, decided
from hustings.results.disclosure.subtraction import total_changed
from hustings.results.disclosure.votes import Votes, stands_alone


def check_total(
    total: Votes,
    among: int,
    secrecy: Secrecy = Secrecy.SECRET,
    accepts: str = "",
) -> Verdict:
    """Decide whether the totals of a section, one of so many in the college, may be published.

    The count needs them, so they cannot be pooled. Too few or too like-minded papers are
    refused, unless `accepts` gives a person's reason. Where one body of voters decides alone
    the result itself says what they did: it is logged.
    """
    if secrecy is not Secrecy.SECRET:
        return Verdict((f"Nothing is hidden: {secrecy.meaning}.",))
    if stands_alone(total) or not any(total.values()):
        return Verdict()
    found = "the section's own totals are too few or too like-minded to keep every paper secret"
    if among < 2:
        return Verdict((f"Published although {found}: they are the result.",))
    return decided([found], accepts)


def check_totals_changed(
    total: Votes, before: Sequence[Earlier], accepts: str = "", secrecy: Secrecy = Secrecy.SECRET
) -> Verdict:
    """Decide whether a section may be published by its totals alone after earlier releases.

    For a section of which no units are published; `disclose` looks at this itself. Refused is
    that units which an earlier release showed are gone, and, where the poll is secret, totals
    that give papers away beside the earlier ones.
    """
    found = ["the release before has figures of units"] * any(past.rows for past in before)
    if secrecy is Secrecy.SECRET:
        found += total_changed(total, before)
    return decided(found, accepts)
