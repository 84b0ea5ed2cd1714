"""A ballot file that is JSON: which of the formats it is, by what stands in it."""

from collections.abc import Callable, Mapping
from typing import Any

from hustings.election.spec import Contest
from hustings.formats import ballots_jsonl, cvr_cdf, pref_voting_json, raire_json
from hustings.formats.ballot_file import BallotFile, refused
from hustings.formats.json_text import parsed_bytes
from hustings.units import Section

EXPECTED = (
    "expected cast-vote records of NIST (CVR), votes of raire-rs (votes), a profile of pref_voting "
    "(rankings), a list of objects as in JSON lines, or a configuration of RCTab (rules and "
    "cvrFileSources)"
)
IS_CONFIG = "this is a configuration of RCTab, which names its ballot files: count it by itself"

TreeReader = Callable[[Any, str, Contest | None, Section | None], BallotFile]


def read(data: bytes, file: str, contest: Contest | None, section: Section | None) -> BallotFile:
    """Every paper of the file; all that is wrong in it is in the file's problems."""
    value, amiss = parsed_bytes(data)
    if amiss:
        return refused(file, f"this is no JSON: {amiss}")
    for fits, reader in SHAPES.items():
        if fits(value):
            return reader(value, file, contest, section)
    return refused(file, IS_CONFIG if is_config(value) else EXPECTED)


def is_config(value: object) -> bool:
    """Whether this is a configuration of RCTab."""
    return isinstance(value, dict) and {"rules", "cvrFileSources"} <= value.keys()


def _is_list(value: object) -> bool:
    return isinstance(value, list) and bool(value)


SHAPES: Mapping[Callable[[object], bool], TreeReader] = {
    cvr_cdf.is_report: cvr_cdf.read,
    raire_json.is_raire: raire_json.read,
    pref_voting_json.is_profile: pref_voting_json.read,
    _is_list: ballots_jsonl.read_objects,
}
