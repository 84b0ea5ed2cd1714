"""Papers, votes, points and names: things that must not be mixed.

A paper is a sheet: it is counted and conserved and never split. A vote is what one
paper is worth at first; where surpluses pass on, papers come to be worth parts of it.
Points are a part of the whole college: an exact fraction of 1, rounded only where a
person reads them, and then printed out of 100.
"""

from enum import StrEnum
from fractions import Fraction
from typing import NewType

Section = NewType("Section", str)
Unit = NewType("Unit", str)
Candidate = NewType("Candidate", str)
Papers = NewType("Papers", int)
Points = NewType("Points", Fraction)
Votes = NewType("Votes", Fraction)

NO_PAPERS = Papers(0)
NO_POINTS = Points(Fraction(0))
NO_VOTES = Votes(Fraction(0))
HALF = Fraction(1, 2)


class Option(StrEnum):
    """A named choice that carries its own meaning, for whoever reads the rules."""

    meaning: str

    def __new__(cls, value: str, meaning: str = "") -> "Option":
        """Make a member from its name and what it means; by its name alone, look it up."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member


class Rounding(Option):
    """How a figure is rounded when it is printed; nothing that is counted ever is."""

    HALF_UP = "half_up", "to the nearest, and a half upwards"
    HALF_EVEN = "half_even", "to the nearest, and a half to the even digit"
    DOWN = "down", "downwards: the further digits are cut off"


def decimal(value: Fraction, places: int, rounding: Rounding = Rounding.HALF_UP) -> str:
    """Write a fraction with so many decimal places.

    >>> decimal(Fraction(1, 3), 3), decimal(Fraction(1, 8), 2), decimal(Fraction(-1, 8), 2)
    ('0.333', '0.13', '-0.13')
    >>> decimal(Fraction(1, 8), 2, Rounding.HALF_EVEN)
    '0.12'
    >>> decimal(Fraction(199, 100), 0, Rounding.DOWN)
    '1'
    """
    # In whole numbers, because a site prints thousands: a fraction would be reduced each time.
    above, below = abs(value.numerator) * 10**places, value.denominator
    match rounding:
        case Rounding.HALF_EVEN:
            digits = round(Fraction(above, below))
        case Rounding.DOWN:
            digits = above // below
        case _:
            digits = (2 * above + below) // (2 * below)
    whole, rest = divmod(digits, 10**places)
    sign = "-" if value < 0 and digits else ""
    return f"{sign}{whole}.{rest:0{places}}" if places else f"{sign}{whole}"


def percent(part: Fraction, places: int = 2, rounding: Rounding = Rounding.HALF_UP) -> str:
    """Write a part of 1 out of 100, without the sign.

    >>> percent(Fraction(1, 3))
    '33.33'
    """
    return decimal(part * 100, places, rounding)


def exact(value: Fraction) -> str:
    """Write a fraction so that nothing of it is lost.

    >>> exact(Fraction(1, 3)), exact(Fraction(2))
    ('1/3', '2/1')
    """
    return f"{value.numerator}/{value.denominator}"


def ordinal(number: int) -> str:
    """A place in an order, for a reader.

    >>> ordinal(1), ordinal(2), ordinal(11), ordinal(23)
    ('1st', '2nd', '11th', '23rd')
    """
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
