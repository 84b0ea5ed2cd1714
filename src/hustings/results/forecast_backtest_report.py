"""Back-tests as a report: how good the forecasts were, beside plainer ones, goal by goal."""

from collections.abc import Iterator, Mapping, Sequence

from hustings.forecast.backtest import (
    ALL,
    BRIER_GOAL,
    COVERAGE_GOAL,
    FINAL,
    LOG_GOAL,
    MARKET,
    MODEL,
    Backtest,
    Left,
)
from hustings.forecast.learning import learnt_names
from hustings.forecast.scores import (
    LEVELS,
    Coverage,
    Mean,
    Scored,
    brier_score,
    histogram,
    log_score,
)
from hustings.results.report import NONE, Block, Heading, Report, Sentence, Table
from hustings.units import Candidate

BINS = 5


def of(found: Backtest) -> Report:
    """The report: the goals, the means, coverage, each forecast, and what was learnt."""
    return Report("How good the forecasts were", tuple(_blocks(found)))


def _blocks(found: Backtest) -> Iterator[Block]:
    for advice in found.failed:
        yield Sentence(f"NOT TO BE RELIED ON: {advice}", "warning")
    if not found.scored:
        yield Sentence("No day with evidence before the result: there was nothing to score.")
        return
    contests = len({each.contest for each in found.scored})
    yield Sentence(
        f"{_many(len(found.scored), 'forecast')} of {_many(contests, 'finished contest')}, each "
        "with what the other contests teach and not the one that is forecast."
    )
    yield from (Sentence(each, tone) for each, tone in goals(found))
    yield Heading("Chances to win")
    yield _means(found.means)
    yield Sentence(
        "Log score: minus the log of the chance given to who won. Brier: squared errors, summed "
        "over the candidates, 0 to 2. Less is better in both. By contest: the mean over contests "
        "of each contest's mean."
    )
    yield Heading("Intervals")
    yield _coverages(found.coverages)
    yield _pits(found)
    yield Heading("Each forecast")
    yield _each(found.scored)
    yield Heading("What the other contests taught")
    yield _left(found.left)
    yield Sentence(f"Seed {found.seed}, {found.draws:,} simulated electorates a forecast.")


def goals(found: Backtest) -> Iterator[tuple[str, str]]:
    """Each goal with what was reached, over forecasts and over contests, and its tone.

    A goal that one of the two fails is missed.
    """
    model = next(each for each in found.means if each.name == MODEL)
    for name, goal, over, by in (
        ("log score", LOG_GOAL, model.log, model.log_by_contest),
        ("Brier score", BRIER_GOAL, model.brier, model.brier_by_contest),
    ):
        met = max(over, by) <= goal
        yield (
            f"{_met(met)}: {name} {over:.3f} over forecasts and {by:.3f} over contests; the goal "
            f"is at most {goal:.2f}.",
            _tone(met),
        )
    for each in (each for each in found.coverages if each.kind in (FINAL, ALL)):
        both = each.over_all[80], each.by_contest[80]
        met = all(COVERAGE_GOAL[0] <= held <= COVERAGE_GOAL[1] for held in both)
        yield (
            f"{_met(met)}, {each.kind}: intervals of 80 per cent held {both[0]:.0%} of "
            f"{each.shares}, and {both[1]:.0%} over contests; the goal is "
            f"{COVERAGE_GOAL[0]:.0%} to {COVERAGE_GOAL[1]:.0%}.",
            _tone(met),
        )


def _met(met: bool) -> str:
    return "Reached" if met else "Missed"


def _tone(met: bool) -> str:
    return "plain" if met else "warning"


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _means(means: Sequence[Mean]) -> Table:
    header = ("Forecast", "Days", "Log", "Brier", "Log,\nby contest", "Brier,\nby contest")
    rows = tuple(
        (
            _sentence(each.name), str(each.days), f"{each.log:.3f}", f"{each.brier:.3f}",
            f"{each.log_by_contest:.3f}", f"{each.brier_by_contest:.3f}",
        )
        for each in means
    )  # fmt: skip
    return Table("Mean scores", header, rows)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _coverages(coverages: Sequence[Coverage]) -> Table:
    header = (
        "Share", "Shares", "Contests", *(f"{level} %" for level in LEVELS),
        *(f"{level} %,\nby contest" for level in LEVELS),
    )  # fmt: skip
    rows = tuple(
        (
            _sentence(each.kind), str(each.shares), str(each.contests),
            *(f"{each.over_all[level]:.0%}" for level in LEVELS),
            *(f"{each.by_contest[level]:.0%}" for level in LEVELS),
        )
        for each in coverages
    )  # fmt: skip
    return Table("How often the intervals held", header, rows)


def _pits(found: Backtest) -> Table:
    """Where the actual shares lay among the draws: it should be all alike."""
    kinds: dict[str, list[float]] = {}
    for each in found.scored:
        for held in each.held:
            if held.pit is not None:
                kinds.setdefault(held.kind, []).append(held.pit)
    header = ("Share", *(f"{n * 100 // BINS}-{(n + 1) * 100 // BINS} %" for n in range(BINS)))
    rows = tuple(
        (NAMES[kind], *map(str, histogram(pits, BINS))) for kind, pits in sorted(kinds.items())
    )
    return Table("Part of the draws below the actual share (PIT)", header, rows)


NAMES = {
    "final": "Winner's final share",
    "first": "First preferences",
    "section_final": "Winner's final share in a section",
    "section_first": "First preferences in a section",
}


def _each(scored: Sequence[Scored]) -> Table:
    header = (
        "Contest, as of", "Winner", "P(win)", "Log", "Brier", "80 % of the\nfinal share", "Was",
        "80 % held", "Market's P",
    )  # fmt: skip
    return Table("Each forecast", header, tuple(map(_row, scored)))


def _row(each: Scored) -> tuple[str, ...]:
    final = next((held for held in each.held if held.kind == "final"), None)
    inner = final.inner.get(80) if final else None
    price = each.baselines.get(MARKET)
    return (
        f"{each.contest}, {each.day}",
        each.winner,
        _chance(each.wins, each.winner),
        f"{log_score(each.wins, each.winner):.2f}",
        f"{brier_score(each.wins, each.winner):.2f}",
        f"{inner[0] * 100:.1f}-{inner[1] * 100:.1f}" if inner else NONE,
        f"{final.actual * 100:.1f}" if final else NONE,
        f"{sum(held.at(80) for held in each.held)} of {len(each.held)}" if each.held else NONE,
        _chance(price, each.winner) if price else NONE,
    )


def _chance(wins: Mapping[Candidate, float], name: Candidate) -> str:
    return f"{wins.get(name, 0.0):.2f}"


def _left(left: Sequence[Left]) -> Table:
    names = learnt_names()
    header = ("Contest", "Others", *names, "baseline's\nerror")
    rows = tuple(
        (
            each.contest, str(each.others),
            *(f"{getattr(each.hyperparameters, name):.3f}" for name in names), f"{each.error:.2f}",
        )
        for each in left
    )  # fmt: skip
    return Table("What each contest was forecast with", header, rows)
