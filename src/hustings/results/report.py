"""A count as a report: headings, sentences, tables and pictures, before any format."""

from collections.abc import Iterator
from dataclasses import dataclass

from hustings.audit.published import Reconciliation
from hustings.counting import account
from hustings.counting.figures import printed_number, printed_section, printed_total, told_papers
from hustings.counting.transcript import Round, Transcript
from hustings.election.rulebook import PrintedOf, SectionFigure
from hustings.results.pictures.college_bar import draw_rounds
from hustings.results.presentation import by_stay as by_stay
from hustings.results.presentation import fates
from hustings.results.presentation import whole as whole
from hustings.units import Candidate, Papers, Section, percent


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of what follows."""

    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A paragraph; `tone` is plain, lead (who won) or warning (what a reader must know)."""

    text: str
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as they are printed; the first column names the row, a header may have two lines."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as SVG; the tables beside it say the same in words."""

    svg: str


Block = Heading | Sentence | Table | Picture


@dataclass(frozen=True, slots=True)
class Report:
    """What a reader is shown, top to bottom."""

    title: str
    blocks: tuple[Block, ...]


NONE = "–"
# Stands beside whatever was not cast but rebuilt from published totals.
RECONSTRUCTED = "†"


def of_count(
    transcript: Transcript,
    election: str = "",
    reconciliation: Reconciliation | None = None,
    key: str = "",
) -> Report:
    """Status, winner, last round, every round with its sentence, and what to know about it.

    Pictures are drawn where there is a `key`, which makes the ids in them unlike those of
    another report on the same page.
    """
    contest = transcript.contest
    title = contest.post if election in ("", contest.post) else f"{contest.post} · {election}"
    return Report(title, tuple(_blocks(transcript, reconciliation, key)))


def _blocks(
    transcript: Transcript, reconciliation: Reconciliation | None, key: str
) -> Iterator[Block]:
    if transcript.hypothesis:
        yield Sentence(f"NOT A RESULT: a count with {transcript.hypothesis}.", "warning")
    yield Sentence(account.headline(transcript), "lead")
    yield summary(transcript)
    if key:
        yield Picture(draw_rounds(transcript, key))
    told = account.events(transcript)
    for number, (round_, sentence) in enumerate(zip(transcript.rounds, told, strict=True), 1):
        yield Heading(f"Round {number}")
        yield round_table(transcript, round_, number)
        yield Sentence(sentence)
    yield Heading("About these figures")
    yield from (Sentence(text, tone) for text, tone in notes(transcript, reconciliation))


def summary(transcript: Transcript) -> Table:
    """Each candidate's total in each round, whoever stayed longest first."""
    rounds = transcript.rounds
    header = ("Candidate", *(f"Round {n}" for n in range(1, len(rounds) + 1)), "")
    fate = fates(transcript)
    rows = tuple(
        (
            transcript.contest.name(name),
            *(_total(transcript, round_, name) for round_ in rounds),
            fate.get(name, ""),
        )
        for name in by_stay(transcript)
    )
    return Table(f"Per cent of {whole(transcript)}, by round", header, rows)


def round_table(transcript: Transcript, round_: Round, number: int) -> Table:
    """One round: papers and printed figure in each section, and the total."""
    tally = round_.tally
    names = sorted(tally.totals, key=lambda name: (-tally.totals[name], name))
    sections = [*tally.held]
    rows = [_row(transcript, round_, name) for name in names]
    rows.append(_sums(transcript, round_))
    if any(tally.non_transferable.values()):
        dropped = (
            cell
            for section in sections
            for cell in (_papers(transcript, section, tally.non_transferable[section]), "")
        )
        rows.append(("non-transferable", *dropped, *([""] if len(sections) > 1 else [])))
    caption = f"Round {number}: {_whole_figure(transcript)}"
    return Table(caption, _header(transcript, sections), tuple(rows))


def _header(transcript: Transcript, sections: list[Section]) -> tuple[str, ...]:
    contest, cells = transcript.contest, ["Candidate"]
    named = {entry.id: entry for entry in contest.sections}
    on_points = contest.rules.section_figure is SectionFigure.POINTS
    for section in sections:
        entry = named.get(section)
        mark = f" {RECONSTRUCTED}" if section in transcript.reconstructed else ""
        papers_are = entry.papers_are if entry else "papers"
        cells.append(f"{contest.section_name(section)}{mark}\n{papers_are}")
        of = "college" if on_points else "section"
        of = "papers" if len(sections) == 1 else of
        cells.append(f"\n% of {of}{_of_round_1(transcript)}")
    if len(sections) > 1:
        cells.append("Total\n% of college")
    return tuple(cells)


