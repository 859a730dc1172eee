"""In which stages each limit runs: what the bars beside a picture show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.model.expression import conjunction
from duecourse.report.diagram.face import PAD, Line, set_lines
from duecourse.report.diagram.reach import branch_guards
from duecourse.report.words import citations, say, short_limit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.model.procedure import Clock, Label, Lang, On, Procedure
    from duecourse.report.diagram.graph import Graph

WIDTH = 184.0


@dataclass(frozen=True, slots=True)
class Limit:
    """One clock that can run.

    Attributes:
        stages: those in which it runs.
        stops: the steps that can stop it.
        lines: what stands beside its bar.
        hover: what it says when pointed at.
    """

    clock: str
    stages: frozenset[str]
    stops: tuple[str, ...]
    lines: tuple[Line, ...]
    hover: str


def limits(graph: Graph, lang: Lang) -> Iterator[Limit]:
    """Yield the clocks that can run under the default readings, in their order."""
    procedure, reach = graph.procedure, graph.reach
    for clock in procedure.clocks:
        stops = reach.steps(clock.stops)
        stages = _stages(clock, graph)
        if stages:
            hover = f"{clock.label.text('both')}, {citations(clock.cites, 'en')} [{clock.id}]"
            yield Limit(clock.id, stages, stops, tuple(_lines(clock, graph, lang)), hover)


def _lines(clock: Clock, graph: Graph, lang: Lang) -> Iterator[Line]:
    reach, width = graph.reach, WIDTH - PAD
    longer = [
        each.by
        for each in clock.extensions
        if each.step in reach.sources and reach.possible(each.when)
    ]
    yield from set_lines(short_limit(clock, longer, lang), "limit", width)
    main, below = _both(clock.label, lang)
    yield from set_lines(main, "step", width, most=4)
    yield from set_lines(below, "step-zh", width, most=3)
    yield from set_lines(citations(clock.cites, lang), "eyebrow", width)
    for suspension in graph.procedure.suspensions:
        stopped = (each for each in suspension.stops if each.clock == clock.id)
        if reach.steps(suspension.begins) and any(reach.possible(each.when) for each in stopped):
            name = suspension.label.text("zh" if lang == "zh" else "en")
            text = say(lang, f"stops while: {name}", f"中止：{name}")
            first, *rest = set_lines(text, "note", width - 14, most=3)
            yield Line(first.text, first.style, glyph="pause", above=2)
            yield from rest


def _both(label: Label, lang: Lang) -> tuple[str, str]:
    return (label.en, label.zh) if lang == "both" else (label.text(lang), "")


def _stages(clock: Clock, graph: Graph) -> frozenset[str]:
    """Return the stages in which a clock can run and from which a step can stop it."""
    procedure, reach = graph.procedure, graph.reach
    queue = [
        stage for on in clock.starts if on.step in reach.sources for stage in _begun(on, graph)
    ]
    running: set[str] = set()
    before: dict[str, set[str]] = {}
    # A step that stops the clock without leaving the stage is taken to come before those that leave.
    halting = {
        stage
        for step in reach.steps(clock.stops)
        if not reach.targets[step]
        for stage in reach.sources[step]
    }
    ending = {stage for step in reach.steps(clock.stops) for stage in reach.sources[step]}
    while queue:
        stage = queue.pop()
        if stage in running or procedure.stage[stage].final:
            continue
        running.add(stage)
        for target in () if stage in halting else _onward(stage, clock, procedure, graph):
            before.setdefault(target, set()).add(stage)
            queue.append(target)
    useful: set[str] = set()
    back = [stage for stage in ending if stage in running]
    while back:
        stage = back.pop()
        if stage not in useful:
            useful.add(stage)
            back += before.get(stage, ())
    return frozenset(useful)


def _begun(on: On, graph: Graph) -> Iterator[str]:
    """Yield the stages in which a case can be after the step that starts a clock."""
    step = graph.procedure.step[on.step]
    if not step.branches and graph.reach.possible(conjunction(step.when, on.when)):
        yield from graph.reach.sources[step.id]
    for branch, guard in branch_guards(step):
        if graph.reach.possible(conjunction(guard, on.when)):
            yield branch.stage


def _onward(stage: str, clock: Clock, procedure: Procedure, graph: Graph) -> Iterator[str]:
    """Yield the stages to which a step leads that does not stop the clock."""
    stops = set(graph.reach.steps(clock.stops))
    for step in procedure.steps:
        if step.id not in stops and stage in graph.reach.sources.get(step.id, ()):
            yield from graph.reach.targets[step.id]
