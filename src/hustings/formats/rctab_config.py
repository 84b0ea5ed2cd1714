"""The configuration of a contest as RCTab keeps it: who stands, the rules, the records.

[RCTab, config_file_documentation.txt; https://github.com/BrightSpots/rcv.] Each setting is
answered by a choice of ours; one that has no counterpart is an error where it would change the
result, and is told where it would not.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hustings.counting import lots
from hustings.counting.ties import SEED_OF_RCTAB
from hustings.election.rulebook import MOST_PAPERS
from hustings.election.rulebook import UNDECLARED as UNDECLARED_ID
from hustings.election.spec import Standing
from hustings.formats.ballot_file import Mistakes, whole_number
from hustings.formats.ballot_names import Ids, folded
from hustings.units import Candidate

Json = Mapping[str, Any]
UNDECLARED = "Undeclared Write-ins"
PERCENTAGE = "multiSeatBottomsUpPercentageThreshold"
OF_ROUND_1 = "doesFirstRoundDetermineThreshold"
PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,9})?")
# What a configuration says where it says nothing.
NOTHING = ("", None, False, "0", 0)
YES = {True: True, False: False, "true": True, "false": False, None: False, "": False}
# By the way of electing: the rule book that counts so.
ONE_SEAT, SEVERAL, ONE_AT_ONCE, BOTTOMS_UP, BY_SHARE, IN_TURN = (
    "singleWinnerMajority",
    "multiWinnerAllowMultipleWinnersPerRound",
    "multiWinnerAllowOnlyOneWinnerPerRound",
    "bottomsUp",
    "bottomsUpUsingPercentageThreshold",
    "multiPassIrv",
)
BOOKS = {
    ONE_SEAT: "omov-av",
    SEVERAL: "rctab-stv",
    ONE_AT_ONCE: "rctab-stv",
    BOTTOMS_UP: "bottoms-up",
    BY_SHARE: "bottoms-up",
    IN_TURN: "sequential-seats",
}
OVERVOTES = {
    "alwaysSkipToNextRank": "skip",
    "exhaustImmediately": "stop",
    "exhaustIfMultipleContinuing": "stop_if_several_continuing",
}
# Where the candidates' order in the configuration breaks a tie the last goes.
IN_ORDER, SHUFFLED = "useCandidateOrder", "generatePermutation"
DRAWN = ("random", "previousRoundCountsThenRandom")
TIES = {
    "random": "rctab_draw",
    "stopCountingAndAsk": "lot",
    "previousRoundCountsThenRandom": "latest_narrowing,rctab_draw",
    "previousRoundCountsThenAsk": "latest_narrowing,lot",
    IN_ORDER: "lot",
    SHUFFLED: "lot",
}
# What answers were called in versions before 1.2, and are in the lists that its windows show.
FORMERLY = {
    "": ONE_SEAT,
    "standardSingleWinner": ONE_SEAT,
    "Single-winner majority determines winner": ONE_SEAT,
    "singleSeatContinueUntilTwoCandidatesRemain": ONE_SEAT,
    "multiSeatAllowOnlyOneWinnerPerRound": ONE_AT_ONCE,
    "multiSeatAllowMultipleWinnersPerRound": SEVERAL,
    "multiSeatBottomsUpUntilNWinners": BOTTOMS_UP,
    "multiSeatBottomsUpUsingPercentageThreshold": BY_SHARE,
    "multiWinnerSequential": IN_TURN,
    "multiSeatSequentialWinnerTakesAll": IN_TURN,
    "usePermutationInConfig": IN_ORDER,
    "Use candidate order in the config file": IN_ORDER,
    "interactive": "stopCountingAndAsk",
    "previousRoundCountsThenInteractive": "previousRoundCountsThenAsk",
    "Previous round counts (then stop counting and ask)": "previousRoundCountsThenAsk",
}
STANDARD, FROM_BELOW = "standard", "multiSeatBottomsUp"
TO_TWO = "singleSeatContinueUntilTwoCandidatesRemain"
# Settings that only some ways of electing read, by the books of those that do.
IDLE = {
    "decimalplacesforvotearithmetic": ("rctab-stv",),
    "nonintegerwinningthreshold": ("rctab-stv",),
    "harequota": ("rctab-stv",),
    "multiseatbottomsuppercentagethreshold": (),
    "bottomsuppercentagethreshold": (),
}
ANY_NUMBER = ("unlimited", "max", "", None)
AS_DRAWN = (
    "tiebreakMode: ties are drawn as RCTab draws them, by Java's generator from randomSeed; the "
    "draws are told by name, and --seed or --set ties=lot decides otherwise"
)
FIRST_OUT = (
    "undeclared write-ins count as one candidate in round 1 and go first, as RCTab has it; a book "
    "of ours counts them so only where it says undeclared = first_out"
)
# Settings by which nothing is counted.
OF_NO_WEIGHT = frozenset(
    (
        "rulesdescription", "description", "multiseattransferrule", "overvotelabel",
        "undervotelabel", "undeclaredwriteinlabel", "treatblankasundeclaredwritein",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RecordSource:
    """One file or folder of records: where, of what kind, and how its cells are to be read.

    Rows and columns are counted from 1; 0 is a column that is not there.
    """

    path: str
    provider: str
    field: str
    contest_id: str = ""
    first_column: int = 0
    first_row: int = 0
    unit_column: int = 0
    overvote_delimiter: str = ""
    overvote_label: str = ""
    skipped_label: str = ""
    undeclared_label: str = ""
    blank_is_undeclared: bool = False


@dataclass(frozen=True, slots=True)
class Configuration:
    """A contest as RCTab knows it: the rule book and what differs from it, setting by setting.

    `settings` has by choice the answer and the setting that it comes from; `lot` is the order
    in which the tied go out, where the configuration fixes one, `drawn_by` says how, and `seed` is
    the number from which other ties are drawn.
    """

    title: str
    candidates: tuple[Standing, ...]
    aliases: Mapping[str, Candidate]
    undeclared: Candidate | None
    book: str
    settings: Mapping[str, tuple[str, str]]
    seats: int
    ranks: int
    lot: tuple[Candidate, ...]
    drawn_by: str
    seed: str
    sources: tuple[RecordSource, ...]
    assumed: tuple[str, ...]


def read(value: Json, mistakes: Mistakes) -> Configuration:
    """The configuration; what is wrong in it, or has no counterpart here, is among the mistakes."""
    output = _table(value, "outputSettings") or value
    rules = {key.casefold(): said for key, said in _table(value, "rules").items()}
    sources = tuple(_sources(value, rules, mistakes))
    listed, aliases = _candidates(value, mistakes)
    named = any(entry.id == UNDECLARED_ID for entry in listed)
    some = any(one.undeclared_label or one.blank_is_undeclared for one in sources)
    candidates = listed if named or not some else (*listed, Standing(UNDECLARED_ID, UNDECLARED))
    settings = _Settings(value, rules, len(listed), named or some, mistakes)
    lot, drawn_by = settings.lot(listed)
    return Configuration(
        _said(output, "contestName") or _said(output, "contestOffice") or "Contest",
        candidates,
        aliases,
        UNDECLARED_ID if named or some else None,
        settings.book(),
        settings.answers(),
        settings.seats(),
        settings.ranks,
        lot,
        drawn_by,
        settings.seed,
        sources,
        (*settings.told(), *([FIRST_OUT] if named or some else [])),
    )


def _word(said: object) -> str:
    """The letters and digits alone: so a name and what a window shows for it are one."""
    return "".join(filter(str.isalnum, str(said or "").casefold()))


NOW = {_word(name): name for name in (*BOOKS, *OVERVOTES, *TIES)} | {
    _word(before): name for before, name in FORMERLY.items()
}


def _now(said: object) -> str:
    """The answer as it is called since version 1.2; as it is, where it is none."""
    return NOW.get(_word(said), str(said))


def _table(value: Json, key: str) -> Json:
    said = value.get(key)
    return said if isinstance(said, dict) else {}


def _said(value: Json, key: str) -> str:
    said = value.get(key)
    return "" if said is None or isinstance(said, list | dict) else " ".join(str(said).split())


def _candidates(
    value: Json, mistakes: Mistakes
) -> tuple[tuple[Standing, ...], dict[str, Candidate]]:
    ids = Ids()
    made: list[Standing] = []
    aliases: dict[str, Candidate] = {}
    listed = value.get("candidates")
    for at, entry in enumerate(listed if isinstance(listed, list) else []):
        name = _said(entry, "name") if isinstance(entry, dict) else ""
        if not name:
            mistakes.add("the name is missing", field=f"candidates[{at}].name")
            continue
        id_ = UNDECLARED_ID if name == UNDECLARED else ids.made_of(name)
        excluded = _yes(entry.get("excluded"), f"candidates[{at}].excluded", mistakes)
        made.append(Standing(id_, name, withdrawn=excluded))
        codes = entry.get("aliases")
        for alias in [name, _said(entry, "code"), *(codes if isinstance(codes, list) else [])]:
            if not isinstance(alias, str) or not alias:
                continue
            if aliases.setdefault(folded(alias), id_) != id_:
                what = f"{alias!r} means {aliases[folded(alias)]} already"
                mistakes.add(what, field=f"candidates[{at}]")
    if not made:
        mistakes.add("expected a list of candidates with names", field="candidates")
    return tuple(made), aliases


def _sources(value: Json, rules: Json, mistakes: Mistakes) -> Iterator[RecordSource]:
    listed = value.get("cvrFileSources")
    if not isinstance(listed, list) or not listed:
        mistakes.add("expected a list with at least one source", field="cvrFileSources")
        return
    for at, entry in enumerate(listed):
        field = f"cvrFileSources[{at}]"
        if not isinstance(entry, dict) or not _said(entry, "filePath"):
            mistakes.add("expected a table with filePath", field=field)
            continue
        yield _source(entry, rules, field, mistakes)


def _source(entry: Json, rules: Json, field: str, mistakes: Mistakes) -> RecordSource:
    key = "treatBlankAsUndeclaredWriteIn"
    blank = entry.get(key) or rules.get(key.casefold())
    return RecordSource(
        _said(entry, "filePath").replace("\\", "/"),
        folded(_said(entry, "provider") or "ess").replace(" ", "").replace("&", ""),
        field,
        _said(entry, "contestId"),
        _index(entry, "firstVoteColumnIndex", field, mistakes),
        _index(entry, "firstVoteRowIndex", field, mistakes) or 2,
        _index(entry, "precinctColumnIndex", field, mistakes),
        _said(entry, "overvoteDelimiter"),
        _label(entry, rules, "overvoteLabel") or "overvote",
        _label(entry, rules, "skippedRankLabel", "undervoteLabel") or "undervote",
        _label(entry, rules, "undeclaredWriteInLabel"),
        _yes(blank, f"{field}.{key}", mistakes),
    )


def _label(entry: Json, rules: Json, *keys: str) -> str:
    """What the source says under one of these; else the rules, where older versions have it."""
    of_source = (_said(entry, key) for key in keys)
    of_rules = (_said(rules, key.casefold()) for key in keys)
    return next(filter(None, (*of_source, *of_rules)), "")


def _yes(said: object, field: str, mistakes: Mistakes) -> bool:
    if isinstance(said, str | bool | None) and said in YES:
        return YES[said]
    mistakes.add(f"{said!r} is neither true nor false", field=field)
    return False


def _index(entry: Json, key: str, field: str, mistakes: Mistakes) -> int:
    said = _said(entry, key)
    number = whole_number(said) if said else 0
    if number is None or number > 16_384:
        mistakes.add(f"{said!r} is no number of a row or column", field=f"{field}.{key}")
    return number or 0


class _Settings:
    """The rules of a configuration as answers to our choices."""

    def __init__(
        self, value: Json, rules: Json, candidates: int, undeclared: bool, mistakes: Mistakes
    ) -> None:
        self.rules, self.undeclared, self.mistakes = rules, undeclared, mistakes
        self.version = _said(value, "tabulatorVersion")
        self._used: set[str] = set()
        self.mode = self._way()
        self.ties = _now(self._of("tiebreakmode"))
        self.seed = self._seed()
        self.ranks = self._limit("maxRankingsAllowed", candidates)

    def _way(self) -> str:
        """The way of electing, as it is called since version 1.2."""
        said = _word(self._of("winnerelectionmode"))
        if said == _word(STANDARD):
            return ONE_SEAT if str(self._of("numberofwinners") or "1") == "1" else SEVERAL
        if said == _word(FROM_BELOW):
            none = str(self._of("numberofwinners") or "0") == "0"
            return BY_SHARE if none or self._percentage() else BOTTOMS_UP
        return _now(self._of("winnerelectionmode") or "")

    def book(self) -> str:
        """The rule book that counts by this way of electing."""
        if self.mode not in BOOKS:
            self._refuse("winnerElectionMode", f"{self.mode!r}, none of {', '.join(BOOKS)},")
        return BOOKS.get(self.mode, "omov-av")

    def seats(self) -> int:
        """How many are elected."""
        said = self._of("numberofwinners")
        text = "1" if said in (None, "") else str(said)
        seats = whole_number(text)
        if self.mode == BY_SHARE:
            if seats != 0 and said not in (None, ""):
                what = f"{said!r}, where everybody is elected who has a share: expected 0"
                self.mistakes.add(what, field="numberOfWinners")
            return 1
        if not seats:
            self._refuse("numberOfWinners", f"{said!r}")
        if seats and seats > 1 and self.book() == "omov-av":
            self._refuse("numberOfWinners", f"{seats} seats by singleWinnerMajority")
        return seats or 1

    def _seed(self) -> str:
        """The seed that ties are drawn from; empty where they are not."""
        said = self._of("randomseed")
        if self.ties not in (*DRAWN, SHUFFLED):
            return ""
        text = "" if said is None else str(said)
        least, most = lots.LEAST_SEED, lots.MOST_SEED
        if SEED_OF_RCTAB.fullmatch(text) and least <= int(text) <= most:
            return text
        what = f"{said!r} is no whole number, {least} to {most}, from which ties are drawn"
        self.mistakes.add(what, field="randomSeed")
        return ""

    def lot(self, listed: Sequence[Standing]) -> tuple[tuple[Candidate, ...], str]:
        """The order in which the tied go, where the configuration fixes it, and where it is from.

        Undeclared write-ins without a vote are in no order of RCTab's: others go before them.
        """
        by_name = {entry.name: entry.id for entry in listed}
        if self.ties == IN_ORDER:
            order, drawn_by = [*by_name], "the order of the candidates"
        elif self.ties == SHUFFLED and self.seed:
            order = lots.shuffled(int(self.seed), by_name)
            drawn_by = f"RCTab's permutation from randomSeed {self.seed}"
        else:
            return (), ""
        out = [by_name[name] for name in reversed(order)]
        return tuple(dict.fromkeys((*out, *([UNDECLARED_ID] if self.undeclared else [])))), drawn_by

    def answers(self) -> dict[str, tuple[str, str]]:
        """By choice: the answer, and the setting it comes from."""
        found = {
            "first_preference": ("not_required", "the marks are read rank by rank"),
            "withdrawn_ranks": ("pass_over", "excluded candidates keep their ranks"),
            "overvotes": self._mapped("overvoteRule", OVERVOTES),
            **self._skipped(),
            "repeated": self._flag("exhaustOnDuplicateCandidate", "stop", "skip"),
            "ranks": (str(self._cut()), "maxRankingsAllowed"),
            "ties": self._mapped("tiebreakMode", TIES),
            "minimum_papers": self._number("minimumVoteThreshold", MOST_PAPERS),
        }
        if self.undeclared:
            found["undeclared"] = ("first_out", "undeclaredWriteInLabel")
        if self.book() in ("omov-av", "sequential-seats"):
            found |= self._of_one_seat()
        elif self.book() == "rctab-stv":
            found |= self._of_several()
        if self.mode == BY_SHARE:
            found |= self._share()
        # Only transfers of a part of a vote use it; RCTab wants it right whoever does.
        self._number("decimalPlacesForVoteArithmetic", 20, "4")
        return found

    def _of_one_seat(self) -> dict[str, tuple[str, str]]:
        return {
            "eliminate": self._flag("batchElimination", "batch_safe", "lowest_alone"),
            "stop": self._stop(),
            "quota": self._flag(OF_ROUND_1, "half_first_round", "half_in_play"),
            "denominator": self._flag(OF_ROUND_1, "first_round", "continuing"),
            "last_round": self._number("stopTabulationEarlyAfterRound", 999),
        }

    def _stop(self) -> tuple[str, str]:
        found = self._flag("continueUntilTwoCandidatesRemain", "two_left", "larger_of_two")
        to_two = _word(self._of("winnerelectionmode")) == _word(TO_TWO)
        return ("two_left", f"winnerElectionMode = {TO_TWO}") if to_two else found

    def _of_several(self) -> dict[str, tuple[str, str]]:
        one = "one" if self.mode == ONE_AT_ONCE else "all"
        hare, _ = self._flag("hareQuota", "hare", "droop")
        digits, _ = self._flag("nonIntegerWinningThreshold", "digits", "whole")
        return {
            "elected_at_once": (one, "winnerElectionMode"),
            "seat_quota": (f"{hare}_{digits}", "hareQuota, nonIntegerWinningThreshold"),
            "value_places": self._number("decimalPlacesForVoteArithmetic", 20, "4"),
        }

    def _number(self, key: str, most: int, otherwise: str = "0") -> tuple[str, str]:
        said = self._of(key.casefold())
        text = otherwise if said in NOTHING else str(said)
        number = whole_number(text)
        if number is None or number > most:
            self.mistakes.add(f"{said!r} is no whole number, 0 to {most:,}", field=key)
        return text if number is not None and number <= most else otherwise, f"{key} = {said}"

    def _share(self) -> dict[str, tuple[str, str]]:
        """The part of the votes that everybody has who is left at the end, at least or more.

        RCTab's documentation says to meet or exceed it, and versions 1 count so; since version 2 it
        goes on until everybody has more [Tabulator.java of 1.3, RoundTally.java of 2.0].
        """
        said = self._percentage()
        number = Fraction(said if PERCENT.fullmatch(said) else 0)
        if not 0 < number <= 100:
            self.mistakes.add(f"{said!r} is no percentage above 0, up to 100", field=PERCENTAGE)
            number = Fraction(1)
        early = re.match(r"[01]\.", self.version) is not None
        return {
            "minimum_share": (str(number / 100), f"{PERCENTAGE} = {said}"),
            "share_reach": (
                "at_least" if early else "more_than",
                f"tabulatorVersion = {self.version or 'none'}",
            ),
            "share_of": self._flag(OF_ROUND_1, "first_round", "in_play"),
            "denominator": self._flag(OF_ROUND_1, "first_round", "continuing"),
        }

    def _percentage(self) -> str:
        keys = (PERCENTAGE.casefold(), "bottomsuppercentagethreshold")
        return next((str(said) for said in map(self._of, keys) if said not in (None, "")), "")

    def told(self) -> Iterator[str]:
        """What was taken for granted; settings that would change the result are refused."""
        if self.seed and self.ties in DRAWN:
            yield AS_DRAWN
        for key, said in self.rules.items():
            if key in self._used | OF_NO_WEIGHT or said in NOTHING:
                continue
            if not (key in IDLE and self.book() not in IDLE[key]):
                self._refuse(key, f"{said!r}")

    def _of(self, key: str) -> object:
        self._used.add(key)
        return self.rules.get(key)

    def _refuse(self, key: str, what: str) -> None:
        self.mistakes.add(
            f"{what} has no counterpart here, and would be counted otherwise", field=key
        )

    def _limit(self, key: str, otherwise: int) -> int:
        said = self._of(key.casefold())
        if isinstance(said, str):
            said = folded(said)
        if said in ANY_NUMBER:
            return otherwise
        number = whole_number(str(said))
        if number is None or number > 999:
            self.mistakes.add(f"{said!r} is no number, nor max", field=key)
        return number or otherwise

    def _cut(self) -> int:
        return self.ranks if self._of("maxrankingsallowed") not in ANY_NUMBER else 0

    def _mapped(self, key: str, answers: Mapping[str, str]) -> tuple[str, str]:
        said = str(self._of(key.casefold()) or "")
        if _now(said) not in answers:
            self._refuse(key, f"{said!r}, none of {', '.join(answers)},")
        return answers.get(_now(said), next(iter(answers.values()))), f"{key} = {said}"

    def _flag(self, key: str, yes: str, no: str) -> tuple[str, str]:
        said = self._of(key.casefold())
        answer = yes if _yes(said, key, self.mistakes) else no
        return answer, f"{key} = {str(said).casefold()}"

    def _skipped(self) -> dict[str, tuple[str, str]]:
        """The answer for ranks left out: RCTab ends a ranking where more than so many are."""
        key = "maxSkippedRanksAllowed"
        said = self._of(key.casefold())
        shown = f"{key} = {said}"
        if isinstance(said, str) and folded(said) in ANY_NUMBER:
            return {"skipped_ranks": ("skip_any", shown)}
        number = whole_number(str(said)) if said is not None else 1
        if number is None:
            self.mistakes.add(f"{said!r} is no number, nor unlimited", field=key)
        elif number > 1 and number < self.ranks - 1:
            most = (str(number), shown)
            return {"skipped_ranks": ("skip_some", shown), "most_skipped": most}
        elif number > 1:
            return {"skipped_ranks": ("skip_any", shown)}
        return {"skipped_ranks": ("skip_one" if number else "stop", shown)}
