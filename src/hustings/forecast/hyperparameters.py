"""The model's scales and rates: what each is, its default, and where that comes from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from fractions import Fraction

from hustings.errors import InputError, Problem


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """Every number that the model does not learn from the evidence of a race.

    Standard deviations are on the logit scale unless their basis says otherwise.
    """

    level_sd: float = 0.8
    section_sd: float = 0.5
    endorsement_mean: float = 0.5
    endorsement_sd: float = 0.35
    placement_sd: float = 0.8
    branch_sd: float = 0.5
    activist_sd: float = 0.25
    hazard_mean: float = -2.0
    hazard_sd: float = 0.7
    drift_per_week: float = 0.09
    undecided: float = 0.5
    poll_sd: float = 0.26
    poll_pair_sd: float = 0.15
    poll_deff: float = 1.5
    common_part: float = 0.5
    house_part: float = 0.5
    self_selecting_sd: float = 0.3
    meeting_icc: float = 0.1
    meeting_size: float = 25.0
    nomination_power: float = 2.0
    nomination_power_sd: float = 0.4
    nomination_sd: float = 0.3
    nomination_deff: float = 3.0
    primary_sd: float = 0.6
    primary_n: float = 150.0
    roster_sd: float = 0.06
    reported_part: float = 0.5
    nominated_sd: float = 0.3
    report_sd: float = 0.4
    runoff_mean: float = 0.05
    runoff_sd: float = 0.1
    runoff_deff: float = 1.2
    kept_a: float = 19.0
    kept_b: float = 1.0

    def told(self, values: Mapping[str, Fraction | float]) -> "Hyperparameters":
        """These with the named ones replaced; `InputError` names every one that is not known."""
        _refuse(
            Problem(f"the model has no parameter of that name; it has {', '.join(BASIS)}", field=n)
            for n in sorted(values.keys() - BASIS.keys())
        )
        _refuse(
            Problem(f"{float(values[n])} is below 0: a scale, a size or a rate is not", field=n)
            for n in sorted(values.keys() - SIGNED)
            if values[n] < 0
        )
        return replace(self, **{name: float(value) for name, value in values.items()})


def _refuse(problems: Iterable[Problem]) -> None:
    found = tuple(problems)
    if found:
        raise InputError(found)


@dataclass(frozen=True, slots=True)
class Basis:
    """What a number means, since when it stands so, and what it rests on."""

    meaning: str
    since: date
    source: str


# Means may lie on either side of nought; all else is a size.
SIGNED = frozenset({"hazard_mean", "runoff_mean", "endorsement_mean"})

JUDGED = "a judgement, held against the sensitivity table; no contest was fitted for it"
MEASURED = (
    "polls of Labour contests of 2010 to 2020 beside their results: .31 a candidate and .20 for "
    "the final pair, of which sampling explains a part; see the page on the forecast model"
)
_TABLE: Mapping[str, tuple[str, str]] = {
    "level_sd": ("how far candidates lie apart, in all sections alike", JUDGED),
    "section_sd": ("scale of the half-normal spread of sections about the whole", JUDGED),
    "endorsement_mean": ("what the backing of a whole section's bodies is worth: centre", JUDGED),
    "endorsement_sd": ("the same: spread", JUDGED),
    "placement_sd": (
        "how far a candidate's place from left to right is from a survey's, or from the middle",
        "the survey of 2010 has its five candidates .84 apart, as a standard deviation; .4 before, "
        "which the second preferences of the back-tests did not bear out",
    ),
    "branch_sd": ("scale of the half-normal spread of branches in a section", JUDGED),
    "activist_sd": ("how far those who come to meetings differ from those who vote", JUDGED),
    "hazard_mean": ("logit of the chance to stop after a preference: centre", JUDGED),
    "hazard_sd": ("the same: spread between preferences and sections", JUDGED),
    "drift_per_week": ("how far opinion moves in a week: variances add up", MEASURED),
    "undecided": ("error for each part of the asked who did not say", JUDGED),
    "poll_sd": ("error of a poll's first preferences, a candidate", MEASURED),
    "poll_pair_sd": ("error of a poll's choice between two", MEASURED),
    "poll_deff": (
        "by how much a poll's number overstates what it tells: a ratio",
        "weighting; L. Kish, Survey Sampling, 1965, section 8.2, for the notion",
    ),
    "common_part": (
        "the part of a poll's error variance that all polls of a section have in common",
        "about half of the squared error of 4,221 American polls was shared by all polls of an "
        "election: H. Shirani-Mehr, D. Rothschild, S. Goel and A. Gelman, Journal of the American "
        "Statistical Association 113, 2018, pages 607-614",
    ),
    "house_part": ("of the rest of a poll's error variance, the part that is its house's", JUDGED),
    "self_selecting_sd": ("error of a poll of whoever chose to answer", JUDGED),
    "meeting_icc": (
        "likeness of those at one meeting, for totals: a correlation",
        "L. Kish, Survey Sampling, 1965, section 5.4: 1 + (m - 1) icc",
    ),
    "meeting_size": ("electors at a meeting, where the source does not say", JUDGED),
    "nomination_power": ("how much more often a branch backs who leads in it", JUDGED),
    "nomination_power_sd": ("the same: spread of the logarithm", JUDGED),
    "nomination_sd": ("what else moves branch nominations", JUDGED),
    "nomination_deff": ("likeness of neighbouring branches: a ratio", JUDGED),
    "primary_sd": ("how far one constituency differs from its section", JUDGED),
    "primary_n": ("the most that one constituency's primary counts for: electors", JUDGED),
    "roster_sd": ("how far those who declared differ from those who did not", JUDGED),
    "reported_part": (
        "of how large a part of a section unnamed first preferences are, if nobody says",
        JUDGED,
    ),
    "nominated_sd": ("how far nominations differ from first preferences", JUDGED),
    "report_sd": ("who divulges a later preference is not random: error of a source", JUDGED),
    "runoff_mean": ("lean of pooled run-offs, of which only the close are seen", JUDGED),
    "runoff_sd": ("the same: spread", JUDGED),
    "runoff_deff": ("likeness of those in one run-off: a ratio", JUDGED),
    "kept_a": ("declared preferences that are kept: first number of a beta", JUDGED),
    "kept_b": ("the same: second number", JUDGED),
}
BASIS: Mapping[str, Basis] = {
    part.name: Basis(_TABLE[part.name][0], date(2026, 11, 22), _TABLE[part.name][1])
    for part in fields(Hyperparameters)
}
