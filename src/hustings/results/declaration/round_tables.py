"""The rounds as tables that fit on a page."""

from collections.abc import Iterator

from hustings.counting import account
from hustings.counting.figures import (
    printed_number,
    printed_points,
    printed_section,
    printed_total,
    share,
)
from hustings.counting.transcript import Round, Transcript
from hustings.election.rulebook import Denominator, Method, PrintedOf, SectionFigure
from hustings.results.as_typst import Grid, heading, paragraph, table
from hustings.results.presentation import by_stay, fates, whole
from hustings.results.report import NONE, RECONSTRUCTED
from hustings.units import Candidate, Papers, Section, percent

# What stands beside one another on a page: sections, and rounds after the first.
SECTIONS_ABREAST, ROUNDS_ABREAST = 4, 6
# Cells of tables in one document: so many take about a second to set.
CELLS = 8_000
# More transfers than these in one round are left to the data files.
TRANSFERS = 200
# A sentence that names a thousand candidates is cut.
SENTENCE = 1_500


def last_round_and_totals(transcript: Transcript) -> Iterator[str]:
    """The last round, and each candidate's total by round."""
    rounds = transcript.rounds
    yield heading("The figures")
    yield from _round_tables(transcript, rounds[-1], len(rounds), exact=False)
    if len(rounds) > 1:
        yield table(_by_round(transcript))


def _by_round(transcript: Transcript) -> Grid:
    """Each candidate's total in the first round and the last ones, whoever stayed longest first."""
    last = len(transcript.rounds)
    numbers = [1, *range(max(2, last - ROUNDS_ABREAST + 1), last + 1)]
    fate = fates(transcript)
    rows = tuple(
        (
            transcript.contest.name(name),
            *(_total(transcript, transcript.rounds[number - 1], name) for number in numbers),
            fate.get(name, ""),
        )
        for name in by_stay(transcript)
    )
    caption = f"Per cent of {whole(transcript)}, by round"
    if len(numbers) < last:
        caption += f" (round 1 and the last {len(numbers) - 1} of {last})"
    return Grid(caption, ("Candidate", *(f"Round {n}" for n in numbers), ""), rows)


def _total(transcript: Transcript, round_: Round, name: Candidate) -> str:
    return printed_total(transcript, round_, name) if name in round_.tally.totals else ""


def every_round(transcript: Transcript) -> Iterator[str]:
    """Each round with its tables, as far as the paper goes, and what happened in it."""
    tabled = _tabled(transcript)
    if len(tabled) < len(transcript.rounds):
        yield paragraph(
            f"The count has {len(transcript.rounds)} rounds. Tables are printed of round 1 and "
            "of the last ones, as far as the paper goes; of the others it is told what happened. "
            "The data files of this release have every round."
        )
    told = account.events(transcript) if len(tabled) == len(transcript.rounds) else None
    for number, round_ in enumerate(transcript.rounds, 1):
        yield heading(f"Round {number}")
        if number in tabled:
            yield from _round_tables(transcript, round_, number, exact=True)
            yield from _transfer_tables(transcript, round_, number)
        yield paragraph(_cut(next(told) if told else _short(transcript, round_)))


def _short(transcript: Transcript, round_: Round) -> str:
    """What happened in a round, without where each paper went, which may be a thousand places."""
    told = account.reason(transcript, round_)
    tie = round_.event.tie
    return f"{told} {account.tie_told(transcript.contest, tie)}" if tie else told


def _cut(sentence: str) -> str:
    if len(sentence) <= SENTENCE:
        return sentence
    return f"{sentence[:SENTENCE].rsplit(' ', 1)[0]} … (cut: the data files have the whole)"


def _tabled(transcript: Transcript) -> set[int]:
    """The rounds that have tables: the first, and back from the last while there is room."""
    last = len(transcript.rounds)
    tabled, room = {1, last}, CELLS
    for number in (1, *range(last, 1, -1)):
        round_ = transcript.rounds[number - 1]
        columns = 2 + 4 * len(round_.tally.held)
        room -= columns * (len(round_.tally.totals) + 2)
        if room < 0:
            break
        tabled.add(number)
    return tabled


def _round_tables(
    transcript: Transcript, round_: Round, number: int, *, exact: bool
) -> Iterator[str]:
    """The round's papers and figures, four sections to a table; `exact`: per cent and points."""
    sections = [*round_.tally.held]
    for start in range(0, len(sections), SECTIONS_ABREAST):
        abreast = sections[start : start + SECTIONS_ABREAST]
        caption = f"Round {number}: papers, and per cent{_of_round_1(transcript)}"
        if len(sections) > SECTIONS_ABREAST:
            caption += f"; sections {start + 1} to {start + len(abreast)} of {len(sections)}"
        yield table(_round_grid(transcript, round_, abreast, caption, exact=exact))


