"""The rules of a count as data: each choice by name, with its clause or source.

A rule book answers every question in `CHOICES`. It extends another book and
overrides only what differs; the answers and their sources travel together.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from hustings.election.seat_rules import (
    Credit,
    ElectedAtOnce,
    ExclusionSteps,
    LastSeat,
    LastSurplus,
    OutOfReach,
    QuotaFalls,
    SeatQuota,
    SeatRules,
    ShareOf,
    ShareReach,
    SurplusDelay,
    SurplusOrder,
    SurplusPapers,
    SurplusValue,
)
from hustings.errors import RuleError
from hustings.units import Candidate, Option, Rounding, Section

# The id of all undeclared write-ins together, where a contest counts them as one candidate.
UNDECLARED = Candidate("undeclared_write_ins")
# No weight needs more digits; a text of thousands of them is a mistake or mischief.
FRACTION = re.compile(r"[0-9]{1,30}(/[0-9]{0,14}[1-9][0-9]{0,15})?")


class Method(Option):
    """How the papers become a winner."""

    FIRST_PAST_THE_POST = "first_past_the_post", "one look; whoever has the most is elected"
    SUPPLEMENTARY = (
        "supplementary",
        "two choices; if nobody passes the quota all but the top two go, and second choices decide",
    )
    EXHAUSTIVE = (
        "exhaustive",
        "an eliminating ballot held in successive rounds, with fresh papers in each",
    )
    ALTERNATIVE_VOTE = (
        "alternative_vote",
        "rankings; the lowest goes and each paper passes to its next choice still standing",
    )
    CONTINGENT = (
        "contingent",
        "rankings; if nobody passes the quota all but the top two go at once, and every paper "
        "counts for whichever of the two it prefers",
    )
    SINGLE_TRANSFERABLE_VOTE = (
        "single_transferable_vote",
        "several seats: whoever has the quota is elected and the surplus passes on; the lowest "
        "goes and the papers pass on",
    )
    MEEK = (
        "meek",
        "several seats: each elected candidate keeps the part of every paper that makes up the "
        "quota, and all papers are looked at again whenever someone goes",
    )
    BOTTOMS_UP = (
        "bottoms_up",
        "several seats: the lowest goes until as many are left as there are seats",
    )
    SEQUENTIAL = (
        "sequential",
        "several seats: one after another by the alternative vote, without those elected before",
    )


class CollegeUse(Option):
    """Whether the sections are weighed, or every paper counts alike."""

    SECTIONS = "sections", "each section commands its weight of the college"
    POOLED = "pooled", "one paper, one vote: the sections are counted together as one"


class Denominator(Option):
    """What a section's share is taken of."""

    CONTINUING = "continuing", "the papers continuing in that section in that round"
    FIRST_ROUND = "first_round", "the papers that the section had in the first round"


class EmptySection(Option):
    """What becomes of a section in which no paper continues."""

    NO_POINTS = "no_points", "it gives no points, and less than the whole college is in play"
    SHARE_OUT = "share_out", "its weight is shared by the other sections in proportion"
    REFUSE = "refuse", "the count stops: the rules do not say"


class QuotaRule(Option):
    """What a candidate must have to be elected."""

    HALF_IN_PLAY = "half_in_play", "more than half of the points in play in that round"
    HALF_FIRST_ROUND = "half_first_round", "more than half of the points in play in round 1"
    DROOP_WHOLE = (
        "droop_whole",
        "at least the whole number above half of the first round's papers; one section only",
    )
    DROOP_OR_MAJORITY = (
        "droop_or_majority",
        "that whole number, or more than all the other candidates together; one section only",
    )


class Stop(Option):
    """When the count ends."""

    LARGER_OF_TWO = (
        "larger_of_two",
        "as soon as someone has the quota, or when two are left: whoever of them has more",
    )
    ELECTED = "elected", "as soon as someone has the quota"
    TWO_LEFT = "two_left", "when two are left, even if one had the quota before"
    ONE_LEFT = "one_left", "when one is left, so that everyone's place is known"


