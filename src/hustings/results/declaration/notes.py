"""What a reader of the paper should know of its figures, and how to check them."""

from collections.abc import Iterator

from hustings.counting.figures import told_papers
from hustings.counting.transcript import Transcript
from hustings.election.rulebook import CollegeUse
from hustings.results import as_typst
from hustings.results.as_typst import brief, clean, heading, paragraph
from hustings.results.decisions import decided
from hustings.results.edition import Edition
from hustings.results.report import RECONSTRUCTED


def notes(edition: Edition, transcript: Transcript) -> Iterator[str]:
    """What a reader should know of the figures."""
    yield heading("About these figures")
    for told in _told(edition, transcript):
        yield f"- {as_typst.text(told)}\n"
    yield "\n"


def _told(edition: Edition, transcript: Transcript) -> Iterator[str]:
    contest = transcript.contest
    rules, quota = contest.rules, transcript.rounds[0].tally.quota
    yield f"Counted by the rule book {clean(rules.name)}: {clean(rules.title)}."
    for choice, answer in rules.overridden.items():
        told = ", ".join(map(str, answer)) if isinstance(answer, list) else answer
        yield f"Other than in that book: {choice} = {told or 'none'}."
    yield from _weighed(transcript)
    withdrawn = [entry.name for entry in contest.candidates if entry.withdrawn]
    if withdrawn:
        yield f"Withdrawn, so that papers pass over them: {', '.join(withdrawn)}."
    if quota.papers:
        yield f"The quota is {told_papers(quota.papers)}."
    if lots(transcript):
        yield lots(transcript)
    yield from map(clean, decided(contest, edition.ties))
    yield (
        "Every printed figure is rounded once from the exact one, so that a column may not add up "
        "to its total."
    )
    for section, rebuilt in transcript.reconstructed.items():
        yield (
            f"{RECONSTRUCTED} {contest.section_name(section)}: rankings reconstructed "
            f"{rebuilt.meaning}. Nobody cast these papers; they give the published figures."
        )
    yield from _published(edition)
    yield from map(clean, edition.notes)


def _weighed(transcript: Transcript) -> Iterator[str]:
    """Which part of the college each section commands, where they are weighed."""
    contest = transcript.contest
    if contest.rules.college is CollegeUse.POOLED or len(contest.sections) == 1:
        return
    parts = (f"{contest.section_name(s)} {part}" for s, part in contest.college.weights.items())
    yield f"Each section commands a part of the college: {', '.join(parts)}."


def lots(transcript: Transcript) -> str:
    """The lot that was drawn or computed, if the election has one."""
    decisions = transcript.contest.decisions
    if decisions.lot:
        names = ", ".join(transcript.contest.name(name) for name in decisions.lot)
        by = f" ({clean(decisions.drawn_by)})" if decisions.drawn_by else ""
        return f"Lots were drawn{by}, the first drawn to go first: {names}."
    if decisions.seed:
        of = f" ({clean(decisions.seed_source)})" if decisions.seed_source else ""
        return f"Lots are computed from the seed {clean(decisions.seed)}{of}."
    return ""


def _published(edition: Edition) -> Iterator[str]:
    """What else was printed of this count, and where it differs."""
    found = edition.reconciliation
    if found is None:
        return
    agreeing = found.compared - len(found.differences)
    yield f"{agreeing} of {found.compared} published figures agree to the last decimal."
    for difference in found.misprints:
        yield f"Known misprint: {clean(str(difference))}."
    for difference in found.unexplained:
        yield f"DISAGREES with what was published: {clean(str(difference))}."


def verifying(edition: Edition, steps: str = "rounds") -> Iterator[str]:
    """How anybody can check the paper, and count again and come to the same steps."""
    number = edition.release.number
    yield heading("How to verify this paper")
    yield paragraph(
        f"This paper is one file of release {number}. The release lists the SHA-256 of each of "
        "its files in SHA256SUMS: sha256sum -c SHA256SUMS shows that none was changed. Its data "
        "files hold every figure exact, as fractions, so that anybody can count again and must "
        f"come to these {steps}. A later release may correct this one: the release with the "
        "highest number stands."
    )


def closing(edition: Edition) -> Iterator[str]:
    """Names too long for their place, in full, and room to say which characters are missing."""
    longer = as_typst.in_full(edition.transcript.contest)
    if longer:
        yield heading("Names in full")
    for id_, name in longer:
        yield paragraph(f"{brief(id_)}: {name}")
    yield '\n#if unprinted != "" [= Characters that are not printed\n#unprinted]\n'
