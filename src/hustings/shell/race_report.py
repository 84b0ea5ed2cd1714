"""A race as a reader follows it: nominations, the roster and local meetings, as reports."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from hustings.forecast.evidence import Race, ReportedFirsts, ReportedSeconds, RosterEntry
from hustings.forecast.roster import Known, Seconds, by_unit, known, pair_in_question, seconds
from hustings.nominations import meetings, papers
from hustings.nominations.entry import Entry, Together
from hustings.nominations.meetings import BranchNominations, MeetingPool, Pair, Sample, Selection
from hustings.nominations.papers import Backed, Nomination, Nominators
from hustings.results.report import NONE, Block, Heading, Report, Sentence, Table
from hustings.units import Candidate, Section, percent

NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
# A table of more days than this is wider than a screen; the latest are shown.
DAYS = 6


def in_words(number: int) -> str:
    """Small numbers as words, others as figures.

    >>> in_words(9), in_words(80), in_words(1610)
    ('nine', '80', '1,610')
    """
    return NUMBERS[number] if 0 <= number < len(NUMBERS) else f"{number:,}"


def nominations(race: Race) -> Report:
    """Who is backed by how many, by kind of nominators over time; thresholds and switches."""
    blocks: list[Block] = []
    for nominators in race.nominators.values():
        if papers.days(_history(race), nominators.id):
            blocks += _of_nominators(race, nominators)
    if not blocks:
        blocks.append(Sentence("No nomination is recorded yet."))
    blocks += _switches(race)
    return Report(f"{race.name}: nominations as of {race.at}", tuple(blocks))


def _history(race: Race) -> tuple[Entry, ...]:
    return (*race.superseded, *race.entries)


def _of_nominators(race: Race, nominators: Nominators) -> Iterator[Block]:
    days = papers.days(_history(race), nominators.id)
    section = race.contest.section_name(nominators.section) if nominators.section else ""
    yield Heading(f"{nominators.name} (section: {section})" if section else nominators.name)
    if nominators.threshold:
        of = f" of {nominators.size:,}" if nominators.size else ""
        said = f" ({nominators.source})" if nominators.source else ""
        yield Sentence(f"To stand, a candidate needs {nominators.threshold:,}{of}{said}.")
    shown = days[-DAYS:]
    if len(shown) < len(days):
        yield Sentence(f"The latest {len(shown)} of {len(days)} days on which any was published.")
    counts = [papers.held(_history(race), nominators.id, day) for day in shown]
    yield _over_time(race, nominators, shown, counts)
    named = _named(race, nominators)
    if named:
        yield Table("", ("Candidate", "Nominated by"), named)


def _over_time(
    race: Race,
    nominators: Nominators,
    days: Sequence[date],
    counts: Sequence[Mapping[Candidate, int]],
) -> Table:
    everyone = [entry.id for entry in race.contest.candidates]
    backed = papers.against_threshold(counts[-1], everyone, nominators)
    header = ["Candidate", *map(str, days)]
    header += ["threshold"] if nominators.threshold else []
    rows = []
    for each in backed:
        cells = [_name(race, each.candidate)]
        cells += [f"{day[each.candidate]:,}" if each.candidate in day else NONE for day in counts]
        cells += [_against(each)] if nominators.threshold else []
        if any(each.candidate in day for day in counts):
            rows.append(tuple(cells))
    return Table("", tuple(header), tuple(rows))


def _against(backed: Backed) -> str:
    if backed.over is None:
        return NONE
    if not backed.met:
        return f"{-backed.over:,} short"
    return f"met, {backed.over:,} over" if backed.over else "met exactly"


def _name(race: Race, candidate: Candidate) -> str:
    gone = "" if candidate in race.standing else " (withdrew)"
    return f"{race.contest.name(candidate)}{gone}"


def _named(race: Race, nominators: Nominators) -> tuple[tuple[str, str], ...]:
    latest = {e.nominator: e for e in race.of(Nomination) if e.nominators == nominators.id}
    rows = []
    for candidate in race.contest.candidates:
        theirs = sorted(e.nominator for e in latest.values() if e.candidate == candidate.id)
        if theirs:
            rows.append((_name(race, candidate.id), ", ".join(theirs)))
    return tuple(rows)


def _switches(race: Race) -> Iterator[Block]:
    moved = papers.switches(_history(race))
    if moved:
        yield Heading("Switches")
        yield Table(
            "",
            ("Nominator", "from", "to", "published"),
            tuple(
                (
                    e.nominator,
                    race.contest.name(e.switched_from) if e.switched_from else NONE,
                    race.contest.name(e.candidate),
                    str(e.published),
                )
                for e in moved
            ),
        )


def roster(race: Race, section: Section | None = None, pair: Pair | None = None) -> Report:
    """How many second preferences are known, by candidate and unit, and whom still to ask."""
    title = f"{race.name}: the roster as of {race.at}"
    electors = known(race, section)
    asked = pair or pair_in_question(race)
    blocks = [*_firsts(race, electors)]
    if asked is None:
        what = "No source asks between which two second preferences decide: say --between ANN,BOB."
        return Report(title, (*blocks, Sentence(what, "warning")))
    found = seconds(race, asked, section)
    blocks = [*_seconds(race, found), *blocks, *_reported(race, section)]
    blocks += _changes(race, section)
    blocks += _units(race, electors, asked)
    blocks += _to_ask(race, found)
    return Report(title, tuple(blocks))


def _seconds(race: Race, found: Seconds) -> Iterator[Block]:
    one, other = (race.contest.name(name) for name in found.pair)
    if not found.electors:
        yield Sentence(f"Nobody is known to back anyone but {one} or {other}.", "lead")
        return
    verb = "is" if found.known == 1 else "are"
    what = "second preference" if found.electors == 1 else "second preferences"
    lead = f"Of {in_words(found.electors)} {what} {in_words(found.known)} {verb} known"
    told = (
        f": {in_words(found.by_name)} by name, {in_words(found.unnamed)} by a source's word alone"
    )
    yield Sentence(f"{lead}{told if found.known else ''}.", "lead")
    yield Sentence(f"They are asked between {one} and {other}, of whoever backs somebody else.")
    if found.counted_by:
        by = found.counted_by
        said = f"{by.known:,} of {by.electors:,} by the count of {by.source_title}, {by.published}."
        yield Sentence(f"{said} {by.note}".rstrip())
    if found.backing:
        rows = [
            (race.contest.name(b.candidate), *map(str, (b.named, *b.gained, b.neither, b.unknown)))
            for b in found.backing
        ]
        yield Table("", ("First preference", "named", one, other, "neither", "to ask"), tuple(rows))


def _firsts(race: Race, electors: Sequence[Known]) -> Iterator[Block]:
    counts = Counter(each.first for each in electors if each.first)
    nominated = sum(each.nominated is not None for each in electors)
    silent = sum(each.backs is None for each in electors)
    said = [f"{race.contest.name(name)} {counts[name]:,}" for name in race.standing if counts[name]]
    yield Heading("First preferences")
    yield Sentence(
        f"{len(electors):,} electors are named: {', '.join(said) or 'no first preference is known'}"
        + (f"; {nominated:,} known by nomination alone" if nominated else "")
        + (f"; of {silent:,} nothing is known" if silent else "")
        + "."
    )
    for each in electors:
        if each.passed_over:
            names = ", ".join(map(race.contest.name, each.passed_over))
            what = f"{each.elector}: the preference for {names}, who withdrew, is passed over."
            yield Sentence(what, "warning")


def _reported(race: Race, section: Section | None) -> Iterator[Block]:
    rows = []
    for entry in race.of(ReportedSeconds, section):
        first = ", ".join(map(race.contest.name, entry.first)) or "anyone else"
        said = " : ".join(
            f"{race.contest.name(name)} {count}"
            for name, count in zip(entry.pair, entry.counts, strict=True)
        )
        rows.append((f"{first} first", said, str(entry.published)))
    for pool in race.of(ReportedFirsts, section):
        said = ", ".join(
            f"{_names(race, who)} {percent(share, 0)}" for who, share in pool.shares.items()
        )
        of = f"of {pool.n:,}" if pool.n else "of a number not given"
        rows.append((f"first preferences, per cent {of}", said, str(pool.published)))
    if rows:
        yield Heading("Reported without names")
        yield Table("", ("Of whom", "said", "published"), tuple(rows))


def _changes(race: Race, section: Section | None) -> Iterator[Block]:
    """Whoever is now known to want somebody else than before."""
    before = {entry.id: entry for entry in race.superseded if isinstance(entry, RosterEntry)}
    rows = []
    for entry in (*before.values(), *race.of(RosterEntry)):
        old = before.get(entry.supersedes)
        if old and old.ranking[:1] != entry.ranking[:1] and section in (None, entry.section):
            told = (" > ".join(map(race.contest.name, each.ranking)) for each in (old, entry))
            rows.append((entry.elector, *told, str(entry.published)))
    if rows:
        yield Heading("Changes")
        yield Table("", ("Elector", "before", "now", "published"), tuple(rows))


def _units(race: Race, electors: Sequence[Known], pair: Pair) -> Iterator[Block]:
    units = by_unit(electors, pair)
    if units:
        names = {
            unit: name for entry in race.contest.sections for unit, name in entry.units.items()
        }
        yield Heading("By unit")
        yield Table(
            "",
            ("Unit", "second preferences", "known", "to ask"),
            tuple(
                (names.get(unit, unit), str(named), str(told), str(named - told))
                for unit, (named, told) in units.items()
            ),
        )


def _to_ask(race: Race, found: Seconds) -> Iterator[Block]:
    if not found.to_ask:
        return
    yield Heading(f"Still to ask: {len(found.to_ask):,}")
    for candidate in race.standing:
        theirs = [_whom(each) for each in found.to_ask if each.backs == candidate]
        if theirs:
            yield Sentence(f"{race.contest.name(candidate)} ({len(theirs)}): {', '.join(theirs)}.")


def _whom(each: Known) -> str:
    return f"{each.elector} ({each.unit})" if each.unit else each.elector


def local_meetings(race: Race, section: Section | None = None) -> Report:
    """How many meetings by which method, their votes, and what they can say and cannot."""
    found = meetings.sample(race.entries, section)
    blocks: list[Block] = [Sentence(_how_many(found), "lead")]
    if found.methods:
        rows = [(str(m), f"{number:,}", m.meaning) for m, number in found.methods.items()]
        blocks.append(Table("", ("Method", "meetings", "which is"), tuple(rows)))
    blocks += _pools(race, section)
    blocks += _votes(race, found)
    blocks += _run_offs(race, found)
    blocks += _branches(race, section)
    blocks += _cannot_say(found)
    return Report(f"{race.name}: local meetings as of {race.at}", tuple(blocks))


def _how_many(found: Sample) -> str:
    if not found.meetings and not found.run_offs:
        return "No local meeting is recorded yet."
    run_offs = sum(each.run_off.meetings for each in found.run_offs)
    return f"{found.meetings:,} meetings, {found.cast:,} votes; {run_offs:,} run-offs are known."


def _pools(race: Race, section: Section | None) -> Iterator[Block]:
    for pool in race.of(MeetingPool, section):
        number = f"{pool.meetings:,}" if pool.meetings else "an unknown number of"
        note = f" {pool.note}" if pool.note else ""
        yield Sentence(
            f"Of {number} meetings only the total is held ({pool.source_title}, {pool.published}): "
            f"who used which method is not known one by one.{note}"
        )


def _votes(race: Race, found: Sample) -> Iterator[Block]:
    if found.cast:
        rows = [
            (_names(race, who), f"{round(count):,}", percent(count / found.cast, 1))
            for who, count in sorted(found.votes.items(), key=lambda pair: -pair[1])
        ]
        yield Heading("First votes")
        yield Table("", ("Candidate", "votes", "per cent"), tuple(rows))


def _names(race: Race, who: Together) -> str:
    return " and ".join(map(race.contest.name, who)) or "others"


def _run_offs(race: Race, found: Sample) -> Iterator[Block]:
    if not found.run_offs:
        return
    yield Heading("Run-offs")
    rows = []
    for judged in found.run_offs:
        held = judged.run_off
        gained = " : ".join(
            f"{race.contest.name(name)} {votes}"
            for name, votes in zip(held.pair, held.gained, strict=True)
        )
        where = held.unit or f"{in_words(held.meetings)} meetings together"
        rows.append((where, gained, _won(race, judged.run_off), _selection(race, judged)))
    yield Table("", ("Where", "gained", "won by", "the first vote"), tuple(rows))


def _won(race: Race, held: meetings.RunOff) -> str:
    if held.won is None:
        return NONE
    won = [f"{race.contest.name(n)} {w}" for n, w in zip(held.pair, held.won, strict=True)]
    return ", ".join([*won, *([f"tied {held.tied}"] if held.tied else [])])


def _selection(race: Race, judged: meetings.Judged) -> str:
    if judged.lead is None:
        return "not known"
    ahead = judged.run_off.pair[judged.lead < 0]
    decided = "decided, " if judged.selection is Selection.NOT_NEEDED else "close, "
    return f"{decided}{race.contest.name(ahead)} {percent(abs(judged.lead), 0)} points ahead"


def _branches(race: Race, section: Section | None) -> Iterator[Block]:
    latest = {entry.section: entry for entry in race.of(BranchNominations, section)}
    for entry in latest.values():
        total = sum(entry.counts.values())
        said = ", ".join(f"{race.contest.name(n)} {c:,}" for n, c in entry.counts.items())
        yield Sentence(f"{total:,} have nominated by {entry.published}: {said}.")


def _cannot_say(found: Sample) -> Iterator[Block]:
    close, no_row = found.close_by_selection, found.without_run_off
    if not found.meetings and not found.run_offs:
        return
    yield Heading("What this cannot say")
    yield Sentence(
        "Who comes to a meeting is more active than who votes; no sample of meetings "
        "shows by how much the two differ.",
        "warning",
    )
    if close:
        said = f"{close:,} run-offs were close by selection, or may have been: a meeting holds one "
        said += "only where nobody had half. Added up they tell of close races, not of all."
        yield Sentence(said, "warning")
    if close and no_row > 0:
        said = f"The first votes of {no_row:,} meetings without a run-off are held too: weighed "
        yield Sentence(f"{said}together with them, the selection does no harm.")
    elif close:
        said = "No first vote of a meeting without a run-off is held, so the selection cannot be "
        yield Sentence(f"{said}undone: treat the run-offs as leaning.", "warning")