class Elimination(Option):
    """Who goes when nobody is elected."""

    LOWEST_ALONE = "lowest_alone", "the lowest, one at a time"
    BATCH_SAFE = (
        "batch_safe",
        "as many of the lowest as together have less than the next: counted one at a time they "
        "would all go too, and the same one is elected, unless a later tie is broken by the rounds "
        "that were left out",
    )


class TiePolicy(Option):
    """Who of the tied goes out; a book lists these by precedence."""

    LATEST_SINGLE_LOWEST = (
        "latest_single_lowest",
        "whoever was alone lowest of all the tied in the latest earlier round that had such a one",
    )
    LATEST_NARROWING = (
        "latest_narrowing",
        "going back round by round, only the lowest of those still tied are kept",
    )
    LATEST_NARROWING_OR_ALL = (
        "latest_narrowing_or_all",
        "going back likewise, but where more than one is left in the end all the tied stay tied",
    )
    LATEST_ALL_DIFFERENT = (
        "latest_all_different",
        "the lowest in the latest earlier round in which all the tied differed",
    )
    EARLIEST_NARROWING = (
        "earliest_narrowing",
        "going forward from round 1, only the lowest of those still tied are kept",
    )
    DECIDED = (
        "decided",
        "as the officer decided, with name, time and reason written down for this tie",
    )
    LOT = "lot", "by a lot that the officer has drawn and written down; first drawn goes first"
    SEED = "seed", "by an order computed from a seed that was drawn in public"
    RCTAB_DRAW = (
        "rctab_draw",
        "as RCTab draws: of the names in order the one that Java's generator picks, from a seed "
        "that is a whole number, with one draw for each tie",
    )


class Paperwork(Option):
    """What is done with a mark that the rules may not provide for."""

    REFUSE = "refuse", "an error: the rules do not say, so a person must"
    SPOIL = "spoil", "the paper is spoiled"
    STOP = "stop", "the ranking ends before it"
    SKIP = "skip", "it is passed over, and the next preference counts"


class Overvotes(Option):
    """What is done with a rank that several share."""

    REFUSE = "refuse", "an error: the rules do not say, so a person must"
    SPOIL = "spoil", "the paper is spoiled"
    STOP = "stop", "the ranking ends before it"
    SKIP = "skip", "it is passed over, and the next preference counts"
    STOP_IF_SEVERAL_CONTINUING = (
        "stop_if_several_continuing",
        "once it is reached, the ranking ends if several of them stand, and counts for the only "
        "one of them who does",
    )
    PAUSE = (
        "pause",
        "while several of them stand the paper counts for nobody, and then for the only one left",
    )


# What these come to depends on who stands: the ballot keeps whoever shares the rank.
OPEN_OVERVOTES = frozenset((Overvotes.STOP_IF_SEVERAL_CONTINUING, Overvotes.PAUSE))


class SkippedRanks(Option):
    """What is done with a paper that leaves out a rank."""

    REFUSE = "refuse", "an error: the rules do not say, so a person must"
    SPOIL = "spoil", "the paper is spoiled"
    STOP = "stop", "the ranking ends at the first rank left out"
    SKIP_ONE = "skip_one", "one rank left out is passed over, two in a row end the ranking"
    SKIP_SOME = (
        "skip_some",
        "as many in a row as `most_skipped` says are passed over, one more ends the ranking",
    )
    SKIP_ANY = "skip_any", "ranks left out are passed over, however many"


class FurtherRanks(Option):
    """What is done with a paper that has more preferences than count."""

    IGNORE = "ignore", "those beyond are not looked at"
    SPOIL = "spoil", "the paper is spoiled"


class WithdrawnRanks(Option):
    """What is done with a rank for someone who has withdrawn."""

    CLOSE_UP = "close_up", "it is closed up: whoever was marked below moves up"
    PASS_OVER = (
        "pass_over",
        "it keeps its place between the ranks above and below, and the next preference counts",
    )
    STOP = "stop", "the ranking ends before it"
    SPOIL = "spoil", "the paper is spoiled"


class Undeclared(Option):
    """What becomes of write-ins that nobody declared."""

    LIKE_OTHERS = "like_others", "they stand like any candidate, unless the election withdraws them"
    FIRST_OUT = (
        "first_out",
        "together they count as one who cannot be elected and who goes first, alone",
    )


