"""The declaration of a result and its count sheet, as documents to be typeset and signed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from hustings.ballots.paper import Rebuilt
from hustings.counting import account
from hustings.counting.figures import (
    printed_number,
    printed_points,
    printed_section,
    printed_total,
    share,
    told_papers,
)
from hustings.counting.transcript import Elected, Round, Transcript
from hustings.election.publication import Status
from hustings.election.rulebook import CollegeUse, Denominator, Method, PrintedOf, SectionFigure
from hustings.results import as_typst
from hustings.results.as_typst import Grid, brief, clean, heading, paragraph, strong, table
from hustings.results.edition import Edition, SectionEdition
from hustings.results.report import NONE, RECONSTRUCTED, by_stay, whole
from hustings.units import Candidate, Papers, Section, percent

TITLES = {
    Status.PROVISIONAL: "Provisional result",
    Status.DECLARED: "Declaration of result",
    Status.CORRECTED: "Corrected declaration of result",
    Status.WITHDRAWN: "Withdrawn result",
}
COLOURS = {
    Status.PROVISIONAL: "#8a4b00",
    Status.DECLARED: "#0b5d1e",
    Status.CORRECTED: "#5b2a86",
    Status.WITHDRAWN: "#a11212",
}
# What stands beside one another on a page: sections, and rounds after the first.
SECTIONS_ABREAST, ROUNDS_ABREAST = 4, 6
# Cells of tables in one document: so many take about a second to set.
CELLS = 8_000
# More transfers than these in one round are left to the data files.
TRANSFERS = 200
# A sentence that names a thousand candidates is cut.
SENTENCE = 1_500

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


def source(edition: Edition) -> str:
    """The declaration as typst: what is declared, room to sign, and the figures it rests on.

    The words are those of the release's status: only a declared or corrected release of a
    count that elected somebody declares anybody elected.
    """
    transcript = worded(edition)
    return "".join(
        [
            *_opening(edition, transcript, TITLES[edition.release.status], wide=False),
            *_words(edition, transcript),
            *_result(transcript),
            *_papers(edition, transcript),
            *_notes(edition, transcript),
            *_verifying(edition),
            *_closing(edition),
        ]
    )


def count_sheet(edition: Edition) -> str:
    """Every round as typst: papers, per cent and points in each section, transfers, the event.

    Of a count too long to print, the first round and the last ones have tables, and the
    others their sentence; the document says so.
    """
    transcript = worded(edition)
    return "".join(
        [
            *_opening(edition, transcript, "Count sheet", wide=True),
            paragraph(lead(edition, transcript)),
            *_rounds(transcript),
            *_notes(edition, transcript),
            *_verifying(edition),
            *_closing(edition),
        ]
    )


def worded(edition: Edition) -> Transcript:
    """The count with its names as they are printed, worded as what would be where none is declared.

    A provisional or withdrawn release must nowhere say that somebody is elected.
    """
    printed = as_typst.as_printed(edition.transcript)
    if printed.hypothesis or edition.release.status in (Status.DECLARED, Status.CORRECTED):
        return printed
    return replace(printed, hypothesis=f"{edition.release.status} figures")


def _opening(edition: Edition, transcript: Transcript, title: str, *, wide: bool) -> Iterator[str]:
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
        f"[#strong({as_typst.literal(final)}): {as_typst.text(_meaning(edition))}]\n"
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


def status(edition: Edition) -> str:
    """How final the release is, in capitals; of a count of what did not happen, that it is none."""
    if edition.transcript.hypothesis:
        return "NOT A RESULT"
    return str(edition.release.status).upper()


def _meaning(edition: Edition) -> str:
    if edition.transcript.hypothesis:
        return f"a count with {clean(edition.transcript.hypothesis)}."
    return f"{edition.release.status.meaning}."


def _words(edition: Edition, transcript: Transcript) -> Iterator[str]:
    yield heading("Declaration" if _elects(edition) else "What this paper says")
    yield paragraph(_declared(edition, transcript))
    yield strong(lead(edition, transcript))
    yield SIGNATURE


def _elects(edition: Edition) -> bool:
    final = edition.release.status in (Status.DECLARED, Status.CORRECTED)
    return final and edition.winner is not None and not edition.transcript.hypothesis


def _declared(edition: Edition, transcript: Transcript) -> str:
    """What whoever signs declares, in words that fit how final the release is."""
    if edition.transcript.hypothesis:
        return (
            "This is a count of what did not happen. It is no result and declares nobody elected."
        )
    release, post = edition.release, transcript.contest.post
    undersigned = "I, the undersigned, being charged with the conduct of this election,"
    match release.status:
        case Status.PROVISIONAL:
            return (
                f"{undersigned} release these provisional figures. They may still change, and "
                "nobody is declared elected."
            )
        case Status.WITHDRAWN:
            return (
                f"{undersigned} withdraw this result. It no longer stands, and nobody is "
                "declared elected by it. The figures below are kept as they were."
            )
    if edition.winner is None:
        return f"{undersigned} declare that nobody is elected yet to the post of {post}."
    name = transcript.contest.name(edition.winner)
    corrected = " in place of what was declared before" if _corrected(edition) else ""
    return f"{undersigned} declare{corrected} that {name} is elected to the post of {post}."


def _corrected(edition: Edition) -> bool:
    return edition.release.status is Status.CORRECTED


def lead(edition: Edition, transcript: Transcript) -> str:
    """Who won, in a sentence that fits how final the release is."""
    told = account.headline(transcript)
    if _elects(edition) or edition.winner is None:
        return told
    return f"By these figures {told}"


def _result(transcript: Transcript) -> Iterator[str]:
    rounds = transcript.rounds
    yield heading("The figures")
    yield from _round_tables(transcript, rounds[-1], len(rounds), exact=False)
    if len(rounds) > 1:
        yield table(_by_round(transcript))


def _by_round(transcript: Transcript) -> Grid:
    """Each candidate's total in the first round and the last ones, whoever stayed longest first."""
    last = len(transcript.rounds)
    numbers = [1, *range(max(2, last - ROUNDS_ABREAST + 1), last + 1)]
    gone = _gone(transcript)
    rows = tuple(
        (
            transcript.contest.name(name),
            *(_total(transcript, transcript.rounds[number - 1], name) for number in numbers),
            _fate(transcript, gone, name),
        )
        for name in by_stay(transcript)
    )
    caption = f"Per cent of {whole(transcript)}, by round"
    if len(numbers) < last:
        caption += f" (round 1 and the last {len(numbers) - 1} of {last})"
    return Grid(caption, ("Candidate", *(f"Round {n}" for n in numbers), ""), rows)


