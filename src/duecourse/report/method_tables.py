"""What the method of a simulation rests on, as tables: its activities, and where its numbers come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.tables import HUNDRED, Cell, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duecourse.scenarios.law import Law
    from duecourse.scenarios.scenario import Activity, Scenario


def notes_table(scenario: Scenario) -> Table:
    """Return where the numbers of a scenario come from."""
    rows = tuple(
        (Cell(note.what), Cell("†" if note.kind == "assumption" else "source"), Cell(note.text))
        for note in scenario.notes
    )
    heads = (
        Label("numbers", "数值"),
        Label("mark", "标记"),
        Label("reason or source", "理由或来源"),
    )
    return Table(
        Label(f"Where the numbers of {scenario.id} come from", f"{scenario.id}的数值来源"),
        heads,
        rows,
    )


def activity_table(scenario: Scenario) -> Table:
    """Return what is done in each stage."""
    pools = {pool.id: pool.label for pool in scenario.pools}
    meetings = {each.id: each.label for each in scenario.meetings}
    rows = []
    for name, activities in scenario.behaviours.items():
        label = scenario.procedure.stage[name].label
        for activity in activities:
            who, takes = _needs(activity, pools, meetings)
            rows.append(
                (
                    Cell(label),
                    Cell(activity.id),
                    Cell(_chance(activity.probability)),
                    Cell(who),
                    Cell(takes),
                )
            )
            label = Label("")
    heads = (
        Label("stage", "阶段"),
        Label("activity", "活动"),
        Label("happens", "发生概率"),
        Label("needs", "所需资源"),
        Label("takes", "用时"),
    )
    return Table(Label("Activities †", "活动 †"), heads, tuple(rows))


def _needs(
    activity: Activity, pools: Mapping[str, Label], meetings: Mapping[str, Label]
) -> tuple[Label, str]:
    """Return what an activity needs, and how long it takes."""
    if activity.work is not None:
        return pools[activity.work.pool], f"{_by_class(activity.work.effort)} person-days"
    if activity.delay is not None:
        return Label(
            "the party", "当事人"
        ), f"{_by_class(activity.delay.law)} {activity.delay.unit}"
    if activity.meeting is not None:
        return meetings[activity.meeting], "until its next meeting"
    if activity.panel is not None:
        return Label(
            "members and departments", "成员单位和部门"
        ), "until all have replied or their time is over"
    return Label("–"), "–"


def _by_class(laws: Mapping[str, Law]) -> str:
    texts = {name: law.text for name, law in laws.items()}
    different = dict.fromkeys(texts.values())
    if len(different) == 1:
        return next(iter(different))
    return "; ".join(
        f"{text} for {', '.join(n for n, t in texts.items() if t == text)}" for text in different
    )


def _chance(chances: Mapping[str, float]) -> str:
    different = dict.fromkeys(chances.values())
    if different == {1.0: None}:
        return "always"
    if len(different) == 1:
        return f"{next(iter(different)) * HUNDRED:g} %"
    return "; ".join(
        f"{value * HUNDRED:g} % of {', '.join(n for n, v in chances.items() if v == value)}"
        for value in different
    )
