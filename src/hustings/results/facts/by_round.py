"""What the rounds answer: who led, how close it was, where the papers went.

Votes by round are real where a section's papers were cast, and where they were rebuilt from
published votes; where they were rebuilt from percentages, no number of papers is stated.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import floor

from hustings.ballots.paper import Rebuilt
from hustings.counting.figures import printed_number, printed_total
from hustings.counting.transcript import Elected, Eliminated, Round, Transfer
from hustings.results.facts import sql
from hustings.results.facts.fact import (
    MOST_NAMES,
    Coverage,
    Fact,
    Scope,
    capped,
    counted,
    figures,
    level,
    listed,
    rate,
)
from hustings.units import Candidate, Papers, Section

TOTAL = sql.number("total")
LEADERS = (
    "SELECT round AS key, name AS value, ballot_order FROM (SELECT c.round, n.name, "
    f"n.ballot_order, rank() OVER (PARTITION BY c.round ORDER BY {sql.number('c.total')} DESC) "
    "AS place FROM college_rounds AS c JOIN candidates AS n ON n.id = c.candidate) "
    "WHERE place = 1"
)
# SQLite's numbers are not exact; what they miss a whole number by is far less than this.
NEARLY = "1e-9"


def facts(scope: Scope) -> Iterator[Fact]:
    """Every fact of the rounds of the whole contest."""
    yield _rounds(scope)
    yield from _leaders(scope)
    yield from _ahead_of_the_winner(scope)
    yield from _margins(scope)
    yield from _led_by_section(scope)
    yield from _one_vote_each(scope)


def of_section(scope: Scope, section: Section) -> Iterator[Fact]:
    """Every fact of one section's papers by round."""
    yield from _papers(scope, section)
    yield from _reasons(scope, section)
    yield from _transfers(scope, section)


# --- who led ----------------------------------------------------------------------------------


def _rounds(scope: Scope) -> Fact:
    rounds, standing = scope.edition.transcript.rounds, len(scope.candidates)
    return Fact(
        "rounds",
        "How many rounds did it take?",
        "Rounds from the first look at the papers to the end of the count.",
        f"{counted(len(rounds), 'round', 'rounds')}, with {standing} candidates in the first.",
        _all_rounds(scope),
        "SELECT '' AS key, max(round) AS value FROM college_rounds",
        values={"": str(len(rounds))},
    )


def _leaders(scope: Scope) -> Iterator[Fact]:
    """Who led in each round, and what became of the first round's leader."""
    transcript = scope.edition.transcript
    first = [_leading(scope, round_) for round_ in transcript.rounds]
    if not first[0]:
        return
    names = {str(n): level([*map(scope.called, who)]) for n, who in enumerate(first, 1) if who}
    rows, more = capped(
        [
            (str(number), names[str(number)], printed_total(transcript, round_, who[0]))
            for number, (round_, who) in enumerate(zip(transcript.rounds, first, strict=True), 1)
            if who
        ]
    )
    yield Fact(
        "leaders",
        "Who led in each round?",
        "The candidate with the highest total in the round.",
        f"{listed([f'{name} in round {number}' for number, name in names.items()])}.",
        _all_rounds(scope),
        f"SELECT key, value FROM ({LEADERS}) ORDER BY key, ballot_order",
        values=names,
        header=("Round", "In the lead", "%"),
        rows=rows,
        more=more,
    )
    yield from _first_leader(scope, first[0])


def _first_leader(scope: Scope, first: Sequence[Candidate]) -> Iterator[Fact]:
    winner = scope.edition.winner
    if winner is None:
        return
    names = level([*map(scope.called, first)])
    fate = "was elected" if winner in first else f"lost to {scope.called(winner)}"
    fate = "one of them was elected" if len(first) > 1 and winner in first else fate
    yield Fact(
        "first-round-leader",
        "Did whoever led in the first round win?",
        "The candidate with the highest total in the first round, and whether they were elected.",
        f"{names} led in round 1, and {fate}.",
        _all_rounds(scope),
        f"SELECT '' AS key, value FROM ({LEADERS}) WHERE key = 1 ORDER BY ballot_order",
        values={"": names, "won": "yes" if winner in first else "no"},
    )


