"""The straight lines in the forecast's pictures: axes, marks, and what is faint behind them."""

from fractions import Fraction

from hustings.results.pictures.drawing import place


def line(x: Fraction, y: int, to_x: Fraction, to_y: int, thick: int = 1) -> str:
    """A line from here to there in the page's own colour."""
    return _line(x, y, to_x, to_y, f'stroke-width="{thick}"')


def faint(x: Fraction, y: int, to_x: Fraction, to_y: int) -> str:
    """A line of a grid, behind what it measures."""
    return _line(x, y, to_x, to_y, 'stroke-width=".5" stroke-opacity=".4"')


def _line(x: Fraction, y: int, to_x: Fraction, to_y: int, how: str) -> str:
    return (
        f'<line x1="{place(x)}" y1="{y}" x2="{place(to_x)}" y2="{to_y}" '
        f'stroke="currentColor" {how}/>'
    )
