"""What happened in a run, event by event; every statistic is computed from it afterwards."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING, Any, NamedTuple

from duecourse.simulations.frames import to_arrow, to_pandas

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from typing import TextIO

    import pandas as pd
    import pyarrow as pa

    from duecourse.simulations.days import Days

COLUMNS = (
    "replication",
    "case",
    "class",
    "time",
    "date",
    "event",
    "actor",
    "step",
    "stage",
    "to",
    "activity",
    "subject",
    "value",
    "breach",
    "late",
)


class Event(NamedTuple):
    """One line of the log.

    Attributes:
        case: the number of the case, in the order of arrival; those of the docket come first.
        kind: its class, followed by the values of its attributes where the class has some: `listing.finance`.
        time: in working days since the start of the run; it belongs to day floor(time).
        event: `arrival`; `docket` for a case that is open at the start; `step`; `lapse` of a clock; `stop` of a clock; `late` for a reply after its
            panel closed; of work in a pool `ask`, `start`, `finish`, `interrupt` where its members left it for
            other work, and `drop` where the case left.
        actor: who took the step.
        step: the step.
        stage, to: the stage before and after.
        activity: what the work belongs to.
        subject: the clock, the pool, or the member who replied; of `docket`, the id of the case there.
        value: of `docket`, the working days since its arrival; of `start` and `interrupt`, the effort in person-days of each member that is left; of `stop`, the working days past the due date.
        breach: whether the time limit was missed: on `lapse` and `stop`.
        late: whether a reply came after its panel had closed; it does not count.
    """

    case: int
    kind: str
    time: float
    event: str
    actor: str
    step: str
    stage: str
    to: str
    activity: str
    subject: str
    value: float
    breach: bool
    late: bool


@dataclass(frozen=True)
class Log:
    """The events of one replication, in the order in which they happened.

    Attributes:
        past: the steps that open cases had taken before the start, each with its date, which may be a day off; they are
            written first, as events called `past`, at an instant before 0.
    """

    replication: int
    days: Days
    events: tuple[Event, ...]
    past: tuple[tuple[Event, dt.date], ...] = ()

    def columns(self) -> dict[str, list[Any]]:
        """Return the log as columns, by the names in `COLUMNS`."""
        return dict(zip(COLUMNS, map(list, zip(*self._rows(), strict=True)), strict=False)) or {
            name: [] for name in COLUMNS
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return the log as a table of pandas, one row for each event.

        Raises:
            InvalidInput: pandas is not installed.
        """
        return to_pandas(self.columns())

    def to_arrow(self) -> pa.Table:
        """Return the log as a table of Arrow, one row for each event.

        Raises:
            InvalidInput: pyarrow is not installed.
        """
        return to_arrow(self.columns())

    def write_csv(self, file: TextIO, *, header: bool = True) -> None:
        """Write the log as CSV; the same run gives the same bytes."""
        writer = csv.writer(file, lineterminator="\n")
        if header:
            writer.writerow(COLUMNS)
        for row in self._rows():
            time, value = row[3], row[12]
            writer.writerow(
                (*row[:3], f"{time:.5f}", *row[4:12], f"{value:.5f}", *map(int, row[13:]))
            )

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        replication, date = self.replication, self.days.date
        for (case, kind, time, *rest), on in self.past:
            yield replication, case, kind, time, on.isoformat(), *rest
        for case, kind, time, *rest in self.events:
            yield replication, case, kind, time, date(floor(time)).isoformat(), *rest
