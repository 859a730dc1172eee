"""Cost against compliance: what less and more money for staff would give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.report.caseload_tables import ASSUMED
from duecourse.report.indicator_words import indicator_words
from duecourse.report.plots import SMALL, Key, Plot, beside, canvas, colour, drawn
from duecourse.report.staffing_text import tradeoff_table
from duecourse.report.tables import HUNDRED
from duecourse.simulations.ranking import Answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from duecourse.model.procedure import Lang
    from duecourse.simulations.staff_plan import StaffPlan
    from duecourse.simulations.staffing import Staffing

HEIGHT = 170.0
HUES = {Answer.MEETS: "c2", Answer.FAILS: "b", Answer.OPEN: "c3"}
MEETS = Label("meets the targets, with its interval", "达标及其区间")
FAILS = Label("fails", "不达标")
OPEN = Label("not settled", "未定")
LIMIT = Label("asked for", "要求")


def tradeoff_plot(found: StaffPlan, lang: Lang = "both") -> Plot:
    """Return the first target of every staffing that was simulated, against its cost."""
    plan, scenario = found.plan, found.experiment.scenarios[0]
    label, form = indicator_words(plan.targets[0].indicator, scenario)
    scale = HUNDRED if form == "share" else 1
    figure, axes = canvas(HEIGHT, left=0.085, bottom=34)
    axes.grid(axis="y", color=colour("rule"), linewidth=0.7)
    for each in plan.simulated:
        _point(axes, each, scale)
    front = plan.frontier
    axes.plot(
        [each.cost for each in front],
        [each.estimates[0].mean * scale for each in front],
        color=colour("soft"),
        linewidth=1.0,
        zorder=1,
    )
    axes.axhline(plan.targets[0].at_most * scale, color=colour("ink"), linewidth=1.0, dashes=(4, 3))
    axes.set_ylim(bottom=0)
    axes.margins(x=0.09)
    axes.set_xlabel(
        beside(Label("cost of the staff", "人员成本"), lang), color=colour("soft"), fontsize=SMALL
    )
    pools = {pool.id: pool.label for pool in scenario.pools}
    order = ", ".join(pools[each.pool].en for each in plan.ranges)
    order_zh = "、".join(pools[each.pool].text("zh") for each in plan.ranges)
    title = Label(
        f"Cost and compliance: {label.en} {ASSUMED}", f"成本与达标：{label.text('zh')} {ASSUMED}"
    )
    how = _replications(plan.simulated)
    unit = Label("per cent", "百分比") if form == "share" else Label(form)
    return Plot(
        id="tradeoff",
        title=title,
        unit=Label(
            f"{unit.en}; {how.en}; each point is a staffing ({order}); dashed: what is asked for; line: best trades; green meets, orange fails, ochre is not settled",
            f"{unit.text('zh')}；{how.text('zh')}；每点为一种配置（{order_zh}）；虚线：要求；连线：最优折衷；绿达标，橙不达标，赭未定",
        ),
        keys=(
            Key("c2", "dot", MEETS),
            Key("b", "dot", FAILS),
            Key("c3", "dot", OPEN),
            Key("ink", "mark", LIMIT),
        ),
        note=Label(
            f"Only what the search had to simulate is shown. Source: simulation of {scenario.id}, seed {found.experiment.seed}.",
            f"仅显示搜索中模拟过的配置。来源：{scenario.id}的模拟，种子{found.experiment.seed}。",
        ),
        svg=drawn(figure, "tradeoff", title, lang),
        table=tradeoff_table(found),
    )


def _replications(simulated: Sequence[Staffing]) -> Label:
    """Return over how many replications the points are means, and at which level their intervals are."""
    counts = sorted({each.replications for each in simulated})
    many = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    many_zh = many.replace(" to ", "至")
    level = f"{simulated[0].estimates[0].level * HUNDRED:g} %"
    return Label(f"{many} replications, {level} intervals", f"{many_zh}次重复，{level}置信区间")


def _point(axes: Axes, each: Staffing, scale: float) -> None:
    estimate, hue = each.estimates[0], colour(HUES[each.answer])
    low, high = max(estimate.low, 0.0) * scale, estimate.high * scale
    axes.plot([each.cost, each.cost], [low, high], color=hue, linewidth=1.2, zorder=2)
    axes.plot([each.cost], [estimate.mean * scale], "o", color=hue, markersize=4, zorder=3)
    text = "+".join(map(str, each.sizes))
    axes.annotate(
        text,
        (each.cost, estimate.mean * scale),
        xytext=(4, 3),
        textcoords="offset points",
        fontsize=SMALL,
        color=colour("soft"),
        bbox={"facecolor": colour("ground"), "edgecolor": "none", "pad": 0.6},
    )
