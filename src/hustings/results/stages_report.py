"""A count for several seats as a report: the stage tables that returning officers publish."""

from collections.abc import Iterator

from hustings.counting.figures import printed_number
from hustings.counting.seats import account
from hustings.counting.seats.stages import Act, StageTranscript
from hustings.election.rulebook import Method
from hustings.results.report import Block, Heading, Report, Sentence, Table
from hustings.results.stages_presentation import by_stay, called, fate, shown, status
from hustings.units import Candidate


def of_stages(transcript: StageTranscript, election: str = "") -> Report:
    """Status, those elected, every stage with its table and sentences, and what to know of it."""
    post = transcript.contest.post
    title = post if election in ("", post) else f"{post} · {election}"
    return Report(title, tuple(_blocks(transcript)))


def _blocks(transcript: StageTranscript) -> Iterator[Block]:
    if transcript.hypothesis:
        yield Sentence(f"NOT A RESULT: a count with {transcript.hypothesis}.", "warning")
    yield Sentence(account.headline(transcript), "lead")
    yield summary(transcript)
    for number in range(1, len(transcript.stages) + 1):
        yield Heading(f"Stage {number}: {called(transcript, number)}")
        yield stage_table(transcript, number)
        yield Sentence(" ".join(account.sentences(transcript, number)))
    yield Heading("About these figures")
    yield from (Sentence(text) for text in notes(transcript))


def summary(transcript: StageTranscript) -> Table:
    """Each candidate's votes at the end of each stage, whoever was elected first on top."""
    stages = transcript.stages
    header = ("Candidate", *(f"Stage {n}" for n in range(1, len(stages) + 1)), "")
    rows = [
        (
            transcript.contest.name(name),
            *(_votes(transcript, number, name) for number in range(1, len(stages) + 1)),
            fate(transcript, name),
        )
        for name in by_stay(transcript)
    ]
    rows += [(*row, "") for row in _sums(transcript, *range(1, len(stages) + 1))]
    what = "Per cent of the college" if account.weighed(transcript) else "Votes"
    return Table(f"{what}, by stage", header, tuple(rows))


def stage_table(transcript: StageTranscript, number: int) -> Table:
    """One stage: what it gave to each candidate or took, and how the votes then stand."""
    stage = transcript.stages[number - 1]
    before = transcript.stages[number - 2] if number > 1 else None
    sections = [*stage.held]
    names = sorted(shown(transcript, number), key=lambda name: (-stage.votes[name], name))
    change = before is not None and stage.act is not Act.NEXT_SEAT
    header = ["Candidate", *(["Transfer"] if change else []), "Votes"]
    rows = []
    for name in names:
        cells = [transcript.contest.name(name)]
        if change:
            moved = account.gained(before, stage, name)
            cells.append(account.printed_votes(transcript, moved, signed=True) if moved else "")
        cells.append(account.printed_votes(transcript, stage.votes[name]))
        cells += [printed_number(stage.held[section][name]) for section in sections]
        rows.append((*cells, status(transcript, number, name)))
    header += [f"{transcript.contest.section_name(section)}\npapers" for section in sections]
    blank = [""] * len(sections)
    for label, votes in _sums(transcript, number):
        rows.append((label, *([""] if change else []), votes, *blank, ""))
    return Table(f"Stage {number}: {called(transcript, number)}", (*header, ""), tuple(rows))


def _sums(transcript: StageTranscript, *numbers: int) -> list[tuple[str, ...]]:
    """What is not transferable, what was dropped, and the quota, where there is any."""
    stages = [transcript.stages[number - 1] for number in numbers]
    rows: list[tuple[str, ...]] = []
    for label, votes in (
        ("non-transferable", [stage.non_transferable for stage in stages]),
        ("lost by dropped digits", [stage.lost for stage in stages]),
    ):
        if any(votes):
            rows.append((label, *(account.printed_votes(transcript, each) for each in votes)))
    if all(stage.quota is not None for stage in stages):
        quotas = (account.printed_votes(transcript, stage.quota) for stage in stages if stage.quota)
        rows.append(("quota", *quotas))
    return rows


def _votes(transcript: StageTranscript, number: int, name: Candidate) -> str:
    if name not in shown(transcript, number):
        return ""
    return account.printed_votes(transcript, transcript.stages[number - 1].votes[name])


def notes(transcript: StageTranscript) -> Iterator[str]:
    """What a reader should know of the figures."""
    contest = transcript.contest
    yield f"Counted by the rule book {contest.rules.name}: {contest.rules.title}."
    if contest.rules.method is Method.SINGLE_TRANSFERABLE_VOTE:
        yield account.carried_by(contest.rules)
    for choice, answer in contest.rules.overridden.items():
        told = ", ".join(answer) if isinstance(answer, list) else answer
        yield f"Other than in that book: {choice} = {told or 'none'}."
    withdrawn = [entry.name for entry in contest.candidates if entry.withdrawn]
    if withdrawn:
        yield f"Withdrawn, so that papers pass over them: {', '.join(withdrawn)}."
    for section, reasons in transcript.profile.spoiled.items():
        listed = ", ".join(f"{printed_number(n)} ({reason})" for reason, n in reasons.items())
        yield f"{contest.section_name(section)}: spoiled papers: {listed}."
