"""The stages of a count for several seats as JSON, exact and complete enough to count again.

It is written as a transcript is: fractions are texts "a/b" with a decimal beside them, and the
same count gives the same bytes.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from hustings.ballots.profile import Profile
from hustings.counting.figures import printed_decimal
from hustings.counting.seats import account
from hustings.counting.seats.stages import Parcel, SeatWon, Stage, StageTranscript
from hustings.election.spec import Contest
from hustings.errors import InputError, Problem, RuleError
from hustings.formats import transcript_json
from hustings.formats.transcript_json import Json
from hustings.units import exact

FORMAT = "hustings-stages"
VERSION = 1


def write(transcript: StageTranscript, election: str = "") -> str:
    """The stages as JSON text, with a line break at its end."""
    return json.dumps(as_value(transcript, election), ensure_ascii=False, indent=1) + "\n"


def as_value(transcript: StageTranscript, election: str = "") -> Json:
    """The stages as plain values: dicts, lists, texts and whole numbers."""
    contest = transcript.contest
    return {
        "format": FORMAT,
        "version": VERSION,
        "election": election,
        "is_result": not transcript.hypothesis,
        "hypothesis": transcript.hypothesis,
        "contest": {**transcript_json.contest_value(contest), "seats": contest.seats},
        "rules": transcript_json.rules(contest.rules),
        "elected": list(transcript.elected),
        "summary": account.headline(transcript),
        "stages": [_stage(transcript, n) for n in range(1, len(transcript.stages) + 1)],
        "profile": transcript_json.profile_value(transcript.profile),
    }


def read(text: str, file: str = "") -> tuple[Contest, Profile, str, str]:
    """What the stages were counted from: contest, profile, hypothesis, the election's name.

    Raises `InputError` where the text is none of this version.
    """
    try:
        value = json.loads(text)
        if (value["format"], value["version"]) != (FORMAT, VERSION):
            raise InputError(Problem(f"expected {FORMAT} version {VERSION}", file))
        contest = transcript_json.read_contest(value["contest"], value["rules"])
        contest = replace(contest, seats=int(value["contest"]["seats"]))
        profile = transcript_json.read_profile(value["profile"])
        transcript_json.require_rankings(contest, (profile,), file)
        return contest, profile, str(value["hypothesis"]), str(value["election"])
    except json.JSONDecodeError as error:
        what = f"this is no {FORMAT}: no JSON, from line {error.lineno} on: {error.msg}"
        raise InputError(Problem(what, file)) from None
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise InputError(Problem(f"this is no {FORMAT}: {error!r}", file)) from None
    except (RecursionError, RuleError) as error:
        raise InputError(Problem(f"this is no {FORMAT}: {error}", file)) from None


def _stage(transcript: StageTranscript, number: int) -> Json:
    stage = transcript.stages[number - 1]
    return {
        "stage": number,
        "act": stage.act,
        "candidates": list(stage.names),
        "excluded": list(stage.excluded),
        "votes": {name: _number(transcript, votes) for name, votes in stage.votes.items()},
        "quota": None if stage.quota is None else _number(transcript, stage.quota),
        "non_transferable": _number(transcript, stage.non_transferable),
        "lost": _number(transcript, stage.lost),
        "parcels": [_parcel(parcel) for parcel in stage.parcels],
        "held": {section: dict(held) for section, held in stage.held.items()},
        "keep": _keep(stage),
        "elected": [_won(won) for won in stage.elected],
        "tie": transcript_json.tie_value(stage.tie),
        "reason": " ".join(account.sentences(transcript, number)),
    }


def _number(transcript: StageTranscript, votes: Fraction) -> Mapping[str, str]:
    return {
        "exact": exact(votes),
        "decimal": printed_decimal(votes),
        "printed": account.printed_votes(transcript, votes),
    }


def _parcel(parcel: Parcel) -> Json:
    return {
        "from": parcel.source,
        "to": parcel.to,
        "papers": parcel.papers,
        "value_before": None if parcel.was is None else exact(parcel.was),
        "value": exact(parcel.value),
        "credited": exact(parcel.votes),
    }


def _keep(stage: Stage) -> Json:
    return {name: exact(part) for name, part in stage.keep.items()}


def _won(won: SeatWon) -> Json:
    return {
        "candidate": won.name,
        "ground": won.ground,
        "tie": transcript_json.tie_value(won.tie),
    }
