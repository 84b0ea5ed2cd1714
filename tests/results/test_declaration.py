"""The declaration, the count sheet and the card, typeset and opened again."""

import io
import re
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest
import typst
from pypdf import PdfReader

import hustings as h
from hustings.ballots.profile import Profile
from hustings.ballots.returns import PaperAccount
from hustings.counting import engine
from hustings.election.publication import Release, SectionPublication, Status
from hustings.election.rulebook import Basis
from hustings.election.spec import Contest, Decisions, Election, SectionEntry, Standing
from hustings.errors import InputError
from hustings.results import as_typst, card, declaration
from hustings.results.declaration import round_tables
from hustings.results.edition import Edition, SectionEdition
from hustings.shell import acts, typeset

AT = "2010-09-25T16:50:00+01:00"
DOCUMENTS = [declaration.source, declaration.count_sheet]
# Each would run, end a string or hide what follows, if it were read as code.
HOSTILE = [
    '#panic("x") *b* $x$ ]',
    '" \\" \\\\ #eval("1")',
    "@ref <label> `raw` // no comment /* none",
    "= Heading\n\n- #read('/etc/passwd')",
    "\\u{41} #{ panic() }",
]
FOREIGN = {
    "heb": "שלום מלך",
    "cjk": "王小明王小明",
    "zoe": "Zoë 😀",
    "ara": "القاضي",
    "dev": "हिन्दी",
}


@cache
def edition(name: str = "labour-2010", status: Status = Status.DECLARED) -> Edition:
    loaded = acts.load(h.example(name))
    transcript = acts.count(loaded)
    sections = {
        entry.id: SectionEdition(entry, SectionPublication(), PaperAccount())
        for entry in transcript.contest.sections
    }
    first = next(iter(sections))
    account = PaperAccount(issued=500_000, returned=266, spoiled={"two marks": 4, "blank": 3})
    sections[first] = replace(sections[first], account=account)
    release = Release(3, status, AT, "Ann Officer", "a misprint")
    compared = acts.compare(loaded, transcript)
    return Edition(loaded.election, transcript, release, sections, (), compared, ("A note.",))


def made_up(names: dict[str, str], sections: int = 2, title: str = "Election") -> Edition:
    """A count of so many candidates in so many sections, the lowest going one by one."""
    ids = tuple(names)
    entries = tuple(
        SectionEntry(f"s{n}", f"Section {n}", Fraction(1, sections)) for n in range(sections)
    )
    rules = acts.rule_book("labour-2010").override("ties", ["lot"], Basis("a test"))
    standing = tuple(Standing(id_, name) for id_, name in names.items())
    contest = Contest("c", "Post #x]", standing, entries, rules, Decisions(lot=ids))
    rankings = {ids[at:] + ids[:at]: 10 + at for at in range(len(ids))}
    transcript = engine.count(contest, [Profile({entry.id: rankings for entry in entries})])
    parts = {e.id: SectionEdition(e, SectionPublication(), PaperAccount()) for e in entries}
    return Edition(Election(title, (contest,)), transcript, Release(1, Status.DECLARED), parts)


def opened(source: str, at: str = AT) -> PdfReader:
    return PdfReader(io.BytesIO(typeset.pdf(source, at)))


def words(reader: PdfReader) -> str:
    """The text of every page on one line, without the places where a long word may break."""
    told = " ".join(page.extract_text() for page in reader.pages)
    return " ".join(told.replace(as_typst.BREAK, "").split())


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_says_of_itself_that_it_is_archived_tagged_and_titled(document) -> None:
    """PDF/A-2a and PDF/UA-1 in one file; the compiler refuses what does not keep them."""
    reader = opened(document(edition()))
    root = reader.trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert "<pdfaid:part>2</pdfaid:part>" in xmp and "<pdfaid:conformance>A<" in xmp
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root
    assert root["/Lang"] == "en"
    assert "Labour Party leadership election, 2010 (DECLARED)" in reader.metadata.title
    assert reader.metadata["/CreationDate"].startswith("D:20100925155000")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_table_has_a_tagged_header_and_a_caption(document) -> None:
    """A screen reader says the column; `TH` stands in the structure, not only in bold."""
    tags = structure(opened(document(edition())))
    assert tags.count("/Table") == tags.count("/Caption") == tags.count("/THead") > 1
    assert "/TH" in tags and "/H1" in tags and "/Title" in tags


