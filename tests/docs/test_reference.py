"""The reference pages leave nothing out; there are none beside the tests when they run against a wheel."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer

from duecourse.cli.app import app
from duecourse.model.schema import SHAPES, AmendmentShape, ElementShape, ProcedureShape
from duecourse.properties.property_file import (
    AtMostShape,
    ClaimShape,
    DefinitionShape,
    GoalShape,
    StructuralShape,
    WithinShape,
)

if TYPE_CHECKING:
    from pydantic import BaseModel

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"

if not REFERENCE.is_dir():
    pytest.skip("the pages stand outside the tests", allow_module_level=True)


def page(name: str) -> str:
    """Return a page without its code blocks."""
    text = (REFERENCE / f"{name}.md").read_text(encoding="utf-8")
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def section(text: str, heading: str) -> str:
    """Return what stands under a heading, up to the next one of its level or above."""
    level = heading.split(" ", 1)[0]
    rest = text.split(f"\n{heading}\n", 1)[1]
    return re.split(rf"^#{{1,{len(level)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def keys(shape: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in shape.model_fields.items()}


ELEMENT = keys(ElementShape)


@pytest.mark.parametrize("kind", SHAPES)
def test_every_key_of_a_table_is_explained_in_its_section(kind: str) -> None:
    text = section(page("language"), f"### `[[{kind}]]`")
    general = ELEMENT if issubclass(SHAPES[kind], ElementShape) else {"id"}

    assert {key for key in keys(SHAPES[kind]) - general if f"`{key}" not in text} == set()


@pytest.mark.parametrize(
    ("shapes", "heading"),
    [
        ((ProcedureShape,), "### `[procedure]`"),
        ((AmendmentShape,), "## Amendments"),
        (
            (ClaimShape, StructuralShape, GoalShape, WithinShape, AtMostShape, DefinitionShape),
            "## Property files",
        ),
    ],
)
def test_every_key_of_a_head_is_explained(
    shapes: tuple[type[BaseModel], ...], heading: str
) -> None:
    text = section(page("language"), heading)

    assert {key for shape in shapes for key in keys(shape) if f"`{key}`" not in text} == set()


def test_the_search_for_keys_misses_one_that_is_not_there() -> None:
    assert "`grace" not in section(page("language"), "### `[[clock]]`")


def test_every_table_of_the_language_stands_in_the_vocabulary() -> None:
    text = page("vocabulary")

    assert [kind for kind in SHAPES if f"`[[{kind}]]`" not in text] == []


def python_names() -> list[str]:
    rows = re.findall(r"^\|.*\|([^|]*)\|$", page("vocabulary"), re.MULTILINE)
    names = (name for row in rows for name in re.findall(r"`([\w.]+)`", row))
    return list(dict.fromkeys(names))


@pytest.mark.parametrize("name", python_names())
def test_every_python_name_of_the_vocabulary_exists(name: str) -> None:
    module, first, rest = re.fullmatch(r"((?:[a-z_]+\.)*)(\w+)((?:\.\w+)*)", name).groups()  # type: ignore[union-attr]  # it matches every dotted name
    found = getattr(import_module(f"duecourse.{module}".rstrip(".")), first)
    for part in filter(None, rest.split(".")):
        assert hasattr(found, part) or part in found.__dataclass_fields__


def commands() -> dict[str, typer.core.TyperCommand]:
    return dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]  # it is a group


@pytest.mark.parametrize("verb", commands())
def test_every_verb_has_a_section_and_every_option_is_explained(verb: str) -> None:
    text = page("cli")
    long = {
        option
        for parameter in commands()[verb].params
        for option in parameter.opts
        if option.startswith("--") and option != "--help"
    }

    assert re.search(rf"^## `{verb}\b", text, re.MULTILINE)
    assert {option for option in long if f"`{option}" not in text} == set()
