"""What theory predicts of the scenarios of the self-check, from the numbers in their files.

A model is one scenario in `simulations/selfcheck/scenarios/`; a prediction belongs to one indicator
of its result (`duecourse.simulations.result`). Times are in working days.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log
from typing import TYPE_CHECKING

from duecourse.model.procedure import Label
from duecourse.scenarios.law import Kind, Law
from duecourse.simulations import theory
from duecourse.simulations.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from duecourse.scenarios.scenario import Activity, Scenario

MORE_WORK = 1.016
"""The error that a check has to notice: 0.8 of the time instead of 0.787."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What theory says of one indicator of one model.

    Attributes:
        indicator: its name in the result.
        label: what is measured, in words.
        unit: `days`, `cases` or `share`.
        value: what theory says.
        moved: the share by which `value` grows where all work and all replies take `MORE_WORK`
            times as long.
    """

    indicator: str
    label: Label
    unit: str
    value: float
    moved: float = 0.0


@dataclass(frozen=True, slots=True)
class Model:
    """A system with a known theory.

    Attributes:
        id: of its scenario.
        formula: the formula and its source.
        values: what the formula says of a scenario, by indicator.
    """

    id: str
    formula: Label
    values: Callable[[Scenario], Mapping[str, float]]

    def predict(self, scenario: Scenario) -> tuple[Prediction, ...]:
        """Return what theory says of a scenario of this model."""
        found, moved = self.values(scenario), self.values(with_more_work(scenario))
        return tuple(
            Prediction(name, *MEASURED[name], value, moved[name] / value - 1)
            for name, value in found.items()
        )


# --- what is measured ----------------------------------------------------------------------------

MEASURED = {
    "pool.desk.utilisation": (Label("first desk: busy", "第一窗口：利用率"), "share"),
    "pool.desk.wait": (Label("first desk: wait", "第一窗口：等待"), "days"),
    "pool.desk.queue": (Label("first desk: waiting", "第一窗口：排队"), "cases"),
    "pool.back.utilisation": (Label("second desk: busy", "第二窗口：利用率"), "share"),
    "pool.back.wait": (Label("second desk: wait", "第二窗口：等待"), "days"),
    "stage.first.working.mean": (Label("time in the stage", "阶段用时"), "days"),
    "stage.first.working.median": (Label("half wait less than", "中位数"), "days"),
    "stage.first.working.q90": (Label("nine in ten wait less than", "九成不超过"), "days"),
    "stage.urgent.working.mean": (Label("time in the stage, urgent", "阶段用时（加急）"), "days"),
    "stage.asked.working.mean": (Label("until the last reply", "至最后答复"), "days"),
    "time.working.mean": (Label("from filing to decision", "提交至决定"), "days"),
    "backlog.mean": (Label("open cases", "未结案件"), "cases"),
}
"""What each indicator is called, and its unit."""


# --- the models ----------------------------------------------------------------------------------


def _multi(scenario: Scenario) -> Mapping[str, float]:
    rate, work, size = _rate(scenario), _work(scenario, "first"), scenario.pools[0].size
    wait = theory.erlang_c_wait(rate, work.mean, size)
    return {
        "pool.desk.utilisation": theory.utilisation(rate, work.mean, size),
        "pool.desk.wait": wait,
        "pool.desk.queue": rate * wait,
        "stage.first.working.mean": wait + work.mean,
    }


def _general(scenario: Scenario) -> Mapping[str, float]:
    rate, work = _rate(scenario), _work(scenario, "first")
    wait = theory.pollaczek_khinchine_wait(rate, work.mean, theory.second_moment(work))
    return {
        "pool.desk.utilisation": theory.utilisation(rate, work.mean),
        "pool.desk.wait": wait,
        "stage.first.working.mean": wait + work.mean,
    }


def _priority(scenario: Scenario) -> Mapping[str, float]:
    rates = [_rate(scenario, "urgent"), _rate(scenario, "ordinary")]
    works = [_work(scenario, "urgent", "urgent"), _work(scenario, "first", "ordinary")]
    means = [each.mean for each in works]
    waits = theory.cobham_waits(rates, means, [theory.second_moment(each) for each in works])
    both = zip(rates, waits, strict=True)
    loads = [rate * mean for rate, mean in zip(rates, means, strict=True)]
    return {
        "pool.desk.utilisation": theory.utilisation(sum(loads), 1.0),
        "stage.urgent.working.mean": waits[0] + means[0],
        "stage.first.working.mean": waits[1] + means[1],
        "pool.desk.wait": sum(rate * wait for rate, wait in both) / sum(rates),
    }


def _network(scenario: Scenario) -> Mapping[str, float]:
    decision = scenario.behaviours["second"][0].choose
    assert decision is not None
    rate = _rate(scenario)
    through = rate / dict(decision["ordinary"])["decide"]
    first, second = _work(scenario, "first").mean, _work(scenario, "second").mean
    ahead, back = scenario.pools
    waits = (
        theory.erlang_c_wait(through, first, ahead.size),
        theory.erlang_c_wait(through, second, back.size),
    )
    stay = through / rate * (sum(waits) + first + second)
    return {
        "pool.desk.utilisation": theory.utilisation(through, first, ahead.size),
        "pool.desk.wait": waits[0],
        "pool.back.utilisation": theory.utilisation(through, second, back.size),
        "pool.back.wait": waits[1],
        "time.working.mean": stay,
        "backlog.mean": rate * stay,
    }


def _meeting(scenario: Scenario) -> Mapping[str, float]:
    every = float(scenario.meetings[0].every)
    return {
        "stage.first.working.mean": every / 2,
        "stage.first.working.median": every / 2,
        "stage.first.working.q90": 0.9 * every,
    }


def _panel(scenario: Scenario) -> Mapping[str, float]:
    (opinion,) = scenario.opinions.values()
    members = scenario.procedure.panel[opinion.panel].electorate[0].count
    assert isinstance(members, int)
    last = theory.slowest_of(opinion.latency["ordinary"], members)
    return {"stage.asked.working.mean": last, "backlog.mean": _rate(scenario) * last}


MODELS = (
    Model(
        "mmc",
        Label(
            "C(c, a) s / (c − a); Erlang 1917; Little 1961",
            "C(c, a) s / (c − a)；Erlang 1917；Little 1961",
        ),
        _multi,
    ),
    Model(
        "mg1",
        Label(
            "λ E[S²] / 2(1 − ρ); Pollaczek 1930, Khinchine 1932",
            "λ E[S²] / 2(1 − ρ)；Pollaczek 1930，Khinchine 1932",
        ),
        _general,
    ),
    Model(
        "md1",
        Label(
            "λ s² / 2(1 − ρ); Pollaczek 1930, Khinchine 1932",
            "λ s² / 2(1 − ρ)；Pollaczek 1930，Khinchine 1932",
        ),
        _general,
    ),
    Model(
        "priority",
        Label("W₀ / (1 − σₖ₋₁)(1 − σₖ); Cobham 1954", "W₀ / (1 − σₖ₋₁)(1 − σₖ)；Cobham 1954"),
        _priority,
    ),
    Model(
        "network",
        Label(
            "each desk an M/M/c of its own; Jackson 1957; Little 1961",
            "各窗口如独立M/M/c；Jackson 1957；Little 1961",
        ),
        _network,
    ),
    Model(
        "meeting",
        Label(
            "uniform on (0, T): Poisson arrivals, given their number",
            "(0, T)上均匀分布：给定数量的泊松到达",
        ),
        _meeting,
    ),
    Model(
        "panel",
        Label("λ ∫ (1 − F¹³); Palm 1943, Takács 1962", "λ ∫ (1 − F¹³)；Palm 1943，Takács 1962"),
        _panel,
    ),
)
"""The models of the self-check, in the order of the report."""


# --- the numbers of a scenario -------------------------------------------------------------------


def with_more_work(scenario: Scenario, factor: float = MORE_WORK) -> Scenario:
    """Return a scenario in which all work and all replies take `factor` times as long."""

    def longer(activity: Activity) -> Activity:
        if activity.work is None:
            return activity
        laws = {name: stretched(law, factor) for name, law in activity.work.effort.items()}
        return replace(activity, work=replace(activity.work, effort=laws))

    behaviours = {
        stage: tuple(map(longer, activities)) for stage, activities in scenario.behaviours.items()
    }
    opinions = {
        key: replace(
            each, latency={name: stretched(law, factor) for name, law in each.latency.items()}
        )
        for key, each in scenario.opinions.items()
    }
    return replace(scenario, behaviours=behaviours, opinions=opinions)


def stretched(law: Law, factor: float) -> Law:
    """Return the law of `factor` times a variate of a law.

    Raises:
        ValueError: the law is neither deterministic, exponential nor lognormal.
    """
    match law.kind:
        case Kind.DETERMINISTIC | Kind.EXPONENTIAL:
            values: tuple[float, ...] = (law.values[0] * factor,)
        case Kind.LOGNORMAL:
            values = (law.values[0] + log(factor), law.values[1])
        case _:
            raise ValueError(f"{law.text}: neither deterministic, exponential nor lognormal")
    return Law(law.kind, values, law.mean * factor, f"{factor:g} {law.text}")


def _rate(scenario: Scenario, case_class: str = "ordinary") -> float:
    """Return the arrivals of a class in a working day."""
    (stream,) = scenario.arrivals
    return stream.per_year * stream.shares[case_class] / Plan(scenario).days.per_year


def _work(scenario: Scenario, stage: str, case_class: str = "ordinary") -> Law:
    """Return the law of the work that a class asks for in a stage."""
    work = scenario.behaviours[stage][0].work
    assert work is not None
    return work.effort[case_class]
