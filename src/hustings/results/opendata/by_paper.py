"""The tables of papers: rankings by section, named ballots and spoiled papers."""

from collections.abc import Iterator

from hustings.ballots.paper import as_written
from hustings.ballots.profile import Ranking
from hustings.formats.data_package import ForeignKey, Resource
from hustings.results.edition import Edition, NamedBallot
from hustings.results.opendata.college import open_sections
from hustings.results.opendata.columns import SECTION, text, whole
from hustings.units import Section


def rankings(edition: Edition) -> Resource:
    """How many papers of each section bear each ranking."""
    fields = (
        text("section", "the section"),
        whole("ballot", "which ballot: 1, unless each round has fresh papers"),
        text("ranking", "ids from the first preference: > goes down a rank, = shares one"),
        whole("papers", "how many papers bear it"),
        text("reconstructed", "from_votes or from_shares where nobody cast these papers"),
    )
    rows = tuple(
        (section, ballot, _ranked(ranking), papers, profile.reconstructed.get(section))
        for section in open_sections(edition)
        for ballot, profile in enumerate(edition.transcript.profiles, 1)
        for ranking, papers in sorted(profile.papers.get(section, {}).items())
    )
    key = ("section", "ballot", "ranking")
    return Resource("rankings", "Rankings by section", fields, key, (SECTION,), rows)


def _ranked(ranking: Ranking) -> str:
    return ">".join(ranking) or "(blank)"


def ballots(edition: Edition) -> Resource:
    """Every named ballot: as marked, as counted, and what was found."""
    fields = (
        text("id", "what the ballot is called in its section"),
        text("section", "the section"),
        text("elector", "who cast it"),
        text("sits_for", "whom or what the elector sits for"),
        text("marked", "the marks: > goes down a rank, = shares one, _ is a rank left out"),
        text("counted", "the ranking that counted, in ids, as rankings has it; none if spoiled"),
        text("formality", "formal, or why the paper was spoiled"),
        text("findings", "what was passed over or cut short in a formal paper"),
    )
    rows = tuple(
        (
            ballot.id,
            section,
            ballot.elector.name,
            ballot.elector.sits_for,
            as_written(ballot.marks),
            None if ballot.spoiled else _ranked(ballot.ranking),
            ballot.spoiled or "formal",
            "; ".join(ballot.findings),
        )
        for section, ballot in _named(edition)
    )
    keys = (SECTION, ForeignKey(("section", "elector"), "electors", ("section", "elector")))
    return Resource("ballots", "Named ballots", fields, ("section", "id"), keys, rows)


def _named(edition: Edition) -> Iterator[tuple[Section, NamedBallot]]:
    for part in edition.sections.values():
        for ballot in part.ballots:
            yield part.entry.id, ballot


def electors(edition: Edition) -> Resource:
    """Those whose ballots are published, and nobody else."""
    fields = (
        text("section", "the section"),
        text("elector", "the elector's name"),
        text("sits_for", "whom or what the elector sits for"),
    )
    entries = {
        (section, ballot.elector.name): ballot.elector.sits_for
        for section, ballot in _named(edition)
    }
    rows = tuple((*key, sits_for) for key, sits_for in entries.items())
    key = ("section", "elector")
    return Resource("electors", "Named electors", fields, key, (SECTION,), rows)


def groups(edition: Edition) -> Resource:
    """Which groups the electors of named ballots belong to."""
    fields = (
        text("section", "the section"),
        text("elector", "the elector's name"),
        text("group", "a group that the elector belongs to"),
    )
    rows = dict.fromkeys(
        (section, ballot.elector.name, group)
        for section, ballot in _named(edition)
        for group in ballot.elector.groups
    )
    key = ("section", "elector", "group")
    to = (ForeignKey(("section", "elector"), "electors", ("section", "elector")),)
    return Resource("groups", "Groups of electors", fields, key, to, tuple(rows))


def spoiled(edition: Edition) -> Resource:
    """The spoiled papers of each section, by reason."""
    fields = (
        text("section", "the section"),
        text("reason", "why the papers were spoiled"),
        whole("papers", "how many papers"),
    )
    rows = tuple(
        (part.entry.id, reason, papers)
        for part in edition.sections.values()
        for reason, papers in sorted((edition.spoiled(part.entry.id) or {}).items())
    )
    return Resource("spoiled", "Spoiled papers", fields, ("section", "reason"), (SECTION,), rows)
