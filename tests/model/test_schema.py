"""The JSON Schema for editors: the one that is committed is the one that is generated, and it knows the shipped files.

To renew it after the shapes have changed:

    python -c "from duecourse.model.schema import schema_text; print(schema_text(), end='')" > docs/reference/procedure.schema.json
"""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from tests.model.licence import LICENCE

from duecourse.model.schema import SHAPES, ProcedureFile, json_schema, schema_text
from duecourse.shipped import shipped

GOLDEN = Path(__file__).resolve().parents[2] / "docs" / "reference" / "procedure.schema.json"
SCHEMA = json_schema()

TYPES = {
    "string": (str, dt.date),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


def faults(
    schema: dict[str, Any],
    value: Any,  # noqa: ANN401  (any value of a file)
    where: str = "",
    whole: dict[str, Any] = SCHEMA,
) -> list[str]:
    """Return what is wrong with a value; as much of JSON Schema as ours uses, and nothing it uses is skipped."""
    unknown = schema.keys() - KEYWORDS
    assert not unknown, f"the schema uses {unknown}"
    if "$ref" in schema:
        return faults(whole["$defs"][schema["$ref"].removeprefix("#/$defs/")], value, where, whole)
    if "anyOf" in schema:
        several = [faults(each, value, where, whole) for each in schema["anyOf"]]
        return [] if [] in several else several[0]
    found = []
    size: float
    if "type" in schema:
        right = isinstance(value, TYPES[schema["type"]])
        if not right or (isinstance(value, bool) and schema["type"] == "integer"):
            return [f"{where}: no {schema['type']}"]
    found += [f"{where}: not listed"] if value not in schema.get("enum", [value]) else []
    found += [f"{where}: not it"] if value != schema.get("const", value) else []
    if isinstance(value, str):
        size, limits = len(value), (schema.get("minLength", 0), schema.get("maxLength", 10**9))
        found += [] if re.search(schema.get("pattern", ""), value) else [f"{where}: form"]
    elif isinstance(value, list):
        size, limits = len(value), (schema.get("minItems", 0), schema.get("maxItems", 10**9))
        for index, each in enumerate(value):
            found += faults(schema.get("items", {}), each, f"{where}[{index}]", whole)
    elif isinstance(value, dict):
        return found + table_faults(schema, value, where, whole)
    elif isinstance(value, int | float):
        size, limits = value, (schema.get("minimum", -(10**9)), schema.get("maximum", 10**9))
        low, high = (
            schema.get("exclusiveMinimum", value - 1),
            schema.get("exclusiveMaximum", value + 1),
        )
        found += [] if low < value < high else [f"{where}: size"]
    else:
        return found
    return found if limits[0] <= size <= limits[1] else [*found, f"{where}: size"]


def table_faults(
    schema: dict[str, Any], value: dict[str, Any], where: str, whole: dict[str, Any]
) -> list[str]:
    properties = schema.get("properties", {})
    found = [f"{where}: {key} is missing" for key in schema.get("required", []) if key not in value]
    patterns = schema.get("patternProperties", {})
    others = schema.get("additionalProperties", True)
    for key in value.keys() - properties.keys():
        matching = [each for pattern, each in patterns.items() if re.search(pattern, key)]
        if not matching and others is False:
            found.append(f"{where}: {key} is unknown")
        for each in matching or ([others] if isinstance(others, dict) else []):
            found += faults(each, value[key], f"{where}.{key}", whole)
    for key in value.keys() & properties.keys():
        found += faults(properties[key], value[key], f"{where}.{key}", whole)
    return found


KEYWORDS = {
    "$schema", "$ref", "$defs", "anyOf", "type", "enum", "pattern", "format", "minLength", "maxLength",
    "minItems", "maxItems", "minimum", "maximum", "items", "properties", "required", "additionalProperties",
    "title", "description", "default", "const", "patternProperties", "exclusiveMinimum",
    "exclusiveMaximum", "minProperties", "maxProperties",
}  # fmt: skip


@pytest.mark.skipif(not GOLDEN.parent.is_dir(), reason="an installed wheel has no docs")
def test_the_committed_schema_is_the_generated_one() -> None:
    assert GOLDEN.read_text(encoding="utf-8") == schema_text()


def test_the_schema_has_a_table_for_every_kind_of_element() -> None:
    assert json.loads(schema_text()) == SCHEMA
    assert set(SCHEMA["properties"]) == {"procedure", *SHAPES}
    assert SCHEMA["required"] == ["procedure"]


@pytest.mark.parametrize("name", ["trial-2017", "measures-2020", "measures-2022"])
def test_the_shipped_files_are_valid_under_the_schema(name: str) -> None:
    text = (shipped() / "model" / f"{name}.toml").read_text(encoding="utf-8")

    assert faults(SCHEMA, tomllib.loads(text)) == []
    assert ProcedureFile.model_validate(tomllib.loads(text)).procedure.id == name


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ('actor = "party"', "actor = 3", ".step[0].actor: no string"),
        ('actor = "party"', 'actr = "party"', ".step[0]: actor is missing"),
        ('limit = "10 working days"', 'limit = "10 days"', ".clock[0].limit: form"),
        ('mark = "Q"', 'mark = "A"', ".article[0].mark: not listed"),
        ("count = 3", "count = 1001", ".panel[0].electorate[0].count: size"),
        ('stops = ["limit"]', 'stops = [{ clok = "limit" }]', ".suspension[0].stops: no string"),
        ("final = true", "final = 1", ".stage[1].final: no boolean"),
    ],
)
def test_the_schema_finds_what_the_reader_finds(right: str, wrong: str, fault: str) -> None:
    assert right in LICENCE

    found = faults(SCHEMA, tomllib.loads(LICENCE.replace(right, wrong, 1)))

    assert fault in found
    assert faults(SCHEMA, tomllib.loads(LICENCE)) == []
