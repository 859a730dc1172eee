"""The JSON Schemas for editors: those that are committed are those that are generated, and they know the shipped files.

To renew one after the shapes have changed:

    python -c "from duecourse.report.file_schemas import file_schema_text as t; print(t('case'), end='')" > docs/reference/case.schema.json
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from tests.model.test_schema import faults

from duecourse.model.schema import SHAPES
from duecourse.report.file_schemas import FILES, file_schema, file_schema_text
from duecourse.shipped import shipped

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
CASES = Path(__file__).resolve().parents[1] / "cases"

FOLDERS = {
    "procedure": "model",
    "amendment": "model/amendments",
    "property": "properties",
    "scenario": "scenarios",
    "migration": "model/migrations",
}


def wrong(kind: str, text: str) -> list[str]:
    schema = file_schema(kind)
    return faults(schema, tomllib.loads(text), "", schema)


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="an installed wheel has no docs")
@pytest.mark.parametrize("kind", FILES)
def test_every_committed_schema_is_the_generated_one(kind: str) -> None:
    committed = (REFERENCE / f"{kind}.schema.json").read_text(encoding="utf-8")

    assert committed == file_schema_text(kind)
    assert f'"title": "duecourse {kind}"' in committed


@pytest.mark.parametrize("kind", FOLDERS)
def test_every_shipped_file_is_valid_under_the_schema_of_its_kind(kind: str) -> None:
    folder = shipped().joinpath(*FOLDERS[kind].split("/"))
    files = [each for each in folder.iterdir() if each.name.endswith(".toml")]

    assert files
    for file in files:
        assert wrong(kind, file.read_text(encoding="utf-8")) == [], file.name


@pytest.mark.parametrize("file", sorted(CASES.glob("*.toml")), ids=lambda file: file.stem)
def test_every_legal_case_is_valid_under_the_schema(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    known = {"case", "event", "published"}
    data = {key: value for key, value in tomllib.loads(text).items() if key in known}
    schema = file_schema("case")

    assert faults(schema, data, "", schema) == []


def test_an_amendment_adds_whole_elements_and_replaces_single_keys() -> None:
    schema = file_schema("amendment")
    added, replaced = (schema["$defs"][name]["properties"] for name in ("Added", "Replaced"))

    assert set(added) == set(SHAPES)
    assert replaced["clock"]["items"]["required"] == ["id"]
    assert all("default" not in each for each in replaced["clock"]["items"]["properties"].values())


HEAD = """
[amendment]
id = "x"
of = "measures-2022"
label = { en = "X" }
source = { en = "a draft" }
"""


@pytest.mark.parametrize(
    ("kind", "text", "fault"),
    [
        ("amendment", HEAD.replace("of =", "off ="), ".amendment: of is missing"),
        ("amendment", HEAD + '[[replace.clock]]\nlimit = "5 working days"', "id is missing"),
        ("amendment", HEAD + '[[replace.clock]]\nid = "c"\nlimit = "5 days"', "limit: form"),
        ("amendment", HEAD + '[[replace.clok]]\nid = "c"', "clok is unknown"),
        ("amendment", HEAD + '[[add.clock]]\nid = "c"\nlabel = { en = "C" }', "binds is missing"),
        ("property", '[[property]]\nid = "p"\nkind = "sometimes"', "is missing"),
        ("scenario", '[[pool]]\nid = "desk"\nlabel = { en = "Desk" }\nsize = 0', "size: size"),
        ("case", "[[event]]\non = 2023-01-09\nstep = 3", ".event[0].step: no string"),
        ("migration", '[migration]\nid = "m"', "stages is missing"),
    ],
)
def test_a_schema_finds_what_is_of_the_wrong_shape(kind: str, text: str, fault: str) -> None:
    assert any(fault in each for each in wrong(kind, text)), wrong(kind, text)
