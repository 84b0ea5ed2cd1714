"""The elections whose sites the browser opens: made up to be awkward, and real ones."""

import json
from pathlib import Path

# Markup, quotes, right to left, an emoji of several parts, and 300 characters without a space.
HOSTILE = {
    "ann": "<script>alert('ann')</script>",
    "bob": "مرشح <b>عربي</b> 7",
    "cat": 'Cat "Kitty" O\'Neill & Söhne',
    "dan": "D" + "a" * 298 + "n",
    "eve": "Eve 👩🏽\u200d🚀🏳️\u200d🌈",
}
UNITS = {
    "north": ("</table><h1>North", "Up & away"),
    "south": ("دائرة الجنوب", "Up & away"),
    "east": ("E" * 120, "Down"),
    "west": ("West’s \"own\" <i>'quarter'</i>", "Down"),
    "islet": ("Islet 🏝️", "Down"),
    "rock": ("Rock &amp; Stone", "Down"),
    "new": ("New branch, no figures", ""),
}


def hostile(folder: Path) -> Path:
    """Two contests in two sections: named ballots with spoiled ones, units with pools, a lot."""
    _write(folder, "election.toml", _HOSTILE_DEFINITION + _contest("chair") + _contest("clerk"))
    rows = (f"{id_},{_cell(name)},{_cell(region)},{200 + at}" for at, (id_, (name, region)) in _n())
    _write(folder, "branches.csv", "\n".join(["unit,name,region,majority", *rows]))
    _write(folder, "chair-officers.csv", _officers("ann"))
    _write(folder, "clerk-officers.csv", _officers("bob"))
    _write(folder, "officers.csv", _electors())
    for contest, shift in (("chair", 0), ("clerk", 1)):
        _write(folder, f"{contest}-branches.csv", _branches(shift))
        _write(folder, f"{contest}-returns.csv", _returns(shift))
    _write(folder, "claims.csv", _CLAIMS)
    return folder


def _n() -> "enumerate[tuple[str, tuple[str, str]]]":
    return enumerate(UNITS.items())


def _cell(words: str) -> str:
    return '"' + words.replace('"', '""') + '"'


def _write(folder: Path, name: str, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text.strip("\n") + "\n", "utf-8")


_HOSTILE_DEFINITION = """
schema = 1

[election]
name = "<b>Election</b> & “others” '26 🗳️"
organisation = "</footer><script>alert(1)</script>"
about = "A </p><img src=x onerror=alert(2)> tale of & and <."

[sections.officers]
name = "Officers & <i>staff</i>"
weight = "1/3"
policy = "named_ballots"
elector_is = "officer"
electors_are = "officers"
electors = "officers.csv"

[sections.branches]
name = "أعضاء الفروع"
weight = "2/3"
policy = "unit_first_preferences"
rankings = "published"
unit_is = "branch"
units_are = "branches"
units = "branches.csv"

[[releases]]
status = "provisional"
at = 2026-05-01T21:30:00+01:00
reason = "the <b>post</b> was late"
"""


def _contest(id_: str) -> str:
    names = "\n".join(
        f"{each} = {json.dumps(name, ensure_ascii=False)}" for each, name in HOSTILE.items()
    )
    return f"""
[contests.{id_}]
post = "{id_.capitalize()} & <u>all</u>"
rules = "labour-2010"
override = {{ ties = ["lot"], first_preference = "required", overvotes = "spoil" }}
claims = "claims.csv"

[contests.{id_}.candidates]
{names}

[contests.{id_}.ballots]
officers = "{id_}-officers.csv"
branches = "{id_}-branches.csv"

[contests.{id_}.returns.branches]
units = "{id_}-returns.csv"
complete = false
source = "<em>the minutes</em>"

[contests.{id_}.decisions]
lot = ["eve", "dan", "cat", "bob", "ann"]
drawn_by = "the <b>chair</b>, before all"
"""


ELECTORS = (
    "Ms <b>Ada</b> A",
    "الوزير ب",
    'Cy "Clock" O\'Hara',
    "X" * 120,
    "Nobody",
    "Blank",
    "Dee",
    "Eda",
)


def _electors() -> str:
    places = ("Somewhere & else", "Elsewhere")
    rows = (
        f'{_cell(name)},{places[at % 2]},"Women; </dl>Group"' for at, name in enumerate(ELECTORS)
    )
    return "\n".join(["elector,sits_for,groups", *rows])


def _officers(first: str) -> str:
    second = "cat" if first == "bob" else "bob"
    marks = (
        f"{first},{second},dan,eve,",
        "dan,eve=cat,,,",
        "eve,dan,cat,bob,ann",
        f"{second},,,,",
        "ann=bob,,,,",
        ",,,,",
        f"dan,{first},,,",
        f"cat,{first},,,",
    )
    rows = (f"{_cell(name)},{each}" for name, each in zip(ELECTORS, marks, strict=True))
    return "\n".join(["elector,1,2,3,4,5", *rows])


