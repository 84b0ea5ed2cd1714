"""Words as headings and sentences have them: capitals, lists of names, numbers of things."""

from collections.abc import Sequence

from hustings.counting.figures import printed_number

# So many names stand in a sentence; the tables have the rest.
MOST_NAMES = 6


def capital(words: str) -> str:
    """Words as they begin a line; no other letter is changed.

    >>> capital("MPs and MEPs"), capital("local parties")
    ('MPs and MEPs', 'Local parties')
    """
    return words[:1].upper() + words[1:]


def listed(names: Sequence[str]) -> str:
    """Names as a sentence has them; only the first of many.

    >>> listed(["Ann"]), listed(["Ann", "Bob"]), listed(["Ann"] * 9)
    ('Ann', 'Ann and Bob', 'Ann, Ann, Ann, Ann, Ann, Ann and 3 others')
    """
    if len(names) > MOST_NAMES + 1:
        return f"{', '.join(names[:MOST_NAMES])} and {len(names) - MOST_NAMES:,} others"
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def level(names: Sequence[str]) -> str:
    """Whoever holds a place: a tie is told.

    >>> level(["Ann"]), level(["Ann", "Bob"])
    ('Ann', 'Ann and Bob, level')
    """
    return listed(names) if len(names) < 2 else f"{listed(names)}, level"


def counted(number: int, one: str, many: str) -> str:
    """So many of a thing.

    >>> counted(1, "ballot", "ballots"), counted(2000, "ballot", "ballots")
    ('1 ballot', '2,000 ballots')
    """
    return f"{printed_number(number)} {one if number == 1 else many}"
