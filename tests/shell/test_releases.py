"""Releases as whole processes: provisional, declared, corrected, signed; each kept for ever."""

import re
import subprocess
from pathlib import Path
from shutil import copytree, which

import pytest

from .conftest import Folder, Hustings

DEFINITION = """\
schema = 1

[election]
name = "Annual meeting"

[sections.members]
name = "Members"
weight = "1/2"
policy = "unit_first_preferences"
units = { north = "North", south = "South", east = "East" }

[sections.board]
name = "Board"
weight = "1/2"
policy = "named_ballots"

[contests.chair]
post = "Chair"
rules = "labour-2010"
ballots = { members = "members.csv", board = "board.csv" }

[contests.chair.candidates]
ann = "Ann Archer"
bob = "Bob Baker"
cat = "Cat Cooper"
"""
MEMBERS = """\
unit,count,ranking
north,30,ann > bob
north,25,bob
north,10,cat > ann
south,20,ann
south,30,bob > cat
south,10,cat > bob
east,40,ann
east,35,bob
east,12,cat > ann
"""
BOARD = """\
elector,1,2
Ada,ann,bob
Ben,bob,
Cyd,cat,ann
Dot,bob,ann
"""
PROVISIONAL = '\n[[releases]]\nstatus = "provisional"\nat = 2026-05-01T18:00:00Z\n'
DECLARED = """
[[releases]]
status = "declared"
at = 2026-05-02T12:00:00Z
approved_by = "The returning officer"
"""
CORRECTED = """
[[releases]]
status = "corrected"
at = 2026-05-09T12:00:00Z
approved_by = "The returning officer"
reason = "Two bundles of South were told as one"
"""
WITHDRAWN = """
[[releases]]
status = "withdrawn"
at = 2026-06-01T12:00:00Z
approved_by = "The court"
reason = "The ballot was not secret"
"""


@pytest.fixture
def meeting(election: Folder) -> Folder:
    """An election whose result is provisional, in the folder `e`."""
    return filled(election)


def filled(election: Folder) -> Folder:
    """The same folder with that election in it."""
    election.put("election.toml", DEFINITION + PROVISIONAL)
    election.put("members.csv", MEMBERS)
    election.put("board.csv", BOARD)
    return election


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file of a release by its place."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def text_of(page: Path) -> str:
    """What stands on a page, without its tags, in single spaces."""
    return " ".join(re.sub(r"<[^>]*>", " ", page.read_text("utf-8")).split())


def correct(meeting: Folder) -> None:
    """Twenty papers more for Bob, in a unit that stands alone."""
    meeting.swap("members.csv", "south,30,bob > cat", "south,50,bob > cat\nsouth,15,ann > cat")


def test_from_provisional_to_withdrawn_every_release_keeps_its_bytes(
    hustings: Hustings, meeting: Folder
) -> None:
    releases = hustings.folder / "site" / "releases"
    hustings("publish", "e", "--out", "site")
    first = files_of(releases / "1")
    meeting.add("election.toml", DECLARED)
    hustings("publish", "e", "--out", "site")
    second = files_of(releases / "2")
    meeting.add("election.toml", CORRECTED)
    correct(meeting)
    hustings("publish", "e", "--out", "site")
    third = files_of(releases / "3")
    meeting.add("election.toml", WITHDRAWN)
    hustings("publish", "e", "--out", "site")
    assert [first, second, third] == [files_of(releases / str(number)) for number in (1, 2, 3)]
    root = files_of(hustings.folder / "site")
    assert root == {
        **files_of(releases / "4"),
        **{name: content for name, content in root.items() if name.startswith("releases/")},
    }
    for number, status in enumerate(("PROVISIONAL", "DECLARED", "CORRECTED", "WITHDRAWN"), 1):
        said = text_of(releases / str(number) / "index.html")
        assert status in said.upper() and f"release {number}" in said
        hustings("verify", f"site/releases/{number}")
    hustings("verify", "site")
    listed = text_of(releases / "index.html")
    assert [f"Release {number}" in listed for number in (1, 2, 3, 4)] == [True] * 4
    assert "This result was withdrawn. The ballot was not secret" in text_of(
        hustings.folder / "site" / "local-parties" / "index.html"
        if (hustings.folder / "site" / "local-parties").exists()
        else hustings.folder / "site" / "rounds" / "index.html"
    )


def test_the_page_of_changes_tells_what_why_and_by_whom(
    hustings: Hustings, meeting: Folder
) -> None:
    meeting.put("election.toml", DEFINITION + DECLARED)
    hustings("publish", "e", "--out", "site")
    meeting.add("election.toml", CORRECTED)
    correct(meeting)
    hustings("publish", "e", "--out", "site")
    said = text_of(hustings.folder / "site" / "changes" / "index.html")
    assert "Members: South: Bob Baker 30 50" in said
    assert "Two bundles of South were told as one" in said
    assert "Approved by The returning officer" in said
    assert "This does not change who is elected." in said
    assert "Ada" not in said and "North: Ann Archer" not in said


