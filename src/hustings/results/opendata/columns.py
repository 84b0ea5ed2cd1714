"""What the tables' columns are made of: fields by their type, and keys to other tables."""

from collections.abc import Iterable

from hustings.formats.data_package import Cell, Field, ForeignKey, Type

Row = tuple[Cell, ...]
Rows = Iterable[Row]


def text(name: str, description: str) -> Field:
    """A column of texts."""
    return Field(name, Type.TEXT, description)


def whole(name: str, description: str) -> Field:
    """A column of whole numbers."""
    return Field(name, Type.WHOLE, description)


def both(name: str, description: str) -> tuple[Field, Field]:
    """An exact fraction, and beside it the figure as it is printed."""
    return (
        Field(name, Type.EXACT, f"{description}, exact"),
        Field(f"{name}_printed", Type.DECIMAL, f"{description}, out of 100, as printed"),
    )


def to_candidates(*fields: str) -> tuple[ForeignKey, ...]:
    """A key to the candidates from each of these columns."""
    return tuple(ForeignKey((field,), "candidates", ("id",)) for field in fields)


SECTION = ForeignKey(("section",), "sections", ("id",))
UNIT = ForeignKey(("section", "unit"), "units", ("section", "id"))
PAPERS = (
    whole("issued", "papers issued"),
    whole("returned", "papers returned, formal or not"),
    whole("spoiled", "papers spoiled"),
    whole("valid", "formal papers"),
)
NO_PAPERS: Row = (None,) * len(PAPERS)
