"""`list` and `show`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from duecourse.cli.files import language, one_of
from duecourse.model.library import case_files, catalogue, load, project_root
from duecourse.properties.property_file import load_properties
from duecourse.report.diagram import dot, mermaid, svg
from duecourse.report.outline import outline
from duecourse.report.procedure_json import procedure_json
from duecourse.scenarios import scenario_files

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMATS = ("text", "mermaid", "dot", "svg", "json")


def listing() -> str:
    """Return what is in reach: procedures, amendments, properties, scenarios, experiments, published cases."""
    root = project_root()
    lines: list[str] = []
    entries = catalogue(root)
    for kind in ("procedure", "amendment"):
        lines.append(f"{kind}s")
        for entry in entries.values():
            if entry.kind == kind:
                of = f" (of {entry.of})" if entry.of else ""
                lines.append(f"  {entry.id:22} {entry.label}{of}")
    lines.append("properties")
    lines.extend(f"  {each.id:22} {each.sentence.en}" for each in load_properties(root))
    lines.append("scenarios")
    lines.extend(f"  {name}" for name in scenario_files(root))
    lines.append("experiments")
    lines.extend(f"  {name}" for name in scenario_files(root, "simulations"))
    lines.append("published cases")
    lines.extend(f"  {name}" for name in case_files(root))
    return "\n".join(lines)


def shown(name: str, amend: Iterable[str], format_: str, lang: str) -> str:
    """Return a procedure as an outline, a diagram or JSON."""
    one_of("format", format_, FORMATS)
    tongue = language(lang)
    procedure = load(name, tuple(amend))
    match format_:
        case "text":
            return outline(procedure, tongue)
        case "mermaid":
            return mermaid(procedure, tongue)
        case "dot":
            return dot(procedure, tongue)
        case "svg":
            return svg(procedure, tongue)
        case _:
            return json.dumps(procedure_json(procedure), ensure_ascii=False, indent=2)
