"""The plainest counters for several seats: paper by paper, slow, and written from the clauses.

They share nothing with the package, not even the rules. Each returns the stages: the votes of
every candidate after it, and who was elected in it. Of those level, whoever the lot drew first
goes out first, and comes last where it is a gain to be first.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil, floor

Stages = list[tuple[dict[str, Fraction], set[str]]]


class Table:
    """The papers on a table: each lies with a candidate, or with nobody, at a value."""

    def __init__(self, rankings: dict[tuple[str, ...], int], seats: int, lot: Sequence[str]):
        self.papers = [[r, None, Fraction(1), 0] for r, n in rankings.items() for _ in range(n)]
        self.lot, self.seats = list(lot), seats
        self.continuing, self.elected = sorted(lot), []
        self.votes = dict.fromkeys(self.continuing, Fraction(0))
        self.stages: Stages = []
        self.valid = 0
        for paper in self.papers:
            paper[1] = self.next_on(paper[0])
            if paper[1]:
                self.votes[paper[1]] += 1
                self.valid += 1

    def next_on(self, ranking: tuple[str, ...]) -> str | None:
        return next((name for name in ranking if name in self.continuing), None)

    def lowest(self) -> str:
        return min(self.continuing, key=lambda n: (self.votes[n], self.lot.index(n)))

    def elect(self, name: str) -> None:
        self.continuing.remove(name)
        self.elected.append(name)

    def close(self, last: Callable[[], None] | None = None) -> None:
        """Whoever reached the quota is elected, then whoever fills the last seats."""
        before = set(self.elected)
        for name in sorted(self.continuing, key=lambda n: (-self.votes[n], -self.lot.index(n))):
            if len(self.elected) < self.seats and self.votes[name] >= self.quota:
                self.elect(name)
        if len(self.elected) < self.seats:
            if len(self.continuing) + len(self.elected) == self.seats:
                for name in list(self.continuing):
                    self.elect(name)
            elif last:
                last()
        self.stages.append((dict(self.votes), set(self.elected) - before))

    quota = Fraction(0)

    @property
    def done(self) -> bool:
        return len(self.elected) == self.seats


def scotland(rankings: dict[tuple[str, ...], int], seats: int, lot: Sequence[str]) -> Stages:
    """SSI 2007/42, Schedule 1, rules 45 to 52, with ties by lot alone."""
    table = Table(rankings, seats, lot)
    table.quota = Fraction(table.valid // (seats + 1) + 1)
    table.close()
    while not table.done:
        over = [n for n in table.elected if table.votes[n] > table.quota]
        if over:
            name = max(over, key=lambda n: (table.votes[n], table.lot.index(n)))
            votes, surplus = table.votes[name], table.votes[name] - table.quota
            for paper in table.papers:
                if paper[1] == name:
                    value = Fraction(floor(surplus * paper[2] * 100_000 / votes), 100_000)
                    paper[1], paper[2] = table.next_on(paper[0]), value
                    if paper[1]:
                        table.votes[paper[1]] += value
            table.votes[name] = table.quota
        else:
            name = table.lowest()
            table.continuing.remove(name)
            if len(table.continuing) + len(table.elected) > seats:
                table.votes[name] = Fraction(0)
                for paper in table.papers:
                    if paper[1] == name:
                        paper[1] = table.next_on(paper[0])
                        if paper[1]:
                            table.votes[paper[1]] += paper[2]
        table.close()
    return table.stages


class Senate(Table):
    """The same table, where candidates are credited with whole votes, transfer by transfer."""

    def __init__(self, rankings: dict[tuple[str, ...], int], seats: int, lot: Sequence[str]):
        super().__init__(rankings, seats, lot)
        self.quota = Fraction(self.valid // (seats + 1) + 1)
        # What was credited for the papers of each transfer, which paper[3] names.
        self.credited = {(name, 0): votes for name, votes in self.votes.items()}
        self.over: list[str] = []

    def settle(self, finish: bool = True) -> None:
        fresh = [name for name in self.continuing if self.votes[name] > self.quota]
        self.over += sorted(fresh, key=lambda n: (-self.votes[n], -self.lot.index(n)))
        self.close(self.larger_of_two if finish else None)
        self.over = [name for name in self.over if name in self.elected]

    def larger_of_two(self) -> None:
        if len(self.elected) + 1 == self.seats and len(self.continuing) == 2 and not self.over:
            self.elect(max(self.continuing, key=lambda n: (self.votes[n], self.lot.index(n))))

    def hand_on(self, papers: list, value: Fraction) -> None:
        number, gained = len(self.stages), dict[str, int]()
        for paper in papers:
            paper[1], paper[2], paper[3] = self.next_on(paper[0]), value, number
            if paper[1]:
                gained[paper[1]] = gained.get(paper[1], 0) + 1
        for name, count in gained.items():
            self.credited[name, number] = Fraction(floor(count * value))
            self.votes[name] += self.credited[name, number]

    def surplus(self, name: str) -> None:
        papers = [paper for paper in self.papers if paper[1] == name]
        self.hand_on(papers, (self.votes[name] - self.quota) / len(papers))
        self.votes[name] = self.quota
        self.settle()

    def exclude(self, name: str) -> None:
        self.continuing.remove(name)
        if len(self.continuing) + len(self.elected) == self.seats:
            self.settle()
            return
        mine = [paper for paper in self.papers if paper[1] == name]
        values = sorted({paper[2] for paper in mine}, reverse=True) or [Fraction(1)]
        for value in values:
            papers = [paper for paper in mine if paper[2] == value]
            transfers = {paper[3] for paper in papers}
            self.votes[name] -= sum(self.credited[name, each] for each in transfers)
            self.hand_on(papers, value)
            self.settle(finish=value == values[-1])
            if self.done:
                return


def senate(rankings: dict[tuple[str, ...], int], seats: int, lot: Sequence[str]) -> Stages:
    """Commonwealth Electoral Act 1918, section 273, with ties by lot alone."""
    table = Senate(rankings, seats, lot)
    table.settle()
    while not table.done:
        if table.over:
            table.surplus(table.over.pop(0))
        else:
            table.exclude(table.lowest())
    return table.stages


def meek(rankings: dict[tuple[str, ...], int], seats: int, lot: Sequence[str]) -> list[str]:
    """Those elected by the reference rule, in the order of their election."""
    step, omega = Fraction(1, 10**9), Fraction(1, 10**6)

    def up(number: Fraction) -> Fraction:
        return Fraction(ceil(number / step)) * step

    kept = dict.fromkeys(lot, Fraction(1))
    hopeful, elected = set(lot), []
    before: Fraction | None = None
    while len(elected) < seats and len(hopeful) + len(elected) > seats:
        votes = dict.fromkeys(lot, Fraction(0))
        for ranking, number in rankings.items():
            weight = Fraction(1)
            for name in ranking:
                part = up(weight * kept[name])
                votes[name] += part * number
                weight -= part
        quota = Fraction(floor(sum(votes.values()) / (seats + 1) / step)) * step + step
        won = sorted((n for n in hopeful if votes[n] >= quota), key=lambda n: (-votes[n], n))
        surplus = max(sum(votes[n] - quota for n in elected), Fraction(0))
        if won:
            elected += won
            hopeful -= set(won)
            before = None
        elif surplus < omega or (before is not None and surplus >= before):
            least = min(votes[n] for n in hopeful)
            out = min((n for n in hopeful if votes[n] <= least + surplus), key=lot.index)
            hopeful.remove(out)
            kept[out] = Fraction(0)
            before = None
        else:
            before = surplus
            for name in elected:
                kept[name] = up(up(kept[name] * quota) / votes[name])
    if len(elected) < seats:
        elected += sorted(hopeful)
    return elected
