"""What the rounds answer: who led, and how close it was.

Votes by round are real where a section's papers were cast, and where they were rebuilt from
published votes; where they were rebuilt from percentages, no number of papers is stated.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import floor

from hustings.counting.figures import printed_number, printed_total
from hustings.counting.transcript import Round
from hustings.results import sql
from hustings.results.facts.by_section import paper_account
from hustings.results.facts.fact import Coverage, Fact, Scope, capped, figures, rate
from hustings.results.words import capital, counted, level, listed
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
    would = not scope.edition.declares
    yield Fact(
        "first-round-leader",
        "Would whoever led in the first round win?"
        if would
        else "Did whoever led in the first round win?",
        "The candidate with the highest total in the first round, and whether they "
        f"{'would be' if would else 'were'} elected.",
        f"{names} led in round 1, and {_became(scope, first, winner)}.",
        _all_rounds(scope),
        f"SELECT '' AS key, value FROM ({LEADERS}) WHERE key = 1 ORDER BY ballot_order",
        values={"": names, "won": "yes" if winner in first else "no"},
    )


def _became(scope: Scope, first: Sequence[Candidate], winner: Candidate) -> str:
    """What became of those who led at first, or what would, where nobody is declared elected."""
    declared = scope.edition.declares
    if winner not in first:
        return f"{'lost' if declared else 'would lose'} to {scope.called(winner)}"
    elected = "was elected" if declared else "would be elected"
    return f"one of them {elected}" if len(first) > 1 else elected


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
        f"Was anybody ever ahead of {scope.the_winner}?",
        f"How many candidates had a higher total than {scope.the_winner} in some round.",
        answer,
        _all_rounds(scope),
        "SELECT '' AS key, count(DISTINCT a.candidate) AS value FROM college_rounds AS a JOIN "
        f"college_rounds AS w ON w.round = a.round AND w.candidate = {sql.text(winner)} WHERE "
        f"{sql.number('a.total')} > {sql.number('w.total')}",
        values={"": str(len(ever))},
        header=(
            "Round",
            f"Ahead of {scope.the_winner}",
            f"{capital(scope.the_winner)}'s place",
        ),
        rows=shown,
        more=more,
    )


def _all_rounds(scope: Scope) -> Coverage:
    number = len(scope.edition.transcript.rounds)
    return Coverage(number, number, "rounds")


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
    result = "the result" if scope.edition.declares else "this outcome"
    shown, more = capped(rows)
    yield Fact(
        "margins",
        f"How few papers would have reversed {result}?",
        "The fewest papers of one section that would have put the runner-up ahead in the last "
        f"round with a rival, had they lain with the runner-up and not with {scope.the_winner}.",
        f"{enough}, switched in round {number} from {scope.called(winner)} to {against}.",
        _sections(scope, real),
        _margins_query(number, winner, rivals[0], real),
        values=values,
        header=("Section", "Papers to switch", f"Papers of {scope.the_winner}", "Spoiled papers"),
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
    two, held = [winner, *rivals], round_.tally.held
    first = {section: _most_of(held[section], two) for section in held}
    alone = Counter(names[0] for names in first.values() if len(names) == 1)
    told = [f"{scope.called(n)} led in {counted(alone[n], 'section', 'sections')}" for n in two]
    shown, more = capped([_led_row(scope, s, held[s], first[s], two) for s in held])
    yield Fact(
        "sections-led",
        "In how many sections did each of the last two lead?",
        "Sections in which the candidate alone has the most papers in the last round with a "
        f"rival, of {scope.the_winner} and the runner-up.",
        f"In round {number}, {listed(told)}.",
        _sections(scope, [*held]),
        "SELECT candidate AS key, count(*) AS value FROM (SELECT *, count(*) OVER (PARTITION BY "
        "section) AS level FROM (SELECT section, candidate, section_share, rank() OVER (PARTITION "
        f"BY section ORDER BY {sql.number('section_share')} DESC) AS place FROM rounds WHERE "
        f"round = {number} AND candidate IN {sql.texts(two)}) WHERE place = 1 AND section_share "
        "<> '0/1') WHERE level = 1 GROUP BY candidate",
        values={str(name): str(alone[name]) for name in two},
        header=("Section", "In the lead", *(f"{scope.called(name)}, %" for name in two)),
        rows=shown,
        more=more,
    )


def _most_of(held: Mapping[Candidate, Papers], among: Sequence[Candidate]) -> list[Candidate]:
    """Whoever of those has the most papers; nobody where none has any."""
    most = max(held[name] for name in among)
    return [name for name in among if most and held[name] == most]


def _led_row(
    scope: Scope,
    section: Section,
    held: Mapping[Candidate, Papers],
    first: Sequence[Candidate],
    two: Sequence[Candidate],
) -> tuple[str, ...]:
    shares = (_share(scope, section, held[name], sum(held.values())) for name in two)
    return (scope.section(section), level([*map(scope.called, first)]) or "nobody", *shares)


def _share(scope: Scope, section: Section, papers: int, whole: int) -> str:
    """Per cent of the section; nothing where its numbers were themselves made of percentages."""
    real = not scope.edition.transcript.unreal(section)
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
    return [s for s in transcript.rounds[0].tally.held if not transcript.unreal(s)]


def _sections(scope: Scope, held: Sequence[Section]) -> Coverage:
    total = len(scope.edition.transcript.rounds[0].tally.held)
    why = "of the others only percentages were published" if len(held) < total else ""
    return Coverage(len(held), total, "sections", why)


def _spoiled(scope: Scope, section: Section) -> str:
    known = paper_account(scope, section) if section in scope.edition.sections else {}
    return printed_number(known["spoiled"]) if "spoiled" in known else "not known"
