"""What may be published about small units: which rows stand alone, and which are pooled.

A row gives papers away where nearly all of them are for one candidate, or where they are a
handful. Such a row is pooled with others, and nothing is ever altered: sums stay exact. A
release is checked together with every release before it, because whoever has kept those
can subtract. Why this test: docs/adr/0010-small-units-are-pooled.md.
"""

from hustings.results.disclosure.rankings import (
    possible_rankings,
    rankings_noted,
    rankings_withheld,
    rows_with_rankings,
)
from hustings.results.disclosure.releases import (
    Cell,
    Disclosed,
    Earlier,
    Pool,
    Secrecy,
    Shown,
    Verdict,
)
from hustings.results.disclosure.rows import disclose
from hustings.results.disclosure.totals import check_total, check_totals_changed
from hustings.results.disclosure.votes import stands_alone

__all__ = [
    "Cell",
    "Disclosed",
    "Earlier",
    "Pool",
    "Secrecy",
    "Shown",
    "Verdict",
    "check_total",
    "check_totals_changed",
    "disclose",
    "possible_rankings",
    "rankings_noted",
    "rankings_withheld",
    "rows_with_rankings",
    "stands_alone",
]
