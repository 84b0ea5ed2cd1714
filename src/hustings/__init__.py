"""Run, count, publish, audit and forecast elections by preference.

An election is a chain of acts; a count is a function from a profile and a rule
book to a transcript. The stages of an election are folders, in this order:
`election`, `ballots`, `counting`, `audit`, `results`; `formats` turns texts into
values and back, and `shell` touches the world.

    import hustings as h

    count = h.count(h.example("labour-2010"))
    count.why("Ed Balls")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hustings.ballots.paper import Paper as Paper
    from hustings.ballots.profile import Profile as Profile
    from hustings.counting.transcript import Elected as Elected
    from hustings.counting.transcript import Eliminated as Eliminated
    from hustings.counting.transcript import Round as Round
    from hustings.counting.transcript import Tally as Tally
    from hustings.counting.transcript import Transcript as Transcript
    from hustings.election.college import College as College
    from hustings.election.rulebook import RuleBook as RuleBook
    from hustings.election.spec import Contest as Contest
    from hustings.election.spec import Election as Election
    from hustings.errors import HustingsError as HustingsError
    from hustings.errors import InputError as InputError
    from hustings.errors import Miscount as Miscount
    from hustings.errors import RuleError as RuleError
    from hustings.errors import UnbrokenTie as UnbrokenTie
    from hustings.shell.acts import Loaded as Loaded
    from hustings.shell.acts import example as example
    from hustings.shell.acts import examples as examples
    from hustings.shell.acts import rule_book as rule_book
    from hustings.shell.acts import rule_book_names as rule_book_names
    from hustings.shell.library import Count as Count
    from hustings.shell.library import contest as contest
    from hustings.shell.library import count as count
    from hustings.shell.library import load as load
    from hustings.shell.seats import StageCount as StageCount
    from hustings.shell.seats import count_seats as count_seats

# Each public name is imported when it is first asked for, so that a command pays
# only for what it uses.
_HOMES = {
    "College": "election.college",
    "Contest": "election.spec",
    "Count": "shell.library",
    "Elected": "counting.transcript",
    "Election": "election.spec",
    "Eliminated": "counting.transcript",
    "HustingsError": "errors",
    "InputError": "errors",
    "Loaded": "shell.acts",
    "Miscount": "errors",
    "Paper": "ballots.paper",
    "Profile": "ballots.profile",
    "Round": "counting.transcript",
    "RuleBook": "election.rulebook",
    "RuleError": "errors",
    "StageCount": "shell.seats",
    "Tally": "counting.transcript",
    "Transcript": "counting.transcript",
    "UnbrokenTie": "errors",
    "contest": "shell.library",
    "count": "shell.library",
    "count_seats": "shell.seats",
    "example": "shell.acts",
    "examples": "shell.acts",
    "load": "shell.library",
    "rule_book": "shell.acts",
    "rule_book_names": "shell.acts",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"hustings has no {name!r}; its names are {', '.join(__all__)}")
    return getattr(import_module(f"hustings.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
