"""The head of the paper, and the words that are signed."""

from collections.abc import Iterator
from datetime import date

from hustings.counting.transcript import Transcript
from hustings.results import as_typst
from hustings.results.as_typst import brief, clean, heading, paragraph, strong
from hustings.results.declaration.wording import (
    COLOURS,
    declared,
    elects,
    lead,
    status,
    status_told,
)
from hustings.results.edition import Edition

LOOKS = """#set page(paper: "a4", flipped: {flipped}, margin: (x: 16mm, top: 20mm, bottom: 18mm),
  header: text(size: 8pt, {running}),
  footer: context text(size: 8pt)[#{told} #h(1fr) Page #counter(page).display() of
    #counter(page).final().first()])
"""
SIGNATURE = """
#block(breakable: false, above: 1.6em, below: 1.6em)[
  #grid(columns: (1fr, 1fr), column-gutter: 12mm, row-gutter: 13mm,
    [], [],
    ..("Signature", "Name in capitals", "Office", "Place, date and time").map(label =>
      block(width: 100%, stroke: (top: 0.5pt), inset: (top: 3pt), text(size: 8pt, label))))
]
"""


def opening(edition: Edition, transcript: Transcript, title: str, *, wide: bool) -> Iterator[str]:
    """The title and how final the paper is, then what it is about."""
    election, release = edition.election, edition.release
    final = status(edition)
    yield as_typst.prelude(
        f"{title}: {clean(election.name)} ({final})", as_typst.ids_of(edition.transcript.contest)
    )
    yield LOOKS.format(
        flipped="true" if wide else "false",
        running=as_typst.literal(f"{final} · {brief(election.name)}"),
        told=as_typst.literal(f"{title}, release {release.number}"),
    )
    # No table of figures may separate the paper from how final it is.
    yield (
        f'\n#block(width: 100%, inset: 6pt, stroke: 1.2pt + rgb("{COLOURS[release.status]}"))'
        f"[#strong({as_typst.literal(final)}): {as_typst.text(status_told(edition))}]\n"
    )
    if election.organisation:
        yield paragraph(brief(election.organisation, 2 * as_typst.NAME))
    yield f"#title({as_typst.literal(title)})\n"
    yield strong(brief(election.name, 2 * as_typst.NAME))
    yield _facts(edition, transcript)


def _facts(edition: Edition, transcript: Transcript) -> str:
    release = edition.release
    facts = [("Post", transcript.contest.post), ("Release", str(release.number))]
    facts += [
        (clean(act).replace("_", " ").capitalize(), day.isoformat()) for act, day in _dates(edition)
    ]
    facts += [
        ("Time of the release", clean(release.at)),
        ("Approved by", brief(release.approved_by)),
        ("Reason for this release", clean(release.reason)),
    ]
    lines = (
        f"/ #{as_typst.literal(label)}: {as_typst.text(value)}" for label, value in facts if value
    )
    return "\n" + "\n".join(lines) + "\n\n"


def _dates(edition: Edition) -> list[tuple[str, date]]:
    return sorted(edition.election.dates.items(), key=lambda item: (item[1], item[0]))


def to_be_signed(edition: Edition, transcript: Transcript) -> Iterator[str]:
    """What is declared, who won, and room to sign."""
    yield heading("Declaration" if elects(edition) else "What this paper says")
    yield paragraph(declared(edition, transcript))
    yield strong(lead(edition, transcript))
    yield SIGNATURE
