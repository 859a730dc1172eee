"""What stands around a picture: the legend above it, and below it what the default readings do not allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.expression import variables
from duecourse.report.diagram.draw import BAR, circle_letters, glyph, paragraph
from duecourse.report.diagram.face import STYLES, Line, height, set_lines
from duecourse.report.diagram.scene import Area, Group, Rect, Text
from duecourse.report.words import citations, listed, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from duecourse.model.procedure import Lang, Procedure, Step
    from duecourse.report.diagram.graph import Graph
    from duecourse.report.diagram.scene import Item

KEY = 30.0
KEY_ROW = 26.0
NOTE = 360.0
NOTE_GAP = 28.0

_KEYS: tuple[tuple[str, str, str], ...] = (
    ("stage", "stage: where a case stands", "阶段"),
    ("end", "end of the review", "终结"),
    ("step", "step, with its article", "步骤及条款"),
    ("stays", "step that leaves the stage as it is", "不改变阶段的步骤"),
    ("letter", "possible in every stage with this letter", "标有同一字母的阶段均可为"),
    ("actor", "who acts, as numbered above the lanes", "行为主体（见泳道上方编号）"),
    ("limit", "limit (WD: working days)", "期限（WD：工作日）"),
    ("pause", "stops limits", "中止期限"),
    ("resume", "lets them run again", "恢复期限"),
    ("longer", "makes a limit longer", "延长期限"),
    ("mark", "(B+) well known, (B-) uncertain, (I) inferred", "(B+) 公知 (B-) 存疑 (I) 推断"),
)


def legend(graph: Graph, lang: Lang, x: float, top: float, width: float) -> tuple[Group, float]:
    """Return the legend, wrapped to a width, and where it ends; only what the picture has is explained."""
    style = STYLES["note"]
    items: list[Item] = []
    at, y = x, top
    for key, en, zh in _KEYS:
        if not _used(key, graph):
            continue
        text = f"{en} {zh}" if lang == "both" else say(lang, en, zh)
        room = KEY + 6 + style.width(text) if key != "mark" else style.width(text)
        if at > x and at + room > x + width:
            at, y = x, y + KEY_ROW
        items += _key(key, at, y)
        items.append(Text(at + room - style.width(text), y + 15, text, style))
        at += room + 24
    return Group(tuple(items), css="dc-legend"), y + KEY_ROW


def _used(key: str, graph: Graph) -> bool:
    procedure = graph.procedure
    steps = [procedure.step[each] for each in graph.reach.sources]
    begun = any(graph.reach.steps(each.begins) for each in procedure.suspensions)
    lengthening = {each.step for clock in procedure.clocks for each in clock.extensions}
    uses = {
        "end": any(procedure.stage[each].final for each in graph.reach.stages),
        "stays": any(node.stays for node in graph.nodes.values()),
        "letter": bool(graph.letters),
        "actor": any(len(lane.actors) > 1 for lane in graph.lanes),
        "limit": any(graph.reach.steps(clock.starts) for clock in procedure.clocks),
        "pause": begun,
        "resume": begun,
        "longer": any(step.id in lengthening for step in steps),
        "mark": any(str(cite.mark) != "Q" for step in steps for cite in step.cites),
    }
    return uses.get(key, bool(steps) or key == "stage")


def _key(key: str, x: float, y: float) -> list[Item]:
    frame = Area(x, y + 2, KEY, 17)
    drawn: dict[str, Callable[[], Iterable[Item]]] = {
        "stage": lambda: [Rect(frame, "dc-stage", 6)],
        "end": lambda: [
            Rect(frame, "dc-ring", 8.5),
            Rect(Area(x + 3, y + 5, KEY - 6, 11), "dc-end", 5.5),
        ],
        "step": lambda: [Rect(frame, "dc-box", 3), Rect(Area(x, y + 4, 4, 13), "dc-lane0", 1.5)],
        "stays": lambda: [Rect(frame, "dc-stays", 3), Rect(Area(x, y + 4, 4, 13), "dc-lane0", 1.5)],
        "letter": lambda: circle_letters("a", x + KEY - 9, y + 10.5),
        "actor": lambda: [Text(x + KEY - 14, y + 15, "①", STYLES["eyebrow"])],
        "limit": lambda: [Rect(Area(x + KEY - 12, y + 2, BAR, 17), "dc-clock", 1)],
    }
    if key in drawn:
        return list(drawn[key]())
    return [] if key == "mark" else list(glyph(key, x + KEY - 12, y + 15))  # type: ignore[arg-type]


def notes(
    graph: Graph, lang: Lang, x: float, top: float, width: float
) -> tuple[list[Group], float]:
    """Return what the readings chosen do not allow, in columns, and where it ends."""
    entries = list(_left_out(graph, lang))
    if not entries:
        return [], top
    heading = say(
        lang,
        "Not drawn: not possible under the readings chosen",
        "未绘出：所选解读下不可能",
    )
    if lang == "both":
        heading += " · 未绘出：所选解读下不可能"
    head, top = paragraph(set_lines(heading, "heading", width), x, top)
    count = max(int((width + NOTE_GAP) // (NOTE + NOTE_GAP)), 1)
    room = min(NOTE, width)
    faces = [_note(hover, text, room) for hover, text in entries]
    ends = [top + 4] * count
    groups = [Group(tuple(head))]
    share = sum(height(face) for face in faces) / count
    column = 0
    for (hover, _), face in zip(entries, faces, strict=True):
        if ends[column] - top > share and column < count - 1:
            column += 1
        items, ends[column] = paragraph(face, x + column * (NOTE + NOTE_GAP), ends[column])
        groups.append(Group(tuple(items), hover))
    return groups, max(ends)


def _note(hover: str, text: str, width: float) -> list[Line]:
    return set_lines(text, "note", width, above=3) or [Line(hover, "note")]


def _left_out(graph: Graph, lang: Lang) -> Iterator[tuple[str, str]]:
    """Yield the steps, ways and stages that are not drawn: what to say when pointed at, and in words."""
    procedure, reach = graph.procedure, graph.reach
    for step in procedure.steps:
        refs = _readings(step, procedure)
        cites = citations(step.cites, lang)
        text = f"{step.label.text(lang)} ({cites})" if cites else step.label.text(lang)
        if step.id not in reach.sources:
            yield f"{step.label.en} [{step.id}]", refs + text
        elif missing := [b.stage for b in step.branches if b.stage not in reach.targets[step.id]]:
            names = dict.fromkeys(procedure.stage[each].label.text(lang) for each in missing)
            yield f"{step.label.en} [{step.id}]", f"{refs}{text} → {listed(names, lang)}"
    gone = [stage for stage in procedure.stages if stage.id not in reach.stages]
    for stage in gone:
        text = say(lang, "stage: ", "阶段：") + stage.label.text(lang)
        yield f"{stage.label.en} [{stage.id}]", text


def _readings(step: Step, procedure: Procedure) -> str:
    """Return the numbers of the readings on which a step depends, such as 'R4: '."""
    guards = [step.when, *(branch.when for branch in step.branches)]
    guards += [on.when for clock in procedure.clocks for on in clock.on_lapse if on.step == step.id]
    names = dict.fromkeys(name for guard in guards for name in variables(guard))
    refs = [procedure.reading[name].ref for name in names if name in procedure.reading]
    return f"{', '.join(refs)}: " if refs else ""
