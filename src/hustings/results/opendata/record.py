"""The tables of what is told of it all: claims printed elsewhere, releases, decisions."""

from hustings.formats.data_package import Resource
from hustings.results.edition import Edition
from hustings.results.opendata.columns import SECTION, text, whole


def claims(edition: Edition) -> Resource:
    """What was printed elsewhere, each with the fact that it can be held against."""
    fields = (
        text("id", "what the claim is called"),
        text("says", "the words"),
        text("value", "the figure or name as printed"),
        text("source", "where it stands"),
        text("fact", "the id of the computed fact that it can be held against"),
        text("at", "when it was printed"),
    )
    rows = tuple((c.id, c.says, c.value, c.source, c.fact, c.at) for c in edition.claims)
    return Resource("claims", "Claims printed elsewhere", fields, ("id",), (), rows)


def changes(edition: Edition) -> Resource:
    """The release, and why there is one."""
    release = edition.release
    fields = (
        whole("release", "the number of the release"),
        text("status", "provisional, declared, corrected or withdrawn"),
        text("at", "when it was declared"),
        text("approved_by", "who approved it"),
        text("reason", "why there is a release"),
        text("accepts", "why a difference that the disclosure check would refuse is published"),
    )
    row = (
        release.number,
        release.status,
        release.at,
        release.approved_by,
        release.reason,
        release.accepts,
    )
    return Resource("changes", "Releases", fields, ("release",), (), (row,))


def disclosure_log(edition: Edition) -> Resource:
    """Every decision of the disclosure check, in words."""
    fields = (
        text("section", "the section"),
        whole("number", "a running number in the section"),
        text("decision", "what the disclosure check decided, or a person in its place"),
    )
    rows = tuple(
        (part.entry.id, number, decision)
        for part in edition.sections.values()
        for number, decision in enumerate(part.log, 1)
    )
    key = ("section", "number")
    return Resource("disclosure_log", "Disclosure decisions", fields, key, (SECTION,), rows)
