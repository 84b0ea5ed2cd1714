"""The parts of these pages that are made from the code: `python docs/generate.py` writes them.

A made part stands between `<!-- made: NAME -->` and `<!-- end -->`; what stands around it is
written by hand. `tests/docs/` fails when a made part is not what the code says today, and
`ACCEPT=1` writes it.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from hustings.election.rulebook import CHOICES, SEAT_CHOICES, Choice
from hustings.formats.ballot_formats import EVERY_FORMAT, Holding
from hustings.formats.ballots_csv import Layout
from hustings.formats.election_schema import ELECTION, RULE_BOOK
from hustings.shell import acts, library
from hustings.shell.cli import COMMANDS, app

DOCS = Path(__file__).parent
PART = re.compile(r"(<!-- made: (.+?) -->\n)(.*?)(<!-- end -->)", re.S)
# What every row of a rule book's table would only repeat.
OURS = "hustings"

Schema = dict[str, Any]
Lines = Iterator[str]


def pages() -> list[Path]:
    """The pages that have a made part."""
    return [page for page in sorted(DOCS.rglob("*.md")) if PART.search(page.read_text("utf-8"))]


def remade(text: str) -> str:
    """The page with each of its made parts as the code has it today."""
    return PART.sub(lambda part: f"{part[1]}\n{made(part[2]).strip()}\n\n{part[4]}", text)


def made(what: str) -> str:
    """One part, by its name and the words behind it."""
    name, *words = what.split()
    return "\n".join(PARTS[name](*words))


# --- tables ---------------------------------------------------------------------------------


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> Lines:
    """A Markdown table."""
    header = list(header)
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def code(value: object) -> str:
    """A value as it stands in a TOML file."""
    return f"`{value}`" if isinstance(value, str) else f"`{inline(value)}`"


def inline(value: object) -> str:
    """A value as inline TOML."""
    if isinstance(value, dict):
        inside = ", ".join(f"{name} = {inline(part)}" for name, part in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    return json.dumps(value, ensure_ascii=False)


def sentence(text: str) -> str:
    """The text with a capital letter at its start and a full stop at its end."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."


# --- the schemas ----------------------------------------------------------------------------


def fields_of(node: Schema, place: str) -> Lines:
    """Each table of a schema: what it is, its fields, and then the tables inside it, lists too."""
    inside: list[tuple[str, Schema]] = []
    rows = []
    for name, part in node.get("properties", {}).items():
        at = f"{place}.{name}" if place else name
        needed = "yes" if name in node.get("required", ()) else ""
        rows.append((code(name), needed, part["x-expected"], sentence(part.get("description", ""))))
        inside += [(at, part)] if _is_table(part.get("items", part)) else []
    yield from table(("Field", "Needed", "Expected", "What it says"), rows)
    for name, part in node.get("properties", {}).items():
        if "anyOf" in part:
            yield f"\n`{name}` may be written in these ways:\n"
            yield from alternatives(part)
    for at, part in inside:
        # The choices have a page of their own.
        if at != "choices" and not at.endswith(".override"):
            yield from table_of(part, at)


def table_of(node: Schema, place: str) -> Lines:
    """One table of a schema under its own heading."""
    entry = node.get("additionalProperties")
    if "items" in node:
        yield f"\n## `[[{place}]]`\n\n{sentence(node['description'])}\n"
        yield from fields_of(node["items"], place)
        return
    if not isinstance(entry, dict):
        yield f"\n## `[{place}]`\n\n{sentence(node['description'])}\n"
        yield from fields_of(node, place)
        return
    keys = node["propertyNames"]["x-expected"].removeprefix("an id: ")
    ids = f"An id is made of {keys}."
    if _is_table(entry):
        yield f"\n## `[{place}.ID]`\n\n{sentence(entry['description'])} {ids}\n"
        yield from fields_of(entry, f"{place}.ID")
        return
    yield f"\n## `[{place}]`\n\n{sentence(node['description'])} {ids}\n"
    told = "" if "anyOf" in entry else f" {entry['description']}."
    yield f"Each value is {entry['x-expected']}:{told}\n"
    yield from alternatives(entry)


def alternatives(node: Schema) -> Lines:
    """Each way in which a value may be written, and the fields of those that are tables."""
    for way in node.get("anyOf", ()):
        yield f"- {way['x-expected']}: {way['description']}"
        for name, part in way.get("properties", {}).items():
            needed = ", needed" if name in way["required"] else ""
            yield f"  - `{name}`{needed}: {part['x-expected']}; {part['description']}"
        entry = way.get("additionalProperties")
        if isinstance(entry, dict):
            for inner in entry.get("anyOf", ()):
                yield f"  - {inner['x-expected']}: {inner['description']}"


def _is_table(node: Schema) -> bool:
    return node.get("type") == "object"


def election_toml() -> Lines:
    """Every field of `election.toml`."""
    return fields_of(ELECTION, "")


def rule_book_toml() -> Lines:
    """Every field of a rule book's file, but the choices, which have their own page."""
    return fields_of(RULE_BOOK, "")


# --- rules ----------------------------------------------------------------------------------


def choices() -> Lines:
    """Every choice: its question, its options, and what the book `common` answers."""
    yield from answered(CHOICES, "common")


def seat_choices() -> Lines:
    """The choices of a count for several seats, and what the book `several-seats` answers."""
    yield from answered(SEAT_CHOICES, "several-seats")


