"""The site of results: every page, picture and file of a release, built whole or not at all."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from hustings.ballots.returns import Returns
from hustings.counting import engine
from hustings.counting.seats.polled import count_polls
from hustings.counting.transcript import Transcript
from hustings.election.spec import Contest
from hustings.errors import InputError, Problem
from hustings.formats import transcript_json
from hustings.formats.data_package import Resource
from hustings.results import as_csv, as_markdown, as_wikitext, card, declaration, opendata, report
from hustings.results.assembly import Material, assemble
from hustings.results.edition import Edition, SeatsEdition
from hustings.results.facts import facts
from hustings.results.pages import (
    counted,
    electors,
    embeds,
    fact_pages,
    files,
    record,
    releases,
    result,
    rounds,
    sections,
    units,
    what_if_page,
)
from hustings.results.pages.page import Link, Page, Site, day
from hustings.results.pages.record import Record
from hustings.results.seats import assembly as seats_assembly
from hustings.results.seats import documents as seats_documents
from hustings.results.seats import opendata as seats_opendata
from hustings.results.seats import pages as seats_pages
from hustings.results.seats import what_if_page as seats_what_if_page
from hustings.results.seats.pages import SeatsSite
from hustings.results.words import capital
from hustings.shell import acts, datafiles, otherwise, shelf, signing, typeset, world
from hustings.shell.acts import Loaded
from hustings.shell.shelf import RELEASES, SUMS, Shelf

RECORD = "record.json"
# What the `status.json` of a race says that it is.
RACE = "hustings-race-status"
WEB_ADDRESS = re.compile(r"https?://[^\s\"'<>?#]+")


@dataclass(frozen=True, slots=True)
class Built:
    """What was built: where, how many files and bytes, and what a person should know."""

    out: Path
    release: int
    files: int
    size: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to build: the address that the site will have, the key that signs it.

    `beside` is the address of the race's site, as it stood before the result.
    `alone` builds as if no release had been before: a draft, to be looked at by whoever made it.
    """

    base_url: str = ""
    key: Path | None = None
    force: bool = False
    alone: bool = False
    beside: str = ""


@world.keeping_all()
def publish(loaded: Loaded, out: Path, wanted: Wanted = Wanted()) -> Built:
    """Build the current release into `out`, beside the releases that are there.

    Raises `InputError` with all that keeps it from being published; then, and wherever
    building fails, what was there before is untouched.
    """
    place, public = Shelf(out), signing.public_pem(wanted.key) if wanted.key else ""
    place.require_room()
    require_address(wanted.base_url)
    require_address(wanted.beside, "--beside")
    held = {} if wanted.alone else place.releases()
    number = loaded.publication.release.number
    _require_last(number, held, out)
    _require_folders(loaded)
    if not wanted.force:
        _require_earlier(number, held, out)
    past = {each: _record(folder) for each, folder in held.items() if each < number}
    editions = _editions(loaded, past, published=number in held and not wanted.force)
    with place.draft() as draft:
        target = draft / RELEASES / str(number)
        release = _Release(target, loaded, editions, past, wanted, public)
        release.build()
        if number in held and not wanted.force:
            shelf.require_the_same(number, held[number], release.digests, out)
        for each in past:
            shelf.keep(held[each], draft / RELEASES / str(each))
        shelf.keep(target, draft)
        _release_list(draft, loaded, editions, release.templates, _races_beside(place, loaded))
        place.put_in_place(draft)
    notes = [note for edition in editions for note in _notes(edition)]
    notes += () if wanted.key else _signed_before(held)
    return Built(out, number, len(release.digests), release.size, tuple(notes))


def _signed_before(held: Mapping[int, Path]) -> Iterator[str]:
    """What to know where this release is not signed, and one that is held is."""
    signed = [each for each, folder in held.items() if (folder / f"{SUMS}.sig").is_file()]
    if signed:
        yield f"release {signed[-1]} was signed, and this one is not: give --key"


def _require_last(number: int, held: Mapping[int, Path], out: Path) -> None:
    """Raise `InputError` where a later release is in the folder already."""
    later = [each for each in held if each > number]
    if later:
        what = f"release {later[-1]} is held here, and the definition's last is {number}"
        raise InputError(Problem(what, str(out)))


def _require_earlier(number: int, held: Mapping[int, Path], out: Path) -> None:
    """Raise `InputError` where a release before this one is not in the same folder."""
    missing = [str(each) for each in range(1, number) if each not in held]
    if missing:
        what = (
            f"release {number} belongs into the folder of the releases before it, which must keep "
            f"their addresses and be held against it; {' and '.join(missing)} is not here: name "
            "that folder, or give --force if it is lost"
        )
        raise InputError(Problem(what, str(out)))