def _leading(scope: Scope, round_: Round) -> list[Candidate]:
    totals = round_.tally.totals
    most = max(totals.values())
    return [name for name in scope.names if most and totals.get(name) == most]


def _ahead_of_the_winner(scope: Scope) -> Iterator[Fact]:
    """Who was ever ahead of the winner: a comeback, round by round."""
    winner, rows, ever = scope.edition.winner, [], set()
    if winner is None:
        return
    for number, round_ in enumerate(scope.edition.transcript.rounds, 1):
        totals = round_.tally.totals
        ahead = [n for n in scope.names if n in totals and totals[n] > totals[winner]]
        ever.update(ahead)
        who = listed([*map(scope.called, ahead)]) or "nobody"
        rows.append((str(number), who, str(len(ahead) + 1)))
    names = [scope.called(name) for name in scope.names if name in ever]
    lost = [row[0] for row in rows if row[2] != "1"]
    answer = f"Nobody was ever ahead of {scope.called(winner)}."
    if lost:
        answer = f"{listed(names)} {'was' if len(names) == 1 else 'were'} ahead of "
        answer += f"{scope.called(winner)} until round {int(lost[-1]) + 1}."
    shown, more = capped(rows)
    yield Fact(
        "comeback",
        "Was anybody ever ahead of the winner?",
        "How many candidates had a higher total than the winner in some round.",
        answer,
        _all_rounds(scope),
        "SELECT '' AS key, count(DISTINCT a.candidate) AS value FROM college_rounds AS a JOIN "
        f"college_rounds AS w ON w.round = a.round AND w.candidate = {sql.text(winner)} WHERE "
        f"{sql.number('a.total')} > {sql.number('w.total')}",
        values={"": str(len(ever))},
        header=("Round", "Ahead of the winner", "The winner's place"),
        rows=shown,
        more=more,
    )


def _all_rounds(scope: Scope) -> Coverage:
    number = len(scope.edition.transcript.rounds)
    return Coverage(number, number, "rounds")


# --- how close it was -------------------------------------------------------------------------


def switches(round_: Round, section: Section, winner: Candidate, rival: Candidate) -> Papers | None:
    """The fewest of the section's papers that put the rival ahead, if they pass from the winner.

    A paper that passes takes its points from the one and gives them to the other, while the
    papers continuing stay as many as they are. None where all of the winner's are not enough.
    """
    tally = round_.tally
    held = tally.held[section][winner]
    if not held or not tally.points[section][winner]:
        return None
    by_one = 2 * tally.points[section][winner] / held
    needed = floor((tally.totals[winner] - tally.totals[rival]) / by_one) + 1
    return Papers(needed) if needed <= held else None


def _margins(scope: Scope) -> Iterator[Fact]:
    found = _last_two(scope)
    if found is None:
        return
    number, round_, winner, rivals = found
    values, rows, told = {}, [], []
    real = _with_real_votes(scope)
    for section in real:
        fewest = switches(round_, section, winner, rivals[0])
        called, held = scope.section(section), round_.tally.held[section][winner]
        if fewest is not None:
            values[str(section)] = str(fewest)
            told.append(f"{counted(fewest, 'paper', 'papers')} of {called}")
        enough = printed_number(fewest) if fewest is not None else "all are not enough"
        rows.append((called, enough, printed_number(held), _spoiled(scope, section)))
    if not real:
        return
    against = level([*map(scope.called, rivals)])
    enough = ", or ".join(told) or "no number of any section's papers alone"
    shown, more = capped(rows)
    yield Fact(
        "margins",
        "How few papers would have reversed the result?",
        "The fewest papers of one section that would have put the runner-up ahead in the last "
        "round with a rival, had they lain with the runner-up and not with the winner.",
        f"{enough}, switched in round {number} from {scope.called(winner)} to {against}.",
        _sections(scope, real),
        _margins_query(number, winner, rivals[0], real),
        values=values,
        header=("Section", "Papers to switch", "Papers of the winner", "Spoiled papers"),
        rows=shown,
        more=more,
    )


