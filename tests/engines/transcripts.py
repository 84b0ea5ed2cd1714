"""What comes of counting elections by one engine, opened once: `transcripts.py ENGINE PATH...`.

A server, its client and Java keep threads of their own, which end with a process of their own.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

from hustings.errors import HustingsError
from hustings.shell import acts, library
from hustings.shell.engines import by_engine
from hustings.shell.engines.sources import Read


def transcript(path: Path, engine: str = "auto") -> str:
    """The hash of the transcript, and what was not counted by the engine; or the mistakes."""
    try:
        loaded = acts.load(path, engine=engine)
        counted = library.count(loaded)
    except HustingsError as error:
        return str(error)
    told = [assumed for assumed in loaded.assumed if "row by row" in assumed]
    return " ".join([sha256(counted.to_json().encode()).hexdigest(), *told])


def transcripts(engine: str, paths: Sequence[Path]) -> list[str]:
    """What `transcript` returns of each."""
    with by_engine.reader(engine) as read:

        @contextmanager
        def opened_before(again: str) -> Iterator[Read]:
            assert again == engine
            yield read

        with patch.object(by_engine, "reader", opened_before):
            return [transcript(path, engine) for path in paths]


if __name__ == "__main__":
    print(json.dumps(transcripts(sys.argv[1], [*map(Path, sys.argv[2:])])))
