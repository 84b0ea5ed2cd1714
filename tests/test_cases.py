"""Every page under cases/ is a law: what its blocks put in must give the blocks that follow.

In go `ballots` (one block for each ballot of an exhaustive count) or `published` rounds, and
`rules`, which says what differs from the rule book `common`, and how many `seats` there are if
the count is in stages. Out come the blocks of `WRITERS`, or of `STAGE_WRITERS`, or an `error`.
Run with ACCEPT=1 to write what the count gives into the pages, then read the diff.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

from hustings.ballots.formality import Ballot
from hustings.ballots.paper import Marks, Paper, as_written, ranked
from hustings.ballots.published import Figure, Published
from hustings.ballots.reconstruction import rebuild
from hustings.ballots.reduction import Poll, judge_papers, reduce
from hustings.counting import engine
from hustings.counting.account import events, headline, tie_told
from hustings.counting.figures import printed_section, printed_total
from hustings.counting.seats import account
from hustings.counting.seats import engine as seats_engine
from hustings.counting.seats.stages import Act, StageTranscript
from hustings.counting.transcript import Eliminated, Event, Round, Transcript
from hustings.election.rulebook import CHOICES, SEAT_CHOICES, Basis, RuleBook
from hustings.election.spec import Contest, Decision, Decisions, SectionEntry, Standing
from hustings.errors import HustingsError
from hustings.shell.acts import rule_book
from hustings.units import Papers

CASES = Path(__file__).parent / "cases"
PAGES = sorted(CASES.glob("*/*.md"))
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.S)
EVERY_CHOICE = {**CHOICES, **SEAT_CHOICES}
EVERY_ANSWER = [
    (name, option) for name, choice in EVERY_CHOICE.items() for option in choice.options
]

each_page = pytest.mark.parametrize(
    "path", PAGES, ids=lambda path: str(path.relative_to(CASES).with_suffix(""))
)


@each_page
def test_the_page_holds(path: Path) -> None:
    """The input on the page gives every other block of the page."""
    page = path.read_text()
    found = worked_out(page)
    if os.environ.get("ACCEPT"):
        path.write_text(found)
    assert found == page


@each_page
def test_the_page_is_called_by_its_title_and_says_why(path: Path) -> None:
    """A title that is the file's name, then words, then blocks."""
    title, why, *_ = path.read_text().split("\n\n")
    words = re.sub(r"[^a-z0-9]+", "_", title.removeprefix("# ").lower())
    assert words == path.stem
    assert why[0].isupper() and why[-1] in ".:"


@pytest.mark.parametrize(("choice", "answer"), EVERY_ANSWER)
def test_every_answer_to_every_choice_has_a_page(choice: str, answer: str) -> None:
    """Somewhere a page's own rules give this answer, so that its effect can be read."""
    written = [read_rules(blocks(path.read_text(), "rules")).get(choice, "") for path in PAGES]
    assert any(answer in re.split(r",\s*", answers) for answers in written)


# --- a page ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Counted:
    """What a page's input came to."""

    polls: tuple[Poll, ...]
    transcript: Transcript


def worked_out(page: str) -> str:
    """The page with every block but the input as the count gives it."""
    given = dict(outcome(page))
    return BLOCK.sub(lambda was: f"```{was[1]}\n{given.get(was[1], was[2])}```", page)


def outcome(page: str) -> Iterator[tuple[str, str]]:
    """What each block that comes out has to be; a page with an error has no other."""
    if blocks(page, "error"):
        with pytest.raises(HustingsError) as raised:
            count_page(page)
        yield "error", f"{raised.type.__name__}: {raised.value}\n"
        return
    counted = count_page(page)
    if isinstance(counted, StageTranscript):
        for name, tell in STAGE_WRITERS.items():
            yield name, "".join(f"{line}\n" for line in tell(counted))
        return
    for name, write in WRITERS.items():
        yield name, "".join(f"{line}\n" for line in write(counted))


def count_page(page: str) -> Counted | StageTranscript:
    settings = read_rules(blocks(page, "rules"))
    rules = read_rule_book(settings)
    ballots = [read_ballots(text) for text in blocks(page, "ballots")]
    weights = {section: weight for _, part in ballots for section, weight in part.items()}
    polls = tuple(Poll(papers) for papers, _ in ballots)
    for text in blocks(page, "published"):
        section, weight, published = read_published(text)
        weights[section] = weight
        polls = (Poll(rebuild(published, section, rules)),)
    contest = read_contest(settings, rules, weights, polls)
    if rules.method in seats_engine.METHODS:
        stages = seats_engine.count(contest, reduce(polls[0], contest))
        assert seats_engine.replay(stages) == stages
        return stages
    transcript = engine.count(contest, [reduce(poll, contest) for poll in polls])
    assert engine.replay(transcript) == transcript
    return Counted(polls, transcript)


