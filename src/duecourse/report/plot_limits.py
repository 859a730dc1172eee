"""How often the statutory limits are passed, in one scenario or in two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.caseload_tables import ASSUMED, limit_words
from duecourse.report.plot_rows import Row, in_each, row_plot
from duecourse.report.plots import Plot, legend, replications

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.model.procedure import Lang
    from duecourse.simulations.result import Result

TITLE = Label(
    f"Share of cases past each statutory limit {ASSUMED}", f"各法定期限的逾期比例 {ASSUMED}"
)


def limit_plot(results: Sequence[Result], lang: Lang = "both") -> Plot:
    """Return the shares of missed limits with their intervals."""
    rows = []
    for clock in results[-1].scenario.procedure.clocks:
        found = in_each(results, f"clock.{clock.id}.late_share")
        if any(each.replications for each in found):
            before = results[0].scenario.procedure.clock[clock.id]
            en, zh = limit_words(clock).en, limit_words(clock).zh
            if str(before.limit) != str(clock.limit):
                old = limit_words(before)
                en, zh = f"{old.en}, {en}", f"{old.zh}，{zh}"
            label = Label(f"{clock.label.en}: {en}", f"{clock.label.zh}：{zh}")
            rows.append(Row(label, found))
    how = replications(results[-1])
    return row_plot(
        "limits",
        TITLE,
        rows,
        results,
        form="share",
        unit=Label(f"per cent of the limits that ran; {how.en}", f"占已计期限的百分比；{how.zh}"),
        note=Label(
            "A limit that was extended counts as passed only after its extension.",
            "已延长的期限，超过延长后的期限才计为逾期。",
        ),
        keys=legend(results, "dot"),
        lang=lang,
    )
