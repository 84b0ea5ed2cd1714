"""An officer's decisions on ties: read with their author, refused with their place, and kept."""

from dataclasses import replace
from pathlib import Path

import pytest

from hustings.ballots.profile import Profile
from hustings.counting import engine
from hustings.election.rulebook import Basis
from hustings.election.spec import EVERYONE, Contest, Decision, Decisions, SectionEntry, Standing
from hustings.errors import InputError
from hustings.formats import decisions_toml, transcript_json
from hustings.shell.acts import rule_book
from hustings.shell.cli import run

GOOD = """schema = 1

[[decided]]
round = 1
among = ["ann", "cat"]
chosen = "cat"
by = "Jane Smith, returning officer"
when = 2026-05-07
why = "casting vote under rule 9"
"""


def contest(decided: tuple[Decision, ...] = ()) -> Contest:
    names = tuple(Standing(name, name.title()) for name in ("ann", "bob", "cat"))
    rules = rule_book("common").override("ties", "decided", Basis("the test"))
    sections = (SectionEntry(EVERYONE, EVERYONE, rules.whole),)
    return Contest("leader", "Leader", names, sections, rules, Decisions(decided=decided))


def test_a_decision_as_it_is_written() -> None:
    """By contest; a date is read as a text."""
    found = decisions_toml.read(GOOD, "d.toml", [contest()])
    made = Decision(
        ("ann", "cat"),
        "cat",
        "Jane Smith, returning officer",
        "2026-05-07",
        "casting vote under rule 9",
        1,
    )
    assert found == {"leader": (made,)}


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('chosen = "cat"', 'chosen = "bob"', "'bob' is not among ann, cat"),
        ('"ann", "cat"', '"cat"', "a tie is among two or more, and names each of them once"),
        ('"ann", "cat"', '"ann", "cat", "cat"', "and names each of them once"),
        ('"ann", "cat"', '"ann", "eve"', "'eve' is no candidate; they are ann, bob, cat"),
        ('why = "casting vote under rule 9"', "", "is missing: expected a text in quotes"),
        ("round = 1", "round = 0", "0 is not the number of a round"),
        ("round = 1", 'contest = "mayor"', "'mayor' is no contest; they are leader"),
        ("round = 1", "rounds = 1", "did you mean 'round'?"),
    ],
)
def test_a_decision_that_is_wrong(was: str, now: str, said: str) -> None:
    """The line, the field, and what was expected."""
    with pytest.raises(InputError) as raised:
        decisions_toml.read(GOOD.replace(was, now), "d.toml", [contest()])
    assert said in str(raised.value)
    assert all(problem.file == "d.toml" and problem.line for problem in raised.value.problems)


def test_two_decisions_on_one_tie() -> None:
    """The second is told of; one on the tie of another round is not of the same."""
    _, _, second = GOOD.partition("\n\n")
    with pytest.raises(
        InputError, match=r"d\.toml:10: .*a decision before this one is of the same"
    ):
        decisions_toml.read(f"{GOOD}{second}", "d.toml", [contest()])
    later = second.replace("round = 1", "round = 2").replace('"ann", "cat"', '"cat", "ann"')
    assert len(decisions_toml.read(GOOD + later, "d.toml", [contest()])["leader"]) == 2


def test_a_decision_is_kept_in_the_transcript() -> None:
    """Who, when and why; and the count comes back equal."""
    decided = decisions_toml.read(GOOD, "d.toml", [contest()])["leader"]
    profile = Profile({EVERYONE: {("bob",): 40, ("ann", "cat"): 30, ("cat", "ann"): 30}})
    counted = engine.count(contest(decided), [profile])
    tie = counted.rounds[0].event.tie
    assert tie is not None
    assert tie.out == ("cat",)
    assert tie.steps[0].decided_by == (
        "Jane Smith, returning officer, 2026-05-07: casting vote under rule 9"
    )
    text = transcript_json.write(counted)
    assert "casting vote under rule 9" in text
    again, profiles, _, _ = transcript_json.read(text)
    assert again.decisions.decided == decided
    assert engine.count(again, profiles).rounds == counted.rounds
    without = replace(counted, contest=contest())
    assert '"decided": [' not in transcript_json.write(without)


def test_a_count_goes_on_with_a_file_of_decisions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without it the count stops with exit code 3 and says what to write."""
    ballots, decided = tmp_path / "b.csv", tmp_path / "d.toml"
    rows = ["bob,"] * 4 + ["ann,cat"] * 3 + ["cat,ann"] * 3
    ballots.write_text("1,2\n" + "\n".join(rows) + "\n")
    decided.write_text(GOOD)
    asked = ["count", str(ballots), "--set", "ties=decided"]
    assert run(asked) == 3
    assert "--decided" in capsys.readouterr().err
    assert run([*asked, "--decided", str(decided)]) == 0
    assert "casting vote under rule 9" in " ".join(capsys.readouterr().out.split())


def test_a_decision_in_an_election(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Beside the lot, in the definition; a mistake in it has its line."""
    definition = """schema = 1
[election]
name = "E"
[contests.leader]
post = "Leader"
rules = "omov-av"
ballots = "b.csv"
[contests.leader.override]
ties = ["decided"]
[contests.leader.candidates]
ann = { name = "Ann" }
bob = { name = "Bob" }
cat = { name = "Cat" }
[[contests.leader.decisions.decided]]
among = ["ann", "cat"]
chosen = "cat"
by = "Jane Smith"
when = "7 May"
why = "casting vote"
"""
    (tmp_path / "b.csv").write_text("1,2\n" + "bob,\n" * 4 + "ann,cat\n" * 3 + "cat,ann\n" * 3)
    (tmp_path / "election.toml").write_text(definition)
    assert run(["count", str(tmp_path)]) == 0
    assert "(Jane Smith, 7 May: casting vote)" in " ".join(capsys.readouterr().out.split())
    (tmp_path / "election.toml").write_text(definition.replace('chosen = "cat"', 'chosen = "x"'))
    assert run(["count", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "election.toml:14" in told
    assert "'x' is not among ann, cat" in told