def structure(reader: PdfReader) -> list[str]:
    found, waiting = [], [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            found.append(node.get("/S"))
            waiting += [node["/K"]] if "/K" in node else []
    return found


def test_the_declaration_of_2010_says_what_was_declared() -> None:
    """Who signs what; the last round as it was printed; papers, rules and what was misprinted."""
    told = words(opened(declaration.source(edition())))
    for expected in (
        "declare that Ed Miliband is elected to the post of Leader of the Labour Party.",
        "Ed Miliband is elected in round 4 with 50.65 per cent of the college; David Miliband "
        "has 49.35 per cent of the college.",
        "Ed Miliband 122 15.522 55,992 15.198 119,405 19.934 50.65",
        "Ed Miliband 34.33 37.47 41.26 50.65 elected",
        "Diane Abbott 7.42 out in round 1",
        "MPs and MEPs 500,000 266 7 266 0.1%",
        "Total – – – 338,374 –",
        "MPs and MEPs blank 3",
        "MPs and MEPs two marks 4",
        "121 of 122 published figures agree to the last decimal.",
        "Known misprint: round 2, affiliates, TOTAL: votes published 206640, counted 208640",
        "† Affiliates: rankings reconstructed from votes",
        "Counted by the rule book labour-2010",
        "Release 3",
        "Approved by Ann Officer",
        "A note.",
        "Signature",
        "How to verify this paper",
    ):
        assert expected in told


def test_the_count_sheet_of_2010_has_every_round_section_and_transfer() -> None:
    """Papers, per cent of the section and of the college, and where the papers passed to."""
    told = words(opened(declaration.count_sheet(edition())))
    assert [f"Round {n}: papers" in told for n in range(1, 6)] == [True] * 4 + [False]
    for expected in (
        "David Miliband 111 41.729 13.910 55,905 44.063 14.688 58,189 27.547 9.182 37.78",
        "Diane Abbott Ed Miliband 4 4,196 7,750",
        "Diane Abbott non-transferable 2 562 2,594",
        "Total 7 9,314 25,938",
        "Diane Abbott has the least, 7.42 per cent of the college, and is eliminated.",
        "Continuing 262 122,806 199,671 100.00",
        "Non-transferable 4 4,068 11,563",
    ):
        assert expected in told


@pytest.mark.parametrize("status", Status)
def test_only_a_declared_release_declares_anybody_elected(status: Status) -> None:
    """Provisional and withdrawn figures tell what would be: on paper, sheet and card."""
    of_status = edition(status=status)
    final = status in (Status.DECLARED, Status.CORRECTED)
    for make in (declaration.source, declaration.count_sheet, card.source):
        source = make(of_status)
        assert ("is elected" in source) == final
        assert ("would be elected" in source) != final
        assert str(status).upper() in source
    told = words(opened(declaration.source(of_status)))
    assert ("declare" in told and "that Ed Miliband is elected to the post" in told) == final
    assert ("nobody is declared elected" in told) != final
    assert ("in place of what was declared before" in told) == (status is Status.CORRECTED)


def test_a_count_of_what_did_not_happen_declares_nobody() -> None:
    """Whatever its release says: it is no result."""
    real = edition()
    supposed = replace(real, transcript=replace(real.transcript, hypothesis="equal weights"))
    told = words(opened(declaration.source(supposed)))
    assert "NOT A RESULT: a count with equal weights." in told
    assert "is elected" not in told and "DECLARED:" not in told


@pytest.mark.parametrize("name", h.examples())
def test_every_example_can_be_printed(name: str) -> None:
    """One section or several, shares or votes, one round or four."""
    of_example = edition(name)
    winner = of_example.transcript.contest.name(of_example.winner)
    for document in DOCUMENTS:
        assert f"{winner} is elected" in words(opened(document(of_example)))
    assert size(typeset.png(card.source(of_example))) == (1200, 630)


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


def test_the_same_edition_gives_the_same_bytes() -> None:
    """Also from another compiler, which has nothing left from the run before."""
    sources = [declaration.source(edition()), declaration.count_sheet(edition())]
    once = [typeset.pdf(source, AT) for source in sources]
    drawn = typeset.png(card.source(edition()))
    typeset._compiler.cache_clear()
    assert [typeset.pdf(source, AT) for source in sources] == once
    assert typeset.png(card.source(edition())) == drawn


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_printed_and_never_run(name: str) -> None:
    """As candidate, post, election, section, spoiled paper's reason and note."""
    hostile = made_up({"a": name, "b": "Bob"}, title=name)
    named = replace(hostile.transcript.contest.sections[0], name=name)
    contest = replace(
        hostile.transcript.contest,
        post=name,
        sections=(named, *hostile.transcript.contest.sections[1:]),
    )
    part = replace(
        hostile.sections["s0"], entry=named, account=PaperAccount(spoiled={f"bad {name}": 1})
    )
    hostile = replace(
        hostile,
        transcript=replace(hostile.transcript, contest=contest),
        election=replace(hostile.election, organisation=f"of {name}"),
        sections={**hostile.sections, "s0": part},
        release=replace(hostile.release, reason=f"why {name}"),
        notes=(f"note {name}",),
    )
    # The fonts join some letters, and a line may break anywhere: compare without spaces.
    shown = squeezed(name)
    for document in DOCUMENTS:
        told = squeezed(words(opened(document(hostile))))
        for before in ("of", "why", "note", "postof" if document is declaration.source else "Post"):
            assert before + shown in told
    typeset.png(card.source(hostile))


def squeezed(told: str) -> str:
    return "".join(told.split())


def test_a_name_in_any_script_is_printed_or_spelt_out() -> None:
    """Where the fonts lack the characters, their numbers or the id stand there, and it is told."""
    source = declaration.source(made_up({**FOREIGN, "run": "漢" * 40}))
    reader = opened(source)
    told = words(reader)
    assert "[U+1F600]" in told and "Zoë" in told
    assert "王" not in told and re.search(r"cjk \d", told)
    assert "cjk (U+738B U+5C0F U+660E U+738B U+5C0F U+660E)" in told
    assert "no shape for some characters" in told and "U+200B" not in told
    assert "القاضي" in told and "U+0627" not in told
    assert "no shape" not in words(opened(declaration.source(edition())))


def test_a_title_that_the_fonts_lack_stays_the_title() -> None:
    """What a program reads needs no shapes."""
    reader = opened(declaration.source(made_up({"a": "A", "b": "B"}, title="党首選挙")))
    assert "党首選挙" in reader.metadata.title


@pytest.mark.parametrize(
    "sign", ["\u200b", "\u202e", "\u2066", "\ud800", "\ue000", "\x00", "\ufdd0"]
)
def test_no_single_character_stops_the_printing(sign: str) -> None:
    """What turns the text, belongs to nobody or is none is printed as its number, or as nothing."""
    strange = made_up({"a": f"An{sign}n", "b": f"{sign}", "c": f"👨\u200d👩{sign}"})
    for document in DOCUMENTS:
        typeset.pdf(document(strange), "")
    typeset.png(card.source(strange))
    assert "\u202e" not in declaration.source(strange)


def test_a_name_of_four_thousand_characters_is_cut_in_tables_and_whole_at_the_end() -> None:
    """Two that are cut alike are told apart by their ids."""
    long = {"x": "W" * 3999 + "1", "y": "W" * 3999 + "2"}
    told = squeezed(words(opened(declaration.source(made_up(long)))))
    cut = "W" * 59
    assert f"{cut}…(x)" in told and f"{cut}…(y)" in told
    # A page's foot may stand in the middle of the name.
    assert told.count("W") > 2 * 3999


def test_no_text_leaves_the_page() -> None:
    """Long names without a space break inside their cells; no line has more than fits one."""
    long = {f"c{n}": chr(65 + n) * 4000 for n in range(3)}
    for document in DOCUMENTS:
        reader = opened(document(made_up(long, sections=9)))
        lines = [line for page in reader.pages for line in page.extract_text().splitlines()]
        assert max(map(len, lines)) < 250


def test_a_count_too_long_for_paper_says_what_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """First and last rounds have tables; the others their sentence."""
    monkeypatch.setattr(round_tables, "CELLS", 300)
    told = words(
        opened(declaration.count_sheet(made_up({f"c{n}": f"Name {n}" for n in range(12)})))
    )
    rounds = len(made_up({f"c{n}": f"Name {n}" for n in range(12)}).transcript.rounds)
    tabled = {int(number) for number in re.findall(r"Round (\d+): papers", told)}
    assert {1, rounds} < tabled < set(range(1, rounds + 1))
    assert f"The count has {rounds} rounds. Tables are printed of round 1" in told
    assert told.count("eliminated") + told.count("elected") >= rounds


def test_many_sections_stand_four_to_a_table() -> None:
    """Every section is there, and the total beside each four."""
    told = words(opened(declaration.count_sheet(made_up({"a": "A", "b": "B"}, sections=9))))
    assert "sections 1 to 4 of 9" in told and "sections 9 to 9 of 9" in told
    assert all(f"Section {n}" in told for n in range(9))


def test_a_long_table_has_its_header_on_every_page() -> None:
    """A reader of page 3 must know the columns."""
    many = made_up({f"c{n}": f"Name {n}" for n in range(2)})
    rows = tuple((f"row {n}", str(n)) for n in range(200))
    grid = as_typst.Grid("A caption", ("Name of column", "n"), rows)
    reader = opened(
        as_typst.prelude("T", as_typst.ids_of(many.transcript.contest)) + as_typst.table(grid)
    )
    assert len(reader.pages) > 2
    assert all("Name of column" in page.extract_text() for page in reader.pages)


@pytest.mark.parametrize(
    ("at", "written"),
    [("", "D:19700101000000"), ("1983-10-02", "D:19831002"), ("1931-10-27T12:00", "D:19311027")],
)
def test_the_date_in_the_file_is_the_releases(at: str, written: str) -> None:
    """Never the clock's."""
    assert opened(declaration.source(edition()), at).metadata["/CreationDate"].startswith(written)


def test_a_time_that_is_none_is_refused() -> None:
    """Rather than printed as 1970."""
    with pytest.raises(InputError, match="'Saturday' is no time"):
        typeset.pdf(declaration.source(edition()), "Saturday")


def test_a_fault_in_the_document_is_not_spelt_away() -> None:
    """Only what the fonts lack is tried again."""
    with pytest.raises(typst.TypstError, match="unknown variable"):
        typeset.pdf(as_typst.prelude("T", {}) + "#nobody", "")