class FirstPreference(Option):
    """Whether a paper without one clear first preference is formal."""

    REQUIRED = "required", "a paper without one clear first preference is spoiled"
    NOT_REQUIRED = "not_required", "the later preferences count by the rules for skipped ranks"


class SectionFigure(Option):
    """What is printed for a section, beside its papers."""

    POINTS = "points", "its part of the whole college, as in the tables of 2010"
    SHARE = "share", "its part of the section itself, as in the tables of 1994"


class PrintedOf(Option):
    """What a printed percentage is taken of."""

    AS_COUNTED = "as_counted", "of what the count takes it of"
    FIRST_ROUND = "first_round", "of the papers that the section had in the first round"


@dataclass(frozen=True, slots=True)
class Basis:
    """Why a book answers as it does: the clause or figures, and our reading if it is doubtful.

    `overridden` marks an answer that an election, or whoever counts it, gave in the book's place.
    """

    source: str
    reading: str = ""
    book: str = ""
    overridden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """Every answer to `CHOICES`, and for each of them its basis."""

    name: str
    title: str
    summary: str = ""
    in_force: str = ""
    extends: str = ""
    method: Method
    college: CollegeUse
    weights: Mapping[Section, Fraction]
    whole: Fraction
    denominator: Denominator
    empty_section: EmptySection
    quota: QuotaRule
    stop: Stop
    eliminate: Elimination
    ties: tuple[TiePolicy, ...]
    first_preference: FirstPreference
    overvotes: Overvotes
    skipped_ranks: SkippedRanks
    repeated: Paperwork
    ranks: int
    section_figure: SectionFigure
    section_places: int
    total_places: int
    printed_of: PrintedOf
    rounding: Rounding
    basis: Mapping[str, Basis]
    # Questions that books came to answer later: as all were counted before they were asked.
    most_skipped: int = 1
    further_ranks: FurtherRanks = FurtherRanks.IGNORE
    withdrawn_ranks: WithdrawnRanks = WithdrawnRanks.CLOSE_UP
    undeclared: Undeclared = Undeclared.LIKE_OTHERS
    minimum_papers: int = 0
    last_round: int = 0
    seats: SeatRules | None = None

    def override(self, choice: str, written: object, basis: Basis) -> "RuleBook":
        """Answer one choice otherwise; raises `RuleError` if the answer is not one of its own.

        The answer is read as it would stand in a file: `"two_left"`, `"9999/10000"`, `["lot"]`.
        """
        answer: dict[str, Any] = {choice: chosen(choice).read(written)}
        if choice in SEAT_CHOICES:
            if self.seats is None:
                raise RuleError(f"{self.name} fills one seat, and does not ask about {choice}")
            answer = {"seats": replace(self.seats, **answer)}
        marked = replace(basis, overridden=True)
        return replace(self, **answer, basis={**self.basis, choice: marked}).as_told()

    def as_told(self) -> "RuleBook":
        """The same book with the basis of those answers alone that it has to tell."""
        told = {name: basis for name, basis in self.basis.items() if name in self.choices}
        return replace(self, basis=told)

    @property
    def choices(self) -> dict[str, "Choice"]:
        """Every choice that the book answers: those for several seats only where it fills some.

        Without those that were asked later and are answered as before: so a book that they do
        not concern is the same book, to the byte.
        """
        asked = {**CHOICES, **SEAT_CHOICES} if self.seats is not None else {**CHOICES}
        return {
            name: choice
            for name, choice in asked.items()
            if name not in LATER or choice.answer(self) != LATER[name]
        }

    @property
    def base(self) -> Denominator:
        """What shares are taken of; where each round has fresh papers, never the first round's."""
        fresh = self.method is Method.EXHAUSTIVE
        return Denominator.CONTINUING if fresh else self.denominator

    @property
    def overridden(self) -> dict[str, object]:
        """The answers that were given in the book's place, as they would stand in a file."""
        return {
            name: chosen(name).write(self) for name, basis in self.basis.items() if basis.overridden
        }


