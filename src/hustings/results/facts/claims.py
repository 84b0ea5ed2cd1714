"""What was printed elsewhere, held against the facts: where it differs from what we compute."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from hustings.ballots.returns import Claim
from hustings.results.edition import Edition
from hustings.results.facts.fact import Fact
from hustings.units import percent

FIGURE = re.compile(r"[0-9]+(\.[0-9]+)?")
BESIDE_A_FIGURE = re.compile(r"[,\s%]|per\s?cent")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A figure that was printed and that we do not find: theirs, ours, and where theirs stands.

    `fact` is the id of the fact that has ours; it is empty for a figure of the official
    tables, which is held against the count itself.
    """

    says: str
    printed: str
    ours: str
    source: str
    fact: str = ""
    claim: Claim | None = None

    @property
    def told(self) -> str:
        """The disagreement in a sentence."""
        return f"{self.says}: printed {self.printed}, computed {self.ours} ({self.source})."


def disagreements(edition: Edition, facts: Sequence[Fact]) -> tuple[Disagreement, ...]:
    """Each claim that differs from its fact, then each known misprint of the published figures.

    A claim is compared to the decimals that it was printed with. One whose fact has no such
    value is no disagreement; `unchecked` gives those.
    """
    known = {fact.id: fact for fact in facts}
    found = []
    for claim in edition.claims:
        ours = _ours(claim, known)
        if ours is not None and not _same(claim.value, ours):
            found.append(
                Disagreement(claim.says, claim.value, ours, claim.source, claim.fact, claim)
            )
    return (*found, *_misprints(edition))


def unchecked(edition: Edition, facts: Sequence[Fact]) -> tuple[Claim, ...]:
    """The claims that name no fact, or one of which no such value is known."""
    known = {fact.id: fact for fact in facts}
    return tuple(c for c in edition.claims if not c.fact or _ours(c, known) is None)


def _ours(claim: Claim, facts: dict[str, Fact]) -> str | None:
    """Our value, with as many decimals as the claim; None where there is none."""
    found = _named(claim.fact, facts)
    if found is None:
        return None
    fact, key = found
    bare = _bare(claim.value)
    if key in fact.parts and FIGURE.fullmatch(bare):
        part, whole = fact.parts[key]
        return percent(Fraction(part, whole), len(bare.partition(".")[2]))
    return fact.values[key]


def _named(name: str, facts: dict[str, Fact]) -> tuple[Fact, str] | None:
    """The fact and the key in it; ids may have dots, and so may keys, so every cut is tried."""
    cuts = [at for at, letter in enumerate(name) if letter == "."]
    for cut in (len(name), *reversed(cuts)):
        fact, key = facts.get(name[:cut]), name[cut + 1 :]
        if fact is not None and key in fact.values:
            return fact, key
    return None


def _bare(printed: str) -> str:
    return BESIDE_A_FIGURE.sub("", printed)


def _same(printed: str, ours: str) -> bool:
    bare = _bare(printed)
    if FIGURE.fullmatch(bare) and FIGURE.fullmatch(ours):
        return Fraction(bare) == Fraction(ours)
    return " ".join(printed.split()).casefold() == " ".join(ours.split()).casefold()


def _misprints(edition: Edition) -> tuple[Disagreement, ...]:
    if edition.reconciliation is None:
        return ()
    return tuple(
        Disagreement(
            f"round {found.figure.round}, {found.figure.section}, {found.figure.candidate}: "
            f"{found.column}",
            found.printed,
            found.counted,
            found.figure.erratum,
        )
        for found in edition.reconciliation.misprints
    )
