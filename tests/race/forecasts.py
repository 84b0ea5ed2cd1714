"""Forecasts made up for tests of the pages: the right shape, and no model that takes a minute."""

import json
from typing import Any

from hustings.forecast.evidence import Figures, Race
from hustings.forecast.roster import known
from hustings.formats import forecast_told
from hustings.results.race_pages.edition import Outlook
from hustings.results.report import Heading, Picture, Report, Sentence, Table

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 40" role="img" '
    'aria-labelledby="made-title"><title id="made-title">A picture</title>'
    '<rect width="180" height="30" fill="none" stroke="currentColor"/></svg>'
)


def outlook(race: Race, seed: int = 1, draws: int = 4000, failed: tuple[str, ...] = ()) -> Outlook:
    """A forecast of the race whose chances follow the figures of its last poll."""
    value = _value(race, seed, draws, failed)
    told = forecast_told.of_value(value)
    name = race.contest.name(told.prospects[0].candidate)
    blocks = (
        Sentence(f"Too close to call, and {name} is ahead.", "lead"),
        Table("Chance to win", ("Candidate", "chance\nto win"), ((name, "0.5"),)),
        Picture(SVG),
        Heading("What the model cannot know"),
        Sentence("Whether those who can be asked differ from those who vote."),
        Heading("About these figures"),
        Sentence(f"As of {race.at}; seed {seed}."),
        *(Sentence(advice, "warning") for advice in failed),
    )
    report = Report(f"{race.name}: forecast as of {race.at}", blocks)
    return Outlook(told, report, json.dumps(value, indent=1) + "\n")


def _value(race: Race, seed: int, draws: int, failed: tuple[str, ...]) -> dict[str, Any]:
    figures = race.of(Figures)
    shares = dict.fromkeys(race.standing, 0.01)
    for who, share in figures[-1].shares.items() if figures else ():
        shares |= {name: float(share) / len(who) for name in who if name in shares}
    total = sum(share**4 for share in shares.values())
    order = sorted(shares, key=lambda name: (-shares[name], name))
    pair = order[:2]
    return {
        "format": "hustings-forecast",
        "version": 1,
        "as_of": str(race.at),
        "evidence_digest": race.digest(),
        "seed": seed,
        "draws": draws,
        "is_prior": not figures,
        "failed": list(failed),
        "candidates": [_chance(name, shares[name], shares[name] ** 4 / total) for name in order],
        "break_even": {"points": 0.0123},
        "pivots": {
            "pair": pair,
            "bloc_values": [
                _bloc(section.id, first, voi)
                for section in race.contest.sections
                for first, voi in ((None, 0.06), *((name, 0.02) for name in order[2:]))
            ],
            "electors": [
                {
                    "elector": each.elector,
                    "section": each.section,
                    "moves": {"value": 0.021, "standard_error": 0.002},
                }
                for each in known(race)
                if not each.answers((pair[0], pair[1]))
            ],
        },
    }


def _chance(name: str, share: float, win: float) -> dict[str, Any]:
    spread = {"median": share, "interval_80": [share * 0.8, share * 1.1]}
    final = {"median": 0.4 + win / 5, "interval_80": [0.37 + win / 5, 0.43 + win / 5]}
    return {
        "id": name,
        "win": {"value": win, "standard_error": 0.009},
        "in_final_pair": min(2 * win, 1.0),
        "first_preferences": {"college": spread},
        "final_share": {"college": final if win > 0.01 else None},
    }


def _bloc(section: str, first: str | None, voi: float) -> dict[str, Any]:
    return {
        "section": section, "first": first, "voters": 120.0, "share": 0.45,
        "voi": voi, "low": 0.31, "high": 0.74,
    }  # fmt: skip
