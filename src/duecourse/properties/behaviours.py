"""The behaviours under all readings that properties are checked against, each explored once, for several threads."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, Generic, TypeVar

from duecourse.model.featured import compile_featured
from duecourse.model.reading_set import TooManyError
from duecourse.properties.clocked_table import with_clocks
from duecourse.properties.family import Family
from duecourse.properties.monitor import observed
from duecourse.properties.property import Kind
from duecourse.properties.readings_terms import Times

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from duecourse.model.procedure import Procedure
    from duecourse.properties.property import Property

TIMES = (Kind.WITHIN, Kind.AT_MOST)
"""The kinds of claims about working days."""

Sought = TypeVar("Sought")


class Behaviours:
    """The behaviours of a procedure under all readings. What there is too much of is not begun again for each property.

    Args:
        procedure: whose.
        properties: the claims that will be asked.
        fixed: options of readings that are held; all the others range over all their options.
        limit: after how many configurations the search gives up.
    """

    def __init__(
        self,
        procedure: Procedure,
        properties: tuple[Property, ...],
        fixed: Mapping[str, str],
        limit: int,
    ) -> None:
        self.procedure, self.properties = procedure, properties
        self.fixed, self.limit = fixed, limit
        self._once_family, self._once_clocked = Once(self._family), Once(self._clocked)
        self._once_times: dict[frozenset[str], Once[Times]] = {
            each.without: Once(self._times(each.without))
            for each in properties
            if each.kind in TIMES
        }

    @property
    def explored(self) -> Family | None:
        """The behaviours, if they were explored and are not too many."""
        return self._once_family.known

    @property
    def family(self) -> Family:
        """The behaviours, with every step, where a lapse may happen at any time.

        Raises:
            TooManyError: there are too many.
        """
        return self._once_family.get()

    @property
    def clocked(self) -> Family:
        """The behaviours in time.

        Raises:
            TooManyError: there are too many.
        """
        return self._once_clocked.get()

    def times(self, without: frozenset[str]) -> Times:
        """Return the working days where some steps are left out.

        Raises:
            TooManyError: the behaviours are too many.
        """
        return self._once_times[without].get()

    def _family(self) -> Family:
        monitors = [each.monitor for each in self.properties if each.monitor is not None]
        table = compile_featured(self.procedure, observed=observed(monitors, self.procedure))
        return Family(table, self.fixed, self.limit)

    def _clocked(self) -> Family:
        return Family(with_clocks(self.family.table), self.fixed, self.limit)

    def _times(self, without: frozenset[str]) -> Callable[[], Times]:
        timed = [each for each in self.properties if each.kind in TIMES and each.without == without]
        return lambda: Times(self.procedure, timed, self.fixed, self.limit)


class Once(Generic[Sought]):
    """Something that is made when it is first asked for, by one thread while the others wait, and kept: also that it is too much."""

    def __init__(self, make: Callable[[], Sought]) -> None:
        self.make, self.lock = make, RLock()
        self.known: Sought | None = None
        self.error: TooManyError | None = None

    def get(self) -> Sought:
        """Return it.

        Raises:
            TooManyError: it is too much.
        """
        with self.lock:
            if self.error is not None:
                raise TooManyError(*self.error.args)
            if self.known is None:
                try:
                    self.known = self.make()
                except TooManyError as error:
                    self.error = error
                    raise
            return self.known