def _editions(
    loaded: Loaded, past: Mapping[int, Mapping[str, Record]], *, published: bool
) -> list[Edition]:
    """The edition of every contest; where the release is out already, a refusal says so first."""
    try:
        return [edition_of(loaded, contest, past) for contest in loaded.election.contests]
    except InputError as error:
        number = loaded.publication.release.number
        compared = any(problem.field == "releases" for problem in error.problems)
        if not published or not compared:
            raise
        what = f"release {number} is published already: a change is a new [[releases]]"
        raise InputError((Problem(what, "election.toml"), *error.problems)) from None


def _require_folders(loaded: Loaded) -> None:
    """Raise `InputError` where a contest among several bears the name of a folder of every site."""
    contests = loaded.election.contests
    if len(contests) > 1:
        taken = [each.id for each in contests if each.id in (RELEASES, "assets")]
        if taken:
            what = f"{taken[0]!r} is a folder of every site; give the contest another id"
            raise InputError(Problem(what, "election.toml", None, f"contests.{taken[0]}"))


def require_address(address: str, option: str = "--base-url") -> None:
    """Raise `InputError` where readers could not follow a link to it."""
    if address and not WEB_ADDRESS.fullmatch(address):
        what = "this is no address of a site; write it as https://results.example/2010"
        raise InputError(f"{option} {address}: {what}")


def _record(folder: Path) -> dict[str, Record]:
    path = folder / RECORD
    return record.read(world.as_it_stands(path), str(path))


def edition_of(
    loaded: Loaded, contest: Contest, past: Mapping[int, Mapping[str, Record]]
) -> Edition:
    """All that is published of a contest, after these releases of before.

    Raises `InputError` with all that keeps it from being published.
    """
    if contest.rules.method not in engine.METHODS:
        return _edition_of_seats(loaded, contest, past)
    transcript = acts.count(loaded, contest.id)
    before = [records[contest.id].sections for records in past.values() if contest.id in records]
    return assemble(
        Material(
            loaded.election,
            transcript,
            loaded.polls[contest.id],
            loaded.publication,
            loaded.returns.get(contest.id, Returns()),
            acts.compare(loaded, transcript),
            before,
            loaded.assumed,
        )
    )


def _edition_of_seats(
    loaded: Loaded, contest: Contest, past: Mapping[int, Mapping[str, Record]]
) -> SeatsEdition:
    """The same, of a contest whose rules fill several seats."""
    polls = loaded.polls[contest.id]
    notes = [*loaded.assumed]
    if loaded.published.get(contest.id):
        notes.append(seats_assembly.NOT_COMPARED)
    return seats_assembly.assemble(
        count_polls(contest, polls, loaded.hypothesis),
        loaded.election,
        polls,
        loaded.publication,
        loaded.returns.get(contest.id, Returns()),
        [records[contest.id].sections for records in past.values() if contest.id in records],
        notes,
    )


def _kind_of(edition: Edition) -> type[Site]:
    return SeatsSite if isinstance(edition, SeatsEdition) else Site


def _notes(edition: Edition) -> Iterator[str]:
    """What whoever publishes should know: what is pooled, withheld or accepted."""
    for part in edition.sections.values():
        name, nouns = part.entry.name, part.publication.units_are
        if part.withheld:
            yield f"{name}: {part.withheld}"
        if part.pooled_into:
            yield f"{name}: {len(part.pooled_into)} {nouns} are not shown by themselves"
        if part.publication.accepts or edition.release.accepts:
            yield from (f"{name}: {line}" for line in part.log if line.startswith("Published"))


# --- a release ------------------------------------------------------------------------------


