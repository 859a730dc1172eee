"""How the caseload was simulated, under the headings of STRESS-DES.

Monks, Currie, Onggo, Robinson, Kunc, Taylor, "Strengthening the reporting of empirical simulation studies: introducing the
STRESS guidelines", Journal of Simulation 13 (2019), 55-67.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.tables import HUNDRED, Cell, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duecourse.report.study import Study
    from duecourse.scenarios.law import Law
    from duecourse.scenarios.scenario import Activity, Scenario
    from duecourse.simulations.result import Result

PACKAGES = ("duecourse", "simpy", "numpy", "scipy", "matplotlib", "transitions")


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of the guidelines with what there is to say under it."""

    title: Label
    items: tuple[tuple[Label, str], ...]


def headings(study: Study) -> list[Heading]:
    """Return the six headings of the guidelines, filled in."""
    a, b = study.comparison.a, study.comparison.b
    return [
        Heading(Label("1 Objectives", "目标"), tuple(_objectives(a, b))),
        Heading(Label("2 Logic", "逻辑"), tuple(_logic(a, b))),
        Heading(Label("3 Data", "数据"), tuple(_data(a, b))),
        Heading(Label("4 Experimentation", "实验"), tuple(_experimentation(b))),
        Heading(Label("5 Implementation", "实现"), tuple(_implementation(b))),
        Heading(Label("6 Code access", "代码获取"), tuple(_access(study))),
    ]


def _objectives(a: Result, b: Result) -> Iterator[tuple[Label, str]]:
    yield (
        Label("Purpose", "目的"),
        (
            f"To see how the statutory limits would be kept under {a.scenario.procedure.id} and {b.scenario.procedure.id} by an office "
            "with the staff and the caseload assumed here. The pictures and tables show mechanisms, not forecasts."
        ),
    )
    yield (
        Label("Outputs", "输出"),
        (
            "Cases filed and ended, open cases, time to each outcome and in each stage, share of limits that are passed and by how "
            "much, use of staff, waiting for it."
        ),
    )
    yield (
        Label("Aim of the experiment", "实验目标"),
        f"A paired comparison of {a.scenario.id} and {b.scenario.id}.",
    )


def _logic(a: Result, b: Result) -> Iterator[tuple[Label, str]]:
    scenario = b.scenario
    yield (
        Label("Base model", "基础模型"),
        (
            "A case takes the steps of the procedure shown in the diagrams, and can take no other: each step is looked up in the same "
            "table that was checked above, and the properties of the section “What was checked” watch every case. Clocks run, stop "
            "and lapse as the procedure says; a missed limit is recorded and the case goes on."
        ),
    )
    yield (
        Label("Scenario logic", "情景逻辑"),
        "What is done in each stage, by whom and how long, is listed under “Activities”.",
    )
    yield (
        Label("Algorithms", "算法"),
        (
            "Events at one instant are processed in the order complete, lapse, meeting, schedule change, arrival, start, then by case "
            "number. Members object with a propensity drawn once per case and round from a beta distribution, so objections are correlated."
        ),
    )
    classes = "; ".join(f"{each.scenario.id}: {class_words(each.scenario)}" for each in (a, b))
    yield Label("Entities", "实体"), f"Cases, by class and share of filings. {classes}."
    pools = "; ".join(f"{pool.label.en} ({pool.size})" for pool in scenario.pools)
    meetings = "; ".join(
        f"{each.label.en}, every {each.every} working days" for each in scenario.meetings
    )
    yield Label("Resources", "资源"), f"Pools: {pools}. Meetings: {meetings or 'none'}."
    yield (
        Label("Queues", "排队"),
        "One for each pool, first come first served, at equal instants by case number; nobody leaves work unfinished.",
    )
    yield (
        Label("Entry and exit", "进入与退出"),
        "Cases enter by filing or ex officio and leave at the first final stage.",
    )


def class_words(scenario: Scenario) -> str:
    """Return who files, with the shares."""
    parts = []
    for each in scenario.classes:
        rate = sum(stream.per_year * stream.shares.get(each.id, 0) for stream in scenario.arrivals)
        whole = sum(stream.per_year for stream in scenario.arrivals)
        parts.append(f"{each.label.en} ({rate / whole * HUNDRED:.0f} %)")
    return ", ".join(parts)


def _data(a: Result, b: Result) -> Iterator[tuple[Label, str]]:
    notes = [*a.scenario.notes, *b.scenario.notes]
    assumed = sum(note.kind == "assumption" for note in notes)
    yield (
        Label("Sources", "来源"),
        (
            f"Of {len(notes)} groups of numbers in the two scenarios {assumed} are assumptions (†) and {len(notes) - assumed} have a source. "
            "No caseload statistics of these reviews were ever published."
        ),
    )
    yield (
        Label("Inputs", "输入参数"),
        "Every number stands in the scenario files printed below, each with its reason.",
    )
    yield Label("Pre-processing", "预处理"), "None."
    yield (
        Label("Calendar", "日历"),
        (
            f"{b.calendar}, {b.start} to {b.end}"
            + (
                ", in part estimated: beyond the last published holiday schedule."
                if b.estimated
                else ", all of it published."
            )
        ),
    )


def _experimentation(result: Result) -> Iterator[tuple[Label, str]]:
    scenario = result.scenario
    yield (
        Label("Initialisation", "初始化"),
        f"The office begins empty; the first {scenario.warm_up * 12:g} months, up to {result.counted_from}, are warm-up and left out of every estimate.",
    )
    yield (
        Label("Run length", "运行长度"),
        f"{scenario.years:g} years, warm-up included, from {result.start}.",
    )
    yield (
        Label("Estimation", "估计"),
        (
            f"{result.replications} independent replications; an indicator is computed within each replication, then averaged; intervals are "
            f"Student's t at {result.level * HUNDRED:g} %, for shares cut to 0 to 100 %, and exact binomial where every replication gave 0 or 100 %. "
            "Differences are paired, replication by replication. Cases still open at the end have no duration and are left out of the durations."
        ),
    )


def _implementation(result: Result) -> Iterator[tuple[Label, str]]:
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    yield Label("Software", "软件"), f"Python {platform.python_version()}; {versions}."
    yield (
        Label("Random sampling", "随机数"),
        (
            f"Counter-based: each number is a hash of seed ({result.seed}), replication, case and purpose, so cases of the same class have the "
            "same random numbers in both scenarios, and neither staff nor the order of events changes them. Variates by inverse transform."
        ),
    )
    yield (
        Label("Execution", "执行"),
        "Event by event; the result does not depend on the number of processes.",
    )
    yield (
        Label("Size", "规模"),
        f"{result.cases:,} cases and {result.events:,} events in {result.replications} replications of {result.scenario.id}.",
    )


def _access(study: Study) -> Iterator[tuple[Label, str]]:
    a, b = study.comparison.a, study.comparison.b
    yield (
        Label("To repeat it", "重现"),
        f"duecourse compare {a.scenario.id} {b.scenario.id} --replications {b.replications} --seed {b.seed}",
    )
    yield (
        Label("Licence", "许可"),
        "MIT; the model, the properties and the scenarios are data files of the same package.",
    )


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
