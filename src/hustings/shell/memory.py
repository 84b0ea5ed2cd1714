"""A bound on how much memory a command may take, which the system keeps for us."""

import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager

import click

from hustings.errors import InputError, Problem

UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "ki": 1 << 10, "mi": 1 << 20, "gi": 1 << 30}
SIZE = re.compile(r"\s*([0-9]{1,18}(?:\.[0-9]{1,9})?)\s*([kmg]i?)?b?\s*", re.IGNORECASE)
# What the program itself takes before it reads a ballot, and room to compile its loops: a
# compiler that lacks it need not end.
LEAST = 512 << 20
MESSAGE = (
    "more memory is needed than the bound of {bound} allows; nothing was left half-written. Allow "
    "more with --memory, or count on a cluster with --engine"
)

# The bounds that stood before ours.
_before: list[tuple[int, int]] = []


def size(written: str) -> int:
    """How many bytes are meant: 500MB, 1.5GB, 2GiB or a number; `ValueError` for anything else.

    >>> size("500MB"), size("1.5 GiB"), size("1000000000")
    (500000000, 1610612736, 1000000000)
    """
    found = SIZE.fullmatch(written)
    if not found:
        raise ValueError(written)
    return int(float(found[1]) * UNITS[(found[2] or "").casefold()])


def bound(ctx: click.Context, parameter: click.Parameter, written: str | None) -> None:
    """Let this process take no more memory than is written, from now on."""
    if written is None:
        return
    try:
        most = size(written)
    except ValueError:
        raise click.BadParameter(f"{written!r} is no size such as 500MB or 2GiB") from None
    if most < LEAST:
        raise click.BadParameter(f"{written} is less than {told(LEAST)}, the least that is of use")
    before = resource.getrlimit(resource.RLIMIT_DATA)
    hard = before[1]
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (allowed, hard))
    _before.append(before)


def release() -> None:
    """Let whatever bound stood before stand again: a process may run more than one command."""
    while _before:
        resource.setrlimit(resource.RLIMIT_DATA, _before.pop())


@contextmanager
def lifted() -> Iterator[None]:
    """For as long as this lasts the bound does not hold: what is compiled once is small, but great
    while it is made.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    # A bound that is not ours is not for us to lift.
    resource.setrlimit(resource.RLIMIT_DATA, (hard if _before else soft, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def most() -> int | None:
    """How many bytes this process may take; None where nobody has bounded it."""
    soft, _ = resource.getrlimit(resource.RLIMIT_DATA)
    return None if soft == resource.RLIM_INFINITY else soft


def exceeded() -> InputError:
    """What to tell whoever set the bound, or ran out of what there is."""
    return InputError(Problem(MESSAGE.format(bound=told(most()))))


def told(number: int | None) -> str:
    """The number of bytes in words.

    >>> told(2_500_000_000), told(512 << 20), told(None)
    ('2.5 GB', '537 MB', 'this machine')
    """
    if number is None:
        return "this machine"
    for unit, sign in ((10**9, "GB"), (10**6, "MB")):
        if number >= unit:
            return f"{number / unit:.3g} {sign}"
    return f"{number:,} bytes"
