"""Model (b) by hand in SimPy as the recursion computes it: one event for each consultation, the last of thirteen replies.

python by_hand_maximum.py RUNS DAYS SEED
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import by_hand

if TYPE_CHECKING:
    from by_hand import Life


class Office(by_hand.Office):
    """One run."""

    def consultation(self) -> Life:
        """Wait for the last reply."""
        draw = self.random.lognormvariate
        yield self.environment.timeout(
            max(draw(*by_hand.REPLY) for _ in range(by_hand.DEPARTMENTS))
        )


if __name__ == "__main__":
    by_hand.Office = Office  # type: ignore[misc]
    by_hand.main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