def _whole_figure(transcript: Transcript) -> str:
    """What the figures beside the papers are taken of, for a caption."""
    if len(transcript.rounds[0].tally.held) == 1:
        return "papers"
    on_points = transcript.contest.rules.section_figure is SectionFigure.POINTS
    return f"papers, and per cent of the {'college' if on_points else 'section'}"


def _of_round_1(transcript: Transcript) -> str:
    first = transcript.contest.rules.printed_of is PrintedOf.FIRST_ROUND
    return " in round 1" if first else ""


def _row(transcript: Transcript, round_: Round, name: Candidate) -> tuple[str, ...]:
    cells = [transcript.contest.name(name)]
    for section, held in round_.tally.held.items():
        cells.append(_papers(transcript, section, held[name]))
        cells.append(printed_section(transcript, round_, section, name))
    if len(round_.tally.held) > 1:
        cells.append(printed_total(transcript, round_, name))
    return tuple(cells)


def _sums(transcript: Transcript, round_: Round) -> tuple[str, ...]:
    tally, rules = round_.tally, transcript.contest.rules
    cells = ["continuing"]
    for section in tally.held:
        cells.append(_papers(transcript, section, tally.continuing(section)))
        cells.append("")
    if len(tally.held) > 1:
        cells.append(percent(tally.in_play, rules.total_places, rules.rounding))
    return tuple(cells)


def _papers(transcript: Transcript, section: Section, papers: Papers) -> str:
    """A number of papers, unless the section's were rebuilt from percentages."""
    if transcript.unreal(section):
        return NONE
    return printed_number(papers)


def _total(transcript: Transcript, round_: Round, name: Candidate) -> str:
    if name not in round_.tally.totals:
        return ""
    return printed_total(transcript, round_, name)


def notes(
    transcript: Transcript, reconciliation: Reconciliation | None
) -> Iterator[tuple[str, str]]:
    """What a reader should know of the figures: each sentence and its tone."""
    contest = transcript.contest
    yield f"Counted by the rule book {contest.rules.name}: {contest.rules.title}.", "plain"
    for choice, answer in contest.rules.overridden.items():
        told = ", ".join(answer) if isinstance(answer, list) else answer
        yield f"Other than in that book: {choice} = {told or 'none'}.", "plain"
    withdrawn = [entry.name for entry in contest.candidates if entry.withdrawn]
    if withdrawn:
        yield f"Withdrawn, so that papers pass over them: {', '.join(withdrawn)}.", "plain"
    quota = transcript.rounds[0].tally.quota
    if quota.papers:
        yield f"The quota is {told_papers(quota.papers)}.", "plain"
    for section, rebuilt in transcript.reconstructed.items():
        yield (
            f"{RECONSTRUCTED} {contest.section_name(section)}: reconstructed {rebuilt.meaning}. "
            f"Nobody cast these papers; {_worth(transcript)}.",
            "warning",
        )
    for section, reasons in transcript.profiles[0].spoiled.items():
        told = ", ".join(f"{printed_number(n)} ({reason})" for reason, n in reasons.items())
        yield f"{contest.section_name(section)}: spoiled papers: {told}.", "plain"
    if reconciliation:
        yield from _reconciled(reconciliation)


def _worth(transcript: Transcript) -> str:
    if transcript.hypothesis:
        return "counted otherwise, they show what could have been, and prove nothing"
    return "they give the published figures"


def _reconciled(found: Reconciliation) -> Iterator[tuple[str, str]]:
    agreeing = found.compared - len(found.differences)
    yield f"{agreeing} of {found.compared} published figures agree to the last decimal.", "plain"
    for difference in found.misprints:
        yield f"Known misprint: {difference}.", "plain"
    for difference in found.unexplained:
        yield f"DISAGREES with what was published: {difference}.", "warning"
    for figure in found.idle:
        yield (
            f"An erratum explains nothing: round {figure.round}, {figure.section}, "
            f"{figure.candidate} agrees.",
            "warning",
        )
