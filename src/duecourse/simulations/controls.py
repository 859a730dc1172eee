"""Control variates for the self-check: what chance gave the cases, told apart from what the engine made of it.

A replication in which many cases came, and asked for much work, is busier than the steady state. How many came and how
much they asked for is known from the random numbers alone, without the engine: each number belongs to a case and a
purpose. So their effect is taken out by regression on quantities whose mean is known exactly (Lavenberg, Welch,
Management Science 27, 1981): the mean gap between the arrivals, the mean work
of each kind that a case asks for, the mean number of its visits, the mean of the slowest first reply. What is left tells of the engine.

The quantiles here are scipy's and not those of `duecourse.simulations.randomness.variate`, so that an error in that
function, or in what the engine makes of a duration, does not hide in a control.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from duecourse.scenarios.law import Kind as LawKind
from duecourse.simulations.estimate import Estimate, estimate, student
from duecourse.simulations.plan import Plan
from duecourse.simulations.randomness import mix
from duecourse.simulations.streams import ARRIVAL, Fork
from duecourse.simulations.theory import slowest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from duecourse.scenarios.law import Law
    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.plan import Kind, Task
    from duecourse.simulations.streams import Stream

    Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
    Roots = np.ndarray[tuple[int, ...], np.dtype[np.uint64]]
    Control = Callable[[Roots], float]

_MASK = 2**64 - 1
_GOLDEN = 0x9E37_79B9_7F4A_7C15


def controls(scenario: Scenario, seed: int, replications: int) -> Array:
    """Return the controls of every replication, a row each; every column has the mean 0.

    Args:
        scenario: with plain Poisson streams of one sort each.
        seed: of the simulation.
        replications: how many.
    """
    plan = Plan(scenario)
    begin = plan.days.since_start(scenario.warm_up)
    columns: list[list[float]] = []
    for stream in plan.streams:
        assert stream.gap is not None
        cases = range(int(begin / stream.gap.mean), int(plan.days.length / stream.gap.mean))
        found = list(_controls(plan, stream))
        rows = [
            [each(roots(seed, number, stream.key, cases)) for each in found]
            for number in range(replications)
        ]
        columns += [list(column) for column in zip(*rows, strict=True)]
    return np.array(columns).T.reshape(replications, len(columns))


def controlled(values: Sequence[float], known: Array, level: float) -> tuple[Estimate, int]:
    """Return the mean of the values of replications with the effect of controls taken out, and its degrees of freedom.

    The interval is Student's t with n − q − 1 degrees of freedom for n replications and q controls, exact where values
    and controls are jointly normal (Lavenberg, Welch 1981). Where there are too few replications the controls are
    passed over.
    """
    count, width = known.shape
    freedom = count - width - 1
    if freedom < count / 2 or any(map(math.isnan, values)):
        return estimate(values, level), count - 1
    design = np.column_stack([np.ones(count), known])
    answer = np.array(values)
    weights, _, rank, _ = np.linalg.lstsq(design, answer, rcond=None)
    if rank < width + 1:
        return estimate(values, level), count - 1
    left = answer - design @ weights
    spread = float(np.linalg.inv(design.T @ design)[0, 0]) * float(left @ left) / freedom
    mean, half = float(weights[0]), student(freedom, level) * math.sqrt(spread)
    return Estimate(mean, mean - half, mean + half, count, level), freedom


def _controls(plan: Plan, stream: Stream) -> Iterator[Control]:
    """Yield what is known of the cases of a stream from their random numbers."""
    assert stream.gap is not None
    yield _mean_of(stream.gap, ARRIVAL, None)
    kind = stream.way
    if kind is None or isinstance(kind, Fork):
        raise ValueError("a stream of one sort is needed")
    tasks = list(_tasks(plan, kind))
    again = next((_decision(plan, each) for each in tasks if len(each.choose or ()) > 1), None)
    for task in tasks:
        if task.effort is not None and task.effort.kind is not LawKind.DETERMINISTIC:
            yield _mean_of(task.effort, task.effort_purpose, again)
        if task.activity.panel is not None:
            yield _slowest(kind, task.activity.panel)
    if again is not None:
        yield lambda known: float(np.mean(_visits(known, again))) - _mean_visits(again)


class Decision(NamedTuple):
    """A decision after which a case leaves all stages, or goes through them once more.

    Attributes:
        purpose: what names it to chance.
        low, high: a case leaves where its number is in between.
    """

    purpose: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share of decisions that leave."""
        return self.high - self.low


