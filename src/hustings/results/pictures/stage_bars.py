"""The stages of a count for several seats: each candidate's votes as a bar, against the quota."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from hustings.counting.seats import account
from hustings.counting.seats.stages import Stage, StageTranscript
from hustings.results.pictures.drawing import (
    LINE,
    WIDTH,
    Caption,
    Sheet,
    fill,
    framed,
    label,
    patterns,
    place,
    segment,
    text,
)
from hustings.results.stages_presentation import shown, status
from hustings.units import Candidate

HIGH, ROW, HEAD, GAP = 13, 36, 26, 14
# So many bars, one a candidate and stage, can still be looked at.
MOST_BARS = 240


def drawable(transcript: StageTranscript) -> bool:
    """Whether every stage fits one picture."""
    stages = range(1, len(transcript.stages) + 1)
    return sum(len(shown(transcript, number)) for number in stages) <= MOST_BARS


def draw_last(transcript: StageTranscript, key: str) -> str:
    """The votes after the last stage, as SVG."""
    return _drawn(transcript, [len(transcript.stages)], key)


def draw_stages(transcript: StageTranscript, key: str) -> str:
    """The votes after every stage, one below the other, as SVG."""
    return _drawn(transcript, range(1, len(transcript.stages) + 1), key)


def _drawn(transcript: StageTranscript, numbers: Sequence[int], key: str) -> str:
    names = [entry.id for entry in transcript.contest.candidates]
    widest = max(_widest(transcript.stages[number - 1]) for number in numbers)
    parts, top = [*patterns(key, "c", len(names))], 0
    for number in numbers:
        sheet = _stage(transcript, number, top, widest, {n: names.index(n) for n in names}, key)
        parts += sheet.parts
        top += sheet.height
    figures = ". ".join(_described(transcript, number) for number in numbers)
    caption = Caption(account.headline(transcript), figures, transcript.hypothesis)
    return framed(Sheet(top, parts), caption, key, "stage-bars")


def _widest(stage: Stage) -> Fraction:
    return max(*stage.votes.values(), stage.quota or Fraction(0), Fraction(1, 100))


def _stage(
    transcript: StageTranscript,
    number: int,
    top: int,
    widest: Fraction,
    inks: dict[Candidate, int],
    key: str,
) -> Sheet:
    """A bar for everyone who was not out before, the most votes first, and a line at the quota."""
    stage = transcript.stages[number - 1]
    names = sorted(shown(transcript, number), key=lambda name: (-stage.votes[name], inks[name]))
    parts = [text(0, top + 14, f"Stage {number}", bold=True)]
    if stage.quota is not None:
        told = f"quota {account.printed_votes(transcript, stage.quota)}"
        parts.append(text(WIDTH, top + 14, told, anchor="end"))
    for row, name in enumerate(names):
        y = top + HEAD + row * ROW
        after = f", {_figure(transcript, number, name)}"
        parts.append(label(0, y + LINE - 5, transcript.contest.name(name), WIDTH, after=after))
        end = stage.votes[name] * WIDTH / widest
        ink = f'fill="{fill(key, "c", inks[name])}"'
        parts.append(segment(Fraction(0), end, y + LINE, HIGH, ink))
        parts += _quota(stage, y, widest)
    return Sheet(HEAD + len(names) * ROW + GAP, parts)


def _quota(stage: Stage, y: int, widest: Fraction) -> Iterator[str]:
    """What elects, as a dashed line across the bar alone, so that it crosses no words."""
    if stage.quota is None:
        return
    at = place(stage.quota * WIDTH / widest)
    way = f'd="M{at} {y + LINE - 2}v{HIGH + 4}"'
    yield f'<path {way} stroke="Canvas" stroke-width="4"/>'
    yield f'<path {way} stroke="currentColor" stroke-width="2" stroke-dasharray="4 2"/>'


def _figure(transcript: StageTranscript, number: int, name: Candidate) -> str:
    stage = transcript.stages[number - 1]
    votes = account.printed_votes(transcript, stage.votes[name])
    unit = "%" if account.weighed(transcript) else ""
    found = status(transcript, number, name)
    return f"{votes}{unit}{f', {found}' if found else ''}"


def _described(transcript: StageTranscript, number: int) -> str:
    told = (
        f"{transcript.contest.name(name)} {_figure(transcript, number, name)}"
        for name in shown(transcript, number)
    )
    return f"Stage {number}: {'; '.join(told)}"
