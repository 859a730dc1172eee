"""The JSON Schema of every kind of file that people write, for editors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from duecourse.model import schema
from duecourse.model.amendment_schema import AmendmentFile
from duecourse.model.case_file import CaseFile
from duecourse.model.migration_file import MigrationFile
from duecourse.properties.property_file import PropertyFile
from duecourse.scenarios.file_schema import ScenarioFile

if TYPE_CHECKING:
    from collections.abc import Mapping

FILES: Mapping[str, type[schema.Shape]] = {
    "procedure": schema.ProcedureFile,
    "amendment": AmendmentFile,
    "property": PropertyFile,
    "scenario": ScenarioFile,
    "case": CaseFile,
    "migration": MigrationFile,
}
"""The kinds of files by name, each with its shape."""


def file_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of a kind of file.

    >>> file_schema("amendment")["required"]
    ['amendment']
    """
    return schema.json_schema(FILES[kind], kind)


def file_schema_text(kind: str) -> str:
    """Return a JSON Schema as it is committed in `docs/reference/KIND.schema.json`."""
    return schema.schema_text(FILES[kind], kind)
