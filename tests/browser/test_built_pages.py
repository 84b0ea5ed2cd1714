"""Laws that hold of every page as it was written, before any browser opens it."""

import gzip
import json
import os
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from browser.visits import Read, Site

LINKING = {"a": "href", "link": "href", "script": "src", "img": "src", "form": "action"}
MOST_OF_A_RESULT = 60_000
MOST_OF_A_SCRIPT = 3_000


@pytest.fixture(scope="session")
def every_page(any_site: Site) -> dict[str, Read]:
    """Every page of a site, read."""
    return {path: any_site.read(path) for path in any_site.pages}


def test_every_link_leads_to_a_file_and_every_fragment_to_an_element(
    any_site: Site, every_page: dict[str, Read]
) -> None:
    """Within the site; a link to another host would need the network."""
    ids = {path: _ids(found) for path, found in every_page.items()}
    broken = []
    for path, found in every_page.items():
        for link in _links(found):
            split = urlsplit(link)
            if split.scheme == "data":
                continue
            target = os.path.normpath(Path(path).parent / unquote(split.path))
            at = path if not split.path else target
            if split.scheme or not (any_site.folder / at).is_file():
                broken.append(f"{path}: {link}")
            elif split.fragment and at in ids and unquote(split.fragment) not in ids[at]:
                broken.append(f"{path}: {link} (no such element)")
    assert not broken, broken[:10]


def test_no_id_stands_twice_on_a_page(every_page: dict[str, Read]) -> None:
    twice = {
        path: [id_ for id_, times in _ids(found).items() if times > 1]
        for path, found in every_page.items()
    }
    assert not {path: ids for path, ids in twice.items() if ids}


def test_every_description_and_label_refers_to_an_element(every_page: dict[str, Read]) -> None:
    wrong = []
    for path, found in every_page.items():
        ids = _ids(found)
        for element in found.elements:
            for name in ("aria-labelledby", "aria-describedby", "aria-controls", "for"):
                for id_ in (element.attributes.get(name) or "").split():
                    if id_ not in ids:
                        wrong.append(f"{path}: {element.tag} {name}={id_}")
    assert not wrong, wrong[:10]


def test_a_page_has_one_heading_of_the_first_rank_and_a_title(every_page: dict[str, Read]) -> None:
    for path, found in every_page.items():
        assert len(found.texts["h1"]) == 1 and found.texts["h1"][0].strip(), path
        assert len(found.texts["title"]) == 1 and found.texts["title"][0].strip(), path


def test_the_status_stands_in_the_title_above_the_heading_and_in_every_caption(
    any_site: Site, every_page: dict[str, Read]
) -> None:
    """What if? pages say instead that they hold no result."""
    status = json.loads((any_site.folder / "status.json").read_text())["status"]
    for path, found in every_page.items():
        said = [found.texts["title"][0], found.texts["h1"][0] + "".join(found.texts["header"])]
        assert all(status in words.lower() for words in said), (path, said)
        for caption in found.texts["figcaption"]:
            words = caption.lower()
            assert status in words or "not a result" in words, (path, caption)


def test_no_name_becomes_markup(hostile: Site) -> None:
    """Names with tags in them stand as text; the only scripts are ours."""
    for path in hostile.pages:
        found = hostile.read(path)
        for script in found.texts["script"]:
            assert "alert('" not in script.replace("\\u003c", "") or script.startswith("{"), path
        sources = [each.get("src") for each in found.every("script") if each.get("src")]
        assert {Path(str(source)).name for source in sources} <= {"site.js", "follow.js"}, path
        assert not [*found.every("img"), *found.every("u")], path
        assert "onerror" not in {name for each in found.elements for name in each.attributes}, path


def test_the_result_is_light(any_site: Site) -> None:
    """The page, its style and its script together, as a server sends them."""
    files = ("index.html", "assets/style.css", "assets/site.js")
    sizes = {name: len(gzip.compress((any_site.folder / name).read_bytes())) for name in files}
    assert sum(sizes.values()) <= MOST_OF_A_RESULT, sizes


def test_the_script_is_small(labour: Site) -> None:
    assert (labour.folder / "assets/site.js").stat().st_size <= MOST_OF_A_SCRIPT


def _links(found: Read) -> list[str]:
    return [
        str(element.attributes[LINKING[element.tag]])
        for element in found.elements
        if element.tag in LINKING and element.attributes.get(LINKING[element.tag])
    ]


def _ids(found: Read) -> Counter[str]:
    return Counter(str(each.attributes["id"]) for each in found.elements if "id" in each.attributes)
