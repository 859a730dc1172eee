"""Pictures of a procedure: SVG with swim lanes, Mermaid, and Graphviz text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.report.diagram.layout import picture
from duecourse.report.diagram.svg import Theme, render

if TYPE_CHECKING:
    from duecourse.model.procedure import Lang, Procedure

__all__ = ["Theme", "svg"]


def svg(procedure: Procedure, lang: Lang = "both", theme: Theme = "auto") -> str:
    """Return the picture of a procedure as a self-contained SVG document."""
    return render(picture(procedure, lang), theme)
