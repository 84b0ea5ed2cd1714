"""What a section's papers answer: how many there were, and where they passed.

No number of papers is stated where only percentages were published.
"""

from collections.abc import Container, Iterable, Iterator, Sequence

from hustings.ballots.paper import Rebuilt
from hustings.counting.figures import printed_number
from hustings.counting.transcript import Elected, Eliminated, Round, Transfer
from hustings.results import sql
from hustings.results.facts.fact import Coverage, Fact, Scope, capped, figures, rate
from hustings.results.words import MOST_NAMES, counted, listed
from hustings.units import Candidate, Section


def facts(scope: Scope, section: Section) -> Iterator[Fact]:
    """Every fact of one section's papers by round."""
    yield from _papers(scope, section)
    yield from _reasons(scope, section)
    yield from _transfers(scope, section)


def paper_account(scope: Scope, section: Section) -> dict[str, int]:
    """The section's papers, as far as they are known: valid, spoiled, returned, issued."""
    account = scope.edition.sections[section].account
    found: dict[str, int | None] = {"issued": account.issued, "returned": account.returned}
    reasons = scope.edition.spoiled(section)
    found["spoiled"] = None if reasons is None else sum(reasons.values())
    found["valid"] = scope.edition.valid(section)
    known = {name: number for name, number in found.items() if number is not None}
    if {"valid", "spoiled"} <= known.keys():
        known.setdefault("returned", known["valid"] + known["spoiled"])
    return known


# Per cent of a section's papers: what it is called, the part and the whole.
_RATES = (("turnout", "returned", "issued"), ("spoiled-rate", "spoiled", "returned"))
# Where each figure stands in the table of sections.
_COLUMNS = {
    "issued": "issued",
    "returned": "coalesce(returned, valid + spoiled)",
    "spoiled": "spoiled",
    "valid": "valid",
}


def _papers(scope: Scope, section: Section) -> Iterator[Fact]:
    known = paper_account(scope, section)
    if not known:
        return
    parts = {
        name: (known[part], known[whole])
        for name, part, whole in _RATES
        if part in known and known.get(whole)
    }
    percent = {name: rate(*part) for name, part in parts.items()}
    printed = {name: printed_number(known[name]) for name in _COLUMNS if name in known}
    told = [f"{number} {name}" for name, number in printed.items()]
    if "turnout" in percent:
        told.append(f"a turnout of {percent['turnout']} per cent")
    lacking = [name for name in _COLUMNS if name not in known]
    yield Fact(
        f"{section}-papers",
        f"How many papers had {scope.section(section)}?",
        "Papers issued, returned, spoiled and formal (valid); turnout is returned of issued, and "
        "the rate of spoiled papers is spoiled of returned.",
        f"{scope.section(section)}: {listed(told)}.",
        Coverage(len(known), 4, "figures", f"not known: {listed(lacking)}" if lacking else ""),
        _papers_query(section, known, parts),
        section,
        figures(known) | percent,
        parts,
        ("Papers", "Number"),
        tuple((name.capitalize(), number) for name, number in printed.items()),
    )


def _papers_query(section: Section, known: Iterable[str], rates: Container[str]) -> str:
    queries = [f"'{name}' AS key, {_COLUMNS[name]} AS value" for name in known]
    queries += [
        f"'{name}' AS key, {sql.rate(_COLUMNS[part], _COLUMNS[whole])} AS value"
        for name, part, whole in _RATES
        if name in rates
    ]
    of = f" FROM sections WHERE id = {sql.text(section)}"
    return " UNION ALL ".join(f"SELECT {query}{of}" for query in queries)


