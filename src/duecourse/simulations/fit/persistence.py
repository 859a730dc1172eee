"""Whether a member that objected in the first round of a case objects again in the second."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duecourse.simulations.fit.data import PanelCase


@dataclass(frozen=True, slots=True)
class Persistence:
    """The second replies of members that were asked in both rounds of a case.

    Attributes:
        cases: how many had two rounds with named members.
        again, objected: of so many that had objected, so many objected again.
        anew, silent: of so many that had not, so many objected in the second round.
        odds_ratio, low, high: within cases; not numbers where no case tells them apart.
    """

    cases: int
    again: int
    objected: int
    anew: int
    silent: int
    odds_ratio: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float | int | None]:
        """Return it as JSON values; what is not a number is null."""
        return {
            key: None if isinstance(value, float) and not math.isfinite(value) else value
            for key, value in asdict(self).items()
        }


def persistence(first: Iterable[PanelCase], later: Iterable[PanelCase]) -> Persistence | None:
    """Return what second rounds tell; None where no case has two with named members.

    The odds ratio is that of Mantel and Haenszel over cases, so that what the members of a case
    share is not taken for memory; its 95 % interval is that of Robins, Breslow and Greenland
    (Biometrics 42, 1986, 311-323).
    """
    second = {case.case: case for case in later if case.round == 2 and case.members}  # noqa: PLR2004
    totals = [0, 0, 0, 0]
    r = s = pr = cross = qs = 0.0
    cases = 0
    for case in first:
        other = second.get(case.case)
        both = case.members & other.members if other else frozenset()
        if other is None or not both:
            continue
        cases += 1
        before, after = case.objectors & both, other.objectors & both
        a, b = len(before & after), len(before - after)
        c, d = len(after - before), len(both - before - after)
        totals = [x + y for x, y in zip(totals, (a, b, c, d), strict=True)]
        n = len(both)
        p, q, ri, si = (a + d) / n, (b + c) / n, a * d / n, b * c / n
        r, s = r + ri, s + si
        pr, cross, qs = pr + p * ri, cross + p * si + q * ri, qs + q * si
    if not cases:
        return None
    a, b, c, d = totals
    ratio = low = high = math.nan
    if r > 0 and s > 0:
        ratio = r / s
        error = math.sqrt(pr / (2 * r * r) + cross / (2 * r * s) + qs / (2 * s * s))
        spread = math.exp(1.959963984540054 * error)  # the 97.5 % quantile of the normal law
        low, high = ratio / spread, ratio * spread
    return Persistence(cases, a, a + b, c, c + d, ratio, low, high)