def _margins_query(
    number: int, winner: Candidate, rival: Candidate, sections: Sequence[Section]
) -> str:
    def total(of: Candidate) -> str:
        return f"(SELECT {TOTAL} FROM college_rounds WHERE round = {number} AND candidate = " + (
            f"{sql.text(of)})"
        )

    return (
        "SELECT section AS key, value FROM (SELECT section, votes, CAST(("
        f"{total(winner)} - {total(rival)}) / (2 * {sql.number('college_points')} / votes) "
        f"+ {NEARLY} AS INTEGER) + 1 AS value FROM rounds WHERE round = {number} AND candidate = "
        f"{sql.text(winner)} AND votes > 0 AND section IN {sql.texts(sections)}) "
        "WHERE value <= votes ORDER BY section"
    )


def _last_two(scope: Scope) -> tuple[int, Round, Candidate, list[Candidate]] | None:
    """The last round in which the winner had a rival, and whoever of them came next."""
    winner = scope.edition.winner
    for number, round_ in reversed([*enumerate(scope.edition.transcript.rounds, 1)]):
        totals = round_.tally.totals
        others = [name for name in scope.names if name in totals and name != winner]
        if winner is not None and others:
            most = max(totals[name] for name in others)
            return number, round_, winner, [n for n in others if totals[n] == most]
    return None


def _led_by_section(scope: Scope) -> Iterator[Fact]:
    found = _last_two(scope)
    if found is None or len(found[1].tally.held) < 2:
        return
    number, round_, winner, rivals = found
    two = [winner, *rivals]
    led = dict.fromkeys(map(str, two), 0)
    rows = []
    for section, held in round_.tally.held.items():
        most = max(held[name] for name in two)
        first = [name for name in two if most and held[name] == most]
        if len(first) == 1:
            led[str(first[0])] += 1
        who = level([*map(scope.called, first)]) or "nobody"
        shares = (_share(scope, section, held[name], sum(held.values())) for name in two)
        rows.append((scope.section(section), who, *shares))
    told = [
        f"{scope.called(name)} led in {counted(led[name], 'section', 'sections')}" for name in led
    ]
    shown, more = capped(rows)
    every = [*round_.tally.held]
    names = sql.texts(two)
    yield Fact(
        "sections-led",
        "In how many sections did each of the last two lead?",
        "Sections in which the candidate alone has the most papers in the last round with a "
        "rival, of the winner and the runner-up.",
        f"In round {number}, {listed(told)}.",
        _sections(scope, every),
        "SELECT candidate AS key, count(*) AS value FROM (SELECT *, count(*) OVER (PARTITION BY "
        "section) AS level FROM (SELECT section, candidate, section_share, rank() OVER (PARTITION "
        f"BY section ORDER BY {sql.number('section_share')} DESC) AS place FROM rounds WHERE "
        f"round = {number} AND candidate IN {names}) WHERE place = 1 AND section_share <> '0/1') "
        "WHERE level = 1 GROUP BY candidate",
        values=figures(led),
        header=("Section", "In the lead", *(f"{scope.called(name)}, %" for name in two)),
        rows=shown,
        more=more,
    )


def _share(scope: Scope, section: Section, papers: int, whole: int) -> str:
    """Per cent of the section; nothing where its numbers were themselves made of percentages."""
    real = scope.edition.transcript.reconstructed.get(section) is not Rebuilt.FROM_SHARES
    return rate(papers, whole) if whole and real else "–"


def _one_vote_each(scope: Scope) -> Iterator[Fact]:
    """The papers that each held in the last round, whatever they weighed."""
    round_ = scope.edition.transcript.rounds[-1]
    sections = [*round_.tally.held]
    if len(sections) < 2 or len(_with_real_votes(scope)) < len(sections):
        return
    papers = {
        str(name): sum(round_.tally.held[section][name] for section in sections)
        for name in scope.finalists
    }
    ordered = sorted(papers, key=lambda name: -papers[name])
    told = [f"{scope.called(name)} {printed_number(papers[name])}" for name in ordered]
    rows, more = capped([(scope.called(n), printed_number(papers[n])) for n in ordered])
    number = len(scope.edition.transcript.rounds)
    yield Fact(
        "one-vote-each",
        "How many papers had each in the last round, if all weigh the same?",
        "The papers that the candidate held in the last round, summed over the sections; not a "
        "count under other rules, in which the earlier rounds could have gone otherwise.",
        f"{', '.join(told)}.",
        _sections(scope, sections),
        f"SELECT candidate AS key, sum(votes) AS value FROM rounds WHERE round = {number} "
        "GROUP BY candidate ORDER BY candidate",
        values=figures(papers),
        header=("Candidate", "Papers"),
        rows=rows,
        more=more,
    )


