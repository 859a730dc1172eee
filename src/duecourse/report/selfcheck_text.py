"""What the self-check found, as a table and as data."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from duecourse.model.procedure import Label
from duecourse.report.tables import HUNDRED, NOTHING, Cell, Table, table_text
from duecourse.report.words import say
from duecourse.report.wrapping import wrap
from duecourse.simulations.predictions import MORE_WORK
from duecourse.simulations.selfcheck import FALSE_ALARM, POWER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.model.procedure import Lang
    from duecourse.simulations.selfcheck import Comparison, SelfCheck

SCHEMA = "duecourse/selfcheck/1"

WIDTH = 100
"""Columns of the notes."""

DIGITS = 4
"""Significant digits of a number."""


def selfcheck_text(found: SelfCheck, lang: Lang = "en") -> str:
    """Return the comparisons as a table, what it takes to read it, and the verdict."""
    parts = [_head(found, lang), table_text(_table(found), lang), _legend(found, lang)]
    return "\n\n".join([*parts, "\n".join(_verdict(found, lang))])


def selfcheck_json(found: SelfCheck) -> dict[str, Any]:
    """Return the comparisons as plain data (`docs/reference/json.md`)."""
    from duecourse import __version__

    return {
        "schema": SCHEMA,
        "version": __version__,
        "seed": found.seed,
        "full": found.full,
        "replications": found.replications,
        "cases": found.cases,
        "false_alarm": FALSE_ALARM,
        "level": found.level,
        "power": POWER,
        "agrees": found.agrees,
        "comparisons": [
            {
                "model": each.model.id,
                "label": _label(each.scenario.label),
                "formula": _label(each.model.formula),
                "indicator": each.prediction.indicator,
                "measured": _label(each.prediction.label),
                "unit": each.prediction.unit,
                "theory": each.prediction.value,
                "simulated": each.found.to_dict(),
                "notices": None if math.isnan(each.notices) else each.notices,
                "moved_by_more_work": each.prediction.moved,
                "more_work_noticed": each.more_work_noticed,
                "agrees": each.agrees,
            }
            for each in found.comparisons
        ],
    }


def _label(label: Label) -> dict[str, str]:
    return {"en": label.en, "zh": label.zh}


def _head(found: SelfCheck, lang: Lang) -> str:
    count, cases = len(found.comparisons), f"{found.cases:,}"
    lines = say(
        lang,
        f"The simulation against theory: {cases} cases, {found.replications} replications of each "
        f"model, seed {found.seed}\n"
        f"{count} intervals, each at the level 1 − {1 - found.level:.1e}; if the program is right, the "
        f"probability that any of them fails is {FALSE_ALARM:g} at most",
        f"模拟与理论对照：{cases}件，每个模型重复{found.replications}次，种子{found.seed}\n"
        f"共{count}个区间，各为1 − {1 - found.level:.1e}水平；程序正确时，出现任一误报的概率不超过{FALSE_ALARM:g}",
    )
    return str(lines)


def _table(found: SelfCheck) -> Table:
    more = f"{(MORE_WORK - 1) * HUNDRED:.1f} %"
    return Table(
        Label("Times in working days", "时间单位：工作日"),
        (
            Label("model", "模型"),
            Label("measured", "指标"),
            Label("theory", "理论值"),
            Label("simulated", "模拟值"),
            Label("notices", "可察觉偏差"),
            Label(f"{more} more work", f"工时多{more}"),
            Label("verdict", "结论"),
        ),
        tuple(_rows(found)),
        Label(
            f"notices: the smallest error that it would have noticed with probability {POWER:g}, as a "
            f"share of the theory. {more} more work: by how much the number would move if work and "
            "replies took that much longer than they should, and whether it would have been noticed.",
            f"可察觉偏差：以{POWER:g}的概率可察觉的最小误差（占理论值的比例）。工时多{more}：若工时与答复时间"
            "比应有的长这么多，该数值的变动，以及是否会被察觉。",
        ),
    )


def _rows(found: SelfCheck) -> Iterator[tuple[Cell, ...]]:
    last = ""
    for each in found.comparisons:
        name, theory = each.model.id, each.prediction.value
        yield (
            Cell("" if name == last else name),
            Cell(each.prediction.label),
            Cell(_number(theory), value=theory),
            Cell(
                _number(each.found.mean),
                f"[{_number(each.found.low)}, {_number(each.found.high)}]",
                value=each.found.mean,
            ),
            Cell(_percent(each.notices), value=each.notices),
            Cell(_more_work(each)),
            Cell(Label("agrees", "一致") if each.agrees else Label("DIFFERS", "不一致")),
        )
        last = name


def _more_work(each: Comparison) -> str | Label:
    moved = each.prediction.moved
    if not moved:
        return NOTHING
    by = f"+{_percent(moved)}"
    if each.more_work_noticed:
        return Label(f"{by} noticed", f"{by} 可察觉")
    return Label(f"{by} not noticed", f"{by} 不可察觉")


def _legend(found: SelfCheck, lang: Lang) -> str:
    known = {each.model.id: each for each in found.comparisons}
    lines = [Label("Models and their theory", "模型与理论").text(lang)]
    for name, each in known.items():
        text = f"{each.scenario.label.text(lang)}; {each.model.formula.text(lang)}"
        first, *rest = wrap(text, WIDTH - 12)
        lines.extend([f"  {name:<8}  {first}", *(f"{'':12}{line}" for line in rest)])
    return "\n".join(lines)


def _verdict(found: SelfCheck, lang: Lang) -> Iterator[str]:
    wrong = sum(not each.agrees for each in found.comparisons)
    blind = ", ".join(found.blind)
    if blind:
        more = f"{(MORE_WORK - 1) * HUNDRED:.1f} %"
        yield say(
            lang,
            f"{more} more work would not have been noticed in: {blind}"
            + ("." if found.full else "; with --full it is, in minutes."),
            f"以下模型不足以察觉工时多{more}：{blind}"
            + ("。" if found.full else "；用--full可察觉，需数分钟。"),
        )
    count = len(found.comparisons)
    if wrong:
        yield say(
            lang, f"{wrong} of {count} differ from theory.", f"{count}项中{wrong}项与理论不一致。"
        )
    else:
        yield say(lang, f"all {count} agree with theory.", f"{count}项均与理论一致。")


def _number(value: float) -> str:
    """Return a number with four significant digits, never in powers of ten.

    >>> _number(0.55410999), _number(42.842), _number(10.0)
    ('0.5541', '42.84', '10.00')
    """
    if math.isnan(value):
        return NOTHING
    before = math.floor(math.log10(abs(value))) + 1 if value else 1
    return f"{value:.{max(DIGITS - before, 0)}f}".replace("-", "−")


def _percent(share: float) -> str:
    return NOTHING if math.isnan(share) else f"{share * HUNDRED:.1f} %"
