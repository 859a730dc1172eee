"""When open cases will end: every one followed to its end in many replications, on the dates of the calendar.

Replications are independent and each gives one end of each case, so the quantiles of the end have the interval between
two order statistics, and shares the exact binomial one (Clopper, Pearson, Biometrika 26, 1934; Hahn, Meeker, "Statistical
Intervals", 5.2). Nothing else is asked of the distribution.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field, replace
from math import floor
from typing import TYPE_CHECKING, Any, Final

from duecourse.errors import InvalidInput, nearest
from duecourse.scenarios.docket import Docket
from duecourse.simulations.engines import Engine, Wanted, choose
from duecourse.simulations.estimate import Estimate
from duecourse.simulations.plan import Plan
from duecourse.simulations.process import Office
from duecourse.simulations.tallies import outcomes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from duecourse.properties.property import Property
    from duecourse.scenarios.docket import OpenCase
    from duecourse.scenarios.scenario import Scenario
    from duecourse.simulations.log import Log

SCHEMA: Final = "duecourse/forecast/1"
QUANTILES: Final = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True)
class EndDate:
    """A quantile of the day on which a case ends; None where it lies beyond the run."""

    p: float
    day: date | None
    low: date | None
    high: date | None


@dataclass(frozen=True, slots=True)
class LimitKept:
    """How a limit is kept from now on.

    Attributes:
        kept: of the replications in which it runs and is decided within the run, the share in which it is kept.
        runs: of all replications, the share in which it runs.
        missed: whether it was missed before the start.
    """

    kept: Estimate
    runs: Estimate
    missed: bool


@dataclass(frozen=True)
class Prospect:
    """What becomes of one case.

    Attributes:
        id: of the case; that of a case filed on the first day is its class.
        kind, stage, arrived: its class, and where it stands at the start.
        filed_today: whether it is filed on the first day, and not one of the docket.
        ends: the quantiles of the day on which the review ends.
        over: the share of replications in which it ends within the run.
        outcomes: the share of each way to end, of the replications in which it ends.
        limits: the statutory limits that ever run, by clock.
        all_kept: the share of replications in which no limit is missed from now on, nor was before.
    """

    id: str
    kind: str
    stage: str
    arrived: date
    filed_today: bool
    ends: tuple[EndDate, ...]
    over: Estimate
    outcomes: Mapping[str, Estimate]
    limits: Mapping[str, LimitKept]
    all_kept: Estimate

    @property
    def likeliest(self) -> str | None:
        """The most likely way to end; None where it never ended within the run."""
        if not self.outcomes:
            return None
        return max(self.outcomes, key=lambda each: self.outcomes[each].mean)


@dataclass(frozen=True)
class Forecast:
    """When the open cases of a docket will end, and one of each class that is filed on the first day.

    Attributes:
        scenario: with its docket.
        prospects: the open cases in the order of the docket, then those filed on the first day.
        start, end: the first day of the run, and the first day after the longest it may take.
        estimated: whether a day of the run rests on a schedule that is not published yet.
    """

    scenario: Scenario
    docket: Docket
    prospects: tuple[Prospect, ...]
    replications: int
    seed: int
    level: float
    start: date
    end: date
    calendar: str
    estimated: bool
    version: str = field(default="", compare=False)

    def __getitem__(self, name: str) -> Prospect:
        """Return the prospect of a case by its id, or of one filed on the first day by its class.

        Raises:
            InvalidInput: there is none.
        """
        known = {each.id: each for each in reversed(self.prospects)}
        if name not in known:
            raise InvalidInput(f'no open case "{name[:80]}"{nearest(name, known)}')
        return known[name]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON values; the schema is named in `schema`."""
        return {
            "schema": SCHEMA,
            "version": self.version,
            "scenario": self.scenario.id,
            "procedure": self.scenario.procedure.id,
            "readings": dict(self.scenario.readings),
            "docket": {
                "source": self.docket.source,
                "on": self.docket.on.isoformat(),
                "open": len(self.docket.cases),
                "over": self.docket.over,
                "coming": self.docket.coming,
                "later": self.docket.later,
                "remarks": list(self.docket.remarks),
            },
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "calendar": self.calendar,
            "estimated": self.estimated,
            "replications": self.replications,
            "seed": self.seed,
            "level": self.level,
            "cases": [_prospect_dict(each) for each in self.prospects],
        }


