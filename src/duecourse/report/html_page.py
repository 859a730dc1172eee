"""A study as one HTML page that needs nothing else: no request leaves the reader's machine.

The page is well-formed XML as well, so that any parser can read it. Given the same study it is the same, byte by byte,
but for the line with the date.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from duecourse.model.procedure import Label
from duecourse.report.caseload_tables import (
    ASSUMED,
    comparison_table,
    flow_table,
    limit_table,
    outcome_table,
    staff_table,
    stage_table,
)
from duecourse.report.html_law import (
    claims,
    diagram,
    durations,
    gaps,
    search_table,
    story,
    switched,
)
from duecourse.report.html_method import class_words, headings
from duecourse.report.html_summary import answers
from duecourse.report.method_tables import activity_table, notes_table
from duecourse.report.plot_backlog import backlog_plot
from duecourse.report.plot_delays import clock_plot, outcome_plot
from duecourse.report.plot_limits import limit_plot
from duecourse.report.plot_pools import pool_plot
from duecourse.report.plot_time import time_plot
from duecourse.report.tables import HUNDRED, Cell

if TYPE_CHECKING:
    from datetime import date

    from jinja2 import Template
    from markupsafe import Markup

    from duecourse.model.procedure import Lang
    from duecourse.report.plots import Plot
    from duecourse.report.study import Study
    from duecourse.report.tables import Table
    from duecourse.simulations.comparison import Comparison
    from duecourse.simulations.result import Result

TEMPLATES = "templates"


def page(study: Study, on: date) -> str:
    """Return the page.

    Args:
        study: what it tells.
        on: the day it is written, the only thing in it that does not follow from the study.
    """
    from markupsafe import Markup

    pictures = [(each.procedure, diagram(each.procedure)) for each in study.checks]
    style = text("page.css") + switched(pictures[-1][1][1])
    return template("page.html.j2").render(
        study=study,
        on=on,
        assumed=ASSUMED,
        style=Markup(style),  # noqa: S704  (our own file)
        script=Markup(text("page.js")),  # noqa: S704
        answers=list(answers(study)),
        claims=claims(study.checks),
        search=search_table(study.checks),
        violation=study.violation,
        story=story(study.violation) if study.violation else [],
        durations=[(found.procedure, list(durations(found))) for found in study.bounds],
        gaps=gaps(study),
        pictures=[(procedure, Markup(svg)) for procedure, (svg, _) in reversed(pictures)],  # noqa: S704
        bars=time_plot(study.bounds),
        **_caseload(study),
    )


def _caseload(study: Study) -> dict[str, Any]:
    comparison = study.comparison
    results = (comparison.b, comparison.a)
    return {
        "comparison": comparison,
        "who_files": [(each.scenario.id, class_words(each.scenario)) for each in results[::-1]],
        "side_by_side": comparison_table(comparison),
        "plots": caseload_plots(study),
        "results": [(result, result_tables(result)) for result in results],
        "method": headings(results[::-1], _command(comparison)),
        "activities": [(each.scenario, activity_table(each.scenario)) for each in results],
        "notes": [(each.scenario, notes_table(each.scenario)) for each in results],
        "level": f"{comparison.b.level * HUNDRED:g} %",
    }


def _command(comparison: Comparison) -> str:
    a, b = comparison.a, comparison.b
    return (
        f"duecourse compare {a.scenario.id} {b.scenario.id} "
        f"--replications {b.replications} --seed {b.seed}"
    )


def caseload_plots(study: Study) -> list[Plot]:
    """Return the plots of a comparison, in their order."""
    both = study.comparison.a, study.comparison.b
    return [
        outcome_plot(both, study.spreads, study.bounds),
        clock_plot(both, study.spreads),
        limit_plot(both),
        pool_plot(both),
        backlog_plot(both),
    ]


def result_tables(result: Result) -> list[Table]:
    """Return the tables of one scenario."""
    return [
        flow_table(result),
        outcome_table(result),
        limit_table(result),
        staff_table(result),
        stage_table(result),
    ]


def text(name: str) -> str:
    """Return a file of the templates."""
    return (files("duecourse.report") / TEMPLATES / name).read_text(encoding="utf-8")


@cache
def template(name: str, lang: Lang = "both") -> Template:
    """Return a template that says its labels in one language or in both."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("duecourse.report", TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["said"] = lambda label: _said(label, lang)
    environment.filters["drawing"] = _drawing
    environment.filters["exact"] = repr
    environment.globals["words"] = Label
    environment.tests["label"] = lambda each: isinstance(each, Label)
    environment.tests["numeric"] = lambda each: isinstance(each, Cell) and each.numeric
    return environment.get_template(name)


def _said(label: Label | str, lang: Lang) -> Markup:
    """Return words in English with the Chinese beside them, or in one language."""
    from markupsafe import Markup, escape

    if isinstance(label, str):
        return escape(label)
    if not label.zh or lang == "en":
        return escape(label.en)
    if lang == "zh":
        return escape(label.zh)
    return Markup('{} <span lang="zh">{}</span>').format(label.en, label.zh)


def _drawing(plot: Plot) -> Markup:
    from markupsafe import Markup

    return Markup(plot.svg)  # noqa: S704  (drawn by us; every text in it was escaped)
