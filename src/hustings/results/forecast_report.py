"""A forecast as a report: who is likely to win, how sure that is, what decides it, and why."""

from collections.abc import Iterator, Sequence

from hustings.forecast.evidence import Entry, PollFirst, PollPair, Race, RunOff, SelfSelecting
from hustings.forecast.outcomes import Chance, Spread, Summary
from hustings.forecast.pivots import BlocCurve, BlocValue, ElectorPivot
from hustings.forecast.sensitivity import MEANINGS, ROSTER, Otherwise, Since
from hustings.forecast.statement import Forecast
from hustings.results.pictures.forecast_chance import draw_chance, of_forecast, said
from hustings.results.pictures.forecast_paths import draw_paths
from hustings.results.pictures.forecast_pivots import bloc, draw_pivots
from hustings.results.pictures.forecast_sections import draw_section_intervals
from hustings.results.pictures.forecast_share import draw_share
from hustings.results.report import NONE, Block, Heading, Picture, Report, Sentence, Table
from hustings.units import Candidate, Section

# Named electors in the text; the JSON has all.
MOST_ELECTORS = 12
MOST_ORDERS = 6
# A chance is not known to the second decimal place above this Monte Carlo error.
MOST_ERROR = 0.01
STAMP = "NOT TO BE RELIED ON: the draws failed their checks, and this is no forecast."


def of(forecast: Forecast) -> Report:
    """The report: the sentence, the tables, whom to ask first, what it cannot know."""
    title = f"{forecast.race.name}: forecast as of {forecast.race.at}"
    return Report(title, tuple(_blocks(forecast)))


def _blocks(forecast: Forecast) -> Iterator[Block]:
    if forecast.failed:
        yield Sentence(STAMP, "warning")
    if forecast.prior:
        prior = "No evidence: this is what the model holds before any, and tells of no candidate."
        yield Sentence(prior, "warning")
    yield Sentence(headline(forecast), "lead")
    yield Picture(draw_chance(forecast, "forecast-chance"))
    yield from _prospects(forecast.race, forecast.summary)
    yield from _too_few(forecast)
    yield Picture(draw_share(forecast, "forecast-share"))
    yield from _sections(forecast)
    yield from _orders(forecast)
    yield from _break_even(forecast)
    yield from _scenario(forecast)
    yield from _since(forecast)
    yield from _ask_first(forecast)
    yield from _without(forecast)
    yield from _variants(forecast)
    yield from _cannot_know(forecast)
    yield from _about(forecast)


def headline(forecast: Forecast) -> str:
    """Who is likely to win and how sure that is, in a sentence or two for print."""
    contest, summary = forecast.race.contest, forecast.summary
    leader, second = summary.chances[0], summary.chances[1]
    name, other = contest.name(leader.candidate), contest.name(second.candidate)
    wins = of_forecast(forecast)
    told = f"{_how_sure(leader.win.value, name, other)}: of 100 simulated counts {name} wins "
    told += f"{said(wins[leader.candidate])} and {other} {said(wins[second.candidate])}."
    if leader.final:
        low, high = leader.final.inner[80]
        told += f" In the last round {name} would hold between {points(low)} and {points(high)} "
        told += "per cent in four cases of five."
    return told


def _how_sure(chance: float, name: str, other: str) -> str:
    if chance < 0.6:
        return f"Too close to call between {name} and {other}"
    if chance < 0.8:
        return f"{name} is the favourite, and may well lose"
    if chance < 0.95:
        return f"{name} is likely to win"
    return f"{name} is very likely to win"


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


def _too_few(forecast: Forecast) -> Iterator[Block]:
    """What would do, where the chances are not known well for want of draws."""
    summary = forecast.summary
    error = max(each.win.error for each in summary.chances)
    if error > MOST_ERROR:
        yield Sentence(
            f"The Monte Carlo error of a chance is up to {error:.3f}, so its second decimal place "
            f"is not known. It falls to about {MOST_ERROR} with --draws {enough(summary)}.",
            "warning",
        )


