"""The site of a race before its result: every page and file, built whole or not at all."""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hustings.errors import InputError, Problem
from hustings.forecast.evidence import Race
from hustings.formats import evidence_csv
from hustings.formats.ballot_file import Mistakes
from hustings.formats.table_csv import rows
from hustings.results import as_csv
from hustings.results.pages.page import Page
from hustings.results.race_pages import card, evidence, files, front, over_time, roster, trackers
from hustings.results.race_pages.edition import After, Outlook, RaceEdition, RaceSite, Trackers
from hustings.shell import (
    acts,
    forecast,
    kept_forecasts,
    race_report,
    shelf,
    signing,
    site,
    typeset,
    world,
)
from hustings.shell import race as races
from hustings.shell.race import DEFINITION
from hustings.shell.shelf import RELEASES, STATUS, SUMS, Shelf

# Of more days than this every second is shown, or every fourth, and so on.
MOST_DAYS = 24
DRAWS, FEWEST = 4000, 400
# What the `status.json` of a result says that it is.
RESULT = "hustings-status"
NOT_TRUSTED = "the draws failed their checks, and what cannot be trusted is not shown"

# Told of each forecast that has to be made: how many are done, of how many, and the day.
Tell = Callable[[int, int, date], None]


def untold(done: int, total: int, day: date) -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to build: the day, the seed and the number of draws, and how many days to show.

    `base_url` is the address that the site will have, `beside` that of the result's; `key` signs
    it. With `force` a forecast that failed its checks is shown, stamped.
    """

    as_of: date
    today: date
    seed: int = 1
    draws: int = DRAWS
    days: int = MOST_DAYS
    base_url: str = ""
    key: Path | None = None
    force: bool = False
    beside: str = ""


def wanted(asked: Mapping[str, Any], **how: Any) -> Wanted:
    """What was asked of a site, day and seed as they were written; raises `InputError`."""
    today = date.today()
    given = {name: value for name, value in asked.items() if value is not None}
    given["as_of"] = races.day_asked(given.get("as_of"), today)
    if "seed" in given:
        if not given["seed"].isdecimal():
            raise InputError(Problem(f"{given['seed']!r} is not a whole number", field="--seed"))
        given["seed"] = int(given["seed"])
    return Wanted(today=today, **given, **how)


@dataclass(frozen=True, slots=True)
class Built:
    """What was built: how many files and bytes, what a person should know, what failed.

    `failed` is why the draws of the forecast cannot be trusted; `forecasts` how many were made.
    """

    files: int
    size: int
    notes: tuple[str, ...]
    failed: tuple[str, ...] = ()


def is_race(path: Path) -> bool:
    """Whether a path is a race's: its `race.toml`, or a folder that has one and no election."""
    if path.name == DEFINITION:
        return True
    return (path / DEFINITION).is_file() and not (path / acts.DEFINITION).is_file()


def publish(path: Path, out: Path, wanted: Wanted, tell: Tell = untold) -> Built:
    """Build the site of the race at `path` into `out`, in place of the one that is there.

    Raises `InputError` with all that is wrong; then, and wherever building fails, what was
    there before is untouched.
    """
    place = Shelf(out)
    place.require_room()
    if place.current and (place.current / RELEASES).is_dir():
        what = "a result is published here: a race's pages do not take its place; name another"
        raise InputError(Problem(what, str(out)))
    site.require_address(wanted.base_url)
    site.require_address(wanted.beside, "--beside")
    public = signing.public_pem(wanted.key) if wanted.key else ""
    loaded = races.load(path, wanted.today)
    race = loaded.as_of(wanted.as_of)
    edition = edition_of(race, wanted, tell)
    with place.draft() as draft:
        after = _after(loaded.folder, place, wanted.beside)
        writing = _Writing(draft, RaceSite(edition, _base(wanted), after), public)
        writing.build(_own_files(loaded.folder, edition.at), wanted.key)
        place.put_in_place(draft)
    failed = edition.outlook.told.failed if edition.outlook else ()
    if edition.untold == NOT_TRUSTED:
        failed = (NOT_TRUSTED,)
    notes = (*map(str, loaded.warnings), *_notes(edition, loaded.left_out(wanted.as_of)))
    return Built(len(writing.digests), writing.size, notes, failed)


