"""What the exit code of a command says."""

from enum import IntEnum


class Outcome(IntEnum):
    """The exit codes; each is documented, and a script may rely on it."""

    DONE = 0
    DOES_NOT_HOLD = 1
    BAD_INPUT = 2
    A_PERSON_MUST_DECIDE = 3
    MISCOUNT = 4
    NOT_A_NUMBER = 5
    INTERRUPTED = 130
