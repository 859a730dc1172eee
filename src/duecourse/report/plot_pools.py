"""How busy the staff is, in one scenario or in two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.caseload_tables import ASSUMED
from duecourse.report.plot_rows import Row, in_each, row_plot
from duecourse.report.plots import Plot, legend, replications

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.model.procedure import Lang
    from duecourse.simulations.result import Result

TITLE = Label(f"How busy the staff is {ASSUMED}", f"人员利用率 {ASSUMED}")


def pool_plot(results: Sequence[Result], lang: Lang = "both") -> Plot:
    """Return the utilisation of every pool that all scenarios have, with intervals."""
    before = {pool.id: pool.size for pool in results[0].scenario.pools}
    rows = []
    for pool in results[-1].scenario.pools:
        found = in_each(results, f"pool.{pool.id}.utilisation")
        if found:
            same = before[pool.id] == pool.size
            size = f"{pool.size}" if same else f"{before[pool.id]} → {pool.size}"
            label = Label(f"{pool.label.en}, {size} people", f"{pool.label.zh}，{size}人")
            rows.append(Row(label, found))
    how = replications(results[-1])
    return row_plot(
        "pools",
        TITLE,
        rows,
        results,
        form="share",
        unit=Label(f"per cent of working time; {how.en}", f"占工作时间的百分比；{how.zh}"),
        note=Label(
            "Above about 85 % queues grow fast: a little more work then means much longer waits.",
            "高于约85 %时排队迅速增长：工作量略增，等待即大幅延长。",
        ),
        keys=legend(results, "dot"),
        most=1.0,
        lang=lang,
    )