def _decision(plan: Plan, task: Task) -> Decision:
    """Return a decision of which one way ends the review."""
    ending = {step for outcome in plan.procedure.outcomes for step in outcome.steps}
    reached = 0.0
    for step, share in task.choose or ():
        if step in ending:
            return Decision(task.choice, reached, reached + share)
        reached += share
    raise ValueError(f"{task.name}: no way of this decision ends the review")


def _tasks(plan: Plan, kind: Kind) -> Iterator[Task]:
    """Yield what the cases of a class may do, each once, in the order in which they come to it."""
    packed = kind.first
    for step in kind.begins:
        move = plan.moves.move(packed, step)
        assert move is not None
        packed = move.target
    stages = [plan.table.stage(packed)]
    for stage in stages:
        for task in kind.tasks.get(stage, ()):
            yield task
            choices = [step for step, _ in task.choose or ()]
            for step in (*task.activity.take, *choices):
                ways = plan.table.rules.get(stage, ())
                stages += [
                    each.target for each in ways if each.step == step and each.target not in stages
                ]


def _mean_of(law: Law, purpose: int, again: Decision | None) -> Control:
    """Return the mean of what the cases ask for by a law, all their visits together."""

    def found(known: Roots) -> float:
        visits = _visits(known, again)
        total = np.zeros(len(known))
        for visit in range(int(visits.max())):
            drawn = _quantiles(law, uniforms(known, purpose, visit))
            total += np.where(visit < visits, drawn, 0.0)
        return float(np.mean(total)) - law.mean * _mean_visits(again)

    return found


def _visits(known: Roots, again: Decision | None) -> Array:
    """Return how often each case goes through the stages: until it leaves them."""
    visits = np.ones(len(known))
    if again is not None:
        back = np.ones(len(known), dtype=bool)
        while back.any():
            u = uniforms(known, again.purpose, int(visits.max()) - 1)
            back &= (u < again.low) | (u >= again.high)
            visits += back
    return visits


def _mean_visits(again: Decision | None) -> float:
    """Return the mean of a geometric number of visits."""
    return 1.0 if again is None else 1 / again.share


def _slowest(kind: Kind, panel: str) -> Control:
    (voter,) = kind.voters[panel]
    expected = slowest_of(voter.latency, len(voter.keys))

    def found(known: Roots) -> float:
        members = [
            _quantiles(voter.latency, uniforms(known, voter.latency_purpose, (key + 1) & _MASK))
            for key in voter.keys
        ]
        return float(np.mean(np.max(members, axis=0))) - expected

    return found


def roots(seed: int, replication: int, key: int, cases: range) -> Roots:
    """Return `randomness.root` for many cases of a stream at once."""
    state = mix((seed + _GOLDEN) & _MASK)
    state = mix(((state ^ replication) + _GOLDEN) & _MASK)
    numbers = np.arange(cases.start, cases.stop, dtype=np.uint64) + np.uint64(key)
    return _mixed((np.uint64(state) ^ numbers) + np.uint64(_GOLDEN))


def uniforms(known: Roots, purpose: int, index: int) -> Array:
    """Return `randomness.uniform_of` for many cases at once."""
    x = _mixed((known ^ np.uint64(purpose)) + np.uint64(_GOLDEN))
    x = _mixed((x ^ np.uint64(index)) + np.uint64(_GOLDEN))
    return ((x >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


def _mixed(x: Roots) -> Roots:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58_476D_1CE4_E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D0_49BB_1331_11EB)
    return x ^ (x >> np.uint64(31))


def _quantiles(law: Law, u: Array) -> Array:
    """Return the quantiles of a law by scipy's functions.

    Raises:
        ValueError: the law is neither exponential nor lognormal.
    """
    from scipy.special import ndtri

    if law.kind is LawKind.EXPONENTIAL:
        return np.asarray(-law.values[0] * np.log1p(-u))
    if law.kind is LawKind.LOGNORMAL:
        return np.asarray(np.exp(law.values[0] + law.values[1] * ndtri(u)))
    raise ValueError(f"{law.text}: neither exponential nor lognormal")