class _Release:
    """One release being written: its pages, its files, and the digest of each."""

    def __init__(
        self,
        folder: Path,
        loaded: Loaded,
        editions: Sequence[Edition],
        past: Mapping[int, Mapping[str, Record]],
        wanted: Wanted,
        public: str,
    ) -> None:
        self.folder, self.loaded, self.past, self.wanted = folder, loaded, past, wanted
        self.editions = editions
        several = len(editions) > 1
        base = wanted.base_url.rstrip("/") + "/" if wanted.base_url else ""
        self.sites = [
            _kind_of(edition)(
                edition, f"{edition.transcript.contest.id}/" if several else "", base, wanted.beside
            )
            for edition in editions
        ]
        self.digests: dict[str, str] = {}
        self.size = 0
        self._made: set[str] = set()
        self.templates = templates()
        self.public = public

    def build(self) -> None:
        """Write every file of the release, the sums and their signature last."""
        for name in ("style.css", "site.js", "follow.js"):
            self.add(f"assets/{name}", world.packaged("site", name).read_bytes())
        with ThreadPoolExecutor(1) as pool:
            made = [_beside(pool, site) for site in self.sites]
            for site in self.sites:
                for page in _pages(site, self.loaded, self.past):
                    self.page(site, page)
            for site, beside in zip(self.sites, made, strict=True):
                self._files(site, beside.documents.result(), _data(site, beside))
        if len(self.sites) > 1:
            text = self.templates.get_template("contests.html").render(sites=self.sites)
            self.add("index.html", text.encode())
        self.add("status.json", files.status(self.editions).encode())
        self.add("_headers", files.headers(self.editions[0].release.number).encode())
        self.add(RECORD, record.write(self.editions).encode())
        if self.public:
            self.add("key.pem", self.public.encode())
        self._sums()

    def page(self, site: Site, page: Page) -> None:
        """Write one page."""
        template = self.templates.get_template(page.template)
        self.add(page.path, template.render(site=site, page=page, **page.values).encode())

    def add(self, path: str, content: bytes) -> None:
        """Write one file, and note its digest."""
        self.digests[path] = sha256(content).hexdigest()
        self._write(path, content)

    def _write(self, path: str, content: bytes) -> None:
        within, _, _ = path.rpartition("/")
        if within not in self._made:
            self.folder.joinpath(within).mkdir(parents=True, exist_ok=True)
            self._made.add(within)
        with self.folder.joinpath(path).open("xb") as file:
            file.write(content)
        self.size += len(content)

    def _files(self, site: Site, documents: Mapping[str, bytes], data: Mapping[str, bytes]) -> None:
        for name, content in documents.items():
            self.add(site.places.at(name), content)
        for name, content in data.items():
            self.add(site.places.at(f"data/{name}"), content)
        sizes = {name: len(content) for name, content in data.items()}
        for page in self._file_pages(site, sizes):
            self.page(site, page)
        for name, text in _copies(site).items():
            self.add(site.places.at(f"copy/{name}"), text.encode())

    def _file_pages(self, site: Site, sizes: Mapping[str, int]) -> Iterator[Page]:
        yield files.data_page(site, sizes)
        yield files.verify_page(site, self.public, signing.fingerprint(self.public))
        for name, text in embeds.oembed(site).items():
            self.add(site.places.at(name), text.encode())

    def _sums(self) -> None:
        sums = shelf.sums_text(self.digests).encode()
        self._write(SUMS, sums)
        if self.wanted.key:
            self._write(f"{SUMS}.sig", signing.sign(sums, self.wanted.key))


def templates() -> Environment:
    """The templates of the package; whatever is filled in stays text unless it is marked."""
    texts = {
        entry.name: entry.read_text("utf-8")
        for entry in world.packaged("site").iterdir()
        if entry.name.endswith(".html")
    }
    environment = Environment(
        loader=DictLoader(texts),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        auto_reload=False,
    )
    filters: dict[str, Callable[..., Any]] = {
        "address": lambda path: path.removesuffix("index.html"),
        "capital": lambda text: capital(str(text)),
        "day": day,
        # Drawings escape what they were given, and are markup on purpose.
        "svg": Markup,
    }
    environment.filters.update(filters)
    return environment


def _pages(site: Site, loaded: Loaded, past: Mapping[int, Mapping[str, Record]]) -> Iterator[Page]:
    """Every page of one contest, but those that tell of files."""
    edition, contest = site.edition, site.contest.id
    yield from _pages_of_stages(site) if isinstance(site, SeatsSite) else _pages_of_rounds(site)
    yield from sections.pages(site)
    yield from units.pages(site)
    yield from electors.pages(site)
    yield from fact_pages.pages(site, facts(edition))
    yield from embeds.pages(site)
    held = {each: records[contest].figures for each, records in past.items() if contest in records}
    held[edition.release.number] = releases.figures(edition)
    listed = loaded.publication.releases or (edition.release,)
    yield releases.page(site, listed, held)


def _pages_of_rounds(site: Site) -> Iterator[Page]:
    """The pages that only a count for one seat has."""
    yield result.page(site)
    yield rounds.page(site)
    yield counted.page(site)
    yield what_if_page.page(site, [*otherwise.questions(site.edition)])


