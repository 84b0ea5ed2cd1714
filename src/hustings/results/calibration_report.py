"""What a calibration shows: whether it passes, a table of its quantities, and a picture."""

from collections.abc import Iterator

from hustings.forecast.uniformity import BAND, KS_P, Calibration, Tested, Verdict
from hustings.results.pictures.calibration_bands import draw_bands
from hustings.results.report import Block, Picture, Report, Sentence, Table


def of(calibration: Calibration) -> Report:
    """The report of a calibration."""
    title = f"{calibration.race}: calibration as of {calibration.as_of}"
    return Report(title, tuple(_blocks(calibration)))


def _blocks(calibration: Calibration) -> Iterator[Block]:
    verdict = calibration.verdict()
    yield Sentence(_lead(verdict), "warning" if verdict.failed else "lead")
    yield from (Sentence(f"{said}.", "warning") for said in verdict.failed)
    yield _table(verdict)
    yield Picture(draw_bands(verdict))
    yield Sentence(_sampler(calibration))


def _lead(verdict: Verdict) -> str:
    low, high = verdict.coverage()
    asked = (
        f"p of Kolmogorov and Smirnov's test times {len(verdict.tested)} above {KS_P}, p of "
        f"chi-squared's above .001, 80 per cent intervals that hold {low:.1%} to {high:.1%} of "
        "the truths"
    )
    many = f"{verdict.replicates:,} replicates, {len(verdict.tested)} quantities"
    if verdict.failed:
        return f"NOT CALIBRATED: {many}; expected of each quantity: {asked}."
    return f"Calibrated: {many}, and each has {asked}."


def _table(verdict: Verdict) -> Table:
    header = ("Quantity", "KS p", "chi² p", "80% intervals\nhold", "largest\ndifference", "in band")
    rows = tuple(_row(verdict, each) for each in verdict.tested)
    return Table("Ranks of the truth among 99 draws, by quantity", header, rows)


def _row(verdict: Verdict, each: Tested) -> tuple[str, ...]:
    most = max(map(abs, each.difference))
    return (
        each.quantity,
        f"{each.ks:.3f}",
        f"{each.chi:.3f}",
        f"{each.covered:.1%}",
        f"{most:.3f}",
        "no" if verdict.leaves(each) else "yes",
    )


def _sampler(calibration: Calibration) -> str:
    """How the sampler fared: no replicate is left out, whatever it met."""
    many = calibration.replicates
    divergent = sum(each.divergent for each in many) / len(many)
    saturated = sum(each.saturated for each in many) / len(many)
    broken = sum(not each.finite for each in many)
    return (
        f"In all replicates {divergent:.3%} of the draws diverge and {saturated:.3%} of the paths "
        f"are cut short; in {broken} the density was not a number. A band holds a line whole in "
        f"{BAND:.0%} of cases. Seed {calibration.seed}."
    )
