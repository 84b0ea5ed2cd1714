"""A preview: the site served to this machine alone, and built anew when its files change."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from time import sleep

from hustings.errors import HustingsError, InputError
from hustings.shell import acts, site
from hustings.shell.site import Wanted

LOOPBACK = "127.0.0.1"
# How often the files are looked at, in seconds.
PAUSE = 0.4

Tell = Callable[[str], None]
Build = Callable[[Path, Path], int]
Stamp = dict[str, tuple[int, int]]


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files, keeps nothing in anybody's cache, and does not log each request."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nobody need read of each request."""


def _build(path: Path, out: Path) -> int:
    return site.publish(acts.load(path), out, Wanted(force=True, alone=True)).files


def serve(path: Path, port: int, tell: Tell, build: Build = _build) -> None:
    """Serve the site of the election until interrupted; a later mistake is told, not fatal.

    `build` builds the site of a path into a folder, and returns how many files it has.
    """
    with TemporaryDirectory(prefix="hustings-preview-") as folder:
        out = Path(folder, "site")
        stamp = _stamp(path)
        build(path, out)
        with _serving(out, port) as address:
            tell(f"Serving {path} at {address}; it is rebuilt when a file changes. Stop: Ctrl-C")
            while True:
                sleep(PAUSE)
                now = _stamp(path)
                if now != stamp:
                    stamp = now
                    _rebuild(path, out, tell, build)


def _rebuild(path: Path, out: Path, tell: Tell, build: Build = _build) -> None:
    """Build again; while the files hold a mistake, the site from before is served."""
    try:
        files = build(path, out)
    except HustingsError as error:
        tell(f"{error}\nNot rebuilt; the pages are as they were.")
    else:
        tell(f"Rebuilt, {files:,} files: reload the page.")


@contextmanager
def _serving(out: Path, port: int) -> Iterator[str]:
    handler = partial(_Quiet, directory=str(out))
    try:
        server = ThreadingHTTPServer((LOOPBACK, port), handler)
    except OSError as error:
        what = f"port {port} cannot be listened on: {error.strerror}; choose another by --port"
        raise InputError(what) from None
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def _stamp(path: Path) -> Stamp:
    """When each file of the election was last changed, and how large it is."""
    files = path.rglob("*") if path.is_dir() else path.parent.glob("*")
    found: Stamp = {}
    for file in files:
        try:
            status = file.stat()
        except OSError:
            continue
        if file.is_file():
            found[str(file)] = status.st_mtime_ns, status.st_size
    return found
