"""XML as it comes from outside: without document types, and cast-vote records as JSON has them.

A document type could make a small file fill the memory, or name another file to be read, and no
record of votes needs one: the parser stops where one begins. So it does where elements are nested
deeper than those of any record, and a file too large for the memory is not begun.
"""

from typing import Any
from xml.etree import ElementTree

from hustings.errors import InputError, Problem
from hustings.formats.ballot_file import whole_number

# Elements of a report of cast-vote records of which there may be several, as lists in its JSON.
LISTS = frozenset(
    (
        "CVR",
        "CVRSnapshot",
        "CVRContest",
        "CVRContestSelection",
        "SelectionPosition",
        "Election",
        "Candidate",
        "Contest",
        "ContestSelection",
        "GpUnit",
    )
)
NUMBERS = frozenset(("NumberElected", "NumberVotes", "Rank"))
# The elements of a report of cast-vote records are nested eight deep, those of other records less.
MOST_DEEP = 64
# Elements take some ten times the memory of their text.
LARGEST = 1 << 30
# So much is read before it is seen whether anything was refused.
AT_ONCE = 1 << 20


class _Builder(ElementTree.TreeBuilder):
    """Makes elements of what the parser finds; raises `ValueError` where it is not to be read."""

    def __init__(self) -> None:
        super().__init__()
        self._deep = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> ElementTree.Element:
        """An element begins."""
        self._deep += 1
        if self._deep > MOST_DEEP:
            raise ValueError(f"the elements in it are nested more than {MOST_DEEP} deep")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ElementTree.Element:
        """The element ends."""
        self._deep -= 1
        return super().end(tag)

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """A document type begins: nothing that it defines is looked at."""
        raise ValueError("a document type is not read: remove <!DOCTYPE ...>")


def parsed(data: bytes, file: str) -> ElementTree.Element:
    """The document's first element.

    Raises `InputError` for what is no XML, has a document type, is nested too deeply or is too
    large.
    """
    if len(data) > LARGEST:
        what = f"the file has {len(data):,} bytes; XML is read up to {LARGEST:,}: divide it"
        raise InputError(Problem(what, file))
    parser = ElementTree.XMLParser(target=_Builder())
    try:
        for start in range(0, len(data), AT_ONCE):
            parser.feed(data[start : start + AT_ONCE])
        return parser.close()
    except ElementTree.ParseError as error:
        raise InputError(Problem(f"this is no XML: {error}", file, error.position[0])) from None
    except (ValueError, LookupError) as error:
        raise InputError(Problem(f"this XML is not read: {error}", file)) from None


def called(element: ElementTree.Element) -> str:
    """The element's name without its namespace.

    >>> called(ElementTree.fromstring('<Cvr xmlns="some.xsd"/>'))
    'Cvr'
    """
    return element.tag.rpartition("}")[2]


def children(element: ElementTree.Element, *path: str) -> list[ElementTree.Element]:
    """The elements under that path, whatever their namespace.

    >>> [one.text for one in children(ElementTree.fromstring("<a><b>1</b><b>2</b></a>"), "b")]
    ['1', '2']
    """
    found = [element]
    for name in path:
        found = [child for parent in found for child in parent if called(child) == name]
    return found


def text_under(element: ElementTree.Element, *path: str) -> str:
    """The text of the first element under that path; nothing, where there is none."""
    return next((" ".join((one.text or "").split()) for one in children(element, *path)), "")


def record_value(element: ElementTree.Element) -> Any:
    """A report of cast-vote records as the values that its JSON has: an object, or a text."""
    if not len(element) and not element.attrib:
        text = (element.text or "").strip()
        number = whole_number(text) if called(element) in NUMBERS else None
        return text if number is None else number
    value: dict[str, Any] = {}
    if "ObjectId" in element.attrib:
        value["@id"] = element.attrib["ObjectId"]
    for child in element:
        name, made = called(child), record_value(child)
        if name == "CandidateIds":
            value[name] = str(made).split()
        elif name in LISTS:
            value.setdefault(name, []).append(made)
        else:
            value[name] = made
    return value
