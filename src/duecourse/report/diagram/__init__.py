"""Pictures of a procedure: SVG with swim lanes, and the text notations of Mermaid and Graphviz."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.report.diagram.layout import picture
from duecourse.report.diagram.notation import dot, mermaid
from duecourse.report.diagram.svg import Theme, render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duecourse.model.procedure import Label, Lang, Procedure

__all__ = ["Theme", "dot", "mermaid", "svg"]


def svg(
    procedure: Procedure,
    lang: Lang = "both",
    theme: Theme = "auto",
    figures: Mapping[str, Label] | None = None,
) -> str:
    """Return the picture of a procedure as one SVG document that needs no other file.

    It shows what is possible under the default readings and lists what is not. Time runs downwards;
    each lane belongs to actors who act together. A stage stands in the lane of who acts next, steps
    in the lane of who takes them. A step that can be taken in many stages is drawn once and its
    letter stands on each of them. Bars on the left show in which stages each limit runs.

    Args:
        procedure: the procedure.
        lang: the language of the labels; `both` sets Chinese below English.
        theme: `light`, `dark`, or `auto`, which follows the reader's setting.
        figures: what else stands at `stage.ID` and `step.ID`, such as how often it occurs.
    """
    return render(picture(procedure, lang, figures), theme)
