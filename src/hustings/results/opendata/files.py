"""The papers and the rounds as files that other programs read."""

from collections.abc import Iterable, Iterator

from hustings.ballots.paper import Paper
from hustings.ballots.profile import Profile, Ranking
from hustings.ballots.shared import is_open, marks_of
from hustings.formats import abif, data_package, rctab_json
from hustings.formats.ballot_formats import FORMATS
from hustings.formats.ballot_names import Ids
from hustings.results.edition import Edition
from hustings.results.opendata.college import counted, open_sections
from hustings.results.opendata.description import about
from hustings.units import Section, exact

NOT_CAST = "RECONSTRUCTED from published totals: nobody cast these papers"


def ballot_files(edition: Edition) -> dict[str, str]:
    """The papers of each section whose rankings are published, as BLT, PrefLib and ABIF.

    Where each round has fresh papers, there is a file for each ballot.
    """
    found: dict[str, str] = {}
    contest = edition.transcript.contest
    candidates = contest.candidates
    for section, stem in _stems(edition).items():
        if section not in open_sections(edition):
            continue
        for ballot, profile in enumerate(edition.transcript.profiles, 1):
            name = f"{stem}-{ballot}" if len(edition.transcript.profiles) > 1 else stem
            title = _titled(edition, section, profile)
            papers = _papers(section, profile)
            for suffix in (".blt", _preflib(profile.papers[section])):
                lines = FORMATS[suffix].write(papers, candidates, title, contest.seats)
                found[f"{name}{suffix}"] = "".join(lines)
            rankings, notes = profile.papers[section], _notes(edition, section, profile)
            found[f"{name}.abif"] = "".join(abif.write(rankings, candidates, title, notes))
    return found


def tabulator_files(edition: Edition) -> dict[str, str]:
    """The rounds as RCVis draws them: each section in votes, and the college in points.

    A section of which only percentages were published has no votes, and no file.
    """
    transcript = edition.transcript
    found = {
        f"{stem}.rctab.json": rctab_json.of_section(transcript, section, _heading(edition, section))
        for section, stem in _stems(edition).items()
        if not transcript.unreal(section)
    }
    if len(counted(edition)) > 1:
        heading = _heading(edition, None)
        found["college.rctab.json"] = rctab_json.of_college(transcript, heading)
    return found


def _stems(edition: Edition) -> dict[Section, str]:
    """What each section's files are called: no two alike, and none like the college's."""
    ids = Ids()
    ids.made_of("college")
    return {section: ids.made_of(section) for section in counted(edition)}


def _papers(section: Section, profile: Profile) -> list[Paper]:
    rebuilt = profile.reconstructed.get(section)
    return [
        Paper(section, marks_of(ranking), papers, reconstructed=rebuilt)
        for ranking, papers in sorted(profile.papers[section].items())
    ]


def _preflib(rankings: Iterable[Ranking]) -> str:
    """The ending of PrefLib's format for these: another one where a rank is shared."""
    return ".toi" if any(map(is_open, rankings)) else ".soi"


def _titled(edition: Edition, section: Section, profile: Profile) -> str:
    rebuilt = f" ({NOT_CAST})" if section in profile.reconstructed else ""
    said, name = about(edition), edition.transcript.contest.section_name(section)
    return f"{said.title}: {name} — {data_package.told(said)}{rebuilt}"


def _notes(edition: Edition, section: Section, profile: Profile) -> Iterator[str]:
    """What ABIF has no place for."""
    weights = edition.transcript.contest.college.weights
    if len(weights) > 1:
        yield f"the section has {exact(weights[section])} of the college"
    # What a section returned is told of its first ballot; later ones have papers of their own.
    first = profile is edition.transcript.profiles[0]
    own = edition.sections.get(section) if first else None
    spoiled = (edition.spoiled(section) if own else profile.spoiled.get(section)) or {}
    for reason, papers in sorted(spoiled.items()):
        yield f"spoiled papers, not among these: {papers} ({reason})"


def _heading(edition: Edition, section: Section | None) -> rctab_json.Heading:
    said, contest = about(edition), edition.transcript.contest
    of = "points out of 100 of the college" if section is None else contest.section_name(section)
    rebuilt = " (RECONSTRUCTED)" if section in edition.transcript.reconstructed else ""
    declared = edition.election.dates.get("declared")
    return rctab_json.Heading(
        f"{said.title}: {of}{rebuilt} — {data_package.told(said)}",
        contest.post,
        edition.election.organisation,
        edition.release.at[:10] or (declared.isoformat() if declared else ""),
    )