@dataclass(frozen=True, slots=True)
class Choice:
    """One question that a rule book answers, and how its answer is read and written."""

    name: str
    question: str
    read: Callable[[object], Any]
    options: tuple[Option, ...] = ()
    expected: str = ""
    most: int = 999

    def answer(self, book: RuleBook) -> object:
        """The book's answer."""
        return getattr(book.seats if self.name in SEAT_CHOICES else book, self.name)

    def write(self, book: RuleBook) -> object:
        """The book's answer, as it stands in a file."""
        return _written(self.answer(book))


def chosen(name: str) -> Choice:
    """The choice of that name; raises `RuleError` where there is none."""
    known = {**CHOICES, **SEAT_CHOICES}
    if name not in known:
        close = get_close_matches(name, known, 1)
        hint = f"did you mean {close[0]!r}?" if close else f"the choices are {', '.join(known)}"
        raise RuleError(f"no rule is called {name!r}; {hint}")
    return known[name]


def read_fraction(written: object) -> Fraction:
    """An exact fraction from its quoted text; raises `RuleError` for anything else.

    >>> read_fraction("1/3")
    Fraction(1, 3)
    >>> read_fraction(0.3333)
    Traceback (most recent call last):
    hustings.errors.RuleError: 0.3333 is not exact; write a fraction in quotes, such as "1/3"
    """
    if isinstance(written, str) and FRACTION.fullmatch(written):
        return Fraction(written)
    raise RuleError(f'{written!r} is not exact; write a fraction in quotes, such as "1/3"')


def _one_of(kind: type[Option]) -> Callable[[object], Option]:
    def read(written: object) -> Option:
        try:
            return kind(str(written))
        except ValueError:
            raise RuleError(f"{written!r} is not one of {', '.join(kind)}") from None

    return read


def _ties(written: object) -> tuple[TiePolicy, ...]:
    listed = written.split(",") if isinstance(written, str) else written
    if not isinstance(listed, list | tuple):
        raise RuleError(f"{written!r} is not a list of {', '.join(TiePolicy)}")
    read = _one_of(TiePolicy)
    return tuple(TiePolicy(read(str(policy).strip())) for policy in listed if str(policy).strip())


def _weights(written: object) -> dict[Section, Fraction]:
    if not isinstance(written, Mapping):
        raise RuleError(f"{written!r} is not a table of sections and their weights")
    return {Section(name): read_fraction(weight) for name, weight in written.items()}


def _up_to(most: int) -> Callable[[object], int]:
    def read(written: object) -> int:
        text = str(written)
        if not re.fullmatch("[0-9]{1,9}", text) or int(text) > most:
            raise RuleError(f"{written!r} is not a whole number, 0 to {most:,}")
        return int(text)

    return read


_whole_number = _up_to(999)


def _written(answer: object) -> object:
    match answer:
        case Option():
            return str(answer)
        case Fraction():
            return f"{answer.numerator}/{answer.denominator}" if answer != 1 else "1"
        case tuple():
            return [_written(part) for part in answer]
        case Mapping():
            return {str(name): _written(part) for name, part in answer.items()}
    return answer


def _options(name: str, question: str, kind: type[Option]) -> Choice:
    return Choice(name, question, _one_of(kind), tuple(kind), " or ".join(kind))


_FRACTION = 'an exact fraction in quotes, such as "1/3"'
_NUMBER = "a whole number, 0 to 999"
MOST_PAPERS = 1_000_000