def blocks(page: str, name: str) -> list[str]:
    return [text for found, text in BLOCK.findall(page) if found == name]


# --- what goes in -----------------------------------------------------------------


def read_rules(texts: Iterable[str]) -> dict[str, str]:
    lines = (line.split(" = ") for text in texts for line in text.splitlines())
    return {name: value for name, value in lines}


def read_rule_book(settings: Mapping[str, str]) -> RuleBook:
    rules = rule_book(settings.get("book", "common"))
    for name in settings.keys() & EVERY_CHOICE.keys():
        rules = rules.override(name, settings[name], Basis("the page"))
    return rules


def read_contest(
    settings: Mapping[str, str],
    rules: RuleBook,
    weights: Mapping[str, Fraction],
    polls: Iterable[Poll],
) -> Contest:
    """Whoever a paper names is a candidate, and whoever the rules block says stands or withdrew."""
    named = {
        name for poll in polls for paper in poll.papers for names in paper.marks for name in names
    }
    withdrawn = set(settings.get("withdrawn", "").split())
    names = named | withdrawn | set(settings.get("standing", "").split())
    return Contest(
        "leader",
        "Leader",
        tuple(Standing(name, name, name in withdrawn) for name in sorted(names)),
        tuple(SectionEntry(section, section, weight) for section, weight in weights.items()),
        rules,
        read_decisions(settings),
        seats=int(settings.get("seats", "1")),
    )


def read_decisions(settings: Mapping[str, str]) -> Decisions:
    """The lot, the seed, and `decided = Ann of Ann Bob in 2: who, when: why`; `|` parts several."""
    decided = []
    for told_ in filter(None, settings.get("decided", "").split(" | ")):
        tie, author, why = told_.split(": ")
        chosen, _, rest = tie.partition(" of ")
        among, _, number = rest.partition(" in ")
        by, _, when = author.partition(", ")
        decided.append(Decision(tuple(among.split()), chosen, by, when, why, int(number or 0)))
    lot = tuple(settings.get("lot", "").split())
    return Decisions(lot=lot, seed=settings.get("seed", ""), decided=tuple(decided))


def read_ballots(text: str) -> tuple[tuple[Paper, ...], dict[str, Fraction]]:
    papers, weights = [], {}
    for part in text.strip().split("\n\n"):
        head, *lines = part.splitlines()
        section, weight = head.split()
        weights[section] = Fraction(weight)
        papers += [read_paper(section, line) for line in lines]
    return tuple(papers), weights


def read_paper(section: str, line: str) -> Paper:
    """`3 Ann > _ > Bob=Cat`, or only names, one to a rank; after `!`, why it is spoiled."""
    written, _, spoiled = line.partition(" ! ")
    number, _, marks = written.partition(" ")
    return Paper(section, read_marks(marks), Papers(int(number)), spoiled=spoiled)


def read_marks(marks: str) -> Marks:
    if marks == "(blank)":
        return ()
    if not set(marks) & set("=>_"):
        return ranked(*marks.split())
    ranks = marks.split(" > ")
    return tuple(() if rank == "_" else tuple(rank.split("=")) for rank in ranks)


def read_published(text: str) -> tuple[str, Fraction, Published]:
    """Votes are whole numbers, shares are followed by `%`."""
    head, *lines = text.splitlines()
    section, weight = head.split()
    figures = [figure for line in lines for figure in read_figures(section, line)]
    return section, Fraction(weight), Published(tuple(figures))


def read_figures(section: str, line: str) -> Iterator[Figure]:
    number, *cells = line.split()
    for name, printed in zip(cells[::2], cells[1::2], strict=True):
        if printed.endswith("%"):
            yield Figure(int(number), name, section, share=printed.removesuffix("%"))
        else:
            yield Figure(int(number), name, section, votes=Papers(int(printed)))


# --- what comes out -----------------------------------------------------------------


def write_transcript(counted: Counted) -> Iterator[str]:
    """A line for each round: the totals, the papers out of play by section, what followed."""
    transcript = counted.transcript
    for number, round_ in enumerate(transcript.rounds, 1):
        yield f"{number}  {write_round(transcript, round_)}"
    for profile in transcript.profiles:
        for section, reasons in profile.spoiled.items():
            for reason, papers in sorted(reasons.items()):
                yield f"spoiled  {section} {papers}: {reason}"


def write_round(transcript: Transcript, round_: Round) -> str:
    points = "  ".join(
        f"{name} {printed_total(transcript, round_, name)}%" for name in sorted(round_.tally.totals)
    )
    dropped = " ".join(map(str, round_.tally.non_transferable.values()))
    return f"{points}  non-transferable {dropped}  -> {write_event(round_.event)}"