def test_a_correction_that_changes_who_is_elected_says_so(
    hustings: Hustings, meeting: Folder
) -> None:
    meeting.put("election.toml", DEFINITION + DECLARED)
    hustings("publish", "e", "--out", "site")
    before = text_of(hustings.folder / "site" / "index.html")
    meeting.add("election.toml", CORRECTED)
    meeting.swap("members.csv", "north,25,bob", "north,225,bob\nnorth,30,cat > bob")
    hustings("publish", "e", "--out", "site")
    after = text_of(hustings.folder / "site" / "index.html")
    assert "Ann Archer is elected" in before and "Bob Baker is elected" in after
    said = text_of(hustings.folder / "site" / "changes" / "index.html")
    assert "This changes who is elected." in said
    assert "Chair: elected Ann Archer Bob Baker" in said


def test_the_same_release_with_other_input_is_refused(hustings: Hustings, meeting: Folder) -> None:
    hustings("publish", "e", "--out", "site")
    before = files_of(hustings.folder / "site")
    hustings("publish", "e", "--out", "site")
    assert files_of(hustings.folder / "site") == before
    correct(meeting)
    said = "\n".join(hustings("publish", "e", "--out", "site", code=2).err.splitlines())
    assert said.startswith("site/releases/1: release 1 is published already")
    assert "card.png" in said and "more files" in said and "[[releases]]" in said
    assert files_of(hustings.folder / "site") == before
    hustings("publish", "e", "--out", "site", "--force")
    assert files_of(hustings.folder / "site") != before


def test_a_definition_that_lost_a_release_is_refused(hustings: Hustings, meeting: Folder) -> None:
    hustings("publish", "e", "--out", "site")
    meeting.add("election.toml", DECLARED)
    hustings("publish", "e", "--out", "site")
    meeting.put("election.toml", DEFINITION + PROVISIONAL)
    said = "\n".join(hustings.refuses("publish", "e", "--out", "site", "--force"))
    assert "release 2 is held here" in said and "last is 1" in said


def test_a_release_needs_those_before_it_in_its_folder(hustings: Hustings, meeting: Folder) -> None:
    """Elsewhere nothing would be compared, and the old addresses would lead nowhere."""
    hustings("publish", "e", "--out", "site")
    meeting.add("election.toml", DECLARED)
    (said,) = hustings.refuses("publish", "e", "--out", "elsewhere")
    assert "1 is not here: name that folder, or give --force if it is lost" in said
    hustings("publish", "e", "--out", "elsewhere", "--force")


def test_a_forged_release_below_the_root_is_found(hustings: Hustings, meeting: Folder) -> None:
    hustings("publish", "e", "--out", "site")
    meeting.add("election.toml", DECLARED)
    hustings("publish", "e", "--out", "site")
    hustings("verify", "site")
    (hustings.folder / "site" / "releases" / "1" / "index.html").write_text("other")
    (hustings.folder / "site" / "releases" / "evil.html").write_text("evil")
    said = hustings("verify", "site", code=1).err
    assert "releases/1/index.html: is not what was published" in said
    assert "releases/evil.html: is no release" in said


def test_a_signed_series_does_not_go_unsigned_in_silence(
    hustings: Hustings, meeting: Folder
) -> None:
    hustings("key", "keys")
    hustings("publish", "e", "--out", "site", "--key", "keys/hustings-key.pem")
    meeting.add("election.toml", DECLARED)
    said = hustings("publish", "e", "--out", "site").err
    assert "release 1 was signed, and this one is not: give --key" in said


def test_nobody_is_elected_by_a_provisional_release(hustings: Hustings, meeting: Folder) -> None:
    hustings("publish", "e", "--out", "site")
    for page in (hustings.folder / "site").rglob("*.html"):
        if "how-it-was-counted" in page.parts:
            continue  # The rules say in general how somebody is elected.
        text = text_of(page)
        assert "is elected" not in text and "was elected" not in text, page


def test_one_late_paper_is_refused_unless_a_person_says_why(
    hustings: Hustings, meeting: Folder
) -> None:
    """Whoever has both releases would read that one paper by subtraction."""
    meeting.put("election.toml", DEFINITION + DECLARED)
    hustings("publish", "e", "--out", "site")
    meeting.swap("members.csv", "south,20,ann", "south,21,ann")
    meeting.add("election.toml", CORRECTED)
    said = "\n".join(hustings.refuses("publish", "e", "--out", "site"))
    assert "Members: " in said and 'accepts = "the reason"' in said
    meeting.add("election.toml", 'accepts = "The voter agreed in writing"\n')
    hustings("publish", "e", "--out", "site")
    changes = text_of(hustings.folder / "site" / "changes" / "index.html")
    assert "The voter agreed in writing" in changes


# --- signed ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def signed_once(tmp_path_factory: pytest.TempPathFactory, bytecode: Path) -> Path:
    """The folder of a site that was signed with the key in `keys`."""
    folder = tmp_path_factory.mktemp("signed")
    hustings = Hustings(folder, bytecode)
    filled(Folder(folder / "e"))
    hustings("key", "keys")
    hustings("publish", "e", "--out", "site", "--key", "keys/hustings-key.pem")
    return folder