CHOICES: Mapping[str, Choice] = {
    choice.name: choice
    for choice in (
        _options("method", "How do the papers become a winner?", Method),
        _options("college", "Are the sections weighed?", CollegeUse),
        Choice(
            "weights",
            "Which part of the college does each section command? Empty: the election says.",
            _weights,
            expected=f"a table: for each section {_FRACTION}",
        ),
        Choice("whole", "What do the weights sum to?", read_fraction, expected=_FRACTION),
        _options("denominator", "What is a section's share taken of?", Denominator),
        _options("empty_section", "What if no paper continues in a section?", EmptySection),
        _options("quota", "What must a candidate have to be elected?", QuotaRule),
        _options("stop", "When does the count end?", Stop),
        _options("eliminate", "Who goes when nobody is elected?", Elimination),
        Choice(
            "ties",
            "Who of the tied goes out? By precedence; when the list is spent, the count stops.",
            _ties,
            tuple(TiePolicy),
            f"a list of {', '.join(TiePolicy)}",
        ),
        _options(
            "first_preference", "Must a paper show one clear first preference?", FirstPreference
        ),
        _options("overvotes", "What if two candidates share a rank?", Overvotes),
        _options("skipped_ranks", "What if a rank is left out?", SkippedRanks),
        Choice(
            "most_skipped",
            "How many ranks left out in a row are passed over, where `skipped_ranks` is skip_some?",
            _whole_number,
            expected=_NUMBER,
        ),
        _options("repeated", "What if a candidate is ranked twice?", Paperwork),
        Choice(
            "ranks",
            "How many preferences count? 0: any number.",
            _whole_number,
            expected=_NUMBER,
        ),
        _options("further_ranks", "What if a paper has more preferences than count?", FurtherRanks),
        _options("withdrawn_ranks", "What if a rank is for someone withdrawn?", WithdrawnRanks),
        _options("undeclared", "What becomes of undeclared write-ins?", Undeclared),
        Choice(
            "minimum_papers",
            "With how many papers may a candidate go on? Whoever has fewer goes first. 0: any.",
            _up_to(MOST_PAPERS),
            expected=f"a whole number, 0 to {MOST_PAPERS:,}",
            most=MOST_PAPERS,
        ),
        Choice(
            "last_round",
            "After which round does the count stop, even with nobody elected? 0: none.",
            _whole_number,
            expected=_NUMBER,
        ),
        _options("section_figure", "What is printed for a section?", SectionFigure),
        Choice(
            "section_places",
            "How many decimal places has a section's figure in print?",
            _whole_number,
            expected=_NUMBER,
        ),
        Choice(
            "total_places",
            "How many decimal places has a total in print?",
            _whole_number,
            expected=_NUMBER,
        ),
        _options("printed_of", "What is a printed percentage taken of?", PrintedOf),
        _options("rounding", "How are printed figures rounded?", Rounding),
    )
}

SEAT_CHOICES: Mapping[str, Choice] = {
    choice.name: choice
    for choice in (
        _options("seat_quota", "What must a candidate have to be elected?", SeatQuota),
        _options("quota_falls", "Does the quota fall as papers drop out?", QuotaFalls),
        _options("surplus_papers", "Which papers carry a surplus on?", SurplusPapers),
        _options("surplus_value", "What is a paper worth that carries a surplus?", SurplusValue),
        Choice(
            "value_places",
            "How many decimal places has such a value, the rest dropped? 0: no digit is dropped.",
            _whole_number,
            expected=_NUMBER,
        ),
        _options("credit", "What is a candidate credited with for papers received?", Credit),
        _options("surplus_order", "Which of several surpluses is transferred first?", SurplusOrder),
        _options("surplus_delay", "May a surplus wait that changes nothing?", SurplusDelay),
        _options("out_of_reach", "When are the lowest too far behind to catch up?", OutOfReach),
        _options(
            "exclusion_steps",
            "In how many steps do the papers of someone excluded pass on?",
            ExclusionSteps,
        ),
        _options("last_seat", "When are the last seats filled without the quota?", LastSeat),
        _options(
            "elected_at_once", "How many may be elected at the end of one stage?", ElectedAtOnce
        ),
        _options("last_surplus", "Is a surplus transferred after the last seat?", LastSurplus),
        Choice(
            "minimum_share",
            "From the bottom up: until all who are left have which part of the papers in play? "
            '"0": until as many are left as there are seats.',
            read_fraction,
            expected=_FRACTION,
        ),
        _options(
            "share_reach",
            "Must all who are left have at least `minimum_share`, or more than that?",
            ShareReach,
        ),
        _options("share_of", "Of what is `minimum_share` a part?", ShareOf),
    )
}

# A field that is no choice describes the book; the two lists must together be the whole book.
DESCRIPTION = tuple(
    f.name for f in fields(RuleBook) if f.name not in CHOICES and f.name not in ("basis", "seats")
)

# The choices that were asked later, and how all was counted before: a file need not answer them.
LATER: Mapping[str, object] = {
    f.name: f.default
    for kind, of in ((RuleBook, CHOICES), (SeatRules, SEAT_CHOICES))
    for f in fields(kind)
    if f.name in of and f.default is not MISSING
}
