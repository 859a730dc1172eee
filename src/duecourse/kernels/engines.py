"""The compiled engines, as they are called; what they do is in `office` and `recursion`, which only compiling them loads."""

from __future__ import annotations

from duecourse.kernels.memory import Course, Rules, State, nothing
from duecourse.kernels.native import Native

engine = Native("duecourse.kernels.office", nothing(Rules), nothing(State))
"""The engine: `engine(rules, state)` works on until the run is over or something is missing, and says which."""

recursion = Native(
    "duecourse.kernels.recursion", nothing(Rules), nothing(State), nothing(Course), 0, 0
)
"""The recursion: `recursion(rules, state, course, how, counted)`; `counted` is the end of the warm-up in ticks."""
