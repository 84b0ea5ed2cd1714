"""Chances and shares of a forecast as a reader says them; they are no counts, and no exact ones."""


def in_hundred(chance: float) -> str:
    """Of how many counts in a hundred, for a reader: never none and never all.

    >>> in_hundred(0.0004), in_hundred(0.25), in_hundred(0.9999)
    ('fewer than 1', '25', 'more than 99')
    """
    if chance < 0.005:
        return "fewer than 1"
    return "more than 99" if chance > 0.995 else f"{chance * 100:.0f}"


def points(share: float) -> str:
    """A part of 1 out of 100, with one decimal place.

    >>> points(0.50654)
    '50.7'
    """
    return f"{share * 100:.1f}"