def _total(transcript: Transcript, round_: Round, name: Candidate) -> str:
    return printed_total(transcript, round_, name) if name in round_.tally.totals else ""


def _gone(transcript: Transcript) -> dict[Candidate, int]:
    """In which round each went out."""
    return {
        name: number
        for number, round_ in enumerate(transcript.rounds, 1)
        for name in (
            round_.event.outlasted if isinstance(round_.event, Elected) else round_.event.names
        )
    }


def _fate(transcript: Transcript, gone: dict[Candidate, int], name: Candidate) -> str:
    if name in gone:
        return f"out in round {gone[name]}"
    if name == transcript.winner:
        return "would be elected" if transcript.hypothesis else "elected"
    return ""


def _rounds(transcript: Transcript) -> Iterator[str]:
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
    groups = [(_section_label(transcript, section), len(labels)) for section in sections]
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


def _section_label(transcript: Transcript, section: Section) -> str:
    mark = f" {RECONSTRUCTED}" if section in transcript.reconstructed else ""
    return f"{transcript.contest.section_name(section)}{mark}"


def _of_round_1(transcript: Transcript) -> str:
    rules = transcript.contest.rules
    on_first = PrintedOf.FIRST_ROUND is rules.printed_of and rules.method is not Method.EXHAUSTIVE
    return " of the papers of round 1" if on_first or rules.base is Denominator.FIRST_ROUND else ""


def _count(transcript: Transcript, section: Section, papers: Papers) -> str:
    """A number of papers, unless the section's were rebuilt from percentages."""
    if transcript.reconstructed.get(section) is Rebuilt.FROM_SHARES:
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
    labels = (_section_label(transcript, section) for section in sections)
    return Grid(caption, ("From", "To", *labels), rows, (sums,), left=2)