@dataclass(frozen=True, slots=True)
class _Fate:
    """What became of one case in one replication; `late` holds the clocks missed, `ran` those decided."""

    end: float
    outcome: str
    ran: frozenset[str]
    late: frozenset[str]


def forecast(  # noqa: PLR0913  (settings with names)
    scenario: Scenario,
    *,
    replications: int = 200,
    seed: int = 1,
    level: float = 0.95,
    properties: Sequence[Property] = (),
    progress: Callable[[int, int], None] | None = None,
    engine: Wanted = Engine.AUTO,
) -> Forecast:
    """Return when the open cases of a scenario's docket will end, and a case of each class filed on its first day.

    The cases filed on the first day stand behind the docket, before the arrivals of the scenario.

    Args:
        scenario: with the docket (`Scenario.beginning_with`), or empty.
        replications: how often; an interval needs about forty for the outer quantiles.
        seed: of the random numbers.
        level: of the intervals.
        properties: what watches every case.
        progress: is told after each replication how many are done, and of how many.
        engine: `auto`, `simpy` or `compiled`; the forecast does not depend on it.

    Raises:
        InvalidInput: an argument is out of its range, or the engine cannot be used.
        EngineError: see `simulate`.
    """
    if replications < 1:
        raise InvalidInput(f"replications = {replications}: at least 1 is needed")
    arriving = {name for each in scenario.arrivals for name, share in each.shares.items() if share}
    kinds = [each for each in scenario.classes if each.id in arriving]
    classes = tuple(sort for each in kinds for sort in each.sorts)
    start = Plan(replace(scenario, docket=None)).days.start
    docket = scenario.docket or Docket(source="", on=start, cases=())
    plan = Plan(replace(scenario, docket=replace(docket, filed=classes)), properties)
    count = len(docket.cases) + len(classes)
    fates: list[list[_Fate]] = [[] for _ in range(count)]
    logs = _logs(plan, seed, count, choose((scenario,), replications, engine).engine)
    for number in range(replications):
        log = logs(number)
        for case, fate in enumerate(_fates(log, scenario, count)):
            fates[case].append(fate)
        if progress is not None:
            progress(number + 1, replications)
    reader = _Reader(plan, level)
    filed = [_filed_today(name, plan) for name in classes]
    cases: list[OpenCase | _Filed] = [*docket.cases, *filed]
    prospects = [reader.prospect(each, fates[index]) for index, each in enumerate(cases)]
    from duecourse import __version__

    return Forecast(
        scenario=scenario,
        docket=docket,
        prospects=tuple(prospects),
        replications=replications,
        seed=seed,
        level=level,
        start=plan.days.start,
        end=plan.days.end,
        calendar=plan.days.calendar.id,
        estimated=any(_estimated(plan, each) for each in prospects),
        version=__version__,
    )


def _logs(plan: Plan, seed: int, count: int, engine: Engine) -> Callable[[int], Log]:
    """Return what gives the log of a replication up to where the first cases are over; of these alone, where that is faster."""
    if engine is Engine.SIMPY:
        return lambda number: Office(plan, seed, number, first=count).run()
    from duecourse.simulations.compiled import CompiledOffice

    office = CompiledOffice(plan)
    return lambda number: office.run(seed, number, first=count).of_first(count).log()


@dataclass(frozen=True, slots=True)
class _Filed:
    """A case that is filed on the first day."""

    id: str
    kind: str
    stage: str
    arrived: date
    breached: frozenset[str] = frozenset()


def _filed_today(name: str, plan: Plan) -> _Filed:
    return _Filed(name, name, plan.procedure.initial, plan.days.start)


def _estimated(plan: Plan, prospect: Prospect) -> bool:
    last = max((each.day for each in prospect.ends if each.day), default=plan.days.end)
    return plan.days.calendar.is_estimated(plan.days.start, last)


