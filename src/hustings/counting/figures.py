"""The figures of a round as the rules have them printed; what is counted is never rounded."""

from fractions import Fraction

from hustings.counting.transcript import Round, Transcript
from hustings.election.rulebook import Denominator, Method, PrintedOf, SectionFigure
from hustings.units import NO_POINTS, Candidate, Papers, Points, Section, decimal, percent


def opened_with(transcript: Transcript, section: Section) -> Papers:
    """The section's papers that named someone standing in the first round."""
    return transcript.rounds[0].tally.continuing(section)


def share(transcript: Transcript, round_: Round, section: Section, name: Candidate) -> Fraction:
    """The candidate's part of the section, of the papers that the rules take it of."""
    base = round_.tally.continuing(section)
    if _on_first_round(transcript, printed=True):
        base = opened_with(transcript, section)
    return Fraction(round_.tally.held[section][name], base) if base else NO_POINTS


def points(transcript: Transcript, round_: Round, section: Section, name: Candidate) -> Points:
    """The candidate's points from the section, as a part of the college, as they are printed."""
    counted = round_.tally.points[section][name]
    if _on_first_round(transcript, printed=True) and not _on_first_round(transcript, printed=False):
        weight = transcript.contest.college.weights[section]
        return Points(weight * share(transcript, round_, section, name))
    return counted


def total(transcript: Transcript, round_: Round, name: Candidate) -> Points:
    """The candidate's part of the college, summed unrounded over the sections."""
    parts = (points(transcript, round_, section, name) for section in round_.tally.held)
    return Points(sum(parts, Fraction(0)))


def printed_section(
    transcript: Transcript, round_: Round, section: Section, name: Candidate
) -> str:
    """The candidate's figure in the section, per cent of what `section_figure` says."""
    rules = transcript.contest.rules
    figure = points if rules.section_figure is SectionFigure.POINTS else share
    part = figure(transcript, round_, section, name)
    return percent(part, rules.section_places, rules.rounding)


def printed_points(transcript: Transcript, round_: Round, section: Section, name: Candidate) -> str:
    """The candidate's points from the section, per cent of the college."""
    rules = transcript.contest.rules
    part = points(transcript, round_, section, name)
    return percent(part, rules.section_places, rules.rounding)


def printed_total(transcript: Transcript, round_: Round, name: Candidate) -> str:
    """The candidate's per cent of the college."""
    rules = transcript.contest.rules
    return percent(total(transcript, round_, name), rules.total_places, rules.rounding)


def printed_number(papers: int) -> str:
    """A number of papers for a reader.

    >>> printed_number(126874)
    '126,874'
    """
    return f"{papers:,}"


def told_papers(papers: int) -> str:
    """So many papers, for a sentence.

    >>> told_papers(1), told_papers(1000)
    ('1 paper', '1,000 papers')
    """
    return f"{printed_number(papers)} {'paper' if papers == 1 else 'papers'}"


def printed_decimal(value: Fraction, places: int = 9) -> str:
    """A fraction of 1 as a decimal, for programs that cannot read the exact one."""
    return decimal(value, places)


def _on_first_round(transcript: Transcript, *, printed: bool) -> bool:
    rules = transcript.contest.rules
    if rules.base is Denominator.FIRST_ROUND:
        return True
    fresh = rules.method is Method.EXHAUSTIVE
    return printed and not fresh and rules.printed_of is PrintedOf.FIRST_ROUND
