"""How it was counted: the rules with their sources, and one ballot followed through every round."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from hustings.ballots.profile import Ranking
from hustings.ballots.shared import named
from hustings.counting.figures import told_papers
from hustings.election.rulebook import CHOICES, Basis, Choice, Method, RuleBook
from hustings.results.pages.followed import Followed, followed
from hustings.results.pages.page import Column, Grid, Page, Row, Site, worths
from hustings.results.presentation import whole
from hustings.units import NO_PAPERS, Candidate, Papers, ordinal


@dataclass(frozen=True, slots=True)
class Rule:
    """One choice of the rule book: the question, its answer in words, and the basis of it."""

    name: str
    question: str
    answer: str
    meaning: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class Example:
    """A ballot followed: whose it could be, how many papers bear it, and its rounds."""

    title: str
    grid: Grid


def page(site: Site) -> Page:
    """The rules in words, examples of ballots, and what a script needs to follow any ballot."""
    transcript = site.edition.transcript
    return Page(
        site.places.at("how-it-was-counted/index.html"),
        "How it was counted",
        "counted.html",
        {
            "rules": transcript.contest.rules,
            "choices": [*rules_told(transcript.contest.rules)],
            "examples": [*examples(site)],
            "standing": _standing(site),
            "ranks": range(1, _ranks(site) + 1),
            "ordinal": ordinal,
            "candidates": [c for c in site.contest.candidates if not c.withdrawn],
            "ballot_data": _data(site),
        },
    )


# Nobody follows a ballot of more preferences by hand.
MOST_RANKED = 12


def _ranks(site: Site) -> int:
    """How many preferences can be followed; none where each round had fresh papers."""
    rules = site.contest.rules
    if rules.method is Method.EXHAUSTIVE:
        return 0
    return min(len(site.contest.standing), MOST_RANKED, rules.ranks or MOST_RANKED)


def rules_told(book: RuleBook, *, several_seats: bool = False) -> Iterator[Rule]:
    """Every choice of the book in words; those of several seats where these are filled."""
    for name, choice in book.choices.items():
        if name not in CHOICES and not several_seats:
            continue
        value = choice.write(book)
        yield Rule(name, choice.question, _answer(value), _meaning(choice, value), book.basis[name])


def _answer(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items()) or "as defined"
    if isinstance(value, list):
        return ", then ".join(map(str, value)) or "none"
    return str(value)


def _meaning(choice: Choice, value: object) -> str:
    chosen = value if isinstance(value, list) else [value]
    return "; then ".join(option.meaning for option in choice.options if option in chosen)


def examples(site: Site) -> Iterator[Example]:
    """For each section the most frequent order behind each first preference, followed."""
    profile = site.edition.transcript.profiles[0]
    for section, part in site.edition.sections.items():
        if part.withheld or site.contest.rules.method is Method.EXHAUSTIVE:
            continue
        ways = followed(site, section, 6)
        commonest: dict[Candidate, tuple[Papers, Ranking]] = {}
        for ranking, papers in sorted(profile.papers[section].items()):
            if papers > commonest.get(ranking[0], (NO_PAPERS, ()))[0]:
                commonest[ranking[0]] = papers, ranking
        for name in site.names:
            if name in commonest:
                yield _example(ways, *commonest[name])


def _example(ways: Followed, papers: Papers, ranking: Ranking) -> Example:
    site, section = ways.site, ways.section
    order = " > ".join(named(entry, site.names.__getitem__) for entry in ranking)
    real = "" if section not in site.edition.transcript.reconstructed else " (reconstructed)"
    caption = f"{order}: {told_papers(papers)} of {site.section_name(section)}{real}"
    return Example(order, ways.grid(ranking, caption))


def _standing(site: Site) -> Grid:
    """Who was standing in each round: enough to follow any ballot by hand."""
    rows = tuple(
        Row(
            f"Round {number}", (", ".join(n for i, n in site.names.items() if i in r.tally.totals),)
        )
        for number, r in enumerate(site.edition.transcript.rounds, 1)
    )
    return Grid(
        "Who was standing in each round",
        Column("Round"),
        (Column("Standing", "a paper lies with the highest of these on it", text=True),),
        rows,
    )


def _data(site: Site) -> str:
    """What the script needs, as JSON that may stand inside a script element."""
    value = {
        "names": site.names,
        "standing": [[*round_.tally.totals] for round_ in site.edition.transcript.rounds],
        "sections": {section: site.section_name(section) for section in site.edition.sections},
        "worth": {section: worths(site, section, 6) for section in site.edition.sections},
        "whole": whole(site.edition.transcript),
    }
    told = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return told.replace("<", "\\u003c").replace("&", "\\u0026")
