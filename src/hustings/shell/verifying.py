"""Checking a published release: its sums, its signature, and the count of it all over again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hustings.counting import engine
from hustings.counting.seats.polled import count_polls
from hustings.errors import HustingsError, InputError, Problem
from hustings.formats import stages_json, transcript_json
from hustings.shell import acts, shelf, signing, world
from hustings.shell.shelf import RELEASES, SUMS


@dataclass(slots=True)
class Verified:
    """What holds of a release and what does not, each in a sentence."""

    holds: list[str] = field(default_factory=list)
    fails: list[str] = field(default_factory=list)


def verify(folder: Path, key: Path | None) -> Verified:
    """Check one release, or a whole site by its current one.

    Raises `InputError` where the folder is no release, or the key no key.
    """
    sums = folder / SUMS
    if not sums.is_file():
        what = f"there is no {SUMS} here: this is no published release"
        raise InputError(Problem(what, str(folder)))
    found = Verified()
    _release(folder, sums, key, found)
    for earlier in _releases(folder, found):
        _release(earlier, earlier / SUMS, key, found)
    return found


def _release(folder: Path, sums: Path, key: Path | None, found: Verified) -> None:
    """Its files, its signature and its counts; at the root of a site, the current one's."""
    _files(folder, sums, found)
    _signature(folder, sums, key, found)
    for ending, count in ((acts.TRANSCRIPT, _count), (acts.STAGES, _count_stages)):
        for transcript in sorted(folder.glob(f"**/data/*{ending}")):
            if RELEASES not in transcript.relative_to(folder).parts:
                count(transcript, found)


def _releases(folder: Path, found: Verified) -> Iterator[Path]:
    """The releases below the root of a site, but the current one, whose files are the root's.

    What else lies among them was never published.
    """
    root = folder / RELEASES
    if not root.is_dir():
        return
    here = (folder / SUMS).read_bytes()
    for path in sorted(root.iterdir()):
        sums = path / SUMS
        if path.name == "index.html":
            continue
        if not path.name.isdecimal() or not sums.is_file():
            found.fails.append(f"{path}: is no release")
        elif sums.read_bytes() == here:
            _files(path, sums, found)
        else:
            yield path


def _files(folder: Path, sums: Path, found: Verified) -> None:
    listed = shelf.read_sums(world.as_it_stands(sums), str(sums))
    wrong = []
    for name, digest in listed.items():
        path = folder / name
        if not path.is_file():
            wrong.append(f"{path}: is missing")
        elif shelf.digest_of(path) != digest:
            wrong.append(f"{path}: is not what was published")
    strangers = sorted(set(_present(folder)) - set(listed) - {SUMS, f"{SUMS}.sig"})
    wrong += [f"{folder / name}: is not in {SUMS}" for name in strangers]
    found.fails += wrong
    if not wrong:
        found.holds.append(f"{folder}: all {len(listed):,} files are as they were published.")


def _present(folder: Path) -> Iterator[str]:
    """Every file of the release; at the root of a site the releases have sums of their own."""
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        if path.is_file() and name.parts[0] != RELEASES:
            yield name.as_posix()


def _signature(folder: Path, sums: Path, key: Path | None, found: Verified) -> None:
    signature = folder / f"{SUMS}.sig"
    if key is None:
        if signature.is_file():
            said = "is signed; give --key with the public key to check by whom"
            found.holds.append(f"{folder}: {said}.")
        else:
            found.holds.append(f"{folder}: is not signed.")
        return
    if not signature.is_file():
        found.fails.append(f"{folder}: is not signed")
    elif signing.signed_by(sums.read_bytes(), signature.read_bytes(), key):
        found.holds.append(f"{folder}: signed by the holder of {key}.")
    else:
        found.fails.append(f"{signature}: was not made by the holder of {key}, or the sums changed")


def _count_stages(stages: Path, found: Verified) -> None:
    """Count from the published rankings; the stages must come out to the last byte."""
    text = world.as_it_stands(stages)
    try:
        loaded = acts.load(stages.parent)
        contest = loaded.election.contests[0]
        again = count_polls(contest, loaded.polls[contest.id])
        same = stages_json.write(again, loaded.election.name) == text
    except HustingsError as error:
        _cannot(error, found)
        return
    _tell(stages, same, found)


def _count(transcript: Path, found: Verified) -> None:
    """Count from the published rankings; the transcript must come out to the last byte."""
    text = world.as_it_stands(transcript)
    try:
        loaded = acts.load(transcript.parent)
        contest = loaded.election.contests[0]
        again = engine.count(contest, acts.count(loaded).profiles)
        same = transcript_json.write(again, loaded.election.name) == text
    except HustingsError as error:
        _cannot(error, found)
        return
    _tell(transcript, same, found)


def _cannot(error: HustingsError, found: Verified) -> None:
    """Rankings that are withheld are no fault of the release."""
    withheld = "are not published" in str(error)
    (found.holds if withheld else found.fails).append(str(error))


def _tell(counted: Path, same: bool, found: Verified) -> None:
    if same:
        found.holds.append(f"{counted}: the count comes out the same, to the last byte.")
    else:
        found.fails.append(f"{counted}: counting the published rankings gives something else")
