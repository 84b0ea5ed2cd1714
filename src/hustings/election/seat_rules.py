"""What the rules of a count for several seats choose, beside what every rule book answers."""

from dataclasses import dataclass
from fractions import Fraction

from hustings.units import Option


class SeatQuota(Option):
    """What a candidate must have to be elected to one of several seats."""

    DROOP_WHOLE = (
        "droop_whole",
        "the valid papers divided by the seats and one more, the fraction dropped, and one added; "
        "at least so many votes elect",
    )
    DROOP_HUNDREDTHS = (
        "droop_hundredths",
        "the valid papers divided by the seats and one more, raised to the next hundredth where it "
        "is none; at least so many votes elect",
    )
    DROOP_EXACT = (
        "droop_exact",
        "the valid papers divided by the seats and one more; more votes than that elect",
    )
    DROOP_DIGITS = (
        "droop_digits",
        "the valid papers divided by the seats and one more, cut to `value_places` decimal places, "
        "and one added in the last of them; at least so many votes elect",
    )
    HARE = "hare", "the valid papers divided by the seats; at least so many votes elect"
    HARE_WHOLE = (
        "hare_whole",
        "the valid papers divided by the seats, raised to the next whole number; at least so many "
        "votes elect",
    )
    HARE_DIGITS = (
        "hare_digits",
        "the valid papers divided by the seats, raised to the next of `value_places` decimal "
        "places; at least so many votes elect",
    )


class QuotaFalls(Option):
    """Whether the quota falls as papers drop out."""

    NEVER = "never", "it is set by the first stage, once for all"
    UNTIL_ELECTED = (
        "until_elected",
        "until someone is elected it is taken again of the votes that are not lost; afterwards "
        "whoever has their part of the votes still active for the seats left is elected too",
    )


class SurplusPapers(Option):
    """Which papers of an elected candidate carry the surplus on."""

    ALL = "all", "all the papers that the candidate holds"
    LAST_BATCH = "last_batch", "only those received last, which brought the surplus"


class SurplusValue(Option):
    """What a paper is worth that carries a part of a surplus."""

    IN_PROPORTION = (
        "in_proportion",
        "its value times the surplus, divided by the votes of the candidate",
    )
    IN_STEPS = (
        "in_steps",
        "its value times the surplus, divided by the votes of the candidate, and both that "
        "product and the quotient lose their further digits",
    )
    BY_PART = (
        "by_part",
        "its value times the part that the surplus is of the candidate's votes, and both that "
        "part and the product lose their further digits",
    )
    PER_PAPER = "per_paper", "the surplus divided by the papers, whatever each was worth before"
    PER_TRANSFERABLE_PAPER = (
        "per_transferable_paper",
        "the surplus divided by the papers that name someone continuing, and never more than "
        "before",
    )


class Credit(Option):
    """What a candidate is credited with for the papers received."""

    AS_VALUED = "as_valued", "the value of the papers, to its last digit"
    WHOLE_VOTES = "whole_votes", "the value of those received together, its fraction dropped"


class SurplusOrder(Option):
    """Which of several surpluses is transferred first."""

    LARGEST = "largest", "the largest, whoever was elected first"
    EARLIEST = "earliest", "the one that arose first; of those from one stage the largest"
    TOGETHER = (
        "together",
        "all that wait, in one stage; it is told even where somebody has the quota and no more",
    )


class ElectedAtOnce(Option):
    """How many of those who have what elects are elected at the end of one stage."""

    ALL = "all", "all of them, the highest first"
    ONE = "one", "the highest alone; the others continue, and gain from the surplus"


class LastSurplus(Option):
    """What becomes of surpluses once the last seat is filled."""

    LEFT = "left", "they are not transferred: nobody is left whom they could elect"
    TRANSFERRED = "transferred", "they are transferred in a last stage, which shows where they go"


class SurplusDelay(Option):
    """Whether a surplus waits that could not change who is excluded next."""

    NEVER = "never", "every surplus is transferred before anyone is excluded"
    IDLE = (
        "idle",
        "it waits while the lowest, or those who go together, are out of reach of the next",
    )


class ExclusionSteps(Option):
    """In how many steps the papers of someone excluded pass on."""

    TOGETHER = "together", "all at once, each at its value"
    BY_VALUE = "by_value", "those of the highest value first, then those of the next"
    FIRST_THEN_BY_VALUE = (
        "first_then_by_value",
        "the first preferences, then those received, of the highest value first",
    )


class OutOfReach(Option):
    """When the lowest are too far behind to wait for, with all that they could gain."""

    BELOW = "below", "when together with every surplus they have less than the next"
    LEVEL = "level", "when together with every surplus they have no more than the next"


class LastSeat(Option):
    """When the last seats are filled without the quota."""

    AS_MANY_LEFT = "as_many_left", "once no more continue than seats are left"
    AFTER_TRANSFER = (
        "after_transfer",
        "once no more continue than seats are left, when the papers of the last excluded have "
        "passed on",
    )
    OR_LARGER_OF_TWO = (
        "or_larger_of_two",
        "or, for one seat, once two continue: whoever of them has more",
    )
    OR_AS_MANY_AS_ALL = (
        "or_as_many_as_all",
        "or, for one seat, once someone has as many as all the others and every surplus together",
    )


class ShareReach(Option):
    """What part all who are left must have in the end, where a least one is set."""

    AT_LEAST = "at_least", "at least that part"
    MORE_THAN = "more_than", "more than that part"


class ShareOf(Option):
    """Of what a least part is asked, where one is set."""

    IN_PLAY = "in_play", "of the points in play in that round"
    FIRST_ROUND = (
        "first_round",
        "of the points in play in round 1; with `denominator` first_round later rounds have fewer",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatRules:
    """The answers that only a count for several seats needs; `value_places` 0 drops no digit.

    With a `minimum_share` as many are elected from the bottom up as have it, whatever the seats.
    """

    seat_quota: SeatQuota
    quota_falls: QuotaFalls
    surplus_papers: SurplusPapers
    surplus_value: SurplusValue
    value_places: int
    credit: Credit
    surplus_order: SurplusOrder
    surplus_delay: SurplusDelay
    out_of_reach: OutOfReach
    exclusion_steps: ExclusionSteps
    last_seat: LastSeat
    # Questions that books came to answer later: as all were counted before they were asked.
    elected_at_once: ElectedAtOnce = ElectedAtOnce.ALL
    last_surplus: LastSurplus = LastSurplus.LEFT
    minimum_share: Fraction = Fraction(0)
    share_reach: ShareReach = ShareReach.AT_LEAST
    share_of: ShareOf = ShareOf.IN_PLAY
