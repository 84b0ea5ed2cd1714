"""The commands that report on the papers of a contest beside its count."""

import json
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import click

from hustings.ballots import shared
from hustings.ballots.profile import Profile
from hustings.ballots.reduction import reduce
from hustings.counting import engine
from hustings.counting.borda import Borda, borda
from hustings.counting.pairwise import compare
from hustings.counting.possible import MOST_STATES, possible_winners
from hustings.counting.seats import engine as seats_engine
from hustings.election.college import College
from hustings.election.rulebook import Overvotes
from hustings.election.spec import EVERYONE, Contest
from hustings.errors import HustingsError, InputError
from hustings.results import as_text, pairwise_report
from hustings.results.pairwise_report import Compared
from hustings.shell import acts
from hustings.shell.acts import Loaded
from hustings.shell.options import CONTEST, PATH, RULES, SET
from hustings.shell.outcome import Outcome
from hustings.units import Candidate, Section


@click.command()
@PATH
@CONTEST
@RULES
@SET
@click.option("--section", help="One section alone, in place of all as they are weighed.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json", "csv", "html")),
    default="text",
    show_default=True,
    help="What to write: a report to read, or figures for a program.",
)
def pairwise(
    path: Path,
    contest: str,
    rules: str | None,
    settings: tuple[str, ...],
    section: str | None,
    form: str,
) -> int:
    """Hold every candidate of the election at PATH against every other.

    Says who beats everybody, the Smith and Schwartz sets, and whom Copeland, minimax, ranked pairs,
    Schulze and Borda put first. Nobody is elected by it.
    """
    loaded = acts.load(path)
    chosen = loaded.election.contest(contest)
    changed = acts.with_rules(loaded, chosen.id, rules, settings)
    found = _compared(changed, chosen.id, section)
    for chunk in _written(found, changed.election.name, form):
        sys.stdout.write(chunk)
    return Outcome.DONE


@click.command()
@PATH
@CONTEST
@RULES
@SET
@click.option(
    "--states",
    default=MOST_STATES,
    show_default=True,
    help="Give up above so many ways that a lot could lead.",
)
def ties(
    path: Path, contest: str, rules: str | None, settings: tuple[str, ...], states: int
) -> int:
    """Say who could win the election at PATH by some lot, and whether a lot could matter.

    A lot that is written down already is left aside.
    """
    loaded = acts.load(path)
    chosen = loaded.election.contest(contest)
    changed = acts.with_rules(loaded, chosen.id, rules, settings)
    decided = changed.election.contest(chosen.id)
    profiles = [reduce(poll, decided) for poll in changed.polls[decided.id]]
    found = possible_winners(decided, profiles, states)
    name = decided.name
    if not found.draws:
        click.echo(f"No tie comes to a lot. Elected: {', '.join(map(name, found.winners))}.")
        return Outcome.DONE
    for draw in found.draws:
        click.echo(f"Round {draw.round}: a lot between {', '.join(map(name, draw.among))}.")
    if len(found.winners) == 1:
        click.echo(f"The lot could not matter: {name(found.winners[0])} is elected by any.")
    else:
        click.echo(f"The lot decides who is elected: {', '.join(map(name, found.winners))}.")
    return Outcome.DONE


def _compared(loaded: Loaded, contest: str, section: str | None) -> Compared:
    chosen = loaded.election.contest(contest)
    polls = loaded.polls[chosen.id]
    if len(polls) > 1:
        raise InputError(f"{chosen.id}: {len(polls)} ballots were held, and pairs need rankings")
    asked = _with_shared_ranks(chosen)
    whole = reduce(polls[0], asked)
    profile, college = engine.as_counted(whole, asked), chosen.college
    if section is not None:
        profile, college = _alone(whole, chosen, section)
    # What the rules refuse to count elects nobody.
    counts = section is None and (asked is chosen or not _is_open(whole))
    standing, empty = chosen.standing, chosen.rules.empty_section
    return Compared(
        chosen,
        compare(profile, standing, college, empty),
        {variant: borda(profile, standing, college, variant) for variant in Borda},
        _elected(chosen, whole) if counts else (),
    )


def _with_shared_ranks(contest: Contest) -> Contest:
    """The contest, where its rules are silent, with shared ranks kept: in a pair they are clear."""
    if contest.rules.overvotes is not Overvotes.REFUSE:
        return contest
    return replace(contest, rules=replace(contest.rules, overvotes=Overvotes.PAUSE))


def _is_open(profile: Profile) -> bool:
    return any(shared.is_open(ranking) for part in profile.papers.values() for ranking in part)


def _alone(profile: Profile, contest: Contest, section: str) -> tuple[Profile, College]:
    if section not in profile.papers:
        raise InputError(f"{section!r} is not a section; they are {', '.join(profile.papers)}")
    papers = profile.papers[Section(section)]
    return Profile({EVERYONE: papers}), College({EVERYONE: Fraction(1)})


def _elected(contest: Contest, profile: Profile) -> tuple[Candidate, ...]:
    """Whom the rules elect; nobody, where they leave that to a person or cannot say."""
    try:
        if contest.rules.method in seats_engine.METHODS:
            return seats_engine.count(contest, profile).elected
        winner = engine.count(contest, [profile]).winner
    except HustingsError:
        return ()
    return (winner,) if winner else ()


def _written(found: Compared, election: str, form: str) -> list[str]:
    match form:
        case "json":
            value = pairwise_report.as_value(found, election)
            return [json.dumps(value, ensure_ascii=False, indent=1), "\n"]
        case "csv":
            return [*pairwise_report.as_csv(found)]
        case "html":
            from hustings.results import as_html

            return [as_html.page(pairwise_report.of_pairs(found, election))]
    return [*as_text.write(pairwise_report.of_pairs(found, election))]
