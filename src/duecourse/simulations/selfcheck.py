"""The simulation held against theory: on models whose answer is known, does it give that answer?

Each model is an ordinary scenario of an ordinary procedure (`simulations/selfcheck/`), and is run
like any other. A steady state is estimated by independent replications, the warm-up left out of
each: their means are independent, however much the waits within one replication hang together (Law,
"Simulation Modeling and Analysis", 5th ed., 9.5.2), so the interval over them is Student's t.

What chance gave the cases (how many came, how much work they asked for) is taken out by control
variates (`duecourse.simulations.controls`): what is left tells of the engine.

All intervals together leave out a true value with a probability of at most `FALSE_ALARM`: a correct
program fails for one seed in ten thousand. Each of k intervals has the level 1 − NOMINAL / k
(Bonferroni). `NOMINAL` is smaller, since Student's t takes means for normally distributed, and mean
waits of a thousand cases are skewed (skewness 1 in M/M/2 at 0.6). How much smaller was found by the
recursion of Kiefer and Wolfowitz (Transactions of the American Mathematical Society 78, 1955), with
nothing of this program: 40 of 60,000 mean waits in that M/M/2, with their mean gaps and mean work as
controls, were drawn 3,780,000 times, and an interval that should fail with probability 10⁻⁷ failed with
3.4·10⁻⁶. With 25 comparisons that makes 0.9·10⁻⁴ if all were as skewed as this one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.scenarios import load_scenario
from duecourse.shipped import shipped
from duecourse.simulations.controls import controlled, controls
from duecourse.simulations.engines import Engine, Wanted
from duecourse.simulations.estimate import student
from duecourse.simulations.predictions import MODELS
from duecourse.simulations.run import simulate_all

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.estimate import Estimate
    from duecourse.simulations.predictions import Model, Prediction

FALSE_ALARM = 1e-4
"""The probability that a correct program fails the self-check, whatever the number of comparisons."""

NOMINAL = FALSE_ALARM / 40
"""The same, as Student's t would have it for means without skewness."""

POWER = 0.9
"""The probability with which a comparison notices what it claims to notice."""

REPLICATIONS, FULL_REPLICATIONS = 40, 100
"""How often each model is run."""

FULL_YEARS = 5
"""How long each replication is with `full`, in years; the files say it otherwise."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One number of theory beside what the simulation gave.

    Attributes:
        model, scenario: what was run.
        prediction: what theory says.
        found: the mean over replications, with its simultaneous interval.
        notices: the smallest share of the theory by which the simulation could have been off to be
            noticed with probability `POWER`.
    """

    model: Model
    scenario: Scenario
    prediction: Prediction
    found: Estimate
    notices: float

    @property
    def agrees(self) -> bool:
        """Whether theory lies in the interval."""
        return self.found.low <= self.prediction.value <= self.found.high

    @property
    def more_work_noticed(self) -> bool:
        """Whether it would be noticed with probability `POWER` that work takes 1.6 % longer than it should."""
        return self.prediction.moved >= self.notices


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """What the self-check found.

    Attributes:
        comparisons: in the order of the models.
        level: of each interval.
        replications, seed, full: how it was run.
        cases: how many were simulated.
    """

    comparisons: tuple[Comparison, ...]
    level: float
    replications: int
    seed: int
    full: bool
    cases: int

    @property
    def blind(self) -> tuple[str, ...]:
        """The models with work of which no number would have shown that it takes 1.6 % longer."""
        moved = dict.fromkeys(each.model.id for each in self.comparisons if each.prediction.moved)
        seen = {each.model.id for each in self.comparisons if each.more_work_noticed}
        return tuple(name for name in moved if name not in seen)

    @property
    def agrees(self) -> bool:
        """Whether theory lies in every interval."""
        return all(each.agrees for each in self.comparisons)


def scenarios() -> dict[str, Scenario]:
    """Return the scenarios of the self-check by the id of their model."""
    root = shipped() / "simulations" / "selfcheck"
    return {model.id: load_scenario(model.id, root=root) for model in MODELS}


def selfcheck(  # noqa: PLR0913  (settings with names)
    *,
    seed: int = 1,
    workers: int = 1,
    full: bool = False,
    replications: int | None = None,
    models: Sequence[str] | None = None,
    simulated: Mapping[str, Scenario] | None = None,
    engine: Wanted = Engine.AUTO,
    progress: Callable[[int, int], None] | None = None,
) -> SelfCheck:
    """Simulate every model and compare it with its theory.

    Args:
        seed: of the simulation; another seed is another, independent check.
        workers: processes that share the replications; the result does not depend on them.
        full: longer and more replications, which notice smaller errors.
        replications: instead of those of the mode; at least 2.
        models: ids; only these.
        simulated: scenarios that are simulated in place of those that theory speaks of: to see that
            an error is noticed.
        engine: see `duecourse.simulations.simulate`.
        progress: is told after each replication how many are done, and of how many.

    Raises:
        InvalidInput: an argument is out of its range.
    """
    count = replications or (FULL_REPLICATIONS if full else REPLICATIONS)
    given = scenarios()
    chosen = [each for each in MODELS if models is None or each.id in models]
    expected = {each.id: each.predict(given[each.id]) for each in chosen}
    level = 1 - NOMINAL / sum(map(len, expected.values()))
    run = [{**given, **(simulated or {})}[each.id] for each in chosen]
    run = [each.lasting(FULL_YEARS) if full else each for each in run]
    results = simulate_all(
        run,
        replications=count,
        seed=seed,
        workers=workers,
        level=level,
        progress=progress,
        engine=engine,
    )
    theirs = [given[each.id].lasting(one.years) for each, one in zip(chosen, run, strict=True)]
    known = [controls(each, seed, count) for each in theirs]
    return SelfCheck(
        comparisons=tuple(
            Comparison(
                model=model,
                scenario=given[model.id],
                prediction=prediction,
                found=found,
                notices=notices(found, freedom) / prediction.value,
            )
            for model, result, control in zip(chosen, results, known, strict=True)
            for prediction in expected[model.id]
            for found, freedom in [controlled(result.samples[prediction.indicator], control, level)]
        ),
        level=level,
        replications=count,
        seed=seed,
        full=full,
        cases=sum(each.cases for each in results),
    )


def notices(found: Estimate, freedom: int, power: float = POWER) -> float:
    """Return how far off a mean must be for its interval to leave out the true value with a probability.

    From the noncentral t distribution by the approximation of Johnson and Welch (Biometrika 31,
    1940), q + z · sqrt(1 + q² / 2f), which is too large by 0.5 % for 39 degrees of freedom; with the
    standard error estimated from the replications.
    """
    from scipy.special import ndtri

    if freedom < 1:
        return math.nan
    quantile = student(freedom, found.level)
    shift = quantile + float(ndtri(power)) * math.sqrt(1 + quantile**2 / (2 * freedom))
    return shift * found.half_width / quantile
