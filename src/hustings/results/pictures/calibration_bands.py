"""How the ranks of each quantity lie beside uniform ones, with the band that chance explains."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from hustings.forecast.uniformity import RANKS, Tested, Verdict
from hustings.results.pictures.drawing import (
    LINE,
    WIDTH,
    Caption,
    Sheet,
    framed,
    label,
    place,
)

EDGE, HIGH = 6, 44
PANEL = LINE + HIGH + 12


def draw_bands(verdict: Verdict, key: str = "bands") -> str:
    """A panel a quantity, as SVG: the distribution of its ranks less the uniform, in its band."""
    most = max(*verdict.high, *(abs(at) for each in verdict.tested for at in each.difference))
    across = Fraction(WIDTH - 2 * EDGE, RANKS)
    up = Fraction(HIGH, 2) / Fraction(most).limit_denominator(10**6)
    parts = [
        part
        for number, each in enumerate(verdict.tested)
        for part in _panel(verdict, each, number * PANEL, across, up)
    ]
    return framed(Sheet(PANEL * len(verdict.tested), parts), _caption(verdict), key, "bands")


def _panel(
    verdict: Verdict, each: Tested, top: int, across: Fraction, up: Fraction
) -> Iterator[str]:
    leaves = verdict.leaves(each)
    after = ": leaves the band" if leaves else ""
    yield label(0, top + LINE - 6, each.quantity, WIDTH, after=after, bold=leaves)
    middle = top + LINE + HIGH // 2
    high = _points(verdict.high, middle, across, up)
    low = _points(verdict.low, middle, across, up)
    band = " ".join([*high, *low[::-1]])
    yield f'<polygon points="{band}" fill="currentColor" fill-opacity=".14"/>'
    yield (
        f'<path d="M{EDGE} {middle}H{WIDTH - EDGE}" stroke="currentColor" stroke-opacity=".5" '
        'stroke-dasharray="3 3"/>'
    )
    line = _points(each.difference, middle, across, up)
    yield (
        f'<polyline points="{" ".join(line)}" fill="none" stroke="currentColor" '
        'stroke-width="1.6"/>'
    )


def _points(values: Sequence[float], middle: int, across: Fraction, up: Fraction) -> list[str]:
    """The line through the values, from nought before the first rank to nought after the last."""
    whole = [0.0, *values, 0.0]
    return [
        f"{place(EDGE + at * across)},{place(middle - Fraction(value) * up)}"
        for at, value in enumerate(whole)
    ]


def _caption(verdict: Verdict) -> Caption:
    out = [each.quantity for each in verdict.tested if verdict.leaves(each)]
    told = (
        "Every quantity keeps within its band."
        if not out
        else f"Out of its band: {'; '.join(out)}."
    )
    figures = "; ".join(
        f"{each.quantity} {max(map(abs, each.difference)):.3f}" for each in verdict.tested
    )
    return Caption(
        told, f"Largest difference from uniform ranks, of {verdict.replicates}: {figures}."
    )