def _fates(log: Log, scenario: Scenario, count: int) -> list[_Fate]:
    """Return what became of the first cases of a log."""
    ways = outcomes(scenario)
    finals = {each.id for each in scenario.procedure.stages if each.final}
    ends = [math.inf] * count
    ended = [""] * count
    ran: list[set[str]] = [set() for _ in range(count)]
    late: list[set[str]] = [set() for _ in range(count)]
    for event in log.events:
        case = event.case
        if case >= count:
            continue
        if event.event == "step" and event.to in finals and ends[case] == math.inf:
            ends[case], ended[case] = event.time, ways.get((event.step, event.stage), "")
        elif event.event in {"lapse", "stop"}:
            ran[case].add(event.subject)
            if event.breach:
                late[case].add(event.subject)
    return [
        _Fate(ends[case], ended[case], frozenset(ran[case]), frozenset(late[case]))
        for case in range(count)
    ]


class _Reader:
    """From what became of the cases to what is said of them."""

    def __init__(self, plan: Plan, level: float) -> None:
        self.plan, self.level = plan, level

    def prospect(self, case: OpenCase | _Filed, fates: Sequence[_Fate]) -> Prospect:
        missed = case.breached
        over = [each for each in fates if each.end < math.inf]
        counts = Counter(each.outcome for each in over)
        kept = sum(not each.late and not missed for each in fates)
        clocks = [each.id for each in self.plan.procedure.clocks]
        return Prospect(
            id=case.id,
            kind=case.kind,
            stage=case.stage,
            arrived=case.arrived,
            filed_today=isinstance(case, _Filed),
            ends=tuple(self.end(p, [each.end for each in fates]) for p in QUANTILES),
            over=share(len(over), len(fates), self.level),
            outcomes={
                each.id: share(counts[each.id], len(over), self.level)
                for each in self.plan.procedure.outcomes
                if counts[each.id]
            },
            limits={
                clock: LimitKept(
                    share(ran - late, ran, self.level),
                    share(ran, len(fates), self.level),
                    clock in missed,
                )
                for clock in clocks
                for ran in [sum(clock in each.ran for each in fates)]
                for late in [sum(clock in each.late for each in fates)]
                if ran
            },
            all_kept=share(kept, len(fates), self.level),
        )

    def end(self, p: float, ends: Sequence[float]) -> EndDate:
        """Return a quantile of the ends with its interval between two order statistics."""
        from scipy.stats import binom

        ordered, count = sorted(ends), len(ends)
        at = min(floor(p * count), count - 1)
        tail = (1 - self.level) / 2
        low = int(binom.ppf(tail, count, p)) - 1
        high = int(binom.ppf(1 - tail, count, p))
        return EndDate(
            p,
            self.day(ordered[at]),
            self.day(ordered[low]) if low >= 0 else None,
            self.day(ordered[high]) if high < count else None,
        )

    def day(self, time: float) -> date | None:
        return None if time == math.inf else self.plan.days.date(floor(time))


def share(part: int, whole: int, level: float) -> Estimate:
    """Return a share of independent trials with its exact binomial interval (Clopper, Pearson 1934).

    >>> found = share(0, 10, 0.95)
    >>> found.mean, round(found.high, 3)
    (0.0, 0.308)
    """
    if not whole:
        return Estimate(math.nan, math.nan, math.nan, 0, level)
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = float(betaincinv(part, whole - part + 1, tail)) if part else 0.0
    high = float(betaincinv(part + 1, whole - part, 1 - tail)) if part < whole else 1.0
    return Estimate(part / whole, low, high, whole, level)


def _prospect_dict(each: Prospect) -> dict[str, Any]:
    return {
        "case": None if each.filed_today else each.id,
        "class": each.kind,
        "stage": each.stage,
        "arrived": each.arrived.isoformat(),
        "filed_today": each.filed_today,
        "end": {
            f"q{round(end.p * 100)}": {
                key: None if day is None else day.isoformat()
                for key, day in (("day", end.day), ("low", end.low), ("high", end.high))
            }
            for end in each.ends
        },
        "over": each.over.to_dict(),
        "likeliest": each.likeliest,
        "outcomes": {name: found.to_dict() for name, found in each.outcomes.items()},
        "limits": {
            name: {"kept": kept.kept.to_dict(), "runs": kept.runs.to_dict(), "missed": kept.missed}
            for name, kept in each.limits.items()
        },
        "all_kept": each.all_kept.to_dict(),
    }
