"""Where a simulated case stands, and every step it takes: all without knowing how time is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.simulations.log import Event
from duecourse.simulations.randomness import uniform_of

if TYPE_CHECKING:
    from duecourse.simulations.clocks import Clocks
    from duecourse.simulations.opening import Opening
    from duecourse.simulations.panels import Panels
    from duecourse.simulations.plan import Kind, Move, Task
    from duecourse.simulations.pools import Desk
    from duecourse.simulations.process import Office

OURS = "this is an error of duecourse, not of the scenario: please report it with the scenario"


class EngineError(RuntimeError):
    """The engine did what it must never do: an error of duecourse, not of the scenario."""


class Standing:
    """One case: its stage and facts (packed), its clocks, its panels, its line in the log.

    Every step goes through the table, so that a case cannot take one that the law does not allow.
    """

    clocks: Clocks
    panels: Panels
    carried: set[Desk]

    def __init__(self, office: Office, kind: Kind, number: int, key: int) -> None:
        self.office, self.kind, self.number, self.key = office, kind, number, key
        plan = office.plan
        self.moves = plan.moves
        self.packed = kind.first
        self.stage = plan.procedure.initial
        self.over = False
        self.watched: int | None = 0
        self.counts: dict[int, int] = {}

    def stand(self, opening: Opening) -> None:
        """Stand where an open case stands at the start."""
        self.packed, self.stage, self.watched = opening.packed, opening.stage, opening.watched

    def may(self, step: str) -> bool:
        """Return whether the law allows a step now."""
        return self.moves.move(self.packed, step) is not None

    def take_in_turn(self, steps: tuple[str, ...]) -> bool:
        """Take steps in order; return whether one led to another stage, which ends the list."""
        stage = self.stage
        for step in steps:
            self.take(step)
            if self.stage != stage:
                return True
        return False

    def take(self, step: str, *, subject: str = "") -> None:
        """Take a step of one's own."""
        move = self.moves.move(self.packed, step)
        if move is None:
            where = f'"{step}" is not allowed in "{self.stage}"'
            raise EngineError(f"case {self.number}, day {self.office.now:g}: {where}; {OURS}")
        self.enter(move, subject=subject)

    def enter(self, move: Move, *, subject: str = "") -> None:
        """Do everything that a step does: to the configuration, the clocks, the panels, the log."""
        step = move.rule.step
        before = self.stage
        self.packed, self.stage = move.target, move.stage
        self.note("step", actor=self.kind.actors[step], step=step, stage=before, subject=subject)
        ensemble = self.office.plan.ensemble
        if ensemble.ids and self.watched is not None:
            actor = self.kind.actors[step]
            self.watched, violated = ensemble.step(self.watched, move.rule, move.target, actor)
            if violated:
                what = f'"{step}" violates the property {violated}'
                raise EngineError(f"case {self.number}, day {self.office.now:g}: {what}; {OURS}")
        if move.ends:
            self.over = True
            self.office.ended(self.number)
        if move.timed:
            self.clocks.apply(move)
        if self.stage != before and self.carried:
            self.leave_hands()
        if move.closes or move.opens or move.ends or move.resumes:
            self.panels.apply(move)

    def leave_hands(self) -> None:
        """Leave the hands of those who carry the file."""
        raise NotImplementedError

    def note(  # noqa: PLR0913  (one for each column that may differ)
        self,
        event: str,
        *,
        actor: str = "",
        step: str = "",
        stage: str | None = None,
        activity: str = "",
        subject: str = "",
        value: float = 0.0,
        breach: bool = False,
        late: bool = False,
    ) -> None:
        """Write a line of the log."""
        stage = self.stage if stage is None else stage
        self.office.events.append(
            Event(
                self.number,
                self.kind.id,
                self.office.now,
                event,
                actor,
                step,
                stage,
                self.stage,
                activity,
                subject,
                value,
                breach,
                late,
            )
        )

    # --- chance -----------------------------------------------------------------------------------

    def draw(self, purpose: int) -> float:
        """Return the number for a purpose; each time the case asks for it, another."""
        count = self.counts.get(purpose, 0)
        self.counts[purpose] = count + 1
        return uniform_of(self.key, purpose, count)

    def decide(self, task: Task) -> str:
        """Return the step that chance decides for."""
        assert task.choose is not None
        u, reached = self.draw(task.choice), 0.0
        for step, share in task.choose:
            reached += share
            if u < reached:
                return step
        return task.choose[-1][0]
