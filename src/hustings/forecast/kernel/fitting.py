"""Whether what is to be counted fits the race; if not, what was expected."""

import numpy as np
from numpy.typing import NDArray

from hustings.errors import InputError
from hustings.forecast.kernel.law import Law
from hustings.forecast.kernel.race import Race
from hustings.forecast.kernel.subsets import subsets_of
from hustings.forecast.kernel.types import MOST_BY_TYPE

Whole = NDArray[np.int64]

# So many draws at once stay in a processor's second cache.
AT_ONCE = 512
# Sums of more papers than this are no longer exact as floats.
MOST_PAPERS = 2**53


def require_types(race: Race, counts: Whole) -> None:
    """Raise `InputError` unless there is a whole number for each draw, section and ballot type."""
    if race.types.candidates > MOST_BY_TYPE:
        raise InputError(
            f"{race.types.candidates} candidates: there are too many ballot types; give the "
            "ballots themselves, as Ballots"
        )
    expected = (len(race.contest.sections), len(race.rankings))
    if counts.ndim != 3 or counts.shape[1:] != expected:
        raise InputError(
            f"counts have shape {counts.shape}; expected (draws, {expected[0]} sections, "
            f"{expected[1]} ballot types)"
        )
    if not np.issubdtype(counts.dtype, np.integer):
        raise InputError(f"counts are of type {counts.dtype}; expected whole numbers, as int64")


def require_subsets(race: Race, table: Whole) -> None:
    """Raise `InputError` unless there is a whole number for each draw, section and subset row."""
    expected = (len(race.contest.sections), len(subsets_of(race.types.candidates)))
    if table.ndim != 3 or table.shape[1:] != expected or table.dtype.kind not in "iu":
        raise InputError(
            f"subset statistics have shape {table.shape} and type {table.dtype}; expected whole "
            f"numbers, (draws, {expected[0]} sections, {expected[1]} rows)"
        )


def require_law(race: Race, law: Law) -> None:
    """Raise `InputError` unless the law is of these sections and candidates, and can be counted."""
    sections, candidates = len(race.contest.sections), race.types.candidates
    expected = [(sections, candidates)] * 2 + [(sections, candidates - 2)]
    found = [law.mean.shape, law.spread.shape, law.stopping.shape]
    if found != expected:
        raise InputError(f"mean, spread and stopping have shapes {found}; expected {expected}")
    if not ((law.stopping >= 0) & (law.stopping <= 1)).all():
        raise InputError("a chance to stop is below 0 or above 1")
    if race.settings.pooled and sections > 1:
        raise InputError("a pooled college needs the sizes of its sections: count by ballot type")


def require_bits(race: Race, counts: Whole, bits: int) -> None:
    """Look at the numbers of papers again, unless their bits together say that all are right."""
    # A sum over the sections may hide a number below 0.
    if race.settings.pooled or not 0 <= bits <= MOST_PAPERS // max(counts[:1].size, 1):
        require_papers(counts)


def require_papers(counts: Whole) -> None:
    """Raise `InputError` for a number below 0, or so large that sums would not be exact."""
    if not counts.size:
        return
    most = MOST_PAPERS // counts[0].size
    # Read without its sign, a number below 0 is above all others: one look at the numbers serves.
    unsigned = counts.view(f"u{counts.dtype.itemsize}")
    if any(int(unsigned[at : at + AT_ONCE].max()) > most for at in range(0, len(counts), AT_ONCE)):
        raise InputError(
            f"counts run from {counts.min()} to {counts.max()}; expected 0 or more papers, and no "
            f"more than {most:,} of one type"
        )
