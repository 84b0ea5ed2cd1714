"""A scenario: what the forecast becomes if a bloc splits between two in a ratio that is said."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from hustings.errors import InputError, Problem
from hustings.forecast.evidence import Bias, Race, ReportedSeconds
from hustings.forecast.outcomes import Real, Simulated
from hustings.forecast.pivots import split
from hustings.nominations.meetings import Pair
from hustings.units import Candidate, Section

# How far from the ratio a draw's split may lie and still count: a standard deviation, of 1.
WIDTH = 0.025
# Draws that are worth fewer than this say too little.
LEAST = 400.0
FORM = "expected such as 'balls mps: e_miliband 2:1', or '... 2:1 d_miliband'"
WRITTEN = re.compile(r"(?P<bloc>[^:]+):(?P<one>.+?)\s+(?P<a>\d+):(?P<b>\d+)(?P<other>\s+.+)?")


@dataclass(frozen=True, slots=True)
class Scenario:
    """Those of a section who put `first` first split in this ratio between the pair."""

    written: str
    section: Section
    first: Candidate
    pair: Pair
    ratio: tuple[int, int]

    @property
    def share(self) -> float:
        """The part of the bloc that puts the first of the pair over the other."""
        return self.ratio[0] / sum(self.ratio)


def read(written: Sequence[str], race: Race, rivals: Pair) -> tuple[Scenario, ...]:
    """The scenarios as they are written on a command line.

    Whom the other gains is whichever of `rivals` is not named, unless it is said. Raises
    `InputError` with everything that is wrong with any of them.
    """
    found, problems = [], []
    for text in written:
        try:
            found.append(_read(text, race, rivals))
        except InputError as error:
            problems += [Problem(f"{text!r}: {each.what}", field="--if") for each in error.problems]
    if problems:
        raise InputError(problems)
    return tuple(found)


def _read(text: str, race: Race, rivals: Pair) -> Scenario:
    match = WRITTEN.fullmatch(text.strip())
    if not match:
        raise InputError(FORM)
    one = _standing(match["one"].strip(), race)
    first, section = _bloc(match["bloc"], race)
    other = _other(match["other"], one, first, race, rivals)
    ratio = int(match["a"]), int(match["b"])
    if not any(ratio):
        raise InputError("0:0 is no ratio")
    if one == other or first in (one, other):
        raise InputError(
            f"{race.contest.name(first)}'s voters are to split between two others, and these are "
            f"{race.contest.name(one)} and {race.contest.name(other)}"
        )
    return Scenario(text.strip(), section, first, (one, other), ratio)


def _other(
    called: str | None, one: Candidate, first: Candidate, race: Race, rivals: Pair
) -> Candidate:
    """Whom the others prefer: as it is said, or else whoever of the rivals is left, or alone is."""
    if called:
        return _standing(called.strip(), race)
    left = [name for name in race.standing if name not in (one, first)]
    likely = [name for name in rivals if name in left]
    if len(likely) != 1 and len(left) != 1:
        raise InputError(f"over whom? {FORM}")
    return likely[0] if len(likely) == 1 else left[0]


def _standing(called: str, race: Race) -> Candidate:
    found = race.contest.find(called)
    if found not in race.standing:
        raise InputError(f"{race.contest.name(found)} has withdrawn")
    return found


def _bloc(called: str, race: Race) -> tuple[Candidate, Section]:
    """A candidate, then a section; the section may be left out where there is one alone."""
    words = called.split()
    sections = race.contest.sections
    for cut in range(len(words), 0, -1):
        rest = " ".join(words[cut:]).casefold()
        fits = [s.id for s in sections if rest in s.id.casefold() or rest in s.name.casefold()]
        if len(fits) == 1:
            try:
                return _standing(" ".join(words[:cut]), race), fits[0]
            except InputError:
                continue
    listed = ", ".join(entry.id for entry in sections)
    raise InputError(
        f"{called!r} is not a candidate and a section; candidates are {', '.join(race.standing)}, "
        f"sections {listed}"
    )


def weights(found: Simulated, scenarios: Sequence[Scenario]) -> Real:
    """(D): how much each draw counts, by how near its splits lie to those of the scenarios.

    A normal density about the ratio, of standard deviation 0.025; 0 where nobody is in the bloc.
    """
    sections = [entry.id for entry in found.race.contest.sections]
    logs = np.zeros(len(found.counts))
    for each in scenarios:
        gained, lost = split(found, sections.index(each.section), each.first, each.pair)
        share = gained / np.maximum(gained + lost, 1)
        away = np.where(gained + lost > 0, (share - each.share) / WIDTH, np.inf)
        logs = logs - away**2 / 2
    if not np.isfinite(logs).any():
        return np.zeros(len(logs))
    return np.asarray(np.exp(logs - logs.max()))


def as_evidence(race: Race, found: Simulated, scenarios: Sequence[Scenario]) -> Race:
    """The race with the scenarios as reports of later preferences, which err by little.

    As many are reported as the bloc has voters, up to 200: what is pinned further is hard to
    sample, and the weights do the rest.
    """
    told = []
    sections = [entry.id for entry in race.contest.sections]
    for number, each in enumerate(scenarios, 1):
        gained, lost = split(found, sections.index(each.section), each.first, each.pair)
        voters = max(min(round(float((gained + lost).mean())), 200), 1)
        won = round(voters * each.share)
        told.append(
            _report(f"scenario-{number}", each, (won, voters - won), race.at or race.closes)
        )
    return replace(race, entries=(*race.entries, *told))


def _report(name: str, of: Scenario, counts: tuple[int, int], day: date) -> ReportedSeconds:
    from fractions import Fraction

    return ReportedSeconds(
        id=name, published=day, section=of.section, source_title=of.written, pair=of.pair,
        counts=counts, first=(of.first,), bias=Bias(sd=Fraction(1, 10)),
        drift_per_week=Fraction(0), house=name,
    )  # fmt: skip