def enough(summary: Summary) -> int:
    """How many draws bring every chance's Monte Carlo error to 0.01, in round thousands."""
    error = max(each.win.error for each in summary.chances)
    return -(-round(summary.draws * (error / MOST_ERROR) ** 2) // 1000) * 1000


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
    yield Picture(draw_section_intervals(forecast, "forecast-sections"))
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
    yield Picture(draw_paths(forecast, "forecast-paths"))
    pairs = [(_and(forecast.race, pair), f"{p:.3f}") for pair, p in summary.pairs[:MOST_ORDERS]]
    yield Table("Who are the last two", ("Last two", "chance"), tuple(pairs))
    leader = summary.leader.candidate
    orders = [
        (", ".join(contest.name(name) for name in order), f"{p:.3f}", _then(forecast, order))
        for order, p in summary.orders[:MOST_ORDERS]
    ]
    header = ("Out", "chance", f"{contest.name(leader)}\nthen wins")
    yield Table("In which order the others go, the first out first", header, tuple(orders))


def _then(forecast: Forecast, out: Sequence[Candidate]) -> str:
    """In which part of the counts that go in that order the leader wins."""
    these = [way for way in forecast.paths if way.out == tuple(out)]
    whole = sum(way.chance for way in these)
    leader = forecast.summary.leader.candidate
    won = sum(way.chance for way in these if way.winner == leader)
    return f"{won / whole:.2f}" if whole else NONE


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
    found = forecast.pivots
    if found.values or found.electors:
        yield Heading("Whom to ask first")
    if found.values:
        yield from _blocs(forecast)
    if found.electors:
        yield from _electors(forecast)
    if found.curves:
        yield from _curves(forecast)


def _blocs(forecast: Forecast) -> Iterator[Block]:
    race, found = forecast.race, forecast.pivots
    one, other = (race.contest.name(name) for name in found.pair)
    yield Sentence(
        f"What is unknown between {one} and {other}. To learn how a bloc splits would move the "
        f"chance of {one} to somewhere between the two figures in four cases of five; its worth is "
        "the betterment of the forecast's Brier score (0 to 2) to be expected."
    )
    yield Picture(draw_pivots(forecast, "forecast-pivots"))
    values = [_value_row(race, each) for each in found.values[:10]]
    header = ("Bloc", "voters", f"for {one}\nper cent", "chance moves to\n", "worth\n")
    yield Table("Blocs, what is worth most to know first", header, tuple(values))


def _value_row(race: Race, each: BlocValue) -> tuple[str, ...]:
    return (
        bloc(race, each.section, each.first),
        f"{each.voters:,.0f}",
        points(each.share),
        f"{each.low:.2f}–{each.high:.2f}",
        f"{each.voi:.3f}",
    )


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


# --- what would be otherwise --------------------------------------------------------------


def _since(forecast: Forecast) -> Iterator[Block]:
    found, race = forecast.since, forecast.race
    if not found:
        return
    yield Heading(f"What has moved since {found.day}")
    rows = [_then_and_now(race, each, found) for each in forecast.summary.chances]
    header = ("Candidate", f"{found.day}", "its\nerror", f"{race.at}", "its\nerror", "moved by\n")
    yield Table("Chance to win, then and now", header, tuple(rows))
    if not found.trusted:
        yield Sentence(f"The draws as of {found.day} failed their checks.", "warning")
    if not found.without:
        yield Sentence("Nothing that was published since then informs the forecast.")
        return
    leader = forecast.summary.leader
    name = race.contest.name(leader.candidate)
    yield Sentence(
        f"What each new item adds to the chance of {name}, all else being known; the model is "
        "fitted anew without it. Items that say the same cover for each other, so that these "
        "need not sum to the whole."
    )
    yield _otherwise(forecast, found.without, f"Chance of {name} without each new item", "Left out")


def _then_and_now(race: Race, each: Chance, found: Since) -> tuple[str, ...]:
    before = {chance.candidate: chance.win for chance in found.before.chances}.get(each.candidate)
    then = (f"{before.value:.3f}", f"{before.error:.3f}") if before else (NONE, NONE)
    moved = f"{each.win.value - before.value:+.3f}" if before else NONE
    now = (f"{each.win.value:.3f}", f"{each.win.error:.3f}")
    return race.contest.name(each.candidate), *then, *now, moved


def _without(forecast: Forecast) -> Iterator[Block]:
    if not forecast.without:
        return
    name = forecast.race.contest.name(forecast.summary.leader.candidate)
    yield Heading("What rests on which evidence")
    yield _otherwise(forecast, forecast.without, f"Chance of {name} without it", "Left out")


def _variants(forecast: Forecast) -> Iterator[Block]:
    if not forecast.variants:
        return
    name = forecast.race.contest.name(forecast.summary.leader.candidate)
    yield Heading("What rests on how the model is set")
    yield _otherwise(forecast, forecast.variants, f"Chance of {name} if it were set so", "If")
    yield Sentence(
        "These are no forecasts: each takes away something that the model is there for, to show "
        "what hangs on it."
    )


def _otherwise(forecast: Forecast, found: Sequence[Otherwise], caption: str, first: str) -> Table:
    """A row for each, what moves the leader's chance most first, with the error of the move."""
    race, leader = forecast.race, forecast.summary.leader
    titles = {entry.id: _titled(race, entry) for entry in race.entries}
    titles |= {ROSTER: "all that is known of named electors", **MEANINGS}
    name = leader.candidate
    sign = 1 if first == "Left out" else -1
    rows = [
        (
            titles.get(each.what, each.what) + ("" if each.trusted else " (draws failed)"),
            f"{each.wins[name]:.3f}",
            f"{sign * (leader.win.value - each.wins[name]):+.3f}",
            f"{(leader.win.error**2 + each.errors[name] ** 2) ** 0.5:.3f}",
        )
        for each in sorted(found, key=lambda each: -abs(leader.win.value - each.wins[name]))
    ]
    moves = "it adds" if sign == 1 else "higher by"
    return Table(caption, (first, "chance", moves, "its\nerror"), tuple(rows))


def _titled(race: Race, entry: Entry) -> str:
    """What kind of evidence, of whom, from where and when: one source may have several."""
    of = f", {race.contest.section_name(entry.section)}" if entry.section else ""
    return f"{entry.KIND.replace('_', ' ')}{of}: {entry.source_title}, {entry.published}"


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
