"""Random cases for Hypothesis: a state machine built from the same model that the checker explores.

Needs the `test` extra. Nothing in the command line imports this module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from duecourse.model.compile import compile_table
from duecourse.model.machine import CaseMachine
from duecourse.properties.ensemble import looked_at, watchable
from duecourse.properties.explore import Exploration
from duecourse.properties.monitor import Watch
from duecourse.properties.nearness import Nearness

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from duecourse.model.procedure import Procedure
    from duecourse.properties.property import Property


class ViolatedPropertyError(AssertionError):
    """A random case violated a property; the message tells the case."""


def case_machine(
    procedure: Procedure,
    properties: Iterable[Property],
    readings: Mapping[str, str] | None = None,
) -> type[RuleBasedStateMachine]:
    """Return a Hypothesis state machine that drives random cases of a procedure and watches properties.

    A case heads for a step drawn from all that can happen, those that the properties name first, and for another one
    when it is there; three steps in four bring it nearer, the others are any that are enabled. Each is taken on the
    live machine (`transitions`) and on the table, which must agree. Run it with `run_state_machine_as_test`.

    Args:
        procedure: whose cases these are.
        properties: what is watched; properties without a monitor are ignored.
        readings: options by reading; defaults for the others.
    """
    watched = watchable(tuple(properties))
    table = compile_table(procedure, readings, observed=looked_at(watched, procedure))
    bound = [(each, each.monitor.bind(table)) for each in watched if each.monitor is not None]
    nearness = Nearness(Exploration(table))
    possible = nearness.possible

    named = sorted({name for each in watched for name in each.names} & {*possible})
    goals = (
        st.sampled_from(named) | st.sampled_from(possible) if named else st.sampled_from(possible)
    )

    class RandomCase(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.packed = table.initial[0]
            self.machine = CaseMachine(procedure, readings)
            self.watches: list[tuple[Property, Watch]] = []
            self.story: list[str] = []
            self.goal: str | None = None

        @initialize(packed=st.sampled_from(table.initial))
        def begin(self, packed: int) -> None:
            self.packed = packed
            self.machine.load(table.unpack(packed))
            self.watches = [(each, Watch(watching)) for each, watching in bound]

        @rule(data=st.data())
        def step(self, data: st.DataObject) -> None:
            moves = {taken.step: (taken, to) for taken, to in table.moves(self.packed)}
            if not moves:
                return
            if self.goal is None or self.packed not in nearness.to(self.goal):
                self.goal = data.draw(goals, label="goal")
            near = nearness.to(self.goal)
            here = near.get(self.packed, 0)
            nearer = [
                name
                for name, (_, to) in moves.items()
                if near.get(to, here) < here or name == self.goal
            ]
            hurried = nearer and data.draw(st.integers(0, 3), label="hurry") < 3  # noqa: PLR2004  (three times in four)
            taken = data.draw(st.sampled_from(nearer if hurried else list(moves)), label="step")
            self.machine.take(taken)
            rule_taken, self.packed = moves[taken]
            self.goal = None if taken == self.goal else self.goal
            self.story.append(taken)
            note(f"{len(self.story):>3}  {taken}")
            self.agree()
            for each, watch in self.watches:
                watch.take(rule_taken, self.packed)
                if watch.violated:
                    steps = "\n".join(
                        f"{n:>4}  {name}" for n, name in enumerate(self.story, start=1)
                    )
                    raise ViolatedPropertyError(f"{each.id} is violated by this case:\n{steps}")

        def agree(self) -> None:
            """The live machine and the table are in the same configuration."""
            values = {**self.machine.values, "stage": self.machine.stage}
            assert table.pack(values) == self.packed, f"machine and table differ after {self.story}"

    RandomCase.__name__ = f"RandomCase_{procedure.id.replace('-', '_').replace('+', '_')}"
    return RandomCase
