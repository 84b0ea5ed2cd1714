"""Where `hustings papers` says that a paper stands."""

from shell.conftest import Hustings


def test_a_paper_of_json_has_a_file_and_no_line(hustings: Hustings) -> None:
    hustings.folder.joinpath("a.json").write_text('{"candidates": ["A", "B"], "votes": [[2, 1]]}')
    assert hustings("papers", "a.json").out.splitlines()[1].endswith(",a.json")
