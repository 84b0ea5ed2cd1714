"""Nomination papers: who backs whom, the threshold, withdrawals and switches."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from hustings.nominations.entry import Entry
from hustings.units import Candidate, Section


@dataclass(frozen=True, slots=True)
class Nominators:
    """One kind of nominators, such as MPs or local parties, and the section they belong to.

    `threshold` is how many a candidate needs to stand, None where these decide nothing;
    `size` is how many nominators there are, `source` the rule or page that says so.
    """

    id: str
    name: str
    section: Section | None = None
    threshold: int | None = None
    size: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nomination(Entry):
    """A named backing of a candidate; `switched_from` is whom the nominator backed before."""

    KIND: ClassVar[str] = "nomination"

    nominators: str
    nominator: str
    candidate: Candidate
    switched_from: Candidate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally(Entry):
    """How many of one kind of nominators backed each candidate, as published on a day.

    A candidate whom the source does not mention is not in `counts`: that is not nought.
    """

    KIND: ClassVar[str] = "tally"

    nominators: str
    counts: Mapping[Candidate, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal(Entry):
    """A candidate who no longer stands, from the day it was published."""

    KIND: ClassVar[str] = "withdrawal"

    candidate: Candidate
