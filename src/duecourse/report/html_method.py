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
from duecourse.report.tables import HUNDRED
from duecourse.scenarios.capacity import Discipline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duecourse.scenarios.capacity import Pool
    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.result import Result

PACKAGES = ("duecourse", "simpy", "numpy", "scipy", "matplotlib", "transitions")


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of the guidelines with what there is to say under it."""

    title: Label
    items: tuple[tuple[Label, Label], ...]


def headings(results: Sequence[Result], command: str) -> list[Heading]:
    """Return the six headings of the guidelines, filled in.

    Args:
        results: of one scenario, or of two that are compared.
        command: what to type to repeat it.
    """
    last = results[-1]
    return [
        Heading(Label("1 Objectives", "1 目标"), tuple(_objectives(results))),
        Heading(Label("2 Logic", "2 逻辑"), tuple(_logic(results))),
        Heading(Label("3 Data", "3 数据"), tuple(_data(results))),
        Heading(Label("4 Experimentation", "4 实验"), tuple(_experimentation(results))),
        Heading(Label("5 Implementation", "5 实现"), tuple(_implementation(last))),
        Heading(Label("6 Code access", "6 代码获取"), tuple(_access(command))),
    ]


def _objectives(results: Sequence[Result]) -> Iterator[tuple[Label, Label]]:
    texts = list(dict.fromkeys(each.scenario.procedure.id for each in results))
    ids = [each.scenario.id for each in results]
    yield (
        Label("Purpose", "目的"),
        Label(
            f"To see how the statutory limits would be kept under {' and '.join(texts)} by an office "
            "with the staff and the caseload assumed here. The pictures and tables show mechanisms, not forecasts.",
            f"考察在此处假设的人员与案件量下，{'、'.join(texts)}的法定期限能否得到遵守。图表说明机制，并非预测。",
        ),
    )
    yield (
        Label("Outputs", "输出"),
        Label(
            "Cases filed and ended, open cases, time to each outcome and in each stage, share of limits that are passed and by how "
            "much, use of staff, waiting for it.",
            "立案与结案数、未结案件数、至各结果及在各阶段的用时、期限逾期比例与逾期日数、人员利用率与等待时间。",
        ),
    )
    yield (
        Label("Aim of the experiment", "实验目标"),
        Label(f"A paired comparison of {ids[0]} and {ids[-1]}.", f"{ids[0]}与{ids[-1]}的配对比较。")
        if len(ids) > 1
        else Label(f"To describe {ids[0]} as it stands.", f"描述{ids[0]}的现状。"),
    )


def _logic(results: Sequence[Result]) -> Iterator[tuple[Label, Label]]:
    scenario = results[-1].scenario
    yield (
        Label("Base model overview", "基础模型概览"),
        Label(
            f"The diagram of the procedure: {len(scenario.procedure.stages)} stages in lanes of who acts, with limits beside them.",
            f"程序图：{len(scenario.procedure.stages)}个阶段，按主体分泳道，旁注期限。",
        ),
    )
    yield (
        Label("Base model logic", "基础模型逻辑"),
        Label(
            "A case takes the steps of the procedure shown in the diagrams, and can take no other: each step is looked up in the same "
            "table that properties are checked on, and the properties that hold watch every case. Clocks run, stop "
            "and lapse as the procedure says; a missed limit is recorded and the case goes on.",
            "案件只能采取程序图所示的步骤：每一步都在用于验证性质的同一张表中查得，已验证成立的性质监视每个案件。"
            "期限按程序起算、停止、届满；逾期予以记录，案件继续进行。",
        ),
    )
    yield (
        Label("Scenario logic", "情景逻辑"),
        Label(
            "What is done in each stage, by whom and how long, is listed under “Activities”.",
            "各阶段由谁完成何事、用时多久，见“活动”表。",
        ),
    )
    yield (
        Label("Algorithms", "算法"),
        Label(
            "Events at one instant are processed in the order complete, lapse, meeting, schedule change, arrival, start, then by case "
            "number. Members object with a propensity drawn once per case and round from a beta distribution, so objections are correlated.",
            "同一时刻的事件依次处理：完成、届满、会议、排班变更、到达、开始，再按案件编号。"
            "各成员的反对倾向由贝塔分布对每案每轮抽取一次，因此反对意见相关。",
        ),
    )
    yield (
        Label("Entities", "实体"),
        Label(
            f"Cases, by class and share of filings. {'; '.join(f'{each.scenario.id}: {class_words(each.scenario)}' for each in results)}.",
            f"案件，按类别及其占比：{'；'.join(f'{each.scenario.id}：{class_words(each.scenario, chinese=True)}' for each in results)}。",
        ),
    )
    count = sum(map(len, scenario.behaviours.values()))
    yield (
        Label("Activities", "活动"),
        Label(
            f"{count} in {len(scenario.behaviours)} stages, listed with what each needs and how long it takes.",
            f"{len(scenario.behaviours)}个阶段中的{count}项活动，逐项列明所需资源与用时。",
        ),
    )
    pools, meetings = scenario.pools, scenario.meetings
    staff = "; ".join(f"{each.label.en} ({each.size})" for each in pools)
    staff_zh = "；".join(f"{each.label.text('zh')}（{each.size}人）" for each in pools)
    bodies = "; ".join(f"{each.label.en}, {each.rhythm.en}" for each in meetings)
    bodies_zh = "；".join(f"{each.label.text('zh')}，{each.rhythm.zh}" for each in meetings)
    yield (
        Label("Resources", "资源"),
        Label(
            f"Pools: {staff}. Meetings: {bodies or 'none'}.",
            f"人员：{staff_zh}。会议：{bodies_zh or '无'}。",
        ),
    )
    yield Label("Queues", "排队"), _queues(scenario)
    yield (
        Label("Entry and exit", "进入与退出"),
        Label(
            "Cases enter by filing or ex officio and leave at the first final stage.",
            "案件经申报或依职权进入，到达首个终结阶段时退出。",
        ),
    )


def _queues(scenario: Scenario) -> Label:
    special = [(pool, order) for pool in scenario.pools if (order := _order(pool)).en]
    if not special:
        return Label(
            "One for each pool, first come first served, at equal instants by case number; nobody leaves work unfinished.",
            "每类人员一个队列，先到先办，同时到达按案件编号；已开始的工作不中断。",
        )
    en = "; ".join(f"{pool.label.en}: {order.en}" for pool, order in special)
    zh = "；".join(f"{pool.label.text('zh')}：{order.zh}" for pool, order in special)
    stops = any(pool.preemptive for pool in scenario.pools)
    end = "work that gives way is resumed later" if stops else "nobody leaves work unfinished"
    end_zh = "被中断的工作随后继续" if stops else "已开始的工作不中断"
    return Label(
        f"One for each pool, first come first served, except ({en}); at equal instants by case number; {end}.",
        f"每类人员一个队列，先到先办，例外为（{zh}）；同时到达按案件编号；{end_zh}。",
    )


def _order(pool: Pool) -> Label:
    """Return in what other order than first come first served a pool takes its work; no words where in no other."""
    en, zh = [], []
    if pool.precedence:
        en.append(f"these classes first: {', '.join(pool.precedence)}")
        zh.append(f"下列类别优先：{'、'.join(pool.precedence)}")
    if pool.discipline is Discipline.RISK_FIRST:
        en.append("greater risk weights first")
        zh.append("风险权重高者优先")
    if pool.discipline is Discipline.EARLIEST_DUE:
        en.append("earliest statutory due date first")
        zh.append("法定期限先届满者优先")
    if pool.preemptive:
        en.append("interrupting work of lower rank")
        zh.append("可中断次序靠后的工作")
    return Label(", ".join(en), "，".join(zh))


def class_words(scenario: Scenario, *, chinese: bool = False) -> str:
    """Return who files, with the shares."""
    parts = []
    for each in scenario.classes:
        rate = sum(stream.per_year * stream.shares.get(each.id, 0) for stream in scenario.arrivals)
        whole = sum(stream.per_year for stream in scenario.arrivals)
        name = each.label.text("zh" if chinese else "en")
        parts.append(f"{name} ({rate / whole * HUNDRED:.0f} %)")
    return ", ".join(parts)


def _data(results: Sequence[Result]) -> Iterator[tuple[Label, Label]]:
    last = results[-1]
    notes = [note for each in results for note in each.scenario.notes]
    assumed = sum(note.kind == "assumption" for note in notes)
    yield (
        Label("Sources", "来源"),
        Label(
            f"Of {len(notes)} groups of numbers in {'the two scenarios' if len(results) > 1 else 'the scenario'} {assumed} are "
            f"assumptions (†) and {len(notes) - assumed} have a source. No caseload statistics of these reviews were ever published.",
            f"情景中的{len(notes)}组数值里，{assumed}组为假设（†），{len(notes) - assumed}组有来源。此类审查从未公布过案件统计。",
        ),
    )
    yield (
        Label("Inputs", "输入参数"),
        Label(
            "Every number stands in the scenario files printed below, each with its reason.",
            "全部数值见下附情景文件，并逐项说明理由。",
        ),
    )
    yield Label("Pre-processing", "预处理"), Label("None.", "无。")
    yield (
        Label("Assumptions", "假设"),
        Label(
            "Each is listed with its reason under “Assumptions and sources”; what follows from one carries the mark †.",
            "逐项列于“假设与来源”并说明理由；由此得出的数字标有†。",
        ),
    )
    yield (
        Label("Calendar", "日历"),
        Label(
            f"{last.calendar}, {last.start} to {last.end}"
            + (
                ", in part estimated: beyond the last published holiday schedule."
                if last.estimated
                else ", all of it published."
            ),
            f"{last.calendar}，{last.start}至{last.end}"
            + ("，部分为推算（放假安排尚未公布）。" if last.estimated else "，放假安排均已公布。"),
        ),
    )


def _experimentation(results: Sequence[Result]) -> Iterator[tuple[Label, Label]]:
    result = results[-1]
    scenario = result.scenario
    yield Label("Initialisation", "初始化"), _initialisation(result)
    yield (
        Label("Run length", "运行长度"),
        Label(
            f"{scenario.years:g} years, warm-up included, from {result.start}.",
            f"{scenario.years:g}年（含预热期），自{result.start}起。",
        ),
    )
    paired = len(results) > 1
    yield (
        Label("Estimation", "估计"),
        Label(
            f"{result.replications} independent replications; an indicator is computed within each replication, then averaged; intervals are "
            f"Student's t at {result.level * HUNDRED:g} %, cut at 0 (for shares also at 100 %), and exact binomial where every replication gave 0 or 100 %. "
            f"{'Differences are paired, replication by replication. ' if paired else ''}"
            "Cases still open at the end have no duration and are left out of the durations.",
            f"{result.replications}次独立重复；指标先在每次重复内计算，再取平均；区间为{result.level * HUNDRED:g} %的t区间"
            "（下限不低于0，比例不高于100 %；各次均为0或100 %时用精确二项区间）。"
            f"{'差异逐次配对。' if paired else ''}期末未结案件没有用时，不计入用时。",
        ),
    )


def _initialisation(result: Result) -> Label:
    """Return with which cases a run begins, and what of it is left out."""
    scenario = result.scenario
    months = f"{scenario.warm_up * 12:g}"
    begins, begins_zh = "The office begins empty", "开始时无在办案件"
    if scenario.docket is not None:
        count, on = len(scenario.docket.cases), scenario.docket.on
        begins = f"The office begins with the {count} open cases of {on}, each in its stage, with its limits and suspensions"
        begins_zh = f"开始时有{on}的{count}件未结案件，各在其阶段，期限与中止如实延续"
    if not scenario.warm_up:
        return Label(f"{begins}; nothing is left out.", f"{begins_zh}；全部计入估计。")
    return Label(
        f"{begins}; the first {months} months, up to {result.counted_from}, are warm-up and left out of every estimate.",
        f"{begins_zh}；前{months}个月（至{result.counted_from}）为预热期，不计入任何估计。",
    )


def _implementation(result: Result) -> Iterator[tuple[Label, Label]]:
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    yield Label("Software", "软件"), Label(f"Python {platform.python_version()}; {versions}.")
    yield (
        Label("Random sampling", "随机数"),
        Label(
            f"Counter-based: each number is a hash of seed ({result.seed}), replication, case and purpose, so cases of the same class have the "
            "same random numbers in any two scenarios, and neither staff nor the order of events changes them. Variates by inverse transform.",
            f"基于计数器：每个随机数由种子（{result.seed}）、重复、案件和用途散列而得，因此同类案件在任何两个情景中的随机数相同，"
            "不随人员或事件次序改变。随机变量由逆变换产生。",
        ),
    )
    yield (
        Label("Execution", "执行"),
        Label(
            "Event by event; the result does not depend on the number of processes.",
            "逐事件执行；结果与进程数无关。",
        ),
    )
    yield (
        Label("System specification", "系统要求"),
        Label(
            "Any machine with the software above; no number in this page depends on its speed or on how many cores it has.",
            "任何装有上述软件的计算机；本页任何数字均不取决于其速度或核数。",
        ),
    )
    yield (
        Label("Size", "规模"),
        Label(
            f"{result.cases:,} cases and {result.events:,} events in {result.replications} replications of {result.scenario.id}.",
            f"{result.scenario.id}的{result.replications}次重复共{result.cases:,}件案件、{result.events:,}个事件。",
        ),
    )


def _access(command: str) -> Iterator[tuple[Label, Label]]:
    yield Label("To repeat it", "重现"), Label(command)
    yield (
        Label("Sharing of the model", "模型共享"),
        Label(
            "MIT; the model, the properties and the scenarios are data files of the same package.",
            "MIT；模型、性质和情景均为同一软件包的数据文件。",
        ),
    )
