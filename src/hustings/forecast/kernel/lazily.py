"""Papers drawn from the chances of ballot types only where the count looks, and counted.

How many of the papers that begin alike go on which way is a draw from the multinomial law, given
how many there are; where no count looks, nobody need know. So the outcomes have the law that they
have where all papers are drawn first, to the last paper. It needs numba.
"""

import numpy as np

from hustings.election.spec import Contest
from hustings.errors import InputError
from hustings.forecast.kernel.electorates import Real, require_chances
from hustings.forecast.kernel.exactly import Found, count_exactly
from hustings.forecast.kernel.outcomes import Outcomes, settle, unsettled
from hustings.forecast.kernel.race import Race
from hustings.forecast.kernel.types import MOST_BY_TYPE, Types, Whole


def count_chances(
    race: Race, chances: Real, electors: Whole, chance: np.random.Generator
) -> Outcomes:
    """Draw each electorate as far as its count needs it, and count it by the contest's rules.

    `chances`: (draws, sections, ballot types), summing to 1 over the types. `electors`:
    (sections,), the papers of each section. A draw that is too near to call has the rest of its
    papers drawn, and is counted by the exact engine. Raises `InputError` for chances that do not
    fit, for rules that the compiled count does not know, and where numba is not installed.
    """
    # Only who asks for it waits for numba.
    from hustings.forecast.kernel import compiled

    if compiled.numba is None:
        raise InputError('papers drawn as they are counted need numba: install "hustings[fast]"')
    settings, types = race.settings, race.types
    if types.candidates > MOST_BY_TYPE or settings.pooled or not compiled.knows(settings):
        raise InputError(
            f"{race.contest.id}: papers are not drawn as they are counted under these rules, or "
            f"for more than {MOST_BY_TYPE} candidates; draw them first, and count the draws"
        )
    require_chances(chances, electors)
    chances = np.ascontiguousarray(chances, np.float64)
    counted, kept = compiled.count_chances(chances, electors, types, settings, chance)
    outcomes = unsettled(*counted)
    near = outcomes.exact.nonzero()[0]
    whole = {
        int(draw): _completed(begun, chances[draw], types, chance)
        for draw, begun in zip(near, kept, strict=True)
    }

    def exactly(contest: Contest, draw: int, number: int) -> Found:
        return count_exactly(contest, whole[draw], types, number)

    settle(outcomes, race, np.arange(len(chances)), exactly)
    return outcomes


def _completed(begun: Whole, chances: Real, types: Types, chance: np.random.Generator) -> Whole:
    """(sections, rows): the papers by ballot type; what was not drawn is drawn now.

    `begun`: how many begin with each ballot, -1 where that was not drawn.
    """
    papers = begun.copy()
    for section, row in np.ndindex(*begun.shape):
        then = _then(types, row)
        if not then:
            continue
        if begun[section, then[0]] < 0:
            own = [chances[section, row]]
            parts = np.array(own + [_whole(chances[section], types, each) for each in then])
            number = int(begun[section, row])
            drawn = chance.multinomial(number, parts / parts.sum()) if number else 0 * parts
            begun[section, then] = drawn[1:]
            papers[section, then] = drawn[1:]
        papers[section, row] -= begun[section, then].sum()
    return papers


def _then(types: Types, row: int) -> list[int]:
    """The rows of the ballots that go on by one preference."""
    length = len(types.rankings[row])
    if length == types.candidates - 1:
        return []
    size = types.sizes[length + 1]
    return [*range(row + 1, row + types.sizes[length], size)]


def _whole(chances: Real, types: Types, row: int) -> float:
    """The chance of all ballots that begin as that one does."""
    return float(chances[row : row + types.sizes[len(types.rankings[row])]].sum())
