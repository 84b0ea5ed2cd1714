"""A transcript as JSON: every figure exact and as printed, and all that is needed to recount.

Fractions are texts "a/b"; decimals beside them are for programs that cannot read those.
The same transcript gives the same bytes.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from fractions import Fraction
from hashlib import sha256
from typing import Any

from hustings.ballots.paper import Rebuilt
from hustings.ballots.profile import Profile
from hustings.counting import account, figures
from hustings.counting.transcript import Eliminated, Event, Round, Tie, Transcript
from hustings.election.rulebook import (
    CHOICES,
    DESCRIPTION,
    LATER,
    SEAT_CHOICES,
    Basis,
    Choice,
    RuleBook,
)
from hustings.election.seat_rules import SeatRules
from hustings.election.spec import EVERYONE, Contest, Decision, Decisions, SectionEntry, Standing
from hustings.errors import InputError, Problem, RuleError
from hustings.units import Candidate, Papers, Section, Unit, exact

FORMAT = "hustings-transcript"
VERSION = 1

Json = dict[str, Any]


def write(transcript: Transcript, election: str = "") -> str:
    """The transcript as JSON text, with a line break at its end."""
    return json.dumps(as_value(transcript, election), ensure_ascii=False, indent=1) + "\n"


def as_value(transcript: Transcript, election: str = "") -> Json:
    """The transcript as plain values: dicts, lists, texts and whole numbers."""
    contest = transcript.contest
    return {
        "format": FORMAT,
        "version": VERSION,
        "election": election,
        "is_result": not transcript.hypothesis and transcript.winner is not None,
        "hypothesis": transcript.hypothesis,
        "contest": contest_value(contest),
        "rules": rules(contest.rules),
        "elected": transcript.winner,
        "summary": account.headline(transcript),
        "rounds": [_round(transcript, n) for n in range(1, len(transcript.rounds) + 1)],
        "profiles": [profile_value(profile) for profile in transcript.profiles],
    }


def read(text: str, file: str = "") -> tuple[Contest, tuple[Profile, ...], str, str]:
    """What a transcript was counted from: contest, profiles, hypothesis, the election's name.

    Raises `InputError` where the text is no transcript of this version.
    """
    try:
        value = json.loads(text)
        if (value["format"], value["version"]) != (FORMAT, VERSION):
            raise InputError(Problem(f"expected {FORMAT} version {VERSION}", file))
        profiles = tuple(read_profile(profile) for profile in value["profiles"])
        contest = read_contest(value["contest"], value["rules"])
        require_rankings(contest, profiles, file)
        return contest, profiles, _text(value["hypothesis"]), _text(value["election"])
    except json.JSONDecodeError as error:
        what = f"this is no {FORMAT}: no JSON, from line {error.lineno} on: {error.msg}"
        raise InputError(Problem(what, file)) from None
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise InputError(Problem(f"this is no {FORMAT}: {error!r}", file)) from None
    except (RecursionError, RuleError) as error:
        raise InputError(Problem(f"this is no {FORMAT}: {error}", file)) from None


def require_rankings(contest: Contest, profiles: tuple[Profile, ...], file: str) -> None:
    """A release may withhold the rankings of a section: then nobody can count it again."""
    sections = {entry.id for entry in contest.sections}
    for profile in profiles:
        missing = sorted(sections - set(profile.papers))
        if missing and EVERYONE not in profile.papers:
            what = (
                f"the rankings of {', '.join(missing)} are not published, so that it cannot be "
                "counted again"
            )
            raise InputError(Problem(what, file))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value


def _papers(value: object) -> Papers:
    if not isinstance(value, int) or value < 1:
        raise TypeError(f"{value!r} is not a number of papers")
    return Papers(value)


def contest_value(contest: Contest) -> Json:
    """A contest as plain values, without its rules."""
    decisions = contest.decisions
    return {
        "id": contest.id,
        "post": contest.post,
        "candidates": [
            {"id": entry.id, "name": entry.name, "withdrawn": entry.withdrawn}
            for entry in contest.candidates
        ],
        "sections": [
            {
                "id": entry.id,
                "name": entry.name,
                "weight": exact(entry.weight),
                "papers_are": entry.papers_are,
                "units": dict(entry.units),
            }
            for entry in contest.sections
        ],
        "decisions": {
            "lot": list(decisions.lot),
            "drawn_by": decisions.drawn_by,
            "seed": decisions.seed,
            "seed_source": decisions.seed_source,
            **_on_ties(decisions),
        },
    }


def _on_ties(decisions: Decisions) -> Json:
    """Only where there are some: so the transcripts without keep every byte."""
    decided = [asdict(each) for each in decisions.decided]
    return {"decided": decided} if decided else {}


def read_contest(value: Json, rules: Json) -> Contest:
    """The contest that was written so, with its rules; raises what a wrong shape raises."""
    decisions = {
        **value["decisions"],
        "lot": tuple(map(Candidate, value["decisions"]["lot"])),
        "decided": tuple(map(_decision, value["decisions"].get("decided", ()))),
    }
    return Contest(
        value["id"],
        value["post"],
        tuple(Standing(**entry) for entry in value["candidates"]),
        tuple(
            SectionEntry(
                Section(entry["id"]),
                entry["name"],
                Fraction(entry["weight"]),
                {Unit(unit): name for unit, name in entry["units"].items()},
                entry["papers_are"],
            )
            for entry in value["sections"]
        ),
        _read_rules(rules),
        Decisions(**decisions),
    )


def _decision(value: Json) -> Decision:
    made = Decision(**{**value, "among": tuple(map(Candidate, value["among"]))})
    if not isinstance(made.round, int):
        raise TypeError(f"{made.round!r} is not the number of a round")
    return made


def rules(book: RuleBook) -> Json:
    """A rule book as plain values, with the SHA-256 of what it says."""
    value: Json = {name: getattr(book, name) for name in DESCRIPTION}
    value["choices"] = {
        name: {"value": choice.write(book), **asdict(book.basis[name])}
        for name, choice in book.choices.items()
    }
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {**value, "sha256": sha256(canonical.encode()).hexdigest()}


def _read_rules(value: Json) -> RuleBook:
    choices: Mapping[str, Json] = value["choices"]
    answers = _answers(choices, CHOICES)
    of_seats = _answers(choices, SEAT_CHOICES) if choices.keys() & SEAT_CHOICES.keys() else {}
    return RuleBook(
        **{name: value[name] for name in DESCRIPTION},
        **answers,
        seats=SeatRules(**of_seats) if of_seats else None,
        basis={
            name: Basis(**{part.name: choices[name][part.name] for part in fields(Basis)})
            for name in (*answers, *of_seats)
        },
    )


def _answers(choices: Mapping[str, Json], asked: Mapping[str, Choice]) -> Json:
    """The answers; a file need not have those to what was asked later, and is read as it was."""
    return {
        name: choice.read(choices[name]["value"])
        for name, choice in asked.items()
        if name in choices or name not in LATER
    }


def _round(transcript: Transcript, number: int) -> Json:
    round_ = transcript.rounds[number - 1]
    quota = round_.tally.quota
    return {
        "round": number,
        "sections": {
            section: _section(transcript, round_, section) for section in round_.tally.held
        },
        "totals": {
            name: {
                "exact": exact(points),
                "decimal": figures.printed_decimal(points),
                "printed": figures.printed_total(transcript, round_, name),
            }
            for name, points in round_.tally.totals.items()
        },
        "in_play": exact(round_.tally.in_play),
        "quota": {
            "exact": exact(quota.points),
            "decimal": figures.printed_decimal(quota.points),
            "reached_by": "at_least" if quota.or_equal else "more_than",
        },
        "event": _event(transcript, round_),
        "transfers": [
            {
                "section": transfer.section,
                "from": transfer.source,
                "to": transfer.to,
                "papers": transfer.papers,
            }
            for transfer in round_.transfers
        ],
    }


def _section(transcript: Transcript, round_: Round, section: Section) -> Json:
    tally = round_.tally
    shares = {
        name: figures.share(transcript, round_, section, name) for name in tally.held[section]
    }
    return {
        "votes": dict(tally.held[section]),
        "non_transferable": tally.non_transferable[section],
        "continuing": tally.continuing(section),
        "reconstructed": transcript.reconstructed.get(section),
        "shares": {
            name: {"exact": exact(share), "decimal": figures.printed_decimal(share)}
            for name, share in shares.items()
        },
        "points": {
            name: {
                "exact": exact(points),
                "decimal": figures.printed_decimal(points),
                "printed": figures.printed_points(transcript, round_, section, name),
            }
            for name, points in tally.points[section].items()
        },
    }


def _event(transcript: Transcript, round_: Round) -> Json:
    return {
        **_named(round_.event),
        "reason": account.reason(transcript, round_),
        "tie": tie_value(round_.event.tie),
    }


def _named(event: Event) -> Json:
    if isinstance(event, Eliminated):
        return {"type": "eliminated", "candidates": list(event.names)}
    return {
        "type": "elected",
        "candidates": [event.name],
        "ground": event.ground,
        "outlasted": list(event.outlasted),
    }


def tie_value(tie: Tie | None) -> Json | None:
    """A tie and how it was broken, as plain values."""
    if tie is None:
        return None
    return {
        "among": list(tie.among),
        "out": list(tie.out),
        "steps": [
            {
                "policy": step.policy,
                "left": list(step.left),
                "round": step.round,
                "decided_by": step.decided_by,
            }
            for step in tie.steps
        ],
    }


def profile_value(profile: Profile) -> Json:
    """The papers of a contest as plain values."""
    return {
        section: {
            "reconstructed": profile.reconstructed.get(section),
            "rankings": [
                {"ranking": list(ranking), "papers": papers}
                for ranking, papers in sorted(rankings.items())
            ],
            "spoiled": dict(sorted(profile.spoiled.get(section, {}).items())),
        }
        for section, rankings in profile.papers.items()
    }


def read_profile(value: Json) -> Profile:
    """The papers that were written so; raises what a wrong shape raises."""
    return Profile(
        {
            Section(section): {
                tuple(map(Candidate, row["ranking"])): _papers(row["papers"])
                for row in part["rankings"]
            }
            for section, part in value.items()
        },
        {Section(s): dict(part["spoiled"]) for s, part in value.items() if part["spoiled"]},
        {
            Section(s): Rebuilt(part["reconstructed"])
            for s, part in value.items()
            if part["reconstructed"]
        },
    )
