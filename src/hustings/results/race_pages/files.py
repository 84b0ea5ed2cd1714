"""The files of a race's site, and the pages that tell of them and of how all was made."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from hustings.forecast.evidence import as_plain
from hustings.forecast.roster import known
from hustings.results import as_csv
from hustings.results.pages.page import Column, Grid, Page, Row
from hustings.results.race_pages.edition import RaceSite
from hustings.results.race_pages.evidence import says
from hustings.results.race_pages.front import under
from hustings.results.race_pages.trackers import printed

# For servers that read such a file: what is live may not be kept for long.
HEADERS = """\
/*
  X-Content-Type-Options: nosniff
  Cache-Control: public, max-age=60
"""
FORECAST, COURSE = "forecast.json", "over-time.csv"
# Where the race's own folder stands among the data.
RACE = "race/"

WHAT: Mapping[str, str] = {
    FORECAST: "the forecast: every number, with its error",
    COURSE: "the forecast by day: chances to win and final shares",
    "evidence.json": "every entry, with all its fields",
    "evidence.csv": "the same as a table: what each says, and its source",
    "roster.csv": "each named elector: what is known, on whose word, with the source",
}


def texts(site: RaceSite) -> dict[str, str]:
    """Every file of the data folder but the race's own, by its name."""
    edition = site.edition
    found = {
        "evidence.json": _evidence_json(site),
        "evidence.csv": _table(_evidence(site)),
        "roster.csv": _table(_roster(site)),
    }
    if edition.outlook:
        found[FORECAST] = edition.outlook.json
        found[COURSE] = _table(_course(site))
    return found


def _table(rows: Iterator[tuple[object, ...]]) -> str:
    return "".join(as_csv.line(row) for row in rows)


def _evidence_json(site: RaceSite) -> str:
    value = {
        "format": "hustings-evidence",
        "version": 1,
        "race": site.race.name,
        "as_of": str(site.edition.at),
        "entries": [as_plain(entry) for entry in site.history],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _evidence(site: RaceSite) -> Iterator[tuple[object, ...]]:
    later = {entry.supersedes: entry.id for entry in site.history if entry.supersedes}
    yield (
        "id", "kind", "section", "unit", "published", "n", "says", "source_title", "source_url",
        "supersedes", "superseded_by",
    )  # fmt: skip
    for entry in site.history:
        yield (
            entry.id, entry.KIND, entry.section or "", entry.unit or "", entry.published,
            "" if entry.n is None else entry.n, says(site, entry), entry.source_title,
            entry.source_url, entry.supersedes, later.get(entry.id, ""),
        )  # fmt: skip


def _roster(site: RaceSite) -> Iterator[tuple[object, ...]]:
    yield (
        "elector", "section", "unit", "ranking", "nominated", "complete", "grade", "by",
        "published", "source_title", "source_url",
    )  # fmt: skip
    for each in known(site.race):
        last = each.entries[-1] if each.entries else None
        yield (
            each.elector, each.section or "", each.unit or "", " > ".join(each.ranking),
            each.nominated or "", "yes" if each.complete else "", each.grade or "",
            last.by if last else "", last.published if last else "",
            last.source_title if last else "", last.source_url if last else "",
        )  # fmt: skip


def _course(site: RaceSite) -> Iterator[tuple[object, ...]]:
    yield (
        "as_of", "candidate", "name", "win", "win_error", "in_final_pair", "final_share",
        "final_share_low_80", "final_share_high_80",
    )  # fmt: skip
    for told in site.edition.course:
        for each in told.prospects:
            final = each.final
            share = (final.median, final.low, final.high) if final else ("", "", "")
            name = site.names[each.candidate]
            yield told.as_of, each.candidate, name, each.win, each.error, each.in_pair, *share


def status(site: RaceSite) -> str:
    """What the site is and says, for programs."""
    outlook = site.edition.outlook
    value: dict[str, Any] = {
        "format": "hustings-race-status",
        "version": 1,
        "race": site.race.name,
        "post": site.race.contest.post,
        "election": site.after.election or None,
        "contest": site.after.contest or None,
        "status": "before the result",
        "as_of": str(site.edition.at),
        "poll_closes": str(site.race.closes),
        "summary": site.headline,
        "forecast_as_of": str(outlook.told.as_of) if outlook else None,
        "failed": list(outlook.told.failed) if outlook else [],
        "chances": {each.candidate: each.win for each in outlook.told.prospects} if outlook else {},
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def data_page(site: RaceSite, sizes: Mapping[str, int], beyond: bool) -> Page:
    """Every file of the data folder; `beyond` says that the race needs a definition elsewhere."""
    rows = tuple(
        Row(name, (WHAT.get(name, "the race's own file"), f"{size / 1000:,.1f}"), f"data/{name}")
        for name, size in sorted(sizes.items())
    )
    columns = (Column("What it is", text=True), Column("Size", "kB"))
    return Page(
        "data/index.html",
        "The data",
        "race_data.html",
        {"table": Grid("Files", Column("File"), columns, rows), "beyond": beyond},
    )


def made_page(site: RaceSite, public: str, fingerprint: str) -> Page:
    """What the figures rest on, how to make them again, and how to check the files."""
    outlook = site.edition.outlook
    about = under(outlook.report.blocks, "About these figures") if outlook else []
    return Page(
        "how-it-is-made/index.html",
        "How it is made",
        "race_made.html",
        {
            "about": [*printed(about)],
            "signed": bool(public),
            "fingerprint": fingerprint,
            "failed_days": [str(each) for each in site.edition.failed],
            "command": _command(site),
        },
    )


def _command(site: RaceSite) -> str:
    """How to make the forecast again from the data."""
    edition = site.edition
    day: date = edition.outlook.told.as_of if edition.outlook else edition.at
    how = f"--seed {edition.seed} --draws {edition.draws}"
    return f"hustings forecast data/race --as-of {day} {how}"
