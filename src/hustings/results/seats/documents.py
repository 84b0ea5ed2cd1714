"""The declaration, the count sheet and the card of a contest for several seats, to be typeset."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from hustings.counting.seats import account
from hustings.counting.seats.stages import StageTranscript
from hustings.results import as_typst, card, stages_report
from hustings.results.as_typst import Grid, clean, heading, paragraph, strong
from hustings.results.decisions import decided
from hustings.results.declaration import TITLES
from hustings.results.declaration.front import SIGNATURE, opening
from hustings.results.declaration.notes import closing, lots, verifying
from hustings.results.declaration.paper_account import account_of_papers
from hustings.results.declaration.wording import signed
from hustings.results.edition import SeatsEdition
from hustings.results.report import Table
from hustings.results.seats.pages import TOTALS
from hustings.results.stages_presentation import called

# So many columns of votes have room beside the names, upright and across.
UPRIGHT, ACROSS = 6, 10
# A longer count would fill hundreds of pages: its first stage and the last ones have tables.
MOST_TABLES = 60


def documents(edition: SeatsEdition) -> dict[str, str]:
    """Each document as typst, by the name of its file."""
    return {
        "declaration.pdf": declaration(edition),
        "count-sheet.pdf": count_sheet(edition),
        "card.png": card.of_sentence(edition, _lead(edition, _printed(edition))),
    }


def declaration(edition: SeatsEdition) -> str:
    """What is declared, room to sign, and the votes by stage that it rests on.

    Only a declared or corrected release declares anybody elected.
    """
    transcript = as_typst.as_printed(edition.transcript)
    stages = _printed(edition)
    title = TITLES[edition.release.status]
    return "".join(
        [
            *opening(edition, transcript, title, wide=False),
            heading("Declaration" if edition.declares else "What this paper says"),
            paragraph(_declared(edition, stages)),
            strong(_lead(edition, stages)),
            SIGNATURE,
            *_ends(stages),
            *account_of_papers(edition, transcript),
            *_notes(edition, stages),
            *verifying(edition, "stages"),
            *closing(edition),
        ]
    )


def count_sheet(edition: SeatsEdition) -> str:
    """The votes by stage, then every stage with its table and what it did."""
    transcript = as_typst.as_printed(edition.transcript)
    stages = _printed(edition)
    return "".join(
        [
            *opening(edition, transcript, "Count sheet", wide=True),
            paragraph(_lead(edition, stages)),
            *_summary(stages, ACROSS),
            *_every_stage(stages),
            *_notes(edition, stages),
            *verifying(edition, "stages"),
            *closing(edition),
        ]
    )


def _printed(edition: SeatsEdition) -> StageTranscript:
    """The stages with every name as it is printed, worded as the release's status has it."""
    printed = as_typst.as_printed(edition.transcript).contest
    return replace(edition.worded_stages, contest=printed)


def _lead(edition: SeatsEdition, stages: StageTranscript) -> str:
    told = account.headline(stages)
    return told if edition.declares else f"By these figures {told}"


def _declared(edition: SeatsEdition, stages: StageTranscript) -> str:
    """What whoever signs declares, in words that fit how final the release is."""
    names = account.names_told(stages.contest, stages.elected)
    verb = "is" if len(stages.elected) == 1 else "are"
    return signed(edition, f"{names} {verb} elected: {stages.contest.post}")


def _summary(stages: StageTranscript, wide: int) -> Iterator[str]:
    """The votes by stage, in as many tables as the paper's width asks for."""
    table = stages_report.summary(stages)
    yield heading("Votes by stage")
    for at in range(1, len(table.header) - 1, wide):
        yield _table(_columns(table, [0, *range(at, min(at + wide, len(table.header) - 1)), -1]))


def _ends(stages: StageTranscript) -> Iterator[str]:
    """The votes by stage; of a long count the first stage and the last ones, in one table."""
    if len(stages.stages) <= 2 * UPRIGHT:
        yield from _summary(stages, UPRIGHT)
        return
    table = stages_report.summary(stages)
    last = len(table.header) - 1
    kept = _columns(table, [0, 1, *range(last - UPRIGHT + 1, last), -1])
    yield heading("Votes by stage")
    yield _table(replace(kept, caption=f"{table.caption}: the first and the last {UPRIGHT - 1}"))
    yield paragraph(f"The count sheet of this release has all {len(stages.stages)} stages.")


def _columns(table: Table, kept: Sequence[int]) -> Table:
    rows = (table.header, *table.rows)
    header, *body = (tuple(row[at] for at in kept) for row in rows)
    return replace(table, header=header, rows=tuple(body))


def _table(table: Table) -> str:
    head = tuple(cell.replace("\n", " ") or "Outcome" for cell in table.header)
    rows = tuple(row for row in table.rows if row[0] not in TOTALS)
    totals = tuple(row for row in table.rows if row[0] in TOTALS)
    return as_typst.table(Grid(table.caption, head, rows, totals))


def _every_stage(stages: StageTranscript) -> Iterator[str]:
    many = len(stages.stages)
    for number in range(1, many + 1):
        yield heading(f"Stage {number}: {called(stages, number)}", 2)
        yield paragraph(" ".join(account.sentences(stages, number)))
        if number == 1 or many - number < MOST_TABLES:
            yield _table(stages_report.stage_table(stages, number))


def _notes(edition: SeatsEdition, stages: StageTranscript) -> Iterator[str]:
    """What a reader should know of the figures."""
    yield heading("About these figures")
    told = [*stages_report.notes(stages), *filter(None, [lots(edition.transcript)])]
    told += map(clean, decided(stages.contest, edition.ties))
    told.append(
        "Every printed figure is rounded once from the exact one, so that a column may not add up "
        "to its total."
    )
    for note in (*told, *map(clean, edition.notes)):
        yield f"- {as_typst.text(note)}\n"
    yield "\n"
