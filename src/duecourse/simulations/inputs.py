"""What a replication depends on, as text and as a hash: the name under which a store keeps it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from enum import Enum
from hashlib import sha256
from typing import TYPE_CHECKING

from duecourse.simulations.gather import days_of

if TYPE_CHECKING:
    from duecourse.scenarios.scenario import Scenario

SEMANTICS = 2
"""Which log and which indicators the same inputs give.

Whoever changes that, in whatever engine, raises it: what older versions left in a store is then made anew instead of
being mixed in.
"""


@dataclass(frozen=True)
class Inputs:
    """Everything on which the replications of a scenario depend.

    Attributes:
        about: what a person calls it: scenario, procedure, seed and so on.
        text: all of it, as canonical JSON.
    """

    about: dict[str, str | int | float]
    text: str

    @property
    def key(self) -> str:
        """The SHA-256 of the text."""
        return sha256(self.text.encode()).hexdigest()


def inputs(scenario: Scenario, seed: int) -> Inputs:
    """Return the inputs of a scenario: its values, procedure, readings and calendar, and the seed.

    The properties that watch are none of them: they stop a run or leave its log as it is. Nor are notes, sources and places.
    """
    about: dict[str, str | int | float] = {
        "scenario": scenario.id,
        "label": scenario.label.en,
        "procedure": scenario.procedure.id,
        "start": scenario.start.isoformat(),
        "years": scenario.years,
        "warm_up": scenario.warm_up,
        "seed": seed,
        "semantics": SEMANTICS,
    }
    whole = {
        "semantics": SEMANTICS,
        "seed": seed,
        "scenario": canonical(_bare(scenario)),
        "calendar": canonical(days_of(scenario).calendar),
    }
    return Inputs(about, json.dumps(whole, ensure_ascii=False, separators=(",", ":")))


def _bare(scenario: Scenario) -> Scenario:
    """Return a scenario without the words on where its numbers and its docket come from."""
    docket = scenario.docket
    bare = None if docket is None else replace(docket, source="", remarks=())
    return replace(scenario, notes=(), docket=bare)


def canonical(value: object) -> object:
    """Return a value as JSON that is the same for equal values, and different for others.

    Raises:
        TypeError: a part of it has no such form.
    """
    found: object
    match value:
        case Enum():
            found = [type(value).__name__, value.value]
        case float() if value.is_integer():
            found = int(value)
        case None | str() | int() | float():
            found = value
        case date():
            found = ["date", value.isoformat()]
        case Mapping():
            found = ["map", [[canonical(key), canonical(each)] for key, each in value.items()]]
        case tuple() | list():
            found = [canonical(each) for each in value]
        case frozenset() | set():
            found = ["set", sorted(map(canonical, value), key=repr)]
        case _ if is_dataclass(value):
            parts = {each.name: getattr(value, each.name) for each in fields(value) if each.compare}
            found = [type(value).__name__, {name: canonical(each) for name, each in parts.items()}]
        case _:
            raise TypeError(f"a {type(value).__name__} has no canonical form")
    return found