def write_event(event: Event) -> str:
    out = event.names if isinstance(event, Eliminated) else event.outlasted
    what = [f"{', '.join(out)} eliminated"] if out else []
    if not isinstance(event, Eliminated):
        what.append(f"{event.name} elected")
    if event.tie:
        others = sorted(set(event.tie.among) - set(out or (event.name,)))
        what[0] += f", tied with {', '.join(others)}"
    return "; ".join(what)


def write_ties(counted: Counted) -> Iterator[str]:
    """How each tie was broken."""
    transcript = counted.transcript
    for number, round_ in enumerate(transcript.rounds, 1):
        if round_.event.tie:
            yield f"{number}  {tie_told(transcript.contest, round_.event.tie)}"


def write_judged(counted: Counted) -> Iterator[str]:
    """What was made of each paper, and why."""
    for judged in judge_papers(counted.polls[0].papers, counted.transcript.contest):
        match judged.finding:
            case Ballot(ranking, findings):
                made = " > ".join(ranking) + "".join(f"  ({finding})" for finding in findings)
            case finding:
                made = f"spoiled: {finding.reason}"
        yield f"{as_written(judged.paper.marks)}  ->  {made}"


def write_rankings(counted: Counted) -> Iterator[str]:
    """The papers, as the `ballots` block of another page would have them."""
    for poll in counted.polls:
        for paper in poll.papers:
            yield f"{paper.papers} {' '.join(name for names in paper.marks for name in names)}"


def write_figures(counted: Counted) -> Iterator[str]:
    """What is printed for each section and round."""
    transcript = counted.transcript
    for number, round_ in enumerate(transcript.rounds, 1):
        for section, held in round_.tally.held.items():
            printed = (
                f"{name} {printed_section(transcript, round_, section, name)}" for name in held
            )
            yield f"{number}  {section}  {'  '.join(printed)}"


def write_headline(counted: Counted) -> Iterator[str]:
    yield headline(counted.transcript)


def write_events(counted: Counted) -> Iterator[str]:
    """What happened, in sentences."""
    for number, told_ in enumerate(events(counted.transcript), 1):
        yield f"{number}  {told_}"


WRITERS: Mapping[str, Callable[[Counted], Iterator[str]]] = {
    "transcript": write_transcript,
    "ties": write_ties,
    "judged": write_judged,
    "rankings": write_rankings,
    "figures": write_figures,
    "headline": write_headline,
    "events": write_events,
}


# --- what comes out of a count in stages ----------------------------------------------


def write_stages(transcript: StageTranscript) -> Iterator[str]:
    """A line for each stage: what was done, the votes, what went to nobody, who is elected."""
    for number, stage in enumerate(transcript.stages, 1):
        done = " ".join((stage.act, *stage.names))
        votes = "  ".join(f"{name} {told(transcript, part)}" for name, part in stage.votes.items())
        gone = f"non-transferable {told(transcript, stage.non_transferable)}"
        if stage.lost:
            gone += f"  lost {told(transcript, stage.lost)}"
        won = "".join(f"; {each.name} elected: {each.ground}" for each in stage.elected)
        quota = "" if stage.quota is None else f"  quota {told(transcript, stage.quota)}"
        act = "first preferences" if stage.act is Act.FIRST_PREFERENCES else done
        yield f"{number}  {act}:  {votes}  {gone}{quota}{won}"


def write_parcels(transcript: StageTranscript) -> Iterator[str]:
    """The papers that passed in each stage, and at what value."""
    for number, stage in enumerate(transcript.stages, 1):
        for line in account.parcels_told(transcript, stage.parcels):
            yield f"{number}  {line}"


def write_stage_ties(transcript: StageTranscript) -> Iterator[str]:
    """How each tie was broken."""
    for number, stage in enumerate(transcript.stages, 1):
        surplus = stage.act is Act.SURPLUS
        for gain, tie in ((surplus, stage.tie), *((True, won.tie) for won in stage.elected)):
            if tie:
                yield f"{number}  {account.tie_told(transcript.contest, tie, gain=gain)}"


def write_stage_headline(transcript: StageTranscript) -> Iterator[str]:
    yield account.headline(transcript)


def told(transcript: StageTranscript, votes: Fraction) -> str:
    return account.printed_votes(transcript, votes)


STAGE_WRITERS: Mapping[str, Callable[[StageTranscript], Iterator[str]]] = {
    "stages": write_stages,
    "parcels": write_parcels,
    "ties": write_stage_ties,
    "headline": write_stage_headline,
}
