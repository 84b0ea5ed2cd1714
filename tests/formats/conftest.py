"""A contest with two sections, as the readers of ballot files are given it."""

from fractions import Fraction
from pathlib import Path
from typing import cast

import pytest

from hustings.election.rulebook import RuleBook
from hustings.election.spec import Contest, SectionEntry, Standing
from hustings.units import Candidate, Section, Unit


@pytest.fixture(scope="session")
def contest() -> Contest:
    """Three candidates; members are in branches, and parliamentarians in none."""
    return Contest(
        "leader",
        "Leader",
        (
            Standing(Candidate("ann"), "Ann Lee"),
            Standing(Candidate("bob"), "Bob Smith"),
            Standing(Candidate("zoe"), "Zoë O'Neill"),
        ),
        (
            SectionEntry(
                Section("members"),
                "Party members",
                Fraction(1, 2),
                {Unit("leeds"): "Leeds Central", Unit("york"): "York Outer"},
            ),
            SectionEntry(Section("mps"), "MPs", Fraction(1, 2)),
        ),
        cast(RuleBook, None),  # no reader asks for the rules
    )


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The published ballot files, where they lie beside the repository."""
    folder = Path(__file__).parents[2].parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the published ballot files are not there: {folder}")
    return folder