def _with_real_votes(scope: Scope) -> list[Section]:
    transcript = scope.edition.transcript
    rebuilt = transcript.reconstructed
    return [
        section
        for section in transcript.rounds[0].tally.held
        if rebuilt.get(section) is not Rebuilt.FROM_SHARES
    ]


def _sections(scope: Scope, held: Sequence[Section]) -> Coverage:
    total = len(scope.edition.transcript.rounds[0].tally.held)
    why = "of the others only percentages were published" if len(held) < total else ""
    return Coverage(len(held), total, "sections", why)


# --- a section's papers -----------------------------------------------------------------------


def _account(scope: Scope, section: Section) -> dict[str, int]:
    """The section's papers, as far as they are known: valid, spoiled, returned, issued."""
    transcript = scope.edition.transcript
    account = scope.edition.sections[section].account
    found: dict[str, int | None] = {"issued": account.issued, "returned": account.returned}
    reasons = _spoiled_by_reason(scope, section)
    found["spoiled"] = None if reasons is None else sum(reasons.values())
    tally = transcript.rounds[0].tally
    if section in tally.held and section in _with_real_votes(scope):
        found["valid"] = tally.continuing(section) + tally.non_transferable.get(section, 0)
    known = {name: number for name, number in found.items() if number is not None}
    if {"valid", "spoiled"} <= known.keys():
        known.setdefault("returned", known["valid"] + known["spoiled"])
    return known


def _spoiled_by_reason(scope: Scope, section: Section) -> Mapping[str, int] | None:
    """As they were returned, or else as they were found in counting; None is not known."""
    returned = scope.edition.sections[section].account.spoiled
    found = scope.edition.transcript.profiles[0].spoiled.get(section)
    return found if returned is None else returned


def _spoiled(scope: Scope, section: Section) -> str:
    known = _account(scope, section) if section in scope.edition.sections else {}
    return printed_number(known["spoiled"]) if "spoiled" in known else "not known"


def _papers(scope: Scope, section: Section) -> Iterator[Fact]:
    known = _account(scope, section)
    if not known:
        return
    parts = {}
    for name, part, whole in (
        ("turnout", "returned", "issued"),
        ("spoiled-rate", "spoiled", "returned"),
    ):
        if part in known and known.get(whole):
            parts[name] = known[part], known[whole]
    percent = {name: rate(*part) for name, part in parts.items()}
    told = [f"{printed_number(known[name])} {name}" for name in _ACCOUNTED if name in known]
    if "turnout" in percent:
        told.append(f"a turnout of {percent['turnout']} per cent")
    returned = "coalesce(returned, valid + spoiled)"
    queries = [f"'{n}' AS key, {returned if n == 'returned' else n} AS value" for n in known]
    pieces = {"turnout": (returned, "issued"), "spoiled-rate": ("spoiled", returned)}
    queries += [f"'{name}' AS key, {sql.rate(*pieces[name])} AS value" for name in parts]
    of = f" FROM sections WHERE id = {sql.text(section)}"
    lacking = [name for name in _ACCOUNTED if name not in known]
    yield Fact(
        f"{section}-papers",
        f"How many papers had {scope.section(section)}?",
        "Papers issued, returned, spoiled and formal (valid); turnout is returned of issued, and "
        "the rate of spoiled papers is spoiled of returned.",
        f"{scope.section(section)}: {listed(told)}.",
        Coverage(len(known), 4, "figures", f"not known: {listed(lacking)}" if lacking else ""),
        " UNION ALL ".join(f"SELECT {query}{of}" for query in queries),
        section,
        figures(known) | percent,
        parts,
        ("Papers", "Number"),
        tuple(
            (name.capitalize(), printed_number(known[name])) for name in _ACCOUNTED if name in known
        ),
    )


_ACCOUNTED = ("issued", "returned", "spoiled", "valid")


def _reasons(scope: Scope, section: Section) -> Iterator[Fact]:
    spoiled = _spoiled_by_reason(scope, section)
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
