"""Nomination papers: who backs whom, the threshold, withdrawals and switches."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from hustings.nominations.entry import Entry
from hustings.nominations.meetings import BranchNominations
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


@dataclass(frozen=True, slots=True)
class Backed:
    """How many nominators a candidate has, and how far that is from the threshold.

    `held` is None where no source says how many.
    """

    candidate: Candidate
    held: int | None
    threshold: int | None

    @property
    def met(self) -> bool | None:
        """Whether the candidate may stand; None where there is no threshold or no figure."""
        if self.held is None or self.threshold is None:
            return None
        return self.held >= self.threshold

    @property
    def over(self) -> int | None:
        """By how many the threshold is passed, below 0 by how many it is missed."""
        if self.held is None or self.threshold is None:
            return None
        return self.held - self.threshold


def held(entries: Iterable[Entry], nominators: str, day: date) -> dict[Candidate, int]:
    """How many of these nominators each candidate had on that day, as far as sources say.

    A tally holds what was nominated up to its day; named nominations and switches that
    were published later are added to it. What another entry had superseded by then is passed
    over. A candidate of whom no source speaks is not there.
    """
    known = sorted((e for e in entries if e.published <= day), key=lambda e: (e.published, e.id))
    superseded = {entry.supersedes for entry in known}
    known = [entry for entry in known if entry.id not in superseded]
    found: dict[Candidate, int] = {}
    counted_on: dict[Candidate, date] = {}
    for entry in known:
        if isinstance(entry, Tally | BranchNominations) and entry.nominators == nominators:
            found |= entry.counts
            counted_on |= dict.fromkeys(entry.counts, entry.published)
    for entry in known:
        if isinstance(entry, Nomination) and entry.nominators == nominators:
            _add(found, counted_on, entry)
    return found


def _add(
    found: dict[Candidate, int], counted_on: Mapping[Candidate, date], new: Nomination
) -> None:
    for name, change in ((new.candidate, 1), (new.switched_from, -1)):
        if name is not None and counted_on.get(name, date.min) < new.published:
            found[name] = max(found.get(name, 0) + change, 0)


def days(entries: Iterable[Entry], nominators: str) -> tuple[date, ...]:
    """The days on which something was published of these nominators."""
    of_these = (
        entry.published
        for entry in entries
        if isinstance(entry, Tally | BranchNominations | Nomination)
        and entry.nominators == nominators
    )
    return tuple(sorted(set(of_these)))


def against_threshold(
    counts: Mapping[Candidate, int], candidates: Sequence[Candidate], nominators: Nominators
) -> tuple[Backed, ...]:
    """Each candidate's nominations beside the threshold, in the order of the candidates."""
    return tuple(Backed(name, counts.get(name), nominators.threshold) for name in candidates)


def switches(entries: Iterable[Entry]) -> tuple[Nomination, ...]:
    """The nominations that were moved from one candidate to another, in order of publication."""
    moved = [e for e in entries if isinstance(e, Nomination) and e.switched_from]
    return tuple(sorted(moved, key=lambda entry: (entry.published, entry.id)))
