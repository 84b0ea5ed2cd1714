"""Pairs of rankings in which candidates share a rank, where the rules say nothing of that."""

import json

import pytest
from shell.conftest import Hustings

SHARED = "3:ann=bob>cat\n2:cat>bob>ann\n1:bob>ann\n"


@pytest.fixture
def chair(hustings: Hustings) -> Hustings:
    hustings.folder.joinpath("chair.abif").write_text(SHARED)
    return hustings


def test_silent_rules_keep_a_shared_rank(chair: Hustings) -> None:
    """Of the two neither is above the other, and nobody is said to be elected."""
    found = json.loads(chair("pairwise", "chair.abif", "--format", "json").out)
    papers = {
        (pair["candidate"], pair["against"]): pair["papers"]["everyone"] for pair in found["pairs"]
    }
    assert papers["bob", "ann"] == 3 and papers["ann", "bob"] == 0
    assert papers["ann", "cat"] == 4 and papers["cat", "ann"] == 2
    assert found["condorcet_winner"] == "bob" and found["elected"] == []
    assert found["borda"]["classic"] == {"ann": "11/2", "bob": "17/2", "cat": "4/1"}
    assert "Counted by" not in chair("pairwise", "chair.abif").out


def test_rules_that_speak_are_heard(chair: Hustings) -> None:
    """Passed over, the shared rank helps neither, and the count elects somebody."""
    skipped = ("pairwise", "chair.abif", "--format", "json", "--set", "overvotes=skip")
    found = json.loads(chair(*skipped).out)
    assert found["condorcet_winner"] == "cat" and found["elected"] == ["cat"]


def test_one_candidate_makes_no_pair(hustings: Hustings) -> None:
    hustings.folder.joinpath("one.abif").write_text("5:ann\n2:\n")
    hustings.folder.joinpath("none.abif").write_text("5:\n")
    assert hustings("pairwise", "one.abif", code=2).err.strip() == "only ann is standing: no pair"
    assert (
        hustings("pairwise", "none.abif", code=2).err.strip() == "only nobody is standing: no pair"
    )