def _round_grid(
    transcript: Transcript, round_: Round, sections: list[Section], caption: str, *, exact: bool
) -> Grid:
    tally, rules = round_.tally, transcript.contest.rules
    weighed = len(tally.held) > 1
    labels = _labels(transcript, weighed=weighed, exact=exact)
    names = sorted(tally.totals, key=lambda name: (-tally.totals[name], name))
    rows = []
    for name in names:
        row = [transcript.contest.name(name)]
        for section in sections:
            row += _figures(transcript, round_, section, name, len(labels))
        rows.append((*row, *([printed_total(transcript, round_, name)] if weighed else [])))
    in_play = [percent(tally.in_play, rules.total_places, rules.rounding)] if weighed else []
    blank = [""] * (len(labels) - 1)
    sums = [["Continuing"], ["Non-transferable"]]
    for section in sections:
        sums[0] += [_count(transcript, section, tally.continuing(section)), *blank]
        sums[1] += [_count(transcript, section, tally.non_transferable[section]), *blank]
    groups = [(section_label(transcript, section), len(labels)) for section in sections]
    return Grid(
        caption,
        ("Candidate", *_heads(transcript, sections, labels), *(["% of college"] * weighed)),
        tuple(rows),
        ((*sums[0], *in_play), (*sums[1], *([""] * weighed))),
        (("", 1), *groups, *([("Total", 1)] * weighed)),
    )


def _heads(transcript: Transcript, sections: list[Section], labels: list[str]) -> list[str]:
    papers_are = {entry.id: entry.papers_are for entry in transcript.contest.sections}
    return [
        cell for section in sections for cell in (papers_are.get(section, "papers"), *labels[1:])
    ]


def _labels(transcript: Transcript, *, weighed: bool, exact: bool) -> list[str]:
    """What is printed of a section: papers, and per cent of it, of the college, or of both."""
    if not weighed:
        return ["papers", "% of papers"]
    if exact:
        return ["papers", "% of section", "% of college"]
    on_points = transcript.contest.rules.section_figure is SectionFigure.POINTS
    return ["papers", "% of college" if on_points else "% of section"]


def _figures(
    transcript: Transcript, round_: Round, section: Section, name: Candidate, columns: int
) -> list[str]:
    papers = _count(transcript, section, round_.tally.held[section][name])
    if columns == 2:
        return [papers, printed_section(transcript, round_, section, name)]
    rules = transcript.contest.rules
    part = share(transcript, round_, section, name)
    return [
        papers,
        percent(part, rules.section_places, rules.rounding),
        printed_points(transcript, round_, section, name),
    ]


def section_label(transcript: Transcript, section: Section) -> str:
    """The section's name, with a mark where its papers were rebuilt from totals."""
    mark = f" {RECONSTRUCTED}" if section in transcript.reconstructed else ""
    return f"{transcript.contest.section_name(section)}{mark}"


def _of_round_1(transcript: Transcript) -> str:
    rules = transcript.contest.rules
    on_first = PrintedOf.FIRST_ROUND is rules.printed_of and rules.method is not Method.EXHAUSTIVE
    return " of the papers of round 1" if on_first or rules.base is Denominator.FIRST_ROUND else ""


def _count(transcript: Transcript, section: Section, papers: Papers) -> str:
    """A number of papers, unless the section's were rebuilt from percentages."""
    if transcript.unreal(section):
        return NONE
    return printed_number(papers)


def _transfer_tables(transcript: Transcript, round_: Round, number: int) -> Iterator[str]:
    """Where the papers of those who went out passed to, in each section."""
    if not round_.transfers:
        return
    moved: dict[tuple[Candidate, str], dict[Section, int]] = {}
    for transfer in round_.transfers:
        by_section = moved.setdefault((transfer.source, transfer.to or ""), {})
        by_section[transfer.section] = by_section.get(transfer.section, 0) + transfer.papers
    if len(moved) > TRANSFERS:
        yield paragraph(f"{len(moved)} transfers followed; the data files have each of them.")
        return
    sections, caption = [*round_.tally.held], f"Papers that passed on after round {number}"
    for start in range(0, len(sections), 2 * SECTIONS_ABREAST):
        abreast = sections[start : start + 2 * SECTIONS_ABREAST]
        yield table(_transfer_grid(transcript, moved, abreast, caption))


def _transfer_grid(
    transcript: Transcript,
    moved: dict[tuple[Candidate, str], dict[Section, int]],
    sections: list[Section],
    caption: str,
) -> Grid:
    called = transcript.contest.name
    # Where they were not transferable they stand last.
    ordered = sorted(moved, key=lambda move: (move[0], not move[1], move[1]))
    rows = tuple(
        (
            called(source_),
            called(Candidate(to)) if to else "non-transferable",
            *(
                _count(transcript, section, Papers(moved[source_, to].get(section, 0)))
                for section in sections
            ),
        )
        for source_, to in ordered
    )
    sums = (
        "Total",
        "",
        *(
            _count(transcript, s, Papers(sum(by.get(s, 0) for by in moved.values())))
            for s in sections
        ),
    )
    labels = (section_label(transcript, section) for section in sections)
    return Grid(caption, ("From", "To", *labels), rows, (sums,), left=2)