def preview(path: Path, out: Path) -> int:
    """Build the site of the race as of today, for a look; returns how many files it has."""
    return publish(path, out, wanted({}, force=True)).files


def _base(wanted: Wanted) -> str:
    return wanted.base_url.rstrip("/") + "/" if wanted.base_url else ""


def _after(folder: Path, place: Shelf, beside: str) -> After:
    """What the race is of, and where its result is: as was said, or in a folder beside its own."""
    of = races.election_of(folder)
    if of is None:
        return After(result=beside)
    return After(of.election, of.contest, beside or _result_beside(place, of))


def _result_beside(place: Shelf, of: races.Of) -> str:
    for name, status in place.neighbours(RESULT):
        contests = status.get("contests", {})
        if status.get("election") == of.election and of.contest in contests:
            within = f"{of.contest}/" if len(contests) > 1 else ""
            return f"../{quote(name)}/{within}index.html"
    return ""


def _notes(edition: RaceEdition, later: int) -> Iterator[str]:
    if later:
        yield f"published after {edition.at} and left out: {later}"
    if edition.untold:
        yield f"the site has no forecast: {edition.untold}"
    if edition.failed:
        days = ", ".join(map(str, edition.failed))
        yield f"left out of the forecast over time, as the draws failed their checks: {days}"


# --- forecasts ----------------------------------------------------------------------------


def edition_of(race: Race, wanted: Wanted, tell: Tell = untold) -> RaceEdition:
    """All that is published of a race as of a day: its reports, and a forecast for each day."""
    days = forecast_days(race)
    shown = thinned(days, wanted.days)
    found, why = _forecasts(race, shown, wanted, tell)
    outlook = found[-1] if found else None
    if outlook and outlook.told.failed and not wanted.force:
        outlook, why = None, NOT_TRUSTED
    pair = outlook.told.pair if outlook else None
    return RaceEdition(
        race,
        Trackers(
            race_report.nominations(race),
            race_report.local_meetings(race),
            race_report.roster(race, pair=pair),
        ),
        outlook,
        why,
        tuple(each.told for each in found if _holds(each)) if outlook else (),
        len(days) if len(shown) < len(days) else 0,
        tuple(each.told.as_of for each in found if each.told.failed),
        wanted.draws,
        wanted.seed,
    )


def _holds(each: Outlook) -> bool:
    """Whether a day has a place on the line: its draws are sound, and something informs them."""
    return not each.told.failed and not each.told.is_prior


def forecast_days(race: Race) -> tuple[date, ...]:
    """The days on which evidence was published and two or more stood, in their order.

    Without any evidence it is the day as of which the race is told.
    """
    assert race.at is not None
    published = {entry.published for entry in (*race.superseded, *race.entries)}
    days = (day for day in sorted(published) if len(race.as_of(day).standing) > 1)
    return tuple(days) or (race.at,)


def thinned(days: Sequence[date], most: int) -> tuple[date, ...]:
    """Every day, or every second, fourth, eighth, ..., and the last: no more than `most`.

    The days that are shown today are shown tomorrow, too, or half of them, so that what was made
    for them is used again.
    """
    step = 1
    while len(days[::step]) + 1 > most and step < len(days) and len(days) > most:
        step *= 2
    return tuple(sorted({*days[::step], days[-1]}))


def _forecasts(
    race: Race, days: Sequence[date], wanted: Wanted, tell: Tell
) -> tuple[list[Outlook], str]:
    """The forecasts of these days, kept ones where there are some; or why there are none."""
    known = [race.as_of(day) for day in days]
    found = [kept_forecasts.kept(each, wanted.seed, wanted.draws) for each in known]
    missing = [number for number, each in enumerate(found) if each is None]
    try:
        if missing:
            forecast.require_extra()
    except InputError as error:
        return [], str(error)
    for done, number in enumerate(missing):
        tell(done, len(missing), days[number])
        found[number] = kept_forecasts.made(known[number], wanted.seed, wanted.draws)
    return [each for each in found if each], ""


