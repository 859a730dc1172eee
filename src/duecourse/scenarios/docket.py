"""The open cases with which a simulation begins, as values: where the law has each of them on the first day."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duecourse.model.procedure import Place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from duecourse.model.clocks import Run
    from duecourse.model.procedure import Value
    from duecourse.scenarios.scenario import Activity


@dataclass(frozen=True, slots=True)
class Taken:
    """A step of the past.

    Attributes:
        stage: the stage it led to.
        actor: who took it; empty where several may have.
        by_law: whether the law took it at a lapse.
    """

    step: str
    on: date
    stage: str
    actor: str = ""
    by_law: bool = False


@dataclass(frozen=True, slots=True)
class OpenRound:
    """A round of an open panel.

    Attributes:
        number: which round of the panel it is.
        opened: the day on which the members were asked.
        replies: how many were given by each step.
        silent: of each class of members the units that have not replied, where every reply was given by name.
    """

    number: int
    opened: date
    replies: Mapping[str, int]
    silent: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a case stands among the activities of its stage.

    Attributes:
        index: the number of the activity.
        rest: what is left of it.
        again: how often it may still happen after this time.
        begun: whether it is under way: then it is not left to chance whether it happens.
        since: the day of the last of the steps that begin it; None where it has none, or they are not all taken.
    """

    index: int
    rest: Activity
    again: int = 0
    begun: bool = False
    since: date | None = None


@dataclass(frozen=True, kw_only=True)
class OpenCase:
    """One open case as it stands at the beginning of the first day.

    Attributes:
        kind: its class, with the values of its attributes where it has some: `listing.finance`.
        arrived: the day from which its duration is counted.
        entered: the day on which it entered its stage.
        first, values: the stage and every variable, by name, at its beginning and now.
        taken: its steps, in order; empty where an earlier text governed its beginning.
        running, active: its clocks and suspensions.
        breached: the clocks that run although their limit is over.
        rounds: the open panels.
        said: by panel and number of the round, which step each member replied by, of those who are named: the class of
            members, its name in English.
        position: where it stands in its stage.
        asked, begun: the day on which its activity was asked for and begun, where known.
    """

    id: str
    kind: str
    arrived: date
    entered: date
    first: Mapping[str, Value]
    values: Mapping[str, Value]
    taken: tuple[Taken, ...]
    running: Mapping[str, Run]
    active: Mapping[str, date]
    breached: frozenset[str]
    rounds: Mapping[str, OpenRound]
    said: Mapping[tuple[str, int], Mapping[tuple[str, str], str]]
    position: Position
    asked: date | None = None
    begun: date | None = None
    place: Place = field(default=Place(), compare=False, repr=False)

    @property
    def stage(self) -> str:
        """Where it stands."""
        return str(self.values["stage"])


@dataclass(frozen=True)
class Docket:
    """The open cases of one day.

    Attributes:
        source: where they were read from.
        on: the day at whose beginning they stand so.
        cases: in the order of arrival, then of their ids.
        over: how many cases of the source were over by then.
        coming: how many began on that day or later.
        later: how many rows of the source are dated on that day or later.
        remarks: what else was noticed.
        filed: classes of which one case more is filed on that day.
    """

    source: str
    on: date
    cases: tuple[OpenCase, ...]
    over: int = 0
    coming: int = 0
    later: int = 0
    remarks: tuple[str, ...] = ()
    filed: tuple[str, ...] = ()
