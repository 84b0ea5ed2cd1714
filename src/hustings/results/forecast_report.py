"""A forecast as a report: who is likely to win, how sure that is, what decides it, and why."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from hustings.forecast.evidence import PollFirst, PollPair, Race, RunOff, SelfSelecting
from hustings.forecast.outcomes import Chance, Spread, Summary
from hustings.forecast.pivots import BlocCurve, BlocValue, ElectorPivot
from hustings.forecast.statement import ROSTER, Forecast
from hustings.results.pictures.drawing import (
    LINE,
    WIDTH,
    Caption,
    Sheet,
    fill,
    framed,
    patterns,
    segment,
    text,
)
from hustings.results.report import NONE, Block, Heading, Picture, Report, Sentence, Table
from hustings.units import Candidate, Section

# Named electors in the text; the JSON has all.
MOST_ELECTORS = 12
MOST_ORDERS = 6
MOST_BARS = 24
STAMP = "NOT TO BE RELIED ON: the draws failed their checks, and this is no forecast."


def of(forecast: Forecast) -> Report:
    """The report: the sentence, the tables, whom to ask first, what it cannot know."""
    title = f"{forecast.race.name}: forecast as of {forecast.race.at}"
    return Report(title, tuple(_blocks(forecast)))


def _blocks(forecast: Forecast) -> Iterator[Block]:
    if forecast.failed:
        yield Sentence(STAMP, "warning")
    if forecast.prior:
        said = "No evidence: this is what the model holds before any, and tells of no candidate."
        yield Sentence(said, "warning")
    yield Sentence(headline(forecast), "lead")
    yield from _prospects(forecast.race, forecast.summary)
    yield Picture(draw(forecast))
    yield from _sections(forecast)
    yield from _orders(forecast)
    yield from _break_even(forecast)
    yield from _scenario(forecast)
    yield from _ask_first(forecast)
    yield from _without(forecast)
    yield from _cannot_know(forecast)
    yield from _about(forecast)


def headline(forecast: Forecast) -> str:
    """Who is likely to win and how sure that is, in a sentence or two for print.

    >>> in_hundred(0.0004), in_hundred(0.25), in_hundred(0.9999)
    ('fewer than 1', '25', 'more than 99')
    """
    contest, summary = forecast.race.contest, forecast.summary
    leader, second = summary.chances[0], summary.chances[1]
    name, other = contest.name(leader.candidate), contest.name(second.candidate)
    chance = in_hundred(leader.win.value)
    said = f"{_how_sure(leader.win.value, name, other)}: of 100 simulated counts {name} wins "
    said += f"{chance} and {other} {in_hundred(second.win.value)}."
    if leader.final:
        low, high = leader.final.inner[80]
        said += f" In the last round {name} would hold between {points(low)} and {points(high)} "
        said += "per cent in four cases of five."
    return said


def _how_sure(chance: float, name: str, other: str) -> str:
    if chance < 0.6:
        return f"Too close to call between {name} and {other}"
    if chance < 0.8:
        return f"{name} is the favourite, and may well lose"
    if chance < 0.95:
        return f"{name} is likely to win"
    return f"{name} is very likely to win"


def in_hundred(chance: float) -> str:
    """Of how many counts in a hundred, for a reader: never none and never all."""
    if chance < 0.005:
        return "fewer than 1"
    return "more than 99" if chance > 0.995 else f"{chance * 100:.0f}"


def points(share: float) -> str:
    """A part of 1 out of 100, with one decimal place.

    >>> points(0.50654)
    '50.7'
    """
    return f"{share * 100:.1f}"


def _between(spread: Spread | None, width: int = 80) -> str:
    return "–".join(map(points, spread.inner[width])) if spread else NONE


def _prospects(race: Race, summary: Summary) -> Iterator[Block]:
    rows = [
        (
            race.contest.name(each.candidate),
            f"{each.win.value:.3f}",
            f"{each.win.error:.3f}",
            f"{each.in_pair:.3f}",
            points(each.final.median) if each.final else NONE,
            *(_between(each.final, width) for width in (50, 80, 95)),
        )
        for each in summary.chances
    ]
    header = (
        "Candidate", "chance\nto win", "its\nerror", "among\nlast two", "final share\nmedian",
        "\n50% of cases", "\n80% of cases", "\n95% of cases",
    )  # fmt: skip
    yield Table("Chance to win, and part of the college in the last round", header, tuple(rows))


def _sections(forecast: Forecast) -> Iterator[Block]:
    contest = forecast.race.contest
    sections = [entry.id for entry in contest.sections]
    chances = forecast.summary.chances
    if len(sections) > 1:
        header = ("First preferences", *(contest.section_name(s) for s in sections), "College")
    else:
        header = ("First preferences", "80% of cases")
    rows = [_firsts(forecast.race, each, sections) for each in chances]
    by = "By section, per cent" if len(sections) > 1 else "Per cent"
    yield Sentence(f"{by}, where the share lies in four cases of five:")
    yield Table("First preferences, per cent, in four cases of five", header, tuple(rows))
    ahead = [each for each in chances if each.section_final and each.in_pair > 0.01]
    if len(sections) > 1 and ahead:
        rows = [_finals(forecast.race, each, sections) for each in ahead]
        header = ("Last two", *(contest.section_name(s) for s in sections), "College")
        yield Table("Share in the last round, per cent, in four cases of five", header, tuple(rows))


def _firsts(race: Race, each: Chance, sections: Sequence[Section]) -> tuple[str, ...]:
    own = [_between(each.section_first.get(s)) for s in sections] if len(sections) > 1 else []
    return race.contest.name(each.candidate), *own, _between(each.first)


def _finals(race: Race, each: Chance, sections: Sequence[Section]) -> tuple[str, ...]:
    own = [_between(each.section_final.get(s)) for s in sections]
    return race.contest.name(each.candidate), *own, _between(each.final)


def _orders(forecast: Forecast) -> Iterator[Block]:
    contest, summary = forecast.race.contest, forecast.summary
    if len(summary.chances) < 3:
        return
    yield Sentence("Who are the last two, and in which order the others go, the first out first:")
    pairs = [(_and(forecast.race, pair), f"{p:.3f}") for pair, p in summary.pairs[:MOST_ORDERS]]
    yield Table("Who are the last two", ("Last two", "chance"), tuple(pairs))
    orders = [
        (", ".join(contest.name(name) for name in order), f"{p:.3f}")
        for order, p in summary.orders[:MOST_ORDERS]
    ]
    yield Table(
        "In which order the others go, the first out first", ("Out", "chance"), tuple(orders)
    )


def _and(race: Race, pair: Sequence[Candidate]) -> str:
    return " and ".join(race.contest.name(name) for name in pair)


def _break_even(forecast: Forecast) -> Iterator[Block]:
    contest, found = forecast.race.contest, forecast.break_even
    name, other = contest.name(found.leader), contest.name(found.other)
    yield Heading("How wrong the evidence would have to be")
    if found.shift is None or found.points is None or found.polls is None:
        yield Sentence(f"No error within reach would make {other} as likely to win as {name}.")
        return
    yield Sentence(
        f"{name} and {other} would be equally likely to win if all evidence overstated {name} by "
        f"{points(found.points)} points of the final share, which is {found.polls:.1f} times the "
        "usual error of one poll."
        if found.polls >= 0.1
        else f"Next to nothing: an error of {points(found.points)} points of the final share, "
        f"shared by all evidence, makes {name} and {other} equally likely to win."
    )


def _scenario(forecast: Forecast) -> Iterator[Block]:
    found = forecast.conditional
    if not found:
        return
    contest = forecast.race.contest
    yield Heading("If it goes so")
    for each in found.scenarios:
        bloc = f"{contest.name(each.first)}'s voters among {contest.section_name(each.section)}"
        ratio = f"{each.ratio[0]}:{each.ratio[1]}"
        one, other = (contest.name(name) for name in each.pair)
        yield Sentence(f"If {bloc} prefer {one} to {other} {ratio}:")
    yield from _prospects(forecast.race, found.summary)
    how = f"Of the draws, {found.worth:.0f} would be left"
    if found.refitted:
        how += ": too few, so the model was fitted anew with the scenario as evidence"
    yield Sentence(f"{how}. The figures rest on draws worth {found.summary.worth:.0f}.")


# --- whom to ask --------------------------------------------------------------------------


def _ask_first(forecast: Forecast) -> Iterator[Block]:
    race, found = forecast.race, forecast.pivots
    one, other = (race.contest.name(name) for name in found.pair)
    yield Heading("Whom to ask first")
    yield Sentence(
        f"What is unknown between {one} and {other}. To learn how a bloc splits would move the "
        f"chance of {one} to somewhere between the two figures in four cases of five; its worth is "
        "the betterment of the forecast's Brier score (0 to 2) to be expected."
    )
    values = [_value_row(race, each) for each in found.values[:10]]
    header = ("Bloc", "voters", f"for {one}\nper cent", "chance moves to\n", "worth\n")
    yield Table("Blocs, what is worth most to know first", header, tuple(values))
    if found.electors:
        yield from _electors(forecast)
    if found.curves:
        yield from _curves(forecast)


def _value_row(race: Race, each: BlocValue) -> tuple[str, ...]:
    return (
        _bloc(race, each.section, each.first),
        f"{each.voters:,.0f}",
        points(each.share),
        f"{each.low:.2f}–{each.high:.2f}",
        f"{each.voi:.3f}",
    )


def _bloc(race: Race, section: Section, first: Candidate | None) -> str:
    whose = f"{race.contest.name(first)}'s" if first else "all outsiders'"
    if len(race.contest.sections) == 1:
        return f"{whose} voters"
    return f"{whose}, {race.contest.section_name(section)}"


def _electors(forecast: Forecast) -> Iterator[Block]:
    race, electors = forecast.race, forecast.pivots.electors
    one = race.contest.name(forecast.pivots.pair[0])
    shown = electors[:MOST_ELECTORS]
    rows = tuple(_elector_row(race, each) for each in shown)
    of = f"{len(shown)} of {len(electors)}" if len(shown) < len(electors) else f"{len(electors)}"
    yield Sentence("Named electors whose preference between the two is unknown:")
    caption = f"Named electors whose preference between the two is unknown: {of}"
    moved = f"moves\n{one} by"
    yield Table(caption, ("Elector", "backs", moved, "its\nerror", "\nworth"), rows)
    yield Sentence(
        "What an elector moves is the difference between going one way and the other, nothing "
        "else being changed. Where the figures differ by no more than their error, ask whoever "
        "answers first."
    )


def _elector_row(race: Race, each: ElectorPivot) -> tuple[str, ...]:
    backs = race.contest.name(each.backs) if each.backs else "unknown"
    return (
        each.elector, backs, f"{each.moves.value:.3f}", f"{each.moves.error:.3f}",
        f"{each.voi:.4f}",
    )  # fmt: skip


def _curves(forecast: Forecast) -> Iterator[Block]:
    race, found = forecast.race, forecast.pivots
    one = race.contest.name(found.pair[0])
    yield Sentence(
        f"If so many of those whose preference is unknown put {one} over the other, the chance of "
        f"{one} is:"
    )
    header = ("Bloc", "unknown", "none", "a quarter", "half", "three quarters", "all")
    rows = tuple(_curve_row(race, each) for each in found.curves)
    yield Table(f"Chance of {one}, by how a bloc of named electors splits", header, rows)


def _curve_row(race: Race, curve: BlocCurve) -> tuple[str, ...]:
    known = dict(zip(curve.of, curve.wins, strict=True))
    cells = []
    for quarter in range(5):
        near = min(curve.of, key=lambda number: abs(number - curve.members * quarter / 4))
        cells.append(f"{near}: {known[near]:.3f}" if 0 < quarter < 4 else f"{known[near]:.3f}")
    whose = race.contest.name(curve.first) + "'s" if curve.first else "nobody's yet"
    return f"{whose}, {race.contest.section_name(curve.section)}", f"{curve.members}", *cells


def _without(forecast: Forecast) -> Iterator[Block]:
    if not forecast.without:
        return
    race, leader = forecast.race, forecast.summary.leader
    titles = {entry.id: f"{entry.source_title}, {entry.published}" for entry in race.entries}
    titles[ROSTER] = "all that is known of named electors"
    rows = [
        (
            titles.get(each.entry, each.entry),
            f"{each.wins[leader.candidate]:.3f}",
            f"{leader.win.value - each.wins[leader.candidate]:+.3f}",
        )
        for each in forecast.without
    ]
    rows.sort(key=lambda row: -abs(float(row[2])))
    name = race.contest.name(leader.candidate)
    yield Heading("What rests on which evidence")
    yield Table(f"Chance of {name} without it", ("Left out", "chance", "it adds"), tuple(rows))


# --- what it rests on ---------------------------------------------------------------------


def _cannot_know(forecast: Forecast) -> Iterator[Block]:
    race = forecast.race
    yield Heading("What the model cannot know")
    yield Sentence(
        "Whether those who can be asked differ from those who vote. The errors that it allows for "
        "are those of earlier elections; a mistake that no earlier election made is not in them."
    )
    if race.of(RunOff):
        yield Sentence(
            "Run-offs are held where a meeting was close, and only some are reported. What they "
            "say of later preferences is taken with a lean of its own, not as a sample of all."
        )
    if race.of(SelfSelecting):
        yield Sentence("Readers who answer choose themselves; their number does not cure that.")
    if not race.of(PollFirst) and not race.of(PollPair):
        yield Sentence("No poll of the electors had been published by that day.", "warning")
    yield Sentence(
        "What happens between that day and the close beyond the usual drift; who will not vote; "
        "and whether declared preferences are kept, beyond the usual one in twenty that is not."
    )


def _about(forecast: Forecast) -> Iterator[Block]:
    race, found = forecast.race, forecast.diagnostics
    yield Heading("About these figures")
    yield Sentence(
        f"As of {race.at}; evidence {forecast.digest[:16]}; seed {forecast.seed}; counted by the "
        f"rule book {race.contest.rules.name}; {forecast.summary.draws:,} simulated electorates. "
        f"The poll closes on {race.closes}."
    )
    if not forecast.prior:
        yield Sentence(
            f"Checks of the draws: R-hat {found.r_hat:.3f}, worth {found.ess_bulk:.0f} (bulk) and "
            f"{found.ess_tail:.0f} (tail), divergent {found.divergent:.2%}, cut short "
            f"{found.saturated:.2%}, E-BFMI {found.e_bfmi:.2f}."
        )
    for advice in forecast.failed:
        yield Sentence(advice, "warning")
    informs = len(forecast.used)
    yield Sentence(f"Entries that inform it: {informs:,}." if informs else "No entry informs it.")
    for note in (*forecast.notes, *forecast.assumed):
        yield Sentence(f"{note}.")


# --- the picture --------------------------------------------------------------------------


def draw(forecast: Forecast) -> str:
    """The leader's final share as SVG: a bar for each 1, 2 or 5 points, as long as it is likely."""
    race, summary = forecast.race, forecast.summary
    name = race.contest.name(summary.leader.candidate)
    wide, bars = _bars(summary.histogram)
    most = max(bars.values(), default=1.0)
    parts = [*patterns("forecast", "c", 2), text(0, LINE, f"{name}, final share", bold=True)]
    for row, (at, p) in enumerate(sorted(bars.items()), 1):
        y = LINE * (row + 1)
        long = Fraction(round(p / most * 1000), 1000) * (WIDTH - 110)
        parts.append(text(0, y, f"{at}–{at + wide}%"))
        parts.append(segment(Fraction(65), 65 + long, y - 13, 15, fill("forecast", "c", at < 50)))
        parts.append(text(70 + long, y, f"{p * 100:.1f}"))
    finding = f"{name}: final share over all simulated counts"
    figures = "; ".join(
        f"{at} to {at + wide} per cent: {p * 100:.1f}" for at, p in sorted(bars.items())
    )
    return framed(
        Sheet(LINE * (len(bars) + 2), parts), Caption(finding, figures), "forecast", "histogram"
    )


def _bars(histogram: Mapping[int, float]) -> tuple[int, dict[int, float]]:
    """The narrowest bars of which a picture can hold all; 50 is always an edge."""
    for wide in (1, 2, 5):
        bars: dict[int, float] = {}
        for at, p in histogram.items():
            start = at - at % wide
            bars[start] = bars.get(start, 0.0) + p
        bars = {at: p for at, p in bars.items() if p >= 0.002}
        if len(bars) <= MOST_BARS:
            break
    return wide, bars
