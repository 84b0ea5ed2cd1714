"""Sites built once for all workers, served to this machine alone, and a browser to open them."""

import fcntl
import os
from collections.abc import Callable, Iterator
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from browser import worlds
from browser.visits import Site
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

import hustings
from hustings.shell import acts, site

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LABOUR = Path(hustings.__file__).parent / "examples" / "labour-2010"
SHARED_DATA = Path(__file__).parents[3] / "shared" / "data"
BY_ELECTION = "east_lothian_2019_by_election_ward5_haddington.blt"

MADE_UP = ("labour", "hostile", "one-body", "seats")
REAL = ("by-election", "mayor")
ALL = MADE_UP + (REAL if SHARED_DATA.is_dir() else ())


def missing(what: str) -> None:
    """Skip loudly; fail where the machine was said to have what these tests need."""
    if os.environ.get("CI_REQUIRES_BROWSER"):
        pytest.fail(f"CI_REQUIRES_BROWSER is set, and {what}")
    pytest.skip(f"NOT RUN: {what}")


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder in which the sites stand, one for all workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "sites"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def site_of(shelf: Path) -> Callable[[str], Site]:
    """Gives a site by its name, built by whichever worker asks first."""

    @cache
    def site_of(name: str) -> Site:
        with (shelf / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (shelf / name).exists():
                site.publish(acts.load(_election(name, shelf)), shelf / name)
        return Site(name, shelf / name)

    return site_of


def _election(name: str, folder: Path) -> Path:
    place = folder / f"{name}-election"
    if name == "labour":
        return LABOUR
    if name == "hostile":
        return worlds.hostile(place)
    if name == "one-body":
        return worlds.one_body(place)
    if name == "seats":
        return worlds.seats(place)
    if name == "by-election":
        return worlds.scottish(place, SHARED_DATA / "stv_scotland/by_elections" / BY_ELECTION)
    return worlds.mayor(place, SHARED_DATA / "irv_nsw_mayors_2021/ballots/Uralla_Mayoral.json")


@pytest.fixture(scope="session", params=ALL)
def any_site(request: pytest.FixtureRequest, site_of: Callable[[str], Site]) -> Site:
    """One site after the other."""
    return site_of(request.param)


@pytest.fixture(scope="session")
def labour(site_of: Callable[[str], Site]) -> Site:
    """The site of Labour 2010."""
    return site_of("labour")


@pytest.fixture(scope="session")
def hostile(site_of: Callable[[str], Site]) -> Site:
    """The site of two contests whose names are markup and worse."""
    return site_of("hostile")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nobody need read of each request."""


@pytest.fixture(scope="session")
def served(shelf: Path) -> Iterator[str]:
    """The address under which every site stands in a folder of its name."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(shelf)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser a worker."""
    if not CHROMIUM.exists():
        missing(f"there is no {CHROMIUM}: apt-get install --no-install-recommends chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser, served: str) -> Iterator[BrowserContext]:
    """A fresh window of a desktop's size, whose relative addresses are below the server's."""
    found = chromium.new_context(base_url=served, viewport={"width": 1200, "height": 900})
    found.set_default_timeout(10_000)
    yield found
    found.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page in it."""
    return context.new_page()
