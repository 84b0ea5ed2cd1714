"""A second way to count as RCTab does: paper by paper, each with its own state.

It follows the settings as RCTab's documentation has them, and shares nothing with the package: each
paper is walked down from its first rank whenever whoever holds it has gone, its value is cut at
every surplus, and ties fall by the order of the candidates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

Ranks = Sequence[frozenset[str]]
WRITE_INS = "Undeclared Write-ins"


@dataclass
class Sheet:
    """One paper: its marks, with whom it lies, and what it is worth."""

    ranks: Ranks
    holder: str = ""
    value: Fraction = Fraction(1)
    ended: bool = False


@dataclass
class Tabulation:
    """A contest on its way: settings, papers, who stands, and the rounds so far."""

    settings: Mapping[str, object]
    candidates: Sequence[str]
    sheets: list[Sheet]
    seats: int = 1
    standing: set[str] = field(default_factory=set)
    won: list[str] = field(default_factory=list)
    kept: dict[str, Fraction] = field(default_factory=dict)
    threshold: Fraction = Fraction(0)
    rounds: list[tuple[dict[str, Fraction], Fraction, list[str]]] = field(default_factory=list)

    def ask(self, name: str) -> object:
        return self.settings.get(name)

    def place(self) -> dict[str, Fraction]:
        """Each paper goes to whom it counts for; what everybody standing has then."""
        votes = dict.fromkeys(sorted(self.standing), Fraction(0))
        for sheet in self.sheets:
            if not sheet.ended and sheet.holder not in self.standing:
                sheet.holder = self.next_of(sheet)
                sheet.ended = not sheet.holder
            if not sheet.ended:
                votes[sheet.holder] += sheet.value
        return votes

    def next_of(self, sheet: Sheet) -> str:
        """Whom the paper counts for now; nobody, where it has come to an end."""
        above, seen, most = 0, set[str](), self.ask("maxSkippedRanksAllowed")
        for rank, names in enumerate(sheet.ranks[: self.ask("maxRankingsAllowed")], 1):
            if not names:
                continue
            if most != "unlimited" and rank - above - 1 > int(str(most)):
                return ""
            above = rank
            if self.ask("exhaustOnDuplicateCandidate") and names & seen:
                return ""
            seen |= names
            there = names & self.standing
            if len(names) > 1:
                rule = self.ask("overvoteRule")
                if rule == "alwaysSkipToNextRank":
                    continue
                if rule == "exhaustImmediately" or len(there) > 1:
                    return ""
            if there:
                return next(iter(there))
        return ""

    def set_threshold(self, votes: Mapping[str, Fraction]) -> None:
        once = self.seats > 1 or self.ask("doesFirstRoundDetermineThreshold")
        if self.rounds and once:
            return
        total, places = sum(votes.values()), 0
        if self.seats > 1 and self.ask("nonIntegerWinningThreshold"):
            places = int(str(self.ask("decimalPlacesForVoteArithmetic")))
        unit = 10**places
        if self.seats > 1 and self.ask("hareQuota"):
            self.threshold = Fraction(ceil(total * unit / self.seats), unit)
        else:
            self.threshold = Fraction(floor(total * unit / (self.seats + 1)) + 1, unit)
        self.threshold = max(self.threshold, Fraction(int(str(self.ask("minimumVoteThreshold")))))

    def winners(self, votes: Mapping[str, Fraction]) -> list[str]:
        left = self.seats - len(self.won)
        if votes.get(WRITE_INS) or not left:
            return []
        if self.ask("winnerElectionMode") == "bottomsUp":
            return [*votes] if len(votes) <= left else []
        found = [name for name in votes if votes[name] >= self.threshold and name != WRITE_INS]
        if len(votes) <= left:
            found = [*votes]
        one = self.ask("winnerElectionMode") == "multiWinnerAllowOnlyOneWinnerPerRound"
        last_two = self.seats == 1 and len(votes) == 2 and not found
        if last_two and min(votes.values()) < int(str(self.ask("minimumVoteThreshold"))):
            return found
        if (one and len(found) > 1) or last_two:
            best = max(votes.values())
            found = [name for name in self.candidates if votes.get(name) == best][:1]
        return found

    def losers(self, votes: Mapping[str, Fraction]) -> list[str]:
        if votes.get(WRITE_INS):
            return [WRITE_INS]
        few = [n for n in votes if votes[n] < int(str(self.ask("minimumVoteThreshold")))]
        if few:
            return few if len(votes) - len(few) >= self.seats - len(self.won) else []
        return self.batch(votes) or [self.last_of(votes)]

    def batch(self, votes: Mapping[str, Fraction]) -> list[str]:
        if not self.ask("batchElimination") or self.seats > 1:
            return []
        for least in sorted({*votes.values()}, reverse=True):
            below = [name for name in votes if votes[name] < least]
            leaves_one = len(votes) - len(below) < 2
            if len(below) > 1 and sum(votes[n] for n in below) < least and not leaves_one:
                return below
        return []

    def last_of(self, votes: Mapping[str, Fraction]) -> str:
        least = min(votes.values())
        return [name for name in (*self.candidates, WRITE_INS) if votes.get(name) == least][-1]

    def run(self) -> list[tuple[dict[str, Fraction], Fraction, list[str]]]:
        """Every round: the votes of all standing or elected, the threshold, who is elected."""
        mode = self.ask("winnerElectionMode")
        transfers = self.seats > 1 and mode != "bottomsUp"
        while True:
            votes = self.place()
            self.set_threshold(votes)
            shown = {**votes, **self.kept}
            won = self.winners(votes)
            self.rounds.append((shown, self.threshold, sorted(won)))
            if won:
                self.won += won
                for name in won if transfers else ():
                    self.hand_on(name, votes[name])
                self.standing -= {*won}
            else:
                if len(self.won) == self.seats:
                    return self.rounds
                out = self.losers(votes)
                if not out:
                    return []
                self.standing -= {*out}
            if won and not transfers and len(self.won) >= self.seats:
                return self.rounds

    def hand_on(self, name: str, votes: Fraction) -> None:
        unit = 10 ** int(str(self.ask("decimalPlacesForVoteArithmetic")))
        extra = max(votes - self.threshold, Fraction(0))
        part = Fraction(floor(extra * unit / votes), unit) if votes else extra
        for sheet in self.sheets:
            if not sheet.ended and sheet.holder == name:
                sheet.value = Fraction(floor(sheet.value * part * unit), unit)
        self.kept[name] = min(votes, self.threshold)