def _reasons(scope: Scope, section: Section) -> Iterator[Fact]:
    spoiled = scope.edition.spoiled(section)
    if not spoiled:
        return
    ordered = sorted(spoiled, key=lambda reason: (-spoiled[reason], reason))
    total = sum(spoiled.values())
    told = [f"{printed_number(spoiled[reason])} ({reason})" for reason in ordered]
    rows, more = capped([(reason, printed_number(spoiled[reason])) for reason in ordered])
    yield Fact(
        f"{section}-spoiled-reasons",
        f"Why were papers of {scope.section(section)} spoiled?",
        "Spoiled papers by the reason for which they were not counted.",
        f"{counted(total, 'spoiled paper', 'spoiled papers')}: {listed(told)}.",
        Coverage(total, total, "spoiled papers"),
        f"SELECT reason AS key, papers AS value FROM spoiled WHERE section = {sql.text(section)} "
        "ORDER BY reason",
        section,
        {reason: str(spoiled[reason]) for reason in ordered},
        header=("Reason", "Papers"),
        rows=rows,
        more=more,
    )


def _transfers(scope: Scope, section: Section) -> Iterator[Fact]:
    """Where the papers of each who went out passed in the next round."""
    rounds = [*enumerate(scope.edition.transcript.rounds, 1)]
    every = [number for number, round_ in rounds if round_.transfers]
    apart = [number for number, round_ in rounds if _told_apart(scope, section, round_)]
    moved = [
        (number, transfer)
        for number, round_ in rounds
        if number in apart
        for transfer in round_.transfers
        if transfer.section == section
    ]
    if moved:
        numbers = sorted({number for number, _ in moved})
        lacking = "of the others it is not known whose papers went where, or none of the section's"
        why = lacking if len(numbers) < len(every) else ""
        yield _passed_on(
            scope, section, moved, Coverage(len(numbers), len(every), "eliminations", why)
        )


def _passed_on(
    scope: Scope, section: Section, moved: Sequence[tuple[int, Transfer]], coverage: Coverage
) -> Fact:
    rows, more = capped(
        [
            (str(n), scope.called(t.source), _to(scope, t), printed_number(t.papers))
            for n, t in moved
        ]
    )
    sources = sorted({(number, transfer.source) for number, transfer in moved})
    told = [_passed(scope, number, source, moved) for number, source in sources[:MOST_NAMES]]
    numbers = ", ".join(sorted({str(number) for number, _ in moved}))
    return Fact(
        f"{section}-transfers",
        f"Where did the papers of those who went out pass, of {scope.section(section)}?",
        "Papers that passed from the candidate who went out to the next choice still standing, "
        "or became non-transferable.",
        f"Papers that passed: {'; '.join(told)}.",
        coverage,
        "SELECT round || '.' || \"from\" || '.' || coalesce(\"to\", 'non_transferable') AS key, "
        f"votes AS value FROM transfers WHERE section = {sql.text(section)} AND round IN "
        f"({numbers}) AND kind <> 'rebased' ORDER BY key",
        section,
        {f"{n}.{t.source}.{t.to or 'non_transferable'}": str(t.papers) for n, t in moved},
        header=("Round", "From", "To", "Papers"),
        rows=rows,
        more=more,
    )


def _told_apart(scope: Scope, section: Section, round_: Round) -> bool:
    """Whether it is known whose papers went where: always, if the papers were cast."""
    rebuilt = scope.edition.transcript.reconstructed.get(section)
    gone = round_.event.names if isinstance(round_.event, Eliminated) else ()
    if isinstance(round_.event, Elected):
        gone = round_.event.outlasted
    return rebuilt is None or (rebuilt is Rebuilt.FROM_VOTES and len(gone) == 1)


def _to(scope: Scope, transfer: Transfer) -> str:
    return "non-transferable" if transfer.to is None else scope.called(transfer.to)


def _passed(
    scope: Scope, number: int, source: Candidate, moved: Sequence[tuple[int, Transfer]]
) -> str:
    parts = [
        f"{printed_number(t.papers)} {'' if t.to is None else 'to '}{_to(scope, t)}"
        for n, t in sorted(moved, key=lambda item: -item[1].papers)
        if (n, t.source) == (number, source)
    ]
    return f"of {scope.called(source)}, {listed(parts)}"
