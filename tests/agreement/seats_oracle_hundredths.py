"""The rules that count in hundredths of a vote, written from their clauses in whole numbers.

Where the package passes batches on and keeps a transcript, here is a heap of single papers, each
a slip that says where it lies, what it is worth and when it came; all else is added up from
the slips whenever it is asked for. Ties are by lot alone: of those level, whoever was drawn
first goes out first, and comes last where it is a gain to be first.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

ONE = 100

# After each stage: what everyone has, the quota, and who was elected in it.
Stages = list[tuple[dict[str, int], int, set[str]]]


@dataclass
class Slip:
    """A paper: its preferences, whom it lies with, its value in hundredths, the stage it came."""

    names: tuple[str, ...]
    holder: str | None
    value: int = ONE
    came: int = 1


class Heap:
    """The papers of a count, with what is known of the candidates."""

    def __init__(self, rankings: dict[tuple[str, ...], int], seats: int, lot: Sequence[str]):
        self.drawn = {name: place for place, name in enumerate(lot)}
        self.places, self.number = seats, 1
        self.stages: Stages = []
        self.continuing = list(lot)
        self.elected: list[str] = []
        self.kept: dict[str, int] = {}
        self.slips = [Slip(r, r[0]) for r, n in rankings.items() for _ in range(n)]
        self.quota = 0

    # What is looked up.

    def lying_with(self, name: str) -> list[Slip]:
        return [slip for slip in self.slips if slip.holder == name]

    def votes(self, name: str) -> int:
        return self.kept.get(name, sum(slip.value for slip in self.lying_with(name)))

    def surpluses(self) -> dict[str, int]:
        over = {n: self.votes(n) - self.quota for n in self.elected if n not in self.kept}
        return {name: votes for name, votes in over.items() if votes > 0}

    def left(self) -> int:
        return self.places - len(self.elected)

    def upwards(self) -> list[str]:
        return sorted(self.continuing, key=lambda n: (self.votes(n), self.drawn[n]))

    def going_together(self, reaches: Callable[[int, int], bool]) -> list[str]:
        """The most of the lowest who with every surplus do not reach the next; one is none."""
        waiting, upwards = sum(self.surpluses().values()), self.upwards()
        for many in range(len(upwards) - self.left(), 1, -1):
            lowest, above = upwards[:many], self.votes(upwards[many])
            level = self.votes(lowest[-1]) == above
            if not level and not reaches(waiting + sum(map(self.votes, lowest)), above):
                return lowest
        return []

    def may_wait(self, reaches: Callable[[int, int], bool]) -> bool:
        """Whether no surplus could change who is out next."""
        lowest, *others = map(self.votes, self.upwards())
        behind = bool(others) and not reaches(lowest + sum(self.surpluses().values()), others[0])
        return behind or bool(self.going_together(reaches))

    # What is done.

    def hand_on(self, slips: Iterable[Slip], value: int | None = None) -> None:
        for slip in slips:
            slip.holder = next((n for n in slip.names if n in self.continuing), None)
            slip.value = slip.value if value is None else value
            slip.came = self.number

    def transfer(self, name: str) -> None:
        """The last sub-parcel alone, at the surplus by its transferable papers, or as it was."""
        surplus, mine = self.surpluses()[name], self.lying_with(name)
        latest = max(slip.came for slip in mine)
        last = [slip for slip in mine if slip.came == latest]
        able = [slip for slip in last if any(n in self.continuing for n in slip.names)]
        worth = sum(slip.value for slip in able)
        self.kept[name] = self.quota
        self.hand_on(able, surplus // len(able) if worth > surplus else None)
        for slip in self.lying_with(name):
            slip.holder = None

    def note(self, before: Iterable[str]) -> None:
        told = {name: self.votes(name) for name in self.drawn}
        self.stages.append((told, self.quota, set(self.elected) - set(before)))
        self.number += 1

    def elect(self, name: str) -> None:
        self.continuing.remove(name)
        self.elected.append(name)

    def best_first(self) -> list[str]:
        return sorted(self.continuing, key=lambda n: (-self.votes(n), -self.drawn[n]))

    def fill_if_as_many(self) -> None:
        if self.left() and len(self.continuing) <= self.left():
            for name in list(self.continuing):
                self.elect(name)

    def put_out(self, names: list[str], key: Callable[[Slip], int]) -> None:
        """Their papers pass on in the order of that key, the highest first, a stage for each."""
        for name in names:
            self.continuing.remove(name)
        if len(self.continuing) <= self.left():
            self.settle()
            return
        steps: dict[int, list[Slip]] = {}
        for slip in (slip for name in names for slip in self.lying_with(name)):
            steps.setdefault(key(slip), []).append(slip)
        for step in sorted(steps, reverse=True) or [0]:
            self.hand_on(steps.get(step, []))
            self.settle()
            if not self.left():
                return

    def still_to_pass(self) -> int:
        return sum(self.votes(name) for name in self.drawn if self.is_out(name))

    def is_out(self, name: str) -> bool:
        return name not in self.continuing and name not in self.elected

    def settle(self) -> None:
        raise NotImplementedError

    def count(self, reaches: Callable[[int, int], bool], key: Callable[[Slip], int]) -> Stages:
        self.settle()
        while self.left():
            over = self.surpluses()
            if over and not self.may_wait(reaches):
                self.transfer(max(over, key=lambda n: (over[n], self.drawn[n])))
                self.settle()
            else:
                self.put_out(self.going_together(reaches) or self.upwards()[:1], key)
        return self.stages


class NorthernIreland(Heap):
    """Electoral Law Act (Northern Ireland) 1962, Schedule 5, rules 47 to 52."""

    def settle(self) -> None:
        """[48(3)], then [52(1)] and, between two transfers, [52(2)]."""
        before = list(self.elected)
        for name in self.best_first():
            if self.left() and self.votes(name) >= self.quota:
                self.elect(name)
        self.fill_if_as_many()
        if self.left() == 1 and not self.still_to_pass():
            best, *others = self.best_first()
            rest = sum(map(self.votes, others)) + sum(self.surpluses().values())
            if self.votes(best) >= rest:
                self.elect(best)
        self.note(before)


class Ers97(Heap):
    """Newland and Britton, third edition, section 5."""

    def settle(self) -> None:
        """The quota while nobody is elected [5.4.8], then [5.1.7, 5.3.13, 5.4.9] and [5.5.1]."""
        before = list(self.elected)
        if not self.elected:
            valid = sum(map(self.votes, self.drawn))
            self.quota = -(-valid // (self.places + 1))
        for name in self.best_first():
            active = sum(map(self.votes, self.continuing)) + self.still_to_pass()
            active += sum(self.surpluses().values())
            enough = self.votes(name) * (self.left() + 1) >= active
            if self.left() and (self.votes(name) >= self.quota or enough):
                self.elect(name)
        self.fill_if_as_many()
        self.note(before)


def northern_ireland(
    rankings: dict[tuple[str, ...], int], seats: int, lot: Sequence[str]
) -> Stages:
    """Every stage, where each sub-parcel of whoever is excluded is one."""
    heap = NorthernIreland(rankings, seats, lot)
    heap.quota = (sum(rankings.values()) // (seats + 1) + 1) * ONE
    # [51(2)] first preferences, then [51(5)] the transferred ones by value.
    return heap.count(lambda votes, of: votes >= of, lambda slip: slip.value + (slip.came == 1))


def ers97(rankings: dict[tuple[str, ...], int], seats: int, lot: Sequence[str]) -> Stages:
    """Every stage, where each batch of whoever is excluded is one."""
    heap = Ers97(rankings, seats, lot)
    return heap.count(lambda votes, of: votes > of, lambda slip: slip.value)
