"""The evidence of a race: every entry with its day, its kind, what it says and who said so."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from markupsafe import Markup

from hustings.forecast.evidence import (
    BranchNominations,
    Canvass,
    Elector,
    Electorate,
    Endorsement,
    Entry,
    Figures,
    Nomination,
    Parameter,
    Placement,
    ReportedSeconds,
    RosterEntry,
    RunOff,
    Tally,
    Withdrawal,
)
from hustings.results.pages.page import DASH, Column, Grid, Page, Row
from hustings.results.race_pages.edition import RaceSite
from hustings.units import Candidate, decimal, percent

# What each kind is called: one of it, and several.
WORDS: Mapping[str, tuple[str, str]] = {
    "poll_first": ("poll", "polls"),
    "poll_pair": ("poll between two", "polls between two"),
    "self_selecting": ("poll of whoever answered", "polls of whoever answered"),
    "meeting": ("local meeting", "local meetings"),
    "meeting_pool": ("total of local meetings", "totals of local meetings"),
    "runoff": ("run-off", "run-offs"),
    "branch_nominations": ("count of local nominations", "counts of local nominations"),
    "nomination": ("nomination", "nominations"),
    "tally": ("count of nominations", "counts of nominations"),
    "withdrawal": ("withdrawal", "withdrawals"),
    "endorsement": ("endorsement", "endorsements"),
    "electorate": ("size of an electorate", "sizes of electorates"),
    "primary": ("primary", "primaries"),
    "roster": ("elector's preference", "electors' preferences"),
    "reported_seconds": ("second preferences, unnamed", "second preferences, unnamed"),
    "reported_firsts": ("first preferences, unnamed", "first preferences, unnamed"),
    "canvass": ("canvass", "canvasses"),
    "elector": ("name on the roll", "names on the roll"),
    "placement": ("placing from left to right", "placings from left to right"),
    "parameter": ("setting of the model", "settings of the model"),
}
# Only such an address is made a link: a page is no place for a script.
SAFE = ("https://", "http://")

Kind = TypeVar("Kind", bound=Entry)
Said = Callable[[RaceSite, Any], str]


def kinds(entries: Iterable[Entry]) -> str:
    """What the entries are: `2 polls, 1 primary`."""
    counted = Counter(entry.KIND for entry in entries)
    return ", ".join(f"{n:,} {WORDS[kind][n > 1]}" for kind, n in counted.items())


def linked(entry: Entry) -> Markup:
    """The entry's source as a link, or as text where its address is none of the web."""
    title = entry.source_title or entry.source_url or DASH
    if not entry.source_url.startswith(SAFE):
        return Markup("<bdi>{}</bdi>").format(title)
    return Markup('<a href="{}"><bdi>{}</bdi></a>').format(entry.source_url, title)


def page(site: RaceSite) -> Page:
    """Every entry, the latest first; the roll in one row for each source."""
    rows = [*_rows(site)]
    corrected = sum(bool(entry.supersedes) for entry in site.history)
    return Page(
        "evidence/index.html",
        "The evidence",
        "race_evidence.html",
        {
            "table": Grid(CAPTION, Column("Published"), _COLUMNS, latest_first(rows)),
            "entries": len(site.history),
            "corrected": corrected,
            "sources": len({entry.source_title for entry in site.history}),
        },
    )


CAPTION = "Every entry, the latest first"
_COLUMNS = (
    Column("Kind", text=True),
    Column("Section or unit", text=True),
    Column("What it says", text=True),
    Column("Source", text=True),
    Column("Since then", text=True),
)


