"""What an experiment found: comparisons, the points of a grid, or one number at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.caseload_tables import ASSUMED, comparison_table
from duecourse.report.caseload_text import setting
from duecourse.report.indicator_words import indicator_words
from duecourse.report.tables import HUNDRED, Cell, Table, estimate_cell, table_text
from duecourse.simulations.experiment import Kind
from duecourse.simulations.measures import selected
from duecourse.simulations.sensitivity import tornados

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duecourse.model.procedure import Lang
    from duecourse.simulations.experiment import Findings
    from duecourse.simulations.sensitivity import Effect, Tornado

NOBODY = Cell("")


def experiment_text(findings: Findings, lang: Lang = "en") -> str:
    """Return what an experiment found, for a terminal."""
    experiment = findings.experiment
    base = findings.results[0]
    head = [
        f"{experiment.id}  {experiment.label.text(lang)}",
        experiment.question.text(lang),
        *setting(base, lang),
    ]
    parts = ["\n".join(head), *(table_text(each, lang) for each in experiment_tables(findings))]
    return "\n\n".join(parts)


def experiment_tables(findings: Findings) -> tuple[Table, ...]:
    """Return what an experiment found, as tables."""
    match findings.experiment.kind:
        case Kind.GRID:
            return tuple(grid_table(findings, name) for name in _names(findings))
        case Kind.SENSITIVITY:
            return tuple(tornado_table(findings, each) for each in tornados(findings))
        case _:
            return tuple(comparison_table(each) for each in findings.comparisons)


def long_table(findings: Findings) -> Table:
    """Return every scenario and measure as one row, for a spreadsheet."""
    base = findings.results[0]
    rows = []
    for name in _names(findings):
        _, form = indicator_words(name, base.scenario)
        rows.append(_row(base.scenario.id, {}, name, (estimate_cell(base[name], form), NOBODY)))
        points = zip(findings.experiment.changes[1:], findings.comparisons, strict=True)
        for changes, comparison in points:
            if name not in comparison.differences:
                continue
            found = comparison[name]
            both = estimate_cell(found.b, form), estimate_cell(found.difference, form, signed=True)
            rows.append(_row(comparison.b.scenario.id, changes, name, both))
    heads = ("scenario", "changes", "indicator", "mean", "difference")
    return Table(Label(findings.experiment.id), tuple(map(Label, heads)), tuple(rows))


def _row(
    scenario: str, changes: Mapping[str, float], name: str, found: tuple[Cell, Cell]
) -> tuple[Cell, ...]:
    told = "; ".join(f"{path} = {value!r}" for path, value in changes.items())
    return Cell(scenario), Cell(told), Cell(name), *found


def grid_table(findings: Findings, name: str) -> Table:
    """Return one indicator at every point of a grid, each with its paired difference from the scenario as it is."""
    base = findings.results[0]
    label, form = indicator_words(name, base.scenario)
    axes = list(findings.experiment.changes[-1])
    rows = [
        (
            Cell(Label("as it is", "原样")),
            *([NOBODY] * (len(axes) - 1)),
            estimate_cell(base[name], form),
            NOBODY,
            NOBODY,
        )
    ]
    points = zip(findings.experiment.changes[1:], findings.comparisons, strict=True)
    for changes, comparison in points:
        found = comparison[name]
        rows.append(
            (
                *(Cell(f"{value:g}") for value in changes.values()),
                estimate_cell(found.b, form),
                estimate_cell(found.difference, form, signed=True),
                Cell(Label("clear", "显著") if found.clear else ""),
            )
        )
    return Table(
        Label(f"{label.en} {ASSUMED}", f"{label.text('zh')} {ASSUMED}"),
        (
            *map(Label, axes),
            Label("mean", "均值"),
            Label("difference", "差异"),
            Label(""),
        ),
        tuple(rows),
        Label(
            "Difference: the point less the scenario as it is, replication by replication; clear: its interval, taken by itself, leaves out 0.",
            "差异：该点减原样，逐次配对；“显著”指该区间（单独看）不含0。",
        ),
    )


def tornado_table(findings: Findings, tornado: Tornado) -> Table:
    """Return what each number does to one indicator when it is moved down and up."""
    base = findings.results[0]
    label, form = indicator_words(tornado.indicator, base.scenario)
    now = estimate_cell(base[tornado.indicator], form)
    rows = []
    for effects in tornado.rows:
        cells: list[Cell] = [Cell(effects[0].path)]
        for effect in effects:
            cells += [
                Cell(f"{effect.value:.4g}"),
                estimate_cell(effect.difference.difference, form, signed=True),
                Cell(_mark(effect)),
            ]
        rows.append(tuple(cells + [NOBODY] * (7 - len(cells))))
    level = f"{findings.experiment.level * HUNDRED:g} %"
    return Table(
        Label(
            f"{label.en} {ASSUMED}: {now.text} {now.spread} as it is",
            f"{label.text('zh')} {ASSUMED}：原样为{now.text} {now.spread}",
        ),
        (
            Label("number", "数值"),
            Label("to", "改为"),
            Label("effect", "影响"),
            Label(""),
            Label("to", "改为"),
            Label("effect", "影响"),
            Label(""),
        ),
        tuple(rows),
        Label(
            f"Effect: with the other value less as it is, replication by replication; largest first. clear: all effects so marked are real, {level} "
            "sure of all together (Holm). Numbers are moved one at a time: what two do together is not told.",
            f"影响：改值后减原样，逐次配对，由大到小。“显著”：所有如此标注的影响同时成立的把握为{level}（Holm法）。各数值逐一变动：未反映交互作用。",
        ),
    )


def _mark(effect: Effect) -> Label:
    return Label("clear", "显著") if effect.clear else Label("")


def _names(findings: Findings) -> Iterator[str]:
    yield from selected(findings.experiment.measures, findings.results[0].estimates)
