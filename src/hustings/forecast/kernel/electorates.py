"""From the chance of each ballot type to whole papers, drawn where they are few.

In a section of many thousands the draw of its papers moves a share by far less than what is not
known about the chances, and every paper is apportioned to the type that has most claim to it.
"""

import numpy as np
from numpy.typing import NDArray

from hustings.errors import InputError
from hustings.forecast.kernel.types import Whole

Real = NDArray[np.float64]

# A section with fewer electors is drawn paper by paper.
DRAWN_BELOW = 20_000


def electorates(chances: Real, electors: Whole, generator: np.random.Generator) -> Whole:
    """Whole papers by draw, section and ballot type, of the shape of `chances`.

    `chances`: (draws, sections, types), summing to 1 over the types. `electors`: (sections,), the
    formal papers of each section. Below 20,000 they are drawn from the multinomial law, with the
    generator handed in; from there on they are apportioned by largest remainders, of which the
    first type has the first claim where they are equal. Each section has its papers exactly.
    Raises `InputError` for chances that are negative or do not sum to 1.
    """
    require_chances(chances, electors)
    counts = np.empty(chances.shape, np.int64)
    for section, papers in enumerate(electors):
        some = chances[:, section]
        some = some / some.sum(1, keepdims=True)
        if papers < DRAWN_BELOW:
            counts[:, section] = generator.multinomial(int(papers), some)
        else:
            counts[:, section] = apportioned(some, int(papers))
    return counts


def apportioned(chances: Real, papers: int) -> Whole:
    """Largest remainders: each row of `chances`, summing to 1, turned into so many papers.

    >>> apportioned(np.array([[0.5, 0.3, 0.2]]), 4).tolist()
    [[2, 1, 1]]
    """
    claims = chances * papers
    whole = np.floor(claims).astype(np.int64)
    left = papers - whole.sum(1, keepdims=True)
    by_claim = np.argsort(whole - claims, axis=1, kind="stable")
    given = np.arange(chances.shape[1])[None] < left
    np.put_along_axis(whole, by_claim, np.take_along_axis(whole, by_claim, 1) + given, 1)
    return whole


def require_chances(chances: Real, electors: Whole) -> None:
    """Raise `InputError` unless chances are 0 or more, and sum to 1 in each section of a draw."""
    if chances.ndim != 3 or len(electors) != chances.shape[1]:
        raise InputError(
            f"chances have shape {chances.shape} and there are {len(electors)} numbers of "
            "electors; expected (draws, sections, ballot types), and a number for each section"
        )
    sums = chances.sum(2)
    wrong = (chances < 0).any(2) | ~(abs(sums - 1) < 1e-6)
    if wrong.any():
        draw, section = map(int, np.argwhere(wrong)[0])
        raise InputError(
            f"draw {draw}, section {section}: the chances sum to {sums[draw, section]:.9f} or one "
            "is below 0; expected 0 or more, summing to 1"
        )