def _pages_of_stages(site: SeatsSite) -> Iterator[Page]:
    """The pages that only a count for several seats has."""
    yield from seats_pages.pages(site)
    others = [*otherwise.questions_of_seats(site.seats)]
    yield seats_what_if_page.page(site, site.seats.elected, others)


@dataclass(frozen=True, slots=True)
class _Beside:
    """The tables of a contest, and what is made beside us while we write its pages."""

    tables: tuple[Resource, ...]
    documents: Future[dict[str, bytes]]
    parquet: Future[dict[str, bytes]]


def _beside(pool: Executor, site: Site) -> _Beside:
    """Begin what the typesetter and DuckDB make.

    They are no Python, which in another thread would only take turns with us.
    """
    edition, about = site.edition, opendata.about(site.edition)
    tables = (
        seats_opendata.resources(edition)
        if isinstance(edition, SeatsEdition)
        else opendata.resources(edition)
    )
    return _Beside(
        tables, pool.submit(_typeset, site), pool.submit(datafiles.parquet, tables, about)
    )


def _typeset(site: Site) -> dict[str, bytes]:
    """The declaration, the count sheet and the card."""
    edition, at = site.edition, site.release.at
    if isinstance(edition, SeatsEdition):
        sources = seats_documents.documents(edition)
    else:
        sources = {
            "declaration.pdf": declaration.source(edition),
            "count-sheet.pdf": declaration.count_sheet(edition),
            "card.png": card.source(edition),
        }
    return {
        name: typeset.png(source) if name.endswith(".png") else typeset.pdf(source, at)
        for name, source in sources.items()
    }


def _data(site: Site, beside: _Beside) -> dict[str, bytes]:
    """Every file of the data folder."""
    edition, tables = site.edition, beside.tables
    made = {datafiles.RESULTS: datafiles.sqlite(tables, opendata.about(edition))}
    made |= beside.parquet.result()
    if isinstance(edition, SeatsEdition):
        written = seats_opendata.texts(edition, made, tables)
        return made | {name: text.encode() for name, text in written.items()}
    made[f"{site.contest.id}.transcript.json"] = transcript_json.write(
        _as_published(edition), edition.election.name
    ).encode()
    texts = opendata.texts(edition, made, tables)
    return made | {name: text.encode() for name, text in texts.items()}


def _as_published(edition: Edition) -> Transcript:
    """The transcript without the rankings that are withheld."""
    withheld = {section for section, part in edition.sections.items() if part.withheld}
    profiles = tuple(profile.without(withheld) for profile in edition.transcript.profiles)
    return replace(edition.transcript, profiles=profiles)


def _copies(site: Site) -> dict[str, str]:
    """The table by round or by stage as text to be copied."""
    transcript = site.edition.worded
    lead = f"{site.status} (release {site.release.number}). {site.headline}"
    if isinstance(site.edition, SeatsEdition):
        return seats_opendata.copies(site.edition, lead)
    table = report.summary(transcript)
    plain = report.Report(site.contest.post, (report.Sentence(lead), table))
    return {
        "rounds.md": "".join(as_markdown.write(plain)),
        "rounds.wiki.txt": "".join(as_wikitext.write(table, lead)),
        "rounds.csv": "".join(as_csv.write(transcript)),
    }


def _races_beside(place: Shelf, loaded: Loaded) -> list[Link]:
    """The way to the site of each race of the election that stands in a folder beside this one.

    No page of a release leads there: its bytes are kept, and one way cannot be right both at the
    root and at the release's own address.
    """
    contests = {contest.id: contest.post for contest in loaded.election.contests}
    return [
        Link(f"{contests[status['contest']]}: before the result", f"../{quote(name)}/index.html")
        for name, status in place.neighbours(RACE)
        if status.get("election") == loaded.election.name and status.get("contest") in contests
    ]


def _release_list(
    draft: Path,
    loaded: Loaded,
    editions: Sequence[Edition],
    environment: Environment,
    races: Sequence[Link],
) -> None:
    """The page at the root that leads to each release that is held, and to the races before it."""
    names = (path.name for path in (draft / RELEASES).iterdir())
    held = sorted(int(name) for name in names if name.isdecimal())
    site = _kind_of(editions[0])(editions[0])
    page = releases.list_page(site, loaded.publication.releases, held)
    template = environment.get_template(page.template)
    values = {**page.values, "links": races}
    text = template.render(site=site, page=page, **values)
    (draft / page.path).write_text(text, "utf-8")