def answered(choices: Mapping[str, Choice], silent: str) -> Lines:
    """Each of the choices, and what holds where a book is silent."""
    common = acts.rule_book(silent)
    for choice in choices.values():
        yield f"\n## `{choice.name}`\n\n{choice.question}\n"
        yield from options_of(choice)
        basis = common.basis.get(choice.name)
        reading = basis.reading if basis else "As before books were asked."
        yield f"\nWhere a book is silent: {code(choice.write(common))}. {reading}"


def options_of(choice: Choice) -> Lines:
    """The options of one choice, or what its answer must be."""
    if choice.name == "ties":
        yield "A list, by precedence, of any of:\n"
    if not choice.options:
        yield sentence(choice.expected)
    for option in choice.options:
        yield f"- `{option}`: {option.meaning}."


def rule_books() -> Lines:
    """Every book: what it is, and each choice that it makes itself."""
    for name in acts.rule_book_names():
        book = acts.rule_book(name)
        yield f"\n## `{name}`\n\n**{book.title}.** {book.summary}\n"
        if book.in_force:
            yield f"In force: {book.in_force}.\n"
        if book.extends:
            yield f"Extends [`{book.extends}`](#{book.extends}).\n"
        own = [each for each in book.choices.values() if book.basis[each.name].book == name]
        yield from table(
            ("Choice", "Answer", "Source, and our reading"),
            (
                (
                    f"[`{choice.name}`](choices.md#{choice.name})",
                    code(choice.write(book)),
                    _based(book.basis[choice.name].source, book.basis[choice.name].reading),
                )
                for choice in own
            ),
        )


def _based(source: str, reading: str) -> str:
    said = "Ours" if source == OURS else source
    return f"{sentence(said)} *{reading}*" if reading else sentence(said)


# --- formats --------------------------------------------------------------------------------


def formats() -> Lines:
    """What each format's file can hold."""
    yield from table(
        ("What a paper may have", *(f"`{suffix}`" for suffix in EVERY_FORMAT)),
        (
            (
                sentence(holding.meaning),
                *("yes" if holding in each.holds else "" for each in EVERY_FORMAT.values()),
            )
            for holding in Holding
        ),
    )


def csv_layouts() -> Lines:
    """The layouts of a CSV file."""
    for layout in Layout:
        yield f"- **{layout}**: {layout.meaning}"


# --- the program ----------------------------------------------------------------------------


def commands() -> Lines:
    """Every command, and what it is for."""
    yield from table(
        ("Command", "What it does"),
        ((f"[`{name}`](#{name})", told) for name, told in COMMANDS.items()),
    )


def command(name: str) -> Lines:
    """One command: its usage, what its help says, its arguments and its options."""
    context = click.Context(app, info_name="hustings")
    found = app.get_command(context, name)
    assert found is not None, f"there is no command {name}"
    inner = click.Context(found, info_name=name, parent=context)
    pieces = " ".join(found.collect_usage_pieces(inner))
    yield f"```text\nhustings {name} {pieces}\n```\n"
    yield from (f"{' '.join(part.split())}\n" for part in (found.help or "").split("\n\n"))
    rows = [
        (_called(option), sentence(option.help or "The format of what is printed."))
        for option in found.params
        if isinstance(option, click.Option)
    ]
    if rows:
        yield from table(("Option", "What it does"), rows)
    if isinstance(found, click.Group):
        yield from _within(found, inner, name)


def _within(group: click.Group, context: click.Context, name: str) -> Lines:
    """The commands inside a command, each with its usage and its options."""
    for called in group.list_commands(context):
        found = group.get_command(context, called)
        assert found is not None
        pieces = " ".join(found.collect_usage_pieces(click.Context(found, context, called)))
        yield f"\n**`hustings {name} {called} {pieces}`**\n"
        yield f"{' '.join((found.help or '').split())}\n"
        rows = [
            (_called(option), sentence(option.help or ""))
            for option in found.params
            if isinstance(option, click.Option)
        ]
        if rows:
            yield from table(("Option", "What it does"), rows)


def _called(option: click.Option) -> str:
    metavar = ""
    if not option.is_flag:
        shown = option.metavar or option.type.name.upper()
        if isinstance(option.type, click.Choice):
            shown = "|".join(option.type.choices)
        metavar = f" {shown}"
    return ", ".join(f"`{name}{metavar}`" for name in option.opts)


def examples() -> Lines:
    """The elections in the package, and how far each count gives what was published."""
    rows = []
    for name in acts.examples():
        counted = library.count(acts.example(name))
        found = counted.reconciliation
        assert found is not None, f"{name} has no published figures"
        agreeing = found.compared - len(found.differences)
        told = f"{agreeing} of {found.compared}"
        if found.misprints:
            told += f"; known misprints: {len(found.misprints)}"
        rules = counted.contest.rules.name
        rows.append(
            (
                f"`{name}`",
                f"{counted.election}: {counted.contest.post}",
                f"[`{rules}`](rule-books.md#{rules})",
                told,
            )
        )
    yield from table(("Name", "Election", "Rule book", "Published figures that agree"), rows)


PARTS: Mapping[str, Callable[..., Lines]] = {
    "election-toml": election_toml,
    "rule-book-toml": rule_book_toml,
    "choices": choices,
    "seat-choices": seat_choices,
    "rule-books": rule_books,
    "formats": formats,
    "csv-layouts": csv_layouts,
    "commands": commands,
    "command": command,
    "examples": examples,
}


def main() -> None:
    """Write every made part anew."""
    for page in pages():
        page.write_text(remade(page.read_text("utf-8")), "utf-8")
        print(page.relative_to(DOCS))


if __name__ == "__main__":
    main()
