"""The W3C's checker finds no error in the HTML and the CSS of any page."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from browser.conftest import ALL, missing
from browser.visits import Site

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CHECKER = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
LOCK = ROOT / "package-lock.json"


def test_the_lock_of_the_checker_holds_hashes_and_no_address() -> None:
    text = LOCK.read_text("utf-8")
    assert "://" not in text
    packages = json.loads(text)["packages"]
    assert all("integrity" in each for name, each in packages.items() if name)


def test_html_and_css_are_valid(site_of: Callable[[str], Site]) -> None:
    """One page of each kind of every site, and the style sheet: one start of Java for all."""
    if not CHECKER.exists():
        missing("there is no checker of HTML: install Node, Java 17, and run npm ci")
    if shutil.which("java") is None:
        missing("the checker of HTML needs Java 17: apt-get install default-jre-headless")
    sites = [site_of(name) for name in ALL]
    files = [site.folder / path for site in sites for path in site.kinds]
    files.append(sites[0].folder / "assets" / "style.css")
    command = ["java", "-Xss1024k", "-jar", CHECKER, "--format", "json", "--also-check-css"]
    done = subprocess.run([*command, *files], capture_output=True, text=True, check=False)
    found = json.loads(done.stderr)["messages"]
    told = [
        f"{Path(each['url']).parent.name}: {each['message']} {each.get('extract', '')[:100]!r}"
        for each in found
        if each["type"] != "info"
    ]
    assert not told, "\n".join(told[:20])