def _branches(shift: int) -> str:
    rows = ["unit,count,1,2,3"]
    for at, unit in enumerate(UNITS):
        if unit == "new":
            continue
        size, step, level = (1, 0, 1) if unit in ("islet", "rock") else (20 + 7 * at, 3, 4)
        for place, name in enumerate(("ann", "bob", "cat")):
            after = ("bob", "cat", "ann")[place]
            rows.append(f"{unit},{size + step * ((place + shift + at) % 3)},{name},{after},")
        rows.append(f"{unit},{level},dan,cat,ann")
        rows.append(f"{unit},{level},eve,bob,")
        rows.append(f"{unit},{1 + at % 3},,,")
    return "\n".join(rows)


def _returns(shift: int) -> str:
    rows = ["unit,issued"]
    rows += [f"{unit},{400 + 10 * at + shift}" for at, unit in enumerate(UNITS)]
    return "\n".join(rows)


_CLAIMS = """
id,says,value,source
one,"<b>The largest</b> branch & its share",99.9%,"<i>The Daily</i>, page 2"
"""


_ONE_BODY = """
schema = 1
[election]
name = "Club secretary, 2026"
[contests.secretary]
post = "Secretary"
rules = "omov-av"
ballots = "ballots.csv"
[contests.secretary.candidates]
ann = "Ann Archer"
bob = "Bob Baker"
cat = "Cat Cooper"
[[releases]]
status = "declared"
at = 2026-05-01
"""


def one_body(folder: Path) -> Path:
    """One body of voters without sections, units or names: the smallest site."""
    _write(folder, "election.toml", _ONE_BODY)
    _write(folder, "ballots.csv", "count,1,2,3\n400,ann,bob,\n300,bob,cat,ann\n170,cat,bob,")
    return folder


def seats(folder: Path) -> Path:
    """A council of three seats, whose names are markup or run the other way, with its branches."""
    names = ["Ann <b>Archer</b>", "Bob & Baker", "كات", "D" * 90, "Eve", "Fay"]
    _write(folder, "ballots.csv", _SEATS)
    definition = _by_law("Ward 4 <i>", "scotland-stv-2007", names, "ballots.csv")
    definition = definition.replace("ballots =", 'seats = 3\nclaims = "claims.csv"\nballots =')
    _write(folder, "election.toml", definition.replace('rankings = "published"', _OF_BRANCHES))
    rows = (f"{id_},{_cell(name)},{_cell(region)},{200 + at}" for at, (id_, (name, region)) in _n())
    _write(folder, "branches.csv", "\n".join(["unit,name,region,majority", *rows]))
    _write(folder, "claims.csv", _CLAIMS)
    return folder


_OF_BRANCHES = """rankings = "published"
policy = "unit_first_preferences"
unit_is = "branch"
units_are = "branches"
units = "branches.csv\""""
_SEATS = """\
unit,count,ranking
north,450,c0 > c1
south,100,c0 > c2
islet,1,c0
rock,49,c0
north,200,c1 > c2 > c3
south,180,c2 > c1
east,20,c3 > c2 > c1
west,90,c4 > c5 > c2
east,70,c5 > c4
"""


def scottish(folder: Path, blt: Path) -> Path:
    """A by-election of one seat from its BLT file, declared, its papers published."""
    text = blt.read_text("utf-8")
    *_, ward = text.strip().split("\n")
    many = int(text.split()[0])
    names = [line.strip('"') for line in text.strip().split("\n")[-1 - many : -1]]
    _write(folder, "ballots.blt", text)
    definition = _by_law(ward.strip('"'), "scotland-single-seat", names, "ballots.blt")
    _write(folder, "election.toml", definition)
    return folder


def mayor(folder: Path, file: Path) -> Path:
    """A mayor of New South Wales from the papers as they were keyed in."""
    found = json.loads(file.read_text("utf-8"))
    rows = ["count,ranking"]
    for number, *places in found["votes"]:
        rows.append(f"{number}," + " > ".join(f"c{place}" for place in places))
    _write(folder, "ballots.csv", "\n".join(rows))
    definition = _by_law(found["contest"], "omov-av", found["candidates"], "ballots.csv")
    _write(folder, "election.toml", definition)
    return folder


def _by_law(name: str, rules: str, candidates: list[str], ballots: str) -> str:
    listed = "\n".join(
        f"c{at} = {json.dumps(each, ensure_ascii=False)}" for at, each in enumerate(candidates)
    )
    return f"""
schema = 1
[election]
name = {json.dumps(name, ensure_ascii=False)}
[sections.voters]
name = "Voters"
weight = "1"
rankings = "published"
[contests.seat]
post = {json.dumps(name, ensure_ascii=False)}
rules = "{rules}"
ballots = "{ballots}"
[contests.seat.candidates]
{listed}
[[releases]]
status = "declared"
at = 2021-12-23
"""
