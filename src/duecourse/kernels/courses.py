"""What stands where in the arrays of the departure recursion (`duecourse.kernels.memory.Course`)."""

from __future__ import annotations

# what a place of a course is
TOLD, VISIT, PAUSE, ODDS, WAYS, MEETS, ASKS, OVER, ENDS = range(9)

# the columns of a place; what A to D mean depends on the kind, and QUIET is the next place at which something is decided
KIND, NEXT, QUIET, LAW, PURPOSE, COUNT, A, B, C, D, COLUMNS = range(11)

# how much is told: when cases come and end; the lines from which indicators are computed; every line
TIMES, LINES, LOG = range(3)

# the columns of a visit that is asked for
WHEN, WHOSE, WHERE, KEY, VISIT_COLUMNS = range(5)

# the columns of a pool in a run
BUSY, CREW, CHANGE, LAST_CHANGE, SINCE, GROUP, POOL_COLUMNS = range(7)