@dataclass(frozen=True, slots=True)
class _Account:
    """A section's papers, or all of them; None is what is not known."""

    name: str
    issued: Papers | None
    returned: Papers | None
    spoiled: Papers | None
    valid: Papers | None

    @property
    def turnout(self) -> str:
        """Papers returned, per cent of those issued."""
        if self.returned is None or not self.issued:
            return NONE
        return f"{percent(Fraction(self.returned, self.issued), 1)}%"

    @property
    def row(self) -> tuple[str, ...]:
        """The account as it is printed."""
        papers = (self.issued, self.returned, self.spoiled, self.valid)
        told = (NONE if number is None else printed_number(number) for number in papers)
        return (self.name, *told, self.turnout)


def _papers(edition: Edition, transcript: Transcript) -> Iterator[str]:
    """The papers issued, returned, spoiled by reason and valid, and the turnout, by section."""
    if not edition.sections:
        return
    accounts = [_account(transcript, part) for part in edition.sections.values()]
    sums = (_all(accounts).row,) if len(accounts) > 1 else ()
    rows = tuple(part.row for part in accounts)
    head = ("Section", "Issued", "Returned", "Spoiled", "Valid", "Turnout")
    yield heading("The papers")
    yield table(Grid("Papers; turnout is what was returned of what was issued", head, rows, sums))
    reasons = tuple(
        (_section_label(transcript, section), clean(reason), printed_number(papers))
        for section, part in edition.sections.items()
        for reason, papers in sorted((_reasons(transcript, part) or {}).items())
    )
    if reasons:
        by_reason = ("Section", "Reason", "Papers")
        yield table(Grid("Spoiled papers, by reason", by_reason, reasons, left=2))


def _account(transcript: Transcript, part: SectionEdition) -> _Account:
    section, account_ = part.entry.id, part.account
    reasons = _reasons(transcript, part)
    spoiled = None if reasons is None else Papers(sum(reasons.values()))
    valid = None
    if account_.returned is not None and spoiled is not None:
        valid = Papers(account_.returned - spoiled)
    if transcript.reconstructed.get(section) is Rebuilt.FROM_SHARES:
        pass  # Not even the number of such papers is real.
    elif section in transcript.profiles[0].papers:
        valid = transcript.profiles[0].cast(section)
    name = _section_label(transcript, section)
    return _Account(name, account_.issued, account_.returned, spoiled, valid)


def _reasons(transcript: Transcript, part: SectionEdition) -> Mapping[str, Papers] | None:
    """The spoiled papers by reason: as reported, or else as they were found in the count."""
    if part.account.spoiled is not None:
        return part.account.spoiled
    return transcript.profiles[0].spoiled.get(part.entry.id)


def _all(accounts: list[_Account]) -> _Account:
    """The sections together; a sum is known only where every part of it is."""

    def known(papers: Iterable[Papers | None]) -> Papers | None:
        held = [number for number in papers if number is not None]
        return Papers(sum(held)) if len(held) == len(accounts) else None

    return _Account(
        "Total",
        known(part.issued for part in accounts),
        known(part.returned for part in accounts),
        known(part.spoiled for part in accounts),
        known(part.valid for part in accounts),
    )


def _notes(edition: Edition, transcript: Transcript) -> Iterator[str]:
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
    if _lots(transcript):
        yield _lots(transcript)
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


def _lots(transcript: Transcript) -> str:
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


def _verifying(edition: Edition) -> Iterator[str]:
    number = edition.release.number
    yield heading("How to verify this paper")
    yield paragraph(
        f"This paper is one file of release {number}. The release lists the SHA-256 of each of "
        "its files in SHA256SUMS: sha256sum -c SHA256SUMS shows that none was changed. Its data "
        "files hold every figure exact, as fractions, so that anybody can count again and must "
        "come to these rounds. A later release may correct this one: the release with the "
        "highest number stands."
    )


def _closing(edition: Edition) -> Iterator[str]:
    """Names too long for their place, in full, and room to say which characters are missing."""
    longer = as_typst.in_full(edition.transcript.contest)
    if longer:
        yield heading("Names in full")
    for id_, name in longer:
        yield paragraph(f"{brief(id_)}: {name}")
    yield '\n#if unprinted != "" [= Characters that are not printed\n#unprinted]\n'
