"""How busy the staff is, in two scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.caseload_tables import ASSUMED
from duecourse.report.plot_rows import Row, row_plot
from duecourse.report.plots import Plot, pair, replications

if TYPE_CHECKING:
    from duecourse.simulations.result import Comparison

TITLE = Label(f"How busy the staff is {ASSUMED}", f"人员利用率 {ASSUMED}")


def pool_plot(comparison: Comparison) -> Plot:
    """Return the utilisation of every pool that both scenarios have, with intervals."""
    before = {pool.id: pool.size for pool in comparison.a.scenario.pools}
    rows = []
    for pool in comparison.b.scenario.pools:
        found = comparison.differences.get(f"pool.{pool.id}.utilisation")
        if found is not None:
            same = before[pool.id] == pool.size
            size = f"{pool.size}" if same else f"{before[pool.id]} → {pool.size}"
            label = Label(f"{pool.label.en}, {size} people", f"{pool.label.zh}，{size}人")
            rows.append(Row(label, found.a, found.b))
    how = replications(comparison)
    return row_plot(
        "pools",
        TITLE,
        rows,
        comparison,
        form="share",
        unit=Label(f"per cent of working time; {how.en}", f"占工作时间的百分比；{how.zh}"),
        note=Label(
            "Above about 85 % queues grow fast: a little more work then means much longer waits.",
            "高于约85 %时排队迅速增长：工作量略增，等待即大幅延长。",
        ),
        keys=pair(comparison, "dot"),
        most=1.0,
    )