@pytest.fixture
def signed(hustings: Hustings, signed_once: Path) -> Path:
    """That site, copied, to be tampered with."""
    copytree(signed_once, hustings.folder, symlinks=True, dirs_exist_ok=True)
    return hustings.folder / "site"


PUBLIC = "keys/hustings-key.pub.pem"


def test_a_signed_release_verifies_and_its_key_stays_secret(
    hustings: Hustings, signed: Path
) -> None:
    said = hustings("verify", "site", "--key", PUBLIC).out
    assert f"signed by the holder of {PUBLIC}" in said
    hustings("verify", "site/releases/1", "--key", PUBLIC)
    private = (hustings.folder / "keys" / "hustings-key.pem").read_bytes()
    assert (hustings.folder / "keys" / "hustings-key.pem").stat().st_mode & 0o077 == 0
    secret = private.splitlines()[1]
    assert all(secret not in content for content in files_of(signed).values())
    hustings("key", "keys", code=2)
    assert (hustings.folder / "keys" / "hustings-key.pem").read_bytes() == private


@pytest.mark.skipif(which("openssl") is None, reason="NOT RUN: there is no openssl here")
def test_openssl_verifies_the_signature(hustings: Hustings, signed: Path) -> None:
    """As the page /verify/ has it."""
    words = "pkeyutl -verify -pubin -inkey key.pem -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig"
    ran = subprocess.run(
        ["openssl", *words.split()], cwd=signed, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0 and "Verified Successfully" in ran.stdout, ran.stderr
    assert words in text_of(signed / "verify" / "index.html").replace("\\ ", "")
    sums = subprocess.run(
        ["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=signed, capture_output=True, check=False
    )
    assert sums.returncode == 0, sums.stdout


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    # The releases share their files with the root; only this one is to change.
    path.unlink()
    path.write_bytes(content)


TAMPERED = {
    "a flipped bit in a page": lambda site: flip(site / "rounds" / "index.html"),
    "a flipped bit in the data": lambda site: flip(site / "data" / "results.sqlite"),
    "a flipped bit in the signature": lambda site: flip(site / "SHA256SUMS.sig"),
    "a file that is missing": lambda site: (site / "record.json").unlink(),
    "a file too many": lambda site: (site / "data" / "extra.csv").write_text("x"),
    "no signature": lambda site: (site / "SHA256SUMS.sig").unlink(),
}


@pytest.mark.parametrize("wrong", TAMPERED)
@pytest.mark.parametrize("place", ["site", "site/releases/1"])
def test_whatever_was_changed_is_found(
    hustings: Hustings, signed: Path, wrong: str, place: str
) -> None:
    TAMPERED[wrong](hustings.folder / place)
    said = hustings("verify", place, "--key", PUBLIC, code=1).err
    assert said and len(said.splitlines()) <= 2


def test_sums_that_were_written_again_are_not_signed(hustings: Hustings, signed: Path) -> None:
    """Whoever changes a page and its sum cannot sign for it."""
    sums = signed / "SHA256SUMS"
    first, *rest = sums.read_text("utf-8").splitlines(keepends=True)
    text = ("0" * 64) + first[64:]
    sums.unlink()
    sums.write_text("".join([text, *rest]), "utf-8")
    said = hustings("verify", "site", "--key", PUBLIC, code=1).err
    assert "was not made by the holder" in said


def test_another_key_is_not_the_publisher_s(hustings: Hustings, signed: Path) -> None:
    hustings("key", "others")
    said = hustings("verify", "site", "--key", "others/hustings-key.pub.pem", code=1).err
    assert "was not made by the holder of others" in said


def test_a_count_that_was_changed_with_its_sums_is_found(
    hustings: Hustings, meeting: Folder
) -> None:
    """Nobody signed it; but counting the published rankings gives something else."""
    hustings("publish", "e", "--out", "site")
    out = hustings.folder / "site"
    transcript = out / "data" / "chair.transcript.json"
    text = transcript.read_text("utf-8")
    transcript.unlink()
    transcript.write_text(text.replace("Annual meeting", "Annual meetinG"), "utf-8")
    rankings = out / "data" / "rankings.csv"
    changed = rankings.read_text("utf-8").replace("members,1,ann,60", "members,1,ann,61")
    assert "members,1,ann,61" in changed
    rankings.unlink()
    rankings.write_text(changed, "utf-8")
    said = hustings("verify", "site", code=1).err
    assert "chair.transcript.json: is not what was published" in said
    assert "rankings.csv: is not what was published" in said
    assert "counting the published rankings gives something else" in said


def test_what_is_no_release_or_no_key_is_told_apart(hustings: Hustings, signed: Path) -> None:
    for folder in ("e", "site/releases"):
        assert "no published release" in hustings.refuses("verify", folder)[0]
    for key in ("e/election.toml", "keys/hustings-key.pem"):
        assert "no Ed25519 public key" in hustings.refuses("verify", "site", "--key", key)[0]
