"""One simulated scenario as one HTML page, under the headings of STRESS-DES.

The page names no date, so that the same scenario, seed and versions give the same page, byte by byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.as_read import as_read
from duecourse.report.caseload_tables import ASSUMED
from duecourse.report.html_law import diagram, switched
from duecourse.report.html_method import headings
from duecourse.report.html_page import result_tables, template, text
from duecourse.report.method_tables import activity_table, notes_table
from duecourse.report.plot_backlog import backlog_plot
from duecourse.report.plot_delays import clock_plot, outcome_plot, stage_plot
from duecourse.report.plot_limits import limit_plot
from duecourse.report.plot_staff import staff_plots
from duecourse.report.plot_timeline import timeline_plot
from duecourse.report.tables import HUNDRED, Cell, Table, estimate_cell, number
from duecourse.report.timeline import timelines

if TYPE_CHECKING:
    from duecourse.model.procedure import Lang
    from duecourse.properties.bounds import Bounds
    from duecourse.report.plots import Plot
    from duecourse.report.spread import Spread
    from duecourse.report.study import Input
    from duecourse.simulations.log import Log
    from duecourse.simulations.result import Result

CONTENTS = (
    ("backlog-over-time", Label("Open cases", "未结案件")),
    ("time-taken", Label("Time taken", "用时")),
    ("compliance", Label("Limits kept", "期限遵守")),
    ("staff", Label("Staff", "人员")),
    ("cases", Label("Single cases", "单个案件")),
    ("flows", Label("Flows", "流量")),
    ("tables", Label("All tables", "全部表格")),
)


PACKED = ("time-taken", "cases")
"""The sections whose figures are of such different heights that they stand in columns, not in rows."""


@dataclass(frozen=True)
class Simulated:
    """Everything that the report on one scenario tells.

    Attributes:
        result: of all replications.
        bounds: of the procedure, under the readings of the scenario.
        spread: the durations of single cases.
        log: of replication 1.
        inputs: the files.
        command: what to type to get the same again.
    """

    result: Result
    bounds: Bounds
    spread: Spread
    log: Log
    inputs: tuple[Input, ...]
    command: str


def simulation_page(told: Simulated, lang: Lang = "both") -> str:
    """Return the page."""
    from markupsafe import Markup

    result = told.result
    scenario = result.scenario
    read = as_read(scenario.procedure, scenario.readings)
    picture, style = diagram(read, lang, flow_labels(result))
    return template("simulation.html.j2", lang).render(
        result=result,
        scenario=scenario,
        command=told.command,
        inputs_of=told.inputs,
        assumed=ASSUMED,
        tongue="zh" if lang == "zh" else "en",
        level=f"{result.level * HUNDRED:g} %",
        style=Markup(text("page.css") + switched(style)),  # noqa: S704  (our own file)
        script=Markup(text("page.js")),  # noqa: S704
        contents=CONTENTS,
        packed=PACKED,
        plots=simulation_plots(told, lang),
        picture=Markup(picture),  # noqa: S704
        flows=flow_table(result),
        tables=result_tables(result),
        headings=headings((result,), told.command),
        activities=activity_table(scenario),
        notes=notes_table(scenario),
    )


def simulation_plots(told: Simulated, lang: Lang = "both") -> dict[str, list[Plot]]:
    """Return the figures by section, those left out that would show nothing."""
    results, spreads = (told.result,), (told.spread,)
    drawn = {
        "backlog-over-time": [backlog_plot(results, lang)],
        "time-taken": [
            stage_plot(told.result, told.spread, lang),
            outcome_plot(results, spreads, (told.bounds,), lang),
            clock_plot(results, spreads, lang),
        ],
        "compliance": [limit_plot(results, lang)],
        "staff": list(staff_plots(told.result, lang)),
        "cases": [
            timeline_plot(each, told.result, told.log.days, lang)
            for each in timelines(told.log, told.result.scenario)
        ],
    }
    return {name: [each for each in plots if each.table.rows] for name, plots in drawn.items()}


def simulation_tables(told: Simulated) -> dict[str, Table]:
    """Return every table of the page with numbers in it, by the name of its file."""
    plots = [plot for each in simulation_plots(told).values() for plot in each]
    return {**{plot.id: plot.table for plot in plots}, "flows": flow_table(told.result)}


def flow_labels(result: Result) -> dict[str, Label]:
    """Return what stands in the diagram at each stage and step that occurs: how often a year, and the mean stay."""
    found = {}
    for name, flow in result.flows.items():
        if not flow.mean:
            continue
        often = number(flow.mean, "count")
        stay = result.estimates.get(f"{name}.working.mean")
        en, zh = f"{often} a year", f"每年{often}次"
        if stay is not None and stay.replications:
            days = number(stay.mean, "days")
            en, zh = f"{en}, {days} WD", f"{zh}，{days}个工作日"
        found[name] = Label(f"{en} {ASSUMED}", f"{zh} {ASSUMED}")
    return found


def flow_table(result: Result) -> Table:
    """Return the numbers in the diagram, with intervals."""
    procedure = result.scenario.procedure
    rows = []
    for name, flow in result.flows.items():
        if flow.mean:
            kind, _, of = name.partition(".")
            element = procedure.stage[of] if kind == "stage" else procedure.step[of]
            stay = result.estimates.get(f"{name}.working.mean")
            rows.append(
                (
                    Cell(element.label),
                    Cell(Label("stage", "阶段") if kind == "stage" else Label("step", "步骤")),
                    estimate_cell(flow, "count"),
                    Cell("") if stay is None else estimate_cell(stay, "days"),
                )
            )
    return Table(
        Label(f"Flows a year, and mean stay {ASSUMED}", f"每年流量与平均停留 {ASSUMED}"),
        (
            Label(""),
            Label("kind", "类型"),
            Label("a year", "每年"),
            Label("mean stay, working days", "平均停留工作日"),
        ),
        tuple(rows),
    )
