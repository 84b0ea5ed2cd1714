"""The exhaustive or eliminating ballot: real successive rounds, with fresh papers in each.

A paper is one choice. Whoever has the quota is elected; otherwise the lowest goes
and another ballot is held. The count ends where the papers do: until the next
ballot has been held nobody is elected.
"""

from collections.abc import Set

from hustings.counting import av
from hustings.counting.look import Look
from hustings.counting.ties import TieRules
from hustings.counting.transcript import Eliminated, Round
from hustings.errors import InputError
from hustings.units import Candidate


def count(look: Look, standing: Set[Candidate], ties: TieRules) -> tuple[Round, ...]:
    """Every ballot that was held; raises `InputError` for papers that no ballot asked for."""
    rounds = av.count(look, standing, ties)
    if len(rounds) < len(look.profiles):
        raise InputError(
            f"ballot {len(rounds)} elected someone, yet there are papers of ballot "
            f"{len(rounds) + 1}"
        )
    for number, round_ in enumerate(rounds, 1):
        _refuse_the_eliminated(look, standing, number)
        if isinstance(round_.event, Eliminated):
            standing = standing - set(round_.event.names)
    return rounds


def _refuse_the_eliminated(look: Look, standing: Set[Candidate], number: int) -> None:
    """A vote in a later ballot for someone who is out already is a mistake in the papers."""
    profile = look.profiles[number - 1]
    for section, rankings in profile.papers.items():
        for name in sorted({name for ranking in rankings for name in ranking} - standing):
            raise InputError(f"ballot {number}: {section} has papers for {name}, who is out")
