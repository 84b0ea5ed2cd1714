"""The commands that publish: build the site, look at it, sign it, and check what was published."""

from collections.abc import Mapping
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from hustings.counting import engine
from hustings.errors import InputError
from hustings.formats import transcript_json
from hustings.shell import acts, world
from hustings.shell.options import DECIDED, KEY_FILE, LOT, OUT_SITE, PATH_OR_RACE, RULES, SEED
from hustings.shell.outcome import Outcome
from hustings.shell.screen import forecasts_shown, progress

if TYPE_CHECKING:
    from hustings.shell import race_site as race_sites
    from hustings.shell.site import Built


@click.command()
@PATH_OR_RACE
@OUT_SITE
@RULES
@LOT
@SEED
@DECIDED
@click.option("--base-url", default="", help="The address that the site will have.")
@KEY_FILE
@click.option(
    "--force", is_flag=True,
    help="Replace the current release, while nobody has read it; of a race, show a forecast "
    "whose draws failed their checks, stamped so.",
)  # fmt: skip
@click.option(
    "--as-of", metavar="DATE",
    help="Of a race: only what was published by this day; today where nothing is said.",
)  # fmt: skip
@click.option(
    "--draws", type=click.IntRange(400, 200_000),
    help="Of a race: how many electorates to simulate for each day; 4000 where nothing is said.",
)  # fmt: skip
@click.option(
    "--days", type=click.IntRange(2, 1000),
    help="Of a race: of how many days the forecast is shown at most; 24 where nothing is said.",
)  # fmt: skip
@click.option(
    "--beside", default="", metavar="URL",
    help="The address of the other site: of a race its result's, of an election its race's. "
    "The pages lead there.",
)  # fmt: skip
def publish(
    path: Path,
    out: Path,
    rules: str | None,
    lot: str | None,
    seed: str | None,
    decided: Path | None,
    base_url: str,
    key: Path | None,
    force: bool,
    as_of: str | None,
    draws: int | None,
    days: int | None,
    beside: str,
) -> int:
    """Build the site of results of the election at PATH into DIR, whole or not at all.

    What does not add up, and what would show how a voter of a secret poll voted, is refused.
    Each release keeps its address: releases/1/, releases/2/, ...

    PATH may also be a race before its day, a folder with a race.toml: then the site says who
    is likely to win, what decides it and what is not known, and --seed is a number.
    """
    if _is_race(path):
        of_an_election = {"--rules": rules, "--lot": lot, "--decided": decided}
        _refuse_options("is for an election; PATH is a race", of_an_election)
        asked = {"as_of": as_of, "seed": seed, "draws": draws, "days": days}
        how = {"base_url": base_url, "key": key, "force": force, "beside": beside}
        return _publish_race(path, out, asked, **how)
    of_a_race = {"--as-of": as_of, "--draws": draws, "--days": days}
    _refuse_options("is for a race; PATH is an election", of_a_race)
    with progress() as watch:
        loaded = acts.with_decisions(acts.load(path, watch), lot, seed, decided)
    if rules:
        for contest in loaded.election.contests:
            loaded = acts.with_rules(loaded, contest.id, rules, ())
    return _publish_election(loaded, out, base_url=base_url, key=key, force=force, beside=beside)


def _publish_election(loaded: acts.Loaded, out: Path, **how: Any) -> int:
    """Build the site of an election's results."""
    from hustings.shell import site

    built = site.publish(loaded, out, site.Wanted(**how))
    for note in built.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(f"Published release {built.release}, {told_of(built, out)}")
    where = quote(str(out))
    click.echo(f"Next: hustings verify {where}   checks it, and counts it again")
    return Outcome.DONE


def _is_race(path: Path) -> bool:
    """Whether the path is a race's; where it is not, nothing of races is imported."""
    if path.name != "race.toml" and not (path / "race.toml").is_file():
        return False
    from hustings.shell import race_site

    return race_site.is_race(path)


def _refuse_options(what: str, given: Mapping[str, object]) -> None:
    for name in (name for name, value in given.items() if value is not None):
        raise InputError(f"{name} {what}")


def _publish_race(path: Path, out: Path, asked: Mapping[str, Any], **how: Any) -> int:
    """Build a race's site; draws that failed their checks are told of, with exit code 3."""
    from hustings.shell import race_site

    with forecasts_shown() as tell:
        built = race_site.publish(path, out, race_site.wanted(asked, **how), tell)
    for note in built.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(f"Published the race, {told_of(built, out)}")
    for advice in built.failed:
        click.echo(f"The draws cannot be trusted: {advice}", err=True)
    return Outcome.A_PERSON_MUST_DECIDE if built.failed else Outcome.DONE


@click.command()
@PATH_OR_RACE
@click.option("--port", default=8000, show_default=True, help="Where to listen; 0 for any.")
def preview(path: Path, port: int) -> int:
    """Serve the site of the election or race at PATH to this machine alone; rebuild on change."""
    from hustings.shell import preview as previewing

    if _is_race(path):
        from hustings.shell import race_site

        previewing.serve(path, port, click.echo, race_site.preview)
    else:
        previewing.serve(path, port, click.echo)
    return Outcome.DONE


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def key(folder: Path) -> int:
    """Make a pair of Ed25519 keys in FOLDER: one to sign with, and one to give away."""
    from hustings.shell import signing

    private, public = signing.new_key(folder)
    click.echo(f"Wrote {private}: keep it secret; hustings publish PATH --out DIR --key {private}")
    click.echo(f"Wrote {public}: give it to everybody, by another way than the site")
    return Outcome.DONE


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The public key of whoever published it.",
)
def verify(target: Path, key: Path | None) -> int:
    """Count TARGET again and compare: a JSON file of `hustings count`, or a published site."""
    if target.is_dir():
        from hustings.shell import verifying

        found = verifying.verify(target, key)
        for said in found.holds:
            click.echo(said)
        for said in found.fails:
            click.echo(said, err=True)
        return Outcome.DOES_NOT_HOLD if found.fails else Outcome.DONE
    if key is not None:
        raise InputError("--key is for a published folder; a transcript has no signature")
    return _verify_transcript(target)


def _counted_again(text: str, file: str) -> str:
    """What counting again from what the text itself holds gives, in the same format."""
    if '"format": "hustings-stages"' in text[:200]:
        from hustings.counting.seats import engine as seats_engine
        from hustings.formats import stages_json

        contest, profile, hypothesis, election = stages_json.read(text, file)
        return stages_json.write(seats_engine.count(contest, profile, hypothesis), election)
    contest, profiles, hypothesis, election = transcript_json.read(text, file)
    return transcript_json.write(engine.count(contest, profiles, hypothesis), election)


def _verify_transcript(transcript: Path) -> int:
    text = world.as_it_stands(transcript)
    again = _counted_again(text, str(transcript))
    if again == text:
        click.echo(f"{transcript}: the count comes out the same, to the last byte.")
        return Outcome.DONE
    pairs = zip(again.splitlines(), text.splitlines(), strict=False)
    line = next((n for n, (mine, theirs) in enumerate(pairs, 1) if mine != theirs), 0)
    click.echo(f"{transcript}:{line}: counting again gives something else from here on", err=True)
    return Outcome.DOES_NOT_HOLD


def told_of(built: "Built | race_sites.Built", out: Path) -> str:
    """How much was built, and the address at which to look at it."""
    address = f"{out.absolute().as_uri()}/index.html"
    return f"{built.files:,} files, {built.size / 1e6:.1f} MB: {address}"
