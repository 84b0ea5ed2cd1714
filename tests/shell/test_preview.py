"""The preview as a whole process: loopback only, rebuilt on change, gone without a trace."""

import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from urllib.request import urlopen

import pytest

from .conftest import BALLOTS, SCRIPT, Folder, Hustings

# Long enough for any machine; what is waited for comes sooner.
PATIENCE = 60


@pytest.fixture
def election(election: Folder) -> Folder:
    """The small election, with papers enough to be published."""
    election.put("ballots.csv", re.sub(r"(?m)^(\w+,\d),", r"\g<1>0,", BALLOTS))
    election.swap("ballots.csv", "branches,30,ann,,", "branches,30,ann,,\nbranches,20,cat,,")
    return election


class Running:
    """A preview that runs, and what it has said."""

    def __init__(self, process: "subprocess.Popen[str]", temporary: Path) -> None:
        self.process, self.temporary = process, temporary
        self._lines: Queue[str] = Queue()
        self._listener = Thread(target=self._listen)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put("it ended")

    def says(self, expected: str) -> "re.Match[str]":
        """Wait for a line that has this in it."""
        heard: list[str] = []
        while True:
            try:
                heard.append(self._lines.get(timeout=PATIENCE))
            except Empty:
                pytest.fail(f"{expected!r} was not said: {heard}")
            found = re.search(expected, heard[-1])
            if found:
                return found
            assert heard[-1] != "it ended", heard

    def end(self) -> None:
        """However it goes, nothing of it runs on."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._listener.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextmanager
def preview(hustings: Hustings, *words: str) -> Iterator[Running]:
    """A preview of `e` on any free port, its temporary files in a folder of their own."""
    temporary = hustings.folder / "temporary"
    temporary.mkdir()
    process = subprocess.Popen(
        [str(SCRIPT), "preview", "e", *(words or ("--port", "0"))],
        cwd=hustings.folder,
        env={**hustings.environment, "TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running = Running(process, temporary)
    try:
        yield running
    finally:
        running.end()


def get(address: str) -> tuple[str, str]:
    """A page and how long it may be kept."""
    with urlopen(address, timeout=PATIENCE) as response:
        return response.read().decode(), response.headers["Cache-Control"]


@pytest.mark.slow
def test_a_preview_follows_its_files_and_leaves_nothing(
    hustings: Hustings, election: Folder
) -> None:
    with preview(hustings) as running:
        address = running.says(r"http://127\.0\.0\.1:\d+/")[0]
        page, kept = get(address)
        assert "Ann Archer" in page and kept == "no-store"
        election.swap("election.toml", "Ann Archer", "Anna Archer")
        running.says("Rebuilt")
        assert "Anna Archer" in get(address)[0]
        election.swap("election.toml", 'rules = "labour-2010"', 'rules = "labour-2009"')
        running.says("labour-2009")
        running.says("Not rebuilt")
        assert "Anna Archer" in get(address)[0]
        election.swap("election.toml", 'rules = "labour-2009"', 'rules = "labour-2010"')
        election.swap("election.toml", "Anna Archer", "Annie Archer")
        running.says("Rebuilt")
        assert "Annie Archer" in get(f"{address}rounds/index.html")[0]
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(PATIENCE) == 130
        assert [*running.temporary.iterdir()] == []
    assert not (hustings.folder / "site").exists()


def test_it_listens_on_loopback_alone(hustings: Hustings, election: Folder) -> None:
    with preview(hustings) as running:
        port = int(running.says(r"http://127\.0\.0\.1:(\d+)/")[1])
        listening = [*_listening(port)]
        assert listening == ["0100007F"], listening


def _listening(port: int) -> Iterator[str]:
    """The addresses, as the kernel writes them, on which somebody listens at the port."""
    for table in ("tcp", "tcp6"):
        path = Path("/proc/net") / table
        if not path.is_file():
            pytest.skip("NOT RUN: this system does not tell who listens where")
        for row in path.read_text("ascii").splitlines()[1:]:
            local, state = row.split()[1], row.split()[3]
            address, _, at = local.partition(":")
            if state == "0A" and int(at, 16) == port:
                yield address


def test_a_port_that_is_taken_is_one_clear_message(hustings: Hustings, election: Folder) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = hustings.refuses("preview", "e", "--port", port)
    assert f"port {port} cannot be listened on" in said[-1] and len(said) == 1


def test_an_election_with_a_mistake_is_not_previewed(hustings: Hustings, election: Folder) -> None:
    election.swap("election.toml", "labour-2010", "labour-2009")
    assert "labour-2009" in "\n".join(hustings.refuses("preview", "e", "--port", "0"))