def latest_first(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows, the latest day first, and within a day in the order in which they came."""
    return tuple(sorted(rows, key=lambda row: row.name, reverse=True))


def _rows(site: RaceSite) -> Iterable[Row]:
    later = {entry.supersedes: entry for entry in site.history if entry.supersedes}
    rolls: dict[tuple[object, ...], list[Elector]] = {}
    for entry in site.history:
        if isinstance(entry, Elector):
            key = (entry.published, entry.section, entry.source_title, entry.source_url)
            rolls.setdefault(key, []).append(entry)
        else:
            yield _row(site, entry, says(site, entry), later.get(entry.id))
    for roll in rolls.values():
        names = f"{len(roll):,} {WORDS['elector'][len(roll) > 1]}"
        yield _row(site, roll[0], names, None)


def _row(site: RaceSite, entry: Entry, told: str, after: Entry | None) -> Row:
    where = [site.section_name(entry.section), site.unit_name(entry.unit)]
    since = _since(entry, after)
    cells = (
        WORDS[entry.KIND][0],
        ", ".join(filter(None, where)) or DASH,
        told,
        linked(entry),
        since or DASH,
    )
    return Row(str(entry.published), cells)


def _since(entry: Entry, after: Entry | None) -> str:
    corrects = "corrects an earlier entry" if entry.supersedes else ""
    gone = f"superseded on {after.published}" if after else ""
    return "; ".join(filter(None, (corrects, gone)))


# --- what an entry says -------------------------------------------------------------------


def says(site: RaceSite, entry: Entry) -> str:
    """What the entry says, in words and figures, and the note beside it."""
    told = next((said for kind, said in _SAID if isinstance(entry, kind)), _nothing)(site, entry)
    of = f" of {entry.n:,}" if entry.n and not isinstance(entry, RunOff) else ""
    return f"{told}{of}" + (f". {entry.note.rstrip('.')}" if entry.note else "")


def _nothing(site: RaceSite, entry: Entry) -> str:
    return WORDS[entry.KIND][0]


def _together(site: RaceSite, who: Sequence[Candidate]) -> str:
    return " and ".join(site.names[name] for name in who) or "others"


def _figures(site: RaceSite, entry: Figures) -> str:
    shares = (f"{_together(site, who)} {percent(s, 1)}%" for who, s in entry.shares.items())
    return ", ".join(shares)


def _counts(site: RaceSite, entry: Tally | BranchNominations) -> str:
    return ", ".join(f"{site.names[name]} {n:,}" for name, n in entry.counts.items())


def _between(site: RaceSite, pair: Sequence[Candidate], counts: Sequence[int]) -> str:
    return ", ".join(f"{site.names[name]} {n:,}" for name, n in zip(pair, counts, strict=True))


def _roster(site: RaceSite, entry: RosterEntry) -> str:
    said = " > ".join(site.names[name] for name in entry.ranking)
    said = f"{said}{' and no more' if entry.complete else ''}"
    pairs = (f"{site.names[one]} over {site.names[other]}" for one, other in entry.prefers)
    whose = f", by {entry.by}" if entry.by else ""
    return f"{entry.elector}: {'; '.join(filter(None, (said, *pairs)))} ({entry.grade}{whose})"


def _nomination(site: RaceSite, entry: Nomination) -> str:
    before = f", before {site.names[entry.switched_from]}" if entry.switched_from else ""
    return f"{entry.nominator}: {site.names[entry.candidate]}{before}"


def _run_off(site: RaceSite, entry: RunOff) -> str:
    many = f"{entry.meetings:,} run-offs" if entry.meetings > 1 else "a run-off"
    return f"{many}, votes gained: {_between(site, entry.pair, entry.gained)}"


def _seconds(site: RaceSite, entry: ReportedSeconds) -> str:
    first = f"of {_together(site, entry.first)}'s: " if entry.first else ""
    return f"{first}{_between(site, entry.pair, entry.counts)}"


def _canvass(site: RaceSite, entry: Canvass) -> str:
    return f"{entry.known:,} of {entry.electors:,} backers of {_together(site, entry.first)} known"


def _endorsement(site: RaceSite, entry: Endorsement) -> str:
    members = f" ({entry.electorate:,} electors)" if entry.electorate else ""
    return f"{entry.body}{members}: {site.names[entry.candidate]}"


def _electorate(site: RaceSite, entry: Electorate) -> str:
    turnout = f", turnout {percent(entry.turnout, 1)}%" if entry.turnout is not None else ""
    return f"{entry.body + ': ' if entry.body else ''}{entry.issued:,} electors{turnout}"


def _withdrawal(site: RaceSite, entry: Withdrawal) -> str:
    return f"{site.names[entry.candidate]} withdrew"


def _placement(site: RaceSite, entry: Placement) -> str:
    return ", ".join(f"{site.names[n]} {decimal(p, 1)}" for n, p in entry.positions.items())


def _parameter(site: RaceSite, entry: Parameter) -> str:
    return f"{entry.name}: {decimal(entry.value, 3)}"


_SAID: Sequence[tuple[type[Entry], Said]] = (
    (Figures, _figures),
    (Tally, _counts),
    (BranchNominations, _counts),
    (RosterEntry, _roster),
    (Nomination, _nomination),
    (RunOff, _run_off),
    (ReportedSeconds, _seconds),
    (Canvass, _canvass),
    (Endorsement, _endorsement),
    (Electorate, _electorate),
    (Withdrawal, _withdrawal),
    (Placement, _placement),
    (Parameter, _parameter),
)
