"""A count as CSV: one row for a round, section and candidate."""

import csv
from collections.abc import Iterator
from io import StringIO

from hustings.counting import figures
from hustings.counting.transcript import Elected, Round, Transcript
from hustings.units import Candidate, Section, exact, percent

HEADER = (
    "round",
    "section",
    "candidate",
    "name",
    "votes",
    "share_exact",
    "share_percent",
    "points_exact",
    "points_percent",
    "event",
    "reconstructed",
    "hypothesis",
)


def write(transcript: Transcript) -> Iterator[str]:
    """Header and rows; the section `COLLEGE` holds the totals."""
    yield line(HEADER)
    for number, round_ in enumerate(transcript.rounds, 1):
        for section in round_.tally.held:
            for name in round_.tally.totals:
                yield _section_row(transcript, number, section, name)
        for name in round_.tally.totals:
            yield _total_row(transcript, number, name)


def _section_row(transcript: Transcript, number: int, section: Section, name: Candidate) -> str:
    round_ = transcript.rounds[number - 1]
    share = figures.share(transcript, round_, section, name)
    return line(
        (
            number,
            section,
            name,
            transcript.contest.name(name),
            round_.tally.held[section][name],
            exact(share),
            percent(share, 3),
            exact(round_.tally.points[section][name]),
            figures.printed_points(transcript, round_, section, name),
            "",
            transcript.reconstructed.get(section, ""),
            transcript.hypothesis,
        )
    )


def _total_row(transcript: Transcript, number: int, name: Candidate) -> str:
    round_ = transcript.rounds[number - 1]
    return line(
        (
            number,
            "COLLEGE",
            name,
            transcript.contest.name(name),
            "",
            "",
            "",
            exact(round_.tally.totals[name]),
            figures.printed_total(transcript, round_, name),
            _event(round_, name),
            "",
            transcript.hypothesis,
        )
    )


def _event(round_: Round, name: Candidate) -> str:
    event = round_.event
    if isinstance(event, Elected):
        return "elected" if name == event.name else "out" if name in event.outlasted else ""
    return "eliminated" if name in event.names else ""


def line(cells: tuple[object, ...]) -> str:
    """One row of CSV."""
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()
