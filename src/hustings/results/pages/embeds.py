"""The pictures by themselves, for other people's pages: no script, and a height that is known."""

import json
import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from html import escape
from math import ceil

from hustings.counting.seats.stages import StageTranscript
from hustings.results.edition import SeatsEdition
from hustings.results.pages.page import Page, Site
from hustings.results.pictures import college_bar, section_bars, stage_bars

WIDTH = 640
# The heading above the picture and the sentence below it, on a narrow page.
BESIDE = 230
# No picture is drawn wider than this: style.css, figure.
WIDEST = 576
VIEW = re.compile(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')


@lru_cache(maxsize=8)
def drawn(site: Site) -> dict[str, tuple[str, str]]:
    """Each picture by its place: its title and its drawing; drawn once for a site."""
    if isinstance(site.edition, SeatsEdition):
        return _of_stages(site.edition.worded_stages)
    transcript = site.edition.worded
    found = {
        "final-round": ("The last round", college_bar.draw_final_round(transcript, "embed")),
    }
    if site.drawable:
        found["rounds"] = ("Every round", college_bar.draw_rounds(transcript, "embed"))
    if site.drawable and site.many_sections:
        found["sections"] = ("The sections", section_bars.draw_sections(transcript, "embed"))
    return found


def _of_stages(stages: StageTranscript) -> dict[str, tuple[str, str]]:
    """The same of several seats."""
    found = {"last-stage": ("The last stage", stage_bars.draw_last(stages, "embed"))}
    if stage_bars.drawable(stages):
        found["stages"] = ("Every stage", stage_bars.draw_stages(stages, "embed"))
    return found


def pages(site: Site) -> Iterator[Page]:
    """A page a picture."""
    for place, (title, picture) in drawn(site).items():
        yield Page(
            site.places.at(f"embed/{place}/index.html"),
            f"{title}: {site.contest.post}",
            "embed.html",
            {"drawn": picture},
        )


def height(picture: str) -> int:
    """How high the page of a picture is at most, in pixels."""
    found = VIEW.search(picture)
    if found is None:
        return WIDTH
    return ceil(Fraction(found[2]) / Fraction(found[1]) * WIDEST) + BESIDE


def code(site: Site, place: str, title: str, picture: str) -> str:
    """What to write into a page to have the picture there."""
    address = f"{site.base_url or 'https://…/'}{site.places.at(f'embed/{place}/')}"
    told = escape(f"{title}: {site.contest.post}")
    return (
        f'<iframe src="{escape(address)}" title="{told}" width="100%" height="{height(picture)}" '
        'loading="lazy" style="border:0"></iframe>'
    )


def oembed(site: Site) -> dict[str, str]:
    """For each picture what oEmbed 1.0 asks for, as JSON; it needs the site's address."""
    if not site.base_url:
        return {}
    return {
        f"oembed/{place}.json": json.dumps(
            {
                "version": "1.0",
                "type": "rich",
                "title": f"{site.status}: {title}: {site.contest.post}",
                "provider_name": site.edition.election.organisation or site.election,
                "provider_url": site.base_url,
                "width": WIDTH,
                "height": height(picture),
                "html": code(site, place, title, picture),
            },
            ensure_ascii=False,
            indent=1,
        )
        + "\n"
        for place, (title, picture) in drawn(site).items()
    }
