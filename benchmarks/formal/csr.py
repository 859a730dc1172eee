"""The benchmark model CSR(N, K) in its forms: members counted, members one by one, each member's reply kept."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duecourse.model.compile import compile_table
from duecourse.model.layers import base_layer
from duecourse.model.liveness import Observed
from duecourse.model.read import interpret
from duecourse.model.source import Source

if TYPE_CHECKING:
    from duecourse.model.procedure import Procedure
    from duecourse.model.table import Table

HERE = Path(__file__).parent
FILE = HERE / "csr.toml"
HISTORY = ("objection", "approved")
"""What the claims look at when a conclusion is notified."""


def tables(members: int, *, bypass: bool = False) -> dict[str, Any]:
    """Return the tables of the file for a number of members; with `bypass`, the Commission can be passed over."""
    data = tomllib.loads(FILE.read_text("utf-8"))
    data["panel"][0]["electorate"][0]["count"] = members
    if bypass:
        data["panel"][0]["closes"].append("pass_over")
        label = {"en": "concludes without the Commission"}
        step = {
            "id": "pass_over",
            "label": label,
            "actor": "office",
            "from": "consulted_again",
            "to": "agreed",
        }
        data["step"].append(step | {"when": "board.pending == 0"})
    return data


def counted(members: int, *, bypass: bool = False) -> Procedure:
    """Return the model with its members counted."""
    return _read(tables(members, bypass=bypass))


def kept(members: int, *, bypass: bool = False) -> Procedure:
    """Return the model with a fact for every member's reply: 4 * 3^N + 26 configurations."""
    data = tables(members, bypass=bypass)
    del data["panel"]
    numbers = range(1, members + 1)
    values = ["pending", "agreed", "objected"]
    data["fact"] += [
        {"id": f"m{n}", "label": {"en": f"member {n}"}, "values": values, "initial": "pending"}
        for n in numbers
    ]
    steps: list[dict[str, Any]] = []
    everyone = " and ".join(f"m{n} != pending" for n in numbers)
    for step in data["step"]:
        if "reply" in step:
            value = step.pop("reply")["value"]
            said = "agreed" if value == "agree" else "objected"
            steps += [
                step
                | {
                    "id": f"{step['id']}_{n}",
                    "when": f"m{n} == pending",
                    "do": [*step.get("do", ()), f"m{n} = {said}"],
                }
                for n in numbers
            ]
            continue
        if step["id"] in {"consult", "consult_again"}:
            step["do"] = [f"m{n} = pending" for n in numbers]
        step["when"] = step.get("when", "true").replace("board.pending == 0", everyone)
        steps.append(step)
    data["step"] = steps
    return _read(data)


def table(procedure: Procedure) -> Table:
    """Return the table with what the claims look at."""
    observed = Observed(lambda _, stage: ("sitting", *(HISTORY if stage == "notified" else ())), {})
    return compile_table(procedure, observed=observed)


def _read(data: dict[str, Any]) -> Procedure:
    return interpret(base_layer(Source("csr.toml", "", data)))
