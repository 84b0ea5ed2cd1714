"""Preferences used: how many papers of a section gave one preference, two, or more."""

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction

from hustings.ballots.profile import Profile
from hustings.counting.figures import printed_number, told_papers
from hustings.results.pictures.drawing import (
    WIDTH,
    Caption,
    Sheet,
    fill,
    framed,
    label,
    patterns,
    segment,
    text,
    width_of,
)
from hustings.units import NO_PAPERS, Papers, Section, percent

HEAD, ROW, BAR = 26, 24, 15


def preferences_used(profile: Profile, section: Section) -> dict[int, Papers]:
    """How many of the section's papers give so many preferences, for each number up to the most.

    >>> profile = Profile({"members": {("Ann", "Bob", "Cat"): 3, ("Cat",): 2}})
    >>> preferences_used(profile, "members")
    {1: 2, 2: 0, 3: 3}
    """
    used: Counter[int] = Counter()
    for ranking, papers in profile.papers[section].items():
        used[len(ranking)] += papers
    return {given: Papers(used[given]) for given in range(1, max(used, default=0) + 1)}


def draw_preferences(used: Mapping[int, Papers], name: str, key: str, hypothesis: str = "") -> str:
    """A bar for each number of preferences, as SVG; `name` is what the section is called."""
    cast = sum(used.values())
    most = max([*used.values(), 1])
    figures = {given: _figure(used[given], cast) for given in used}
    left = width_of(f"{max(used, default=1)}") + 10
    field = WIDTH - left - 6 - max(map(width_of, figures.values()), default=Fraction(0))
    parts = [*patterns(key, "c", 1), *_heading(name)]
    for line, given in enumerate(sorted(used)):
        y = HEAD + 20 + line * ROW
        end = left + used[given] * field / most
        parts.append(text(left - 8, y + 13, f"{given}", anchor="end"))
        parts.append(segment(left, end, y + 1, BAR, f'fill="{fill(key, "c", 0)}"'))
        parts.append(text(end + 5, y + 13, figures[given]))
    height = HEAD + 20 + len(used) * ROW + 6
    caption = Caption(_finding(used, name, cast), _described(figures), hypothesis)
    return framed(Sheet(height, parts), caption, key, "preference-bars")


def _heading(name: str) -> Iterator[str]:
    yield label(0, 16, name, WIDTH, bold=True)
    yield text(0, HEAD + 13, "Preferences given, and papers that gave so many")


def _figure(papers: Papers, cast: int) -> str:
    part = percent(Fraction(papers, cast), 1) if cast else "0.0"
    return f"{printed_number(papers)} ({part}%)"


def _finding(used: Mapping[int, Papers], name: str, cast: int) -> str:
    most = max(used.values(), default=NO_PAPERS)
    if not most:
        return f"{name}: no paper gave a preference."
    often = [given for given in sorted(used) if used[given] == most]
    if len(often) > 1:
        listed = " and ".join(map(str, often))
        return f"{name}: {listed} preferences were given most often, by {told_papers(most)} each."
    given = "1 preference was" if often == [1] else f"{often[0]} preferences were"
    of = f"{printed_number(most)} of {told_papers(cast)}"
    return f"{name}: {given} given most often, by {of}."


def _described(figures: Mapping[int, str]) -> str:
    told = "; ".join(f"{given}: {figures[given]}" for given in sorted(figures))
    return f"Papers by the number of preferences given. {told}."
