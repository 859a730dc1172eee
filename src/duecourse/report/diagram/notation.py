"""The graph of a procedure in the notations of Mermaid and of Graphviz, every reading included.

A stranger's labels go into quotes here: what could end the quotes or begin a directive is escaped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.checks import guard_domains
from duecourse.report.diagram.graph import Graph, Node, graph
from duecourse.report.diagram.reach import Reach, reach
from duecourse.report.words import citations, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from duecourse.model.procedure import Lang, Procedure

_MERMAID = {
    '"': "#quot;",
    "#": "#35;",
    "%": "#37;",
    "&": "#amp;",
    "<": "#lt;",
    ">": "#gt;",
    "`": "#96;",
    "\\": "#92;",
    "\n": "<br/>",
}
_DOT = {'"': '\\"', "\\": "\\\\", "\n": "\\n"}


def mermaid(procedure: Procedure, lang: Lang = "en") -> str:
    """Return a procedure as a Mermaid flowchart with one subgraph for each lane.

    Steps that only other readings than the default ones allow have a broken outline.
    """
    drawn = _Drawn(procedure, lang)
    lines = [
        "---",
        f'title: "{_escaped(procedure.label.text(lang), _MERMAID)}"',
        "---",
        "flowchart TD",
        *drawn.subgraphs('  subgraph lane{}["{}"]', "  end", _MERMAID, _mermaid_node),
        *(f"  {one} --> {other}" for one, other in drawn.edges()),
        *(f"  {one} -.- {other}" for one, other in drawn.ties()),
        "  classDef ending fill:#20252c,color:#fff,stroke:#20252c",
        "  classDef remote stroke-dasharray:4 3",
    ]
    for name, members in (("ending", drawn.ends()), ("remote", drawn.remote())):
        lines += [f"  class {','.join(members)} {name}"] if members else []
    return "\n".join(lines) + "\n"


def dot(procedure: Procedure, lang: Lang = "en") -> str:
    """Return a procedure as Graphviz text with one cluster for each lane.

    Steps that only other readings than the default ones allow are dashed.
    """
    drawn = _Drawn(procedure, lang)
    title = _escaped(procedure.label.text(lang), _DOT)
    lines = [
        "digraph procedure {",
        f'  graph [label="{title}", labelloc=t, rankdir=TB, fontname="sans-serif"]',
        '  node [fontname="sans-serif", fontsize=11]',
        *drawn.subgraphs('  subgraph cluster{} {{ label="{}"', "  }", _DOT, _dot_node),
        *(f"  {one} -> {other}" for one, other in drawn.edges()),
        *(f"  {one} -> {other} [dir=none, style=dotted]" for one, other in drawn.ties()),
        *(f"  {each} [peripheries=2]" for each in drawn.ends()),
        *(f'  {each} [style="dashed"]' for each in drawn.remote()),
        "}",
    ]
    return "\n".join(lines) + "\n"


class _Drawn:
    def __init__(self, procedure: Procedure, lang: Lang) -> None:
        self.procedure, self.lang = procedure, lang
        self.graph: Graph = graph(procedure, everything(procedure))
        self.default = reach(procedure)
        self.id = {
            name: f"s_{node.stage}" if node.stage else name.replace(" ", "_")
            for name, node in self.graph.nodes.items()
        }

    def subgraphs(
        self,
        opening: str,
        closing: str,
        escapes: dict[str, str],
        write: Callable[[str, str, bool], str],
    ) -> Iterator[str]:
        for number, lane in enumerate(self.graph.lanes):
            names = " / ".join(self.procedure.actor[a].label.text(self.lang) for a in lane.actors)
            yield opening.format(number, _escaped(names, escapes))
            for name, node in self.graph.nodes.items():
                if node.lane == number:
                    label = _escaped(self.label(node), escapes)
                    yield "    " + write(self.id[name], label, bool(node.stage))
            yield closing

    def label(self, node: Node) -> str:
        if node.stage:
            return self.procedure.stage[node.stage].label.text(self.lang)
        lines = []
        for each in node.steps:
            step = self.procedure.step[each]
            cites = citations(step.cites, self.lang)
            lines.append(
                f"{step.label.text(self.lang)} ({cites})" if cites else step.label.text(self.lang)
            )
        if node.letter:
            stages = (self.procedure.stage[each].label.text(self.lang) for each in node.home)
            lines.append(say(self.lang, "in: ", "于：") + "; ".join(stages))
        return "\n".join(lines)

    def edges(self) -> Iterator[tuple[str, str]]:
        return ((self.id[one], self.id[other]) for one, other in self.graph.edges)

    def ties(self) -> Iterator[tuple[str, str]]:
        """Yield the stage and the box of steps that can be taken only there and do not end it."""
        for name, node in self.graph.nodes.items():
            if node.home and not node.letter:
                yield self.id[f"stage {node.home[0]}"], self.id[name]

    def ends(self) -> list[str]:
        finals = (stage for stage in self.procedure.stages if stage.final)
        return [self.id[f"stage {stage.id}"] for stage in finals]

    def remote(self) -> list[str]:
        """Return the stages and boxes of which nothing is possible under the default readings."""
        return [
            self.id[name]
            for name, node in self.graph.nodes.items()
            if node.stage not in self.default.stages
            and not any(step in self.default.sources for step in node.steps)
        ]


def everything(procedure: Procedure) -> Reach:
    """Return a procedure's stages and steps as if all of them were possible."""
    return Reach(
        frozenset(procedure.stage),
        {step.id: step.sources for step in procedure.steps},
        {
            step.id: tuple(dict.fromkeys(branch.stage for branch in step.branches))
            for step in procedure.steps
        },
        dict(guard_domains(procedure)),
    )


def _mermaid_node(name: str, label: str, is_stage: bool) -> str:  # noqa: FBT001  (called by place)
    return f'{name}(["{label}"])' if is_stage else f'{name}["{label}"]'


def _dot_node(name: str, label: str, is_stage: bool) -> str:  # noqa: FBT001  (called by place)
    shape = 'shape=box, style="rounded,bold"' if is_stage else "shape=box"
    return f'{name} [label="{label}", {shape}]'


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(character, character) for character in text)
