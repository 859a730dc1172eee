"""Who has replied: the rounds of each panel, with the members by name where they are named."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duecourse.model.case import ALL_OUTSTANDING, member_named
from duecourse.model.case_report import Round

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from duecourse.model.case import Event
    from duecourse.model.course import Course
    from duecourse.model.procedure import Actor, Label, Panel, Step
    from duecourse.model.table import Rule


@dataclass(slots=True)
class _Round:
    """One round: its number, the day it was opened, how many replied by each step, and who when, of those who are named."""

    number: int
    opened: date
    given: dict[str, int] = field(default_factory=dict)
    replied: dict[tuple[str, str], date] = field(default_factory=dict)
    said: dict[tuple[str, str], str] = field(default_factory=dict)


class Rounds:
    """The rounds of each panel that was opened; `latest` has the last of each."""

    def __init__(self) -> None:
        self.latest: dict[str, _Round] = {}
        self.earlier: list[tuple[str, _Round]] = []

    def all(self) -> Iterator[tuple[str, _Round]]:
        """Yield every round with its panel."""
        yield from self.earlier
        yield from self.latest.items()

    def open(self, rule: Rule, day: date) -> None:
        """Begin a new round of every panel that a step opens."""
        for op in rule.ops:
            if op.kind == "open":
                before = self.latest.get(op.name)
                if before is not None:
                    self.earlier.append((op.name, before))
                self.latest[op.name] = _Round(before.number + 1 if before else 1, day)

    def members(self, event: Event, step: Step, course: Course) -> list[Label | None]:
        """Return the members whose replies an event reports; None for one that is not named."""
        assert step.reply is not None
        units = course.procedure.actor[step.actors[0]]
        if event.members != (ALL_OUTSTANDING,):
            return [member_named(units, name) for name in event.members] or [None]
        pending = int(course.machine.values[f"{step.reply.panel}.pending.{units.id}"])
        names = self.silent(step.reply.panel, units)
        return [*names] if len(names) == pending else [None] * max(pending, 1)

    def silent(self, panel: str, units: Actor) -> list[Label]:
        """Return the units that have not replied in the latest round, as far as replies were named."""
        replied = self.latest[panel].replied if panel in self.latest else {}
        return [each for each in units.members if (units.id, each.en) not in replied]

    def replied(self, panel: str, units: Actor, member: Label) -> date | None:
        """Return when a member replied in the latest round, None where it has not."""
        found = self.latest.get(panel)
        return found.replied.get((units.id, member.en)) if found else None

    def record(self, step: Step, units: Actor, member: Label | None, day: date) -> None:
        """Note that a member has replied, by name if it is named."""
        assert step.reply is not None
        panel = step.reply.panel
        if panel in self.latest:
            given = self.latest[panel].given
            given[step.id] = given.get(step.id, 0) + 1
        if member is not None:
            self.latest[panel].replied[units.id, member.en] = day
            self.latest[panel].said.setdefault((units.id, member.en), step.id)

    def report(self, course: Course) -> Iterator[Round]:
        """Yield each panel as it was last consulted."""
        for panel in course.procedure.panels:
            if panel.id in self.latest:
                yield self._round(panel, course)

    def _round(self, panel: Panel, course: Course) -> Round:
        values, latest = course.machine.values, self.latest[panel.id]
        pending = {
            actor: int(values[f"{panel.id}.pending.{actor}"])
            for actor in dict.fromkeys(each.actor for each in panel.electorate)
        }
        outstanding: list[Label] = []
        for actor, count in pending.items():
            names = self.silent(panel.id, course.procedure.actor[actor])
            if len(names) == count:
                outstanding += names
        return Round(
            panel=panel,
            number=latest.number,
            opened=latest.opened,
            open=bool(values[f"{panel.id}.open"]),
            asked=int(values[f"{panel.id}.asked"]),
            pending=sum(pending.values()),
            counts={value: int(values[f"{panel.id}.{value}"]) for value in panel.replies},
            outstanding=tuple(outstanding),
        )
