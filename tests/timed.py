"""Small random procedures in which days count: chains of stages with clocks, extensions, suspensions, loops and readings.

What `tests.strategies` draws has every kind of element, and hardly ever a working day. These have little else.
"""

from itertools import pairwise
from random import Random
from typing import Any

from tests.strategies import LABEL, read_tables

from duecourse.model.procedure import Procedure

Table = dict[str, Any]


def timed(seed: int) -> Procedure:
    """Return a procedure: evenly drawn, for what Hypothesis draws by itself is mostly smaller than any mistake."""
    return read_tables(_Timed(Random(seed)).tables())


class _Timed:
    """One procedure while it is drawn."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.stages = [f"s{i}" for i in range(chance.randint(2, 4))]
        self.readings = {f"reading{i}": chance.randint(2, 3) for i in range(chance.randint(1, 2))}
        self.steps: list[Table] = []

    def tables(self) -> Table:
        names = [*self.stages, "f"]
        for source, target in pairwise(names):
            self.step(source, target, self.of_readings(0.2) if source != "s0" else "true")
            if self.chance.random() < 0.3:  # another way to the same stage
                self.step(source, target, self.of_readings(0.5))
        if self.chance.random() < 0.3:  # straight to the end
            self.step(self.chance.choice(self.stages), "f", self.of_readings(0.5))
        if self.chance.random() < 0.4:  # and back: once, or for ever
            back = self.chance.choice(self.stages)
            self.again(back, self.chance.choice(self.stages[: self.stages.index(back) + 1]))
        extending = [
            self.again(self.chance.choice(self.stages), "")
            for _ in range(self.chance.randint(0, 1))
        ]
        holding = self.chance.random() < 0.4
        if holding:
            stage = self.chance.choice(self.stages)
            self.step(stage, "", f"not hold.active and {self.of_readings(0.3)}", "pause")
            self.step(stage, "", "hold.active", "resume")
        clocks = [self.clock(i, extending) for i in range(self.chance.randint(1, 2))]
        ending = [each["id"] for each in self.steps if each["to"] == ["f"]]
        return {
            "procedure": {
                "id": "timed", "label": LABEL, "text": LABEL, "initial": "s0",
                "measured_from": [self.steps[0]["id"]], "calendar": "prc",
            },
            "article": [{"id": "1", "label": LABEL, "mark": "Q"}],
            "actor": [{"id": "office", "label": LABEL}],
            "stage": [{"id": each, "label": LABEL, "final": each == "f"} for each in names],
            "fact": [{"id": "once", "label": LABEL, "initial": False}],
            "reading": [
                {
                    "id": name, "ref": f"R{i}", "question": LABEL, "cites": ["1"],
                    "options": [{"id": f"{name}_{j}", "label": LABEL} for j in range(count)],
                }
                for i, (name, count) in enumerate(self.readings.items(), start=1)
            ],
            "step": self.steps,
            "clock": clocks,
            "suspension": [self.suspension(clocks)] if holding else [],
            "outcome": [{"id": "over", "label": LABEL, "by": ending}],
        }  # fmt: skip

    def of_readings(self, often: float) -> str:
        """Return a condition on readings, or, less often, that there is none."""
        if self.chance.random() >= often:
            return "true"
        name = self.chance.choice(sorted(self.readings))
        return f"{name} {self.chance.choice(('==', '!='))} {name}_{self.chance.randrange(self.readings[name])}"

    def step(self, source: str, target: str, when: str, name: str = "") -> str:
        """Add a step; without a target it stays where it is."""
        found = name or f"step{len(self.steps)}"
        to = [target] if target else []
        self.steps.append(
            {
                "id": found,
                "label": LABEL,
                "actor": "office",
                "from": [source],
                "to": to,
                "when": when,
            }
        )
        return found

    def again(self, source: str, target: str) -> str:
        """Add a step that can be taken once, or, less often, again and again."""
        found = self.step(source, target, self.of_readings(0.4))
        if self.chance.random() < 0.7:
            self.steps[-1]["when"] += " and not once"
            self.steps[-1]["do"] = ["once = true"]
        return found

    def occasions(self, count: int) -> list[Table]:
        steps = self.chance.sample([each["id"] for each in self.steps], min(count, len(self.steps)))
        return [{"step": each, "when": self.of_readings(0.4)} for each in steps]

    def clock(self, index: int, extending: list[str]) -> Table:
        found: Table = {
            "id": f"clock{index}", "label": LABEL, "cites": ["1"], "binds": "office",
            "limit": f"{self.chance.randint(1, 4)} working days",
            "starts": self.occasions(self.chance.randint(1, 2)),
            "stops": self.occasions(self.chance.randint(1, 2)),
        }  # fmt: skip
        if index == 0 and self.chance.random() < 0.7:
            found["starts"] = [self.steps[0]["id"]]
        if extending and self.chance.random() < 0.6:
            by = self.chance.choice(["1 working day", "2 working days", "unlimited"])
            found["extensions"] = [{"step": extending[0], "by": by, "when": self.of_readings(0.4)}]
        if index == 0 and self.chance.random() < 0.3:
            found["on_lapse"] = [{"step": self.steps[-1]["id"], "when": self.of_readings(0.5)}]
        return found

    def suspension(self, clocks: list[Table]) -> Table:
        stopped = [{"clock": each["id"], "when": self.of_readings(0.4)} for each in clocks]
        return {
            "id": "hold",
            "label": LABEL,
            "begins": ["pause"],
            "ends": ["resume"],
            "stops": stopped,
        }
