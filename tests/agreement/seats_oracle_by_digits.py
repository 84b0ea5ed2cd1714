"""Plain counters for rules that drop digits at every step, and that defeat sure losers together.

Paper by paper and from the clauses, as seats_oracle.py, whose table they use.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import floor

from agreement.seats_oracle import Stages, Table

UNIT = Fraction(1, 10_000)


def four(number: Fraction) -> Fraction:
    """The number with its digits behind the fourth dropped."""
    return floor(number / UNIT) * UNIT


def reference_wigm(
    rankings: dict[tuple[str, ...], int], seats: int, lot: Sequence[str], sure: bool = False
) -> Stages:
    """The PR Foundation's Reference WIGM Rule, with step B.2 or without, with ties by lot."""
    table = Table(rankings, seats, lot)
    table.quota = four(Fraction(table.valid, seats + 1)) + UNIT
    table.close()
    while not table.done:
        over = [n for n in table.elected if table.votes[n] > table.quota]
        surplus = sum((table.votes[n] - table.quota for n in over), Fraction(0))
        losers = sure_losers(table, surplus) if sure else []
        if losers:
            put_out(table, losers)
        elif over:
            name = max(over, key=lambda n: (table.votes[n], table.lot.index(n)))
            votes, mine = table.votes[name], table.votes[name] - table.quota
            for paper in table.papers:
                if paper[1] == name:
                    hand_on(table, paper, four(four(paper[2] * mine) / votes))
            table.votes[name] = table.quota
        else:
            put_out(table, [table.lowest()])
        table.close()
    return table.stages


def minneapolis(rankings: dict[tuple[str, ...], int], seats: int, lot: Sequence[str]) -> Stages:
    """Code of Ordinances, chapter 167, as of 2009: 167.20 and 167.70(1)(a) to (f)."""
    table = Table(rankings, seats, lot)
    table.quota = Fraction(table.valid // (seats + 1) + 1)
    turn = elect_in_turn(table)
    while not table.done:
        if turn:
            votes, mine = table.votes[turn], table.votes[turn] - table.quota
            part = four(mine / votes)
            for paper in table.papers:
                if paper[1] == turn:
                    hand_on(table, paper, four(part * paper[2]))
            table.votes[turn] = table.quota
        else:
            put_out(table, sure_losers(table, to_come(table)) or [table.lowest()])
        turn = elect_in_turn(table)
    return table.stages


def elect_in_turn(table: Table) -> str | None:
    """Clauses a and f; and whoever clause d elects next, to whom nothing goes any more."""
    before, turn = set(table.elected), None
    reached = [n for n in table.continuing if table.votes[n] >= table.quota]
    if len(reached) == table.seats - len(table.elected):
        for name in reached:
            table.elect(name)
    elif to_come(table) and not sure_losers(table, to_come(table)):
        turn = max(reached, key=lambda n: (table.votes[n], table.lot.index(n)))
        table.elect(turn)
    if len(table.continuing) + len(table.elected) == table.seats:
        for name in list(table.continuing):
            table.elect(name)
    table.stages.append((dict(table.votes), set(table.elected) - before))
    return turn


def to_come(table: Table) -> Fraction:
    over = (table.votes[n] - table.quota for n in table.continuing if table.votes[n] > table.quota)
    return sum(over, Fraction(0))


def sure_losers(table: Table, surplus: Fraction) -> list[str]:
    """The largest set from below that with every surplus has less than whoever comes next."""
    upwards = sorted(table.continuing, key=lambda n: table.votes[n])
    left = table.seats - len(table.elected)
    for many in range(len(upwards) - left, 0, -1):
        losers, others = upwards[:many], upwards[many:]
        together = sum((table.votes[n] for n in losers), surplus)
        if others and together < table.votes[others[0]] > table.votes[losers[-1]]:
            return losers
    return []


def put_out(table: Table, names: list[str]) -> None:
    """Their papers pass on at the value they have, unless the last seats can be filled."""
    for name in names:
        table.continuing.remove(name)
    if len(table.continuing) + len(table.elected) <= table.seats:
        return
    for name in names:
        table.votes[name] = Fraction(0)
    for paper in table.papers:
        if paper[1] in names:
            hand_on(table, paper, paper[2])


def hand_on(table: Table, paper: list, value: Fraction) -> None:
    paper[1], paper[2] = table.next_on(paper[0]), value
    if paper[1]:
        table.votes[paper[1]] += value
