"""The pages that tell of files: the data, how to check them; and the status for programs."""

import json
from collections.abc import Iterator, Mapping, Sequence

from hustings.results.edition import Edition, SeatsEdition, Standalone
from hustings.results.pages import embeds
from hustings.results.pages.page import Column, Grid, Link, Page, Row, Site
from hustings.units import Section

# For servers that read such a file: what may be framed, and what never changes.
HEADERS = """\
/*
  X-Content-Type-Options: nosniff
  Cache-Control: public, max-age=60
/embed/*
  Content-Security-Policy: frame-ancestors *
"""


def headers(release: int) -> str:
    """What a server is told: short for what may change, for ever for each release."""
    kept = (
        f"/releases/{number}/*\n  Cache-Control: public, max-age=31536000, immutable\n"
        for number in range(1, release + 1)
    )
    return HEADERS + "".join(kept)


KINDS = (
    (".transcript.json", "the whole count, exact: every round and event, to be counted again"),
    (".stages.json", "the whole count, exact: every stage and parcel, to be counted again"),
    (".rctab.json", "rounds in RCTab's universal format, for RCVis"),
    (".schema.json", "the schema of our extension for weighted sections"),
    ("datapackage.json", "what every file and column is (Data Package)"),
    (".csv", "a table, as CSV"),
    (".parquet", "the same table, as Parquet"),
    (".sqlite", "all tables in one database"),
    (".blt", "rankings, as BLT"),
    (".soi", "rankings, as PrefLib"),
    (".soc", "rankings, as PrefLib"),
    (".toi", "rankings, as PrefLib"),
    (".abif", "rankings, as ABIF"),
)


def data_page(site: Site, sizes: Mapping[str, int]) -> Page:
    """Every file of the data folder with what it is and its size, and any pictures to embed."""
    folder = site.places.at("data/")
    rows = tuple(
        Row(name, (_kind(name), f"{size / 1000:,.1f}"), f"{folder}{name}")
        for name, size in sorted(sizes.items())
    )
    columns = (Column("What it is", text=True), Column("Size", "kB"))
    return Page(
        f"{folder}index.html",
        "The data",
        "data.html",
        {
            "table": Grid("Files", Column("File"), columns, rows),
            "recount": not _withheld(site),
            "drawn": any(name.endswith(".rctab.json") for name in sizes),
            "embeds": [*_embeds(site)],
            "copies": [*_copies(site)],
        },
    )


def _copies(site: Site) -> Iterator[Link]:
    """The table by round or by stage as text; wikitext is made of rounds alone."""
    several = isinstance(site.edition, SeatsEdition)
    kinds = [("Markdown", "md"), *([] if several else [("wikitext", "wiki.txt")]), ("CSV", "csv")]
    for told, ending in kinds:
        yield Link(told, site.places.at(f"copy/{site.step}s.{ending}"))


def _kind(name: str) -> str:
    return next((told for ending, told in KINDS if name.endswith(ending)), "a file")


def _embeds(site: Site) -> Iterator[dict[str, str]]:
    """Each picture with the code for another page."""
    for place, (title, picture) in embeds.drawn(site).items():
        yield {
            "href": site.places.at(f"embed/{place}/index.html"),
            "text": title,
            "code": embeds.code(site, place, title, picture),
        }


def _withheld(site: Site) -> list[tuple[str, str]]:
    return [
        (site.section_name(section), part.withheld)
        for section, part in site.edition.sections.items()
        if part.withheld
    ]


def verify_page(site: Site, public: str, fingerprint: str) -> Page:
    """How to check that nothing was changed, who published it, and that it was counted right."""
    return Page(
        site.places.at("verify/index.html"),
        "Check it, and count it again",
        "verify.html",
        {
            "signed": bool(public),
            "fingerprint": fingerprint,
            "withheld": _withheld(site),
            "reconstructed": bool(site.edition.transcript.reconstructed),
        },
    )


def status(editions: Sequence[Edition]) -> str:
    """How final the result is and how far each section has been counted, for programs."""
    release, election = editions[0].release, editions[0].election
    value = {
        "format": "hustings-status",
        "version": 1,
        "election": election.name,
        "status": release.status,
        "release": release.number,
        "declared_at": release.at,
        "contests": {
            edition.transcript.contest.id: {
                "post": edition.transcript.contest.post,
                "elected": _elected(edition) if edition.declares else None,
                "summary": edition.headline,
                "progress": {section: _progress(edition, section) for section in edition.sections},
            }
            for edition in editions
        },
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _elected(edition: Edition) -> str | list[str] | None:
    """Who is elected; of several seats a list, in the order of their election."""
    if isinstance(edition, SeatsEdition):
        return [*edition.elected]
    return edition.winner


def _progress(edition: Edition, section: Section) -> dict[str, int | None]:
    """How many units have figures, of how many there are; nothing where units are not listed."""
    part = edition.sections[section]
    if not part.publication.units or not part.rows:
        return {"counted": None, "total": None}
    known = (row for row in part.rows if row.votes and row.standing is not Standalone.NOT_HELD)
    counted = sum(len(row.units) for row in known)
    return {"counted": counted, "total": len(part.publication.units)}