# --- files --------------------------------------------------------------------------------


class _Writing:
    """One build being written: its pages, its files, and the digest of each."""

    def __init__(self, folder: Path, pages: RaceSite, public: str) -> None:
        self.folder, self.site, self.public = folder, pages, public
        self.templates = site.templates()
        self.digests: dict[str, str] = {}
        self.size = 0

    def build(self, own: dict[str, bytes], key: Path | None) -> None:
        """Write every file, the sums and their signature last."""
        for name in ("style.css", "site.js"):
            self.add(f"assets/{name}", world.packaged("site", name).read_bytes())
        data = {name: text.encode() for name, text in files.texts(self.site).items()}
        data |= {f"{files.RACE}{name}": content for name, content in own.items()}
        for name, content in data.items():
            self.add(f"data/{name}", content)
        sizes = {name: len(content) for name, content in data.items()}
        beyond = "definition" in _described(own[DEFINITION].decode())
        for page in _pages(self.site, sizes, self.public, beyond):
            template = self.templates.get_template(page.template)
            self.add(page.path, template.render(site=self.site, page=page, **page.values).encode())
        self.add("card.png", typeset.png(card.source(self.site)))
        self.add(STATUS, files.status(self.site).encode())
        self.add("_headers", files.HEADERS.encode())
        if self.public:
            self.add("key.pem", self.public.encode())
        self._sums(key)

    def add(self, path: str, content: bytes) -> None:
        """Write one file, and note its digest."""
        self.digests[path] = sha256(content).hexdigest()
        self._write(path, content)

    def _write(self, path: str, content: bytes) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write(content)
        self.size += len(content)

    def _sums(self, key: Path | None) -> None:
        sums = shelf.sums_text(self.digests).encode()
        self._write(SUMS, sums)
        if key:
            self._write(f"{SUMS}.sig", signing.sign(sums, key))


def _pages(pages: RaceSite, sizes: dict[str, int], public: str, beyond: bool) -> Iterator[Page]:
    yield front.page(pages)
    if pages.edition.outlook:
        yield over_time.page(pages)
    yield from trackers.pages(pages)
    yield roster.page(pages)
    yield evidence.page(pages)
    yield files.data_page(pages, sizes, beyond)
    yield files.made_page(pages, public, signing.fingerprint(public))


def _own_files(folder: Path, at: date) -> dict[str, bytes]:
    """The race's own files with what was published by that day; others in the folder stay there."""
    text = world.as_it_stands(folder / DEFINITION)
    found = {DEFINITION: text.encode()}
    rules = _described(text).get("rules", "")
    if Path(rules).name == rules and (folder / rules).is_file():
        found[rules] = world.as_it_stands(folder / rules).encode()
    for name in evidence_csv.FILES:
        kept = _until(world.as_it_stands(folder / name), at) if (folder / name).is_file() else ""
        if kept:
            found[name] = kept.encode()
    return found


def _described(text: str) -> dict[str, str]:
    """What a race's definition says of the race; it was read before, and is right."""
    described: dict[str, str] = tomllib.loads(text)["race"]
    return described


def _until(text: str, at: date) -> str:
    """The table without the rows that were published later, and the columns that are empty then.

    It is written anew in any case, so that no byte tells of what is left out; where no row
    stays it is empty.
    """
    found = rows(text.splitlines(keepends=True), Mistakes(""), (), None)
    left = [row.cells for row in found if row.cell("published") <= str(at)]
    columns = [name for name in (left[0] if left else ()) if any(row[name] for row in left)]
    lines = (as_csv.line(tuple(row[name] for name in columns)) for row in left)
    return "".join((as_csv.line(tuple(columns)), *lines)) if left else ""
