"""One long run in batches, for a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.caseload_tables import ASSUMED
from duecourse.report.indicator_words import indicator_words
from duecourse.report.tables import HUNDRED, NOTHING, Cell, Table, estimate_cell, table_text
from duecourse.report.words import say

if TYPE_CHECKING:
    from duecourse.model.procedure import Lang
    from duecourse.simulations.batches import Batches


def batches_text(found: Batches, lang: Lang = "en") -> str:
    """Return what one run in batches gave."""
    scenario = found.scenario
    head = [
        f"{scenario.id}  {scenario.label.text(lang)}",
        say(
            lang,
            f"one run of {scenario.years:g} years; after a warm-up of {scenario.warm_up:g} it is cut into {found.count} batches of "
            f"{found.days} working days; seed {found.seed}",
            f"一次运行{scenario.years:g}年；预热{scenario.warm_up:g}年后分为{found.count}批，每批{found.days}个工作日；种子{found.seed}",
        ),
    ]
    return "\n".join(head) + "\n\n" + table_text(batches_table(found), lang)


def batches_table(found: Batches) -> Table:
    """Return the indicators with their intervals over batches, and whether the batches are independent."""
    rows = []
    for each in found.rows:
        label, form = indicator_words(each.name, found.scenario)
        told = NOTHING if math.isnan(each.correlation) else f"{each.correlation:+.2f}"
        rows.append(
            (
                Cell(label),
                estimate_cell(each.estimate, form),
                Cell(told.replace("-", "−"), value=each.correlation),
                Cell("" if each.independent else Label("correlated", "相关")),
            )
        )
    return Table(
        Label(f"Batch means {ASSUMED}", f"批均值 {ASSUMED}"),
        (Label(""), Label("mean", "均值"), Label("neighbours", "相邻相关"), Label("")),
        tuple(rows),
        Label(
            f"Means over batches with their {found.level * HUNDRED:g} % intervals. neighbours: correlation of one batch with the next (von "
            "Neumann); where batches are correlated the interval is too narrow: take fewer batches or more years.",
            f"各批均值及{found.level * HUNDRED:g} %置信区间。相邻相关：相邻两批的相关系数（von Neumann）；批间相关时区间过窄：应减少批数或延长年数。",
        ),
    )
